"""kills.py ADDER WATCH [KILLS [SEED]]: adder is killed while it changes an environment, its cache or a lock.

First at each of its file-system changes in turn (by the watch), then KILLS times (200) after random delays out of SEED.
After the next adder command (one that only looks, the environment's python, or the same command again) the environment is
as before or as after, byte for byte and directory for directory; the cache holds whole entries; the lock is the old or the new one.
"""
import functools
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import archives
import sandbox
from sandbox import check, tree


def modules(count, version, folder):
    files = {f"{folder}/__init__.py": f"version = {version!r}\n"}
    for number in range(count):
        files[f"{folder}/part{number % 5}/m{number}.py"] = f"value = {version!r}, {number}\n"
    return files


def make_wheels(directory):
    """alpha 1.0 and 2.0 share the folder `common` with beta, which nothing here may ever touch."""
    os.makedirs(directory, exist_ok=True)
    for version, count in (("1.0", 9), ("2.0", 12)):
        files = modules(count, version, "alpha")
        files["common/alpha.py"] = f"version = {version!r}\n"
        files[f"alpha-{version}.data/data/share/alpha.txt"] = version
        files["alpha_single.py"] = f"x = {version!r}\n"
        archives.write_wheel(directory, "alpha", version, files, requires=["beta"], entry_points="[console_scripts]\nalpha = alpha:main\n")
    archives.write_wheel(directory, "beta", "1.0", {"common/beta.py": "y = 1\n", "beta/__init__.py": "z = 1\n"})
    for number in range(12):
        for version in ("1.0", "2.0"):
            files = modules(30, version, f"big{number}")
            archives.write_wheel(directory, f"big{number}", version, files)


class Case:
    """One command on a prepared environment: its states before and after, and what it is restored from."""

    def __init__(self, box, name, prepare, command):
        self.box, self.name, self.command = box, name, command
        self.env, self.saved = os.path.join(box.work, "env"), os.path.join(box.work, "saved")
        shutil.rmtree(self.env, ignore_errors=True)
        shutil.rmtree(self.saved, ignore_errors=True)
        box.must("venv", "-q", "env")
        for arguments in prepare:
            box.must(*arguments)
        self.before = tree(self.env)
        shutil.copytree(self.env, self.saved, symlinks=True)
        box.must(*command)
        self.after = tree(self.env)
        self.restore()
        start = time.monotonic()  # with a warm cache, as it will be
        box.must(*command)
        self.seconds = time.monotonic() - start
        check(self.before != self.after, f"{name} changes nothing")

    def restore(self):
        shutil.rmtree(self.env)
        shutil.copytree(self.saved, self.env, symlinks=True)

    def settle(self, number, when):
        """Another command looks; then the environment must be whole."""
        ways = (["pip", "list", "-q", "-p", "env"], None, ["pip", "check", "-p", "env"])
        way = ways[number % 3]
        if way:
            done = self.box.run(*way)
        else:
            done = subprocess.run([os.path.join(self.env, "bin", "python"), "-c", "pass"], env=self.box.environment,
                                  capture_output=True, text=True, timeout=120)
        check(done.returncode == 0, f"{self.name}, {when}: the next command: {done.stdout}{done.stderr}")
        found = tree(self.env)
        check(found in (self.before, self.after), f"{self.name}, {when}: {self.difference(found)}")
        check(not os.path.exists(os.path.join(self.env, ".adder", "journal")), f"{self.name}, {when}: a journal stays")
        if number % 5 == 0 and found == self.before:
            self.box.must(*self.command)
            check(tree(self.env) == self.after, f"{self.name}, {when}: the command again gives another end")

    def difference(self, found):
        out = []
        for label, state in (("before", self.before), ("after", self.after)):
            lost, more = sorted(set(state) - set(found)), sorted(set(found) - set(state))
            other = sorted(path for path in state if path in found and state[path] != found[path])
            out.append(f"{label}: lost {lost[:4]}, more {more[:4]}, other {other[:4]}")
        return "; ".join(out)


OFFLINE = ("--no-index", "-f", "wheels", "-p", "env")
BIG = [f"big{number}" for number in range(12)]
CASES = {
    "install": ([("pip", "install", *OFFLINE, "beta")], ("pip", "install", *OFFLINE, "alpha")),
    "upgrade": ([("pip", "install", *OFFLINE, "alpha==1.0")], ("pip", "install", *OFFLINE, "alpha==2.0")),
    "downgrade": ([("pip", "install", *OFFLINE, "alpha==2.0")], ("pip", "install", *OFFLINE, "alpha==1.0")),
    "uninstall": ([("pip", "install", *OFFLINE, "alpha")], ("pip", "uninstall", "-y", "-p", "env", "alpha")),
}
RANDOM = {
    "install many": ([("pip", "install", *OFFLINE, "beta")], ("pip", "install", *OFFLINE, *BIG)),
    "upgrade many": ([("pip", "install", *OFFLINE, "beta", *(name + "==1.0" for name in BIG))],
                     ("pip", "install", *OFFLINE, *(name + "==2.0" for name in BIG))),
    "cold cache": ([("pip", "install", *OFFLINE, "beta")], ("pip", "install", *OFFLINE, *BIG)),
    "uninstall many": ([("pip", "install", *OFFLINE, "beta", *BIG)], ("pip", "uninstall", "-y", "-p", "env", *BIG)),
}


def each_change(name, adder, watch):
    """Killed in place of the first, second, … change, until the command runs through."""
    prepare, command = CASES[name]
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"))
        case = Case(box, name, prepare, command)
        number = 0
        while True:
            number += 1
            case.restore()
            if not box.killed_at(number, *command):
                break
            case.settle(number, f"killed at change {number}")
        check(tree(case.env) == case.after, f"{name}: run through, but another end")
        check(number > 15, f"{name}: only {number} changes were seen")
        print(f"{name}: killed at each of {number - 1} changes", flush=True)


def repair_killed(adder, watch):
    """The repair itself is killed, at each change, and repaired."""
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"))
        case = Case(box, "repair", *CASES["upgrade"])
        case.restore()
        total = box.count_changes(*case.command)
        for number in range(1, 40):
            case.restore()
            box.killed_at(total * 3 // 4, *case.command)
            if not os.path.exists(os.path.join(case.env, ".adder", "journal")):
                raise sandbox.Failure("three quarters through there is no journal")
            if not box.killed_at(number, "pip", "list", "-p", "env"):
                break
            case.settle(number, f"repair killed at change {number}")
        check(number > 5, "the repair changes nothing")
        print(f"repair: killed at each of {number - 1} changes", flush=True)


def cold_cache(adder, watch):
    """Killed at each change while the cache is filled: what it holds afterwards serves an install."""
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"))
        command = ("pip", "install", *OFFLINE, "alpha")
        case = Case(box, "cold cache", [], command)
        number = 0
        while True:
            number += 3
            case.restore()
            shutil.rmtree(box.cache)
            os.mkdir(box.cache)
            if not box.killed_at(number, *command):
                break
            case.settle(number, f"killed at change {number}")
            done = box.run("cache", "verify")
            check(done.returncode == 0, f"cache verify after change {number}: {done.stdout}{done.stderr}")
            if tree(case.env) == case.before:
                box.must(*command)
            check(tree(case.env) == case.after, f"after change {number} the cache gives another end")
        print(f"cold cache: killed {number // 3 - 1} times", flush=True)


PROJECT = """[project]
name = "demo"
version = "1"
dependencies = [%s]
"""


class LockCase:
    """A lock that is to be renewed for other requirements."""
    command = ("lock", "--no-index", "-f", "wheels")

    def __init__(self, box):
        self.box = box
        self.project, self.path = os.path.join(box.work, "pyproject.toml"), os.path.join(box.work, "pylock.toml")
        make_wheels(os.path.join(box.work, "wheels"))
        self.old = self.locked('"alpha<2"')
        start = time.monotonic()
        self.new = self.locked('"alpha", "big1"')
        self.seconds = time.monotonic() - start

    def locked(self, requirements):
        with open(self.project, "w", encoding="utf-8") as file:
            file.write(PROJECT % requirements)
        self.box.must(*self.command)
        return self.read()

    def read(self):
        with open(self.path, "rb") as file:
            return file.read()

    def restore(self):
        with open(self.path, "wb") as file:
            file.write(self.old)

    def settle(self, when):
        check(self.read() in (self.old, self.new), f"{when}: the lock is neither the old nor the new one")
        self.box.must(*self.command)
        check(self.read() == self.new, f"{when}: locking again gives another lock")


def lock(adder, watch):
    """The lock is the old one or the new one."""
    with sandbox.Sandbox(adder, watch) as box:
        case, number = LockCase(box), 0
        while True:
            number += 1
            case.restore()
            if not box.killed_at(number, *case.command):
                break
            case.settle(f"killed at change {number}")
        print(f"lock: killed at each of {number - 1} changes", flush=True)


class Moments:
    """Random moments within the time that the command takes now: machines are not as busy all the time."""

    def __init__(self, box, name, seed, seconds):
        self.box, self.chance, self.window = box, random.Random(f"{seed} {name}"), seconds

    def kill(self, command):
        """True when adder was still running when it was killed."""
        with subprocess.Popen([self.box.adder, *command], cwd=self.box.work, env=self.box.environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            start = time.monotonic()
            try:
                process.wait(self.chance.uniform(0, self.window))
                self.window = time.monotonic() - start
            except subprocess.TimeoutExpired:
                process.kill()
                self.window *= 1.05
        return process.returncode == -signal.SIGKILL


def random_moments(name, kills, seed, adder, watch):
    """Killed that many times; tries that ended before the kill came do not count."""
    prepare, command = RANDOM[name]
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"))
        case = Case(box, name, prepare, command)
        cold, killed, tries = name == "cold cache", 0, 0
        moments = Moments(box, name, seed, case.seconds * (3 if cold else 1))
        while killed < kills:
            tries += 1
            check(tries <= 10 * kills, f"{name}: only {killed} kills came in time")
            case.restore()
            if cold:
                shutil.rmtree(box.cache)
                os.mkdir(box.cache)
            killed += moments.kill(command)
            case.settle(tries, f"killed at moment {tries} of seed {seed}")
            if cold:
                box.must("cache", "verify")
        print(f"{name}: killed at {killed} random moments", flush=True)


def random_locks(kills, seed, adder, watch):
    with sandbox.Sandbox(adder, watch) as box:
        case, killed, tries = LockCase(box), 0, 0
        moments = Moments(box, "lock", seed, case.seconds)
        while killed < kills:
            tries += 1
            check(tries <= 10 * kills, f"lock: only {killed} kills came in time")
            case.restore()
            killed += moments.kill(case.command)
            case.settle(f"killed at moment {tries} of seed {seed}")
        print(f"lock: killed at {killed} random moments", flush=True)


def main(adder, watch, moments="200", seed="11"):
    share = -(-int(moments) // (len(RANDOM) + 1))
    tests = [functools.partial(each_change, name) for name in CASES] + [repair_killed, cold_cache, lock]
    tests += [functools.partial(random_moments, name, share, seed) for name in RANDOM] + [functools.partial(random_locks, share, seed)]
    sandbox.run_tests(tests, adder, watch)


if __name__ == "__main__":
    main(*sys.argv[1:])
