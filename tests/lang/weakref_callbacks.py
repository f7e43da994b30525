# Weak references die with their referent, callbacks run once, and garbage does not call into garbage.
import gc
import weakref


class A:
    pass


log = []
a = A()
first, second = weakref.ref(a), weakref.ref(a)
assert first is second and first() is a and weakref.getweakrefcount(a) == 1
with_callback = weakref.ref(a, log.append)
assert with_callback is not first and with_callback == first and hash(with_callback) == hash(a)
del a
assert first() is None and log == [with_callback] and with_callback.__callback__ is None
assert first != with_callback

a = A()
a.me = a
outside = weakref.ref(a, lambda reference: log.append("outside"))
a.reference = weakref.ref(a, lambda reference: log.append("inside"))
del a
gc.collect()
assert log[1:] == ["outside"]

a = A()
proxy = weakref.proxy(a)
proxy.x = 1
assert a.x == 1 and type(proxy) is weakref.ProxyType
del a
try:
    proxy.x
except ReferenceError as error:
    assert str(error) == "weakly-referenced object no longer exists"
else:
    assert False
try:
    weakref.ref(5)
except TypeError as error:
    assert str(error) == "cannot create weak reference to 'int' object"


class Ref(weakref.ref):
    pass


a = A()
assert Ref(a) is not Ref(a) and Ref(a)() is a


# A proxy is a weak reference, too: the referents are compared, or nothing where one is dead.
class Number:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n


one, same = Number(1), Number(1)
reference, proxy = weakref.ref(one), weakref.proxy(same)
assert reference == proxy and not reference != proxy
del one
assert not reference == proxy and reference != proxy
