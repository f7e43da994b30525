// adder tree
#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "pkg/name.h"

namespace cli {

namespace {

struct Tree {
    std::map<std::string, std::vector<std::string>> children;  // name → names
    std::map<std::string, std::string> versions;
    std::vector<std::string> roots;
};

Tree tree_of(const pkg::Lock& lock, const Project& project) {
    Tree tree;
    for (const pkg::LockPackage& package : lock.packages) {
        std::string& version = tree.versions[package.name];
        // Entries are in the order of versions; some differ by their source only.
        std::string own = package.version ? package.version->text() : "";
        bool listed = own.empty() || version == own || version.ends_with(", " + own);
        if (!listed) version += (version.empty() ? "" : ", ") + own;
        for (const pkg::LockDependency& dependency : package.dependencies) {
            std::vector<std::string>& list = tree.children[package.name];
            if (std::find(list.begin(), list.end(), dependency.name) == list.end()) list.push_back(dependency.name);
        }
    }
    std::set<std::string> asked;
    for (const pkg::Dependency508& dependency : project.manifest.project.dependencies)
        asked.insert(dependency.requirement.key);
    for (const auto& [extra, list] : project.manifest.project.optional_dependencies) {
        for (const pkg::Dependency508& dependency : list)
            asked.insert(dependency.requirement.key);
    }
    for (const pkg::DependencyGroup& group : project.manifest.groups) {
        for (const pkg::GroupItem& item : group.items) {
            if (item.dependency) asked.insert(item.dependency->requirement.key);
        }
    }
    for (const std::string& name : asked) {
        if (tree.versions.count(name)) tree.roots.push_back(name);
    }
    return tree;
}

Tree inverted(const Tree& tree, const std::vector<std::string>& names) {
    Tree out;
    out.versions = tree.versions;
    for (const auto& [parent, list] : tree.children) {
        for (const std::string& child : list)
            out.children[child].push_back(parent);
    }
    out.roots = names;
    return out;
}

void print(const Context& context, const Tree& tree, const std::string& name, const std::string& indent,
           const char* branch, const char* below, std::set<std::string>& shown, int depth) {
    auto version = tree.versions.find(name);
    auto children = tree.children.find(name);
    bool has_children = children != tree.children.end() && !children->second.empty();
    bool again = has_children && !shown.insert(name).second;
    context.out(indent + branch + name +
                (version == tree.versions.end() || version->second.empty() ? "" : " " + version->second) +
                (again ? " (*)" : "") + "\n");
    if (!has_children || again || depth == 0) return;
    for (size_t i = 0; i < children->second.size(); i++) {
        bool last = i + 1 == children->second.size();
        print(context, tree, children->second[i], indent + below, last ? "└── " : "├── ", last ? "    " : "│   ", shown,
              depth - 1);
    }
}

void print_json(const Context& context, const Tree& tree) {
    base::JsonWriter json(2);
    json.begin_object().key("roots").begin_array();
    for (const std::string& name : tree.roots)
        json.string(name);
    json.end_array().key("packages").begin_array();
    for (const auto& [name, version] : tree.versions) {
        json.begin_object().member("name", name).member("version", version).key("requires").begin_array();
        auto children = tree.children.find(name);
        if (children != tree.children.end()) {
            for (const std::string& child : children->second)
                json.string(child);
        }
        json.end_array().end_object();
    }
    json.end_array().end_object();
    context.out(json.text() + "\n");
}

}  // namespace

// adder tree [--invert NAME] [--depth N]
base::Result<int> cmd_tree(Context& context, const Arguments& arguments) {
    std::vector<std::string> names;
    int depth = 255;
    Options options("tree", kPageTree);
    options.values(names, "--invert", "NAME", "show what requires this package");
    options.number(depth, "--depth", "N", "how deep to go");
    context.add_project_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("tree").get()))) return 0;
    Project project = TRY(find_project(context));
    std::optional<pkg::Lock> lock = TRY(read_lock(project));
    if (!lock) return missing_lock(project);
    Tree tree = tree_of(*lock, project);
    for (std::string& name : names) {
        name = pkg::normalize_name(name);
        if (!tree.versions.count(name))
            return base::Error(base::ErrorKind::NotHolding, "`" + name + "` is not in pylock.toml");
    }
    if (!names.empty()) tree = inverted(tree, names);
    if (context.json) {
        print_json(context, tree);
        return 0;
    }
    std::set<std::string> shown;
    for (const std::string& root : tree.roots)
        print(context, tree, root, "", "", "", shown, depth);
    if (!shown.empty()) context.detail("(*) its requirements are shown above");
    return 0;
}

}  // namespace cli
