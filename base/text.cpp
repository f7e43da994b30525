// Small text helpers.
#include "base/text.h"

#include <algorithm>

namespace base {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view strip_left(std::string_view text) {
    size_t from = 0;
    while (from < text.size() && is_space(text[from])) from++;
    return text.substr(from);
}

std::string_view strip_right(std::string_view text) {
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string_view strip(std::string_view text) { return strip_left(strip_right(text)); }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && starts_with_ignoring_case(a, b);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    if (text.size() < prefix.size()) return false;
    for (size_t i = 0; i < prefix.size(); i++)
        if (lower(text[i]) != lower(prefix[i])) return false;
    return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    for (size_t i = 0; i < text.size();) {
        size_t from = i;
        while (i < text.size() && !is_space(text[i])) i++;
        if (i > from) words.push_back(text.substr(from, i - from));
        while (i < text.size() && is_space(text[i])) i++;
    }
    return words;
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        size_t at = text.find('\n');
        std::string_view line = text.substr(0, at);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        lines.push_back(line);
        if (at == std::string_view::npos) break;
        text.remove_prefix(at + 1);
    }
    return lines;
}

bool partition(std::string_view text, char separator, std::string_view& before, std::string_view& after) {
    size_t at = text.find(separator);
    before = text.substr(0, at);
    after = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
    return at != std::string_view::npos;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (size_t i = 0; i < parts.size(); i++) {
        if (i) out += separator;
        out += parts[i];
    }
    return out;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    for (;;) {
        size_t at = text.find(from);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += to;
        text.remove_prefix(at + from.size());
    }
}

std::string join_prose(const std::vector<std::string>& parts, std::string_view last) {
    std::string out;
    for (size_t i = 0; i < parts.size(); i++) {
        if (i) out += i + 1 == parts.size() ? " " + std::string(last) + " " : ", ";
        out += parts[i];
    }
    return out;
}

// The length of the well-formed sequence at the start of `text` (Unicode 14, table 3-7), 0 where there is none.
static size_t utf8_sequence(std::string_view text) {
    auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    auto tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
    unsigned first = byte(0), second = byte(1);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (first == 0xE0 && second < 0xA0) return 0;
        if (first == 0xED && second > 0x9F) return 0;
        return tail(1) && tail(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (first == 0xF0 && second < 0x90) return 0;
        if (first == 0xF4 && second > 0x8F) return 0;
        return tail(1) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        size_t length = utf8_sequence(text);
        if (!length) return false;
        text.remove_prefix(length);
    }
    return true;
}

size_t code_points(std::string_view utf8) {
    size_t count = 0;
    for (char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return count;
}

std::string shortened(std::string_view utf8, size_t bytes) {
    if (utf8.size() <= bytes) return std::string(utf8);
    while (bytes > 0 && (static_cast<unsigned char>(utf8[bytes]) & 0xC0) == 0x80) bytes--;
    return std::string(utf8.substr(0, bytes)) + "…";
}

SourceSpan span_at(std::string file, std::string_view text, size_t offset, size_t length) {
    offset = std::min(offset, text.size());
    SourceSpan span;
    span.file = std::move(file);
    span.line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] != '\n') continue;
        span.line++;
        start = i + 1;
    }
    size_t end = text.find('\n', start);
    std::string_view line = text.substr(start, end == std::string_view::npos ? end : end - start);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    span.whole_line = std::make_shared<const std::string>(line);
    span.column = static_cast<uint32_t>(code_points(text.substr(start, offset - start))) + 1;
    size_t room = line.size() > offset - start ? line.size() - (offset - start) : 0;
    span.length = static_cast<uint32_t>(std::max<size_t>(1, code_points(text.substr(offset, std::min(length, room)))));
    return span;
}

bool parse_u64(std::string_view text, uint64_t& value) {
    if (text.empty()) return false;
    uint64_t total = 0;
    for (char c : text) {
        if (!is_digit(c) || __builtin_mul_overflow(total, 10u, &total) ||
            __builtin_add_overflow(total, static_cast<uint64_t>(c - '0'), &total))
            return false;
    }
    value = total;
    return true;
}

}  // namespace base
