// adder pip inspect: pip's inspection report, version 1 (metadata as PEP 566 turns them into JSON).
#include <algorithm>

#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/installed_view.h"
#include "cli/pages.h"

namespace cli {

namespace {

// The fields in the order in which pip writes them; those that may stand several times are lists.
constexpr std::string_view kOnce[] = {"metadata-version", "name",         "version",
                                      "summary",          "description",  "description-content-type",
                                      "keywords",         "home-page",    "download-url",
                                      "author",           "author-email", "maintainer",
                                      "maintainer-email", "license",      "license-expression",
                                      "requires-python"};
constexpr std::string_view kSeveral[] = {"dynamic",        "platform",      "supported-platform", "license-file",
                                         "classifier",     "requires-dist", "requires-external",  "project-url",
                                         "provides-extra", "provides-dist", "obsoletes-dist",     "requires",
                                         "provides",       "obsoletes"};

void add_metadata(base::JsonWriter& json, const pkg::RawHeaders& headers) {
    auto key = [](std::string_view field) { return base::replace_all(field, "-", "_"); };
    json.begin_object();
    for (std::string_view field : kOnce) {
        const std::string* value = headers.find(field);
        if (field == "description" && !value && headers.has_body) value = &headers.body;
        if (!value || *value == "UNKNOWN") continue;
        if (field != "keywords") {
            json.member(key(field), *value);
            continue;
        }
        json.key("keywords").begin_array();
        std::string text = base::replace_all(*value, ",", " ");
        for (std::string_view word : base::split_words(text))
            json.string(word);
        json.end_array();
    }
    for (std::string_view field : kSeveral) {
        std::vector<std::string> values = headers.all(field);
        if (values.empty()) continue;
        json.key(key(field)).begin_array();
        for (const std::string& value : values)
            json.string(value);
        json.end_array();
    }
    json.end_object();
}

void add_dist(base::JsonWriter& json, const pkg::InstalledDist& dist, const pkg::RawHeaders& headers) {
    json.begin_object().key("metadata");
    add_metadata(json, headers);
    json.member("metadata_location", dist.path);
    base::Result<base::JsonDocument> direct = base::parse_json(dist.direct_url.empty() ? "null" : dist.direct_url);
    if (!dist.direct_url.empty() && direct.ok()) {
        json.key("direct_url").raw(direct->root().text());
    } else if (!dist.editable_location.empty()) {
        json.member("editable_project_location", dist.editable_location);
    }
    if (!dist.installer.empty()) json.member("installer", dist.installer);
    if (dist.kind == pkg::InstalledKind::DistInfo) json.key("requested").boolean(dist.requested);
    json.end_object();
}

}  // namespace

// adder pip inspect [--path DIR]
base::Result<int> cmd_pip_inspect(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    place_options.access = Access::Read;
    std::vector<std::string> paths;
    bool local = false;
    Options options("pip inspect", kPagePipInspect);
    options.flag(local, "--local", "accepted, without effect: an environment's own packages are what is shown");
    options.values(paths, "--path", "DIR", "what is installed in this directory");
    place_options.declare(options);
    context.add_output_options(options);
    context.add_pip_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip inspect").get()))) return 0;
    Place place;
    std::vector<pkg::InstalledDist> all = TRY(installed_in(context, place_options, paths, place));
    base::JsonWriter json(2);
    json.begin_object().member("version", "1").member("pip_version", "23.0.1").key("installed").begin_array();
    for (const pkg::InstalledDist& dist : all) {
        std::string text = TRY(base::read_file(dist.metadata_path()));
        base::Result<pkg::RawHeaders> headers = pkg::parse_headers(text);
        if (!headers.ok()) {
            context.warn("`" + dist.metadata_path() + "`: " + headers.error().message);
            continue;
        }
        add_dist(json, dist, *headers);
    }
    json.end_array().key("environment").begin_object();
    for (size_t i = 0; i < pkg::kMarkerVariableCount; i++) {
        auto variable = static_cast<pkg::MarkerVariable>(i);
        if (pkg::marker_variable_kind(variable) == pkg::MarkerKind::Text ||
            pkg::marker_variable_kind(variable) == pkg::MarkerKind::Version)
            json.member(pkg::marker_variable_name(variable), place.target.markers[variable]);
    }
    context.out(json.end_object().end_object().text() + "\n");
    return 0;
}

}  // namespace cli
