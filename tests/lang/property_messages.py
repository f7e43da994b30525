# property: functions by name in messages, documentation from the getter, copies by getter/setter/deleter.
class A:
    @property
    def full(self):
        "the doc"
        return self._full

    @full.setter
    def full(self, value):
        self._full = value

    @full.deleter
    def full(self):
        del self._full

    @property
    def read_only(self):
        return 1

    write_only = property(None, lambda self, value: None)


def message(function):
    try:
        function()
    except AttributeError as error:
        return str(error)


a = A()
a.full = 3
assert a.full == 3 and A.full.__doc__ == "the doc"
del a.full
assert message(lambda: a.full) == "'A' object has no attribute '_full'"
assert message(lambda: setattr(a, "read_only", 1)) == "property 'read_only' of 'A' object has no setter"
assert message(lambda: delattr(a, "read_only")) == "property 'read_only' of 'A' object has no deleter"
assert message(lambda: a.write_only) == "property 'write_only' of 'A' object has no getter"
assert property(doc="given").__doc__ == "given" and property().__doc__ is None


class Sub(property):
    "class doc"


documented = Sub(A.full.fget)
assert documented.__doc__ == "the doc"
