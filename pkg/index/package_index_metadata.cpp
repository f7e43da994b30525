// The metadata ladder: cache → `.metadata` file → range requests → whole file → build.
#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "base/zip.h"
#include "pkg/direct_url.h"
#include "pkg/index/package_index.h"
#include "pkg/index/promises.h"
#include "pkg/index/simple_page.h"
#include "pkg/install/install.h"
#include "pkg/name.h"
#include "pkg/sdist/sdist.h"
#include "pkg/wheel/wheel.h"

namespace pkg {

static constexpr uint64_t kTailSize = 16 << 10;  // holds the central directory and METADATA's neighbours of most wheels

static constexpr uint64_t kLongestMetadata = uint64_t(32) << 20;

// PEP 658: the metadata file's hash is part of what the index promises.
static base::Result<void> check_hashes(const std::vector<Hash>& hashes, std::string_view bytes,
                                       const std::string& what) {
    for (const Hash& hash : hashes) {
        if (!base::hash_is_secure(hash.algorithm)) continue;
        std::string found = TRY(base::hash_hex(hash.algorithm, bytes));
        if (found != hash.hex) return hash_mismatch(what, hash.algorithm, hash.hex, found);
        break;
    }
    return {};
}

bool PackageIndex::prefetch_metadata(const DistFile& file) {
    if (!file.has_metadata || file.url.starts_with("file:") || fetcher_.offline()) return false;
    std::string key = cache_key(file);
    if (auto asked = metadata_tickets_.find(key); asked != metadata_tickets_.end()) return !fetcher_.has_answer(asked->second);
    if (metadata_.count(key) || !cache_.find(Bucket::Metadata, key).empty()) return false;
    metadata_tickets_[key] = fetcher_.start({.url = file.url + ".metadata", .limit = kLongestMetadata});
    return true;
}

base::Result<std::string> PackageIndex::published_metadata(const DistFile& file) {
    std::string key = cache_key(file), url = file.url + ".metadata";
    if (file.url.starts_with("file:")) {
        std::string path = TRY(base::file_url_path(url));
        std::string text = TRY(base::read_file(path));
        TRY(check_hashes(file.metadata_hashes, text, file.file_name + ".metadata"));
        return text;
    }
    if (fetcher_.offline()) return fetcher_.offline_error(url);
    auto pending = metadata_tickets_.find(key);
    base::HttpClient::Ticket ticket =
        pending == metadata_tickets_.end() ? fetcher_.start({.url = url, .limit = kLongestMetadata}) : pending->second;
    if (pending != metadata_tickets_.end()) metadata_tickets_.erase(pending);
    base::HttpResponse response = TRY(fetcher_.wait(ticket));
    if (!response.ok()) return base::http_status_error(response);
    TRY(check_hashes(file.metadata_hashes, response.body, file.file_name + ".metadata"));
    return std::move(response.body);
}

// METADATA through the archive's tail. An answer with the whole file is used as it is.
base::Result<std::string> PackageIndex::ranged_metadata(const DistFile& file) {
    WheelName name = TRY(parse_wheel_name(file.file_name));
    base::HttpRequest request{.url = file.url};
    request.headers = {{"Range", "bytes=-" + std::to_string(kTailSize)}};
    base::HttpResponse response = TRY(fetcher_.perform(request));
    if (response.status == 200) {
        TRY(check_hashes(file.hashes, response.body, file.file_name));
        Wheel wheel = TRY(Wheel::from_bytes(std::move(response.body), file.file_name));
        return wheel.metadata_text();
    }
    if (response.status != 206) return base::http_status_error(response);
    std::string_view range = response.header("content-range");  // "bytes 100-199/200"
    uint64_t total = 0;
    size_t slash = range.rfind('/');
    auto unclear = [&] {
        return base::Error(base::ErrorKind::Network,
                           "`" + base::redact_url(file.url) + "` answered a range request with something else");
    };
    if (slash == std::string_view::npos || !base::parse_u64(range.substr(slash + 1), total) ||
        response.body.size() > total)
        return unclear();
    std::string tail = std::move(response.body);
    auto fetch = [&](uint64_t from, uint64_t to) -> base::Result<std::string> {
        base::HttpRequest part{.url = file.url};
        part.headers = {{"Range", "bytes=" + std::to_string(from) + "-" + std::to_string(to - 1)}};
        base::HttpResponse answer = TRY(fetcher_.perform(part));
        if (answer.status != 206 || answer.body.size() != to - from) return unclear();
        return std::move(answer.body);
    };
    base::ZipTail directory = TRY(base::read_zip_tail(tail, total, file.file_name));
    if (!directory.complete) {
        std::string before = TRY(fetch(directory.missing_from, total - tail.size()));
        tail = before + tail;
        directory = TRY(base::read_zip_tail(tail, total, file.file_name));
    }
    std::string member = TRY(find_metadata_member(directory.entries, name));
    const base::ZipEntry* entry = nullptr;
    uint64_t end = directory.directory_offset;
    for (const base::ZipEntry& candidate : directory.entries) {
        if (candidate.name == member) entry = &candidate;
    }
    for (const base::ZipEntry& candidate : directory.entries) {
        if (candidate.header_offset > entry->header_offset) end = std::min(end, candidate.header_offset);
    }
    uint64_t tail_offset = total - tail.size();
    if (entry->header_offset >= tail_offset)
        return base::read_zip_member(std::string_view(tail).substr(entry->header_offset - tail_offset), *entry,
                                     file.file_name);
    std::string bytes = TRY(fetch(entry->header_offset, end));
    return base::read_zip_member(bytes, *entry, file.file_name);
}

// The normalised name of the project that a source archive is of; "" where nobody knows it.
static std::string source_project(const DistFile& file) {
    if (file.any_name) return file.project;
    base::Result<SdistName> name = parse_sdist_name(file.file_name);
    // An old one may have more dashes.
    return name.ok() && name->version == file.version ? normalize_name(name->name) : "";
}

// Out of the file itself; a source archive that does not say enough is handed to its build back end.
base::Result<std::string> PackageIndex::archive_metadata(const DistFile& file) {
    std::string path = local_directory(file.url);
    if (auto kept = direct_archives_.find(file.url); kept != direct_archives_.end()) path = kept->second.path;
    std::optional<base::TemporaryDirectory> folder;
    if (path.empty() || file.kind != FileKind::Wheel) folder = TRY(cache_.staging());
    if (path.empty()) {
        path = base::join_path(folder->path(), file.file_name);
        TRY(download(file, path));
    }
    if (file.kind == FileKind::Wheel) {
        std::string bytes = TRY(base::read_file(path));
        TRY(check_hashes(file.hashes, bytes, file.file_name));
        Wheel wheel = TRY(Wheel::from_bytes(std::move(bytes), file.file_name));
        return wheel.metadata_text();
    }
    // A download was held against its hashes; what lies here may not be what its listing says.
    TRY(check_file(file, path));
    Sdist sdist = TRY(open_source(file, path));
    const std::string* info = file.subdirectory.empty() ? sdist.pkg_info() : nullptr;
    if (info) {
        base::Result<Metadata> parsed = parse_metadata(*info, file.file_name + "/PKG-INFO");
        if (parsed.ok() && is_static_enough(*parsed)) return *info;
    }
    std::string tree = TRY(sdist.unpack(folder->path()));
    return tree_metadata(TRY(source_tree(tree, file.subdirectory)), "`" + file.file_name + "`", source_project(file));
}

base::Result<std::optional<Hash>> PackageIndex::hash_among(const DistFile& file, const std::vector<Hash>& allowed) {
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string path = folder.path() + "/file";
    TRY(download(file, path));
    for (const Hash& hash : allowed) {
        if (TRY(base::hash_file_hex(hash.algorithm, path)) == hash.hex) return std::optional(hash);
    }
    return std::optional<Hash>();
}

// An archive with projects in several folders has more than one metadata, and what a back end says may follow from what it was
// given.
std::string PackageIndex::metadata_key(const DistFile& file) const {
    std::string key = file.subdirectory.empty() ? cache_key(file) : cache_key(file) + "#" + file.subdirectory;
    if (file.kind == FileKind::Wheel) return key;
    return with_build_settings(std::move(key), source_project(file));
}

base::Result<std::string> PackageIndex::metadata_text(const DistFile& file) {
    std::string key = metadata_key(file);
    // A file of this machine may be another one tomorrow.
    bool changing = file.url.starts_with("file:") && promised_sha256(file).empty();
    bool local = file.url.starts_with("file:");
    if (!changing) {
        if (std::optional<std::string> text = cache_.read(Bucket::Metadata, key)) return std::move(*text);
    }
    base::Result<std::string> text = base::Error(base::ErrorKind::Network, "");
    bool have = false;
    if (file.has_metadata) {
        text = published_metadata(file);
        // An index that announces the file and does not have it is broken in a way that the wheel itself repairs.
        have = text.ok() || text.error().kind == base::ErrorKind::Integrity;
    }
    if (!have && !local && file.kind == FileKind::Wheel) {
        text = ranged_metadata(file);
        // A server that answers with something else may still have the whole file.
        have = text.ok();
    }
    if (!have) text = archive_metadata(file);
    if (text.ok() && !changing) cache_.write(Bucket::Metadata, key, *text);
    return text;
}

base::Result<Metadata> read_metadata(const std::string& text, const std::string& what) {
    base::Result<Metadata> parsed = parse_metadata_for_resolving(text, what);
    if (parsed.ok()) return parsed;
    base::Error error = std::move(parsed).error();
    error.kind = base::ErrorKind::Unusable;
    return error;
}

const Metadata* PackageIndex::keep_metadata(const std::string& key, Metadata metadata) {
    return metadata_.emplace(key, std::make_unique<Metadata>(std::move(metadata))).first->second.get();
}

static bool fits_name(const Metadata& metadata, const DistFile& file) {
    std::string key = normalize_name(metadata.name);
    if (file.kind == FileKind::Sdist) {
        base::Result<SdistName> name = parse_sdist_name(file.file_name, key);
        return name.ok() && name->name == key;
    }
    base::Result<WheelName> name = parse_wheel_name(file.file_name);
    return name.ok() && name->name == key;
}

base::Result<const Metadata*> PackageIndex::metadata(const DistFile& file) {
    std::string key = cache_key(file);
    auto known = metadata_.find(key);
    if (known != metadata_.end()) return known->second.get();
    hand_over();
    base::Result<std::string> text = metadata_text(file);
    if (!text.ok())
        return std::move(text).error().with_context("while reading the metadata of `" + file.file_name + "`");
    base::Result<Metadata> read = read_metadata(*text, file.file_name);
    if (read.ok() && read->version == file.version && fits_name(*read, file)) return keep_metadata(key, std::move(read).value());
    cache_.forget(Bucket::Metadata, metadata_key(file));
    if (!read.ok()) return std::move(read).error();
    return base::Error(base::ErrorKind::Integrity,
                       "the metadata of `" + file.file_name + "` says it is `" + read->name + "` " + read->version.text());
}

}  // namespace pkg
