// Reading environments.
#include "venv/environment.h"

#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"

namespace venv {

std::vector<std::pair<std::string, std::string>> parse_pyvenv_cfg(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> out;
    for (std::string_view line : base::split_lines(text)) {
        std::string_view key, value;
        if (base::partition(line, '=', key, value)) out.emplace_back(base::lower(base::strip(key)), base::strip(value));
    }
    return out;
}

std::string Environment::short_version() const {
    size_t dot = version.find('.');
    return version.substr(0, version.find('.', dot + 1));
}

bool is_environment(const std::string& root) {
    return base::is_regular_file(root + "/pyvenv.cfg");
}

// "3.11.2.final.0" (virtualenv's version_info) → "3.11.2".
static std::string three_parts(std::string_view text) {
    size_t end = 0, dots = 0;
    while (end < text.size() && (base::is_digit(text[end]) || (text[end] == '.' && ++dots < 3)))
        end++;
    return std::string(text.substr(0, end));
}

base::Result<Environment> open_environment(const std::string& root) {
    Environment out;
    out.root = base::absolute_path(root);
    base::Result<std::string> text = base::read_file(out.root + "/pyvenv.cfg");
    if (!text.ok())
        return base::Error(base::ErrorKind::NotHolding, "`" + out.root + "` is no virtual environment")
            .with_hint("make one with `adder venv`");
    bool relocatable = false;
    for (const auto& [key, value] : parse_pyvenv_cfg(*text)) {
        if (key == "version" || (key == "version_info" && out.version.empty())) out.version = three_parts(value);
        if (key == "include-system-site-packages") out.system_site = base::lower(value) == "true";
        if (key == "implementation") out.is_adder = value == "adder";
        if (key == "prompt") out.prompt = value;
        if (key == "relocatable") relocatable = value == "true";
    }
    if (!base::starts_with_ignoring_case(out.version, "3."))
        return base::Error(base::ErrorKind::NotHolding, "`" + out.root + "/pyvenv.cfg` names no Python version");
    out.python = out.root + "/bin/python";
    out.site = pkg::site_for_prefix(out.root, out.short_version(), out.python);
    out.site.relocatable = relocatable;
    return out;
}

std::string active_environment() {
    const char* active = std::getenv("VIRTUAL_ENV");
    return active && *active && is_environment(active) ? base::absolute_path(active) : "";
}

std::string find_environment(const std::string& start) {
    if (std::string active = active_environment(); !active.empty()) return active;
    for (std::string folder = base::absolute_path(start);; folder = std::string(base::parent_path(folder))) {
        std::string candidate = base::join_path(folder, ".venv");
        if (is_environment(candidate)) return candidate;
        if (folder == "/" || folder.empty()) return "";
    }
}

}  // namespace venv
