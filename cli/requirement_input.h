// What the `pip` commands read requirements from: arguments, requirements files, projects, scripts, dependency groups; and
// what bounds them: constraints, overrides, exclusions.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/builder.h"
#include "cli/context.h"
#include "pkg/build/frontend.h"
#include "pkg/install/plan.h"
#include "pkg/lock/requirements_text.h"
#include "pkg/manifest.h"
#include "pkg/requirements_txt.h"
#include "pkg/resolver/resolver.h"

namespace cli {

class RequirementInput {
  public:
    void declare_files(Options& options);   // -r, -e, --require-hashes, --config-settings
    void declare_config(Options& options);  // --config-settings
    void declare_bounds(Options& options);  // -c, --build-constraint
    void declare(Options& options);         // the bounds, --override, --excludes, --extra, --group and their kin

    std::vector<std::string> arguments;  // `name>=1`, paths and URLs
    // Requirements files, pyproject.toml, setup.py and setup.cfg, scripts with inline metadata; and source trees.
    std::vector<std::string> files, editables;
    bool require_hashes = false;
    std::vector<std::string> config_settings;  // KEY=VALUE for the builds of what is named
    // What the files say about formats, in the order written; and about wheels that are preferred. Known after read().
    std::vector<pkg::FormatOption> formats;
    bool prefer_binary = false;

    // Reads the files; what they say about indexes goes into the context's settings. Call before the index is made.
    base::Result<void> read(Context& context);
    // Puts roots, bounds and policies into `request`, whose target is known. `builder` finds the names of paths and URLs, and learns the bounds of
    // builds.
    base::Result<void> fill(pkg::ResolveRequest& request, PathBuilder& builder);
    bool empty() const { return arguments.empty() && files.empty() && editables.empty() && groups_.empty(); }

    // The first project or script, whose [tool.adder] and requires-python count; null for none.
    const pkg::Manifest* manifest() const { return projects_.empty() ? nullptr : &projects_.front().manifest; }
    // Who asks for what, and direct references as they were written, for the annotations of `pip compile`.
    std::vector<pkg::Asker> askers;
    std::vector<pkg::WrittenReference> written;
    // Where hashes are required: every package is an archive with one of the hashes that the files name for it, else an
    // Integrity error. Where the index tells none that can be compared, the file itself is looked at.
    static base::Result<void> check_hashes(std::vector<pkg::WantedPackage>& wanted, const pkg::ResolveRequest& request,
                                           pkg::PackageIndex& index);

  private:
    struct ProjectFile {
        pkg::Manifest manifest;
        bool whole = false;               // [project] dependencies and extras, not groups only
        bool built = false;               // only the build back end knows what is required
        std::vector<std::string> groups;  // normalised
    };
    base::Result<void> read_file(Context& context, const std::string& path);
    base::Result<void> read_group(const std::string& named);
    base::Result<void> read_sets();
    base::Result<void> read_constraint_files(Context& context);
    void add_constraint_hashes(const std::vector<pkg::RequirementLine>& lines);
    base::Result<void> add_argument(pkg::ResolveRequest& request, PathBuilder& builder, const std::string& text, bool editable);
    base::Result<pkg::Requirement> requirement_of(const pkg::RequirementLine& line, PathBuilder& builder) const;
    base::Result<void> check_pins(const pkg::ResolveRequest& request) const;
    base::Result<void> check_place(const pkg::Requirement& requirement, bool editable, bool has_hash) const;
    void add_allowed(pkg::ResolveRequest& request) const;
    base::Result<void> add_line(pkg::ResolveRequest& request, PathBuilder& builder, const pkg::RequirementLine& line);
    base::Result<void> add_project(pkg::ResolveRequest& request, PathBuilder& builder, const ProjectFile& project);
    base::Result<void> add_built(pkg::ResolveRequest& request, PathBuilder& builder, const std::string& file);
    base::Result<std::vector<std::string>> extras_of(const pkg::Manifest& manifest) const;
    void add_bounds(const std::vector<pkg::RequirementLine>& lines, const char* option, std::vector<pkg::Requirement>& out);
    void ask(const pkg::Requirement& requirement, std::string label);

    std::vector<std::string> constraint_files_, override_files_, exclusion_files_, build_constraint_files_, groups_, extras_;
    bool all_extras_ = false, all_groups_ = false;
    std::vector<pkg::RequirementsFile> requirement_files_;
    std::vector<ProjectFile> projects_;  // those named as files first
    std::vector<pkg::Requirement> constraints_, overrides_, build_constraints_;
    std::vector<std::string> exclusions_;
    void add_fragment_hash(const pkg::Requirement& requirement);
    std::map<std::string, std::vector<pkg::Hash>> hashes_;             // allowed, by normalised name
    std::map<std::string, std::vector<pkg::Hash>> constraint_hashes_;  // those to which they are narrowed
    pkg::ConfigSettings config_;
};

}  // namespace cli
