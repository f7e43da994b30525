// Editing pyproject.toml in place: everything not touched keeps its bytes, comments and layout.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pkg/requirement.h"

namespace pkg {

// Which list of requirements: [project] dependencies, an extra or a dependency group.
struct DependencyList508 {
    enum class Kind : uint8_t { Project, Extra, Group };
    Kind kind = Kind::Project;
    std::string name;  // of the extra or group, as the user wrote it
    bool operator==(const DependencyList508& other) const;  // of names after PEP 503
};

// `text` with the requirement added, or put in place of the one for the same project (same extras-less name and marker).
// Lists and tables that do not exist yet are made.
base::Result<std::string> add_dependency(std::string_view text, const DependencyList508& where, const Requirement& requirement,
                                         std::string_view file = "pyproject.toml");
// `text` without the requirements on `name` in that list; NotHolding where there is none.
base::Result<std::string> remove_dependency(std::string_view text, const DependencyList508& where, std::string_view name,
                                            std::string_view file = "pyproject.toml");
// `[tool.adder.sources]` with `name = value`, where `value` is TOML text such as `{ path = "../x" }`; an entry of that name
// is replaced.
base::Result<std::string> set_source(std::string_view text, std::string_view name, const std::string& value,
                                     std::string_view file = "pyproject.toml");
// `text` without the entry of that name; as it is where there is none.
base::Result<std::string> remove_source(std::string_view text, std::string_view name, std::string_view file = "pyproject.toml");
// `[[header]]` (tool.adder.index, or index in a user's adder.toml) with these keys (name, TOML text) behind all others.
base::Result<std::string> add_index(std::string_view text, const std::vector<std::pair<std::string, std::string>>& keys,
                                    std::string_view header = "tool.adder.index", std::string_view file = "pyproject.toml");
// [project] version set to `version`.
base::Result<std::string> set_version(std::string_view text, const Version& version, std::string_view file = "pyproject.toml");

}  // namespace pkg
