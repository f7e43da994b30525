// Names of distribution files: wheels (specifications/binary-distribution-format §File name convention) and sdists
// (PEP 625, older forms accepted).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/tags.h"
#include "pkg/version.h"

namespace pkg {

struct WheelName {
    std::string name;  // normalised
    Version version;
    uint64_t build_number = 0;  // of the optional build tag
    std::string build_suffix;
    bool has_build = false;
    std::vector<Tag> tags;
    std::string file_name;  // as given
};

struct SdistName {
    std::string name;  // normalised
    Version version;
    std::string file_name;
};

base::Result<WheelName> parse_wheel_name(std::string_view file_name);
// `.tar.gz` and `.zip`. Where `project` (normalised) is given the name part must be it, which settles where a name with
// dashes ends; without it the last dash divides.
base::Result<SdistName> parse_sdist_name(std::string_view file_name, std::string_view project = {});

// name-version-tag.whl, escaped as the wheel specification says.
std::string make_wheel_name(std::string_view name, const Version& version, std::string_view tag);
std::string make_sdist_name(std::string_view name, const Version& version);

}  // namespace pkg
