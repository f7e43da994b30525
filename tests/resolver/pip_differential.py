"""pip's own test packages and indexes: adder must choose what pip 23 chooses, and refuse what it refuses.

pip_differential.py ADDER [NAME...]: adder resolves every request of `REQUESTS` over ../shared/data/pip; pip_verdicts.json
holds what pip 23.0.1 says. With --record in place of ADDER, pip is asked again. Source archives are built by both, with the
setuptools and wheel of Debian's python-wheels. Skips where these or the data are missing.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
WHEELS = "/usr/share/python-wheels"
VERDICTS = os.path.join(HERE, "pip_verdicts.json")

# (name, places, arguments): places are below data/pip, `find-links` or `index:…`.
PACKAGES = ["packages"]
REQUESTS = [(name, PACKAGES, name.split()) for name in (
    "simple", "simple==2.0", "simple<3", "simple>=1,!=3.0", "simple==9", "simple2", "simplewheel", "simplewheel==1.0",
    "simplewheel==2.0", "simplewheel --only-binary=:all:", "simple --only-binary=:all:", "simplewheel --no-binary=:all:", "priority",
    "priority --no-binary=priority", "meta", "colander", "complex-dist", "has.script", "license.dist", "license.dist==0.1", "simple.dist",
    "brokenwheel", "corruptwheel", "invalid", "invalid-version", "invalid-version==1.0", "pkg-prerelease", "pkg-prerelease --pre",
    "pkg-prerelease==1.0a1", "require-invalid-version", "require-invalid-version==0.1", "require-invalid-version==1.0",
    "requires-simple-extra", "requires-simple-extra[extra]", "requires-source", "require-simple", "requiresupper", "Upper", "upper==1.0",
    "TopoRequires4", "singlemodule", "singlemodule==0.0.0", "pip-test-package", "translationstring", "source", "duplicate",
    "simple_namespace", "script.wheel1", "script.wheel2a", "compilewheel", "console-scripts-uppercase", "prjwithdatafile",
    "broken==0.1", "brokenegginfo", "wheelbroken", "wheelbrokenafter", "parent", "child", "mypy", "mypy --no-deps", "nothing-of-the-kind",
    "simple==1.0 simple==2.0", "require-simple simple<2", "pep518", "pep518-forkbomb", "argparse", "INITools", "gmpy2", "setuptools<1",
)]
REQUESTS += [
    ("two places", ["packages", "packages2"], ["duplicate"]),
    ("pypi_packages six", ["pypi_packages"], ["six"]),
    ("pypi_packages INITools", ["pypi_packages"], ["INITools"]),
    ("yanked", ["index:yanked"], ["simple"]),
    ("yanked pinned", ["index:yanked"], ["simple==3.0"]),
    ("yanked pinned ===", ["index:yanked"], ["simple===3.0"]),
    ("yanked all", ["index:yanked_all"], ["simple"]),
    ("yanked all pinned", ["index:yanked_all"], ["simple==3.0"]),
    ("pre", ["index:pre"], ["bar"]),
    ("pre --pre", ["index:pre"], ["bar", "--pre"]),
    ("dev", ["index:dev"], ["bar"]),
    ("dev --pre", ["index:dev"], ["bar", "--pre"]),
    ("dev pinned", ["index:dev"], ["bar>=2.0.dev0"]),
    ("datarequire", ["index:datarequire"], ["fakepackage"]),
    ("datarequire, old Python", ["index:datarequire"], ["fakepackage", "--python-version", "3.3", "--only-binary=:all:"]),
    ("index simple", ["index:simple"], ["simple"]),
    ("index with a blank", ["index:in dex"], ["simple"]),
    ("index require-invalid-version", ["index:require-invalid-version"], ["require-invalid-version"]),
    ("index require-invalid-version old", ["index:require-invalid-version"], ["require-invalid-version==0.1"]),
    ("index invalid-version", ["index:invalid-version"], ["invalid-version"]),
]


def listed(path):
    out = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.strip().partition(": ")
                out[name] = reason
    return out


def source_options(data, places):
    out = []
    for place in places:
        if place.startswith("index:"):
            out += ["--index-url", "file://" + os.path.join(data, "indexes", place[6:]).replace(" ", "%20")]
        else:
            out += ["--find-links", os.path.join(data, place)]
    if not any(place.startswith("index:") for place in places):
        out.append("--no-index")
    return out + ["--find-links", WHEELS]


def outcome(command, environment, cwd):
    """Name → version of what would be installed, or None where the program refuses."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, timeout=120)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    if done.returncode != 0:
        return None, done.stderr
    report = json.loads(done.stdout)
    return {item["metadata"]["name"].lower().replace("_", "-").replace(".", "-"): item["metadata"]["version"] for item in report["install"]}, ""


def ask(program, data, request):
    """(name, outcome, error text) of `program`, a list of words."""
    name, places, arguments = request
    place = tempfile.mkdtemp(prefix="adder-pip-")
    environment = {"PATH": "/usr/bin:/bin", "HOME": place, "LC_ALL": "C.UTF-8", "ADDER_CACHE_DIR": place + "/cache", "TMPDIR": place,
                   "PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_RETRIES": "0"}
    command = [*program, "install", "--dry-run", "--report", "-", "-q", "--ignore-installed", "--target", place + "/target",
               *source_options(data, places), *arguments]
    try:
        return name, *outcome(command, environment, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def record(data):
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda request: ask(["/usr/bin/python3.11", "-m", "pip"], data, request), REQUESTS)
        verdicts = {name: verdict for name, verdict, _ in answers}
    with open(VERDICTS, "w", encoding="utf-8") as file:
        json.dump(verdicts, file, indent=1, sort_keys=True)
        file.write("\n")
    print(f"recorded {len(verdicts)} verdicts")


def main():
    data = os.path.join(os.environ.get("ADDER_SHARED") or os.path.join(HERE, "..", "..", "..", "shared"), "data", "pip")
    if not os.path.isdir(data) or not os.path.isdir(WHEELS):
        print(f"skipped: {data} or {WHEELS} is missing")
        return 0
    if sys.argv[1] == "--record":
        return record(data)
    program, wanted = [os.path.abspath(sys.argv[1]), "pip"], sys.argv[2:]
    with open(VERDICTS, encoding="utf-8") as file:
        verdicts = json.load(file)
    differences = listed(os.path.join(HERE, "pip_differences.txt"))
    bad = equal = known = 0
    requests = [request for request in REQUESTS if not wanted or request[0] in wanted]
    with ThreadPoolExecutor(2) as pool:
        for name, ours, error in pool.map(lambda request: ask(program, data, request), requests):
            if verdicts[name] == ours:
                equal += 1
                if name in differences:
                    bad += 1
                    print(f"{name}: as pip does it now; take it out of pip_differences.txt")
            elif name in differences and not wanted:
                known += 1
            else:
                bad += 1
                print(f"{name}: pip {verdicts[name]}, adder {ours}\n{error}")
    print(f"pip: {equal} verdicts as pip's, {known} different with a reason, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
