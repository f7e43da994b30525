// Null bytes, byte order mark, encoding cookie, decoding, newlines. UTF-8 is not checked here: as in CPython names and
// strings complain, comments do not.
#include "interp/parser/source.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interp/parser/char_class.h"
#include "interp/parser/lexer.h"
#include "interp/parser/unicode.h"

namespace py::parser {
namespace {

// The problem of a source that never reaches the lexer: line 0, offset -1, no end, no text.
SyntaxProblem source_problem(Arena& arena, std::string_view message) {
    SyntaxProblem problem;
    problem.kind = ProblemKind::SyntaxError;
    problem.message = arena.copy(message);
    problem.offset = -1;
    problem.has_end = false;
    return problem;
}

std::string_view join(std::string_view before, std::string_view name, std::string_view after, Arena& arena) {
    ast::Buffer<char> text;
    for (std::string_view piece : {before, name, after})
        text.append(piece.data(), piece.size());
    return arena.copy({text.data(), text.size()});
}

// `coding[:=][ \t]*([-\w.]+)` in a line that holds nothing but a comment. `stop`: no later line may declare it.
std::string_view cookie_in(std::string_view line, bool& stop) {
    stop = false;
    size_t i = 0;
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t' || line[i] == '\f'))
        i++;
    if (i == line.size() || line[i] == '\r') return {};
    if (line[i] != '#') {
        stop = true;
        return {};
    }
    for (; i + 6 <= line.size(); i++) {
        if (line.substr(i, 6) != "coding") continue;
        size_t p = i + 6;
        if (p >= line.size() || (line[p] != ':' && line[p] != '=')) continue;
        do
            p++;
        while (p < line.size() && (line[p] == ' ' || line[p] == '\t'));
        size_t begin = p;
        while (p < line.size() && (is_alphanumeric(line[p]) || line[p] == '-' || line[p] == '_' || line[p] == '.'))
            p++;
        if (p > begin) {
            stop = true;
            return line.substr(begin, p - begin);
        }
    }
    return {};
}

// A line counts only when it has its end; a module's last line gets one.
std::string_view find_cookie(std::string_view source, bool complete_line) {
    for (int line = 0; line < 2; line++) {
        size_t end = source.find_first_of("\r\n");
        if (end == source.npos && !complete_line) return {};
        bool stop;
        std::string_view cookie = cookie_in(source.substr(0, end), stop);
        if (!cookie.empty() || stop || end == source.npos) return cookie;
        if (source[end] == '\r' && end + 1 < source.size() && source[end + 1] == '\n') end++;
        source.remove_prefix(end + 1);
    }
    return {};
}

// The lines as a program file's reader sees them: a NUL hides the rest of its line, the newline included.
std::string_view without_nul_tails(std::string_view source, Arena& arena) {
    if (std::memchr(source.data(), 0, source.size()) == nullptr) return source;
    char* out = static_cast<char*>(arena.allocate(source.size() + 1));
    size_t length = 0;
    for (size_t i = 0; i < source.size(); i++) {
        if (source[i] != 0) {
            out[length++] = source[i];
            continue;
        }
        i = source.find('\n', i);
        if (i == source.npos) break;
    }
    return {out, length};
}

// Lines behind a cookie other than UTF-8's come from a decoder, which hands on NULs. `source` is `whole` without tails.
std::string_view with_nuls_behind(std::string_view cookie, std::string_view source, std::string_view whole, Arena& arena) {
    size_t end = source.find('\n', size_t(cookie.data() - source.data()));
    if (source.size() == whole.size() || end == source.npos) return source;
    auto lines = std::count(source.begin(), source.begin() + ptrdiff_t(end) + 1, '\n');
    size_t rest = 0;
    while (lines) {
        size_t newline = whole.find('\n', rest);
        lines -= whole.substr(rest, newline - rest).find('\0') == whole.npos;  // with a NUL it has no end
        rest = newline + 1;
    }
    return join(source.substr(0, end + 1), whole.substr(rest), "", arena);
}

// A problem of a file that has no place in it.
SyntaxProblem file_problem(Arena& arena, std::string_view message) {
    SyntaxProblem problem = source_problem(arena, message);
    problem.has_place = false;
    return problem;
}

// `utf-8` and `iso-8859-1` for their common spellings, others as they are.
std::string_view normal_name(std::string_view name, Arena& arena) {
    char lower[13] = {};
    size_t length = name.size() < 12 ? name.size() : 12;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        lower[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
    auto starts = [&](const char* with) {
        size_t n = std::strlen(with);
        return length >= n && std::memcmp(lower, with, n) == 0 && (lower[n] == 0 || lower[n] == '-');
    };
    if (starts("utf-8")) return "utf-8";
    if (starts("latin-1") || starts("iso-8859-1") || starts("iso-latin-1")) return "iso-8859-1";
    return arena.copy(name);
}

bool same_name(std::string_view name, const char* other) {
    size_t length = std::strlen(other);
    if (name.size() != length) return false;
    for (size_t i = 0; i < length; i++) {
        char c = name[i] == '_' ? '-' : name[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != other[i]) return false;
    }
    return true;
}

std::string_view from_latin1(std::string_view bytes, Arena& arena) {
    char* out = static_cast<char*>(arena.allocate(bytes.size() * 2 + 1));
    size_t length = 0;
    for (unsigned char c : bytes)
        length += static_cast<size_t>(encode_utf8(c, out + length));
    return {out, length};
}

// The cookie's text in UTF-8. Latin-1 and ASCII here, the rest through the hook.
std::string_view decode(std::string_view bytes, std::string_view name, Arena& arena, const ParseOptions& options,
                        SyntaxProblem& problem) {
    for (const char* alias : {"iso-8859-1", "latin1", "iso8859-1", "l1", "8859", "cp819", "latin"})
        if (same_name(name, alias)) return from_latin1(bytes, arena);
    if (same_name(name, "ascii") || same_name(name, "us-ascii")) {
        for (size_t i = 0; i < bytes.size(); i++) {
            auto c = static_cast<unsigned char>(bytes[i]);
            if (c < 128) continue;
            char message[120];
            int length = std::snprintf(
                message, sizeof message,
                "'ascii' codec can't decode byte 0x%02x in position %zu: ordinal not in range(128)", c, i);
            problem = source_problem(arena, {message, static_cast<size_t>(length)});
            return {};
        }
        return bytes;
    }
    Decoded decoded{DecodeStatus::UnknownEncoding, nullptr, 0};
    if (options.decode != nullptr) decoded = options.decode(options.decode_context, name.data(), bytes);
    std::string_view text = decoded.text != nullptr ? arena.copy({decoded.text, decoded.length}) : std::string_view{};
    std::free(decoded.text);
    switch (decoded.status) {
        case DecodeStatus::Done: return text;
        case DecodeStatus::Invalid: problem = source_problem(arena, text); break;
        case DecodeStatus::Raised: problem.kind = ProblemKind::Other; break;
        case DecodeStatus::UnknownEncoding: {
            problem = source_problem(arena, join("unknown encoding: ", name, "", arena));
            break;
        }
    }
    return {};
}

// '\r\n' and '\r' become '\n'; a module's last line gets its newline.
std::string_view with_newlines(std::string_view text, Arena& arena, bool complete_line) {
    char* out = static_cast<char*>(arena.allocate(text.size() + 2));
    size_t length = 0;
    if (std::memchr(text.data(), '\r', text.size()) == nullptr) {
        std::memcpy(out, text.data(), text.size());
        length = text.size();
    } else {
        for (size_t i = 0; i < text.size(); i++) {
            char c = text[i];
            if (c == '\r') {
                c = '\n';
                if (i + 1 < text.size() && text[i + 1] == '\n') i++;
            }
            out[length++] = c;
        }
    }
    // CPython adds a newline behind a last \r\n, too; positions at the end of the source show it.
    bool ends_in_pair = text.ends_with("\r\n");
    if (complete_line && (length == 0 || out[length - 1] != '\n' || ends_in_pair)) out[length++] = '\n';
    out[length] = 0;
    return {out, length};
}

// Whether the lexer stops at an error inside these lines: it comes before any that is found behind them.
bool breaks_before(std::string_view lines, Arena& arena) {
    Lexer lexer(with_newlines(lines, arena, true), arena, {});
    Token token;
    for (;;) {
        Kind kind = lexer.next(token);
        if (kind == Kind::EndMarker) return false;
        if (kind == Kind::Error) return !lexer.at_end_of_source();
    }
}

// What PEP 263 says of a file with other bytes than UTF-8 and no declaration; kind None where all is well.
SyntaxProblem check_undeclared(std::string_view source, std::string_view file, Arena& arena) {
    size_t valid = valid_utf8_prefix(source);
    if (valid == source.size()) return {};
    if (breaks_before(source.substr(0, source.rfind('\n', valid) + 1), arena)) return {};
    size_t line = 1;
    for (size_t i = 0; i < valid; i++)
        line += source[i] == '\n' || (source[i] == '\r' && source[i + 1] != '\n');
    char byte[8], number[24];
    std::snprintf(byte, sizeof byte, "\\x%02x", static_cast<unsigned char>(source[valid]));
    std::snprintf(number, sizeof number, "%zu", line);
    std::string_view head = join("Non-UTF-8 code starting with '", byte, "' in file ", arena);
    std::string_view place = join(file, " on line ", number, arena);
    return file_problem(
        arena, join(head, place, ", but no encoding declared; see https://peps.python.org/pep-0263/ for details", arena));
}

}  // namespace

static Source prepare_source(std::string_view source, Arena& arena, const ParseOptions& options) {
    Source result;
    bool from_file = !options.file.empty();
    std::string_view whole_lines = source;
    if (from_file) source = without_nul_tails(source, arena);
    if (std::memchr(source.data(), 0, source.size()) != nullptr) {
        result.problem.kind = ProblemKind::ValueError;
        result.problem.message = "source code string cannot contain null bytes";
        return result;
    }
    result.encoding = options.source_is_text ? "utf-8" : "";
    if (!options.source_is_text) {
        bool bom = source.substr(0, 3) == "\xEF\xBB\xBF";
        if (bom) {
            source.remove_prefix(3);
            result.encoding = "utf-8";
        }
        std::string_view cookie = find_cookie(source, options.mode == Mode::Exec);
        if (!cookie.empty()) {
            std::string_view name = normal_name(cookie, arena);
            if (bom && name != "utf-8") {
                std::string_view message = join("encoding problem: ", name, " with BOM", arena);
                result.problem = from_file ? file_problem(arena, message) : source_problem(arena, message);
                return result;
            }
            result.encoding = name;
            if (from_file && name != "utf-8") source = with_nuls_behind(cookie, source, whole_lines, arena);
        }
        if (!result.encoding.empty() && result.encoding != "utf-8") {
            source = decode(source, result.encoding, arena, options, result.problem);
            if (result.problem.kind == ProblemKind::SyntaxError && from_file)
                result.problem = file_problem(arena, join("encoding problem: ", result.encoding, "", arena));
            if (result.problem.kind != ProblemKind::None) return result;
        }
        if (from_file && result.encoding.empty()) {
            result.problem = check_undeclared(source, options.file, arena);
            if (result.problem.kind != ProblemKind::None) return result;
        }
    }
    result.text = with_newlines(source, arena, options.mode == Mode::Exec);
    return result;
}

Source read_source(std::string_view source, Arena& arena, const ParseOptions& options) {
    try {
        return prepare_source(source, arena, options);
    } catch (const std::bad_alloc&) {
        Source result;
        result.problem.kind = ProblemKind::MemoryError;
        return result;
    }
}

}  // namespace py::parser
