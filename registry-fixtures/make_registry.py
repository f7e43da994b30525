"""make_registry.py --adder PROGRAM -o DIRECTORY [--no-debian]

Makes a directory that `adder index serve` can serve: every package below packages/ in all its versions, built by
`adder build` (see versions.toml), and wheels of the Debian packages that debian-packages.txt names, without compiled
modules, and of those in debian-compiled.txt, with them.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

import debian_wheels

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = os.path.join(HERE, "packages")


def build(adder, source, output, sdist_only):
    options = ["--sdist"] if sdist_only else []
    subprocess.run([adder, "build", *options, "-o", output, source], check=True, stdout=subprocess.DEVNULL)


def set_field(text, field, value):
    """The one line `field = "..."` of a pyproject.toml with another value."""
    changed, count = re.subn(rf'^{field} = ".*"$', lambda match: f'{field} = "{value}"', text, flags=re.MULTILINE)
    if count != 1:
        raise ValueError(f"{count} lines set {field}")
    return changed


def build_version(adder, entry, output):
    """Another version of a package, from a changed copy of its source."""
    with tempfile.TemporaryDirectory() as place:
        tree = os.path.join(place, entry["package"])
        shutil.copytree(os.path.join(PACKAGES, entry["package"]), tree)
        path = os.path.join(tree, "pyproject.toml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for field in ("version", "requires-python"):
            if field in entry:
                text = set_field(text, field, entry[field])
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        made = os.path.join(place, "made")
        build(adder, tree, made, False)
        for name in os.listdir(made):
            shutil.move(os.path.join(made, name), os.path.join(output, name))
            if "yanked" in entry:
                with open(os.path.join(output, name + ".yanked"), "w", encoding="utf-8") as file:
                    file.write(entry["yanked"] + "\n")


def main(arguments):
    parser = argparse.ArgumentParser(prog="make_registry.py", description="Make a directory to be served as an index.")
    parser.add_argument("--adder", required=True, metavar="PROGRAM")
    parser.add_argument("-o", "--output", required=True, metavar="DIRECTORY")
    parser.add_argument("--no-debian", action="store_true", help="our own packages only")
    options = parser.parse_args(arguments)
    os.makedirs(options.output, exist_ok=True)
    with open(os.path.join(HERE, "versions.toml"), "rb") as file:
        table = tomllib.load(file)
    for package in sorted(os.listdir(PACKAGES)):
        build(options.adder, os.path.join(PACKAGES, package), options.output, package in table["sdist-only"]["packages"])
    for entry in table["version"]:
        build_version(options.adder, entry, options.output)
    if options.no_debian:
        return 0
    for flag, listed in (("--pure", "debian-packages.txt"), ("--compiled", "debian-compiled.txt")):
        with open(os.path.join(HERE, listed), encoding="utf-8") as file:
            names = file.read().split()
        if debian_wheels.main([flag, "-o", options.output, *names]) != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
