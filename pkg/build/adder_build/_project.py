"""Reading a project: pyproject.toml, its packages, its metadata."""
import os
import re

try:
    import tomllib
except ImportError:  # before Python 3.11
    import tomli as tomllib

from ._checks import ProjectError, check_project, normalize_license

LICENSE_PATTERNS = ["LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"]
README_TYPES = {".md": "text/markdown", ".rst": "text/x-rst"}
WHEEL = (
    "Wheel-Version: 1.0\nGenerator: adder_build 0.1.0\n"
    "Root-Is-Purelib: true\nTag: py3-none-any\n"
)
VERSION = re.compile(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<pre>alpha|beta|preview|pre|rc|a|b|c)[-_.]?(?P<pre_number>[0-9]*))?"
    r"(?P<post>-(?P<post_dash>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>[0-9]*))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_number>[0-9]*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?"
)
PRE_LETTERS = {"alpha": "a", "beta": "b", "preview": "rc", "pre": "rc", "c": "rc"}


def normalize_version(text):
    """The normal form of a version (PEP 440)."""
    match = VERSION.fullmatch(text.strip().lower())
    if not match:
        raise ProjectError(f"`{text}` is no version")
    out = f"{int(match['epoch'])}!" if int(match["epoch"] or 0) else ""
    out += ".".join(str(int(part)) for part in match["release"].split("."))
    if match["pre"]:
        out += PRE_LETTERS.get(match["pre"], match["pre"]) + str(int(match["pre_number"] or 0))
    if match["post"]:
        out += ".post" + str(int(match["post_dash"] or match["post_number"] or 0))
    if match["dev"]:
        out += ".dev" + str(int(match["dev_number"] or 0))
    if match["local"]:
        parts = re.split("[-_.]", match["local"])
        out += "+" + ".".join(str(int(part)) if part.isdigit() else part for part in parts)
    return out


def normalize_name(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def is_source(path):
    """Caches, bytecode, hidden files and other tools' leavings belong to nobody's archive."""
    if path.endswith((".pyc", ".pyo")):
        return False
    return not any(
        part == "__pycache__" or part.startswith(".") or part.endswith(".egg-info")
        for part in path.split("/")
    )


def tree_files(directory, folder):
    out = []
    for base, folders, files in os.walk(os.path.join(directory, folder)):
        folders[:] = [name for name in folders if name not in ("__pycache__", ".git")]
        for name in files:
            path = os.path.relpath(os.path.join(base, name), directory).replace(os.sep, "/")
            if is_source(path):
                out.append(path)
    return out


def glob_regex(pattern):
    """PEP 639 globs: `*`, `?`, `[...]` within a component, `**` over components."""
    out, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            out, at = out + ".*", at + 2
        elif pattern[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif pattern[at] == "?":
            out, at = out + "[^/]", at + 1
        elif pattern[at] == "[" and "]" in pattern[at:]:
            end = pattern.index("]", at)
            out, at = out + pattern[at : end + 1], end + 1
        else:
            out, at = out + re.escape(pattern[at]), at + 1
    return re.compile(out, re.DOTALL)


def with_extra(written, extra):
    """The requirement with the extra's condition added to its own."""
    condition = f'extra == "{extra}"'
    # A semicolon within the URL of a direct reference is part of it (PEP 508).
    direct = re.match(r"[^;@]*@\s*\S+", written)
    end = direct.end() if direct else 0
    head, found, marker = written[end:].partition(";")
    head = (written[:end] + head).strip() + (" ; " if direct else "; ")
    return f"{head}({marker.strip()}) and {condition}" if found else head + condition


class Project:
    """What of a project directory goes into archives."""

    def __init__(self, directory):
        self.directory = directory
        with open(os.path.join(directory, "pyproject.toml"), "rb") as file:
            data = tomllib.load(file)
        self.table = data.get("project")
        if not self.table:
            raise ProjectError("pyproject.toml has no [project] table to build from")
        if self.table.get("dynamic"):
            raise ProjectError(
                f"adder_build builds static projects only, and `{self.table['dynamic'][0]}` is dynamic"
            )
        if "name" not in self.table or "version" not in self.table:
            raise ProjectError("pyproject.toml names no name or no version")
        check_project(self.table)
        self.name = self.table["name"]
        self.version = normalize_version(self.table["version"])
        self.file_name = normalize_name(self.name).replace("-", "_")
        self.stem = f"{self.file_name}-{self.version}"
        self.module_root = "src" if os.path.isdir(os.path.join(directory, "src")) else ""
        self.modules = self._find_modules(data.get("tool", {}).get("adder_build", {}).get("packages", []))
        self.licenses = self._find_licenses()

    def inside(self, path):
        """The name of a module file in the wheel."""
        return path[len(self.module_root) + 1 :] if self.module_root else path

    def read(self, path):
        with open(os.path.join(self.directory, path), "rb") as file:
            return file.read()

    def permissions(self, path):
        return 0o755 if os.stat(os.path.join(self.directory, path)).st_mode & 0o100 else 0o644

    def _find_modules(self, names):
        if not names and self.module_root:
            found = tree_files(self.directory, "src")
        else:
            found = []
            for name in names or [self.file_name]:
                path = f"{self.module_root}/{name}" if self.module_root else name
                if os.path.isdir(os.path.join(self.directory, path)):
                    found += tree_files(self.directory, path)
                elif os.path.isfile(os.path.join(self.directory, path + ".py")):
                    found.append(path + ".py")
                else:
                    raise ProjectError(f"there is no package to build: neither `{path}/` nor `{path}.py` is here")
        if not found:
            raise ProjectError("src/ holds no package to build")
        return sorted(found, key=os.fsencode)

    def _find_licenses(self):
        own = "license-files" in self.table
        patterns = self.table.get("license-files", LICENSE_PATTERNS)
        deep = own and any("/" in pattern for pattern in patterns)
        files = []
        for entry in os.scandir(self.directory):
            if entry.is_file(follow_symlinks=False):
                files.append(entry.name)
            elif deep and entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                files += tree_files(self.directory, entry.name)
        found = set()
        for pattern in patterns:
            regex = glob_regex(pattern)
            matching = [path for path in files if regex.fullmatch(path)]
            if own and not matching:
                raise ProjectError(f"no file matches the pattern `{pattern}` of license-files")
            found.update(matching)
        return sorted(found, key=os.fsencode)

    def sdist_files(self):
        files = {"pyproject.toml", *self.modules, *self.licenses}
        readme = self._readme()[0]
        if readme:
            files.add(readme)
        if os.path.isdir(os.path.join(self.directory, "tests")):
            files.update(tree_files(self.directory, "tests"))
        return sorted(files, key=os.fsencode)

    def _readme(self):
        """File, text and content type of the readme."""
        readme = self.table.get("readme", "")
        if isinstance(readme, str):
            readme = {"file": readme} if readme else {}
        path, text = readme.get("file", ""), readme.get("text", "")
        kind = readme.get("content-type", "")
        if path:
            text = self.read(path).decode("utf-8")
            kind = kind or README_TYPES.get(os.path.splitext(path)[1].lower(), "text/plain")
        return path, text, kind

    def metadata(self):
        table = self.table
        # The lowest version that has the fields used: tools of their time can read the file.
        licensed = self.licenses or isinstance(table.get("license"), str)
        imported = "import-names" in table or "import-namespaces" in table
        lines = ["Metadata-Version: " + ("2.5" if imported else "2.4" if licensed else "2.2")]

        def put(name, value):
            if value:
                lines.append(f"{name}: " + value.replace("\n", "\n       |"))

        put("Name", self.name)
        put("Version", self.version)
        put("Summary", table.get("description", ""))
        for field in ("Author", "Maintainer"):
            people = table.get(field.lower() + "s", [])
            put(field, ", ".join(person["name"] for person in people if "email" not in person))
            addresses = [person for person in people if "email" in person]
            put(
                field + "-email",
                ", ".join(f"{p['name']} <{p['email']}>" if "name" in p else p["email"] for p in addresses),
            )
        license = table.get("license", "")
        if isinstance(license, dict):
            text = license.get("text", "")
            if "file" in license:
                text = self.read(license["file"]).decode("utf-8")
            put("License", text.strip())
        else:
            put("License-Expression", license and normalize_license(license))
        for path in self.licenses:
            put("License-File", path)
        for classifier in table.get("classifiers", []):
            put("Classifier", classifier)
        _, readme, kind = self._readme()
        put("Description-Content-Type", kind)
        put("Keywords", ",".join(table.get("keywords", [])))
        for label, url in table.get("urls", {}).items():
            put("Project-URL", f"{label}, {url}")
        put("Requires-Python", re.sub(r"\s+", "", table.get("requires-python", "")))
        for requirement in table.get("dependencies", []):
            put("Requires-Dist", requirement.strip())
        for extra, requirements in table.get("optional-dependencies", {}).items():
            put("Provides-Extra", normalize_name(extra))
            for requirement in requirements:
                put("Requires-Dist", with_extra(requirement, normalize_name(extra)))
        for field in ("Import-Name", "Import-Namespace"):
            for name in table.get(field.lower() + "s", []):
                put(field, name.strip())
        # PEP 794: an empty one says that nothing is imported, none says nothing.
        if imported and not table.get("import-names") and not table.get("import-namespaces"):
            lines.append("Import-Name:")
        return "\n".join(lines) + "\n" + (f"\n{readme}" if readme else "")

    def entry_points(self):
        groups = {
            "console_scripts": self.table.get("scripts", {}),
            "gui_scripts": self.table.get("gui-scripts", {}),
            **self.table.get("entry-points", {}),
        }
        parts = []
        for group in sorted(groups, key=os.fsencode):
            rows = [f"{name} = {self._reference(value)}\n" for name, value in groups[group].items()]
            if rows:
                parts.append(f"[{group}]\n" + "".join(rows))
        return "\n".join(parts)

    @staticmethod
    def _reference(value):
        head, _, extras = value.partition("[")
        module, _, attribute = head.partition(":")
        out = module.strip() + (":" + attribute.strip() if attribute.strip() else "")
        names = [extra.strip() for extra in extras.rstrip().rstrip("]").split(",") if extra.strip()]
        return out + (f" [{','.join(names)}]" if names else "")

    def descriptions(self):
        """The files of .dist-info besides RECORD and licences: name and bytes."""
        out = [("METADATA", self.metadata().encode("utf-8")), ("WHEEL", WHEEL.encode())]
        entry_points = self.entry_points()
        if entry_points:
            out.append(("entry_points.txt", entry_points.encode("utf-8")))
        return out
