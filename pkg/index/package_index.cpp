// Projects: which files there are, from which index.
#include "pkg/index/package_index.h"

#include <algorithm>

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/index/package_index_downloads.h"
#include "pkg/index/page_image.h"
#include "pkg/index/promises.h"
#include "pkg/index/simple_page.h"
#include "pkg/name.h"

namespace pkg {

PackageIndex::PackageIndex(IndexSettings settings, Cache& cache, SourceBuilder* builder)
    : settings_(std::move(settings)),
      cache_(cache),
      builder_(builder),
      fetcher_(settings_.http, cache, settings_.offline, settings_.keyring),
      git_(cache, settings_.offline),
      known_digests_(cache) {
    for (IndexLocation& index : settings_.indexes) {
        index.url = fetcher_.credentials().learn(index.url);
        fetcher_.credentials().add_index(index.name, index.url);
        index.url = settled_index_url(std::move(index.url), index.flat);
    }
    for (std::string& location : settings_.find_links)
        location = fetcher_.credentials().learn(location);
    for (const std::string& url : settings_.known_references)
        learn_credentials(url);
}
PackageIndex::~PackageIndex() = default;

bool PackageIndex::wait_for_answer(uint64_t known) {
    bool any = fetcher_.wait_for_answer(known);
    hand_over();
    return any;
}
void PackageIndex::hand_over() {
    if (downloads_) downloads_->hand_over();
}

std::string local_directory(std::string_view location) {
    if (!base::looks_like_url(location)) return base::absolute_path(location);
    base::Result<std::string> path = base::file_url_path(location);
    return path.ok() ? base::normalize_path(*path) : "";
}
std::string settled_index_url(std::string url, bool flat) {
    bool page = flat && local_directory(url).empty();
    while (!page && url.ends_with('/'))
        url.pop_back();
    return base::looks_like_url(url) ? url : base::file_url(base::absolute_path(url));
}
std::string PackageIndex::page_url(const IndexLocation& index, std::string_view name) const {
    return index.url + "/" + std::string(name) + "/";
}

PageUse PackageIndex::file_use(const DistFile& file) const {
    if (settings_.refresh || settings_.refresh_packages.empty()) return page_use("");
    base::Result<WheelName> wheel = parse_wheel_name(file.file_name);
    if (wheel.ok()) return page_use(wheel->name);
    base::Result<SdistName> sdist = parse_sdist_name(file.file_name);
    return page_use(sdist.ok() ? sdist->name : "");
}

PageUse PackageIndex::page_use(std::string_view name) const {
    bool renew = settings_.refresh || std::find(settings_.refresh_packages.begin(), settings_.refresh_packages.end(), name) !=
                                          settings_.refresh_packages.end();
    return renew ? PageUse::Revalidate : PageUse::Cached;
}

void PackageIndex::learn_from(const SimplePage& page) {
    for (const std::string& url : page.logins)
        fetcher_.credentials().learn(url);
}

// A pin sends a project to one index; indexes marked explicit serve pinned projects only.
bool PackageIndex::serves(const IndexLocation& index, std::string_view name) const {
    auto pin = settings_.pins.find(name);
    return pin == settings_.pins.end() ? !index.explicit_only : pin->second == index.name;
}

base::Result<void> PackageIndex::add_index(Project& project, const IndexLocation& index) {
    std::string directory = local_directory(index.url);
    if (!directory.empty() && !base::is_directory(directory))
        return base::Error(base::ErrorKind::Network, "package index `" + index.url + "` is not there");
    if (index.flat) return add_flat(project, index.url);
    if (!directory.empty()) return add_local_index(project, index, directory);
    std::string url = page_url(index, project.name);
    // FAST: the image is what the same page gave when it was read.
    if (std::shared_ptr<const PageImage> image = fresh_image(url, page_use(project.name))) {
        image->fill(project);
        return {};
    }
    FetchedPage fetched = TRY(fetcher_.page(url, kSimpleAccept, page_use(project.name)));
    bool secret = false;
    auto keep = [&] {
        if (secret) cache_.forget(Bucket::Pages, url);
        if (fetched.fresh_until) {
            // The image has no passwords, which the page itself gives again: it is good for --offline alone.
            int64_t fresh_until = secret ? 1 : fetched.fresh_until;
            cache_.write(Bucket::Projects, url, PageImage::write(project, index.url, fresh_until));
        } else {
            // An older image would be believed under --offline.
            cache_.forget(Bucket::Projects, url);
        }
    };
    if (!fetched.found) return keep(), base::Result<void>();
    project.found = true;
    base::Result<SimplePage> parsed =
        parse_simple_page(fetched.content_type, fetched.body, fetched.url, project.name, index.url);
    // What is no page must not stay for as long as it says to be fresh.
    if (!parsed.ok()) cache_.forget(Bucket::Pages, url);
    SimplePage page = TRY(std::move(parsed));
    secret = page.has_secrets;
    learn_from(page);
    if (project.status.empty()) {
        project.status = page.status;
        project.status_reason = page.status_reason;
    }
    for (std::string& name : page.skipped)
        project.skipped.push_back(std::move(name));
    add_files(project, std::move(page.files));
    keep();
    return {};
}

std::shared_ptr<const PageImage> PackageIndex::fresh_image(const std::string& page, PageUse use) {
    auto [slot, fresh] = images_.try_emplace(page);
    if (fresh) {
        std::optional<std::string> bytes = cache_.read(Bucket::Projects, page);
        std::shared_ptr<const PageImage> image = bytes ? PageImage::open(std::move(*bytes)) : nullptr;
        if (image && fetcher_.usable(image->fresh_until(), use)) slot->second = std::move(image);
    }
    return slot->second;
}

base::Result<const Project*> PackageIndex::project(std::string_view name) {
    auto known = projects_.find(name);
    if (known != projects_.end()) return known->second.get();
    hand_over();
    auto project = TRY(gather(name, [&](const IndexLocation& index) { return serves(index, name); }));
    return projects_.emplace(std::string(name), std::move(project)).first->second.get();
}

base::Result<const Project*> PackageIndex::project_of(std::string_view name, std::string_view wanted) {
    std::string key = std::string(wanted) + "/" + std::string(name);
    auto known = projects_.find(key);
    if (known != projects_.end()) return known->second.get();
    auto project = TRY(gather(name, [&](const IndexLocation& index) { return index.name == wanted; }));
    return projects_.emplace(std::move(key), std::move(project)).first->second.get();
}

base::Result<const Project*> PackageIndex::project_at(std::string_view name, std::string_view url) {
    for (const IndexLocation& index : settings_.indexes)
        if (index.explicit_only && index.url == url) return project_of(name, index.name);
    return project(name);
}

template <class Serves>
base::Result<std::unique_ptr<Project>> PackageIndex::gather(std::string_view name, Serves serves) {
    auto project = std::make_unique<Project>();
    project->name = name;
    TRY(read_ahead());
    TRY(add_find_links(*project));
    bool found = false;
    for (const IndexLocation& index : settings_.indexes) {
        if (!serves(index) || (found && settings_.strategy == IndexStrategy::FirstIndex)) continue;
        Project part;
        part.name = name;
        base::Result<void> added = add_index(part, index);
        if (!added.ok()) return std::move(added).error().with_context("while looking for `" + std::string(name) + "`");
        found = found || part.found;
        project->found = project->found || part.found;
        if (project->status.empty()) project->status = part.status;
        if (project->status_reason.empty()) project->status_reason = part.status_reason;
        for (std::string& file : part.skipped)
            project->skipped.push_back(std::move(file));
        if (project->releases.empty()) {
            project->releases = std::move(part.releases);
            continue;
        }
        for (const Release& release : part.releases)
            add_files(*project, release.files());
    }
    // PEP 792: what an index holds back as dangerous is not installed, whatever else would fit.
    if (project->status == "quarantined")
        return base::Error(base::ErrorKind::NoSolution, "`" + std::string(name) + "` is quarantined by its index" +
                                                            (project->status_reason.empty() ? "" : ": " + project->status_reason));
    return project;
}

std::vector<ElsewhereVersions> PackageIndex::elsewhere(std::string_view name) {
    std::vector<ElsewhereVersions> out;
    if (settings_.strategy != IndexStrategy::FirstIndex) return out;
    auto known = projects_.find(name);
    bool found = known != projects_.end() && known->second->found;
    bool passed = !found;
    for (const IndexLocation& index : settings_.indexes) {
        bool used = serves(index, name) && !passed;
        Project part;
        part.name = name;
        // An index that does not answer has nothing to tell; the failure itself is reported already.
        if (!add_index(part, index).ok() || !part.found) continue;
        if (used) {
            passed = true;
            continue;
        }
        out.push_back({index.name.empty() ? base::redact_url(index.url) : index.name, {}});
        for (const Release& release : part.releases) out.back().versions.push_back(release.version);
    }
    return out;
}

void PackageIndex::prefetch_project(std::string_view name) {
    if (projects_.count(name)) return;
    if (!settings_.find_links.empty()) awaited_.emplace_back(name);
    for (const IndexLocation& index : settings_.indexes) {
        if (!serves(index, name)) continue;
        if (index.flat && !prefetch_flat(index, name)) continue;
        if (index.flat) return;
        std::string page = page_url(index, name);
        PageUse use = page_use(name);
        if (local_directory(index.url).empty() && !fresh_image(page, use)) fetcher_.start_page(page, kSimpleAccept, use);
        return;
    }
}

// Of several indexes the first is looked at: most have what they are asked for. Those that are flat say so when they are read.
bool PackageIndex::at_hand(std::string_view name) {
    if (projects_.count(name)) return true;
    for (const IndexLocation& index : settings_.indexes) {
        if (!serves(index, name)) continue;
        if (index.flat) {
            std::optional<bool> has = flat_has(index, name);
            if (has && !*has) continue;
            return has || fetcher_.has_page(index.url);
        }
        std::string page = page_url(index, name);
        return !local_directory(index.url).empty() || fresh_image(page, page_use(name)) || fetcher_.has_page(page);
    }
    return true;
}

}  // namespace pkg
