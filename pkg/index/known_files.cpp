// Links: a row "sha256 …" and the freshness. Proofs: rows "algorithm hexadecimal", of which "size" is one.
#include "pkg/index/known_files.h"

#include <algorithm>

#include "base/text.h"
#include "pkg/index/freshness.h"
#include "pkg/index/promises.h"

namespace pkg {

static std::string proof_key(std::string_view sha256) {
    return "hashes of " + std::string(sha256);
}

std::optional<FileLink> read_link(Cache& cache, std::string_view url) {
    std::optional<std::string> text = cache.read_checked(Bucket::Links, url);
    if (!text) return std::nullopt;
    FileLink link;
    for (std::string_view line : base::split_lines(*text)) {
        std::string_view key, value;
        if (!base::partition(line, ' ', key, value)) continue;
        if (key == "sha256") link.sha256 = value;
        take_freshness(key, value, link.freshness);
    }
    return link;
}

void write_link(Cache& cache, std::string_view url, const FileLink& link) {
    if (!link.freshness.storable) return cache.forget(Bucket::Links, url);
    std::string text = "sha256 " + link.sha256 + "\n";
    append_freshness(text, link.freshness);
    cache.write_checked(Bucket::Links, url, text);
}

bool is_proven(Cache& cache, const DistFile& file, std::string_view sha256) {
    std::optional<std::string> proof;
    std::vector<std::string_view> rows;
    auto proven = [&](const std::string& row) {
        if (!proof) {
            proof = cache.read_checked(Bucket::Links, proof_key(sha256)).value_or("");
            rows = base::split_lines(*proof);
        }
        return std::find(rows.begin(), rows.end(), row) != rows.end();
    };
    for (const Hash& hash : file.hashes) {
        bool right = hash.algorithm == "sha256" ? hash.hex == sha256 : proven(hash.algorithm + " " + hash.hex);
        if (!right) return false;
    }
    // The sha256 itself stands for the size.
    return !file.size || !promised_sha256(file).empty() || proven("size " + std::to_string(*file.size));
}

void remember_proof(Cache& cache, const DistFile& file, std::string_view sha256, uint64_t size) {
    bool others = std::any_of(file.hashes.begin(), file.hashes.end(), [](const Hash& hash) { return hash.algorithm != "sha256"; });
    if (!others && !promised_sha256(file).empty()) return;
    std::string key = proof_key(sha256), text = cache.read_checked(Bucket::Links, key).value_or(""), before = text;
    auto add = [&](const std::string& row) {
        std::vector<std::string_view> rows = base::split_lines(text);
        if (std::find(rows.begin(), rows.end(), row) == rows.end()) text += row + "\n";
    };
    add("size " + std::to_string(size));
    for (const Hash& hash : file.hashes)
        if (hash.algorithm != "sha256") add(hash.algorithm + " " + hash.hex);
    if (text != before) cache.write_checked(Bucket::Links, key, text);
}

}  // namespace pkg
