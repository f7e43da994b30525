// Following what extras and groups include.
#include "pkg/lock/project_sets.h"

#include <algorithm>

#include "base/text.h"

namespace pkg {

static const std::string kExtra = "extra:", kGroup = "group:";

static void follow(const Manifest& manifest, const std::string& item, std::set<std::string>& seen) {
    if (!seen.insert(item).second) return;
    std::string name = item.substr(kExtra.size());
    auto own_extras = [&](const Requirement& requirement) {
        if (!manifest.has_project || requirement.key != manifest.key()) return;
        for (const std::string& extra : requirement.extra_keys()) follow(manifest, kExtra + extra, seen);
    };
    if (item.starts_with(kGroup)) {
        const DependencyGroup* group = manifest.group(name);
        if (!group) return;
        for (const GroupItem& entry : group->items) {
            if (entry.dependency) own_extras(entry.dependency->requirement);
            if (!entry.include.empty()) follow(manifest, kGroup + entry.include, seen);
        }
        return;
    }
    for (const auto& extra : manifest.project.optional_dependencies)
        if (extra.first == name)
            for (const Dependency508& dependency : extra.second) own_extras(dependency.requirement);
}

std::set<std::string> brought_along(const Manifest& manifest, const std::string& item) {
    std::set<std::string> seen;
    follow(manifest, item, seen);
    return seen;
}

MarkerTree asked_for(const Manifest& manifest, const std::string& item) {
    MarkerTree where = MarkerTree::never();
    for (const auto& extra : manifest.project.optional_dependencies)
        if (brought_along(manifest, kExtra + extra.first).count(item)) where = where | MarkerTree::set_member(MarkerVariable::Extras, extra.first);
    for (const DependencyGroup& group : manifest.groups)
        if (brought_along(manifest, kGroup + group.name).count(item)) where = where | MarkerTree::set_member(MarkerVariable::DependencyGroups, group.name);
    return where;
}

base::Result<void> check_conflicts(const Manifest& manifest, const std::vector<std::string>& extras, const std::vector<std::string>& groups) {
    std::set<std::string> chosen;
    for (const std::string& extra : extras) chosen.merge(brought_along(manifest, kExtra + extra));
    for (const std::string& group : groups) chosen.merge(brought_along(manifest, kGroup + group));
    for (const std::vector<std::string>& set : manifest.tool.conflicts) {
        std::vector<std::string> both;
        for (const std::string& item : set)
            if (chosen.count(item)) both.push_back(base::replace_all(item, ":", " `") + "`");
        if (both.size() < 2) continue;
        return base::Error(base::ErrorKind::Usage, base::join(both, " and ") + " cannot be installed together: they are declared in [tool.adder] conflicts");
    }
    return {};
}

}  // namespace pkg
