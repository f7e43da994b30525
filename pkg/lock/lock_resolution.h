// From a manifest to what is resolved, from a resolution to a lock and back to preferences.
#pragma once

#include <string>
#include <vector>

#include "pkg/lock/lock.h"
#include "pkg/manifest.h"
#include "pkg/resolver/resolver.h"

namespace pkg {

// The requirements and extras that the metadata of a project's tree have, where its pyproject.toml leaves them to the build back end.
void add_dynamic_fields(Manifest& manifest, const Metadata& metadata);
// The Pythons that a project is locked for where it does not say: from the one that adder is on.
inline constexpr const char* kDefaultRequiresPython = ">=3.11";
SpecifierSet locked_python(const Manifest& manifest);
// The request that a project's manifest makes: all extras and groups at once, universal, so that one lock serves all.
base::Result<ResolveRequest> request_of(const Manifest& manifest);
// Direct references to paths, which a manifest writes as seen from its folder, as absolute file: URLs.
void resolve_paths(ResolveRequest& request, const std::string& folder);

// What a lock says besides its packages.
struct LockHead {
    std::vector<Marker> environments;
    std::optional<SpecifierSet> requires_python;
    bool has_sets = false;  // extras and groups are written, empty ones too
    std::vector<std::string> extras, dependency_groups, default_groups;
    std::string inputs_hash;   // empty where nobody will ask whether the lock is fresh
    std::string tree_version;  // of the project (freshness.h)
};
LockHead head_of(const Manifest& manifest);
// The synthetic group for what [project] dependencies ask for (PEP 751 §default-groups), so that a group can be installed
// without them; "" where the project has no groups.
std::string default_group_of(const Manifest& manifest);

// A lock of the resolution. Paths of direct references become relative to `folder` (of the lock).
base::Result<Lock> lock_of(const ResolveRequest& request, const Resolution& resolution, LockHead head, const std::string& folder = {});

// Prefers what an old lock has: its versions, and the environments that it was solved for apart. Nothing of it where versions are
// chosen in another way now.
void keep_versions(ResolveRequest& request, const Lock& lock);

}  // namespace pkg
