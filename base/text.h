// Small text helpers: splitting, trimming, ASCII case, UTF-8 columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

bool is_space(char c);  // ASCII space, tab, CR, LF, FF, VT
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view strip(std::string_view text);
std::string_view strip_left(std::string_view text);
std::string_view strip_right(std::string_view text);
std::string lower(std::string_view text);  // ASCII
bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

// Parts between separators; the views point into `text`. split("") is one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
// At any run of white space; no empty parts.
std::vector<std::string_view> split_words(std::string_view text);
// Lines without their ends (LF or CRLF); no part after a final line end.
std::vector<std::string_view> split_lines(std::string_view text);
// Before and after the first `separator`; false where there is none.
bool partition(std::string_view text, char separator, std::string_view& before, std::string_view& after);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
// "a", "a and b", "a, b and c".
std::string join_prose(const std::vector<std::string>& parts, std::string_view last = "and");

bool is_utf8(std::string_view text);
size_t code_points(std::string_view utf8);
// `utf8`, or its beginning of at most `bytes` bytes and "…" behind; no code point is cut.
std::string shortened(std::string_view utf8, size_t bytes);
// The span of `length` bytes at byte `offset` of `text`, with its line for the caret.
SourceSpan span_at(std::string file, std::string_view text, size_t offset, size_t length = 1);
// Decimal digits only, no sign; false on overflow or anything else.
bool parse_u64(std::string_view text, uint64_t& value);

}  // namespace base
