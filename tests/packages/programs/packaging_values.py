# packaging and tomli: versions, specifiers, markers, requirements, tags, names; TOML values and error positions.
import itertools
import random

import tomli
from packaging import markers, requirements, specifiers, tags, utils, version


def attempt(function, *arguments):
    try:
        return repr(function(*arguments))
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


VERSIONS = "1.0.dev1 1.0a1.dev2 1.0a1 1.0b2.post3.dev4 1.0rc1 1.0 1.0+local.1 1.0.post1 1!0.1 2 v1.2.3 1.0-1 1_0 1..2 1.0c 1.0-alpha.3 2020.01.02 1.0+ubuntu_1 x 1.0+ 0 00.1".split()
parsed = []
for text in VERSIONS:
    print(text, attempt(version.Version, text))
    try:
        parsed.append(version.Version(text))
    except version.InvalidVersion:
        pass
random.Random(3).shuffle(parsed)
print(sorted(parsed), len(set(parsed)))
for item in parsed:
    print(str(item), item.public, item.base_version, item.release, item.pre, item.post, item.dev, item.local, item.is_prerelease, item.is_devrelease, item.epoch, item.micro)
SPECIFIERS = (">=1.0", "~=1.0", "~=1", "==1.*", "!=1.0.*", "<2,>1", "===1.0", ">1.0", "<1.0", "==1.0+local.1", "", ">=1.0a1", "=1", ">=1.*", "<=1.0.dev1, !=1.0")
for text in SPECIFIERS:
    print(text, attempt(specifiers.SpecifierSet, text))
    try:
        found = specifiers.SpecifierSet(text)
    except specifiers.InvalidSpecifier:
        continue
    print([str(item) for item in sorted(parsed) if item in found], [str(item) for item in found.filter(sorted(parsed), prereleases=True)], found.prereleases, hash(found) == hash(specifiers.SpecifierSet(text)))
print(specifiers.SpecifierSet(">=1") & specifiers.SpecifierSet("<2") == "<2,>=1")
MARKERS = ("python_version >= '3.8'", "os_name == 'posix' and (extra == 'a' or sys_platform != \"win32\")", "python_full_version < '3.9' or implementation_name == 'cpython'", "'linux' in sys_platform", "python_version not in '2.7, 3.0'", "platform_release ~= '5'", "nope == 1", "python_version >=", "os_name == 'a' and", "(os_name == 'a'", "'a' == 'b'")
ENVIRONMENT = {"python_version": "3.11", "python_full_version": "3.11.2", "os_name": "posix", "sys_platform": "linux", "extra": "", "implementation_name": "cpython", "platform_release": "5.10"}
for text in MARKERS:
    print(text, attempt(markers.Marker, text), attempt(lambda: markers.Marker(text).evaluate(ENVIRONMENT)), attempt(lambda: str(markers.Marker(text))))
REQUIREMENTS = ("name", "name[a,b]>=1,<2; python_version<'3'", "name @ https://x.y/z.whl ; os_name=='a'", "A.B-C_d (>=1)", "name[", "name>=", "-x", "name @ ", "n;", "name[a]@file:///x", "name ==1.0 extra", "name[a b]")
for text in REQUIREMENTS:
    print(text, attempt(requirements.Requirement, text))
    try:
        found = requirements.Requirement(text)
        print("   ", str(found), found.name, sorted(found.extras), found.specifier, found.url, found.marker)
    except requirements.InvalidRequirement:
        pass


def wheel_parts(name):
    *parts, found = utils.parse_wheel_filename(name)
    return parts, sorted(map(str, found))


for name in ("a-1.0-py3-none-any.whl", "A_b-1.0-1-cp311.cp310-abi3.none-manylinux_2_17_x86_64.whl", "bad.whl", "a-x-py3-none-any.whl", "a-1-b-py3-none-any.whl", "a-1.0.tar.gz", "a.b-2.zip", "noversion.tar.gz"):
    print(name, attempt(lambda: wheel_parts(name)) if "whl" in name else attempt(utils.parse_sdist_filename, name))
print(utils.canonicalize_name("A._-b"), utils.canonicalize_version("1.0.0+A"), utils.canonicalize_version("1.0.0", strip_trailing_zero=False))
print([str(tag) for tag in itertools.islice(tags.cpython_tags((3, 11), abis=["cp311"], platforms=["linux_x86_64"]), 40)])
print([str(tag) for tag in tags.compatible_tags((3, 9), "cp39", ["any_platform"])], sorted(map(str, tags.parse_tag("py2.py3-none-any"))))
print(tags.interpreter_name(), tags.interpreter_version(), next(iter(tags.sys_tags())) in set(tags.sys_tags()), sum(1 for _ in tags.sys_tags()))
TOML = """
title = "x" # comment
[owner]
dob = 1979-05-27T07:32:00.999999-08:00
local = [1979-05-27, 07:32:00, 1979-05-27T00:32:00]
numbers = [1_000, 0xDEAD_BEEF, 0o17, 0b11, -1, +2.5e-3, inf, -nan, 6.0]
"quoted key" = 'literal \\n'
a.b.c = { d = true, e = [ { f = 1 }, { f = 2, }, ], } 
"""
print(attempt(tomli.loads, TOML))
print(tomli.loads(TOML.replace("f = 2, }, ], } ", "f = 2 }, ] }").replace("-nan, ", "")))
print(tomli.loads('[[t]]\nx = """a\\\n   b\n"c\\u00e9"""\n[[t]]\n[t.u]\ny = \'\'\'\nraw \'\'\'\n', parse_float=str), tomli.loads("x = 1.10", parse_float=str))
for bad in ("a = 1\na = 2", "[a]\n[a]", "a = ", "a = [1, 2", "= 1", 'a = "\n"', "a = 01", "a = 1979-13-01", '"a\\q" = 1', "a.b = 1\na = 2", "[[a]]\n[a]", "a = {b = 1, b = 2}", "a = 1 b = 2", "\x00", "a = tru", "[a", "a = 'x", "a = +0x1", "a = 1__0", 'a = """x', 'a = "\\ud800"', "[a]\nb.c=1\n[a.b]", "a = " + "[" * 40):
    print(repr(bad), attempt(tomli.loads, bad))
