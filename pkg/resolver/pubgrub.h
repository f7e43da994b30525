// The PubGrub algorithm: version solving by conflict-driven clause learning over version sets.
// It knows packages as numbers and no index; solver.cpp feeds it versions and dependencies.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pkg/version_set.h"

namespace pkg {

using PackageId = uint32_t;
using IncompatibilityId = uint32_t;
inline constexpr PackageId kRootPackage = 0;

// A statement about one package: "its version lies in `set`", or when not positive "it is not selected in `set`".
struct Term {
    PackageId package = 0;
    bool positive = true;
    VersionSet set;

    Term negated() const { return {package, !positive, set}; }
    Term intersection(const Term& other) const;
    bool disjoint(const Term& other) const;
    bool subset_of(const Term& other) const;
};

// Terms that cannot all hold at once, and why.
struct Incompatibility {
    enum class Kind : uint8_t {
        Root,         // the root must be selected
        NoVersions,   // the package has no version in the set
        Unavailable,  // versions that exist but cannot be used; `reason` says why
        Dependency,   // first term depends on the (negated) second
        Derived,      // follows from causes[0] and causes[1]
    };
    Kind kind = Kind::Derived;
    std::vector<Term> terms;
    IncompatibilityId causes[2] = {0, 0};
    std::string reason;     // Unavailable: why; Dependency of the root: who asks
    std::string place;      // Dependency of the root: where it is written
    uint8_t blocked = 0;    // Unavailable: the reason's kind, a `Blocked` of provider.h
    std::string condition;  // Dependency: the marker under which it holds
    const Term* find(PackageId package) const;
};

// Every incompatibility found while resolving; shared by the forks of one resolution, only ever grows.
using IncompatibilityStore = std::deque<Incompatibility>;

class PubGrub {
  public:
    explicit PubGrub(IncompatibilityStore& store);

    // Adds a fact. Dependencies of other versions of the same package on the same set are merged.
    IncompatibilityId add(Incompatibility incompatibility);
    // Draws conclusions from what concerns `package`. False: no solution, and `failure` is the final incompatibility.
    // Conflicts met on the way are appended to `conflicts` as (package that had to change, incompatibility).
    bool propagate(PackageId package, IncompatibilityId& failure,
                   std::vector<std::pair<PackageId, IncompatibilityId>>& conflicts);
    // Selects a version unless one of the incompatibilities from `first` on forbids it at once; that one is returned.
    std::optional<IncompatibilityId> decide(PackageId package, const Version& version, IncompatibilityId first);
    // Takes back the decision about `package` and all later ones; false where it is not decided.
    bool undo(PackageId package);

    // Packages that must be selected and are not yet, with the versions allowed.
    template <class Visit>
    void each_undecided(Visit visit) const {
        for (PackageId package : order_) {
            const Assignment& a = assignments_[package];
            if (a.present && !a.decided && a.term.positive) visit(package, a.term.set);
        }
    }
    const Version* decision(PackageId package) const;
    // What is known about the package's version; null where nothing is.
    const Term* known(PackageId package) const;
    std::vector<std::pair<PackageId, Version>> solution() const;
    const IncompatibilityStore& store() const { return *store_; }

  private:
    struct Derivation {
        uint32_t position;  // in the history of all assignments
        uint32_t level;     // decisions before it
        IncompatibilityId cause;
        Term accumulated;  // what was known about the package after it
    };
    struct Assignment {
        bool present = false, decided = false;
        bool listed = false;  // in order_, where it stays
        uint32_t first_level = 0, last_level = 0, position = 0;
        std::vector<Derivation> derivations;
        Version version;
        Term term;
    };
    struct Satisfier {
        bool decision = false;
        IncompatibilityId cause = 0;
        uint32_t position = 0, level = 0;
    };
    enum class Relation : uint8_t { Satisfied, AlmostSatisfied, Contradicted, Inconclusive };

    Assignment& assignment(PackageId package);
    const Assignment* find(PackageId package) const;
    void index_terms(IncompatibilityId id);
    Relation relation(const Incompatibility& incompatibility, PackageId& open) const;
    void derive(PackageId package, IncompatibilityId cause);
    bool resolve_conflict(IncompatibilityId conflict, PackageId& package, IncompatibilityId& learned);
    Satisfier satisfier(PackageId package, const Term& denied) const;
    uint32_t previous_level(const Incompatibility& incompatibility, PackageId package, const Satisfier& last) const;
    IncompatibilityId prior_cause(IncompatibilityId a, IncompatibilityId b, PackageId package);
    void backtrack(uint32_t level);
    bool merge_dependency(const Incompatibility& fresh, IncompatibilityId id);

    IncompatibilityStore* store_;
    std::vector<std::vector<IncompatibilityId>> by_package_;
    std::vector<Assignment> assignments_;
    std::vector<PackageId> order_;  // packages in the order they were first seen
    std::unordered_map<IncompatibilityId, uint32_t> contradicted_;  // since which level
    std::unordered_map<uint64_t, std::vector<IncompatibilityId>> dependencies_;  // by (package, dependency)
    uint32_t level_ = 0, position_ = 0;
};

}  // namespace pkg
