// Reading what is to be compiled.
#include "cli/compile_inputs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/metadata.h"
#include "pkg/name.h"
#include "pkg/script_metadata.h"

namespace cli {

static base::Result<std::string> read_standard_input() {
    std::string text;
    char buffer[1 << 14];
    for (ssize_t got; (got = ::read(0, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<size_t>(got));
    return text;
}

static base::Result<pkg::RequirementsFile> read_requirements(const std::string& path) {
    pkg::ReadFile read = [](const std::string& name) { return base::read_file(name); };
    pkg::ReadVariable variable = [](const std::string& name, std::string& value) {
        const char* found = std::getenv(name.c_str());
        if (found) value = found;
        return found != nullptr;
    };
    std::string text = path == "-" ? TRY(read_standard_input()) : TRY(base::read_file(path));
    return pkg::parse_requirements_txt(text, path, read, variable);
}

base::Result<void> CompileInputs::read_source(Context& context, const std::string& path) {
    std::string name(base::base_name(path));
    if (name == "pyproject.toml") {
        std::string text = TRY(base::read_file(path));
        manifests_.push_back(TRY(pkg::parse_manifest(std::move(text), path)));
        return {};
    }
    if (name == "setup.py" || name == "setup.cfg") {
        built_.push_back(path);
        return {};
    }
    if (name.ends_with(".py")) {
        std::string text = TRY(base::read_file(path));
        std::optional<pkg::ScriptMetadata> script = TRY(pkg::parse_script_metadata(text, path));
        if (!script)
            return base::Error(base::ErrorKind::Usage, "`" + path + "` has no `# /// script` block (PEP 723)");
        for (pkg::Dependency508& dependency : script->dependencies)
            script_dependencies_.emplace_back(path, std::move(dependency));
        return {};
    }
    files_.push_back(TRY(read_requirements(path)));
    const pkg::RequirementsFile& file = files_.back();
    SourceOptions& options = context.sources;
    auto append = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    if (!file.index_url.empty() && options.index_url.empty()) options.index_url = file.index_url;
    append(options.extra_index_urls, file.extra_index_urls);
    append(options.find_links, file.find_links);
    append(options.trusted_hosts, file.trusted_hosts);
    append(no_binary, file.no_binary);
    append(only_binary, file.only_binary);
    options.no_index |= file.no_index;
    pre |= file.pre;
    return {};
}

base::Result<void> CompileInputs::read_group(const std::string& text) {
    size_t colon = text.rfind(':');
    std::string path = colon == text.npos ? "pyproject.toml" : text.substr(0, colon);
    std::string name = colon == text.npos ? text : text.substr(colon + 1);
    if (base::base_name(path) != "pyproject.toml")
        return base::Error(base::ErrorKind::Usage, "`" + text + "`: groups stand in files called pyproject.toml");
    std::string content = TRY(base::read_file(path));
    groups_.emplace_back(TRY(pkg::parse_manifest(std::move(content), path)), name);
    return {};
}

base::Result<void> CompileInputs::read(Context& context) {
    for (const std::string& path : sources)
        TRY(read_source(context, path));
    for (const std::string& path : constraint_files)
        constraints_.push_back(TRY(read_requirements(path)));
    for (const std::string& path : override_files)
        overrides_.push_back(TRY(read_requirements(path)));
    for (const std::string& group : groups)
        TRY(read_group(group));
    if (all_groups) {
        for (const pkg::Manifest& manifest : manifests_) {
            for (const pkg::DependencyGroup& group : manifest.groups)
                groups_.emplace_back(manifest, group.name);
        }
    }
    if ((!extras.empty() || all_extras) && manifests_.empty() && built_.empty())
        return base::Error(base::ErrorKind::Usage, "extras are asked for, but no pyproject.toml is given");
    return {};
}

void CompileInputs::ask(const pkg::Requirement& requirement, const std::string& label) {
    askers.push_back({requirement.key, requirement.specifier.to_set(),
                      pkg::MarkerTree::of(requirement.marker).without_extras(), label});
}

base::Result<void> CompileInputs::add_line(const pkg::RequirementLine& line, PathBuilder& builder,
                                           pkg::ResolveRequest& request) {
    pkg::Requirement requirement = line.requirement;
    if (!line.has_name) {
        requirement = TRY(builder.requirement_of_path(line.requirement.url, line.editable));
        requirement.extras.insert(requirement.extras.end(), line.requirement.extras.begin(),
                                  line.requirement.extras.end());
        requirement.marker = line.requirement.marker;
        const std::vector<std::string>& asked = line.requirement.extras;
        written[requirement.key] = (line.editable ? "-e " : "") + line.requirement.url +
                                   (asked.empty() ? "" : "[" + base::join(asked, ",") + "]");
    } else if (!requirement.url.empty()) {
        written[requirement.key] = requirement.name + " @ " + requirement.url;
    }
    if (!line.hashes.empty()) hashes.emplace_back(requirement.key, line.hashes);
    ask(requirement, "-r " + line.origin);
    request.roots.push_back({std::move(requirement), "", pkg::MarkerTree::always(), pkg::place_of(line.span)});
    return {};
}

// A project whose requirements only its build back end knows.
base::Result<void> CompileInputs::add_built(const std::string& file, PathBuilder& builder,
                                            pkg::ResolveRequest& request) {
    std::string directory(base::parent_path(base::absolute_path(file)));
    std::string text = TRY(builder.metadata(directory));
    pkg::Metadata metadata = TRY(pkg::parse_metadata_for_resolving(text, file));
    std::vector<std::string> wanted;
    for (const std::string& extra : all_extras ? metadata.provides_extra : extras)
        wanted.push_back(pkg::normalize_name(extra));
    for (const pkg::Requirement& written_requirement : metadata.requires_dist) {
        pkg::MarkerTree marker = pkg::MarkerTree::of(written_requirement.marker).with_extras(wanted);
        if (marker.is_never()) continue;
        pkg::Requirement requirement = written_requirement;
        requirement.marker = marker.is_always() ? pkg::Marker() : TRY(pkg::parse_marker(marker.text()));
        ask(requirement, metadata.name + " (" + file + ")");
        request.roots.push_back({std::move(requirement), file, pkg::MarkerTree::always()});
    }
    return {};
}

base::Result<void> CompileInputs::add_manifest(const pkg::Manifest& manifest, PathBuilder& builder,
                                               pkg::ResolveRequest& request) {
    if (manifest.project.is_dynamic("dependencies") || manifest.project.is_dynamic("optional-dependencies"))
        return add_built(manifest.file, builder, request);
    std::vector<std::string> wanted;
    for (const std::string& extra : extras)
        wanted.push_back(pkg::normalize_name(extra));
    for (const auto& [extra, list] : manifest.project.optional_dependencies) {
        if (all_extras) wanted.push_back(extra);
    }
    for (const std::string& extra : wanted) {
        const auto& known = manifest.project.optional_dependencies;
        if (std::none_of(known.begin(), known.end(), [&](const auto& entry) { return entry.first == extra; }))
            return base::Error(base::ErrorKind::Usage, "`" + manifest.file + "` has no extra `" + extra + "`");
    }
    pkg::ResolveRequest own = TRY(pkg::request_of(manifest));
    for (pkg::RootRequirement& root : own.roots) {
        if (root.condition.with_sets(wanted, {pkg::default_group_of(manifest)}).is_never()) continue;
        root.condition = pkg::MarkerTree::always();
        std::string& url = root.requirement.url;
        std::string folder(base::parent_path(base::absolute_path(manifest.file)));
        if (url.starts_with("file:") && !url.starts_with("file:/"))
            url = base::file_url(base::normalize_path(base::join_path(folder, url.substr(5))));
        ask(root.requirement, manifest.project.name + " (" + manifest.file + ")");
        request.roots.push_back(std::move(root));
    }
    auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(request.constraints, own.constraints);
    append(request.overrides, own.overrides);
    append(request.exclusions, own.exclusions);
    append(request.environments, own.environments);
    append(request.required_environments, own.required_environments);
    append(request.no_build_for, own.no_build_for);
    append(request.no_binary_for, own.no_binary_for);
    request.no_build |= own.no_build;
    request.no_binary |= own.no_binary;
    request.mode = own.mode;
    request.prereleases = own.prereleases;
    request.exclude_newer = own.exclude_newer;
    return {};
}

base::Result<void> CompileInputs::add_groups(pkg::ResolveRequest& request) {
    for (const auto& [manifest, name] : groups_) {
        for (const pkg::Dependency508& dependency : TRY(pkg::resolve_group(manifest.groups, name))) {
            std::string project = manifest.has_project ? manifest.project.name + " " : "";
            ask(dependency.requirement, project + (project.empty() ? "" : "(") + manifest.file + ":" + name +
                                            (project.empty() ? "" : ")"));
            request.roots.push_back(
                {dependency.requirement, "group `" + name + "`", pkg::MarkerTree::always(), pkg::place_of(dependency.span)});
        }
    }
    return {};
}

base::Result<void> CompileInputs::settle(PathBuilder& builder, pkg::ResolveRequest& request) {
    for (const pkg::Manifest& manifest : manifests_)
        TRY(add_manifest(manifest, builder, request));
    for (const std::string& file : built_)
        TRY(add_built(file, builder, request));
    for (const auto& [file, dependency] : script_dependencies_) {
        ask(dependency.requirement, "-r " + file);
        request.roots.push_back({dependency.requirement, "", pkg::MarkerTree::always(), pkg::place_of(dependency.span)});
    }
    for (const pkg::RequirementsFile& file : files_) {
        for (const pkg::RequirementLine& line : file.requirements)
            TRY(add_line(line, builder, request));
    }
    auto constrain = [&](const pkg::RequirementLine& line) {
        ask(line.requirement, "-c " + line.origin);
        request.constraints.push_back(line.requirement);
    };
    for (const pkg::RequirementsFile& file : files_)
        std::for_each(file.constraints.begin(), file.constraints.end(), constrain);
    for (const pkg::RequirementsFile& file : constraints_) {
        std::for_each(file.requirements.begin(), file.requirements.end(), constrain);
        std::for_each(file.constraints.begin(), file.constraints.end(), constrain);
    }
    for (const pkg::RequirementsFile& file : overrides_) {
        for (const pkg::RequirementLine& line : file.requirements) {
            ask(line.requirement, "--override " + line.origin);
            request.overrides.push_back(line.requirement);
        }
    }
    return add_groups(request);
}

}  // namespace cli
