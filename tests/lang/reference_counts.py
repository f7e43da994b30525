# sys.getrefcount: what holds a reference when. Calls count the argument itself; borrowed references on the stack do not count.
import functools
import itertools
import sys
import weakref

count = sys.getrefcount
thing = object()


def check(found, *expected):
    assert found == (expected[0] if len(expected) == 1 else expected), (found, expected)


check(count(thing), 2)
check(count(object()), 1)


def parameter(a): return count(a)
def two_names(a):
    b = a
    return count(a), count(b)
def collected(*args, **kwargs): return count(args[0]), count(kwargs["z"]), count(args), count(kwargs)
def defaulted(a=[]): return count(a)
def keyword_only(*, a): return count(a)


check(parameter(thing), 3)
check(parameter(object()), 2)
check((lambda a: count(a))(thing), 3)
check(two_names(thing), 4, 4)
check(two_names([]), 3, 3)
check(collected(thing, z=thing), 4, 4, 2, 2)
check(defaulted(), 3)
check(defaulted([]), 2)
check(keyword_only(a=thing), 3)
check(functools.partial(keyword_only, a=thing)(), 6)

# Containers hold one each, and let go.
items = [thing] * 5
check(count(thing), 7)
mapping = {thing: thing}
pair = (thing, thing)
group = {thing}
check(count(thing), 12)
del items, pair, group
mapping.clear()
check(count(thing), 2)
iterator = iter([thing])
check(count(thing), 3)
next(iterator)
check(count(thing), 3)
list(iterator)
check(count(thing), 2)
first, *rest = [1, thing, thing]
check((count(rest), count(thing)), 2, 4)
del rest

# Loops, comprehensions, generators.
check([count(a) for a in [thing, thing]], [5, 5])
check(list(map(count, [thing])), [3])
check(list(count(a) for a in [thing]), [4])
for each in [thing]: check(count(each), 4)
for _, each in enumerate([thing]): check(count(each), 5)
for each, _ in {thing: 1}.items(): check(count(each), 5)
del each
check(list(itertools.starmap(count, [(thing,)])), [2])


def generator(a):
    yield count(a)
    yield count(a)


running = generator(thing)
check((next(running), next(running), count(running)), 3, 3, 2)
del running
check(count(thing), 2)


# Cells, frames, exceptions.
def enclosing():
    held = []
    def inner(): return count(held)
    return inner(), count(held)
def catching(a):
    try:
        raise KeyError(a)
    except KeyError as error:
        return count(error), count(a), count(error.__traceback__), count(sys.exc_info()[1])
def local_names():
    a = []
    names = locals()
    return count(a), count(names)


check(enclosing(), 2, 2)
check(catching(thing), 3, 4, 2, 3)
check(count(thing), 2)
check(local_names(), 3, 3)


# Instances, methods, special methods.
class Probe:
    def method(self, other): return count(self), count(other)
    @staticmethod
    def static(a): return count(a)
    @property
    def value(self): return count(self)
    def __add__(self, other): return count(self), count(other)
    def __getitem__(self, key): return count(self)
    def __len__(self): return count(self)
    def __eq__(self, other): return count(self), count(other)
    def __hash__(self): return count(self)


probe = Probe()
check(probe.method(thing), 3, 3)
check(Probe().method(thing), 2, 3)
check((probe.static(thing), probe.value, probe[0], len(probe), hash(probe)), 3, 4, 4, 4, 4)
check(probe + thing, 4, 4)
check(probe == thing, 4, 4)
check((Probe()[0], len(Probe())), 3, 3)
probe.held = thing
check(count(thing), 3)
names = probe.__dict__
check((count(names), count(thing)), 3, 3)
del probe
check((count(names), count(thing)), 2, 3)
del names
check(count(thing), 2)


class Slots: __slots__ = "a"


slots = Slots()
slots.a = thing
check(count(thing), 3)
del slots
check(count(thing), 2)
reference = weakref.ref(Probe)
again = weakref.ref(Probe)
assert reference is again
check(count(reference), 4)

# Coroutines, patterns, exec.


async def coroutine(a): return count(a)


try: coroutine(thing).send(None)
except StopIteration as stop: check(stop.value, 3)
match [thing, {"a": thing}]:
    case [one, {"a": _}]: check(count(one), 3)
del one
check(count(thing), 2)
exec("check(count(thing), 2)")
check(eval("count(thing)"), 2)
