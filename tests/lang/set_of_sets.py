# Sets as elements and operands: what hashes, what compares, which type comes out.
def message(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


f = frozenset({1, 2})
assert {1, 2} in {f} and f in {f} and {1, 3} not in {f}
s = {f, 5}
s.discard({1, 2})
assert s == {5}
assert message(lambda: s.remove({9})) == "KeyError: {9}"
assert message(lambda: s.add([])) == "TypeError: unhashable type: 'list'"
assert message(lambda: {1} | [1]) == "TypeError: unsupported operand type(s) for |: 'set' and 'list'"
assert message(lambda: set().pop()) == "KeyError: 'pop from an empty set'"

assert hash(frozenset(range(10))) == hash(frozenset(reversed(range(10))))
assert frozenset([1, 2, 3]) == {1, 2, 3} and hash(frozenset([1, 2, 3])) == -272375401224217160
assert f.copy() is f and f.union() is not f and frozenset(f) is f
assert type({1} & f) is set and type(f & {1}) is frozenset


class Sub(set):
    def __init__(self, items=(), extra=None):
        super().__init__(items)
        self.extra = extra


x = Sub([1], extra=7)
assert type(x | {2}) is set and x.extra == 7 and x.__reduce__() == (Sub, ([1],), {"extra": 7})
assert x <= {1, 2} and x < {1, 2} and not x < {1} and x >= set() and x.isdisjoint([2])


def grow():
    for item in s:
        s.add(object())


assert message(grow) == "RuntimeError: Set changed size during iteration"
