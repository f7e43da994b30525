"""Byte-code files of CPython and adder under each other: see README.md. run.py INTERPRETER [--modules N]"""
import argparse
import marshal
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ORACLE = "/usr/bin/python3.11"
LIBRARY = pathlib.Path("/usr/lib/python3.11")
TIME = 1_600_000_000
MODES = ("TIMESTAMP", "CHECKED_HASH", "UNCHECKED_HASH")

COMPILE = """
import os, py_compile, sys
mode = getattr(py_compile.PycInvalidationMode, sys.argv[1])
for path in sys.argv[2:]:
    print(os.path.basename(py_compile.compile(path, doraise=True, invalidation_mode=mode)))
"""
# Loads modules through their loaders and shows what their code is made of.
LOAD = """
import hashlib, importlib.util, os, sys
sys.path.insert(0, sys.argv[1])
def fields(code):
    yield repr((code.co_name, code.co_qualname, code.co_code, code.co_linetable, code.co_exceptiontable, code.co_names, code.co_varnames,
                code.co_cellvars, code.co_freevars, code.co_flags, code.co_stacksize, code.co_firstlineno))
    for constant in code.co_consts:
        if hasattr(constant, 'co_code'):
            yield from fields(constant)
        else:
            yield ' '.join(sorted(map(repr, constant))) if isinstance(constant, frozenset) else repr(constant)
for name in sys.argv[2:]:
    spec = importlib.util.find_spec(name)
    code = spec.loader.get_code(name)
    text = '\\n'.join(fields(code)).encode('utf-8', 'surrogatepass')
    print(name, os.path.basename(spec.cached or ''), hashlib.sha1(text).hexdigest())
"""


class Sides:
    def __init__(self, interpreter):
        self.programs = {"oracle": ORACLE, "adder": os.path.abspath(interpreter)}
        self.wrong = self.done = 0

    def run(self, side, directory, *arguments, environment=None):
        """(status, output, errors), the directory masked."""
        variables = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "HOME": str(directory)} | (environment or {})
        done = subprocess.run([self.programs[side], *map(str, arguments)], cwd=directory, env=variables, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=300)
        mask = lambda data: re.sub(r" at 0x[0-9a-f]+", " at 0x", data.decode("utf-8", "backslashreplace").replace(str(directory), "HERE"))
        return done.returncode, mask(done.stdout), mask(done.stderr)

    def check(self, name, wanted, got):
        self.done += 1
        if wanted != got:
            self.wrong += 1
            print(f"{name}\n    CPython {str(wanted)[:1500]}\n    adder   {str(got)[:1500]}", flush=True)


def normal(path):
    """A .pyc with its references written out: the flags of shared objects tell of reference counts, not of the code."""
    data = path.read_bytes()
    return data[:16].hex(), marshal.dumps(marshal.loads(data[16:]), 2)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (TIME, TIME))


PACKAGE = {
    "pack/__init__.py": '"""Documentation."""\nfrom . import a\nassert True\n__all__ = ["a"]\n',
    "pack/a.py": 'def f(x, /, y: int = 1, *z, k=(1, 2.5, 3j, b"x", None, ...), **w):\n    """Doc."""\n    assert x, y\n    return lambda: (x, y, z, k, w)\n',
    "pack/b.py": 'class C:\n    "Doc"\n    x = {1, 2} and (x in {1, "a", b"b"} for x in [])\n    async def f(self):\n        async with self as s, s: yield s\n',
    "pack/sub/__init__.py": "",
    "pack/sub/ünïcode.py": 'naïve = "\\ud800\\U0001f40d" * 2\nbig = 1 << 100\ninf, nan = 1e999, -0.0\n',
    "pack/sub/long.py": "x = [\n" + "".join(f"    {i}, 'text {i}', {i}.5,\n" for i in range(600)) + "]\n" + "".join(f"def f{i}(): return {i}\n" for i in range(300)),
}


def make_sources(root, count):
    """Copies of modules of the library, and the package; their names."""
    files = [path for path in sorted(LIBRARY.glob("*.py")) if path.stem.isidentifier()]
    chosen = random.Random(3).sample(files, min(count, len(files)))
    for path in chosen:
        shutil.copy(path, root / f"m_{path.name}")
        os.utime(root / f"m_{path.name}", (TIME, TIME))
    for name, text in PACKAGE.items():
        write(root / name, text)
    return [f"m_{path.stem}" for path in chosen] + [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in PACKAGE]


def interchange(sides, count):
    for mode in MODES:
        for level in "", "-O", "-OO":
            options = [level] if level else []
            results = {}
            with tempfile.TemporaryDirectory() as directory:
                roots = {side: pathlib.Path(directory, side, "src") for side in sides.programs}
                for side, root in roots.items():
                    root.mkdir(parents=True)
                    names = make_sources(root, count)
                    paths = sorted(str(path.relative_to(root)) for path in root.rglob("*.py"))
                    results[side] = sides.run(side, root, *options, "-c", COMPILE, mode, *paths)
                sides.check(f"py_compile {mode} {level}", results["oracle"], results["adder"])
                files = {side: {str(path.relative_to(root)): path for path in root.rglob("*.pyc")} for side, root in roots.items()}
                sides.check(f"files {mode} {level}", sorted(files["oracle"]), sorted(files["adder"]))
                for name in sorted(files["oracle"].keys() & files["adder"].keys()):
                    sides.check(f"{name} {mode} {level}", normal(files["oracle"][name]), normal(files["adder"][name]))
                # The sources go away: what is loaded can only be the byte code.
                loads = {}
                for writer, root in roots.items():
                    for path in root.rglob("*.py"):
                        if mode == "UNCHECKED_HASH":
                            path.write_text("raise SystemExit('compiled anew')\n")
                    for reader in sides.programs:
                        loads[writer, reader] = sides.run(reader, root, *options, "-B", "-c", LOAD, root, *names)
                for reader in sides.programs:
                    sides.check(f"{reader} loads the other's {mode} {level}", loads["oracle", "oracle"], loads["oracle" if reader == "adder" else "adder", reader])


# Imports `m` in each of the directories anew.
SHOW = """
import importlib, os, sys
for place in sys.argv[1:]:
    os.chdir(place)
    sys.path.insert(0, os.getcwd())
    sys.modules.pop('m', None)
    importlib.invalidate_caches()
    try:
        import m
        print(place, 'VALUE', m.VALUE, os.path.relpath(m.__file__), m.__cached__ and os.path.relpath(m.__cached__), type(m.__loader__).__name__)
    except BaseException as error:
        print(place, type(error).__name__, error, getattr(error, 'name', None), getattr(error, 'path', None))
    del sys.path[0]
    os.chdir('..')
"""


def spoiled(data):
    """Names and contents of damaged .pyc files."""
    yield "whole", data
    for size in (0, 1, 3, 4, 7, 8, 11, 12, 15, 16, 17, 20, 40, len(data) - 1):
        yield f"cut to {size}", data[:size]
    yield "other magic", b"\x00\x00\x00\x00" + data[4:]
    yield "magic of 3.10", (3439).to_bytes(2, "little") + b"\r\n" + data[4:]
    yield "text", b"# this is text, not code, and longer than a header\n" * 3
    for flags in (1, 2, 3, 4, 7, 255, 1 << 31):
        yield f"flags {flags}", data[:4] + flags.to_bytes(4, "little") + data[8:]
    yield "other time", data[:8] + (TIME + 1).to_bytes(4, "little") + data[12:]
    yield "other size", data[:12] + (99).to_bytes(4, "little") + data[16:]
    yield "behind the end", data + b"more"
    for name, content in {"None": marshal.dumps(None), "a tuple": marshal.dumps((1, 2)), "text object": marshal.dumps("x"), "nothing": b"", "unknown type": b"\x07",
                          "null": b"0", "reference out of range": b"r\xff\xff\x00\x00", "long size": b"s\xff\xff\xff\x7f", "large tuple": b"(\xff\xff\x0f\x00", "negative size": b"[\xff\xff\xff\xff",
                          "bad utf-8": b"u\x02\x00\x00\x00\xff\xff", "code of 3.10": b"c" + b"\0" * 24 + b"N" * 12, "deep": b")\x01" * 5000 + b"N"}.items():
        yield f"content {name}", data[:16] + content


def damaged(sides):
    for mode in MODES:
        for place in "__pycache__/m.cpython-311.pyc", "m.pyc":
            answers, names = {}, []
            for side in sides.programs:
                with tempfile.TemporaryDirectory() as directory:
                    root = pathlib.Path(directory)
                    write(root / "m.py", "VALUE = 1\n")
                    sides.run("oracle", root, "-c", COMPILE, mode, "m.py")
                    names = []
                    for number, (name, content) in enumerate(spoiled((root / "__pycache__/m.cpython-311.pyc").read_bytes())):
                        names.append(name)
                        cache = root / str(number) / place
                        cache.parent.mkdir(parents=True)
                        if place != "m.pyc":
                            write(root / str(number) / "m.py", "VALUE = 2\n")
                        cache.write_bytes(content)
                    shown = sides.run(side, root, "-c", SHOW, *map(str, range(len(names))))
                    files = [normal_or_bytes(root / str(number) / place, directory) for number in range(len(names))]
                    answers[side] = shown, files
            (status, output, errors), files = answers["oracle"]
            (our_status, our_output, our_errors), our_files = answers["adder"]
            sides.check(f"{mode} as {place}", (status, errors, len(output.splitlines())), (our_status, our_errors, len(our_output.splitlines())))
            for name, *both in zip(names, zip(output.splitlines(), files), zip(our_output.splitlines(), our_files)):
                sides.check(f"{mode} {name} as {place}", *both)


def normal_or_bytes(path, directory):
    """The code without the directory's name."""
    if not path.exists():
        return "no file"
    data = path.read_bytes()
    try:
        code = marshal.loads(data[16:])
        return data[:16], (code.co_filename.replace(directory, ""), code.co_code, code.co_consts) if hasattr(code, "co_code") else repr(code)
    except (ValueError, EOFError, TypeError, SystemError):
        return data


def tree(root):
    """What is below the directory: names, modes, and the heads of .pyc files; not those of CPython's own library (ours is embedded)."""
    found = []
    for path in sorted(root.rglob("*.py*")):
        if "/usr/lib/python3" in str(path):
            continue
        head = path.read_bytes()[:16].hex() if path.suffix == ".pyc" else ""
        found.append((str(path.relative_to(root)).replace(str(root)[1:], "HERE"), oct(path.stat().st_mode), head))
    return found


SETTINGS = [
    ("plain", ["-c", "import pack.sub.long"], {}),
    ("-B", ["-B", "-c", "import pack.sub.long"], {}),
    ("-O", ["-O", "-c", "import pack.sub.long"], {}),
    ("-OO", ["-OO", "-c", "import pack.sub.long, sys; print(sys.flags.optimize, pack.a.f.__doc__, pack.__doc__)"], {}),
    ("PYTHONOPTIMIZE", ["-c", "import pack.sub.long"], {"PYTHONOPTIMIZE": "1"}),
    ("PYTHONDONTWRITEBYTECODE", ["-c", "import pack.sub.long"], {"PYTHONDONTWRITEBYTECODE": "1"}),
    ("pycache_prefix", ["-X", "pycache_prefix=cache", "-c", "import pack.sub.long, sys; print(sys.pycache_prefix, pack.__cached__.partition('HERE')[1])"], {}),
    ("PYTHONPYCACHEPREFIX", ["-c", "import pack.sub.long, sys; print(sys.pycache_prefix)"], {"PYTHONPYCACHEPREFIX": "other/cache"}),
    ("prefix off", ["-X", "pycache_prefix", "-c", "import pack, sys; print(sys.pycache_prefix)"], {"PYTHONPYCACHEPREFIX": "other"}),
    ("set at run time", ["-c", "import sys; sys.pycache_prefix = 'late'; import pack"], {}),
    ("dont_write_bytecode", ["-c", "import sys; sys.dont_write_bytecode = True; import pack"], {}),
    ("check always", ["--check-hash-based-pycs", "always", "-c", "import pack"], {}),
    ("check never", ["--check-hash-based-pycs", "never", "-c", "import pack"], {}),
    ("compileall", ["-m", "compileall", "pack"], {}),
    ("compileall -q", ["-m", "compileall", "-q", "-l", "pack"], {}),
    ("compileall twice", ["-c", "import compileall; print(compileall.compile_dir('pack'), compileall.compile_dir('pack', force=True, quiet=1))"], {}),
    ("compileall -o", ["-m", "compileall", "-o", "0", "-o", "1", "-o", "2", "pack"], {}),
    ("compileall -b", ["-m", "compileall", "-b", "pack"], {}),
    ("compileall hash", ["-m", "compileall", "--invalidation-mode", "checked-hash", "pack"], {}),
    ("compileall -d", ["-m", "compileall", "-d", "/elsewhere", "pack"], {}),
    ("compileall -s -p", ["-m", "compileall", "-s", "pack", "-p", "/new", "pack"], {}),
    ("compileall -j", ["-m", "compileall", "-q", "-j", "2", "pack"], {}),
    ("compileall prefix", ["-X", "pycache_prefix=cache", "-m", "compileall", "-q", "pack"], {}),
    ("compileall missing", ["-m", "compileall", "nothing"], {}),
    ("compileall error", ["-m", "compileall", "bad"], {}),
    ("py_compile", ["-m", "py_compile", "pack/a.py"], {}),
    ("py_compile error", ["-m", "py_compile", "bad/bad.py"], {}),
    ("py_compile missing", ["-m", "py_compile", "nothing.py"], {}),
    ("epoch", ["-m", "py_compile", "pack/a.py"], {"SOURCE_DATE_EPOCH": "1"}),
    ("bad source", ["-c", "import bad.bad"], {}),
    ("bad cookie", ["-c", "import bad.cookie"], {}),
    ("NUL", ["-c", "import bad.nul"], {}),
]


def settings(sides):
    for name, arguments, environment in SETTINGS:
        answers = {}
        for side in sides.programs:
            with tempfile.TemporaryDirectory() as directory:
                root = pathlib.Path(directory)
                for path, text in PACKAGE.items():
                    write(root / path, text)
                write(root / "bad/bad.py", "x = (\n  1 2\n)\n")
                write(root / "bad/cookie.py", "# coding: nothing\n")
                write(root / "bad/nul.py", "x = '\0'\n")
                first = sides.run(side, root, *arguments, environment=environment)
                second = sides.run(side, root, *arguments, environment=environment)
                answers[side] = first, second, sorted(tree(root))
        sides.check(name, answers["oracle"], answers["adder"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("interpreter")
    parser.add_argument("--modules", type=int, default=25)
    options = parser.parse_args()
    sides = Sides(options.interpreter)
    settings(sides)
    damaged(sides)
    interchange(sides, options.modules)
    print(f"pyc: {sides.done - sides.wrong} of {sides.done} comparisons equal")
    return 1 if sides.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
