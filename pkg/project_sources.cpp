// Dividing requirements by sources.
#include "pkg/project_sources.h"

#include "pkg/marker_tree.h"
#include "pkg/source/git.h"

namespace pkg {

// The direct reference that a source of [tool.adder.sources] stands for.
static std::string source_url(const SourceSetting& source) {
    std::string revision = source.rev + source.tag + source.branch;
    std::string url = source.url;
    if (!source.path.empty()) url = "file:" + source.path;
    if (!source.git.empty()) url = (is_vcs_url(source.git) ? "" : "git+") + source.git + (revision.empty() ? "" : "@" + revision);
    if (source.subdirectory.empty()) return url;
    return url + (url.find('#') == std::string::npos ? "#" : "&") + "subdirectory=" + source.subdirectory;
}

std::vector<SourcedRequirement> apply_sources(const Requirement& requirement, const std::vector<SourceSetting>& sources) {
    std::vector<SourcedRequirement> out;
    MarkerTree rest = MarkerTree::of(requirement.marker);
    bool divided = false;
    auto add = [&](Requirement one, const MarkerTree& where, const SourceSetting* source) {
        if (where.is_never()) return;
        if (divided) one.marker = where.is_always() ? Marker() : MUST(parse_marker(where.text()));
        out.push_back({std::move(one), source ? source->index : "", source && source->editable});
    };
    for (const SourceSetting& source : sources) {
        if (source.package != requirement.key) continue;
        MarkerTree holds = MarkerTree::of(source.marker);
        if (!source.extra.empty()) holds = holds & MarkerTree::extra(source.extra);
        Requirement one = requirement;
        if (source.index.empty()) {
            one.url = source_url(source);
            one.specifier = SpecifierSet();
        }
        divided = divided || !rest.implies(holds);
        add(std::move(one), rest & holds, &source);
        rest = rest & !holds;
    }
    add(requirement, rest, nullptr);
    return out;
}

}  // namespace pkg
