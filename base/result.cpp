// Error kinds and how an error is shown.
#include "base/result.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/terminal.h"
#include "base/text.h"

namespace base {

int exit_code(ErrorKind kind) {
    static constexpr int kCodes[] = {
#define ERROR_KIND(name, code, meaning) code,
#include "base/error.def"
#undef ERROR_KIND
    };
    return kCodes[static_cast<int>(kind)];
}

void invariant_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "adder: internal error: %s does not hold (%s:%d)\n", expression, file, line);
    std::abort();
}

// Lines with more code points are not shown whole, but so many on either side of the place.
constexpr size_t kMostShown = 1000, kAround = 100;

static std::string_view skip_code_points(std::string_view utf8, size_t count) {
    size_t at = 0;
    for (; at < utf8.size(); at++)
        if ((static_cast<unsigned char>(utf8[at]) & 0xC0) != 0x80 && count-- == 0) break;
    return utf8.substr(at);
}

static void append_span(std::string& out, const SourceSpan& span) {
    std::string_view line = span.source_line();
    if (span.file.empty() && line.empty()) return;
    out += "  --> " + (span.file.empty() ? std::string("argument") : for_terminal(span.file));
    if (span.line) out += ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
    out += "\n";
    if (line.empty()) return;
    size_t before = span.column ? span.column - 1 : 0, length = span.length ? span.length : 1;
    std::string shown;
    if (code_points(line) > kMostShown) {
        // Of a long line what stands around the place.
        size_t left_out = before > kAround ? before - kAround : 0;
        std::string_view part = skip_code_points(line, left_out);
        std::string_view rest = skip_code_points(part, 2 * kAround);
        shown = (left_out ? "…" : "") + for_terminal(part.substr(0, part.size() - rest.size())) + (rest.empty() ? "" : "…");
        before -= left_out ? left_out - 1 : 0;
        length = std::min(length, before < 2 * kAround ? 2 * kAround - before : 1);
    } else {
        shown = for_terminal(line);
    }
    out += "   | " + shown + "\n   | ";
    out.append(before, ' ');
    out.append(length, '^');
    out += "\n";
}

std::string render(const Error& error, bool color) {
    std::string out = color ? "\033[1;31merror\033[0m: " : "error: ";
    out += for_terminal(error.message) + "\n";
    append_span(out, error.span);
    for (const std::string& line : error.contexts) out += "  " + for_terminal(line) + "\n";
    for (size_t at = 0; at < error.hint.size();) {
        size_t end = std::min(error.hint.find('\n', at), error.hint.size());
        out += (color ? "\033[1;36mhint\033[0m: " : "hint: ") + for_terminal(error.hint.substr(at, end - at)) + "\n";
        at = end + 1;
    }
    return out;
}

}  // namespace base
