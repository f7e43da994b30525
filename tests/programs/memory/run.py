"""What wants more memory than there is ends in MemoryError, and the interpreter goes on to work; nothing crashes.

    run.py INTERPRETER [--limit MB] [--jobs N] [--sweep MB STEP] [PROGRAMS…]

Each program of programs.py runs in a process of its own under `ulimit -v`. A sweep runs the small
ones under each limit from the least with which the interpreter starts. The pieces of pieces.py run with single requests refused.
"""
import argparse
import concurrent.futures
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from programs import PROGRAMS, SWEPT

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT = 120
REFUSED = {"one": "3000", "few": "1000", "all": "100"}  # refused.py's modes, and how many requests of each piece are tried
ALLOWED = ("MemoryError", "OverflowError", "OSError", "ParseError")  # OverflowError: not even a size; ParseError: expat's own lack
CHILD = """
import gc, sys
def attempt():
    try:
        exec({source!r}, {{}})
    except BaseException as error:
        return type(error).__name__
    return 'ended'
outcome = attempt()
gc.collect()
numbers = [number for number in range(10000)]
assert eval('1+2') == 3 and len({{str(n): [n] for n in numbers}}) == 10000
import string
print(outcome, 'and works')
"""


def run(interpreter, source, megabytes):
    """Status, last line of the output, end of the errors."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        done = subprocess.run([interpreter, "-W", "ignore", "-c", source], stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT,
                              preexec_fn=limit, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
    except subprocess.TimeoutExpired:
        return "none in time", "", ""
    return done.returncode, done.stdout.decode(errors="replace").strip(), done.stderr[-300:].decode(errors="replace")


def check(interpreter, name, megabytes):
    status, output, errors = run(interpreter, CHILD.format(source=PROGRAMS[name]), megabytes)
    if status == 0 and output in [f"{error} and works" for error in ALLOWED]:
        return ""
    return f"{name} with {megabytes} MB: status {status}, {output!r} {errors}"


def least(interpreter):
    return next(megabytes for megabytes in range(8, 512) if run(interpreter, "pass", megabytes)[0] == 0)


def check_swept(interpreter, name, megabytes):
    status, output, errors = run(interpreter, SWEPT[name], megabytes)
    if status in (0, 1, 120) and "nternal error" not in errors:
        return ""
    return f"{name} with {megabytes} MB: status {status} {errors}"


def check_refused(interpreter, mode, environment):
    """In the environment: LD_PRELOAD, when the C heap is to refuse, else nothing, when the interpreter's allocator is."""
    done = subprocess.run([interpreter, "-W", "ignore", HERE / "refused.py", mode, REFUSED[mode]], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIMEOUT, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1", **environment))
    lines = done.stdout.decode(errors="replace").replace("\r", "\n").splitlines()
    if done.returncode == 0 and lines[-1:] == ["refused: all well"]:
        return ""
    return f"refused requests, {mode}, {environment}: status {done.returncode}: {'; '.join(lines[-3:])} {done.stderr[-300:].decode(errors='replace')}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("interpreter")
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--limit", type=int, default=160)
    parser.add_argument("--sweep", type=int, nargs=2, default=[100, 4], metavar=("MB", "STEP"))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    interpreter = os.path.abspath(options.interpreter)
    work = [(check, name, options.limit) for name in options.programs or PROGRAMS if name in PROGRAMS]
    start = least(interpreter)
    # Each limit of the first ones: there is hardly room for more than the start.
    limits = sorted({*range(start, start + 8), *range(start, start + options.sweep[0], options.sweep[1])})
    work += [(check_swept, name, megabytes) for name in options.programs or SWEPT if name in SWEPT for megabytes in limits]
    wrong = 0
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        if not options.programs:
            library = f"{directory}/refuse.so"
            subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, HERE / "refuse.c"], check=True)
            work += [(check_refused, mode, environment) for mode in REFUSED for environment in ({}, {"LD_PRELOAD": library})]
        for text in pool.map(lambda w: w[0](interpreter, *w[1:]), work):
            wrong += bool(text)
            if text:
                print(text, flush=True)
    print(f"memory: {len(work) - wrong} of {len(work)} end well")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
