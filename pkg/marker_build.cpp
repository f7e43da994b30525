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
    if (cut.version.epoch()) return cut;  // above all of them
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

// Variables whose values compare as versions where they are some: a kernel's release is one on some systems only.
bool versions_compare(MarkerVariable variable) {
    return marker_variable_kind(variable) == MarkerKind::Version || variable == MarkerVariable::PlatformRelease;
}

Cut before(Version version) { return {std::move(version), Place::Before}; }
Cut after(Version version) { return {std::move(version), Place::AfterLocals}; }

// The version whose post-release `version` is, and the one whose pre- or development release it is.
Version without_posts(const Version& version) {
    VersionParts v = version.public_version().parts();
    v.has_post = v.has_dev = false;
    return Version(std::move(v));
}
Version finished(const Version& version) {
    if (!version.is_prerelease()) return version;
    VersionParts v = version.public_version().parts();
    if (v.pre_kind != PreKind::None) return version.base_version();
    v.has_dev = false;
    return Version(std::move(v));
}

// `variable op literal` as a condition; false where the two make no version comparison.
bool comparison(const MarkerExpr& e, std::string_view op, std::string_view literal, MarkerTree& out) {
    auto spec = marker_specifier(op, literal);
    if (spec.ok()) out = version_comparison(e, spec->to_set());
    return spec.ok();
}

// 'literal' ~= variable: the variable is not above the literal, and they share all numbers but the variable's last one. How
// many it has must be known: two of python_version, three of the other versions.
// NOTE: a kernel's release may have any; what nobody writes never holds.
MarkerTree compatible_reversed(const MarkerExpr& e, const Version& literal) {
    if (marker_variable_kind(e.variable) != MarkerKind::Version) return MarkerTree::never();
    std::vector<uint64_t> family = {literal.release(0)};
    if (e.variable != MarkerVariable::PythonVersion) family.push_back(literal.release(1));
    if (literal.epoch()) return MarkerTree::never();
    return version_comparison(e, VersionSet::between(release_floor(std::move(family)), after(literal)));
}

// 'literal' op variable: what a specifier made of the variable's value says about the literal. That is not `variable op literal`
// turned round: `<` and `>` leave out pre- and post-releases of the version behind them.
// NOTE: values of variables are taken for versions without a local part.
bool reversed_comparison(const MarkerExpr& e, MarkerTree& out) {
    auto parsed = parse_version(e.literal);
    if (!parsed.ok()) return false;
    Version v = parsed->public_version();
    auto in = [&](const VersionSet& set) { return version_comparison(e, set); };
    auto one = [&](const Version& version) { return in(VersionSet::between(before(version), after(version))); };
    switch (e.op) {
        case MarkerOp::Equal: out = one(v); return true;
        case MarkerOp::NotEqual: out = !one(v); return true;
        case MarkerOp::LessEqual: out = in(VersionSet::from(before(v))); return true;
        case MarkerOp::GreaterEqual: out = in(VersionSet::until(after(v))); return true;
        // "2.7rc1" < 2.7 does not hold, nor does "2.7.post1" > 2.7.
        case MarkerOp::Less: out = in(VersionSet::from(after(v))) & !one(finished(v)); return true;
        case MarkerOp::Greater:
            out = in(VersionSet::until(before(v)));
            if (v.is_postrelease()) out = out & !one(without_posts(v));
            return true;
        case MarkerOp::Compatible: out = compatible_reversed(e, v); return true;
        default: return false;
    }
}

// What `variable op literal` or 'literal' op variable asks for; false where it is no version comparison.
bool ordered_comparison(const MarkerExpr& e, MarkerTree& out) {
    static constexpr std::string_view kOps[] = {"==", "!=", "<", "<=", ">", ">=", "~="};
    if (e.op == MarkerOp::In || e.op == MarkerOp::NotIn || e.op == MarkerOp::Arbitrary) return false;
    return e.reversed ? reversed_comparison(e, out) : comparison(e, kOps[static_cast<size_t>(e.op)], e.literal, out);
}

// `===` of a version variable compares texts. The values of these are normalised versions of two (python_version) or three
// numbers: another text is never one of them, and such a text is the one that the version has.
MarkerTree arbitrary_comparison(const MarkerExpr& e) {
    std::string text = base::lower(base::strip(e.literal));
    auto version = parse_version(text);
    bool two = e.variable == MarkerVariable::PythonVersion;
    if (!version.ok() || version->text() != text || version->has_local() || version->epoch()) return MarkerTree::never();
    bool shaped = version->release_size() == (two ? 2 : 3) && !(two && version->base_text() != text);
    if (!shaped) return MarkerTree::never();
    return version_comparison(e, VersionSet::between(before(*version), after(*version)));
}

// The variable's text is `literal`. Written as `==` that would compare versions where the literal is one, or begins one.
MarkerTree same_text(const MarkerExpr& e) {
    if (!versions_compare(e.variable) || !marker_specifier("==", e.literal).ok()) return text_condition(e.variable, e.literal);
    if (marker_variable_kind(e.variable) == MarkerKind::Version) return MarkerTree::never();
    return choice_condition({e.variable, Kind::Within, e.literal}) & choice_condition({e.variable, Kind::Contains, e.literal});
}

MarkerTree text_comparison(const MarkerExpr& e) {
    switch (e.op) {
        case MarkerOp::NotEqual: return !same_text(e);
        case MarkerOp::Less:
        case MarkerOp::Greater: return MarkerTree::never();
        case MarkerOp::In:
        case MarkerOp::NotIn: {
            MarkerTree in = choice_condition({e.variable, e.reversed ? Kind::Contains : Kind::Within, e.literal});
            return e.op == MarkerOp::In ? in : !in;
        }
        default: return same_text(e);
    }
}

MarkerTree any_of_words(const MarkerExpr& e, bool& understood) {
    MarkerTree any = MarkerTree::never();
    understood = true;
    std::string words = base::replace_all(e.literal, ",", " ");
    for (std::string_view word : base::split_words(words)) {
        MarkerTree one;
        understood = understood && parse_version(word).ok() && comparison(e, "==", word, one);
        any = any | one;
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
    MarkerTree ordered;
    if (versions_compare(e.variable) && ordered_comparison(e, ordered)) return ordered;
    if (kind == MarkerKind::Version && e.op == MarkerOp::Arbitrary) return arbitrary_comparison(e);
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
    bool same = e.op == MarkerOp::Arbitrary;  // asks both ways, see same_text
    bool inside = e.op == MarkerOp::In || e.op == MarkerOp::NotIn || same;
    std::string variable = std::to_string(static_cast<int>(e.variable));
    if (kind == MarkerKind::Extra || kind == MarkerKind::Set || inside) out.insert(variable + (e.reversed ? "r" : " ") + e.literal);
    if (same) out.insert(variable + (e.reversed ? " " : "r") + e.literal);
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
