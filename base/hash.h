// Message digests over OpenSSL, and the text forms they take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_md_ctx_st;

namespace base {

// A running digest. Names: md5 sha1 sha224 sha256 sha384 sha512 sha3_* blake2b blake2s.
class Hasher {
  public:
    static Result<Hasher> create(std::string_view algorithm);  // Usage error for an unknown name
    Hasher(Hasher&& other) noexcept : context_(std::exchange(other.context_, nullptr)), sha256_(other.sha256_) {}
    Hasher& operator=(Hasher&& other) noexcept {
        std::swap(context_, other.context_);
        std::swap(sha256_, other.sha256_);
        return *this;
    }
    ~Hasher();
    void update(std::string_view bytes);
    static constexpr size_t kLongest = 64;
    std::string digest();  // raw bytes; the hasher is spent afterwards, until
    void restart();        // begins anew
    std::string_view digest(char (&room)[kLongest]);  // the same as a part of `room`

  private:
    struct Sha256 {
        uint32_t words[28];
    };
    explicit Hasher(evp_md_ctx_st* context) : context_(context) {}
    evp_md_ctx_st* context_;  // null for sha256
    Sha256 sha256_{};
};

bool hash_is_known(std::string_view algorithm);
// True for an algorithm that still protects: sha256 and stronger. md5 and sha1 are not.
bool hash_is_secure(std::string_view algorithm);
std::string sha256(std::string_view bytes);      // raw
std::string sha256_hex(std::string_view bytes);  // lower-case hexadecimal
Result<std::string> hash_hex(std::string_view algorithm, std::string_view bytes);
Result<std::string> hash_file_hex(std::string_view algorithm, const std::string& path);

uint32_t crc32(std::string_view bytes);  // of ZIP and gzip: finds damage, not malice

std::string to_hex(std::string_view bytes);
std::string to_base64(std::string_view bytes);
std::string to_base64url_nopad(std::string_view bytes);
void append_base64url_nopad(std::string& out, std::string_view bytes);
// The bytes, or an Integrity error for text that is not unpadded URL-safe base64.
Result<std::string> from_base64url_nopad(std::string_view text);

}  // namespace base
