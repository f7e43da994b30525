// Tokenizing HTML; comments name the states of the HTML standard.
#include "pkg/index/html_tags.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace pkg {

namespace {

// Those of the standard's named references whose value is one ASCII character: nothing else has a meaning in what pages say.
struct NamedReference {
    std::string_view name;
    char value;
    bool bare = false;  // known without `;` as well
};
constexpr NamedReference kNamed[] = {
    {"amp", '&', true},  {"AMP", '&', true}, {"lt", '<', true},   {"LT", '<', true},  {"gt", '>', true},   {"GT", '>', true},
    {"quot", '"', true}, {"QUOT", '"', true}, {"apos", '\''},     {"sol", '/'},       {"equals", '='},     {"num", '#'},
    {"period", '.'},     {"comma", ','},     {"colon", ':'},      {"semi", ';'},      {"excl", '!'},       {"quest", '?'},
    {"percnt", '%'},     {"plus", '+'},      {"ast", '*'},        {"midast", '*'},    {"lpar", '('},       {"rpar", ')'},
    {"lbrack", '['},     {"lsqb", '['},      {"rbrack", ']'},     {"rsqb", ']'},      {"lbrace", '{'},     {"lcub", '{'},
    {"rbrace", '}'},     {"rcub", '}'},      {"lowbar", '_'},     {"UnderBar", '_'},  {"commat", '@'},     {"dollar", '$'},
    {"bsol", '\\'},      {"Hat", '^'},       {"grave", '`'},      {"DiacriticalGrave", '`'}, {"verbar", '|'}, {"vert", '|'},
    {"VerticalLine", '|'}, {"Tab", '\t'},    {"NewLine", '\n'},
};

void append_code_point(std::string& out, uint32_t code) {
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
    if (code < 0x80) {
        out += (char)code;
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static constexpr unsigned char kFirst[] = {0, 0xC0, 0xE0, 0xF0};
    out += (char)(kFirst[more] | code >> 6 * more);
    for (int i = more - 1; i >= 0; i--)
        out += (char)(0x80 | (code >> 6 * i & 0x3F));
}

// The number of "#65;", "#x41" at the beginning of `text`; 0 for how long it is where it is none.
size_t numeric_reference(std::string_view text, uint32_t& code) {
    bool hexadecimal = text.size() > 1 && (text[1] == 'x' || text[1] == 'X');
    size_t start = hexadecimal ? 2 : 1, at = start;
    code = 0;
    for (; at < text.size(); at++) {
        char c = base::lower(text[at]);
        int digit = base::is_digit(c) ? c - '0' : hexadecimal && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) break;
        code = std::min<uint32_t>(code * (hexadecimal ? 16 : 10) + (uint32_t)digit, 0x110000);
    }
    if (at == start) return 0;
    return at + (at < text.size() && text[at] == ';');
}

// How long the named reference at the beginning of `text` (without its `&`) is, 0 where there is none.
size_t named_reference(std::string_view text, bool in_attribute, char& value) {
    size_t end = 0;
    while (end < text.size() && base::is_alnum(text[end]))
        end++;
    bool closed = end < text.size() && text[end] == ';';
    for (const NamedReference& one : kNamed) {
        if (closed && one.name == text.substr(0, end)) return value = one.value, end + 1;
    }
    for (const NamedReference& one : kNamed) {
        if (!one.bare || !text.starts_with(one.name)) continue;
        size_t size = one.name.size();
        // Named character reference state: for historical reasons not before these in an attribute.
        if (in_attribute && size < text.size() && (text[size] == '=' || base::is_alnum(text[size]))) continue;
        return value = one.value, size;
    }
    return 0;
}

std::string resolve_references(std::string_view text, bool in_attribute) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); i++) {
        std::string_view rest = text[i] == '&' ? text.substr(i + 1) : std::string_view();
        uint32_t code = 0;
        char value = 0;
        size_t size = 0;
        if (rest.starts_with('#')) {
            size = numeric_reference(rest, code);
            if (size) append_code_point(out, code);
        } else if (!rest.empty()) {
            size = named_reference(rest, in_attribute, value);
            if (size) out += value;
        }
        if (!size) out += text[i];
        i += size;
    }
    return out;
}

bool ends_name(char c) {
    return base::is_space(c) || c == '/' || c == '>';
}

}  // namespace

std::string html_text(std::string_view text) {
    return resolve_references(text, false);
}
std::string html_attribute_text(std::string_view text) {
    return resolve_references(text, true);
}

const std::string* HtmlTag::find(std::string_view key) const {
    auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& one) { return one.first == key; });
    return found == attributes.end() ? nullptr : &found->second;
}

// Tag name state and those of attributes; `at` is behind `<` or `</`. False at the end of the page.
bool HtmlTags::read_tag(size_t at, HtmlTag& tag) {
    auto end_of_name = [&](bool attribute) {
        size_t from = at;
        // Before attribute name state: a `=` there begins the name.
        while (at < html_.size() && !ends_name(html_[at]) && !(attribute && at > from && html_[at] == '='))
            at++;
        return base::lower(html_.substr(from, at - from));
    };
    auto skip_blanks = [&] {
        while (at < html_.size() && base::is_space(html_[at]))
            at++;
    };
    tag = {};
    tag.name = end_of_name(false);
    while (at < html_.size()) {
        if (html_[at] == '>') return at_ = at + 1, true;
        if (ends_name(html_[at])) {
            at++;
            continue;
        }
        std::string key = end_of_name(true);
        skip_blanks();
        std::string_view value;
        if (at < html_.size() && html_[at] == '=') {
            at++;
            skip_blanks();
            char quote = at < html_.size() && (html_[at] == '"' || html_[at] == '\'') ? html_[at] : 0;
            size_t from = at + (quote != 0), to = from;
            while (to < html_.size() && (quote ? html_[to] != quote : !base::is_space(html_[to]) && html_[to] != '>'))
                to++;
            value = html_.substr(from, to - from);
            at = quote ? to + 1 : to;
        }
        tag.attributes.emplace_back(std::move(key), value);
    }
    return false;
}

// Behind the comment or other markup at `at`; npos at the end of the page.
size_t HtmlTags::skip_markup(size_t at) {
    std::string_view rest = html_.substr(at);
    if (rest.starts_with("<!--")) {
        // Comment start state: `<!-->` and `<!--->` are whole.
        for (std::string_view empty : {"<!-->", "<!--->"})
            if (rest.starts_with(empty)) return at + empty.size();
        // NOTE: not one search for each ending: the one that pages do not use would go to their end for every comment.
        for (size_t end = at + 4; (end = html_.find("--", end)) != std::string_view::npos; end++) {
            for (std::string_view ending : {"-->", "--!>"})
                if (html_.substr(end).starts_with(ending)) return end + ending.size();
        }
        return std::string_view::npos;
    }
    // Markup declaration open state; bogus comment state.
    size_t end = html_.find('>', at);
    return end == std::string_view::npos ? end : end + 1;
}

// Script data state, RAWTEXT state: up to the end tag of the element.
void HtmlTags::skip_raw_text(const std::string& element) {
    for (size_t at = at_; (at = html_.find("</", at)) != std::string_view::npos; at += 2) {
        std::string_view rest = html_.substr(at + 2);
        bool ends = base::starts_with_ignoring_case(rest, element) && rest.size() > element.size() && ends_name(rest[element.size()]);
        if (!ends) continue;
        at_ = at;
        return;
    }
    at_ = html_.size();
    cut_ = true;
}

bool HtmlTags::next(HtmlTag& tag) {
    while (!cut_ && (at_ = html_.find('<', at_)) != std::string_view::npos) {
        char first = at_ + 1 < html_.size() ? html_[at_ + 1] : 0, second = at_ + 2 < html_.size() ? html_[at_ + 2] : 0;
        bool starts = base::is_alpha(first), ends = first == '/' && base::is_alpha(second);
        if (starts || ends) {
            cut_ = !read_tag(at_ + (ends ? 2 : 1), tag);
            if (cut_ || ends) continue;
            if (tag.name == "script" || tag.name == "style") skip_raw_text(tag.name);
            return true;
        }
        // Tag open state: a `<` before anything else is text, at the end of the page a tag that is missing.
        bool markup = first == '!' || first == '?' || first == '/';
        size_t end = markup ? skip_markup(at_) : at_ + 1;
        cut_ = end == std::string_view::npos || at_ + 1 == html_.size();
        at_ = cut_ ? html_.size() : end;
    }
    return false;
}

}  // namespace pkg
