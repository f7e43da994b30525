// Versions, specifiers, requirements, markers, tags and file names.
#include <algorithm>

#include "base/text.h"
#include "pkg/dist_name.h"
#include "pkg/licenses.h"
#include "pkg/marker_tree.h"
#include "pkg/name.h"
#include "pkg/requirement.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pkg_targets.h"

namespace pkg::fuzz {

namespace {

// The input's lines; the last one may be empty.
std::vector<std::string_view> lines_of(std::string_view data) {
    std::vector<std::string_view> lines;
    for (size_t start = 0; start <= data.size();) {
        size_t end = std::min(data.find('\n', start), data.size());
        lines.push_back(data.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

int sign(std::strong_ordering order) { return (order > 0) - (order < 0); }

constexpr Place kPlaces[] = {Place::Before, Place::After, Place::AfterLocals, Place::AfterPosts};

}  // namespace

void fuzz_version(std::string_view data) {
    std::vector<std::string_view> lines = lines_of(data);
    base::Result<Version> a = parse_version(lines[0]);
    if (!accepted(a)) return;
    base::Result<Version> again = parse_version(a->text());
    CHECK(again.ok() && *again == *a && again->text() == a->text() && again->hash() == a->hash());
    CHECK(a->base_version() == parse_version(a->base_text()).value());
    CHECK(a->public_version() == parse_version(a->public_text()).value());
    CHECK(parse_version(a->canonical_text()).value() == *a);
    CHECK(Version(a->parts()) == *a);
    base::Result<Version> b = parse_version(lines.back());
    if (!accepted(b)) return;
    CHECK((*a < *b) + (*b < *a) + (*a == *b) == 1);
    for (Place at : kPlaces)
        for (Place bt : kPlaces)
            CHECK(sign(Version::compare_cuts(*a, at, *b, bt)) == -sign(Version::compare_cuts(*b, bt, *a, at)));
}

// The set on the first line, against the versions on the others.
void fuzz_specifier(std::string_view data) {
    std::vector<std::string_view> lines = lines_of(data);
    base::Result<SpecifierSet> set = parse_specifier_set(lines[0]);
    if (!accepted(set)) return;
    base::Result<SpecifierSet> again = parse_specifier_set(set->text());
    CHECK(again.ok() && *again == *set && parse_specifier_set(set->canonical_text()).ok());
    VersionSet versions = set->to_set();
    CHECK(versions.complement().complement() == versions && versions.disjoint(versions.complement()));
    CHECK(versions.unite(versions.complement()).is_full());
    bool compares_text = std::any_of(set->clauses().begin(), set->clauses().end(),
                                     [](const Specifier& each) { return each.op == SpecifierOp::Arbitrary; });
    (void)set->is_unsatisfiable();
    std::vector<std::string> candidates;
    for (size_t i = 1; i < lines.size(); ++i) {
        candidates.emplace_back(lines[i]);
        base::Result<Version> version = parse_version(lines[i]);
        if (accepted(version) && !compares_text) CHECK(set->contains(*version) == versions.contains(*version));
    }
    CHECK(set->filter(candidates, Prereleases::Default).size() <= candidates.size());
    CHECK(versions.interval_texts().size() <= versions.cuts().size() + 1 && versions.text().size() < 64 * (data.size() + 64));
}

void fuzz_requirement(std::string_view data) {
    base::Result<Requirement> requirement = parse_requirement(data);
    if (!accepted(requirement)) return;
    base::Result<Requirement> again = parse_requirement(requirement->text());
    CHECK(again.ok() && *again == *requirement);
    CHECK(requirement->key == normalize_name(requirement->name) && requirement->extra_keys().size() <= requirement->extras.size());
}

// The algebra on what the text says: it must hold, and its size must stay bounded by what was written.
void fuzz_marker(std::string_view data) {
    std::vector<std::string_view> lines = lines_of(data);
    base::Result<Marker> marker = parse_marker(lines[0]);
    if (!accepted(marker)) return;
    base::Result<Marker> again = parse_marker(marker->text());
    CHECK(again.ok() && again->text() == marker->text());
    MarkerEnvironment environment = MarkerEnvironment::linux_cpython("3.11.2");
    (void)accepted(marker->try_evaluate(environment));
    MarkerTree tree = MarkerTree::of(*marker);
    CHECK(MarkerTree::of(*again) == tree && (tree & !tree).is_never() && (tree | !tree).is_always());
    CHECK(tree.implies(tree) && (tree.is_never() || !tree.disjoint(tree)));
    (void)tree.evaluate(environment);
    (void)tree.python_versions();
    CHECK(!tree.without_extras().mentions_extra());
    if (!tree.is_always() && !tree.is_never()) {
        base::Result<Marker> printed = parse_marker(tree.text());
        CHECK(printed.ok() && MarkerTree::of(*printed) == tree);
    }
    base::Result<Marker> other = parse_marker(lines.back());
    if (!accepted(other)) return;
    MarkerTree context = MarkerTree::of(*other);
    CHECK((tree.assuming(context) & context) == (tree & context));
    CHECK((!(tree & context)) == ((!tree) | (!context)) && tree.disjoint(context) == (tree & context).is_never());
}

void fuzz_dist_name(std::string_view data) {
    base::Result<WheelName> wheel = parse_wheel_name(data);
    if (accepted(wheel)) {
        CHECK(!wheel->tags.empty() && wheel->tags.size() <= data.size() * data.size() * data.size());
        std::string name = make_wheel_name(wheel->name, wheel->version, wheel->tags[0].text());
        CHECK(parse_wheel_name(name).ok());
    }
    base::Result<SdistName> sdist = parse_sdist_name(data);
    if (accepted(sdist)) CHECK(parse_sdist_name(make_sdist_name(sdist->name, sdist->version), sdist->name).ok());
    (void)accepted(parse_sdist_name(data, "a-b"));
    base::Result<Platform> platform = parse_platform(data);
    // A version has two numbers up to 1000, and macOS has six formats of programs a version.
    if (accepted(platform)) CHECK(platform_tags(*platform).size() < 7000);
    base::Result<std::string> license = normalize_license_expression(data);
    if (accepted(license)) CHECK(normalize_license_expression(*license).value() == *license);
    (void)is_license_file_path(data);
}

}  // namespace pkg::fuzz
