// Files on their way into the cache: downloaded side by side by one thread, checked and unpacked by others as they arrive.
// Wheels may be on their way, or looked up in the cache, before anybody asked for them (PackageIndex::fetch_ahead).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/parallel.h"
#include "pkg/index/package_index.h"

namespace pkg {

// One source: in the cache already, a local file, or a download begun.
struct PackageIndex::Download {
    WheelSource source;
    bool stored = false;
    StoredWheel wheel;
    std::string path;         // the file, once it is there
    std::string directory;    // a source tree to be built
    bool repository = false;  // to be built from a commit
    std::string sha256;       // of the file, once it was checked
    std::optional<ReadWheel> read;  // the file, where it was read before
    std::string metadata;  // of a wheel that was unpacked just now
    // What its URL had, to be asked about; `wheel` is of that, and stands if it has not changed.
    std::optional<FileLink> link;
    base::HttpFreshness freshness;  // of the answer
    bool started = false;
    bool in_memory = false;  // it goes to `bytes` and to no file
    std::string bytes;
    base::HttpClient::Ticket ticket = 0;
    size_t number = 0;                // among all
    bool ahead = false;               // its download was begun before it was asked for
    std::optional<size_t> place;      // among those asked for
    bool lost = false;                // nothing came
    base::Result<void> outcome = {};  // for the thread that asks, when the others are done
};

base::Result<void> while_fetching(const WheelSource& source, base::Result<void> result);

// For one thread, except for what says otherwise.
class PackageIndex::Downloads {
  public:
    explicit Downloads(PackageIndex& index);
    ~Downloads();

    Download& add(WheelSource source);
    // Begins with a wheel that may be asked for: to read the cache's entry of it, or to download it.
    void begin_ahead(WheelSource source);
    // What was begun ahead that this source is, null where there is nothing. Its fields but `place` belong to other threads
    // until finish_looking() has ended, of a download that has `ahead` until finish() has.
    Download* begun_ahead(const WheelSource& source);
    // Has other threads find out where it will come from.
    void look(Download& download);
    // Takes part in that, until it is known of all.
    base::Result<void> finish_looking();
    // Of one that was looked for and is not stored.
    base::Result<void> begin(Download& download);
    // Hands what has arrived to the other threads, without waiting.
    void hand_over();
    // Has everything checked and unpacked, and waits for it. `downloads`: those asked for, by place. Afterwards they have
    // their outcomes, where one has failed at least that one.
    void finish(const std::vector<Download*>& downloads);

  private:
    struct Look {
        Downloads& downloads;
        base::Result<void> operator()(size_t number);
    };
    struct Work {
        Downloads& downloads;
        base::Result<void> operator()(size_t number);
    };
    void arrived(base::HttpClient::Ticket ticket);
    base::Result<void> take(Download& download);
    template <class Condition>
    void forget_where(Condition condition);
    void forget_behind(const Download& failed);
    // Of any thread:
    Download& at(size_t number);
    base::Result<void> unpack(Download& download) const;
    base::Result<void> store(Download& download, const Wheel& wheel) const;

    PackageIndex& index_;
    std::mutex guard_;
    std::vector<std::unique_ptr<Download>> downloads_;  // grows under `guard_`
    std::map<std::string, Download*, std::less<>> ahead_;  // by sha256
    std::unordered_map<base::HttpClient::Ticket, Download*> coming_;
    uint64_t room_;  // how many bytes may still be downloaded into memory
    Look look_{*this};
    Work work_{*this};
    std::unique_ptr<base::ParallelQueue> looking_, queue_;  // destroyed first
};

}  // namespace pkg
