// Error kinds and how an error is shown.
#include "base/result.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/terminal.h"

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

static void append_span(std::string& out, const SourceSpan& span) {
    if (span.file.empty() && span.source_line.empty()) return;
    out += "  --> " + (span.file.empty() ? std::string("argument") : for_terminal(span.file));
    if (span.line) out += ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
    out += "\n";
    if (span.source_line.empty()) return;
    out += "   | " + for_terminal(span.source_line) + "\n   | ";
    out.append(span.column ? span.column - 1 : 0, ' ');
    out.append(span.length ? span.length : 1, '^');
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
