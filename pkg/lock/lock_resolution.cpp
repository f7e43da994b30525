// Manifest → request, resolution → lock, lock → preferences, and the digest that tells whether a lock is up to date.
#include "pkg/lock/lock_resolution.h"

#include <algorithm>
#include <span>

#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/name.h"
#include "pkg/project_sources.h"
#include "pkg/resolver/cutoff.h"
#include "pkg/source/git.h"

namespace pkg {

namespace {

void add_roots(ResolveRequest& request, const std::vector<Dependency508>& list, const std::string& origin, const MarkerTree& condition,
               const Manifest& manifest) {
    for (const Dependency508& dependency : list) {
        // The project's own extras stand for what they list (PEP 508 names them as any other project's).
        const Requirement& requirement = dependency.requirement;
        if (manifest.has_project && requirement.key == manifest.key()) {
            for (const std::string& extra : requirement.extra_keys())
                for (const auto& [name, own] : manifest.project.optional_dependencies)
                    if (name == extra && origin.find("`" + name + "`") == std::string::npos)
                        add_roots(request, own, origin + " `" + name + "`", condition, manifest);
            continue;
        }
        request.roots.push_back({requirement, origin, condition, place_of(dependency.span)});
    }
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

// Paths in a lock are relative to it where they lie below it.
base::Result<std::string> locked_path(std::string_view url, const std::string& folder) {
    std::string path = base::starts_with_ignoring_case(url, "file://") ? TRY(base::file_url_path(url)) : std::string(url.substr(url.starts_with("file:") ? 5 : 0));
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
    (local ? out.path : out.url) = local ? TRY(locked_path(file.url, folder)) : file.url;
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
        if (out.index.empty()) out.index = file.index;
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

}  // namespace

base::Result<ResolveRequest> request_of(const Manifest& manifest) {
    ResolveRequest request;
    request.subject = "your project";
    std::string own_group = default_group_of(manifest);
    MarkerTree by_default = own_group.empty() ? MarkerTree() : MarkerTree::set_member(MarkerVariable::DependencyGroups, own_group);
    add_roots(request, manifest.project.dependencies, "", by_default, manifest);
    for (const auto& [extra, list] : manifest.project.optional_dependencies)
        add_roots(request, list, "extra `" + extra + "`", MarkerTree::set_member(MarkerVariable::Extras, extra), manifest);
    for (const DependencyGroup& group : manifest.groups)
        add_roots(request, TRY(resolve_group(manifest.groups, group.name)), "group `" + group.written + "`",
                  MarkerTree::set_member(MarkerVariable::DependencyGroups, group.name), manifest);
    apply_sources(request, manifest);
    const ToolSettings& tool = manifest.tool;
    for (const Dependency508& constraint : tool.constraints) request.constraints.push_back(constraint.requirement);
    for (const Dependency508& override_ : tool.overrides) request.overrides.push_back(override_.requirement);
    request.exclusions = tool.exclusions;
    for (const Marker& marker : tool.required_environments) request.required_environments.push_back(MarkerTree::of(marker));
    for (const std::vector<std::string>& set : tool.conflicts) {
        request.conflicts.emplace_back();
        for (const std::string& item : set) {
            bool extra = item.starts_with("extra:");
            request.conflicts.back().push_back(MarkerTree::set_member(extra ? MarkerVariable::Extras : MarkerVariable::DependencyGroups, item.substr(6)));
        }
    }
    if (manifest.project.requires_python) request.requires_python = manifest.project.requires_python->to_set();
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

void resolve_paths(std::vector<RootRequirement>& roots, const std::string& folder) {
    for (RootRequirement& root : roots) {
        std::string& url = root.requirement.url;
        if (!url.starts_with("file:") || url.starts_with("file:/")) continue;
        std::string_view path, fragment;
        bool more = base::partition(std::string_view(url).substr(5), '#', path, fragment);
        url = base::file_url(base::normalize_path(base::join_path(folder, path))) + (more ? "#" + std::string(fragment) : "");
    }
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
    head.requires_python = manifest.project.requires_python;
    head.has_sets = true;
    for (const auto& extra : manifest.project.optional_dependencies) head.extras.push_back(extra.first);
    for (const DependencyGroup& group : manifest.groups) head.dependency_groups.push_back(group.name);
    std::sort(head.extras.begin(), head.extras.end());
    std::sort(head.dependency_groups.begin(), head.dependency_groups.end());
    head.inputs_hash = inputs_hash(manifest);
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
    if (resolution.forks.size() > 1)
        for (const MarkerTree& fork : resolution.forks) tool.forks.push_back(fork.text());
    lock.tool = std::move(tool);
    return lock;
}

std::vector<Preference> preferences_of(const Lock& lock) {
    std::vector<Preference> out;
    for (const LockPackage& package : lock.packages)
        if (package.version) out.push_back({package.name, *package.version, MarkerTree::of(package.marker)});
    return out;
}

std::string inputs_hash(const Manifest& manifest) {
    std::string text = "adder inputs " + std::to_string(kInputsFormat) + "\n";
    auto add = [&](std::string_view key, std::string_view value) { text += std::string(key) + "\x1f" + std::string(value) + "\n"; };
    auto list = [&](const std::string& key, const std::vector<Dependency508>& items) {
        for (const Dependency508& item : items) add(key, item.requirement.text());
    };
    add("name", manifest.key());
    if (manifest.project.requires_python) add("python", manifest.project.requires_python->canonical_text());
    list("dependency", manifest.project.dependencies);
    for (const auto& [extra, items] : manifest.project.optional_dependencies) add("extra", extra), list("extra " + extra, items);
    for (const DependencyGroup& group : manifest.groups) {
        add("group", group.name);
        for (const GroupItem& item : group.items) add("item", item.dependency ? item.dependency->requirement.text() : "@" + item.include);
    }
    const ToolSettings& tool = manifest.tool;
    for (const IndexSetting& index : tool.indexes)
        add("index", index.name + " " + index.url + (index.is_default ? " default" : "") + (index.is_explicit ? " explicit" : "") + (index.flat ? " flat" : "") +
                         (index.priority ? " " + std::to_string(index.priority) : ""));
    for (const SourceSetting& s : tool.sources)
        add("source", base::join({s.package, s.index, s.path, s.url, s.git, s.branch, s.tag, s.rev, s.subdirectory, s.marker.text()}, "\x1e") + (s.editable ? "e" : "") +
                          (s.extra.empty() ? "" : " extra " + s.extra) + (s.group.empty() ? "" : " group " + s.group));
    list("constraint", tool.constraints);
    list("override", tool.overrides);
    for (const std::string& name : tool.exclusions) add("exclude", name);
    for (const Marker& marker : tool.environments) add("environment", marker.text());
    for (const Marker& marker : tool.required_environments) add("required", marker.text());
    for (const auto& set : tool.conflicts) add("conflict", base::join(set, " "));
    for (const std::string& name : tool.no_build) add("no-build", name);
    for (const std::string& name : tool.no_binary) add("no-binary", name);
    add("resolution", tool.resolution);
    add("prerelease", tool.prerelease);
    add("exclude-newer", tool.exclude_newer);
    for (const auto& [name, date] : tool.exclude_newer_for) add("exclude-newer " + name, date);
    for (const auto& [name, policy] : tool.prerelease_for) add("prerelease " + name, policy);
    for (const MetadataPatch& patch : tool.metadata_patches) {
        add("metadata", patch.package + " " + (patch.version ? patch.version->text() : "*") + " " +
                            (patch.requires_python ? patch.requires_python->canonical_text() : ""));
        for (const Requirement& requirement : patch.requires_dist) add("metadata requires", requirement.text());
        add("metadata extras", base::join(patch.provides_extra, " "));
    }
    return "sha256:" + base::sha256_hex(text);
}

// Does some package of the lock satisfy `root` wherever the project asks for it?
static bool satisfied(const Lock& lock, const RootRequirement& root, const MarkerTree& everywhere) {
    MarkerTree open = MarkerTree::of(root.requirement.marker).without_extras() & root.condition & everywhere;
    for (const LockPackage& package : lock.packages) {
        if (package.name != root.requirement.key) continue;
        bool direct = package.vcs || package.directory || package.archive;
        bool fits = root.requirement.url.empty() ? package.version && root.requirement.specifier.contains(*package.version) : direct;
        if (fits) open = open & !MarkerTree::of(package.marker);
    }
    return open.is_never();
}

// The environments a lock speaks of: its own, within those of the project.
static bool covers(const Lock& lock, const Manifest& manifest) {
    auto sorted = [](std::vector<std::string> names) {
        std::sort(names.begin(), names.end());
        return names;
    };
    LockHead head = head_of(manifest);
    if (sorted(lock.extras) != head.extras || sorted(lock.dependency_groups) != head.dependency_groups) return false;
    auto pythons = [](const std::optional<SpecifierSet>& set) { return set ? set->to_set() : VersionSet::full(); };
    if (!pythons(manifest.project.requires_python).subset_of(pythons(lock.requires_python))) return false;
    if (lock.environments.empty()) return true;
    MarkerTree spoken = MarkerTree::never(), wanted = manifest.tool.environments.empty() ? MarkerTree() : MarkerTree::never();
    for (const Marker& marker : lock.environments) spoken = spoken | MarkerTree::of(marker);
    for (const Marker& marker : manifest.tool.environments) wanted = wanted | MarkerTree::of(marker);
    return (wanted & MarkerTree::python(pythons(manifest.project.requires_python))).implies(spoken);
}

bool is_fresh(const Lock& lock, const Manifest& manifest) {
    if (lock.tool && !lock.tool->inputs_hash.empty()) return lock.tool->inputs_hash == inputs_hash(manifest);
    auto request = request_of(manifest);
    if (!request.ok() || !covers(lock, manifest)) return false;
    MarkerTree everywhere = MarkerTree::python(request->requires_python);
    // Another tool may call the project's own requirements by another name, or by none.
    std::string own = default_group_of(manifest);
    for (RootRequirement& root : request->roots) {
        bool by_default = !own.empty() && root.condition == MarkerTree::set_member(MarkerVariable::DependencyGroups, own);
        if (by_default) {
            root.condition = lock.default_groups.empty() ? MarkerTree() : MarkerTree::never();
            for (const std::string& group : lock.default_groups)
                root.condition = root.condition | MarkerTree::set_member(MarkerVariable::DependencyGroups, group);
        }
        if (!satisfied(lock, root, everywhere)) return false;
    }
    return true;
}

}  // namespace pkg
