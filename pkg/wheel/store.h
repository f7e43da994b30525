// Unpacked wheels in the cache: a directory with the wheel's files, numbered, as they will be linked into environments,
// and a manifest that says which file goes where, so that an install reads no archive and opens one directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/cache.h"
#include "pkg/wheel/wheel.h"

namespace pkg {

struct StoredFile {
    // Files of one directory of the entry: enough that few have to be made and opened, and so few that a file system
    // which searches a directory from its start does not notice.
    static constexpr uint32_t kTogether = 64;
    uint32_t number = 0;  // its name in the entry, within the directory number / kTogether
    Scheme scheme = Scheme::Purelib;
    bool rewrite = false;  // a script whose first line names no interpreter yet
    uint64_t size = 0;
    std::string_view source;  // the member's name in the archive
    std::string_view target;  // relative to the scheme's directory
    std::string_view digest;  // sha256, URL-safe base64
};

struct StoredWheel {
    std::string path;    // the entry in the cache
    std::string sha256;  // of the wheel file, hexadecimal
    std::string name;    // as the metadata writes it
    std::string version;
    std::string dist_info;            // folder name
    std::vector<EntryPoint> scripts;  // console_scripts and gui_scripts
    std::vector<StoredFile> files;    // those of one directory come together
    std::vector<std::string> remarks;
    std::shared_ptr<const std::string> manifest;  // what `files` points into

    static std::string place_of(const StoredFile& file);  // relative to the entry
    std::string path_of(const StoredFile& file) const { return path + "/" + place_of(file); }
    const StoredFile* find(std::string_view source) const;
};

// The entry of the wheel with this hash; false when it is not in the cache (or its manifest is damaged).
bool find_stored_wheel(const Cache& cache, std::string_view sha256, StoredWheel& out);
// The same for an entry whose path is known.
bool read_stored_wheel(const std::string& entry, StoredWheel& out);
// Unpacks a checked wheel, whose file has this sha256.
base::Result<StoredWheel> store_wheel(Cache& cache, const Wheel& wheel, std::string_view sha256);
// Checks and unpacks the wheel with these bytes, whose name is `file_name` and whose sha256 was computed by the caller.
base::Result<StoredWheel> store_wheel(Cache& cache, std::string bytes, const std::string& file_name,
                                      std::string_view sha256);

}  // namespace pkg
