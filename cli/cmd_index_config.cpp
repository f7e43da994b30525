// adder index add and adder index list: which indexes a project asks.
#include <algorithm>
#include <climits>

#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/toml.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/pages.h"
#include "cli/project_edit.h"
#include "cli/target.h"
#include "pkg/direct_url.h"
#include "pkg/index/credentials.h"
#include "pkg/manifest_edit.h"

namespace cli {

namespace {

// Where indexes are named: pyproject.toml, or the user's adder.toml.
struct IndexFile {
    std::string path, text, header;
    std::vector<pkg::IndexSetting> indexes;
    std::string shown() const { return std::string(base::base_name(path)); }
};

base::Result<IndexFile> project_index_file(const Context& context) {
    Project project = TRY(find_project(context));
    return IndexFile{project.manifest_path(), project.text, "tool.adder.index", project.manifest.tool.indexes};
}

base::Result<IndexFile> user_index_file() {
    IndexFile file{user_settings_path(), "", "index", {}};
    if (base::path_exists(file.path)) file.text = TRY(base::read_file(file.path));
    file.indexes = TRY(pkg::parse_user_indexes(file.text, file.path));
    return file;
}

base::Result<void> check_manifest(const std::string& text, const std::string& path) {
    TRY(pkg::parse_manifest(text, path));
    return {};
}

base::Result<void> check_user_file(const std::string& text, const std::string& path) {
    TRY(pkg::parse_user_indexes(text, path));
    return {};
}

}  // namespace

// adder index add NAME URL [--default] [--explicit] [--flat] [--user] [--priority N]
base::Result<int> cmd_index_add(Context& context, const Arguments& arguments) {
    std::string name, url;
    bool is_default = false, is_explicit = false, flat = false, user = false;
    int priority = 0;
    Options options("index add", kPageIndexAdd);
    options.argument(name, "name", "what the project calls it", Presence::Required);
    options.argument(url, "url", "of the simple API, a page of links, or a directory", Presence::Required);
    options.flag(is_default, "--default", "in place of PyPI");
    options.flag(is_explicit, "--explicit", "only for packages that [tool.adder.sources] sends to it");
    options.flag(flat, "--flat", "a directory or page of links, not the simple API");
    options.flag(user, "--user", "into your adder.toml, for all projects");
    options.number(priority, "--priority", "N", "smaller ones are asked first (default: 0)", INT_MIN);
    context.add_project_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("index add").get()))) return 0;
    std::string folder = user ? std::string(base::parent_path(user_settings_path())) : project_folder(context);
    if (user) TRY(base::make_directories(folder));
    std::optional<base::FileLock> alone = lock_for_editing(context, folder);
    IndexFile file = TRY(user ? user_index_file() : project_index_file(context));
    for (const pkg::IndexSetting& index : file.indexes) {
        if (index.name == name)
            return base::Error(base::ErrorKind::NotHolding, file.shown() + " has an index called `" + name + "`: " + base::redact_url(index.url));
        if (is_default && index.is_default)
            return base::Error(base::ErrorKind::NotHolding, file.shown() + " has a default index: " + base::redact_url(index.url));
    }
    std::string plain = pkg::strip_credentials(url);
    if (plain != url)
        context.warn("user and password were left out: set ADDER_INDEX_" + pkg::index_variable(name) + "_USERNAME and _PASSWORD");
    if (user && !base::looks_like_url(plain)) plain = base::absolute_path(plain);
    std::vector<std::pair<std::string, std::string>> keys = {{"name", base::toml_string(name)}, {"url", base::toml_string(plain)}};
    if (is_default) keys.emplace_back("default", "true");
    if (is_explicit) keys.emplace_back("explicit", "true");
    if (flat) keys.emplace_back("format", "\"flat\"");
    if (priority) keys.emplace_back("priority", std::to_string(priority));
    std::string text = TRY(pkg::add_index(file.text, keys, file.header, file.path));
    // What was written must be readable.
    TRY(user ? check_user_file(text, file.path) : check_manifest(text, file.path));
    TRY(base::write_file_atomic(file.path, text));
    context.note(file.shown() + " names the index " + name + " (" + plain + ")");
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
        json.begin_object().member("name", index.name).member("url", url).key("explicit").boolean(index.explicit_only);
        json.key("flat").boolean(index.flat).end_object();
        text += (index.name.empty() ? url : index.name + " " + url) + (index.flat ? " (flat)" : "") +
                (index.explicit_only ? " (pinned packages only)" : "") + "\n";
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
