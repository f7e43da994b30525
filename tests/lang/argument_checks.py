"""Which of several wrong arguments is complained about, and in which words."""
import codecs
import itertools
import random
import re
import types
import unicodedata
import _random


def said(function, *args, **keywords):
    try:
        return function(*args, **keywords)
    except Exception as error:
        return type(error).__name__, str(error)


too_large = ("OverflowError", "Python int too large to convert to C ssize_t")
huge = 10**30
for function, args in [("a".ljust, (huge,)), ("a".split, (None, huge)), ("a".replace, ("a", "b", huge)), (b"a".zfill, (huge,)), (b"a".split, (None, huge)), ([1].pop, (huge,)),
                       ([1].insert, (huge, 1)), (bytearray(1).pop, (huge,)), (re.compile("a").search, ("a", huge)), (UnicodeDecodeError, ("a", b"", huge, 1, ""))]:
    assert said(function, *args) == too_large, (function, said(function, *args))
assert said(bytes, huge) == ("OverflowError", "cannot fit 'int' into an index-sized integer")

# The value before the index.
assert said(bytearray(b"abc").__setitem__, 9, 300) == ("ValueError", "byte must be in range(0, 256)")
assert said(bytearray(b"abc").__setitem__, 9, "a") == ("TypeError", "'str' object cannot be interpreted as an integer")
assert said(bytearray(b"abc").__setitem__, 9, 3) == ("IndexError", "bytearray index out of range")
# Names of codecs before what is to be coded.
for kind in bytes, bytearray:
    name = kind.__name__
    assert said(kind, 1, [1]) == ("TypeError", f"{name}() argument 'encoding' must be str, not list")
    assert said(kind, None, errors=None) == ("TypeError", f"{name}() argument 'errors' must be str, not None")
    assert said(kind, encoding="a\0") == ("ValueError", "embedded null character")
    assert said(kind, 1, "ascii") == ("TypeError", "encoding without a string argument")
    # Characters that cannot be before digits that are none.
    assert said(kind.fromhex, "1g\u3042") == ("ValueError", "non-hexadecimal number found in fromhex() arg at position 2")
    assert said(kind.fromhex, "1g") == ("ValueError", "non-hexadecimal number found in fromhex() arg at position 1")

stop, indices, step = [("ValueError", text) for text in ("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
                                                         "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.", "Step for islice() must be a positive integer or None.")]
assert said(itertools.islice, "a", -1) == stop and said(itertools.islice, "a", -2) == indices and said(itertools.islice, "a", "b") == stop
assert said(itertools.islice, "a", -1, -1) == stop and said(itertools.islice, "a", -1, None, 0) == indices and said(itertools.islice, "a", 0, None, 0) == step

# None is no type's name in these messages.
assert said(format, 1, None) == ("TypeError", "format() argument 2 must be str, not None")
assert said(super, None, 1) == ("TypeError", "super() argument 1 must be a type, not NoneType")
assert said(codecs.lookup, None) == ("TypeError", "lookup() argument must be str, not None")
assert said(codecs.encode, "a", 1) == ("TypeError", "encode() argument 'encoding' must be str, not int")
assert said(types.MappingProxyType, None) == ("TypeError", "mappingproxy() argument must be a mapping, not NoneType")

assert said(types.EllipsisType, 1) == ("TypeError", "EllipsisType takes no arguments")
assert said(float.fromhex, "1", "2") == ("TypeError", "float.fromhex() takes exactly one argument (2 given)")
assert said(float.__getformat__, "a\0") == ("ValueError", "embedded null character")
assert said(iter((1,)).__setstate__, 1.5) == ("TypeError", "an integer is required")
assert said(re.match("(a)(?P<n>b)?", "a").group, []) == ("TypeError", "unhashable type: 'list'")
assert said(exec, "1", {1}, 3) == ("TypeError", "exec() globals must be a dict, not set")
assert said(eval, "1", "") == ("TypeError", "globals must be a real dict; try eval(expr, {}, mapping)")
assert said(compile, "a", "b", "\0") == ("ValueError", "embedded null character")
assert said(codecs.utf_8_decode, b"", None, 1.5) == ("TypeError", "'float' object cannot be interpreted as an integer")
assert unicodedata.normalize("nothing", "") == ""
assert said(unicodedata.normalize, "nothing", "a") == ("ValueError", "invalid normalization form")
assert said(random.Random, [])[1].startswith("The only supported seed types") and said(_random.Random, []) == ("TypeError", "unhashable type: 'list'")

# print looks at flush before it writes.
class Undecided:
    def __bool__(self):
        raise RuntimeError("undecided")


class File:
    def write(self, text):
        raise AssertionError


assert said(print, 1, file=File(), flush=Undecided()) == ("RuntimeError", "undecided")
# Texts take the whole mini-language before they refuse parts of it.
assert said(format, "a", ",b") == ("ValueError", "Cannot specify ',' with 'b'.")
assert said(format, "a", "_b") == ("ValueError", "Unknown format code 'b' for object of type 'str'")
assert format("abcdefg", ".\u0665") == "abcde"
assert "{\u0967}".format(1, 2) == "2" and "{0[\u0967]}".format("ab") == "b"
# Instances of classes that are made at import know their module.
import array, functools, operator, struct, zlib
assert [item.__module__ for item in (array.array("i"), re.compile(""), operator.itemgetter(1), struct.Struct("i"), zlib.compressobj(), functools.partial(int))] == [
    "array", "re", "operator", "_struct", "zlib", "functools"]
assert not hasattr(itertools.count(), "__module__") and not hasattr(1, "__module__")
