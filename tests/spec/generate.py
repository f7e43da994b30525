"""Random texts in the shapes that the specifications give: mostly valid, some just beside it."""
import argparse
import random

EPOCHS = ["", "", "", "", "1!", "0!", "2!"]
PRE = ["a", "b", "rc", "alpha", "beta", "c", "pre", "preview", "A", "RC"]
SEPARATORS = ["", "", ".", "-", "_"]
NAMES = ["numpy", "Django", "ruamel.yaml", "zope-interface", "a", "A1", "typing_extensions", "foo--bar", "x.y_z"]
MARKER_TEXTS = {
    "os_name": ["posix", "nt", "java"],
    "sys_platform": ["linux", "win32", "darwin", "cygwin"],
    "platform_machine": ["x86_64", "aarch64", "AMD64"],
    "platform_system": ["Linux", "Windows", "Darwin"],
    "platform_python_implementation": ["CPython", "PyPy"],
    "implementation_name": ["cpython", "pypy"],
}
MARKER_VERSIONS = {
    "python_version": ["2.7", "3.8", "3.9", "3.10", "3.11", "3.12", "4.0"],
    "python_full_version": ["2.7.18", "3.8.1", "3.9.0", "3.10.4", "3.11.2", "3.12.0"],
    "implementation_version": ["3.8.1", "3.11.2", "7.3"],
}


def options():
    """The command line of what compares them: the program, and which texts, and how many."""
    parser = argparse.ArgumentParser()
    parser.add_argument("adder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=int, default=4000)
    return parser.parse_args()


class Texts:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def number(self):
        return str(self.pick([0, 0, 1, 1, 2, 3, 5, 9, 10, 11, 20, 100, 2023, 20230101, 4294967296]))

    def version(self):
        text = self.pick(EPOCHS) + ".".join(self.number() for _ in range(self.pick([1, 1, 2, 2, 2, 3, 3, 4, 6])))
        if self.chance(10):
            text = "v" + text
        if self.chance(25):
            text += self.pick(SEPARATORS) + self.pick(PRE) + self.pick(SEPARATORS) + self.pick(["", self.number()])
        if self.chance(15):
            text += self.pick([".post", "-post", "post", "-r", ".rev"]) + self.pick(["", self.number()])
        elif self.chance(4):
            text += "-" + self.number()
        if self.chance(12):
            text += self.pick([".dev", "dev", "-dev", "_DEV"]) + self.pick(["", self.number()])
        if self.chance(12):
            text += "+" + self.pick([".", "-", "_"]).join(
                self.pick(["ubuntu", "1", "07", "abc", "deadbeef", "5"]) for _ in range(self.pick([1, 2, 3]))
            )
        if self.chance(4):
            text = self.spoiled(text)
        return text

    def spoiled(self, text):
        at = self.random.randrange(len(text) + 1)
        return text[:at] + self.pick(["!", "..", "x", " ", "+", "*", "=", "ß", "-", "\t"]) + text[at:]

    def plain_version(self):
        return self.pick(["", "", "", "1!"]) + ".".join(self.number() for _ in range(self.pick([1, 2, 3]))) + (
            self.pick(["a1", "b2", "rc1", ".post1", ".dev3", "rc1.dev2", ".post2.dev1"]) if self.chance(35) else ""
        )

    def clause(self):
        operator = self.pick(["==", "!=", "<", "<=", ">", ">=", "~=", "===", "==", ">=", "<"])
        version = self.plain_version()
        if operator in ("==", "!=") and self.chance(35):
            version = ".".join(self.number() for _ in range(self.pick([1, 2, 3]))) + ".*"
        if operator in ("==", "!=") and self.chance(15) and not version.endswith("*"):
            version += "+local.1"
        text = operator + self.pick(["", "", " "]) + version
        return self.spoiled(text) if self.chance(3) else text

    def specifier(self):
        return ",".join(self.clause() for _ in range(self.pick([0, 1, 1, 1, 2, 2, 3])))

    def marker_clause(self):
        if self.chance(45):
            name = self.pick(list(MARKER_VERSIONS))
            operator = self.pick(["==", "!=", "<", "<=", ">", ">=", "~=", ">=", "<"])
            value = self.pick(MARKER_VERSIONS[name])
            if operator in ("==", "!=") and self.chance(20):
                value = value.split(".")[0] + ".*"
            if operator == "~=" and "." not in value:
                operator = ">="
        else:
            name = self.pick(list(MARKER_TEXTS))
            operator = self.pick(["==", "!=", "==", "!=", "in", "not in"])
            value = self.pick(MARKER_TEXTS[name])
            if operator in ("in", "not in"):
                value = " ".join(self.random.sample(MARKER_TEXTS[name], 2))
        quote = self.pick("'\"")
        left, right = name, quote + value + quote
        reversible = operator in ("==", "!=", "<", "<=", ">", ">=") and not value.endswith("*")
        if reversible and self.chance(15):
            left, right = right, left
        return f"{left} {operator} {right}"

    def marker(self, depth=2):
        if depth == 0 or self.chance(40):
            return self.marker_clause()
        parts = [self.marker(depth - 1) for _ in range(self.pick([2, 2, 3]))]
        text = self.pick([" and ", " or "]).join(f"({part})" if " or " in part or " and " in part else part for part in parts)
        return text

    def environment(self):
        python = self.pick(MARKER_VERSIONS["python_full_version"])
        environment = {name: self.pick(values) for name, values in MARKER_TEXTS.items()}
        environment.update(
            python_full_version=python,
            python_version=".".join(python.split(".")[:2]),
            implementation_version=python,
            platform_release="6.1",
            platform_version="#1 SMP",
        )
        return environment

    def requirement(self):
        text = self.pick(NAMES)
        if self.chance(30):
            extras = self.random.sample(["a", "B", "c_d", "e-f"], self.pick([0, 1, 2, 3]))
            text += self.pick(["", " "]) + "[" + self.pick([",", ", "]).join(extras) + "]"
        if self.chance(15):
            text += " @ " + self.pick(["https://example.org/x-1.0.tar.gz", "git+https://host/r.git@main", "file:///tmp/x"])
            separator = " ; "
        else:
            specifier = self.specifier()
            text += self.pick(["", " "]) + (f"({specifier})" if specifier and self.chance(15) else specifier)
            separator = self.pick([";", " ; ", "; "])
        if self.chance(35):
            text += separator + self.marker()
        return self.spoiled(text) if self.chance(5) else text

    def wheel(self):
        build = self.pick(["", "", "", "-1", "-2abc", "-x"])
        tags = self.pick(["py3-none-any", "py2.py3-none-any", "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp38-abi3-win32", "py3-none"])
        name = self.pick(["numpy", "Foo_Bar", "foo.bar", "a__b", "x-y"])
        return f"{name}-{self.version()}{build}-{tags}.whl"

    def name(self):
        return "".join(self.pick("aB3._-") for _ in range(self.pick([1, 2, 3, 5, 8])))
