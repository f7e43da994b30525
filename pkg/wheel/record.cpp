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

// One CSV row starting at `at`; moves `at` past its line end. False for a quote that is not closed or misplaced.
bool read_row(std::string_view text, size_t& at, std::vector<std::string>& row) {
    row.assign(1, "");
    while (at < text.size()) {
        char c = text[at];
        if (c == '\n' || c == '\r') {
            at += c == '\r' && text.substr(at).starts_with("\r\n") ? 2 : 1;
            return true;
        }
        if (c == ',') {
            row.emplace_back();
            at++;
        } else if (c == '"' && row.back().empty()) {
            for (at++;; at++) {
                if (at >= text.size()) return false;
                if (text[at] == '"') {
                    if (at + 1 >= text.size() || text[at + 1] != '"') break;
                    at++;
                }
                row.back() += text[at];
            }
            at++;
            if (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '\r') return false;
        } else {
            size_t end = std::min(text.find_first_of(",\r\n", at), text.size());
            row.back() += text.substr(at, end - at);
            at = end;
        }
    }
    return true;
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

// Base64 in either alphabet, or hexadecimal digits.
bool is_digest(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return base::is_alnum(c) || std::string_view("-_+/").find(c) != std::string_view::npos; });
}

}  // namespace

base::Result<std::vector<RecordEntry>> parse_record(std::string_view text, std::string_view what) {
    std::vector<RecordEntry> out;
    std::unordered_set<std::string_view> seen;  // paths of `out`, which does not grow
    std::vector<std::string> row;
    out.reserve((size_t)std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }) + 1);
    seen.reserve(out.capacity());
    size_t line = 0;
    for (size_t at = 0; at < text.size();) {
        line++;
        if (!read_row(text, at, row)) return refuse(what, line, "a quotation mark is out of place");
        if (row.size() == 1 && row[0].empty()) continue;
        if (row.size() != 3) return refuse(what, line, "expected 3 columns, found " + std::to_string(row.size()));
        RecordEntry& entry = out.emplace_back();
        entry.path = std::move(row[0]);
        if (entry.path.empty()) return refuse(what, line, "the path is empty");
        if (!seen.insert(entry.path).second) return refuse(what, line, "`" + entry.path + "` is listed twice");
        if (!row[1].empty()) {
            size_t equals = row[1].find('=');
            entry.algorithm = row[1].substr(0, equals);
            if (equals == std::string::npos || !base::hash_is_known(entry.algorithm))
                return refuse(what, line, "unknown hash `" + row[1] + "`");
            entry.digest = row[1].substr(equals + 1);
            while (entry.digest.ends_with('='))
                entry.digest.pop_back();
            if (!is_digest(entry.digest)) return refuse(what, line, "`" + row[1] + "` is no hash");
        }
        if (!row[2].empty()) {
            uint64_t size = 0;
            for (char c : row[2]) {
                if (c < '0' || c > '9' || size > (uint64_t(1) << 60))
                    return refuse(what, line, "`" + row[2] + "` is no size");
                size = size * 10 + (uint64_t)(c - '0');
            }
            entry.size = size;
        }
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
