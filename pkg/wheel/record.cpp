// RECORD reading and writing.
#include "pkg/wheel/record.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/hash.h"
#include "base/text.h"

namespace pkg {

namespace {

base::Error refuse(std::string_view what, size_t line, std::string text) {
    return base::Error(base::ErrorKind::Integrity, "`" + std::string(what) + "` is not valid: line " +
                                                       std::to_string(line) + ": " + std::move(text));
}

// What each character is in a RECORD.
constexpr uint8_t kEndsField = 1, kDigest = 2;
struct Kinds {
    uint8_t of[256];
};
constexpr Kinds make_kinds() {
    Kinds out{};
    for (char c : std::string_view(",\r\n"))
        out.of[(unsigned char)c] = kEndsField;
    // Base64 in either alphabet, or hexadecimal digits.
    for (char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/"))
        out.of[(unsigned char)c] = kDigest;
    return out;
}
constexpr Kinds kKinds = make_kinds();

bool is_digest(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return kKinds.of[c] & kDigest; });
}

bool ends_field(std::string_view text, size_t at) {
    return at >= text.size() || kKinds.of[(unsigned char)text[at]] & kEndsField;
}

// A field that begins with the quotation mark at `at`, which moves to what ends the field. False for a mark that is not
// closed or misplaced.
bool read_quoted(std::string_view text, size_t& at, std::string& field) {
    for (at++;; at++) {
        if (at >= text.size()) return false;
        if (text[at] == '"') {
            if (at + 1 >= text.size() || text[at + 1] != '"') break;
            at++;
        }
        field += text[at];
    }
    return ends_field(text, ++at);
}

// One CSV row starting at `at`; moves `at` past its line end and counts its columns, of which the first three are kept.
bool read_row(std::string_view text, size_t& at, std::string_view (&row)[3], size_t& columns,
              std::deque<std::string>& unquoted) {
    for (columns = 1;; columns++) {
        size_t begin = at;
        std::string_view field;
        if (at < text.size() && text[at] == '"') {
            if (!read_quoted(text, at, unquoted.emplace_back())) return false;
            field = unquoted.back();
        } else {
            while (!ends_field(text, at))
                at++;
            field = text.substr(begin, at - begin);
        }
        if (columns <= std::size(row)) row[columns - 1] = field;
        if (at >= text.size()) return true;
        char end = text[at++];
        if (end == ',') continue;
        if (end == '\r' && at < text.size() && text[at] == '\n') at++;
        return true;
    }
}

bool needs_quotes(std::string_view field) {
    for (char c : field) {
        if (c == ',' || c == '"' || c == '\r' || c == '\n') return true;
    }
    return false;
}
std::string quoted(const std::string& field) {
    if (!needs_quotes(field)) return field;
    std::string out = "\"";
    for (char c : field) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

}  // namespace

base::Result<RecordRows> read_record(std::string_view text, std::string_view what) {
    RecordRows out;
    out.rows.reserve(text.size() / 70 + 1);  // hardly a row is shorter: 43 characters are the digest
    std::string_view row[3];
    size_t line = 0, columns = 0;
    for (size_t at = 0; at < text.size();) {
        line++;
        if (!read_row(text, at, row, columns, out.unquoted)) return refuse(what, line, "a quotation mark is out of place");
        if (columns == 1 && row[0].empty()) continue;
        if (columns != 3) return refuse(what, line, "expected 3 columns, found " + std::to_string(columns));
        RecordRow& entry = out.rows.emplace_back();
        entry.line = line;
        entry.path = row[0];
        if (entry.path.empty()) return refuse(what, line, "the path is empty");
        if (!row[1].empty()) {
            size_t equals = row[1].find('=');
            entry.algorithm = row[1].substr(0, equals);
            if (equals == std::string::npos || !base::hash_is_known(entry.algorithm))
                return refuse(what, line, "unknown hash `" + std::string(row[1]) + "`");
            entry.digest = row[1].substr(equals + 1);
            while (entry.digest.ends_with('='))
                entry.digest.remove_suffix(1);
            if (!is_digest(entry.digest)) return refuse(what, line, "`" + std::string(row[1]) + "` is no hash");
        }
        if (!row[2].empty()) {
            uint64_t size = 0;
            for (char c : row[2]) {
                if (c < '0' || c > '9' || size > (uint64_t(1) << 60))
                    return refuse(what, line, "`" + std::string(row[2]) + "` is no size");
                size = size * 10 + (uint64_t)(c - '0');
            }
            entry.size = size;
        }
    }
    return out;
}
base::Error listed_twice(const RecordRow& second, std::string_view what) {
    return refuse(what, second.line, "`" + std::string(second.path) + "` is listed twice");
}

base::Result<std::vector<RecordEntry>> parse_record(std::string_view text, std::string_view what) {
    RecordRows read = TRY(read_record(text, what));
    std::vector<RecordEntry> out;
    std::unordered_set<std::string_view> seen;
    out.reserve(read.rows.size());
    seen.reserve(read.rows.size());
    for (const RecordRow& row : read.rows) {
        if (!seen.insert(row.path).second) return listed_twice(row, what);
        out.push_back({std::string(row.path), std::string(row.algorithm), std::string(row.digest), row.size});
    }
    return out;
}

void append_record(std::string& out, const RecordEntry& entry) {
    out += quoted(entry.path) + ",";
    if (!entry.algorithm.empty()) out += entry.algorithm + "=" + entry.digest;
    out += ",";
    if (entry.size) out += std::to_string(*entry.size);
    out += "\n";
}
void append_record(std::string& out, std::string_view folder, std::string_view path, std::string_view sha256,
                   uint64_t size) {
    if (needs_quotes(folder) || needs_quotes(path)) {
        out += quoted(std::string(folder).append(path));
    } else {
        out.append(folder).append(path);
    }
    char digits[24];
    out.append(",sha256=").append(sha256) += ',';
    out.append(digits, std::to_chars(digits, digits + sizeof digits, size).ptr) += '\n';
}

std::string write_record(const std::vector<RecordEntry>& entries) {
    std::string out;
    for (const RecordEntry& entry : entries)
        append_record(out, entry);
    return out;
}

RecordEntry record_entry(std::string path, std::string_view bytes) {
    return {std::move(path), "sha256", base::to_base64url_nopad(base::sha256(bytes)), bytes.size()};
}

}  // namespace pkg
