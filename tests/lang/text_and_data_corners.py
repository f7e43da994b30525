# str.format and % of a subclass, bytes and bytearray with odd arguments, character maps, sizes that no memory has.
import codecs
import datetime


def raises(kind, text, function):
    try:
        result = function()
    except kind as error:
        assert type(error) is kind and str(error) == text, (type(error), str(error), text)
    else:
        raise AssertionError(f"{result!r} instead of {text!r}")


class Text(str):
    pass


class Bad:
    def __index__(self):
        raise RuntimeError("bad")


# A format without fields is its own result.
plain = Text("plain")
for result in (plain.format(1), plain.format_map({}), plain % (), plain % {}):
    assert result is plain
assert type(format(plain, ">3")) is Text and type(format(plain, "9")) is type(format(Text(""), "s")) is str
for result in (Text("{{").format(), Text("").format(), Text("%%") % (), Text("") % ()):
    assert type(result) is str
raises(TypeError, "not all arguments converted during string formatting", lambda: plain % 1)
raises(ValueError, "Single '}' encountered in format string", lambda: Text("}").format())
assert type(iter(Text("a"))) is not type(iter("a"))

# Precision.
raises(ValueError, "prec too big", lambda: b"%.9999999999d" % 3)
raises(ValueError, "precision too big", lambda: "%.9999999999d" % 3)
raises(ValueError, "unsupported format character '\x1f' (0x1f) at index 1", lambda: "%\x1f" % 3)
raises(ValueError, "width too big", lambda: b"%9999999999999999999999d" % 3)

# bytearray.
array = bytearray(b"abc")
for value, name in ((None, "NoneType"), (..., "ellipsis"), (object, "type")):
    raises(TypeError, f"cannot convert '{name}' object to bytearray", lambda: array.__setitem__(slice(0, 1), value))
for value in (1.5, 3, "abc", 1j):
    raises(TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)", lambda: array.__setitem__(slice(0, 1), value))
raises(TypeError, "'str' object cannot be interpreted as an integer", lambda: array.extend("abc"))
raises(ValueError, "slice step cannot be zero", lambda: array.__setitem__(slice(None, None, 0), 3))
assert array == b"abc"

# Membership: an index that fails is no index.
for data in (b"abc", array):
    raises(TypeError, "a bytes-like object is required, not 'Bad'", lambda: Bad() in data)
    raises(ValueError, "byte must be in range(0, 256)", lambda: 2**70 in data)
    assert 97 in data

# What has items and an index is its items, where a size makes no sense.
class Both:
    asked = 0

    def __index__(self):
        return 3

    def __iter__(self):
        Both.asked += 1
        return iter([1, 2])


assert int.from_bytes(Both(), "big") == 258 and Both.asked == 1
assert bytes(Both()) == bytes(3) and Both.asked == 1

# Every character of an unencodable run is looked up and checked.
raises(TypeError, "character mapping must return integer, bytes or None, not float", lambda: codecs.charmap_encode("ab", "replace", {98: 2.5}))
raises(TypeError, "character mapping must be in range(256)", lambda: codecs.charmap_encode("ab", "ignore", {98: 300}))

# Sizes.
raises(OverflowError, "byte string is too large", lambda: bytes(2**63 - 1))
raises(OverflowError, "byte string is too large", lambda: b"a".center(2**63 - 1))
raises(OverflowError, "byte string is too large", lambda: b"a".zfill(2**63 - 33))
raises(MemoryError, "", lambda: b"a" * (2**63 - 1))
raises(MemoryError, "", lambda: 1 << 2**65)
raises(OverflowError, "too many digits in integer", lambda: 1 << 2**66)
raises(TypeError, "unsupported type for timedelta days component: complex", lambda: datetime.timedelta(1j, 0, 10**60))
raises(ValueError, "byteorder must be either 'little' or 'big'", lambda: (1).to_bytes(2, "x", signed=object()))

# The legacy statements are not told from an assignment to an item.
for source, text in (("exec [a] = 1 'b'", "invalid syntax"), ("x = exec [a] = 3 4", "invalid syntax"),
                     ("exec [a] 'b'", "Missing parentheses in call to 'exec'. Did you mean exec(...)?"),
                     ("exec a = 1 'b'", "Missing parentheses in call to 'exec'. Did you mean exec(...)?")):
    try:
        compile(source, "source", "exec")
    except SyntaxError as error:
        assert error.msg == text, (source, error.msg)
