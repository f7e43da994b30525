# sys.getsizeof while lists, sets and dicts grow: when they do, and by how much.
import array
import sys


def growth(container, add, count):
    last = sys.getsizeof(container)
    steps = [(0, last)]
    for i in range(count):
        add(container, i)
        size = sys.getsizeof(container)
        if size != last:
            steps.append((i + 1, size))
            last = size
    return steps


lists = growth([], list.append, 330)
assert [n for n, _ in lists] == [0, 1, 5, 9, 17, 25, 33, 41, 53, 65, 77, 93, 109, 129, 149, 173, 201, 233, 269, 309]
capacities = [(size - 56) // 8 for _, size in lists]
assert capacities == [0, 4, 8, 16, 24, 32, 40, 52, 64, 76, 92, 108, 128, 148, 172, 200, 232, 268, 308, 352]

sets = growth(set(), set.add, 5000)
assert sets == [(0, 216), (5, 728), (19, 2264), (77, 8408), (307, 32984), (1229, 131288), (4915, 524504)]

ints = growth({}, lambda d, i: d.__setitem__(i, i), 700)
assert ints == [(0, 64), (1, 224), (6, 352), (11, 632), (22, 1168), (43, 2264), (86, 4688), (171, 9304), (342, 18512), (683, 36952)]
texts = growth({}, lambda d, i: d.__setitem__(f"k{i}", i), 100)
assert texts == [(0, 64), (1, 184), (6, 272), (11, 464), (22, 832), (43, 1584), (86, 3328)]

assert [sys.getsizeof(x) for x in ([], [1], [1] * 3, list(range(5)), (), (1, 2), {"a": 1}, {1: 1})] == [56, 64, 80, 104, 40, 56, 184, 224]
# A key that is not a str changes the table's form, and its size.
for count, before, after in [(0, 64, 224), (1, 184, 352), (5, 184, 352), (6, 272, 632), (11, 464, 1168)]:
    mixed = {f"k{i}": i for i in range(count)}
    assert sys.getsizeof(mixed) == before
    mixed[1] = 2
    assert sys.getsizeof(mixed) == after

shrunk = list(range(100))
del shrunk[10:]
assert sys.getsizeof(shrunk) == 56 + 8 * 16
shrunk.clear()
assert sys.getsizeof(shrunk) == 56
for initial in [1, 2, 3], (1, 2, 3):
    assert sys.getsizeof(array.array("i", initial)) == sys.getsizeof(array.array("i")) + 3 * 4
assert sys.getsizeof(array.array("u", "abc")) == sys.getsizeof(array.array("u")) + 3 * 4
