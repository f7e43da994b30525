"""Runs the scenario files of tests/cli: run.py ADDER [SCENARIO...]

A scenario is a text of lines, worked through from the top in an empty directory:

    $ command           run by sh; `adder` is the program under test
    ? 3                 the last command's exit status (0 is expected where nothing is said)
    > text              its standard output contains this
    ! text              its standard error contains this
    - text              neither output contains this
    + path              this file or directory is there
    ~ path              nothing is there
    file path           the lines up to one that is `end` become this file
    # comment

$INDEX is the URL of an index server over the directory `registry` of the scenario (started at `serve`, token `sekret`).
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading


class Failure(Exception):
    pass


def take_interrupts():
    """What a shell's background job ignores, and hands on, is not what the commands are used to."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Scenario:
    def __init__(self, path, adder):
        self.path, self.adder = path, adder
        self.server = None
        self.last = None
        self.checked = True

    def run(self):
        self.place = tempfile.mkdtemp(prefix="adder-scenario-")
        binaries = os.path.join(self.place, ".bin")
        os.mkdir(binaries)
        os.symlink(self.adder, os.path.join(binaries, "adder"))
        home = os.path.join(self.place, ".home")
        os.mkdir(home)
        self.environment = {
            "PATH": binaries + ":/usr/bin:/bin",
            "HOME": home,
            "ADDER_CACHE_DIR": os.path.join(self.place, ".cache"),
            "LC_ALL": "C.UTF-8",
            "TESTS": os.path.dirname(os.path.abspath(__file__)),
        }
        try:
            with open(self.path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            at = 0
            while at < len(lines):
                at = self.step(lines, at)
            self.settle()
        finally:
            if self.server:
                self.server.terminate()
                self.server.wait(60)
            if os.path.ismount(os.path.join(self.place, "full")):
                subprocess.run(["umount", os.path.join(self.place, "full")], check=False)
            shutil.rmtree(self.place, ignore_errors=True)

    def settle(self):
        """The status of the last command, unless a line asked for another one."""
        if self.last is not None and not self.checked and self.last.returncode != 0:
            raise Failure(f"status {self.last.returncode}\n{self.last.stdout}{self.last.stderr}")
        self.checked = True

    def step(self, lines, at):
        line = lines[at]
        word, _, rest = line.partition(" ")
        number = at + 1
        try:
            if not line.strip() or word == "#":
                return at + 1
            if word == "file":
                self.settle()
                end = lines.index("end", at)
                path = os.path.join(self.place, rest)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write("\n".join(lines[at + 1 : end]) + "\n")
                return end + 1
            if word == "serve":
                self.settle()
                self.serve()
            elif word == "$":
                self.settle()
                self.last = subprocess.run(
                    ["sh", "-c", rest], cwd=self.place, env=self.environment, text=True, capture_output=True, timeout=300,
                    preexec_fn=take_interrupts,
                )
                self.checked = False
            else:
                self.check(word, rest)
        except Failure as failure:
            raise Failure(f"line {number}: {line}\n{failure}") from None
        return at + 1

    def serve(self):
        self.server = subprocess.Popen(
            [self.adder, "index", "serve", "registry", "--port", "0", "--token", "sekret"],
            cwd=self.place, env=self.environment, stderr=subprocess.PIPE, text=True,
        )
        for line in self.server.stderr:
            found = re.search(r"http://\S+", line)
            if found:
                threading.Thread(target=self.server.stderr.read, daemon=True).start()  # a full pipe would stop it
                self.environment["INDEX"] = found.group().rstrip("/")
                self.environment["UPLOAD"] = self.environment["INDEX"].replace("/simple", "/legacy/")
                return
        raise Failure("the index server did not start")

    def check(self, word, rest):
        result = self.last
        path = os.path.join(self.place, rest)
        shown = f"{result.stdout}{result.stderr}" if result else ""
        if word == "?":
            self.checked = True
            if result.returncode != int(rest):
                raise Failure(f"status {result.returncode}\n{shown}")
        elif word == ">":
            if rest not in result.stdout:
                raise Failure(shown)
        elif word == "!":
            if rest not in result.stderr:
                raise Failure(shown)
        elif word == "-":
            if rest in shown:
                raise Failure(shown)
        elif word == "+":
            if not os.path.lexists(path):
                raise Failure("it is missing")
        elif word == "~":
            if os.path.lexists(path):
                raise Failure("it is there")
        else:
            raise Failure("no such line")


def main(arguments):
    adder = os.path.abspath(arguments[0])
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scenarios")
    paths = arguments[1:] or sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".txt"))
    failed = 0
    for path in paths:
        name = os.path.basename(path)
        try:
            Scenario(path, adder).run()
            print(f"ok      {name}")
        except (Failure, subprocess.TimeoutExpired) as problem:
            failed += 1
            print(f"FAILED  {name}: {problem}")
    print(f"{len(paths) - failed} of {len(paths)} scenarios passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
