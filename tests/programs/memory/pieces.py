"""Pieces of programs, each of which is run again and again, with another of its requests for memory refused every time (refused.py)."""

PIECES = {
    "exc_chain": r"""
def f(n):
    try:
        if n: f(n-1)
        raise ValueError(n)
    except ValueError as e:
        raise KeyError(n) from e
try: f(5)
except KeyError as e:
    import traceback; s = ''.join(traceback.format_exception(e))
""",
    "groups": r"""
try:
    try: raise ExceptionGroup('g', [ValueError(1), TypeError(2), ExceptionGroup('h', [KeyError(3)])])
    except* ValueError as e: a = e
    except* KeyError as e: raise RuntimeError(e)
except BaseExceptionGroup as e: b = e.split(TypeError); repr(e)
""",
    "generators": r"""
def g(n):
    for i in range(n):
        x = yield i
    return n
def h():
    r = yield from g(3)
    return r
def k():
    return [*h(), *(x for x in g(2))]
k()
c = g(3); next(c); c.send(1)
try: c.throw(ValueError)
except ValueError: pass
""",
    "coroutines": r"""
import types
@types.coroutine
def y(): return (yield 1)
async def a(n):
    if n: return await a(n-1)
    return await y()
async def ag():
    for i in range(3): yield await a(1)
async def m():
    async for x in ag(): pass
    return [x async for x in ag()]
c = m()
try:
    while 1: c.send(None)
except StopIteration: pass
""",
    "classes": r"""
class M(type):
    def __new__(m, n, b, d, **k): return super().__new__(m, n, b, d)
class D:
    def __set_name__(self, o, n): self.n = n
    def __get__(self, i, o): return 1
class A(metaclass=M, z=1):
    __slots__ = ('a', 'b', '__weakref__', '__dict__')
    d = D()
    def __init__(self): self.a = 1
    def __init_subclass__(cls, **k): super().__init_subclass__(**k)
    @property
    def p(self): return self.a
    @staticmethod
    def s(): pass
    @classmethod
    def c(cls): return cls
class B(A):
    def __getattr__(self, n): return n
    def __eq__(self, o): return True
    def __hash__(self): return 1
b = B(); b.x = 1; b.p; b.c(); b.s(); b.zz; b == 1; {b: 1}
import weakref
r = weakref.ref(b, lambda r: None); p = weakref.proxy(b); p.x
del b
B.__subclasses__(); B.__mro__; dir(B)
""",
    "sets": r"""
s = {(i, str(i)) for i in range(50)}
t = {(i, str(i)) for i in range(25, 75)}
s | t; s & t; s - t; s ^ t; s < t; frozenset(s) == s
s |= t; s.update([1,2,3]); s.discard(1); sorted(map(str, s)); s.copy(); s.pop()
repr(s)
""",
    "dicts": r"""
d = {(i, i): [i] for i in range(40)}
e = dict(d); e.update({1: 2}, a=3); d | e; {**d, 'x': 1}
list(d.items()); d.keys() & e.keys(); d.setdefault(5, 6); d.pop(5); dict(zip('abc', range(3))); dict.fromkeys('abcdefghij')
sorted(d.items()); repr(d); d.copy() == d
for i in range(100): d[i] = i
for i in range(100): del d[i]
""",
    "strings": r"""
s = 'abc\u0436\U0001f600' * 10
s.encode(); s.encode('utf-16'); s.upper(); s.title(); s.split('c'); s.replace('c', 'ddd'); s.join(['a','b'])
s.casefold(); s.center(200)
s.partition('c'); s.splitlines(); s.translate({97: 'xx', 98: None}); s.format(1)
'{:>10} {!r} {a.real}'.format(1, 'x', a=3); '%s %r %5d %.3f' % (1, 'x', 3, 2.5)
f'{s!r:>300} {1.5:.3e} {12345:,}'; s.zfill(300); s.expandtabs(); repr(s); ascii(s); s[::-1]; s[1:5] + 'q'; s.strip('a')
hash(s); s * 3
bytes(s, 'utf8').decode(); s.encode('ascii', 'replace'); s.encode('ascii', 'xmlcharrefreplace')
s.encode('ascii', 'namereplace'); b'\xff\xfe'.decode('utf8', 'surrogateescape')
x = ''
for i in range(100): x += str(i)
""",
    "bytes": r"""
b = bytes(range(256)) * 3
ba = bytearray(b); ba += b; ba[5:10] = b'x' * 100; ba.extend(range(100)); ba.replace(b'x', b'yyy'); ba.split(b'y')
del ba[::2]; ba.insert(3, 4); ba.hex(); repr(ba); b.hex(':'); bytes.fromhex('00 ff')
m = memoryview(ba); m[3:9].tobytes(); m.cast('H').tolist(); list(m[:20]); m == b; m.release(); b.join([b'a', b])
b'%s %d' % (b'x', 3); b.translate(None, b'abc'); bytes([1,2,3]); b.partition(b'z'); repr(b)
""",
    "ints": r"""
x = 7 ** 500; y = x * x + 1; y // x; y % x; divmod(y, 3); pow(3, 1000, 10**50); str(y); int(str(y)); x << 1000; x >> 30
-x & y; x | y; x ^ -y; hex(x); bin(x); oct(x); x.to_bytes(300, 'big'); int.from_bytes(b'abc' * 100, 'little')
float(7**100); round(x, -5); f'{x:,}'; int('f' * 300, 16); x.bit_length(); hash(x); x == y; x / y; 1.5 ** 300
complex(1, 2) ** 3; (10**400).__format__('d'); import math; math.isqrt(x); math.gcd(x, y); math.factorial(100)
math.comb(100, 50); math.perm(30)
""",
    "collections": r"""
import collections, itertools, functools, operator, heapq, bisect
d = collections.deque(range(200), 150); d.rotate(5); d.extendleft(range(10)); d.copy(); d.index(50); repr(d)
d.insert(3, 4) if 0 else None; list(reversed(d))
o = collections.OrderedDict((str(i), i) for i in range(30)); o.move_to_end('3'); o.popitem(); repr(o); o.copy() == o
list(reversed(o)); del o['5']
c = collections.Counter('abracadabra'); c.most_common(2); c + c; dd = collections.defaultdict(list); dd[1].append(2); repr(dd)
N = collections.namedtuple('N', 'a b c', defaults=[1]); n = N(1, 2); n._replace(a=5); n._asdict(); repr(n)
cm = collections.ChainMap({1: 2}, {3: 4}); dict(cm)
""",
    "itertools": r"""
from itertools import *
a, b = tee(range(100)); list(a); list(zip(b, count())); list(chain([1], 'ab')); list(product('ab', range(3), repeat=2))
list(permutations('abc')); list(combinations('abcd', 2)); list(combinations_with_replacement('abc', 2))
list(groupby('aabbc')); [list(g) for k, g in groupby('aabbc')]
list(accumulate(range(10))); list(islice(count(), 3, 20, 2)); list(zip_longest('ab', 'abcd'))
list(starmap(pow, [(1, 2)])); list(takewhile(bool, [1, 0])); list(dropwhile(bool, [1, 0]))
list(filterfalse(bool, [1, 0])); list(compress('abc', [1, 0, 1])); list(pairwise('abcd')); list(repeat(1, 5))
list(islice(cycle('abc'), 10))
list(map(lambda *a: a, 'ab', 'cd')); list(filter(None, [0, 1])); list(enumerate('abc', 10**30)); list(reversed([1, 2]))
sum([[1], [2]], []); max('abc', key=ord); min(1, 2); list(zip(*[iter(range(9))] * 3))
sorted(range(100), key=lambda x: -x, reverse=True); list(iter([1, 2, 3].pop, 1)); any(x for x in 'a'); all([])
""",
    "functools": r"""
import functools, operator
@functools.lru_cache(maxsize=3)
def f(n, k=1): return n
for i in range(10): f(i); f(1, k=i)
f.cache_info(); f.cache_clear()
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
fib(20)
p = functools.partial(f, 1, k=2); p(); repr(p); functools.partial(p, 3)
functools.reduce(operator.add, range(10)); operator.itemgetter(1, 2)([1, 2, 3])
operator.attrgetter('real', 'imag.real')(1); operator.methodcaller('upper')('a')
sorted('bac', key=functools.cmp_to_key(lambda a, b: (a > b) - (a < b)))
class A:
    @functools.cached_property
    def x(self): return 1
    @functools.singledispatchmethod
    def y(self, a): pass
A().x; A().y(1)
""",
    "re": r"""
import re
re.purge()
p = re.compile(r'(?P<a>\w+)\s*(?:=|(-))\s*([^,]*?)(?=,|$)', re.I)
for m in p.finditer('a = 1, b-2, ccc=ddd eee,'): m.groups(); m.groupdict(); m.expand(r'\1-\g<a>'); repr(m); m.span()
p.sub(r'<\1>', 'a=1,b=2'); p.split('a=1,b=2'); re.findall(r'(a)(b)?', 'ababa'); re.fullmatch('(a|b)*?c', 'abababc')
re.escape('a.b'); p.subn(lambda m: m[0], 'a=1'); re.match('(?:a*)*b', 'aaaaac')
re.search('[\u0400-\u0500]+', 'x\u0436y')
try: re.compile('(')
except re.error: pass
""",
    "struct_array": r"""
import struct, array
struct._clearcache() if hasattr(struct, '_clearcache') else None
s = struct.Struct('<hiq10sfd?c'); b = s.pack(1, 2, 3, b'abc', 1.5, 2.5, True, b'x'); s.unpack(b)
list(struct.iter_unpack('<h', b'abcd')); struct.calcsize('10i')
s.pack_into(bytearray(100), 5, 1, 2, 3, b'', 1., 2., 0, b'a')
a = array.array('d', range(50)); a.extend(a); a.tobytes(); a.tolist(); a[3:7] = a[:2]; a * 3; a + a; a.byteswap()
repr(a); a.frombytes(bytes(80)); array.array('u', 'abc').tounicode(); a.insert(3, 1.0); a.pop()
a.remove(0.0) if 0.0 in a else 0; memoryview(a)
""",
    "io": r"""
import io
b = io.BytesIO()
for i in range(50): b.write(b'line %d\n' % i)
b.seek(0); list(b); b.getvalue(); b.getbuffer()[:3].tobytes(); b.read1(5); b.truncate(5)
s = io.StringIO('a\r\nb\n', newline=None); list(s); s.write('x' * 1000); s.getvalue(); s.seek(0); s.readline()
t = io.TextIOWrapper(io.BytesIO('\u0436abc\n'.encode() * 100), 'utf8'); t.readline(); t.tell(); t.read(10); list(t)
t.seek(0); t.reconfigure(newline='\n')
t.detach()
r = io.BufferedReader(io.BytesIO(bytes(20000)), 100); r.read(10); r.peek(); r.read(200); r.readline(); r.seek(0)
r.readinto(bytearray(10))
w = io.BufferedWriter(io.BytesIO(), 10); w.write(bytes(100)); w.flush()
with open('/proc/self/status') as f: f.read()
with open('/proc/self/status', 'rb', buffering=0) as f: f.readall()
""",
    "compile": r"""
src = '''
import a.b as c, d
from e import (f, g as h)
@dec
class A(B, metaclass=C):
    "doc"
    x: int = 1
    def m(self, a, /, b=1, *c, d=2, **e) -> int:
        nonlocal_ = [x for x in c if x for y in x]
        def inner():
            nonlocal a; global z
            yield a; z = yield from b
            return lambda q=1: q + a
        try: assert a, b
        except (A, B) as e: raise X from e
        else: pass
        finally: del a[1:2, ...]
        with a as b, c: pass
        while 1:
            if a: break
            elif b: continue
            else: print(f"{a!r:>{b}} {c=}")
        match a:
            case [1, *r] | {'a': 1, **r} if r: pass
            case A(x=1) as p: pass
            case _: pass
        return {**a, 'b': 1}, {1, *b}, a if b else c, not a, -b, a < b < c, (w := 5), {k: v for k, v in c}
async def f():
    async with a: await b
    async for x in y: pass
    return [z async for z in w]
try: 1
except* A: 2
'''
compile(src, 'x', 'exec')
compile('1 + 2 * (3, 4)[0] ** 2', 'x', 'eval')
try: compile('def f(:', 'x', 'exec')
except SyntaxError as e: str(e)
""",
    "ast": r"""
import ast
t = ast.parse('def f(a, b=1): return [x for x in a if b]\nclass A: x: int = f"{y!r:>10}"\nmatch a:\n case [1, *_]: pass')
ast.dump(t); ast.unparse(t); compile(t, 'x', 'exec'); ast.literal_eval('[1, {2: (3, "x", b"y", None)}, -1.5]')
""",
    "json_pickle": r"""
import json, pickle, copy, marshal
d = {'a': [1, 2.5, None, True, 'x\u0436', {'b': []}], 'c': 'long' * 50, 'big': 10**50}
json.loads(json.dumps(d)); json.dumps(d, indent=2, sort_keys=True)
x = [d, d, (1,), {1, 2}, frozenset([3]), b'abc', bytearray(b'x'), ValueError(1), range(3), complex(1, 2), Ellipsis, int, len]
for p in range(6): pickle.loads(pickle.dumps(x, p))
copy.deepcopy(x); marshal.loads(marshal.dumps(x[:6]))
try: json.loads('[1, 2')
except ValueError: pass
""",
    "calls": r"""
def f(a, /, b=2, *args, c, d=4, **kw): return locals()
f(1, c=3); f(1, 2, 3, 4, c=5, e=6); f(*(1, 2), **{'c': 3, 'z': 4})
for bad in ((), (1,), (1, 2, 3)):
    try: f(*bad, c=1, a=1)
    except TypeError: pass
try: f(1)
except TypeError: pass
try: (lambda a, b: 0)(1, c=2)
except TypeError: pass
try: (lambda a, b: 0)()
except TypeError: pass
class C:
    def __call__(self, *a, **k): return a, k
    def m(self, x=1): return super().__repr__()
C()(1, x=2); C().m(); C.m(C(), x=3); int('5', base=6); dict(a=1, **{'b': 2}); str(b'x', 'utf8')
print(end='', file=None) ; sorted([3, 1], key=lambda x: x); max([1], default=3); type('X', (C,), {'a': 1})()
getattr(C(), 'zz', 1)
try: C().zz
except AttributeError as e: str(e)
try: undefined_name
except NameError as e: str(e)
try: {}['x']
except KeyError as e: repr(e)
import sys; sys.getsizeof([]); vars(C()); eval('1+1', {}); exec('x = 1', {}); globals(); locals(); dir(); id(1)
callable(f); isinstance(1, (int, str)); issubclass(bool, int); hasattr(1, 'x'); iter([1]); format(1.5, '.3f')
round(2.567, 2); chr(65); ord('a'); input.__doc__; __import__('os.path'); open.__name__; divmod(7, 2); pow(2, 10, 7)
abs(-1.5); hash((1, 2)); repr([{1: (2, {3})}]); bin(5); slice(1, 2); super; memoryview(b'x'); property()
list(range(10**20, 10**20 + 5)); range(10)[2:5]; zip([1], strict=True)
""",
    "sort": r"""
import random
r = random.Random(1)
a = [r.random() for i in range(500)]; sorted(a); a.sort(key=str); a.sort(reverse=True)
sorted([(i % 7, str(i)) for i in range(100)]); sorted('hello'); b = list(range(200)) + list(range(150)); b.sort()
r.shuffle(a); r.sample(range(100), 10); r.choices('abc', k=5); r.getstate(); r.randint(1, 10**30); r.getrandbits(500)
""",
    "dataclass_enum": r"""
import dataclasses, enum, typing
@dataclasses.dataclass(order=True, frozen=True)
class P:
    x: int
    y: list = dataclasses.field(default_factory=list)
p = P(1); dataclasses.replace(p, x=2); repr(p); dataclasses.asdict(p); p < P(2)
class E(enum.Flag):
    A = 1; B = 2; C = 4
repr(E.A | E.B); E(3); E['A']; list(E)
class I(enum.IntEnum):
    X = 1
I(1); I.X + 1
T = typing.TypeVar('T')
class G(typing.Generic[T]): pass
G[int]; typing.Optional[int]; typing.Union[int, str, None]; list[T][int]; int | None; typing.get_type_hints(P)
repr(typing.Dict[str, typing.List[int]])
class NT(typing.NamedTuple):
    a: int = 1
NT()
""",
    "tracebacks": r"""
import sys, traceback
def f(n):
    if n: return f(n-1)
    1/0
try: f(10)
except ZeroDivisionError as e:
    tb = e.__traceback__
    traceback.format_tb(tb); e.with_traceback(None); fr = tb.tb_frame; fr.f_locals; fr.f_lineno; list(fr.f_code.co_lines())
    list(fr.f_code.co_positions()); e.add_note('x'); sys.exc_info()
    while tb: tb.tb_frame.f_back; tb = tb.tb_next
try: sys._getframe(100)
except ValueError: pass
def tr(f, e, a): return tr
sys.settrace(tr)
def q():
    for i in range(3): pass
q(); sys.settrace(None)
sys.setprofile(tr); q(); sys.setprofile(None)
""",
    "imports": r"""
import sys
for m in ('colorsys', 'this_does_not_exist', 'quopri', 'sched', 'string', 'stat'):
    sys.modules.pop(m, None)
    try: __import__(m)
    except ModuleNotFoundError: pass
from os import path as p, sep
try: from os import nothing_here
except ImportError: pass
""",
    "datetime": r"""
import datetime, decimal, fractions, statistics, time, calendar
d = datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.timezone.utc); d.isoformat(); d.strftime('%Y %B')
d + datetime.timedelta(1.5); repr(d); d.astimezone(); datetime.datetime.fromisoformat('2020-01-02T03:04:05+00:00')
str(datetime.timedelta(5, 6, 7)); d.replace(year=5); d.timetuple(); datetime.date.today().isocalendar(); d - d
datetime.datetime.strptime('2020', '%Y')
x = decimal.Decimal('1.23456789') ** 5; str(x / 3); x.sqrt(); decimal.Decimal(1.5).as_tuple(); f'{x:.3f}'
x.quantize(decimal.Decimal('.01')); decimal.getcontext().copy()
fractions.Fraction('1/3') + 1; statistics.mean([1, 2, 3]); time.strftime('%c'); time.localtime()
""",
    "match_misc": r"""
class P:
    __match_args__ = ('x', 'y')
    def __init__(s): s.x = 1; s.y = [1, 2]
for v in (P(), {'a': 1, 'b': 2}, [1, 2, 3], 'x', 5):
    match v:
        case P(1, [a, *b]): pass
        case {'a': 1, **r}: pass
        case [a, *b]: pass
        case str() as s: pass
        case int(n): pass
a, *b, c = range(10); (x, y), z = [1, 2], 3
with __import__('contextlib').suppress(ValueError): raise ValueError
import contextlib
@contextlib.contextmanager
def cm():
    try: yield 1
    finally: pass
with cm() as q, contextlib.ExitStack() as st: st.callback(print, end=''); st.enter_context(cm())
g = {'a': 1}
exec('global zz; zz = 1; del zz; a += 1', g)
import contextvars
cv = contextvars.ContextVar('cv', default=1); t = cv.set(2); cv.reset(t)
contextvars.copy_context().run(lambda: cv.set(5)); repr(cv)
""",
    "gc_weak": r"""
import gc, weakref
class A:
    def __del__(self): [1]
class B(A): pass
for i in range(20):
    a = B(); b = B(); a.x = b; b.x = a; a.r = weakref.ref(b, lambda r: [r]); weakref.finalize(a, lambda: [1])
del a, b
gc.collect(); gc.get_objects(0); gc.get_referrers(A); gc.get_referents([1, [2]])
w = weakref.WeakValueDictionary(); k = weakref.WeakKeyDictionary(); s = weakref.WeakSet()
l = [A() for i in range(10)]
for i, x in enumerate(l): w[i] = x; k[x] = i; s.add(x)
del l, x
list(w.items()), list(k), list(s)
class S:
    __slots__ = ('__weakref__', 'a')
S.__subclasses__()
""",
    "xml_csv": r"""
import xml.etree.ElementTree as E, csv, io, html, base64, hashlib, zlib, binascii, textwrap, urllib.parse
t = E.fromstring('<a x="1"><b>t</b>tail<c/></a>'); E.tostring(t); t.find('b').text; list(t.iter())
E.SubElement(t, 'q', {'k': 'v'}); E.indent(t); t.findall('.//b')
try: E.fromstring('<a>')
except E.ParseError: pass
list(csv.reader(['a,"b,c",d', '1,2,3'])); w = csv.writer(io.StringIO()); w.writerow([1, 'a,b', None])
list(csv.DictReader(['a,b', '1,2']))
base64.b64encode(b'x' * 100); hashlib.sha256(b'x').hexdigest(); zlib.decompress(zlib.compress(b'x' * 1000))
binascii.hexlify(b'abc'); html.escape('<a>'); textwrap.fill('word ' * 50); urllib.parse.urlparse('http://a/b?c=d#e')
urllib.parse.quote('\u0436 x')
""",
    "misc_types": r"""
import types, sys, operator
types.SimpleNamespace(a=1, b=[2]); repr(types.SimpleNamespace(a=1)); types.MappingProxyType({1: 2})
m = types.ModuleType('m', 'doc'); m.x = 1; repr(m); dir(m); types.new_class('N', (), {}, lambda ns: ns.update(a=1))
types.FunctionType((lambda: 0).__code__, {}); (lambda: 0).__code__.replace(co_name='x'); types.CellType(1)
types.MethodType(len, [])(); types.GenericAlias(list, (int,))
f = lambda a, b=1, *, c=2: a; f.__defaults__; f.__kwdefaults__; f.__annotations__; f.__dict__; f.x = 1
f.__get__(1, int); repr(f); f.__closure__
class A:
    def __getattribute__(self, n): return object.__getattribute__(self, n)
    def __setattr__(self, n, v): object.__setattr__(self, n, v)
    def __delattr__(self, n): object.__delattr__(self, n)
    def __getitem__(self, i): return [i]
    def __setitem__(self, i, v): pass
    def __len__(self): return 3
    def __contains__(self, x): return [x] == [1]
    def __iter__(self): return iter([1, 2])
    def __add__(self, o): return (self, o)
    __radd__ = __add__
    def __bool__(self): return True
    def __repr__(self): return 'A%d' % 5
    def __format__(self, s): return 'f' + s
    def __index__(self): return 5
    def __lt__(self, o): return True
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def __reversed__(self): return [1]
a = A(); a.x = 1; a.x; del a.x; a[1:2, 3]; a[1] = 2; len(a); 1 in a; list(a); a + 1; 1 + a; bool(a); repr(a); f'{a:q}'
[0] * a; a < a; reversed(a); iter(a)
with a: raise ValueError('x')
A.__doc__ = 'x'; A.zz = 1; del A.zz; A.__name__ = 'BB'; A.__qualname__; A.__bases__; A.__dict__['__add__']
object.__reduce_ex__(a, 2); a.__class__ = A; A.__module__; help
""",
    "c_records": r"""
import ctypes, grp, os, pwd
class S(ctypes.Structure): _fields_ = [('a' * 40, ctypes.c_int), ('b' * 40, ctypes.c_char * 3)]
ctypes.POINTER(ctypes.c_int * 3 * 4)
pwd.getpwuid(0), pwd.getpwnam('root'), grp.getgrgid(0), grp.getgrnam('root')
[e.path for e in os.scandir('/')]
""",
    "fromdeep": r"""
def deep(n): return [deep(n-1)] if n else []
x = deep(50); repr(x); x == deep(50); import copy; copy.deepcopy(x)
""",
}
