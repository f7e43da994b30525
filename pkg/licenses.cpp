// SPDX expressions: a recursive descent over words and parentheses.
#include "pkg/licenses.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace pkg {

namespace {

constexpr std::string_view kLicenses[] = {
#define LICENSE(id) id,
#define LICENSE_EXCEPTION(id)
#include "pkg/build/adder_build/licenses.def"
#undef LICENSE
#undef LICENSE_EXCEPTION
};
constexpr std::string_view kExceptions[] = {
#define LICENSE(id)
#define LICENSE_EXCEPTION(id) id,
#include "pkg/build/adder_build/licenses.def"
#undef LICENSE
#undef LICENSE_EXCEPTION
};

// The identifier as the list writes it; empty where it is not on it.
template <size_t N>
std::string_view on_list(const std::string_view (&list)[N], std::string_view id) {
    auto found = std::find_if(std::begin(list), std::end(list), [&](std::string_view one) { return base::equal_ignoring_case(one, id); });
    return found == std::end(list) ? std::string_view() : *found;
}

class ExpressionParser {
  public:
    explicit ExpressionParser(std::string_view text) : text_(text) {
        for (size_t i = 0; i < text.size();) {
            if (base::is_space(text[i])) {
                i++;
                continue;
            }
            size_t from = i++;
            bool parenthesis = text[from] == '(' || text[from] == ')';
            while (!parenthesis && i < text.size() && !base::is_space(text[i]) && text[i] != '(' && text[i] != ')') i++;
            words_.push_back(text.substr(from, i - from));
        }
    }

    // expression := term (("AND" | "OR") term)*
    base::Result<std::string> parse() {
        std::string out = TRY(expression(0));
        if (at_ < words_.size()) return error("the licence expression should end here");
        return out;
    }

  private:
    base::Result<std::string> expression(int depth) {
        std::string out = TRY(term(depth));
        for (;;) {
            bool both = is("and"), either = is("or");
            if (!both && !either) return out;
            at_++;
            out += both ? " AND " : " OR ";
            out += TRY(term(depth));
        }
    }

    // term := "(" expression ")" | licence ["WITH" exception]
    base::Result<std::string> term(int depth) {
        if (at_ >= words_.size()) return error("the licence expression ends where a licence is expected");
        if (words_[at_] == "(") {
            if (depth > 100) return error("the licence expression nests too deeply");
            at_++;
            std::string inner = TRY(expression(depth + 1));
            if (at_ >= words_.size() || words_[at_] != ")") return error("`)` is expected");
            at_++;
            return "(" + inner + ")";
        }
        std::string out = TRY(licence());
        if (!is("with")) return out;
        at_++;
        std::string_view exception = at_ < words_.size() ? on_list(kExceptions, words_[at_]) : std::string_view();
        if (exception.empty()) return error("an SPDX licence exception is expected after WITH");
        at_++;
        return out + " WITH " + std::string(exception);
    }

    base::Result<std::string> licence() {
        std::string_view word = words_[at_];
        constexpr std::string_view kReference = "LicenseRef-";
        if (base::starts_with_ignoring_case(word, kReference)) {
            std::string_view rest = word.substr(kReference.size());
            bool valid = !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) { return base::is_alnum(c) || c == '-' || c == '.'; });
            if (!valid) return error("`" + std::string(word) + "` is not a valid LicenseRef-");
            at_++;
            return std::string(kReference) + std::string(rest);
        }
        bool later = word.ends_with("+");
        std::string_view id = on_list(kLicenses, later ? word.substr(0, word.size() - 1) : word);
        if (id.empty()) return error("`" + std::string(word) + "` is no SPDX licence identifier");
        at_++;
        return std::string(id) + (later ? "+" : "");
    }

    bool is(std::string_view word) const { return at_ < words_.size() && base::equal_ignoring_case(words_[at_], word); }

    base::Error error(std::string message) const {
        size_t offset = at_ < words_.size() ? static_cast<size_t>(words_[at_].data() - text_.data()) : text_.size();
        size_t length = at_ < words_.size() ? words_[at_].size() : 1;
        return base::Error(base::ErrorKind::Usage, std::move(message)).with_span(base::span_at("", text_, offset, length));
    }

    std::string_view text_;
    std::vector<std::string_view> words_;
    size_t at_ = 0;
};

}  // namespace

base::Result<std::string> normalize_license_expression(std::string_view text) { return ExpressionParser(text).parse(); }

bool is_license_file_path(std::string_view path) {
    if (path.empty() || path[0] == '/' || path.find_first_of("\\*?[]{}") != std::string_view::npos) return false;
    for (std::string_view part : base::split(path, '/'))
        if (part == "..") return false;
    return true;
}

}  // namespace pkg
