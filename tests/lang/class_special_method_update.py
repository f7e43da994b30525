# Special methods set on a class, or taken away, count at once, for subclasses as well.
class N:
    pass


class M(N):
    pass


def raises(error, function, *args):
    try:
        function(*args)
    except error:
        return True
    return False


n, m = N(), M()
for name, function in {
    "__len__": lambda self: 3,
    "__bool__": lambda self: False,
    "__add__": lambda self, other: "add",
    "__radd__": lambda self, other: "radd",
    "__call__": lambda self, *args, **kwargs: (args, kwargs),
    "__getitem__": lambda self, key: key,
    "__contains__": lambda self, item: True,
    "__iter__": lambda self: iter([1, 2]),
    "__eq__": lambda self, other: True,
    "__hash__": lambda self: 77,
    "__repr__": lambda self: "N!",
}.items():
    setattr(N, name, function)
for each in (n, m):
    assert len(each) == 3 and not each and each + 1 == "add" and 1 + each == "radd"
    assert each(1, x=2) == ((1,), {"x": 2}) and each[5] == 5 and 9 in each and list(each) == [1, 2]
    assert each == 5 and hash(each) == 77 and repr([each]) == "[N!]"
del N.__len__
assert raises(TypeError, len, n) and raises(TypeError, len, m)
M.__add__ = lambda self, other: "own"
N.__add__ = lambda self, other: "new"
assert m + 1 == "own" and n + 1 == "new"
del M.__add__
assert m + 1 == "new"


class Meta(type):
    def __call__(cls, *args):
        return ("meta", args)


class C(metaclass=Meta):
    pass


for _ in range(40):
    assert C(1) == ("meta", (1,))
del Meta.__call__
assert type(C()) is C


class L(list):
    def __len__(self):
        return 42


assert len(L([1])) == 42 and list.__len__(L([1])) == 1
