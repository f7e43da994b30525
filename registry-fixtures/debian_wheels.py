"""debian_wheels.py [--pure | --compiled] -o DIRECTORY (PACKAGE | FILE.deb)...

Turns Debian's python3-* packages, installed or as .deb files, into wheels. Run by adder: `adder debian_wheels.py ...`.

A wheel holds what Debian ships below dist-packages, its scripts, METADATA made from the egg-info or dist-info, and
Debian's copyright file as its licence. Debian removes from an egg-info the requirements that it states as Depends, and
takes vendored packages out; both are put back from Depends. Compiled modules are refused, left out with --pure for
projects that have a Python fallback, or kept with --compiled: the wheel is then one for this Python and machine.
The same input gives the same bytes.
"""
import argparse
import base64
import hashlib
import os
import re
import sys
import zipfile

from debian_package import Distribution, Headers, PackageError, read_installed, read_package

WHEEL = "Wheel-Version: 1.0\nGenerator: debian_wheels\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
PURE_TAG, COMPILED_TAG = "py3-none-any", "cp311-cp311-linux_x86_64"
OPERATORS = {"<<": "<", "<=": "<=", "=": "==", ">=": ">=", ">>": ">"}


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(requirement):
    return normalized(re.match(r"[A-Za-z0-9._-]*", requirement).group())


def requires_of_egg(text):
    """The Requires-Dist values of a requires.txt: sections are [extra], [:marker] or [extra:marker]."""
    extra = marker = ""
    requirements, extras = [], []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            extra, _, marker = line[1:-1].partition(":")
            if extra and extra not in extras:
                extras.append(extra)
        elif line:
            conditions = [f"({marker})"] if marker and extra else [marker] if marker else []
            if extra:
                conditions.append(f'extra == "{extra}"')
            requirements.append(line + ("; " + " and ".join(conditions) if conditions else ""))
    return requirements, extras


def upstream_version(text):
    """Debian's version without epoch, revision and the `~` that only orders."""
    version = re.sub(r"^\d+:", "", text.strip())
    version = re.sub(r"[+~](dfsg|ds)\d*", "", version)
    return re.sub(r"-[^-]*$", "", version).rstrip("~")


class Namer:
    """Debian's package name -> the project's name, from the packages at hand or else the installed one."""

    def __init__(self, distributions):
        self.known = {distribution.package.name: distribution.name for distribution in distributions}

    def project(self, debian_name):
        if debian_name not in self.known:
            try:
                self.known[debian_name] = Distribution(read_installed(debian_name)).name
            except PackageError as problem:
                if "does not hold" not in str(problem):
                    raise PackageError(f"{problem}, so the requirement on it cannot be named") from None
                self.known[debian_name] = None
        return self.known[debian_name]


def requires_of_depends(depends, namer):
    """The requirements that Debian's Depends state: every python3-* package that has no alternative."""
    requirements = {}
    for clause in filter(None, map(str.strip, depends.split(","))):
        match = re.fullmatch(r"(python3-[a-z0-9.+-]+)(?::\w+)?\s*(?:\((\S+)\s+([^)]+)\))?", clause)
        if not match or not (project := namer.project(match.group(1))):
            continue
        bounds = requirements.setdefault(project, [])
        if match.group(2):
            bounds.append(OPERATORS[match.group(2)] + upstream_version(match.group(3)))
    return [name + ",".join(bounds) for name, bounds in requirements.items()]


def metadata_of(distribution, namer):
    """METADATA: the headers as they are, but requirements from requires.txt (of an egg-info) and Depends as well."""
    headers = Headers(distribution.headers.text())
    headers.drop("License-File")
    requirements = headers.all("Requires-Dist")
    if distribution.info.endswith(".egg-info"):
        requirements, extras = requires_of_egg(distribution.info_text("requires.txt") or "")
        known = headers.all("Provides-Extra")
        headers.fields += [["Provides-Extra", extra] for extra in extras if extra not in known]
    stated = {requirement_name(requirement) for requirement in requirements if not re.search(r"extra\s*==", requirement)}
    for requirement in requires_of_depends(distribution.package.depends, namer):
        if requirement_name(requirement) not in stated:
            requirements.append(requirement)
    headers.drop("Requires-Dist")
    headers.fields += [["Requires-Dist", requirement] for requirement in requirements]
    headers.fields.append(["License-File", "copyright"])
    return headers.text()


def wheel_members(distribution, namer, compiled_modules):
    """Path in the wheel -> (bytes, whether it is a program), without RECORD; and what the file is called."""
    stem = f"{normalized(distribution.name).replace('-', '_')}-{distribution.version}"
    info = stem + ".dist-info/"
    compiled = sorted(path for path in distribution.modules if path.endswith(".so"))
    if compiled and compiled_modules == "refuse":
        names = ", ".join(compiled)
        raise PackageError(f"{distribution.package.name} holds compiled modules ({names}): say --pure or --compiled")
    tag = COMPILED_TAG if compiled and compiled_modules == "keep" else PURE_TAG
    members = {}
    for path, source in distribution.modules.items():
        if path not in compiled or tag == COMPILED_TAG:
            members[path] = (distribution.package.files[source](), False)
    if not members:
        raise PackageError(f"{distribution.package.name}: nothing is left to put into a wheel")
    for name, content in distribution.scripts().items():
        members[f"{stem}.data/scripts/{name}"] = (content, True)
    copyright = distribution.package.files.get(f"/usr/share/doc/{distribution.package.name}/copyright")
    if not copyright:
        raise PackageError(f"{distribution.package.name} ships no copyright file")
    members[info + "METADATA"] = (metadata_of(distribution, namer).encode(), False)
    members[info + "WHEEL"] = (WHEEL.format(pure=str(tag == PURE_TAG).lower(), tag=tag).encode(), False)
    members[info + "copyright"] = (copyright(), False)
    for name in ("entry_points.txt", "top_level.txt"):
        if text := distribution.info_text(name):
            members[info + name] = (text.encode(), False)
    return stem, tag, members


def write_wheel(directory, stem, tag, members):
    """Writes the archive, members sorted with the metadata last, and RECORD; returns its path."""
    record = f"{stem}.dist-info/RECORD"
    ordered = sorted(members, key=lambda path: (path.startswith(stem + ".dist-info/"), path))
    lines = []
    for path in ordered:
        content = members[path][0]
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        field = '"' + path.replace('"', '""') + '"' if "," in path or '"' in path else path
        lines.append(f"{field},sha256={digest},{len(content)}\n")
    lines.append(f"{record},,\n")
    path = os.path.join(directory, f"{stem}-{tag}.whl")
    with zipfile.ZipFile(path + ".part", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [*ordered, record]:
            content, program = members.get(name) or ("".join(lines).encode(), False)
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = (0o100755 if program else 0o100644) << 16
            archive.writestr(member, content)
    os.replace(path + ".part", path)
    return path


def main(arguments):
    parser = argparse.ArgumentParser(prog="debian_wheels.py", description=__doc__.split("\n\n")[1])
    parser.add_argument("-o", "--output", required=True, metavar="DIRECTORY")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--pure", dest="compiled", action="store_const", const="drop", help="leave compiled modules out")
    choice.add_argument("--compiled", action="store_const", const="keep", help="keep compiled modules")
    parser.set_defaults(compiled="refuse")
    parser.add_argument("packages", nargs="+", metavar="PACKAGE", help="an installed package's name, or a .deb file")
    options = parser.parse_args(arguments)
    os.makedirs(options.output, exist_ok=True)
    try:
        distributions = [Distribution(read_package(argument)) for argument in options.packages]
        namer = Namer(distributions)
        for distribution in distributions:
            print(write_wheel(options.output, *wheel_members(distribution, namer, options.compiled)))
    except PackageError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
