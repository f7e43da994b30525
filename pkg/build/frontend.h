// The build front end (PEP 517, 518, 660): native for adder_build, by hooks in an isolated environment for the others.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/build/builder.h"
#include "pkg/index/package_index.h"
#include "pkg/manifest.h"
#include "pkg/python_runner.h"
#include "pkg/target.h"

namespace pkg {

// KEY=VALUE for a back end (PEP 517 §Config settings); what stands more than once is a list to it.
using ConfigSettings = std::vector<std::pair<std::string, std::string>>;

// What the user says about builds.
struct BuildSettings {
    std::vector<Requirement> constraints;
    // What the builds of a package (normalised name) need besides what it says itself.
    std::vector<std::pair<std::string, std::vector<Requirement>>> extra;
    std::map<std::string, ConfigSettings> config;  // by normalised name; "" for a project whose name is not known yet
    // Builds run with what is installed here, and nothing is installed for them. "": each has its own environment.
    std::string site_packages;
    // See SourceBuilder::settings_key.
    std::string key(const std::string& name) const;
    // The settings as JSON; "" for none.
    std::string config_text(const std::string& name) const;
};

class Frontend final : public SourceBuilder {
  public:
    // `target` is the runner's Python: build requirements are chosen for it. All are kept by reference.
    Frontend(PythonRunner& runner, const Target& target, PackageIndex& index)
        : runner_(runner), target_(target), index_(index) {}
    void set_settings(BuildSettings settings) { settings_ = std::move(settings); }

    base::Result<std::string> metadata(const std::string& directory, const std::string& name) override;
    base::Result<std::string> wheel(const std::string& directory, const std::string& output, const std::string& name) override;
    base::Result<std::string> editable(const std::string& directory, const std::string& output, const std::string& name) override;
    std::string settings_key(const std::string& name) const override { return settings_.key(name); }
    // A source archive into `output`; returns its path.
    base::Result<std::string> sdist(const std::string& directory, const std::string& output, const std::string& name = "");

  private:
    struct Backend;
    struct Product;
    base::Result<Backend> prepare(const std::string& directory, const Manifest& manifest, const std::string& name);
    // The project's name as only its back end can tell.
    base::Result<std::string> asked_name(Backend& backend);
    // METADATA; made once for a back end.
    base::Result<std::string> metadata_by_hooks(Backend& backend);
    // The path of a "wheel" (made once), "editable" or "sdist" in the back end's folder.
    base::Result<std::string> make_by_hooks(Backend& backend, const std::string& kind);
    // Installs what the back end says it needs for this kind.
    base::Result<void> make_ready(Backend& backend, const std::string& kind);
    base::Result<std::string> fresh_folder(const Backend& backend);
    base::Result<void> install_requirements(Backend& backend, const std::vector<Requirement>& requirements);
    // Runs a hook; its result as JSON text. `optional` hooks that the back end does not have give "".
    base::Result<std::string> call(Backend& backend, std::string_view hook, const std::vector<std::string>& arguments,
                                   bool optional);
    base::Result<std::string> make(const Product& product, const std::string& directory, const std::string& output,
                                   const std::string& name);

    PythonRunner& runner_;
    const Target& target_;
    PackageIndex& index_;
    BuildSettings settings_;
    int depth_ = 0;  // builds within builds
};

}  // namespace pkg
