// Lines of code and lines of paths.
#include "pkg/wheel/startup.h"

#include "base/text.h"

namespace pkg {

namespace {

struct Lines {
    std::string_view first;
    size_t count = 0;
    void add(std::string_view line) {
        if (!count++) first = line;
    }
};

// A line may be long, and made to paint over a terminal.
std::string shown(std::string_view line) {
    constexpr size_t kLongest = 60;
    std::string out = "`";
    for (char c : line.substr(0, kLongest)) out += c >= ' ' && c <= '~' ? c : '?';
    return out + (line.size() > kLongest ? "…`" : "`");
}

std::string more(const Lines& lines, const char* of_what) {
    if (lines.count < 2) return "";
    return " and " + std::to_string(lines.count - 1) + " more line" + (lines.count > 2 ? "s" : "") + of_what;
}

}  // namespace

std::string startup_effect(std::string_view text) {
    Lines code, paths;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
        // Universal newlines: a carriage return alone ends a line too.
        size_t end = text.find_first_of("\r\n");
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.starts_with('#') || base::strip(line).empty()) continue;
        bool runs = line.starts_with("import ") || line.starts_with("import\t");
        (runs ? code : paths).add(line);
    }
    std::string out;
    if (code.count) out = "runs " + shown(code.first) + more(code, " of code");
    if (paths.count) out += (out.empty() ? "puts " : ", and puts ") + shown(paths.first) + more(paths, "") + " on the path";
    return out;
}

}  // namespace pkg
