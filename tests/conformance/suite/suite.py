"""Runs modules of CPython's own test suite under another interpreter and prints a table.

    suite.py INTERPRETER WHAT… [--accept] [--baseline] [--timeout S] [--jobs N] [--verbose]

WHAT: a tier's letter, `lists` (the modules in passing.list, which must all pass), or modules' names without test_.
A module passes when it ends and each of its tests has the outcome that the oracle has; what the oracle skips or fails
is free, as are the tests in excused.txt. oracle.txt holds the oracle's results; --baseline (run with the oracle as INTERPRETER) writes them.
--accept adds new passes to passing.list. --verbose prints what a failing module wrote.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PASSING = HERE / "passing.list"
ORACLE = HERE / "oracle.txt"
EXCUSED = HERE / "excused.txt"
SUITE = pathlib.Path("/usr/lib/python3.11/test")
EXTENSIONS = pathlib.Path("/usr/lib/python3.11/lib-dynload")
# Of CPython's compiled test modules those that need no more than the C API: they are loaded as they are.
LOADED = ("_testbuffer", "_testmultiphase", "_testimportmultiple", "_ctypes_test", "_xxtestfuzz")
MEMORY_LIMIT = 4 << 30
# These wait most of their time; started first they do not lengthen the run.
SLOW = ("asyncio", "concurrent_futures", "multiprocessing_spawn", "multiprocessing_forkserver", "multiprocessing_fork", "signal",
        "io", "subprocess", "trace", "largefile", "logging")
# CPython's C modules for testing itself; a test that cannot run for want of one is no difference.
TEST_MODULES = ("_testcapi", "_testinternalcapi", "_testclinic", "_xxsubinterpreters", "xxlimited")


# Skips of our own that are no difference: tests that look for functions of _testcapi, and those of how int() guards itself
# against slow conversions, which want it to be slow.
FREE_SKIPS = ("requires legacy Unicode C API", '"slow" conversion took only')


@dataclasses.dataclass
class Run:
    outcomes: dict  # test id: 'ok', 'failed', 'skipped' or, for what did not end, 'crashed'
    reasons: dict
    end: str  # '' = ended by itself, else 'timeout', 'crash' or 'import'
    seconds: float
    text: str


def tiers():
    lines = [line.split() for line in (HERE / "tiers.txt").read_text().splitlines() if line and line[0] != "#"]
    return {words[0]: words[1:] for words in lines}


def passing():
    if not PASSING.exists():
        return []
    return [line.split()[0] for line in PASSING.read_text().splitlines() if line.strip() and line[0] != "#"]


def oracle_results():
    """{module: (tests run, {ids that the oracle does not pass})}"""
    table = {}
    for line in ORACLE.read_text().splitlines() if ORACLE.exists() else []:
        if line.startswith("  "):
            table[name][1].add(line.strip())
        elif line and line[0] != "#":
            name, count = line.split()
            table[name] = int(count), set()
    return table


def excused():
    return {line for line in EXCUSED.read_text().splitlines() if line and line[0] != "#"}


def write_oracle_results(table):
    lines = ["# Tests that the oracle runs in each module, and below them those that it skips or fails; made by --baseline."]
    for name, (count, others) in sorted(table.items()):
        lines.append(f"{name} {count}")
        lines += [f"  {test}" for test in sorted(others)]
    ORACLE.write_text("\n".join(lines) + "\n")


def read_record(path):
    outcomes, reasons = {}, {}
    ended = False
    for line in path.read_text(encoding="utf-8").split("\n") if path.exists() else []:
        word, _, rest = line.partition(" ")
        test, _, reason = rest.partition("\t")
        if word == "start":
            outcomes.setdefault(test, "crashed")
        elif word == "end":
            ended = True
        elif word and outcomes.get(test) != "failed":
            outcomes[test] = word
            reasons[test] = reason
    return outcomes, reasons, ended


def limit_resources():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def make_environment(interpreter, directory, extensions=LOADED):
    """A virtual environment whose library has the test package and these extensions: children that ignore PYTHONPATH find them as well."""
    python = pathlib.Path(directory, "bin", "python3.11")
    packages = pathlib.Path(directory, "lib", "python3.11", "site-packages")
    python.parent.mkdir()
    packages.mkdir(parents=True)
    python.symlink_to(interpreter)
    (packages / "test").symlink_to(SUITE)
    for path in EXTENSIONS.glob("*.so"):
        if path.name.partition(".")[0] in extensions:
            (packages / path.name).symlink_to(path)
    pathlib.Path(directory, "pyvenv.cfg").write_text(f"home = {os.path.dirname(interpreter)}\n")
    return python


def run_module(python, name, timeout):
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="adder-suite-", ignore_cleanup_errors=True) as directory:
        record, log = pathlib.Path(directory, "record"), pathlib.Path(directory, "log")
        work = pathlib.Path(directory, "work")
        work.mkdir()
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", LC_ALL="C.UTF-8",
                           TMPDIR=str(work))
        environment.pop("PYTHONPATH", None)
        command = [python, "-W", "ignore::DeprecationWarning", HERE / "run_module.py", name, record]
        with open(log, "wb") as output:
            process = subprocess.Popen(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=limit_resources)
            try:
                end = "crash" if process.wait(timeout) not in (0, 1) else ""
            except subprocess.TimeoutExpired:
                end = "timeout"
            try:
                os.killpg(process.pid, signal.SIGKILL)  # what the tests left running as well
            except ProcessLookupError:
                pass
            process.wait()
        outcomes, reasons, ended = read_record(record)
        if not end and not ended:
            end = "crash" if outcomes else "import"
        text = log.read_text(encoding="utf-8", errors="replace")
    return Run(outcomes, reasons, end, time.monotonic() - start, text)


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:120] if lines else ""


def needs_test_module(run, test):
    reason = run.reasons.get(test, "")
    wanted = run.outcomes[test] == "skipped" or reason.startswith(("ModuleNotFoundError: ", "TypeError: requires ", "AttributeError: module "))
    return wanted and any(word in reason for word in TEST_MODULES + FREE_SKIPS)


def differences(run, expected):
    """Ids (or sentences) of what differs from the oracle; none = the module passes."""
    count, free = expected
    if run.end == "import":
        skipped = last_line(run.text).startswith(("unittest.case.SkipTest:", "test.support.ResourceDenied:"))
        return [] if skipped and count == 0 else [last_line(run.text)]  # skipped whole, as under CPython
    found = [f"{test} ({run.outcomes[test]}{': ' + run.reasons[test] if run.reasons.get(test) else ''})"
             for test in sorted(run.outcomes)
             if run.outcomes[test] != "ok" and test not in free and not needs_test_module(run, test)]
    if run.end:
        found.append(run.end)
    whole_class_skips = any(test.startswith(("setUp", "unittest.loader.")) for test in run.outcomes)
    if len(run.outcomes) < count and not found and not whole_class_skips:
        found.append(f"only {len(run.outcomes)} of {count} tests were there")
    return found


def run_all(names, options, known):
    results = {}
    with tempfile.TemporaryDirectory(prefix="adder-suite-environment-") as directory:
        python = make_environment(options.interpreter, directory)
        run = lambda name: run_module(python, name, options.timeout)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for name, result in zip(names, pool.map(run, names)):
                results[name] = result
                print(f"{name}: {result.end or 'ended'}, {len(result.outcomes)} tests, {result.seconds:.1f} s", flush=True)
        if options.what == ["lists"]:
            for name in names:
                if differences(results[name], known[name]):
                    print(f"{name}: once more, alone", flush=True)
                    results[name] = run(name)
    return results


def print_table(names, results, known, verbose):
    bad = [name for name in names if differences(results[name], known[name])]
    for name in bad:
        result = results[name]
        if verbose:
            print(f"---- {name}\n{result.text[-6000:]}")
    print(f"\n{'module':24} {'tests':>5} {'ok':>5} {'oracle':>6} {'s':>6}  differs in")
    for name in names:
        result = results[name]
        okay = sum(outcome == "ok" for outcome in result.outcomes.values())
        print(f"{name:24} {len(result.outcomes):5} {okay:5} {known[name][0]:6} {result.seconds:6.1f}  "
              + ("" if name in bad else "-"))
        for difference in differences(result, known[name]):
            print(f"    {difference.removeprefix(f'test.test_{name}.')}")
    return bad


def command_line(what, timeout):
    """A parser of what the runners of this folder have in common."""
    parser = argparse.ArgumentParser()
    parser.add_argument("interpreter", type=os.path.abspath)
    parser.add_argument("what", nargs=what)
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--timeout", type=float, default=timeout)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true")
    return parser


def main():
    parser = command_line("+", timeout=600)
    parser.add_argument("--baseline", action="store_true")
    options = parser.parse_args()
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in a shell's background job; the tests would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    table = tiers()
    names = []
    for what in options.what:
        names += sorted(passing(), key=lambda name: name not in SLOW) if what == "lists" else table.get(what, [what.removeprefix("test_")])
    known = oracle_results()
    for name in known:
        known[name][1].update(excused())
    unknown = [name for name in names if name not in known]
    if unknown and not options.baseline:
        parser.error(f"oracle.txt knows nothing of {' '.join(unknown)}; add it with --baseline")
    results = run_all(names, options, known)
    if options.baseline:
        known = oracle_results()  # again: another run may have added rows
        for name, result in results.items():
            known[name] = len(result.outcomes), {test for test, outcome in result.outcomes.items() if outcome != "ok"}
        write_oracle_results(known)
        return 0
    bad = print_table(names, results, known, options.verbose)
    print(f"{' '.join(options.what)}: {len(names) - len(bad)} of {len(names)} modules pass")
    if options.accept:
        listed = set(passing())
        added = set(names) - set(bad) - listed
        PASSING.write_text("".join(f"{name}\n" for name in sorted(listed | added)))
        print(f"{len(added)} added to {PASSING.name}")
    return bool(bad) if options.what == ["lists"] else 0


if __name__ == "__main__":
    sys.exit(main())
