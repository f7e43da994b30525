// Files of this machine: --find-links directories, simple repositories in directories, and their hashes.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

#include "base/fs.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/index/package_index.h"
#include "pkg/index/simple_page.h"
#include "pkg/name.h"
#include "pkg/wheel/wheel.h"

namespace pkg {

// Files of this machine whose listing gives no hash get the one they have now, so that a lock can name it.
base::Result<void> PackageIndex::hash_local_files(std::vector<DistFile>& files) {
    for (DistFile& file : files) {
        std::string path = file.hashes.empty() ? local_directory(file.url) : "";
        if (path.empty()) continue;
        base::FileStatus status = base::file_status(path);
        if (status.type != base::FileType::Regular) continue;
        std::string sha256 = known_digests_.find(path, status);
        if (sha256.empty()) {
            sha256 = TRY(base::hash_file_hex("sha256", path));
            known_digests_.add(path, status, sha256);
        }
        file.hashes.push_back({"sha256", std::move(sha256)});
        file.size = status.size;
    }
    return {};
}

// The files whose name is the project's up to a separator, in the order of `all`: describe_file then looks at them closely.
static std::vector<const DistFile*> candidates(const FlatFiles& all, std::string_view project) {
    std::string beginning = std::string(project) + "-";
    std::vector<const DistFile*> out;
    auto at = std::lower_bound(all.by_name.begin(), all.by_name.end(), std::pair(beginning, size_t(0)));
    for (; at != all.by_name.end() && at->first.starts_with(beginning); ++at) out.push_back(&all.files[at->second]);
    std::sort(out.begin(), out.end());
    return out;
}

// Those of `all` that are the project's, described by their names.
static void add_described(const FlatFiles& all, const std::string& project, std::vector<DistFile>& out) {
    for (const DistFile* file : candidates(all, project)) {
        DistFile own = *file;
        if (describe_file(own, project)) out.push_back(std::move(own));
    }
}

// The files of a flat index or --find-links location, read once: a directory's own, or the links of a page.
base::Result<const FlatFiles*> PackageIndex::flat_files(const std::string& location) {
    auto known = flat_.find(location);
    if (known != flat_.end()) return &known->second;
    FlatFiles found;
    std::vector<DistFile>& files = found.files;
    std::string directory = local_directory(location);
    if (directory.empty()) {
        FetchedPage page = TRY(fetcher_.page(location, kLinksAccept, page_use("")));
        if (!page.found)
            return base::Error(base::ErrorKind::Network, "`" + base::redact_url(location) + "` was not found");
        // The same page may have been fetched as that of an index, and kept as JSON.
        bool json = page.content_type.find("json") != std::string::npos;
        SimplePage parsed = TRY(json ? parse_simple_json(page.body, page.url, "", location) : parse_simple_html(page.body, page.url, "", location));
        if (parsed.has_secrets) cache_.forget(Bucket::Pages, location);
        learn_from(parsed);
        files = std::move(parsed.files);
    } else if (base::is_regular_file(directory)) {
        // An archive, or a page of links (as in pip).
        DistFile file;
        file.file_name = base::base_name(directory);
        file.index = location;
        file.url = base::file_url(directory);
        if (is_read_archive(file.file_name) || describe_file(file, "")) {
            files.push_back(std::move(file));
        } else {
            std::string text = TRY(base::read_file(directory));
            SimplePage parsed = TRY(parse_simple_html(text, file.url, "", location));
            learn_from(parsed);
            files = std::move(parsed.files);
        }
    } else if (base::is_directory(directory)) {
        for (const base::DirectoryEntry& entry : TRY(base::list_directory(directory))) {
            DistFile file;
            file.file_name = entry.name;
            file.index = location;
            file.url = base::file_url(base::join_path(directory, entry.name));
            // Sdist names can be told apart only with the project's name; here the extension is enough.
            if (is_read_archive(entry.name) || describe_file(file, "")) files.push_back(std::move(file));
        }
    } else {
        return base::Error(base::ErrorKind::Network, "the --find-links location `" + location + "` is not there");
    }
    for (size_t i = 0; i < files.size(); i++) found.by_name.emplace_back(normalize_name(files[i].file_name), i);
    std::sort(found.by_name.begin(), found.by_name.end());
    const FlatFiles* out = &flat_.emplace(location, std::move(found)).first->second;
    // What this one does not have another index is asked for.
    for (const std::string& name : std::exchange(behind_flat_, {}))
        prefetch_project(name);
    return out;
}

// Nothing while its page has not been read; a directory is read here.
std::optional<bool> PackageIndex::flat_has(const IndexLocation& index, std::string_view name) {
    if (local_directory(index.url).empty() && !flat_.count(index.url)) return std::nullopt;
    base::Result<const FlatFiles*> files = flat_files(index.url);
    // What is wrong with it is told when the project is asked for.
    if (!files.ok()) return true;
    std::vector<const DistFile*> likely = candidates(**files, name);
    return std::any_of(likely.begin(), likely.end(), [&](const DistFile* file) {
        DistFile own = *file;
        return describe_file(own, name);
    });
}

// False where it does not have the project, so that the next index is asked.
bool PackageIndex::prefetch_flat(const IndexLocation& index, std::string_view name) {
    std::optional<bool> has = flat_has(index, name);
    if (has && !*has) return false;
    if (has) {
        awaited_.emplace_back(name);
    } else {
        fetcher_.start_page(index.url, kLinksAccept, page_use(""));
        behind_flat_.emplace_back(name);
    }
    return true;
}

base::Result<void> PackageIndex::add_find_links(Project& project) {
    for (const std::string& location : settings_.find_links) TRY(add_flat(project, location));
    return {};
}

base::Result<void> PackageIndex::add_flat(Project& project, const std::string& location) {
    std::vector<DistFile> own;
    add_described(*TRY(flat_files(location)), project.name, own);
    if (!own.empty()) project.found = true;
    TRY(hash_local_files(own));
    add_files(project, std::move(own));
    return {};
}

base::Result<void> PackageIndex::add_local_index(Project& project, const IndexLocation& index,
                                                 const std::string& directory) {
    std::string folder = base::join_path(directory, project.name);
    if (!base::is_directory(folder)) return {};
    project.found = true;
    std::string url = base::file_url(folder) + "/";
    for (auto [name, type] : {std::pair{"index.json", "application/json"}, std::pair{"index.html", "text/html"}}) {
        if (!base::is_regular_file(folder + "/" + name)) continue;
        std::string text = TRY(base::read_file(folder + "/" + name));
        SimplePage page = TRY(parse_simple_page(type, text, url, project.name, index.url));
        project.status = page.status;
        project.status_reason = page.status_reason;
        learn_from(page);
        TRY(hash_local_files(page.files));
        add_files(project, std::move(page.files));
        return {};
    }
    std::vector<DistFile> files;
    add_described(*TRY(flat_files(folder)), project.name, files);
    for (DistFile& file : files) file.index = index.url;
    TRY(hash_local_files(files));
    add_files(project, std::move(files));
    return {};
}

namespace {

// A local file to read ahead, its digest when it could be read, and the wheel when it was read whole.
struct LocalRead {
    DistFile file;
    std::string path, sha256;
    bool newest = false;
    base::FileStatus status;
    std::optional<Wheel> wheel;
};

// So many bytes of wheels that were read are kept until they are unpacked.
constexpr uint64_t kKeptBytes = uint64_t(256) << 20;

// The files of `names` among `all`.
void add_reads(const FlatFiles& all, const std::vector<std::string>& names, LocalDigests& known, std::vector<LocalRead>& reads) {
    for (const std::string& name : names) {
        std::vector<DistFile> own;
        add_described(all, name, own);
        const DistFile* newest = nullptr;
        for (const DistFile& file : own) {
            if (file.kind == FileKind::Wheel && (!newest || newest->version < file.version)) newest = &file;
        }
        for (DistFile& file : own) {
            LocalRead read;
            read.path = local_directory(file.url);
            read.status = base::file_status(read.path);
            if (read.status.type != base::FileType::Regular) continue;
            read.newest = &file == newest;
            read.sha256 = known.find(read.path, read.status);
            read.file = std::move(file);
            reads.push_back(std::move(read));
        }
    }
}

// Digest, and of the newest the metadata; what fails is tried again when it is asked for.
void read_local(Cache& cache, LocalRead& read, std::atomic<uint64_t>& kept) {
    if (!read.newest) {
        base::Result<std::string> digest = read.sha256.empty() ? base::hash_file_hex("sha256", read.path) : read.sha256;
        if (digest.ok()) read.sha256 = std::move(digest).value();
        return;
    }
    if (!read.sha256.empty() && !cache.find(Bucket::Metadata, read.sha256).empty()) return;
    base::Result<std::string> bytes = base::read_file(read.path);
    if (!bytes.ok()) return;
    uint64_t size = bytes->size();
    read.sha256 = base::sha256_hex(*bytes);
    base::Result<Wheel> wheel = Wheel::from_bytes(std::move(bytes).value(), read.file.file_name);
    if (!wheel.ok()) return;
    cache.write_checked(Bucket::Metadata, read.sha256, wheel->metadata_text());
    if (kept.fetch_add(size) + size <= kKeptBytes) read.wheel.emplace(std::move(wheel).value());
}

}  // namespace

// FAST: the local files of all projects that were announced are read side by side, not one when each is asked for; the
// wheels that were read and checked are what will be unpacked.
base::Result<void> PackageIndex::read_ahead() {
    std::vector<std::string> names = std::exchange(awaited_, {});
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (names.size() < 2) return {};
    std::vector<LocalRead> reads;
    for (const std::string& location : settings_.find_links)
        if (!local_directory(location).empty()) add_reads(*TRY(flat_files(location)), names, known_digests_, reads);
    for (const IndexLocation& index : settings_.indexes) {
        if (!index.flat || local_directory(index.url).empty()) continue;
        std::vector<std::string> served;
        std::copy_if(names.begin(), names.end(), std::back_inserter(served), [&](const std::string& name) { return serves(index, name); });
        // One that cannot be read may not be asked at all.
        if (base::Result<const FlatFiles*> all = flat_files(index.url); all.ok()) add_reads(**all, served, known_digests_, reads);
    }
    cache_.prepare();
    std::atomic<uint64_t> kept = 0;
    auto read_one = [&](size_t i) -> base::Result<void> {
        read_local(cache_, reads[i], kept);
        return {};
    };
    TRY(base::for_each_parallel(reads.size(), read_one));
    for (LocalRead& read : reads) {
        if (read.sha256.empty()) continue;
        known_digests_.add(read.path, read.status, read.sha256);
        if (read.wheel) read_wheels_.emplace(std::move(read.path), ReadWheel{std::move(read.sha256), std::move(*read.wheel)});
    }
    return {};
}

}  // namespace pkg
