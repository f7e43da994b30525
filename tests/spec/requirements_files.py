"""requirements_files.py ADDER [--seed N] [--scale N]: the operation `requirements` of `adder spec batch` against pip's own parser."""
import contextlib
import glob
import io
import json
import os
import subprocess
import sys
import tempfile

sys.path[:0] = glob.glob("/usr/share/python-wheels/pip-*.whl")
from pip._internal.exceptions import PipError  # noqa: E402
from pip._internal.req.req_file import RequirementsFileParser, get_line_parser  # noqa: E402

from packaging.requirements import InvalidRequirement, Requirement  # noqa: E402
from packaging.specifiers import InvalidSpecifier  # noqa: E402

from generate import Texts, options  # noqa: E402

VARIABLES = {"HOST": "example.org", "EMPTY": "", "A1_B": "x y"}
INCLUDED = {
    "other.txt": "click>=8  # of the other\n-c bounds.txt\n",
    "bounds.txt": "attrs<20\n",
    "sub/deep.txt": "-r ../other.txt\ndeep==1\n",
}
HASH = "--hash=sha256:" + "ab" * 32


class Lines(Texts):
    def line(self):
        kind = self.random.randrange(20)
        requirement = f"{self.pick(['six', 'attrs', 'Foo.Bar'])}{self.pick(['', '==1.0', '>=1,<2', '~=1.4', '[a,b]>=1', ' >= 1.0 , != 1.5'])}"
        if kind < 6:
            return requirement + self.pick(["", "", " ; os_name == 'nt'", '; python_version<"3.8"'])
        if kind < 8:
            return requirement + self.pick([" " + HASH, f" \\\n    {HASH} \\\n    {HASH}", f" {HASH}  # why", " --hash sha256:" + "cd" * 32])
        if kind < 10:
            return self.pick(["# comment", "   # indented", "", "   ", "#", "six # behind", "six# not a comment", "six #c \\"])
        if kind < 12:
            return self.pick(["six>=1, \\\n  <2", "six \\\n # in between \\\n==1.0", "six==1.0 \\", "\\\nsix", "six\\\n>=1"])
        if kind < 14:
            return self.pick(["https://${HOST}/a-1.0.tar.gz", "six @ https://${HOST}/six-1.zip", "six==${MISSING}", "six==1.0 # ${HOST}", "-i https://${HOST}/${A1_B}", "${EMPTY}six"])
        if kind < 16:
            return self.pick(["-r other.txt", "--requirement=other.txt", "-r sub/deep.txt", "-c bounds.txt", "--constraint bounds.txt", "-rother.txt", "-r missing.txt"])
        if kind == 16 and self.pick([True, False]):
            return self.mixed(requirement)
        if kind < 18:
            return self.pick(
                ["-i https://a/simple", "--index-url https://b/simple", "--extra-index-url=https://c", "--extra-index-url https://d  # comment",
                 "-f ./links", "--find-links='with blank'", "--no-index", "--pre", "--prefer-binary", "--require-hashes", "--trusted-host h:8080",
                 "--no-binary :all:", "--only-binary=a,b", "--no-binary a --only-binary b", "--nonsense", "-i", "--pypi-url https://e"]
            )
        return self.pick(
            ["-e ./src", "-e git+https://h/r.git@v1#egg=r", "--editable=./src[dev]", "-e ./src # comment", "./local/dir", "../up/x-1.0-py3-none-any.whl",
             "file:///tmp/x-1.0.tar.gz", "git+ssh://git@h/r.git", "./dist/x.whl ; os_name == 'posix'", "six === 1", "six==", "-e", "@nope@"]
        )

    def mixed(self, requirement):
        """Options where they mean nothing, cut short, with values or quotation marks too many."""
        return self.pick([requirement + " ", requirement + " \\\n", ""]) + " ".join(
            self.pick(
                ["--pre", "--pre=1", "--pr", "-i https://a", "--index https://b", "--extra=https://c", "-r other.txt", "-c bounds.txt", "-e ./src",
                 "--edit ./src", "--global-option=--x", "--install-option x", "--no-b :all:", "--only-binary", "--", "-", "--pre word", "--nonsense", "-x",
                 HASH, "--ha=sha256:" + "ef" * 32, "--hash=none", "-f 'with blank'", "-f 'open", '-f "a\\b"', "-f a\\ b", "--use-feature fast-deps"]
            )
            for _ in range(self.pick([1, 2, 3]))
        )

    def file(self):
        end = self.pick(["\n", "\n", "\n", "\r\n", "\r"])
        return end.join(line.replace("\n", end) for line in (self.line() for _ in range(self.pick([1, 2, 3, 6])))) + self.pick(["", end])


def is_place(text):
    return "://" in text or text.startswith((".", "/", "file:")) or "/" in text


def facts_of_text(text):
    """What a requirement says, read by `packaging`; a place stays what it is."""
    try:
        value = Requirement(text)
    except (InvalidRequirement, InvalidSpecifier):
        if not is_place(text):
            raise
        place, _, marker = text.partition(" ;")
        extras = ""
        if place.endswith("]"):
            place, _, extras = place[:-1].rpartition("[")
        return [place.strip(), sorted(filter(None, extras.split(","))), bool(marker.strip())]
    return [value.name, str(value.specifier), sorted(value.extras), value.url, bool(value.marker)]


def facts_of_answer(line):
    if line["requirement"]:
        return facts_of_text(line["requirement"])
    return [line["url"], sorted(line["extras"]), bool(line["marker"])]


def hashes_of(options):
    found = getattr(options, "hashes", None) or {}
    return sorted(f"{algorithm}:{value}" for algorithm, values in found.items() for value in values)


def read_by_pip(path):
    """(requirements, constraints) as facts with hashes, or None where pip refuses the file."""
    requirements, constraints, index = [], [], None
    parser = RequirementsFileParser(None, get_line_parser(None))
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # optparse explains its usage there
            lines = list(parser.parse(path, constraint=False))
        for line in lines:
            if line.is_requirement:
                entry = [facts_of_text(line.requirement), line.is_editable, [] if line.is_editable else hashes_of(line.opts)]
                (constraints if line.constraint else requirements).append(entry)
            elif line.opts.index_url:
                index = line.opts.index_url
    except (PipError, InvalidRequirement, InvalidSpecifier, FileNotFoundError, UnicodeDecodeError):
        return None
    return requirements, constraints, index


def main():
    given = options()
    texts = Lines(given.seed)
    adder = os.path.abspath(given.adder)
    os.environ.update(VARIABLES)
    files = [texts.file() for _ in range(given.scale // 2)]
    expected = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir("sub")
        for name, text in INCLUDED.items():
            with open(name, "w") as file:
                file.write(text)
        for text in files:
            with open("requirements.txt", "w", newline="") as file:
                file.write(text)
            expected.append(read_by_pip("requirements.txt"))
    included = dict(INCLUDED, **{"sub/../other.txt": INCLUDED["other.txt"], "sub/../bounds.txt": INCLUDED["bounds.txt"]})
    requests = "".join(
        json.dumps({"op": "requirements", "text": text, "files": included, "variables": VARIABLES}) + "\n" for text in files
    )
    done = subprocess.run([adder, "spec", "batch"], input=requests, capture_output=True, text=True, timeout=600, check=True)
    failures = []
    for text, wanted, line in zip(files, expected, done.stdout.splitlines(), strict=True):
        answer = json.loads(line)
        if "error" in answer:
            found = None
        else:
            lists = [
                [[facts_of_answer(each), each["editable"], sorted(each["hashes"])] for each in answer[key]] for key in ("requirements", "constraints")
            ]
            found = (lists[0], lists[1], answer["index_url"] or None)
        if found != wanted:
            failures.append(f"{text!r}\n    pip   {wanted}\n    adder {found} {answer.get('error', '')}")
    for failure in failures[:20]:
        print(failure)
    refused = sum(1 for each in expected if each is None)
    print(f"compared: {len(files)} requirements files ({refused} of which pip refuses); {len(failures)} differ (seed {given.seed})")
    return 1 if failures else 0


sys.exit(main())
