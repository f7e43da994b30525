// Joining forks.
#include "pkg/resolver/graph.h"

#include <algorithm>
#include <deque>

namespace pkg {

std::vector<ResolutionGraph::Edge> ResolutionGraph::root_edges(const Scope& scope) const {
    std::vector<Edge> edges;
    for (const RootRequirement& root : request_.roots) {
        MarkerTree marker = root.condition;
        if (request_.target) {
            if (!root.requirement.marker.evaluate(request_.target->markers)) continue;
        } else {
            marker = marker & MarkerTree::of(root.requirement.marker).without_extras() & scope.marker;
        }
        if (marker.is_never()) continue;
        edges.push_back({packages_.intern(root.requirement.key), marker});
        for (const std::string& extra : root.requirement.extra_keys())
            edges.push_back({packages_.intern(root.requirement.key, extra), marker});
    }
    return edges;
}

base::Result<void> ResolutionGraph::add_fork(const Scope& scope, const std::vector<std::pair<PackageId, Version>>& solution) {
    std::unordered_map<PackageId, Version> versions(solution.begin(), solution.end());
    std::unordered_map<PackageId, std::vector<Edge>> edges;
    std::unordered_map<PackageId, MarkerTree> markers;
    edges[kRootPackage] = root_edges(scope);
    markers[kRootPackage] = request_.target ? MarkerTree() : scope.marker;
    // Conditions flow along the edges until none grows; only what something leads to is kept.
    std::deque<PackageId> changed = {kRootPackage};
    while (!changed.empty()) {
        PackageId from = changed.front();
        changed.pop_front();
        auto known = edges.find(from);
        if (known == edges.end()) {
            std::vector<Edge> fresh;
            DependencyList list = TRY(provider_.dependencies(from, versions.at(from), scope));
            for (const Dependency& d : list.dependencies) fresh.push_back({d.package, d.marker});
            known = edges.emplace(from, std::move(fresh)).first;
        }
        for (const Edge& edge : known->second) {
            if (!versions.count(edge.to)) continue;
            MarkerTree reach = markers.at(from) & edge.marker;
            if (reach.is_never()) continue;
            auto [slot, first] = markers.try_emplace(edge.to, reach);
            if (!first) {
                MarkerTree wider = slot->second | reach;
                if (wider == slot->second) continue;
                slot->second = wider;
            }
            changed.push_back(edge.to);
        }
    }
    out_.forks.push_back(scope.marker);
    return join_fork(scope, versions, edges, markers);
}

base::Result<void> ResolutionGraph::join_fork(const Scope& scope, const std::unordered_map<PackageId, Version>& versions,
                                              const std::unordered_map<PackageId, std::vector<Edge>>& edges,
                                              const std::unordered_map<PackageId, MarkerTree>& markers) {
    auto add_edge = [](EdgeMap& map, std::pair<size_t, std::string> key, const MarkerTree& marker) {
        auto [slot, first] = map.try_emplace(std::move(key), marker);
        if (!first) slot->second = slot->second | marker;
    };
    for (const auto& [id, marker] : markers) {
        const PackageNode node = packages_[id];
        EdgeMap* own = &roots_;
        size_t self = SIZE_MAX;
        if (id != kRootPackage) {
            self = TRY(package_index(node.name, versions.at(id), scope));
            ResolvedPackage& package = out_.packages[self];
            package.marker = package.marker | marker;
            bool fresh_extra = !node.extra.empty() &&
                               std::find(package.extras.begin(), package.extras.end(), node.extra) == package.extras.end();
            if (fresh_extra) package.extras.push_back(node.extra);
        }
        for (const Edge& edge : edges.at(id)) {
            auto target = versions.find(edge.to);
            if (target == versions.end() || !markers.count(edge.to)) continue;
            const PackageNode to = packages_[edge.to];
            if (id != kRootPackage && to.name == node.name && to.extra.empty()) continue;  // an extra's own project
            size_t index = TRY(package_index(to.name, target->second, scope));
            MarkerTree condition = request_.target ? edge.marker : edge.marker & scope.marker;
            if (condition.is_never()) continue;
            if (!node.extra.empty()) condition = condition & MarkerTree::extra(node.extra);
            own = id == kRootPackage ? &roots_ : &dependencies_[self];
            add_edge(*own, {index, to.extra}, condition);
        }
    }
    return {};
}

// What an index says of a whole project (PEP 792); of quarantined ones it gives nothing.
static std::string status_warning(const Project& project) {
    if (project.status != "archived" && project.status != "deprecated") return "";
    std::string why = project.status_reason.empty() ? "" : ": " + project.status_reason;
    std::string what = project.status == "archived" ? " is archived, no update is to be expected" : " is deprecated";
    return "`" + project.name + "`" + what + why;
}

base::Result<size_t> ResolutionGraph::package_index(const std::string& name, const Version& version, const Scope& scope) {
    const ProjectSource& source = scope.source(name);
    auto [slot, fresh] = index_.try_emplace({name, version, source.url + source.index}, out_.packages.size());
    if (!fresh) return slot->second;
    size_t index = slot->second;
    ResolvedPackage package;
    package.name = name;
    package.version = version;
    package.marker = MarkerTree::never();
    const ProjectView* view = TRY(provider_.view(name, scope));
    package.url = view->url;
    package.index = source.index;
    if (view->project) provider_.note(status_warning(*view->project));
    if (view->direct) package.direct = TRY(provider_.direct_info(name, view->url));
    if (const Candidate* candidate = provider_.candidate(name, version, scope)) {
        package.release = candidate->release;
        if (candidate->blocked == Blocked::Yanked)
            provider_.note("`" + name + "` " + version.text() + " " + (candidate->why.empty() ? "was yanked" : candidate->why));
    }
    package.metadata = TRY(provider_.metadata(name, version, scope));
    out_.packages.push_back(std::move(package));
    dependencies_.emplace_back();
    return index;
}

std::vector<ResolvedDependency> ResolutionGraph::merged(const EdgeMap& edges, const MarkerTree& context) const {
    std::vector<ResolvedDependency> out;
    for (const auto& [key, written] : edges) {
        MarkerTree marker = written.assuming(context);
        auto same = std::find_if(out.begin(), out.end(), [&, target = key.first](const ResolvedDependency& d) {
            return d.package == target && d.marker == marker;
        });
        if (same == out.end()) {
            out.push_back({key.first, {}, marker});
            same = out.end() - 1;
        }
        if (!key.second.empty()) same->extras.push_back(key.second);
    }
    return out;
}

base::Result<Resolution> ResolutionGraph::finish() {
    MarkerTree everywhere = request_.target ? MarkerTree() : MarkerTree::never();
    if (!request_.target)
        for (const MarkerTree& fork : out_.forks) everywhere = everywhere | fork;
    // Sorted by name, version and source; indexes in edges follow.
    std::vector<size_t> order(out_.packages.size()), place(out_.packages.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const ResolvedPackage &x = out_.packages[a], &y = out_.packages[b];
        if (x.name != y.name) return x.name < y.name;
        if (x.version != y.version) return x.version < y.version;
        return x.url + x.index < y.url + y.index;
    });
    for (size_t i = 0; i < order.size(); i++) place[order[i]] = i;
    auto moved = [&](const EdgeMap& edges) {
        EdgeMap out;
        for (const auto& [key, marker] : edges) out.emplace(std::pair(place[key.first], key.second), marker);
        return out;
    };
    std::vector<ResolvedPackage> sorted;
    for (size_t i : order) {
        ResolvedPackage package = std::move(out_.packages[i]);
        package.dependencies = merged(moved(dependencies_[i]), package.marker);
        package.marker = package.marker.assuming(everywhere);
        std::sort(package.extras.begin(), package.extras.end());
        sorted.push_back(std::move(package));
    }
    out_.packages = std::move(sorted);
    out_.roots = merged(moved(roots_), everywhere);
    return std::move(out_);
}

}  // namespace pkg
