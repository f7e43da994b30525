"""Compiled files: headers of every kind, and all that can be asked of a code object that is not run."""
import _imp
import dis
import importlib._bootstrap_external as files
import importlib.util
import inspect
import itertools
import marshal
import types

from fuzz_input import Input

MAGIC = importlib.util.MAGIC_NUMBER
FIELDS = ("co_argcount co_posonlyargcount co_kwonlyargcount co_nlocals co_stacksize co_flags co_firstlineno co_code co_names co_varnames"
          " co_freevars co_cellvars co_filename co_name co_qualname co_linetable co_lnotab co_exceptiontable co_consts").split()


class Loader(importlib.machinery.SourcelessFileLoader):
    def get_data(self, path):
        return self.content


def header(choice):
    """Sixteen bytes: right, of other kinds, wrong."""
    flags = (0, 1, 3, 2, 7)[choice % 5]
    magic = MAGIC if choice < 200 else bytes([choice]) + MAGIC[1:]
    return (magic + flags.to_bytes(4, "little") + _imp.source_hash(1, b""))[:12 if choice == 199 else 16]


def look_at(code, depth):
    for name in FIELDS:
        getattr(code, name)
    for table in (code.co_lines(), code.co_positions()):
        for _ in itertools.islice(table, 5000):
            pass
    for question in (dis.findlinestarts, dis._parse_exception_table, dis.findlabels):
        try:
            for _ in itertools.islice(question(code.co_code if question is dis.findlabels else code), 1000):
                pass
        except Exception:
            pass
    try:
        for each in itertools.islice(dis.get_instructions(code), 1000):
            dis.stack_effect(each.opcode, each.arg, jump=each.is_jump_target)
    except Exception:
        pass
    hash(code), repr(code), code == code.replace(co_name="other"), marshal.dumps(code)
    for flags in (0, 0x43):
        try:
            code.replace(co_flags=code.co_flags ^ flags, co_argcount=code.co_argcount + 1)
        except Exception:
            pass
    try:
        cells = tuple(types.CellType(each) for each in range(len(code.co_freevars)))
        function = types.FunctionType(code, {}, "f", (), cells)
        repr(function), inspect.signature(function)
    except Exception:
        pass
    if depth < 4:
        for each in code.co_consts:
            if isinstance(each, types.CodeType):
                look_at(each, depth + 1)


def fuzz(data):
    input = Input(data)
    choice = input.byte()
    loader = Loader("demo", "demo.pyc")
    loader.content = header(choice) + input.rest()
    try:
        files._validate_timestamp_pyc(loader.content, 1, 1, "demo", {"name": "demo", "path": "demo.pyc"})
    except (ImportError, EOFError):
        pass
    try:
        code = loader.get_code("demo")
    except SystemError:  # what a code object is made of is checked by an internal function, with its own words
        return
    look_at(code, 0)
