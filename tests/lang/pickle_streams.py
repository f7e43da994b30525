# pickle with its native half: every protocol, frames, memo, persistent ids, reducers, buffers out of band, broken streams.
import copyreg
import io
import pickle


def refused(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")


class Plain:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return type(other) is Plain and other.value == self.value


class Slotted:
    __slots__ = ("a", "b")


class Listed(list):
    pass


class Keywords:
    def __new__(cls, *, size):
        made = object.__new__(cls)
        made.size = size
        return made

    def __getnewargs_ex__(self):
        return (), {"size": self.size}


class Nested:
    class Inner:
        pass


listed = Listed([1, 2])
listed.note = "n"
values = [None, True, 0, 255, 256, 65536, -1, 2**31, -2**31, 2**100, -2**100, 1.5, "", "a\n\\\0é€😀\ud800", b"", b"\0" * 300, bytearray(b"a"),
          (), (1,), (1, 2, 3, 4), [], list(range(3000)), {}, {i: str(i) for i in range(2500)}, {1, 2}, frozenset("ab"), Plain([1]),
          Ellipsis, type(None), int, len, Nested.Inner, 3j, range(5)]
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    for value in values:
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value and type(again) is type(value), (protocol, value)
    again = pickle.loads(pickle.dumps(listed, protocol))
    assert again == listed and again.note == "n" and type(again) is Listed
    circle = []
    circle.append((circle, {"me": circle}))
    again = pickle.loads(pickle.dumps(circle, protocol))
    assert again[0][0] is again and again[0][1]["me"] is again
    if protocol >= 2:
        slotted = Slotted()
        slotted.a = 5
        assert pickle.loads(pickle.dumps(slotted, protocol)).a == 5
        assert pickle.loads(pickle.dumps(Keywords(size=3), protocol)).size == 3

assert pickle.dumps([1, "a"], 0) == b"(lp0\nI1\naVa\np1\na."
assert pickle.dumps({1: (2, 3)}, 2) == b"\x80\x02}q\x00K\x01K\x02K\x03\x86q\x01s."
assert pickle.dumps("ab") == b"\x80\x04\x95\x06\0\0\0\0\0\0\0\x8c\x02ab\x94."
assert pickle.dumps({"a"}, 2) == b"\x80\x02c__builtin__\nset\nq\x00]q\x01X\x01\x00\x00\x00aq\x02a\x85q\x03Rq\x04."


class Writes(io.BytesIO):
    sizes = ()

    def write(self, data):
        self.sizes += (len(data),)
        return super().write(data)


out = Writes()
big = b"x" * 100000
pickle.dump([big, "y"] + [str(i) * 10 for i in range(20000)], out)
assert len(out.sizes) > 3 and 100000 in out.sizes
out.seek(0)
assert pickle.load(out)[0] == big and out.tell() == len(out.getvalue())


class Ids(pickle.Pickler):
    def persistent_id(self, value):
        return "the number" if value == 42 else None

    def reducer_override(self, value):
        return (Plain, ("replaced",)) if type(value) is Listed else NotImplemented


class Back(pickle.Unpickler):
    def persistent_load(self, name):
        return {"the number": 42}[name]

    def find_class(self, module, name):
        assert module == "__main__"
        return super().find_class(module, name)


stream = io.BytesIO()
Ids(stream, 4).dump([42, 43, listed])
stream.seek(0)
assert Back(stream).load() == [42, 43, Plain("replaced")]
assert refused(pickle.loads, stream.getvalue()).startswith("UnpicklingError: A load persistent id instruction was encountered")

pickler = pickle.Pickler(io.BytesIO())
shared = ["shared"]
pickler.dump(shared)
assert pickler.memo.copy()[id(shared)] == (0, shared)
pickler.clear_memo()
assert pickler.memo.copy() == {}

buffers = []
large = pickle.PickleBuffer(bytearray(b"data"))
stream = pickle.dumps([large], 5, buffer_callback=buffers.append)
assert buffers == [large] and b"data" not in stream
assert bytes(pickle.loads(stream, buffers=[b"other"])[0]) == b"other"
assert pickle.loads(pickle.dumps(large, 5)) == bytearray(b"data")
large.release()
assert refused(large.raw) == "ValueError: operation forbidden on released PickleBuffer object"

copyreg.add_extension("__main__", "Plain", 7)
assert b"\x82\x07" in pickle.dumps(Plain, 2) and pickle.loads(pickle.dumps(Plain, 2)) is Plain


class Reduces:
    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return self.value


assert refused(pickle.dumps, Reduces(5)) == "PicklingError: __reduce__ must return a string or tuple"
assert refused(pickle.dumps, Reduces((1, 2))) == "PicklingError: first item of the tuple returned by __reduce__ must be callable"
assert refused(pickle.dumps, Reduces((len,))) == "PicklingError: tuple returned by __reduce__ must contain 2 through 6 elements"
assert "attribute lookup <lambda> on __main__ failed" in refused(pickle.dumps, lambda: 0)
assert refused(pickle.dumps, 1, 99) == "ValueError: pickle protocol must be <= 5"
for broken, problem in {
    b"": "EOFError: Ran out of input",
    b".": "UnpicklingError: unpickling stack underflow",
    b"z": "UnpicklingError: invalid load key, 'z'.",
    b"\xff": "UnpicklingError: invalid load key, '\\xff'.",
    b"(.": "UnpicklingError: unexpected MARK found",
    b"t.": "UnpicklingError: could not find MARK",
    b"Xabcd": "UnpicklingError: pickle data was truncated",
    b"h\x05.": "UnpicklingError: Memo value not found at index 5",
    b"\x80\x63.": "ValueError: unsupported pickle protocol: 99",
    b"\x95" + b"\xff" * 8 + b".": "OverflowError: FRAME length exceeds system's maximum of 9223372036854775807 bytes",
    b"\x82\x63.": "ValueError: unregistered extension code 99",
    b"N(Nu.": "UnpicklingError: odd number of items for SETITEMS",
    b"N)\x81.": "UnpicklingError: NEWOBJ class argument must be a type, not NoneType",
    b"S'a\n.": "UnpicklingError: the STRING opcode argument must be quoted",
    b"cbuiltins\nnonsense\n.": "AttributeError: Can't get attribute 'nonsense' on <module 'builtins' (built-in)>",
}.items():
    assert refused(pickle.loads, broken) == problem, broken
deep = []
for _ in range(100000):
    deep = [deep]
assert refused(pickle.dumps, deep).startswith("RecursionError: maximum recursion depth exceeded")
while deep:
    deep = deep.pop()
