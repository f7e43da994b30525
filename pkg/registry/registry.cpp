// Pages and files.
#include "pkg/registry/registry.h"

#include <algorithm>

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/build/embedded_backend.h"
#include "pkg/index/simple_page.h"
#include "pkg/name.h"
#include "pkg/sdist/sdist.h"
#include "pkg/wheel/wheel.h"

namespace pkg {

static constexpr const char* kJsonType = "application/vnd.pypi.simple.v1+json";
static constexpr const char* kHtmlType = "application/vnd.pypi.simple.v1+html";

base::Result<Registry::Entry> Registry::read_entry(const std::string& path) const {
    Entry entry;
    entry.path = path;
    entry.file.file_name = base::base_name(path);
    // What changes while it is read has another time afterwards.
    base::FileStatus status = base::file_status(path);
    if (!describe_file(entry.file, ""))
        return base::Error(base::ErrorKind::Integrity, "`" + path + "` is no wheel or source archive");
    if (entry.file.kind == FileKind::Wheel) {
        Wheel wheel = TRY(Wheel::open(path));
        entry.project = wheel.name().name;
        entry.metadata = wheel.metadata_text();
        entry.metadata_sha256 = base::sha256_hex(entry.metadata);
        if (wheel.metadata().requires_python) entry.file.requires_python = wheel.metadata().requires_python;
    } else {
        Sdist sdist = TRY(Sdist::open(path));
        entry.project = sdist.name().name;
        base::Result<Metadata> info = parse_metadata(sdist.pkg_info() ? *sdist.pkg_info() : "");
        if (info.ok()) entry.file.requires_python = info->requires_python;
    }
    std::string sha256 = TRY(base::hash_file_hex("sha256", path));
    entry.file.hashes = {{"sha256", sha256}};
    entry.file.size = status.size;
    entry.mtime_ns = base::next_change_shows(status.mtime_ns) ? status.mtime_ns : -1;
    entry.file.upload_time = base::format_rfc3339(status.mtime_ns / 1000000000);
    base::Result<std::string> yanked = base::read_file(path + ".yanked");
    entry.file.yanked = yanked.ok();
    if (yanked.ok()) entry.file.yanked_reason = base::strip(*yanked);
    return entry;
}

base::Result<void> Registry::load(std::vector<std::string>* problems) {
    TRY(base::make_directories(directory_));
    std::map<std::string, int64_t> times = std::move(folders_);
    folders_.clear();
    note_time(directory_);
    base::Result<std::vector<std::string>> tree = base::list_tree(directory_);
    if (!tree.ok()) {
        // All stays as it was, and is looked at again.
        folders_ = std::move(times);
        return std::move(tree).error();
    }
    std::map<std::string, Entry> before = std::move(files_);
    files_.clear();
    projects_.clear();
    unreadable_.clear();
    for (const std::string& relative : *tree) {
        std::string path = base::join_path(directory_, relative), folder(base::parent_path(path));
        note_time(folder);
        bool archive = path.ends_with(".whl") || path.ends_with(".tar.gz");
        if (!archive || base::base_name(path)[0] == '.') continue;
        auto known = before.find(std::string(base::base_name(path)));
        base::FileStatus status = base::file_status(path);
        bool same = known != before.end() && known->second.path == path && known->second.mtime_ns == status.mtime_ns &&
                    *known->second.file.size == status.size && known->second.file.yanked == base::path_exists(path + ".yanked");
        if (same) {
            files_.insert(before.extract(known));
            continue;
        }
        base::Result<Entry> entry = read_entry(path);
        if (entry.ok()) {
            files_[entry->file.file_name] = std::move(entry).value();
        } else {
            unreadable_[path] = status;
            if (problems) problems->push_back(entry.error().message);
        }
    }
    add_own_backend();
    group_by_project();
    return {};
}

void Registry::group_by_project() {
    projects_.clear();
    for (const auto& [name, entry] : files_)
        projects_[entry.project].push_back(&entry);
    for (auto& [project, entries] : projects_)
        std::stable_sort(entries.begin(), entries.end(),
                         [](const Entry* a, const Entry* b) { return a->file.version < b->file.version; });
}

void Registry::add_own_backend() {
    BuiltFile built = embedded_backend_wheel();
    if (files_.count(built.name)) return;
    Wheel wheel = MUST(Wheel::from_bytes(built.bytes, built.name));
    Entry& entry = files_[built.name];
    entry.file.file_name = built.name;
    CHECK(describe_file(entry.file, ""));
    entry.project = wheel.name().name;
    entry.metadata = wheel.metadata_text();
    entry.metadata_sha256 = base::sha256_hex(entry.metadata);
    entry.file.requires_python = wheel.metadata().requires_python;
    entry.file.hashes = {{"sha256", base::sha256_hex(built.bytes)}};
    entry.file.size = built.bytes.size();
    entry.bytes = std::move(built.bytes);
}

void Registry::note_time(const std::string& folder) {
    int64_t time = base::file_status(folder).mtime_ns;
    folders_[folder] = base::next_change_shows(time) ? time : -1;
}

// Somebody may have put files into the directory: its folders' times tell, and of files that were not whole their own.
void Registry::notice_changes() {
    bool changed = false;
    for (const auto& [folder, time] : folders_)
        changed |= base::file_status(folder).mtime_ns != time;
    for (const auto& [path, before] : unreadable_) {
        base::FileStatus status = base::file_status(path);
        changed |= status.size != before.size || status.mtime_ns != before.mtime_ns;
    }
    // A directory that cannot be read any more is served as it was.
    if (changed) (void)load(nullptr).ok();
}

void Registry::notice_rewritten(const std::vector<std::string>& names) {
    bool changed = false;
    for (const std::string& name : names) {
        auto found = files_.find(name);
        if (found == files_.end() || !found->second.bytes.empty()) continue;
        std::string path = found->second.path;
        base::FileStatus status = base::file_status(path);
        if (status.mtime_ns == found->second.mtime_ns && status.size == *found->second.file.size) continue;
        base::Result<Entry> entry = read_entry(path);
        if (entry.ok()) {
            found->second = std::move(entry).value();
        } else {
            files_.erase(found);
            unreadable_[path] = status;
        }
        changed = true;
    }
    if (changed) group_by_project();
}

base::HttpOutgoing Registry::page(std::string body, const char* type) const {
    // Unless told otherwise always asked again, answered by 304 while nothing changed: a new upload is seen at once.
    return {200,
            {{"Content-Type", type},
             {"ETag", "\"" + base::sha256_hex(body).substr(0, 32) + "\""},
             {"Cache-Control", max_age_ ? "max-age=" + std::to_string(max_age_) : "no-cache"},
             {"Vary", "Accept"}},
            std::move(body)};
}

static std::string escaped(std::string_view text) {
    std::string out = base::replace_all(text, "&", "&amp;");
    out = base::replace_all(base::replace_all(out, "<", "&lt;"), ">", "&gt;");
    return base::replace_all(out, "\"", "&quot;");
}

static std::string html_page(const std::string& title, const std::string& body) {
    return "<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"pypi:repository-version\" content=\"1.1\">\n<title>" +
           escaped(title) + "</title>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
}

static base::JsonWriter& begin_page(base::JsonWriter& out) {
    return out.begin_object().key("meta").begin_object().member("api-version", "1.1").end_object();
}

base::HttpOutgoing Registry::root_page(bool json) const {
    if (json) {
        base::JsonWriter out;
        begin_page(out).key("projects").begin_array();
        for (const auto& [name, entries] : projects_)
            out.begin_object().member("name", name).end_object();
        return page(out.end_array().end_object().text(), kJsonType);
    }
    std::string body;
    for (const auto& [name, entries] : projects_)
        body += "<a href=\"" + name + "/\">" + name + "</a><br>\n";
    return page(html_page("Simple index", body), kHtmlType);
}

static void write_file_json(base::JsonWriter& out, const DistFile& file, const std::string& metadata_sha256) {
    out.begin_object()
        .member("filename", file.file_name)
        .member("url", "../../files/" + base::percent_encode(file.file_name));
    out.key("hashes").begin_object().member("sha256", file.hashes[0].hex).end_object();
    if (file.requires_python) out.member("requires-python", file.requires_python->text());
    out.key("size").integer((int64_t)*file.size);
    if (!file.upload_time.empty()) out.member("upload-time", file.upload_time);
    // PEP 714: the first name of this key is not to be sent, for clients exist that stumble over it.
    if (!metadata_sha256.empty())
        out.key("core-metadata").begin_object().member("sha256", metadata_sha256).end_object();
    if (file.yanked) {
        out.key("yanked");
        if (file.yanked_reason.empty()) {
            out.boolean(true);
        } else {
            out.string(file.yanked_reason);
        }
    } else {
        out.key("yanked").boolean(false);
    }
    out.end_object();
}

static std::string file_anchor(const DistFile& file, const std::string& metadata_sha256) {
    std::string out =
        "<a href=\"../../files/" + base::percent_encode(file.file_name) + "#sha256=" + file.hashes[0].hex + "\"";
    if (file.requires_python) out += " data-requires-python=\"" + escaped(file.requires_python->text()) + "\"";
    if (file.yanked) out += " data-yanked=\"" + escaped(file.yanked_reason) + "\"";
    if (!metadata_sha256.empty()) out += " data-core-metadata=\"sha256=" + metadata_sha256 + "\"";
    return out + ">" + escaped(file.file_name) + "</a><br>\n";
}

base::HttpOutgoing Registry::project_page(const std::string& name, bool json) {
    std::vector<std::string> names;
    if (auto known = projects_.find(name); known != projects_.end()) {
        for (const Entry* entry : known->second)
            names.push_back(entry->file.file_name);
    }
    notice_rewritten(names);
    auto found = projects_.find(name);
    if (found == projects_.end()) return base::HttpOutgoing::text(404, "there is no project " + name);
    const std::vector<const Entry*>& entries = found->second;
    if (!json) {
        std::string body;
        for (const Entry* entry : entries)
            body += file_anchor(entry->file, entry->metadata_sha256);
        return page(html_page("Links for " + name, body), kHtmlType);
    }
    base::JsonWriter out;
    begin_page(out).member("name", name).key("versions").begin_array();
    const Version* last = nullptr;
    for (const Entry* entry : entries) {
        if (!last || *last != entry->file.version) out.string(entry->file.version.text());
        last = &entry->file.version;
    }
    out.end_array().key("files").begin_array();
    for (const Entry* entry : entries)
        write_file_json(out, entry->file, entry->metadata_sha256);
    return page(out.end_array().end_object().text(), kJsonType);
}

base::HttpOutgoing Registry::file(const std::string& name) {
    bool metadata = name.ends_with(".metadata");
    std::string archive = metadata ? name.substr(0, name.size() - 9) : name;
    notice_rewritten({archive});
    auto found = files_.find(archive);
    if (found == files_.end() || (metadata && found->second.metadata.empty()))
        return base::HttpOutgoing::text(404, "there is no file " + name);
    std::vector<std::pair<std::string, std::string>> headers = {{"Content-Type", "application/octet-stream"},
                                                                {"Accept-Ranges", "bytes"},
                                                                {"Cache-Control", "max-age=31536000, immutable"}};
    if (metadata) return {200, headers, found->second.metadata};
    if (!found->second.bytes.empty()) return {200, headers, found->second.bytes};
    return {200, headers, "", found->second.path};
}

// RFC 9110 §12.5.1, as far as it tells JSON from HTML: the quality of the best fitting entry.
static double quality(std::string_view accept, std::string_view type) {
    double best = 0;
    for (std::string_view entry : base::split(accept, ',')) {
        std::vector<std::string_view> parts = base::split(entry, ';');
        double q = 1;
        for (std::string_view part : parts) {
            std::string_view text = base::strip(part);
            if (text.starts_with("q=")) q = atof(std::string(text.substr(2)).c_str());
        }
        std::string_view range = base::strip(parts[0]);
        bool fits = range == type || range == "*/*" ||
                    (range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1)));
        if (fits) best = std::max(best, q);
    }
    return best;
}
static bool wants_json(std::string_view accept) {
    double json = std::max(quality(accept, kJsonType), quality(accept, "application/vnd.pypi.simple.latest+json"));
    double html = std::max({quality(accept, kHtmlType), quality(accept, "text/html"),
                            quality(accept, "application/vnd.pypi.simple.latest+html")});
    return json > html;
}

base::HttpOutgoing Registry::handle(const base::HttpIncoming& request) {
    std::lock_guard<std::mutex> guard(mutex_);
    if (request.method == "POST") {
        if (request.path == "/legacy/" || request.path == "/legacy") return upload(request);
        return base::HttpOutgoing::text(404, "uploads go to /legacy/");
    }
    if (request.method != "GET" && request.method != "HEAD")
        return base::HttpOutgoing::text(405, "only GET, HEAD and POST are answered");
    notice_changes();
    const std::string& path = request.path;
    bool json = wants_json(request.header("accept"));
    if (path == "/simple" || path == "/") return {301, {{"Location", "/simple/"}}, ""};
    if (path == "/simple/") return root_page(json);
    if (path.starts_with("/simple/")) {
        std::string name = path.substr(8);
        bool slash = name.ends_with('/');
        if (slash) name.pop_back();
        if (!is_valid_name(name)) return base::HttpOutgoing::text(404, "that is no project's name");
        // PEP 503: names in URLs are normalised, and end in a slash.
        if (!slash || !is_normalized_name(name))
            return {301, {{"Location", "/simple/" + normalize_name(name) + "/"}}, ""};
        return project_page(name, json);
    }
    if (path.starts_with("/files/")) return file(path.substr(7));
    return base::HttpOutgoing::text(404, "nothing is here; the index is at /simple/");
}

}  // namespace pkg
