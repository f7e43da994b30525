// RECORD: the list of a distribution's files with hash and size (specifications/recording-installed-packages §The
// RECORD file; binary-distribution-format §The .dist-info directory).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pkg {

struct RecordEntry {
    std::string path;       // as written, relative to the directory that holds the .dist-info
    std::string algorithm;  // empty when no hash is given
    std::string digest;     // URL-safe base64 without padding
    std::optional<uint64_t> size;
};

// A row as it stands in the text of a RECORD: the views point there, or into what is kept of quoted fields.
struct RecordRow {
    std::string_view path, algorithm, digest;
    std::optional<uint64_t> size;
    size_t line = 0;
};
struct RecordRows {
    std::vector<RecordRow> rows;
    std::deque<std::string> unquoted;
};
// What parse_record refuses, but for paths that stand in it twice: those are refused by `listed_twice`.
base::Result<RecordRows> read_record(std::string_view text, std::string_view what);
base::Error listed_twice(const RecordRow& second, std::string_view what);

// Three columns, CSV quoting. An Integrity error for anything else: other column counts, a size that is no number, an
// unknown or weak hash, a path twice.
base::Result<std::vector<RecordEntry>> parse_record(std::string_view text, std::string_view what = "RECORD");
// Lines in the order given, LF.
std::string write_record(const std::vector<RecordEntry>& entries);
// One line of a RECORD: of any entry, or of the file `folder` + `path` with this sha256 digest.
void append_record(std::string& out, const RecordEntry& entry);
void append_record(std::string& out, std::string_view folder, std::string_view path, std::string_view sha256,
                   uint64_t size);
// The entry of a file with these bytes: sha256 and size.
RecordEntry record_entry(std::string path, std::string_view bytes);

}  // namespace pkg
