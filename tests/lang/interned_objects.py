# Which equal objects are one object: small ints, singletons, interned strings, constants; and what returns its operand itself.
import sys

assert all(int(str(i)) is int(str(i)) for i in (-5, -1, 0, 1, 100, 256))
assert not any(int(str(i)) is int(str(i)) for i in (-6, 257, 1000))
fresh = int("200")
assert fresh + 56 is int("256") and -int("5") is int("-5") and abs(-fresh) is fresh and int("513") // 2 is fresh + 56 and len("a" * 256) is int("256")
assert tuple([]) is () and frozenset([]) is not None and bytes(0) is b"" and "".join([]) is "" and str(b"", "ascii") is ""
assert type(None)() is None and type(...)() is ... and type(NotImplemented)() is NotImplemented and bool(1) is True
assert all(chr(i) is chr(i) for i in range(256)) and chr(256) is not chr(256)
assert b"abc"[:1] is b"a"[:] and b"xyz"[1:2] is bytes([121]) and "abc"[1] is "xbx"[1]

# Constants that are compiled together are shared, others only when they look like names.


def one(): return "hello world", "hello_world", 1000, (1, 2, "a b"), 1.5, b"xx"
def other(): return "hello world", "hello_world", 1000, (1, 2, "a b"), 1.5, b"xx"


assert [a is b for a, b in zip(one(), other())] == [True] * 6
first, second = "hello world" + 3 * "!", "hello world!!!"
assert first is second and 1000 is 999 + 1 and (1, "x y") is (1, "x y") and "a" * 4096 is "a" * 4096
assert 2 ** 63 is 2 ** 63 and 0.0 is not -0.0
names = {}
exec("def one(): return 'hello world', 'hello_world', 1000, (1, 2, 'a b'), 1.5, b'xx'", names)
assert [a is b for a, b in zip(one(), names["one"]())] == [False, True, False, False, False, False]
exec("a = 'hello_world'; b = 'hello world'; c = 'x' 'y'", names)
assert names["a"] is one()[1] and names["b"] is not one()[0] and names["c"] is "xy"


def build(text): return "".join([*text])  # a string of its own


assert build("hello_world") is not build("hello_world") and build("hello_world") is not one()[1]
assert sys.intern(build("hello_world")) is one()[1]
assert sys.intern(build("not a name")) is sys.intern(build("not a name"))


class Text(str): pass


class Holder: some_name = 1


for bad, text in ((Text("a"), "can't intern Text"), (1, "intern() argument must be str, not int")):
    try:
        sys.intern(bad)
    except TypeError as error:
        assert str(error) == text, error
    else:
        raise AssertionError(bad)

# Names of attributes are interned when set, keys of dicts are not.
holder = Holder()
setattr(holder, build("dynamic"), 1)
holder.__dict__[build("by_dict")] = 1
keys = list(holder.__dict__)
assert keys[0] is "dynamic" and keys[1] is not "by_dict"
assert any(name is "some_name" for name in Holder.__dict__)
mapping = {build("key"): 1}
assert list(mapping)[0] is not "key"
exec(build("variable = 1"), mapping)
assert any(name is "variable" for name in mapping)
assert list((lambda **k: k)(zzy=1))[0] is "zzy" and list((lambda **k: k)(**{build("zzy"): 1}))[0] is not "zzy"

# What changes nothing gives the operand back.
table = """x=1.5: +x Y float(x) Y abs(x) N x*1 N
n=10**20: +n Y int(n) Y n+0 N n*1 N n|0 N abs(n) Y n.__index__() Y n.__trunc__() Y round(n) Y n.real Y n>>0 N n//1 N
t=(1,[]): tuple(t) Y t[:] Y t*1 Y t+() Y ()+t Y t.__getnewargs__()[0] Y
s=build('abc_def'): s[:] Y s+'' Y ''+s Y s*1 Y str(s) Y s.replace('z','y') Y s.strip() Y s.lstrip('x') Y s.lower() N s.format() Y '%s'%s Y
s=build('abc_def'): f'{s}' Y ''.join([s]) Y s.expandtabs() Y s.center(1) Y s.ljust(3) Y s.zfill(2) Y s.split('z')[0] Y s.partition('z')[0] Y
s=build('abc_def'): s.rpartition('z')[2] Y s.splitlines()[0] Y s.translate({}) N s.removeprefix('z') Y s.casefold() N s.title() N format(s,'') Y
b=bytes([97,98,99]): b[:] Y b+b'' Y b''+b Y b*1 Y bytes(b) Y b.replace(b'z',b'y') Y b.strip() Y b.expandtabs() N b.center(1) Y
b=bytes([97,98,99]): b.split(b'z')[0] Y b.partition(b'z')[0] Y b''.join([b]) Y b.translate(None) Y b.removeprefix(b'z') Y b.lower() N
f=frozenset([1]): frozenset(f) Y f.copy() Y f|set() N f.union() N f-set() N f&f N
c=2j: complex(c) Y +c Y
r=range(3): r[:] N iter(r) N"""
for row in table.splitlines():
    setup, _, cells = row.partition(": ")
    exec(setup)
    words = cells.split(" ")
    for text, mark in zip(words[::2], words[1::2]):
        same = eval(text) is eval(setup[0])
        assert "NY"[same] == mark, (setup, text, same)
