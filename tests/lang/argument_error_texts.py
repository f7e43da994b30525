# Texts and order of checks when builtins get wrong arguments, as CPython 3.11 has them.
import array
import binascii
import bisect
import collections
import functools
import hashlib
import io
import opcode
import operator
import os
import struct
import types
import unicodedata
import warnings


def raises(kind, text, function):
    try:
        result = function()
    except kind as error:
        assert type(error) is kind and str(error) == text, (type(error), str(error), text)
    else:
        raise AssertionError(f"{result!r} instead of {text!r}")


class Items(list):
    pass


class Wrong:
    def __index__(self):
        return "wrong"


# Iteration and extremes.
raises(TypeError, "'Items' object is not an iterator", lambda: next(Items()))
raises(TypeError, "max expected at least 1 argument, got 0", lambda: max(sep=1))
raises(TypeError, "argument should be integer or None, not 'str'", lambda: bisect.bisect([], 1, 0, "a"))
raises(TypeError, "'sep' is an invalid keyword argument for max()", lambda: max([1], sep=1))

# Types.
raises(TypeError, "type() takes no keyword arguments", lambda: type(1, name=2))
raises(TypeError, "type() takes 1 or 3 arguments", lambda: type(name=2))
raises(TypeError, "module() argument 'name' must be str, not int", lambda: types.ModuleType(1))
assert list[int].__bases__ == (object,) and not issubclass(list[int], int)
raises(TypeError, "issubclass() arg 2 must be a class, a tuple of classes, or a union", lambda: issubclass(list[int], 3))
raises(TypeError, "dict.__contains__() takes exactly one argument (2 given)", lambda: {}.__contains__(1, 2))
raises(TypeError, "descriptor '__contains__' for 'dict' objects doesn't apply to a 'int' object", lambda: dict.__contains__(1, 2))

# Functions of an argument tuple: bound ones refuse keywords by their bare name, their descriptors by the whole one.
nothing = ()
raises(TypeError, "find() takes no keyword arguments", lambda: "abc".find(*nothing, start=1))
raises(TypeError, "str.find() takes no keyword arguments", lambda: "abc".find(start=1))
raises(TypeError, "union() takes no keyword arguments", lambda: set().union(*nothing, other=1))
raises(TypeError, "reduce() takes no keyword arguments", lambda: functools.reduce(initial=1))
raises(TypeError, "list.append() takes no keyword arguments", lambda: [].append(*nothing, item=1))
assert range(5).__reduce__(1, 2) == (range, (0, 5, 1))
cached = functools.lru_cache(len)
assert cached.__copy__(1, 2) is cached.__deepcopy__() is cached
group = ExceptionGroup("g", [ValueError(1)])
raises(TypeError, "function takes exactly 1 argument (2 given)", lambda: group.derive(1, 2))
raises(TypeError, "split expected 1 argument, got 0", lambda: group.split())
raises(TypeError, "subgroup expected 1 argument, got 2", lambda: group.subgroup(1, 2))

raises(TypeError, "'complex' object cannot be interpreted as an integer", lambda: __import__(256, level=1j))
assert [opcode.stack_effect(code) for code in range(-8, 0)] == [-1, -1, 0, 0, 0, 1, 2, 1]
assert opcode.stack_effect(-2, jump=False) == 0

# Paths: the type's name without its module.
for path in (collections.deque(), int | str):
    name = type(path).__name__
    raises(TypeError, f"expected str, bytes or os.PathLike object, not {name}", lambda: open(path))
    raises(TypeError, f"expected str, bytes or os.PathLike object, not {name}", lambda: os.fspath(path))
    raises(TypeError, f"stat: path should be string, bytes, os.PathLike or integer, not {name}", lambda: os.stat(path))
for stream in (lambda: io.StringIO(newline="\ud800"), lambda: io.TextIOWrapper(io.BytesIO(), newline="\ud800")):
    raises(UnicodeEncodeError, "'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed", stream)
raises(TypeError, "'float' object cannot be interpreted as an integer", lambda: BlockingIOError(1, "text", 1.5))

raises(TypeError, "argument 5 must be str, not int", lambda: UnicodeDecodeError("a", 1j, 1, 2, 3))
raises(ValueError, "embedded null character", lambda: memoryview(b"a").tobytes("C\0"))
raises(TypeError, "unsupported operand type(s) for *=: 'Wrong' and 'list'", lambda: operator.imul(Wrong(), [1]))
raises(TypeError, "can't multiply sequence by non-int of type 'dict'", lambda: {} * [1])

# Modules.
raises(OverflowError, "Python int too large to convert to C long", lambda: array.array("B", [-2**63 - 1]))
raises(TypeError, "object supporting the buffer API required", lambda: hashlib.blake2b(None))
raises(TypeError, "object supporting the buffer API required", lambda: hashlib.blake2s().update([]))
raises(KeyError, "\"undefined character name 'a'\"", lambda: unicodedata.lookup("a\0b"))
raises(KeyError, "\"undefined character name 'a\ufffd'\"", lambda: unicodedata.lookup(b"a\xff"))
raises(struct.error, "int too large to convert", lambda: struct.pack("<e", 10**60))
raises(struct.error, "int too large to convert", lambda: struct.pack(">f", 10**60))
raises(OverflowError, "float too large to pack with e format", lambda: struct.pack("<e", 1e60))
raises(TypeError, "warn_explicit() argument 3 must be str, not int", lambda: warnings.warn_explicit("m", UserWarning, 3, 1))
raises(TypeError, "'int' object is not callable", lambda: warnings.warn_explicit("m", 3, "file", 1))
assert binascii.hexlify(b"ab", "\xe9") == b"61\xe962" and binascii.hexlify(b"ab", "\0") == b"61\x0062"
assert binascii.hexlify(b"abc", bytes_per_sep=-2**31, sep="-") == b"616263"
raises(ValueError, "sep must be ASCII.", lambda: binascii.hexlify(b"ab", "\u3042"))
raises(ValueError, "sep must be length 1.", lambda: binascii.hexlify(b"ab", []))
raises(TypeError, "object of type 'int' has no len()", lambda: binascii.hexlify(b"ab", 3))
raises(TypeError, "'str' object cannot be interpreted as an integer", lambda: binascii.hexlify(b"ab", 3, "b"))

# An OrderedDict's KeyError takes a tuple for its arguments.
for missing in (lambda d: d.move_to_end((1, 2)), lambda d: d.pop((1, 2))):
    try:
        missing(collections.OrderedDict(a=1))
    except KeyError as error:
        assert error.args == (1, 2)
