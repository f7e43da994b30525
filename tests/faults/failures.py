"""failures.py ADDER WATCH: calls that fail while adder changes an environment, its cache or a lock.

Each change of the file system fails in turn, with ENOSPC, EIO, EACCES, EDQUOT, EMFILE or EROFS, once or (a full disk) with
all after it; then adder has too few descriptors, and a disk that is really full. What comes of it: the command succeeds all
the same, or there is one error with status 7 and everything is as it was; nothing is left behind.
"""
import errno
import functools
import os
import re
import resource
import shutil
import subprocess
import sys

import kills
import sandbox
from sandbox import check, tree

CODES = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT, errno.EMFILE, errno.EROFS)


def check_report(done, what):
    """A failure is told once, in a sentence, with the status for input and output."""
    check(done.returncode == 7, f"{what}: status {done.returncode}\n{done.stdout}{done.stderr}")
    errors = re.findall("^error: .*$", done.stderr, re.MULTILINE)
    check(len(errors) == 1, f"{what}: {len(errors)} errors\n{done.stderr}")


def check_outcome(case, done, what):
    """True when undoing had to be left to the next command, as it needs what has run out."""
    found, left = tree(case.env), os.path.exists(os.path.join(case.env, ".adder", "journal"))
    case.box.must("pip", "list", "-q", "-p", "env")
    settled = tree(case.env)
    check(left or settled == found, f"{what}: the next command changes something")
    check(not os.path.exists(os.path.join(case.env, ".adder", "journal")), f"{what}: a journal stays")
    if done.returncode == 0:
        # An empty directory that could not be removed is nothing anyone misses.
        kept = {path: content for path, content in settled.items() if path in case.after or not path.endswith("/")}
        check(kept == case.after and not left, f"{what}: status 0, but {case.difference(settled)}")
    else:
        check_report(done, what)
        check(settled == case.before, f"{what}: {case.difference(settled)}")
    return left


def each_call(name, full, adder, watch):
    """One call after the other fails, on a warm cache: the environment's own part."""
    prepare, command = kills.CASES[name]
    with sandbox.Sandbox(adder, watch) as box:
        kills.make_wheels(os.path.join(box.work, "wheels"))
        case = kills.Case(box, name, prepare, command)
        case.restore()
        total, refused, left = box.count_changes(*command), 0, 0
        for number in range(1, total + 1):
            case.restore()
            code = errno.ENOSPC if full else CODES[number % len(CODES)]
            done = box.failing_at(number, code, *command, disk_full=full)
            refused += done.returncode != 0
            left += check_outcome(case, done, f"{name}, change {number}: {os.strerror(code)}{', disk full' if full else ''}")
        check(refused > total // 4, f"{name}: {refused} of {total} failures were noticed")
        check(left <= 2, f"{name}: undone by the next command only, {left} times of {total}")
        print(f"{name}{', disk full' if full else ''}: {total} calls failed in turn, {refused} commands refused", flush=True)


def cold_cache(full, adder, watch):
    """The cache is filled for the first time while calls fail; what it then holds is whole."""
    command = ("pip", "install", *kills.OFFLINE, "alpha")
    with sandbox.Sandbox(adder, watch) as box:
        kills.make_wheels(os.path.join(box.work, "wheels"))
        case = kills.Case(box, "cold cache", [], command)
        case.restore()
        shutil.rmtree(box.cache)
        os.mkdir(box.cache)
        total = box.count_changes(*command)
        for number in range(1, total + 1, 2):
            case.restore()
            shutil.rmtree(box.cache)
            os.mkdir(box.cache)
            code = errno.ENOSPC if full else CODES[number // 2 % len(CODES)]
            what = f"cold cache, change {number}: {os.strerror(code)}{', disk full' if full else ''}"
            check_outcome(case, box.failing_at(number, code, *command, disk_full=full), what)
            box.must("cache", "verify")
            # A leftover there is removed by `cache prune` a day later; one whose removal itself failed stays so long.
            left = os.listdir(os.path.join(box.cache, "tmp")) if os.path.isdir(os.path.join(box.cache, "tmp")) else []
            check(len(left) <= (0 if full else 1), f"{what}: left in the cache: {left}")
        print(f"cold cache{', disk full' if full else ''}: {(total + 1) // 2} calls failed in turn", flush=True)


def lock(adder, watch):
    with sandbox.Sandbox(adder, watch) as box:
        kills.make_wheels(os.path.join(box.work, "wheels"))
        path, command = os.path.join(box.work, "pylock.toml"), ("lock", "--no-index", "-f", "wheels")
        with open(os.path.join(box.work, "pyproject.toml"), "w", encoding="utf-8") as file:
            file.write(kills.PROJECT % '"alpha"')
        with open(path, "wb") as file:
            file.write(b"")
        os.remove(path)
        total = box.count_changes(*command)
        for number in range(1, total + 1):
            if os.path.exists(path):
                os.remove(path)
            done = box.failing_at(number, CODES[number % len(CODES)], *command)
            if done.returncode:
                check_report(done, f"lock, change {number}")
                check(not os.path.exists(path), f"lock, change {number}: a lock all the same")
            check(sorted(os.listdir(box.work)) in (["pyproject.toml", "wheels"], ["pylock.toml", "pyproject.toml", "wheels"]),
                  f"lock, change {number}: left {os.listdir(box.work)}")
        print(f"lock: {total} calls failed in turn", flush=True)


def few_descriptors(adder, watch):
    """From hardly any to enough: an error or success, never something between."""
    prepare, command = kills.CASES["upgrade"]
    with sandbox.Sandbox(adder, watch) as box:
        kills.make_wheels(os.path.join(box.work, "wheels"))
        case = kills.Case(box, "few descriptors", prepare, command)
        refused = 0
        for most in range(3, 24):
            case.restore()
            done = subprocess.run([adder, *command], cwd=box.work, env=box.environment, capture_output=True, text=True, timeout=120,
                                  preexec_fn=functools.partial(resource.setrlimit, resource.RLIMIT_NOFILE, (most, most)))
            refused += done.returncode != 0
            if done.returncode == 127:  # not even the loader could open what it needs
                continue
            check_outcome(case, done, f"{most} descriptors")
        check(1 < refused < 20, f"few descriptors: {refused} commands refused")
        print(f"few descriptors: {refused} of 21 commands refused", flush=True)


def full_disk(adder, watch):
    """An environment and a cache on a file system with less and less room."""
    probe = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    if probe.returncode:
        print("full_disk: skipped, nothing may be mounted here")
        return
    with sandbox.Sandbox(adder, watch) as box:
        kills.make_wheels(os.path.join(box.work, "wheels"))
        names, refused = " ".join(kills.BIG), 0
        for room in range(64, 2600, 256):
            script = f"""set -e
mkdir -p D; mount -t tmpfs -o size={room}k,nr_inodes=0 none D
"$ADDER" venv -q D/env 2>/dev/null || {{ echo no room for an environment; exit 0; }}
find D/env -path D/env/.adder -prune -o -print | sort > before
status=0; ADDER_CACHE_DIR=$PWD/D/cache "$ADDER" pip install --no-index -f wheels -p D/env {names} > out 2> err || status=$?
find D/env -path D/env/.adder -prune -o -print | sort > after
"$ADDER" pip check -p D/env > check || {{ cat check; exit 1; }}
echo status $status; if [ $status -ne 0 ]; then cmp before after; fi"""
            done = subprocess.run(["unshare", "-m", "sh", "-c", script], cwd=box.work, env={**box.environment, "ADDER": adder},
                                  capture_output=True, text=True, timeout=120)
            check(done.returncode == 0, f"{room} KiB: {done.stdout}{done.stderr}")
            if "status" in done.stdout and "status 0" not in done.stdout:
                refused += 1
                with open(os.path.join(box.work, "err"), encoding="utf-8") as file:
                    text = file.read()
                check("status 7" in done.stdout and text.count("error: ") == 1 and "No space left" in text, f"{room} KiB: {done.stdout}{text}")
        check("status 0" in done.stdout and refused > 0, f"full disk: {refused} commands refused, last {done.stdout}")
        print(f"full disk: {refused} commands refused for want of room", flush=True)


def main(adder, watch):
    tests = [functools.partial(each_call, name, full) for name in ("install", "upgrade", "uninstall") for full in (False, True)]
    tests += [functools.partial(cold_cache, full) for full in (False, True)] + [lock, few_descriptors, full_disk]
    sandbox.run_tests(tests, adder, watch)


if __name__ == "__main__":
    main(*sys.argv[1:])
