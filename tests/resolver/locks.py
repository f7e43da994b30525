"""Compares a pylock.toml with a uv.lock: names, versions, where each package is installed, edges and forks, with markers up
to logical equality (asked of `adder spec batch`)."""


class Markers:
    def __init__(self, batch):
        self.batch, self.known = batch, {}

    def simple(self, text):
        if text in ("", "never"):
            return text
        if text not in self.known:
            self.known[text] = self.batch({"op": "marker-simplify", "text": text})["marker"]
        return self.known[text]

    def both(self, a, b):
        if "never" in (a, b):
            return "never"
        return self.simple(f"({a}) and ({b})" if a and b else a or b)

    def either(self, a, b):
        if "never" in (a, b):
            return b if a == "never" else a
        return self.simple(f"({a}) or ({b})" if a and b else "")

    def same(self, a, b, context):
        return self.both(a, context) == self.both(b, context)


NEVER_TEXTS = ("python_version < '0'", "python_full_version < '0'")


def python_marker(specifier):
    """A requires-python as a marker."""
    clauses = [clause.strip() for clause in specifier.split(",") if clause.strip()]
    parts = []
    for clause in clauses:
        operator = clause.rstrip("0123456789.*abrcpostdev")
        parts.append(f"python_full_version {operator} '{clause[len(operator):]}'")
    return " and ".join(parts)


def uv_graph(lock):
    """Packages as (name, version), edges (from, to) → marker; the project is from ''."""
    packages = [p for p in lock.get("package", []) if p["name"] != "project"]
    versions = {}
    for package in packages:
        versions.setdefault(package["name"], []).append(package["version"])
    edges = {}

    def add(source, dependencies):
        for dependency in dependencies:
            version = dependency.get("version") or versions[dependency["name"]][0]
            edges.setdefault((source, (dependency["name"], version)), []).append(dependency.get("marker", ""))

    for package in lock.get("package", []):
        source = "" if package["name"] == "project" else (package["name"], package["version"])
        add(source, package.get("dependencies", []))
        for extra, dependencies in package.get("optional-dependencies", {}).items():
            add(source, dependencies)
    forks = {(p["name"], p["version"]): p["resolution-markers"] for p in packages if "resolution-markers" in p}
    return {(p["name"], p["version"]) for p in packages}, edges, forks


def our_graph(lock):
    tool = lock.get("tool", {}).get("adder", {})
    packages = {(p["name"], p["version"]): p.get("marker", "") for p in lock.get("packages", [])}
    return packages, tool


def reach(packages, edges, markers, context):
    """Where each package is installed: conditions flow along the edges until none grows."""
    out = {package: "never" for package in packages}
    out[""] = context
    open_ = [""]
    while open_:
        source = open_.pop()
        for (start, end), texts in edges.items():
            if start != source:
                continue
            for text in texts:
                wider = markers.either(out[end], markers.both(out[source], text))
                if wider in NEVER_TEXTS:
                    wider = "never"
                if wider != out[end]:
                    out[end] = wider
                    open_.append(end)
    return out


def compare(got, want, batch):
    markers, problems = Markers(batch), []
    context = markers.simple(python_marker(want["requires-python"])) if want.get("requires-python") else ""
    theirs, edges, forks = uv_graph(want)
    ours, tool = our_graph(got)
    if set(ours) != theirs:
        return [f"packages {sorted(ours)}, not {sorted(theirs)}"]
    for package, where in reach(theirs, edges, markers, context).items():
        if package and not markers.same(ours[package], where, context):
            problems.append(f"{package[0]} {package[1]} is installed where `{ours[package]}`, not where `{where}`")
    fork_list = lambda texts: sorted(markers.both(text, context) for text in texts)
    their_forks, our_forks = fork_list(want.get("resolution-markers", [])), fork_list(tool.get("forks", []))
    if their_forks != our_forks:
        problems.append(f"forks {our_forks}, not {their_forks}")
    return problems
