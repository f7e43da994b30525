// The cache directory: content-addressed, append-only, in versioned buckets. Readers take no lock; writers write beside
// and rename, so that any number of processes, killed at any time, see whole entries only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/result.h"

namespace pkg {

enum class Bucket : uint8_t {
#define CACHE_BUCKET(name, folder, what) name,
#include "pkg/cache.def"
#undef CACHE_BUCKET
};

class Cache {
  public:
    // $ADDER_CACHE_DIR, else $XDG_CACHE_HOME/adder, else ~/.cache/adder.
    static std::string default_directory();
    // Nothing is made before the first write. Where `directory` cannot be written the cache is a temporary directory
    // that goes with the process, behind which the old entries stay readable.
    static std::unique_ptr<Cache> open(const std::string& directory);

    const std::string& directory() const { return directory_; }
    // Says, as long as this lives, that the cache is in use: what removes entries of others' waits for that.
    void hold();
    // The path of an entry: <bucket>/<first digit>/<rest of the key's sha256>, whether it exists or not.
    // (Few directories: making one costs a file system as much as five files.)
    std::string path_of(Bucket bucket, std::string_view key) const;
    // Makes sure where new entries go; after this the other functions may be called from several threads at once.
    void prepare() { writable(); }
    // Where an entry is found, "" when it is not.
    std::string find(Bucket bucket, std::string_view key) const;
    std::optional<std::string> read(Bucket bucket, std::string_view key) const;
    // The same of a file within an entry that is a directory: `entry`, whose path is given.
    std::optional<std::string> read_inside(Bucket bucket, std::string_view key, std::string_view file,
                                           std::string& entry) const;
    // Best effort: a full disk makes the cache forget, not the command fail.
    void write(Bucket bucket, std::string_view key, std::string_view bytes);
    // Entries that tell damage: bytes behind a check sum. One that is damaged is forgotten, and nothing.
    std::optional<std::string> read_checked(Bucket bucket, std::string_view key);
    void write_checked(Bucket bucket, std::string_view key, std::string_view bytes);
    // A directory on the cache's file system to prepare an entry in.
    base::Result<base::TemporaryDirectory> staging();
    // Moves a prepared directory to its place; another process's equal entry wins. Returns the entry's path.
    base::Result<std::string> adopt(base::TemporaryDirectory prepared, Bucket bucket, std::string_view key);
    void forget(Bucket bucket, std::string_view key);

  private:
    explicit Cache(std::string directory) : directory_(std::move(directory)) {}
    const std::string& writable();
    void lock();
    std::string directory_;
    bool held_ = false;
    std::optional<base::FileLock> lock_;  // shared
    std::optional<base::TemporaryDirectory> substitute_;
    bool tried_ = false;
    std::string writable_;
};

// For who removes entries: keeps others from using the cache in `directory` meanwhile. Not `held()` where somebody uses it,
// with Wait::No; nothing where there is no cache, or one that knows no locks.
enum class Wait : uint8_t { No, Yes };
std::optional<base::FileLock> lock_out_users(const std::string& directory, Wait wait);

// What stands in the bytes of a checked entry; nothing where they are damaged.
std::optional<std::string_view> checked_content(std::string_view entry);

// Removes every bucket; the number of files and bytes that were there.
base::Result<base::TreeSize> clean_cache(const std::string& directory);

}  // namespace pkg
