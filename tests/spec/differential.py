"""differential.py ADDER [--seed N] [--scale N]: `adder spec batch` against the library `packaging` on generated texts."""
import itertools
import json
import subprocess
import sys

from packaging import markers, requirements, specifiers, tags, utils, version

from generate import Texts, options


class Comparison:
    """Requests with what is expected of each answer; one run of adder answers them all."""

    def __init__(self):
        self.requests, self.checks, self.count, self.failures = [], [], {}, []

    def add(self, request, check):
        self.requests.append(request)
        self.checks.append(check)

    def expect(self, request, expected):
        self.add(request, lambda answer: None if answer == expected else f"expected {expected}")

    def expect_error(self, request):
        self.add(request, lambda answer: None if "error" in answer else "expected an error")

    def run(self, adder):
        text = "".join(json.dumps(request) + "\n" for request in self.requests)
        done = subprocess.run([adder, "spec", "batch"], input=text, capture_output=True, text=True, timeout=600, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != len(self.requests):
            self.failures.append(f"{len(self.requests)} requests, {len(answers)} answers")
        for request, check, answer in zip(self.requests, self.checks, answers):
            self.count[request["op"]] = self.count.get(request["op"], 0) + 1
            problem = check(answer)
            if problem:
                self.failures.append(f"{json.dumps(request)}\n    answered {json.dumps(answer)}\n    {problem}")
        self.requests, self.checks = [], []
        return answers


def parsed_version(text):
    try:
        return version.Version(text)
    except version.InvalidVersion:
        return None


def compare_versions(texts, comparison, count):
    for _ in range(count):
        text = texts.version()
        request, value = {"op": "version", "text": text}, parsed_version(text)
        if value is None:
            comparison.expect_error(request)
            continue
        comparison.expect(
            request,
            {
                "normalized": str(value), "public": value.public, "base": value.base_version, "epoch": value.epoch,
                "release": list(value.release), "pre": list(value.pre) if value.pre else None, "post": value.post,
                "dev": value.dev, "local": value.local, "is_prerelease": value.is_prerelease,
            },
        )
    for _ in range(count // 20):
        valid = [text for text in (texts.version() for _ in range(12)) if parsed_version(text)]
        comparison.expect({"op": "sort", "versions": valid}, {"sorted": sorted(valid, key=version.Version)})


def mentions_prerelease(specifier):
    """The library of Debian 12 does not look at `<` and `>`."""
    return any(each.operator != "!=" and "*" not in each.version and version.Version(each.version).is_prerelease for each in specifier)


def filtered(specifier, candidates, prereleases):
    """What of `candidates` a set takes: pre-releases only where the set mentions one, or nothing else matches (the rule
    of today's `packaging`, spelled out: the library of Debian 12 never falls back inside a set)."""
    everything = [specifier.contains(text, prereleases=True) for text in candidates]
    if prereleases or (prereleases is None and mentions_prerelease(specifier)):
        return everything
    final = [matches and not version.Version(text).is_prerelease for text, matches in zip(candidates, everything)]
    return final if prereleases is False or any(final) else everything


def compare_specifiers(texts, comparison, count):
    for _ in range(count):
        text = texts.specifier()
        candidates = [c for c in (texts.version() for _ in range(10)) if parsed_version(c)]
        candidates += [clause.strip("=<>!~ ").replace(".*", ".0") for clause in text.split(",")]
        candidates = [c for c in candidates if parsed_version(c)]
        wish = texts.pick([True, False, None])
        request = {"op": "match", "spec": text, "versions": candidates, "prereleases": wish}
        try:
            value = specifiers.SpecifierSet(text)
        except specifiers.InvalidSpecifier:
            comparison.expect_error(request)
            continue
        if ".*" in text or "~=" in text:
            # The library of Debian 12 forgets the epoch where it compares prefixes with zeros.
            candidates[:] = [c for c in candidates if "!" not in c]
            if "!" in text:
                continue
        below = [clause.strip()[1:].strip() for clause in text.split(",") if clause.strip().startswith("<") and "=" not in clause]
        if any(parsed_version(each) and parsed_version(each).is_postrelease for each in below):
            # Today's `packaging`: 1.0.dev1 is below 1.0.post1. The library of Debian 12 leaves it out.
            candidates[:] = [c for c in candidates if not parsed_version(c).is_prerelease]
        above = [clause.strip()[1:].strip() for clause in text.split(",") if clause.strip().startswith(">") and "=" not in clause]
        if any(parsed_version(each) and parsed_version(each).is_prerelease for each in above):
            # Today's `packaging`: 1.0.post0 is above 1.0a1. The library of Debian 12 leaves it out.
            candidates[:] = [c for c in candidates if not parsed_version(c).is_postrelease]
        arbitrary = [clause.strip()[3:].strip() for clause in text.split(",") if clause.strip().startswith("===")]
        if not all(parsed_version(each) for each in arbitrary):
            continue  # the library of Debian 12 raises InvalidVersion for `===` with other text
        if arbitrary:
            # The library compares the text as given, the specification the text without regard to the version's form.
            candidates[:] = [str(version.Version(c)) for c in candidates]
        comparison.expect(request, {"match": filtered(value, candidates, wish)})


def compare_requirements(texts, comparison, count):
    for _ in range(count):
        text = texts.requirement()
        request = {"op": "requirement", "text": text}
        try:
            value = requirements.Requirement(text)
        except (requirements.InvalidRequirement, specifiers.InvalidSpecifier):
            # The library of Debian 12 looks into URLs, and takes everything up to a blank for the text of `===`.
            if "@" not in text and "===" not in text:
                comparison.expect_error(request)
            continue
        comparison.expect(
            request,
            {
                "name": value.name, "normalized_name": utils.canonicalize_name(value.name), "extras": sorted(value.extras),
                "specifier": str(value.specifier), "url": value.url, "marker": str(value.marker) if value.marker else None,
            },
        )


def marker_value(text, environment):
    return markers.Marker(text).evaluate(environment)


def compare_markers(texts, comparison, adder, count):
    simplify = []
    for _ in range(count):
        text, environment = texts.marker(), texts.environment()
        comparison.expect({"op": "marker", "text": text, "environment": environment}, {"value": marker_value(text, environment)})
        simplify.append(text)
    for text in simplify:
        comparison.add({"op": "marker-simplify", "text": text}, lambda answer: None if "marker" in answer else "expected a marker")
    simplified = [answer.get("marker", "") for answer in comparison.run(adder)[-len(simplify):]]
    for text, short in zip(simplify, simplified):
        for _ in range(6):
            environment = texts.environment()
            expected = marker_value(text, environment)
            request = {"op": "marker", "text": short or "os_name == os_name", "environment": environment}
            if short:
                comparison.expect(request, {"value": expected})
            elif not expected:
                comparison.failures.append(f"{text} simplifies to nothing, but does not hold in {environment}")
    environments = [texts.environment() for _ in range(60)]
    for a, b in itertools.islice(zip(simplify, reversed(simplify)), count // 4):
        common = any(marker_value(a, e) and marker_value(b, e) for e in environments)
        comparison.add(
            {"op": "marker-disjoint", "a": a, "b": b},
            lambda answer, common=common: "both hold in one environment" if common and answer.get("value") is not False
            else None if isinstance(answer.get("value"), bool) else "expected a boolean",
        )


def compare_names(texts, comparison, count):
    for _ in range(count):
        name = texts.name()
        comparison.expect({"op": "name", "text": name}, {"normalized": utils.canonicalize_name(name)})
        file = texts.wheel()
        request = {"op": "wheel", "file": file}
        try:
            project, release, build, wheel_tags = utils.parse_wheel_filename(file)
        except (utils.InvalidWheelFilename, version.InvalidVersion):
            comparison.expect_error(request)
            continue
        if not all(tag.interpreter.isidentifier() for tag in wheel_tags):
            comparison.expect_error(request)  # the library of Debian 12 does not look at it
            continue
        expected = {"name": project, "version": str(release), "build": f"{build[0]}{build[1]}" if build else None}
        comparison.add(
            request,
            lambda answer, expected=expected, wanted=sorted(map(str, wheel_tags)): None
            if {key: answer.get(key) for key in expected} == expected and sorted(answer.get("tags", [])) == wanted
            else f"expected {expected} and {wanted}",
        )


def compare_tags(comparison):
    own = [str(tag) for tag in tags.sys_tags()]
    platform = own[0].split("-", 2)[2]
    comparison.expect({"op": "tags", "python": "3.11", "platform": platform}, {"tags": own})


def main():
    given = options()
    texts, comparison = Texts(given.seed), Comparison()
    compare_versions(texts, comparison, given.scale)
    compare_specifiers(texts, comparison, given.scale)
    compare_requirements(texts, comparison, given.scale)
    compare_names(texts, comparison, given.scale // 4)
    compare_tags(comparison)
    compare_markers(texts, comparison, given.adder, given.scale // 4)
    comparison.run(given.adder)
    for failure in comparison.failures[:20]:
        print(failure)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(comparison.count.items()))
    print(f"compared: {counts}; {len(comparison.failures)} differ (seed {given.seed})")
    return 1 if comparison.failures else 0


sys.exit(main())
