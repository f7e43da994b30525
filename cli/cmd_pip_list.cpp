// adder pip list, freeze and show
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/frozen_requirement.h"
#include "cli/installed_view.h"
#include "cli/pages.h"
#include "pkg/install/plan.h"
#include "pkg/name.h"

namespace cli {

namespace {

// One row of the list; the last two are known with --outdated and --uptodate.
struct Listed {
    pkg::InstalledDist dist;
    std::string latest, latest_type;
};

void print_list_json(const Context& context, const std::vector<Listed>& rows, bool verbose) {
    base::JsonWriter json;
    json.begin_array();
    for (const Listed& row : rows) {
        json.begin_object().member("name", row.dist.name).member("version", row.dist.version_text);
        if (verbose) json.member("location", row.dist.location).member("installer", row.dist.installer);
        if (!row.latest.empty()) json.member("latest_version", row.latest).member("latest_filetype", row.latest_type);
        if (!row.dist.editable_location.empty()) json.member("editable_project_location", row.dist.editable_location);
        json.end_object();
    }
    context.out(json.end_array().text() + "\n");
}

void print_list_columns(const Context& context, const std::vector<Listed>& all, bool verbose) {
    if (all.empty()) return;
    auto any = [&](auto has) { return std::any_of(all.begin(), all.end(), has); };
    bool places = any([](const Listed& row) { return !row.dist.editable_location.empty(); });
    bool latest = any([](const Listed& row) { return !row.latest.empty(); });
    std::vector<std::vector<std::string>> rows = {{"Package", "Version"}};
    auto more = [&](const std::vector<std::string>& cells) {
        rows.back().insert(rows.back().end(), cells.begin(), cells.end());
    };
    if (latest) more({"Latest", "Type"});
    if (places) more({"Editable project location"});
    if (verbose) more({"Location", "Installer"});
    for (const Listed& row : all) {
        rows.push_back({row.dist.name, row.dist.version_text});
        if (latest) more({row.latest, row.latest_type});
        if (places) more({row.dist.editable_location});
        if (verbose) more({row.dist.location, row.dist.installer});
    }
    print_columns(context, rows);
}

// What an index has for each; the rows that are (not) behind it stay.
base::Result<void> compare_with_index(Context& context, const pkg::Target& target, bool pre, bool outdated,
                                      std::vector<Listed>& rows) {
    pkg::PackageIndex index(index_settings(context, nullptr), context.cache(), nullptr);
    for (const Listed& row : rows)
        index.prefetch_project(row.dist.key);
    std::vector<Listed> kept;
    for (Listed& row : rows) {
        const pkg::Project* project = TRY(index.project(row.dist.key));
        const pkg::DistFile* newest = nullptr;
        for (auto release = project->releases.rbegin(); release != project->releases.rend() && !newest; ++release) {
            bool unfinished = release->version.is_prerelease() && !pre && !row.dist.version.is_prerelease();
            if (!unfinished && !release->yanked()) newest = pkg::choose_file(*release, target);
        }
        if (!newest || (newest->version > row.dist.version) != outdated) continue;
        row.latest = newest->version.text();
        row.latest_type = newest->kind == pkg::FileKind::Wheel ? "wheel" : "sdist";
        if (!outdated) row.latest.clear();
        kept.push_back(std::move(row));
    }
    rows = std::move(kept);
    return {};
}

// Leaves those out that another distribution requires.
void keep_not_required(const pkg::Target& target, const std::vector<pkg::InstalledDist>& all,
                       std::vector<Listed>& rows) {
    std::vector<std::string> required;
    for (const pkg::InstalledDist& dist : all) {
        base::Result<pkg::Metadata> metadata = pkg::installed_metadata(dist);
        if (!metadata.ok()) continue;  // a package nobody can read requires nothing that can be told
        for (const std::string& name : required_names(*metadata, target))
            required.push_back(pkg::normalize_name(name));
    }
    auto needed = [&](const Listed& row) {
        return std::find(required.begin(), required.end(), row.dist.key) != required.end();
    };
    rows.erase(std::remove_if(rows.begin(), rows.end(), needed), rows.end());
}

}  // namespace

// adder pip list [--format columns|freeze|json] [--outdated] [--editable] [--exclude NAME]
base::Result<int> cmd_pip_list(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    place_options.access = Access::Read;
    std::string format = "columns";
    std::vector<std::string> exclude, paths;
    bool editable = false, no_editable = false, outdated = false, current = false, pre = false, not_required = false;
    bool local = false, with_editable = false;
    Options options("pip list", kPagePipList);
    options.value(format, "--format", "FORMAT", "columns, freeze or json");
    options.flag(outdated, "-o,--outdated", "packages of which an index has a newer version");
    options.flag(current, "-u,--uptodate", "packages of which no index has a newer version");
    options.flag(pre, "--pre", "consider pre-releases");
    options.flag(not_required, "--not-required", "packages that no other one requires");
    options.flag(editable, "-e,--editable", "editable installs only");
    options.flag(no_editable, "--exclude-editable", "no editable installs");
    options.flag(with_editable, "--include-editable", "accepted, without effect");
    options.flag(local, "-l,--local", "accepted, without effect: an environment's own packages are what is listed");
    options.values(exclude, "--exclude", "NAME", "leave this package out");
    options.values(paths, "--path", "DIR", "what is installed in this directory");
    place_options.declare(options);
    context.add_source_options(options);
    context.add_output_options(options);
    context.add_pip_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip list").get()))) return 0;
    if (context.json) format = "json";
    if (format != "columns" && format != "freeze" && format != "json")
        return base::Error(base::ErrorKind::Usage,
                           "`" + format + "` is no format; choose from columns, freeze and json");
    if (outdated && current) return base::Error(base::ErrorKind::Usage, "--outdated and --uptodate exclude each other");
    if (outdated && format == "freeze")
        return base::Error(base::ErrorKind::Usage, "--outdated has more to tell than the format `freeze` can");
    Place place;
    std::vector<pkg::InstalledDist> all = TRY(installed_in(context, place_options, paths, place));
    std::vector<Listed> rows;
    for (const pkg::InstalledDist& dist : all) {
        bool named = std::any_of(exclude.begin(), exclude.end(),
                                 [&](const std::string& name) { return pkg::normalize_name(name) == dist.key; });
        bool hidden =
            named || (editable && dist.editable_location.empty()) || (no_editable && !dist.editable_location.empty());
        if (!hidden) rows.push_back({dist, "", ""});
    }
    if (not_required) keep_not_required(place.target, all, rows);
    if (outdated || current) TRY(compare_with_index(context, place.target, pre, outdated, rows));
    if (format == "json") {
        print_list_json(context, rows, context.verbose);
    } else if (format == "columns") {
        print_list_columns(context, rows, context.verbose);
    } else {
        for (const Listed& row : rows)
            context.out(row.dist.name + "==" + row.dist.version_text + "\n");
    }
    return 0;
}

// adder pip freeze [--all] [--exclude NAME]
base::Result<int> cmd_pip_freeze(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    place_options.access = Access::Read;
    std::vector<std::string> exclude, paths;
    bool all_packages = false, no_editable = false, local = false;
    Options options("pip freeze", kPagePipFreeze);
    options.flag(all_packages, "--all", "pip, setuptools and wheel as well");
    options.flag(no_editable, "--exclude-editable", "no editable installs");
    options.flag(local, "-l,--local", "accepted, without effect: an environment's own packages are what is listed");
    options.values(exclude, "--exclude", "NAME", "leave this package out");
    options.values(paths, "--path", "DIR", "what is installed in this directory");
    place_options.declare(options);
    context.add_output_options(options);
    context.add_pip_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip freeze").get()))) return 0;
    for (std::string& name : exclude)
        name = pkg::normalize_name(name);
    if (!all_packages) exclude.insert(exclude.end(), {"pip", "setuptools", "wheel", "distribute"});
    Place place;
    std::vector<Listed> rows;
    for (const pkg::InstalledDist& dist : TRY(installed_in(context, place_options, paths, place))) {
        bool hidden = std::find(exclude.begin(), exclude.end(), dist.key) != exclude.end() ||
                      (no_editable && !dist.editable_location.empty());
        if (!hidden) rows.push_back({dist, "", ""});
    }
    if (context.json) print_list_json(context, rows, context.verbose);
    for (const Listed& row : context.json ? std::vector<Listed>{} : rows)
        context.out(frozen_requirement(context, row.dist) + "\n");
    return 0;
}

}  // namespace cli
