# combinations() and combinations_with_replacement() take the number before the items, and refuse a negative one after them.
import itertools


def refused(function, *arguments):
    try:
        function(*arguments)
    except (TypeError, ValueError, OverflowError) as error:
        return type(error), str(error)
    raise AssertionError("not refused")


for function in (itertools.combinations, itertools.combinations_with_replacement):
    assert refused(function, 5, ...) == (TypeError, "'ellipsis' object cannot be interpreted as an integer")
    assert refused(function, 5, 2**70) == (OverflowError, "Python int too large to convert to C ssize_t")
    assert refused(function, 5, -1) == (TypeError, "'int' object is not iterable")
    assert refused(function, "ab", -1) == (ValueError, "r must be non-negative")
assert refused(itertools.permutations, 5, "a") == (TypeError, "'int' object is not iterable")
assert refused(itertools.permutations, "ab", "a") == (TypeError, "Expected int as r")
