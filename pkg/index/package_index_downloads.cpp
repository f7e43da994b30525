// Downloading, checking and unpacking side by side.
#include "pkg/index/package_index_downloads.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "pkg/index/freshness.h"
#include "pkg/index/promises.h"
#include "pkg/wheel/store.h"

namespace pkg {

base::Result<void> while_fetching(const WheelSource& source, base::Result<void> result) {
    if (result.ok()) return {};
    return std::move(result).error().with_context("while fetching `" + source.name + "`");
}

// Wheels are downloaded into memory, up to so many bytes, unless they are long or nobody says how long they are.
constexpr uint64_t kLargestInMemory = uint64_t(16) << 20, kMostInMemory = uint64_t(256) << 20;

PackageIndex::Downloads::Downloads(PackageIndex& index) : index_(index), room_(kMostInMemory) {}

PackageIndex::Downloads::~Downloads() {
    looking_.reset();
    queue_.reset();
    for (const auto& [ticket, download] : coming_)
        index_.fetcher_.forget(ticket);
    for (const std::unique_ptr<Download>& download : downloads_) {
        // What was downloaded is in the cache now, or of no use.
        if (download->started && !download->in_memory) (void)base::remove_tree(std::string(base::parent_path(download->path))).ok();
    }
}

PackageIndex::Download& PackageIndex::Downloads::add(WheelSource source) {
    auto download = std::make_unique<Download>();
    download->source = std::move(source);
    download->number = downloads_.size();
    std::lock_guard<std::mutex> hold(guard_);
    return *downloads_.emplace_back(std::move(download));
}
PackageIndex::Download& PackageIndex::Downloads::at(size_t number) {
    std::lock_guard<std::mutex> hold(guard_);
    return *downloads_[number];
}

void PackageIndex::Downloads::begin_ahead(WheelSource source) {
    std::string sha256 = promised_sha256(source.file);
    if (sha256.empty() || ahead_.count(sha256)) return;
    bool cached = !index_.cache_.find(Bucket::Wheels, sha256).empty();
    bool fits = source.file.size && *source.file.size <= std::min(kLargestInMemory, room_);
    if (!cached && (index_.fetcher_.offline() || !fits)) return;
    Download& download = add(std::move(source));
    index_.cache_.prepare();
    if (cached) {
        look(download);
    } else {
        download.ahead = true;
        // What is wrong with it is told when it is asked for.
        if (!begin(download).ok()) return;
        if (!queue_) queue_ = std::make_unique<base::ParallelQueue>(base::processor_count(), work_);
    }
    ahead_.emplace(std::move(sha256), &download);
}

PackageIndex::Download* PackageIndex::Downloads::begun_ahead(const WheelSource& source) {
    auto found = source.direct_url.empty() ? ahead_.find(promised_sha256(source.file)) : ahead_.end();
    if (found == ahead_.end() || found->second->source.file.url != source.file.url) return nullptr;
    Download* download = found->second;
    ahead_.erase(found);
    return download;
}

void PackageIndex::Downloads::look(Download& download) {
    if (!looking_) looking_ = std::make_unique<base::ParallelQueue>(base::processor_count() - 1, look_);
    looking_->add(download.number);
}
base::Result<void> PackageIndex::Downloads::finish_looking() {
    if (!looking_) return {};
    base::Result<void> looked = looking_->finish();
    looking_.reset();
    return looked;
}

base::Result<void> PackageIndex::Downloads::begin(Download& download) {
    const DistFile& file = download.source.file;
    if (download.stored || download.repository || !download.directory.empty() || !download.path.empty()) return {};
    if (index_.fetcher_.offline()) return index_.fetcher_.offline_error(file.url);
    TRY(check_file_name(file.file_name));
    uint64_t size = file.size.value_or(kLargestInMemory + 1);
    download.in_memory = file.kind == FileKind::Wheel && size <= kLargestInMemory && size <= room_;
    base::HttpRequest request{.url = file.url, .background = true};
    if (download.in_memory) {
        room_ -= size;
        // What is longer than promised gets the same answer as what is shorter, within reason.
        request.limit = size + (1 << 20);
        request.as_sent = true;
    } else {
        base::TemporaryDirectory folder = TRY(index_.cache_.staging());
        request.save_to = download.path = base::join_path(folder.keep(), file.file_name);
    }
    if (download.link) add_conditions(request, download.link->freshness);
    download.ticket = index_.fetcher_.start(std::move(request));
    download.started = true;
    coming_.emplace(download.ticket, &download);
    return {};
}

base::Result<void> PackageIndex::Downloads::take(Download& download) {
    base::HttpResponse response = TRY(index_.fetcher_.wait(download.ticket));
    download.freshness = index_.fetcher_.freshness(response, download.link ? &download.link->freshness : nullptr);
    if (download.link && response.status == 304) {
        download.stored = true;
        write_link(index_.cache_, download.source.file.url, {download.link->sha256, download.freshness});
        return {};
    }
    if (!response.ok()) return base::http_status_error(response);
    if (download.in_memory) {
        download.bytes = std::move(response.body);
    } else if (!base::path_exists(download.path)) {
        TRY(base::write_file(download.path, ""));
    }
    return {};
}

void PackageIndex::Downloads::arrived(base::HttpClient::Ticket ticket) {
    Download& download = *coming_.at(ticket);
    coming_.erase(ticket);
    download.outcome = take(download);
    download.lost = !download.outcome.ok();
    if (!download.lost) return queue_->add(download.number);
    if (download.place) forget_behind(download);
}

template <class Condition>
void PackageIndex::Downloads::forget_where(Condition condition) {
    std::erase_if(coming_, [&](const auto& one) {
        bool forgotten = condition(*one.second);
        if (forgotten) index_.fetcher_.forget(one.first);
        return forgotten;
    });
}
// Of those that fail the first one is told of, whichever failed first; those behind it are not waited for.
void PackageIndex::Downloads::forget_behind(const Download& failed) {
    forget_where([&](const Download& download) { return *download.place > *failed.place; });
}

void PackageIndex::Downloads::hand_over() {
    while (base::HttpClient::Ticket ticket = index_.fetcher_.next_done(false))
        arrived(ticket);
}

void PackageIndex::Downloads::finish(const std::vector<Download*>& downloads) {
    size_t missing = 0;
    for (size_t i = 0; i < downloads.size(); i++) {
        downloads[i]->place = i;
        missing += !downloads[i]->ahead && !downloads[i]->stored;
    }
    forget_where([](const Download& download) { return !download.place; });
    index_.fetcher_.hurry();
    if (!queue_) {
        // FAST: what is there is checked and unpacked while the rest is on its way; then this thread waits for the network.
        size_t threads = std::min(missing, base::processor_count());
        queue_ = std::make_unique<base::ParallelQueue>(threads && coming_.empty() ? threads - 1 : threads, work_);
    }
    for (Download* download : downloads) {
        if (!download->ahead && !download->started && !download->stored) queue_->add(download->number);
        if (download->lost) forget_behind(*download);
    }
    while (!coming_.empty() && !queue_->failed())
        arrived(index_.fetcher_.next_done(true));
    // Each download has its own outcome.
    (void)queue_->finish().ok();
    queue_.reset();
}

base::Result<void> PackageIndex::Downloads::Look::operator()(size_t number) {
    Download& download = downloads.at(number);
    return while_fetching(download.source, downloads.index_.look_in_cache(download));
}
base::Result<void> PackageIndex::Downloads::Work::operator()(size_t number) {
    Download& download = downloads.at(number);
    download.outcome = downloads.unpack(download);
    // Nobody may have asked for what was begun ahead: the others go on.
    if (download.outcome.ok() || download.ahead) return {};
    return base::Error(download.outcome.error());
}

// Checks a file that is there, and unpacks a wheel.
base::Result<void> PackageIndex::Downloads::unpack(Download& download) const {
    const DistFile& file = download.source.file;
    if (download.stored || download.repository || !download.directory.empty()) return {};
    if (download.read) {
        // Read before, to resolve with.
        download.sha256 = download.read->sha256;
        TRY(check_bytes(file, download.read->wheel.archive().bytes(), download.sha256));
        TRY(store(download, download.read->wheel));
        download.read.reset();
        return {};
    }
    bool wheel = file.kind == FileKind::Wheel;
    // What was checked is what is unpacked: the same bytes in memory.
    std::string bytes = std::move(download.bytes);
    if (wheel && !download.in_memory) bytes = TRY(base::read_file(download.path));
    download.sha256 = TRY(wheel ? check_bytes(file, bytes) : check_file(file, download.path));
    uint64_t size = wheel ? bytes.size() : base::file_status(download.path).size;
    if (download.started && promised_sha256(file).empty()) write_link(index_.cache_, file.url, {download.sha256, download.freshness});
    remember_proof(index_.cache_, file, download.sha256, size);
    return wheel ? store(download, TRY(Wheel::from_bytes(std::move(bytes), file.file_name))) : base::Result<void>();
}

base::Result<void> PackageIndex::Downloads::store(Download& download, const Wheel& wheel) const {
    download.metadata = wheel.metadata_text();
    download.wheel = TRY(store_wheel(index_.cache_, wheel, download.sha256));
    download.stored = true;
    return {};
}

}  // namespace pkg
