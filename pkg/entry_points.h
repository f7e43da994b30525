// entry_points.txt (specifications/entry-points) and the object references in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pkg {

struct EntryPoint {
    std::string group, name;
    std::string module, attribute;  // "package.module" and "object.attr", the latter may be empty
    std::vector<std::string> extras;
    std::string reference() const { return attribute.empty() ? module : module + ":" + attribute; }
};

// "module:object.attr [extra]" → the parts.
base::Result<EntryPoint> parse_object_reference(std::string_view text);
// The whole file, in order. Names of console_scripts and gui_scripts that are no plain file names are errors.
base::Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text, std::string_view file = "entry_points.txt");
std::string write_entry_points(const std::vector<EntryPoint>& entries);
// May `name` be a script's file name: one path component, none of "/", "\", NUL, not "." or "..".
bool is_script_name(std::string_view name);

}  // namespace pkg
