// Typed reading of TOML values with errors at the value; shared by the parts of the manifest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "pkg/manifest.h"

namespace pkg {

// Missing values read as empty. `what` names the key in errors.
base::Result<std::string> read_string(base::TomlValue value, std::string_view what);
base::Result<std::vector<std::string>> read_strings(base::TomlValue value, std::string_view what);
// `key` of `table`, a project's name or what is spelt as freely, normalised.
base::Result<std::string> read_key(base::TomlValue table, const std::string& key);
base::Result<void> expect_table(base::TomlValue value, std::string_view what);
base::Result<Dependency508> read_dependency(base::TomlValue value, std::string_view what);
base::Result<std::vector<Dependency508>> read_dependencies(base::TomlValue value, std::string_view what);
// `inner`, found while parsing the string `value`, moved to where it stands in the file.
base::Error at_value(base::TomlValue value, base::Error inner);
// No reader takes `text` for more than one line; tabs may be in it.
bool is_one_line(std::string_view text);
// "a table", "an integer".
std::string article(std::string_view noun);

base::Result<ToolSettings> read_tool_settings(base::TomlValue table);
// Do the extras and groups exist that [tool.adder] names.
base::Result<void> check_named_lists(const Manifest& manifest, base::TomlValue table);

}  // namespace pkg
