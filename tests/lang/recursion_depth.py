# Calls count against the recursion limit as in CPython: how many of the limit's calls one level takes; changes at the root of a deep
# hierarchy of classes, and long unions.
import sys
import threading


class Init:
    def __init__(self):
        enter()
        Init()


class New:
    def __new__(cls):
        enter()
        return New()


class Meta(type):
    def __new__(mcls, name, bases, namespace):
        enter()
        return Meta(name, bases, namespace)


class MetaCall(type):
    def __call__(cls):
        enter()
        return cls()


class Int:
    def __int__(self):
        enter()
        return int(self)


class Size:
    def __sizeof__(self):
        enter()
        return sys.getsizeof(self)


class Repr:
    def __repr__(self):
        enter()
        return repr(self)


class ListRepr:
    def __repr__(self):
        enter()
        return repr([self])


class Less:
    def __lt__(self, other):
        enter()
        return sorted([self, other])


class Missing(dict):
    def __missing__(self, key):
        enter()
        return self[key]


def plain():
    enter()
    return plain()


def key(item):
    enter()
    return max(item, item, key=key)


def mapped(item):
    enter()
    return list(map(mapped, [item]))


def evaluated():
    enter()
    return eval("evaluated()")


count = 0


def enter():
    global count
    count += 1


LIMIT = 900
COSTS = [
    (plain, 1), (Init, 2), (New, 2), (lambda: Meta("M", (), {}), 2), (lambda: MetaCall("M", (), {})(), 2), (lambda: int(Int()), 2),
    (lambda: sys.getsizeof(Size()), 2), (lambda: repr(Repr()), 3), (lambda: repr(ListRepr()), 4), (lambda: Less() < Less(), 2),
    (lambda: Missing()[1], 2), (lambda: key(1), 2), (lambda: mapped(1), 1), (evaluated, 2),
]
wrong = []


def measure():
    global count
    for function, cost in COSTS:
        count = 0
        try:
            function()
        except RecursionError:
            pass
        if abs(LIMIT / cost - count) >= 25:
            wrong.append((function, cost, count))


sys.setrecursionlimit(LIMIT)
threading.stack_size(64 << 20)  # the limit decides, not the stack that the process happens to have
thread = threading.Thread(target=measure)
thread.start()
thread.join()
assert not wrong, wrong


# Changing the root of a chain of classes visits all of them.
def change():
    class Root:
        pass
    cls = Root
    for _ in range(700):
        cls = type("C", (cls,), {})
    assert cls().__repr__() != "root"
    Root.__repr__ = lambda self: "root"
    Root.x = 1
    assert repr(cls()) == "root" and cls.x == 1
    Root.x = 2
    assert cls().x == 2
    cls.__bases__[0].__repr__ = lambda self: "inner"
    Root.__repr__ = lambda self: "outer"
    assert repr(cls()) == "inner"


change()

# A union of many types takes time proportional to its length to extend.
types = [type("T", (), {}) for _ in range(3000)]
union = int
for each in types:
    union |= each
assert len(union.__args__) == 3001 and union | types[5] == union and (int | None) | (None | str) == int | None | str
