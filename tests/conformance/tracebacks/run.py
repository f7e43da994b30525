"""What an interpreter prints about failing programs, against what the reference interpreter prints: byte for byte.

    python3 run.py INTERPRETER [CASE...]

Every case of the .txt files here runs on both, in a directory of its own;
stdout, stderr and exit status must be equal. Only addresses, counts and the standard library's
directory are made equal first. A case begins with the line `#== NAME [ENCODING]`.
"""
import difflib
import glob
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = os.environ.get("ADDER_ORACLE", "/usr/bin/python3.11")


def read_cases():
    """{name: program as bytes}"""
    cases = {}
    for path in sorted(glob.glob(os.path.join(HERE, "*.txt"))):
        for part in open(path, encoding="utf-8").read().split("#== ")[1:]:
            header, _, text = part.partition("\n")
            name, _, encoding = header.partition(" ")
            assert name not in cases, name
            cases[name] = text.encode(encoding or "utf-8")
    return cases


def stdlib_of(interpreter):
    code = "import os; print(os.path.dirname(os.__file__))"
    return subprocess.run([interpreter, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def outcome(interpreter, stdlib, text):
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "case.py"), "wb") as file:
            file.write(text)
        environment = {"PATH": "/usr/bin:/bin", "HOME": directory, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
        done = subprocess.run([interpreter, "case.py"], cwd=directory, env=environment, capture_output=True, timeout=200,
                              stdin=subprocess.DEVNULL)
        parts = []
        for stream in (done.stdout, done.stderr):
            shown = stream.decode("utf-8", "backslashreplace")
            shown = shown.replace(stdlib, "<stdlib>").replace(directory, "<directory>")
            shown = re.sub(r"0x[0-9a-f]{4,}", "0x...", shown)
            shown = re.sub(r"(started|thread) \d{9,}", r"\1 N", shown)
            parts.append(re.sub("(object refcount : ).*", r"\1N", shown))
        return done.returncode, *parts


def main():
    interpreter = os.path.abspath(sys.argv[1])
    if not os.path.exists(REFERENCE):
        print(f"tracebacks: skipped, there is no {REFERENCE}")
        return 0
    cases = read_cases()
    names = sys.argv[2:] or list(cases)
    sides = [(REFERENCE, stdlib_of(REFERENCE)), (interpreter, stdlib_of(interpreter))]

    def compare(name):
        return name, *(outcome(program, stdlib, cases[name]) for program, stdlib in sides)

    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for name, wanted, got in pool.map(compare, names):
            if wanted == got:
                continue
            failed += 1
            print(f"--- {name}")
            for label, w, g in zip(("status", "stdout", "stderr"), wanted, got):
                if w != g:
                    lines = difflib.unified_diff(str(w).splitlines(), str(g).splitlines(), f"{label} wanted", f"{label} got", lineterm="")
                    print("\n".join(list(lines)[:40]))
    print(f"tracebacks: {len(names) - failed} of {len(names)} cases equal")
    return 1 if failed or not names else 0


sys.exit(main())
