# Metaclasses: __prepare__, keywords, __call__, __instancecheck__, __init_subclass__, __set_name__, mro().
class Meta(type):
    @classmethod
    def __prepare__(meta, name, bases, **kwargs):
        return {"prepared": name}

    def __new__(meta, name, bases, namespace, **kwargs):
        cls = super().__new__(meta, name, bases, namespace)
        cls.kwargs = kwargs
        return cls

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace)

    def __instancecheck__(cls, instance):
        return instance == 5

    def __subclasscheck__(cls, subclass):
        return subclass is int

    def __getattr__(cls, name):
        return "meta_" + name

    def __len__(cls):
        return 9


class C(metaclass=Meta, a=1):
    pass


assert C.kwargs == {"a": 1} and C.prepared == "C" and C.anything == "meta_anything" and len(C) == 9
assert isinstance(5, C) and not isinstance(6, C) and issubclass(int, C) and not issubclass(str, C)


class Named:
    def __set_name__(self, owner, name):
        self.seen = owner.__name__, name


class Base:
    registry = []

    def __init_subclass__(cls, **kwargs):
        cls.registry.append((cls.__name__, kwargs))


class Derived(Base, key=3):
    field = Named()


assert Base.registry == [("Derived", {"key": 3})] and Derived.field.seen == ("Derived", "field")


class Reversed(type):
    def mro(cls):
        return [cls] + super().mro()[:0:-1]


class X:
    value = "x"


class Y(X, metaclass=Reversed):
    value = "y"


assert Y.__mro__ == (Y, object, X) and Y.value == "y"
try:
    type("bad", (X, X), {})
except TypeError as error:
    assert str(error) == "duplicate base class X"
try:
    type("bad", (object, X), {})
except TypeError as error:
    assert str(error) == "Cannot create a consistent method resolution\norder (MRO) for bases object, X"
try:
    type("bad", (X,), {}, unknown=1)
except TypeError as error:
    assert str(error) == "bad.__init_subclass__() takes no keyword arguments"


class Broken:
    def __set_name__(self, owner, name):
        raise ZeroDivisionError


try:
    class Holder:
        broken = Broken()
except RuntimeError as error:
    assert str(error).startswith("Error calling __set_name__ on 'Broken' instance 'broken' in 'Holder'")
    assert isinstance(error.__cause__, ZeroDivisionError)
else:
    assert False
