// PEP 508 requirements: the grammar around names, extras, specifiers, URLs and markers.
#include "pkg/requirement.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "pkg/name.h"

namespace pkg {

namespace {

class RequirementParser {
  public:
    explicit RequirementParser(std::string_view text) : text_(text) {}

    base::Result<Requirement> parse() {
        Requirement out;
        skip_space();
        TRY(name(out));
        skip_space();
        if (peek() == '[') TRY(extras(out));
        skip_space();
        if (peek() == '@')
            TRY(url(out));
        else
            TRY(specifier(out));
        skip_space();
        if (peek() == ';') {
            marker_ = ++at_;
            out.marker = TRY(parse_marker_at(text_, at_));
        }
        if (at_ < text_.size()) return error(at_, "the requirement should end here");
        return out;
    }

    // Of what was parsed: an error for variables that only lock files have (PEP 751, §Environment Markers of the specification).
    base::Result<void> refuse_lock_variables(const Requirement& parsed) const {
        const MarkerExpr* found = parsed.marker.root() ? lock_variable(*parsed.marker.root()) : nullptr;
        if (!found) return {};
        std::string name(marker_variable_name(found->variable));
        return error(place_of_variable(name), "`" + name + "` is a marker variable of lock files alone (PEP 751)", name.size());
    }

  private:
    static const MarkerExpr* lock_variable(const MarkerExpr& expression) {
        bool compares = expression.kind == MarkerExpr::Kind::Compare;
        if (compares) return marker_variable_kind(expression.variable) == MarkerKind::Set ? &expression : nullptr;
        for (const MarkerExpr& operand : expression.operands)
            if (const MarkerExpr* found = lock_variable(operand)) return found;
        return nullptr;
    }
    // Markers do not keep positions: the word, outside of quotes.
    size_t place_of_variable(std::string_view name) const {
        auto in_word = [](char c) { return base::is_alnum(c) || c == '_' || c == '.'; };
        size_t at = marker_;
        while (at < text_.size()) {
            char c = text_[at];
            size_t end = at + 1;
            if (c == '"' || c == '\'') end = std::min(text_.find(c, end), text_.size() - 1) + 1;
            while (in_word(c) && end < text_.size() && in_word(text_[end])) end++;
            if (text_.substr(at, end - at) == name) break;
            at = end;
        }
        return at;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip_space() {
        while (peek() == ' ' || peek() == '\t') at_++;
    }
    base::Error error(size_t at, std::string message, size_t length = 1) const {
        return base::Error(base::ErrorKind::Usage, std::move(message)).with_span(base::span_at("", text_, at, length));
    }
    std::string_view word() {
        size_t from = at_;
        while (base::is_alnum(peek()) || peek() == '-' || peek() == '_' || peek() == '.') at_++;
        return text_.substr(from, at_ - from);
    }

    base::Result<void> name(Requirement& out) {
        size_t from = at_;
        std::string_view text = word();
        if (text.empty())
            return error(from, from >= text_.size() ? "a requirement is expected, the text is empty"
                                                    : "a requirement begins with a project name");
        if (!is_valid_name(text)) return error(from, "`" + std::string(text) + "` is not a valid project name", text.size());
        out.name = text;
        out.key = normalize_name(text);
        return {};
    }

    base::Result<void> extras(Requirement& out) {
        size_t open = at_++;
        skip_space();
        if (peek() == ']') return at_++, base::Result<void>();
        std::set<std::string_view> known;
        for (;;) {
            skip_space();
            size_t from = at_;
            std::string_view extra = word();
            if (!is_valid_name(extra)) return error(from, "the name of an extra is expected");
            if (known.insert(extra).second) out.extras.emplace_back(extra);
            skip_space();
            if (peek() == ']') return at_++, base::Result<void>();
            if (at_ >= text_.size()) return error(open, "this bracket is never closed");
            if (peek() != ',') return error(at_, "`,` or `]` is expected after the extra `" + std::string(extra) + "`");
            at_++;
        }
    }

    // A URL runs to the next white space; ";" may be part of it, so a marker needs a space before.
    base::Result<void> url(Requirement& out) {
        at_++;
        skip_space();
        size_t from = at_;
        while (at_ < text_.size() && !base::is_space(peek())) at_++;
        if (at_ == from) return error(from, "a URL is expected after `@`");
        out.url = text_.substr(from, at_ - from);
        size_t end = at_;
        skip_space();
        if (at_ < text_.size() && (peek() != ';' || at_ == end))
            return error(at_, "after the URL only ` ; marker` may follow");
        return {};
    }

    base::Result<void> specifier(Requirement& out) {
        bool parenthesised = peek() == '(';
        size_t open = at_;
        if (parenthesised) at_++;
        size_t from = at_;
        while (at_ < text_.size() && peek() != ';' && peek() != ')' && peek() != '\n' && peek() != '\r') at_++;
        std::string_view clauses = text_.substr(from, at_ - from);
        if (parenthesised) {
            if (peek() != ')') return error(open, "this parenthesis is never closed");
            at_++;
        }
        auto set = parse_requirement_specifiers(clauses);
        if (set.ok()) {
            out.specifier = std::move(set).value();
            return {};
        }
        // The column counts code points from the clauses' beginning; what stands before them is ASCII.
        size_t column = from + set.error().span.column - 1;
        base::Error why = std::move(set).error();
        bool no_operator = !clauses.empty() && (base::is_alnum(clauses[0]) || clauses[0] == '.');
        if (no_operator) why.message = "after the name a version specifier, `@ URL` or `; marker` is expected";
        why.span = base::span_at("", text_, column);
        return why;
    }

    std::string_view text_;
    size_t at_ = 0, marker_ = 0;
};

}  // namespace

base::Result<Requirement> parse_requirement(std::string_view text) {
    RequirementParser parser(text);
    Requirement out = TRY(parser.parse());
    TRY(parser.refuse_lock_variables(out));
    return out;
}
base::Result<Requirement> parse_locked_requirement(std::string_view text) { return RequirementParser(text).parse(); }

std::vector<std::string> Requirement::extra_keys() const {
    std::vector<std::string> keys;
    for (const std::string& extra : extras) keys.push_back(normalize_name(extra));
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

std::string Requirement::text() const {
    std::string out = name;
    if (!extras.empty()) {
        std::vector<std::string> sorted = extras;
        std::sort(sorted.begin(), sorted.end());
        out += "[" + base::join(sorted, ",") + "]";
    }
    out += url.empty() ? specifier.canonical_text() : " @ " + url;
    if (!marker.always()) out += (url.empty() ? "; " : " ; ") + marker.text();
    return out;
}

bool Requirement::operator==(const Requirement& other) const {
    return key == other.key && url == other.url && specifier == other.specifier && marker == other.marker &&
           extra_keys() == other.extra_keys();
}

}  // namespace pkg
