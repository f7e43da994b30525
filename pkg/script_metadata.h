// Inline script metadata (PEP 723, specifications/inline-script-metadata): the `# /// script` block of a Python file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/manifest.h"

namespace pkg {

struct ScriptMetadata {
    std::optional<SpecifierSet> requires_python;
    std::vector<Dependency508> dependencies;
    ToolSettings tool;
};

// The block's TOML text, with as many lines before it as the script has, so that positions are the script's; nothing
// where there is no block. Two blocks of the same type are an error.
base::Result<std::optional<std::string>> script_block(std::string_view source, std::string_view type = "script");
base::Result<std::optional<ScriptMetadata>> parse_script_metadata(std::string_view source, const std::string& file);
// `source` with its block replaced, or with a new one behind the `#!` line and before everything else.
std::string with_script_block(std::string_view source, std::string_view toml, std::string_view type = "script");

}  // namespace pkg
