// An installed distribution as a line of requirements.txt that brings it back (pip freeze).
#pragma once

#include <string>

#include "cli/context.h"
#include "pkg/install/installed.h"

namespace cli {

// `name==version`, `name @ url` (PEP 610) or `-e …`, with lines of comment before it where an editable install comes from no
// place that others can reach. Runs git for an editable install.
std::string frozen_requirement(const Context& context, const pkg::InstalledDist& dist);

}  // namespace cli
