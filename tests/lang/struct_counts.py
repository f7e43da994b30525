"""struct: counts at the ends of what a size can be, and strings with no room for what they need."""
import struct


def outcome(call, *arguments):
    try:
        return call(*arguments)
    except (struct.error, SystemError) as error:
        return type(error), str(error)


largest = 2**63 - 1
too_long = struct.error, "total struct size too long"

# One item of the largest size is a struct; with anything more its size does not fit.
assert struct.calcsize(f"{largest}s") == largest
assert struct.calcsize(f"{largest - 1}sc") == largest
assert struct.calcsize(f"0i{largest // 4}i") == largest // 4 * 4
for layout in [f"{largest + 1}s", f"{10**30}x", f"c{largest}s", f"{largest}sc", f"{largest // 4 + 1}i", f"{largest - 1}si", f"i{largest // 4}i"]:
    assert outcome(struct.calcsize, layout) == too_long, layout

# Offsets from either end of a buffer that is much too short.
packer = struct.Struct(f"{largest}s")
assert outcome(packer.unpack, b"ab") == (struct.error, f"unpack requires a buffer of {largest} bytes")
assert outcome(packer.unpack_from, b"ab", -1) == (struct.error, f"not enough data to unpack {largest} bytes at offset -1")
assert outcome(packer.unpack_from, b"ab", largest) == (
    struct.error, f"unpack_from requires a buffer of at least {2 * largest} bytes for unpacking {largest} bytes at offset {largest} (actual buffer size is 2)")
assert outcome(packer.pack_into, bytearray(9), -largest - 1, b"") == (struct.error, f"offset {-largest - 1} out of range for 9-byte buffer")
assert list(packer.iter_unpack(b"")) == []

# A Pascal string without a byte for its length: nothing is written, and nothing can be read.
assert struct.pack("0p", b"text") == b""
assert struct.pack("3p0p", b"long", b"text") == b"\2lo"
for layout, content in [("0p", b""), ("0p0s", b""), ("b0p", b"\1"), ("00p", b"")]:
    assert outcome(struct.unpack, layout, content) == (SystemError, "Negative size passed to PyBytes_FromStringAndSize")
assert struct.unpack("1p", b"\x09") == (b"",)
assert struct.unpack("3p", b"\x09ab") == (b"ab",)
assert struct.unpack("0s", b"") == (b"",)
