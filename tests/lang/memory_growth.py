# How lists, sets, dicts and bytearrays grow and shrink, seen through sys.getsizeof.
import array
import collections
import sys

# Measured: (number of items, size) at each change.
list_pops = [(300, 2520), (153, 1464), (87, 856), (49, 536), (29, 344), (17, 248), (11, 184), (7, 152), (5, 120), (1, 88)]
dict_grows = [(0, 64), (1, 224), (6, 352), (11, 632), (22, 1168), (43, 2264), (86, 4688), (171, 9304), (342, 18512), (683, 36952),
    (1366, 73808), (2731, 147544), (5462, 294992)]
str_dict_grows = [(0, 64), (1, 184), (6, 272), (11, 464), (22, 832), (43, 1584), (86, 3328), (171, 6576), (342, 13056), (683, 26032),
    (1366, 51968), (2731, 103856)]
mixed = (103856, 294992)
sparse = (294992, 18512, 18512)
bytearray_grows = [(0, 56), (1, 58), (2, 61), (5, 64), (8, 68), (12, 75), (19, 83), (27, 92), (36, 102), (46, 113), (57, 126), (70,
    140), (84, 156), (100, 174), (118, 194), (138, 217), (161, 243), (187, 272), (216, 305), (249, 342), (286, 383),
    (327, 429), (373, 481), (425, 540), (484, 606), (550, 680)]
bytearray_pops = [(600, 680), (311, 368), (155, 212), (77, 134), (38, 95), (18, 75), (8, 65), (3, 60), (1, 58)]
array_grows = [(0, 80), (1, 96), (5, 112), (9, 144), (17, 180), (26, 216), (35, 256), (45, 296), (55, 340), (66, 388), (78, 436),
    (90, 488)]
deque_grows = [(0, 760), (33, 1288), (97, 1816), (161, 2344)]
list_sizes = [104, 152, 152, 312, 312, 120, 280, 56, 88, 88, 88, 104, 104, 112, 72, 120, 80, 120]
expected_table = {0: (64, 64, 64, 64, 64, 216, 216), 1: (224, 224, 224, 184, 224, 216, 216), 5: (224, 224, 224, 184, 224, 728, 728), 6:
    (352, 352, 352, 272, 352, 728, 728), 10: (352, 352, 352, 272, 352, 728, 728), 11: (632, 632, 632, 464, 632, 728,
    728), 21: (632, 632, 632, 464, 632, 2264, 2264), 22: (1168, 1168, 1168, 832, 1168, 2264, 2264), 50: (2264, 2264,
    2264, 1584, 2264, 2264, 2264), 100: (4688, 4688, 4688, 3328, 4688, 8408, 8408), 1000: (36952, 36952, 36952, 26032,
    36952, 32984, 32984)}


def steps(container, add, count):
    """[(number of items, size)] at each change."""
    found, last = [], None
    for i in range(count + 1):
        size = sys.getsizeof(container)
        if size != last:
            found.append((i, size))
            last = size
        if i < count:
            add(container, i)
    return found


def pops(container, take):
    found, last = [], None
    while container:
        size = sys.getsizeof(container)
        if size != last:
            found.append((len(container), size))
            last = size
        take(container)
    return found


numbers = []
grown = steps(numbers, list.append, 300)
assert grown == [(0, 56)] + [(n, 56 + 8 * ((n + (n >> 3) + 6) & ~3)) for n, _ in grown[1:]], grown
assert [n for n, _ in grown] == [0, 1, 5, 9, 17, 25, 33, 41, 53, 65, 77, 93, 109, 129, 149, 173, 201, 233, 269], grown
shrunk = pops(numbers, list.pop)
assert shrunk == list_pops, shrunk

items = set()
grown = steps(items, set.add, 6000)
assert grown == [(0, 216), (5, 728), (19, 2264), (77, 8408), (307, 32984), (1229, 131288), (4915, 524504)], grown
assert {sys.getsizeof(items)} == {size for _, size in pops(items, set.pop)}  # popping gives nothing back
items.clear()
assert sys.getsizeof(items) == 216

mapping = {}
grown = steps(mapping, lambda d, i: d.__setitem__(i, i), 6000)
assert grown == dict_grows, grown
full = sys.getsizeof(mapping)
for i in range(6000):
    del mapping[i]
assert sys.getsizeof(mapping) == full  # nor does deleting
mapping.clear()
assert sys.getsizeof(mapping) == 64
grown = steps({}, lambda d, i: d.__setitem__(str(i), i), 3000)  # keys that are all str take less room
assert grown == str_dict_grows, grown

mapping = dict.fromkeys(map(str, range(3000)))
before = sys.getsizeof(mapping)
mapping[1] = 1
assert (before, sys.getsizeof(mapping)) == mixed
for i in range(2500):
    del mapping[str(i)]
assert (sys.getsizeof(mapping), sys.getsizeof(mapping.copy()), sys.getsizeof({**mapping})) == sparse  # copies are compact

buffer = bytearray()
grown = steps(buffer, lambda b, i: b.append(0), 600)
assert grown == bytearray_grows, grown
shrunk = pops(buffer, bytearray.pop)
assert shrunk == bytearray_pops, shrunk
grown = steps(array.array("i"), array.array.append, 100)
assert grown == array_grows, grown
grown = steps(collections.deque(), collections.deque.append, 200)
assert grown == deque_grows, grown

# What other operations leave room for.
numbers = []
sizes = []
for change in ("numbers.extend(range(5))", "numbers.extend([1] * 3)", "numbers += [1, 2]", "numbers *= 3", "numbers.insert(0, 1)",
               "del numbers[5:]", "numbers[1:1] = [1] * 20", "numbers.clear()", "numbers = sorted([3, 2, 1])",
               "numbers = [*range(3)]", "numbers = [*range(3), 1]", "numbers = [1, 2, 3, 4, 5]", "numbers.remove(3)",
               "numbers = [[]] * 7", "numbers = list({1: 1, 2: 2})", "numbers = list(map(str, range(5)))",
               "numbers = [1, 2, 3].copy()", "numbers = list(zip('abcd', 'abcd'))"):
    exec(change)
    sizes.append(sys.getsizeof(numbers))
assert sizes == list_sizes, sizes
table = {}
for n in (0, 1, 5, 6, 10, 11, 21, 22, 50, 100, 1000):
    table[n] = tuple(map(sys.getsizeof, (dict.fromkeys(range(n)), {i: i for i in range(n)}, dict(zip(range(n), range(n))),
                                         dict.fromkeys(map(str, range(n))), {**{i: i for i in range(n)}}, set(range(n)),
                                         frozenset(range(n)))))
assert table == expected_table, table
