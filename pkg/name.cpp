// PEP 503 names, and those of modules.
#include "pkg/name.h"

#include <algorithm>

#include "base/text.h"

namespace pkg {

constexpr std::string_view kKeywords[] = {"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
                                          "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
                                          "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield"};

static bool is_separator(char c) { return c == '-' || c == '_' || c == '.'; }

std::string normalize_name(std::string_view name) {
    std::string out;
    out.reserve(name.size());
    for (size_t i = 0; i < name.size(); i++) {
        if (!is_separator(name[i]))
            out += base::lower(name[i]);
        else if (i == 0 || !is_separator(name[i - 1]))
            out += '-';
    }
    return out;
}

bool is_normalized_name(std::string_view name) {
    if (name.empty() || name.front() == '-' || name.back() == '-') return false;
    for (size_t i = 0; i < name.size(); i++) {
        char c = name[i];
        bool plain = base::is_digit(c) || (c >= 'a' && c <= 'z');
        if (!plain && !(c == '-' && name[i - 1] != '-')) return false;
    }
    return true;
}

bool is_valid_name(std::string_view name) {
    if (name.empty() || !base::is_alnum(name.front()) || !base::is_alnum(name.back())) return false;
    for (char c : name)
        if (!base::is_alnum(c) && !is_separator(c)) return false;
    return true;
}

base::Result<std::string> parse_name(std::string_view name) {
    if (is_valid_name(name)) return normalize_name(name);
    return base::Error(base::ErrorKind::Usage, "`" + std::string(name) + "` is not a valid project name")
        .with_hint("names have ASCII letters, digits, `-`, `_` and `.`, and begin and end with a letter or digit");
}

std::string file_name_form(std::string_view name) {
    std::string out = normalize_name(name);
    for (char& c : out)
        if (c == '-') c = '_';
    return out;
}

bool is_import_name(std::string_view name) {
    for (std::string_view part : base::split(name, '.')) {
        if (part.empty() || base::is_digit(part[0])) return false;
        auto is_letter = [](char c) { return base::is_alnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; };
        if (!std::all_of(part.begin(), part.end(), is_letter)) return false;
        if (std::find(std::begin(kKeywords), std::end(kKeywords), part) != std::end(kKeywords)) return false;
    }
    return true;
}

}  // namespace pkg
