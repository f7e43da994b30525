# list.sort: stable, adaptive, safe against keys and comparisons that misbehave.
def message(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


state = 1


def random(limit):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % limit


def is_sorted(items, key=lambda x: x):
    return all(key(a) <= key(b) for a, b in zip(items, items[1:]))


for size in (0, 1, 2, 3, 31, 64, 65, 500, 3000):
    for limit in (3, 100, 10**9):
        numbers = [random(limit) for _ in range(size)]
        for items in (numbers, [str(n) for n in numbers], [n / 7 for n in numbers], [(n % 5, n) for n in numbers],
                      [n * 2**70 for n in numbers], sorted(numbers) + numbers[:3], sorted(numbers, reverse=True)):
            result = sorted(items)
            assert is_sorted(result) and len(result) == len(items)
            assert sorted(items, reverse=True) == result[::-1]
        pairs = list(enumerate(numbers))
        assert is_sorted(sorted(pairs, key=lambda p: p[1]), lambda p: (p[1], p[0]))
        assert is_sorted(sorted(pairs, key=lambda p: p[1], reverse=True), lambda p: (-p[1], p[0]))

assert sorted([1, 2.5, True, 10**30, -7]) == [-7, 1, True, 2.5, 10**30]
assert sorted(["b", "é", "a", "€"]) == ["a", "b", "é", "€"]
assert message(lambda: [1, "a"].sort()) == "TypeError: '<' not supported between instances of 'str' and 'int'"

items = [3, 1, 2]
assert message(lambda: items.sort(key=lambda x: items.append(x) or x)) == "ValueError: list modified during sort"
assert items == [1, 2, 3]
seen = []
items.sort(key=lambda x: seen.append(list(items)) or x)
assert seen == [[], [], []]


class Raises:
    def __lt__(self, other):
        raise ZeroDivisionError


items = [Raises() for _ in range(100)]
before = list(items)
assert message(items.sort) == "ZeroDivisionError: " and sorted(map(id, items)) == sorted(map(id, before))


class Odd:  # a comparison that contradicts itself must not lose items
    def __lt__(self, other):
        return random(2)


items = [Odd() for _ in range(1000)]
before = set(items)
items.sort()
assert set(items) == before and len(items) == 1000
