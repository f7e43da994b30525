"""Runs probes on both interpreters and compares what they print, line by line.

    run.py INTERPRETER [--share PART] [--seed N] [--show N] [PROBE…]

A probe is one of probe_*.py. What excused.txt names, and what CPython dies of while adder answers, is no difference. --share: the part of the library that is looked at (1 = all of it).
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
ORACLE = "/usr/bin/python3.11"


def lines_of(interpreter, probe, options, into):
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", LC_ALL="C.UTF-8", PYTHONPATH=str(HERE))
    done = subprocess.run([interpreter, "-W", "ignore", HERE / f"probe_{probe}.py", str(options.share), str(options.seed)],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment)
    into[interpreter] = done.returncode, done.stdout.decode("utf-8").split("\n")


def compare(probe, options):
    """(lines, lines that differ)"""
    answers = {}
    sides = [ORACLE, os.path.abspath(options.interpreter)]
    threads = [threading.Thread(target=lines_of, args=(side, probe, options, answers)) for side in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (status, wanted), (our_status, got) = (answers[side] for side in sides)
    if status or our_status:
        print(f"{probe}: the probe ended with status {status} under CPython, {our_status} under adder")
        return len(wanted), 1 + abs(len(wanted) - len(got))
    theirs, ours = (dict(line.partition("\t")[::2] for line in lines) for lines in (wanted, got))
    excused = [re.compile(line.partition("\t")[0]) for line in (HERE / "excused.txt").read_text().splitlines() if line and line[0] != "#"]
    for key in theirs:
        crashed = theirs[key].startswith("ended with status") and not ours.get(key, "ended").startswith("ended")
        if crashed or any(pattern.match(key) for pattern in excused):
            theirs[key] = ours.get(key)
    wrong = [key for key in theirs.keys() | ours.keys() if theirs.get(key) != ours.get(key)]
    for key in sorted(wrong)[:options.show]:
        print(f"{key}\n    wanted {theirs.get(key, 'nothing')[:1000]}\n    got    {ours.get(key, 'nothing')[:1000]}")
    return len(theirs), len(wrong)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("interpreter")
    parser.add_argument("probes", nargs="*")
    parser.add_argument("--share", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20)
    options = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")
    total = 0
    for probe in options.probes or sorted(path.stem.removeprefix("probe_") for path in HERE.glob("probe_*.py")):
        count, wrong = compare(probe, options)
        total += wrong
        print(f"{probe}: {count - wrong} of {count} answers equal", flush=True)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
