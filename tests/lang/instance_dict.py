# Instance attributes that live in shared-key values, and the dict they turn into.
class C:
    pass


def attributes(**values):
    made = C()
    for name, value in values.items():
        setattr(made, name, value)
    return made


x = attributes(a=1, b=2)
y = attributes(b=3, a=4)
assert list(vars(x)) == ["a", "b"] and list(vars(y)) == ["b", "a"]  # order of insertion, though the keys are shared
z = attributes(a=1)
z.b = 2
del z.a
z.a = 5
assert list(vars(z).items()) == [("b", 2), ("a", 5)] and z.a == 5

w = attributes(a=1)
assert vars(w) is w.__dict__
vars(w)["c"] = 3
w.d = 4
assert w.c == 3 and vars(w) == {"a": 1, "c": 3, "d": 4}
w.__dict__ = {"k": 1}
assert w.k == 1 and not hasattr(w, "a")
del w.__dict__
assert vars(w) == {}

many = C()
for i in range(100):
    setattr(many, f"n{i}", i)
assert list(vars(many)) == [f"n{i}" for i in range(100)] and many.n99 == 99
for i in range(0, 100, 2):
    delattr(many, f"n{i}")
assert len(vars(many)) == 50 and many.n1 == 1 and not hasattr(many, "n2")

try:
    del attributes().nothing
except AttributeError as error:
    assert str(error) == "'C' object has no attribute 'nothing'" or str(error) == "nothing"
else:
    raise AssertionError
vars(attributes())[1] = "a key that is no str"
copy = dict(vars(x))
x.a = 9
assert copy == {"a": 1, "b": 2} and vars(x).copy() == {"a": 9, "b": 2}
