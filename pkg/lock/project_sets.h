// Extras and dependency groups of a project as sets that bring each other along: `include-group` (PEP 735), and requirements of
// the project on itself with extras (PEP 508). Items are written as in [tool.adder] conflicts: "extra:a", "group:b".
#pragma once

#include <set>
#include <string>
#include <vector>

#include "pkg/manifest.h"

namespace pkg {

// The item, and every other that is asked for with it.
std::set<std::string> brought_along(const Manifest& manifest, const std::string& item);
// Where an item of a conflict is asked for, by itself or through others: a condition over `extras` and `dependency_groups`.
MarkerTree asked_for(const Manifest& manifest, const std::string& item);
// Usage errors: two of these are declared to exclude each other. Names are normalised.
base::Result<void> check_conflicts(const Manifest& manifest, const std::vector<std::string>& extras, const std::vector<std::string>& groups);

}  // namespace pkg
