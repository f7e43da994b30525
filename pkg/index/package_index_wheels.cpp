// Wheels: downloading side by side, checking, building, unpacking into the cache.
#include <algorithm>

#include "base/fs.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/url.h"
#include "pkg/index/package_index.h"
#include "pkg/index/simple_page.h"
#include "pkg/install/install.h"
#include "pkg/name.h"
#include "pkg/sdist/sdist.h"

namespace pkg {

// One source on its way: in the cache already, a local file, or a download begun.
struct PackageIndex::Download {
    bool stored = false;
    StoredWheel wheel;
    std::string path;       // the file, once it is there
    std::string directory;  // a source tree to be built
    bool repository = false;  // to be built from a commit
    std::string sha256;     // of the file, once it was checked
    std::optional<ReadWheel> read;  // the file, where it was read before
    bool started = false;
    bool in_memory = false;  // it goes to `bytes` and to no file
    std::string bytes;
    base::HttpClient::Ticket ticket = 0;
};

// Wheels are downloaded into memory, up to so many bytes, unless they are long or nobody says how long they are.
constexpr uint64_t kLargestInMemory = uint64_t(16) << 20, kMostInMemory = uint64_t(256) << 20;

static std::string known_sha256(const DistFile& file) {
    for (const Hash& hash : file.hashes) {
        if (hash.algorithm == "sha256") return hash.hex;
    }
    return "";
}

// What a wheel built from the source archive with this hash is kept by.
static std::string built_key(const WheelSource& source, const std::string& sha256) {
    return "built:" + sha256 + (source.file.subdirectory.empty() ? "" : "#" + source.file.subdirectory);
}

// What is known of a file's bytes against what was asked for: every hash that the index or lock gave compared; those
// that protect nothing are not enough on their own, but none at all is what flat directories have. `hash` computes one.
template <class HashOf>
static base::Result<void> check_promises(const DistFile& file, const std::string& sha256, uint64_t size, HashOf hash) {
    for (const Hash& promised : file.hashes) {
        std::string found = promised.algorithm == "sha256" ? sha256 : TRY(hash(promised.algorithm));
        if (found != promised.hex) return hash_mismatch(file.file_name, promised.algorithm, promised.hex, found);
    }
    if (file.size && *file.size != size)
        return base::Error(base::ErrorKind::Integrity, "`" + file.file_name + "` has " + std::to_string(size) +
                                                           " bytes, expected " + std::to_string(*file.size));
    return {};
}
// Returns the sha256 of the file at `path`.
static base::Result<std::string> check_file(const DistFile& file, const std::string& path) {
    std::string sha256 = TRY(base::hash_file_hex("sha256", path));
    auto hash = [&](const std::string& algorithm) { return base::hash_file_hex(algorithm, path); };
    TRY(check_promises(file, sha256, base::file_status(path).size, hash));
    return sha256;
}
static base::Result<std::string> check_bytes(const DistFile& file, std::string_view bytes) {
    std::string sha256 = base::sha256_hex(bytes);
    auto hash = [&](const std::string& algorithm) { return base::hash_hex(algorithm, bytes); };
    TRY(check_promises(file, sha256, bytes.size(), hash));
    return sha256;
}

// A file that is not what was promised is no use to anyone.
static base::Result<void> keep_if_right(const DistFile& file, const std::string& path) {
    // An empty body makes no file.
    if (!base::path_exists(path)) TRY(base::write_file(path, ""));
    base::Result<std::string> checked = check_file(file, path);
    if (checked.ok()) return {};
    TRY(base::remove_file(path));
    return std::move(checked).error();
}

static base::Result<void> check_file_name(const std::string& name) {
    if (base::unsafe_member_name(name) || name.find('/') != std::string::npos)
        return base::Error(base::ErrorKind::Integrity, "`" + name + "` is no file name");
    return {};
}

base::Result<void> PackageIndex::download(const DistFile& file, const std::string& path) {
    std::string local = local_directory(file.url);
    if (!local.empty()) {
        TRY(base::copy_file(local, path));
    } else {
        base::HttpResponse response = TRY(fetcher_.perform({.url = file.url, .save_to = path}));
        if (!response.ok()) return base::http_status_error(response);
    }
    return keep_if_right(file, path);
}

base::Result<void> PackageIndex::download_all(const std::vector<DistFile>& files, const std::string& directory) {
    std::vector<std::pair<const DistFile*, base::HttpClient::Ticket>> started;
    auto path_of = [&](const DistFile& file) { return base::join_path(directory, file.file_name); };
    for (const DistFile& file : files)
        TRY(check_file_name(file.file_name));
    for (const DistFile& file : files) {
        bool remote = local_directory(file.url).empty();
        if (remote && fetcher_.offline()) return fetcher_.offline_error(file.url);
        if (remote) started.emplace_back(&file, fetcher_.start({.url = file.url, .save_to = path_of(file)}));
    }
    for (const DistFile& file : files) {
        if (!local_directory(file.url).empty()) TRY(download(file, path_of(file)));
    }
    for (auto& [file, ticket] : started) {
        base::HttpResponse response = TRY(fetcher_.wait(ticket));
        if (!response.ok()) return base::http_status_error(response);
        TRY(keep_if_right(*file, path_of(*file)));
    }
    return {};
}

// Finds out where a wheel will come from; nothing is asked of the network. Called from several threads at once.
base::Result<void> PackageIndex::look_in_cache(const WheelSource& source, Download& download) const {
    download.repository = is_vcs_url(source.direct_url);
    if (download.repository) return {};
    std::string sha256 = known_sha256(source.file);
    bool wheel = source.file.kind == FileKind::Wheel;
    std::string local = local_directory(source.file.url);
    if (!local.empty() && base::is_directory(local)) {
        download.directory = TRY(source_tree(local, direct_info_of_url(source.direct_url).subdirectory));
        return {};
    }
    if (sha256.empty() && local.empty()) {
        if (std::optional<std::string> linked = cache_.read(Bucket::Links, source.file.url)) sha256 = *linked;
    }
    if (!sha256.empty() && (wheel || local.empty()))
        download.stored = find_stored_wheel(cache_, wheel ? sha256 : built_key(source, sha256), download.wheel);
    if (auto kept = direct_archives_.find(source.file.url); kept != direct_archives_.end() && local.empty())
        download.path = kept->second.path;
    if (download.stored || local.empty()) return {};
    if (!base::is_regular_file(local)) return base::Error(base::ErrorKind::Network, "`" + local + "` is not there");
    download.path = local;
    return {};
}

// `room`: how many bytes may still be downloaded into memory.
base::Result<void> PackageIndex::start_download(const WheelSource& source, Download& download, uint64_t& room) {
    if (download.stored || download.repository || !download.directory.empty() || !download.path.empty()) return {};
    if (fetcher_.offline()) return fetcher_.offline_error(source.file.url);
    TRY(check_file_name(source.file.file_name));
    uint64_t size = source.file.size.value_or(kLargestInMemory + 1);
    download.in_memory = source.file.kind == FileKind::Wheel && size <= kLargestInMemory && size <= room;
    if (download.in_memory) {
        room -= size;
        // What is longer than promised gets the same answer as what is shorter, within reason.
        download.ticket = fetcher_.start({.url = source.file.url, .limit = size + (1 << 20), .as_sent = true});
        download.started = true;
        return {};
    }
    base::TemporaryDirectory folder = TRY(cache_.staging());
    download.path = base::join_path(folder.keep(), source.file.file_name);
    download.ticket = fetcher_.start({.url = source.file.url, .save_to = download.path});
    download.started = true;
    return {};
}

base::Result<void> PackageIndex::take(Download& download) {
    base::HttpResponse response = TRY(fetcher_.wait(download.ticket));
    if (!response.ok()) return base::http_status_error(response);
    if (download.in_memory) {
        download.bytes = std::move(response.body);
    } else if (!base::path_exists(download.path)) {
        TRY(base::write_file(download.path, ""));
    }
    return {};
}

static base::Result<void> while_fetching(const WheelSource& source, base::Result<void> result) {
    if (result.ok()) return {};
    return std::move(result).error().with_context("while fetching `" + source.name + "`");
}

base::Result<void> PackageIndex::await_downloads(const std::vector<WheelSource>& sources, std::vector<Download>& downloads,
                                                 base::ParallelQueue& queue) {
    std::vector<size_t> coming;
    std::vector<base::HttpClient::Ticket> tickets;
    for (size_t i = 0; i < downloads.size(); i++) {
        if (!downloads[i].started) continue;
        coming.push_back(i);
        tickets.push_back(downloads[i].ticket);
    }
    base::Result<void> failure;
    while (!coming.empty() && !queue.failed()) {
        size_t at = fetcher_.wait_any(tickets), index = coming[at];
        coming.erase(coming.begin() + (ptrdiff_t)at);
        tickets.erase(tickets.begin() + (ptrdiff_t)at);
        base::Result<void> taken = take(downloads[index]);
        if (taken.ok()) {
            queue.add(index);
            continue;
        }
        // Of those that fail the first one is told of, whichever failed first; those behind it are not waited for.
        failure = while_fetching(sources[index], std::move(taken));
        size_t before = (size_t)(std::lower_bound(coming.begin(), coming.end(), index) - coming.begin());
        coming.resize(before);
        tickets.resize(before);
    }
    return failure;
}

// Built wheels are kept by what they were built from; `key` is also where the unpacked one stands.
base::Result<StoredWheel> PackageIndex::store_built(const std::string& path, std::string_view key) {
    return store_wheel(cache_, TRY(base::read_file(path)), std::string(base::base_name(path)), key);
}

base::Result<StoredWheel> PackageIndex::build(const WheelSource& source, const std::string& archive,
                                              const std::string& sha256) {
    if (!builder_)
        return base::Error(base::ErrorKind::BuildFailed,
                           "`" + source.name + "` comes as source only, which cannot be built here");
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string tree = archive;
    if (!sha256.empty()) {
        Sdist sdist = TRY(open_source(source.file, archive));
        tree = TRY(sdist.unpack(folder.path()));
        tree = TRY(source_tree(tree, source.file.subdirectory));
    }
    std::string output = folder.path() + "/.out";
    TRY(base::make_directories(output));
    base::Result<std::string> wheel =
        source.editable ? builder_->editable(tree, output, source.name) : builder_->wheel(tree, output, source.name);
    if (!wheel.ok()) return std::move(wheel).error().with_context("while building `" + source.name + "`");
    if (!sha256.empty()) return store_built(*wheel, built_key(source, sha256));
    // A directory changes: what was built from it counts by its own content.
    std::string own = TRY(base::hash_file_hex("sha256", *wheel));
    return store_built(*wheel, own);
}

static std::vector<std::string> requirement_texts(const Metadata& metadata) {
    std::vector<std::string> out;
    for (const Requirement& requirement : metadata.requires_dist)
        out.push_back(requirement.text());
    std::sort(out.begin(), out.end());
    return out;
}

// What was resolved with has to be what the wheel says: an index could show other metadata than it delivers.
base::Result<void> PackageIndex::compare_metadata(const WheelSource& source, const StoredWheel& wheel) const {
    auto shown = metadata_.find(cache_key(source.file));
    if (shown == metadata_.end() || !source.file.has_metadata) return {};
    const StoredFile* file = wheel.find(wheel.dist_info + "/METADATA");
    std::string text = file ? TRY(base::read_file(wheel.path_of(*file))) : "";
    Metadata own = TRY(parse_metadata_for_resolving(text, source.file.file_name));
    const Metadata& other = *shown->second;
    const char* differs = normalize_name(own.name) != normalize_name(other.name) ? "Name"
                          : own.version != other.version                         ? "Version"
                          : requirement_texts(own) != requirement_texts(other)   ? "Requires-Dist"
                                                                                 : nullptr;
    auto python = [](const Metadata& m) { return m.requires_python ? m.requires_python->text() : std::string(); };
    if (!differs && python(own) != python(other)) differs = "Requires-Python";
    if (!differs) return {};
    return base::Error(base::ErrorKind::Integrity, "`" + source.file.file_name + "` has another " + differs +
                                                       " than the metadata which the index gave for it");
}

// Unpacks a wheel that was read and checked before: its bytes are held to the promises.
base::Result<void> PackageIndex::unpack_read(const WheelSource& source, Download& download) const {
    std::string_view bytes = download.read->wheel.archive().bytes();
    auto hash = [&](const std::string& algorithm) { return base::hash_hex(algorithm, bytes); };
    TRY(check_promises(source.file, download.read->sha256, bytes.size(), hash));
    download.sha256 = download.read->sha256;
    download.wheel = TRY(store_wheel(cache_, download.read->wheel, download.sha256));
    download.read.reset();
    download.stored = true;
    return compare_metadata(source, download.wheel);
}

// Checks and unpacks a wheel that is there as a file. Called from several threads at once.
base::Result<void> PackageIndex::unpack(const WheelSource& source, Download& download) const {
    if (download.stored || download.repository || !download.directory.empty()) return {};
    if (download.read) return unpack_read(source, download);
    bool wheel = source.file.kind == FileKind::Wheel;
    // What was checked is what is unpacked: the same bytes in memory.
    std::string bytes = std::move(download.bytes);
    if (wheel && !download.in_memory) bytes = TRY(base::read_file(download.path));
    download.sha256 = TRY(wheel ? check_bytes(source.file, bytes) : check_file(source.file, download.path));
    if (download.started && known_sha256(source.file).empty())
        cache_.write(Bucket::Links, source.file.url, download.sha256);
    if (!wheel) return {};
    download.wheel = TRY(store_wheel(cache_, std::move(bytes), source.file.file_name, download.sha256));
    download.stored = true;
    return compare_metadata(source, download.wheel);
}

base::Result<StoredWheel> PackageIndex::finish_download(const WheelSource& source, Download& download) {
    if (download.stored) return std::move(download.wheel);
    if (download.repository) return repository_wheel(source);
    if (!download.directory.empty()) return build(source, download.directory, "");
    StoredWheel built;
    if (find_stored_wheel(cache_, built_key(source, download.sha256), built)) return built;
    return build(source, download.path, download.sha256);
}

base::Result<void> PackageIndex::fetch_all(const std::vector<WheelSource>& sources, std::vector<Download>& downloads,
                                           std::vector<StoredWheel>& out) {
    auto look = [&](size_t i) { return while_fetching(sources[i], look_in_cache(sources[i], downloads[i])); };
    TRY(base::for_each_parallel(sources.size(), look));
    uint64_t room = kMostInMemory;
    size_t missing = 0, remote = 0;
    for (size_t i = 0; i < sources.size(); i++) {
        if (downloads[i].stored) continue;
        missing++;
        TRY(while_fetching(sources[i], start_download(sources[i], downloads[i], room)));
        remote += downloads[i].started;
        auto read = read_wheels_.find(downloads[i].path);
        if (read != read_wheels_.end()) downloads[i].read.emplace(std::move(read_wheels_.extract(read).mapped()));
    }
    read_wheels_.clear();
    cache_.prepare();
    // FAST: what is there is checked and unpacked while the rest is on its way; then this thread waits for the network.
    auto check = [&](size_t i) { return while_fetching(sources[i], unpack(sources[i], downloads[i])); };
    size_t threads = std::min(missing, base::processor_count());
    base::ParallelQueue queue(threads && !remote ? threads - 1 : threads, check);
    for (size_t i = 0; i < sources.size(); i++) {
        if (!downloads[i].started && !downloads[i].stored) queue.add(i);
    }
    TRY(await_downloads(sources, downloads, queue));
    TRY(queue.finish());
    for (size_t i = 0; i < sources.size(); i++) {
        base::Result<StoredWheel> wheel = finish_download(sources[i], downloads[i]);
        if (!wheel.ok()) return std::move(wheel).error().with_context("while fetching `" + sources[i].name + "`");
        out.push_back(std::move(wheel).value());
    }
    return {};
}

base::Result<std::vector<StoredWheel>> PackageIndex::fetch_wheels(const std::vector<WheelSource>& sources) {
    std::vector<Download> downloads(sources.size());
    std::vector<StoredWheel> out;
    base::Result<void> fetched = fetch_all(sources, downloads, out);
    for (const Download& download : downloads) {
        // What was downloaded is in the cache now, or of no use.
        if (download.started && !download.in_memory) (void)base::remove_tree(std::string(base::parent_path(download.path))).ok();
    }
    if (!fetched.ok()) return std::move(fetched).error();
    return out;
}

}  // namespace pkg
