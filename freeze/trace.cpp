// See trace.h.
#include "freeze/trace.h"

#include <algorithm>

#include "base/text.h"

namespace freeze {

static bool is_module_name(std::string_view name) {
    bool fresh = true;
    for (char c : name) {
        if (c == '.' ? fresh : !(base::is_alnum(c) || c == '_' || (c & 0x80))) return false;
        fresh = c == '.';
    }
    return !fresh;
}

std::vector<std::string> traced_modules(std::string_view text) {
    std::vector<std::string> out;
    for (std::string_view line : base::split_lines(text)) {
        std::string_view name = base::strip(line);
        if (name.starts_with("import time:")) {
            name = base::strip(name.substr(name.rfind('|') + 1));
        } else if (name.starts_with("import '")) {
            name.remove_prefix(8);
            name = name.substr(0, name.find('\''));
        }
        if (is_module_name(name)) out.emplace_back(name);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace freeze
