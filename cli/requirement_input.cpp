// Reading them.
#include "cli/requirement_input.h"

#include <algorithm>
#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/manifest.h"
#include "pkg/name.h"

namespace cli {

void RequirementInput::declare(Options& options) {
    options.values(files, "-r,--requirement,--requirements", "FILE", "what a requirements file or pyproject.toml lists");
    options.values(constraint_files_, "-c,--constraint,--constraints", "FILE", "bounds for versions, without asking for the packages");
    options.values(override_files_, "--override,--overrides", "FILE", "requirements that stand for all others of that name");
    options.values(exclusion_files_, "--excludes", "FILE", "names of packages never to install");
    options.values(build_constraint_files_, "-b,--build-constraint,--build-constraints", "FILE", "bounds for what builds require");
    options.values(editables, "-e,--editable", "DIR", "a source tree, in place");
    options.values(groups_, "--group", "[FILE:]GROUP", "a dependency group of pyproject.toml");
    options.values(extras_, "--extra", "NAME", "with this extra of a pyproject.toml named by -r");
    options.flag(all_extras_, "--all-extras", "with every extra of it");
    options.flag(require_hashes, "--require-hashes", "every requirement must name hashes");
}

// A file as it is, `-` for standard input.
static base::Result<pkg::RequirementsFile> parse_file(const std::string& path) {
    pkg::ReadFile read = [](const std::string& included) { return base::read_file(included); };
    pkg::ReadVariable variable = [](const std::string& name, std::string& value) {
        const char* found = std::getenv(name.c_str());
        if (found) value = found;
        return found != nullptr;
    };
    std::string text = TRY(base::read_file(path == "-" ? "/dev/stdin" : path));
    return pkg::parse_requirements_txt(text, path, read, variable);
}

base::Result<void> RequirementInput::read_requirements(const std::string& path) {
    if (base::base_name(path) == "pyproject.toml") return read_project(path);
    read_files_.push_back(TRY(parse_file(path)));
    return {};
}

static base::Result<pkg::Manifest> read_manifest(const std::string& path) {
    std::string text = TRY(base::read_file(path));
    return pkg::parse_manifest(std::move(text), path);
}

// [project] dependencies, and those of the extras asked for.
base::Result<void> RequirementInput::read_project(const std::string& path) {
    pkg::Manifest manifest = TRY(read_manifest(path));
    pkg::ResolveRequest own = TRY(pkg::request_of(manifest));
    for (const std::string& extra : extras_) {
        auto& known = manifest.project.optional_dependencies;
        bool found = std::any_of(known.begin(), known.end(), [&](const auto& entry) { return entry.first == pkg::normalize_name(extra); });
        if (!found) return base::Error(base::ErrorKind::Usage, "`" + path + "` has no extra `" + extra + "`");
    }
    auto wanted = [&](const pkg::MarkerTree& condition) {
        if (condition.is_always()) return true;
        for (const auto& [extra, list] : manifest.project.optional_dependencies) {
            bool asked = all_extras_ || std::any_of(extras_.begin(), extras_.end(), [&](const std::string& name) { return pkg::normalize_name(name) == extra; });
            if (asked && condition == pkg::MarkerTree::set_member(pkg::MarkerVariable::Extras, extra)) return true;
        }
        return false;
    };
    for (pkg::RootRequirement& root : own.roots) {
        if (!wanted(root.condition)) continue;
        root.condition = pkg::MarkerTree::always();
        if (root.origin.empty()) root.origin = manifest.has_project ? manifest.project.name : path;
        roots_.push_back(std::move(root));
    }
    constraints_.insert(constraints_.end(), own.constraints.begin(), own.constraints.end());
    overrides_.insert(overrides_.end(), own.overrides.begin(), own.overrides.end());
    exclusions_.insert(exclusions_.end(), own.exclusions.begin(), own.exclusions.end());
    for (const pkg::Dependency508& bound : manifest.tool.build_constraints) build_constraints_.push_back(bound.requirement);
    return {};
}

// GROUP of ./pyproject.toml, or FILE:GROUP (PEP 735, as pip has it).
base::Result<void> RequirementInput::read_group(const std::string& named) {
    std::string path = "pyproject.toml", group = named;
    if (size_t colon = named.rfind(':'); colon != std::string::npos) {
        path = named.substr(0, colon);
        group = named.substr(colon + 1);
        if (base::base_name(path) != "pyproject.toml")
            return base::Error(base::ErrorKind::Usage, "`--group " + named + "`: groups are read from files called pyproject.toml");
    }
    pkg::Manifest manifest = TRY(read_manifest(path));
    std::vector<pkg::Dependency508> entries = TRY(pkg::resolve_group(manifest.groups, pkg::normalize_name(group)));
    for (const pkg::Dependency508& entry : entries)
        roots_.push_back({entry.requirement, "group `" + group + "`", pkg::MarkerTree::always(), pkg::place_of(entry.span)});
    return {};
}

// Lines of names; what else a requirement says does not count.
base::Result<void> RequirementInput::read_exclusions() {
    for (const std::string& path : exclusion_files_) {
        pkg::RequirementsFile file = TRY(parse_file(path));
        for (const pkg::RequirementLine& line : file.requirements) exclusions_.push_back(line.requirement.key);
    }
    return {};
}

static base::Result<void> read_bounds(const std::vector<std::string>& paths, std::vector<pkg::Requirement>& out) {
    for (const std::string& path : paths) {
        pkg::RequirementsFile file = TRY(parse_file(path));
        for (pkg::RequirementLine& line : file.requirements) {
            if (!line.has_name) return base::Error(base::ErrorKind::Usage, "`" + line.requirement.url + "` needs a name here").with_span(line.span);
            out.push_back(std::move(line.requirement));
        }
    }
    return {};
}

base::Result<void> RequirementInput::read(Context& context) {
    for (const std::string& path : files) TRY(read_requirements(path));
    for (const std::string& named : groups_) TRY(read_group(named));
    TRY(read_bounds(constraint_files_, constraints_));
    TRY(read_bounds(override_files_, overrides_));
    TRY(read_bounds(build_constraint_files_, build_constraints_));
    TRY(read_exclusions());
    SourceOptions& sources = context.sources;
    auto append = [](std::vector<std::string>& to, const std::vector<std::string>& from) { to.insert(to.end(), from.begin(), from.end()); };
    for (const pkg::RequirementsFile& file : read_files_) {
        if (!file.index_url.empty() && sources.index_url.empty()) sources.index_url = file.index_url;
        append(sources.extra_index_urls, file.extra_index_urls);
        append(sources.find_links, file.find_links);
        append(sources.trusted_hosts, file.trusted_hosts);
        sources.no_index |= file.no_index;
        require_hashes |= file.require_hashes;
        for (const pkg::RequirementLine& line : file.constraints) constraints_.push_back(line.requirement);
    }
    return {};
}

// A requirement as typed: PEP 508, or a path or URL whose name is found by looking.
base::Result<void> RequirementInput::add_argument(pkg::ResolveRequest& request, PathBuilder& builder, const std::string& text, bool editable) {
    bool direct = editable || names_place(text);
    pkg::Requirement requirement = direct ? TRY(builder.requirement_of_path(text, editable)) : TRY(pkg::parse_requirement(text));
    request.roots.push_back({std::move(requirement), "", pkg::MarkerTree::always(), ""});
    return {};
}

base::Result<void> RequirementInput::add_line(pkg::ResolveRequest& request, PathBuilder& builder, const pkg::RequirementLine& line) {
    pkg::Requirement requirement = line.requirement;
    if (!line.has_name) {
        std::string place = line.requirement.url;
        if (!line.requirement.extras.empty()) place += "[" + base::join(line.requirement.extras, ",") + "]";
        requirement = TRY(builder.requirement_of_path(place, line.editable));
        requirement.marker = line.requirement.marker;
    }
    if (!line.hashes.empty()) {
        hashes_.emplace_back(requirement.key, line.hashes);
        require_hashes = true;
    }
    request.roots.push_back({std::move(requirement), "", pkg::MarkerTree::always(), pkg::place_of(line.span)});
    return {};
}

base::Result<void> RequirementInput::fill(pkg::ResolveRequest& request, PathBuilder& builder) {
    for (const std::string& text : arguments) TRY(add_argument(request, builder, text, false));
    for (const std::string& text : editables) TRY(add_argument(request, builder, text, true));
    for (const pkg::RequirementsFile& file : read_files_) {
        for (const pkg::RequirementLine& line : file.requirements) TRY(add_line(request, builder, line));
        pkg::split_names(file.no_binary, request.no_binary, request.no_binary_for);
        pkg::split_names(file.only_binary, request.no_build, request.no_build_for);
        if (file.pre) request.prereleases = pkg::PrereleasePolicy::Allow;
    }
    auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(request.roots, roots_);
    append(request.constraints, constraints_);
    append(request.overrides, overrides_);
    append(request.exclusions, exclusions_);
    return {};
}

}  // namespace cli
