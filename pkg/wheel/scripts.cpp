// Script names and texts.
#include "pkg/wheel/scripts.h"

#include <algorithm>

#include "base/text.h"

namespace pkg {

const char* forbidden_script_name(std::string_view name) {
    if (name.empty() || name == "." || name == "..") return "it is no file name";
    for (char c : name) {
        if (c == '/' || c == '\\') return "it has a path separator";
        if ((unsigned char)c < 32 || c == 127) return "it has a control character";
    }
    std::string low = base::lower(name);
    if (low.ends_with(".exe")) low.resize(low.size() - 4);
    std::string_view rest = low;
    for (std::string_view stem : {"pythonw", "python", "pypyw", "pypy"}) {
        if (!rest.starts_with(stem)) continue;
        rest.remove_prefix(stem.size());
        bool version =
            std::all_of(rest.begin(), rest.end(), [](char c) { return base::is_digit(c) || c == '.' || c == 't'; });
        if (version) return "it would replace the interpreter";
        break;
    }
    if (low == "activate" || low.starts_with("activate.") || low.starts_with("activate_") ||
        low.starts_with("deactivate"))
        return "it would replace an activate script";
    if (low == "adder") return "it would replace adder";
    return nullptr;
}

std::string make_shebang(std::string_view interpreter, Shebang form) {
    // To Python the second line begins a string; to sh it is the program to run in place of the script.
    if (form == Shebang::Relocatable)
        return "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")/\"'python' \"$0\" \"$@\"\n' '''\n";
    // The kernel reads 127 bytes after #! and splits at the first blank.
    if (interpreter.size() <= 125 && interpreter.find(' ') == std::string_view::npos)
        return "#!" + std::string(interpreter) + "\n";
    return "#!/bin/sh\n'''exec' \"" + std::string(interpreter) + "\" \"$0\" \"$@\"\n' '''\n";
}

std::string make_script(const EntryPoint& entry, std::string_view interpreter, Shebang form) {
    std::string first = entry.attribute.substr(0, entry.attribute.find('.'));
    return make_shebang(interpreter, form) + "# -*- coding: utf-8 -*-\nimport sys\n\nfrom " + entry.module + " import " +
           first +
           "\n\nif __name__ == \"__main__\":\n    sys.argv[0] = sys.argv[0].removesuffix(\".exe\")\n    sys.exit(" +
           entry.attribute + "())\n";
}

}  // namespace pkg
