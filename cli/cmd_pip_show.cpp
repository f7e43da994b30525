// adder pip show
#include <algorithm>

#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/installed_view.h"
#include "cli/pages.h"
#include "pkg/name.h"

namespace cli {

namespace {

struct Shown {
    const pkg::InstalledDist* dist;
    pkg::Metadata metadata;
    std::vector<std::string> required_by, files;
    bool has_files = false;
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
        out += shown.has_files ? "Files:\n" : "Files:\nCannot locate RECORD or installed-files.txt\n";
        for (const std::string& file : shown.files)
            out += "  " + file + "\n";
    }
    context.out(out);
}

void print_shown_json(const Context& context, const std::vector<Shown>& all, const pkg::Target& target,
                      bool with_files) {
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
        json.end_array();
        if (with_files) json.key("files").begin_array();
        for (const std::string& file : with_files ? shown.files : std::vector<std::string>{})
            json.string(file);
        if (with_files) json.end_array();
        json.end_object();
    }
    context.out(json.end_array().text() + "\n");
}

}  // namespace

// adder pip show [--files] NAME…
base::Result<int> cmd_pip_show(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    place_options.access = Access::Read;
    std::vector<std::string> names;
    bool files = false;
    Options options("pip show", kPagePipShow);
    options.arguments(names, "name", "packages to show", Presence::Required);
    options.flag(files, "-f,--files", "with the installed files");
    place_options.declare(options);
    context.add_output_options(options);
    context.add_pip_options(options);
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
        Shown shown{dist, {}, {}, {}};
        shown.metadata = TRY(pkg::installed_metadata(*dist));
        for (const pkg::InstalledDist& other : all) {
            base::Result<pkg::Metadata> metadata = pkg::installed_metadata(other);
            if (!metadata.ok()) continue;  // a package nobody can read requires nothing that can be told
            for (const std::string& required : required_names(*metadata, place.target)) {
                if (pkg::normalize_name(required) == dist->key) shown.required_by.push_back(other.name);
            }
        }
        std::vector<std::string> remarks;
        base::Result<pkg::InstalledFiles> own = pkg::installed_files(place.site, *dist, remarks);
        shown.has_files = own.ok();
        for (const std::string& path : own.ok() ? own->paths : std::vector<std::string>{})
            // A RECORD names a few files that need not be there.
            if (base::path_exists(place.site.prefix + "/" + path))
                shown.files.push_back(base::relative_path(place.site.prefix + "/" + path, dist->location));
        std::sort(shown.files.begin(), shown.files.end());
        found.push_back(std::move(shown));
    }
    if (found.empty()) return base::Error(base::ErrorKind::NotHolding, "none of these packages is installed");
    if (context.json) {
        print_shown_json(context, found, place.target, files);
        return 0;
    }
    for (size_t i = 0; i < found.size(); i++) {
        if (i) context.out("---\n");
        print_shown(context, found[i], place.target, files);
    }
    return 0;
}

}  // namespace cli
