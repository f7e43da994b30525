# The hash of a code object combines those of its name, constants, names, local names and both tables with its
# counts and flags; equal code objects have equal hashes.
import argparse
import asyncio.tasks
import contextlib
import dataclasses
import types
import typing

MASK = (1 << 64) - 1


def expected(code):
    names = [*code.co_varnames, *(n for n in code.co_cellvars if n not in code.co_varnames), *code.co_freevars]
    result = code.co_argcount ^ code.co_posonlyargcount ^ code.co_kwonlyargcount ^ code.co_flags
    for part in (code.co_name, code.co_consts, code.co_names, tuple(names), code.co_linetable, code.co_exceptiontable):
        result ^= hash(part) & MASK
    signed = result - (1 << 64) if result >> 63 else result
    return -2 if signed == -1 else signed


def walk(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from walk(constant)


def all_codes(source):
    return list(walk(compile(source, "<test>", "exec")))


checked = 0
for module in (argparse, contextlib, dataclasses, asyncio.tasks, typing):  # imported above: a frozen program holds what it imports
    name = module.__name__
    source = module.__spec__.loader.get_source(name)
    for code, twin in zip(all_codes(source), all_codes(source), strict=True):
        assert hash(code) == expected(code), (name, code)
        assert code == twin and hash(code) == hash(twin), (name, code)
        checked += 1
assert checked > 500, checked

plain = compile("def f(a, /, b, *, c, **d):\n    try:\n        return lambda: a\n    finally:\n        b()", "<test>", "exec")
for code in walk(plain):
    assert hash(code) == expected(code)
    assert hash(code.replace(co_filename="other")) == hash(code)
    assert hash(code.replace(co_name="renamed")) != hash(code)
    assert hash(code.replace(co_exceptiontable=b"\x80")) != hash(code)

# What the tuple of constants cannot hash, the code object cannot either.
try:
    hash(plain.replace(co_consts=([],)))
except TypeError as error:
    assert str(error) == "unhashable type: 'list'", error
else:
    raise AssertionError("hash of an unhashable constant")
