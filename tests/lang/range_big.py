# range beyond machine words: length, items, membership, equality, hash, iteration and pickling.
big = 2**70
r = range(big, big + 30, 7)
assert list(r) == [big, big + 7, big + 14, big + 21, big + 28] and len(r) == 5 and r[-1] == big + 28
assert big + 14 in r and big + 15 not in r and float(big) in range(big, big + 1) and r.index(big + 21) == 3 and r.count(3) == 0
assert list(reversed(r)) == list(r)[::-1] and r[1:4:2] == range(big + 7, big + 28, 14) and r[::-1] == range(big + 28, big - 7, -7)
assert range(0) == range(5, 2) and hash(range(0)) == hash(range(5, 2)) and range(0, 3, 2) == range(0, 4, 2) != range(0, 5, 2)
edge = range(2**63 - 2, 2**63 + 2)
assert list(edge) == [2**63 - 2, 2**63 - 1, 2**63, 2**63 + 1] and list(reversed(edge))[0] == 2**63 + 1
for r in (range(5), range(big, big + 5)):
    it = iter(r)
    next(it), next(it)
    function, arguments, state = it.__reduce__()
    copy = function(*arguments)
    copy.__setstate__(state)
    assert list(copy) == list(it) == list(r)[2:] and arguments == (r,)
    assert iter(r).__length_hint__() == 5
try:
    len(range(big))
except OverflowError as error:
    assert str(error) == "Python int too large to convert to C ssize_t"
else:
    raise AssertionError
assert range(big)[big - 1] == big - 1 and bool(range(big)) and not range(0)
