"""Recursion of every kind, one function each: `cases.py NAME DEPTH` runs one in the main thread and in a thread.

A case may return, or end in one of the errors that deep recursion ends in; anything else, a signal above all, is a fault.
DEPTH is how deep the structures are that cases build; the recursion limit is out of the way.
"""
import sys

CASES = {}
DEPTH = 100_000
# These use up memory, not the C++ stack, or are quadratic by nature: they get a recursion limit.
HEAP = {"call_plain": 100_000, "call_init_subclass": 1500, "call_trace": 100_000, "tree_formatted_unparse": 2000} | {
    f"hook__{name}__": 100_000 for name in ("setitem", "copy", "deepcopy", "enter", "mro_entries", "aiter", "await")} | {
    name: 2000 for name in ("call_excepthook_context", "deepcopy_plain", "xml_minidom", "tuple_copy", "typing_repr", "typing_hash", "union_eq")}


def limit_of(name, limit):
    if name.endswith(("_pprint", "_dump", "_unparse", "_pickle_python")):
        return min(limit, 2000)
    return HEAP.get(name, limit)


def case(function):
    CASES[function.__name__] = function
    return function


def nest(make, start, depth=None):
    for _ in range(depth or DEPTH):
        start = make(start)
    return start


# Calls.
@case
def call_plain():
    def f():
        return f()
    f()


@case
def call_keywords():
    def f(*args, **kwargs):
        return f(*args, **kwargs)
    f(1, a=2)


@case
def call_init():
    class C:
        def __init__(self):
            C()
    C()


@case
def call_new():
    class C:
        def __new__(cls):
            return cls()
    C()


@case
def call_metaclass():
    class M(type):
        def __call__(cls):
            return cls()
    M("C", (), {})()


@case
def call_metaclass_new():
    class M(type):
        def __new__(mcls, name, bases, namespace):
            return M(name, bases, namespace)
    M("C", (), {})


@case
def call_init_subclass():
    class C:
        def __init_subclass__(cls):
            class D(cls):
                pass
    class D(C):
        pass


@case
def call_set_name():
    class N:
        def __set_name__(self, owner, name):
            type("D", (), {"x": N()})
    type("D", (), {"x": N()})


@case
def call_call():
    class C:
        def __call__(self):
            return self()
    C()()


@case
def call_call_of_instance():
    class C:
        pass
    C.__call__ = C()
    C()()


def hook(name, use, value=None):
    """A class of which the method `name` uses the instance in the same way again."""
    def method(self, *args):
        return use(self)
    cls = type("Hook", (), {name: method, "__hash__": object.__hash__} if name != "__hash__" else {name: method})

    def run():
        use(cls())
    run.__name__ = "hook" + name
    CASES.setdefault(run.__name__, run)


hook("__repr__", repr)
hook("__str__", str)
hook("__format__", lambda o: format(o, "x"))
hook("__bytes__", bytes)
hook("__hash__", hash)
hook("__bool__", bool)
hook("__len__", len)
hook("__length_hint__", lambda o: __import__("operator").length_hint(o))
hook("__index__", lambda o: [1, 2][o])
hook("__int__", int)
hook("__float__", float)
hook("__complex__", complex)
hook("__abs__", abs)
hook("__neg__", lambda o: -o)
hook("__invert__", lambda o: ~o)
hook("__round__", round)
hook("__trunc__", lambda o: __import__("math").trunc(o))
hook("__floor__", lambda o: __import__("math").floor(o))
hook("__divmod__", lambda o: divmod(o, 1))
hook("__add__", lambda o: o + 1)
hook("__radd__", lambda o: 1 + o)
hook("__iadd__", lambda o: __import__("operator").iadd(o, 1))
hook("__mul__", lambda o: o * 2)
hook("__rmul__", lambda o: [1] * o)
hook("__pow__", lambda o: pow(o, 2, 3))
hook("__matmul__", lambda o: o @ o)
hook("__mod__", lambda o: o % 1)
hook("__rmod__", lambda o: 1 % o)
hook("__lshift__", lambda o: o << 1)
hook("__eq__", lambda o: o == 1)
hook("__ne__", lambda o: o != 1)
hook("__lt__", lambda o: o < 1)
hook("__contains__", lambda o: 1 in o)
hook("__getitem__", lambda o: o[0])
hook("__setitem__", lambda o: o.__setitem__(0, 0))
hook("__delitem__", lambda o: __import__("operator").delitem(o, 0))
hook("__missing__", lambda o: o)
hook("__getattr__", lambda o: o.x)
hook("__getattribute__", lambda o: o.x)
hook("__setattr__", lambda o: setattr(o, "x", 1))
hook("__delattr__", lambda o: delattr(o, "x"))
hook("__dir__", dir)
hook("__iter__", iter)
hook("__next__", next)
hook("__reversed__", reversed)
hook("__sizeof__", sys.getsizeof)
hook("__reduce_ex__", lambda o: __import__("pickle").dumps(o))
hook("__copy__", lambda o: __import__("copy").copy(o))
hook("__deepcopy__", lambda o: __import__("copy").deepcopy(o))
hook("__instancecheck__", lambda o: isinstance(1, o))
hook("__subclasscheck__", lambda o: issubclass(int, o))
hook("__enter__", lambda o: o.__enter__())
hook("__fspath__", lambda o: __import__("os").fspath(o))
hook("__class_getitem__", lambda o: type(o)[1])
hook("__mro_entries__", lambda o: __import__("types").new_class("X", (o,)))
hook("__aiter__", lambda o: o.__aiter__())
hook("__await__", lambda o: o.__await__())


@case
def call_missing():
    class D(dict):
        def __missing__(self, key):
            return self[key]
    D()[1]


@case
def call_property():
    class C:
        @property
        def x(self):
            return self.x
    C().x


@case
def call_descriptor_set():
    class D:
        def __set__(self, instance, value):
            instance.x = value
    class C:
        x = D()
    C().x = 1


@case
def call_lambda_map():
    f = lambda x: list(map(f, [x]))
    f(1)


@case
def call_sorted_key():
    def key(x):
        return sorted([x, x], key=key)
    key(1)


@case
def call_max_key():
    def key(x):
        return max([x, x], key=key)
    key(1)


@case
def call_filter():
    def f(x):
        return list(filter(f, [x]))
    f(1)


@case
def call_reduce():
    import functools
    def f(a, b):
        return functools.reduce(f, [a, b])
    f(1, 2)


@case
def call_sub():
    import re
    def f(m):
        return re.sub("a", f, "a")
    f(None)


@case
def call_exec():
    scope = {}
    exec("def f():\n exec('f()', globals())", scope)
    scope["f"]()


@case
def call_eval():
    def f():
        return eval("f()", {"f": f})
    f()


@case
def call_lru_cache():
    import functools
    @functools.lru_cache(None)
    def f(n):
        return f(n + 1)
    f(0)


@case
def call_partial():
    import functools
    p = functools.partial(int)
    p.__setstate__((p, (), {}, {}))
    p()


@case
def call_partial_nest():
    import functools
    p = int
    for _ in range(DEPTH):
        q = functools.partial(int)
        q.__setstate__((p, (), {}, {"x": 1}))
        p = q
    p()


@case
def call_method_chain():
    import types
    m = int
    for _ in range(DEPTH):
        m = types.MethodType(m, 1)
    m()


@case
def call_methodcaller():
    import operator
    class C:
        def m(self):
            return operator.methodcaller("m")(self)
    C().m()


@case
def call_generator():
    def g():
        yield from g()
    next(g())


@case
def call_generator_chain():
    def g(inner):
        yield from inner
    it = nest(g, iter([1]))
    next(it)


@case
def call_generator_throw():
    def g(inner):
        yield from inner
    it = nest(g, iter([1]))
    it.throw(KeyError)


@case
def call_generator_close():
    def g(inner):
        yield 1
        yield from inner
    it = nest(g, iter([1]))
    next(it)
    it.close()


@case
def call_genexpr_chain():
    it = nest(lambda it: (x for x in it), iter([1]))
    next(it)


@case
def call_coroutine_chain():
    async def c(inner):
        if inner:
            await inner
    co = nest(c, None, min(DEPTH, 30_000))  # each that is never awaited warns, and looks through all that wait for an exception
    co.send(None)


@case
def call_async_generator():
    async def g():
        async for x in g():
            yield x
    g().__anext__().send(None)


@case
def call_with():
    class C:
        def __enter__(self):
            with self:
                pass
        def __exit__(self, *a):
            pass
    with C():
        pass


@case
def call_import():
    import types, builtins
    def f(*a):
        import nothing_of_the_kind
    old = builtins.__import__
    builtins.__import__ = f
    try:
        f()
    finally:
        builtins.__import__ = old


@case
def call_del():
    class C:
        def __del__(self):
            left[0] -= 1
            if left[0] > 0:
                C()
    left = [DEPTH]
    old, sys.unraisablehook = sys.unraisablehook, lambda *a: None
    try:
        C()
    finally:
        sys.unraisablehook = old


@case
def call_trace():
    def tracer(frame, event, arg):
        return helper()
    def helper():
        sys.settrace(tracer)
        return helper()
    sys.settrace(tracer)
    try:
        helper()
    finally:
        sys.settrace(None)


@case
def call_signal_handler():
    import signal, threading
    if threading.current_thread() is not threading.main_thread():
        return
    signal.signal(signal.SIGUSR1, lambda *a: signal.raise_signal(signal.SIGUSR1))
    signal.raise_signal(signal.SIGUSR1)


@case
def call_weakref_callback():
    import weakref
    class C:
        pass
    def callback(r):
        c = C()
        keep = weakref.ref(c, callback)
        del c
    old = sys.unraisablehook
    sys.unraisablehook = lambda *a: None
    try:
        callback(None)
    finally:
        sys.unraisablehook = old


@case
def call_excepthook_context():
    def f():
        try:
            f()
        finally:
            f()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(__import__("inspect").stack()) + 12)
    try:
        f()
    finally:
        sys.setrecursionlimit(limit)
