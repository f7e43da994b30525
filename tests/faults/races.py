"""races.py ADDER WATCH [ROUNDS]: while adder installs, upgrades and uninstalls, directories of the target turn into links to a
directory outside and back, all the time. A watch on that directory (inotify) must see nothing happen there."""
import ctypes
import os
import subprocess
import sys
import threading

import archives
import sandbox
from sandbox import check

libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, RENAME_EXCHANGE = -100, 2
IN_CHANGES = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200  # modify, attributes, close after writing, moves, create, delete


class Watched:
    """A directory tree with a file of each name that the packages have, and the events in it."""

    def __init__(self, path, names):
        self.path = path
        self.handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for folder in ("", "sub"):
            os.makedirs(os.path.join(path, folder), exist_ok=True)
            for name in names:
                with open(os.path.join(path, folder, name), "w", encoding="utf-8") as file:
                    file.write("precious\n")
        self.before = sandbox.tree(path)
        for folder in ("", "sub"):
            check(libc.inotify_add_watch(self.handle, os.path.join(path, folder).encode(), IN_CHANGES) >= 0, "inotify")

    def untouched(self):
        try:
            events = os.read(self.handle, 65536)
        except BlockingIOError:
            events = b""
        return not events and sandbox.tree(self.path) == self.before


class Swapper(threading.Thread):
    """Exchanges a directory and a link to the outside, at once each time."""

    def __init__(self, pairs):
        super().__init__(daemon=True)
        self.pairs, self.going, self.swaps = pairs, True, 0

    def run(self):
        number = 0
        while self.going or number % 2:
            for directory, link in self.pairs:
                done = libc.syscall(316, AT_FDCWD, directory.encode(), AT_FDCWD, link.encode(), RENAME_EXCHANGE)
                self.swaps += done == 0
            number += 1

    def stop(self):
        self.going = False
        self.join()


def swapped(adder, watch, rounds):
    names = [f"m{number}.py" for number in range(60)]
    with sandbox.Sandbox(adder, watch) as box:
        wheels = os.path.join(box.work, "wheels")
        os.mkdir(wheels)
        for version in ("1.0", "2.0"):
            files = {f"race/{name}": version for name in names} | {f"race/sub/{name}": version for name in names}
            archives.write_wheel(wheels, "race", version, files)
        outside = Watched(os.path.join(box.work, "outside"), names)
        target = os.path.join(box.work, "T")
        attacks, refused = 0, 0
        for number in range(rounds):
            os.makedirs(os.path.join(target, "race", "sub"), exist_ok=True)
            links = os.path.join(target, "link-race"), os.path.join(target, "race", "link-sub")
            for link in links:
                if not os.path.islink(link):
                    os.symlink(outside.path, link)
            swapper = Swapper([(os.path.join(target, "race"), links[0]), (os.path.join(target, "race", "sub"), links[1])][:1 + number % 2])
            swapper.start()
            steps = (["install", "--target", target, "race==1.0"], ["install", "--target", target, "race==2.0"],
                     ["uninstall", "-y", "--target", target, "race"])
            for step in steps:
                command = ["pip", step[0], *(["--no-index", "-f", wheels, "--link-mode", "copy" if number % 3 else "hardlink"]
                                             if step[0] == "install" else []), *step[1:]]
                refused += box.run(*command).returncode != 0
            swapper.stop()
            attacks += swapper.swaps
            check(outside.untouched(), f"round {number}: something happened outside of the target")
            subprocess.run(["rm", "-rf", target], check=True)
        check(attacks > 100 * rounds, f"only {attacks} swaps")
        check(refused > 0, "the links were never met")
        print(f"{attacks} swaps in {rounds} rounds, {refused} commands refused, nothing outside touched")


def links_in_place(adder, watch):
    """Links that stand there before: what goes through them is refused, by name."""
    with sandbox.Sandbox(adder, watch) as box:
        wheels = os.path.join(box.work, "wheels")
        os.mkdir(wheels)
        archives.write_wheel(wheels, "race", "1.0", {"race/m0.py": "x", "race/deep/m1.py": "y"})
        outside = Watched(os.path.join(box.work, "outside"), ["m0.py"])
        target = os.path.join(box.work, "T")
        os.mkdir(target)
        os.symlink(outside.path, os.path.join(target, "race"))
        done = box.run("pip", "install", "--no-index", "-f", wheels, "--target", target, "race")
        check(done.returncode != 0 and "race" in done.stderr, f"status {done.returncode}: {done.stderr}")
        check(outside.untouched(), "something was written through the link")
        left = sorted(sandbox.tree(target))
        check(left == ["race"], f"left behind: {left}")


def main(adder, watch, rounds="24"):
    def swapped_rounds(*arguments):
        swapped(*arguments, int(rounds))
    sandbox.run_tests([links_in_place, swapped_rounds], adder, watch)


if __name__ == "__main__":
    main(*sys.argv[1:])
