"""What [project] may say (specifications/pyproject-toml, PEP 639, 794): texts that are read back as they are meant."""
import keyword
import pkgutil
import re

LINE_BREAK = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
ADDRESS = re.compile(r'[^ \t()<>,;:\\"\[\]@]+@[^ \t()<>,;:\\"\[\]@]+')
README_TYPES = ("text/plain", "text/x-rst", "text/markdown")


class ProjectError(Exception):
    """The project cannot be built; the message says why."""


def normalize_license(text):
    """The licence expression in SPDX's spelling."""
    listed = pkgutil.get_data(__package__, "licenses.def").decode("utf-8")
    licenses, exceptions = (
        {name.lower(): name for name in re.findall(rf'^{row}\("(.*)"\)', listed, re.MULTILINE)}
        for row in ("LICENSE", "LICENSE_EXCEPTION")
    )
    out, depth, expected = "", 0, "licence"
    for word in re.findall(r"[()]|[^\s()]+", text):
        lower = word.lower()
        if expected == "licence" and word == "(":
            out, depth = out + "(", depth + 1
        elif expected == "licence" and re.fullmatch(r"licenseref-[a-z0-9.-]+", lower):
            out, expected = out + "LicenseRef-" + word[11:], "WITH"
        elif expected == "licence" and (lower in licenses or lower.endswith("+") and lower[:-1] in licenses):
            out += licenses[lower] if lower in licenses else licenses[lower[:-1]] + "+"
            expected = "WITH"
        elif expected == "exception" and lower in exceptions:
            out, expected = out + exceptions[lower], "operator"
        elif expected == "WITH" and lower == "with":
            out, expected = out + " WITH ", "exception"
        elif expected in ("WITH", "operator") and lower in ("and", "or"):
            out, expected = f"{out} {lower.upper()} ", "licence"
        elif expected in ("WITH", "operator") and word == ")" and depth:
            out, depth, expected = out + ")", depth - 1, "operator"
        else:
            raise ProjectError(f"`{word}` cannot stand where it does in the licence expression `{text}`")
    if depth or expected in ("licence", "exception"):
        raise ProjectError(f"the licence expression `{text}` ends too early")
    return out


def check_lines(texts, what):
    for text in texts:
        if LINE_BREAK.search(text):
            raise ProjectError(f"`{what}` must be one line")


def is_display_name(name):
    """A phrase (RFC 822) without commas: words, "quoted words", (comments)."""
    quoted, depth = False, 0
    for c in name:
        if c in ",\\":
            return False
        if c == '"' and not depth:
            quoted = not quoted
        if quoted:
            continue
        depth += (c == "(") - (c == ")")
        if depth < 0 or not depth and c in "<>@:;[]":
            return False
    return not quoted and not depth and bool(name.strip())


def check_people(people, what):
    for person in people:
        if "name" not in person and "email" not in person:
            raise ProjectError(f"`{what}` needs `name` or `email`")
        check_lines(person.values(), what)
        if "name" in person and not is_display_name(person["name"]):
            raise ProjectError(f"`{person['name']}` is no name that can stand before an address")
        if "email" in person and not ADDRESS.fullmatch(person["email"]):
            raise ProjectError(f"`{person['email']}` is no email address")


def check_content_type(text):
    check_lines([text], "readme")
    kind, *settings = (part.strip() for part in text.split(";"))
    pairs = [setting.partition("=") for setting in settings]
    charset = all(value.lower() == "utf-8" for name, _, value in pairs if name.lower() == "charset")
    variant = all(value in ("GFM", "CommonMark") for name, _, value in pairs if name.lower() == "variant")
    markdown = kind.lower() == "text/markdown"
    if kind.lower() not in README_TYPES or not charset or markdown and not variant or not all(pair[1] for pair in pairs):
        raise ProjectError(f"`{text}` is no content type of a readme")


def check_import_names(table):
    given = {key: table.get(key, []) for key in ("import-names", "import-namespaces")}
    if "import-namespaces" in table and not given["import-namespaces"]:
        raise ProjectError("`import-namespaces` must not be empty")
    modules = {}
    for key, names in given.items():
        check_lines(names, key)
        for name in names:
            module, mark, private = name.partition(";")
            parts = module.strip().split(".")
            valid = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
            if not valid or mark and private.strip() != "private":
                raise ProjectError(f"`{name}` is no import name")
            if modules.setdefault(module.strip(), key) != key:
                raise ProjectError(f"`{name}` is in `import-names` and in `import-namespaces`")


def check_entry_points(table):
    groups = table.get("entry-points", {})
    for group in groups:
        if group in ("console_scripts", "gui_scripts", "") or group != group.strip() or re.search(r"[\[\]]", group):
            raise ProjectError(f"`{group}` cannot be a group of entry points")
    check_lines(groups, "entry-points")
    for names in [table.get("scripts", {}), table.get("gui-scripts", {}), *groups.values()]:
        check_lines(names, "entry-points")
        for name in names:
            if not name or name != name.strip() or name[0] in "#;[" or "=" in name:
                raise ProjectError(f"`{name}` cannot be the name of an entry point")
    for name in table.get("gui-scripts", {}):
        if name in table.get("scripts", {}):
            raise ProjectError(f"`{name}` is in `scripts` and in `gui-scripts`")


def check_project(table):
    check_lines([table.get("description", "")], "description")
    readme = table.get("readme")
    if isinstance(readme, dict) and "content-type" in readme:
        check_content_type(readme["content-type"])
    if isinstance(table.get("license"), str):
        normalize_license(table["license"])
    for key in ("authors", "maintainers"):
        check_people(table.get(key, []), key)
    for key in ("keywords", "classifiers", "dependencies"):
        check_lines(table.get(key, []), key)
    check_import_names(table)
    for text in table.get("urls", {}).items():
        check_lines(text, "urls")
    check_entry_points(table)
    for texts in table.get("optional-dependencies", {}).values():
        check_lines(texts, "optional-dependencies")
