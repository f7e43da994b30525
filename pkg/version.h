// PEP 440 versions (specifications/version-specifiers): parse, normalise, compare.
// Most versions are one 64-bit key; the rest (many segments, locals, combined suffixes) share an immutable block.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pkg {

enum class PreKind : uint8_t { None, Alpha, Beta, Candidate };

// One dot-separated part of a local version label, lower case. Numeric ones sort above the others.
struct LocalSegment {
    bool numeric = false;
    std::string text;  // digits without leading zeros when numeric
    bool operator==(const LocalSegment&) const = default;
};

// Every part of a version spelled out. A version with `has_post` false has no post-release part, and so on.
struct VersionParts {
    uint64_t epoch = 0;
    std::vector<uint64_t> release;  // at least one
    PreKind pre_kind = PreKind::None;
    uint64_t pre = 0;
    bool has_post = false;
    uint64_t post = 0;
    bool has_dev = false;
    uint64_t dev = 0;
    std::vector<LocalSegment> local;
};

// Where a cut stands next to a version on the line of all versions (see version_set.h).
enum class Place : uint8_t {
    Before,       // just below the version itself
    After,        // just above the version itself
    AfterLocals,  // above the version and all its local versions
    AfterPosts,   // above the version, its locals and all its post-releases
};

class Version {
  public:
    Version() = default;  // "0"
    explicit Version(VersionParts parts);

    VersionParts parts() const;
    uint64_t epoch() const;
    // Release segment `index`, 0 past the end.
    uint64_t release(size_t index) const;
    size_t release_size() const { return size_; }
    bool is_prerelease() const;  // pre or dev
    bool is_postrelease() const;
    bool is_devrelease() const;
    bool has_local() const;

    std::string text() const;          // normalised: "1!1.0rc1.post2.dev3+ubuntu.1"
    std::string public_text() const;   // without the local label
    std::string base_text() const;     // epoch and release only
    std::string canonical_text() const;  // normalised, trailing zeros of the release dropped
    Version public_version() const;
    Version base_version() const;

    // 1.0 == 1.0.0; they differ in text only.
    std::strong_ordering operator<=>(const Version& other) const;
    bool operator==(const Version& other) const { return (*this <=> other) == 0; }
    size_t hash() const;  // equal versions hash equal

    // The packed form for caches, 0 where the version has none; and back. `size` is release_size().
    uint64_t packed() const { return key_; }
    static Version from_packed(uint64_t packed, uint8_t size);

    // Order of the cuts (a, at) and (b, bt).
    static std::strong_ordering compare_cuts(const Version& a, Place at, const Version& b, Place bt);

  private:
    uint64_t key_ = kZero;  // order-preserving packed form; 0 when `full_` holds the version
    uint8_t size_ = 1;      // release segments as written (capped at 255; `full_` knows more)
    std::shared_ptr<const VersionParts> full_;
    static constexpr uint64_t kZero = uint64_t{5} << 20;
    bool pack(const VersionParts& parts);
};

// The whole of `text`, surrounding white space allowed. Errors carry the column of the first wrong character.
base::Result<Version> parse_version(std::string_view text);

// `text` without the white space around it that the grammar's `\s` takes, Unicode's spaces included.
std::string_view strip_version_space(std::string_view text);
bool has_version_space(std::string_view text);  // anywhere

// The length of the version at the start of `text`, 0 where there is none (used by the requirement parser).
size_t version_prefix(std::string_view text);

}  // namespace pkg
