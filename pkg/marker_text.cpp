// Decision diagrams as text: every path to "true" is a clause; what a clause or the whole can do without is dropped.
#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "pkg/marker_node.h"

namespace pkg {

namespace {

struct Item {
    MarkerTree meaning;
    std::string text, opposite;  // the latter empty where one comparison cannot say it
};
using Clause = std::vector<Item>;

std::string quoted(std::string_view value) {
    char quote = value.find('\'') == std::string_view::npos ? '\'' : '"';
    return quote + std::string(value) + quote;
}

// ">=3.8" of python_full_version, in the words people use: python_version where two numbers say it.
std::string version_item(MarkerVariable variable, std::string_view clause) {
    size_t digits = clause.find_first_not_of("<>=!~");
    std::string op(clause.substr(0, digits)), version(clause.substr(digits));
    std::string_view name = marker_variable_name(variable);
    if (variable == MarkerVariable::PythonFullVersion) {
        bool wildcard = version.ends_with(".*");
        bool bound = op == ">=" || op == "<";
        if (bound && version.ends_with(".0") && std::count(version.begin(), version.end(), '.') == 2)
            version.resize(version.size() - 2);
        size_t dots = static_cast<size_t>(std::count(version.begin(), version.end(), '.'));
        bool plain = version.find_first_not_of("0123456789.*") == std::string::npos;
        if (wildcard && plain && dots >= 2) {
            version.resize(version.size() - 2);
            if (dots == 2) name = "python_version";
        } else if (plain && dots <= 1 && bound) {
            name = "python_version";
        }
    }
    return std::string(name) + " " + op + " " + quoted(version);
}

// The item for what `clause` leaves out, where that is one comparison too.
std::string opposite_item(MarkerVariable variable, const MarkerTree& meaning, std::string_view clause) {
    static constexpr std::string_view kOpposites[][2] = {{">=", "<"}, {"<=", ">"}, {"==", "!="}, {"<", ">="}, {">", "<="}, {"!=", "=="}};
    for (const auto& [op, opposite] : kOpposites) {
        if (!clause.starts_with(op)) continue;
        std::string other = std::string(opposite) + std::string(clause.substr(op.size()));
        auto spec = parse_specifier(other);
        if (!spec.ok() || version_condition(variable, spec->to_set()) != !meaning) return "";
        return version_item(variable, other);
    }
    return "";
}

// One clause a run of intervals, one item a bound.
std::vector<Clause> version_clauses(MarkerVariable variable, const VersionSet& set) {
    std::vector<Clause> out;
    // Bounds of python_full_version stand at floors of releases, which ">=" and "<" mean there.
    bool python = variable == MarkerVariable::PythonFullVersion;
    std::string all = set.text(python ? VersionSet::Spelling::Reading : VersionSet::Spelling::Exact);
    for (size_t from = 0; from <= all.size();) {
        size_t bar = std::min(all.find(" | ", from), all.size());
        Clause clause;
        for (std::string_view part : base::split(std::string_view(all).substr(from, bar - from), ',')) {
            auto spec = parse_specifier(part);
            if (!spec.ok()) continue;
            MarkerTree meaning = version_condition(variable, spec->to_set());
            std::string opposite = opposite_item(variable, meaning, part);
            clause.push_back({std::move(meaning), version_item(variable, part), std::move(opposite)});
        }
        out.push_back(std::move(clause));
        from = bar + 3;
    }
    return out;
}

class Printer {
  public:
    explicit Printer(MarkerTree whole) : whole_(std::move(whole)), opposite_(!whole_) {}

    std::string text() {
        Clause prefix;
        walk(whole_.root(), prefix);
        // FAST: the items of an only path are all needed, each of them leads away from a "false".
        if (clauses_.size() == 1) return joined();
        // What is too much work to shorten is true as it stands.
        if (shortening_work() > kMostWork) return joined();
        for (Clause& clause : clauses_) shorten(clause);
        if (clauses_.size() <= kMostCompared)
            drop_clauses();
        else
            drop_repeated();
        return joined();
    }
    // As `(a or b) and …`: each clause of the opposite turned round; "" where an item has no opposite.
    std::string opposite_text() {
        (void)text();
        for (Clause& clause : clauses_) {
            for (Item& item : clause) {
                if (item.opposite.empty()) return "";
                std::swap(item.text, item.opposite);
            }
        }
        return joined_by(" or ", " and ");
    }
    // Bounds of the work: of comparing each clause with all others, of shortening each with a look at the whole.
    static constexpr size_t kMostCompared = 64, kMostWork = 500000;

  private:
    // Paths from `node` to "true".
    void walk(const MarkerRef& node, Clause& prefix) {
        if (node->terminal) {
            if (node->value) clauses_.push_back(prefix);
            return;
        }
        switch (node->question.kind) {
            case MarkerQuestion::Kind::Version: return walk_versions(node, prefix);
            case MarkerQuestion::Kind::Text: return walk_texts(node, prefix);
            default: break;
        }
        for (bool yes : {true, false}) {
            MarkerTree condition = choice_condition(node->question);
            step(node->children[yes], prefix,
                 {{yes ? condition : !condition, choice_text(node->question, yes), choice_text(node->question, !yes)}});
        }
    }

    void step(const MarkerRef& child, Clause& prefix, const Clause& items) {
        if (child->terminal && !child->value) return;
        size_t size = prefix.size();
        prefix.insert(prefix.end(), items.begin(), items.end());
        walk(child, prefix);
        prefix.resize(size);
    }

    void walk_versions(const MarkerRef& node, Clause& prefix) {
        std::vector<std::pair<MarkerRef, std::vector<VersionSet>>> groups;
        for (size_t i = 0; i < node->children.size(); i++) {
            VersionSet region = i ? VersionSet::from(node->cuts[i - 1]) : VersionSet::full();
            if (i < node->cuts.size()) region = region.intersection(VersionSet::until(node->cuts[i]));
            auto found = std::find_if(groups.begin(), groups.end(),
                                      [&](const auto& group) { return same_marker(group.first, node->children[i]); });
            if (found == groups.end())
                groups.push_back({node->children[i], {region}});
            else
                found->second.push_back(region);
        }
        for (const auto& [child, regions] : groups)
            for (const Clause& clause : version_clauses(node->question.variable, unite_all(regions))) step(child, prefix, clause);
    }

    void walk_texts(const MarkerRef& node, Clause& prefix) {
        MarkerVariable variable = node->question.variable;
        std::string name(marker_variable_name(variable));
        Clause others;
        for (size_t i = 0; i < node->values.size(); i++) {
            MarkerTree equal = text_condition(variable, node->values[i]);
            std::string is = name + " == " + quoted(node->values[i]), is_not = name + " != " + quoted(node->values[i]);
            step(node->children[i], prefix, {{equal, is, is_not}});
            others.push_back({!equal, is_not, is});
        }
        step(node->children.back(), prefix, others);
    }

    static std::string choice_text(const MarkerQuestion& question, bool yes) {
        std::string name(marker_variable_name(question.variable)), literal = quoted(question.literal);
        if (question.variable == MarkerVariable::Extra) return name + (yes ? " == " : " != ") + literal;
        const char* op = yes ? " in " : " not in ";
        return question.kind == MarkerQuestion::Kind::Within ? name + op + literal : literal + op + name;
    }

    static MarkerTree meaning(const Clause& clause) {
        MarkerTree all;
        for (size_t i = clause.size(); i-- > 0;) all = clause[i].meaning & all;
        return all;
    }

    // Each item is weighed against the others of its clause and the whole.
    size_t shortening_work() const {
        size_t whole = count_answers(whole_.root()), work = 0;
        for (const Clause& clause : clauses_) work += clause.size() * (clause.size() + whole);
        return work;
    }

    // Drops the items a clause does not need to stay inside the whole, from the first one on.
    void shorten(Clause& clause) const {
        std::vector<MarkerTree> after(clause.size() + 1);
        for (size_t i = clause.size(); i-- > 0;) after[i] = clause[i].meaning & after[i + 1];
        MarkerTree before;
        size_t kept = 0;
        for (size_t i = 0; i < clause.size(); i++) {
            if ((before & after[i + 1]).disjoint(opposite_)) continue;
            before = before & clause[i].meaning;
            if (kept != i) clause[kept] = std::move(clause[i]);
            kept++;
        }
        clause.resize(kept);
    }

    void drop_repeated() {
        std::unordered_set<std::string> seen;
        std::erase_if(clauses_, [&](const Clause& clause) {
            std::string text;
            for (const Item& item : clause) text += item.text + '\n';
            return !seen.insert(std::move(text)).second;
        });
    }

    // Drops the clauses that the others cover, longest first.
    void drop_clauses() {
        std::vector<size_t> order(clauses_.size());
        for (size_t i = 0; i < order.size(); i++) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return clauses_[a].size() > clauses_[b].size(); });
        std::vector<MarkerTree> after(order.size() + 1, MarkerTree::never());
        std::vector<MarkerTree> meanings;
        for (size_t candidate : order) meanings.push_back(meaning(clauses_[candidate]));
        for (size_t i = order.size(); i-- > 0;) after[i] = meanings[i] | after[i + 1];
        MarkerTree before = MarkerTree::never();
        std::vector<bool> gone(clauses_.size());
        for (size_t i = 0; i < order.size(); i++) {
            gone[order[i]] = (before | after[i + 1]) == whole_;
            if (!gone[order[i]]) before = before | meanings[i];
        }
        size_t kept = 0;
        for (size_t i = 0; i < clauses_.size(); i++)
            if (!gone[i]) {
                if (kept != i) clauses_[kept] = std::move(clauses_[i]);
                kept++;
            }
        clauses_.resize(kept);
    }

    std::string joined() const { return joined_by(" and ", " or "); }
    std::string joined_by(std::string_view inside, std::string_view between) const {
        std::vector<std::string> parts;
        for (const Clause& clause : clauses_) {
            std::string text;
            for (const Item& item : clause) text += (text.empty() ? "" : std::string(inside)) + item.text;
            parts.push_back(clause.size() > 1 && clauses_.size() > 1 ? "(" + text + ")" : text);
        }
        return base::join(parts, between);
    }

    MarkerTree whole_, opposite_;
    std::vector<Clause> clauses_;
};

}  // namespace

std::string MarkerTree::text() const {
    if (is_always()) return "";
    if (is_never()) return "python_version < '0'";
    constexpr size_t kMost = 100000;
    size_t ways = count_paths(root_, true, kMost);
    if (ways > Printer::kMostCompared && count_paths(root_, false, kMost) < ways) {
        if (std::string text = Printer(!*this).opposite_text(); !text.empty()) return text;
    }
    return Printer(*this).text();
}

}  // namespace pkg
