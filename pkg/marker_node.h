// The nodes of MarkerTree and the operations on them that building (marker_tree.cpp) and printing (marker_text.cpp)
// share. A node decides one question; children follow in a fixed order of questions, so equal functions are equal trees.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pkg/marker_tree.h"

namespace pkg {

// What a node asks. The order of questions is (variable rank, Kind, literal).
struct MarkerQuestion {
    enum class Kind : uint8_t {
        Version,   // in which interval does the variable's version lie
        Text,      // which of the named values does the variable have, or another one
        Within,    // is the variable's value a part of `literal`
        Contains,  // is `literal` a part of the variable's value
        Member,    // is the name `literal` in the set: extra, extras, dependency_groups
    };
    MarkerVariable variable{};
    Kind kind{};
    std::string literal;
    std::strong_ordering operator<=>(const MarkerQuestion& other) const;
    bool operator==(const MarkerQuestion& other) const = default;
};

struct MarkerNode {
    bool terminal = false, value = false;
    MarkerQuestion question;
    std::vector<Cut> cuts;            // Version: children[i] holds between cuts[i-1] and cuts[i]
    std::vector<std::string> values;  // Text: children[i] holds for values[i], the last one for all others; sorted
    std::vector<MarkerRef> children;  // other kinds: no, yes
    size_t hash = 0;
};

MarkerRef marker_terminal(bool value);
// `a and b` or `a or b`. A budget, where there is one, is lowered by the nodes made; once it is used up the result is
// meaningless.
MarkerRef combine_markers(bool is_and, const MarkerRef& a, const MarkerRef& b, size_t* budget);
bool same_marker(const MarkerRef& a, const MarkerRef& b);
// The node, reduced: equal neighbours joined, no question without two different answers.
MarkerRef make_version_node(MarkerVariable variable, std::vector<Cut> cuts, std::vector<MarkerRef> children);
MarkerRef make_text_node(MarkerVariable variable, std::vector<std::string> values, std::vector<MarkerRef> children);
MarkerRef make_choice_node(MarkerQuestion question, MarkerRef no, MarkerRef yes);

// Does the condition stay small as a diagram and as a text? What does not is refused when it is read: with the questions in
// a fixed order some conditions need a node for each subset of their parts. `comparisons` counts those of the expression.
bool is_tractable(const MarkerExpr& expression, size_t comparisons);
// The union of many sets: neighbours first, in time that does not square with their number.
VersionSet unite_all(const std::vector<VersionSet>& sets);
// How many answers there are to the questions of all nodes: the size of a diagram.
size_t count_answers(const MarkerRef& node);
// How many ways lead to the value; no more than `most`.
size_t count_paths(const MarkerRef& node, bool value, size_t most);

// `variable` lies in `set` (python_full_version: Python's releases have three parts and pre-releases count as releases).
MarkerTree version_condition(MarkerVariable variable, const VersionSet& set);
MarkerTree text_condition(MarkerVariable variable, std::string_view value);
MarkerTree choice_condition(MarkerQuestion question);

}  // namespace pkg
