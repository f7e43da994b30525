# Every iterator of itertools: taken apart with __reduce__ at each position, put together again, it goes on the same way.
import itertools as it
import operator


def rebuilt(iterator):
    function, arguments, *state = iterator.__reduce__()
    arguments = [rebuilt(a) if hasattr(a, "__next__") else a for a in arguments]
    made = function(*arguments)
    if state and state[0] is not None:
        fresh = state[0]
        if isinstance(fresh, tuple):
            fresh = tuple(rebuilt(a) if hasattr(a, "__next__") else a for a in fresh)
        made.__setstate__(fresh)
    return made


def even(x):
    return x % 2 == 0


makers = [
    lambda: it.count(3),
    lambda: it.count(1.5, 0.25),
    lambda: it.count(2**80, -3),
    lambda: it.cycle([1, 2, 3]),
    lambda: it.repeat("x", 4),
    lambda: it.repeat("x"),
    lambda: it.accumulate([1, 2, 3, 4]),
    lambda: it.accumulate([1, 2, 3], operator.mul, initial=5),
    lambda: it.accumulate([None, None, 7], lambda a, b: b),
    lambda: it.chain([1, 2], [], [3]),
    lambda: it.chain.from_iterable([[1], [2, 3]]),
    lambda: it.compress("abcdef", [1, 0, 1, 0, 1, 1]),
    lambda: it.dropwhile(even, [2, 4, 5, 6, 7]),
    lambda: it.takewhile(even, [2, 4, 5, 6]),
    lambda: it.filterfalse(even, range(8)),
    lambda: it.starmap(pow, [(2, 3), (3, 2), (5, 1)]),
    lambda: it.islice(range(40), 3, 30, 5),
    lambda: it.islice("abc", None),
    lambda: it.zip_longest("abcd", [1], fillvalue="-"),
    lambda: it.combinations("abcde", 3),
    lambda: it.combinations_with_replacement("abc", 2),
    lambda: it.permutations("abcd", 2),
    lambda: it.permutations([1, 2, 3]),
    lambda: it.product("ab", [1, 2, 3]),
    lambda: it.product([0, 1], repeat=3),
    lambda: it.product(),
    lambda: it.combinations("ab", 5),
]
for make in makers:
    wanted = list(it.islice(make(), 30))
    for position in range(min(len(wanted), 12) + 1):
        original = make()
        assert list(it.islice(original, position)) == wanted[:position]
        copy = rebuilt(original)
        assert list(it.islice(copy, 30 - position)) == wanted[position:], (make(), position)

first, second = it.tee(range(200))
assert list(it.islice(first, 120)) == list(range(120))
copy = first.__copy__()
assert sum(copy) == sum(range(120, 200)) and sum(second) == sum(range(200))
groups = it.groupby("aabbc")
key, group = next(groups)
assert next(group) == "a" and list(group.__reduce__()[1]) == [groups, "a"]
assert [(k, len(list(g))) for k, g in groups] == [("b", 2), ("c", 1)] and list(group) == []
