// Digests by OpenSSL's EVP interface. FAST: sha256 by the functions below it: those need none of the library's set-up, which
// takes longer than all the digests of a small command.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hash.h"

#include <libdeflate.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/fs.h"

namespace base {

static const char* evp_name(std::string_view name) {
    struct Row {
        std::string_view name;
        const char* evp;
    };
    static constexpr Row kRows[] = {
        {"sha256", "SHA256"},     {"md5", "MD5"},           {"sha1", "SHA1"},          {"sha224", "SHA224"},
        {"sha384", "SHA384"},     {"sha512", "SHA512"},     {"sha3_224", "SHA3-224"},  {"sha3_256", "SHA3-256"},
        {"sha3_384", "SHA3-384"}, {"sha3_512", "SHA3-512"}, {"blake2b", "BLAKE2B512"}, {"blake2s", "BLAKE2S256"},
    };
    for (const Row& row : kRows) {
        if (row.name == name) return row.evp;
    }
    return nullptr;
}

bool hash_is_known(std::string_view algorithm) {
    return evp_name(algorithm) != nullptr;
}
bool hash_is_secure(std::string_view algorithm) {
    return hash_is_known(algorithm) && algorithm != "md5" && algorithm != "sha1";
}

static SHA256_CTX* state_of(void* words) {
    return static_cast<SHA256_CTX*>(words);
}

Result<Hasher> Hasher::create(std::string_view algorithm) {
    if (algorithm == "sha256") {
        static_assert(sizeof(SHA256_CTX) <= sizeof(Sha256) && alignof(SHA256_CTX) <= alignof(Sha256));
        Hasher hasher(nullptr);
        hasher.restart();
        return hasher;
    }
    // The configuration file of the system's OpenSSL has nothing to say to a digest; reading it costs more than one.
    static const int ready = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    (void)ready;
    const char* name = evp_name(algorithm);
    if (!name) return Error(ErrorKind::Usage, "unknown hash algorithm `" + std::string(algorithm) + "`");
    EVP_MD* method = EVP_MD_fetch(nullptr, name, nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    bool started = method && context && EVP_DigestInit_ex2(context, method, nullptr) == 1;
    EVP_MD_free(method);
    if (!started) {
        EVP_MD_CTX_free(context);
        return Error(ErrorKind::Usage, "hash algorithm `" + std::string(algorithm) + "` is not available");
    }
    return Hasher(context);
}
Hasher::~Hasher() {
    EVP_MD_CTX_free(context_);
}
void Hasher::update(std::string_view bytes) {
    if (!context_) {
        SHA256_Update(state_of(&sha256_), bytes.data(), bytes.size());
    } else {
        EVP_DigestUpdate(context_, bytes.data(), bytes.size());
    }
}
void Hasher::restart() {
    if (!context_) {
        SHA256_Init(state_of(&sha256_));
    } else {
        EVP_DigestInit_ex2(context_, nullptr, nullptr);
    }
}
std::string_view Hasher::digest(char (&room)[kLongest]) {
    static_assert(EVP_MAX_MD_SIZE <= kLongest);
    unsigned char* out = reinterpret_cast<unsigned char*>(room);
    unsigned size = SHA256_DIGEST_LENGTH;
    if (!context_) {
        SHA256_Final(out, state_of(&sha256_));
    } else {
        EVP_DigestFinal_ex(context_, out, &size);
    }
    return {room, size};
}
std::string Hasher::digest() {
    char room[kLongest];
    return std::string(digest(room));
}

std::string sha256(std::string_view bytes) {
    Hasher hasher = MUST(Hasher::create("sha256"));
    hasher.update(bytes);
    return hasher.digest();
}
std::string sha256_hex(std::string_view bytes) {
    return to_hex(sha256(bytes));
}

Result<std::string> hash_hex(std::string_view algorithm, std::string_view bytes) {
    Hasher hasher = TRY(Hasher::create(algorithm));
    hasher.update(bytes);
    return to_hex(hasher.digest());
}

Result<std::string> hash_file_hex(std::string_view algorithm, const std::string& path) {
    Hasher hasher = TRY(Hasher::create(algorithm));
    Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return io_error("open", path, errno);
    char buffer[65536];
    for (;;) {
        ssize_t got = read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error("read", path, errno);
        if (got == 0) return to_hex(hasher.digest());
        hasher.update({buffer, (size_t)got});
    }
}

uint32_t crc32(std::string_view bytes) {
    return libdeflate_crc32(0, bytes.data(), bytes.size());
}

std::string to_hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (unsigned char c : bytes) {
        out += kDigits[c >> 4];
        out += kDigits[c & 15];
    }
    return out;
}

static void append_base64(std::string& out, std::string_view bytes, const char* digits, bool pad) {
    size_t begin = out.size(), whole = bytes.size() / 3, rest = bytes.size() % 3;
    out.resize(begin + whole * 4 + (rest ? (pad ? 4 : rest + 1) : 0), '=');
    char* at = out.data() + begin;
    auto byte = [&](size_t i) { return (uint32_t)(unsigned char)bytes[i]; };
    for (size_t i = 0; i < whole * 3; i += 3, at += 4) {
        uint32_t word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        at[0] = digits[word >> 18];
        at[1] = digits[word >> 12 & 63];
        at[2] = digits[word >> 6 & 63];
        at[3] = digits[word & 63];
    }
    if (!rest) return;
    uint32_t word = byte(whole * 3) << 16 | (rest == 2 ? byte(whole * 3 + 1) << 8 : 0);
    at[0] = digits[word >> 18];
    at[1] = digits[word >> 12 & 63];
    if (rest == 2) at[2] = digits[word >> 6 & 63];
}
static constexpr char kUrlDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
std::string to_base64(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true);
    return out;
}
std::string to_base64url_nopad(std::string_view bytes) {
    std::string out;
    append_base64url_nopad(out, bytes);
    return out;
}
void append_base64url_nopad(std::string& out, std::string_view bytes) {
    append_base64(out, bytes, kUrlDigits, false);
}

Result<std::string> from_base64url_nopad(std::string_view text) {
    std::string out;
    uint32_t word = 0;
    int bits = 0;
    for (char c : text) {
        size_t value = std::string_view(kUrlDigits, 64).find(c);
        if (value == std::string_view::npos) return Error(ErrorKind::Integrity, "not URL-safe base64 text");
        word = word << 6 | (uint32_t)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += (char)(word >> bits & 255);
        }
    }
    if (bits >= 6 || (word & ((1u << bits) - 1))) return Error(ErrorKind::Integrity, "base64 text of a wrong length");
    return out;
}

}  // namespace base
