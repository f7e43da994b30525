// Source trees and archives on the command line: which project they are, and how they are built here.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/build/frontend.h"
#include "pkg/index/package_index.h"
#include "pkg/python_runner.h"
#include "pkg/requirement.h"

namespace cli {

// Is `text` a path or URL, and not a requirement with a name.
bool names_place(std::string_view text);

// Runs one interpreter as a process of its own.
class ProcessRunner final : public pkg::PythonRunner {
  public:
    explicit ProcessRunner(std::string executable) : executable_(std::move(executable)) {}
    std::string executable() override { return executable_; }
    base::Result<base::ProcessResult> run(const std::vector<std::string>& arguments, const std::string& directory,
                                          const std::vector<std::pair<std::string, std::string>>& environment) override;

  private:
    std::string executable_;
};

// Made when something has to be built: most commands never need it.
class PathBuilder final : public pkg::SourceBuilder {
  public:
    PathBuilder(Context& context, pkg::PackageIndex& index) : context_(context), index_(index) {}

    base::Result<std::string> metadata(const std::string& directory, const std::string& name) override;
    base::Result<std::string> wheel(const std::string& directory, const std::string& output, const std::string& name) override;
    base::Result<std::string> editable(const std::string& directory, const std::string& output, const std::string& name) override;
    std::string settings_key(const std::string& name) const override { return build_settings_.key(name); }
    base::Result<std::string> sdist(const std::string& directory, const std::string& output, const std::string& name = "");

    // A path or URL of an archive, directory or repository, `[extras]` allowed behind it, as a direct reference with its
    // name, which may have to be looked for in what it leads to.
    base::Result<pkg::Requirement> requirement_of_path(const std::string& text, bool editable);
    // The same where hashes and settings for its build come with it.
    base::Result<pkg::Requirement> requirement_of_path(const std::string& text, bool editable, const std::vector<pkg::Hash>& hashes,
                                                       const pkg::ConfigSettings& config);
    // An archive that a named requirement refers to.
    void expect_hashes(const std::string& url, const std::vector<pkg::Hash>& hashes);
    // Settings for the builds of a project, which stand for those given before.
    void set_config(const std::string& key, const pkg::ConfigSettings& config);
    // Builds find what this directory has, and get nothing installed of their own.
    void use_site_packages(const std::string& directory);
    // Constraints and extra requirements of builds; call before anything is built.
    void use_settings_of(const pkg::Manifest& manifest);
    void add_build_constraints(const std::vector<pkg::Requirement>& constraints);
    // Where `-e git+…` puts repositories to work on; src/ in the working directory unless told (as pip has it).
    void set_checkout_folder(std::string folder) { checkout_folder_ = std::move(folder); }
    bool is_editable(const std::string& url) const { return editables_.count(url) != 0; }
    void mark_editable(const std::string& url) { editables_.insert(url); }

  private:
    base::Result<pkg::Frontend*> frontend();
    void settings_changed();
    base::Result<pkg::Requirement> find_requirement(const std::string& text, bool editable, const std::vector<pkg::Hash>& hashes);
    base::Result<std::string> name_of_directory(const std::string& directory);
    base::Result<std::string> name_of_archive(const std::string& url);
    base::Result<std::string> place_repository(const std::string& url);
    Context& context_;
    pkg::PackageIndex& index_;
    pkg::BuildSettings build_settings_;
    std::set<std::string> editables_;
    std::string checkout_folder_ = "src";
    std::unique_ptr<ProcessRunner> runner_;
    std::unique_ptr<pkg::Target> target_;
    std::unique_ptr<pkg::Frontend> frontend_;
};

}  // namespace cli
