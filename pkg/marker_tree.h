// Markers as canonical decision diagrams: equal conditions are equal trees. Pure values that share nodes.
// python_version is expressed through python_full_version (Python's own pre-releases count as their release).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/marker.h"
#include "pkg/version_set.h"

namespace pkg {

struct MarkerNode;
using MarkerRef = std::shared_ptr<const MarkerNode>;

class MarkerTree {
  public:
    MarkerTree();  // always true
    static MarkerTree always() { return MarkerTree(); }
    static MarkerTree never();
    static MarkerTree of(const Marker& marker);
    static MarkerTree extra(std::string_view normalized);            // extra == 'x'
    static MarkerTree python(const VersionSet& versions);            // python_full_version in the set
    static MarkerTree set_member(MarkerVariable variable, std::string_view name);  // 'x' in extras | dependency_groups

    bool is_always() const;
    bool is_never() const;
    MarkerTree operator&(const MarkerTree& other) const;
    MarkerTree operator|(const MarkerTree& other) const;
    MarkerTree operator!() const;
    bool operator==(const MarkerTree& other) const;
    bool disjoint(const MarkerTree& other) const;
    bool implies(const MarkerTree& other) const;
    size_t hash() const;

    bool evaluate(const MarkerEnvironment& environment, const std::vector<std::string>& extras = {},
                  const std::vector<std::string>& groups = {}) const;
    // The condition with `extra` decided: those in `extras` true, all others false.
    MarkerTree with_extras(const std::vector<std::string>& extras) const;
    MarkerTree without_extras() const { return with_extras({}); }
    bool mentions_extra() const;
    // The condition with `… in extras` and `… in dependency_groups` decided the same way.
    MarkerTree with_sets(const std::vector<std::string>& extras, const std::vector<std::string>& groups) const;
    // The Python versions for which some environment satisfies the tree.
    VersionSet python_versions() const;
    // Weakest condition that agrees with this one wherever `context` holds (for printing inside that context).
    MarkerTree assuming(const MarkerTree& context) const;
    // Shortest text we know: "" when always true, `python_version < '0'` when never.
    std::string text() const;

    const MarkerRef& root() const { return root_; }
    explicit MarkerTree(MarkerRef root) : root_(std::move(root)) {}

  private:
    MarkerRef root_;
};

}  // namespace pkg
