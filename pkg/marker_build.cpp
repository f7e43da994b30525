// From written markers to decision diagrams: what each comparison means as a condition.
#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "pkg/marker_node.h"
#include "pkg/name.h"

namespace pkg {

namespace {

using Kind = MarkerQuestion::Kind;

Cut release_floor(std::vector<uint64_t> release) {
    VersionParts v;
    v.release = std::move(release);
    v.has_dev = true;
    return {Version(std::move(v)), Place::Before};
}

// Releases of Python have three numbers, so what lies above 3.8.1 begins at 3.8.2; pre-releases count as their release.
Cut python_cut(const Cut& cut) {
    if (cut.version.epoch() || cut.version.has_local()) return cut;
    VersionParts v = cut.version.parts();
    bool plain = v.pre_kind == PreKind::None && !v.has_post;
    if (cut.place == Place::Before) return plain && !v.has_dev ? release_floor(v.release) : cut;
    if (!plain || v.has_dev || v.release.size() > 3) return cut;
    v.release.resize(3);
    v.release[2]++;
    return release_floor(v.release);
}

// python_version has two numbers: a cut among them moves to the floor of the first X.Y above it.
Cut short_python_cut(const Cut& cut) {
    uint64_t major = cut.version.release(0), minor = cut.version.release(1);
    VersionParts v;
    v.release = {major, minor};
    if (!cut.below(Version(std::move(v)))) minor++;
    return release_floor({major, minor});
}

template <class Move>
MarkerRef version_node(MarkerVariable variable, const VersionSet& set, Move move) {
    std::vector<Cut> cuts;
    std::vector<MarkerRef> children = {marker_terminal(set.starts_inside())};
    bool inside = set.starts_inside();
    for (const Cut& cut : set.cuts()) {
        inside = !inside;
        Cut moved = move(cut);
        if (!cuts.empty() && cuts.back() == moved) {
            children.back() = marker_terminal(inside);
            continue;
        }
        cuts.push_back(std::move(moved));
        children.push_back(marker_terminal(inside));
    }
    return make_version_node(variable, std::move(cuts), std::move(children));
}

MarkerTree version_comparison(const MarkerExpr& e, const VersionSet& set) {
    if (e.variable != MarkerVariable::PythonVersion) return version_condition(e.variable, set);
    return MarkerTree(version_node(MarkerVariable::PythonFullVersion, set, short_python_cut));
}

// 'literal' op variable, turned round. `~=` and `in` have no mirror.
MarkerOp mirrored(MarkerOp op) {
    switch (op) {
        case MarkerOp::Less: return MarkerOp::Greater;
        case MarkerOp::LessEqual: return MarkerOp::GreaterEqual;
        case MarkerOp::Greater: return MarkerOp::Less;
        case MarkerOp::GreaterEqual: return MarkerOp::LessEqual;
        default: return op;
    }
}

// The set of versions `variable op literal` asks for; false where it is no version comparison.
bool comparison_set(const MarkerExpr& e, VersionSet& set) {
    if (e.op == MarkerOp::In || e.op == MarkerOp::NotIn) return false;
    static constexpr std::string_view kOps[] = {"==", "!=", "<", "<=", ">", ">=", "~=", "=="};
    if (e.reversed && e.op == MarkerOp::Compatible) return false;
    MarkerOp op = e.reversed ? mirrored(e.op) : e.op;
    auto spec = marker_specifier(kOps[static_cast<size_t>(op)], e.literal);
    if (!spec.ok()) return false;
    set = spec->to_set();
    return true;
}

MarkerTree text_comparison(const MarkerExpr& e) {
    switch (e.op) {
        case MarkerOp::NotEqual: return !text_condition(e.variable, e.literal);
        case MarkerOp::Less:
        case MarkerOp::Greater: return MarkerTree::never();
        case MarkerOp::In:
        case MarkerOp::NotIn: {
            MarkerTree in = choice_condition({e.variable, e.reversed ? Kind::Contains : Kind::Within, e.literal});
            return e.op == MarkerOp::In ? in : !in;
        }
        default: return text_condition(e.variable, e.literal);
    }
}

MarkerTree any_of_words(const MarkerExpr& e, bool& understood) {
    MarkerTree any = MarkerTree::never();
    understood = true;
    std::string words = base::replace_all(e.literal, ",", " ");
    for (std::string_view word : base::split_words(words)) {
        VersionSet set;
        MarkerExpr one = e;
        one.op = MarkerOp::Equal;
        one.literal = word;
        understood = understood && comparison_set(one, set);
        any = any | version_comparison(e, set);
    }
    return e.op == MarkerOp::In ? any : !any;
}

MarkerTree name_comparison(const MarkerExpr& e) {
    bool set = marker_variable_kind(e.variable) == MarkerKind::Set;
    bool membership = e.reversed && (e.op == MarkerOp::In || e.op == MarkerOp::NotIn);
    if (set && !membership) return MarkerTree::never();
    if (e.op == MarkerOp::Less || e.op == MarkerOp::Greater) return MarkerTree::never();
    MarkerTree member = choice_condition({e.variable, Kind::Member, normalize_name(e.literal)});
    return e.op == MarkerOp::NotEqual || e.op == MarkerOp::NotIn ? !member : member;
}

MarkerTree build(const MarkerExpr& e, size_t* budget);

// Neighbours first, then what they gave, so that many operands do not each meet the sum of all before them.
MarkerTree build_all(const MarkerExpr& e, size_t from, size_t to, size_t* budget) {
    if (to - from == 1) return build(e.operands[from], budget);
    size_t middle = from + (to - from) / 2;
    MarkerTree left = build_all(e, from, middle, budget), right = build_all(e, middle, to, budget);
    return MarkerTree(combine_markers(e.kind == MarkerExpr::Kind::And, left.root(), right.root(), budget));
}

MarkerTree build(const MarkerExpr& e, size_t* budget) {
    if (e.kind != MarkerExpr::Kind::Compare) return build_all(e, 0, e.operands.size(), budget);
    MarkerKind kind = marker_variable_kind(e.variable);
    if (kind == MarkerKind::Extra || kind == MarkerKind::Set) return name_comparison(e);
    VersionSet set;
    bool versioned = kind == MarkerKind::Version || e.variable == MarkerVariable::PlatformRelease;
    if (versioned && comparison_set(e, set)) return version_comparison(e, set);
    if (kind == MarkerKind::Version && !e.reversed && (e.op == MarkerOp::In || e.op == MarkerOp::NotIn)) {
        bool understood;
        MarkerTree words = any_of_words(e, understood);
        if (understood) return words;
    }
    return text_comparison(e);
}

}  // namespace

MarkerTree version_condition(MarkerVariable variable, const VersionSet& set) {
    if (variable == MarkerVariable::PythonFullVersion) return MarkerTree(version_node(variable, set, python_cut));
    return MarkerTree(version_node(variable, set, [](const Cut& cut) { return cut; }));
}

MarkerTree text_condition(MarkerVariable variable, std::string_view value) {
    return MarkerTree(make_text_node(variable, {std::string(value)}, {marker_terminal(true), marker_terminal(false)}));
}

MarkerTree choice_condition(MarkerQuestion question) {
    return MarkerTree(make_choice_node(std::move(question), marker_terminal(false), marker_terminal(true)));
}

namespace {

// Adds what the expression asks with yes or no: a diagram is as deep as there are such questions, and all that is done with
// diagrams goes down into them.
void collect_choices(const MarkerExpr& e, std::unordered_set<std::string>& out) {
    for (const MarkerExpr& operand : e.operands) collect_choices(operand, out);
    if (e.kind != MarkerExpr::Kind::Compare) return;
    MarkerKind kind = marker_variable_kind(e.variable);
    bool inside = e.op == MarkerOp::In || e.op == MarkerOp::NotIn;
    if (kind == MarkerKind::Extra || kind == MarkerKind::Set || inside)
        out.insert(std::to_string(static_cast<int>(e.variable)) + (e.reversed ? "r" : " ") + e.literal);
}

}  // namespace

bool is_tractable(const MarkerExpr& expression, size_t comparisons) {
    constexpr size_t kMostChoices = 1000;
    if (comparisons > kMostChoices) {
        std::unordered_set<std::string> choices;
        collect_choices(expression, choices);
        if (choices.size() > kMostChoices) return false;
    }
    // What is printed path by path must be read again, however long it is: each of its halves makes nodes for what it says.
    constexpr size_t kMostNodes = 30000, kMostNodesEach = 40, kMostPaths = 1024;
    const size_t most = kMostPaths + comparisons;
    size_t budget = kMostNodes + kMostNodesEach * comparisons;
    MarkerTree tree = build(expression, &budget);
    if (budget == 0) return false;
    return count_paths(tree.root(), true, most) < most || count_paths(tree.root(), false, most) < most;
}

MarkerTree MarkerTree::of(const Marker& marker) {
    return marker.root() ? build(*marker.root(), nullptr) : MarkerTree();
}
MarkerTree MarkerTree::python(const VersionSet& versions) {
    return version_condition(MarkerVariable::PythonFullVersion, versions);
}
MarkerTree MarkerTree::extra(std::string_view normalized) { return set_member(MarkerVariable::Extra, normalized); }
MarkerTree MarkerTree::set_member(MarkerVariable variable, std::string_view name) {
    return choice_condition({variable, Kind::Member, std::string(name)});
}

}  // namespace pkg
