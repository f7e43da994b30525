// Unpacked wheels in the cache: a directory with the wheel's files as they will be linked into environments, and a
// manifest that says which file goes where, so that an install reads no archive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/cache.h"
#include "pkg/wheel/wheel.h"

namespace pkg {

struct StoredFile {
    std::string source;  // relative to the entry's `files` directory: the member's name
    Scheme scheme = Scheme::Purelib;
    std::string target;
    std::string digest;  // sha256, URL-safe base64
    uint64_t size = 0;
    bool rewrite = false;  // a script whose first line names no interpreter yet
};

struct StoredWheel {
    std::string path;    // the entry in the cache; files are below <path>/files
    std::string sha256;  // of the wheel file, hexadecimal
    std::string name;    // as the metadata writes it
    std::string version;
    std::string dist_info;            // folder name
    std::vector<EntryPoint> scripts;  // console_scripts and gui_scripts
    std::vector<StoredFile> files;
    std::vector<std::string> remarks;
};

// The entry of the wheel with this hash; false when it is not in the cache (or its manifest is damaged).
bool find_stored_wheel(const Cache& cache, std::string_view sha256, StoredWheel& out);
// The same for an entry whose path is known.
bool read_stored_wheel(const std::string& entry, StoredWheel& out);
// Unpacks the wheel file at `path`, whose name is `file_name` and whose sha256 was computed from its bytes by the
// caller.
base::Result<StoredWheel> store_wheel(Cache& cache, const std::string& path, const std::string& file_name,
                                      std::string_view sha256);

}  // namespace pkg
