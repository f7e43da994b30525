// Init files in GNU readline's syntax, translated for libedit ("Readline Init File Syntax" in readline's manual).
#include <editline/readline.h>

#include <cerrno>
#include <cstdio>

#include "interp/modules/readline.h"

namespace py::readline {

namespace {

struct FunctionName {
    std::string_view readline, libedit;
};
constexpr FunctionName kFunctions[] = {
#define FUNCTION(readline, libedit) {readline, libedit},
#include "interp/modules/readline_functions.def"
#undef FUNCTION
};
struct KeyName {
    std::string_view name, key;
};
constexpr KeyName kKeys[] = {
    {"tab", "^I"}, {"return", "^M"}, {"newline", "^J"}, {"lfd", "^J"}, {"ret", "^M"}, {"escape", "\\e"}, {"esc", "\\e"},
    {"space", "\\040"}, {"spc", "\\040"}, {"rubout", "^?"}, {"del", "^?"},
};

std::string_view trim(std::string_view text) {
    size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}
std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = char(c + 32);
    return result;
}
std::string control(char c) { return std::string("^") + char(c >= 'a' && c <= 'z' ? c - 32 : c); }

// "\C-x\M-y…" → "^X\ey…"
std::string translate_sequence(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        if (text.starts_with("\\C-") && text.size() > 3) {
            result += control(text[3]);
            text.remove_prefix(4);
        } else if (text.starts_with("\\M-")) {
            result += "\\e";
            text.remove_prefix(3);
        } else {
            size_t length = text[0] == '\\' && text.size() > 1 ? 2 : 1;
            result += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return result;
}

// A key by its name: `tab`, `Control-a`, `C-M-x`, `Meta-Rubout`.
std::string translate_key(std::string_view text) {
    std::string name = lower(text), prefix;
    bool with_control = false;
    for (size_t dash; (dash = name.find('-')) != std::string::npos && dash + 1 < name.size();) {
        std::string modifier = name.substr(0, dash);
        if (modifier == "control" || modifier == "c")
            with_control = true;
        else if (modifier == "meta" || modifier == "m")
            prefix = "\\e";
        else
            break;
        name.erase(0, dash + 1);
    }
    for (const KeyName& each : kKeys)
        if (name == each.name) return prefix + std::string(each.key);
    if (name.size() != 1) return "";
    return prefix + (with_control ? control(name[0]) : name);
}

std::string translate_setting(std::string_view rest) {
    size_t blank = rest.find_first_of(" \t");
    std::string variable = lower(rest.substr(0, blank));
    std::string value = blank == std::string_view::npos ? "" : lower(trim(rest.substr(blank)));
    if (variable == "editing-mode") return value == "vi" ? "bind -v" : "bind -e";
    return "";  // the others have no counterpart
}

// Where a key's part of `key: function` ends: behind the closing quote when it is quoted.
size_t find_colon(std::string_view line) {
    bool quoted = false;
    for (size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            ++i;
        } else if (line[i] == '"') {
            quoted = !quoted;
        } else if (line[i] == ':' && !quoted && i) {
            return i;
        }
    }
    return std::string_view::npos;
}

}  // namespace

std::string translate_binding(std::string_view whole) {
    std::string_view line = trim(whole);
    if (line.empty() || line[0] == '#' || line[0] == '$') return "";
    if (line.starts_with("set ")) return translate_setting(trim(line.substr(4)));
    size_t colon = find_colon(line);
    if (colon == std::string_view::npos) return std::string(line);  // libedit's own syntax
    std::string_view key = trim(line.substr(0, colon));
    std::string_view action = trim(line.substr(colon + 1));
    bool is_sequence = key.size() > 2 && key.front() == '"' && key.back() == '"';
    if (key.find(' ') != std::string_view::npos && !is_sequence) return std::string(line);
    std::string translated = is_sequence ? translate_sequence(key.substr(1, key.size() - 2)) : translate_key(key);
    if (translated.empty()) return "";
    if (action.size() >= 2 && action.front() == '"' && action.back() == '"')
        return "bind -s \"" + translated + "\" " + translate_sequence(action);
    for (const FunctionName& each : kFunctions)
        if (lower(action) == each.readline) return "bind \"" + translated + "\" " + std::string(each.libedit);
    return "bind \"" + translated + "\" " + std::string(action);
}

int read_init_file(const char* path) {
    std::FILE* file = std::fopen(path, "re");
    if (!file) return errno;
    char line[1024];
    while (std::fgets(line, sizeof line, file)) {
        std::string command = translate_binding(line);
        if (!command.empty()) rl_parse_and_bind(command.c_str());
    }
    std::fclose(file);
    return 0;
}

}  // namespace py::readline
