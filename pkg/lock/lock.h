// pylock.toml (PEP 751, specifications/pylock-toml) as data: the project's lock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pkg/index/index.h"
#include "pkg/marker.h"
#include "pkg/target.h"

namespace pkg {

// Keys that we do not know, with their values as one line of TOML: kept for whoever wrote them.
using OtherKeys = std::vector<std::pair<std::string, std::string>>;

// A file or archive: packages.sdist, .wheels, .archive.
struct LockFile {
    std::string name;  // file name; of url or path where not written
    std::string url, path;
    std::optional<uint64_t> size;
    std::string upload_time;  // RFC 3339, UTC
    std::vector<Hash> hashes;
    std::string subdirectory;  // archives only
    OtherKeys other;
};

struct LockVcs {
    std::string type, url, path, requested_revision, commit_id, subdirectory;
};

struct LockDirectory {
    std::string path, subdirectory;
    bool editable = false;
};

// Enough keys to find the entry meant; informational.
struct LockDependency {
    std::string name;
    std::optional<Version> version;
    // Where only the source tells entries apart: the key that has it ("vcs", "archive", "directory", "index") and its URL or path.
    std::string source, url;
    std::vector<std::string> extras;  // [tool.adder] only
    Marker marker;                    // [tool.adder] only
};

struct LockPackage {
    std::string name;  // normalised
    std::optional<Version> version;
    Marker marker;
    std::optional<SpecifierSet> requires_python;
    std::vector<LockDependency> dependencies;
    std::optional<LockVcs> vcs;
    std::optional<LockDirectory> directory;
    std::optional<LockFile> archive;
    std::string index;
    std::optional<LockFile> sdist;
    std::vector<LockFile> wheels;
    std::vector<OtherKeys> attestation_identities;  // `kind` and what the publisher's kind has
    OtherKeys other;                                // `tool` too
};

// [tool.adder] of a lock: freshness, `why` and low churn only; never what is installed (PEP 751 §tool).
struct LockTool {
    std::string inputs_hash;                 // of everything the resolution depended on
    std::vector<LockDependency> roots;       // what the project asks for, resolved
    std::string policy;                      // how versions were chosen where that is not the default
    std::vector<std::string> forks;          // markers of the environments solved apart
    // Edges by package, as (name, version, dependency), where they say more than packages.dependencies.
    std::vector<std::pair<std::string, LockDependency>> edges;  // "name==version", or "name @ url" → dependency
};

struct Lock {
    std::string lock_version = "1.0";
    std::vector<Marker> environments;
    std::optional<SpecifierSet> requires_python;
    std::vector<std::string> extras, dependency_groups, default_groups;
    bool has_extras = false, has_dependency_groups = false;
    std::string created_by = "adder";
    std::vector<LockPackage> packages;
    std::optional<LockTool> tool;
    OtherKeys other, other_tools;       // of the top level, and tables of [tool] besides ours
    std::vector<std::string> warnings;  // unknown keys of a newer minor version
};

// Where a package comes from: URL or path of its repository, archive or directory, or its index.
const std::string& source_of(const LockPackage& package);
// Does `dependency` mean this entry?
bool is_meant(const LockDependency& dependency, const LockPackage& package);

// pylock.toml or pylock.<name>.toml.
bool is_lock_file_name(std::string_view file_name);
// The whole file, validated. Errors are Usage errors with position.
base::Result<Lock> parse_lock(std::string text, std::string file = "pylock.toml");
// Deterministic text: the same data gives the same bytes.
std::string write_lock(const Lock& lock);
// What a new lock has no other source for comes from the one it replaces: attestation identities and unknown keys of
// packages that stay, other tools' tables, sizes and times of files that the index tells less of today.
void carry_over(Lock& lock, const Lock& old);

// What of a lock an environment installs.
struct SelectOptions {
    std::vector<std::string> extras;  // normalised
    std::optional<std::vector<std::string>> groups;  // not set: the default groups
    bool no_build = false, no_binary = false;
    std::vector<std::string> no_build_for, no_binary_for;  // the same for these, normalised
    std::vector<std::string> build_for, binary_for;        // to which `no_build` and `no_binary` do not apply
};
// Usage errors name extras and groups that the lock does not have.
base::Result<void> check_selection(const Lock& lock, const SelectOptions& options);
struct Selected {
    const LockPackage* package = nullptr;
    // Exactly one of the three; or package->vcs / package->directory.
    const LockFile* wheel = nullptr;
    const LockFile* sdist = nullptr;
    const LockFile* archive = nullptr;
};
// PEP 751 §Installation: markers, requires-python, environments, the best wheel by tags. NoSolution errors say which
// package has no usable file or is ambiguous; Usage errors name extras and groups that the lock does not have.
base::Result<std::vector<Selected>> select_packages(const Lock& lock, const Target& target, const SelectOptions& options);

}  // namespace pkg
