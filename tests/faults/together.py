"""together.py ADDER WATCH: one cache under many hands: eight processes that fill environments of their own from a cold cache,
a cache that cannot be written, one on another file system, wheels that were changed through a hardlink."""
import os
import shutil
import subprocess
import sys

import archives
import sandbox
from sandbox import check, tree


def make_wheels(directory, count=24):
    os.makedirs(directory)
    for number in range(count):
        files = {f"many{number}/m{part}.py": f"value = {number}, {part}\n" for part in range(40)}
        archives.write_wheel(directory, f"many{number}", "1.0", files, entry_points=f"[console_scripts]\nmany{number} = many{number}.m0:main\n")


def eight_at_once(adder, watch):
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"))
        for number in range(8):
            box.must("venv", "-q", f"env{number}")
        for _ in range(3):
            shutil.rmtree(box.cache)
            jobs = []
            for number in range(8):
                wanted = [f"many{(number * 3 + step) % 24}" for step in range(16)]
                jobs.append((wanted, subprocess.Popen(
                    [adder, "pip", "install", "--force-reinstall", "--no-index", "-f", "wheels", "-p", f"env{number}", *wanted],
                    cwd=box.work, env=box.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)))
            for number, (wanted, job) in enumerate(jobs):
                output = job.communicate(timeout=120)[0]
                check(job.returncode == 0, f"process {number}: status {job.returncode}\n{output}")
                site = os.path.join(box.work, f"env{number}", "lib/python3.11/site-packages")
                for name in wanted:
                    found = len(os.listdir(os.path.join(site, name)))
                    check(found == 40, f"process {number}: {name} has {found} files")
                done = box.run("pip", "check", "--files", "-p", f"env{number}")
                check(done.returncode == 0, f"process {number}: {done.stdout}")
            box.must("cache", "verify")
            check(os.listdir(os.path.join(box.cache, "tmp")) == [], "temporary files stay in the cache")


def read_only_cache(adder, watch):
    """As another user than root (who may write everywhere) nothing can be written; the old entries serve all the same."""
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"), 4)
        box.must("pip", "install", "-q", "--no-index", "-f", "wheels", "--target", "first", "many0", "many1")
        before = tree(box.cache, skip=())
        user = []
        if os.geteuid() == 0:
            user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            os.chmod(box.place, 0o755)
            for place in (box.work, box.tmp, os.path.join(box.place, "home")):
                os.chown(place, 65534, 65534)
            for needed in ([adder, "self", "version"], ["test", "-w", box.work]):
                if subprocess.run([*user, *needed], capture_output=True, env=box.environment, check=False).returncode:
                    print(f"read_only_cache: another user cannot {' '.join(needed)}")
                    return
        subprocess.run(["chmod", "-R", "a-w", box.cache], check=True)
        try:
            done = subprocess.run([*user, adder, "pip", "install", "--no-index", "-f", "wheels", "--target", "second", "many1", "many2"],
                                  cwd=box.work, env=box.environment, capture_output=True, text=True, timeout=120)
            check(done.returncode == 0, f"status {done.returncode}: {done.stderr}")
            check(tree(box.cache, skip=()) == before, "the cache has changed")
            check(os.path.exists(os.path.join(box.work, "second", "many2", "m0.py")), "many2 is not there")
            check(os.listdir(box.tmp) == [], f"left in TMPDIR: {os.listdir(box.tmp)}")
        finally:
            subprocess.run(["chmod", "-R", "u+w", box.cache], check=True)


def cache_elsewhere(adder, watch):
    """Files cannot be hardlinked from another file system: they are copied."""
    other = "/dev/shm"
    with sandbox.Sandbox(adder, watch) as box:
        if not os.access(other, os.W_OK) or os.stat(other).st_dev == os.stat(box.work).st_dev:
            print("cache_elsewhere: no second file system here")
            return
        make_wheels(os.path.join(box.work, "wheels"), 4)
        box.environment["ADDER_CACHE_DIR"] = cache = os.path.join(other, os.path.basename(box.place))
        try:
            box.must("pip", "install", "-q", "--no-index", "-f", "wheels", "--target", "T", "many0", "many1")
            path = os.path.join(box.work, "T/many0/m1.py")
            check(os.stat(path).st_nlink == 1, "it is a link")
            with open(path, encoding="utf-8") as file:
                check(file.read() == "value = 0, 1\n", "other content")
            check(len(os.listdir(os.path.dirname(path))) == 40, "files are missing")
        finally:
            shutil.rmtree(cache, ignore_errors=True)


def changed_through_a_link(adder, watch):
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"), 3)
        install = ("pip", "install", "-q", "--no-index", "-f", "wheels", "--target")
        box.must(*install, "T", "many0", "many1", "many2")
        path = os.path.join(box.work, "T/many1/m3.py")
        check(os.stat(path).st_nlink == 2, "it is no hardlink")
        box.must("cache", "verify")
        with open(path, "w", encoding="utf-8") as file:
            file.write("value = 9, 9\n")  # the same size
        done = box.run("cache", "verify", "--json")
        check(done.returncode == 1 and '"many1"' in done.stdout and "many1/m3.py` has been changed" in done.stdout, done.stdout)
        check(done.stdout.count('"entry"') == 1, done.stdout)
        box.must("cache", "verify", "--remove")
        box.must("cache", "verify")
        box.must(*install, "U", "many1")
        with open(os.path.join(box.work, "U/many1/m3.py"), encoding="utf-8") as file:
            check(file.read() == "value = 1, 3\n", "the changed file was installed again")


def pruned_and_cleaned(adder, watch):
    with sandbox.Sandbox(adder, watch) as box:
        make_wheels(os.path.join(box.work, "wheels"), 3)
        box.must("pip", "install", "-q", "--no-index", "-f", "wheels", "--target", "T", "many0", "many1")
        box.must("pip", "install", "-q", "--no-index", "-f", "wheels", "--target", "U", "many2")
        os.makedirs(os.path.join(box.cache, "wheels-v0", "ab"))
        with open(os.path.join(box.cache, "wheels-v0", "ab", "x"), "w", encoding="utf-8") as file:
            file.write("of an older format")
        old = os.path.join(box.cache, "tmp", "left")
        os.mkdir(old)
        os.utime(old, (1, 1))
        os.makedirs(os.path.join(box.cache, "tmp", "busy"))
        box.must("cache", "prune")
        check(not os.path.exists(os.path.join(box.cache, "wheels-v0")) and not os.path.exists(old), "prune leaves old things")
        check(os.path.exists(os.path.join(box.cache, "tmp", "busy")), "prune takes what may be in use")
        size = int(box.must("cache", "size").stdout)
        shutil.rmtree(os.path.join(box.work, "U"))
        box.must("cache", "prune", "--unused")
        smaller = int(box.must("cache", "size").stdout)
        check(smaller < size, "the unused wheel stays")
        box.must("cache", "clean", "Many0")
        check(int(box.must("cache", "size").stdout) < smaller, "many0 stays")
        check(os.path.exists(os.path.join(box.work, "T/many0/m0.py")), "an installed file went with the cache")


def main(adder, watch):
    sandbox.run_tests([eight_at_once, read_only_cache, cache_elsewhere, changed_through_a_link, pruned_and_cleaned], adder, watch)


if __name__ == "__main__":
    main(*sys.argv[1:])
