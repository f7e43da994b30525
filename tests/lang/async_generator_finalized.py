# An asynchronous generator that returns while it is finalized ends by StopAsyncIteration, which nobody can catch.
import gc
import sys

seen = []
sys.unraisablehook = lambda unraisable: seen.append(unraisable.exc_type)


async def returning():
    try:
        yield 1
    finally:
        return


generator = returning()
try:
    generator.__anext__().send(None)
except StopIteration as stop:
    assert stop.value == 1
del generator
gc.collect()
assert seen == [StopAsyncIteration], seen
