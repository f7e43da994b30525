"""Differential testing: generated programs run on CPython 3.11 and on adder must print the same.

compare.py [--count N] [--seed S] [--areas A,B] [--stress N] INTERPRETER: exit status 1 when any differs; the smallest
program of each difference is printed."""
import argparse
import concurrent.futures
import difflib
import pathlib
import sys
import tempfile
import time
import warnings

import generate
import shrink
from areas import AREAS, LIBRARY, NOT_UNDER_STRESS
from runner import Interpreter

ORACLE = "/usr/bin/python3.11"
CHUNK = 40
HASH_SEEDS = (0, 1, 42, 4294967295)


class Pair:
    """The two interpreters and a folder for programs."""

    def __init__(self, interpreter, stress, folder):
        self.oracle = Interpreter([ORACLE])
        self.subject = Interpreter([interpreter], {"ADDER_GC_STRESS": str(stress)} if stress else {})
        self.folder = pathlib.Path(folder)

    def outputs(self, programs, hash_seed):
        """[(program, oracle's text, subject's text)], all in one process each."""
        paths = []
        for number, text in enumerate(programs):
            path = self.folder / f"program_{number}.py"
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
            paths.append(path)
        return list(zip(programs, self.oracle.run(paths, hash_seed), self.subject.run(paths, hash_seed)))

    def differs(self, program, hash_seed):
        ((_, expected, got),) = self.outputs([program], hash_seed)
        return expected != got and "<time over>" not in expected + got


def smallest(pair, program, hash_seed):
    return shrink.shrink(program, lambda text: pair.differs(text, hash_seed), shrink.compiles(program))


def check_chunk(interpreter, stress, area, seeds, shrinks):
    """Texts that describe the differences of these programs, and how many there are."""
    warnings.simplefilter("ignore")
    hash_seed = HASH_SEEDS[seeds[0] // CHUNK % len(HASH_SEEDS)]
    reports = []
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(interpreter, stress, folder)
        programs = [generate.program(area, seed) for seed in seeds]
        for seed, (program, expected, got) in zip(seeds, pair.outputs(programs, hash_seed)):
            if expected == got or "<time over>" in expected + got:
                continue
            alone = pair.differs(program, hash_seed)
            if alone and len(reports) < shrinks:
                program = smallest(pair, program, hash_seed)
            if alone:
                ((_, expected, got),) = pair.outputs([program], hash_seed)
            reports.append(describe(area, seed, hash_seed, program, expected, got, alone, folder))
    return reports


def describe(area, seed, hash_seed, program, expected, got, alone, folder):
    changes = difflib.unified_diff(expected.splitlines(), got.splitlines(), "oracle", "adder", lineterm="", n=1)
    place = "" if alone else ", only after other programs in the same process"
    lines = [f"=== {area} {seed} (PYTHONHASHSEED={hash_seed}{place})"] + (program.splitlines() if alone else []) + ["---", *list(changes)[:40]]
    return "\n".join(lines).replace(folder, "")


def chosen(names, stress):
    if names == "library":
        return LIBRARY
    if names:
        return names.split(",")
    return [area for area in AREAS if area not in LIBRARY and not (stress and area in NOT_UNDER_STRESS)]


def chunks(areas, count, first):
    """(area, seeds): the programs are shared out evenly."""
    each = -(-count // len(areas))
    for start in range(first, first + each, CHUNK):
        for area in areas:
            yield area, list(range(start, min(start + CHUNK, first + each)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--areas", default="", help="names of areas, or `library`; all but the library without it")
    parser.add_argument("--stress", type=int, default=0, help="ADDER_GC_STRESS of the interpreter")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shrink", type=int, default=2, help="how many programs of a chunk are made smaller")
    parser.add_argument("interpreter")
    options = parser.parse_args()
    areas = chosen(options.areas, options.stress)
    interpreter = str(pathlib.Path(options.interpreter).absolute())
    started, programs, different = time.monotonic(), 0, 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        futures = []
        for area, seeds in chunks(areas, options.count, options.seed):
            programs += len(seeds)
            futures.append(pool.submit(check_chunk, interpreter, options.stress, area, seeds, options.shrink))
        for future in concurrent.futures.as_completed(futures):
            for report in future.result():
                different += 1
                print(report, flush=True)
    print(f"differential: {programs} programs, {different} different ({time.monotonic() - started:.0f} s)")
    return different > 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
