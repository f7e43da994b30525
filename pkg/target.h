// The environment that packages are chosen for, as data: markers and tags of one Python on one platform.
#pragma once

#include <string>

#include "pkg/marker.h"
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

}  // namespace pkg
