// What [tool.adder.sources] makes of a requirement: the same project from a path, URL, repository or one index.
#pragma once

#include <string>
#include <vector>

#include "pkg/manifest.h"
#include "pkg/requirement.h"

namespace pkg {

struct SourcedRequirement {
    Requirement requirement;  // with the source as its direct reference; paths as they are written, behind `file:`
    std::string index;        // name of the index where the source is one
    bool editable = false;
};

// `requirement` from each source where that holds, and as it is elsewhere. A source of an extra holds where the marker asks
// for that extra; what is left of its marker goes to the next source. Sources of other projects do not count.
std::vector<SourcedRequirement> apply_sources(const Requirement& requirement, const std::vector<SourceSetting>& sources);

}  // namespace pkg
