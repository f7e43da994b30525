# sys.getsizeof and __basicsize__ of the builtin types, of instances and of classes.
import sys
import types


class Plain: pass
class Empty: __slots__ = ()
class Slots: __slots__ = ("a", "b")
class SlotsWeak: __slots__ = ("a", "__weakref__")
class SlotsDict: __slots__ = ("a", "__dict__")
class OfList(list): pass
class OfListSlots(list): __slots__ = ()
class OfDict(dict): pass
class OfInt(int): pass
class OfTuple(tuple): pass
class OfStr(str): pass
class OfFloat(float): pass
class OfSet(set): pass
class OfException(Exception): pass
class Meta(type): pass
class WithMeta(metaclass=Meta): pass


def function(): pass
def generator(): yield


table = """
None 16 | object() 16 | True 28 | 1.5 24 | 1j 32 | ... 16 | NotImplemented 16
0 28 | 1 28 | -1 28 | 2**30-1 28 | 2**30 32 | 2**60-1 32 | 2**60 36 | 2**511-1 96 | 10**100 72
'' 49 | 'a' 50 | 'ab' 51 | 'abcd' 53 | 'a'*100 149 | '\\xe9' 74 | '\\u0159' 76 | '\\U0001f600' 80 | '\\u0159e\\u0159icha' 88 | '\\xe9'*10 83
b'' 33 | b'abc' 36 | bytearray() 56 | bytearray(b'abc') 60 | bytearray(100) 157
() 40 | (1,) 48 | (1,2,3) 64 | [] 56 | [1] 64 | [1,2] 72 | [1,2,3] 88 | [1]*3 80 | list((1,2,3)) 88 | [x*2 for x in range(10)] 184 | list(range(10)) 136
[1,2,3,4][1:3] 72 | [1]+[2] 72 | list('abc') 88 | 'a b'.split() 152 | 'a,b'.split(',',1) 72 | b'a b'.split() 152 | 'a\\nb'.splitlines() 88
set() 216 | {1,2,3} 216 | {1,2,3,4,5} 472 | frozenset() 216 | frozenset(range(5)) 728 | set(range(5)) 728
{} 64 | {1:1} 224 | {'a':1} 184 | dict(a=1) 184 | {1:1,2:2,3:3,4:4,5:5,6:6} 352 | dict.fromkeys('abcdef') 272 | dict.fromkeys(range(1000)) 36952
range(3) 48 | slice(3) 56 | {}.keys() 40 | iter([]) 48 | iter({}) 72 | enumerate('') 72 | zip() 64 | map(len,'') 48 | reversed([]) 48
function 152 | (lambda: 0) 152 | generator() 176 | [].append 72 | OfList().append 72 | Plain().__init__ 48 | memoryview(b'a') 184
types.ModuleType('m') 72 | property() 80 | staticmethod(len) 48 | classmethod(len) 48 | super(Plain, Plain()) 56 | types.SimpleNamespace() 40
types.CellType(1) 40 | types.MappingProxyType({}) 40 | list[int] 80 | int|str 48
Exception() 88 | KeyError('a') 88 | OSError(1,'a') 128 | ExceptionGroup('a',[ValueError()]) 112
Plain() 56 | Empty() 32 | Slots() 48 | SlotsWeak() 48 | SlotsDict() 56 | WithMeta() 56
OfList() 80 | OfListSlots() 56 | OfDict() 88 | OfInt() 44 | OfInt(2**100) 56 | OfTuple() 48 | OfTuple((1,2,3)) 72 | OfStr() 113 | OfFloat() 64
OfSet() 232 | OfException() 96 | Plain 1688 | Slots 920 | OfException 920 | WithMeta 1688 | Meta 920
"""
for row in table.strip().splitlines():
    for cell in row.split(" | "):
        text, _, size = cell.rpartition(" ")
        found = sys.getsizeof(eval(text))
        assert found == int(size), (text, found, int(size))

basic = "object 16 0, int 24 4, bool 32 4, float 24 0, complex 32 0, str 80 0, bytes 33 1, bytearray 56 0, list 40 0, " \
        "tuple 24 8, dict 48 0, set 200 0, range 48 0, slice 40 0, type 904 40, memoryview 144 8, BaseException 72 0, OSError 112 0"
for row in basic.split(", "):
    name, size, item = row.split()
    kind = eval(name)
    assert (kind.__basicsize__, kind.__itemsize__) == (int(size), int(item)), (name, kind.__basicsize__, kind.__itemsize__)
assert (Plain.__basicsize__, Plain.__dictoffset__, Plain.__weakrefoffset__) == (24, -48, 16)
assert (Empty.__basicsize__, Slots.__basicsize__, SlotsWeak.__basicsize__, SlotsDict.__basicsize__) == (16, 32, 32, 24)

# The instances' dicts: keys are shared, with room for what the class's first instances need.
class Fresh: pass


sizes = []
for _ in range(30):
    fresh = Fresh()
    fresh.a = 1
    sizes.append(sys.getsizeof(fresh.__dict__))
assert sizes[:3] == [296, 288, 280] and sizes[-2:] == [80, 80], sizes
for kind, size in ((OfList, 304), (OfDict, 304), (OfStr, 304), (OfSet, 304), (OfTuple, 184), (OfInt, 184), (OfException, 184)):
    for _ in range(2):
        instance = kind()
        instance.a = 1
        assert sys.getsizeof(instance.__dict__) == size, (kind, sys.getsizeof(instance.__dict__))


class BadSize:
    def __init__(self, size): self.size = size
    def __sizeof__(self): return self.size


for size, error in ((-1, "ValueError: __sizeof__() should return >= 0"), ("x", "TypeError: an integer is required")):
    try:
        sys.getsizeof(BadSize(size))
    except Exception as caught:
        assert f"{type(caught).__name__}: {caught}" == error, caught
    else:
        raise AssertionError(size)
assert sys.getsizeof(BadSize("x"), 5) == 5
assert sys.getsizeof(BadSize(100)) == 132
