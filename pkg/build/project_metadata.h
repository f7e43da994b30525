// METADATA out of a [project] table (PEP 621, 639, 794), requirements as they are written there.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "pkg/manifest.h"

namespace pkg {

// Core metadata 2.2, 2.4 where licence fields need it, 2.5 with import names. The readme is read from `directory`; `licenses` are the files
// that License-File names.
base::Result<std::string> project_metadata(const std::string& directory, const Manifest& manifest,
                                           const std::vector<std::string>& licenses);

}  // namespace pkg
