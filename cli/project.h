// A project on disk: pyproject.toml, pylock.toml and .venv, and what the project commands do with them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/apply_options.h"
#include "cli/builder.h"
#include "cli/context.h"
#include "cli/resolve_options.h"
#include "pkg/install/plan.h"
#include "pkg/lock/lock.h"
#include "pkg/manifest.h"
#include "venv/environment.h"

namespace cli {

struct Project {
    std::string root;  // absolute
    std::string text;  // of pyproject.toml
    pkg::Manifest manifest;
    std::string lock_name = "pylock.toml";
    std::string environment;  // where it is not the project's .venv
    bool script = false;      // one file with inline metadata, locked only when asked
    std::string manifest_path() const { return root + "/pyproject.toml"; }
    std::string lock_path() const { return root + "/" + lock_name; }
    std::string environment_path() const { return environment.empty() ? root + "/.venv" : environment; }
    bool is_package() const;  // is it installed itself
};
// The nearest pyproject.toml at or above --project.
base::Result<Project> find_project(const Context& context);
bool has_project(const Context& context);
// Its folder; "" for none.
std::string project_folder(const Context& context);

// The lock that is there; nothing when there is none.
base::Result<std::optional<pkg::Lock>> read_lock(const Project& project);
// The same, out of the cache where that knows this text.
base::Result<std::optional<pkg::Lock>> read_lock(const std::string& text, const Project& project, Context& context);
// The bytes of pylock.toml, "" when there is none.
base::Result<std::string> read_lock_bytes(const Project& project);
// Does the lock, whose text is given, fit pyproject.toml.
bool is_fresh(const std::string& text, const std::optional<pkg::Lock>& lock, const Project& project, Context& context);
// NotHolding errors for a lock that is not there, or that is not fresh; they name the files and how it is made.
base::Error missing_lock(const Project& project);
base::Error stale_lock(const Project& project);
// What locking the project asks the resolver; `old` gives preferences.
base::Result<pkg::ResolveRequest> project_request(const Project& project, const ResolveOptions& options,
                                                  const std::optional<pkg::Lock>& old);
// Resolves; the lock is not written. `old` gives preferences.
base::Result<pkg::Lock> make_lock(Context& context, const Project& project, const ResolveOptions& options,
                                  const std::optional<pkg::Lock>& old, pkg::PackageIndex& index);
// What a lock has: normalised name → its versions with commas between, "" where none is known.
using LockedVersions = std::map<std::string, std::string>;
LockedVersions versions_of(const pkg::Lock& lock);
// True when the bytes on disk were other ones.
base::Result<bool> save_lock(const Project& project, const pkg::Lock& lock);

// Options of the commands that install.
struct SyncOptions {
    std::vector<std::string> extras, groups, only_groups, without_groups, without_packages;
    bool all_extras = false, all_groups = false, no_project = false, inexact = false, reinstall = false,
         dry_run = false;
    bool dev = false, no_dev = false, only_dev = false, no_default_groups = false, no_editable = false;
    bool frozen = false, locked = false;
    std::string python;
    ApplyOptions apply;
    ResolveOptions resolve;  // how the lock is made where it has to be, and which of its files are used
    void declare(Options& options);
};
// The project's environment, made when it is missing; an interrupted change of it is undone.
base::Result<venv::Environment> project_environment(Context& context, const Project& project,
                                                    const std::string& python);
// What of a lock an environment of the project gets by these options. Usage errors: what conflicts is asked for together.
base::Result<pkg::SelectOptions> selection(const pkg::Lock& lock, const pkg::Manifest& manifest, const SyncOptions& options);
// Selected packages as they are installed; paths in the lock are relative to the project's root.
base::Result<std::vector<pkg::WantedPackage>> wanted_of_selected(const std::vector<pkg::Selected>& selected,
                                                                 const Project& project);
// What the lock and the project itself, where it is a package, put into an environment with this version of Python.
base::Result<std::vector<pkg::WantedPackage>> wanted_packages(const Project& project, const pkg::Lock& lock,
                                                              const std::string& python_version,
                                                              const SyncOptions& options);
// Makes the environment what the lock says.
base::Result<pkg::Change> sync_environment(Context& context, const Project& project, const pkg::Lock& lock,
                                           const venv::Environment& environment, const SyncOptions& options,
                                           pkg::PackageIndex& index);
// What `sync` and `run` begin with: a fresh lock (made when needed, unless --frozen or --locked), then the environment.
base::Result<venv::Environment> lock_and_sync(Context& context, const Project& project, const SyncOptions& options,
                                              pkg::Change* change = nullptr);

}  // namespace cli
