// Direct references: archives by URL or path, source trees, git repositories.
#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/direct_url.h"
#include "pkg/index/package_index.h"
#include "pkg/index/simple_page.h"
#include "pkg/name.h"

namespace pkg {

std::string metadata_name(const DistFile& file) {
    return file.subdirectory.empty() ? file.url : file.url + "#" + file.subdirectory;
}

base::Result<Sdist> open_source(const DistFile& file, const std::string& path) {
    return file.any_name ? Sdist::open_any(path) : Sdist::open_published(path);
}

base::Result<std::string> source_tree(const std::string& tree, const std::string& subdirectory) {
    if (subdirectory.empty()) return tree;
    std::string folder = base::join_path(tree, subdirectory);
    // A link could lead anywhere.
    std::string real = base::real_path(folder), top = base::real_path(tree);
    if (!base::is_directory(folder) || !(real == top || base::is_within(real, top)))
        return base::Error(base::ErrorKind::Integrity, "the source has no folder `" + subdirectory + "`");
    return folder;
}

base::Result<std::string> PackageIndex::tree_metadata(const std::string& tree, const std::string& what, const std::string& name) {
    if (!builder_)
        return base::Error(base::ErrorKind::BuildFailed, "the metadata of " + what + " is known only to its build back end");
    return builder_->metadata(tree, name);
}

// Source archives of forms that tools once made; PEP 625 leaves .tar.gz alone, and nothing here unpacks the others.
static bool is_old_archive(std::string_view name) {
    for (std::string_view ending : {".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.lzma", ".tlz", ".tar.Z", ".tar.zst", ".tar", ".egg", ".rpm"})
        if (name.ends_with(ending)) return true;
    return false;
}

// A direct reference to an archive as a file; the fragment's hash counts (PEP 440 §Direct references).
base::Result<DistFile> PackageIndex::direct_file(std::string_view url) {
    DistFile file;
    std::string plain(url);
    if (size_t hash = plain.find('#'); hash != std::string::npos) {
        add_fragment_hash(file.hashes, std::string_view(plain).substr(hash + 1));
        file.subdirectory = direct_info_of_url(url).subdirectory;
        plain.resize(hash);
    }
    file.url = fetcher_.credentials().learn(plain);
    file.file_name = base::url_file_name(file.url);
    file.index = file.url;
    if (!file.file_name.ends_with(".whl") && is_read_archive(file.file_name)) {
        file.kind = FileKind::Sdist;
        file.any_name = true;
    } else if (is_old_archive(file.file_name)) {
        return base::Error(base::ErrorKind::Integrity, "`" + base::redact_url(url) + "` is an archive of a kind that is not taken: only .tar.gz and .zip are (PEP 625)");
    } else if (!describe_file(file, "") || file.kind != FileKind::Wheel) {
        return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(url) +
                                                       "` is no wheel, source archive (.tar.gz, .zip), directory or repository");
    }
    if (base::unsafe_member_name(file.file_name))
        return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(url) + "` does not end in a file name");
    TRY(settle_direct_archive(file));
    return file;
}

static base::Error wrong_hash(const DistFile& file) {
    return base::Error(base::ErrorKind::Integrity, "the hash of `" + file.file_name + "` is not one that the requirements name");
}

void PackageIndex::expect_hashes(std::string_view url, std::vector<Hash> hashes) {
    expected_hashes_[fetcher_.credentials().learn(url.substr(0, url.find('#')))] = std::move(hashes);
}

base::Result<void> PackageIndex::check_expected(const DistFile& file, const std::string& path) const {
    auto expected = expected_hashes_.find(file.url);
    if (expected == expected_hashes_.end()) return {};
    for (const Hash& hash : expected->second) {
        if (TRY(base::hash_file_hex(hash.algorithm, path)) == hash.hex) return {};
    }
    return wrong_hash(file);
}

// A reference without a hash means what is there now: downloaded once, after which its sha256 stands for it.
base::Result<void> PackageIndex::settle_direct_archive(DistFile& file) {
    for (const Hash& hash : file.hashes) {
        if (hash.algorithm == "sha256") return {};
    }
    auto known = direct_archives_.find(file.url);
    if (known == direct_archives_.end()) {
        DirectArchive archive;
        std::string local = local_directory(file.url), sha256;
        if (fetcher_.offline() && local.empty()) {
            sha256 = known_sha256(file);
            if (sha256.empty()) return fetcher_.offline_error(file.url);
            auto expected = expected_hashes_.find(file.url);
            if (expected != expected_hashes_.end() && compare_hashes({{"sha256", sha256}}, expected->second) == HashVerdict::Wrong)
                return wrong_hash(file);
            file.hashes.insert(file.hashes.begin(), {"sha256", sha256});
            return {};
        }
        if (local.empty()) {
            if (!direct_folder_) direct_folder_ = std::make_unique<base::TemporaryDirectory>(TRY(cache_.staging()));
            std::string folder = direct_folder_->path() + "/" + std::to_string(direct_archives_.size());
            TRY(base::make_directories(folder));
            archive.path = base::join_path(folder, file.file_name);
            sha256 = TRY(fetch_file(file, archive.path)).sha256;
        } else {
            if (!base::is_regular_file(local))
                return base::Error(base::ErrorKind::Usage, "there is no file `" + local + "`");
            archive.path = local;
            sha256 = TRY(base::hash_file_hex("sha256", archive.path));
        }
        TRY(check_expected(file, archive.path));
        archive.hashes = file.hashes;
        archive.hashes.insert(archive.hashes.begin(), {"sha256", sha256});
        archive.size = base::file_status(archive.path).size;
        known = direct_archives_.emplace(file.url, std::move(archive)).first;
    }
    file.hashes = known->second.hashes;
    file.size = known->second.size;
    return {};
}

// The index that a source tree names for one of its requirements, as project_of() knows it; "" where the user says otherwise.
std::string PackageIndex::stated_index(std::string_view name, const SourceText::FromIndex& stated) {
    if (settings_.no_index || settings_.pins.count(name)) return "";
    std::string url = settled_index_url(fetcher_.credentials().learn(stated.url), stated.flat);
    for (const IndexLocation& index : settings_.indexes)
        if (index.url == url && index.flat == stated.flat) return index.name.empty() ? url : index.name;
    settings_.indexes.push_back({url, url, true, stated.flat});
    return url;
}

static std::string repository_key(const VcsUrl& url, const std::string& commit) {
    return "git:" + url.repository + "@" + commit + "#" + url.subdirectory;
}

base::Result<SourceText> PackageIndex::repository_metadata(const VcsUrl& url, const std::string& name) {
    std::string commit = TRY(git_.commit(url)), key = with_build_settings("tree:" + repository_key(url, commit), name);
    if (std::optional<std::string> known = cache_.read_checked(Bucket::Metadata, key))
        if (std::optional<SourceText> text = SourceText::of_cached(*known)) return std::move(*text);
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string tree = folder.path() + "/tree";
    TRY(git_.checkout(url, commit, tree));
    std::string project = TRY(source_tree(tree, url.subdirectory));
    std::string own = TRY(tree_metadata(project, "`" + url.repository + "`", name));
    Repository repository{url, commit, tree};
    SourceText text = TRY(with_own_sources(own, project, &repository));
    cache_.write_checked(Bucket::Metadata, key, text.cached());
    return text;
}

base::Result<StoredWheel> PackageIndex::repository_wheel(const WheelSource& source) {
    VcsUrl url = TRY(parse_vcs_url(source.direct_url));
    std::string commit = source.direct.commit_id.empty() ? TRY(git_.commit(url)) : source.direct.commit_id;
    std::string key = with_build_settings("built:" + repository_key(url, commit), source.name);
    StoredWheel built;
    if (find_stored_wheel(cache_, key, built)) return built;
    if (!builder_)
        return base::Error(base::ErrorKind::BuildFailed, "`" + source.name + "` comes from a repository, which cannot be built here");
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string tree = folder.path() + "/tree";
    TRY(git_.checkout(url, commit, tree));
    std::string project = TRY(source_tree(tree, url.subdirectory));
    std::string path = TRY(builder_->wheel(project, folder.path() + "/out", source.name));
    return store_built(path, key);
}

base::Result<void> PackageIndex::place_repository(std::string_view url, const std::string& directory) {
    VcsUrl parts = TRY(parse_vcs_url(url));
    return git_.place(parts, TRY(git_.commit(parts)), directory);
}

std::string PackageIndex::learn_credentials(std::string_view url) {
    if (!is_vcs_url(url)) return fetcher_.credentials().learn(url);
    base::Result<VcsUrl> parts = parse_vcs_url(url);
    // A URL that is none is told where it is used.
    if (parts.ok()) git_.learn_credentials(*parts);
    return strip_credentials(url);
}

void PackageIndex::prefer_commit(std::string_view url, std::string commit) {
    // A URL that is none is told where it is used.
    base::Result<VcsUrl> parts = parse_vcs_url(url);
    if (parts.ok()) git_.prefer(*parts, std::move(commit));
}

// METADATA of whatever `url` names.
base::Result<SourceText> PackageIndex::direct_text(std::string_view url, const std::string& name) {
    if (is_vcs_url(url)) return repository_metadata(TRY(parse_vcs_url(url)), name);
    std::string directory = local_directory(url.substr(0, url.find('#')));
    if (!directory.empty() && base::is_directory(directory)) {
        std::string tree = TRY(source_tree(directory, direct_info_of_url(url).subdirectory));
        std::string own = TRY(tree_metadata(tree, "`" + directory + "`", name));
        SourceText text = TRY(with_own_sources(own, tree, nullptr));
        editable_trees_.insert(text.editable.begin(), text.editable.end());
        return text;
    }
    DistFile file = TRY(direct_file(url));
    file.project = name;
    SourceText text;
    text.metadata = TRY(metadata_text(file));
    return text;
}

base::Result<std::string> PackageIndex::direct_name(std::string_view url) {
    base::Result<SourceText> text = direct_text(url, "");
    if (!text.ok()) return std::move(text).error().with_context("while looking for the name of `" + base::redact_url(url) + "`");
    Metadata metadata = TRY(parse_metadata_for_resolving(text->metadata, base::redact_url(url)));
    return metadata.name;
}

base::Result<const Metadata*> PackageIndex::direct_metadata(std::string_view name, std::string_view url) {
    std::string key = std::string(name) + "@" + std::string(url);
    auto known = metadata_.find(key);
    if (known != metadata_.end()) return known->second.get();
    base::Result<SourceText> text = direct_text(url, std::string(name));
    if (!text.ok())
        return std::move(text).error().with_context("while reading the metadata of `" + base::redact_url(url) + "`");
    Metadata whole = TRY(read_metadata(text->metadata, base::redact_url(url)));
    if (normalize_name(whole.name) != name)
        return base::Error(base::url_file_name(url).ends_with(".whl") ? base::ErrorKind::Integrity : base::ErrorKind::Usage,
                           "`" + base::redact_url(url) + "` holds `" + whole.name +
                                                       "`, not `" + std::string(name) + "`");
    whole.requires_index.resize(whole.requires_dist.size());
    for (const SourceText::FromIndex& one : text->indexes)
        if (one.requirement < whole.requires_dist.size())
            whole.requires_index[one.requirement] = stated_index(whole.requires_dist[one.requirement].key, one);
    direct_texts_[key] = std::move(text->metadata);
    return keep_metadata(key, std::move(whole));
}

base::Result<std::string> PackageIndex::direct_metadata_text(std::string_view name, std::string_view url) {
    TRY(direct_metadata(name, url));
    return direct_texts_[std::string(name) + "@" + std::string(url)];
}

base::Result<DirectInfo> PackageIndex::direct_info(std::string_view, std::string_view url) {
    DirectInfo info = direct_info_of_url(url);
    if (is_vcs_url(url)) {
        VcsUrl parts = TRY(parse_vcs_url(url));
        info.commit_id = TRY(git_.commit(parts));
        return info;
    }
    std::string directory = local_directory(url.substr(0, url.find('#')));
    if (!directory.empty() && base::is_directory(directory)) {
        info.directory = true;
        info.editable = editable_trees_.count(url) != 0;
        return info;
    }
    DistFile file = TRY(direct_file(url));
    info.hashes = file.hashes;
    info.size = file.size;
    return info;
}

base::Result<std::string> PackageIndex::source_of(const WheelSource& source, const std::string& folder) {
    if (is_vcs_url(source.direct_url)) {
        VcsUrl url = TRY(parse_vcs_url(source.direct_url));
        std::string commit = source.direct.commit_id.empty() ? TRY(git_.commit(url)) : source.direct.commit_id;
        std::string tree = base::join_path(folder, "tree");
        TRY(git_.checkout(url, commit, tree));
        return source_tree(tree, url.subdirectory);
    }
    std::string subdirectory = direct_info_of_url(source.direct_url).subdirectory, local = local_directory(source.file.url);
    if (base::is_directory(local)) return source_tree(local, subdirectory);
    TRY(download_all({source.file}, folder));
    Sdist sdist = TRY(open_source(source.file, base::join_path(folder, source.file.file_name)));
    return source_tree(TRY(sdist.unpack(folder)), subdirectory);
}

base::Result<std::string> PackageIndex::build_wheel_file(const WheelSource& source, const std::string& directory) {
    if (!builder_)
        return base::Error(base::ErrorKind::BuildFailed, "`" + source.name + "` comes as source only, which cannot be built here");
    base::TemporaryDirectory folder = TRY(cache_.staging());
    std::string tree = TRY(source_of(source, folder.path()));
    base::Result<std::string> wheel = builder_->wheel(tree, directory, source.name);
    if (!wheel.ok()) return std::move(wheel).error().with_context("while building `" + source.name + "`");
    return wheel;
}

}  // namespace pkg
