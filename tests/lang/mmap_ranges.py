# mmap: what the arguments and positions may be, and what stays when a step is refused.
import mmap
import tempfile


def refused(kind, text, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except kind as problem:
        assert str(problem) == text, str(problem)
    else:
        raise AssertionError(text)


file = tempfile.TemporaryFile()
file.write(b"0123456789" * 10)
file.flush()
shared = mmap.mmap(file.fileno(), 0)
fixed = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
copy = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)

refused(OverflowError, "memory mapped length must be positive", mmap.mmap, -1, -1)
refused(ValueError, "mmap length is greater than file size", mmap.mmap, file.fileno(), 1000)
refused(ValueError, "mmap offset is greater than file size", mmap.mmap, file.fileno(), 0, offset=4096)
refused(ValueError, "mmap invalid access parameter.", mmap.mmap, file.fileno(), 10, access=4)
refused(ValueError, "mmap can't specify both access and flags, prot.", mmap.mmap, file.fileno(), 10, access=1, flags=mmap.MAP_PRIVATE)

assert shared[0] == 48 and shared[-1] == 57 and shared[::20] == b"00000" and shared[5:2] == b"" and list(shared)[1] == b"1"
refused(IndexError, "mmap index out of range", lambda: shared[100])
refused(TypeError, "mmap indices must be integers", lambda: shared["a"])
refused(ValueError, "mmap item value must be in range(0, 256)", shared.__setitem__, 0, 256)
refused(IndexError, "mmap slice assignment is wrong size", shared.__setitem__, slice(0, 3), b"ab")
refused(TypeError, "mmap object doesn't support slice deletion", shared.__delitem__, slice(0, 1))
refused(TypeError, "mmap can't modify a readonly memory map.", fixed.__setitem__, 0, 1)
shared[0:30:10] = b"xyz"
assert fixed[:21:10] == b"xyz"
copy[0] = 0
assert fixed[0] == ord("x") and copy[:2] == b"\x001"

assert (shared.find(b"9"), shared.find(b"9", 20, 25), shared.find(b"9", -3), shared.find(b"", 101)) == (9, -1, 99, 100)
assert (shared.rfind(b"9", 0, -5), shared.rfind(b"")) == (89, 100)
shared.seek(95)
assert shared.read(None) == b"56789" and shared.read(5) == b"" and shared.tell() == 100
refused(ValueError, "read byte out of range", shared.read_byte)
refused(ValueError, "data out of range", shared.write, b"a")
refused(ValueError, "seek out of range", shared.seek, 1, 1)
refused(ValueError, "unknown seek type", shared.seek, 0, 5)
shared.move(50, 0, 10)
assert shared[50:60] == b"x123456789"
refused(ValueError, "source, destination, or count out of range", shared.move, 0, 1, 1000)
refused(ValueError, "flush values out of range", shared.flush, 0, 1000)

shared.resize(200)
assert len(shared) == 200 == shared.size()
view = memoryview(shared)
refused(BufferError, "mmap can't resize with extant buffers exported.", shared.resize, 3)
refused(BufferError, "cannot close exported pointers exist", shared.close)
assert not view.readonly and memoryview(fixed).readonly
view.release()
assert repr(shared) == "<mmap.mmap closed=False, access=ACCESS_DEFAULT, length=200, pos=100, offset=0>"
with shared:
    pass
assert shared.closed and repr(shared) == "<mmap.mmap closed=True>"
refused(ValueError, "mmap closed or invalid", lambda: shared[0])
