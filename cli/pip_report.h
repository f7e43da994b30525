// pip's installation report (pip documentation, "Installation Report", version 1).
#pragma once

#include <string>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/install/plan.h"

namespace cli {

// To a file, or to stdout for "-": what `change` would install, with its metadata.
base::Result<void> write_pip_report(const Context& context, const std::string& path, const pkg::Change& change,
                                    const pkg::ResolveRequest& request, const pkg::Target& target,
                                    pkg::PackageIndex& index);

}  // namespace cli
