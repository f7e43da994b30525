// Manifest → request, resolution → lock, lock → preferences.
#include "pkg/lock/lock_resolution.h"

#include <algorithm>
#include <set>
#include <span>

#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/lock/freshness.h"
#include "pkg/lock/project_sets.h"
#include "pkg/name.h"
#include "pkg/project_sources.h"
#include "pkg/resolver/cutoff.h"
#include "pkg/source/git.h"

namespace pkg {

namespace {

// Whom requirements are made for: what is written there, and the project's extras on the way there.
struct Asker {
    std::string origin;
    MarkerTree condition;
    Marker marker = {};
};
// Extras of the project's own that were gone through for one asker, with the marker of the way there.
using SeenExtras = std::set<std::pair<std::string, std::string>>;

Marker both(const Marker& a, const Marker& b) {
    if (a.always() || b.always()) return a.always() ? b : a;
    return MUST(parse_marker("(" + a.text() + ") and (" + b.text() + ")"));
}

base::Result<void> add_roots(ResolveRequest& request, const std::vector<Dependency508>& list, const Asker& asker, const Manifest& manifest,
                             SeenExtras& seen) {
    for (const Dependency508& dependency : list) {
        Requirement requirement = dependency.requirement;
        requirement.marker = both(asker.marker, requirement.marker);
        if (!manifest.has_project || requirement.key != manifest.key()) {
            request.roots.push_back({std::move(requirement), asker.origin, asker.condition, place_of(dependency.span)});
            continue;
        }
        // The project's own extras stand for what they list (PEP 508 names them as any other project's).
        for (const std::string& extra : requirement.extra_keys()) {
            // In one form, or two extras that ask for each other would make longer and longer markers.
            std::string way = requirement.marker.always() ? "" : MarkerTree::of(requirement.marker).text();
            if (!seen.emplace(extra, std::move(way)).second) continue;
            Asker inner{asker.origin + " `" + extra + "`", asker.condition, requirement.marker};
            bool found = false;
            for (const auto& own : manifest.project.optional_dependencies) {
                if (own.first != extra) continue;
                TRY(add_roots(request, own.second, inner, manifest, seen));
                found = true;
            }
            if (!found && !manifest.project.is_dynamic("optional-dependencies"))
                return base::Error(base::ErrorKind::Usage, "`" + dependency.written + "`: the project has no extra `" + extra + "`").with_span(dependency.span);
        }
    }
    return {};
}

Marker marker_of(const MarkerTree& tree) { return tree.is_always() ? Marker() : MUST(parse_marker(tree.text())); }

// Sources of an extra or group are for what that requires.
bool is_for(const SourceSetting& source, const RootRequirement& root) {
    if (!source.extra.empty()) return root.condition == MarkerTree::set_member(MarkerVariable::Extras, source.extra);
    return source.group.empty() || root.condition == MarkerTree::set_member(MarkerVariable::DependencyGroups, source.group);
}

// [tool.adder.sources]: a project with a path, URL, repository or index is required from there, where the source's marker
// holds; elsewhere from any index as before.
void apply_sources(ResolveRequest& request, const Manifest& manifest) {
    std::vector<RootRequirement> roots;
    for (const RootRequirement& root : request.roots) {
        std::vector<SourceSetting> own;
        for (const SourceSetting& source : manifest.tool.sources) {
            // An index for all environments is a pin (see IndexSettings) and holds for what dependencies require as well.
            if (source.is_pin() || !is_for(source, root)) continue;
            own.push_back(source);
            own.back().extra.clear();
        }
        for (SourcedRequirement& one : apply_sources(root.requirement, own)) {
            roots.push_back(root);
            roots.back().requirement = std::move(one.requirement);
            roots.back().index = std::move(one.index);
            roots.back().editable = one.editable;
        }
    }
    request.roots = std::move(roots);
}

// The same for requirements that stand in for others' or bound them, whoever those are: sources of an extra or group, and indexes
// for some environments alone, are not for them. Bounds hold for what comes from a source as well.
enum class Bounds : uint8_t { Drop, Keep };
std::vector<Requirement> sourced(const std::vector<Dependency508>& list, const ToolSettings& tool, Bounds bounds) {
    std::vector<SourceSetting> own;
    for (const SourceSetting& source : tool.sources)
        if (source.index.empty() && source.extra.empty() && source.group.empty()) own.push_back(source);
    std::vector<Requirement> out;
    for (const Dependency508& each : list)
        for (SourcedRequirement& one : apply_sources(each.requirement, own)) {
            if (bounds == Bounds::Keep) one.requirement.specifier = each.requirement.specifier;
            out.push_back(std::move(one.requirement));
        }
    return out;
}

// Paths in a lock are relative to it where they lie below it.
base::Result<std::string> locked_path(std::string_view url, const std::string& folder) {
    std::string path = base::starts_with_ignoring_case(url, "file://") ? TRY(base::file_url_path(url)) : std::string(url.substr(url.starts_with("file:") ? 5 : 0));
    path = base::normalize_path(path);
    bool below = !folder.empty() && path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
    return below ? "." + path.substr(folder.size()) : path;
}

// The same for a reference of the project's own: what is beside the project is written as seen from it, so that both can
// be moved together.
base::Result<std::string> locked_reference(std::string_view url, const std::string& folder) {
    std::string path = TRY(locked_path(url, folder));
    auto top = [](std::string_view text) { return text.substr(0, text.find('/', 1)); };
    if (folder.empty() || !path.starts_with('/') || top(path) != top(folder)) return path;
    return base::relative_path(path, folder);
}

base::Result<LockFile> lock_file(const DistFile& file, const std::string& folder) {
    LockFile out;
    out.name = file.file_name;
    bool local = base::starts_with_ignoring_case(file.url, "file:");
    (local ? out.path : out.url) = local ? TRY(locked_reference(file.url, folder)) : file.url;
    out.size = file.size;
    out.upload_time = file.upload_time;
    out.hashes = file.hashes;
    return out;
}

base::Result<void> add_files(LockPackage& out, const ResolvedPackage& package, const VersionSet& python, const std::string& folder,
                             const std::string& cutoff) {
    bool all_yanked = package.release->yanked();
    for (const DistFile& file : package.release->files()) {
        if ((file.yanked && !all_yanked) || uploaded_after(file.upload_time, cutoff)) continue;
        bool local_index = file.index.starts_with('/') || base::starts_with_ignoring_case(file.index, "file:");
        if (out.index.empty()) out.index = local_index ? TRY(locked_reference(file.index, folder)) : file.index;
        if (!out.requires_python && file.requires_python) out.requires_python = file.requires_python;
        if (file.kind == FileKind::Sdist) {
            bool better = !out.sdist || file.file_name.ends_with(".tar.gz");
            if (better) out.sdist = TRY(lock_file(file, folder));
            continue;
        }
        if (wheel_fits(file.tags, package.marker, python)) out.wheels.push_back(TRY(lock_file(file, folder)));
    }
    std::sort(out.wheels.begin(), out.wheels.end(), [](const LockFile& a, const LockFile& b) { return a.name < b.name; });
    return {};
}

base::Result<void> add_direct(LockPackage& out, const ResolvedPackage& package, const std::string& folder) {
    const DirectInfo& direct = package.direct;
    if (!direct.vcs.empty()) {
        if (direct.commit_id.empty())
            return base::Error(base::ErrorKind::Usage, "`" + package.name + " @ " + package.url + "`: the commit is not known");
        out.vcs = LockVcs{direct.vcs, direct.url, "", direct.requested_revision, direct.commit_id, direct.subdirectory};
        return {};
    }
    if (direct.directory) {
        out.directory = LockDirectory{TRY(locked_reference(direct.url, folder)), direct.subdirectory, direct.editable};
        return {};
    }
    if (direct.hashes.empty())
        return base::Error(base::ErrorKind::Integrity, "`" + package.name + " @ " + package.url + "`: a lock needs its hash");
    LockFile archive;
    bool local = base::starts_with_ignoring_case(direct.url, "file:");
    (local ? archive.path : archive.url) = local ? TRY(locked_reference(direct.url, folder)) : direct.url;
    archive.name = base::url_file_name(direct.url);
    archive.size = direct.size;
    archive.hashes = direct.hashes;
    archive.subdirectory = direct.subdirectory;
    out.archive = std::move(archive);
    return {};
}

// As many keys as tell the entry from the others of its name: the version, and where that does not do, the source.
LockDependency reference_to(const LockPackage& package, std::span<const LockPackage> of_its_name) {
    LockDependency out;
    out.name = package.name;
    if (of_its_name.size() == 1) return out;
    bool by_version = package.version.has_value();
    for (const LockPackage& other : of_its_name) by_version = by_version && (&other == &package || other.version != package.version);
    out.version = package.version;
    if (by_version) return out;
    out.source = package.vcs ? "vcs" : package.archive ? "archive" : package.directory ? "directory" : "index";
    out.url = source_of(package);
    return out;
}

// References to all entries, which are sorted by name.
std::vector<LockDependency> references_to(std::span<const LockPackage> packages) {
    std::vector<LockDependency> out;
    for (size_t first = 0, end = 0; first < packages.size(); first = end) {
        while (end < packages.size() && packages[end].name == packages[first].name) end++;
        for (size_t i = first; i < end; i++) out.push_back(reference_to(packages[i], packages.subspan(first, end - first)));
    }
    return out;
}

LockDependency edge(const Resolution& resolution, const ResolvedDependency& dependency, const std::vector<LockDependency>& references) {
    const ResolvedPackage& package = resolution.packages[dependency.package];
    LockDependency out = references[dependency.package];
    out.extras = dependency.extras;
    out.marker = marker_of(dependency.marker);
    if (package.url.empty()) out.version = package.version;
    return out;
}

base::Result<LockPackage> lock_package(const ResolvedPackage& package, const VersionSet& python, const std::string& folder,
                                       const std::string& cutoff) {
    LockPackage out;
    out.name = package.name;
    out.marker = marker_of(package.marker);
    if (package.release) {
        out.version = package.version;
        TRY(add_files(out, package, python, folder, cutoff));
        if (out.wheels.empty() && !out.sdist)
            return base::Error(base::ErrorKind::NoSolution, "`" + package.name + "` " + package.version.text() + " has no file to lock");
    } else {
        TRY(add_direct(out, package, folder));
        if (out.archive) out.version = package.version;
    }
    // A bound that the resolver passed over (see provider.cpp on upper bounds) must not stop the installer.
    if (out.requires_python && !python.subset_of(MarkerTree::python(out.requires_python->to_set()).python_versions())) out.requires_python.reset();
    return out;
}

// What the entries of a lock require of each other, and what the project requires: the lock has all its packages already.
void add_dependencies(Lock& lock, LockTool& tool, const Resolution& resolution) {
    std::vector<LockDependency> references = references_to(lock.packages);
    for (size_t i = 0; i < lock.packages.size(); i++) {
        const ResolvedPackage& package = resolution.packages[i];
        const LockDependency& self = references[i];
        std::string from = self.source.empty() ? package.name + "==" + package.version.text() : package.name + " @ " + self.url;
        std::vector<size_t> seen;
        for (const ResolvedDependency& dependency : package.dependencies) {
            tool.edges.emplace_back(from, edge(resolution, dependency, references));
            if (std::find(seen.begin(), seen.end(), dependency.package) != seen.end()) continue;
            seen.push_back(dependency.package);
            lock.packages[i].dependencies.push_back(references[dependency.package]);
        }
    }
    for (const ResolvedDependency& root : resolution.roots) tool.roots.push_back(edge(resolution, root, references));
}

bool is_same(Requirement a, Requirement b) {
    if (!(MarkerTree::of(a.marker) == MarkerTree::of(b.marker))) return false;
    a.marker = b.marker = Marker();
    return a == b;
}

// What a project gives stays as it is written; the back end says it again (PEP 808), and adds to it.
void add_further(std::vector<Dependency508>& given, std::vector<Dependency508> all) {
    size_t count = given.size();
    for (Dependency508& one : all) {
        auto same = [&](const Dependency508& other) { return is_same(other.requirement, one.requirement); };
        if (std::none_of(given.begin(), given.begin() + static_cast<ptrdiff_t>(count), same)) given.push_back(std::move(one));
    }
}

// How versions are chosen, in the words of the settings; "" for the default.
std::string policy_of(const ResolveRequest& request) {
    static constexpr const char* modes[] = {"", "lowest", "lowest-direct"};
    static constexpr const char* prereleases[] = {"", "prerelease allow", "prerelease disallow", "prerelease explicit"};
    std::vector<std::string> words;
    for (std::string_view word : {modes[static_cast<size_t>(request.mode)], prereleases[static_cast<size_t>(request.prereleases)]})
        if (!word.empty()) words.emplace_back(word);
    return base::join(words, ", ");
}

}  // namespace

void add_dynamic_fields(Manifest& manifest, const Metadata& metadata) {
    ProjectTable& project = manifest.project;
    auto requirements = [&](const std::string& extra) {
        std::vector<Dependency508> out;
        for (const Requirement& requirement : metadata.requires_dist) {
            MarkerTree marker = MarkerTree::of(requirement.marker), plain = marker.without_extras();
            MarkerTree where = extra.empty() ? plain : marker.with_extras({extra}) & !plain;
            if (where.is_never()) continue;
            Dependency508 dependency{requirement, requirement.text(), {.file = manifest.file}};
            dependency.requirement.marker = marker_of(where);
            out.push_back(std::move(dependency));
        }
        return out;
    };
    if (project.is_dynamic("dependencies")) add_further(project.dependencies, requirements(""));
    if (!project.is_dynamic("optional-dependencies")) return;
    auto& extras = project.optional_dependencies;
    for (const std::string& written : metadata.provides_extra) {
        std::string extra = normalize_name(written);
        auto known = std::find_if(extras.begin(), extras.end(), [&](const auto& given) { return given.first == extra; });
        if (known == extras.end()) known = extras.insert(extras.end(), {extra, {}});
        add_further(known->second, requirements(extra));
    }
}

SpecifierSet locked_python(const Manifest& manifest) {
    return manifest.project.requires_python ? *manifest.project.requires_python : MUST(parse_specifier_set(kDefaultRequiresPython));
}

base::Result<ResolveRequest> request_of(const Manifest& manifest) {
    ResolveRequest request;
    request.subject = "your project";
    std::string own_group = default_group_of(manifest);
    MarkerTree by_default = own_group.empty() ? MarkerTree() : MarkerTree::set_member(MarkerVariable::DependencyGroups, own_group);
    SeenExtras seen;
    TRY(add_roots(request, manifest.project.dependencies, {"", by_default}, manifest, seen));
    for (const auto& [extra, list] : manifest.project.optional_dependencies) {
        seen = {{extra, ""}};
        TRY(add_roots(request, list, {"extra `" + extra + "`", MarkerTree::set_member(MarkerVariable::Extras, extra)}, manifest, seen));
    }
    for (const DependencyGroup& group : manifest.groups) {
        seen.clear();
        TRY(add_roots(request, TRY(resolve_group(manifest.groups, group.name)),
                      {"group `" + group.written + "`", MarkerTree::set_member(MarkerVariable::DependencyGroups, group.name)}, manifest, seen));
    }
    apply_sources(request, manifest);
    const ToolSettings& tool = manifest.tool;
    request.constraints = sourced(tool.constraints, tool, Bounds::Keep);
    request.overrides = sourced(tool.overrides, tool, Bounds::Drop);
    request.exclusions = tool.exclusions;
    for (const Marker& marker : tool.required_environments) request.required_environments.push_back(MarkerTree::of(marker));
    for (const std::vector<std::string>& set : tool.conflicts) {
        request.conflicts.emplace_back();
        for (const std::string& item : set) request.conflicts.back().push_back(asked_for(manifest, item));
    }
    request.requires_python = locked_python(manifest).to_set();
    for (const Marker& marker : tool.environments) request.environments.push_back(MarkerTree::of(marker));
    if (tool.resolution == "lowest") request.mode = ResolutionMode::Lowest;
    if (tool.resolution == "lowest-direct") request.mode = ResolutionMode::LowestDirect;
    if (auto policy = prerelease_policy(tool.prerelease)) request.prereleases = *policy;
    request.exclude_newer = TRY(parse_cutoff(tool.exclude_newer, base::system_clock()));
    for (const auto& [name, date] : tool.exclude_newer_for) request.exclude_newer_for[name] = TRY(parse_cutoff(date, base::system_clock()));
    for (const auto& [name, policy] : tool.prerelease_for)
        if (auto known = prerelease_policy(policy)) request.prereleases_for[name] = *known;
    request.metadata_patches = tool.metadata_patches;
    for (const std::string& name : tool.no_build) name == ":all:" ? void(request.no_build = true) : request.no_build_for.push_back(name);
    for (const std::string& name : tool.no_binary) name == ":all:" ? void(request.no_binary = true) : request.no_binary_for.push_back(name);
    return request;
}

void resolve_paths(ResolveRequest& request, const std::string& folder) {
    auto resolve = [&](std::string& url) {
        if (!url.starts_with("file:") || url.starts_with("file:/")) return;
        std::string_view path, fragment;
        bool more = base::partition(std::string_view(url).substr(5), '#', path, fragment);
        url = base::file_url(base::normalize_path(base::join_path(folder, path))) + (more ? "#" + std::string(fragment) : "");
    };
    for (RootRequirement& root : request.roots) resolve(root.requirement.url);
    for (std::vector<Requirement>* list : {&request.overrides, &request.constraints})
        for (Requirement& one : *list) resolve(one.url);
}

std::string default_group_of(const Manifest& manifest) {
    if (manifest.groups.empty() || !manifest.has_project) return "";
    std::string name = "default";
    while (manifest.group(name)) name = "project-" + name;
    return name;
}

LockHead head_of(const Manifest& manifest) {
    LockHead head;
    if (std::string own = default_group_of(manifest); !own.empty()) head.default_groups.push_back(own);
    head.environments = manifest.tool.environments;
    head.requires_python = locked_python(manifest);
    head.has_sets = true;
    for (const auto& extra : manifest.project.optional_dependencies) head.extras.push_back(extra.first);
    for (const DependencyGroup& group : manifest.groups) head.dependency_groups.push_back(group.name);
    std::sort(head.extras.begin(), head.extras.end());
    std::sort(head.dependency_groups.begin(), head.dependency_groups.end());
    head.inputs_hash = inputs_hash(manifest);
    head.tree_version = tree_version(manifest);
    return head;
}

base::Result<Lock> lock_of(const ResolveRequest& request, const Resolution& resolution, LockHead head, const std::string& folder) {
    Lock lock;
    lock.environments = std::move(head.environments);
    lock.requires_python = std::move(head.requires_python);
    lock.has_extras = lock.has_dependency_groups = head.has_sets;
    lock.extras = std::move(head.extras);
    lock.dependency_groups = std::move(head.dependency_groups);
    lock.default_groups = std::move(head.default_groups);
    VersionSet python = request.target ? VersionSet::full() : MarkerTree::python(request.requires_python).python_versions();
    LockTool tool;
    tool.inputs_hash = std::move(head.inputs_hash);
    for (const ResolvedPackage& package : resolution.packages)
        lock.packages.push_back(TRY(lock_package(package, python, folder, request.cutoff_for(package.name))));
    add_dependencies(lock, tool, resolution);
    if (!tool.inputs_hash.empty()) tool.inputs_hash = with_trees(tool.inputs_hash, lock, head.tree_version, folder);
    if (resolution.forks.size() > 1)
        for (const MarkerTree& fork : resolution.forks) tool.forks.push_back(fork.text());
    tool.policy = policy_of(request);
    lock.tool = std::move(tool);
    return lock;
}

void keep_versions(ResolveRequest& request, const Lock& lock) {
    if (lock.tool && lock.tool->policy != policy_of(request)) return;
    for (const LockPackage& package : lock.packages)
        if (package.version) request.preferences.push_back({package.name, *package.version, MarkerTree::of(package.marker)});
    if (request.upgrade_all || !lock.tool) return;
    for (const std::string& fork : lock.tool->forks)
        if (auto marker = parse_marker(fork); marker.ok()) request.forks.push_back(MarkerTree::of(*marker));
}

}  // namespace pkg
