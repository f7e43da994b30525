# The order in which sets yield their elements: the probe sequence, deleted entries that are used again, resizes.
def built(*steps):
    s = set()
    for step in steps:
        s.discard(-step) if step < 0 else s.add(step)
    return list(s)


assert built(8, 16, 24) == [8, 16, 24]
assert built(16, 8, 24) == [16, 8, 24]
assert built(32, 8, 16) == [32, 8, 16]
assert built(8, 16, -8, 24) == [24, 16]
assert built(64, 8, 16, -64, -8, 24, 9) == [24, 16, 9]
assert built(7, 15, 23, 31, -15, 39, 5, -7, 13) == [5, 39, 13, 23, 31]
assert list(set(range(100, 0, -7))) == [65, 2, 100, 37, 72, 9, 44, 79, 16, 51, 86, 23, 58, 93, 30]

a, b = set(range(0, 60, 4)), set(range(0, 60, 6))
assert list(a & b) == [0, 36, 12, 48, 24]
assert list(b & a) == [0, 36, 12, 48, 24]
assert list(a - b) == [32, 4, 8, 40, 44, 16, 20, 52, 56, 28]
assert list(a ^ b) == [32, 4, 6, 8, 40, 42, 44, 16, 18, 20, 52, 54, 56, 28, 30]
assert list(a | b) == [0, 4, 6, 8, 12, 16, 18, 20, 24, 28, 30, 32, 36, 40, 42, 44, 48, 52, 54, 56]
assert list(b.symmetric_difference(range(10))) == [1, 2, 3, 4, 5, 7, 8, 9, 36, 42, 12, 48, 18, 54, 24, 30]
assert list(a.intersection(range(50), b)) == [0, 36, 12, 48, 24]

taken = []
s = set(range(20))
while s:
    taken.append(s.pop())
    if len(taken) == 5:
        s.add(100)
assert taken == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 100]
