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
from runner import Interpreter, out_of_time

ORACLE = "/usr/bin/python3.11"
CHUNK = 40
UNDER_STRESS = 4  # patience with an interpreter that collects all the time
ALONE = 10  # patience with a program that took too long among others
HASH_SEEDS = (0, 1, 42, 4294967295)


class Pair:
    """The two interpreters and a folder for programs."""

    def __init__(self, interpreter, stress, folder):
        self.oracle = Interpreter([ORACLE])
        self.subject = Interpreter([interpreter], {"ADDER_GC_STRESS": str(stress)}, UNDER_STRESS) if stress else Interpreter([interpreter])
        self.folder = pathlib.Path(folder)

    def outputs(self, programs, hash_seed, patience=1):
        """[(program, oracle's text, subject's text)], all in one process each."""
        paths = []
        for number, text in enumerate(programs):
            path = self.folder / f"program_{number}.py"
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
            paths.append(path)
        return list(zip(programs, self.oracle.run(paths, hash_seed, patience), self.subject.run(paths, hash_seed, patience)))

    def differs(self, program, hash_seed):
        ((_, expected, got),) = self.outputs([program], hash_seed)
        return expected != got and not out_of_time(expected, got)


def smallest(pair, program, hash_seed):
    return shrink.shrink(program, lambda text: pair.differs(text, hash_seed), shrink.compiles(program))


def check_chunk(interpreter, stress, area, seeds, shrinks):
    """Texts that describe the differences of these programs, and how many programs took too long on both interpreters."""
    warnings.simplefilter("ignore")
    hash_seed = HASH_SEEDS[seeds[0] // CHUNK % len(HASH_SEEDS)]
    reports, slow = [], 0
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(interpreter, stress, folder)
        programs = [generate.program(area, seed) for seed in seeds]
        for seed, (program, expected, got) in zip(seeds, pair.outputs(programs, hash_seed)):
            timed_out = out_of_time(expected, got)
            if timed_out:
                # A busy machine is no difference: once more, alone, with much time.
                ((_, expected, got),) = pair.outputs([program], hash_seed, ALONE)
                if out_of_time(expected) and out_of_time(got):
                    slow += 1
                    continue
            if expected == got or "<too long>" in expected:
                continue
            alone = timed_out or pair.differs(program, hash_seed)
            if alone and not timed_out and len(reports) < shrinks:
                program = smallest(pair, program, hash_seed)
            if alone and not timed_out:
                ((_, expected, got),) = pair.outputs([program], hash_seed)
            reports.append(describe(area, seed, hash_seed, program, expected, got, alone, folder))
    return reports, slow


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
    started, programs, different, slow = time.monotonic(), 0, 0, 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        futures = []
        for area, seeds in chunks(areas, options.count, options.seed):
            programs += len(seeds)
            futures.append(pool.submit(check_chunk, interpreter, options.stress, area, seeds, options.shrink))
        for future in concurrent.futures.as_completed(futures):
            reports, too_long = future.result()
            slow += too_long
            for report in reports:
                different += 1
                print(report, flush=True)
    print(f"differential: {programs} programs, {different} different, {slow} too long for both ({time.monotonic() - started:.0f} s)")
    return different > 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
