"""Recursion through nested data: containers, iterators, trees and texts. Cases for cases.py."""
import sys

import cases
from cases import CASES, case, nest


def use(kind, make, start, uses, most=None):
    """`most`: how deep, where the time is quadratic by nature; enough for more than 8 MiB of stack."""
    for name, function in uses.items():
        def run(function=function):
            function(nest(make, start(), at_most(most)))
        CASES[f"{kind}_{name}"] = run


def later(module, function, *more):
    def run(value):
        import importlib
        return getattr(importlib.import_module(module), function)(value, *more)
    return run


def at_most(most):
    return most and min(most, cases.DEPTH)


def twice(make, start, most=None):
    """Compares two of equal shape."""
    return lambda one: (lambda other: one == other)(nest(make, start(), at_most(most)))


def general(make, start):
    return {
        "repr": repr, "str": str, "ascii": ascii, "eq": twice(make, start), "free": lambda o: None,
        "copy": later("copy", "deepcopy"), "pickle": later("pickle", "dumps"), "pickle_python": later("pickle", "_dumps"),
        "marshal": later("marshal", "dumps"), "json": later("json", "dumps"), "pprint": later("pprint", "pformat"),
        "reprlib": later("reprlib", "repr"), "format": lambda o: f"{o!r:>10}", "percent": lambda o: "%r" % (o,),
        "bool": bool, "gc": lambda o: __import__("gc").collect(), "lt": lambda o: o < nest(make, start()),
        "print": lambda o: print(o, file=__import__("io").StringIO()),
    }


use("list", lambda x: [x], list, general(lambda x: [x], list))
use("tuple", lambda x: (x,), tuple, general(lambda x: (x,), tuple) | {"hash": hash})
use("dict", lambda x: {1: x}, dict, general(lambda x: {1: x}, dict))
use("frozenset", lambda x: frozenset([x]), frozenset, general(lambda x: frozenset([x]), frozenset) | {"hash": hash})


@case
def dict_or():
    d = nest(lambda x: {1: x}, {})
    d | d


def deque(x):
    import collections
    return collections.deque([x])


def ordered(x):
    import collections
    return collections.OrderedDict(a=x)


def namespace(x):
    import types
    return types.SimpleNamespace(a=x)


def proxy(x):
    import types
    return types.MappingProxyType({1: x})


def partial(x):
    import functools
    return functools.partial(print, x)


class Plain:
    def __init__(self, inner):
        self.inner = inner


use("deque", deque, list, general(deque, list))
use("ordered", ordered, list, general(ordered, list))
use("namespace", namespace, list, general(namespace, list))
use("proxy", proxy, list, {"repr": repr, "hash": lambda o: o, "eq": twice(proxy, list), "or": lambda o: o | {}, "get": lambda o: o.get(1)})
use("partial", partial, list, {"repr": repr, "free": lambda o: None, "copy": later("copy", "deepcopy"), "pickle": later("pickle", "dumps")})
use("object", Plain, list, {"free": lambda o: None, "copy": later("copy", "deepcopy"), "pickle": later("pickle", "dumps"),
                            "pickle_python": later("pickle", "_dumps")})
use("slice", lambda x: slice(x), list, {"repr": repr, "eq": twice(lambda x: slice(x), list), "free": lambda o: None})
use("alias", lambda x: list[x], lambda: int, {"repr": repr, "hash": hash, "eq": twice(lambda x: list[x], lambda: int), "free": lambda o: None,
                                             "or": lambda o: o | int, "parameters": lambda o: o.__parameters__})
use("union", lambda x: list[x] | int, lambda: int, {"repr": repr, "hash": hash, "eq": twice(lambda x: list[x] | int, lambda: int, 30_000),
                                                   "isinstance": lambda o: isinstance(1, o)}, 30_000)
use("typing", lambda x: __import__("typing").List[x], lambda: int, {"repr": repr, "hash": hash})
use("exception", lambda x: ValueError(x), list, {"repr": repr, "str": str, "free": lambda o: None, "copy": later("copy", "deepcopy"),
                                                "pickle": later("pickle", "dumps")})
use("classes", lambda x: (x, float), lambda: int, {"isinstance": lambda o: isinstance("", o), "issubclass": lambda o: issubclass(str, o),
                                              "except": lambda o: catch(o), "startswith": lambda o: "a".startswith(o)})
use("memoryview", lambda x: memoryview(x), lambda: b"abc", {"repr": repr, "eq": lambda o: o == o, "free": lambda o: None, "bytes": bytes})
use("cell", lambda x: __import__("types").CellType(x), list, {"repr": repr, "eq": lambda o: o == o,
                                                             "eq2": twice(lambda x: __import__("types").CellType(x), list), "free": lambda o: None})
use("weakref", lambda x: (lambda f: f)(lambda: x), list, {"free": lambda o: None})
use("element", lambda x: element(x), lambda: element(None), {"repr": repr, "free": lambda o: None, "copy": later("copy", "deepcopy"),
                                                            "tostring": later("xml.etree.ElementTree", "tostring"),
                                                            "iter": lambda o: sum(1 for _ in o.iter()),
                                                            "itertext": lambda o: list(o.itertext()),
                                                            "pickle": later("pickle", "dumps"),
                                                            "findall": lambda o: o.findall(".//a")})
use("method", lambda x: x.__repr__, lambda: int.__repr__, {"repr": repr, "hash": hash, "free": lambda o: None,
                                                          "eq": twice(lambda x: x.__repr__, lambda: int.__repr__)})
use("staticmethod", staticmethod, lambda: int, {"repr": repr, "call": lambda o: o(), "free": lambda o: None})
use("classmethod", classmethod, lambda: int, {"repr": repr, "get": lambda o: o.__get__(1, int), "free": lambda o: None})
use("property", property, lambda: int, {"get": lambda o: o.__get__(1), "free": lambda o: None})
use("union_dataclass", lambda x: dataclass_of(x), list, {"repr": repr, "eq": twice(lambda x: dataclass_of(x), list), "asdict": later("dataclasses", "asdict")})
use("userlist", lambda x: __import__("collections").UserList([x]), list, {"repr": repr, "eq": twice(lambda x: __import__("collections").UserList([x]), list)})
use("chainmap", lambda x: __import__("collections").ChainMap(x), dict, {"repr": repr, "get": lambda o: o.get(1), "len": len})
use("stringio", lambda x: __import__("io").TextIOWrapper(__import__("io").BufferedReader(__import__("io").BytesIO())), list, {"free": lambda o: None})
use("struct_time", lambda x: __import__("time").struct_time((x,) + (0,) * 8), lambda: 1, {"hash": hash})
use("simplequeue", lambda x: simple_queue(x), list, {"free": lambda o: None})
use("context", lambda x: context_with(x), list, {"free": lambda o: None})


_Data = None


def dataclass_of(x):
    global _Data
    if _Data is None:
        import dataclasses
        _Data = dataclasses.make_dataclass("Data", ["x"])
    return _Data(x)


def simple_queue(x):
    import _queue
    q = _queue.SimpleQueue()
    q.put(x)
    return q


def context_with(x):
    import contextvars
    context = contextvars.Context()
    context.run(VAR.set if "VAR" in globals() else make_var().set, x)
    return context


def make_var():
    import contextvars
    global VAR
    VAR = contextvars.ContextVar("VAR")
    return VAR


def element(x):
    import xml.etree.ElementTree as et
    e = et.Element("a")
    if x is not None:
        e.append(x)
    return e


def catch(classes):
    try:
        raise KeyError
    except classes:
        pass
    except KeyError:
        pass


# Iterators over iterators.
def iterator(name, make):
    def run():
        next(nest(make, iter([1, 2, 3])), None)
    def free():
        nest(make, iter([1, 2, 3]))
    def reduce():
        import pickle
        pickle.dumps(nest(make, iter([1, 2, 3])))
    CASES["iter_" + name] = run
    CASES[f"iter_{name}_free"] = free
    CASES[f"iter_{name}_reduce"] = reduce


def itertools(name, *before, **keywords):
    def make(x):
        import itertools
        return getattr(itertools, name)(*before, x, **keywords)
    return make


iterator("chain", itertools("chain"))
iterator("from_iterable", lambda x: __import__("itertools").chain.from_iterable(iter([x])))
iterator("islice", lambda x: __import__("itertools").islice(x, 5))
iterator("cycle", itertools("cycle"))
iterator("accumulate", itertools("accumulate"))
iterator("takewhile", itertools("takewhile", bool))
iterator("dropwhile", itertools("dropwhile", bool))
iterator("filterfalse", itertools("filterfalse", None))
iterator("compress", lambda x: __import__("itertools").compress(x, [1, 1]))
iterator("starmap", lambda x: __import__("itertools").starmap(lambda *a: (1,), x))
iterator("zip_longest", itertools("zip_longest"))
iterator("pairwise", itertools("pairwise"))
iterator("tee", lambda x: __import__("itertools").tee(x, 1)[0])
iterator("groupby", lambda x: __import__("itertools").groupby(x))
iterator("product", lambda x: __import__("itertools").product([x]))
iterator("permutations", lambda x: __import__("itertools").permutations([x]))
iterator("map", lambda x: map(str, x))
iterator("filter", lambda x: filter(None, x))
iterator("zip", zip)
iterator("enumerate", enumerate)
iterator("reversed", lambda x: reversed([x]))
iterator("iter_call", lambda x: iter(lambda: 1, x))


@case
def iter_chain_all():
    import itertools
    it = iter(())
    for i in range(cases.DEPTH):
        it = itertools.chain(it, [i])
    list(it)


@case
def iter_chain_growing():
    import itertools
    it = iter(())
    for i in range(1000):
        it = itertools.chain(it, [i])
    assert list(it) == list(range(1000))


@case
def chained_exceptions():
    error = None
    for _ in range(cases.DEPTH):
        new = ValueError("x")
        new.__context__ = error
        error = new
    import io, traceback
    traceback.print_exception(error, file=io.StringIO())


@case
def chained_exceptions_hook():
    error = None
    for _ in range(cases.DEPTH):
        new = ValueError("x")
        new.__cause__ = error
        error = new
    import io
    old, sys.stderr = sys.stderr, io.StringIO()
    try:
        sys.__excepthook__(type(error), error, None)
    finally:
        sys.stderr = old


@case
def exception_groups():
    group = nest(lambda e: ExceptionGroup("g", [e]), ValueError())
    repr(group)
    group.split(KeyError)


@case
def exception_groups_derive():
    group = nest(lambda e: ExceptionGroup("g", [e]), ValueError())
    group.subgroup(lambda e: True)


@case
def exception_groups_hook():
    group = nest(lambda e: ExceptionGroup("g", [e]), ValueError())
    import io
    old, sys.stderr = sys.stderr, io.StringIO()
    try:
        sys.__excepthook__(type(group), group, None)
    finally:
        sys.stderr = old


@case
def exception_star():
    group = nest(lambda e: ExceptionGroup("g", [e]), ValueError())
    try:
        raise group
    except* KeyError:
        pass


@case
def class_chain():
    cls = object
    for i in range(700):
        cls = type("C", (cls,), {})
    cls().x


@case
def class_chain_special():
    class Base:
        pass
    cls = Base
    for i in range(700):
        cls = type("C", (cls,), {})
    Base.__repr__ = lambda self: "x"
    repr(cls())
    cls.__subclasses__(), Base.__subclasses__()
    Base.__bases__


@case
def frames_chain():
    def f(n):
        try:
            raise ValueError
        except ValueError as e:
            return e.__traceback__.tb_frame
    frames = nest(lambda x: (lambda: (x, sys._getframe()))(), None)


@case
def tracebacks_chain():
    import types
    try:
        1 / 0
    except ZeroDivisionError as e:
        tb = e.__traceback__
    chain = None
    for _ in range(cases.DEPTH):
        chain = types.TracebackType(chain, tb.tb_frame, 0, 1)
    import io, traceback
    traceback.print_tb(chain, file=io.StringIO())


@case
def linked_locals():
    def f(x):
        return lambda: x
    nest(f, None)


@case
def linked_dicts_gc():
    import gc
    a = {}
    a["a"] = nest(lambda x: {"x": x}, a)
    del a
    gc.collect()


@case
def linked_objects_gc():
    import gc
    first = Plain(None)
    first.inner = nest(Plain, first)
    del first
    gc.collect()


@case
def linked_slots():
    class S:
        __slots__ = ("inner",)
    def make(x):
        s = S()
        s.inner = x
        return s
    nest(make, None)


@case
def linked_methods():
    class C:
        def m(self):
            pass
    def make(x):
        c = C()
        c.x = x
        return c.m
    nest(make, None)


@case
def linked_types():
    nest(lambda x: type("T", (), {"x": x}), None, 5000)


@case
def linked_modules():
    import types
    def make(x):
        m = types.ModuleType("m")
        m.x = x
        return m
    nest(make, None)


@case
def linked_weakrefs():
    import weakref
    def make(x):
        p = Plain(x)
        p.ref = weakref.ref(p, lambda r, x=x: None)
        return p
    nest(make, None)


@case
def linked_generators():
    def g(x):
        yield 1
        yield x
    def make(x):
        it = g(x)
        next(it)
        return it
    nest(make, None)


@case
def linked_coroutines():
    import warnings
    async def c(x):
        pass
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nest(c, None)


@case
def linked_del():
    class C:
        def __init__(self, inner):
            self.inner = inner
        def __del__(self):
            pass
    nest(C, None)


@case
def linked_functions():
    def make(x):
        def f(a=x):
            pass
        return f
    nest(make, None)


@case
def linked_code():
    code = (lambda: 1).__code__
    nest(lambda x: code.replace(co_consts=(x,)), code)


@case
def code_eq():
    code = (lambda: 1).__code__
    make = lambda x: code.replace(co_consts=(x,))
    one, other = nest(make, code), nest(make, code)
    one == other


@case
def code_hash():
    code = (lambda: 1).__code__
    hash(nest(lambda x: code.replace(co_consts=(x,)), code))


@case
def code_marshal():
    import marshal
    code = (lambda: 1).__code__
    marshal.dumps(nest(lambda x: code.replace(co_consts=(x,)), code))


@case
def marshal_read():
    import marshal
    for head in b"(\x01\0\0\0", b"[\x01\0\0\0", b"{N", b"<\x01\0\0\0", b")\x01":
        try:
            marshal.loads(head * cases.DEPTH + b"N")
        except (ValueError, TypeError, EOFError):
            pass


@case
def pickle_read():
    import pickle
    o = pickle.loads(b"(" * cases.DEPTH + b"l" * cases.DEPTH + b".")
    repr(o)


@case
def json_read():
    import json
    for text in "[" * cases.DEPTH + "]" * cases.DEPTH, '{"a":' * cases.DEPTH + "1" + "}" * cases.DEPTH:
        try:
            json.loads(text)
        except ValueError:
            pass


@case
def json_write_indented():
    import json
    json.dumps(nest(lambda x: [x], [], min(cases.DEPTH, 2000)), indent=1)  # the text is as long as the depth's square


@case
def re_groups():
    import re
    re.compile("(" * cases.DEPTH + ")" * cases.DEPTH)


@case
def re_groups_match():
    import re
    re.match("(?:" * 300 + "a" + ")*" * 300, "a" * 1000)


@case
def re_long():
    import re
    re.match("(?:a|b)*?c", "ab" * cases.DEPTH)
    re.match("(?:(a)|b)*", "ab" * cases.DEPTH)


@case
def re_sre_deep():
    import re
    pattern = "a"
    for _ in range(100):
        pattern = f"(?={pattern})a?"
    re.match(pattern, "a" * 100)


@case
def xml_deep():
    import xml.etree.ElementTree as et
    et.fromstring("<a>" * cases.DEPTH + "</a>" * cases.DEPTH)


@case
def xml_minidom():
    import xml.dom.minidom
    xml.dom.minidom.parseString("<a>" * cases.DEPTH + "</a>" * cases.DEPTH).toxml()


@case
def expat_model():
    import xml.parsers.expat
    p = xml.parsers.expat.ParserCreate()
    p.ElementDeclHandler = lambda *a: None
    p.Parse("<!DOCTYPE a [<!ELEMENT a " + "(" * cases.DEPTH + "b" + ")" * cases.DEPTH + ">]><a/>")


@case
def format_nested():
    ("{" * cases.DEPTH + "}" * cases.DEPTH).format(1)


@case
def format_chain():
    ("{0" + ".real" * cases.DEPTH + "}").format(1)


@case
def struct_format():
    import struct
    struct.calcsize("i" * cases.DEPTH)


@case
def ctypes_nested():
    import ctypes
    t = ctypes.c_int
    for _ in range(2000):
        t = t * 1
    t()
    s = ctypes.c_int
    for _ in range(2000):
        s = type("S", (ctypes.Structure,), {"_fields_": [("x", s)]})
    s()


@case
def ctypes_pointers():
    import ctypes
    p = ctypes.c_int(1)
    for _ in range(2000):
        p = ctypes.pointer(p)
    p.contents


@case
def deepcopy_plain():
    import copy
    copy.deepcopy(nest(lambda x: {"a": [x]}, None))


@case
def isabstract():
    import abc
    class A(abc.ABC):
        pass
    cls = A
    for _ in range(700):
        cls = type("C", (cls,), {})
    isinstance(1, A), issubclass(int, A), isinstance(cls(), A)


@case
def abc_registered():
    import abc
    classes = [abc.ABCMeta("A", (), {}) for _ in range(700)]
    for one, other in zip(classes, classes[1:]):
        one.register(other)
    issubclass(int, classes[0])


@case
def glob_like():
    import fnmatch
    fnmatch.fnmatch("a" * 10000, "*a" * 50)


@case
def sqlite_deep():
    import sqlite3
    try:
        sqlite3.connect(":memory:").execute("select " + "(" * cases.DEPTH + "1" + ")" * cases.DEPTH)
    except sqlite3.Error:
        pass


@case
def sqlite_callback():
    import sqlite3
    db = sqlite3.connect(":memory:")
    def f(x):
        return db.execute("select f(1)").fetchone()[0]
    db.create_function("f", 1, f)
    try:
        db.execute("select f(1)").fetchone()
    except sqlite3.Error:
        pass


@case
def ctypes_callback():
    import ctypes
    @ctypes.CFUNCTYPE(ctypes.c_int)
    def f():
        return f()
    old, sys.unraisablehook = sys.unraisablehook, lambda *a: None
    try:
        f()
    finally:
        sys.unraisablehook = old


@case
def io_chain():
    import io
    class Raw(io.RawIOBase):
        def __init__(self, inner): self.inner = inner
        def readable(self): return True
        def readinto(self, b): return self.inner.readinto(b)
    io.BufferedReader(nest(Raw, io.BytesIO(b"x"), 50000)).read()


@case
def codecs_error_handler():
    import codecs
    def handler(e):
        b"\xff".decode("utf-8", "deep")
    codecs.register_error("deep", handler)
    handler(None)


@case
def asyncio_tasks():
    import asyncio
    async def deep(n):
        return await deep(n + 1)
    asyncio.run(deep(0))


@case
def asyncio_gather():
    import asyncio
    async def main():
        f = asyncio.get_running_loop().create_future()
        for _ in range(10000):
            f = asyncio.gather(f)
        f.cancel()
        await f
    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        pass


@case
def datetime_tzinfo():
    import datetime
    class Zone(datetime.tzinfo):
        def utcoffset(self, when):
            return when.utcoffset()
    datetime.datetime(2000, 1, 1, tzinfo=Zone()).utcoffset()


@case
def os_walk_callback():
    import heapq
    class C:
        def __lt__(self, other):
            heapq.heapify([C(), C()])
            return True
    heapq.heapify([C(), C()])


@case
def bisect_key():
    import bisect
    def key(x):
        return bisect.bisect([1, 2], 1, key=key)
    key(1)


@case
def int_from_text():
    sys.set_int_max_str_digits(0)
    int("1" * 200000)
    str(1 << 600000)
    pow(3, 100000)
