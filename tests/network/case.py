"""What the network tests share: an empty home, cache and directory for each test, and a way to call adder."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ADDER = os.path.abspath(os.environ["ADDER_UNDER_TEST"])
HERE = os.path.dirname(os.path.abspath(__file__))
MAKE_DIST = os.path.join(os.path.dirname(HERE), "cli", "make_dist.py")


def make_wheels(directory, *wheels):
    """Wheels as (name, version, requirement…); their paths."""
    for name, version, *requirements in wheels:
        subprocess.run([sys.executable, MAKE_DIST, directory, name, version, *requirements], check=True)
    return sorted(os.path.join(directory, name) for name in os.listdir(directory))


class NetworkTest(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="adder-network-")
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        self.bin = self.path("bin")
        os.mkdir(self.bin)
        os.symlink(ADDER, os.path.join(self.bin, "adder"))
        os.mkdir(self.path("home"))
        self.environment = {
            "PATH": self.bin + ":/usr/bin:/bin", "HOME": self.path("home"), "ADDER_CACHE_DIR": self.path("cache"), "LC_ALL": "C.UTF-8", "PIP_CONFIG_FILE": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        self.wheels = make_wheels(self.path("wheels"), ("alpha", "1.0", "beta"), ("beta", "1.0"))

    def path(self, *names):
        return os.path.join(self.place, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def adder(self, *arguments, status=0, timeout=120, cwd=None, **variables):
        result = subprocess.run(
            ["adder", *arguments], cwd=cwd or self.place, env=self.environment | variables, text=True, capture_output=True, timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        self.assertEqual(result.returncode, status, f"adder {arguments}\n{result.stdout}{result.stderr}")
        return result

    def install(self, url, *more, requirement="alpha", target="out", **keywords):
        """adder pip install of alpha, which needs beta."""
        shutil.rmtree(self.path(target), ignore_errors=True)
        for option, value in (("--retries", "2"), ("--timeout", "20")):
            if option not in more:
                more = (option, value, *more)
        return self.adder("pip", "install", "--target", target, "-i", url, *more, requirement, **keywords)

    def assertInstalled(self, *modules, target="out"):
        for module in modules:
            self.assertTrue(os.path.exists(self.path(target, module, "__init__.py")), module)

    def everything_written(self):
        """The bytes of all files that adder has written: cache, home, results."""
        out = b""
        for folder, _, names in os.walk(self.place):
            out += folder.encode()
            for name in names:
                path = os.path.join(folder, name)
                out += name.encode()
                if os.path.isfile(path) and not os.path.samefile(path, ADDER):
                    with open(path, "rb") as file:
                        out += file.read()
        return out

    def git(self, directory, *arguments):
        done = subprocess.run(["git", *arguments], cwd=directory, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def make_repository(self, name="repo", folder="", project="gamma", version="1.0"):
        """A repository with a project; its path."""
        path = self.path(name)
        os.makedirs(path, exist_ok=True)
        if not os.path.exists(os.path.join(path, ".git")):
            self.git(path, "init", "-q", "-b", "main")
        self.write_project(os.path.join(name, folder), project, version)
        self.git(path, "add", ".")
        self.git(path, "commit", "-q", "-m", f"{project} {version}")
        return path

    def write_project(self, folder, project="gamma", version="1.0", extra=""):
        self.write(os.path.join(folder, "pyproject.toml"),
                   f'[build-system]\nrequires = ["adder-build"]\nbuild-backend = "adder_build"\n\n[project]\nname = "{project}"\n'
                   f'version = "{version}"\n{extra}')
        self.write(os.path.join(folder, "src", project, "__init__.py"), f"version = {version!r}\n")


def lines(text):
    return re.sub(r"\n+", "\n", text)
