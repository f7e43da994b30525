// Installing from lock files that belong to no project: what `pip sync` and `pip install -r pylock.toml` share.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/install/plan.h"
#include "pkg/lock/lock.h"
#include "pkg/target.h"

namespace cli {

// What of the lock file at `path`, which may be a URL, is installed for `target` (PEP 751 §Installation).
base::Result<std::vector<pkg::WantedPackage>> wanted_of_lock_file(Context& context, const std::string& path,
                                                                  const pkg::Target& target,
                                                                  const pkg::SelectOptions& options);

}  // namespace cli
