// Where the packages of one command come from: the index it asks and what builds source trees, each known to the other.
#pragma once

#include "cli/builder.h"
#include "cli/context.h"
#include "pkg/index/package_index.h"
#include "pkg/manifest.h"

namespace cli {

struct PackageSupply {
    // What the command line says, then [tool.adder] of `manifest` (null for none): indexes, credentials of direct
    // references, constraints and further requirements of builds. Made after requirements files were read, which name
    // indexes too.
    PackageSupply(Context& context, const pkg::Manifest* manifest);
    PackageSupply(const PackageSupply&) = delete;
    PackageSupply& operator=(const PackageSupply&) = delete;

    pkg::PackageIndex index;
    PathBuilder builder;
};

}  // namespace cli
