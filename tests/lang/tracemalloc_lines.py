# Traced memory: which line asked for it, how much there is of it, and that stopping forgets everything.
import sys
import tracemalloc

assert not tracemalloc.is_tracing()
before = bytearray(1000)
tracemalloc.start(3)


def allocate(size):
    return bytes(size)


line = allocate.__code__.co_firstlineno + 1
block = allocate(100_000)
trace = tracemalloc.get_object_traceback(block)
assert [frame.lineno for frame in trace][-1] == line and trace[-1].filename == __file__, trace
assert len(trace) == 2
assert tracemalloc.get_object_traceback(before) is None
current, peak = tracemalloc.get_traced_memory()
assert 100_000 < current <= peak
snapshot = tracemalloc.take_snapshot()
largest = snapshot.statistics("lineno")[0]
assert largest.traceback[0].lineno == line and largest.size >= 100_000 and largest.count == 1, largest

del block
after, peak = tracemalloc.get_traced_memory()
assert after < current - 90_000 and peak >= current
tracemalloc.reset_peak()
assert tracemalloc.get_traced_memory()[1] < current

blocks = [allocate(600 + i) for i in range(20_000)]
traced = sum(each.size for each in tracemalloc.take_snapshot().traces if each.traceback[-1].lineno == line)
assert traced >= sum(map(sys.getsizeof, blocks)), traced
growing = bytearray()
for i in range(2000):
    growing += bytes(100)
assert tracemalloc.get_tracemalloc_memory() > 0

tracemalloc.stop()
assert tracemalloc.get_traced_memory() == (0, 0)
del blocks, growing
tracemalloc.start()
assert tracemalloc.get_traceback_limit() == 1
blocks = [allocate(i) for i in range(2, 2000)]
assert len(tracemalloc.get_object_traceback(blocks[-1])) == 1
tracemalloc.stop()
