// PEP 440: the key's layout, ordering and text. Parsing is version_parse.cpp.
//
// key_ = release[0] 16 bits | release[1..3] 8 bits each | kind 4 | number 18 | place 2, trailing zeros not kept.
// Kinds ascend as PEP 440 §Summary of permitted suffixes orders them; the place bits are 0 in a version and give the
// cuts around it their rank.
#include "pkg/version.h"

#include <functional>

namespace pkg {

namespace {

enum Kind : uint64_t { kDev = 1, kAlpha = 2, kCandidate = 4, kFinal = 5, kPost = 6, kPastPosts = 7 };
constexpr uint64_t kNumberLimit = uint64_t{1} << 18;
constexpr uint64_t kSuffixMask = (uint64_t{1} << 24) - 1;

uint64_t cut_key(uint64_t key, Place place) {
    if (place == Place::Before) return key;
    if (place != Place::AfterPosts) return key | static_cast<uint64_t>(place);
    bool final = ((key >> 20) & 15) == kFinal;
    return final ? (key & ~kSuffixMask) | (uint64_t{kPastPosts} << 20) : key | 3;
}

template <class T>
std::strong_ordering three_way(const T& a, const T& b) {
    return a < b ? std::strong_ordering::less : b < a ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::strong_ordering compare_release(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
    size_t size = std::max(a.size(), b.size());
    for (size_t i = 0; i < size; i++) {
        uint64_t x = i < a.size() ? a[i] : 0, y = i < b.size() ? b[i] : 0;
        if (x != y) return x <=> y;
    }
    return std::strong_ordering::equal;
}

std::strong_ordering compare_segment(const LocalSegment& a, const LocalSegment& b) {
    if (a.numeric != b.numeric) return a.numeric ? std::strong_ordering::greater : std::strong_ordering::less;
    if (a.numeric && a.text.size() != b.text.size()) return a.text.size() <=> b.text.size();
    return a.text.compare(b.text) <=> 0;
}

// Ranks that stand for "before everything" and "after everything" around a part's own number.
struct Rank {
    int infinite = 0;  // -1, 0 (compare the number), +1
    uint64_t number = 0;
    auto operator<=>(const Rank&) const = default;
};

// The comparison key of PEP 440 for the suffixes, with cuts as versions whose later parts are infinite.
struct SuffixKey {
    Rank pre, post, dev;
    SuffixKey(const VersionParts& v, Place place) {
        bool past_posts = place == Place::AfterPosts;
        if (v.pre_kind != PreKind::None)
            pre = {0, static_cast<uint64_t>(v.pre_kind)};
        else
            pre = {!v.has_post && v.has_dev && !past_posts ? -1 : 1, 0};
        post = past_posts ? Rank{1, 0} : v.has_post ? Rank{0, v.post} : Rank{-1, 0};
        dev = past_posts || !v.has_dev ? Rank{1, 0} : Rank{0, v.dev};
    }
};

std::strong_ordering compare_locals(const VersionParts& a, Place at, const VersionParts& b, Place bt) {
    bool past_a = at >= Place::AfterLocals, past_b = bt >= Place::AfterLocals;
    if (past_a || past_b) return three_way(past_a, past_b);
    for (size_t i = 0; i < a.local.size() && i < b.local.size(); i++)
        if (auto order = compare_segment(a.local[i], b.local[i]); order != 0) return order;
    return a.local.size() <=> b.local.size();
}

std::strong_ordering compare_parts(const VersionParts& a, Place at, const VersionParts& b, Place bt) {
    if (a.epoch != b.epoch) return a.epoch <=> b.epoch;
    if (auto order = compare_release(a.release, b.release); order != 0) return order;
    SuffixKey x(a, at), y(b, bt);
    if (x.pre != y.pre) return x.pre <=> y.pre;
    if (a.pre_kind != PreKind::None && a.pre != b.pre) return a.pre <=> b.pre;
    if (x.post != y.post) return x.post <=> y.post;
    if (x.dev != y.dev) return x.dev <=> y.dev;
    if (auto order = compare_locals(a, at, b, bt); order != 0) return order;
    // Same version: only Before and After of it are left to tell apart.
    return three_way(at == Place::After, bt == Place::After);
}

void append_release(std::string& out, const VersionParts& v, size_t size) {
    if (v.epoch) out += std::to_string(v.epoch) + "!";
    for (size_t i = 0; i < size; i++) {
        if (i) out += '.';
        out += std::to_string(v.release[i]);
    }
}

std::string text_of(const VersionParts& v, size_t release_size, bool with_suffix, bool with_local) {
    static constexpr const char* kPre[] = {"", "a", "b", "rc"};
    std::string out;
    append_release(out, v, release_size);
    if (!with_suffix) return out;
    if (v.pre_kind != PreKind::None) out += kPre[static_cast<int>(v.pre_kind)] + std::to_string(v.pre);
    if (v.has_post) out += ".post" + std::to_string(v.post);
    if (v.has_dev) out += ".dev" + std::to_string(v.dev);
    for (size_t i = 0; with_local && i < v.local.size(); i++) out += (i ? "." : "+") + v.local[i].text;
    return out;
}

size_t without_trailing_zeros(const std::vector<uint64_t>& release) {
    size_t size = release.size();
    while (size > 1 && release[size - 1] == 0) size--;
    return size;
}

}  // namespace

bool Version::pack(const VersionParts& v) {
    size_t size = without_trailing_zeros(v.release);
    int suffixes = (v.pre_kind != PreKind::None) + v.has_post + v.has_dev;
    if (v.epoch || !v.local.empty() || size > 4 || v.release.size() > 255 || suffixes > 1) return false;
    if (v.release[0] > 0xFFFF) return false;
    uint64_t key = v.release[0] << 48;
    for (size_t i = 1; i < size; i++) {
        if (v.release[i] > 0xFF) return false;
        key |= v.release[i] << (48 - 8 * i);
    }
    uint64_t kind = kFinal, number = 0;
    if (v.has_dev) kind = kDev, number = v.dev;
    if (v.has_post) kind = kPost, number = v.post;
    if (v.pre_kind != PreKind::None) kind = static_cast<uint64_t>(v.pre_kind) + 1, number = v.pre;
    if (number >= kNumberLimit) return false;
    key_ = key | kind << 20 | number << 2;
    size_ = static_cast<uint8_t>(v.release.size());
    return true;
}

Version::Version(VersionParts parts) {
    CHECK(!parts.release.empty());
    if (pack(parts)) return;
    key_ = 0;
    size_ = static_cast<uint8_t>(std::min<size_t>(parts.release.size(), 255));
    full_ = std::make_shared<const VersionParts>(std::move(parts));
}

Version Version::from_packed(uint64_t packed, uint8_t size) {
    Version version;
    version.key_ = packed;
    version.size_ = std::max<uint8_t>(size, 1);
    return version;
}

VersionParts Version::parts() const {
    if (full_) return *full_;
    VersionParts v;
    v.release.resize(size_);
    for (size_t i = 0; i < size_; i++) v.release[i] = release(i);
    uint64_t kind = (key_ >> 20) & 15, number = (key_ >> 2) & (kNumberLimit - 1);
    if (kind == kDev) v.has_dev = true, v.dev = number;
    if (kind == kPost) v.has_post = true, v.post = number;
    if (kind >= kAlpha && kind <= kCandidate) v.pre_kind = static_cast<PreKind>(kind - 1), v.pre = number;
    return v;
}

uint64_t Version::epoch() const { return full_ ? full_->epoch : 0; }

uint64_t Version::release(size_t index) const {
    if (full_) return index < full_->release.size() ? full_->release[index] : 0;
    if (index == 0) return key_ >> 48;
    return index < 4 ? (key_ >> (48 - 8 * index)) & 0xFF : 0;
}

bool Version::is_prerelease() const {
    if (full_) return full_->pre_kind != PreKind::None || full_->has_dev;
    return ((key_ >> 20) & 15) < kFinal;
}
bool Version::is_postrelease() const { return full_ ? full_->has_post : ((key_ >> 20) & 15) == kPost; }
bool Version::is_devrelease() const { return full_ ? full_->has_dev : ((key_ >> 20) & 15) == kDev; }
bool Version::has_local() const { return full_ && !full_->local.empty(); }

std::string Version::text() const {
    VersionParts v = parts();
    return text_of(v, v.release.size(), true, true);
}
std::string Version::public_text() const {
    VersionParts v = parts();
    return text_of(v, v.release.size(), true, false);
}
std::string Version::base_text() const {
    VersionParts v = parts();
    return text_of(v, v.release.size(), false, false);
}
std::string Version::canonical_text() const {
    VersionParts v = parts();
    return text_of(v, without_trailing_zeros(v.release), true, true);
}

Version Version::public_version() const {
    if (!has_local()) return *this;
    VersionParts v = parts();
    v.local.clear();
    return Version(std::move(v));
}

Version Version::base_version() const {
    VersionParts all = parts(), v;
    v.epoch = all.epoch;
    v.release = std::move(all.release);
    return Version(std::move(v));
}

std::strong_ordering Version::operator<=>(const Version& other) const {
    if (key_ && other.key_) return key_ <=> other.key_;
    return compare_cuts(*this, Place::Before, other, Place::Before);
}

std::strong_ordering Version::compare_cuts(const Version& a, Place at, const Version& b, Place bt) {
    if (a.key_ && b.key_) return cut_key(a.key_, at) <=> cut_key(b.key_, bt);
    if (a.full_ && b.full_) return compare_parts(*a.full_, at, *b.full_, bt);
    return compare_parts(a.parts(), at, b.parts(), bt);
}

size_t Version::hash() const {
    if (!full_) return std::hash<uint64_t>()(key_);
    VersionParts v = *full_;
    v.release.resize(without_trailing_zeros(v.release));
    Version short_form;
    if (short_form.pack(v)) return short_form.hash();
    return std::hash<std::string>()(text_of(v, v.release.size(), true, true));
}

}  // namespace pkg
