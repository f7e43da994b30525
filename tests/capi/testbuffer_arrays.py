# CPython's _testbuffer.ndarray, an exporter of every kind of buffer: what PickleBuffer.raw() and PyBuffer_ToContiguous make of it.
import gc
import glob
import importlib.machinery
import importlib.util
import sys
import weakref
from pickle import PickleBuffer

[path] = glob.glob("/usr/lib/python3.11/lib-dynload/_testbuffer.*.so")
spec = importlib.util.spec_from_file_location("_testbuffer", path, loader=importlib.machinery.ExtensionFileLoader("_testbuffer", path))
_testbuffer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(_testbuffer)
from_rows, from_columns = ({"flags": flags, "format": "<h", "shape": (2, 3)} for flags in (0, _testbuffer.ND_FORTRAN))

# raw(): the bytes as they lie in memory, still the exporter's.
for layout in (from_rows, from_columns):
    array = _testbuffer.ndarray([1, 2, 3, 4, 5, 6], **layout)
    raw = PickleBuffer(array).raw()
    assert raw.obj is array
    assert (raw.format, raw.ndim, raw.itemsize, raw.shape, raw.strides, raw.suboffsets) == ("B", 1, 1, (12,), (1,), ()), raw
    del array  # the view keeps it
    assert bytes(raw) == b"\1\0\2\0\3\0\4\0\5\0\6\0"


class Exporter(bytearray):
    pass


def is_let_go(layout):
    items = [1, 2, 3, 4, 5, 6]
    before = sys.getallocatedblocks()
    for _ in range(2000):
        PickleBuffer(_testbuffer.ndarray(items, **layout)).raw()
    gc.collect()
    return sys.getallocatedblocks() - before < 2000  # free lists and the like keep some hundred


assert is_let_go(from_rows) and is_let_go(from_columns)
exporter = Exporter(b"abc")
gone = weakref.ref(exporter)
raw = PickleBuffer(exporter).raw()
del exporter
assert gone() is raw.obj
del raw
assert gone() is None

# Every request, in both orders, strides or not.
rows = _testbuffer.ndarray(list(range(12)), shape=(3, 4), format="<h", flags=_testbuffer.ND_WRITABLE)
columns = bytes(number for first in range(4) for row in range(3) for number in (first + 4 * row, 0))
for request in ("FULL", "FULL_RO", "INDIRECT", "STRIDES", "ND"):
    flags = getattr(_testbuffer, "PyBUF_" + request)
    assert _testbuffer.py_buffer_to_contiguous(rows, "C", flags) == bytes(byte for number in range(12) for byte in (number, 0)), request
    assert _testbuffer.py_buffer_to_contiguous(rows, "F", flags) == columns, request
    assert _testbuffer.py_buffer_to_contiguous(rows, "A", flags) == rows.tobytes(), request
