# A view of any format can be cast to bytes, also where its own items cannot be read; only between others it must be native.
import array
import ctypes

number = ctypes.c_double(0.6)
assert memoryview(number).format == "<d"
for code in "Bbc":
    view = memoryview(number).cast(code)
    assert view.format == code and bytes(view) == bytes(number)
for view, target, error in (
    (memoryview(number), "d", "memoryview: cannot cast between two non-byte formats"),
    (memoryview(array.array("i", [1])), "f", "memoryview: cannot cast between two non-byte formats"),
):
    try:
        view.cast(target)
    except TypeError as caught:
        assert str(caught) == error
    else:
        assert False
