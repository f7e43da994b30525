// What a user can do about a failed resolution: read off the facts that the failure rests on.
#pragma once

#include <string>

#include "pkg/index/index.h"
#include "pkg/resolver/explain.h"
#include "pkg/resolver/resolver.h"

namespace pkg {

// One hint a line, "" where nothing helps. `environments` is the marker of the fork that failed, "" for a single target.
std::string hints_for(const ExplainContext& context, IncompatibilityId failure, const ResolveRequest& request, Index& index,
                      const std::string& environments);

}  // namespace pkg
