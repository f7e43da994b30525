"""Runs the same commands under another interpreter and under CPython 3.11, and compares output, errors and status.

    compare.py INTERPRETER [--jobs N] [CASES…]      CASES: names of files in cases/, without .txt

A case file is worked through from the top, once for each interpreter, in a directory of its own:

    $ command           run by sh; `python` is the interpreter under test
    file path           the lines up to one that is `end` become this file
    set NAME=VALUE      from here on a variable of the environment (`set NAME` takes it away)
    mask regex => text  from here on replaced in both outputs
    # comment

Masked everywhere: the directory of the case, the directories of the standard library, addresses of objects.
"""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ORACLE = "/usr/bin/python3.11"
TIMEOUT = 120


class Runner:
    """One interpreter in one directory."""

    def __init__(self, interpreter, side, root):
        self.place = os.path.join(root, side)
        binaries = os.path.join(root, side + "-bin")
        os.mkdir(self.place)
        os.mkdir(binaries)
        self.python = os.path.join(binaries, "python")
        os.symlink(interpreter, self.python)
        self.environment = {
            "PATH": binaries + ":/usr/bin:/bin",
            "HOME": self.place,
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        library = subprocess.run([self.python, "-c", "import os, sys; print(os.path.dirname(os.__file__), sys.base_prefix, sep='\\n')"],
                                 env=self.environment, text=True, capture_output=True, timeout=TIMEOUT, check=True).stdout.split("\n")
        self.masks = [
            (re.escape(binaries), "BIN"),
            (re.escape(self.place), "HERE"),
            (re.escape(library[0]), "LIB"),
            (re.escape(os.path.dirname(library[0])) + r"(?=/python311\.zip)", "LIB/.."),
            (r"\b0x[0-9a-f]{6,}\b", "0xADDRESS"),
        ]

    def command(self, line, masks):
        """(status, output, errors) with what must differ replaced."""
        try:
            done = subprocess.run(["sh", "-c", line], cwd=self.place, env=self.environment, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return "timeout", "", ""
        texts = []
        for data in (done.stdout, done.stderr):
            text = data.decode("utf-8", "backslashreplace")
            for pattern, replacement in self.masks + masks:
                text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
            texts.append(text)
        return done.returncode, *texts


def differences(name, mine, theirs):
    if mine == theirs:
        return ""
    lines = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), f"{name} of CPython", f"{name} of adder", lineterm="", n=1)
    return "".join(f"    {line}\n" for line in list(lines)[:40])


def compare(line, masks, runners):
    mine, theirs = (runner.command(line, masks) for runner in runners)
    late = [name for name, (status, *_) in (("adder", mine), ("CPython", theirs)) if status == "timeout"]
    if late:
        return f"    {' and '.join(late)} did not end in {TIMEOUT} s\n"
    report = ""
    if mine[0] != theirs[0]:
        report += f"    status {mine[0]}, CPython's is {theirs[0]}\n"
    return report + differences("output", mine[1], theirs[1]) + differences("errors", mine[2], theirs[2])


def run_file(path, interpreter):
    """(commands run, text of the differences)"""
    root = tempfile.mkdtemp(prefix="adder-programs-")
    try:
        runners = [Runner(interpreter, "adder", root), Runner(ORACLE, "other", root)]
        return work_through(path, runners)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def work_through(path, runners):
    masks, count, reports = [], 0, []
    lines = iter(enumerate(path.read_text().splitlines(), 1))
    for number, line in lines:
        word, _, rest = line.partition(" ")
        if not line.strip() or word == "#":
            continue
        if word == "file":
            text = ""
            for _, each in lines:
                if each == "end":
                    break
                text += each + "\n"
            for runner in runners:
                target = os.path.join(runner.place, rest)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                pathlib.Path(target).write_text(text)
                os.utime(target, (1600000000, 1600000000))
        elif word == "set":
            name, equals, value = rest.partition("=")
            for runner in runners:
                if equals:
                    runner.environment[name] = value
                else:
                    runner.environment.pop(name, None)
        elif word == "mask":
            pattern, _, replacement = rest.partition(" => ")
            masks.append((pattern, replacement))
        elif word == "$":
            count += 1
            report = compare(rest, masks, runners)
            if report:
                reports.append(f"{path.name}:{number}: {rest}\n{report}")
        else:
            raise SystemExit(f"{path.name}:{number}: no such line")
    return count, reports


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("interpreter")
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in a shell's background job; the programs would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    paths = [HERE / "cases" / f"{name}.txt" for name in options.cases] or sorted((HERE / "cases").glob("*.txt"))
    interpreter = os.path.abspath(options.interpreter)
    total = wrong = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path, (count, reports) in zip(paths, pool.map(lambda path: run_file(path, interpreter), paths)):
            total, wrong = total + count, wrong + len(reports)
            print("".join(reports), end="")
            print(f"{'FAILED ' if reports else 'ok     '} {path.stem}: {count - len(reports)} of {count}", flush=True)
    print(f"{total - wrong} of {total} commands do as under CPython")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
