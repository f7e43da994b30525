// adder index add and adder index list: which indexes a project asks.
#include <algorithm>

#include "base/fs.h"
#include "base/json.h"
#include "base/toml.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/target.h"
#include "pkg/direct_url.h"
#include "pkg/index/credentials.h"
#include "pkg/manifest_edit.h"

namespace cli {

// adder index add NAME URL [--default] [--explicit] [--flat] [--priority N]
base::Result<int> cmd_index_add(Context& context, const Arguments& arguments) {
    std::string name, url;
    bool is_default = false, is_explicit = false, flat = false;
    int priority = 0;
    Options options("index add", kPageIndexAdd);
    options.argument(name, "name", "what the project calls it", Presence::Required);
    options.argument(url, "url", "of the simple API, a page of links, or a directory", Presence::Required);
    options.flag(is_default, "--default", "in place of PyPI");
    options.flag(is_explicit, "--explicit", "only for packages that [tool.adder.sources] sends to it");
    options.flag(flat, "--flat", "a directory or page of links, not the simple API");
    options.number(priority, "--priority", "N", "smaller ones are asked first (default: 0)");
    context.add_project_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("index add").get()))) return 0;
    Project project = TRY(find_project(context));
    for (const pkg::IndexSetting& index : project.manifest.tool.indexes) {
        if (index.name == name)
            return base::Error(base::ErrorKind::NotHolding, "pyproject.toml has an index called `" + name + "`: " + base::redact_url(index.url));
        if (is_default && index.is_default)
            return base::Error(base::ErrorKind::NotHolding, "pyproject.toml has a default index: " + base::redact_url(index.url));
    }
    std::string plain = pkg::strip_credentials(url);
    if (plain != url)
        context.warn("user and password were left out: set ADDER_INDEX_" + pkg::index_variable(name) + "_USERNAME and _PASSWORD");
    std::vector<std::pair<std::string, std::string>> keys = {{"name", base::toml_string(name)}, {"url", base::toml_string(plain)}};
    if (is_default) keys.emplace_back("default", "true");
    if (is_explicit) keys.emplace_back("explicit", "true");
    if (flat) keys.emplace_back("format", "\"flat\"");
    if (priority) keys.emplace_back("priority", std::to_string(priority));
    std::string text = TRY(pkg::add_index(project.text, keys));
    // What was written must be readable.
    TRY(pkg::parse_manifest(text, "pyproject.toml"));
    TRY(base::write_file_atomic(project.manifest_path(), text));
    context.note("pyproject.toml names the index " + name + " (" + plain + ")");
    return 0;
}

// adder index list
base::Result<int> cmd_index_list(Context& context, const Arguments& arguments) {
    Options options("index list", kPageIndexList);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("index list").get()))) return 0;
    Project project;
    bool here = has_project(context);
    if (here) project = TRY(find_project(context));
    pkg::IndexSettings settings = index_settings(context, here ? &project.manifest : nullptr);
    base::JsonWriter json;
    std::string text;
    json.begin_object().key("indexes").begin_array();
    for (const pkg::IndexLocation& index : settings.indexes) {
        std::string url = base::redact_url(index.url);
        json.begin_object().member("name", index.name).member("url", url).key("explicit").boolean(index.explicit_only).end_object();
        text += (index.name.empty() ? url : index.name + " " + url) + (index.explicit_only ? " (pinned packages only)" : "") + "\n";
    }
    json.end_array().key("find-links").begin_array();
    for (const std::string& place : settings.find_links) {
        json.string(base::redact_url(place));
        text += "links " + base::redact_url(place) + "\n";
    }
    json.end_array().key("pins").begin_object();
    for (const auto& [package, index] : settings.pins) {
        json.member(package, index);
        text += "pin " + package + " to " + index + "\n";
    }
    json.end_object().end_object();
    context.out(context.json ? json.text() + "\n" : text);
    return 0;
}

}  // namespace cli
