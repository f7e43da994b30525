// Wheels: downloading side by side, checking, building, unpacking into the cache.
#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/url.h"
#include "pkg/index/package_index.h"
#include "pkg/index/simple_page.h"
#include "pkg/install/install.h"
#include "pkg/sdist/sdist.h"

namespace pkg {

// One source on its way: in the cache already, a local file, or a download begun.
struct PackageIndex::Download {
    bool stored = false;
    StoredWheel wheel;
    std::string path;       // the file, once it is there
    std::string directory;  // a source tree to be built
    bool started = false;
    base::HttpClient::Ticket ticket = 0;
};

static std::string known_sha256(const DistFile& file) {
    for (const Hash& hash : file.hashes) {
        if (hash.algorithm == "sha256") return hash.hex;
    }
    return "";
}

// The sha256 of the file at `path`, every hash that the index or lock gave compared; those that protect nothing are not
// enough on their own, but none at all is what flat directories have.
static base::Result<std::string> check_file(const DistFile& file, const std::string& path) {
    std::string sha256 = TRY(base::hash_file_hex("sha256", path));
    for (const Hash& hash : file.hashes) {
        std::string found = hash.algorithm == "sha256" ? sha256 : TRY(base::hash_file_hex(hash.algorithm, path));
        if (found != hash.hex) return hash_mismatch(file.file_name, hash.algorithm, hash.hex, found);
    }
    uint64_t size = base::file_status(path).size;
    if (file.size && *file.size != size)
        return base::Error(base::ErrorKind::Integrity, "`" + file.file_name + "` has " + std::to_string(size) +
                                                           " bytes, expected " + std::to_string(*file.size));
    return sha256;
}

base::Result<void> PackageIndex::download(const DistFile& file, const std::string& path) {
    std::string local = local_directory(file.url);
    if (!local.empty()) {
        TRY(base::copy_file(local, path));
    } else {
        base::HttpResponse response = TRY(fetcher_.perform({.url = file.url, .save_to = path}));
        if (!response.ok()) return base::http_status_error(response);
        // An empty body makes no file.
        if (!base::path_exists(path)) TRY(base::write_file(path, ""));
    }
    base::Result<std::string> checked = check_file(file, path);
    if (checked.ok()) return {};
    TRY(base::remove_file(path));
    return std::move(checked).error();
}

base::Result<void> PackageIndex::start_download(const WheelSource& source, Download& download) {
    std::string sha256 = known_sha256(source.file);
    bool wheel = source.file.kind == FileKind::Wheel;
    std::string local = local_directory(source.file.url);
    if (!local.empty()) {
        if (base::is_directory(local)) {
            download.directory = local;
            return {};
        }
        if (!sha256.empty() && wheel && find_stored_wheel(cache_, sha256, download.wheel)) {
            download.stored = true;
            return {};
        }
        if (!base::is_regular_file(local)) return base::Error(base::ErrorKind::Network, "`" + local + "` is not there");
        download.path = local;
        return {};
    }
    if (sha256.empty()) {
        if (std::optional<std::string> linked = cache_.read(Bucket::Links, source.file.url)) sha256 = *linked;
    }
    if (!sha256.empty() && find_stored_wheel(cache_, wheel ? sha256 : "built:" + sha256, download.wheel)) {
        download.stored = true;
        return {};
    }
    if (fetcher_.offline()) return fetcher_.offline_error(source.file.url);
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string name = source.file.file_name;
    if (base::unsafe_member_name(name) || name.find('/') != std::string::npos)
        return base::Error(base::ErrorKind::Integrity, "`" + name + "` is no file name");
    download.path = base::join_path(folder.keep(), name);
    download.ticket = fetcher_.start({.url = source.file.url, .save_to = download.path});
    download.started = true;
    return {};
}

// Built wheels are kept by what they were built from; `key` is also where the unpacked one stands.
base::Result<StoredWheel> PackageIndex::store_built(const std::string& path, std::string_view key) {
    return store_wheel(cache_, path, std::string(base::base_name(path)), key);
}

base::Result<StoredWheel> PackageIndex::build(const WheelSource& source, const std::string& archive,
                                              const std::string& sha256) {
    if (!builder_)
        return base::Error(base::ErrorKind::BuildFailed,
                           "`" + source.name + "` comes as source only, which cannot be built here");
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string tree = archive;
    if (!sha256.empty()) {
        Sdist sdist = TRY(Sdist::open(archive));
        tree = TRY(sdist.unpack(folder.path()));
    }
    std::string output = folder.path() + "/.out";
    TRY(base::make_directories(output));
    base::Result<std::string> wheel =
        source.editable ? builder_->editable(tree, output) : builder_->wheel(tree, output);
    if (!wheel.ok()) return std::move(wheel).error().with_context("while building `" + source.name + "`");
    if (!sha256.empty()) return store_built(*wheel, "built:" + sha256);
    // A directory changes: what was built from it counts by its own content.
    std::string own = TRY(base::hash_file_hex("sha256", *wheel));
    return store_built(*wheel, own);
}

base::Result<StoredWheel> PackageIndex::finish_download(const WheelSource& source, Download& download) {
    if (download.stored) return std::move(download.wheel);
    if (!download.directory.empty()) return build(source, download.directory, "");
    if (download.started) {
        base::HttpResponse response = TRY(fetcher_.wait(download.ticket));
        if (!response.ok()) return base::http_status_error(response);
        if (!base::path_exists(download.path)) TRY(base::write_file(download.path, ""));
    }
    std::string sha256 = TRY(check_file(source.file, download.path));
    if (download.started && known_sha256(source.file).empty()) cache_.write(Bucket::Links, source.file.url, sha256);
    if (source.file.kind == FileKind::Wheel) return store_wheel(cache_, download.path, source.file.file_name, sha256);
    StoredWheel built;
    if (find_stored_wheel(cache_, "built:" + sha256, built)) return built;
    return build(source, download.path, sha256);
}

base::Result<std::vector<StoredWheel>> PackageIndex::fetch_wheels(const std::vector<WheelSource>& sources) {
    std::vector<Download> downloads(sources.size());
    base::Result<void> begun;
    for (size_t i = 0; i < sources.size() && begun.ok(); i++)
        begun = start_download(sources[i], downloads[i]);
    std::vector<StoredWheel> out;
    base::Result<void> failed = std::move(begun);
    for (size_t i = 0; i < sources.size(); i++) {
        if (failed.ok()) {
            base::Result<StoredWheel> wheel = finish_download(sources[i], downloads[i]);
            if (wheel.ok()) {
                out.push_back(std::move(wheel).value());
            } else {
                failed = std::move(wheel).error().with_context("while fetching `" + sources[i].name + "`");
            }
        }
        // What was downloaded is in the cache now, or of no use.
        if (downloads[i].started) (void)base::remove_tree(std::string(base::parent_path(downloads[i].path))).ok();
    }
    if (!failed.ok()) return std::move(failed).error();
    return out;
}

}  // namespace pkg
