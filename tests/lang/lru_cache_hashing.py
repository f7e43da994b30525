# A cached call hashes each argument once; making room for it hashes nothing.
import functools


class Number(int):
    hashed = 0

    def __hash__(self):
        Number.hashed += 1
        return 999


@functools.lru_cache(maxsize=1)
def f(x, y):
    return x * 3 + y


five = Number(5)
for expected in 1, 2:
    assert f(five, 1) == 16
    assert Number.hashed == expected
assert f(6, 2) == 20
assert Number.hashed == 2
