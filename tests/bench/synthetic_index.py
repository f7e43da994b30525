"""Makes static package indexes for the benchmarks: PEP 691 pages with PEP 658 metadata files.

Two shapes for the resolver, without archives and the same bytes each time: `trio`, the names and edges of a compiled requirements
file, with old versions of each project; `graph`, many projects of many versions with requirements between them.
"""
import hashlib
import json
import os
import random
import re

UPLOADED = "2023-01-01T00:00:00.000000Z"


def metadata(name, version, requires, python=">=3.8"):
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Summary: {name} of the benchmarks", f"Requires-Python: {python}"]
    return ("\n".join(lines + [f"Requires-Dist: {one}" for one in requires]) + "\n").encode()


def write_project(root, name, versions):
    """`versions`: pairs of version and requirements, oldest first; each gets a wheel and a source archive on the page."""
    folder = os.path.join(root, "simple", name)
    os.makedirs(folder, exist_ok=True)
    files = []
    for version, requires in versions:
        wheel, archive = f"{name.replace('-', '_')}-{version}-py3-none-any.whl", f"{name.replace('-', '_')}-{version}.tar.gz"
        content = metadata(name, version, requires)
        digest = hashlib.sha256(content).hexdigest()
        with open(os.path.join(folder, wheel + ".metadata"), "wb") as file:
            file.write(content)
        for filename, core in ((archive, False), (wheel, {"sha256": digest})):
            files.append({
                "filename": filename, "url": f"/simple/{name}/{filename}", "hashes": {"sha256": hashlib.sha256(filename.encode()).hexdigest()},
                "requires-python": ">=3.8", "size": 12345, "upload-time": UPLOADED, "yanked": False, "core-metadata": core,
            })
    with open(os.path.join(folder, "index.json"), "w") as file:
        json.dump({"meta": {"api-version": "1.1"}, "name": name, "versions": [version for version, _ in versions], "files": files}, file)


def older(version, count):
    """`count` versions before `version`, and it as the last."""
    major = int(re.match(r"\d+", version).group())
    return [f"{major // (count + 1)}.{number}" if major < count else f"{major - count + number}.0" for number in range(count)] + [version]


def read_pins(path):
    """The pins of a compiled requirements file and who wants them: name → (version, names of those `via`)."""
    pins, name = {}, None
    with open(path) as file:
        for line in file:
            if found := re.match(r"([A-Za-z0-9._-]+)==(\S+)", line):
                name = found[1].lower()
                pins[name] = (found[2], [])
            elif found := re.match(r"\s+#\s+(?:via\s+)?([A-Za-z0-9._-]+)\s*$", line):
                if found[1] != "via":
                    pins[name][1].append(found[1].lower())
    return pins


def make_trio(root, compiled, old_versions=40):
    """The index of a compiled file's names and edges; returns the requirements that nobody else brings in."""
    pins = read_pins(compiled)
    wanted = {name: [] for name in pins}
    for name, (version, users) in pins.items():
        for user in users:
            if user in wanted:
                wanted[user].append(f"{name}>={older(version, old_versions)[0]}")
    for name, (version, _) in pins.items():
        write_project(root, name, [(one, wanted[name]) for one in older(version, old_versions)])
    return [name for name, (_, users) in pins.items() if not any(user in pins for user in users)], len(pins)


def make_graph(root, projects=500, versions=50, seed=1):
    """Projects p0 … with versions 1.0 … each; a project requires up to four later ones, within ranges that overlap so that newest
    versions do not always fit. Returns the root requirements."""
    dice = random.Random(seed)
    for number in range(projects):
        edges = sorted({min(projects - 1, number + 1 + dice.randrange(20)) for _ in range(4)} - {number})
        rows = []
        for version in range(1, versions + 1):
            requires = []
            for edge in edges:
                lowest = max(1, version - 30 + dice.randrange(10))
                requires.append(f"p{edge}>={lowest}.0" + (f",<{min(versions, version + 20)}.5" if dice.random() < 0.3 else ""))
            rows.append((f"{version}.0", requires))
        write_project(root, f"p{number}", rows)
    return [f"p{number}" for number in range(0, 10)]
