// A script with inline metadata (PEP 723) as a project of its own: its requirements, its lock beside it, its environment in
// the cache.
#pragma once

#include <optional>
#include <string>

#include "cli/project.h"
#include "pkg/script_metadata.h"

namespace cli {

// The project that the script's `# /// script` block makes; nothing where it has none. The lock of `tool.py` is
// `pylock.tool.toml`.
base::Result<std::optional<Project>> find_script(Context& context, const std::string& path);
// The manifest that such a block stands for: requirements without a project.
pkg::Manifest manifest_of_script(pkg::ScriptMetadata metadata, const std::string& path);
base::Error no_script_block(const std::string& path);
// Its environment, made where it is missing, with what its lock says, or without a lock what was newest when it was made.
base::Result<venv::Environment> script_environment(Context& context, const Project& script, const SyncOptions& options);

}  // namespace cli
