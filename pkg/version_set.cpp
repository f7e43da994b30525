// Interval unions over the line of versions.
#include "pkg/version_set.h"

#include <algorithm>

#include "base/text.h"

namespace pkg {

namespace {

// Of the cuts that no version tells apart, the one that sorts first and packs best: "just below 1.0.post1.dev0" is
// "above 1.0.post0 and its locals".
Cut canonical(Cut cut) {
    if (cut.place != Place::Before || !cut.version.is_devrelease() || cut.version.has_local()) return cut;
    VersionParts v = cut.version.parts();
    if (v.dev > 0) {
        v.dev--;
        return {Version(std::move(v)), Place::AfterLocals};
    }
    if (v.has_post) {
        v.has_dev = false;
        if (v.post > 0)
            v.post--;
        else
            v.has_post = false;
        return {Version(std::move(v)), Place::AfterLocals};
    }
    if (v.pre_kind != PreKind::None && v.pre > 0) {
        v.has_dev = false;
        v.pre--;
        return {Version(std::move(v)), Place::AfterPosts};
    }
    return cut;
}

// Nothing lies below 0.dev0.
bool is_bottom(const Cut& cut) {
    if (cut.place != Place::Before || !cut.version.is_devrelease()) return false;
    VersionParts v = cut.version.parts();
    bool zero = std::all_of(v.release.begin(), v.release.end(), [](uint64_t n) { return n == 0; });
    return zero && !v.epoch && v.pre_kind == PreKind::None && !v.has_post && v.dev == 0 && v.local.empty();
}

// "X.dev0" with nothing but a release before it: the floor of the family X.
bool is_floor(const Cut& cut) {
    if (cut.place != Place::Before || !cut.version.is_devrelease()) return false;
    VersionParts v = cut.version.parts();
    return v.dev == 0 && v.pre_kind == PreKind::None && !v.has_post && v.local.empty();
}

using Spelling = VersionSet::Spelling;

std::string lower_text(const Cut& cut, Spelling spelling = Spelling::Reading) {
    bool exact = spelling == Spelling::Exact;
    if (is_floor(cut)) return ">=" + (exact ? cut.version.text() : cut.version.base_text());
    // ">1.0" leaves the post-releases of 1.0 out.
    bool posts_belong = cut.version.is_postrelease() || cut.version.is_devrelease();
    if (exact && cut.place == Place::AfterLocals && !posts_belong) return ">=" + cut.version.text() + ".post0.dev0";
    return (cut.place == Place::Before ? ">=" : ">") + cut.version.text();
}

std::string upper_text(const Cut& cut, Spelling spelling = Spelling::Reading) {
    if (is_floor(cut)) return "<" + cut.version.base_text();
    // "<1.0" leaves the pre-releases of 1.0 out.
    bool exact = spelling == Spelling::Exact;
    if (exact && cut.place == Place::Before && !cut.version.is_prerelease()) return "<=" + cut.version.text() + ",!=" + cut.version.text();
    return (cut.place == Place::Before ? "<" : "<=") + cut.version.text();
}

// The text of [lower, upper) where one operator says it: "==1.0", "==1.*". Empty where none does.
std::string short_text(const Cut& lower, const Cut& upper) {
    bool same = lower.version == upper.version && lower.place == Place::Before;
    if (same && (upper.place == Place::AfterLocals || upper.place == Place::After)) return lower.version.text();
    if (!is_floor(lower) || !is_floor(upper)) return {};
    VersionParts low = lower.version.parts(), high = upper.version.parts();
    while (low.release.size() > 1 && low.release.back() == 0) low.release.pop_back();
    while (high.release.size() > 1 && high.release.back() == 0) high.release.pop_back();
    size_t size = high.release.size();
    if (low.epoch != high.epoch || low.release.size() > size) return {};
    low.release.resize(size);
    low.release[size - 1]++;
    if (low.release != high.release) return {};
    low.release[size - 1]--;
    low.has_dev = false;
    return Version(std::move(low)).text() + ".*";
}

}  // namespace

VersionSet VersionSet::full() {
    VersionSet set;
    set.starts_inside_ = true;
    return set;
}

VersionSet VersionSet::single(const Version& version) { return between({version, Place::Before}, {version, Place::After}); }

VersionSet VersionSet::from(Cut lower) {
    if (is_bottom(lower)) return full();
    VersionSet set;
    set.cuts_.push_back(canonical(std::move(lower)));
    return set;
}

VersionSet VersionSet::until(Cut upper) { return from(std::move(upper)).complement(); }

VersionSet VersionSet::between(Cut lower, Cut upper) {
    if (is_bottom(lower)) return until(std::move(upper));
    VersionSet set;
    lower = canonical(std::move(lower));
    upper = canonical(std::move(upper));
    if (lower < upper) {
        set.cuts_.push_back(std::move(lower));
        set.cuts_.push_back(std::move(upper));
    }
    return set;
}

bool VersionSet::contains(const Version& version) const {
    auto above = std::partition_point(cuts_.begin(), cuts_.end(), [&](const Cut& cut) { return cut.below(version); });
    return starts_inside_ != (((above - cuts_.begin()) & 1) != 0);
}

// Calls visit(in_a, in_b) for every region between neighbouring cuts of either, from below, until it returns false.
template <class Visit>
static void sweep(const VersionSet& a, const VersionSet& b, Visit visit) {
    bool in_a = a.starts_inside(), in_b = b.starts_inside();
    size_t i = 0, j = 0;
    const std::vector<Cut>&x = a.cuts(), &y = b.cuts();
    if (!visit(in_a, in_b, nullptr)) return;
    while (i < x.size() || j < y.size()) {
        auto order = i == x.size()   ? std::strong_ordering::greater
                     : j == y.size() ? std::strong_ordering::less
                                     : x[i] <=> y[j];
        const Cut* cut = order <= 0 ? &x[i] : &y[j];
        if (order <= 0) in_a = !in_a, i++;
        if (order >= 0) in_b = !in_b, j++;
        if (!visit(in_a, in_b, cut)) return;
    }
}

template <class Keep>
VersionSet VersionSet::merge(const VersionSet& a, const VersionSet& b, Keep keep) {
    VersionSet out;
    bool inside = false;
    sweep(a, b, [&](bool in_a, bool in_b, const Cut* cut) {
        bool now = keep(in_a, in_b);
        if (!cut)
            out.starts_inside_ = now;
        else if (now != inside)
            out.cuts_.push_back(*cut);
        inside = now;
        return true;
    });
    return out;
}

bool VersionSet::subset_of(const VersionSet& other) const {
    bool holds = true;
    sweep(*this, other, [&](bool a, bool b, const Cut*) { return holds = !a || b; });
    return holds;
}

bool VersionSet::disjoint(const VersionSet& other) const {
    bool holds = true;
    sweep(*this, other, [&](bool a, bool b, const Cut*) { return holds = !a || !b; });
    return holds;
}

VersionSet VersionSet::complement() const {
    VersionSet out = *this;
    out.starts_inside_ = !out.starts_inside_;
    return out;
}

VersionSet VersionSet::intersection(const VersionSet& other) const {
    if (is_full() || other.is_empty()) return other;
    if (other.is_full() || is_empty()) return *this;
    return merge(*this, other, [](bool a, bool b) { return a && b; });
}

VersionSet VersionSet::unite(const VersionSet& other) const {
    if (is_empty() || other.is_full()) return other;
    if (other.is_empty() || is_full()) return *this;
    return merge(*this, other, [](bool a, bool b) { return a || b; });
}

const Version* VersionSet::as_single() const {
    if (starts_inside_ || cuts_.size() != 2 || cuts_[0].place != Place::Before) return nullptr;
    bool same = cuts_[0].version == cuts_[1].version && cuts_[1].place <= Place::AfterLocals;
    return same ? &cuts_[0].version : nullptr;
}

VersionSet VersionSet::simplified(const std::vector<Version>& known) const {
    VersionSet out;
    if (known.empty()) return *this;
    bool inside = false;
    size_t cut = 0;
    for (size_t i = 0; i < known.size(); i++) {
        size_t first = cut;
        while (cut < cuts_.size() && cuts_[cut].below(known[i])) cut++;
        bool now = starts_inside_ != ((cut & 1) != 0);
        if (i == 0)
            out.starts_inside_ = now;
        else if (now != inside)
            out.cuts_.push_back(cuts_[first]);
        inside = now;
    }
    return out;
}

std::vector<std::string> VersionSet::interval_texts() const {
    std::vector<std::string> out;
    size_t i = 0;
    if (starts_inside_) {
        if (cuts_.empty()) return {"*"};
        out.push_back(upper_text(cuts_[0]));
        i = 1;
    }
    for (; i < cuts_.size(); i += 2) {
        if (i + 1 == cuts_.size()) {
            out.push_back(lower_text(cuts_[i]));
            break;
        }
        std::string brief = short_text(cuts_[i], cuts_[i + 1]);
        out.push_back(brief.empty() ? lower_text(cuts_[i]) + "," + upper_text(cuts_[i + 1]) : "==" + brief);
    }
    return out;
}

std::string VersionSet::text(Spelling spelling) const {
    if (is_full()) return "";
    if (is_empty()) return "<none>";
    // Holes that `!=` can say join their neighbours.
    std::vector<std::string> parts;
    std::string current;
    auto add = [&](const std::string& clause) { current += (current.empty() ? "" : ",") + clause; };
    size_t i = 0;
    bool open = starts_inside_;
    for (; i < cuts_.size(); i++) {
        if (!open) {
            bool closes = i + 1 < cuts_.size();
            std::string brief = closes ? short_text(cuts_[i], cuts_[i + 1]) : "";
            if (!brief.empty()) {
                parts.push_back("==" + brief);
                i++;
                continue;
            }
            add(lower_text(cuts_[i], spelling));
            open = true;
            continue;
        }
        std::string hole = i + 1 < cuts_.size() ? short_text(cuts_[i], cuts_[i + 1]) : "";
        if (!hole.empty()) {
            add("!=" + hole);
            i++;
            continue;
        }
        add(upper_text(cuts_[i], spelling));
        parts.push_back(std::move(current));
        current.clear();
        open = false;
    }
    if (open) parts.push_back(std::move(current));
    return base::join(parts, " | ");
}

}  // namespace pkg
