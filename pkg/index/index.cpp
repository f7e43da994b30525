// What every Index does with direct references unless it knows better.
#include "pkg/index/index.h"

#include <algorithm>

#include "base/text.h"
#include "pkg/direct_url.h"
#include "pkg/index/page_image.h"

namespace pkg {

void Release::load() const {
    files_ = image_->files(at_);
    image_.reset();
}

DirectInfo direct_info_of_url(std::string_view url) {
    DirectInfo info;
    std::string_view fragment;
    base::partition(url, '#', url, fragment);
    for (std::string_view part : base::split(fragment, '&')) {
        std::string_view key, value;
        if (!base::partition(part, '=', key, value)) continue;
        if (key == "subdirectory") info.subdirectory = value;
        if (key.starts_with("sha") || key == "md5") info.hashes.push_back({std::string(key), base::lower(value)});
    }
    size_t plus = url.find('+'), scheme = url.find("://");
    if (plus != std::string_view::npos && scheme != std::string_view::npos && plus < scheme) {
        info.vcs = url.substr(0, plus);
        url.remove_prefix(plus + 1);
        size_t path = url.find('/', url.find("://") + 3);
        size_t at = url.rfind('@');
        if (at != std::string_view::npos && path != std::string_view::npos && at > path) {
            info.requested_revision = url.substr(at + 1);
            url = url.substr(0, at);
            bool full = info.requested_revision.size() == 40 &&
                        info.requested_revision.find_first_not_of("0123456789abcdef") == std::string::npos;
            if (full) info.commit_id = info.requested_revision;
        }
    }
    info.url = strip_credentials(url);
    static constexpr std::string_view kArchives[] = {".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz"};
    bool archive = std::any_of(std::begin(kArchives), std::end(kArchives), [&](std::string_view ending) { return url.ends_with(ending); });
    info.directory = info.vcs.empty() && !archive && base::starts_with_ignoring_case(url, "file:");
    return info;
}

HashVerdict compare_hashes(const std::vector<Hash>& known, const std::vector<Hash>& allowed) {
    HashVerdict out = HashVerdict::Unknown;
    for (const Hash& one : known) {
        for (const Hash& right : allowed) {
            if (one == right) return HashVerdict::Right;
            if (one.algorithm == right.algorithm) out = HashVerdict::Wrong;
        }
    }
    return out;
}

base::Result<std::optional<Hash>> Index::hash_among(const DistFile& file, const std::vector<Hash>& allowed) {
    for (const Hash& hash : file.hashes) {
        if (std::find(allowed.begin(), allowed.end(), hash) != allowed.end()) return std::optional(hash);
    }
    return std::optional<Hash>();
}

base::Result<const Project*> Index::project_of(std::string_view name, std::string_view) { return project(name); }

base::Result<const Metadata*> Index::direct_metadata(std::string_view name, std::string_view url) {
    return base::Error(base::ErrorKind::Network,
                       "`" + std::string(name) + " @ " + std::string(url) + "`: this index cannot fetch direct references");
}

base::Result<DirectInfo> Index::direct_info(std::string_view, std::string_view url) { return direct_info_of_url(url); }

}  // namespace pkg
