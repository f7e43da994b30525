// Walking the buckets.
#include "pkg/cache_care.h"

#include <sys/stat.h>

#include <algorithm>
#include <unordered_set>

#include "base/clock.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/cache.h"
#include "pkg/name.h"
#include "pkg/wheel/store.h"

namespace pkg {

namespace {

constexpr std::string_view kCurrent[] = {
#define CACHE_BUCKET(name, folder, what) folder,
#include "pkg/cache.def"
#undef CACHE_BUCKET
};
constexpr std::string_view kTemporary = "tmp";

std::string folder_of(Bucket bucket) {
    return std::string(kCurrent[static_cast<size_t>(bucket)]);
}
// "wheels-v1": what adder makes in a cache, of this format or another one.
bool is_bucket(std::string_view name) {
    size_t dash = name.rfind("-v");
    if (dash == std::string_view::npos || dash + 2 == name.size()) return false;
    return std::all_of(name.begin() + (long)dash + 2, name.end(), base::is_digit);
}

// Paths of all entries of a bucket: <bucket>/<digit>/<rest>.
base::Result<std::vector<std::string>> entries_of(const std::string& directory, Bucket bucket) {
    std::vector<std::string> out;
    std::string root = base::join_path(directory, folder_of(bucket));
    if (!base::is_directory(root)) return out;
    for (const base::DirectoryEntry& outer : TRY(base::list_directory(root))) {
        // Another process may be emptying the cache.
        base::Result<std::vector<base::DirectoryEntry>> inner = base::list_directory(root + "/" + outer.name);
        for (const base::DirectoryEntry& entry : inner.ok() ? *inner : std::vector<base::DirectoryEntry>{})
            out.push_back(root + "/" + outer.name + "/" + entry.name);
    }
    return out;
}

void add(base::TreeSize& total, const base::TreeSize& more) {
    total.files += more.files;
    total.bytes += more.bytes;
}

// An entry as one directory or file.
base::TreeSize entry_size(const std::string& path) {
    base::FileStatus status = base::file_status_link(path);
    return status.type == base::FileType::Directory ? base::tree_size(path) : base::TreeSize{1, status.size};
}

base::Result<void> drop(const std::string& directory, const std::string& entry, base::TreeSize& total) {
    add(total, entry_size(entry));
    return discard_entry(directory, entry);
}

bool linked_from_elsewhere(const StoredWheel& wheel) {
    return std::any_of(wheel.files.begin(), wheel.files.end(), [&](const StoredFile& file) {
        return base::file_status_link(wheel.path_of(file)).links > 1;
    });
}

CacheProblem verify_wheel(const std::string& entry, size_t& files) {
    CacheProblem out;
    out.entry = entry;
    StoredWheel wheel;
    if (!read_stored_wheel(entry, wheel)) {
        out.lines.push_back("its manifest is missing or damaged");
        return out;
    }
    out.name = wheel.name;
    out.version = wheel.version;
    files = wheel.files.size();
    std::unordered_set<std::string> known = {"manifest"};
    for (const StoredFile& file : wheel.files) {
        known.insert(StoredWheel::place_of(file));
        base::Result<std::string> bytes = base::read_file(wheel.path_of(file));
        if (!bytes.ok()) {
            out.lines.push_back("`" + std::string(file.source) + "` is missing");
        } else if (bytes->size() != file.size || base::to_base64url_nopad(base::sha256(*bytes)) != file.digest) {
            out.lines.push_back("`" + std::string(file.source) + "` has been changed");
        }
    }
    base::Result<std::vector<std::string>> present = base::list_tree(entry);
    for (const std::string& path : present.ok() ? *present : std::vector<std::string>{}) {
        if (!known.count(path)) out.lines.push_back("`" + path + "` does not belong to it");
    }
    return out;
}

}  // namespace

base::Result<std::vector<BucketSize>> measure_cache(const std::string& directory) {
    std::vector<BucketSize> out;
    if (!base::is_directory(directory)) return out;
    for (const base::DirectoryEntry& entry : TRY(base::list_directory(directory))) {
        if (is_bucket(entry.name) || entry.name == kTemporary)
            out.push_back({entry.name, base::tree_size(base::join_path(directory, entry.name))});
    }
    return out;
}

base::Result<void> discard_entry(const std::string& directory, const std::string& entry) {
    TRY(base::make_directories(directory + "/tmp", 0700));
    // Renamed first: whoever looks finds all of it or nothing.
    base::TemporaryDirectory aside = TRY(base::TemporaryDirectory::create(directory + "/tmp", ""));
    return base::rename_path(entry, aside.path() + "/entry");
}

base::Result<base::TreeSize> prune_cache(const std::string& directory, const PruneOptions& options) {
    base::TreeSize total;
    if (!base::is_directory(directory)) return total;
    for (const base::DirectoryEntry& entry : TRY(base::list_directory(directory))) {
        bool current = std::find(std::begin(kCurrent), std::end(kCurrent), entry.name) != std::end(kCurrent);
        if (is_bucket(entry.name) && !current) TRY(drop(directory, directory + "/" + entry.name, total));
    }
    std::string temporary = base::join_path(directory, kTemporary);
    int64_t oldest = (base::system_clock().unix_seconds() - options.tmp_age_s) * 1000000000;
    if (base::is_directory(temporary)) {
        for (const base::DirectoryEntry& entry : TRY(base::list_directory(temporary))) {
            std::string path = temporary + "/" + entry.name;
            if (base::file_status_link(path).mtime_ns > oldest) continue;
            add(total, entry_size(path));
            TRY(base::remove_tree(path));
        }
    }
    for (const std::string& entry : TRY(entries_of(directory, Bucket::Wheels))) {
        StoredWheel wheel;
        bool readable = read_stored_wheel(entry, wheel);
        if (!readable || (options.unused && !linked_from_elsewhere(wheel))) TRY(drop(directory, entry, total));
    }
    return total;
}

base::Result<base::TreeSize> clean_project(const std::string& directory, std::string_view project) {
    base::TreeSize total;
    for (const std::string& entry : TRY(entries_of(directory, Bucket::Wheels))) {
        StoredWheel wheel;
        if (read_stored_wheel(entry, wheel) && normalize_name(wheel.name) == project)
            TRY(drop(directory, entry, total));
    }
    for (const std::string& entry : TRY(entries_of(directory, Bucket::Metadata))) {
        base::Result<std::string> bytes = base::read_file(entry);
        if (!bytes.ok()) continue;  // another process may be emptying the cache
        for (std::string_view line : base::split_lines(checked_content(*bytes).value_or(""))) {
            if (line.empty()) break;
            if (!base::starts_with_ignoring_case(line, "Name:")) continue;
            if (normalize_name(base::strip(line.substr(5))) == project) TRY(drop(directory, entry, total));
            break;
        }
    }
    return total;
}

static base::Result<void> verify_metadata(const std::string& directory, CacheReport& out) {
    for (const std::string& entry : TRY(entries_of(directory, Bucket::Metadata))) {
        // What a killed process was writing is read by nobody.
        if (base::base_name(entry).find('.') != std::string_view::npos) continue;
        base::Result<std::string> bytes = base::read_file(entry);
        // Another process may be emptying the cache.
        if (bytes.ok() && !checked_content(*bytes)) out.problems.push_back({entry, "", "", {"this metadata has been changed"}});
    }
    return {};
}

base::Result<CacheReport> verify_cache(const std::string& directory) {
    std::vector<std::string> entries = TRY(entries_of(directory, Bucket::Wheels));
    std::vector<CacheProblem> found(entries.size());
    std::vector<size_t> files(entries.size());
    auto verify = [&](size_t i) -> base::Result<void> {
        found[i] = verify_wheel(entries[i], files[i]);
        return {};
    };
    TRY(base::for_each_parallel(entries.size(), verify));
    CacheReport out;
    out.wheels = entries.size();
    for (size_t i = 0; i < entries.size(); i++) {
        out.files += files[i];
        if (!found[i].lines.empty()) out.problems.push_back(std::move(found[i]));
    }
    TRY(verify_metadata(directory, out));
    return out;
}

}  // namespace pkg
