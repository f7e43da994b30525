"""Errors of % formatting, complex(), views and literals where a conversion fails or the text is damaged."""
import binascii
import bz2
import lzma


def outcome(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return type(error), str(error)


class Index:
    def __init__(self, answer):
        self.answer = answer

    def __index__(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    __float__ = __index__


# %: a TypeError of the conversion is told in other words, what else was raised is not (bytes hide all of a float's).
for answer in [None, "a", TypeError("odd")]:
    assert outcome(lambda: "%c" % Index(answer)) == (TypeError, "%c requires int or char")
    assert outcome(lambda: b"%c" % Index(answer)) == (TypeError, "%c requires an integer in range(256) or a single byte")
assert outcome(lambda: "%c" % Index(ValueError("own"))) == (ValueError, "own") == outcome(lambda: b"%c" % Index(ValueError("own")))
assert outcome(lambda: "%e" % Index(ValueError("own"))) == (ValueError, "own")
assert outcome(lambda: b"%e" % Index(ValueError("own"))) == (TypeError, "float argument required, not Index")
assert outcome(lambda: "%i" % "a") == (TypeError, "%i format: a real number is required, not str")
assert outcome(lambda: b"%i" % "a") == (TypeError, "%d format: a real number is required, not str")
assert outcome(lambda: b"%5\xed" % 1) == (ValueError, "unsupported format character '\xed' (0xed) at index 2")
assert outcome(lambda: b"%.3\x80" % 1) == (ValueError, "unsupported format character '\x80' (0x80) at index 3")
assert outcome(lambda: b"%-\xed" % 1) == (ValueError, "")

# complex(): underscores count up to the first character that no number has.
malformed = ValueError, "complex() arg is a malformed string"
for text in ["\xed_", "1\xed_", "1\u20ac2_", "a\0_", "\ud800_", "x"]:
    assert outcome(complex, text) == malformed, text
for text in ["_\xed", "1_0\0", "1__0", "1_", "a_"]:
    assert outcome(complex, text) == (ValueError, f"could not convert string to complex: {text!r}"), text
assert complex("\u0661_\u0662") == 12

# Views: an empty one with a step is not contiguous; formats of one character are known by name.
view = memoryview(bytearray(8))
assert not view[3:3:-2].contiguous and not view[0:0:2].c_contiguous and view[0:1:2].contiguous and view[0:0].contiguous
assert outcome(view[0:0:2].cast, "B") == (TypeError, "memoryview: casts are restricted to C-contiguous views")
assert view.cast("B\0", [2, 4]).shape == (2, 4)
for other in [view[::2], view[::-1]]:
    assert outcome(lambda: b"" + other) == (TypeError, "can't concat memoryview to bytes")
    assert outcome(lambda: bytearray() + other) == (TypeError, "can't concat memoryview to bytearray")
    assert outcome(bytearray().__iadd__, other) == (TypeError, "can't concat memoryview to bytearray")
    assert outcome(b"".join, [other]) == (TypeError, "sequence item 0: expected a bytes-like object, memoryview found")

# Base64: padding behind whole groups is none.
for data in [b"AAAA=", b"AAAA=="]:
    assert binascii.a2b_base64(data) == bytes(3) == binascii.a2b_base64(data, strict_mode=True)
assert outcome(lambda: binascii.a2b_base64(b"AAAA=A", strict_mode=True)) == (binascii.Error, "Discontinuous padding not allowed")

# With no room for output a damaged stream is found out all the same.
assert outcome(bz2.BZ2Decompressor().decompress, b"no stream", 0) == (OSError, "Invalid data stream")
assert outcome(lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress, b"\xfd7zXZ\0" + bytes(9), 0)[0] is lzma.LZMAError
assert bz2.BZ2Decompressor().decompress(bz2.compress(b"text"), 0) == b"" == lzma.LZMADecompressor().decompress(lzma.compress(b"text"), 0)


# Literals: what is not UTF-8 comes before damaged escapes, in positions from the run of non-ASCII on; what is not ASCII counts ten.
def message(source):
    try:
        compile(source, "source", "eval")
    except SyntaxError as error:
        return error.msg.removeprefix("(unicode error) ")


damaged = "'unicodeescape' codec can't decode bytes in position "
assert message(r"'\N{}'") == damaged + r"0-2: malformed \N character escape"
assert message(r"'a\N{abc'") == damaged + r"1-6: malformed \N character escape"
assert message("'\\N{\xe9'") == damaged + r"0-12: malformed \N character escape"
assert message("'\xe9\\N{SP\xed}'") == damaged + "10-25: unknown Unicode character name"
for source in [b"f'xx\xff'", rb"'xx" b"\xff" rb"\x'", rb"'\N{" b"\xff'", b"f'\xc3\xa9x\xff'"]:
    assert message(source) == "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte", source
assert message(b"'xx\xff'") == "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"
assert message(b"rf'xx\xff'") == "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"

# Names in messages are cut by bytes; half a character shows as one that is none.
odd = type("x" + "\u20ac" * 80, (), {})
assert outcome(setattr, 1, odd(), 1)[1] == "attribute name must be string, not 'x" + "\u20ac" * 66 + "\ufffd'"
