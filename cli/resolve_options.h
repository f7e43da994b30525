// Options that say how requirements are resolved, and which files of a package may be used; all commands that resolve or
// install share them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/lock/lock.h"
#include "pkg/requirements_txt.h"
#include "pkg/resolver/resolver.h"

namespace cli {

struct ResolveOptions {
    std::vector<pkg::FormatOption> formats;  // --no-binary and --only-binary in the order given, then those of files
    std::vector<std::string> no_build_packages, no_binary_packages, upgrade_packages, exclude_newer_packages, exclusions, all_releases,
        only_final;
    std::string resolution, prerelease, exclude_newer;
    bool upgrade = false, no_deps = false, pre = false, no_build = false, prefer_binary = false;

    void declare(Options& options);          // all but the following
    void declare_upgrade(Options& options);  // --upgrade, --upgrade-package
    void declare_for_pip(Options& options);  // everything, with --no-deps
    // What requirements files say, behind what the command line said.
    void add_formats(const std::vector<pkg::FormatOption>& of_files) { formats.insert(formats.end(), of_files.begin(), of_files.end()); }
    // Puts what was given into `request`; what was not leaves it alone.
    base::Result<void> apply(pkg::ResolveRequest& request) const;
    // The same for files that a lock names.
    void apply(pkg::SelectOptions& options) const;
    bool given() const { return *this != ResolveOptions(); }
    bool upgrades() const { return upgrade || !upgrade_packages.empty(); }
    ResolveOptions without_upgrade() const;
    bool operator==(const ResolveOptions&) const = default;
};

base::Result<pkg::ResolutionMode> parse_resolution_mode(std::string_view text);
base::Result<pkg::PrereleasePolicy> parse_prerelease_policy(std::string_view text);
// As pkg::parse_cutoff, by the system's clock.
base::Result<std::string> parse_exclude_newer(std::string_view text);

}  // namespace cli
