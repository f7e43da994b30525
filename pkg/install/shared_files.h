// Files that several installed distributions list: they stay while one of these does.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "pkg/install/installed.h"
#include "pkg/install/site.h"

namespace pkg {

// Which files of `leaving` (`files` are theirs) the RECORD of a distribution that stays lists too, by their path relative to
// the prefix, with the name of its .dist-info directory. What stands in a leaving .dist-info is that distribution's alone. A
// RECORD claims what can be read of it.
base::Result<std::unordered_map<std::string, std::string>> files_of_others(const Site& site, const std::vector<InstalledDist>& leaving,
                                                                           const std::vector<InstalledFiles>& files);

}  // namespace pkg
