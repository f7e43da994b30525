// pyproject.toml: [build-system] (PEP 518), [project] (PEP 621, 639), [dependency-groups] (PEP 735), [tool.adder].
// Errors carry file, line, column and the source line. Reading only; editing in place is manifest_edit.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pkg/entry_points.h"
#include "pkg/marker_tree.h"
#include "pkg/requirement.h"

namespace pkg {

// A requirement with the place it stands at.
struct Dependency508 {
    Requirement requirement;
    std::string written;
    base::SourceSpan span;
};

struct Person {
    std::string name, email;
};

struct ProjectTable {
    std::string name;  // as written
    std::optional<Version> version;
    std::string description;
    std::string readme_file, readme_text, readme_content_type;
    std::optional<SpecifierSet> requires_python;
    std::string license_expression;        // `license = "MIT"` (PEP 639), in SPDX's spelling where it is valid
    std::string license_text, license_file;  // the older table form
    std::vector<std::string> license_files;  // globs
    bool has_license_files = false;
    std::vector<Person> authors, maintainers;
    std::vector<std::string> keywords, classifiers;
    std::vector<std::pair<std::string, std::string>> urls;
    std::vector<EntryPoint> entry_points;  // scripts and gui-scripts as console_scripts and gui_scripts
    std::vector<Dependency508> dependencies;
    std::vector<std::pair<std::string, std::vector<Dependency508>>> optional_dependencies;  // extras normalised
    std::vector<std::string> dynamic, import_names, import_namespaces;
    bool has_import_names = false;  // they may be none (PEP 794)
    // A list or table may be given as well (PEP 808): then more can come to it.
    bool is_dynamic(std::string_view field) const;
};

struct BuildSystem {
    bool present = false;
    std::vector<Dependency508> requires_;
    std::string backend;  // empty: setuptools.build_meta:__legacy__
    std::vector<std::string> backend_path;
};

// One entry of a dependency group: a requirement or the name of another group.
struct GroupItem {
    std::optional<Dependency508> dependency;
    std::string include;  // normalised, as written in {include-group = …}
    base::SourceSpan span;
};
struct DependencyGroup {
    std::string name;     // normalised
    std::string written;
    std::vector<GroupItem> items;
};

struct IndexSetting {
    std::string name, url;
    bool is_default = false;   // in place of PyPI
    bool is_explicit = false;  // only for packages that name it in `sources`
    bool flat = false;         // a directory or page of links
    int64_t priority = 0;      // smaller ones are asked first; equal ones in the order of the file
};

// Where a package comes from, for `[tool.adder.sources]`.
struct SourceSetting {
    std::string package;  // normalised
    std::string index, path, url, git, branch, tag, rev, subdirectory;
    bool editable = false;
    Marker marker;
    std::string extra, group;  // normalised: only for what this extra or dependency group requires
    // The index of a project wherever it is required.
    bool is_pin() const { return !index.empty() && marker.always() && extra.empty() && group.empty(); }
};

// Metadata to believe instead of what a package says, for `[[tool.adder.dependency-metadata]]`.
struct MetadataPatch {
    std::string package;             // normalised
    std::optional<Version> version;  // not set: of every version
    std::vector<Requirement> requires_dist;
    std::optional<SpecifierSet> requires_python;
    std::vector<std::string> provides_extra;
};

// [tool.adder]. Empty strings and lists mean "not set".
struct ToolSettings {
    std::vector<IndexSetting> indexes;
    std::vector<SourceSetting> sources;
    std::vector<Dependency508> constraints, overrides, build_constraints;
    std::vector<std::string> exclusions;
    std::vector<Marker> environments, required_environments;
    std::optional<std::vector<std::string>> default_groups;  // not set: "dev"
    std::vector<MetadataPatch> metadata_patches;
    // `extra-build-dependencies`: what the builds of a package need besides what it says, by normalised name.
    std::vector<std::pair<std::string, std::vector<Dependency508>>> extra_build_dependencies;
    // `exclude-newer-package` (a date, or "" for no limit) and `prerelease-package`, by normalised name.
    std::vector<std::pair<std::string, std::string>> exclude_newer_for, prerelease_for;
    std::string resolution, prerelease, exclude_newer, python, link_mode;
    std::optional<bool> package;  // build and install the project itself
    std::vector<std::string> no_build, no_binary;
    std::vector<std::vector<std::string>> conflicts;  // sets of "extra:a", "group:b" that exclude each other
};

struct Manifest {
    std::string file;
    bool has_project = false;
    ProjectTable project;
    BuildSystem build_system;
    std::vector<DependencyGroup> groups;
    ToolSettings tool;
    std::string key() const;  // normalised project name, empty without [project]
    const DependencyGroup* group(std::string_view name) const;  // any spelling
};

base::Result<Manifest> parse_manifest(std::string text, std::string file = "pyproject.toml");

// The `[[index]]` tables of a user's adder.toml; its other keys are options of commands.
base::Result<std::vector<IndexSetting>> parse_user_indexes(std::string text, std::string file);

// The requirements of a group with included groups in place, in order. Errors: unknown groups, cycles.
base::Result<std::vector<Dependency508>> resolve_group(const std::vector<DependencyGroup>& groups, std::string_view name);

// The groups installed where nothing is said: tool.default-groups, else `dev` where it exists.
std::vector<std::string> default_groups(const Manifest& manifest);

}  // namespace pkg
