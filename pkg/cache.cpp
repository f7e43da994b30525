// Paths, writes and clearing of the cache.
#include "pkg/cache.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/path.h"

namespace pkg {

static constexpr const char* kFolders[] = {
#define CACHE_BUCKET(name, folder, what) folder,
#include "pkg/cache.def"
#undef CACHE_BUCKET
};

// One for all buckets: users share it, removers have it alone. It stays where it is when the cache is emptied.
static constexpr const char* kLock = "/.lock";

std::string Cache::default_directory() {
    auto variable = [](const char* name) {
        const char* value = getenv(name);
        return std::string(value ? value : "");
    };
    if (std::string own = variable("ADDER_CACHE_DIR"); !own.empty()) return base::absolute_path(own);
    if (std::string xdg = variable("XDG_CACHE_HOME"); xdg.starts_with('/')) return xdg + "/adder";
    return base::join_path(variable("HOME").empty() ? "/tmp" : variable("HOME"), ".cache/adder");
}

std::unique_ptr<Cache> Cache::open(const std::string& directory) {
    return std::unique_ptr<Cache>(new Cache(directory.empty() ? default_directory() : base::absolute_path(directory)));
}

void Cache::hold() {
    held_ = true;
    if (base::is_directory(directory_)) lock();
}
void Cache::lock() {
    base::Result<base::FileLock> taken = base::FileLock::shared(directory_ + kLock);
    // Where there is nothing to write there is nothing to be removed, and a file system without locks has none for anybody.
    if (taken.ok()) lock_ = std::move(taken).value();
}

std::optional<base::FileLock> lock_out_users(const std::string& directory, Wait wait) {
    if (!base::is_directory(directory)) return {};
    std::string path = directory + kLock;
    base::Result<base::FileLock> taken = wait == Wait::No ? base::FileLock::try_exclusive(path) : base::FileLock::exclusive(path);
    if (!taken.ok()) return {};
    return std::move(taken).value();
}

// Where new entries go: the directory itself, or a substitute when that cannot be written.
const std::string& Cache::writable() {
    if (tried_) return writable_;
    tried_ = true;
    if (base::make_directories(directory_ + "/tmp", 0700).ok() && !access((directory_ + "/tmp").c_str(), W_OK)) {
        writable_ = directory_;
        if (held_ && !lock_) lock();
    } else if (base::Result<base::TemporaryDirectory> made = base::TemporaryDirectory::create(); made.ok()) {
        substitute_ = std::move(made).value();
        writable_ = substitute_->path();
    }
    return writable_;
}

static std::string entry_path(std::string_view root, Bucket bucket, std::string_view key) {
    std::string_view folder = kFolders[static_cast<size_t>(bucket)];
    std::string name = base::sha256_hex(key), out;
    out.reserve(root.size() + folder.size() + name.size() + 3);
    out.append(root).append("/").append(folder).append("/").append(name, 0, 1).append("/").append(name, 1);
    return out;
}
std::string Cache::path_of(Bucket bucket, std::string_view key) const {
    return entry_path(directory_, bucket, key);
}

std::string Cache::find(Bucket bucket, std::string_view key) const {
    std::string path = entry_path(directory_, bucket, key);
    if (!access(path.c_str(), R_OK)) return path;
    if (!substitute_) return "";
    path = entry_path(substitute_->path(), bucket, key);
    return access(path.c_str(), R_OK) ? "" : path;
}

std::optional<std::string> Cache::read(Bucket bucket, std::string_view key) const {
    std::string entry;
    return read_inside(bucket, key, "", entry);
}

std::optional<std::string> Cache::read_inside(Bucket bucket, std::string_view key, std::string_view file,
                                              std::string& entry) const {
    auto read_at = [&](const std::string& root) -> std::optional<std::string> {
        entry = entry_path(root, bucket, key);
        base::Result<std::optional<std::string>> bytes = base::read_file_if_there(base::join_path(entry, file));
        if (!bytes.ok()) return {};
        return std::move(bytes).value();
    };
    std::optional<std::string> out = read_at(directory_);
    if (!out && substitute_) out = read_at(substitute_->path());
    return out;
}

// The directories for new entries are there but for the first times: they are made when something fails, which it then may
// once more.

void Cache::write(Bucket bucket, std::string_view key, std::string_view bytes) {
    if (writable().empty()) return;
    std::string path = entry_path(writable_, bucket, key);
    if (base::write_file_atomic(path, bytes).ok()) return;
    // An entry that cannot be written is one that will be fetched again.
    if (base::make_directories(std::string(base::parent_path(path))).ok())
        (void)base::write_file_atomic(path, bytes).ok();
}

static constexpr std::string_view kChecked = "adder entry 1\n";

std::optional<std::string_view> checked_content(std::string_view entry) {
    if (!entry.starts_with(kChecked)) return std::nullopt;
    base::ByteReader in(entry.substr(kChecked.size()));
    uint32_t sum = in.u32();
    std::string_view content = entry.substr(entry.size() - in.left());
    if (!in.ok() || base::crc32(content) != sum) return std::nullopt;
    return content;
}

std::optional<std::string> Cache::read_checked(Bucket bucket, std::string_view key) {
    std::optional<std::string> entry = read(bucket, key);
    if (!entry) return std::nullopt;
    std::optional<std::string_view> content = checked_content(*entry);
    if (!content) return forget(bucket, key), std::nullopt;
    entry->erase(0, entry->size() - content->size());
    return entry;
}

void Cache::write_checked(Bucket bucket, std::string_view key, std::string_view bytes) {
    base::ByteWriter sum;
    sum.u32(base::crc32(bytes));
    write(bucket, key, std::string(kChecked) + sum.take() + std::string(bytes));
}

base::Result<base::TemporaryDirectory> Cache::staging() {
    if (writable().empty()) return base::io_error("write to the cache", directory_, EACCES);
    std::string parent = writable_ + "/tmp";
    base::Result<base::TemporaryDirectory> made = base::TemporaryDirectory::create(parent, "");
    if (made.ok()) return made;
    TRY(base::make_directories(parent, 0700));
    return base::TemporaryDirectory::create(parent, "");
}

base::Result<std::string> Cache::adopt(base::TemporaryDirectory prepared, Bucket bucket, std::string_view key) {
    std::string path = entry_path(writable(), bucket, key);
    base::Result<void> moved = base::rename_path(prepared.path(), path);
    if (!moved.ok() && !base::is_directory(path)) {
        TRY(base::make_directories(std::string(base::parent_path(path))));
        moved = base::rename_path(prepared.path(), path);
    }
    if (!moved.ok() && !base::is_directory(path)) return std::move(moved).error();
    if (moved.ok()) prepared.keep();
    return path;
}

void Cache::forget(Bucket bucket, std::string_view key) {
    std::string path = find(bucket, key);
    // What cannot be removed will be found damaged again and reported then.
    if (!path.empty()) (void)base::remove_tree(path).ok();
}

base::Result<base::TreeSize> clean_cache(const std::string& directory) {
    base::TreeSize total;
    std::vector<std::string> folders(std::begin(kFolders), std::end(kFolders));
    folders.push_back("tmp");
    for (const std::string& folder : folders) {
        base::TreeSize size = base::tree_size(directory + "/" + folder);
        total.files += size.files;
        total.bytes += size.bytes;
        TRY(base::remove_tree(directory + "/" + folder));
    }
    return total;
}

}  // namespace pkg
