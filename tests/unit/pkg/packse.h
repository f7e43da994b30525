// packse scenarios (shared/data/packse) as in-memory indexes.
#pragma once

#include <string>
#include <vector>

#include "base/toml.h"
#include "pkg/index/memory_index.h"

namespace packse {

// Fills `index` with the packages of a scenario file's TOML.
void fill(pkg::MemoryIndex& index, base::TomlValue scenario);

}  // namespace packse
