// Gathering requirements.
#include "cli/requirement_input.h"

#include <algorithm>
#include <set>

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/requirement_files.h"
#include "pkg/direct_url.h"
#include "pkg/index/simple_page.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/metadata.h"
#include "pkg/name.h"

namespace cli {

void RequirementInput::declare_files(Options& options) {
    options.values(files, "-r,--requirement,--requirements", "FILE", "what a requirements file or pyproject.toml lists");
    options.values(editables, "-e,--editable", "DIR", "a source tree, in place");
    options.flag(require_hashes, "--require-hashes", "every requirement must name hashes");
    declare_config(options);
}

void RequirementInput::declare_config(Options& options) {
    options.values(config_settings, "-C,--config-settings,--config-setting", "KEY=VALUE", "a setting for the build back ends of what is named");
}

void RequirementInput::declare_bounds(Options& options) {
    options.values(constraint_files_, "-c,--constraint,--constraints", "FILE", "bounds for versions, without asking for the packages");
    options.values(build_constraint_files_, "-b,--build-constraint,--build-constraints", "FILE", "bounds for what builds require");
}

void RequirementInput::declare(Options& options) {
    declare_bounds(options);
    options.values(override_files_, "--override,--overrides", "FILE", "requirements that stand for all others of that name");
    options.values(exclusion_files_, "--excludes", "FILE", "names of packages never to install");
    options.values(extras_, "--extra", "NAME", "with this extra of pyproject.toml");
    options.flag(all_extras_, "--all-extras", "with every extra");
    options.values(groups_, "--group", "[FILE:]NAME", "with this dependency group");
    options.flag(all_groups_, "--all-groups", "with every dependency group");
}

base::Result<void> RequirementInput::read_file(Context& context, const std::string& path) {
    std::string name(base::base_name(path));
    ProjectFile project;
    project.whole = true;
    if (name == "pyproject.toml") {
        project.manifest = TRY(read_manifest(path));
        project.built = project.manifest.project.is_dynamic("dependencies") || project.manifest.project.is_dynamic("optional-dependencies");
    } else if (name == "setup.py" || name == "setup.cfg") {
        project.manifest.file = path;
        project.built = true;
    } else if (name.ends_with(".py")) {
        project.manifest = TRY(read_script_manifest(path));
    } else {
        requirement_files_.push_back(TRY(read_requirements(context, path)));
        return {};
    }
    projects_.push_back(std::move(project));
    return {};
}

// NAME of ./pyproject.toml, or FILE:NAME (PEP 735, as pip has it).
base::Result<void> RequirementInput::read_group(const std::string& named) {
    size_t colon = named.rfind(':');
    std::string path = colon == named.npos ? "pyproject.toml" : named.substr(0, colon);
    std::string name = colon == named.npos ? named : named.substr(colon + 1);
    if (base::base_name(path) != "pyproject.toml")
        return base::Error(base::ErrorKind::Usage, "`--group " + named + "`: groups are read from files called pyproject.toml");
    auto known = std::find_if(projects_.begin(), projects_.end(), [&](const ProjectFile& each) {
        return base::absolute_path(each.manifest.file) == base::absolute_path(path);
    });
    if (known == projects_.end()) {
        projects_.push_back({TRY(read_manifest(path)), false, false, {}});
        known = projects_.end() - 1;
    }
    TRY(pkg::resolve_group(known->manifest.groups, pkg::normalize_name(name)));  // an error where there is none
    known->groups.push_back(pkg::normalize_name(name));
    return {};
}

base::Result<void> RequirementInput::read_sets() {
    if ((!extras_.empty() || all_extras_) && projects_.empty())
        return base::Error(base::ErrorKind::Usage, "extras are asked for, but no pyproject.toml is given");
    if (all_groups_) {
        for (ProjectFile& project : projects_) {
            for (const pkg::DependencyGroup& group : project.manifest.groups)
                project.groups.push_back(group.name);
        }
    }
    for (const std::string& named : groups_)
        TRY(read_group(named));
    return {};
}

void RequirementInput::ask(const pkg::Requirement& requirement, std::string label) {
    askers.push_back({requirement.key, requirement.specifier.to_set(), pkg::MarkerTree::of(requirement.marker).without_extras(),
                      std::move(label)});
}

void RequirementInput::add_bounds(const std::vector<pkg::RequirementLine>& lines, const char* option, std::vector<pkg::Requirement>& out) {
    for (const pkg::RequirementLine& line : lines) {
        if (*option) ask(line.requirement, option + (" " + line.origin));
        out.push_back(line.requirement);
    }
}

static std::vector<pkg::Hash> hashes_of(const std::vector<std::string>& texts) {
    std::vector<pkg::Hash> out;
    for (const std::string& text : texts) {
        std::string_view algorithm, hex;
        if (base::partition(text, ':', algorithm, hex)) out.push_back({std::string(algorithm), base::lower(hex)});
    }
    return out;
}

// A hash of a constraint asks for hashes of everything, as any other (as pip has it), and for its own project it narrows what a
// requirement allows.
void RequirementInput::add_constraint_hashes(const std::vector<pkg::RequirementLine>& lines) {
    for (const pkg::RequirementLine& line : lines) {
        std::vector<pkg::Hash> hashes = hashes_of(line.hashes);
        require_hashes |= !hashes.empty();
        std::vector<pkg::Hash>& own = constraint_hashes_[line.requirement.key];
        own.insert(own.end(), hashes.begin(), hashes.end());
    }
}

base::Result<void> RequirementInput::read_constraint_files(Context& context) {
    for (const std::string& path : constraint_files_) {
        pkg::RequirementsFile file = TRY(read_constraints(context, path));
        requirement_files_.push_back(std::move(file));
    }
    return {};
}

base::Result<void> RequirementInput::read(Context& context) {
    for (const std::string& setting : config_settings)
        config_.push_back(TRY(pkg::parse_config_setting(setting)));
    for (std::string& place : context.sources.find_links) place = plain_place(place);
    for (const std::string& path : files)
        TRY(read_file(context, path));
    TRY(read_sets());
    TRY(read_constraint_files(context));
    for (const pkg::RequirementsFile& file : requirement_files_) {
        use_index_options(file, context.sources);
        require_hashes |= file.require_hashes;
        prefer_binary |= file.prefer_binary;
        formats.insert(formats.end(), file.formats.begin(), file.formats.end());
        add_bounds(file.constraints, "-c", constraints_);
        add_constraint_hashes(file.constraints);
        require_hashes |= std::any_of(file.requirements.begin(), file.requirements.end(),
                                      [](const pkg::RequirementLine& line) { return !line.hashes.empty(); });
    }
    auto read_bounds = [&](const std::vector<std::string>& paths, const char* option, std::vector<pkg::Requirement>& out) -> base::Result<void> {
        for (const std::string& path : paths) {
            pkg::RequirementsFile file = TRY(read_requirements(context, path));
            for (const pkg::RequirementLine& line : file.requirements) {
                if (!line.has_name)
                    return base::Error(base::ErrorKind::Usage, "`" + line.requirement.url + "` needs a name here").with_span(line.span);
            }
            add_bounds(file.requirements, option, out);
            add_bounds(file.constraints, option, out);
        }
        return {};
    };
    TRY(read_bounds(override_files_, "--override", overrides_));
    TRY(read_bounds(build_constraint_files_, "", build_constraints_));
    std::vector<pkg::Requirement> names;  // what else such a line says does not count
    TRY(read_bounds(exclusion_files_, "", names));
    for (const pkg::Requirement& name : names)
        exclusions_.push_back(name.key);
    return {};
}

// Has the user written a hash for the reference: its fragment says one.
static bool has_fragment_hash(const pkg::Requirement& requirement) {
    std::vector<pkg::Hash> hashes;
    std::string_view url = requirement.url, fragment;
    if (base::partition(url, '#', url, fragment)) pkg::add_fragment_hash(hashes, fragment);
    return !hashes.empty();
}

// Where hashes are required: a place that can have none, or was given none, is refused before anything of it is looked at or run.
base::Result<void> RequirementInput::check_place(const pkg::Requirement& requirement, bool editable, bool has_hash) const {
    if (!require_hashes || requirement.url.empty()) return {};
    std::string what = requirement.name.empty() ? base::redact_url(requirement.url) : requirement.text();
    auto refused = [&](const char* why) { return base::Error(base::ErrorKind::Integrity, "`" + what + "` " + why); };
    std::string url = requirement.url.substr(0, requirement.url.find('#'));
    if (editable || pkg::is_vcs_url(url) || base::is_directory(pkg::local_directory(url))) return refused("is no archive, so it has no hash, and one is required");
    if (!has_hash && !has_fragment_hash(requirement)) return refused("has no hash in the requirements, and one is required");
    return {};
}

// Of the others each project has a hash, and the version that it is of; several lines of a project may share them.
base::Result<void> RequirementInput::check_pins(const pkg::ResolveRequest& request) const {
    auto pins = [](const pkg::RootRequirement& root) {
        const std::vector<pkg::Specifier>& clauses = root.requirement.specifier.clauses();
        if (!root.requirement.url.empty() || clauses.size() != 1) return !root.requirement.url.empty();
        return clauses[0].op == pkg::SpecifierOp::Equal || clauses[0].op == pkg::SpecifierOp::Arbitrary;
    };
    std::set<std::string> pinned;
    for (const pkg::RootRequirement& root : request.roots)
        if (pins(root)) pinned.insert(root.requirement.key);
    for (const pkg::RootRequirement& root : request.roots) {
        const pkg::Requirement& requirement = root.requirement;
        if (request.target && !requirement.marker.evaluate(request.target->markers)) continue;
        if (!request.hashes_for(requirement.key))
            return base::Error(base::ErrorKind::Integrity, "`" + requirement.text() + "` has no hash in the requirements, and one is required");
        if (!pinned.count(requirement.key))
            return base::Error(base::ErrorKind::Integrity, "`" + requirement.text() + "` is not pinned with `==`, as it has to be where hashes are required");
    }
    return {};
}

// A requirement as typed: PEP 508, or a path or URL whose name is found by looking.
base::Result<void> RequirementInput::add_argument(pkg::ResolveRequest& request, PathBuilder& builder, const std::string& text, bool editable) {
    pkg::RequirementLine line;
    if (editable || names_place(text)) {
        // Behind a blank and a semicolon stands a marker; all before it is the place.
        size_t end = text.find(" ;");
        line.has_name = false;
        line.editable = editable;
        line.requirement.url = base::strip(std::string_view(text).substr(0, end));
        if (end != text.npos) line.requirement.marker = TRY(pkg::parse_marker(base::strip(std::string_view(text).substr(end + 2))));
    } else {
        line.requirement = TRY(pkg::parse_requirement(text));
    }
    if (request.target && !line.requirement.marker.evaluate(request.target->markers)) return {};
    request.roots.push_back({TRY(requirement_of(line, builder)), "", pkg::MarkerTree::always(), ""});
    return {};
}

// The requirement with its name, which may have to be looked for. What stands with it for its hash and its build counts from
// the first look on.
base::Result<pkg::Requirement> RequirementInput::requirement_of(const pkg::RequirementLine& line, PathBuilder& builder) const {
    std::vector<pkg::Hash> hashes = hashes_of(line.hashes);
    const pkg::ConfigSettings& config = line.config_settings.empty() ? config_ : line.config_settings;
    TRY(check_place(line.requirement, line.editable, !hashes.empty()));
    if (line.has_name) {
        builder.expect_hashes(line.requirement.url, hashes);
        if (!config.empty()) builder.set_config(line.requirement.key, config);
        return line.requirement;
    }
    std::string place = line.requirement.url;
    if (!line.requirement.extras.empty()) place += "[" + base::join(line.requirement.extras, ",") + "]";
    pkg::Requirement out = TRY(builder.requirement_of_path(place, line.editable, hashes, config));
    out.marker = line.requirement.marker;
    return out;
}

base::Result<void> RequirementInput::add_line(pkg::ResolveRequest& request, PathBuilder& builder, const pkg::RequirementLine& line) {
    // What is for other environments is not looked at: to find its name it might have to be built.
    bool elsewhere = request.target && !line.requirement.marker.evaluate(request.target->markers);
    if (elsewhere && !line.has_name) return {};
    pkg::Requirement requirement = elsewhere ? line.requirement : TRY(requirement_of(line, builder));
    pkg::MarkerTree where = pkg::MarkerTree::of(requirement.marker).without_extras();
    if (!line.has_name) {
        std::string place = line.requirement.url;
        if (!requirement.extras.empty()) place += "[" + base::join(requirement.extras, ",") + "]";
        written.push_back({requirement.key, where, (line.editable ? "-e " : "") + pkg::strip_credentials(place)});
    } else if (!requirement.url.empty()) {
        written.push_back({requirement.key, where, requirement.name + " @ " + pkg::strip_credentials(requirement.url)});
    }
    for (pkg::Hash& hash : hashes_of(line.hashes)) hashes_[requirement.key].push_back(std::move(hash));
    ask(requirement, "-r " + line.origin);
    request.roots.push_back({std::move(requirement), "", pkg::MarkerTree::always(), pkg::place_of(line.span)});
    return {};
}

// A project whose requirements only its build back end knows.
base::Result<void> RequirementInput::add_built(pkg::ResolveRequest& request, PathBuilder& builder, const std::string& file) {
    std::string directory(base::parent_path(base::absolute_path(file)));
    std::string text = TRY(builder.metadata(directory, ""));
    pkg::Metadata metadata = TRY(pkg::parse_metadata_for_resolving(text, file));
    std::vector<std::string> wanted;
    for (const std::string& extra : all_extras_ ? metadata.provides_extra : extras_)
        wanted.push_back(pkg::normalize_name(extra));
    for (const pkg::Requirement& named : metadata.requires_dist) {
        pkg::MarkerTree marker = pkg::MarkerTree::of(named.marker).with_extras(wanted);
        if (marker.is_never()) continue;
        pkg::Requirement requirement = named;
        requirement.marker = marker.is_always() ? pkg::Marker() : TRY(pkg::parse_marker(marker.text()));
        ask(requirement, metadata.name + " (" + file + ")");
        request.roots.push_back({std::move(requirement), file, pkg::MarkerTree::always()});
    }
    return {};
}

// The extras asked for, normalised; a Usage error where the project has not got one.
base::Result<std::vector<std::string>> RequirementInput::extras_of(const pkg::Manifest& manifest) const {
    std::vector<std::string> known, out;
    for (const auto& [extra, list] : manifest.project.optional_dependencies)
        known.push_back(extra);
    if (all_extras_) return known;
    for (const std::string& extra : extras_) {
        out.push_back(pkg::normalize_name(extra));
        if (std::find(known.begin(), known.end(), out.back()) == known.end())
            return base::Error(base::ErrorKind::Usage, "`" + manifest.file + "` has no extra `" + extra + "`");
    }
    return out;
}

// Policies of [tool.adder], those of the last project named where there are several; options of the command line come later.
static void add_settings(pkg::ResolveRequest& request, const pkg::ResolveRequest& own) {
    auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(request.constraints, own.constraints);
    append(request.overrides, own.overrides);
    append(request.exclusions, own.exclusions);
    append(request.environments, own.environments);
    append(request.required_environments, own.required_environments);
    append(request.no_build_for, own.no_build_for);
    append(request.no_binary_for, own.no_binary_for);
    append(request.metadata_patches, own.metadata_patches);
    request.prereleases_for.insert(own.prereleases_for.begin(), own.prereleases_for.end());
    request.exclude_newer_for.insert(own.exclude_newer_for.begin(), own.exclude_newer_for.end());
    request.no_build |= own.no_build;
    request.no_binary |= own.no_binary;
    request.mode = own.mode;
    request.prereleases = own.prereleases;
    request.exclude_newer = own.exclude_newer;
}

base::Result<void> RequirementInput::add_project(pkg::ResolveRequest& request, PathBuilder& builder, const ProjectFile& project) {
    const pkg::Manifest& manifest = project.manifest;
    bool listed = project.whole && !project.built;
    if (project.whole && project.built) TRY(add_built(request, builder, manifest.file));
    std::vector<std::string> extras = listed ? TRY(extras_of(manifest)) : std::vector<std::string>();
    pkg::ResolveRequest own = TRY(pkg::request_of(manifest));
    pkg::resolve_paths(own, std::string(base::parent_path(base::absolute_path(manifest.file))));
    std::string name = manifest.project.name;
    auto label = [&](const std::string& place) { return name.empty() ? place : name + " (" + place + ")"; };
    for (pkg::RootRequirement& root : own.roots) {
        bool wanted = listed && !root.condition.with_sets(extras, {pkg::default_group_of(manifest)}).is_never();
        if (wanted) ask(root.requirement, manifest.has_project ? label(manifest.file) : "-r " + manifest.file);
        for (const std::string& group : project.groups) {
            if (wanted || root.condition.with_sets({}, {group}).is_never()) continue;
            ask(root.requirement, label(manifest.file + ":" + group));
            wanted = true;
        }
        if (!wanted) continue;
        if (root.editable) builder.mark_editable(root.requirement.url);
        root.condition = pkg::MarkerTree::always();
        if (root.origin.empty()) root.origin = name;
        request.roots.push_back(std::move(root));
    }
    add_settings(request, own);
    return {};
}

// `#sha256=…` of a reference that the user wrote is one of the hashes that --require-hashes wants (as pip has it); it asks for no
// others.
void RequirementInput::add_fragment_hash(const pkg::Requirement& requirement) {
    std::vector<pkg::Hash> hashes;
    std::string_view url = requirement.url, fragment;
    if (base::partition(url, '#', url, fragment)) pkg::add_fragment_hash(hashes, fragment);
    for (pkg::Hash& hash : hashes) hashes_[requirement.key].push_back(std::move(hash));
}

base::Result<void> RequirementInput::fill(pkg::ResolveRequest& request, PathBuilder& builder) {
    builder.add_build_constraints(build_constraints_);
    for (const std::string& text : arguments)
        TRY(add_argument(request, builder, text, false));
    for (const std::string& text : editables)
        TRY(add_argument(request, builder, text, true));
    for (const ProjectFile& project : projects_)
        TRY(add_project(request, builder, project));
    for (const pkg::RequirementsFile& file : requirement_files_) {
        for (const pkg::RequirementLine& line : file.requirements)
            TRY(add_line(request, builder, line));
        if (file.pre) request.prereleases = pkg::PrereleasePolicy::Allow;
    }
    for (const pkg::RootRequirement& root : request.roots)
        add_fragment_hash(root.requirement);
    if (require_hashes) {
        add_allowed(request);
        TRY(check_pins(request));
    }
    auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(request.constraints, constraints_);
    append(request.overrides, overrides_);
    append(request.exclusions, exclusions_);
    return {};
}

// Those of the requirements; where constraints have some for the project, only those that are theirs too.
void RequirementInput::add_allowed(pkg::ResolveRequest& request) const {
    request.require_hashes = true;
    for (const auto& [name, hashes] : hashes_) {
        std::vector<pkg::Hash>& allowed = request.hashes[name] = hashes;
        auto bound = constraint_hashes_.find(name);
        if (bound == constraint_hashes_.end() || bound->second.empty()) continue;
        std::erase_if(allowed, [&](const pkg::Hash& hash) {
            return std::find(bound->second.begin(), bound->second.end(), hash) == bound->second.end();
        });
    }
}

base::Result<void> RequirementInput::check_hashes(std::vector<pkg::WantedPackage>& wanted, const pkg::ResolveRequest& request,
                                                  pkg::PackageIndex& index) {
    if (!request.require_hashes) return {};
    auto refused = [](const std::string& what) { return base::Error(base::ErrorKind::Integrity, what); };
    for (pkg::WantedPackage& package : wanted) {
        pkg::DistFile& file = package.source.file;
        const std::vector<pkg::Hash>* allowed = request.hashes_for(package.source.name);
        if (!allowed)
            return refused("`" + package.source.name + "` has no hash in the requirements, and one is required");
        if (package.source.editable || !package.source.direct.vcs.empty() || base::is_directory(pkg::local_directory(file.url)))
            return refused("`" + package.source.name + "` is no archive, so it has no hash, and one is required");
        pkg::HashVerdict verdict = pkg::compare_hashes(file.hashes, *allowed);
        if (verdict == pkg::HashVerdict::Unknown) {
            std::optional<pkg::Hash> found = TRY(index.hash_among(file, *allowed));
            if (found) verdict = pkg::HashVerdict::Right, file.hashes.push_back(std::move(*found));
        }
        if (verdict != pkg::HashVerdict::Right) return refused("the hash of `" + file.file_name + "` is not one that the requirements name");
    }
    return {};
}

}  // namespace cli
