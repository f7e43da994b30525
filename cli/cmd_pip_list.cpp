// adder pip list, freeze and show
#include <algorithm>

#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/target.h"
#include "pkg/direct_url.h"
#include "pkg/install/installed.h"
#include "pkg/name.h"

namespace cli {

namespace {

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

// The distribution as a requirement that brings it back.
std::string frozen(const pkg::InstalledDist& dist) {
    if (!dist.editable_location.empty()) return "-e " + dist.editable_location;
    base::Result<pkg::DirectUrl> direct = pkg::parse_direct_url(dist.direct_url.empty() ? "{}" : dist.direct_url);
    if (dist.direct_url.empty() || !direct.ok()) return dist.name + "==" + dist.version_text;
    std::string url = direct->vcs.empty() ? direct->url : direct->vcs + "+" + direct->url + "@" + direct->commit_id;
    std::string fragment;
    if (!direct->hashes.empty() && direct->vcs.empty())
        fragment = direct->hashes[0].first + "=" + direct->hashes[0].second;
    if (!direct->subdirectory.empty())
        fragment += (fragment.empty() ? "" : "&") + std::string("subdirectory=") + direct->subdirectory;
    return dist.name + " @ " + url + (fragment.empty() ? "" : "#" + fragment);
}

void print_list_json(const Context& context, const std::vector<pkg::InstalledDist>& all) {
    base::JsonWriter json;
    json.begin_array();
    for (const pkg::InstalledDist& dist : all) {
        json.begin_object().member("name", dist.name).member("version", dist.version_text);
        if (!dist.editable_location.empty()) json.member("editable_project_location", dist.editable_location);
        json.end_object();
    }
    context.out(json.end_array().text() + "\n");
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

struct Shown {
    const pkg::InstalledDist* dist;
    pkg::Metadata metadata;
    std::vector<std::string> required_by, files;
};

void print_shown(const Context& context, const Shown& shown, const pkg::Target& target, bool with_files) {
    const pkg::Metadata& m = shown.metadata;
    std::string home = m.home_page;
    for (const auto& [label, url] : m.project_urls) {
        if (home.empty() && base::lower(base::replace_all(label, "-", "")) == "homepage") home = url;
    }
    std::string license = m.license_expression.empty() ? m.license : m.license_expression;
    std::string out = "Name: " + m.name + "\nVersion: " + shown.dist->version_text + "\nSummary: " + m.summary +
                      "\nHome-page: " + home + "\nAuthor: " + m.author + "\nAuthor-email: " + m.author_email +
                      "\nLicense: " + license + "\nLocation: " + shown.dist->location + "\n";
    if (!shown.dist->editable_location.empty())
        out += "Editable project location: " + shown.dist->editable_location + "\n";
    out += "Requires: " + base::join(required_names(m, target), ", ") +
           "\nRequired-by: " + base::join(shown.required_by, ", ") + "\n";
    if (with_files) {
        out += "Files:\n";
        for (const std::string& file : shown.files)
            out += "  " + file + "\n";
    }
    context.out(out);
}

void print_shown_json(const Context& context, const std::vector<Shown>& all, const pkg::Target& target) {
    base::JsonWriter json(2);
    json.begin_array();
    for (const Shown& shown : all) {
        json.begin_object()
            .member("name", shown.metadata.name)
            .member("version", shown.dist->version_text)
            .member("summary", shown.metadata.summary);
        json.member("location", shown.dist->location)
            .member("installer", shown.dist->installer)
            .key("requires")
            .begin_array();
        for (const std::string& name : required_names(shown.metadata, target))
            json.string(name);
        json.end_array().key("required_by").begin_array();
        for (const std::string& name : shown.required_by)
            json.string(name);
        json.end_array().end_object();
    }
    context.out(json.end_array().text() + "\n");
}

base::Result<std::vector<pkg::InstalledDist>> installed_here(Context& context, const Place& place) {
    std::vector<std::string> problems;
    std::vector<pkg::InstalledDist> all = TRY(pkg::list_installed(place.site, &problems));
    for (const std::string& problem : problems)
        context.warn(problem);
    return all;
}

}  // namespace

// adder pip list [--format columns|freeze|json] [--editable] [--exclude NAME]
base::Result<int> cmd_pip_list(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    std::string format = "columns";
    std::vector<std::string> exclude;
    bool editable = false, no_editable = false;
    Options options("pip list", kPagePipList);
    options.value(format, "--format", "FORMAT", "columns, freeze or json");
    options.flag(editable, "-e,--editable", "editable installs only");
    options.flag(no_editable, "--exclude-editable", "no editable installs");
    options.values(exclude, "--exclude", "NAME", "leave this package out");
    place_options.declare(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip list").get()))) return 0;
    Place place = TRY(find_place(context, place_options));
    std::vector<pkg::InstalledDist> all = TRY(installed_here(context, place));
    auto hidden = [&](const pkg::InstalledDist& dist) {
        bool named = std::any_of(exclude.begin(), exclude.end(),
                                 [&](const std::string& name) { return pkg::normalize_name(name) == dist.key; });
        return named || (editable && dist.editable_location.empty()) ||
               (no_editable && !dist.editable_location.empty());
    };
    all.erase(std::remove_if(all.begin(), all.end(), hidden), all.end());
    if (context.json || format == "json") {
        print_list_json(context, all);
    } else if (format == "freeze") {
        for (const pkg::InstalledDist& dist : all)
            context.out(dist.name + "==" + dist.version_text + "\n");
    } else if (format != "columns") {
        return base::Error(base::ErrorKind::Usage,
                           "`" + format + "` is no format; choose from columns, freeze and json");
    } else if (!all.empty()) {
        bool places =
            std::any_of(all.begin(), all.end(), [](const auto& dist) { return !dist.editable_location.empty(); });
        std::vector<std::vector<std::string>> rows = {{"Package", "Version"}};
        if (places) rows[0].push_back("Editable project location");
        for (const pkg::InstalledDist& dist : all) {
            rows.push_back({dist.name, dist.version_text});
            if (places) rows.back().push_back(dist.editable_location);
        }
        print_columns(context, rows);
    }
    return 0;
}

// adder pip freeze [--all] [--exclude NAME]
base::Result<int> cmd_pip_freeze(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    std::vector<std::string> exclude;
    bool all_packages = false, no_editable = false;
    Options options("pip freeze", kPagePipFreeze);
    options.flag(all_packages, "--all", "pip, setuptools and wheel as well");
    options.flag(no_editable, "--exclude-editable", "no editable installs");
    options.values(exclude, "--exclude", "NAME", "leave this package out");
    place_options.declare(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip freeze").get()))) return 0;
    Place place = TRY(find_place(context, place_options));
    for (std::string& name : exclude)
        name = pkg::normalize_name(name);
    if (!all_packages) exclude.insert(exclude.end(), {"pip", "setuptools", "wheel", "distribute"});
    std::vector<pkg::InstalledDist> installed = TRY(installed_here(context, place));
    if (context.json) {
        print_list_json(context, installed);
        return 0;
    }
    for (const pkg::InstalledDist& dist : installed) {
        bool hidden = std::find(exclude.begin(), exclude.end(), dist.key) != exclude.end() ||
                      (no_editable && !dist.editable_location.empty());
        if (!hidden) context.out(frozen(dist) + "\n");
    }
    return 0;
}

// adder pip show [--files] NAME…
base::Result<int> cmd_pip_show(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    std::vector<std::string> names;
    bool files = false;
    Options options("pip show", kPagePipShow);
    options.arguments(names, "name", "packages to show", Presence::Required);
    options.flag(files, "-f,--files", "with the installed files");
    place_options.declare(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip show").get()))) return 0;
    Place place = TRY(find_place(context, place_options));
    std::vector<pkg::InstalledDist> all = TRY(installed_here(context, place));
    std::vector<Shown> found;
    for (const std::string& name : names) {
        const pkg::InstalledDist* dist = pkg::find_installed(all, pkg::normalize_name(name));
        if (!dist) {
            context.warn("`" + name + "` is not installed");
            continue;
        }
        Shown shown {
            dist, TRY(pkg::installed_metadata(*dist))
            , {}, {}
        };
        for (const pkg::InstalledDist& other : all) {
            base::Result<pkg::Metadata> metadata = pkg::installed_metadata(other);
            if (!metadata.ok()) continue;  // a package nobody can read requires nothing that can be told
            for (const std::string& required : required_names(*metadata, place.target)) {
                if (pkg::normalize_name(required) == dist->key) shown.required_by.push_back(other.name);
            }
        }
        std::vector<std::string> remarks;
        base::Result<std::vector<std::string>> paths = pkg::installed_files(place.site, *dist, remarks);
        for (const std::string& path : paths.ok() ? *paths : std::vector<std::string>{})
            shown.files.push_back(base::relative_path(place.site.prefix + "/" + path, dist->location));
        std::sort(shown.files.begin(), shown.files.end());
        found.push_back(std::move(shown));
    }
    if (found.empty()) return base::Error(base::ErrorKind::NotHolding, "none of these packages is installed");
    if (context.json) {
        print_shown_json(context, found, place.target);
        return 0;
    }
    for (size_t i = 0; i < found.size(); i++) {
        if (i) context.out("---\n");
        print_shown(context, found[i], place.target, files);
    }
    return 0;
}

}  // namespace cli
