// What our back end must not write: texts of [project] that the specification forbids (specifications/pyproject-toml,
// PEP 639, 794), or that would be read back as something else. Reading (manifest.h) leaves them to the project's back end.
#pragma once

#include "base/result.h"
#include "base/toml.h"

namespace pkg {

// The first such text, where it stands. `project` is a [project] table that parse_manifest takes.
base::Result<void> check_project(base::TomlValue project);

}  // namespace pkg
