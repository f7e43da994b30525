// Marker algebra: construction, combination and questions on decision diagrams.
#include "pkg/marker_tree.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "pkg/marker_node.h"
#include "pkg/name.h"

namespace pkg {

// Python versions first and extras last: the order in which people read a marker and the resolver splits.
static int rank(MarkerVariable variable) {
    switch (variable) {
        // As a text only: as a version it is asked for by python_full_version.
        case MarkerVariable::PythonVersion: return -3;
        case MarkerVariable::PythonFullVersion: return -2;
        case MarkerVariable::ImplementationVersion: return -1;
        default: return static_cast<int>(variable);
    }
}

std::strong_ordering MarkerQuestion::operator<=>(const MarkerQuestion& other) const {
    if (auto order = rank(variable) <=> rank(other.variable); order != 0) return order;
    if (auto order = kind <=> other.kind; order != 0) return order;
    return literal.compare(other.literal) <=> 0;
}

static size_t mix(size_t a, size_t b) { return (a ^ (b + 0x9E3779B97F4A7C15 + (a << 6) + (a >> 2))) * 0xBF58476D1CE4E5B9; }

static MarkerRef finish(MarkerNode node) {
    size_t h = mix(static_cast<size_t>(node.question.variable), static_cast<size_t>(node.question.kind));
    h = mix(h, std::hash<std::string>()(node.question.literal));
    for (const Cut& cut : node.cuts) h = mix(h, cut.version.hash() + static_cast<size_t>(cut.place));
    for (const std::string& value : node.values) h = mix(h, std::hash<std::string>()(value));
    for (const MarkerRef& child : node.children) h = mix(h, child->hash);
    node.hash = h;
    return std::make_shared<const MarkerNode>(std::move(node));
}

MarkerRef marker_terminal(bool value) {
    static const MarkerRef kTerminals[2] = {
        std::make_shared<const MarkerNode>(MarkerNode{.terminal = true, .value = false, .hash = 1}),
        std::make_shared<const MarkerNode>(MarkerNode{.terminal = true, .value = true, .hash = 2})};
    return kTerminals[value];
}

namespace {

using Pair = std::pair<const MarkerNode*, const MarkerNode*>;
struct PairHash {
    size_t operator()(const Pair& p) const { return mix(std::hash<const void*>()(p.first), std::hash<const void*>()(p.second)); }
};
using EqualPairs = std::unordered_set<Pair, PairHash>;

bool same_question(const MarkerNode& a, const MarkerNode& b) {
    return a.hash == b.hash && !a.terminal && !b.terminal && a.question == b.question && a.cuts == b.cuts && a.values == b.values;
}

// `known` holds what was found equal: parts are shared, so that they are met many times.
bool same_parts(const MarkerRef& a, const MarkerRef& b, EqualPairs& known) {
    if (a == b) return true;
    if (!same_question(*a, *b)) return false;
    if (!known.emplace(a.get(), b.get()).second) return true;
    for (size_t i = 0; i < a->children.size(); i++)
        if (!same_parts(a->children[i], b->children[i], known)) return false;
    return true;
}

}  // namespace

bool same_marker(const MarkerRef& a, const MarkerRef& b) {
    if (a == b) return true;
    if (!same_question(*a, *b)) return false;
    EqualPairs known;
    return same_parts(a, b, known);
}

MarkerRef make_version_node(MarkerVariable variable, std::vector<Cut> cuts, std::vector<MarkerRef> children) {
    MarkerNode node;
    node.question = {variable, MarkerQuestion::Kind::Version, {}};
    node.children.push_back(std::move(children[0]));
    for (size_t i = 0; i < cuts.size(); i++) {
        if (same_marker(node.children.back(), children[i + 1])) continue;
        node.cuts.push_back(std::move(cuts[i]));
        node.children.push_back(std::move(children[i + 1]));
    }
    if (node.cuts.empty()) return node.children[0];
    return finish(std::move(node));
}

// Questions about parts of a variable's text are answered where its whole text is known.
static MarkerRef answer_parts(MarkerRef node, MarkerVariable variable, const std::string& value) {
    while (!node->terminal && node->question.variable == variable) {
        bool yes;
        if (node->question.kind == MarkerQuestion::Kind::Within)
            yes = node->question.literal.find(value) != std::string::npos;
        else if (node->question.kind == MarkerQuestion::Kind::Contains)
            yes = value.find(node->question.literal) != std::string::npos;
        else
            break;
        node = node->children[yes];
    }
    return node;
}

MarkerRef make_text_node(MarkerVariable variable, std::vector<std::string> values, std::vector<MarkerRef> children) {
    MarkerNode node;
    node.question = {variable, MarkerQuestion::Kind::Text, {}};
    const MarkerRef& other = children.back();
    for (size_t i = 0; i < values.size(); i++) {
        MarkerRef child = answer_parts(children[i], variable, values[i]);
        // NOTE: compared with what `other` says about this very value, else equal functions would differ in form.
        if (same_marker(child, answer_parts(other, variable, values[i]))) continue;
        node.values.push_back(std::move(values[i]));
        node.children.push_back(std::move(child));
    }
    if (node.values.empty()) return other;
    node.children.push_back(other);
    return finish(std::move(node));
}

MarkerRef make_choice_node(MarkerQuestion question, MarkerRef no, MarkerRef yes) {
    if (same_marker(no, yes)) return no;
    MarkerNode node;
    node.question = std::move(question);
    node.children = {std::move(no), std::move(yes)};
    return finish(std::move(node));
}

namespace {

// Calls each(child of a, child of b) for every region of the question that a and b (the one that asks it; the other
// stands for itself) divide the world into, and builds the node of the results.
template <class Each>
MarkerRef zip(const MarkerRef& a, const MarkerRef& b, Each each) {
    bool in_a = !a->terminal && (b->terminal || a->question <= b->question);
    bool in_b = !b->terminal && (a->terminal || b->question <= a->question);
    const MarkerQuestion& question = in_a ? a->question : b->question;
    auto child = [](const MarkerRef& node, bool asks, size_t i) -> const MarkerRef& { return asks ? node->children[i] : node; };
    std::vector<MarkerRef> children;
    if (question.kind == MarkerQuestion::Kind::Version) {
        static const std::vector<Cut> kNone;
        const std::vector<Cut>&x = in_a ? a->cuts : kNone, &y = in_b ? b->cuts : kNone;
        std::vector<Cut> cuts;
        size_t i = 0, j = 0;
        children.push_back(each(child(a, in_a, 0), child(b, in_b, 0)));
        while (i < x.size() || j < y.size()) {
            auto order = i == x.size()   ? std::strong_ordering::greater
                         : j == y.size() ? std::strong_ordering::less
                                         : x[i] <=> y[j];
            cuts.push_back(order <= 0 ? x[i] : y[j]);
            if (order <= 0) i++;
            if (order >= 0) j++;
            children.push_back(each(child(a, in_a, i), child(b, in_b, j)));
        }
        return make_version_node(question.variable, std::move(cuts), std::move(children));
    }
    if (question.kind == MarkerQuestion::Kind::Text) {
        std::vector<std::string> values;
        static const std::vector<std::string> kNone;
        const std::vector<std::string>&x = in_a ? a->values : kNone, &y = in_b ? b->values : kNone;
        std::set_union(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(values));
        auto index = [](const std::vector<std::string>& in, const std::string& value) {
            auto found = std::lower_bound(in.begin(), in.end(), value);
            return found != in.end() && *found == value ? static_cast<size_t>(found - in.begin()) : in.size();
        };
        for (const std::string& value : values)
            children.push_back(each(child(a, in_a, index(x, value)), child(b, in_b, index(y, value))));
        children.push_back(each(child(a, in_a, x.size()), child(b, in_b, y.size())));
        return make_text_node(question.variable, std::move(values), std::move(children));
    }
    MarkerRef no = each(child(a, in_a, 0), child(b, in_b, 0));
    MarkerRef yes = each(child(a, in_a, 1), child(b, in_b, 1));
    return make_choice_node(question, std::move(no), std::move(yes));
}

class Combiner {
  public:
    explicit Combiner(bool is_and, size_t* budget = nullptr) : and_(is_and), budget_(budget) {}
    MarkerRef operator()(const MarkerRef& a, const MarkerRef& b) {
        if (a->terminal) return a->value == and_ ? b : a;
        if (b->terminal) return b->value == and_ ? a : b;
        if (a == b) return a;
        Pair key(a.get(), b.get());
        if (auto found = memo_.find(key); found != memo_.end()) return found->second;
        if (budget_ && *budget_ == 0) return marker_terminal(false);
        MarkerRef result = zip(a, b, [&](const MarkerRef& x, const MarkerRef& y) { return (*this)(x, y); });
        if (budget_ && *budget_ > 0) --*budget_;
        memo_.emplace(key, result);
        return result;
    }

  private:
    bool and_;
    size_t* budget_;
    std::unordered_map<Pair, MarkerRef, PairHash> memo_;
};

using Memo = std::unordered_map<const MarkerNode*, MarkerRef>;

// The node with every child replaced by change(child).
template <class Change>
MarkerRef rebuild(const MarkerRef& node, Change change) {
    std::vector<MarkerRef> children;
    for (const MarkerRef& child : node->children) children.push_back(change(child));
    switch (node->question.kind) {
        case MarkerQuestion::Kind::Version: return make_version_node(node->question.variable, node->cuts, std::move(children));
        case MarkerQuestion::Kind::Text: return make_text_node(node->question.variable, node->values, std::move(children));
        default: return make_choice_node(node->question, std::move(children[0]), std::move(children[1]));
    }
}

MarkerRef negate(const MarkerRef& node, Memo& memo) {
    if (node->terminal) return marker_terminal(!node->value);
    if (auto found = memo.find(node.get()); found != memo.end()) return found->second;
    MarkerRef result = rebuild(node, [&](const MarkerRef& child) { return negate(child, memo); });
    memo.emplace(node.get(), result);
    return result;
}

// Which names of the sets are present; null leaves a variable's questions open.
struct Decided {
    const std::vector<std::string>*extra = nullptr, *extras = nullptr, *groups = nullptr;
    const std::vector<std::string>* names(MarkerVariable variable) const {
        switch (variable) {
            case MarkerVariable::Extra: return extra;
            case MarkerVariable::Extras: return extras;
            case MarkerVariable::DependencyGroups: return groups;
            default: return nullptr;
        }
    }
};

MarkerRef decide(const MarkerRef& node, const Decided& decided, Memo& memo) {
    if (node->terminal) return node;
    if (auto found = memo.find(node.get()); found != memo.end()) return found->second;
    MarkerRef result;
    if (const std::vector<std::string>* names = decided.names(node->question.variable)) {
        bool yes = std::find(names->begin(), names->end(), node->question.literal) != names->end();
        result = decide(node->children[yes], decided, memo);
    } else {
        result = rebuild(node, [&](const MarkerRef& child) { return decide(child, decided, memo); });
    }
    memo.emplace(node.get(), result);
    return result;
}

// Coudert and Madre's "restrict": where `context` is false the answer is free, and we take a neighbour's.
using PairMemo = std::unordered_map<Pair, std::array<MarkerRef, 3>, PairHash>;  // with both, so that the key stays alive
MarkerRef restrict_to(const MarkerRef& f, const MarkerRef& context, PairMemo& memo);
MarkerRef restrict_anew(const MarkerRef& f, const MarkerRef& context, PairMemo& memo) {
    if (context->question < f->question) {
        MarkerRef any = marker_terminal(false);
        for (const MarkerRef& child : context->children) any = Combiner(false)(any, child);
        return restrict_to(f, any, memo);
    }
    std::vector<MarkerRef> answers;
    MarkerRef first;
    auto pick = [&](const MarkerRef& x, const MarkerRef& c) -> MarkerRef {
        if (c->terminal && !c->value) return first ? first : nullptr;
        first = restrict_to(x, c, memo);
        return first;
    };
    // Two runs: the first finds an answer for the regions before any that matters.
    auto probe = [&](const MarkerRef& x, const MarkerRef& c) -> MarkerRef {
        MarkerRef answer = pick(x, c);
        answers.push_back(answer);
        return answer ? answer : marker_terminal(false);
    };
    zip(f, context, probe);
    MarkerRef fallback;
    for (size_t i = answers.size(); i-- > 0;) {
        if (answers[i]) fallback = answers[i];
        if (!answers[i]) answers[i] = fallback;
    }
    size_t next = 0;
    return zip(f, context, [&](const MarkerRef&, const MarkerRef&) { return answers[next++]; });
}

MarkerRef restrict_to(const MarkerRef& f, const MarkerRef& context, PairMemo& memo) {
    if (f->terminal || context->terminal) return f;
    Pair key(f.get(), context.get());
    if (auto found = memo.find(key); found != memo.end()) return found->second[2];
    MarkerRef result = restrict_anew(f, context, memo);
    memo.emplace(key, std::array<MarkerRef, 3>{f, context, result});
    return result;
}

bool mentions(const MarkerRef& node, MarkerVariable variable, std::unordered_set<const MarkerNode*>& seen) {
    if (node->terminal || !seen.insert(node.get()).second) return false;
    if (node->question.variable == variable) return true;
    return std::any_of(node->children.begin(), node->children.end(),
                       [&](const MarkerRef& child) { return mentions(child, variable, seen); });
}

void collect(const MarkerRef& node, std::unordered_set<const MarkerNode*>& seen) {
    if (!seen.insert(node.get()).second) return;
    for (const MarkerRef& child : node->children) collect(child, seen);
}

using Counts = std::unordered_map<const MarkerNode*, size_t>;
size_t paths(const MarkerRef& node, bool value, size_t most, Counts& counts) {
    if (node->terminal) return node->value == value;
    if (auto found = counts.find(node.get()); found != counts.end()) return found->second;
    size_t total = 0;
    for (const MarkerRef& child : node->children) total = std::min(most, total + paths(child, value, most, counts));
    counts.emplace(node.get(), total);
    return total;
}

}  // namespace

MarkerRef combine_markers(bool is_and, const MarkerRef& a, const MarkerRef& b, size_t* budget) {
    return Combiner(is_and, budget)(a, b);
}

static VersionSet unite_range(const std::vector<VersionSet>& sets, size_t from, size_t to) {
    if (to - from == 1) return sets[from];
    size_t middle = from + (to - from) / 2;
    return unite_range(sets, from, middle).unite(unite_range(sets, middle, to));
}

VersionSet unite_all(const std::vector<VersionSet>& sets) {
    return sets.empty() ? VersionSet() : unite_range(sets, 0, sets.size());
}

size_t count_answers(const MarkerRef& node) {
    std::unordered_set<const MarkerNode*> seen;
    collect(node, seen);
    size_t total = 0;
    for (const MarkerNode* each : seen) total += each->children.size();
    return total;
}

size_t count_paths(const MarkerRef& node, bool value, size_t most) {
    Counts counts;
    return paths(node, value, most, counts);
}

MarkerTree::MarkerTree() : root_(marker_terminal(true)) {}
MarkerTree MarkerTree::never() { return MarkerTree(marker_terminal(false)); }
bool MarkerTree::is_always() const { return root_->terminal && root_->value; }
bool MarkerTree::is_never() const { return root_->terminal && !root_->value; }
MarkerTree MarkerTree::operator&(const MarkerTree& other) const { return MarkerTree(Combiner(true)(root_, other.root_)); }
MarkerTree MarkerTree::operator|(const MarkerTree& other) const { return MarkerTree(Combiner(false)(root_, other.root_)); }
bool MarkerTree::operator==(const MarkerTree& other) const { return same_marker(root_, other.root_); }
bool MarkerTree::disjoint(const MarkerTree& other) const { return (*this & other).is_never(); }
bool MarkerTree::implies(const MarkerTree& other) const { return (*this & !other).is_never(); }
size_t MarkerTree::hash() const { return root_->hash; }

MarkerTree MarkerTree::operator!() const {
    Memo memo;
    return MarkerTree(negate(root_, memo));
}

MarkerTree MarkerTree::with_extras(const std::vector<std::string>& extras) const {
    Memo memo;
    return MarkerTree(decide(root_, {.extra = &extras}, memo));
}

MarkerTree MarkerTree::with_sets(const std::vector<std::string>& extras, const std::vector<std::string>& groups) const {
    Memo memo;
    return MarkerTree(decide(root_, {.extras = &extras, .groups = &groups}, memo));
}

MarkerTree MarkerTree::assuming(const MarkerTree& context) const {
    if (context.is_never()) return *this;
    PairMemo memo;
    return MarkerTree(restrict_to(root_, context.root_, memo));
}

bool MarkerTree::mentions_extra() const {
    std::unordered_set<const MarkerNode*> seen;
    return mentions(root_, MarkerVariable::Extra, seen);
}

VersionSet MarkerTree::python_versions() const {
    if (root_->terminal) return root_->value ? VersionSet::full() : VersionSet();
    if (root_->question.variable != MarkerVariable::PythonFullVersion) return VersionSet::full();
    if (root_->question.kind != MarkerQuestion::Kind::Version) return VersionSet::full();
    std::vector<VersionSet> out;
    const std::vector<Cut>& cuts = root_->cuts;
    for (size_t i = 0; i <= cuts.size(); i++) {
        const MarkerRef& child = root_->children[i];
        if (child->terminal && !child->value) continue;
        VersionSet region = i == 0 ? VersionSet::until(cuts[0]) : VersionSet::from(cuts[i - 1]);
        if (i > 0 && i < cuts.size()) region = region.intersection(VersionSet::until(cuts[i]));
        out.push_back(std::move(region));
    }
    return unite_all(out);
}

bool MarkerTree::evaluate(const MarkerEnvironment& environment, const std::vector<std::string>& extras,
                          const std::vector<std::string>& groups) const {
    const MarkerNode* node = root_.get();
    while (!node->terminal) {
        const std::string& value = environment[node->question.variable];
        const std::string& literal = node->question.literal;
        size_t next = 0;
        switch (node->question.kind) {
            case MarkerQuestion::Kind::Version: {
                auto version = parse_version(value);
                while (version.ok() && next < node->cuts.size() && node->cuts[next].below(*version)) next++;
                break;
            }
            case MarkerQuestion::Kind::Text: {
                auto found = std::lower_bound(node->values.begin(), node->values.end(), value);
                bool known = found != node->values.end() && *found == value;
                next = known ? static_cast<size_t>(found - node->values.begin()) : node->values.size();
                break;
            }
            case MarkerQuestion::Kind::Within: next = literal.find(value) != std::string::npos; break;
            case MarkerQuestion::Kind::Contains: next = value.find(literal) != std::string::npos; break;
            case MarkerQuestion::Kind::Member: {
                bool group = node->question.variable == MarkerVariable::DependencyGroups;
                const std::vector<std::string>& names = group ? groups : extras;
                next = std::find(names.begin(), names.end(), literal) != names.end();
                break;
            }
        }
        node = node->children[next].get();
    }
    return node->value;
}

}  // namespace pkg
