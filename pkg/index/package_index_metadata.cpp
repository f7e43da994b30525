// The metadata ladder: cache → `.metadata` file → range requests → whole file → build.
#include <algorithm>

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "base/zip.h"
#include "pkg/direct_url.h"
#include "pkg/index/freshness.h"
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
static base::Result<void> check_hashes(const std::vector<Hash>& hashes, std::string_view bytes, const std::string& what) {
    for (const Hash& hash : hashes) {
        std::string found = TRY(base::hash_hex(hash.algorithm, bytes));
        if (found != hash.hex) return hash_mismatch(what, hash.algorithm, hash.hex, found);
    }
    return {};
}

static bool has_secure(const std::vector<Hash>& hashes) {
    return std::any_of(hashes.begin(), hashes.end(), [](const Hash& hash) { return base::hash_is_secure(hash.algorithm); });
}

// The normalised name of the project that a source archive is of; "" where nobody knows it.
static std::string source_project(const DistFile& file) {
    if (file.any_name) return file.project;
    base::Result<SdistName> name = parse_sdist_name(file.file_name);
    // An old one may have more dashes.
    return name.ok() && name->version == file.version ? normalize_name(name->name) : "";
}

// Out of a file with this sha256. An archive with projects in several folders has more than one metadata, and what a back end says
// may follow from what it was given.
std::string PackageIndex::own_key(const DistFile& file, const std::string& sha256) const {
    std::string key = file.subdirectory.empty() ? sha256 : sha256 + "#" + file.subdirectory;
    return file.kind == FileKind::Wheel ? key : with_build_settings(std::move(key), source_project(file));
}

// What others say of a file counts for the URL where they say it, and as long as the same is promised: anybody can claim to have
// the file with some sha256.
std::string PackageIndex::claim_key(const DistFile& file) const {
    std::string out = "claimed of " + metadata_name(file);
    for (const std::vector<Hash>* hashes : {&file.hashes, &file.metadata_hashes}) {
        out += "\n";
        for (const Hash& hash : *hashes)
            out += hash.algorithm + "=" + hash.hex + "&";
    }
    if (file.kind != FileKind::Wheel) out = with_build_settings(std::move(out), source_project(file));
    return out;
}

bool PackageIndex::prefetch_metadata(const DistFile& file) {
    if (!file.has_metadata || file.url.starts_with("file:") || fetcher_.offline()) return false;
    if (auto asked = metadata_tickets_.find(file.url); asked != metadata_tickets_.end()) return !fetcher_.has_answer(asked->second);
    if (metadata_.count(metadata_name(file))) return false;
    std::string sha256 = promised_sha256(file);
    if (!sha256.empty() && !cache_.find(Bucket::Metadata, own_key(file, sha256)).empty()) return false;
    if (!cache_.find(Bucket::Metadata, claim_key(file)).empty()) return false;
    metadata_tickets_[file.url] = fetcher_.start({.url = file.url + ".metadata", .limit = kLongestMetadata});
    return true;
}

// What an answer has to say: that all is as it was, or something new.
static bool take_answer(const Fetcher& fetcher, const base::HttpResponse& response, const base::HttpFreshness* before,
                        base::HttpFreshness& freshness) {
    freshness = fetcher.freshness(response, before);
    return before && response.status == 304;
}

base::Result<PackageIndex::MetadataText> PackageIndex::published_metadata(const DistFile& file, const MetadataText* kept) {
    MetadataText out;
    out.from = file.url + ".metadata";
    if (file.url.starts_with("file:")) {
        std::string path = TRY(base::file_url_path(out.from));
        out.text = TRY(base::read_file(path));
        TRY(check_hashes(file.metadata_hashes, out.text, file.file_name + ".metadata"));
        return out;
    }
    if (fetcher_.offline()) return fetcher_.offline_error(out.from);
    const base::HttpFreshness* before = kept && kept->from == out.from ? &kept->freshness : nullptr;
    base::HttpRequest request{.url = out.from, .limit = kLongestMetadata};
    if (before) add_conditions(request, *before);
    auto pending = metadata_tickets_.find(file.url);
    base::HttpClient::Ticket ticket = pending == metadata_tickets_.end() ? fetcher_.start(std::move(request)) : pending->second;
    if (pending != metadata_tickets_.end()) metadata_tickets_.erase(pending);
    base::HttpResponse response = TRY(fetcher_.wait(ticket));
    out.same = take_answer(fetcher_, response, before, out.freshness);
    if (out.same) return out;
    if (!response.ok()) return base::http_status_error(response);
    TRY(check_hashes(file.metadata_hashes, response.body, file.file_name + ".metadata"));
    out.text = std::move(response.body);
    return out;
}

// METADATA through the archive's tail. An answer with the whole file is used as it is.
base::Result<PackageIndex::MetadataText> PackageIndex::ranged_metadata(const DistFile& file, const MetadataText* kept) {
    WheelName name = TRY(parse_wheel_name(file.file_name));
    MetadataText out;
    out.from = file.url;
    const base::HttpFreshness* before = kept && kept->from == out.from ? &kept->freshness : nullptr;
    base::HttpRequest request{.url = file.url};
    request.headers = {{"Range", "bytes=-" + std::to_string(kTailSize)}};
    if (before) add_conditions(request, *before);
    base::HttpResponse response = TRY(fetcher_.perform(request));
    out.same = take_answer(fetcher_, response, before, out.freshness);
    if (out.same) return out;
    if (response.status == 200) {
        out.sha256 = TRY(check_bytes(file, response.body));
        Wheel wheel = TRY(Wheel::from_bytes(std::move(response.body), file.file_name));
        out.text = wheel.metadata_text();
        return out;
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
        tail.insert(0, TRY(fetch(directory.missing_from, total - tail.size())));
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
    bool inside = entry->header_offset >= tail_offset;
    std::string bytes = inside ? tail.substr(entry->header_offset - tail_offset) : TRY(fetch(entry->header_offset, end));
    out.text = TRY(base::read_zip_member(bytes, *entry, file.file_name));
    return out;
}

// Out of the file itself.
base::Result<PackageIndex::MetadataText> PackageIndex::archive_metadata(const DistFile& file, const MetadataText* kept) {
    MetadataText out;
    out.from = file.url;
    std::string path = local_directory(file.url);
    if (auto direct = direct_archives_.find(file.url); direct != direct_archives_.end()) path = direct->second.path;
    std::optional<base::TemporaryDirectory> folder;
    if (path.empty()) {
        folder = TRY(cache_.staging());
        path = base::join_path(folder->path(), file.file_name);
        Fetched fetched = TRY(fetch_file(file, path, kept && kept->from == out.from ? &kept->freshness : nullptr));
        out.freshness = fetched.freshness;
        out.sha256 = fetched.sha256;
        out.same = fetched.same;
        if (out.same) return out;
    }
    if (file.kind != FileKind::Wheel) return read_source(file, path, std::move(out));
    std::string bytes = TRY(base::read_file(path));
    out.sha256 = TRY(check_bytes(file, bytes));
    Wheel wheel = TRY(Wheel::from_bytes(std::move(bytes), file.file_name));
    out.text = wheel.metadata_text();
    return out;
}

// A source archive that does not say enough is handed to its build back end.
base::Result<PackageIndex::MetadataText> PackageIndex::read_source(const DistFile& file, const std::string& path, MetadataText out) {
    if (out.sha256.empty()) out.sha256 = TRY(check_file(file, path));
    Sdist sdist = TRY(open_source(file, path));
    const std::string* info = file.subdirectory.empty() ? sdist.pkg_info() : nullptr;
    if (info) {
        base::Result<Metadata> parsed = parse_metadata(*info, file.file_name + "/PKG-INFO");
        if (parsed.ok() && is_static_enough(*parsed)) return out.text = *info, out;
    }
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string tree = TRY(sdist.unpack(folder.path()));
    tree = TRY(source_tree(tree, file.subdirectory));
    out.text = TRY(tree_metadata(tree, "`" + file.file_name + "`", source_project(file)));
    return out;
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

// What was found earlier for the same URL and the same promises: METADATA, and behind a NUL the URL that was asked and the freshness.
std::optional<PackageIndex::MetadataText> PackageIndex::kept_metadata(const DistFile& file) {
    std::optional<std::string> entry = cache_.read_checked(Bucket::Metadata, claim_key(file));
    size_t end = entry ? entry->rfind('\0') : std::string::npos;
    if (end == std::string::npos) return std::nullopt;
    MetadataText out;
    for (std::string_view line : base::split_lines(std::string_view(*entry).substr(end + 1))) {
        std::string_view key, value;
        if (!base::partition(line, ' ', key, value)) continue;
        if (key == "from") out.from = value;
        take_freshness(key, value, out.freshness);
    }
    entry->resize(end);
    out.text = std::move(*entry);
    return out;
}

void PackageIndex::keep_text(const DistFile& file, const MetadataText& text) {
    if (!text.sha256.empty()) cache_.write_checked(Bucket::Metadata, own_key(file, text.sha256), text.text);
    if (!local_directory(file.url).empty()) return;
    // Where nothing is promised it may change, and has to be asked about.
    if (file.hashes.empty() && !text.freshness.storable) return cache_.forget(Bucket::Metadata, claim_key(file));
    if (!text.sha256.empty() && !promised_sha256(file).empty()) return;
    std::string entry = text.text + std::string(1, '\0') + "from " + text.from + "\n";
    append_freshness(entry, text.freshness);
    cache_.write_checked(Bucket::Metadata, claim_key(file), entry);
}

void PackageIndex::forget_metadata(const DistFile& file) {
    if (std::string sha256 = known_sha256(file); !sha256.empty()) cache_.forget(Bucket::Metadata, own_key(file, sha256));
    cache_.forget(Bucket::Metadata, claim_key(file));
    claimed_.erase(metadata_name(file));
}

// May what was found earlier be used without asking? What a promised hash proves always may.
bool PackageIndex::may_stand(const DistFile& file, const MetadataText& kept) const {
    PageUse use = file_use(file);
    if (file.has_metadata && has_secure(file.metadata_hashes)) return true;
    if (!file.hashes.empty()) return fetcher_.offline() || use == PageUse::Cached;
    return fetcher_.usable(kept.freshness.fresh_until, use);
}

base::Result<PackageIndex::MetadataText> PackageIndex::find_metadata(const DistFile& file, const MetadataText* kept) {
    bool local = !local_directory(file.url).empty();
    if (file.has_metadata) {
        base::Result<MetadataText> text = published_metadata(file, kept);
        // An index that announces the file and does not have it is broken in a way that the wheel itself repairs.
        if (text.ok() || text.error().kind == base::ErrorKind::Integrity) return text;
    }
    if (!local && file.kind == FileKind::Wheel) {
        base::Result<MetadataText> text = ranged_metadata(file, kept);
        // A server that answers with something else may still have the whole file.
        if (text.ok()) return text;
    }
    return archive_metadata(file, kept);
}

base::Result<std::string> PackageIndex::metadata_text(const DistFile& file) {
    TRY(check_readable(file));
    if (std::string sha256 = known_sha256(file); !sha256.empty())
        if (std::optional<std::string> own = cache_.read_checked(Bucket::Metadata, own_key(file, sha256))) return std::move(*own);
    std::optional<MetadataText> kept = kept_metadata(file);
    MetadataText found;
    if (kept && may_stand(file, *kept)) {
        found = std::move(*kept);
    } else {
        // Where hashes are promised nothing is to be asked of what does not change.
        found = TRY(find_metadata(file, kept && file.hashes.empty() ? &*kept : nullptr));
        if (found.same) found.text = std::move(kept->text);
        keep_text(file, found);
    }
    if (found.sha256.empty()) claimed_[metadata_name(file)] = found.text;
    return std::move(found.text);
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
    std::string key = metadata_name(file);
    auto known = metadata_.find(key);
    if (known != metadata_.end()) return known->second.get();
    hand_over();
    if (file.kind == FileKind::Sdist && !file.any_name && !is_read_archive(file.file_name))
        return base::Error(base::ErrorKind::Unusable, "`" + file.file_name + "` is a source archive of an old form; .tar.gz, .tgz and .zip are read");
    base::Result<std::string> text = metadata_text(file);
    if (!text.ok())
        return std::move(text).error().with_context("while reading the metadata of `" + file.file_name + "`");
    base::Result<Metadata> read = read_metadata(*text, file.file_name);
    if (read.ok() && read->version == file.version && fits_name(*read, file)) return keep_metadata(key, std::move(read).value());
    forget_metadata(file);
    if (!read.ok()) return std::move(read).error();
    return base::Error(base::ErrorKind::Integrity,
                       "the metadata of `" + file.file_name + "` says it is `" + read->name + "` " + read->version.text());
}

}  // namespace pkg
