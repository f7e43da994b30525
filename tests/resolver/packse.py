"""Runs the packse scenarios against adder: packse.py ADDER [--report] [NAME...]

Installs (`pip install --dry-run --report -`), universal locks (`lock`) and compiles (`pip compile`) are compared with uv's
recorded outcomes in ../shared/data/packse; a scenario without a record with its own expectation. `passing.txt` lists the
cases that pass and only grows; a case that fails and is not in `omissions.txt` (with its reason) is a failure.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

import explanation
import locks

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.dirname(HERE))
from static_index import StaticIndex  # noqa: E402 (of the folder above)


class Difference(Exception):
    pass


class Harness:
    def __init__(self, adder, data):
        self.adder, self.data = os.path.abspath(adder), data
        self.place = tempfile.mkdtemp(prefix="adder-packse-")
        self.server = StaticIndex(os.path.join(data, "index")).__enter__()
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": self.place, "LC_ALL": "C.UTF-8",
                            "ADDER_CACHE_DIR": os.path.join(self.place, "cache")}
        self.batch_process = subprocess.Popen([self.adder, "spec", "batch"], stdin=subprocess.PIPE,
                                              stdout=subprocess.PIPE, text=True, env=self.environment)

    def close(self):
        self.batch_process.stdin.close()
        self.batch_process.wait(60)
        self.server.__exit__()
        shutil.rmtree(self.place, ignore_errors=True)

    def batch(self, request):
        self.batch_process.stdin.write(json.dumps(request) + "\n")
        self.batch_process.stdin.flush()
        answer = json.loads(self.batch_process.stdout.readline())
        if "error" in answer:
            raise Difference(f"spec batch: {request}: {answer['error']}")
        return answer

    def run(self, *arguments, cwd=None):
        return subprocess.run([self.adder, *arguments], cwd=cwd or self.place, env=self.environment, capture_output=True,
                              text=True, timeout=200)

    def index(self, scenario):
        return scenario.removesuffix(".toml") + "/simple"

    # What uv's text is about must be in ours; what uv says only to tell which versions there are need not be.
    def compare_explanation(self, scenario, ours, theirs):
        directory = os.path.join(self.data, "index", self.index(scenario))
        versions = explanation.load_versions(directory)
        with open(os.path.join(self.data, "scenarios", scenario), "rb") as file:
            names = set(tomllib.load(file).get("packages", {})) | {"a", "b", "c", "d"}
        names |= set(versions)
        ranges = explanation.Ranges(self.batch, versions)
        theirs = explanation.body(theirs)
        theirs = re.sub(r"only the following versions of .*? are available:(\s+\S+[<>=]=?\S+\n)+", "", theirs)
        theirs = re.sub(r"only \S+ is available", "", theirs)
        got = explanation.mentions(explanation.body(ours), names, ranges)
        want = explanation.mentions(theirs, names, ranges)
        if {n for n, _ in got} != {n for n, _ in want} or not want <= got:
            raise Difference("the explanation names other packages or ranges\n"
                             f"  missing: {explanation.show(want - got)}\n  ours besides: {explanation.show(got - want)}\n"
                             f"{ours}\nuv: {theirs}")

    def install(self, test, html=False):
        self.server.html = html
        scenario = test["scenario"]
        arguments = list(test["args"])
        python = test["env_python"][0].strip('"')
        target = os.path.join(self.place, "target")
        done = self.run("pip", "install", "--dry-run", "--report", "-", "--python-version", python, "--target", target,
                        "--index-url", self.server.url(self.index(scenario)), *arguments)
        if test["exit"] == 0:
            if done.returncode != 0:
                raise Difference(f"status {done.returncode}\n{done.stderr}")
            report = json.loads(done.stdout)
            got = {item["metadata"]["name"]: item["metadata"]["version"] for item in report["install"]}
            if test["installed"] and got != test["installed"]:
                raise Difference(f"installed {got}, not {test['installed']}")
            return
        if done.returncode != 3:
            raise Difference(f"status {done.returncode}, 3 was expected\n{done.stdout}{done.stderr}")
        if "Because" in test["output"]:
            self.compare_explanation(scenario, done.stderr, test["output"])

    def lock(self, test):
        self.server.html = False
        scenario = test["scenario"]
        project = tempfile.mkdtemp(dir=self.place)
        with open(os.path.join(project, "pyproject.toml"), "w", encoding="utf-8") as file:
            file.write(test["pyproject"][0].replace("[tool.uv", "[tool.adder"))
        done = self.run("lock", "--index-url", self.server.url(self.index(scenario)), cwd=project)
        if test["runs"][0]["exit"] != 0:
            if done.returncode != 3:
                raise Difference(f"status {done.returncode}, 3 was expected\n{done.stdout}{done.stderr}")
            if "Because" in test["runs"][0]["output"]:
                self.compare_explanation(scenario, done.stderr, test["runs"][0]["output"])
            return
        if done.returncode != 0:
            raise Difference(f"status {done.returncode}\n{done.stderr}")
        if not test["locks"]:
            return
        with open(os.path.join(self.data, "expected", test["locks"][0]), "rb") as file:
            want = tomllib.load(file)
        with open(os.path.join(project, "pylock.toml"), "rb") as file:
            got = tomllib.load(file)
        problems = locks.compare(got, want, self.batch)
        if problems:
            raise Difference("\n".join(problems))

    def compile(self, test):
        self.server.html = False
        scenario = test["scenario"]
        project = tempfile.mkdtemp(dir=self.place)
        with open(os.path.join(project, "requirements.in"), "w", encoding="utf-8") as file:
            file.write(test["requirements_in"][0].replace("\\n", "\n"))
        arguments = list(test["args"])
        if not any(a.startswith("--python-version") for a in arguments):
            arguments.append("--python-version=" + test["env_python"][0][1].strip('"'))
        done = self.run("pip", "compile", "requirements.in", "--index-url", self.server.url(self.index(scenario)), *arguments,
                        cwd=project)
        if test["exit"] != 0:
            if done.returncode != 3:
                raise Difference(f"status {done.returncode}, 3 was expected\n{done.stdout}{done.stderr}")
            if "Because" in test["output"]:
                self.compare_explanation(scenario, done.stderr, test["output"])
            return
        if done.returncode != 0:
            raise Difference(f"status {done.returncode}\n{done.stderr}")
        pins = lambda text: sorted(line.strip() for line in text.splitlines() if re.match(r"[a-z][^ ]*==", line))
        if pins(done.stdout) != pins(test["output"]):
            raise Difference(f"pins {pins(done.stdout)}, not {pins(test['output'])}")

    # A scenario that uv recorded nothing for: its own expectation.
    def bare(self, scenario):
        with open(os.path.join(self.data, "scenarios", scenario), "rb") as file:
            data = tomllib.load(file)
        expected = data.get("expected", {})
        url = self.server.url(self.index(scenario))
        if data.get("resolver_options", {}).get("universal"):
            project = tempfile.mkdtemp(dir=self.place)
            with open(os.path.join(project, "pyproject.toml"), "w", encoding="utf-8") as file:
                file.write('[project]\nname = "project"\nversion = "0.1.0"\nrequires-python = '
                           f'"{data["root"].get("requires_python", ">=3.12")}"\ndependencies = {json.dumps(data["root"]["requires"])}\n')
            done = self.run("lock", "--index-url", url, cwd=project)
        else:
            done = self.run("pip", "install", "--dry-run", "--report", "-", "--python-version",
                            data.get("environment", {}).get("python", "3.12"), "--target", os.path.join(self.place, "target"),
                            "--index-url", url, *data["root"]["requires"])
        want = 0 if expected.get("satisfiable", True) else 3
        if done.returncode != want:
            raise Difference(f"status {done.returncode}, {want} was expected\n{done.stderr}")


def data_directory():
    return os.path.join(os.environ.get("ADDER_SHARED") or os.path.join(HERE, "..", "..", "..", "shared"), "data", "packse")


def cases(harness):
    """(name, check) of every scenario."""
    recorded = set()

    def load(kind):
        with open(os.path.join(harness.data, "expected", kind + ".json"), encoding="utf-8") as file:
            tests = json.load(file)
        recorded.update(test["scenario"] for test in tests)
        return tests

    out = []
    for test in load("install"):
        out.append(("install/" + test["test"], lambda t=test: harness.install(t)))
        out.append(("install-html/" + test["test"], lambda t=test: harness.install(t, html=True)))
    for test in load("lock"):
        out.append(("lock/" + test["test"], lambda t=test: harness.lock(t)))
    for test in load("compile"):
        out.append(("compile/" + test["test"], lambda t=test: harness.compile(t)))
    scenarios = os.path.join(harness.data, "scenarios")
    for folder in sorted(os.listdir(scenarios)):
        for name in sorted(os.listdir(os.path.join(scenarios, folder))):
            if f"{folder}/{name}" not in recorded:
                out.append((f"bare/{name.removesuffix('.toml')}", lambda s=f"{folder}/{name}": harness.bare(s)))
    return out


def listed(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    return dict((line.partition(": ")[0], line.partition(": ")[2]) for line in lines)


def main():
    adder, *rest = sys.argv[1:]
    accept = "--accept" in rest
    names = [name for name in rest if not name.startswith("--")]
    data = data_directory()
    if not os.path.isdir(data):
        print(f"skipped: {data} is missing (set ADDER_SHARED)")
        return 0
    omissions, passing = listed("omissions.txt"), listed("passing.txt")
    harness = Harness(adder, data)
    good, bad, omitted, seen = [], [], [], set()
    try:
        for name, check in cases(harness):
            if names and not any(part in name for part in names):
                continue
            seen.add(name)
            try:
                check()
                good.append(name)
            except (Difference, subprocess.TimeoutExpired, ValueError) as problem:
                (omitted if name in omissions else bad).append(name)
                if name not in omissions or names:
                    print(f"{name}: {problem}\n")
    finally:
        harness.close()
    if accept:
        with open(os.path.join(HERE, "passing.txt"), "w", encoding="utf-8") as file:
            file.write("# Cases that pass; the list only grows (packse.py --accept).\n")
            file.write("".join(name + "\n" for name in sorted(set(good) | set(passing))))
    stale = [name for name in good if name in omissions]
    for name in stale:
        print(f"{name} passes: take it out of omissions.txt")
    fell = [name for name in bad if name in passing]
    for name in fell:
        print(f"{name} passed before")
    print(f"packse: {len(good)} as recorded, {len(omitted)} omitted with a reason, {len(bad)} failed")
    return 1 if bad or stale else 0


if __name__ == "__main__":
    sys.exit(main())
