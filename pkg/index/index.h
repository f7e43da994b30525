// The seam between what knows about packages (resolver, lock, install) and where they come from (HTTP indexes,
// directories, memory). One thread uses an Index; implementations may work ahead on threads of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/dist_name.h"
#include "pkg/metadata.h"
#include "pkg/specifier.h"
#include "pkg/version.h"

namespace pkg {

struct Hash {
    std::string algorithm;  // "sha256", lower case
    std::string hex;        // lower case
    bool operator==(const Hash&) const = default;
};

// The hash among those allowed is the file's, as far as the file's own ones tell: those that its index gives.
enum class HashVerdict : uint8_t { Right, Unknown, Wrong };
HashVerdict compare_hashes(const std::vector<Hash>& known, const std::vector<Hash>& allowed);

enum class FileKind : uint8_t { Wheel, Sdist };

// One downloadable file of a release, as the index describes it.
struct DistFile {
    FileKind kind = FileKind::Wheel;
    std::string file_name;
    std::string url;    // absolute: https:, file:
    std::string index;  // URL of the index (or directory) it came from
    Version version;
    std::vector<Tag> tags;           // of a wheel
    uint64_t build_number = 0;       // of a wheel's build tag
    std::string build_suffix;
    std::vector<Hash> hashes;        // strongest first
    std::optional<SpecifierSet> requires_python;
    std::optional<uint64_t> size;
    std::string upload_time;         // RFC 3339 in UTC with Z, empty where unknown
    bool yanked = false;
    std::string yanked_reason;
    bool has_metadata = false;       // `<url>.metadata` exists (PEP 658/714)
    std::vector<Hash> metadata_hashes;
    std::string provenance_url;      // PEP 740
    // Of a direct reference to a source archive: the folder of the project in it, and that its name follows no rule.
    std::string subdirectory;
    bool any_name = false;
    std::string project;  // of a direct reference: its normalised name, where it is known
};

class PageImage;

// The files of one version, in the index's order. Those of a page in the cache are read when they are first asked for.
class Release {
  public:
    explicit Release(Version number) : version(std::move(number)) {}
    Release(Version number, std::shared_ptr<const PageImage> image, uint32_t at)
        : version(std::move(number)), image_(std::move(image)), at_(at) {}

    Version version;
    const std::vector<DistFile>& files() const {
        if (image_) load();
        return files_;
    }
    void add(DistFile file) {
        if (image_) load();
        files_.push_back(std::move(file));
    }
    bool yanked() const {
        for (const DistFile& file : files())
            if (!file.yanked) return false;
        return true;
    }

  private:
    void load() const;
    mutable std::vector<DistFile> files_;
    mutable std::shared_ptr<const PageImage> image_;  // null once the files are read
    uint32_t at_ = 0;
};

// Everything an index (or several, joined by the index strategy) knows about one project.
struct Project {
    std::string name;  // normalised
    bool found = false;
    std::string status;         // PEP 792: "active", "archived", "quarantined", "deprecated"; empty where unknown
    std::string status_reason;
    std::vector<Release> releases;      // ascending, without doubles
    std::vector<std::string> skipped;   // file names that were no valid distribution, for messages
};

// What a lock records of a direct reference.
struct DirectInfo {
    std::string url;         // without credentials, hash fragment or revision
    std::vector<Hash> hashes;  // of an archive
    std::optional<uint64_t> size;
    std::string vcs, commit_id, requested_revision;  // of a repository
    std::string subdirectory;
    bool directory = false, editable = false;  // of a local directory; `url` is file:
};
// As far as the URL itself tells: `git+https://…@rev#subdirectory=…`, `…#sha256=…`. commit_id only for full revisions.
DirectInfo direct_info_of_url(std::string_view url);

// Versions of a project that an index has which was not asked, because one before it has the project.
struct ElsewhereVersions {
    std::string index;  // its name or URL
    std::vector<Version> versions;  // ascending
};

class Index {
  public:
    virtual ~Index() = default;
    // The project called `name` (normalised); `found` false where no index has it. Blocks until known; the result
    // lives as long as the Index. Errors: the network, a malformed page.
    virtual base::Result<const Project*> project(std::string_view name) = 0;
    // The same of the index called `index` and no other; by default of any.
    virtual base::Result<const Project*> project_of(std::string_view name, std::string_view index);
    // Metadata of one of the files handed out by project(). Blocks; the result lives as long as the Index. For an
    // sdist this may run its build back end.
    virtual base::Result<const Metadata*> metadata(const DistFile& file) = 0;
    // Which of `allowed` the file has; it may have to be fetched for it. Nothing where it has none of them.
    virtual base::Result<std::optional<Hash>> hash_among(const DistFile& file, const std::vector<Hash>& allowed);
    // Hints: begin to fetch, do not wait. What was asked for and never used costs nothing but traffic.
    virtual void prefetch_project(std::string_view) {}
    // True where metadata() will have to wait for the answer.
    virtual bool prefetch_metadata(const DistFile&) { return false; }
    // Has a network been asked for anything so far?
    virtual bool online() { return false; }
    // How many answers have come; waits until there are more than `known`, false where nothing is under way.
    virtual uint64_t answers() { return 0; }
    virtual bool wait_for_answer(uint64_t) { return false; }
    // Can project() answer without waiting for the network? False for what nobody has asked for yet.
    virtual bool at_hand(std::string_view) { return true; }
    // For hints after a failure; may ask the network, errors are no versions.
    virtual std::vector<ElsewhereVersions> elsewhere(std::string_view) { return {}; }
    // Metadata of a direct reference (URL, path or VCS requirement), with the version found there.
    virtual base::Result<const Metadata*> direct_metadata(std::string_view name, std::string_view url);
    // Hashes, commit and kind of a direct reference; by default what its URL says.
    virtual base::Result<DirectInfo> direct_info(std::string_view name, std::string_view url);
};

}  // namespace pkg
