"""Looks for leaks: runs modules of CPython's test suite several times each with libregrtest's `-R 3:3` and prints what leaks.

    refleaks.py INTERPRETER [WHAT…] [--accept] [--timeout S] [--jobs N] [--verbose]

INTERPRETER sums up its references (the preset `refcheck`): it has sys.gettotalrefcount. WHAT: `lists` (the modules in refleak.list,
none of which may leak; the default), a tier's letter, or modules' names without test_. A module is clean when, run three times
after three runs to warm up, no run adds references, memory blocks or file descriptors that stay. Tests that cannot pass here
(excused.txt, refleak_excused.txt, for want of a test module, and what the oracle does not pass) are left out. --accept adds clean modules to refleak.list.
"""
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import suite

LIST = suite.HERE / "refleak.list"
EXCUSED = suite.HERE / "refleak_excused.txt"
# Under -R these outlast the others.
SLOW = ("multiprocessing_spawn", "multiprocessing_forkserver", "multiprocessing_fork", "concurrent_futures", "asyncio", "regrtest",
        "threading", "subprocess", "signal", "io", "logging", "descr", "gc", "zipfile", "codecs", "statistics")


@dataclasses.dataclass
class Result:
    clean: bool
    summary: str
    seconds: float
    text: str


def rows(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.strip() for line in lines if line.strip() and line[0] != "#"]


def left_out(python, name, options, known):
    """Ids of the tests that a first run does not pass and need not: what the oracle passes and is not excused stays."""
    run = suite.run_module(python, name, options.timeout)
    free = suite.excused() | set(rows(EXCUSED)) | known[name][1]
    return sorted(test for test, outcome in run.outcomes.items()
                  if outcome != "ok" and (test in free or suite.needs_test_module(run, test)))


def summary_of(status, text):
    leaks = re.findall(r"^test_\w+ leaked (\[.*?\] [a-z ]+), sum", text, re.MULTILINE)
    if leaks:
        return False, "; ".join(leaks)
    if status == "timeout":
        return False, "timeout"
    if re.search(r"^(All 1 tests|\d+ tests?) skipped|Result: NO TESTS? RAN", text, re.MULTILINE | re.IGNORECASE):
        return False, "skipped"
    if status:
        failures = re.findall(r"^(?:FAIL|ERROR): (.*)$", text, re.MULTILINE)
        return False, "failed: " + (", ".join(dict.fromkeys(failures))[:300] or f"status {status}: {suite.last_line(text)}")
    return True, ""


def run_module(python, name, options, known):
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="adder-refleaks-", ignore_cleanup_errors=True) as directory:
        ignored, log, work = (pathlib.Path(directory, each) for each in ("ignored", "log", "work"))
        ignored.write_text("".join(f"{test}\n" for test in left_out(python, name, options, known)))
        work.mkdir()
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TMPDIR=str(work))
        environment.pop("PYTHONPATH", None)
        command = [python, "-W", "ignore", suite.HERE / "run_regrtest.py", "-R", "3:3", "--ignorefile", ignored, f"test_{name}"]
        with open(log, "wb") as output:
            process = subprocess.Popen(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=suite.limit_resources)
            try:
                status = process.wait(options.timeout)
            except subprocess.TimeoutExpired:
                status = "timeout"
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        text = log.read_text(encoding="utf-8", errors="replace")
    clean, summary = summary_of(status, text)
    return Result(clean, summary, time.monotonic() - start, text)


def main():
    parser = suite.command_line("*", timeout=1200)
    options = parser.parse_args()
    if subprocess.run([options.interpreter, "-c", "import sys; sys.gettotalrefcount"], stderr=subprocess.DEVNULL).returncode:
        parser.error(f"{options.interpreter} does not sum up its references; build the preset refcheck")
    table = suite.tiers()
    names = []
    for what in options.what or ["lists"]:
        names += sorted(rows(LIST), key=lambda name: name not in SLOW) if what == "lists" else table.get(what, [what.removeprefix("test_")])
    known = suite.oracle_results()
    if unknown := [name for name in names if name not in known]:
        parser.error(f"oracle.txt knows nothing of {' '.join(unknown)}")
    results = {}
    with tempfile.TemporaryDirectory(prefix="adder-suite-environment-") as directory:
        # What a compiled extension takes and gives back itself is not in the interpreter's sum.
        python = suite.make_environment(options.interpreter, directory, extensions=())
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            runs = {pool.submit(run_module, python, name, options, known): name for name in names}
            for done in concurrent.futures.as_completed(runs):
                name, result = runs[done], done.result()
                results[name] = result
                print(f"{name}: {result.summary or 'clean'} ({result.seconds:.1f} s)", flush=True)
                if options.verbose and not result.clean:
                    print(result.text[-6000:], flush=True)
    clean = {name for name in names if results[name].clean}
    print(f"refleaks: {len(clean)} of {len(names)} modules clean")
    if options.accept:
        listed = set(rows(LIST))
        LIST.write_text("".join(f"{name}\n" for name in sorted(listed | clean)))
        print(f"{len(clean - listed)} added to {LIST.name}")
        return 0
    return len(clean) < len(names)


if __name__ == "__main__":
    sys.exit(main())
