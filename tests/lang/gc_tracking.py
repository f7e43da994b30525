# Which objects the collector looks at, and when tuples and dicts of atoms leave it.
import gc
import io
import sys
import time
import types
import weakref


class Plain: pass


def function(): pass


tracked = """[] | set() | {1} | frozenset() | frozenset([1]) | Plain() | Plain | ([],) | ('a',(1,)) | {'a':[]} | {1:(1,)} | slice(1) | iter([])
function | sys | lambda: 0 | (i for i in '') | Exception() | memoryview(b'') | property() | weakref.ref(Plain)
{}.keys() | iter({}) | enumerate([]) | zip() | map(function, '') | reversed([]) | types.MappingProxyType({}) | staticmethod(function)
classmethod(function) | super(Plain, Plain()) | list[int] | types.CellType(1) | Plain().__init__ | int.__add__ | (1).__add__
Plain.__dict__['__dict__'] | str.join | io.StringIO() | io.BytesIO() | [].append | type('X',(int,),{})() | type('X',(int,),{'__slots__':()})() | type('X',(),{'__slots__':('a',)})()
type('X',(tuple,),{})() | types.SimpleNamespace()"""
for text in tracked.replace("\n", " | ").split(" | "):
    assert gc.is_tracked(eval(text)), text
untracked = """1 | 'a' | 1.5 | b'' | () | {} | {'a':1} | object() | None | ... | NotImplemented | range(3) | function.__code__ | bytearray()
complex(1) | sys.flags | sys.version_info | time.localtime() | dict.fromkeys('ab')"""
for text in untracked.replace("\n", " | ").split(" | "):
    assert not gc.is_tracked(eval(text)), text

# Tuples leave when a collection finds nothing but atoms in them.
atoms, nested, holder = tuple([1, "a"]), tuple([1, tuple([2, 3])]), tuple([1, []])
assert gc.is_tracked(atoms) and gc.is_tracked(nested) and gc.is_tracked(holder)
gc.collect()
gc.collect()
assert not gc.is_tracked(atoms) and not gc.is_tracked(nested) and gc.is_tracked(holder)

# Dicts enter with the first value that may be part of a cycle, and leave at a full collection.
mapping = {}
assert not gc.is_tracked(mapping)
mapping["a"] = 1
assert not gc.is_tracked(mapping)
mapping["b"] = []
assert gc.is_tracked(mapping)
del mapping["b"]
assert gc.is_tracked(mapping)
gc.collect()
assert not gc.is_tracked(mapping) and not gc.is_tracked(mapping.copy()) and not gc.is_tracked(dict(mapping))
assert not gc.is_tracked({**mapping}) and not gc.is_tracked({x: x for x in (1, 2)}) and not gc.is_tracked(dict.fromkeys([1], 2))
mapping.setdefault("c", [])
assert gc.is_tracked(mapping)
