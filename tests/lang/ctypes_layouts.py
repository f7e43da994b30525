# ctypes: sizes, places and conversions of simple types, structures, unions, bit fields, arrays and pointers.
import pickle
from ctypes import *


def refused(kind, text, function, *arguments):
    try:
        function(*arguments)
    except kind as problem:
        assert text in str(problem), str(problem)
    else:
        raise AssertionError(text)


for kind, size, format in ((c_char, 1, "<c"), (c_short, 2, "<h"), (c_int, 4, "<i"), (c_long, 8, "<q"), (c_double, 8, "<d"), (c_longdouble, 16, "<g"), (c_bool, 1, "<?"), (c_void_p, 8, "<P"), (c_wchar, 4, "<u")):
    assert (sizeof(kind), alignment(kind), memoryview(kind()).format) == (size, min(size, 16), format), kind
assert c_ubyte(-1).value == 255 and c_short(40000).value == -25536 and c_int(2**40 + 7).value == 7
assert repr(c_int(3)) == "c_int(3)" and repr(py_object()) == "py_object(<NULL>)"
refused(TypeError, "one character bytes, bytearray or integer expected", c_char, b"ab")
refused(TypeError, "'str' object cannot be interpreted as an integer", c_int, "1")


class Inner(Structure):
    _fields_ = [("flag", c_char), ("number", c_int)]


class Outer(Structure):
    _fields_ = [("inner", Inner), ("values", c_short * 3), ("name", c_char * 5), ("next", POINTER(Inner))]


assert (sizeof(Inner), Inner.number.offset, sizeof(Outer), Outer.next.offset) == (8, 4, 32, 24)
assert memoryview(Inner()).format == "T{<c:flag:<i:number:}" and repr(Inner.number) == "<Field type=c_int, ofs=4, size=4>"
outer = Outer((b"x", 7), (1, 2), b"ab\0cd")
assert (outer.inner.number, list(outer.values), outer.name) == (7, [1, 2, 0], b"ab")
outer.inner.number = 9
assert bytes(outer)[4] == 9 and not outer.next
refused(ValueError, "NULL pointer access", lambda: outer.next.contents)
refused(TypeError, "too many initializers", Inner, b"a", 1, 2)
refused(TypeError, "duplicate values for field 'flag'", lambda: Inner(b"a", flag=b"b"))
refused(RuntimeError, "(Inner) TypeError", Outer, (5.5,))
refused(ValueError, "bytes too long (6, maximum length 5)", setattr, outer, "name", b"abcdef")
refused(AttributeError, "_fields_ is final", setattr, Inner, "_fields_", [])


class Packed(Structure):
    _pack_ = 1
    _fields_ = [("a", c_char), ("b", c_int)]


class Bits(Structure):
    _fields_ = [("low", c_uint, 3), ("mid", c_int, 5), ("wide", c_uint, 30), ("last", c_ubyte)]


class Either(Union):
    _fields_ = [("number", c_uint32), ("bytes", c_ubyte * 4)]


class Named(Structure):
    _anonymous_ = ["either"]
    _fields_ = [("kind", c_int), ("either", Either)]


assert (sizeof(Packed), Packed.b.offset, sizeof(Bits)) == (5, 1, 12)
bits = Bits(low=9, mid=-3, wide=2**30 - 1)
assert (bits.low, bits.mid, bits.wide) == (1, -3, 2**30 - 1) and repr(Bits.mid) == "<Field type=c_int, ofs=0:3, bits=5>"
named = Named(1)
named.number = 0x01020304
assert list(named.bytes) == [4, 3, 2, 1] and Named.number.offset == 4
assert bytes(BigEndianStructure.__class__("Big", (BigEndianStructure,), {"_fields_": [("n", c_uint16)]})(258)) == b"\1\2"

numbers = (c_int * 4)(1, 2, 3)
assert numbers[-1] == 0 and numbers[1:3] == [2, 3] and len(numbers) == 4 and memoryview(numbers).shape == (4,)
refused(IndexError, "invalid index", lambda: numbers[4])
refused(ValueError, "Array length must be >= 0, not -1", lambda: c_int * -1)
text = create_string_buffer(b"abc", 6)
assert (text.value, text.raw) == (b"abc", b"abc\0\0\0")
text.value = b"z"
assert text.raw == b"z\0c\0\0\0"
assert create_unicode_buffer("äö").value == "äö"

target = c_int(5)
pointed = pointer(target)
pointed[0] = 6
assert target.value == 6 and pointed.contents.value == 6 and cast(pointed, POINTER(c_ubyte))[0] == 6
assert POINTER(c_int) is POINTER(c_int) and POINTER(c_int).__name__ == "LP_c_int"
refused(TypeError, "cast() argument 2 must be a pointer type, not c_int", cast, pointed, c_int)
memory = bytearray(8)
view = c_int.from_buffer(memory, 4)
view.value = -1
assert memory == b"\0\0\0\0\xff\xff\xff\xff"
refused(ValueError, "Buffer size too small", c_int64.from_buffer, memory, 4)
refused(TypeError, "underlying buffer is not writable", c_int.from_buffer, b"1234")
assert c_int.from_buffer_copy(b"\1\0\0\0").value == 1
refused(ValueError, "ctypes objects containing pointers cannot be pickled", pickle.dumps, pointed)


class Empty(Structure):
    pass


# A resized object has more memory than its type says, and a view shows all of it.
sized = Empty()
resize(sized, 5)
assert (memoryview(sized).nbytes, memoryview(sized).itemsize) == (5, 0)
memoryview(sized).cast("B")[:] = b"abcde"
assert bytes(sized) == b"abcde" and sizeof(sized) == 5
refused(ValueError, "minimum size is 8", resize, Inner(), 4)
