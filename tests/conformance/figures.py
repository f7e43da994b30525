"""Runs everything here that CI keeps, and prints one line a figure. figures.py BUILD

Of each tier: the modules in passing.list, which must pass, of those that there are. Ends with status 1 when something does not hold.
"""
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SUITE = HERE / "suite"


def names(path):
    return [line.split()[0] for line in path.read_text().splitlines() if line.strip() and line[0] != "#"] if path.exists() else []


def run(*command):
    """(whether it held, seconds, its last line); all it says goes to stderr."""
    start = time.monotonic()
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, errors="replace")
    sys.stderr.write(done.stdout)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return done.returncode == 0, time.monotonic() - start, lines[-1] if lines else "nothing"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    conformance = HERE / "run"
    os.environ["ADDER_BUILD"] = str(build)
    good = True
    figures = []

    def figure(what, held, text, seconds):
        nonlocal good
        good = good and held
        figures.append(f"{'ok    ' if held else 'FAILED'} {what:14} {text} ({seconds:.0f} s)")
        print(figures[-1], flush=True)

    for level in [], ["-O"], ["-OO"]:
        held, seconds, line = run(conformance, "bytecode", *level)
        words = line.split()
        figure("bytecode", held and words[1:2] == words[3:4], line.removeprefix("bytecode: "), seconds)
    for what, arguments in (("tracebacks", []), ("differential", ["--share", "0.02"]), ("pyc", ["--modules", "6"])):
        held, seconds, line = run(conformance, what, *arguments)
        figure(what, held, line.partition(": ")[2], seconds)
    held, seconds, line = run(HERE.parent / "capi/run", build)
    figure("C API", held, line, seconds)
    held, seconds, line = run(conformance, "lists")
    figure("suite", held, line.partition(": ")[2], seconds)
    listed = set(names(SUITE / "passing.list"))
    reasons = {}
    for line in (SUITE / "missing.txt").read_text().splitlines():
        if line and line[0] != "#":
            name, test, reason = (part.strip() for part in line.replace("\t\t", "\t").split("\t"))
            reasons[name] = f"{test}: {reason}"
    for line in (SUITE / "tiers.txt").read_text().splitlines():
        if line and line[0] != "#":
            tier, *modules = line.split()
            missing = [name for name in modules if name not in listed]
            print(f"       tier {tier}         {len(modules) - len(missing)} of {len(modules)} modules pass")
            for name in missing:
                print(f"           {name}: {reasons.get(name, 'no reason is known')}")
    print(f"       leak-free      {len(names(SUITE / 'refleak.list'))} modules (`./dev refcheck` runs them)")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
