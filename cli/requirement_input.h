// What the `pip` commands read requirements from: arguments, requirements files, pyproject.toml, dependency groups.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/builder.h"
#include "cli/context.h"
#include "pkg/requirements_txt.h"
#include "pkg/resolver/resolver.h"

namespace cli {

class RequirementInput {
  public:
    // -r, -c, --override, --excludes, -e, --group, --extra and their kin.
    void declare(Options& options);
    // `name>=1`, paths and URLs of the command line, or files for `pip compile`.
    std::vector<std::string> arguments, files, editables;
    bool require_hashes = false;

    // Reads the files; what they say about indexes goes into the context's settings. Call before the index is made.
    base::Result<void> read(Context& context);
    // Puts roots, constraints, overrides and policies into `request`. `builder` finds the names of paths and URLs.
    base::Result<void> fill(pkg::ResolveRequest& request, PathBuilder& builder);

    bool empty() const { return arguments.empty() && files.empty() && editables.empty() && groups_.empty(); }
    // Normalised name → hashes ("sha256:…") that the files allow.
    const std::vector<std::pair<std::string, std::vector<std::string>>>& hashes() const { return hashes_; }
    // Constraints on what builds are made with (--build-constraint).
    const std::vector<pkg::Requirement>& build_constraints() const { return build_constraints_; }

  private:
    base::Result<void> read_requirements(const std::string& path);
    base::Result<void> read_project(const std::string& path);
    base::Result<void> read_group(const std::string& named);
    base::Result<void> read_exclusions();
    base::Result<void> add_argument(pkg::ResolveRequest& request, PathBuilder& builder, const std::string& text, bool editable);
    base::Result<void> add_line(pkg::ResolveRequest& request, PathBuilder& builder, const pkg::RequirementLine& line);

    std::vector<std::string> constraint_files_, override_files_, exclusion_files_, build_constraint_files_, groups_, extras_;
    bool all_extras_ = false;
    std::vector<pkg::RequirementsFile> read_files_;
    std::vector<pkg::RootRequirement> roots_;  // of projects and groups
    std::vector<pkg::Requirement> constraints_, overrides_, build_constraints_;
    std::vector<std::string> exclusions_;
    std::vector<std::pair<std::string, std::vector<std::string>>> hashes_;
};

}  // namespace cli
