# Slices of lists against a model that works item by item.
def message(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


bounds = [None, -100, -7, -2, -1, 0, 1, 3, 6, 100]
steps = [None, -4, -1, 1, 2, 5]
for size in (0, 1, 7):
    base = list(range(size))
    for start in bounds:
        for stop in bounds:
            for step in steps:
                cut = slice(start, stop, step)
                wanted = [base[i] for i in range(*cut.indices(size))]
                assert base[cut] == wanted and tuple(base)[cut] == tuple(wanted)
                rest = base[:]
                del rest[cut]
                assert rest == [x for x in base if x not in wanted]
                changed = base[:]
                changed[cut] = ["new"] * len(wanted)
                assert [a for a, b in zip(changed, base) if a == "new"] == ["new"] * len(wanted)
                if step in (None, 1):
                    changed = base[:]
                    changed[cut] = "xy"
                    assert len(changed) == size - len(wanted) + 2

items = list(range(5))
items[1:3] = items
assert items == [0, 0, 1, 2, 3, 4, 3, 4]
items[::2] = items[1::2]
assert items == [0, 0, 2, 2, 4, 4, 4, 4]
assert message(lambda: items.__setitem__(slice(None, None, 2), [1])) == "ValueError: attempt to assign sequence of size 1 to extended slice of size 4"
assert message(lambda: items.__setitem__(slice(1, 2), 1)) == "TypeError: can only assign an iterable"
assert message(lambda: items[10**30]) == "IndexError: cannot fit 'int' into an index-sized integer"
assert message(lambda: items["a"]) == "TypeError: list indices must be integers or slices, not str"
assert message(lambda: items.__delitem__(99)) == "IndexError: list assignment index out of range"
assert slice(10**40, None, -(10**20)).indices(10**41) == (10**40, -1, -(10**20))
assert message(lambda: [][::0]) == "ValueError: slice step cannot be zero"
