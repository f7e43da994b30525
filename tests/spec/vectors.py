"""vectors.py PKG_TEST: runs the unit tests over the vectors and adds up which cases of which tables they ran.

Fails when a table is neither run nor named, with a reason, in left_out.txt. Skips where the shared data is missing."""
import fnmatch
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.environ.get("ADDER_SHARED") or os.path.join(HERE, "../../../shared"), "data")
SUITES = "Name*:Version*:Specifier*:Marker*:Requirement*:Tags*:Tag*:WheelName*:Metadata*:DirectUrl*:Lock*:Manifest*:Dist*:Vectors*:License*:Group*:DependencyGroups*"


def tables():
    """(file, test, arguments) → number of cases, of every file with tables."""
    found = {}
    for folder, prefix in (("packaging-vectors", ""), ("marker-algebra", "poetry_core_")):
        for name in sorted(os.listdir(os.path.join(DATA, folder))):
            if not name.endswith(".json") or not name.startswith(prefix):
                continue
            with open(os.path.join(DATA, folder, name), encoding="utf-8") as file:
                content = json.load(file)
            for table in content["tables"] if isinstance(content, dict) else content:
                key = (f"{folder}/{name}", table["test"], ",".join(table.get("argnames", [])))
                found[key] = found.get(key, 0) + len(table["cases"])
    return found


def counted(pkg_test):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "counts")
        environment = dict(os.environ, ADDER_VECTOR_COUNTS=path)
        done = subprocess.run([pkg_test, f"--gtest_filter={SUITES}", "--gtest_brief=1"], env=environment, timeout=600)
        with open(path, encoding="utf-8") as file:
            ran = {tuple(line.rstrip("\n").split("\t")[:3]) for line in file}
    return ran, done.returncode


def left_out():
    with open(os.path.join(HERE, "left_out.txt"), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]


def main(pkg_test):
    if not os.path.isdir(DATA):
        print(f"{DATA} is missing: skipped")
        return 0
    ran, status = counted(pkg_test)
    reasons = left_out()
    total = run = 0
    problems = []
    for (file, test, arguments), cases in tables().items():
        total += cases
        if (file, test, arguments) in ran or (file, test, "*") in ran:
            run += cases
            continue
        named = any(file == f and fnmatch.fnmatchcase(test, t) and a in ("*", arguments) for f, t, a, _ in reasons)
        if not named:
            problems.append(f"{file}: {test}({arguments}) with {cases} cases is not run")
    for problem in problems:
        print(problem)
    print(f"ran {run} of {total} cases; {total - run} stand in tables that left_out.txt names")
    return 1 if problems or status else 0


sys.exit(main(*sys.argv[1:]))
