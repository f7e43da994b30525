"""compare.py ADDER [PROGRAM...]: real packages behave under adder as they do under CPython.

The wheels are made of Debian's packages (twice: by adder and by CPython, with equal bytes), installed by adder, and every
program in programs/ must print the same with both interpreters and end with the same status.
"""
import concurrent.futures
import difflib
import filecmp
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "registry-fixtures")
ORACLE = "/usr/bin/python3.11"
PROJECTS = "attrs click jinja2 markdown-it-py packaging pygments pyyaml requests rich sample-cli tomli".split()


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, **options)


def must(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout.decode()}")


def make_wheels(adder, place):
    """The registry, made by both; the names of the files that differ."""
    made = []
    for name, interpreter in (("registry", [adder, "python"]), ("again", [ORACLE])):
        made.append(os.path.join(place, name))
        must(*interpreter, os.path.join(FIXTURES, "make_registry.py"), "--adder", adder, "-o", made[-1])
    names = sorted({*os.listdir(made[0]), *os.listdir(made[1])})
    _, different, missing = filecmp.cmpfiles(*made, names, shallow=False)
    return different + missing


def compare(python, site, program):
    """The first lines of what differs, or None. Times and addresses must not be in the output."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "HOME": os.path.dirname(site)}
    ours = run(python, program, env=environment)
    theirs = run(ORACLE, "-S", program, env={**environment, "PYTHONPATH": site})
    if (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout) and theirs.returncode == 0:
        return None
    lines = [done.stdout.decode(errors="backslashreplace").splitlines() for done in (theirs, ours)]
    shown = list(difflib.unified_diff(*lines, "CPython", "adder", lineterm="", n=1))
    return "\n".join([f"status {ours.returncode}, CPython's {theirs.returncode}", *(line[:200] for line in shown[:40])])


def main(arguments):
    adder = os.path.abspath(arguments[0])
    folder = os.path.join(HERE, "programs")
    programs = arguments[1:] or sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".py"))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="adder-packages-") as place:
        os.environ["ADDER_CACHE_DIR"] = os.path.join(place, "cache")
        different = make_wheels(adder, place)
        if different:
            failed += 1
            print("FAILED  adder and CPython made different files:", *different)
        environment = os.path.join(place, "env")
        must(adder, "venv", environment)
        must(adder, "pip", "install", "-p", environment, "--no-index", "--find-links", os.path.join(place, "registry"), *PROJECTS)
        site = os.path.join(environment, "lib", "python3.11", "site-packages")
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda program: compare(os.path.join(environment, "bin", "python"), site, program), programs)
            for program, problem in zip(programs, found):
                print(f"{'FAILED' if problem else 'ok    '}  {os.path.basename(program)}" + (f"\n{problem}" if problem else ""))
                failed += bool(problem)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
