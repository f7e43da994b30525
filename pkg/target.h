// The environment that packages are chosen for, as data: markers and tags of one Python on one platform.
#pragma once

#include <string>

#include <vector>

#include "pkg/marker.h"
#include "pkg/marker_tree.h"
#include "pkg/tags.h"
#include "pkg/version.h"

namespace pkg {

struct Target {
    Version python;
    MarkerEnvironment markers;
    TagSet tags;
};

// CPython `python` ("3.12" stands for 3.12.0) on `platform`.
base::Result<Target> make_target(std::string_view python, const Platform& platform);

// requires-python without its upper bound. Projects set upper bounds by guess: a new Python must not make the resolver fall
// back to an old release that has none, so where nothing fits wholly the bound does not count.
VersionSet without_upper_bound(const SpecifierSet& requires_python);

// Does a wheel with one of these tags fit some environment of `where`, whose Pythons are `python`?
bool wheel_fits(const std::vector<Tag>& tags, const MarkerTree& where, const VersionSet& python);

}  // namespace pkg
