// adder why
#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/target.h"
#include "pkg/name.h"
#include "pkg/resolver/resolver.h"

namespace cli {

namespace {

constexpr size_t kMostPaths = 1000;

// One requirement on the way: who has it, as text, and where it is written.
struct Step {
    std::string by, requirement, place;
    bool operator==(const Step&) const = default;
};
using Path = std::vector<Step>;  // from what the user wrote to the package asked about

// The lock as a graph seen from below: what requires each package.
class Reasons {
  public:
    Reasons(const Project& project, const pkg::Lock& lock, pkg::PackageIndex& index) : project_(project), lock_(lock), index_(index) {
        for (size_t i = 0; i < lock.packages.size(); i++) by_name_[lock.packages[i].name].push_back(i);
        add_roots();
        if (lock.tool && !lock.tool->edges.empty()) {
            for (const auto& [from, dependency] : lock.tool->edges) add_edge(from, dependency);
        } else {
            for (const pkg::LockPackage& package : lock.packages)
                for (const pkg::LockDependency& dependency : package.dependencies) add_edge(label(package, "=="), dependency);
        }
    }

    const std::vector<size_t>& named(const std::string& name) { return by_name_[name]; }
    static std::string label(const pkg::LockPackage& package, const char* between) {
        return package.version ? package.name + between + package.version->text() : package.name;
    }

    std::vector<Path> paths(size_t package) {
        std::vector<Path> out;
        closed_.clear();
        waiting_.clear();
        climb(package, out);
        return out;
    }

  private:
    void add_root(const pkg::Dependency508& dependency, const std::string& who) {
        const pkg::Requirement& requirement = dependency.requirement;
        for (size_t i : by_name_[requirement.key]) {
            const pkg::LockPackage& package = lock_.packages[i];
            if (package.version && requirement.url.empty() && !requirement.specifier.contains(*package.version)) continue;
            pkg::MarkerTree where = pkg::MarkerTree::of(requirement.marker).without_extras();
            if (where.disjoint(pkg::MarkerTree::of(package.marker).without_extras())) continue;
            Step step{who, requirement.text(), pkg::place_of(dependency.span)};
            std::vector<Step>& known = roots_[i];
            if (std::find(known.begin(), known.end(), step) == known.end()) known.push_back(std::move(step));
        }
    }

    void add_roots() {
        const pkg::ProjectTable& table = project_.manifest.project;
        std::string self = project_.manifest.has_project ? table.name : "the project";
        for (const pkg::Dependency508& dependency : table.dependencies) add_root(dependency, self);
        for (const auto& [extra, list] : table.optional_dependencies)
            for (const pkg::Dependency508& dependency : list) add_root(dependency, self + "[" + extra + "]");
        for (const pkg::DependencyGroup& group : project_.manifest.groups)
            for (const pkg::GroupItem& item : group.items)
                if (item.dependency) add_root(*item.dependency, "group " + group.written);
    }

    void add_edge(const std::string& from, const pkg::LockDependency& dependency) {
        size_t source = SIZE_MAX;
        for (size_t i : by_name_[from.substr(0, from.find_first_of("= "))]) {
            const pkg::LockPackage& package = lock_.packages[i];
            if (source == SIZE_MAX || label(package, "==") == from || package.name + " @ " + pkg::source_of(package) == from) source = i;
        }
        if (source == SIZE_MAX) return;
        for (size_t i : by_name_[dependency.name]) {
            if (!pkg::is_meant(dependency, lock_.packages[i])) continue;
            std::vector<size_t>& above = above_[i];
            if (i != source && std::find(above.begin(), above.end(), source) == above.end()) above.push_back(source);
        }
    }

    // The requirements of `source` on `target` as its metadata has them; the name alone where the metadata cannot be had.
    std::vector<std::string> written(size_t source, size_t target) {
        const std::string& name = lock_.packages[target].name;
        std::vector<std::string> out;
        const pkg::Metadata* metadata = metadata_of(source);
        if (metadata)
            for (const pkg::Requirement& requirement : metadata->requires_dist)
                if (requirement.key == name) out.push_back(requirement.text());
        if (out.empty()) out.push_back(name);
        return out;
    }

    const pkg::Metadata* metadata_of(size_t i) {
        auto [slot, fresh] = metadata_.try_emplace(i, nullptr);
        const pkg::LockPackage& package = lock_.packages[i];
        if (!fresh || !package.version) return slot->second;
        const pkg::LockFile* file = !package.wheels.empty() ? &package.wheels.front() : package.sdist ? &*package.sdist : nullptr;
        if (!file || file->url.empty()) return nullptr;
        pkg::DistFile dist;
        dist.file_name = file->name;
        dist.url = file->url;
        dist.index = package.index;
        dist.version = *package.version;
        dist.hashes = file->hashes;
        dist.kind = package.wheels.empty() ? pkg::FileKind::Sdist : pkg::FileKind::Wheel;
        dist.has_metadata = !package.wheels.empty();
        // Without the metadata (no network, say) the answer still holds; it only says less.
        if (auto read = index_.metadata(dist); read.ok()) slot->second = *read;
        return slot->second;
    }

    // All ways from `package` up to what the user wrote; whether there is one at all beside what stands on the way already.
    // NOTE: an entry from which nothing was reached stays closed until an entry above it opens again (D. B. Johnson,
    // "Finding all the elementary circuits of a directed graph", 1975). Without that a circle's dead ends are walked once
    // for each combination of branches. An entry on the way is closed as well, so that no way goes in circles.
    bool climb(size_t package, std::vector<Path>& out) {
        closed_.insert(package);
        bool reached = !roots_[package].empty();
        for (const Step& root : roots_[package])
            if (out.size() <= kMostPaths) out.push_back(way_from(root));
        for (size_t source : above_[package]) {
            // How many requirements there are on an edge only its metadata tells: it is read when the edge leads somewhere.
            size_t count = 1;
            for (size_t which = 0; which < count && out.size() <= kMostPaths && !closed_.contains(source); which++) {
                way_.push_back({source, package, which});
                bool found = climb(source, out);
                way_.pop_back();
                if (!found) break;
                reached = true;
                if (which == 0) count = written(source, package).size();
            }
        }
        if (reached) {
            open(package);
        } else {
            for (size_t source : above_[package]) waiting_[source].insert(package);
        }
        return reached;
    }

    void open(size_t package) {
        std::vector<size_t> todo = {package};
        while (!todo.empty()) {
            size_t next = todo.back();
            todo.pop_back();
            if (closed_.erase(next) == 0) continue;
            if (auto node = waiting_.extract(next)) todo.insert(todo.end(), node.mapped().begin(), node.mapped().end());
        }
    }

    Path way_from(const Step& root) {
        Path out = {root};
        for (size_t i = way_.size(); i-- > 0;) {
            const auto& [source, target, which] = way_[i];
            out.push_back({label(lock_.packages[source], " "), written(source, target)[which], ""});
        }
        return out;
    }

    struct Edge {
        size_t source, target, which;  // `which` of the requirements that `source` has on `target`
    };

    const Project& project_;
    const pkg::Lock& lock_;
    pkg::PackageIndex& index_;
    std::map<std::string, std::vector<size_t>> by_name_;
    std::map<size_t, std::vector<Step>> roots_;
    std::map<size_t, std::vector<size_t>> above_;
    std::map<size_t, const pkg::Metadata*> metadata_;
    std::vector<Edge> way_;                       // from the package asked about up to where `climb` is
    std::set<size_t> closed_;                     // no need to go there now: on the way, or nothing is reached from it
    std::map<size_t, std::set<size_t>> waiting_;  // what opens with an entry
};

void print_text(const Context& context, const pkg::LockPackage& package, const std::vector<Path>& paths) {
    std::string out = Reasons::label(package, " ") + (package.marker.always() ? "" : " where " + package.marker.text()) + "\n";
    for (const Path& path : paths)
        for (size_t depth = 0; depth < path.size(); depth++)
            out += std::string(2 + 2 * depth, ' ') + path[depth].by + " requires " + path[depth].requirement +
                   (path[depth].place.empty() ? "" : " (" + path[depth].place + ")") + "\n";
    context.out(out);
}

void write_json(base::JsonWriter& json, const pkg::LockPackage& package, const std::vector<Path>& paths) {
    json.begin_object().member("name", package.name);
    if (package.version) json.member("version", package.version->text());
    if (!package.marker.always()) json.member("marker", package.marker.text());
    json.key("paths").begin_array();
    for (const Path& path : paths) {
        json.begin_array();
        for (const Step& step : path) {
            json.begin_object().member("by", step.by).member("requirement", step.requirement);
            if (!step.place.empty()) json.member("place", step.place);
            json.end_object();
        }
        json.end_array();
    }
    json.end_array().key("complete").boolean(paths.size() <= kMostPaths).end_object();
}

}  // namespace

// adder why NAME
base::Result<int> cmd_why(Context& context, const Arguments& arguments) {
    std::string wanted;
    Options options("why", kPageWhy);
    options.argument(wanted, "package", "its name", Presence::Required);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("why").get()))) return 0;
    Project project = TRY(find_project(context));
    std::optional<pkg::Lock> lock = TRY(read_lock(project));
    if (!lock) return missing_lock(project);
    pkg::PackageIndex index(index_settings(context, &project.manifest), context.cache(), nullptr);
    Reasons reasons(project, *lock, index);
    std::string name = pkg::normalize_name(wanted);
    std::vector<size_t> found = reasons.named(name);
    if (found.empty()) return base::Error(base::ErrorKind::NotHolding, "`" + name + "` is not in pylock.toml: nothing requires it");
    base::JsonWriter json(2);
    if (context.json) json.begin_array();
    for (size_t i : found) {
        std::vector<Path> paths = reasons.paths(i);
        if (paths.size() > kMostPaths) context.note("there are more ways than the " + std::to_string(kMostPaths) + " shown");
        if (context.json)
            write_json(json, lock->packages[i], paths);
        else
            print_text(context, lock->packages[i], paths);
    }
    if (context.json) context.out(json.end_array().text() + "\n");
    return 0;
}

}  // namespace cli
