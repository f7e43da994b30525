// What the pip commands that look at an environment share.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "cli/target.h"
#include "pkg/install/installed.h"

namespace cli {

// The first row is the heading.
void print_columns(const Context& context, const std::vector<std::vector<std::string>>& rows);
// What is installed; broken entries are warned about.
base::Result<std::vector<pkg::InstalledDist>> installed_here(Context& context, const Place& place);
// --path: these directories in place of an environment's. Without any it is find_place and installed_here.
base::Result<std::vector<pkg::InstalledDist>> installed_in(Context& context, const PlaceOptions& options,
                                                           const std::vector<std::string>& paths, Place& place);
// Names of what a distribution requires in this environment, without doubles, sorted as pip sorts.
std::vector<std::string> required_names(const pkg::Metadata& metadata, const pkg::Target& target);

}  // namespace cli
