// Reading simple API pages.
#include "pkg/index/simple_page.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/name.h"

namespace pkg {

namespace {

base::Error wrong_page(std::string_view url, std::string text) {
    return base::Error(base::ErrorKind::Network,
                       "`" + base::redact_url(url) + "` is not a page of a package index: " + std::move(text));
}

bool is_hex(std::string_view text) {
    for (char c : text) {
        if (!base::is_digit(c) && (base::lower(c) < 'a' || base::lower(c) > 'f')) return false;
    }
    return !text.empty();
}

void add_hash(std::vector<Hash>& hashes, std::string_view algorithm, std::string_view hex) {
    Hash hash{base::lower(algorithm), base::lower(hex)};
    if (base::hash_is_known(hash.algorithm) && is_hex(hash.hex)) hashes.push_back(std::move(hash));
}

// sha256 first, as every lock has it; then by length.
void order_hashes(std::vector<Hash>& hashes) {
    std::stable_sort(hashes.begin(), hashes.end(), [](const Hash& a, const Hash& b) {
        auto weight = [](const Hash& hash) { return hash.algorithm == "sha256" ? size_t(1000) : hash.hex.size(); };
        return weight(a) > weight(b);
    });
}

void set_requires_python(DistFile& file, std::string_view text) {
    if (base::strip(text).empty()) return;
    // An index keeps what was uploaded: a field that cannot be read says nothing (as in pip).
    base::Result<SpecifierSet> set = parse_specifier_set(text);
    if (set.ok()) file.requires_python = std::move(set).value();
}

bool known_major_version(std::string_view version) {
    return version.empty() || version.substr(0, version.find('.')) == "1";
}

DistFile json_file(base::JsonValue row, std::string_view page_url, std::string_view index) {
    DistFile file;
    file.file_name = row["filename"].string();
    file.url = base::resolve_url(page_url, row["url"].string());
    file.index = index;
    base::JsonValue hashes = row["hashes"];
    for (size_t i = 0; i < hashes.size(); i++)
        add_hash(file.hashes, hashes.key_at(i), hashes.at(i).string());
    order_hashes(file.hashes);
    set_requires_python(file, row["requires-python"].string());
    // PEP 714: the new name wins where both are there.
    base::JsonValue metadata = row["core-metadata"] ? row["core-metadata"] : row["dist-info-metadata"];
    file.has_metadata = metadata.is_object() || metadata.boolean();
    for (size_t i = 0; i < (metadata.is_object() ? metadata.size() : 0); i++)
        add_hash(file.metadata_hashes, metadata.key_at(i), metadata.at(i).string());
    order_hashes(file.metadata_hashes);
    base::JsonValue yanked = row["yanked"];
    file.yanked = yanked.is_string() || yanked.boolean();
    file.yanked_reason = yanked.string();
    if (row["size"].is_integer()) file.size = (uint64_t)row["size"].integer();
    file.upload_time = row["upload-time"].string();
    file.provenance_url = row["provenance"].string();
    return file;
}

// Character references in attribute values: the five named ones that matter and numbers.
std::string unescape(std::string_view text) {
    static constexpr std::pair<std::string_view, char> kNamed[] = {
        {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        size_t end = text[i] == '&' ? text.find(';', i) : std::string_view::npos;
        if (end == std::string_view::npos || end - i > 10) {
            out += text[i];
            continue;
        }
        std::string name(text.substr(i + 1, end - i - 1));
        unsigned long code = 0;
        if (name.starts_with("#x") || name.starts_with("#X")) {
            code = strtoul(name.c_str() + 2, nullptr, 16);
        } else if (name.starts_with("#")) {
            code = strtoul(name.c_str() + 1, nullptr, 10);
        } else {
            for (auto [known, c] : kNamed) {
                if (known == name) code = (unsigned char)c;
            }
        }
        if (code == 0 || code > 127) {
            out += text.substr(i, end - i + 1);
        } else {
            out += (char)code;
        }
        i = end;
    }
    return out;
}

// One tag of an HTML page, with what follows it up to the next tag.
struct HtmlTag {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string_view text;
    const std::string* find(std::string_view key) const {
        for (const auto& [name_, value] : attributes) {
            if (name_ == key) return &value;
        }
        return nullptr;
    }
};

void read_attributes(std::string_view text, HtmlTag& tag) {
    for (size_t at = 0; at < text.size();) {
        while (at < text.size() && (base::is_space(text[at]) || text[at] == '/'))
            at++;
        size_t start = at;
        while (at < text.size() && !base::is_space(text[at]) && text[at] != '=' && text[at] != '/')
            at++;
        std::string key = base::lower(text.substr(start, at - start));
        while (at < text.size() && base::is_space(text[at]))
            at++;
        std::string value;
        if (at < text.size() && text[at] == '=') {
            at++;
            while (at < text.size() && base::is_space(text[at]))
                at++;
            char quote = at < text.size() && (text[at] == '"' || text[at] == '\'') ? text[at] : 0;
            size_t from = quote ? at + 1 : at, to = from;
            while (to < text.size() && (quote ? text[to] != quote : !base::is_space(text[to])))
                to++;
            value = unescape(text.substr(from, to - from));
            at = quote ? to + 1 : to;
        }
        if (!key.empty()) {
            tag.attributes.emplace_back(std::move(key), std::move(value));
        } else if (at == start) {
            at++;
        }
    }
}

// Where the start tag that begins at `at` ends: at its `>` outside of quotes, or at the end of the page.
size_t tag_end(std::string_view html, size_t at) {
    char quote = 0;
    for (; at < html.size() && (quote || html[at] != '>'); at++) {
        if (quote ? html[at] == quote : html[at] == '"' || html[at] == '\'') quote = quote ? 0 : html[at];
    }
    return at;
}

// The next start tag at or after `at`; false at the end, with `cut` when that is inside of a tag or a comment.
// Comments, end tags and a `<` that begins no tag are passed over.
bool next_tag(std::string_view html, size_t& at, HtmlTag& tag, bool& cut) {
    while ((at = html.find('<', at)) != std::string_view::npos) {
        cut = at + 1 == html.size();
        if (cut) return false;
        char first = html[at + 1];
        bool starts = base::is_alpha(first), markup = first == '!' || first == '/' || first == '?';
        if (!starts && !markup) {
            at++;
            continue;
        }
        bool comment = html.substr(at).starts_with("<!--");
        size_t end = starts ? tag_end(html, at) : std::min(html.find(comment ? "-->" : ">", at), html.size());
        cut = end == html.size();
        if (cut) return false;
        std::string_view inside = html.substr(at + 1, end - at - 1);
        at = end + (comment ? 3 : 1);
        if (!starts) continue;
        size_t name_end = 0;
        while (name_end < inside.size() && base::is_alnum(inside[name_end]))
            name_end++;
        tag = {};
        tag.name = base::lower(inside.substr(0, name_end));
        read_attributes(inside.substr(name_end), tag);
        tag.text = html.substr(at, std::min(html.find('<', at), html.size()) - at);
        return true;
    }
    return false;
}

DistFile html_file(const HtmlTag& tag, const std::string& href, std::string_view base_url, std::string_view index) {
    DistFile file;
    std::string url = base::resolve_url(base_url, href);
    size_t hash = url.find('#');
    if (hash != std::string::npos) {
        add_fragment_hash(file.hashes, std::string_view(url).substr(hash + 1));
        url.resize(hash);
    }
    file.url = std::move(url);
    file.file_name = base::url_file_name(file.url);
    file.index = index;
    if (const std::string* python = tag.find("data-requires-python")) set_requires_python(file, *python);
    if (const std::string* yanked = tag.find("data-yanked")) {
        file.yanked = true;
        file.yanked_reason = *yanked;
    }
    const std::string* metadata = tag.find("data-core-metadata");
    if (!metadata) metadata = tag.find("data-dist-info-metadata");
    if (metadata && *metadata != "false") {
        file.has_metadata = true;
        add_fragment_hash(file.metadata_hashes, *metadata);
    }
    return file;
}

void take(SimplePage& page, DistFile file, std::string_view project) {
    if (describe_file(file, project)) {
        page.files.push_back(std::move(file));
    } else if (!file.file_name.empty()) {
        page.skipped.push_back(file.file_name);
    }
}

}  // namespace

void add_fragment_hash(std::vector<Hash>& hashes, std::string_view text) {
    for (std::string_view part : base::split(text, '&')) {
        std::string_view name, value;
        if (base::partition(part, '=', name, value)) add_hash(hashes, name, value);
    }
    order_hashes(hashes);
}

bool describe_file(DistFile& file, std::string_view project) {
    if (file.file_name.find('/') != std::string::npos) return false;  // a name, never a path
    if (file.file_name.ends_with(".whl")) {
        base::Result<WheelName> name = parse_wheel_name(file.file_name);
        if (!name.ok() || (!project.empty() && name->name != project)) return false;
        file.kind = FileKind::Wheel;
        file.version = name->version;
        file.tags = std::move(name->tags);
        file.build_number = name->build_number;
        file.build_suffix = name->build_suffix;
        return true;
    }
    base::Result<SdistName> name = parse_sdist_name(file.file_name, project);
    if (!name.ok() || (!project.empty() && name->name != project)) return false;
    file.kind = FileKind::Sdist;
    file.version = name->version;
    return true;
}

void add_files(Project& project, std::vector<DistFile> files) {
    std::stable_sort(files.begin(), files.end(),
                     [](const DistFile& a, const DistFile& b) { return a.version < b.version; });
    for (DistFile& file : files) {
        auto place =
            std::lower_bound(project.releases.begin(), project.releases.end(), file.version,
                             [](const Release& release, const Version& version) { return release.version < version; });
        if (place == project.releases.end() || place->version != file.version)
            place = project.releases.insert(place, Release(file.version));
        bool known = false;
        for (const DistFile& other : place->files())
            known |= other.file_name == file.file_name;
        if (!known) place->add(std::move(file));
    }
}

base::Result<SimplePage> parse_simple_json(std::string_view text, std::string_view page_url, std::string_view project,
                                           std::string_view index) {
    base::Result<base::JsonDocument> document = base::parse_json(text, base::redact_url(page_url));
    if (!document.ok()) return wrong_page(page_url, document.error().message);
    base::JsonValue root = document->root();
    std::string_view version = root["meta"]["api-version"].string();
    if (!known_major_version(version))
        return wrong_page(page_url, "it has API version " + std::string(version) + ", only 1.x is supported");
    if (!root["files"].is_array()) return wrong_page(page_url, "it has no list of files");
    if (std::string_view name = root["name"].string(); !name.empty() && normalize_name(name) != project)
        return wrong_page(page_url, "it is that of `" + std::string(name) + "`");
    SimplePage page;
    page.status = root["project-status"]["status"].string();
    page.status_reason = root["project-status"]["reason"].string();
    base::JsonValue files = root["files"];
    for (size_t i = 0; i < files.size(); i++)
        take(page, json_file(files.at(i), page_url, index), project);
    return page;
}

base::Result<SimplePage> parse_simple_html(std::string_view text, std::string_view page_url, std::string_view project,
                                           std::string_view index) {
    SimplePage page;
    std::string base_url(page_url);
    bool based = false, any = false, cut = false;
    size_t at = 0;
    for (HtmlTag tag; next_tag(text, at, tag, cut); any = true) {
        if (tag.name == "base" && !based && tag.find("href")) {
            base_url = base::resolve_url(page_url, *tag.find("href"));
            based = true;
        } else if (tag.name == "meta" && tag.find("name") && tag.find("content")) {
            const std::string& name = *tag.find("name");
            const std::string& content = *tag.find("content");
            if (name == "pypi:repository-version" && !known_major_version(content))
                return wrong_page(page_url, "it has API version " + content + ", only 1.x is supported");
            if (name == "pypi:project-status") page.status = content;
            if (name == "pypi:project-status-reason") page.status_reason = content;
        } else if (tag.name == "a" && tag.find("href")) {
            take(page, html_file(tag, *tag.find("href"), base_url, index), project);
        }
    }
    // The files of what is missing would be taken for files that do not exist.
    if (cut) return wrong_page(page_url, "it ends in the middle of a tag");
    // JSON or noise under the name of HTML must not pass for a project without files.
    if (!any && !base::strip(text).empty()) return wrong_page(page_url, "it is called HTML and has no tag in it");
    return page;
}

base::Result<SimplePage> parse_simple_page(std::string_view content_type, std::string_view text,
                                           std::string_view page_url, std::string_view project,
                                           std::string_view index) {
    std::string type = base::lower(base::strip(content_type.substr(0, content_type.find(';'))));
    if (type == "application/vnd.pypi.simple.v1+json" || type == "application/json")
        return parse_simple_json(text, page_url, project, index);
    if (type == "application/vnd.pypi.simple.v1+html" || type == "text/html" || type == "application/xhtml+xml")
        return parse_simple_html(text, page_url, project, index);
    return wrong_page(page_url, "its content type is `" + std::string(content_type) + "`");
}

}  // namespace pkg
