// Reading them.
#include "cli/requirement_files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/fs.h"
#include "base/text.h"
#include "cli/script_project.h"
#include "cli/target.h"
#include "pkg/index/fetcher.h"
#include "pkg/script_metadata.h"

namespace cli {

bool is_http_url(std::string_view place) {
    return base::starts_with_ignoring_case(place, "http://") || base::starts_with_ignoring_case(place, "https://");
}

static base::Result<std::string> read_standard_input() {
    std::string text;
    char buffer[1 << 14];
    ssize_t got;
    while ((got = ::read(0, buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<size_t>(got));
    if (got < 0) return base::io_error("read", "standard input", errno);
    return text;
}

static base::Result<std::string> download_text(Context& context, const std::string& url) {
    pkg::IndexSettings settings = index_settings(context, nullptr);
    pkg::Fetcher fetcher(settings.http, context.cache(), settings.offline, settings.keyring);
    base::HttpResponse response = TRY(fetcher.perform({.url = fetcher.credentials().learn(url)}));
    if (!response.ok()) return base::http_status_error(response);
    return std::move(response.body);
}

base::Result<std::string> read_text(Context& context, const std::string& place) {
    if (place == "-") return read_standard_input();
    return is_http_url(place) ? download_text(context, place) : base::read_file(place);
}

base::Result<pkg::RequirementsFile> read_requirements(Context& context, const std::string& place) {
    pkg::ReadFile read = [&context](const std::string& included) { return read_text(context, included); };
    pkg::ReadVariable variable = [](const std::string& name, std::string& value) {
        const char* found = std::getenv(name.c_str());
        if (found) value = found;
        return found != nullptr;
    };
    std::string text = TRY(read_text(context, place));
    return pkg::parse_requirements_txt(text, place, read, variable);
}

void use_index_options(const pkg::RequirementsFile& file, SourceOptions& sources) {
    auto append = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    if (!file.index_url.empty() && sources.index_url.empty()) sources.index_url = file.index_url;
    append(sources.extra_index_urls, file.extra_index_urls);
    append(sources.find_links, file.find_links);
    append(sources.trusted_hosts, file.trusted_hosts);
    sources.no_index |= file.no_index;
}

base::Result<pkg::Manifest> read_manifest(const std::string& path) {
    std::string text = TRY(base::read_file(path));
    return pkg::parse_manifest(std::move(text), path);
}

base::Result<pkg::Manifest> read_script_manifest(const std::string& path) {
    std::string text = TRY(base::read_file(path));
    std::optional<pkg::ScriptMetadata> script = TRY(pkg::parse_script_metadata(text, path));
    if (!script) return no_script_block(path);
    return manifest_of_script(std::move(*script), path);
}

}  // namespace cli
