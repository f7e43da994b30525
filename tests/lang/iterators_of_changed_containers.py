# Iterators whose container changes its size: clear() of an OrderedDict, and __reduce__() that fails without a trace.
from collections import OrderedDict


def text(function):
    try:
        return function()
    except (RuntimeError, StopIteration) as error:
        return f"{type(error).__name__}: {error}"


ordered = OrderedDict(a=1, b=2)
iterator = iter(ordered)
ordered.clear()
for _ in range(2):
    assert text(lambda: next(iterator)) == "RuntimeError: OrderedDict changed size during iteration"
ordered = OrderedDict(a=1, b=2)
iterator = iter(ordered)
ordered.pop("a")
assert text(lambda: next(iterator)) == "RuntimeError: OrderedDict mutated during iteration"
assert text(lambda: next(iterator)) == "StopIteration: "


class Clearing:
    def __eq__(self, other):
        left.clear()
        return True

    __hash__ = None


left, right = OrderedDict(a=Clearing(), b=2), OrderedDict(a=1, b=2)
text(lambda: left == right)

for container, change, back in (
    ({1, 2, 3}, lambda c: c.discard(1), lambda c: c.add(4)),
    ({1: 1, 2: 2, 3: 3}, lambda c: c.pop(3), lambda c: c.update({4: 4})),
):
    iterator = iter(container)
    change(container)
    assert "changed size" in text(iterator.__reduce__)
    back(container)
    assert len(list(iterator)) == 3

# object.__getattribute__ takes a class for any other object.
try:
    object.__getattribute__(int, "missing")
except AttributeError as error:
    assert str(error) == "'type' object has no attribute 'missing'"
