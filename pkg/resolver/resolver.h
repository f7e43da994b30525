// Resolving: from requirements and an Index to one version a package, for one target environment or for all at once.
// The result is data (packages, edges, markers) which the lock writes and the installer plans from.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/index/index.h"
#include "pkg/manifest.h"
#include "pkg/marker_tree.h"
#include "pkg/requirement.h"
#include "pkg/target.h"

namespace pkg {

enum class ResolutionMode : uint8_t { Highest, Lowest, LowestDirect };

enum class PrereleasePolicy : uint8_t {
    IfNecessary,  // where no final version lies in the range asked for
    Allow,        // as any other version
    Disallow,
    Explicit,  // IfNecessary for packages whose direct requirement names a pre-release, Disallow for the others
};
// By its name in options and settings ("if-necessary-or-explicit" is an older name of "if-necessary").
std::optional<PrereleasePolicy> prerelease_policy(std::string_view name);

// One requirement the user wrote.
struct RootRequirement {
    Requirement requirement;
    std::string origin;    // who asks, for messages: "" (the user), "group `dev`", "extra `cli`", "requirements.txt"
    MarkerTree condition;  // 'cli' in extras, 'dev' in dependency_groups; always() for plain requirements
    std::string place;     // where it is written: "pyproject.toml:7"; empty for the command line
    std::string index = {};    // the index to take it from where the requirement holds, by name; empty for any
    bool editable = false;     // its direct reference is a tree to be installed in place
};

// "pyproject.toml:7" as RootRequirement::place; "" for the command line.
std::string place_of(const base::SourceSpan& span);

// A version to keep where the requirements allow it: from the lock that is replaced.
struct Preference {
    std::string name;  // normalised
    Version version;
    MarkerTree marker;  // of the fork it came from
};

struct ResolveRequest {
    std::vector<RootRequirement> roots;
    std::vector<Requirement> constraints;  // bound versions without asking for the package
    std::vector<Requirement> overrides;    // stand for every requirement of that name
    std::vector<std::string> exclusions;   // normalised names whose requirements are dropped
    std::vector<Preference> preferences;
    std::vector<MarkerTree> forks;  // environments that were solved apart before, and are again where they are all there is
    std::vector<std::string> upgrade;  // names whose preferences are not used
    bool upgrade_all = false;

    // The project that all this is for: whoever else requires it gets this tree. Both empty: nobody can.
    std::string own_name, own_url;

    const Target* target = nullptr;  // one environment; null: universal
    // Universal: the environments to solve for (empty: all), and the Pythons.
    VersionSet requires_python = VersionSet::full();
    std::vector<MarkerTree> environments;
    // Universal: environments for which a project without sdist must have a wheel.
    std::vector<MarkerTree> required_environments;
    // Sets of extras and groups (as conditions) of which at most one is installed at a time.
    std::vector<std::vector<MarkerTree>> conflicts;
    bool fork_on_python = true;  // newest version for each Python instead of one that fits all

    ResolutionMode mode = ResolutionMode::Highest;
    PrereleasePolicy prereleases = PrereleasePolicy::IfNecessary;
    std::map<std::string, PrereleasePolicy> prereleases_for;  // by normalised name
    std::string exclude_newer;                                // RFC 3339 UTC; "" for no limit
    std::map<std::string, std::string> exclude_newer_for;
    bool no_build = false, no_binary = false;
    std::vector<std::string> no_build_for, no_binary_for;  // normalised names
    std::vector<std::string> build_for, binary_for;        // to which `no_build` and `no_binary` do not apply
    bool prefer_binary = false;           // the newest version that has a wheel to one that has to be built
    bool ignore_requires_python = false;  // take what does not say that it runs on the target's Python
    // The hashes that files of a project (by its normalised name) may have: of its files those are taken, and nothing of it is
    // built before it was checked. `require_hashes`: nothing is built of a project that has none here.
    std::map<std::string, std::vector<Hash>> hashes;
    bool require_hashes = false;
    std::vector<MetadataPatch> metadata_patches;
    bool no_dependencies = false;
    bool may_build(const std::string& name) const;
    bool may_take_wheels(const std::string& name) const;
    // Null where any file will do.
    const std::vector<Hash>* hashes_for(const std::string& name) const {
        auto own = hashes.find(name);
        return own == hashes.end() ? nullptr : &own->second;
    }
    const std::string& cutoff_for(const std::string& name) const {
        auto own = exclude_newer_for.find(name);
        return own == exclude_newer_for.end() ? exclude_newer : own->second;
    }
    // Told of each version of an index as it is decided for, while nothing had to be taken back: the result will probably have it.
    std::function<void(const std::string& name, const Version& version, const Release& release)> decided;
    std::string subject = "you";  // who requires, in explanations: "you", "your project"
};

struct ResolvedDependency {
    size_t package = 0;  // index into Resolution::packages
    std::vector<std::string> extras;  // normalised
    MarkerTree marker;                // with the extras that bring it: extra == 'x'
};

struct ResolvedPackage {
    std::string name;  // normalised
    Version version;
    std::string url;                   // direct reference; empty for a release of the index
    std::string index;                 // name of the index it was to come from; empty for any
    const Release* release = nullptr;  // of the index; lives as long as it
    DirectInfo direct;                 // of a direct reference
    const Metadata* metadata = nullptr;
    MarkerTree marker;  // where it is installed, over the environments and `extras`/`dependency_groups`
    std::vector<std::string> extras;  // activated, normalised, sorted
    std::vector<ResolvedDependency> dependencies;
};

struct Resolution {
    std::vector<ResolvedPackage> packages;  // sorted by name, then version
    std::vector<ResolvedDependency> roots;  // what the requirements lead to, by package
    std::vector<MarkerTree> forks;          // environments solved apart; one entry where nothing forked
    std::vector<std::string> warnings;      // yanked versions taken, extras that do not exist, projects given up
    size_t decisions = 0, conflicts = 0;    // effort, for benchmarks
};

// NoSolution errors carry the explanation as message; other kinds come from the index.
base::Result<Resolution> resolve(const ResolveRequest& request, Index& index);

}  // namespace pkg
