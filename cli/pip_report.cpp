// Writing it.
#include "cli/pip_report.h"

#include <algorithm>

#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "pkg/metadata.h"

namespace cli {

namespace {

// Fields that may stand more than once; their values become lists (PEP 566 §JSON-compatible Metadata).
constexpr std::string_view kLists[] = {"dynamic",       "platform",       "supported_platform", "license_file",   "classifier",
                                       "requires_dist", "requires_external", "project_url",     "provides_extra", "provides_dist",
                                       "obsoletes_dist", "requires",      "provides",           "obsoletes",      "import_name",
                                       "import_namespace"};

bool is_list(std::string_view key) { return std::find(std::begin(kLists), std::end(kLists), key) != std::end(kLists); }

void write_headers(base::JsonWriter& json, const pkg::RawHeaders& headers) {
    std::vector<std::string> keys;
    for (const auto& [name, value] : headers.fields) {
        std::string key = base::replace_all(base::lower(name), "-", "_");
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
    for (const std::string& key : keys) {
        std::vector<std::string> values = headers.all(base::replace_all(key, "_", "-"));
        json.key(key);
        if (key == "keywords") {
            json.begin_array();
            bool commas = values[0].find(',') != std::string::npos;
            if (commas)
                for (std::string_view word : base::split(values[0], ',')) json.string(base::strip(word));
            else
                for (std::string_view word : base::split_words(values[0])) json.string(word);
            json.end_array();
        } else if (is_list(key)) {
            json.begin_array();
            for (const std::string& value : values) json.string(value);
            json.end_array();
        } else {
            json.string(values[0]);
        }
    }
    if (!base::strip(headers.body).empty()) json.member("description", headers.body);
}

void write_download(base::JsonWriter& json, const pkg::WantedPackage& package) {
    json.key("download_info");
    if (std::string direct = pkg::direct_url_text(package); !direct.empty()) {
        json.raw(direct);
        return;
    }
    json.begin_object().member("url", package.source.file.url).key("archive_info").begin_object();
    if (!package.source.file.hashes.empty())
        json.member("hash", package.source.file.hashes[0].algorithm + "=" + package.source.file.hashes[0].hex);
    json.key("hashes").begin_object();
    for (const pkg::Hash& hash : package.source.file.hashes) json.member(hash.algorithm, hash.hex);
    json.end_object().end_object().end_object();
}

}  // namespace

base::Result<void> write_pip_report(const Context& context, const std::string& path, const pkg::Change& change,
                                    const pkg::ResolveRequest& request, const pkg::Target& target,
                                    pkg::PackageIndex& index) {
    base::JsonWriter json(2);
    json.begin_object().member("version", "1").member("pip_version", "23.0.1").key("install").begin_array();
    for (const pkg::WantedPackage& package : change.add) {
        json.begin_object();
        write_download(json, package);
        json.key("is_direct").boolean(!package.source.direct_url.empty());
        json.key("is_yanked").boolean(package.source.file.yanked);
        json.key("requested").boolean(package.requested);
        std::vector<std::string> extras;
        for (const pkg::RootRequirement& root : request.roots)
            if (root.requirement.key == package.source.name)
                for (std::string& extra : root.requirement.extra_keys()) extras.push_back(std::move(extra));
        std::sort(extras.begin(), extras.end());
        extras.erase(std::unique(extras.begin(), extras.end()), extras.end());
        if (!extras.empty()) {
            json.key("requested_extras").begin_array();
            for (const std::string& extra : extras) json.string(extra);
            json.end_array();
        }
        json.key("metadata").begin_object();
        bool direct = !package.source.direct_url.empty();
        std::string text = direct ? TRY(index.direct_metadata_text(package.source.name, package.source.direct_url))
                                  : TRY(index.metadata_text(package.source.file));
        write_headers(json, TRY(pkg::parse_headers(text)));
        json.end_object().end_object();
    }
    json.end_array().key("environment").begin_object();
    for (size_t i = 0; i < pkg::kMarkerVariableCount; i++) {
        auto variable = static_cast<pkg::MarkerVariable>(i);
        pkg::MarkerKind kind = pkg::marker_variable_kind(variable);
        if (kind == pkg::MarkerKind::Text || kind == pkg::MarkerKind::Version)
            json.member(pkg::marker_variable_name(variable), target.markers[variable]);
    }
    json.end_object().end_object();
    if (path == "-") {
        context.out(json.text() + "\n");
        return {};
    }
    return base::write_file_atomic(path, json.text() + "\n");
}

}  // namespace cli
