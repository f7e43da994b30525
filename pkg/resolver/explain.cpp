// Derivation trees as prose, after pub's report: one line a conclusion, numbers for conclusions used twice.
#include "pkg/resolver/explain.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace pkg {

namespace {

class Explainer {
  public:
    explicit Explainer(const ExplainContext& context) : context_(context) {}

    std::string run(IncompatibilityId failure) {
        failure = skip(failure);
        count_uses(failure);
        const Incompatibility& top = at(failure);
        if (top.kind != Incompatibility::Kind::Derived) return "because " + phrase(top) + ", " + conclusion(top);
        write(failure, "we can conclude that");
        std::string out;
        for (const std::string& line : lines_) out += (out.empty() ? "" : "\n") + line;
        return out;
    }

    void names(IncompatibilityId id, std::set<std::string>& out, std::set<IncompatibilityId>& seen) const {
        if (!seen.insert(id).second) return;
        const Incompatibility& x = at(id);
        for (const Term& term : x.terms)
            if (term.package != kRootPackage) out.insert(context_.packages[term.package].name);
        if (x.kind != Incompatibility::Kind::Derived) return;
        names(x.causes[0], out, seen);
        names(x.causes[1], out, seen);
    }

  private:
    const Incompatibility& at(IncompatibilityId id) const { return context_.store[id]; }
    bool derived(IncompatibilityId id) const { return at(id).kind == Incompatibility::Kind::Derived; }

    // Steps past conclusions that say what one of their premises says: those that only close a gap between versions
    // that exist, and those that carry a requirement from a project's extra to the project.
    IncompatibilityId skip(IncompatibilityId id) const {
        while (derived(id)) {
            IncompatibilityId a = at(id).causes[0], b = at(id).causes[1];
            if (says_nothing(a, b, id))
                id = b;
            else if (says_nothing(b, a, id))
                id = a;
            else
                break;
        }
        return id;
    }

    bool says_nothing(IncompatibilityId premise, IncompatibilityId other, IncompatibilityId result) const {
        const Incompatibility& x = at(premise);
        if (x.kind == Incompatibility::Kind::Root || extra_link(premise)) return true;
        return x.kind == Incompatibility::Kind::NoVersions && conclusion(at(other)) == conclusion(at(result));
    }

    // a[x] needs a at its own version: true by construction.
    bool extra_link(IncompatibilityId id) const {
        const Incompatibility& x = at(id);
        if (x.kind != Incompatibility::Kind::Dependency || x.terms.size() != 2) return false;
        const PackageNode &from = context_.packages[x.terms[0].package], &to = context_.packages[x.terms[1].package];
        return !from.extra.empty() && to.extra.empty() && from.name == to.name;
    }

    const std::vector<Version>* versions(PackageId package) const {
        auto found = context_.versions.find(context_.packages[package].name);
        return found == context_.versions.end() ? nullptr : &found->second;
    }

    std::string name(PackageId package) const {
        const PackageNode& node = context_.packages[package];
        return node.extra.empty() ? node.name : node.name + "[" + node.extra + "]";
    }

    // `set` as runs of neighbours among `known`, so that equal sets of versions read the same whatever bounds they came
    // from. Runs are open at the ends; a lone version is so only where `open_lone` says.
    static VersionSet runs(const VersionSet& set, const std::vector<Version>& known, bool open_lone) {
        VersionSet out;
        for (size_t i = 0; i < known.size(); i++) {
            if (!set.contains(known[i])) continue;
            size_t end = i;
            while (end + 1 < known.size() && set.contains(known[end + 1])) end++;
            Cut from{known[i], Place::Before}, to{known[end], Place::After};
            bool first = i == 0, last = end + 1 == known.size(), lone = i == end && !open_lone;
            if (lone || (i == end && !first && !last))
                out = out.unite(VersionSet::single(known[i]));
            else if (first)
                out = out.unite(last ? VersionSet::full() : VersionSet::until(to));
            else
                out = out.unite(last ? VersionSet::from(from) : VersionSet::between(from, to));
            i = end;
        }
        return out;
    }

    // The versions a term is about: by those that could be taken, else by those that exist.
    VersionSet shown(const Term& term, bool simplify) const {
        const std::string& project = context_.packages[term.package].name;
        auto usable = context_.usable.find(project);
        auto existing = context_.versions.find(project);
        VersionSet out;
        if (simplify && usable != context_.usable.end()) out = runs(term.set, usable->second, true);
        if (simplify && out.is_empty() && existing != context_.versions.end()) out = runs(term.set, existing->second, false);
        return out.is_empty() ? term.set : out;
    }

    // "a>=1.0", "all versions of a"; alternatives are joined with "or".
    std::string text(const Term& term, bool simplify) const {
        VersionSet set = shown(term, simplify);
        if (set.is_full()) return simplify && versions(term.package) ? "all versions of " + name(term.package) : name(term.package);
        return alternatives(term.package, set);
    }

    std::string alternatives(PackageId package, const VersionSet& set) const {
        std::vector<std::string> parts;
        std::string all = set.text();
        for (size_t from = 0; from <= all.size();) {
            size_t bar = std::min(all.find(" | ", from), all.size());
            parts.push_back(name(package) + all.substr(from, bar - from));
            from = bar + 3;
        }
        return base::join_prose(parts, "or");
    }

    // "all versions of a" and alternatives take the plural.
    bool many(const Term& term) const {
        VersionSet set = shown(term, true);
        return (set.is_full() && versions(term.package)) || set.text().find(" | ") != std::string::npos;
    }

    // An incompatibility that is a fact.
    std::string phrase(const Incompatibility& x) const {
        switch (x.kind) {
            case Incompatibility::Kind::Root: return context_.subject + " run the resolution";
            case Incompatibility::Kind::NoVersions: return no_versions(x.terms[0]);
            case Incompatibility::Kind::Unavailable: return text(x.terms[0], false) + " " + x.reason;
            case Incompatibility::Kind::Dependency: return dependency(x);
            case Incompatibility::Kind::Derived: break;
        }
        return conclusion(x);
    }

    std::string no_versions(const Term& term) const {
        const std::vector<Version>* known = versions(term.package);
        if (!known) return name(term.package) + " was not found in any index";
        if (known->empty()) return "no version of " + name(term.package) + " is available";
        if (term.set.is_full()) return "there is no usable version of " + name(term.package);
        if (term.set.as_single()) return "there is no version of " + text(term, false);
        if (known->size() == 1) return "only " + name(term.package) + "==" + known->front().text() + " is available";
        // The gap is an end of the line or lies between versions.
        VersionSet rest = term.set.complement().simplified(*known);
        std::string range = term.set.complement().text();
        if (range.find(" | ") == std::string::npos && rest.is_full())
            return "only " + name(term.package) + edge_range(term.set, *known) + " is available";
        return "there is no version of " + text(term, false);
    }

    // What exists beside a range at one end: "<=1.0", ">=2.0".
    static std::string edge_range(const VersionSet& missing, const std::vector<Version>& known) {
        bool above = missing.ends_inside();
        return above ? "<=" + known.back().text() : ">=" + known.front().text();
    }

    std::string dependency(const Incompatibility& x) const {
        if (x.terms.size() == 1) return text(x.terms[0], false) + " " + x.reason;
        const Term &from = x.terms[0], &to = x.terms[1];
        if (from.package == kRootPackage) return requires_phrase(x);
        return text(from, true) + (many(from) ? " depend on " : " depends on ") + needed(to) + where(x);
    }

    static std::string where(const Incompatibility& x) { return x.condition.empty() ? "" : " where " + x.condition; }

    static std::string place(const Incompatibility& x) { return x.place.empty() ? "" : " (" + x.place + ")"; }

    std::string needed(const Term& to) const {
        if (to.set.is_full()) return name(to.package);
        if (to.set.is_empty()) return name(to.package) + " at no version at all";
        return alternatives(to.package, to.set);
    }

    // A requirement of the root: "you require a>=1", "group `dev` requires a<1".
    std::string requires_phrase(const Incompatibility& x) const {
        std::string who = x.reason.empty() ? context_.subject : x.reason;
        return who + (who == "you" ? " require " : " requires ") + needed(x.terms[1]) + where(x) + place(x);
    }

    // What an incompatibility says when it is concluded.
    std::string conclusion(const Incompatibility& x) const {
        std::vector<const Term*> positive, negative;
        for (const Term& term : x.terms) {
            if (term.package == kRootPackage && term.positive) continue;
            (term.positive ? positive : negative).push_back(&term);
        }
        bool root = positive.size() + negative.size() < x.terms.size();
        if (positive.empty() && negative.empty())
            return (context_.subject == "you" ? "your" : context_.subject + "'s") + std::string(" requirements are unsatisfiable");
        if (root && positive.empty()) return requires_any(negative);
        if (root) {
            std::vector<std::string> texts;
            for (const Term* term : positive) texts.push_back(text(*term, true));
            return base::join_prose(texts) + " cannot be used with what " + context_.subject +
                   (context_.subject == "you" ? " require" : " requires");
        }
        if (negative.empty() && positive.size() == 1) return text(*positive[0], true) + " cannot be used";
        if (negative.empty()) {
            std::vector<std::string> texts;
            for (const Term* term : positive) texts.push_back(text(*term, true));
            return base::join_prose(texts) + " are incompatible";
        }
        std::vector<std::string> texts;
        for (const Term* term : positive) texts.push_back(text(*term, true));
        std::vector<std::string> needs;
        for (const Term* term : negative) needs.push_back(needed(*term));
        if (positive.empty()) return base::join_prose(needs, "or") + " must be selected";
        bool plural = positive.size() > 1 || many(*positive[0]);
        return base::join_prose(texts) + (plural ? " depend on " : " depends on ") + base::join_prose(needs, "or");
    }

    std::string requires_any(const std::vector<const Term*>& negative) const {
        std::vector<std::string> needs;
        for (const Term* term : negative) needs.push_back(needed(*term));
        return context_.subject + (context_.subject == "you" ? " require " : " requires ") + base::join_prose(needs, "or");
    }

    void count_uses(IncompatibilityId id) {
        if (!derived(id)) return;
        if (uses_[id]++) return;
        count_uses(skip(at(id).causes[0]));
        count_uses(skip(at(id).causes[1]));
    }

    std::string reference(IncompatibilityId id) {
        auto found = numbers_.find(id);
        return found == numbers_.end() ? "" : " (" + std::to_string(found->second) + ")";
    }

    // Both premises as one phrase: "a depends on b and you require a".
    std::string joined(IncompatibilityId a, IncompatibilityId b) {
        const Incompatibility &x = at(a), &y = at(b);
        bool x_requires = x.kind == Incompatibility::Kind::Dependency && x.terms[0].package == kRootPackage;
        bool y_requires = y.kind == Incompatibility::Kind::Dependency && y.terms[0].package == kRootPackage;
        if (x_requires && y_requires && x.reason == y.reason)
            return requires_phrase(x) + " and " + needed(y.terms[1]) + where(y) + place(y);
        if (x_requires) return phrase(y) + reference(b) + " and " + phrase(x) + reference(a);
        return phrase(x) + reference(a) + " and " + phrase(y) + reference(b);
    }

    void emit(IncompatibilityId id, std::string line) {
        if (uses_[id] > 1) {
            numbers_[id] = ++last_number_;
            line += " (" + std::to_string(last_number_) + ")";
        }
        lines_.push_back(std::move(line));
    }

    // Appends the lines that end with the conclusion of `id`.
    void write(IncompatibilityId id, const std::string& so) {
        const Incompatibility x = at(id);
        IncompatibilityId a = skip(x.causes[0]), b = skip(x.causes[1]);
        std::string end = ", " + so + " " + conclusion(x) + ".";
        if (derived(a) && derived(b)) {
            if (numbers_.count(a) || numbers_.count(b)) {
                IncompatibilityId known = numbers_.count(a) ? a : b, fresh = known == a ? b : a;
                if (!numbers_.count(fresh)) write(fresh, so);
                emit(id, "And because " + phrase(at(known)) + reference(known) + end);
                return;
            }
            // Two long branches: the first gets a number and is referred to after the second.
            uses_[a] = std::max(uses_[a], 2);
            write(a, so);
            lines_.push_back("");
            write(b, so);
            emit(id, "And because we know from" + reference(a) + " that " + conclusion(at(a)) + end);
            return;
        }
        if (!derived(a) && !derived(b)) {
            emit(id, "Because " + joined(a, b) + end);
            return;
        }
        IncompatibilityId inner = derived(a) ? a : b, fact = inner == a ? b : a;
        if (numbers_.count(inner)) {
            emit(id, "Because " + joined(fact, inner) + end);
            return;
        }
        // One premise is a conclusion with one fact of its own: both facts fit in a sentence.
        IncompatibilityId c = skip(at(inner).causes[0]), d = skip(at(inner).causes[1]);
        bool collapses = uses_[inner] == 1 && derived(c) != derived(d);
        if (collapses) {
            IncompatibilityId deeper = derived(c) ? c : d, other = deeper == c ? d : c;
            if (!numbers_.count(deeper)) {
                write(deeper, so);
                emit(id, "And because " + joined(other, fact) + end);
                return;
            }
        }
        write(inner, so);
        emit(id, "And because " + phrase(at(fact)) + end);
    }

    const ExplainContext& context_;
    std::unordered_map<IncompatibilityId, int> uses_, numbers_;
    int last_number_ = 0;
    std::vector<std::string> lines_;
};

}  // namespace

std::string explain(const ExplainContext& context, IncompatibilityId failure) { return Explainer(context).run(failure); }

std::vector<std::string> named_in(const ExplainContext& context, IncompatibilityId failure) {
    std::set<std::string> names;
    std::set<IncompatibilityId> seen;
    Explainer(context).names(failure, names, seen);
    return {names.begin(), names.end()};
}

}  // namespace pkg
