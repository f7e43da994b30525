// Dependency specifiers (PEP 508, specifications/dependency-specifiers): `name[extra] >=1.0 ; marker`, `name @ url`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/marker.h"
#include "pkg/specifier.h"

namespace pkg {

struct Requirement {
    std::string name;                 // as written
    std::string key;                  // normalised (PEP 503)
    std::vector<std::string> extras;  // as written, in order, without doubles
    SpecifierSet specifier;           // empty when `url` is set
    std::string url;                  // direct reference
    Marker marker;

    std::vector<std::string> extra_keys() const;  // normalised, sorted, without doubles
    std::string text() const;                     // canonical: name[a,b]<2,>=1; marker
    bool operator==(const Requirement& other) const;
};

// The whole of `text`. The error's span has the line and the caret (file is empty: callers add it).
base::Result<Requirement> parse_requirement(std::string_view text);
// One of a lock file, whose markers may ask for `extras` and `dependency_groups` (PEP 751).
base::Result<Requirement> parse_locked_requirement(std::string_view text);

}  // namespace pkg
