// Reading simple API pages.
#include "pkg/index/simple_page.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/index/html_tags.h"
#include "pkg/name.h"

namespace pkg {

namespace {

base::Error wrong_page(std::string_view url, std::string text) {
    return base::Error(base::ErrorKind::Network,
                       "`" + base::redact_url(url) + "` is not a page of a package index: " + std::move(text));
}

// A hash that cannot be read is kept as it is written: no bytes have it. Algorithms that nobody knows say nothing.
void add_hash(std::vector<Hash>& hashes, std::string_view algorithm, std::string_view hex) {
    Hash hash{base::lower(algorithm), base::lower(base::strip(hex))};
    if (hash.hex.empty()) hash.hex = "?";
    if (base::hash_is_known(hash.algorithm)) hashes.push_back(std::move(hash));
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

// What a page's references are resolved against, and where the page itself is from.
struct Origin {
    SimplePage& page;
    std::string base_url;
    std::string_view page_url, index;
    bool local = base::starts_with_ignoring_case(page_url, "file:");
};

// As the URL standard has it: blanks around a reference and line ends and tabs within do not count, and what may not stand in a
// URL is percent-coded.
std::string clean_reference(std::string_view reference) {
    static constexpr std::string_view kKept = "%!#$&'()*+,/:;=?@[]";
    std::string out;
    for (char c : base::strip(reference))
        if (c != '\t' && c != '\n' && c != '\r') out += c;
    bool clean = std::all_of(out.begin(), out.end(), [](char c) {
        return base::is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' || kKept.find(c) != std::string_view::npos;
    });
    return clean ? out : base::percent_encode(out, kKept);
}

// The URL without user and password. Those of the page's own host are for its files, and those of a local page are the user's own;
// a page can give none for another host.
std::string without_user(const Origin& origin, std::string url) {
    size_t authority = url.find("://"), end = authority == std::string::npos ? authority : url.find_first_of("/?#", authority + 3);
    if (authority == std::string::npos || std::string_view(url).substr(authority, end - authority).find('@') == std::string::npos) return url;
    origin.page.has_secrets = true;
    base::Result<base::Url> parts = base::parse_url(url), own = base::parse_url(origin.page_url);
    if (!parts.ok()) return "";
    if (origin.local || (own.ok() && own->host == parts->host)) origin.page.logins.push_back(url);
    return parts->text();
}

// What a reference of a page leads to; "" for what is no file on a server (mailto:, javascript:), and for a file of this machine
// that a page from elsewhere names.
std::string file_url_of(const Origin& origin, std::string_view reference) {
    std::string clean = clean_reference(reference);
    if (clean.starts_with("//")) clean.insert(0, origin.base_url, 0, origin.base_url.find('/'));
    std::string url = base::resolve_url(origin.base_url, clean);
    bool remote = base::starts_with_ignoring_case(url, "https://") || base::starts_with_ignoring_case(url, "http://");
    if (!remote && !(origin.local && base::starts_with_ignoring_case(url, "file:"))) return "";
    return without_user(origin, std::move(url));
}

DistFile json_file(base::JsonValue row, const Origin& origin) {
    DistFile file;
    file.url = file_url_of(origin, row["url"].string());
    if (file.url.empty()) return file;
    file.file_name = row["filename"].string();
    file.index = origin.index;
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
    if (row["size"].is_integer() && row["size"].integer() >= 0) file.size = (uint64_t)row["size"].integer();
    file.upload_time = row["upload-time"].string();
    if (std::string_view provenance = row["provenance"].string(); !provenance.empty())
        file.provenance_url = without_user(origin, std::string(provenance));
    return file;
}

DistFile html_file(const HtmlTag& tag, const Origin& origin) {
    DistFile file;
    std::string url = file_url_of(origin, html_attribute_text(*tag.find("href")));
    size_t hash = url.find('#');
    if (hash != std::string::npos) {
        add_fragment_hash(file.hashes, std::string_view(url).substr(hash + 1));
        url.resize(hash);
    }
    file.url = std::move(url);
    file.file_name = base::url_file_name(file.url);
    file.index = origin.index;
    // Written for the lenient: `&gt=3.9` is a lower bound.
    if (const std::string* python = tag.find("data-requires-python")) set_requires_python(file, html_text(*python));
    if (const std::string* yanked = tag.find("data-yanked")) {
        file.yanked = true;
        file.yanked_reason = html_text(*yanked);
    }
    const std::string* metadata = tag.find("data-core-metadata");
    if (!metadata) metadata = tag.find("data-dist-info-metadata");
    if (metadata && *metadata != "false") {
        file.has_metadata = true;
        add_fragment_hash(file.metadata_hashes, html_text(*metadata));
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

bool is_hexadecimal(std::string_view text) {
    auto digit = [](char c) { return base::is_digit(c) || (base::lower(c) >= 'a' && base::lower(c) <= 'f'); };
    return !text.empty() && std::all_of(text.begin(), text.end(), digit);
}

bool is_read_archive(std::string_view file_name) {
    for (std::string_view ending : {".tar.gz", ".tgz", ".zip"})
        if (file_name.ends_with(ending)) return true;
    return false;
}

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
    // Within a release what can be read comes before source archives of old forms.
    auto last = [](const DistFile& file) { return file.kind == FileKind::Sdist && !is_read_archive(file.file_name); };
    std::stable_sort(files.begin(), files.end(), [&](const DistFile& a, const DistFile& b) {
        return a.version < b.version || (a.version == b.version && last(a) < last(b));
    });
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
    if (std::string_view name = root["name"].string(); !name.empty() && !project.empty() && normalize_name(name) != project)
        return wrong_page(page_url, "it is that of `" + std::string(name) + "`");
    SimplePage page;
    page.status = root["project-status"]["status"].string();
    page.status_reason = root["project-status"]["reason"].string();
    base::JsonValue files = root["files"];
    Origin origin{page, std::string(page_url), page_url, index};
    for (size_t i = 0; i < files.size(); i++)
        take(page, json_file(files.at(i), origin), project);
    return page;
}

base::Result<SimplePage> parse_simple_html(std::string_view text, std::string_view page_url, std::string_view project,
                                           std::string_view index) {
    SimplePage page;
    Origin origin{page, std::string(page_url), page_url, index};
    std::vector<HtmlTag> links;
    bool based = false, any = false;
    HtmlTags tags(text);
    for (HtmlTag tag; tags.next(tag); any = true) {
        if (tag.name == "base" && !based && tag.find("href")) {
            std::string url = base::resolve_url(page_url, clean_reference(html_attribute_text(*tag.find("href"))));
            if (base::looks_like_url(url)) origin.base_url = std::move(url);
            based = true;
        } else if (tag.name == "meta" && tag.find("name") && tag.find("content")) {
            std::string name = html_text(*tag.find("name")), content = html_text(*tag.find("content"));
            if (name == "pypi:repository-version" && !known_major_version(content))
                return wrong_page(page_url, "it has API version " + content + ", only 1.x is supported");
            if (name == "pypi:project-status") page.status = content;
            if (name == "pypi:project-status-reason") page.status_reason = content;
        } else if (tag.name == "a" && tag.find("href")) {
            links.push_back(std::move(tag));
        }
    }
    // The base counts for those before it as well.
    for (const HtmlTag& link : links)
        take(page, html_file(link, origin), project);
    // The files of what is missing would be taken for files that do not exist.
    if (tags.cut()) return wrong_page(page_url, "it ends in the middle of a tag");
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
