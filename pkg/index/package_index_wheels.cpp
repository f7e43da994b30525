// Wheels to install: out of the cache, downloaded, or built. And files as they are.
#include "pkg/index/package_index_downloads.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/url.h"
#include "pkg/index/freshness.h"
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
static base::Result<std::string> keep_if_right(const DistFile& file, const std::string& path) {
    // An empty body makes no file.
    if (!base::path_exists(path)) TRY(base::write_file(path, ""));
    base::Result<std::string> checked = check_file(file, path);
    if (!checked.ok()) TRY(base::remove_file(path));
    return checked;
}

base::Result<void> check_file_name(const std::string& name) {
    if (base::unsafe_member_name(name) || name.find('/') != std::string::npos)
        return base::Error(base::ErrorKind::Integrity, "`" + name + "` is no file name");
    return {};
}

base::Result<PackageIndex::Fetched> PackageIndex::fetch_file(const DistFile& file, const std::string& path, const base::HttpFreshness* before) {
    Fetched out;
    std::string local = local_directory(file.url);
    if (!local.empty()) {
        TRY(base::copy_file(local, path));
    } else {
        base::HttpRequest request{.url = file.url, .save_to = path};
        if (before) add_conditions(request, *before);
        base::HttpResponse response = TRY(fetcher_.perform(std::move(request)));
        out.freshness = fetcher_.freshness(response, before);
        out.same = before && response.status == 304;
        if (out.same) return out;
        if (!response.ok()) return base::http_status_error(response);
    }
    out.sha256 = TRY(keep_if_right(file, path));
    if (!local.empty()) return out;
    if (promised_sha256(file).empty()) write_link(cache_, file.url, {out.sha256, out.freshness});
    remember_proof(cache_, file, out.sha256, base::file_status(path).size);
    return out;
}

base::Result<void> PackageIndex::download(const DistFile& file, const std::string& path) {
    TRY(fetch_file(file, path));
    return {};
}

base::Result<std::string> PackageIndex::sha256_of(const DistFile& file) {
    if (std::string known = known_sha256(file); !known.empty()) return known;
    base::TemporaryDirectory staging = TRY(cache_.staging());
    std::optional<FileLink> link = link_to_ask(file);
    Fetched fetched = TRY(fetch_file(file, staging.path() + "/file", link ? &link->freshness : nullptr));
    if (!fetched.same) return fetched.sha256;
    write_link(cache_, file.url, {link->sha256, fetched.freshness});
    return link->sha256;
}

// The file's sha256 as far as nothing has to be asked for it, "" where it is not known.
std::string PackageIndex::known_sha256(const DistFile& file) const {
    std::string sha256 = promised_sha256(file);
    if (!sha256.empty() || !local_directory(file.url).empty()) return sha256;
    std::optional<FileLink> link = read_link(cache_, file.url);
    if (!link || !is_proven(cache_, file, link->sha256)) return "";
    return !file.hashes.empty() || fetcher_.usable(link->freshness.fresh_until, file_use(file)) ? link->sha256 : "";
}

// What the URL of a file had of which nothing is promised, for the server to say whether it is the same.
std::optional<FileLink> PackageIndex::link_to_ask(const DistFile& file) const {
    if (!file.hashes.empty() || !local_directory(file.url).empty()) return std::nullopt;
    std::optional<FileLink> link = read_link(cache_, file.url);
    return link && is_proven(cache_, file, link->sha256) ? link : std::nullopt;
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
    std::string local = local_directory(source.file.url);
    if (!local.empty() && base::is_directory(local)) {
        download.directory = TRY(source_tree(local, direct_info_of_url(source.direct_url).subdirectory));
        return {};
    }
    bool wheel = source.file.kind == FileKind::Wheel;
    auto find = [&](const std::string& sha256) {
        return find_stored_wheel(cache_, wheel ? sha256 : built_key(source, sha256), download.wheel);
    };
    std::string sha256 = known_sha256(source.file);
    // What else is promised than the sha256 has to be so as well.
    if (!sha256.empty() && (wheel || local.empty()) && (source.file.hashes.size() < 2 || is_proven(cache_, source.file, sha256)))
        download.stored = find(sha256);
    if (sha256.empty()) download.link = link_to_ask(source.file);
    if (download.link && !find(download.link->sha256)) download.link.reset();
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
base::Result<void> PackageIndex::compare_metadata(const DistFile& file, const std::string& text) {
    auto claimed = claimed_.find(metadata_name(file));
    if (claimed == claimed_.end() || claimed->second == text) return {};
    Metadata own = TRY(read_metadata(text, file.file_name)), other = TRY(read_metadata(claimed->second, file.file_name));
    const char* differs = normalize_name(own.name) != normalize_name(other.name) ? "Name"
                          : own.version != other.version                         ? "Version"
                          : requirement_texts(own) != requirement_texts(other)   ? "Requires-Dist"
                                                                                 : nullptr;
    auto python = [](const Metadata& m) { return m.requires_python ? m.requires_python->text() : std::string(); };
    if (!differs && python(own) != python(other)) differs = "Requires-Python";
    if (!differs) return {};
    forget_metadata(file);
    return base::Error(base::ErrorKind::Integrity, "`" + file.file_name + "` has another " + differs +
                                                       " than the metadata which the index gave for it");
}

// Of what was resolved with as others told it, and of wheels that are new here: what they say themselves is compared, and kept
// from now on. Of what is built from a source archive its metadata counts where the index announced that.
base::Result<void> PackageIndex::settle_metadata(const Download& download, const StoredWheel& wheel) {
    const DistFile& file = download.source.file;
    bool claimed = claimed_.count(metadata_name(file)) != 0, is_wheel = file.kind == FileKind::Wheel;
    if (is_wheel ? !claimed && download.metadata.empty() : !claimed || !file.has_metadata) return {};
    std::string text = download.metadata;
    if (text.empty()) {
        const StoredFile* member = wheel.find(wheel.dist_info + "/METADATA");
        if (!member) return {};
        text = TRY(base::read_file(wheel.path_of(*member)));
    }
    TRY(compare_metadata(file, text));
    if (is_wheel && cache_.find(Bucket::Metadata, wheel.sha256).empty()) cache_.write_checked(Bucket::Metadata, wheel.sha256, text);
    return {};
}

base::Result<StoredWheel> PackageIndex::finish_download(Download& download) {
    const WheelSource& source = download.source;
    StoredWheel wheel;
    if (download.stored) {
        wheel = std::move(download.wheel);
    } else if (download.repository) {
        return repository_wheel(source);
    } else if (!download.directory.empty()) {
        return build(source, download.directory, "");
    } else if (!find_stored_wheel(cache_, built_key(source, download.sha256), wheel)) {
        wheel = TRY(build(source, download.path, download.sha256));
    }
    TRY(settle_metadata(download, wheel));
    return wheel;
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
        // A lock may name a source that is of another project.
        if (normalize_name(wheel->name) != normalize_name(sources[i].name))
            return base::Error(base::ErrorKind::Integrity, "what should be `" + sources[i].name + "` is the project `" + wheel->name + "`");
        out.push_back(std::move(wheel).value());
    }
    return out;
}

}  // namespace pkg
