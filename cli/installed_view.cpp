// Reading and tabulating what is installed.
#include "cli/installed_view.h"

#include <algorithm>

#include "base/text.h"

namespace cli {

void print_columns(const Context& context, const std::vector<std::vector<std::string>>& rows) {
    std::vector<size_t> widths;
    for (const std::vector<std::string>& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (size_t i = 0; i < row.size(); i++)
            widths[i] = std::max(widths[i], base::code_points(row[i]));
    }
    for (size_t n = 0; n < rows.size(); n++) {
        std::string line, rule;
        for (size_t i = 0; i < rows[n].size(); i++) {
            bool last = i + 1 == rows[n].size();
            line += rows[n][i] + (last ? "" : std::string(widths[i] - base::code_points(rows[n][i]) + 1, ' '));
            rule += std::string(widths[i], '-') + (last ? "" : " ");
        }
        context.out(line + "\n" + (n == 0 ? rule + "\n" : ""));
    }
}

base::Result<std::vector<pkg::InstalledDist>> installed_here(Context& context, const Place& place) {
    std::vector<std::string> problems;
    std::vector<pkg::InstalledDist> all = TRY(pkg::list_installed(place.site, &problems));
    for (const std::string& problem : problems)
        context.warn(problem);
    return all;
}

base::Result<std::vector<pkg::InstalledDist>> installed_in(Context& context, const PlaceOptions& options,
                                                           const std::vector<std::string>& paths, Place& place) {
    if (paths.empty()) {
        place = TRY(find_place(context, options));
        return installed_here(context, place);
    }
    std::vector<pkg::InstalledDist> all;
    for (const std::string& path : paths) {
        PlaceOptions one = options;
        one.target = path;
        place = TRY(find_place(context, one));
        for (pkg::InstalledDist& dist : TRY(installed_here(context, place)))
            all.push_back(std::move(dist));
    }
    return all;
}

std::vector<std::string> required_names(const pkg::Metadata& metadata, const pkg::Target& target) {
    std::vector<std::string> out;
    for (const pkg::Requirement& requirement : metadata.requires_dist) {
        if (requirement.marker.evaluate(target.markers) &&
            std::find(out.begin(), out.end(), requirement.name) == out.end())
            out.push_back(requirement.name);
    }
    std::sort(out.begin(), out.end(),
              [](const std::string& a, const std::string& b) { return base::lower(a) < base::lower(b); });
    return out;
}

}  // namespace cli
