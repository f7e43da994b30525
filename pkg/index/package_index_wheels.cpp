// Wheels to install: out of the cache, downloaded, or built. And files as they are.
#include "pkg/index/package_index_downloads.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/url.h"
#include "pkg/index/promises.h"
#include "pkg/index/simple_page.h"
#include "pkg/name.h"
#include "pkg/sdist/sdist.h"

namespace pkg {

// What a build of the project called `name` is kept by: other settings may give another wheel of the same source.
std::string PackageIndex::with_build_settings(std::string key, const std::string& name) const {
    std::string settings = builder_ ? builder_->settings_key(name) : "";
    return settings.empty() ? key : std::move(key) + " " + settings;
}

// What a wheel built from the source archive with this hash is kept by.
std::string PackageIndex::built_key(const WheelSource& source, const std::string& sha256) const {
    return with_build_settings("built:" + sha256 + (source.file.subdirectory.empty() ? "" : "#" + source.file.subdirectory), source.name);
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

base::Result<void> check_file_name(const std::string& name) {
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
base::Result<void> PackageIndex::look_in_cache(Download& download) const {
    const WheelSource& source = download.source;
    download.repository = is_vcs_url(source.direct_url);
    if (download.repository) return {};
    std::string sha256 = promised_sha256(source.file);
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
    if (download.stored || local.empty()) return {};
    if (!base::is_regular_file(local)) return base::Error(base::ErrorKind::Network, "`" + local + "` is not there");
    download.path = local;
    return {};
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
base::Result<void> PackageIndex::compare_metadata(const Download& download) const {
    const DistFile& file = download.source.file;
    auto shown = metadata_.find(cache_key(file));
    if (!download.metadata || shown == metadata_.end() || !file.has_metadata) return {};
    const Metadata &own = *download.metadata, &other = *shown->second;
    const char* differs = normalize_name(own.name) != normalize_name(other.name) ? "Name"
                          : own.version != other.version                         ? "Version"
                          : requirement_texts(own) != requirement_texts(other)   ? "Requires-Dist"
                                                                                 : nullptr;
    auto python = [](const Metadata& m) { return m.requires_python ? m.requires_python->text() : std::string(); };
    if (!differs && python(own) != python(other)) differs = "Requires-Python";
    if (!differs) return {};
    return base::Error(base::ErrorKind::Integrity, "`" + file.file_name + "` has another " + differs +
                                                       " than the metadata which the index gave for it");
}

base::Result<StoredWheel> PackageIndex::finish_download(Download& download) {
    TRY(compare_metadata(download));
    const WheelSource& source = download.source;
    if (download.stored) return std::move(download.wheel);
    if (download.repository) return repository_wheel(source);
    if (!download.directory.empty()) return build(source, download.directory, "");
    StoredWheel built;
    if (find_stored_wheel(cache_, built_key(source, download.sha256), built)) return built;
    return build(source, download.path, download.sha256);
}

void PackageIndex::fetch_ahead(const std::string& name, const DistFile& file) {
    if (file.kind != FileKind::Wheel || !local_directory(file.url).empty()) return;
    if (!downloads_) downloads_ = std::make_unique<Downloads>(*this);
    downloads_->begin_ahead({name, file, "", false, {}});
    downloads_->hand_over();
}

base::Result<std::vector<StoredWheel>> PackageIndex::fetch_wheels(const std::vector<WheelSource>& sources) {
    std::unique_ptr<Downloads> work = downloads_ ? std::move(downloads_) : std::make_unique<Downloads>(*this);
    std::vector<Download*> downloads;
    for (const WheelSource& source : sources) {
        Download* download = work->begun_ahead(source);
        if (!download) {
            download = &work->add(source);
            auto kept = direct_archives_.find(source.file.url);
            if (kept != direct_archives_.end()) download->path = kept->second.path;
            work->look(*download);
        }
        downloads.push_back(download);
    }
    TRY(work->finish_looking());
    for (size_t i = 0; i < sources.size(); i++) {
        Download& download = *downloads[i];
        if (download.ahead || download.stored) continue;
        TRY(while_fetching(sources[i], work->begin(download)));
        auto read = read_wheels_.find(download.path);
        if (read != read_wheels_.end()) download.read.emplace(std::move(read_wheels_.extract(read).mapped()));
    }
    read_wheels_.clear();
    cache_.prepare();
    work->finish(downloads);
    std::vector<StoredWheel> out;
    // Where one has failed others may not have been waited for.
    for (size_t i = 0; i < sources.size(); i++)
        TRY(while_fetching(sources[i], std::move(downloads[i]->outcome)));
    for (size_t i = 0; i < sources.size(); i++) {
        base::Result<StoredWheel> wheel = finish_download(*downloads[i]);
        if (!wheel.ok()) return std::move(wheel).error().with_context("while fetching `" + sources[i].name + "`");
        out.push_back(std::move(wheel).value());
    }
    return out;
}

}  // namespace pkg
