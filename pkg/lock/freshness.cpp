// Digests of what a lock was made from.
#include "pkg/lock/freshness.h"

#include <algorithm>

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/lock/lock_resolution.h"

namespace pkg {

// What the metadata of a source tree are made from by the usual build back ends.
static constexpr const char* kTreeFiles[] = {"pyproject.toml", "setup.cfg", "setup.py"};

std::string tree_version(const Manifest& manifest) {
    const ProjectTable& project = manifest.project;
    if (project.is_dynamic("dependencies") || project.is_dynamic("optional-dependencies")) return kDynamicTree;
    return project.version ? project.version->text() : "";
}

bool has_trees(const Lock& lock, const Manifest& manifest) {
    return tree_version(manifest) == kDynamicTree ||
           std::any_of(lock.packages.begin(), lock.packages.end(), [](const LockPackage& package) { return package.directory.has_value(); });
}

std::string with_trees(const std::string& hash, const Lock& lock, const std::string& own, const std::string& folder) {
    std::string text;
    auto add_files = [&](const std::string& tree) {
        for (const char* name : kTreeFiles) {
            base::Result<std::string> bytes = base::read_file(base::join_path(tree, name));
            text += std::string(name) + " " + (bytes.ok() ? base::sha256_hex(*bytes) : "-") + "\n";
        }
    };
    if (own == kDynamicTree) add_files(folder);
    for (const LockPackage& package : lock.packages) {
        if (!package.directory) continue;
        const LockDirectory& directory = *package.directory;
        text += directory.path + "\n";
        // The project itself: what its own table asks for is among the inputs, its version is not.
        if (directory.path == ".")
            text += own + "\n";
        else
            add_files(base::join_path(base::join_path(folder, directory.path), directory.subdirectory));
    }
    return text.empty() ? hash : "sha256:" + base::sha256_hex(hash + "\n" + text);
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
    VersionSet python = locked_python(manifest).to_set();
    if (lock.requires_python && !python.subset_of(lock.requires_python->to_set())) return false;
    if (lock.environments.empty()) return true;
    MarkerTree spoken = MarkerTree::never(), wanted = manifest.tool.environments.empty() ? MarkerTree() : MarkerTree::never();
    for (const Marker& marker : lock.environments) spoken = spoken | MarkerTree::of(marker);
    for (const Marker& marker : manifest.tool.environments) wanted = wanted | MarkerTree::of(marker);
    return (wanted & MarkerTree::python(python)).implies(spoken);
}

bool is_fresh(const Lock& lock, const Manifest& manifest, const std::string& folder) {
    if (lock.tool && !lock.tool->inputs_hash.empty())
        return lock.tool->inputs_hash == with_trees(inputs_hash(manifest), lock, tree_version(manifest), folder);
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
