// The files that requirements are read from, one at a time: requirements.txt with all it includes, pyproject.toml, scripts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/manifest.h"
#include "pkg/requirements_txt.h"

namespace cli {

// A file: URL, absolute or not (`file:wheels`), as a path; other places as they are.
std::string plain_place(const std::string& place);
// The text of a file or file: URL, of standard input (`-`), or of what an http or https URL leads to.
base::Result<std::string> read_text(Context& context, const std::string& place);
// A requirements file; `${NAME}` in it is taken from the environment.
base::Result<pkg::RequirementsFile> read_requirements(Context& context, const std::string& place);
// A file of constraints, which may name requirements files.
base::Result<pkg::RequirementsFile> read_constraints(Context& context, const std::string& place);
// What the file says about indexes, behind what the command line said.
void use_index_options(const pkg::RequirementsFile& file, SourceOptions& sources);

base::Result<pkg::Manifest> read_manifest(const std::string& path);
// A script's inline metadata (PEP 723) as the manifest of a project without a name; a Usage error where it has none.
base::Result<pkg::Manifest> read_script_manifest(const std::string& path);

}  // namespace cli
