// The targets of base and pkg: any bytes end in a value or an error, and what a value promises of itself holds.
#pragma once

#include <string_view>

#include "base/result.h"

namespace pkg::fuzz {

using Function = void (*)(std::string_view data);
#define PKG_TARGET(name, longest, meaning) void fuzz_##name(std::string_view data);
#include "tests/fuzz/targets.def"

// The error as people would see it, which must be possible as well; true when there is none.
template <class T>
bool accepted(const base::Result<T>& result) {
    if (result.ok()) return true;
    CHECK(!base::render(const_cast<base::Result<T>&>(result).error(), true).empty());
    return false;
}

}  // namespace pkg::fuzz
