# __class__, __bases__ and __name__ can be assigned where the layouts agree.
def message(function):
    try:
        function()
    except TypeError as error:
        return str(error)


class A:
    def f(self):
        return "A"


class B:
    def f(self):
        return "B"


class Slotted:
    __slots__ = ("x",)


a = A()
a.value = 1
a.__class__ = B
assert type(a) is B and a.f() == "B" and a.value == 1
a.other = 2
assert a.__dict__ == {"value": 1, "other": 2}
assert message(lambda: setattr(a, "__class__", Slotted)) == "__class__ assignment: 'Slotted' object layout differs from 'B'"
assert message(lambda: setattr(a, "__class__", 1)) == "__class__ must be set to a class, not 'int' object"
assert message(lambda: setattr(5, "__class__", A)).startswith("__class__ assignment only supported for mutable types")


class P(B):
    pass


P.__bases__ = (A,)
assert P().f() == "A" and P.__mro__ == (P, A, object)
assert A.__subclasses__() == [P] and P not in B.__subclasses__()
assert message(lambda: setattr(A, "__bases__", (P,))) == "a __bases__ item causes an inheritance cycle"
assert message(lambda: setattr(P, "__bases__", ())) == "can only assign non-empty tuple to P.__bases__, not ()"
P.__name__ = P.__qualname__ = "Q"
assert repr(P) == f"<class '{__name__}.Q'>"
assert message(lambda: setattr(int, "x", 1)) == "cannot set 'x' attribute of immutable type 'int'"
