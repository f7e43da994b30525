"""A place of its own for each run of adder, and the watch over what it does to the file system."""
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile


class Failure(Exception):
    pass


def check(condition, text):
    if not condition:
        raise Failure(text)


class Sandbox:
    """DIRECTORY/{home,cache,tmp,work}: nothing outside of cache, tmp and what a test names may ever change."""

    def __init__(self, adder, watch):
        self.adder, self.watch = adder, watch
        self.place = os.path.realpath(tempfile.mkdtemp(prefix="adder-faults-"))
        self.work, self.cache, self.tmp = (os.path.join(self.place, name) for name in ("work", "cache", "tmp"))
        for name in ("home", "work", "cache", "tmp"):
            os.mkdir(os.path.join(self.place, name))
        self.environment = {
            "PATH": "/usr/bin:/bin", "HOME": os.path.join(self.place, "home"), "TMPDIR": self.tmp, "LC_ALL": "C.UTF-8",
            "ADDER_CACHE_DIR": self.cache, "PYTHONDONTWRITEBYTECODE": "1",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.place, ignore_errors=True)

    def run(self, *arguments, **options):
        return subprocess.run([self.adder, *arguments], cwd=self.work, env=self.environment, capture_output=True, text=True,
                              timeout=120, **options)

    def must(self, *arguments):
        done = self.run(*arguments)
        check(done.returncode == 0, f"{' '.join(arguments)}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def watched(self, *arguments):
        """Runs adder under the watch: its result and the paths of all changes it tried."""
        log = os.path.join(self.place, "log")
        done = subprocess.run([self.watch, "-l", log, "--", self.adder, *arguments], cwd=self.work, env=self.environment,
                              capture_output=True, text=True, timeout=300)
        with open(log, encoding="utf-8", errors="surrogateescape") as file:
            return done, [line.rstrip("\n").split("\t", 1) for line in file]

    def killed_at(self, number, *arguments):
        """Runs adder until its change `number` of the file system, which does not happen any more. True when it was killed."""
        done = subprocess.run([self.watch, "-k", str(number), "--", self.adder, *arguments], cwd=self.work,
                              env=self.environment, capture_output=True, timeout=120)
        return done.returncode == 137

    def count_changes(self, *arguments):
        """How many changes of the file system adder makes."""
        count = os.path.join(self.place, "count")
        subprocess.run([self.watch, "-c", count, "--", self.adder, *arguments], cwd=self.work, env=self.environment, check=True,
                       capture_output=True, timeout=120)
        with open(count, encoding="ascii") as file:
            return int(file.read())

    def failing_at(self, number, code, *arguments, disk_full=False):
        """Runs adder with its change `number` failing with an errno value, and all further ones that need room."""
        return subprocess.run([self.watch, "-F" if disk_full else "-f", f"{number}:{code}", "--", self.adder, *arguments],
                              cwd=self.work, env=self.environment, capture_output=True, text=True, timeout=120)

    def outside(self, changes, *allowed):
        """Changes that are not below one of the allowed places (or cache and tmp)."""
        places = [os.path.realpath(place) for place in (*allowed, self.cache, self.tmp)]
        return [(call, path) for call, path in changes
                if not any(path == place or path.startswith(place + "/") for place in places)]


def tree(root, skip=(".adder",)):
    """Every file, link and directory below `root` with its content."""
    found = {}
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in skip)
        for name in folders:
            if not os.path.islink(os.path.join(folder, name)):
                found[os.path.relpath(os.path.join(folder, name), root) + "/"] = ""
        for name in (*files, *folders):
            path = os.path.join(folder, name)
            key = os.path.relpath(path, root)
            if os.path.islink(path):
                found[key] = "-> " + os.readlink(path)
            elif name in files:
                with open(path, "rb") as file:
                    found[key] = file.read()
    return found


def run_tests(tests, *arguments):
    """Runs the functions, two at a time; ends the program with status 1 when one fails."""
    def passes(test):
        try:
            test(*arguments)
            return True
        except (Failure, subprocess.TimeoutExpired) as problem:
            print(f"FAILED {getattr(test, '__name__', test)}: {problem}", flush=True)
            return False
    os.umask(0o022)  # another user reads what is made here
    with concurrent.futures.ThreadPoolExecutor(2) as workers:
        passed = sum(workers.map(passes, tests))
    print(f"{passed} of {len(tests)} passed")
    sys.exit(0 if passed == len(tests) else 1)
