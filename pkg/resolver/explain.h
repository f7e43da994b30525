// Failures in prose: from the derivation tree of a PubGrub failure to sentences that name what the user wrote.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "pkg/resolver/packages.h"

namespace pkg {

struct ExplainContext {
    const IncompatibilityStore& store;
    const PackageTable& packages;
    // The versions that exist, ascending. May miss projects never looked at.
    std::unordered_map<std::string, std::vector<Version>> versions;
    // Those of them that could be taken: ranges are shown as short as these allow.
    std::unordered_map<std::string, std::vector<Version>> usable;
    std::string subject = "you";             // who requires: "you", "your project"
};

// "Because …, we can conclude that …", one sentence a line; the last says that the requirements cannot be met.
std::string explain(const ExplainContext& context, IncompatibilityId failure);

// The projects that the derivation names, sorted: for tests and for hints.
std::vector<std::string> named_in(const ExplainContext& context, IncompatibilityId failure);

}  // namespace pkg
