// Changes of pyproject.toml that end in a new lock: all of it or nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "cli/project.h"
#include "pkg/manifest_edit.h"

namespace cli {

// Other commands that edit files of this folder wait until it goes: to be taken before what is edited is read. Nothing for
// no folder ("").
std::optional<base::FileLock> lock_for_editing(const Context& context, const std::string& folder);

// A new text of pyproject.toml and the lock that belongs to it; taken back unless everything after the writing succeeds.
class ProjectEdit {
  public:
    ProjectEdit(Context& context, Project& project);
    ~ProjectEdit();
    // The project as `text` makes it; nothing is written.
    base::Result<void> apply(std::string text);
    // Writes both files; with `sync` the environment becomes what the lock says.
    base::Result<int> finish(const pkg::Lock& lock, pkg::PackageIndex& index, bool sync, const SyncOptions& options);

  private:
    Context& context_;
    Project& project_;
    std::string before_, lock_before_;
    bool had_lock_ = false, written_ = false, done_ = false;
};

// A requirement of pyproject.toml and the list that it stands in.
struct ListedRequirement {
    pkg::DependencyList508 list;
    const pkg::Requirement* requirement;  // of the manifest
};
std::vector<ListedRequirement> listed_requirements(const pkg::Manifest& manifest);

// The lowest version that the lock has of the requirement's project where its marker holds; nothing where it has none.
std::optional<pkg::Version> locked_version(const pkg::Lock& lock, const pkg::Requirement& requirement);

// Requirements of pyproject.toml with bounds, whose bounds are to follow the versions of a new lock.
class BoundsToRaise {
  public:
    // Of every project that comes from an index, or of those in `names` (normalised).
    BoundsToRaise(const pkg::Manifest& manifest, const std::vector<std::string>& names);
    bool empty() const { return entries_.empty(); }
    // `text` without these bounds.
    base::Result<std::string> without(std::string text) const;
    // `text` with bounds for the versions of `lock`: `==` and `~=` where that stood alone before, else `>=`.
    base::Result<std::string> raised(std::string text, const pkg::Lock& lock) const;
    // "alpha<2 → alpha>=3.0", a line for each that became another one.
    std::vector<std::string> changes(const pkg::Lock& lock) const;

  private:
    struct Entry {
        pkg::DependencyList508 list;
        pkg::Requirement requirement;  // the manifest changes meanwhile
    };
    std::vector<Entry> entries_;
};

}  // namespace cli
