"""Installing 100 wheels with 20,000 files: install_bench.figures(adder, data), or alone: install_bench.py --adder ADDER.

Whole processes into a fresh directory each, in turn: adder with everything in its cache (warm) and with an empty one (cold), pip 23
without bytecode, and a loop in C that makes the directories and hardlinks the files (`link_tree.c`). Nothing is removed while
it measures: for some minutes after removals a file system makes new files more slowly. `install_bound.c` tells what the machine
allows: the time of the system calls alone that an installer with a cache makes, on all processors; pip's time over that is the most
that any such installer could be ahead here.

All of it is measured twice: where temporary files are, which is a disk as a rule and where the system calls are most of the time,
and in memory (`install_memory_…`), where the installers are.
"""
import argparse
import json
import os
import subprocess
import tempfile

import make_wheels
from timing import Command, interleaved

MEMORY = "/dev/shm"
PIP = ["/usr/bin/python3.11", "-m", "pip"]


def tree_files(root):
    found = []
    for folder, folders, files in os.walk(root):
        folders.sort()
        if folder == root:
            folders[:] = [name for name in folders if name not in (".adder", "bin")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(files)]
    return found


class Bound:
    """A run of install_bound in the way of a Command: the milliseconds that it prints."""

    def __init__(self, arguments, prepare):
        self.arguments, self.prepare = arguments, prepare

    def run(self):
        done = subprocess.run([*self.arguments, *self.prepare()], capture_output=True, text=True, check=True)
        return float(done.stdout), 0


class Workplace:
    def __init__(self, place, wheels, files):
        self.place, self.number = place, 0
        self.wheels = os.path.join(place, "wheels")
        make_wheels.make(self.wheels, wheels, files)
        self.requirements = os.path.join(place, "requirements.txt")
        with open(self.requirements, "w", encoding="ascii") as file:
            file.write("".join(f"bench-{number:03}\n" for number in range(wheels)))
        # pip moves a --target from its temporary directory: that must not be another file system.
        self.environment = {"TMPDIR": place, "PATH": "/usr/bin:/bin", "HOME": place, "LC_ALL": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        for program in ("link_tree", "install_bound"):
            source = os.path.join(os.path.dirname(os.path.abspath(__file__)), program + ".c")
            subprocess.run(["cc", "-O2", "-pthread", "-o", os.path.join(place, program), source], check=True)

    def fresh(self, name):
        self.number += 1
        return os.path.join(self.place, f"{name}{self.number}")

    def installer(self, program, cache=None):
        """`cache` None: an empty one for each run."""
        command = Command([], self.place, dict(self.environment))

        def prepare():
            command.environment["ADDER_CACHE_DIR"] = cache or self.fresh("cache")
            command.arguments = [*program, "install", "-q", "--no-deps", "--no-index", "-f", self.wheels, "-r", self.requirements,
                                 "--target", self.fresh("target")]
        command.prepare = prepare
        return command

    def list_of(self, source):
        paths = os.path.join(self.place, "paths")
        with open(paths, "w", encoding="utf-8") as file:
            file.write("".join(path + "\n" for path in tree_files(source)))
        return paths

    def bound(self, kind, source):
        paths = self.list_of(source)
        return Bound([os.path.join(self.place, "install_bound"), kind, source], lambda: [self.fresh("files"), self.fresh("bound"), paths])

    def links(self, source):
        paths = self.list_of(source)
        command = Command([], self.place, self.environment)

        def prepare():
            command.arguments = [os.path.join(self.place, "link_tree"), source, self.fresh("links"), paths]
        command.prepare = prepare
        return command


def measured(adder, directory, rounds, wheels, files):
    with tempfile.TemporaryDirectory(prefix="adder-bench-", dir=directory) as place:
        work = Workplace(place, wheels, files)
        cache = os.path.join(place, "cache")
        warm = work.installer([adder, "pip"], cache)
        warm.run()  # fills the cache
        tree = warm.arguments[-1]
        links, warm_bound, cold_bound = work.links(tree), work.bound("warm", tree), work.bound("cold", tree)
        cold, pip = work.installer([adder, "pip"]), work.installer([*PIP, "--no-cache-dir"])
        pip_arguments = pip.prepare

        def without_bytecode():
            pip_arguments()
            pip.arguments.insert(pip.arguments.index("install") + 1, "--no-compile")
        pip.prepare = without_bytecode
        [warm, links, warm_bound] = interleaved([warm, links, warm_bound], rounds)
        [cold, pip, cold_bound] = interleaved([cold, pip, cold_bound], 3)
    times = {"links": links, "warm": warm, "cold": cold, "pip": pip, "warm_bound": warm_bound, "cold_bound": cold_bound}
    times = {name: time["median"] for name, time in times.items()}
    return {f"{name}_ms": time for name, time in times.items()} | {
        "warm_over_links": times["warm"] / times["links"],
        "warm_over_bound": times["warm"] / times["warm_bound"],
        "cold_over_bound": times["cold"] / times["cold_bound"],
        "warm_pip_over_bound": times["pip"] / times["warm_bound"],
        "cold_pip_over_bound": times["pip"] / times["cold_bound"],
        "warm_pip_over_ours": times["pip"] / times["warm"],
        "cold_pip_over_ours": times["pip"] / times["cold"],
    }


def figures(adder, data=None, rounds=7, wheels=100, files=20000):
    found = {f"install_{name}": value for name, value in measured(adder, None, rounds, wheels, files).items()}
    if os.path.isdir(MEMORY):
        found |= {f"install_memory_{name}": value for name, value in measured(adder, MEMORY, rounds, wheels, files).items()}
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--adder", required=True)
    parser.add_argument("--wheels", type=int, default=100)
    parser.add_argument("--files", type=int, default=20000)
    options = parser.parse_args()
    for name, value in figures(os.path.abspath(options.adder), None, 5, options.wheels, options.files).items():
        print(json.dumps({"figure": name, "value": round(value, 2)}))
