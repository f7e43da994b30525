# Data descriptors come before the instance dict, other class attributes after it; __getattr__ is asked last.
class Plain:
    def __get__(self, instance, owner):
        return ("plain", instance is None, owner.__name__)


class Data(Plain):
    log = []

    def __set__(self, instance, value):
        self.log.append(value)

    def __delete__(self, instance):
        self.log.append("deleted")


class A:
    plain = Plain()
    data = Data()

    def __getattr__(self, name):
        if name == "magic":
            return "found"
        raise AttributeError(name)


a = A()
assert a.plain == ("plain", False, "A") and A.plain == ("plain", True, "A")
a.__dict__["plain"] = 5
a.__dict__["data"] = 5
assert a.plain == 5
assert a.data == ("plain", False, "A")
a.data = 3
del a.data
assert Data.log == [3, "deleted"] and a.__dict__["data"] == 5
assert a.magic == "found"
try:
    a.nope
except AttributeError as error:
    assert error.args == ("nope",)
else:
    assert False


class Both:
    def __getattribute__(self, name):
        if name == "hidden":
            raise AttributeError(name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return "fallback " + name


assert Both().hidden == "fallback hidden" and Both().other == "fallback other"
try:
    object().x
except AttributeError as error:
    assert str(error) == "'object' object has no attribute 'x'" and error.name == "x"
try:
    int.x
except AttributeError as error:
    assert str(error) == "type object 'int' has no attribute 'x'" and error.obj is int
