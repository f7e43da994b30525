"""What an index says about projects (PEP 691), as values."""
import attrs
import requests
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

PAGE = "application/vnd.pypi.simple.v1+json"


@attrs.frozen
class File:
    name: str
    version: Version
    size: int = attrs.field(validator=attrs.validators.ge(0))
    yanked: bool = False


@attrs.define
class Project:
    name: str = attrs.field(converter=canonicalize_name)
    files: list[File] = attrs.field(factory=list)

    @property
    def newest(self):
        """The newest version that is neither a pre-release nor yanked, or None."""
        versions = [file.version for file in self.files if not file.yanked and not file.version.is_prerelease]
        return max(versions, default=None)

    @property
    def size(self):
        return sum(file.size for file in self.files)

    @property
    def count(self):
        return len(self.files)


def version_of(name):
    return parse_wheel_filename(name)[1] if name.endswith(".whl") else parse_sdist_filename(name)[1]


def project_of(page):
    """A project from the page that the index gave."""
    files = [
        File(entry["filename"], version_of(entry["filename"]), entry.get("size", 0), bool(entry.get("yanked")))
        for entry in page["files"]
    ]
    return Project(page["name"], sorted(files, key=lambda file: (file.version, file.name)))


def fetch(index, names, timeout, agent):
    """Asks the index for each project. Raises requests.RequestException."""
    with requests.Session() as session:
        session.headers.update({"Accept": PAGE, "User-Agent": agent})
        for name in names:
            answer = session.get(f"{index.rstrip('/')}/{canonicalize_name(name)}/", timeout=timeout)
            answer.raise_for_status()
            yield project_of(answer.json())
