// PEP 440 version specifiers. Containment is defined by the set a clause stands for; only `===` compares text.
#include "pkg/specifier.h"

#include <algorithm>

#include "base/text.h"

namespace pkg {

static constexpr std::string_view kOperators[] = {"==", "!=", "<", "<=", ">", ">=", "~=", "==="};

std::string_view operator_text(SpecifierOp op) { return kOperators[static_cast<size_t>(op)]; }

std::string Specifier::text() const { return std::string(operator_text(op)) + written; }

bool Specifier::mentions_prerelease() const {
    if (op == SpecifierOp::NotEqual) return false;
    if (op != SpecifierOp::Arbitrary) return version.is_prerelease();
    auto parsed = parse_version(arbitrary);
    return parsed.ok() && parsed->is_prerelease();
}

// The floor of the family of versions that begin with the first `size` release segments, the last raised by `step`.
// PEP 440: X.dev0 sorts below everything else that begins with X.
static Cut family_floor(const Version& version, size_t size, uint64_t step) {
    VersionParts all = version.parts(), v;
    v.epoch = all.epoch;
    v.release.assign(all.release.begin(), all.release.begin() + static_cast<ptrdiff_t>(size));
    v.release.back() += step;
    v.has_dev = true;
    return {Version(std::move(v)), Place::Before};
}

// "<V must not allow a pre-release of V unless V is one": the cut below V's own development releases.
static Cut strictly_below(const Version& version) {
    if (version.is_prerelease()) return {version, Place::Before};
    VersionParts v = version.parts();
    v.has_dev = true;
    v.dev = 0;
    return {Version(std::move(v)), Place::Before};
}

// ">V must not allow a post-release of V unless V is one, nor a local version of V".
static Cut strictly_above(const Version& version) {
    bool posts_belong = version.is_postrelease() || version.is_devrelease();
    return {version, posts_belong ? Place::AfterLocals : Place::AfterPosts};
}

static VersionSet equal_set(const Specifier& s) {
    if (s.wildcard) {
        size_t size = s.version.parts().release.size();
        return VersionSet::between(family_floor(s.version, size, 0), family_floor(s.version, size, 1));
    }
    if (s.version.has_local()) return VersionSet::single(s.version);
    return VersionSet::between({s.version, Place::Before}, {s.version, Place::AfterLocals});
}

VersionSet Specifier::to_set() const {
    switch (op) {
        case SpecifierOp::Equal: return equal_set(*this);
        case SpecifierOp::NotEqual: return equal_set(*this).complement();
        case SpecifierOp::Less: return VersionSet::until(strictly_below(version));
        case SpecifierOp::LessEqual: return VersionSet::until({version, Place::AfterLocals});
        case SpecifierOp::Greater: return VersionSet::from(strictly_above(version));
        case SpecifierOp::GreaterEqual: return VersionSet::from({version, Place::Before});
        case SpecifierOp::Compatible: {
            size_t size = version.parts().release.size() - 1;
            return VersionSet::between({version, Place::Before}, family_floor(version, size, 1));
        }
        case SpecifierOp::Arbitrary: break;
    }
    auto parsed = parse_version(arbitrary);
    return parsed.ok() ? VersionSet::single(*parsed) : VersionSet();
}

bool Specifier::contains(const Version& candidate) const {
    if (op == SpecifierOp::Arbitrary) return base::equal_ignoring_case(candidate.text(), arbitrary);
    // FAST: the two operators most clauses have, without a set. Equal: both are cuts of to_set().
    if (op == SpecifierOp::GreaterEqual) return candidate >= version;
    if (op == SpecifierOp::LessEqual)
        return Version::compare_cuts(candidate, Place::Before, version, Place::AfterLocals) < 0;
    return to_set().contains(candidate);
}

bool Specifier::contains_text(std::string_view candidate) const {
    if (op == SpecifierOp::Arbitrary) return base::equal_ignoring_case(base::strip(candidate), arbitrary);
    auto parsed = parse_version(candidate);
    return parsed.ok() && contains(*parsed);
}

// The form under which equal clauses are the same: trailing zeros do not count, except where `~=` counts segments.
static std::string identity(const Specifier& s) {
    std::string out(operator_text(s.op));
    if (s.op == SpecifierOp::Arbitrary) return out + base::lower(s.arbitrary);
    if (s.op == SpecifierOp::Compatible) return out + s.version.text();
    if (s.wildcard) return out + s.version.text() + ".*";
    return out + s.version.canonical_text();
}

bool Specifier::operator==(const Specifier& other) const { return identity(*this) == identity(other); }

namespace {

base::Error specifier_error(std::string_view whole, size_t offset, std::string message) {
    return base::Error(base::ErrorKind::Usage, std::move(message)).with_span(base::span_at("", whole, offset));
}

bool read_operator(std::string_view text, SpecifierOp& op, size_t& size) {
    static constexpr SpecifierOp kOrder[] = {SpecifierOp::Arbitrary,    SpecifierOp::Equal,     SpecifierOp::NotEqual,
                                             SpecifierOp::LessEqual,    SpecifierOp::Compatible, SpecifierOp::GreaterEqual,
                                             SpecifierOp::Less,         SpecifierOp::Greater};
    for (SpecifierOp candidate : kOrder) {
        if (!text.starts_with(operator_text(candidate))) continue;
        op = candidate;
        size = operator_text(candidate).size();
        return true;
    }
    return false;
}

std::string_view strip_blanks(std::string_view text) {
    size_t from = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

base::Result<Specifier> parse_clause(std::string_view whole, size_t offset, std::string_view text) {
    std::string_view body = strip_version_space(text);
    offset += static_cast<size_t>(body.data() - text.data());
    Specifier s;
    size_t size = 0;
    if (!read_operator(body, s.op, size))
        return specifier_error(whole, offset,
                               "`" + base::shortened(body, 100) + "` is not a version specifier: it begins with none of " +
                                   "`===`, `==`, `~=`, `!=`, `<=`, `>=`, `<`, `>`");
    std::string_view rest = strip_version_space(body.substr(size));
    offset = static_cast<size_t>(rest.data() - whole.data());
    s.written = rest;
    if (s.op == SpecifierOp::Arbitrary) {
        s.arbitrary = rest;
        bool odd = rest.find_first_of(",;)") != std::string_view::npos || has_version_space(rest);
        if (rest.empty() || odd) return specifier_error(whole, offset, "`===` needs a version without white space, `,`, `;` or `)`");
        return s;
    }
    std::string_view number = rest;
    if (rest.ends_with(".*")) {
        s.wildcard = true;
        number.remove_suffix(2);
    }
    auto version = parse_version(number);
    if (!version.ok() || strip_version_space(number).size() != number.size())
        return specifier_error(whole, offset, version.ok() ? "white space before `.*`" : version.error().message);
    s.version = std::move(version).value();
    std::string shown = std::string(operator_text(s.op)) + std::string(rest);
    bool equality = s.op == SpecifierOp::Equal || s.op == SpecifierOp::NotEqual;
    if (s.wildcard && !equality)
        return specifier_error(whole, offset, "`.*` stands only after `==` and `!=`, not in `" + shown + "`");
    bool plain = !s.version.is_prerelease() && !s.version.is_postrelease() && !s.version.has_local();
    if (s.wildcard && !plain) return specifier_error(whole, offset, "`.*` must follow the release number in `" + shown + "`");
    if (s.version.has_local() && !equality)
        return specifier_error(whole, offset, "a local version (`+…`) stands only after `==` and `!=`, not in `" + shown + "`");
    if (s.op == SpecifierOp::Compatible && s.version.release_size() < 2)
        return specifier_error(whole, offset, "`~=` needs at least two release numbers: `" + shown + "`");
    return s;
}

}  // namespace

base::Result<Specifier> parse_specifier(std::string_view text) { return parse_clause(text, 0, text); }

base::Result<SpecifierSet> parse_specifier_set(std::string_view text) {
    std::vector<Specifier> clauses;
    size_t offset = 0;
    for (std::string_view part : base::split(text, ',')) {
        if (!strip_version_space(part).empty()) clauses.push_back(TRY(parse_clause(text, offset, part)));
        offset += part.size() + 1;
    }
    return SpecifierSet(std::move(clauses));
}

base::Result<SpecifierSet> parse_requirement_specifiers(std::string_view text) {
    std::vector<Specifier> clauses;
    if (strip_blanks(text).empty()) return SpecifierSet();
    for (size_t offset = 0; offset <= text.size();) {
        size_t comma = std::min(text.find(',', offset), text.size());
        std::string_view part = text.substr(offset, comma - offset), clause = strip_blanks(part);
        bool last = comma == text.size();
        if (clause.empty() && last && !clauses.empty()) break;
        if (clause.empty()) return specifier_error(text, offset, "a version specifier is expected before the `,`");
        // What else is white space for versions stands behind an operator only.
        if (strip_version_space(clause).size() != clause.size())
            return specifier_error(text, offset, "around a version specifier only blanks and tabs may stand");
        clauses.push_back(TRY(parse_clause(text, offset, part)));
        offset = comma + 1;
    }
    return SpecifierSet(std::move(clauses));
}

SpecifierSet exactly(const Version& version) {
    Specifier s;
    s.version = version;
    s.written = version.text();
    return SpecifierSet({std::move(s)});
}

std::string SpecifierSet::text() const {
    std::string out;
    for (const Specifier& s : clauses_) out += (out.empty() ? "" : ",") + s.text();
    return out;
}

std::string SpecifierSet::canonical_text() const {
    std::vector<std::string> parts;
    for (const Specifier& s : clauses_) {
        bool seen = std::any_of(clauses_.data(), &s, [&](const Specifier& earlier) { return earlier == s; });
        if (!seen) parts.push_back(s.text());
    }
    std::sort(parts.begin(), parts.end());
    return base::join(parts, ",");
}

bool SpecifierSet::mentions_prerelease() const {
    return std::any_of(clauses_.begin(), clauses_.end(), [](const Specifier& s) { return s.mentions_prerelease(); });
}

bool SpecifierSet::contains(const Version& version) const {
    return std::all_of(clauses_.begin(), clauses_.end(), [&](const Specifier& s) { return s.contains(version); });
}

bool SpecifierSet::contains(const Version& version, Prereleases policy) const {
    return !(policy == Prereleases::Forbid && version.is_prerelease()) && contains(version);
}

bool SpecifierSet::contains_text(std::string_view candidate, Prereleases policy) const {
    auto parsed = parse_version(candidate);
    if (policy == Prereleases::Forbid && parsed.ok() && parsed->is_prerelease()) return false;
    return std::all_of(clauses_.begin(), clauses_.end(), [&](const Specifier& s) {
        if (s.op == SpecifierOp::Arbitrary) return s.contains_text(candidate);
        return parsed.ok() && s.contains(*parsed);
    });
}

std::vector<size_t> SpecifierSet::filter(const std::vector<std::string>& candidates, Prereleases policy) const {
    if (policy == Prereleases::Default && mentions_prerelease()) policy = Prereleases::Allow;
    std::vector<size_t> all, without_prereleases;
    bool final_seen = false;
    for (size_t i = 0; i < candidates.size(); i++) {
        if (!contains_text(candidates[i], policy)) continue;
        auto parsed = parse_version(candidates[i]);
        bool pre = parsed.ok() && parsed->is_prerelease();
        final_seen |= parsed.ok() && !pre;
        all.push_back(i);
        if (!pre) without_prereleases.push_back(i);
    }
    return policy == Prereleases::Default && final_seen ? without_prereleases : all;
}

VersionSet SpecifierSet::to_set() const {
    VersionSet set = VersionSet::full();
    for (const Specifier& s : clauses_) set = set.intersection(s.to_set());
    return set;
}

// The least version above `cut` that is no pre-release and is sure to be found there; `limit` says how fine to look.
static Version next_final(const Cut& cut, const Cut* limit) {
    VersionParts v = cut.version.parts();
    bool pre = v.pre_kind != PreKind::None;
    if (pre || (v.has_dev && !v.has_post)) return cut.version.base_version();
    if (v.has_dev) {
        v.has_dev = false;
        return Version(std::move(v));
    }
    if (cut.place == Place::Before) return cut.version;
    if (cut.place == Place::After) {
        v.local.push_back({false, "0"});
        v.local.back().numeric = true;
        return Version(std::move(v));
    }
    v.local.clear();
    if (cut.place == Place::AfterLocals) {
        v.post = v.has_post ? v.post + 1 : 0;
        v.has_post = true;
        return Version(std::move(v));
    }
    // Above all post-releases the line is dense: 1.0 < 1.0.0…0.1; enough zeros get below any limit.
    size_t size = std::max(v.release.size(), limit ? limit->version.parts().release.size() : 0) + 1;
    v.release.resize(size);
    v.release.push_back(1);
    return Version(std::move(v));
}

static bool has_final_version(const VersionSet& set) {
    const std::vector<Cut>& cuts = set.cuts();
    size_t i = 0;
    if (set.starts_inside()) {
        if (set.contains(Version())) return true;
        i = 1;
    }
    for (; i < cuts.size(); i += 2)
        if (set.contains(next_final(cuts[i], i + 1 < cuts.size() ? &cuts[i + 1] : nullptr))) return true;
    return false;
}

bool SpecifierSet::is_unsatisfiable(Prereleases policy) const {
    for (const Specifier& s : clauses_) {
        if (s.op != SpecifierOp::Arbitrary) continue;
        // Only this very text can match: ask whether it does.
        if (!contains_text(s.arbitrary, policy)) return true;
        return false;
    }
    VersionSet set = to_set();
    return set.is_empty() || (policy == Prereleases::Forbid && !has_final_version(set));
}

SpecifierSet SpecifierSet::intersection(const SpecifierSet& other) const {
    std::vector<Specifier> clauses = clauses_;
    for (const Specifier& s : other.clauses_)
        if (std::find(clauses.begin(), clauses.end(), s) == clauses.end()) clauses.push_back(s);
    return SpecifierSet(std::move(clauses));
}

bool SpecifierSet::operator==(const SpecifierSet& other) const {
    auto within = [](const SpecifierSet& a, const SpecifierSet& b) {
        return std::all_of(a.clauses_.begin(), a.clauses_.end(), [&](const Specifier& s) {
            return std::find(b.clauses_.begin(), b.clauses_.end(), s) != b.clauses_.end();
        });
    };
    return within(*this, other) && within(other, *this);
}

}  // namespace pkg
