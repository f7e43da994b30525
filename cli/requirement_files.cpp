// Reading them.
#include "cli/requirement_files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/script_project.h"
#include "cli/target.h"
#include "pkg/index/fetcher.h"
#include "pkg/script_metadata.h"

namespace cli {

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

static void append_utf8(std::string& out, uint32_t c) {
    if (c < 0x80) {
        out += (char)c;
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    out += (char)((0xff00 >> (more + 1) & 0xff) | c >> (6 * more));
    while (more-- > 0) out += (char)(0x80 | (c >> (6 * more) & 0x3f));
}

// Code units of `size` bytes as UTF-8; what is no text becomes U+FFFD.
static std::string utf8_of(std::string_view bytes, size_t size, bool little) {
    std::string out;
    uint32_t high = 0;
    for (size_t at = 0; at + size <= bytes.size(); at += size) {
        uint32_t unit = 0;
        for (size_t i = 0; i < size; i++) unit = unit << 8 | (uint8_t)bytes[at + (little ? size - 1 - i : i)];
        bool second = high && unit >= 0xdc00 && unit < 0xe000;
        if (high && !second) append_utf8(out, 0xfffd);
        if (second) unit = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
        high = size == 2 && unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
        bool text = unit < 0x110000 && !(unit >= 0xd800 && unit < 0xe000);
        if (!high) append_utf8(out, text ? unit : 0xfffd);
    }
    return out;
}

// As pip reads requirements files: what begins with a byte order mark is in the encoding of that mark.
static std::string decoded(std::string bytes) {
    std::string_view all = bytes;
    if (all.starts_with("\xef\xbb\xbf")) return bytes.substr(3);
    if (all.starts_with(std::string_view("\xff\xfe\0\0", 4))) return utf8_of(all.substr(4), 4, true);
    if (all.starts_with(std::string_view("\0\0\xfe\xff", 4))) return utf8_of(all.substr(4), 4, false);
    if (all.starts_with("\xff\xfe")) return utf8_of(all.substr(2), 2, true);
    if (all.starts_with("\xfe\xff")) return utf8_of(all.substr(2), 2, false);
    return bytes;
}

std::string plain_place(const std::string& place) {
    if (!base::starts_with_ignoring_case(place, "file:")) return place;
    base::Result<std::string> path = base::file_url_path(place);
    return path.ok() ? *path : place.substr(5);
}

base::Result<std::string> read_text(Context& context, const std::string& place) {
    if (place == "-") return decoded(TRY(read_standard_input()));
    return decoded(TRY(base::is_http_url(place) ? download_text(context, place) : base::read_file(plain_place(place))));
}

static bool read_variable(const std::string& name, std::string& value) {
    const char* found = std::getenv(name.c_str());
    if (found) value = found;
    return found != nullptr;
}

base::Result<pkg::RequirementsFile> read_requirements(Context& context, const std::string& place) {
    pkg::ReadFile read = [&context](const std::string& included) { return read_text(context, included); };
    return pkg::parse_requirements_txt(TRY(read_text(context, place)), place, read, read_variable);
}

base::Result<pkg::RequirementsFile> read_constraints(Context& context, const std::string& place) {
    pkg::ReadFile read = [&context](const std::string& included) { return read_text(context, included); };
    return pkg::parse_constraints_txt(TRY(read_text(context, place)), place, read, read_variable);
}

void use_index_options(const pkg::RequirementsFile& file, SourceOptions& sources) {
    auto append = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    if (!file.index_url.empty() && sources.index_url.empty()) sources.index_url = file.index_url;
    append(sources.extra_index_urls, file.extra_index_urls);
    for (size_t i = 0; i < file.find_links.size(); i++) {
        std::string place = plain_place(file.find_links[i]);
        // Relative to the file where it is there, as in pip.
        const std::string& folder = file.find_links_folders[i];
        std::string beside = base::join_path(plain_place(folder), place);
        bool relative = !folder.empty() && !base::looks_like_url(place) && !place.starts_with('/');
        sources.find_links.push_back(relative && base::path_exists(beside) ? beside : place);
    }
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
