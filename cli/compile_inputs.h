// What `adder pip compile` reads: requirements files, pyproject.toml, setup.py projects, scripts, constraints, overrides.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/builder.h"
#include "cli/context.h"
#include "pkg/lock/requirements_text.h"
#include "pkg/manifest.h"
#include "pkg/requirements_txt.h"
#include "pkg/resolver/resolver.h"

namespace cli {

class CompileInputs {
  public:
    // As given on the command line. A group may be written PATH:NAME.
    std::vector<std::string> sources, constraint_files, override_files, extras, groups;
    bool all_extras = false, all_groups = false;

    // Reads every file. What requirements files say about indexes goes to the context's options.
    base::Result<void> read(Context& context);
    // Puts what they require into `request` and notes who asked for what.
    base::Result<void> settle(PathBuilder& builder, pkg::ResolveRequest& request);

    // The first pyproject.toml, for its [tool.adder] and requires-python.
    const pkg::Manifest* manifest() const { return manifests_.empty() ? nullptr : &manifests_.front(); }
    std::vector<pkg::Asker> askers;
    std::map<std::string, std::string> written;  // direct references as the user wrote them
    // Options of the requirements files themselves.
    std::vector<std::string> no_binary, only_binary;
    bool pre = false;
    std::vector<std::pair<std::string, std::vector<std::string>>> hashes;  // normalised name → "sha256:…" allowed

  private:
    base::Result<void> read_source(Context& context, const std::string& path);
    base::Result<void> read_group(const std::string& text);
    base::Result<void> add_line(const pkg::RequirementLine& line, PathBuilder& builder, pkg::ResolveRequest& request);
    base::Result<void> add_manifest(const pkg::Manifest& manifest, PathBuilder& builder, pkg::ResolveRequest& request);
    base::Result<void> add_built(const std::string& file, PathBuilder& builder, pkg::ResolveRequest& request);
    base::Result<void> add_groups(pkg::ResolveRequest& request);
    void ask(const pkg::Requirement& requirement, const std::string& label);

    std::vector<pkg::RequirementsFile> files_, constraints_, overrides_;
    std::vector<pkg::Manifest> manifests_;
    std::vector<std::pair<pkg::Manifest, std::string>> groups_;  // whose, which
    std::vector<std::string> built_;                             // setup.py and setup.cfg
    std::vector<std::pair<std::string, pkg::Dependency508>> script_dependencies_;
};

}  // namespace cli
