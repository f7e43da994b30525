# An argument whose __index__ closes, releases or resizes the object that the method works on: each method raises or works
# with what is left. Every call happens in a child, since CPython touches freed or unmapped memory in some; adder must not.
import array
import collections
import io
import mmap
import os
import sys

CRASHES_ALLOWED = "adder" not in sys.version


class Changing:
    def __init__(self, change, value):
        self.change = change
        self.value = value

    def __index__(self):
        try:
            self.change()
        except (BufferError, ValueError, AttributeError):
            pass
        return self.value


def empty_stream(stream):
    stream.seek(0)
    stream.truncate(0)


def buffered(kind):
    return lambda: kind(io.BytesIO(b"abcdefgh\n" * 100))


STREAM_CHANGES = (lambda o: o.close(), lambda o: o.detach())
SEQUENCE_CHANGES = (lambda o: o.clear(), lambda o: o.extend(o * 100))
OBJECTS = {
    "mmap": (lambda: mmap.mmap(-1, 8192), (lambda o: o.close(), lambda o: o.resize(4096))),
    "bytearray": (lambda: bytearray(b"abcdefgh" * 100), SEQUENCE_CHANGES),
    "memoryview": (lambda: memoryview(bytearray(b"abcdefgh" * 100)), (lambda o: o.release(),)),
    "memoryview of int": (lambda: memoryview(array.array("i", range(800))), (lambda o: o.release(),)),
    "array": (lambda: array.array("i", range(800)), (lambda o: o.__delitem__(slice(None)), lambda o: o.extend(o * 100))),
    "BytesIO": (lambda: io.BytesIO(b"abcdefgh\n" * 100), (lambda o: o.close(), empty_stream)),
    "StringIO": (lambda: io.StringIO("abcdefgh\n" * 100), (lambda o: o.close(), empty_stream)),
    "BufferedReader": (buffered(io.BufferedReader), STREAM_CHANGES),
    "BufferedWriter": (buffered(io.BufferedWriter), STREAM_CHANGES),
    "BufferedRandom": (buffered(io.BufferedRandom), STREAM_CHANGES),
    "TextIOWrapper": (buffered(io.TextIOWrapper), STREAM_CHANGES),
    "list": (lambda: list(range(800)), SEQUENCE_CHANGES),
    "deque": (lambda: collections.deque(range(800)), (lambda o: o.clear(), lambda o: o.extend(range(9000)))),
}
SHAPES = (
    lambda i, o: (i(),),
    lambda i, o: (i(), i()),
    lambda i, o: (700, i()),
    lambda i, o: (5000, i()),
    lambda i, o: (b"a", i()),
    lambda i, o: (b"a", 1, i()),
    lambda i, o: (i(), b"zz"),
    lambda i, o: (slice(i(), 600),),
    lambda i, o: (slice(i(), 600), o[:5] if hasattr(o, "__getitem__") and not isinstance(o, collections.deque) else 1),
    lambda i, o: (i(), 2, 3),
    lambda i, o: (1, i(), 3),
)
LEFT_OUT = {"__init__", "__init_subclass__", "__subclasshook__", "__reduce_ex__", "__class_getitem__", "tofile", "fromfile"}


def call_all(make, change, method):
    for shape in SHAPES:
        for value in (0, 1, 700, -1):
            target = make()
            try:
                arguments = shape(lambda: Changing(lambda: change(target), value), target)
                getattr(target, method)(*arguments)
            except Exception:
                pass


def survives(function, *arguments):
    child = os.fork()
    if not child:
        function(*arguments)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


calls = 0
for name, (make, changes) in OBJECTS.items():
    for method in dir(make()):
        if method in LEFT_OUT or not callable(getattr(make(), method, None)):
            continue
        for number, change in enumerate(changes):
            alive = survives(call_all, make, change, method)
            assert alive or CRASHES_ALLOWED, (name, method, number)
            calls += 1
assert calls > 800, calls


def raises(kinds, function, *arguments):
    try:
        function(*arguments)
    except kinds as error:
        return str(error)
    raise AssertionError("nothing was raised")


stream = io.BytesIO(b"a\nb\n")
assert raises(TypeError, stream.readlines, Changing(stream.close, 1)) == "integer argument expected, got 'Changing'"
for kind in (io.BufferedReader, io.BufferedWriter, io.BufferedRandom):
    stream = kind(io.BytesIO(b"abc"))
    raises((ValueError, SystemError), stream.seek, Changing(stream.detach, 1))
if not CRASHES_ALLOWED:
    area = mmap.mmap(-1, 8192)
    assert raises(IndexError, area.__setitem__, 5000, Changing(lambda: area.resize(4096), 1)) == "mmap index out of range"
    for call in ("read", "seek", "write_byte", "resize", "flush"):
        area = mmap.mmap(-1, 8192)
        assert raises(ValueError, getattr(area, call), Changing(area.close, 0)) == "mmap closed or invalid"



# Where CPython touches nothing freed, what comes out is equal.
def after(method, change, *before):
    numbers = array.array("i", [1, 2, 3])
    getattr(numbers, method)(*before, Changing(lambda: change(numbers), 5))
    return numbers.tolist()


assert after("append", lambda numbers: numbers.extend([9])) == [1, 2, 3, 5, 9]
assert after("insert", lambda numbers: numbers.extend([9]), 1) == [1, 5, 2, 3, 9]
assert after("insert", lambda numbers: numbers.pop(), 1) == [1, 5, 2]
items = [1, Changing(lambda: items.clear(), 2), 3]
assert raises(IndexError, array.array, "i", items) == "list index out of range"
items = [1, Changing(lambda: items.append(4), 2), 3]
assert array.array("i", items).tolist() == [1, 2, 3]

# Texts and orders that have nothing to do with the change.
area = mmap.mmap(-1, 8192)
assert raises(TypeError, area.find, 1, "a") == "a bytes-like object is required, not 'int'"
assert raises(TypeError, area.find, b"", "a") == "'str' object cannot be interpreted as an integer"
assert raises(TypeError, array.array("i").__iadd__, 1) == 'can only extend array with array (not "int")'
assert raises(TypeError, array.array("i").extend, 1) == "'int' object is not iterable"
deque = collections.deque()
assert raises(TypeError, deque.insert, 1) == "insert() takes exactly 2 arguments (1 given)"
assert raises(TypeError, deque.index) == "index() takes at least 1 argument (0 given)"
assert raises(TypeError, deque.index, 1, 2, 3, 4) == "index() takes at most 3 arguments (4 given)"
