# Recursion through any kind of hook ends in RecursionError, and the interpreter goes on.
def recurse():
    return recurse()


class Repr:
    def __repr__(self):
        return repr(self)


class Eq:
    def __eq__(self, other):
        return self == other


class Getattr:
    def __getattr__(self, name):
        return getattr(self, name)


class Call:
    pass


Call.__call__ = Call()


class Iter:
    def __iter__(self):
        return iter(self)


class Hash:
    def __hash__(self):
        return hash(self)


class Add:
    def __add__(self, other):
        return self + other


for function in (
    recurse,
    lambda: repr(Repr()),
    lambda: Eq() == Eq(),
    lambda: Getattr().x,
    lambda: Call()(),
    lambda: iter(Iter()),
    lambda: hash(Hash()),
    lambda: Add() + 1,
):
    for _ in range(2):
        try:
            function()
        except RecursionError as error:
            assert str(error).startswith("maximum recursion depth exceeded")
        else:
            assert False
nested = []
for _ in range(100_000):
    nested = [nested]
try:
    repr(nested)
except RecursionError:
    pass
else:
    assert False


# A partial that calls itself, and a chain of suspended generators that dies at once.
import functools

partial = functools.partial(int)
partial.__setstate__((partial, (), {}, {}))
try:
    partial()
    raise SystemExit('no RecursionError')
except RecursionError:
    pass


def delegate(inner):
    yield from inner


chain = iter([1])
for _ in range(900):
    chain = delegate(chain)
assert list(chain) == [1]
chain = iter([1])
for _ in range(1500):
    chain = delegate(chain)
try:
    next(chain)
    raise SystemExit('no RecursionError')
except RecursionError:
    pass
del chain
