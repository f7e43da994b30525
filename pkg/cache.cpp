// Paths, writes and clearing of the cache.
#include "pkg/cache.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/hash.h"
#include "base/path.h"

namespace pkg {

static constexpr const char* kFolders[] = {
#define CACHE_BUCKET(name, folder, what) folder,
#include "pkg/cache.def"
#undef CACHE_BUCKET
};

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

// Where new entries go: the directory itself, or a substitute when that cannot be written.
const std::string& Cache::writable() {
    if (tried_) return writable_;
    tried_ = true;
    if (base::make_directories(directory_ + "/tmp", 0700).ok() && !access((directory_ + "/tmp").c_str(), W_OK)) {
        writable_ = directory_;
    } else if (base::Result<base::TemporaryDirectory> made = base::TemporaryDirectory::create(); made.ok()) {
        substitute_ = std::move(made).value();
        writable_ = substitute_->path();
    }
    return writable_;
}

static std::string entry_path(const std::string& root, Bucket bucket, std::string_view key) {
    std::string name = base::sha256_hex(key);
    return root + "/" + kFolders[static_cast<size_t>(bucket)] + "/" + name.substr(0, 1) + "/" + name.substr(1);
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
    std::string path = find(bucket, key);
    if (path.empty()) return {};
    base::Result<std::string> bytes = base::read_file(path);
    if (!bytes.ok()) return {};
    return std::move(bytes).value();
}

void Cache::write(Bucket bucket, std::string_view key, std::string_view bytes) {
    if (writable().empty()) return;
    std::string path = entry_path(writable_, bucket, key);
    // An entry that cannot be written is one that will be fetched again.
    if (base::make_directories(std::string(base::parent_path(path))).ok())
        (void)base::write_file_atomic(path, bytes).ok();
}

base::Result<base::TemporaryDirectory> Cache::staging() {
    if (writable().empty()) return base::io_error("write to the cache", directory_, EACCES);
    TRY(base::make_directories(writable_ + "/tmp", 0700));
    return base::TemporaryDirectory::create(writable_ + "/tmp", "");
}

base::Result<std::string> Cache::adopt(base::TemporaryDirectory prepared, Bucket bucket, std::string_view key) {
    std::string path = entry_path(writable(), bucket, key);
    TRY(base::make_directories(std::string(base::parent_path(path))));
    base::Result<void> moved = base::rename_path(prepared.path(), path);
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
