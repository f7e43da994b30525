"""The interpreter against CPython: interp_bench.py --python ADDER_PYTHON --programs DIR [--rounds N] [--only a,b] [--record]

Runs the programs of DIR through its compare.py, interleaved. Fails where an output differs, where the geometric mean of the speeds
falls below 0.85 of CPython's, or where `-c pass` takes longer than CPython's.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

import history

ORACLE = "/usr/bin/python3.11"
LOWEST_GEOMEAN = 0.85


def compare(options):
    with tempfile.TemporaryDirectory() as place:
        out = os.path.join(place, "figures.json")
        command = [ORACLE, os.path.join(options.programs, "compare.py"), "--rounds", str(options.rounds), "--json", out]
        command += ["--only", options.only] if options.only else []
        status = subprocess.run([*command, f"cpython={ORACLE}", f"adder={options.python}"]).returncode
        with open(out) as file:
            return status, json.load(file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", required=True)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    status, rows = compare(options)
    speeds = {name: round(row["adder"]["ratio"], 3) for name, row in rows.items() if "ratio" in row["adder"]}
    programs = [speed for name, speed in speeds.items() if not name.startswith("startup_")]
    figures = dict(speeds)
    failed = status != 0
    if programs:
        figures["geomean"] = round(math.exp(sum(map(math.log, programs)) / len(programs)), 3)
        failed = failed or figures["geomean"] < LOWEST_GEOMEAN
        before = history.last("interp").get("geomean")
        print(f"geomean {figures['geomean']} of CPython's speed (at least {LOWEST_GEOMEAN}{f'; recorded {before}' if before else ''})")
    if "startup_pass" in rows:
        ours, theirs = (rows["startup_pass"][who]["ms"] for who in ("adder", "cpython"))
        figures["startup_pass_ms"] = round(ours, 2)
        failed = failed or ours > theirs
        print(f"-c pass {ours:.1f} ms (CPython {theirs:.1f} ms)")
    if options.record and not options.only:
        history.record("interp", figures)
    print("FAILED" if failed else "ok")
    return failed


if __name__ == "__main__":
    sys.exit(main())
