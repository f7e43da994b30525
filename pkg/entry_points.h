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

// console_scripts or gui_scripts: of these installers make programs.
bool is_script_group(std::string_view group);
// "module:object.attr [extra]" → the parts.
base::Result<EntryPoint> parse_object_reference(std::string_view text);
// The whole file, in order. Script groups must be right, with names that are plain file names; of other groups what is no
// reference is passed over.
base::Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text, std::string_view file = "entry_points.txt");
std::string write_entry_points(const std::vector<EntryPoint>& entries);
// May `name` be a script's file name: one path component, none of "/", "\", NUL, not "." or "..".
bool is_script_name(std::string_view name);

}  // namespace pkg
