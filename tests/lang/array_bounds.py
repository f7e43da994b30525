"""array: errors at the bounds of item types, slices with steps, arrays made of another machine's items."""
import array


def outcome(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return type(error), str(error)


# A code is parsed as a C type that may be wider: its bounds come first.
for code, value, message in [
    ("b", -129, "signed char is less than minimum"), ("b", 128, "signed char is greater than maximum"),
    ("b", -32769, "signed short integer is less than minimum"), ("b", 32768, "signed short integer is greater than maximum"),
    ("B", -1, "unsigned byte integer is less than minimum"), ("B", 256, "unsigned byte integer is greater than maximum"),
    ("h", -32769, "signed short integer is less than minimum"), ("h", 32768, "signed short integer is greater than maximum"),
    ("H", -1, "unsigned short is less than minimum"), ("H", 65536, "unsigned short is greater than maximum"),
    ("H", -2**31 - 1, "signed integer is less than minimum"), ("H", 2**31, "signed integer is greater than maximum"),
    ("i", -2**31 - 1, "signed integer is less than minimum"), ("i", 2**31, "signed integer is greater than maximum"),
    ("b", 2**63, "Python int too large to convert to C long"), ("H", -2**64, "Python int too large to convert to C long"),
]:
    assert outcome(array.array(code).append, value) == (OverflowError, message), (code, value)

# An empty array assigned to a slice with a step takes the items out.
items = array.array("h", range(10))
items[1::3] = array.array("h")
assert items == array.array("h", [0, 2, 3, 5, 6, 8, 9])
items[::-2] = array.array("h")
assert items == array.array("h", [2, 5, 8])
assert outcome(items.__setitem__, slice(None, None, 2), array.array("h", [1])) == (
    ValueError, "attempt to assign array of size 1 to extended slice of size 2")

# The items of a foreign format: in the last type code of their width.
rebuild = array._array_reconstructor
assert rebuild(array.array, "f", 11, bytes(7) + b"\1") == array.array("Q", [1]) and rebuild(array.array, "f", 11, bytes(8)).typecode == "Q"
assert rebuild(array.array, "l", 13, bytes(8)).typecode == "q" and rebuild(array.array, "l", 12, bytes(8)).typecode == "l"
assert rebuild(array.array, "b", 7, bytes(4)).typecode == "I" and rebuild(array.array, "b", 2, bytes(4)).typecode == "H"
uneven = ValueError, "string length not a multiple of item size"
for format in [18, 19, 20, 21, 2, 17]:
    assert outcome(rebuild, array.array, "h" if format != 2 else "b", format, b"\1\2\3") == uneven, format
assert outcome(rebuild, array.array, "u", 18, b"a\0") == uneven == outcome(rebuild, array.array, "f", 21, b"\0\0\0a")
assert rebuild(array.array, "u", 18, b"a\0b\0").tounicode() == "ab"

# No character: where it is taken out.
wide = array.array("u")
wide.frombytes(b"\0\0\x11\0")
assert outcome(lambda: wide[0]) == (ValueError, "chr() arg not in range(0x110000)")
assert outcome(wide.tolist) == (ValueError, "chr() arg not in range(0x110000)")
assert outcome(wide.tounicode) == (ValueError, "character U+110000 is not in range [U+0000; U+10ffff]")
