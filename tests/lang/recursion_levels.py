# How many levels of the recursion limit one round through native code takes: Python frames, calls of native functions
# without a specialised form, and the guards of repr, comparison, json and pickle.
import collections
import functools
import io
import json
import pickle
import re
import sys
import xml.parsers.expat

STEP = 840  # rounds of 2 to 8 levels divide it evenly


def make(**namespace):
    return type("T", (), namespace)


def rounds(build, limit):
    """How often the function is entered before the limit is met."""
    count = 0

    def function(*arguments):
        nonlocal count
        count += 1
        return call()

    call = build(function)
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        function()
    except RecursionError:
        return count
    finally:
        sys.setrecursionlimit(old)
    raise AssertionError("no RecursionError")


def parse(function):
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = function
    parser.Parse("<a>")


class Other:
    pass


pattern = re.compile("a")
LEVELS = {
    "call": (2, lambda f: lambda: f()),
    "Pattern.sub": (3, lambda f: lambda: pattern.sub(f, "a")),
    "re.sub": (4, lambda f: lambda: re.sub("a", f, "a")),
    "json.dumps default": (6, lambda f: lambda: json.dumps(Other(), default=f)),
    "json.dumps in a list": (7, lambda f: lambda: json.dumps([Other()], default=f)),
    "json.dumps in a dict": (7, lambda f: lambda: json.dumps({"a": Other()}, default=f)),
    "json.loads object_hook": (7, lambda f: lambda: json.loads("{}", object_hook=f)),
    "sorted": (3, lambda f: lambda: sorted([1], key=f)),
    "map": (2, lambda f: lambda: list(map(f, [1]))),
    "max": (3, lambda f: lambda: max([1], key=f)),
    "min": (4, lambda f: (lambda t: lambda: min([t(), t()]))(make(__lt__=f))),
    "reduce": (3, lambda f: lambda: functools.reduce(f, [1, 2])),
    "str": (3, lambda f: (lambda t: lambda: str(t()))(make(__str__=f))),
    "str keyword": (4, lambda f: (lambda t: lambda: str(object=t()))(make(__str__=f))),
    "repr in a list": (5, lambda f: (lambda t: lambda: repr([t()]))(make(__repr__=f))),
    "repr in a deque": (6, lambda f: (lambda t: lambda: repr(collections.deque([t()])))(make(__repr__=f))),
    "getsizeof": (3, lambda f: (lambda t: lambda: sys.getsizeof(t()))(make(__sizeof__=f))),
    "eq in a list": (4, lambda f: (lambda t: lambda: [t()] == [1])(make(__eq__=f))),
    "hash": (3, lambda f: (lambda t: lambda: hash(t()))(make(__hash__=f))),
    "pickle": (4, lambda f: (lambda t: lambda: pickle.dumps(t()))(make(__reduce__=f))),
    "pickle in a list": (6, lambda f: (lambda t: lambda: pickle.dumps([t()]))(make(__reduce__=f))),
    "pickle in a tuple": (5, lambda f: (lambda t: lambda: pickle.dumps((t(),)))(make(__reduce__=f))),
    "pickle in a dict": (6, lambda f: (lambda t: lambda: pickle.dumps({1: t()}))(make(__reduce__=f))),
    "expat": (4, lambda f: lambda: parse(f)),
    "print": (3, lambda f: (lambda t: lambda: print(t(), file=io.StringIO()))(make(__str__=f))),
}

measured = {}
for name, (levels, build) in LEVELS.items():
    rounds(build, 400)  # whatever is set up by a first call
    measured[name] = STEP / (rounds(build, 400 + STEP) - rounds(build, 400))
different = {name: (measured[name], levels) for name, (levels, _) in LEVELS.items() if round(measured[name], 1) != levels}
assert not different, different
