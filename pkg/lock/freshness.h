// Is a lock up to date: digests of what it was made from.
#pragma once

#include <string>

#include "pkg/lock/lock.h"
#include "pkg/manifest.h"

namespace pkg {

// Raised when the same inputs would be locked differently by a newer adder.
inline constexpr int kInputsFormat = 3;
// A digest of what a resolution of `manifest` depends on besides the index: requirements, settings, our format number.
std::string inputs_hash(const Manifest& manifest);

// tree_version() of a project whose requirements only its build back end tells.
inline constexpr const char* kDynamicTree = "dynamic";
// What others may ask of the project itself: its version, "" where that is dynamic.
std::string tree_version(const Manifest& manifest);
// Does the lock depend on more files than pyproject.toml: local trees, or what makes the project's own metadata.
bool has_trees(const Lock& lock, const Manifest& manifest);
// An inputs_hash(), and what the local trees of the lock, seen from `folder`, say of themselves. `own` is tree_version().
std::string with_trees(const std::string& hash, const Lock& lock, const std::string& own, const std::string& folder);

// Is the lock, which lies in `folder`, made from these inputs. One of another tool, or without our table, is judged by what it
// says: the same extras and groups, and for every requirement packages that satisfy it wherever it applies.
bool is_fresh(const Lock& lock, const Manifest& manifest, const std::string& folder);

}  // namespace pkg
