"""Compares the code objects of adder's compiler with those of the Python that runs this file, which must be CPython 3.11.2.

    /usr/bin/python3.11 run.py BUILD_DIR [-O|-OO] [--show N] [--accept] [FILE or FOLDER …]

Without files: the standard library and its tests. Prints the share of files of which every field of every code object is
equal; the status is 1 when it is below the floor in floor.txt (--accept writes the figure there).
"""
import pathlib
import subprocess
import struct
import sys
import warnings
from types import CodeType

HERE = pathlib.Path(__file__).parent
DEFAULT_ROOTS = ["/usr/lib/python3.11"]
BATCH = 25


def text_of(text):
    return '"' + "".join(c if 32 <= ord(c) < 127 and c not in '\\"' else "\\u{%x}" % ord(c) for c in text) + '"'


def bits(value):
    return struct.pack("<d", value).hex()


def constant(value, inner):
    if type(value) is str:
        return text_of(value)
    if type(value) is bytes:
        return "b" + value.hex()
    if type(value) is float:
        return "float:" + bits(value)
    if type(value) is complex:
        return "complex:" + bits(value.real) + "," + bits(value.imag)
    if type(value) is int:
        return "int:%x" % value
    if type(value) is tuple:
        return "(" + items(value, inner) + ")"
    if type(value) is frozenset:
        return "frozenset{" + "".join(each + "," for each in sorted(constant(v, inner) for v in value)) + "}"
    if type(value) is CodeType:
        inner.append(value)
        return "code:" + text_of(value.co_qualname)
    return repr(value) if value in (None, True, False, Ellipsis) else "?" + type(value).__name__


def items(values, inner):
    return "".join(constant(v, inner) + "," for v in values)


def dump(code, out):
    inner = []
    constants = items(code.co_consts, inner)
    out.append(f"code {text_of(code.co_qualname)} name={text_of(code.co_name)}")
    out.append(
        f"counts {code.co_argcount} {code.co_posonlyargcount} {code.co_kwonlyargcount} {code.co_nlocals} "
        f"stack={code.co_stacksize} flags={code.co_flags:#x} line={code.co_firstlineno}".replace("flags=0x0 ", "flags=0 ")
    )
    out.append("instructions " + code.co_code.hex())
    out.append("consts " + constants)
    for field in ("names", "varnames", "cellvars", "freevars"):
        out.append(field + " " + items(getattr(code, "co_" + field), []))
    out.append("lines " + code.co_linetable.hex())
    out.append("handlers " + code.co_exceptiontable.hex())
    for each in inner:
        dump(each, out)


def expected(path, optimize):
    try:
        code = compile(pathlib.Path(path).read_bytes(), path, "exec", dont_inherit=True, optimize=optimize)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return [f"error {type(error).__name__} {constant(error.args, [])}"]
    out = []
    dump(code, out)
    return out


def ours(tool, level, paths):
    """The dump of each path; a path after which the tool died has what was printed until then."""
    left = list(paths)
    found = {}
    while left:
        done = subprocess.run([tool, *level, *left], capture_output=True, text=True, errors="replace")
        current = None
        for line in done.stdout.split("\n"):
            if line.startswith("file "):
                current = found[line[5:]] = []
            elif line and current is not None:
                current.append(line)
        missing = [path for path in left if path not in found]
        if done.returncode < 0:
            last = [path for path in left if path in found]
            name = last[-1] if last else left[0]
            found.setdefault(name, []).append(f"died: signal {-done.returncode}")
            missing = [path for path in left if path not in found]
        left = missing if len(missing) < len(left) else []
    return found


def sources(names):
    for name in names:
        path = pathlib.Path(name)
        yield from (str(each) for each in sorted(path.rglob("*.py"))) if path.is_dir() else [str(path)]


def first_difference(expected_lines, our_lines):
    where = ""
    for wanted, got in zip(expected_lines + ["<end>"], our_lines + ["<end>"]):
        if wanted.startswith("code "):
            where = wanted
        if wanted != got:
            return where, wanted, got
    return where, "<end>", "<end>"


def main(arguments):
    if sys.version_info[:3] != (3, 11, 2) or sys.implementation.name != "cpython":
        sys.exit("run.py: later patch releases compile some statements differently: this needs CPython 3.11.2")
    warnings.simplefilter("ignore")
    level = [a for a in arguments if a in ("-O", "-OO")]
    accept = "--accept" in arguments
    show = int(arguments[arguments.index("--show") + 1]) if "--show" in arguments else 0
    rest = [a for i, a in enumerate(arguments) if not a.startswith("-") and (i == 0 or arguments[i - 1] != "--show")]
    tool = str(pathlib.Path(rest[0]) / "tests/conformance/bytecode/adder_bytecode_dump")
    paths = list(sources(rest[1:] or DEFAULT_ROOTS))
    optimize = len(level[0]) - 1 if level else 0
    equal = refused = 0
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        found = ours(tool, level, batch)
        for path in batch:
            wanted, got = expected(path, optimize), found.get(path, ["missing"])
            if wanted == got:
                equal += 1
                refused += wanted[0].startswith("error ")
            elif show:
                show -= 1
                where, want, have = first_difference(wanted, got)
                print(f"{path}\n  {where}\n  expected {want[:400]}\n  ours     {have[:400]}")
    share = 100.0 * equal / max(len(paths), 1)
    print(f"bytecode: {equal} of {len(paths)} files equal at level {optimize} ({share:.2f} %), {refused} of them refused with equal errors")
    floor_file = HERE / "floor.txt"
    if accept:
        floor_file.write_text(f"{share:.2f}\n")
    if len(rest) == 1 and not level and share + 0.005 < float(floor_file.read_text()):
        sys.exit(f"bytecode: below the floor of {floor_file.read_text().strip()} %")


main(sys.argv[1:])
