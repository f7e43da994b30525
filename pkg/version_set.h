// Sets of versions as unions of intervals between cuts: what the resolver and the marker algebra compute with.
// Every set is canonical, so equality is comparison of the cut lists.
#pragma once

#include <string>
#include <vector>

#include "pkg/version.h"

namespace pkg {

// A point between versions. Never equal to a version: a version lies above or below it.
struct Cut {
    Version version;
    Place place = Place::Before;
    std::strong_ordering operator<=>(const Cut& other) const {
        return Version::compare_cuts(version, place, other.version, other.place);
    }
    bool operator==(const Cut& other) const { return (*this <=> other) == 0; }
    bool below(const Version& v) const {  // does `v` lie above this cut
        return Version::compare_cuts(version, place, v, Place::Before) <= 0;
    }
};

class VersionSet {
  public:
    VersionSet() = default;  // empty
    static VersionSet full();
    static VersionSet single(const Version& version);       // exactly this version (1.0+x is not in single(1.0))
    static VersionSet between(Cut lower, Cut upper);         // empty unless lower < upper
    static VersionSet from(Cut lower);                       // everything above
    static VersionSet until(Cut upper);                      // everything below

    bool is_empty() const { return !starts_inside_ && cuts_.empty(); }
    bool is_full() const { return starts_inside_ && cuts_.empty(); }
    bool contains(const Version& version) const;
    bool subset_of(const VersionSet& other) const;
    bool disjoint(const VersionSet& other) const;
    VersionSet complement() const;
    VersionSet intersection(const VersionSet& other) const;
    VersionSet unite(const VersionSet& other) const;
    VersionSet difference(const VersionSet& other) const { return intersection(other.complement()); }
    bool operator==(const VersionSet& other) const = default;

    // The boundaries from below; membership changes at each. The set holds what lies below the first one when
    // `starts_inside()`.
    const std::vector<Cut>& cuts() const { return cuts_; }
    bool starts_inside() const { return starts_inside_; }
    bool ends_inside() const { return starts_inside_ != ((cuts_.size() & 1) != 0); }  // unbounded above
    // The one version of a set made of a single version (its local versions aside); null otherwise.
    const Version* as_single() const;
    // Shrinks the number of intervals without changing which of `known` (sorted, ascending) are inside: for messages.
    VersionSet simplified(const std::vector<Version>& known) const;

    // How a bound is written that no single clause says. Reading: as people would, so what lies above "<2" is ">=2" and
    // what lies below ">=2" is "<2". Exact: so that the clauses mean this set again (">=2.dev0"; "<=2,!=2"), wherever
    // clauses can: not for an end above the post-releases of a version, nor for one version without its local ones.
    enum class Spelling { Reading, Exact };
    // ">=1.0,<2.0 | ==3.*"; "" for the full set, "<none>" for the empty one.
    std::string text(Spelling spelling = Spelling::Reading) const;
    // The same for one interval list entry at a time: ">=1.0,<2.0", "==3.*", …
    std::vector<std::string> interval_texts() const;

  private:
    template <class Keep>
    static VersionSet merge(const VersionSet& a, const VersionSet& b, Keep keep);
    bool starts_inside_ = false;
    std::vector<Cut> cuts_;
};

}  // namespace pkg
