# ctypes: functions of the C library, argument and result conversion, callbacks, errno, paramflags.
import ctypes
import errno
import threading
from ctypes import *

libc = CDLL(None, use_errno=True)


def refused(kind, text, function, *arguments):
    try:
        function(*arguments)
    except kind as problem:
        assert text in str(problem), str(problem)
    else:
        raise AssertionError(text)


assert libc.abs(-5) == 5 and libc.strlen(b"four") == 4
libc.strchr.restype = c_char_p
assert libc.strchr(b"abcdef", ord("d")) == b"def" and libc.strchr(b"abc", ord("x")) is None
assert libc.labs.argtypes is None and libc.labs.restype is c_int
libc.strtod.argtypes, libc.strtod.restype = [c_char_p, POINTER(c_char_p)], c_double
rest = c_char_p()
assert libc.strtod(b"2.5 rest", byref(rest)) == 2.5 and rest.value == b" rest"
buffer = create_string_buffer(32)
assert libc.snprintf(buffer, c_size_t(32), b"%d %s %.1f", 7, b"x", c_double(1.5)) == 7 and buffer.value == b"7 x 1.5"

refused(AttributeError, "undefined symbol: no_such_function", lambda: libc.no_such_function)
refused(OSError, "no-such-library.so: cannot open shared object file", CDLL, "no-such-library.so")
refused(ArgumentError, "argument 1: TypeError: Don't know how to convert parameter 1", libc.abs, 1.5)
refused(ArgumentError, "argument 1: TypeError: wrong type", libc.strtod, 5, None)
refused(TypeError, "this function takes at least 2 arguments (1 given)", libc.strtod, b"1")
refused(TypeError, "item 1 in _argtypes_ has no from_param method", setattr, libc.labs, "argtypes", [5])

# errno is ctypes's own copy.
set_errno(0)
assert libc.close(-1) == -1 and get_errno() == errno.EBADF


class Pair(Structure):
    _fields_ = [("quotient", c_int), ("remainder", c_int)]


libc.div.restype = Pair
result = libc.div(17, 5)
assert (result.quotient, result.remainder) == (3, 2)

Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
values = (c_int * 6)(5, 1, 4, 2, 3, 0)
libc.qsort(values, len(values), sizeof(c_int), Compare(lambda a, b: a[0] - b[0]))
assert list(values) == [0, 1, 2, 3, 4, 5]
double = CFUNCTYPE(c_int, c_int)(lambda number: number * 2)
assert double(21) == 42 and CFUNCTYPE(c_double, c_float, c_short)(lambda a, b: a + b)(0.5, 2) == 2.5
address = cast(double, c_void_p).value
assert CFUNCTYPE(c_int, c_int)(address)(4) == 8
refused(TypeError, "argument must be callable or integer function address", CFUNCTYPE(c_int), "text")

# Callbacks from a thread, and calls while other threads run.
found = []
thread = threading.Thread(target=lambda: found.append(double(5)))
thread.start()
thread.join()
assert found == [10]

# The checker sees the result; what it gives is the call's value.
libc.abs.errcheck = lambda result, function, arguments: (result, function is libc.abs, arguments)
assert libc.abs(-3) == (3, True, (-3,))

# Parameter flags: out parameters are made by the call.
frexp = CFUNCTYPE(c_double, c_double, POINTER(c_int))(("frexp", CDLL("libm.so.6")), ((1, "value"), (2, "exponent")))
assert frexp(8.0) == 4 and frexp(value=1.0) == 1
refused(TypeError, "required argument 'value' missing", frexp)

assert string_at(b"abc", 2) == b"ab" and wstring_at("äbc") == "äbc"
copy = create_string_buffer(3)
memmove(copy, b"xyz", 3)
assert copy.raw == b"xyz" and memset(copy, 65, 2) == addressof(copy) and copy.raw == b"AAz"
assert py_object([1]).value == [1] and pythonapi is ctypes.pythonapi
