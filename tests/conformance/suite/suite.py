"""Runs modules of CPython's own test suite under another interpreter and prints a table.

    suite.py INTERPRETER WHAT… [--accept] [--timeout S] [--jobs N] [--verbose]

WHAT: a tier's letter, `lists` (the modules in passing.list, which must all pass), or modules' names without test_.
A module passes when `python -m unittest test.test_NAME` succeeds. --accept adds new passes to passing.list.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PASSING = HERE / "passing.list"
SUITE = pathlib.Path("/usr/lib/python3.11/test")


def tiers():
    lines = [line.split() for line in (HERE / "tiers.txt").read_text().splitlines() if line and line[0] != "#"]
    return {words[0]: words[1:] for words in lines}


def passing():
    if not PASSING.exists():
        return []
    return [line.split()[0] for line in PASSING.read_text().splitlines() if line.strip() and line[0] != "#"]


def run_module(interpreter, name, timeout, library):
    """('ok' | 'failed' | 'timeout' | 'crash', last lines of the output)"""
    with tempfile.TemporaryDirectory(prefix="adder-suite-") as directory:
        environment = dict(os.environ, PYTHONPATH=library, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", LC_ALL="C.UTF-8",
                           TMPDIR=directory)
        command = [interpreter, "-W", "ignore::DeprecationWarning", "-m", "unittest", f"test.test_{name}"]
        try:
            done = subprocess.run(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout, start_new_session=True)
        except subprocess.TimeoutExpired as expired:
            return "timeout", (expired.output or b"").decode(errors="replace")
        text = done.stdout.decode(errors="replace")
        if done.returncode == 0:
            return "ok", text
        return ("crash" if done.returncode < 0 or done.returncode > 128 else "failed"), text


def summary(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:100] if lines else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("interpreter")
    parser.add_argument("what", nargs="+")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--timeout", type=float, default=150)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    interpreter = os.path.abspath(options.interpreter)
    table = tiers()
    must_pass = options.what == ["lists"]
    names = passing() if must_pass else []
    if not must_pass:
        for what in options.what:
            names += table.get(what, [what.removeprefix("test_")])
    results = {}
    with tempfile.TemporaryDirectory(prefix="adder-suite-library-") as library:
        os.symlink(SUITE, os.path.join(library, "test"))
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            futures = {pool.submit(run_module, interpreter, name, options.timeout, library): name for name in names}
            for future in concurrent.futures.as_completed(futures):
                name = futures[future]
                results[name] = future.result()
                if results[name][0] != "ok" and must_pass:
                    results[name] = run_module(interpreter, name, options.timeout, library)  # once more, alone
                if not must_pass or results[name][0] != "ok":
                    print(f"{name:30} {results[name][0]:8} {summary(results[name][1])}", flush=True)
                if options.verbose and results[name][0] != "ok":
                    print(results[name][1][-3000:], flush=True)
    good = sorted(name for name in names if results[name][0] == "ok")
    print(f"{' '.join(options.what)}: {len(good)} of {len(names)} modules pass")
    if options.accept and not must_pass:
        known = set(passing())
        added = [name for name in good if name not in known]
        PASSING.write_text("".join(f"{name}\n" for name in sorted(known | set(added))))
        print(f"{len(added)} added to {PASSING.name}")
    return len(good) < len(names) if must_pass else 0


if __name__ == "__main__":
    sys.exit(main())
