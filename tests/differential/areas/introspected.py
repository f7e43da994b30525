"""Every callable of builtin types and native modules, as CPython lists them, with odd arguments: results, messages, checks.

Runs on CPython: it looks at its modules."""
import functools
import importlib
import inspect
import types

from . import subjects
from .calls import SHOW

ODD = '''\
class Bad:
    def _fail(self, *args):
        raise RuntimeError("bad")
    __index__ = __iter__ = __hash__ = __len__ = __getitem__ = __bool__ = __eq__ = __lt__ = __add__ = __call__ = __enter__ = __float__ = __fspath__ = _fail
class Wrong:
    def _answer(self, *args):
        return "wrong"
    __index__ = __iter__ = __hash__ = __len__ = __bool__ = __repr__ = __str__ = __bytes__ = __float__ = __int__ = __complex__ = __next__ = __format__ = __fspath__ = _answer
class Fine:
    def __index__(self): return 3
    def __len__(self): return 2
    def __iter__(self): return iter("ab")
    def __getitem__(self, key): return (1, 2)[key]
    def __float__(self): return 1.5
    def __hash__(self): return 7
    def __repr__(self): return "Fine()"
    def __fspath__(self): return "fine"
    def keys(self): return [0, 1]
class Int(int): pass
class Str(str): pass
class Bytes(bytes): pass
class List(list): pass
class Tuple(tuple): pass
class Dict(dict): pass
class Float(float): pass
class Plain:
    def __repr__(self): return "Plain()"
'''
ARGUMENTS = ["None", "-1", "0", "1", "2", "3", "2**31", "-2**31-1", "2**63", "-2**63-1", "2**64", "10**30", "True", "''", "'a'", "'abc'", "'\\xe9'", "'\\u3042'", "'\\ud800'", "'a\\0b'",
             "'utf-8'", "b''", "b'a'", "b'abc'", "bytearray(b'xy')", "memoryview(b'xyz')", "1.5", "float('nan')", "-0.0", "float('inf')", "1j", "()", "(1,)", "(1, 2)", "('a', 'b')", "[]", "[1, 2]",
             "['a']", "{}", "{'a': 1}", "{1, 2}", "frozenset('a')", "range(3)", "iter([1])", "iter('ab')", "len", "int", "str", "list", "object()", "Plain()", "Bad()", "Wrong()", "Fine()", "Int(5)", "Str('s')",
             "Bytes(b'b')", "List([1])", "Tuple((1, 2))", "Dict(a=1)", "Float(2.5)", "slice(1, 2)", "...", "NotImplemented", "lambda *a: a", "ValueError", "ValueError('v')", "type", "Plain", "list[int]",
             "zip('ab', [1, 2])", "(x for x in (1, 2))", "print", "'i'", "'r'", "'strict'", "65", "300", "0xd800"]
LARGE = {"2**31", "-2**31-1", "2**63", "-2**63-1", "2**64", "10**30"}


def exclude(owner, name):
    return name in subjects.NEVER or f"{owner}.{name}" in subjects.NEVER


def callables_of_module(name):
    module = importlib.import_module(name)
    for member in sorted(dir(module)):
        value = getattr(module, member)
        if exclude(name, member) or isinstance(value, types.ModuleType) or not callable(value):
            continue
        if isinstance(value, type) or inspect.isroutine(value):
            yield f"{name}.{member}"


def callables_of(expression, namespace):
    """Methods of an object that an expression makes."""
    try:
        value = eval(expression, namespace)
    except Exception:
        return
    kind = type(value).__name__
    for member in sorted(set(dir(value))):
        if exclude(kind, member):
            continue
        attribute = inspect.getattr_static(value, member, None)
        if callable(getattr(value, member, None)):
            yield f"{expression}.{member}"
        elif attribute is not None:
            yield f"(lambda *a, **k: {expression}.{member})"


@functools.cache
def callables(group):
    """[(imports, call expression)] of a group."""
    modules, expressions = subjects.GROUPS[group]
    namespace = {}
    exec(ODD, namespace)
    for name in {name.split(".")[0] for name in modules} | set(subjects.IMPORTS):
        namespace[name] = importlib.import_module(name)
    found = []
    for name in modules:
        found += callables_of_module(name)
    for expression in expressions:
        found += callables_of(expression, namespace)
    if group == "builtins":
        found = [name.removeprefix("builtins.") for name in found]
    return found


def arguments(values, name):
    choices = [text for text in ARGUMENTS if text not in LARGE] if "pow" in name or "round" in name else ARGUMENTS  # powers that take minutes
    parts = []
    for _ in range(values.choice([0, 1, 1, 1, 2, 2, 3, 4])):
        text = values.choice(choices)
        parts.append(f"*{text}" if values.chance(1) else text)
    if values.chance(12):
        parts.append(f"{values.choice(subjects.KEYWORDS)}={values.choice(choices)}")
    return ", ".join(parts)


def program(values, group):
    modules, _ = subjects.GROUPS[group]
    names = callables(group)
    lines = [SHOW, ODD, *(f"import {name}" for name in [*modules, *subjects.IMPORTS])]
    number = 0
    for _ in range(12):
        name = values.choice(names)
        for _ in range(3):
            lines.append(f"show({number}, lambda: {name}({arguments(values, name)}))")
            number += 1
    return "\n".join(lines) + "\n"
