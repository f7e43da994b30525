// What `adder spec batch` answers: one JSON object for each request, over the values of pkg/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "pkg/marker.h"
#include "pkg/specifier.h"

namespace cli {

// The answer to one request line, as one line of JSON without line end; {"error": …} where the request cannot be
// answered.
std::string spec_answer(std::string_view line);

// The environment a marker is asked about when nothing else is said: CPython 3.11 on Linux.
pkg::MarkerEnvironment default_marker_environment();
// An environment, with the extras and groups asked for.
struct MarkerQuestion {
    pkg::MarkerEnvironment environment = default_marker_environment();
    std::vector<std::string> extras, groups;
};
// Sets the variable called `name`; `extra`, `extras` and `dependency_groups` take names. Usage error for an unknown
// one.
base::Result<void> set_marker_variable(MarkerQuestion& question, std::string_view name, std::string_view value);

void write_version(base::JsonWriter& json, const pkg::Version& version);
// One boolean for each candidate, in order.
std::vector<bool> matches(const pkg::SpecifierSet& set, const std::vector<std::string>& candidates,
                          pkg::Prereleases policy);
base::Result<std::vector<std::string>> sorted_versions(const std::vector<std::string>& texts);
base::Result<void> write_requirement(base::JsonWriter& json, std::string_view text);
// Tags of CPython `python` ("3.11") on `platform` in order of preference.
base::Result<std::vector<std::string>> tags_of(std::string_view python, std::string_view platform);

}  // namespace cli
