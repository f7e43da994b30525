// Environment markers: grammar, text and evaluation (specifications/dependency-specifiers).
#include "pkg/marker.h"

#include <algorithm>

#include "base/text.h"
#include "pkg/marker_node.h"
#include "pkg/name.h"

namespace pkg {

namespace {

struct VariableRow {
    std::string_view name, legacy;
    MarkerKind kind;
};
constexpr VariableRow kVariables[] = {
#define MARKER_VARIABLE(enumerator, name, kind, legacy, meaning) {name, legacy, MarkerKind::kind},
#include "pkg/marker.def"
#undef MARKER_VARIABLE
};
constexpr std::string_view kOperators[] = {"==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in"};

bool find_variable(std::string_view name, MarkerVariable& variable) {
    for (size_t i = 0; i < kMarkerVariableCount; i++) {
        if (name != kVariables[i].name && (name.empty() || name != kVariables[i].legacy)) continue;
        variable = static_cast<MarkerVariable>(i);
        return true;
    }
    // setuptools' old name (PEP 508 §Environment Markers).
    variable = MarkerVariable::PlatformPythonImplementation;
    return name == "python_implementation";
}

// `value` in the quotes that do not occur in it.
std::string quoted(std::string_view value) {
    char quote = value.find('"') == std::string_view::npos ? '"' : '\'';
    return quote + std::string(value) + quote;
}

class MarkerParser {
  public:
    MarkerParser(std::string_view text, size_t at) : text_(text), at_(at) {}
    size_t position() const { return at_; }
    size_t comparisons() const { return comparisons_; }

    // or_expression := and_expression ("or" and_expression)*
    base::Result<MarkerExpr> or_expression() { return chain("or", MarkerExpr::Kind::Or); }

    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) at_++;
    }
    base::Error error(size_t at, std::string message, size_t length = 1) const {
        return base::Error(base::ErrorKind::Usage, std::move(message)).with_span(base::span_at("", text_, at, length));
    }

  private:
    struct Operand {
        bool is_variable = false;
        MarkerVariable variable{};
        std::string literal;
        size_t at = 0;
    };

    static bool word_char(char c) { return base::is_alnum(c) || c == '_' || c == '.'; }

    // The word `word` here, not as the beginning of a longer one.
    bool accept_word(std::string_view word) {
        skip_space();
        size_t end = at_ + word.size();
        if (text_.substr(std::min(at_, text_.size()), word.size()) != word) return false;
        if (end < text_.size() && word_char(text_[end])) return false;
        at_ = end;
        return true;
    }

    base::Result<MarkerExpr> chain(std::string_view word, MarkerExpr::Kind kind) {
        bool is_or = kind == MarkerExpr::Kind::Or;
        MarkerExpr first = TRY(is_or ? chain("and", MarkerExpr::Kind::And) : atom());
        MarkerExpr all;
        all.kind = kind;
        append(all, std::move(first));
        while (accept_word(word)) append(all, TRY(is_or ? chain("and", MarkerExpr::Kind::And) : atom()));
        if (all.operands.size() > 1) return all;
        MarkerExpr only = std::move(all.operands[0]);
        return only;
    }

    static void append(MarkerExpr& to, MarkerExpr part) {
        if (part.kind != to.kind || part.grouped) {
            to.operands.push_back(std::move(part));
            return;
        }
        for (MarkerExpr& operand : part.operands) to.operands.push_back(std::move(operand));
    }

    // atom := "(" or_expression ")" | operand operator operand
    base::Result<MarkerExpr> atom() {
        skip_space();
        if (at_ < text_.size() && text_[at_] == '(') {
            size_t open = at_++;
            if (++depth_ > kMaxDepth) return error(open, "the marker nests too deeply");
            MarkerExpr inner = TRY(or_expression());
            depth_--;
            skip_space();
            if (at_ >= text_.size() || text_[at_] != ')') return error(open, "this parenthesis is never closed");
            at_++;
            inner.grouped = inner.kind != MarkerExpr::Kind::Compare;
            return inner;
        }
        comparisons_++;
        Operand left = TRY(operand());
        MarkerExpr out;
        out.op = TRY(op());
        Operand right = TRY(operand());
        if (left.is_variable == right.is_variable)
            return error(left.at, left.is_variable ? "a marker compares a variable with a quoted text, here are two variables"
                                                   : "a marker compares a variable with a quoted text, here are two texts");
        out.reversed = right.is_variable;
        out.variable = left.is_variable ? left.variable : right.variable;
        out.literal = left.is_variable ? std::move(right.literal) : std::move(left.literal);
        // PEP 685: extra names compare in their normalised form.
        if (out.variable == MarkerVariable::Extra) out.literal = normalize_name(out.literal);
        return out;
    }

    base::Result<Operand> operand() {
        skip_space();
        Operand out;
        out.at = at_;
        if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
            size_t close = text_.find(text_[at_], at_ + 1);
            if (close == std::string_view::npos) return error(at_, "this quote is never closed");
            out.literal = text_.substr(at_ + 1, close - at_ - 1);
            // NUL too: packaging reads the text as Python source.
            if (out.literal.find_first_of(std::string_view("\\\n\r\0", 4)) != std::string::npos)
                return error(at_, "invalid quoted string: no backslash, line break or NUL may stand in it", close + 1 - at_);
            at_ = close + 1;
            return out;
        }
        size_t from = at_;
        while (at_ < text_.size() && word_char(text_[at_])) at_++;
        std::string name(text_.substr(from, at_ - from));
        if (name.empty())
            return error(from, from >= text_.size() ? "the marker ends where a variable or a quoted text is expected"
                                                    : "a marker variable or a quoted text is expected");
        out.is_variable = true;
        if (!find_variable(name, out.variable))
            return error(from, "`" + name + "` is no marker variable", name.size());
        return out;
    }

    base::Result<MarkerOp> op() {
        skip_space();
        static constexpr MarkerOp kSymbols[] = {MarkerOp::Arbitrary,  MarkerOp::Equal,        MarkerOp::NotEqual,
                                                MarkerOp::LessEqual,  MarkerOp::GreaterEqual, MarkerOp::Compatible,
                                                MarkerOp::Less,       MarkerOp::Greater};
        for (MarkerOp candidate : kSymbols) {
            std::string_view symbol = kOperators[static_cast<size_t>(candidate)];
            if (text_.substr(std::min(at_, text_.size()), symbol.size()) != symbol) continue;
            at_ += symbol.size();
            return candidate;
        }
        size_t from = at_;
        if (accept_word("in")) return MarkerOp::In;
        if (accept_word("not") && accept_word("in")) return MarkerOp::NotIn;
        return error(from, "a comparison is expected: `==`, `!=`, `<`, `<=`, `>`, `>=`, `~=`, `===`, `in` or `not in`");
    }

    static constexpr int kMaxDepth = 200;
    std::string_view text_;
    size_t at_, comparisons_ = 0;
    int depth_ = 0;
};

std::string text_of(const MarkerExpr& e, bool inside) {
    if (e.kind == MarkerExpr::Kind::Compare) {
        std::string_view name = marker_variable_name(e.variable);
        std::string op = " " + std::string(kOperators[static_cast<size_t>(e.op)]) + " ";
        return e.reversed ? quoted(e.literal) + op + std::string(name) : std::string(name) + op + quoted(e.literal);
    }
    bool is_or = e.kind == MarkerExpr::Kind::Or;
    std::string out;
    for (const MarkerExpr& operand : e.operands)
        out += (out.empty() ? "" : is_or ? " or " : " and ") + text_of(operand, true);
    return inside && e.grouped ? "(" + out + ")" : out;
}

struct Evaluator {
    const MarkerEnvironment& environment;
    const std::vector<std::string>&extras, &groups;
    bool strict;  // comparisons that are not defined are errors

    base::Result<bool> evaluate(const MarkerExpr& e) const {
        if (e.kind == MarkerExpr::Kind::Compare) return compare(e);
        bool is_or = e.kind == MarkerExpr::Kind::Or;
        bool value = !is_or;
        for (const MarkerExpr& operand : e.operands) {
            bool part = TRY(evaluate(operand));
            value = is_or ? value || part : value && part;
        }
        return value;
    }

    base::Result<bool> compare(const MarkerExpr& e) const {
        switch (marker_variable_kind(e.variable)) {
            case MarkerKind::Extra: return member(e, extras, e.op == MarkerOp::NotEqual || e.op == MarkerOp::NotIn);
            case MarkerKind::Set: return set_member(e);
            default: break;
        }
        const std::string& value = environment[e.variable];
        const std::string &left = e.reversed ? e.literal : value, &right = e.reversed ? value : e.literal;
        if (versions_compare(e.variable)) {
            bool result;
            if (compare_versions(e, left, right, result)) return result;
        }
        return compare_text(e.op, left, right);
    }

    // "Version" fields, and the one that is a version on some systems only.
    static bool versions_compare(MarkerVariable variable) {
        return marker_variable_kind(variable) == MarkerKind::Version || variable == MarkerVariable::PlatformRelease;
    }

    static bool compare_versions(const MarkerExpr& e, std::string_view left, std::string_view right, bool& result) {
        if (e.op == MarkerOp::In || e.op == MarkerOp::NotIn) {
            // Not defined by the specification; in use as a list of versions: python_version in "2.7, 3.3".
            if (e.reversed || marker_variable_kind(e.variable) != MarkerKind::Version) return false;
            auto value = parse_version(left);
            if (!value.ok()) return false;
            bool found = false;
            std::string words = base::replace_all(right, ",", " ");
            for (std::string_view word : base::split_words(words)) {
                auto listed = parse_version(word);
                if (!listed.ok()) return false;
                found |= *listed == *value;
            }
            result = found == (e.op == MarkerOp::In);
            return true;
        }
        auto spec = marker_specifier(kOperators[static_cast<size_t>(e.op)], right);
        auto value = parse_version(left);
        if (!spec.ok() || (!value.ok() && e.op != MarkerOp::Arbitrary)) return false;
        result = spec->contains_text(left);
        return true;
    }

    base::Result<bool> compare_text(MarkerOp op, std::string_view left, std::string_view right) const {
        switch (op) {
            case MarkerOp::In: return right.find(left) != std::string_view::npos;
            case MarkerOp::NotIn: return right.find(left) == std::string_view::npos;
            case MarkerOp::NotEqual: return left != right;
            case MarkerOp::Less:
            case MarkerOp::Greater: return false;
            case MarkerOp::Compatible:
            case MarkerOp::Arbitrary:
                if (strict)
                    return base::Error(base::ErrorKind::Usage, "`" + std::string(kOperators[static_cast<size_t>(op)]) +
                                                                   "` is not defined for `" + std::string(left) + "` and `" +
                                                                   std::string(right) + "`");
                break;
            default: break;
        }
        return left == right;
    }

    static bool has(const std::vector<std::string>& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    base::Result<bool> member(const MarkerExpr& e, const std::vector<std::string>& names, bool negated) const {
        if (e.op == MarkerOp::Less || e.op == MarkerOp::Greater) return false;
        return has(names, normalize_name(e.literal)) != negated;
    }

    base::Result<bool> set_member(const MarkerExpr& e) const {
        bool membership = e.reversed && (e.op == MarkerOp::In || e.op == MarkerOp::NotIn);
        if (membership) return member(e, e.variable == MarkerVariable::Extras ? extras : groups, e.op == MarkerOp::NotIn);
        if (!strict) return false;
        return base::Error(base::ErrorKind::Usage, "`" + std::string(marker_variable_name(e.variable)) +
                                                       "` is a set: only `'name' in " +
                                                       std::string(marker_variable_name(e.variable)) + "` is defined");
    }
};

}  // namespace

base::Result<Specifier> marker_specifier(std::string_view op, std::string_view version) {
    auto spec = parse_specifier(std::string(op) + " " + std::string(version));
    if (spec.ok()) return spec;
    // Where a local version is not allowed (">= 1.0+x") the public one is meant.
    auto parsed = parse_version(version);
    if (!parsed.ok() || !parsed->has_local()) return spec;
    return parse_specifier(std::string(op) + " " + parsed->public_text());
}

std::string_view marker_variable_name(MarkerVariable variable) { return kVariables[static_cast<size_t>(variable)].name; }
MarkerKind marker_variable_kind(MarkerVariable variable) { return kVariables[static_cast<size_t>(variable)].kind; }

void MarkerEnvironment::set_python(std::string_view full_version) {
    MarkerEnvironment& self = *this;
    self[MarkerVariable::PythonFullVersion] = full_version;
    self[MarkerVariable::ImplementationVersion] = full_version;
    auto version = parse_version(full_version);
    Version v = version.ok() ? *version : Version();
    self[MarkerVariable::PythonVersion] = std::to_string(v.release(0)) + "." + std::to_string(v.release(1));
}

bool MarkerEnvironment::set(std::string_view name, std::string_view value) {
    MarkerVariable variable;
    if (!find_variable(name, variable)) return false;
    (*this)[variable] = value;
    return true;
}

MarkerEnvironment MarkerEnvironment::linux_cpython(std::string_view version) {
    MarkerEnvironment e;
    e[MarkerVariable::OsName] = "posix";
    e[MarkerVariable::SysPlatform] = "linux";
    e[MarkerVariable::PlatformMachine] = "x86_64";
    e[MarkerVariable::PlatformPythonImplementation] = "CPython";
    e[MarkerVariable::PlatformSystem] = "Linux";
    e[MarkerVariable::ImplementationName] = "cpython";
    e.set_python(version);
    return e;
}

std::string Marker::text() const { return root_ ? text_of(*root_, false) : std::string(); }

bool Marker::evaluate(const MarkerEnvironment& environment, const std::vector<std::string>& extras,
                      const std::vector<std::string>& groups) const {
    return !root_ || MUST((Evaluator{environment, extras, groups, false}.evaluate(*root_)));
}

base::Result<bool> Marker::try_evaluate(const MarkerEnvironment& environment, const std::vector<std::string>& extras,
                                        const std::vector<std::string>& groups) const {
    if (!root_) return true;
    return Evaluator{environment, extras, groups, true}.evaluate(*root_);
}

base::Result<Marker> parse_marker_at(std::string_view text, size_t& position) {
    MarkerParser parser(text, position);
    MarkerExpr root = TRY(parser.or_expression());
    constexpr size_t kAlwaysSmall = 8;
    if (parser.comparisons() > kAlwaysSmall && !is_tractable(root, parser.comparisons()))
        return parser.error(position, "the marker's conditions combine in too many ways", parser.position() - position);
    parser.skip_space();
    position = parser.position();
    return Marker(std::move(root));
}

base::Result<Marker> parse_marker(std::string_view text) {
    size_t position = 0;
    Marker marker = TRY(parse_marker_at(text, position));
    if (position == text.size()) return marker;
    return MarkerParser(text, 0).error(position, "the marker should end here, or go on with `and` or `or`");
}

}  // namespace pkg
