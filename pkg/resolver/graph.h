// From solved forks to one result: nodes of equal name, version and source join, edges keep their markers, and each package
// gets the condition under which something leads to it.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pkg/resolver/provider.h"
#include "pkg/resolver/resolver.h"

namespace pkg {

class ResolutionGraph {
  public:
    ResolutionGraph(const ResolveRequest& request, PackageTable& packages, Provider& provider)
        : request_(request), packages_(packages), provider_(provider) {}

    base::Result<void> add_fork(const Scope& scope, const std::vector<std::pair<PackageId, Version>>& solution);
    base::Result<Resolution> finish();

  private:
    struct Edge {
        PackageId to;
        MarkerTree marker;
    };
    using EdgeMap = std::map<std::pair<size_t, std::string>, MarkerTree>;  // (package, extra) → where

    base::Result<size_t> package_index(const std::string& name, const Version& version, const Scope& scope);
    base::Result<void> join_fork(const Scope& scope, const std::unordered_map<PackageId, Version>& versions,
                                 const std::unordered_map<PackageId, std::vector<Edge>>& edges,
                                 const std::unordered_map<PackageId, MarkerTree>& markers);
    std::vector<Edge> root_edges(const Scope& scope) const;
    std::vector<ResolvedDependency> merged(const EdgeMap& edges, const MarkerTree& context) const;

    const ResolveRequest& request_;
    PackageTable& packages_;
    Provider& provider_;
    Resolution out_;
    std::map<std::tuple<std::string, Version, std::string>, size_t> index_;  // by name, version and stated source
    std::vector<EdgeMap> dependencies_;  // as out_.packages
    EdgeMap roots_;
};

}  // namespace pkg
