// From a resolution to a lock and back to preferences; freshness.
#pragma once

#include <string>
#include <vector>

#include "pkg/lock/lock.h"
#include "pkg/manifest.h"
#include "pkg/resolver/resolver.h"

namespace pkg {

// The request that a project's manifest makes: all extras and groups at once, universal, so that one lock serves all.
base::Result<ResolveRequest> request_of(const Manifest& manifest);
// Direct references to paths, which a manifest writes as seen from its folder, as absolute file: URLs.
void resolve_paths(std::vector<RootRequirement>& roots, const std::string& folder);

// What a lock says besides its packages.
struct LockHead {
    std::vector<Marker> environments;
    std::optional<SpecifierSet> requires_python;
    bool has_sets = false;  // extras and groups are written, empty ones too
    std::vector<std::string> extras, dependency_groups, default_groups;
    std::string inputs_hash;  // empty where nobody will ask whether the lock is fresh
};
LockHead head_of(const Manifest& manifest);
// The synthetic group for what [project] dependencies ask for (PEP 751 §default-groups), so that a group can be installed
// without them; "" where the project has no groups.
std::string default_group_of(const Manifest& manifest);

// A lock of the resolution. Paths of direct references become relative to `folder` (of the lock).
base::Result<Lock> lock_of(const ResolveRequest& request, const Resolution& resolution, LockHead head, const std::string& folder = {});

// Keep the versions of an old lock.
std::vector<Preference> preferences_of(const Lock& lock);

// Raised when the same inputs would be locked differently by a newer adder.
inline constexpr int kInputsFormat = 2;
// A digest of what a resolution of `manifest` depends on besides the index: requirements, settings, our format number.
std::string inputs_hash(const Manifest& manifest);
// Is the lock made from these inputs. One of another tool, or without our table, is judged by what it says: the same
// extras and groups, and for every requirement packages that satisfy it wherever it applies.
bool is_fresh(const Lock& lock, const Manifest& manifest);

}  // namespace pkg
