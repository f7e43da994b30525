# Builtin types whose constructor takes no keywords let subclasses take some in __init__, and only those.
import operator
import random
from contextvars import ContextVar
from itertools import combinations


def error(function, *args, **keywords):
    try:
        function(*args, **keywords)
    except TypeError as caught:
        return str(caught)


for base, arguments in ((float, (1,)), (tuple, ()), (frozenset, ()), (reversed, ("a",))):
    class Plain(base):
        pass

    class Keyed(base):
        def __init__(self, *arguments, key=None):
            self.key = key

    expected = f"{base.__name__}() takes no keyword arguments"
    assert error(base, *arguments, key=1) == expected
    assert error(Plain, *arguments, key=1) == expected
    Keyed(*arguments, key=1)



class Pairs(zip):
    def __init__(self, *iterables, key=None):
        pass


assert error(Pairs, key=1) == "'key' is an invalid keyword argument for zip()"

for final in (operator.itemgetter, operator.attrgetter, operator.methodcaller):
    name = f"operator.{final.__name__}"
    assert error(type, "Sub", (final,), {}) == f"type '{name}' is not an acceptable base type"

assert error(combinations, 1, 2, 3) == "combinations() takes at most 2 arguments (3 given)"
assert error(ContextVar) == error(ContextVar, name="n") == "ContextVar() takes exactly 1 positional argument (0 given)"
