// The nodes of a resolution: the root, projects, and projects with one extra.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/resolver/pubgrub.h"

namespace pkg {

struct PackageNode {
    std::string name;   // normalised; empty for the root
    std::string extra;  // normalised; empty for the project itself
};

class PackageTable {
  public:
    PackageTable() { nodes_.push_back({}); }
    PackageId intern(const std::string& name, const std::string& extra = {}) {
        auto [found, fresh] = ids_.try_emplace({name, extra}, static_cast<PackageId>(nodes_.size()));
        if (fresh) nodes_.push_back({name, extra});
        return found->second;
    }
    const PackageNode& operator[](PackageId id) const { return nodes_[id]; }
    size_t size() const { return nodes_.size(); }

  private:
    std::vector<PackageNode> nodes_;
    std::map<std::pair<std::string, std::string>, PackageId> ids_;
};

}  // namespace pkg
