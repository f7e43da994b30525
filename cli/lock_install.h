// Installing from lock and requirements files that belong to no project: what `pip sync` and `pip install -r pylock.toml` share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/install/plan.h"
#include "pkg/lock/lock.h"
#include "pkg/target.h"

namespace cli {

// What of the lock file at `path` is installed for `target` (PEP 751 §Installation).
base::Result<std::vector<pkg::WantedPackage>> wanted_of_lock_file(Context& context, const std::string& path,
                                                                  const pkg::Target& target,
                                                                  const pkg::SelectOptions& options);
// Every package of `wanted` has one of the hashes that `allowed` names for it ("sha256:…" by normalised name); where the
// index told none, the named one is checked when the file is there. Integrity errors otherwise.
base::Result<void> require_hashes(std::vector<pkg::WantedPackage>& wanted,
                                  const std::vector<std::pair<std::string, std::vector<std::string>>>& allowed);

}  // namespace cli
