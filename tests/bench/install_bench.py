"""Installing 100 wheels with 20,000 files: install_bench.figures(adder, data), or alone: install_bench.py --adder ADDER.

Whole processes into a fresh directory each, in turn, from an index server of this machine (`adder index serve`): adder and pip 23
without bytecode, both with everything in their caches (warm; the server has gone then, for adder must not ask it) and with empty
ones (cold), and a loop in C that makes the directories and hardlinks the files (`link_tree.c`). Nothing is removed while it measures: for some minutes after removals a file
system makes new files more slowly. `install_bound.c` tells what the machine allows: the time of the system calls alone that an
installer with a cache makes, on all processors; pip's time over that is the most that any such installer could be ahead here.

All of it is measured twice: where temporary files are, which is a disk as a rule and where the system calls are most of the time,
and in memory (`install_memory_…`), where the installers are.
"""
import argparse
import json
import os
import re
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


class Server:
    """adder index serve of a directory; at the same port again when it is entered again, for caches know it by that."""

    def __init__(self, adder, directory):
        self.adder, self.directory, self.port = adder, directory, "0"

    def __enter__(self):
        self.process = subprocess.Popen([self.adder, "index", "serve", self.directory, "--port", self.port, "--max-age", "3600"],
                                        stderr=subprocess.PIPE, text=True)
        self.url, self.port = re.search(r"(http://127.0.0.1:(\d+)/simple/)", self.process.stderr.readline()).groups()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()


class Workplace:
    def __init__(self, adder, place, wheels, files):
        self.place, self.number = place, 0
        made = os.path.join(place, "wheels")
        make_wheels.make(made, wheels, files)
        self.index = Server(adder, made)
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

    def installer(self, program, options, cache=None):
        """`cache` None: an empty one for each run."""
        command = Command([], self.place, dict(self.environment))

        def prepare():
            command.arguments = [*program, "install", "-q", *options, "--cache-dir", cache or self.fresh("cache"),
                                 "-i", self.index.url, "-r", self.requirements, "--target", self.fresh("target")]
        command.prepare = prepare
        return command

    def adder(self, program, cache=None):
        return self.installer([program, "pip"], [], cache)

    def pip(self, cache=None):
        return self.installer(PIP, ["--no-compile"], cache)

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

    def filled(self, command):
        """`command` after its first run, which fills its cache, and the directory that this run made."""
        command.run()
        return command, command.arguments[-1]


def measured(adder, directory, rounds, wheels, files):
    with tempfile.TemporaryDirectory(prefix="adder-bench-", dir=directory) as place:
        work = Workplace(adder, place, wheels, files)
        with work.index:
            ours, tree = work.filled(work.adder(adder, os.path.join(place, "cache")))
            pip_warm, _ = work.filled(work.pip(os.path.join(place, "pip-cache")))
        [warm, links, warm_bound] = interleaved([ours, work.links(tree), work.bound("warm", tree)], rounds)
        with work.index:
            commands = {"cold": work.adder(adder), "pip": work.pip(), "cold_bound": work.bound("cold", tree),
                        "warm_beside_pip": ours, "pip_warm": pip_warm}
            times = dict(zip(commands, interleaved(list(commands.values()), 5)))
    times |= {"warm": warm, "links": links, "warm_bound": warm_bound}
    times = {name: time["median"] for name, time in times.items()}
    return {f"{name}_ms": time for name, time in times.items()} | {
        "warm_over_links": times["warm"] / times["links"],
        "warm_over_bound": times["warm"] / times["warm_bound"],
        "cold_over_bound": times["cold"] / times["cold_bound"],
        "warm_pip_over_bound": times["pip_warm"] / times["warm_bound"],
        "cold_pip_over_bound": times["pip"] / times["cold_bound"],
        "warm_pip_over_ours": times["pip_warm"] / times["warm_beside_pip"],
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
