// PubGrub, after Natalie Weizenbaum's description (pub's doc/solver.md); step names are hers.
#include "pkg/resolver/pubgrub.h"

#include <algorithm>

namespace pkg {

Term Term::intersection(const Term& other) const {
    if (positive && other.positive) return {package, true, set.intersection(other.set)};
    if (positive) return {package, true, set.difference(other.set)};
    if (other.positive) return {package, true, other.set.difference(set)};
    return {package, false, set.unite(other.set)};
}

bool Term::disjoint(const Term& other) const {
    if (positive && other.positive) return set.disjoint(other.set);
    if (positive) return set.subset_of(other.set);
    if (other.positive) return other.set.subset_of(set);
    return false;
}

bool Term::subset_of(const Term& other) const {
    if (positive) return other.positive ? set.subset_of(other.set) : set.disjoint(other.set);
    // "Not selected in the set" never says that a version is selected.
    return !other.positive && other.set.subset_of(set);
}

const Term* Incompatibility::find(PackageId package) const {
    for (const Term& term : terms)
        if (term.package == package) return &term;
    return nullptr;
}

PubGrub::PubGrub(IncompatibilityStore& store) : store_(&store) {
    Incompatibility root;
    root.kind = Incompatibility::Kind::Root;
    root.terms.push_back({kRootPackage, false, VersionSet::single(Version())});
    add(std::move(root));
}

PubGrub::Assignment& PubGrub::assignment(PackageId package) {
    if (package >= assignments_.size()) assignments_.resize(package + 1);
    return assignments_[package];
}

const PubGrub::Assignment* PubGrub::find(PackageId package) const {
    if (package >= assignments_.size() || !assignments_[package].present) return nullptr;
    return &assignments_[package];
}

const Version* PubGrub::decision(PackageId package) const {
    const Assignment* a = find(package);
    return a && a->decided ? &a->version : nullptr;
}

const Term* PubGrub::known(PackageId package) const {
    const Assignment* a = find(package);
    return a ? &a->term : nullptr;
}

std::vector<std::pair<PackageId, Version>> PubGrub::solution() const {
    std::vector<std::pair<PackageId, Version>> out;
    for (PackageId package : order_)
        if (const Version* version = decision(package)) out.emplace_back(package, *version);
    return out;
}

void PubGrub::index_terms(IncompatibilityId id) {
    for (const Term& term : (*store_)[id].terms) {
        if (term.package >= by_package_.size()) by_package_.resize(term.package + 1);
        by_package_[term.package].push_back(id);
    }
}

static uint64_t pair_key(PackageId a, PackageId b) { return uint64_t{a} << 32 | b; }

// "a 1 needs b>2" and "a 2 needs b>2" become one fact about both versions: fewer facts, better explanations.
bool PubGrub::merge_dependency(const Incompatibility& fresh, IncompatibilityId id) {
    const Term &from = fresh.terms[0], &to = fresh.terms[1];
    for (IncompatibilityId& old_id : dependencies_[pair_key(from.package, to.package)]) {
        const Incompatibility& old = (*store_)[old_id];
        if (old.terms[1].set != to.set || old.condition != fresh.condition) continue;
        Incompatibility merged = old;
        merged.terms[0].set = merged.terms[0].set.unite(from.set);
        IncompatibilityId merged_id = static_cast<IncompatibilityId>(store_->size());
        store_->push_back(std::move(merged));
        for (PackageId package : {from.package, to.package})
            for (IncompatibilityId& listed : by_package_[package])
                if (listed == old_id) listed = merged_id;
        old_id = merged_id;
        return true;
    }
    dependencies_[pair_key(from.package, to.package)].push_back(id);
    return false;
}

IncompatibilityId PubGrub::add(Incompatibility incompatibility) {
    IncompatibilityId id = static_cast<IncompatibilityId>(store_->size());
    store_->push_back(std::move(incompatibility));
    const Incompatibility& fresh = (*store_)[id];
    bool dependency = fresh.kind == Incompatibility::Kind::Dependency && fresh.terms.size() == 2;
    if (dependency && merge_dependency(fresh, id)) return id;
    index_terms(id);
    return id;
}

PubGrub::Relation PubGrub::relation(const Incompatibility& incompatibility, PackageId& open) const {
    size_t inconclusive = 0;
    for (const Term& term : incompatibility.terms) {
        const Assignment* a = find(term.package);
        if (a && a->term.subset_of(term)) continue;
        if (a && a->term.disjoint(term)) return Relation::Contradicted;
        open = term.package;
        inconclusive++;
    }
    if (inconclusive == 0) return Relation::Satisfied;
    return inconclusive == 1 ? Relation::AlmostSatisfied : Relation::Inconclusive;
}

void PubGrub::derive(PackageId package, IncompatibilityId cause) {
    Term term = (*store_)[cause].find(package)->negated();
    Assignment& a = assignment(package);
    if (!a.present) {
        if (!a.listed) order_.push_back(package);
        a = Assignment{.present = true, .listed = true, .first_level = level_};
        a.term = std::move(term);
    } else {
        a.term = a.term.intersection(term);
    }
    a.last_level = level_;
    a.derivations.push_back({position_++, level_, cause, a.term});
}

bool PubGrub::propagate(PackageId package, IncompatibilityId& failure,
                        std::vector<std::pair<PackageId, IncompatibilityId>>& conflicts) {
    std::vector<PackageId> changed = {package};
    while (!changed.empty()) {
        PackageId current = changed.back();
        changed.pop_back();
        if (current >= by_package_.size()) continue;
        std::optional<IncompatibilityId> conflict;
        const std::vector<IncompatibilityId>& facts = by_package_[current];
        for (size_t i = facts.size(); i-- > 0;) {
            IncompatibilityId id = facts[i];
            if (contradicted_.count(id)) continue;
            PackageId open = 0;
            Relation state = relation((*store_)[id], open);
            if (state == Relation::Satisfied) {
                conflict = id;
                break;
            }
            if (state == Relation::AlmostSatisfied) {
                if (std::find(changed.begin(), changed.end(), open) == changed.end()) changed.push_back(open);
                derive(open, id);
            }
            if (state != Relation::Inconclusive) contradicted_[id] = level_;
        }
        if (!conflict) continue;
        conflicts.emplace_back(current, *conflict);
        PackageId almost = 0;
        IncompatibilityId learned = 0;
        if (!resolve_conflict(*conflict, almost, learned)) {
            failure = learned;
            return false;
        }
        changed.assign(1, almost);
        derive(almost, learned);
        contradicted_[learned] = level_;
    }
    return true;
}

// The assignment after which `denied` (a term's negation) could no longer hold.
PubGrub::Satisfier PubGrub::satisfier(PackageId package, const Term& denied) const {
    const Assignment& a = assignments_[package];
    auto found = std::partition_point(a.derivations.begin(), a.derivations.end(),
                                      [&](const Derivation& d) { return !d.accumulated.disjoint(denied); });
    if (found != a.derivations.end()) return {false, found->cause, found->position, found->level};
    CHECK(a.decided);
    return {true, 0, a.position, a.last_level};
}

// The level at which, leaving the last satisfier aside, the rest of the incompatibility came to hold.
uint32_t PubGrub::previous_level(const Incompatibility& incompatibility, PackageId package, const Satisfier& last) const {
    uint32_t level = 1;
    for (const Term& term : incompatibility.terms) {
        if (term.package != package) {
            level = std::max(level, satisfier(term.package, term.negated()).level);
            continue;
        }
        const Assignment& a = assignments_[package];
        Term added = last.decision ? Term{package, true, VersionSet::single(a.version)}
                                   : (*store_)[last.cause].find(package)->negated();
        Term denied = added.intersection(term.negated());
        if (denied.positive && denied.set.is_empty()) continue;
        level = std::max(level, satisfier(package, denied).level);
    }
    return level;
}

bool PubGrub::resolve_conflict(IncompatibilityId conflict, PackageId& package, IncompatibilityId& learned) {
    IncompatibilityId current = conflict;
    for (;;) {
        const Incompatibility& incompatibility = (*store_)[current];
        const std::vector<Term>& terms = incompatibility.terms;
        bool terminal = terms.empty() || (terms.size() == 1 && terms[0].package == kRootPackage && terms[0].positive);
        if (terminal) {
            learned = current;
            return false;
        }
        Satisfier last;
        bool first = true;
        for (const Term& term : terms) {
            Satisfier s = satisfier(term.package, term.negated());
            if (!first && s.position < last.position) continue;
            last = s;
            package = term.package;
            first = false;
        }
        uint32_t previous = previous_level(incompatibility, package, last);
        if (last.decision || previous < last.level) {
            backtrack(previous);
            if (current != conflict) index_terms(current);
            learned = current;
            return true;
        }
        current = prior_cause(current, last.cause, package);
    }
}

IncompatibilityId PubGrub::prior_cause(IncompatibilityId a, IncompatibilityId b, PackageId package) {
    const Incompatibility &x = (*store_)[a], &y = (*store_)[b];
    Incompatibility out;
    out.causes[0] = a;
    out.causes[1] = b;
    auto merge = [&](const Term& term) {
        for (Term& present : out.terms)
            if (present.package == term.package) {
                present = present.intersection(term);
                return;
            }
        out.terms.push_back(term);
    };
    for (const Term& term : x.terms)
        if (term.package != package) merge(term);
    for (const Term& term : y.terms)
        if (term.package != package) merge(term);
    // The rule of resolution: for the pivot only what excludes neither premise remains, the union of the two terms.
    const Term &p = *x.find(package), &q = *y.find(package);
    Term pivot = p.negated().intersection(q.negated()).negated();
    bool says_nothing = !pivot.positive && pivot.set.is_empty();
    if (!says_nothing) merge(pivot);
    store_->push_back(std::move(out));
    return static_cast<IncompatibilityId>(store_->size() - 1);
}

void PubGrub::backtrack(uint32_t level) {
    level_ = level;
    for (Assignment& a : assignments_) {
        if (!a.present || a.last_level <= level) continue;
        if (a.first_level > level) {
            a = Assignment{.listed = true};
            continue;
        }
        while (a.derivations.back().level > level) a.derivations.pop_back();
        a.decided = false;
        a.last_level = a.derivations.back().level;
        a.term = a.derivations.back().accumulated;
    }
    std::erase_if(contradicted_, [level](const auto& entry) { return entry.second > level; });
}

std::optional<IncompatibilityId> PubGrub::decide(PackageId package, const Version& version, IncompatibilityId first) {
    Assignment& a = assignment(package);
    CHECK(a.present && !a.decided);
    Term exact{package, true, VersionSet::single(version)};
    for (IncompatibilityId id = first; id < store_->size(); id++) {
        const Incompatibility& fact = (*store_)[id];
        if (!fact.find(package)) continue;
        bool satisfied = std::all_of(fact.terms.begin(), fact.terms.end(), [&](const Term& term) {
            if (term.package == package) return exact.subset_of(term);
            const Assignment* other = find(term.package);
            return other && other->term.subset_of(term);
        });
        if (satisfied) return id;
    }
    a.decided = true;
    a.version = version;
    a.last_level = ++level_;
    a.position = position_++;
    a.term = std::move(exact);
    return std::nullopt;
}

bool PubGrub::undo(PackageId package) {
    const Assignment* a = find(package);
    if (!a || !a->decided || a->last_level == 0) return false;
    backtrack(a->last_level - 1);
    return true;
}

}  // namespace pkg
