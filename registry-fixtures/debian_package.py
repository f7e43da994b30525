"""Debian's python3-* packages, read from what is installed or from a .deb file; nothing is unpacked to disk.

`DebianPackage` knows its files by their installed path; `Distribution` is the Python distribution in one: the files
that belong on sys.path, its scripts, and its core metadata with the requirements that Debian moved to Depends.
"""
import io
import os
import re
import subprocess
import tarfile

SITE = "/usr/lib/python3/dist-packages/"
SCRIPTS = "/usr/bin/"


class PackageError(Exception):
    """The package cannot become a wheel; the text says why."""


class DebianPackage:
    """name: Debian's name; depends: the text of Depends; files: installed path -> function that gives its bytes."""

    def __init__(self, name, depends, files, executables):
        self.name, self.depends, self.files, self.executables = name, depends, files, executables


def query(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if result.returncode != 0:
        raise PackageError(f"{' '.join(command[:2])}: {result.stderr.decode().strip()}")
    return result.stdout


def read_installed(name):
    """The package as it is installed on this machine."""
    status, _, depends = query("dpkg-query", "-W", "-f", "${db:Status-Status}\n${Depends}", name).decode().partition("\n")
    if status != "installed":
        raise PackageError(f"{name} is not installed")
    files, executables = {}, set()
    for path in query("dpkg-query", "-L", name).decode().splitlines():
        if os.path.isdir(path):
            continue
        if os.path.islink(path) and path.startswith(SCRIPTS):
            continue  # a second name of a script
        files[path] = lambda path=path: open_bytes(path)
        if os.access(path, os.X_OK):
            executables.add(path)
    return DebianPackage(name, depends, files, executables)


def open_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def read_deb(path):
    """The package in a .deb file."""
    name, depends = (query("dpkg-deb", "-f", path, field).decode().strip() for field in ("Package", "Depends"))
    files, executables = {}, set()
    with tarfile.open(fileobj=io.BytesIO(query("dpkg-deb", "--fsys-tarfile", path))) as archive:
        for member in archive:
            target = member.name.lstrip(".")
            if member.issym() or member.islnk():
                if not target.startswith(SITE):
                    continue
                raise PackageError(f"{path}: {target} is a link, which a wheel cannot hold; install the package instead")
            if member.isfile():
                files[target] = lambda content=archive.extractfile(member).read(): content
                if member.mode & 0o100:
                    executables.add(target)
    return DebianPackage(name, depends, files, executables)


def read_package(argument):
    """A path of a .deb file or the name of an installed package."""
    return read_deb(argument) if argument.endswith(".deb") else read_installed(argument)


class Headers:
    """Core metadata as (name, value) pairs in order, and the description behind them."""

    def __init__(self, text):
        head, _, self.body = text.replace("\r\n", "\n").partition("\n\n")
        self.fields = []
        for line in head.split("\n"):
            if line[:1] in (" ", "\t") and self.fields:
                self.fields[-1][1] += "\n" + line
            elif ":" in line:
                name, _, value = line.partition(":")
                self.fields.append([name, value.strip()])

    def first(self, name):
        return next((value for field, value in self.fields if field.lower() == name.lower()), None)

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def drop(self, name):
        self.fields = [field for field in self.fields if field[0].lower() != name.lower()]

    def text(self):
        head = "".join(f"{name}: {value}\n" for name, value in self.fields)
        return head + ("\n" + self.body if self.body else "")


class Distribution:
    """The one Python distribution of a Debian package. Raises PackageError when there is none, or more than one."""

    def __init__(self, package):
        self.package = package
        below = {path[len(SITE) :]: path for path in package.files if path.startswith(SITE)}
        infos = {match.group() for path in below if (match := re.match(r"[^/]+\.(egg|dist)-info(?=/|$)", path))}
        if len(infos) != 1:
            found = ", ".join(sorted(infos)) or "no metadata"
            raise PackageError(f"{package.name} does not hold one Python distribution: {found}")
        (self.info,) = infos
        self.modules = {
            path: source
            for path, source in below.items()
            if path.partition("/")[0] != self.info and "__pycache__" not in path.split("/")
        }
        self.headers = Headers(self.info_text("METADATA") or self.info_text("PKG-INFO") or self.info_text("") or "")
        self.name, self.version = self.headers.first("Name"), self.headers.first("Version")
        if not self.name or not self.version:
            raise PackageError(f"{package.name}: {self.info} names no project or version")

    def info_text(self, name):
        """A file of the metadata directory ("" where the metadata is a single file), or None."""
        read = self.package.files.get((SITE + self.info + "/" + name).rstrip("/"))
        return read().decode("utf-8") if read else None

    def console_scripts(self):
        """Names of commands that installers make from entry points."""
        names, section = set(), ""
        for line in (self.info_text("entry_points.txt") or "").splitlines():
            if line.startswith("["):
                section = line.strip("[] \t")
            elif "=" in line and section in ("console_scripts", "gui_scripts"):
                names.add(line.partition("=")[0].strip())
        return names

    def scripts(self):
        """name -> bytes of the programs in /usr/bin that no entry point makes, the interpreter line made general."""
        found = {}
        for path, read in self.package.files.items():
            name = path[len(SCRIPTS) :]
            if not path.startswith(SCRIPTS) or name in self.console_scripts():
                continue
            first, newline, rest = read().partition(b"\n")
            if first.startswith(b"#!") and b"python" in first:
                found[name] = b"#!python" + newline + rest
        return found
