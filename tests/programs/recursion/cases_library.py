"""Recursion through the library: what calls back from C, what nests by itself. Cases for cases.py."""
import sys

import cases
from cases import CASES, case, nest


def again(name, make):
    """A case: make(again) gives a function that comes back to itself when `again` is called."""
    def run():
        functions = []
        functions.append(make(lambda *args: functions[0](*args)))
        functions[0]()
    CASES[name] = run


def module(name):
    return __import__("importlib").import_module(name)


again("back_accumulate", lambda f: lambda *a: list(module("itertools").accumulate([1, 2], f)))
again("back_cmp_to_key", lambda f: lambda *a: len(sorted([1, 2], key=module("functools").cmp_to_key(f))))
again("back_singledispatch", lambda f: lambda *a: module("functools").singledispatch(f)(1))
again("back_json_hook", lambda f: lambda *a: module("json").loads('{"a": 1}', object_hook=f))
again("back_json_default", lambda f: lambda *a: module("json").dumps(object(), default=f))
again("back_heap_key", lambda f: lambda *a: module("heapq").nlargest(1, [1, 2, 3], key=f))
again("back_groupby", lambda f: lambda *a: list(module("itertools").groupby([1, 2], f)))
again("back_new_class", lambda f: lambda *a: module("types").new_class("X", (), {}, f))
again("back_context", lambda f: lambda *a: module("contextvars").Context().run(f))
again("back_opener", lambda f: lambda *a: open("x", opener=f))
again("back_audit", lambda f: lambda *a: sys.call_tracing(f, ()))
again("back_filterfalse", lambda f: lambda *a: list(module("itertools").filterfalse(f, [1])))
again("back_starmap", lambda f: lambda *a: list(module("itertools").starmap(f, [(1,)])))
again("back_takewhile", lambda f: lambda *a: list(module("itertools").takewhile(f, [1])))
again("back_iter_call", lambda f: lambda *a: next(iter(f, 1)))
again("back_defaultdict", lambda f: lambda *a: module("collections").defaultdict(f)[1])
again("back_import", lambda f: lambda *a: module("builtins").__build_class__(f, "C"))
again("back_sort_list", lambda f: lambda *a: [2, 1].sort(key=f))
again("back_template", lambda f: lambda *a: module("re").sub("a", lambda m: str(f()), "a"))


def method(name, make):
    """A case: a class of which one special method comes back to itself through use(instance)."""
    def run():
        names, use = make()
        cls = type("C", (), {})
        for each in names.split():
            setattr(cls, each, lambda self, *args: use(cls()))
        use(cls())
    CASES[name] = run


method("by_set_eq", lambda: ("__eq__", lambda o: o == {1}))
method("by_dict_key", lambda: ("__hash__", lambda o: {o: 1}))
method("by_lru_key", lambda: ("__hash__", lambda o, f=module("functools").lru_cache(lambda x: 1): f(o)))
method("by_sort", lambda: ("__lt__", lambda o: [o, o].sort()))
method("by_heap", lambda: ("__lt__", lambda o: module("heapq").heappush([o], o)))
method("by_bisect", lambda: ("__lt__", lambda o: module("bisect").bisect([o], o)))
method("by_sum", lambda: ("__radd__", lambda o: sum([o])))
method("by_range", lambda: ("__index__", lambda o: range(o)))
method("by_slice", lambda: ("__index__", lambda o: [1][o:]))
method("by_struct", lambda: ("__index__", lambda o: module("struct").pack("i", o)))
method("by_array", lambda: ("__iter__", lambda o: module("array").array("i", o)))
method("by_set", lambda: ("__iter__", lambda o: set(o)))
method("by_unpack", lambda: ("__iter__", lambda o: (lambda *a: a)(*o)))
method("by_csv", lambda: ("__iter__", lambda o: module("csv").reader(o)))
method("by_select", lambda: ("fileno", lambda o: module("select").select([o], [], [])))
method("by_stat", lambda: ("__fspath__", lambda o: module("os").stat(o)))
method("by_proxy", lambda: ("__getattr__", lambda o: module("weakref").proxy(o).y))
method("by_mapping_proxy", lambda: ("__getitem__ keys", lambda o: module("types").MappingProxyType(o)[1]))
method("by_format_map", lambda: ("__getitem__", lambda o: "{a}".format_map(o)))
method("by_percent", lambda: ("__getitem__", lambda o: "%(a)s" % o))
method("by_print", lambda: ("__str__", lambda o: print(o, file=module("io").StringIO())))
method("by_write", lambda: ("write", lambda o: print(1, file=o)))
method("by_reduce", lambda: ("__reduce__", lambda o: module("pickle").dumps(o)))
method("by_adapt", lambda: ("__conform__", lambda o, db=module("sqlite3").connect(":memory:", check_same_thread=False): db.execute("select ?", (o,))))
method("by_bytes", lambda: ("__bytes__", lambda o: b"%b" % o))


@case
def prepare():
    class M(type):
        @classmethod
        def __prepare__(mcls, name, bases):
            class X(metaclass=M):
                pass
    class Y(metaclass=M):
        pass


@case
def subclass_hook():
    import abc
    class A(abc.ABC):
        @classmethod
        def __subclasshook__(cls, other):
            return issubclass(other, A)
    issubclass(int, A)


@case
def import_finder():
    class Finder:
        @staticmethod
        def find_spec(name, path, target=None):
            __import__(name + "x")
    sys.meta_path.insert(0, Finder)
    try:
        __import__("nothing_of_the_kind")
    finally:
        sys.meta_path.remove(Finder)


@case
def import_dotted():
    __import__("a." * cases.DEPTH + "b")


@case
def context_manager():
    import contextlib
    @contextlib.contextmanager
    def manager():
        with manager():
            yield
    with manager():
        pass


@case
def exit_stack():
    import contextlib
    def callback():
        with contextlib.ExitStack() as inner:
            inner.callback(callback)
    callback()


@case
def codec_search():
    import codecs
    def search(name):
        return codecs.lookup(name + "x")
    codecs.register(search)
    try:
        codecs.lookup("nothing")
    finally:
        codecs.unregister(search)


@case
def expat_in_expat():
    import xml.parsers.expat
    def parse(*args):
        parser = xml.parsers.expat.ParserCreate()
        parser.StartElementHandler = parse
        parser.Parse("<a/>", True)
    parse()


@case
def qsort_in_qsort():
    import ctypes
    libc = ctypes.CDLL(None)
    numbers = (ctypes.c_int * 3)(3, 2, 1)
    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    def compare(a, b):
        left[0] -= 1
        if left[0] > 0:
            libc.qsort(numbers, 3, 4, compare)
        return 0
    left = [2000]
    old, sys.unraisablehook = sys.unraisablehook, lambda *a: None
    try:
        libc.qsort(numbers, 3, 4, compare)
    finally:
        sys.unraisablehook = old


@case
def plist():
    import plistlib
    depth = min(cases.DEPTH, 5000)
    value = nest(lambda x: [x], [], depth)
    for how in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        try:
            plistlib.dumps(value, fmt=how)
        except RecursionError:
            pass
    plistlib.loads(b"<plist>" + b"<array>" * depth + b"</array>" * depth + b"</plist>")


@case
def pickle_appends():
    import pickle
    pickle.loads(b"]" * cases.DEPTH + b"a" * (cases.DEPTH - 1) + b".")


@case
def named_tuples():
    import collections
    T = collections.namedtuple("T", "a")
    value, other = nest(T, None), nest(T, None)
    for use in (repr, hash, lambda v: v == other):
        try:
            use(value)
        except RecursionError:
            pass


@case
def caught_chain():
    error = None
    for _ in range(cases.DEPTH):
        try:
            raise ValueError from error
        except ValueError as caught:
            error = caught


@case
def context_cycle():
    a, b = ValueError(), KeyError()
    a.__context__, b.__context__ = b, a
    try:
        raise a
    except ValueError:
        raise KeyError


@case
def async_generators():
    async def through(inner):
        async for value in inner:
            yield value
    async def one():
        yield 1
    nest(through, one(), min(cases.DEPTH, 5000)).__anext__().send(None)


@case
def cyclic_comparisons():
    import collections
    import types
    a, b, c = [], [], []
    a.append(b), b.append(a), c.append(c)
    d, e = collections.deque(), collections.deque()
    d.append(d), e.append(e)
    f, g = types.SimpleNamespace(), types.SimpleNamespace()
    f.x, g.x = f, g
    for one, other in ((a, c), (d, e), (f, g)):
        try:
            one == other
        except RecursionError:
            pass


@case
def re_nested():
    import re
    for one, other in (("(?:", ")"), ("(?=", ")"), ("(?>", ")"), ("[", "]")):
        try:
            re.compile(one * 5000 + ")" * 5000)
        except (re.error, RecursionError):
            pass
    re.match("(?:a|(?:b|(?:c|d)))*?$", "abcd" * 5000)
    re.match("(?>a|(?>b|c))*+d", "abc" * 5000)
