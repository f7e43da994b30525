// What was promised of a file, an index's or a lock's word, held against the bytes that came.
#include "pkg/index/promises.h"

#include "base/fs.h"
#include "base/hash.h"
#include "pkg/index/simple_page.h"
#include "pkg/install/install.h"

namespace pkg {

std::string promised_sha256(const DistFile& file) {
    for (const Hash& hash : file.hashes) {
        if (hash.algorithm == "sha256") return hash.hex;
    }
    return "";
}

base::Result<void> check_readable(const DistFile& file) {
    for (const Hash& hash : file.hashes) {
        if (is_hexadecimal(hash.hex)) continue;
        base::Error error(base::ErrorKind::Integrity, "`" + file.file_name + "` has a " + hash.algorithm + " that is no hash");
        error.contexts.push_back("it says `" + hash.hex + "`, hexadecimal digits are expected");
        return error;
    }
    return {};
}

// What is known of a file's bytes against what was asked for: every hash that the index or lock gave compared; those
// that protect nothing are not enough on their own, but none at all is what flat directories have. `hash` computes one.
template <class HashOf>
static base::Result<void> check_promises(const DistFile& file, const std::string& sha256, uint64_t size, HashOf hash) {
    TRY(check_readable(file));
    for (const Hash& promised : file.hashes) {
        std::string found = promised.algorithm == "sha256" ? sha256 : TRY(hash(promised.algorithm));
        if (found != promised.hex) return hash_mismatch(file.file_name, promised.algorithm, promised.hex, found);
    }
    if (file.size && *file.size != size)
        return base::Error(base::ErrorKind::Integrity, "`" + file.file_name + "` has " + std::to_string(size) +
                                                           " bytes, expected " + std::to_string(*file.size));
    return {};
}
base::Result<std::string> check_file(const DistFile& file, const std::string& path) {
    std::string sha256 = TRY(base::hash_file_hex("sha256", path));
    auto hash = [&](const std::string& algorithm) { return base::hash_file_hex(algorithm, path); };
    TRY(check_promises(file, sha256, base::file_status(path).size, hash));
    return sha256;
}
base::Result<std::string> check_bytes(const DistFile& file, std::string_view bytes) {
    std::string sha256 = base::sha256_hex(bytes);
    TRY(check_bytes(file, bytes, sha256));
    return sha256;
}
base::Result<void> check_bytes(const DistFile& file, std::string_view bytes, const std::string& sha256) {
    auto hash = [&](const std::string& algorithm) { return base::hash_hex(algorithm, bytes); };
    return check_promises(file, sha256, bytes.size(), hash);
}

}  // namespace pkg
