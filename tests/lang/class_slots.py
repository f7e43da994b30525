# __slots__: fields, what may stand in it, and what it takes away.
def message(function):
    try:
        function()
    except (TypeError, ValueError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"


def make(slots, bases=(), **attributes):
    return lambda: type("C", bases, {"__slots__": slots, **attributes})


class S:
    __slots__ = ("a", "__b")

    def __init__(self):
        self.__b = 2


s = S()
assert s._S__b == 2 and not hasattr(s, "a") and not hasattr(s, "__dict__")
s.a = 1
del s.a
assert message(lambda: s.a) == "AttributeError: 'S' object has no attribute 'a'"
assert message(lambda: setattr(s, "c", 1)) == "AttributeError: 'S' object has no attribute 'c'"
assert message(make(1)) == "TypeError: 'int' object is not iterable"
assert message(make([1])) == "TypeError: __slots__ items must be strings, not 'int'"
assert message(make(["1"])) == "TypeError: __slots__ must be identifiers"
assert message(make(["x"], x=1)) == "ValueError: 'x' in __slots__ conflicts with class variable"
assert message(make(["x"], (int,))) == "TypeError: nonempty __slots__ not supported for subtype of 'int'"


class D:
    pass


assert message(make(["__dict__"], (D,))) == "TypeError: __dict__ slot disallowed: we already got one"
assert message(make(["__weakref__"], (D,))).startswith("TypeError: __weakref__ slot disallowed")
both = make(["__dict__", "x"])()()
both.x, both.y = 1, 2
assert both.__dict__ == {"y": 2}


class T:
    __slots__ = ("c",)


assert message(make((), (S, T))) == "TypeError: multiple bases have instance lay-out conflict"
assert S.__basicsize__ == 32 and D.__basicsize__ == 24 and D.__dictoffset__ == -48
