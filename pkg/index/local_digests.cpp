// Rows of a list: name, size, time in nanoseconds, sha256, with tabs between.
#include "pkg/index/local_digests.h"

#include "base/path.h"
#include "base/text.h"

namespace pkg {

LocalDigests::Folder& LocalDigests::folder_of(std::string_view path) {
    std::string_view parent = base::parent_path(path);
    auto known = folders_.find(parent);
    if (known != folders_.end()) return known->second;
    Folder& folder = folders_[std::string(parent)];
    std::optional<std::string> text = cache_.read(Bucket::Links, "files of " + std::string(parent));
    if (!text) return folder;
    for (std::string_view line : base::split_lines(*text)) {
        std::vector<std::string_view> row = base::split(line, '\t');
        uint64_t size = 0, time = 0;
        if (row.size() == 4 && base::parse_u64(row[1], size) && base::parse_u64(row[2], time) && row[3].size() == 64)
            folder.files[std::string(row[0])] = {size, (int64_t)time, std::string(row[3])};
    }
    return folder;
}

std::string LocalDigests::find(const std::string& path, const base::FileStatus& status) {
    const Folder& folder = folder_of(path);
    auto known = folder.files.find(base::base_name(path));
    bool same = known != folder.files.end() && known->second.size == status.size && known->second.mtime_ns == status.mtime_ns;
    return same ? known->second.sha256 : "";
}

void LocalDigests::add(const std::string& path, const base::FileStatus& status, std::string sha256) {
    Folder& folder = folder_of(path);
    Entry& known = folder.files[std::string(base::base_name(path))], entry{status.size, status.mtime_ns, std::move(sha256)};
    if (known == entry) return;
    known = std::move(entry);
    folder.changed = true;
}

void LocalDigests::save() {
    for (auto& [path, folder] : folders_) {
        if (!folder.changed) continue;
        std::string text;
        for (const auto& [name, entry] : folder.files) {
            // Such names have no place in a row, and times before 1970 none either: those files are hashed in each run.
            if (name.find_first_of("\t\r\n") != std::string::npos || entry.mtime_ns < 0) continue;
            if (!base::is_regular_file(base::join_path(path, name))) continue;  // it is gone
            text += name + "\t" + std::to_string(entry.size) + "\t" + std::to_string(entry.mtime_ns) + "\t" + entry.sha256 + "\n";
        }
        cache_.write(Bucket::Links, "files of " + path, text);
    }
}

}  // namespace pkg
