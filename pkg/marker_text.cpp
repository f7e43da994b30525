// Decision diagrams as text: every path to "true" is a clause; what a clause or the whole can do without is dropped.
#include <algorithm>

#include "base/text.h"
#include "pkg/marker_node.h"

namespace pkg {

namespace {

struct Item {
    MarkerTree meaning;
    std::string text;
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

// One clause a run of intervals, one item a bound.
std::vector<Clause> version_clauses(MarkerVariable variable, const VersionSet& set) {
    std::vector<Clause> out;
    std::string all = set.text();
    for (size_t from = 0; from <= all.size();) {
        size_t bar = std::min(all.find(" | ", from), all.size());
        Clause clause;
        for (std::string_view part : base::split(std::string_view(all).substr(from, bar - from), ',')) {
            auto spec = parse_specifier(part);
            if (!spec.ok()) continue;
            clause.push_back({version_condition(variable, spec->to_set()), version_item(variable, part)});
        }
        out.push_back(std::move(clause));
        from = bar + 3;
    }
    return out;
}

class Printer {
  public:
    explicit Printer(MarkerTree whole) : whole_(std::move(whole)) {}

    std::string text() {
        Clause prefix;
        walk(whole_.root(), prefix);
        for (Clause& clause : clauses_) shorten(clause);
        drop_clauses();
        return joined();
    }

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
            step(node->children[yes], prefix, {{yes ? condition : !condition, choice_text(node->question, yes)}});
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
        std::vector<std::pair<MarkerRef, VersionSet>> groups;
        for (size_t i = 0; i < node->children.size(); i++) {
            VersionSet region = i ? VersionSet::from(node->cuts[i - 1]) : VersionSet::full();
            if (i < node->cuts.size()) region = region.intersection(VersionSet::until(node->cuts[i]));
            auto found = std::find_if(groups.begin(), groups.end(),
                                      [&](const auto& group) { return same_marker(group.first, node->children[i]); });
            if (found == groups.end())
                groups.push_back({node->children[i], region});
            else
                found->second = found->second.unite(region);
        }
        for (const auto& [child, set] : groups)
            for (const Clause& clause : version_clauses(node->question.variable, set)) step(child, prefix, clause);
    }

    void walk_texts(const MarkerRef& node, Clause& prefix) {
        MarkerVariable variable = node->question.variable;
        std::string name(marker_variable_name(variable));
        Clause others;
        for (size_t i = 0; i < node->values.size(); i++) {
            MarkerTree equal = text_condition(variable, node->values[i]);
            step(node->children[i], prefix, {{equal, name + " == " + quoted(node->values[i])}});
            others.push_back({!equal, name + " != " + quoted(node->values[i])});
        }
        step(node->children.back(), prefix, others);
    }

    static std::string choice_text(const MarkerQuestion& question, bool yes) {
        std::string name(marker_variable_name(question.variable)), literal = quoted(question.literal);
        if (question.variable == MarkerVariable::Extra) return name + (yes ? " == " : " != ") + literal;
        const char* op = yes ? " in " : " not in ";
        return question.kind == MarkerQuestion::Kind::Within ? name + op + literal : literal + op + name;
    }

    static MarkerTree meaning(const Clause& clause, size_t without) {
        MarkerTree all;
        for (size_t i = 0; i < clause.size(); i++)
            if (i != without) all = all & clause[i].meaning;
        return all;
    }

    // Drops the items a clause does not need to stay inside the whole.
    void shorten(Clause& clause) const {
        for (size_t i = 0; i < clause.size();) {
            if (meaning(clause, i).implies(whole_))
                clause.erase(clause.begin() + static_cast<ptrdiff_t>(i));
            else
                i++;
        }
    }

    // Drops the clauses that the others cover, longest first.
    void drop_clauses() {
        std::vector<size_t> order(clauses_.size());
        for (size_t i = 0; i < order.size(); i++) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return clauses_[a].size() > clauses_[b].size(); });
        std::vector<bool> gone(clauses_.size());
        for (size_t candidate : order) {
            MarkerTree rest = MarkerTree::never();
            for (size_t i = 0; i < clauses_.size(); i++)
                if (i != candidate && !gone[i]) rest = rest | meaning(clauses_[i], SIZE_MAX);
            gone[candidate] = rest == whole_;
        }
        size_t kept = 0;
        for (size_t i = 0; i < clauses_.size(); i++)
            if (!gone[i]) {
                if (kept != i) clauses_[kept] = std::move(clauses_[i]);
                kept++;
            }
        clauses_.resize(kept);
    }

    std::string joined() const {
        std::vector<std::string> parts;
        for (const Clause& clause : clauses_) {
            std::string text;
            for (const Item& item : clause) text += (text.empty() ? "" : " and ") + item.text;
            parts.push_back(clause.size() > 1 && clauses_.size() > 1 ? "(" + text + ")" : text);
        }
        return base::join(parts, " or ");
    }

    MarkerTree whole_;
    std::vector<Clause> clauses_;
};

}  // namespace

std::string MarkerTree::text() const {
    if (is_always()) return "";
    if (is_never()) return "python_version < '0'";
    return Printer(*this).text();
}

}  // namespace pkg
