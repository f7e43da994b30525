// The Index over real sources: simple repositories by HTTP or file: URL, flat directories and pages (--find-links), and
// direct references. Also what hands out the wheels themselves: downloaded, checked, unpacked into the cache.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "pkg/build/builder.h"
#include "pkg/cache.h"
#include "pkg/index/fetcher.h"
#include "pkg/index/index.h"
#include "pkg/index/known_files.h"
#include "pkg/index/local_digests.h"
#include "pkg/index/own_sources.h"
#include "pkg/sdist/sdist.h"
#include "pkg/source/git.h"
#include "pkg/wheel/store.h"

namespace pkg {

struct IndexLocation {
    std::string name;            // of [[tool.adder.index]], may be empty
    std::string url;             // may carry user:password@
    bool explicit_only = false;  // used for pinned packages only
    bool flat = false;           // a directory or page of links
};

enum class IndexStrategy : uint8_t {
    FirstIndex,  // the first index that has the project decides (no dependency confusion)
    BestMatch,   // the releases of all indexes together, as pip does it
};

struct IndexSettings {
    std::vector<IndexLocation> indexes;                    // by priority
    std::vector<std::string> find_links;                   // directories, file: URLs, pages with links: asked beside all indexes
    std::map<std::string, std::string, std::less<>> pins;  // normalised project → index name
    IndexStrategy strategy = IndexStrategy::FirstIndex;
    bool no_index = false;  // only flat ones are in `indexes`, and source trees add none of their own
    bool offline = false;
    bool refresh = false;  // ask again even where the cache is fresh
    std::vector<std::string> refresh_packages;   // normalised: the same for these
    std::vector<std::string> known_references;   // direct references whose user and password are to be used
    KeyringProvider keyring = KeyringProvider::Disabled;
    base::HttpSettings http;
};

// A wheel to be had: a file of an index, or what a direct reference leads to.
struct WheelSource {
    std::string name;  // normalised
    DistFile file;
    std::string direct_url;  // the reference as the user wrote it, empty for files of an index
    bool editable = false;
    DirectInfo direct;  // of a repository: what the reference led to
};

// What a flat index or --find-links location has.
struct FlatFiles {
    std::vector<DistFile> files;
    // File names as project names are normalised, and where the file is in `files`; sorted, so that a project's stand together.
    std::vector<std::pair<std::string, size_t>> by_name;
};

struct SimplePage;

class PackageIndex : public Index {
  public:
    // `builder` may be null: then source archives cannot be used.
    PackageIndex(IndexSettings settings, Cache& cache, SourceBuilder* builder);
    ~PackageIndex() override;
    void set_builder(SourceBuilder* builder) { builder_ = builder; }

    base::Result<const Project*> project(std::string_view name) override;
    base::Result<const Project*> project_of(std::string_view name, std::string_view index) override;
    // As project(), but of the explicit index at `url` where that is one.
    base::Result<const Project*> project_at(std::string_view name, std::string_view url);
    base::Result<const Metadata*> metadata(const DistFile& file) override;
    base::Result<std::optional<Hash>> hash_among(const DistFile& file, const std::vector<Hash>& allowed) override;
    void prefetch_project(std::string_view name) override;
    bool prefetch_metadata(const DistFile& file) override;
    bool online() override { return fetcher_.requests_made() > 0; }
    uint64_t answers() override { return fetcher_.answers(); }
    bool wait_for_answer(uint64_t known) override;
    bool at_hand(std::string_view name) override;
    std::vector<ElsewhereVersions> elsewhere(std::string_view name) override;
    base::Result<const Metadata*> direct_metadata(std::string_view name, std::string_view url) override;
    base::Result<DirectInfo> direct_info(std::string_view name, std::string_view url) override;
    // The project's name as a direct reference without one has it: of the archive, directory or repository itself.
    base::Result<std::string> direct_name(std::string_view url);
    // The archive at `url` has one of these hashes: else an Integrity error, before anything of it is looked at.
    void expect_hashes(std::string_view url, std::vector<Hash> hashes);
    // METADATA of a direct reference, which direct_metadata() was asked for before.
    base::Result<std::string> direct_metadata_text(std::string_view name, std::string_view url);
    // User and password in a direct reference are used for its host from now on; returns it without them.
    std::string learn_credentials(std::string_view url);
    // A repository's revision means this commit from now on, as a lock says.
    void prefer_commit(std::string_view url, std::string commit);
    // The files of what `url`, a repository, names, for people to work on (see GitRepositories::place).
    base::Result<void> place_repository(std::string_view url, const std::string& directory);

    // The wheels in the cache, ready to install, in the order asked for; downloads run side by side. Hash mismatches
    // are Integrity errors before anything is unpacked. Source archives and directories are built.
    base::Result<std::vector<StoredWheel>> fetch_wheels(const std::vector<WheelSource>& sources);
    // A hint: a wheel of an index that fetch_wheels() will probably be asked for. It is downloaded, checked and unpacked into
    // the cache beside what else goes on; what goes wrong with it is told by fetch_wheels() alone.
    void fetch_ahead(const std::string& name, const DistFile& file);
    // A wheel built from a source that is none, as a file in `directory`; its path.
    base::Result<std::string> build_wheel_file(const WheelSource& source, const std::string& directory);
    // The tree of a source that is no wheel: where it stands, or checked out or unpacked into `folder`.
    base::Result<std::string> source_of(const WheelSource& source, const std::string& folder);
    // The file itself at `path` (which must not exist), its hashes checked.
    base::Result<void> download(const DistFile& file, const std::string& path);
    // The sha256 of the file; downloads it where nothing else tells.
    base::Result<std::string> sha256_of(const DistFile& file);
    // Files by their names into `directory`, which must not have them; several at a time.
    base::Result<void> download_all(const std::vector<DistFile>& files, const std::string& directory);
    // METADATA (or PKG-INFO) of a file as it is.
    base::Result<std::string> metadata_text(const DistFile& file);
    Fetcher& fetcher() { return fetcher_; }
    // The index's settings as given, without credentials in the URLs.
    const IndexSettings& settings() const { return settings_; }

  private:
    struct Download;
    class Downloads;
    // A direct reference to an archive, downloaded once.
    struct DirectArchive {
        std::string path;
        std::vector<Hash> hashes;
        uint64_t size = 0;
    };
    std::string page_url(const IndexLocation& index, std::string_view name) const;
    PageUse page_use(std::string_view name) const;
    PageUse file_use(const DistFile& file) const;  // of a file's project
    void learn_from(const SimplePage& page);
    bool serves(const IndexLocation& index, std::string_view name) const;
    template <class Serves>
    base::Result<std::unique_ptr<Project>> gather(std::string_view name, Serves serves);
    base::Result<void> add_index(Project& project, const IndexLocation& index);
    std::shared_ptr<const PageImage> fresh_image(const std::string& page, PageUse use);
    base::Result<void> add_local_index(Project& project, const IndexLocation& index, const std::string& directory);
    base::Result<void> hash_local_files(std::vector<DistFile>& files);
    base::Result<void> read_ahead();
    base::Result<void> add_find_links(Project& project);
    base::Result<void> add_flat(Project& project, const std::string& location);
    base::Result<const FlatFiles*> flat_files(const std::string& location);
    std::optional<bool> flat_has(const IndexLocation& index, std::string_view name);
    bool prefetch_flat(const IndexLocation& index, std::string_view name);

    // METADATA of a file as it was come by.
    struct MetadataText {
        std::string text;
        std::string sha256;  // of the file it is out of, which was read whole and checked; "" for what others say of the file
        std::string from;    // the URL that was asked
        base::HttpFreshness freshness;
        bool same = false;   // the server says that it is what it was
    };
    std::optional<MetadataText> kept_metadata(const DistFile& file);
    void keep_text(const DistFile& file, const MetadataText& text);
    void forget_metadata(const DistFile& file);
    bool may_stand(const DistFile& file, const MetadataText& kept) const;
    base::Result<MetadataText> find_metadata(const DistFile& file, const MetadataText* kept);
    base::Result<MetadataText> published_metadata(const DistFile& file, const MetadataText* kept);
    base::Result<MetadataText> ranged_metadata(const DistFile& file, const MetadataText* kept);
    base::Result<MetadataText> archive_metadata(const DistFile& file, const MetadataText* kept);
    base::Result<MetadataText> read_source(const DistFile& file, const std::string& path, MetadataText out);
    const Metadata* keep_metadata(const std::string& key, Metadata metadata);

    // A file that was downloaded and checked; `same`: it was not, for the server says that it is what it was.
    struct Fetched {
        std::string sha256;
        base::HttpFreshness freshness;
        bool same = false;
    };
    base::Result<Fetched> fetch_file(const DistFile& file, const std::string& path, const base::HttpFreshness* before = nullptr);
    std::string known_sha256(const DistFile& file) const;
    std::optional<FileLink> link_to_ask(const DistFile& file) const;

    void hand_over();
    base::Result<void> look_in_cache(Download& download) const;
    base::Result<void> compare_metadata(const DistFile& file, const std::string& own);
    base::Result<void> settle_metadata(const Download& download, const StoredWheel& wheel);
    base::Result<StoredWheel> finish_download(Download& download);
    std::string built_key(const WheelSource& source, const std::string& sha256) const;
    std::string with_build_settings(std::string key, const std::string& name) const;
    std::string own_key(const DistFile& file, const std::string& sha256) const;
    std::string claim_key(const DistFile& file) const;
    base::Result<StoredWheel> build(const WheelSource& source, const std::string& archive, const std::string& sha256);
    base::Result<StoredWheel> store_built(const std::string& path, std::string_view key);
    base::Result<DistFile> direct_file(std::string_view url);
    base::Result<void> settle_direct_archive(DistFile& file);
    base::Result<void> check_expected(const DistFile& file, const std::string& path) const;
    base::Result<SourceText> direct_text(std::string_view url, const std::string& name);
    base::Result<SourceText> repository_metadata(const VcsUrl& url, const std::string& name);
    base::Result<StoredWheel> repository_wheel(const WheelSource& source);
    base::Result<std::string> tree_metadata(const std::string& tree, const std::string& what, const std::string& name);
    std::string stated_index(std::string_view name, const SourceText::FromIndex& stated);

    IndexSettings settings_;
    Cache& cache_;
    SourceBuilder* builder_;
    Fetcher fetcher_;
    GitRepositories git_;
    std::unique_ptr<base::TemporaryDirectory> direct_folder_;
    std::map<std::string, DirectArchive, std::less<>> direct_archives_;
    std::map<std::string, std::vector<Hash>, std::less<>> expected_hashes_;  // of direct archives, by URL
    std::map<std::string, std::string, std::less<>> direct_texts_;           // METADATA, as `metadata_` has it
    std::set<std::string, std::less<>> editable_trees_;  // references which a source tree's own sources want in place
    std::map<std::string, std::unique_ptr<Project>, std::less<>> projects_;  // by name; "index/name" where one index was asked
    std::map<std::string, std::shared_ptr<const PageImage>, std::less<>> images_;  // by page URL
    std::map<std::string, FlatFiles, std::less<>> flat_;
    std::vector<std::string> behind_flat_;  // projects announced while the page of a flat index is on its way
    LocalDigests known_digests_;
    // A local wheel that was read for its metadata, and checked: what will be unpacked if it is chosen.
    struct ReadWheel {
        std::string sha256;
        Wheel wheel;
    };
    std::map<std::string, ReadWheel, std::less<>> read_wheels_;  // by path
    std::vector<std::string> awaited_;                               // projects announced and not read yet
    std::map<std::string, std::unique_ptr<Metadata>, std::less<>> metadata_;  // by metadata_name(), or "project@reference"
    std::map<std::string, std::string, std::less<>> claimed_;  // by metadata_name(): texts in use that are not the files' own
    std::map<std::string, base::HttpClient::Ticket, std::less<>> metadata_tickets_;  // by URL of the file

    std::unique_ptr<Downloads> downloads_;  // begun ahead; destroyed first, since its threads use the rest
};

// The directory of a file: URL or path; "" for other URLs.
std::string local_directory(std::string_view location);
// An index's URL as its files name it: of a directory a file: URL, without the slash at the end that means something in the
// URL of a page of links alone.
std::string settled_index_url(std::string url, bool flat);
// METADATA of `what` for resolving; errors are of the kind Unusable.
base::Result<Metadata> read_metadata(const std::string& text, const std::string& what);
// An Integrity error for what is no file name.
base::Result<void> check_file_name(const std::string& name);
// What a file's metadata is called within this run: its URL, with the folder where an archive has projects in several.
std::string metadata_name(const DistFile& file);
// The source archive at `path`: of an index's file name and top directory are held to PEP 625, a direct reference's not.
base::Result<Sdist> open_source(const DistFile& file, const std::string& path);
// The folder of `tree` a reference names; an Integrity error where there is none.
base::Result<std::string> source_tree(const std::string& tree, const std::string& subdirectory);

}  // namespace pkg
