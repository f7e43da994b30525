"""What an explanation is about: the packages it names and the ranges of versions, as sets of the versions that exist."""
import json
import re

TOKEN = re.compile(r"(?<![\w.\-/'`\"])([a-z][a-z0-9-]*)(?:\[[a-z]+\])?(?:\{[^}]*\})?"
                   r"((?:[<>=!~]=?=?)[^\s,()]+(?:,(?:[<>=!~]=?=?)[^\s,()]+)*)?(?![\w=<>-])")


class Ranges:
    """Sets of existing versions through `adder spec batch`."""

    def __init__(self, batch, versions):
        self.batch, self.versions, self.known = batch, versions, {}

    def of(self, name, specifier):
        key = name, specifier
        if key not in self.known:
            versions = self.versions.get(name, [])
            if not specifier:
                chosen = versions
            else:
                # A local version after an ordering operator is no specifier; its public part says the same.
                plain = re.sub(r"([<>]=?[^,+]+)\+[^,]+", r"\1", specifier)
                answer = self.batch({"op": "match", "spec": plain, "versions": versions, "prereleases": True})
                chosen = [v for v, inside in zip(versions, answer["match"]) if inside]
            self.known[key] = frozenset(chosen)
        return self.known[key]


def mentions(text, names, ranges):
    """(name, versions) pairs of the packages that `text` mentions; the empty set for versions that do not exist."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\bhint:.*", "", text)
    out = set()
    for match in TOKEN.finditer(text):
        name, specifier = match.group(1), match.group(2) or ""
        specifier = specifier.rstrip(".,)")
        if name not in names:
            continue
        if name == "a" and not specifier and re.match(r" (matching|[a-z]+ (of|version))", text[match.end():]):
            continue
        out.add((name, ranges.of(name, specifier)))
    return out


def body(text):
    """The prose of an error without its first line's decoration and its hints."""
    start = text.find("Because")
    if start < 0:
        start = text.find("because")
    end = text.find("\nhint:")
    return text[max(start, 0):end if end > 0 else None]


def show(pairs):
    return sorted(f"{name} {{{', '.join(sorted(versions))}}}" for name, versions in pairs)


def load_versions(directory):
    """Project → versions, from the JSON pages of an index."""
    out = {}
    import os
    for name in os.listdir(directory):
        page = os.path.join(directory, name, "index.json")
        if not os.path.exists(page):
            continue
        with open(page, encoding="utf-8") as file:
            data = json.load(file)
        out[name] = data.get("versions", [])
    return out
