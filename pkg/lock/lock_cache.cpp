// Locks as bytes. One description of each record serves writing and reading.
#include "pkg/lock/lock_cache.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "pkg/lock/freshness.h"

namespace pkg {

namespace {

// Raised whenever the records below change.
constexpr std::string_view kFormat = "adder lock 3";

class Encoder {
  public:
    void text(const std::string& value) { out.text(value); }
    void flag(bool value) { out.u8(value); }
    void number(uint64_t value) { out.count(value); }
    void version(const Version& value) { out.text(value.text()); }
    void specifiers(const SpecifierSet& value) { out.text(value.text()); }
    void marker(const Marker& value) { out.text(value.text()); }
    template <class T, class Code>
    void list(const std::vector<T>& items, Code code) {
        out.count(items.size());
        for (const T& item : items) code(item);
    }
    template <class T, class Code>
    void optional(const std::optional<T>& value, Code code) {
        flag(value.has_value());
        if (value) code(*value);
    }
    base::ByteWriter out;
};

class Decoder {
  public:
    explicit Decoder(std::string_view bytes) : in(bytes) {}
    void text(std::string& value) { value = in.text(); }
    void flag(bool& value) { value = in.u8() != 0; }
    void number(uint64_t& value) { value = in.count(); }
    void version(Version& value) { parsed(value, parse_version(in.text())); }
    void specifiers(SpecifierSet& value) { parsed(value, parse_specifier_set(in.text())); }
    void marker(Marker& value) {
        std::string_view text = in.text();
        if (!text.empty()) parsed(value, parse_marker(text));
    }
    template <class T, class Code>
    void list(std::vector<T>& items, Code code) {
        size_t count = in.items();
        for (size_t i = 0; i < count && ok(); i++) code(items.emplace_back());
    }
    template <class T, class Code>
    void optional(std::optional<T>& value, Code code) {
        if (in.u8()) code(value.emplace());
    }
    bool ok() const { return good && in.ok(); }
    base::ByteReader in;
    bool good = true;

  private:
    template <class T>
    void parsed(T& value, base::Result<T> result) {
        if (result.ok())
            value = std::move(result).value();
        else
            good = false;
    }
};

template <class Coder, class Strings>
void texts(Coder& c, Strings& items) {
    c.list(items, [&](auto& item) { c.text(item); });
}

template <class Coder, class Keys>
void others(Coder& c, Keys& keys) {
    c.list(keys, [&](auto& entry) {
        c.text(entry.first);
        c.text(entry.second);
    });
}

template <class Coder, class File>
void file(Coder& c, File& f) {
    c.text(f.name);
    c.text(f.url);
    c.text(f.path);
    c.optional(f.size, [&](auto& size) { c.number(size); });
    c.text(f.upload_time);
    c.list(f.hashes, [&](auto& hash) {
        c.text(hash.algorithm);
        c.text(hash.hex);
    });
    c.text(f.subdirectory);
    others(c, f.other);
}

template <class Coder, class Dependency>
void dependency(Coder& c, Dependency& d) {
    c.text(d.name);
    c.optional(d.version, [&](auto& version) { c.version(version); });
    c.text(d.source);
    c.text(d.url);
    texts(c, d.extras);
    c.marker(d.marker);
}

template <class Coder, class Package>
void package(Coder& c, Package& p) {
    c.text(p.name);
    c.optional(p.version, [&](auto& version) { c.version(version); });
    c.marker(p.marker);
    c.optional(p.requires_python, [&](auto& set) { c.specifiers(set); });
    c.list(p.dependencies, [&](auto& d) { dependency(c, d); });
    c.optional(p.vcs, [&](auto& vcs) {
        for (auto* text : {&vcs.type, &vcs.url, &vcs.path, &vcs.requested_revision, &vcs.commit_id, &vcs.subdirectory}) c.text(*text);
    });
    c.optional(p.directory, [&](auto& directory) {
        c.text(directory.path);
        c.text(directory.subdirectory);
        c.flag(directory.editable);
    });
    c.optional(p.archive, [&](auto& f) { file(c, f); });
    c.text(p.index);
    c.optional(p.sdist, [&](auto& f) { file(c, f); });
    c.list(p.wheels, [&](auto& f) { file(c, f); });
    c.list(p.attestation_identities, [&](auto& identity) { others(c, identity); });
    others(c, p.other);
}

template <class Coder, class Tool>
void tool(Coder& c, Tool& t) {
    c.text(t.inputs_hash);
    c.text(t.policy);
    c.list(t.roots, [&](auto& root) { dependency(c, root); });
    texts(c, t.forks);
    c.list(t.edges, [&](auto& edge) {
        c.text(edge.first);
        dependency(c, edge.second);
    });
}

template <class Coder, class L>
void whole(Coder& c, L& lock) {
    c.text(lock.lock_version);
    c.list(lock.environments, [&](auto& marker) { c.marker(marker); });
    c.optional(lock.requires_python, [&](auto& set) { c.specifiers(set); });
    texts(c, lock.extras);
    texts(c, lock.dependency_groups);
    texts(c, lock.default_groups);
    c.flag(lock.has_extras);
    c.flag(lock.has_dependency_groups);
    c.text(lock.created_by);
    c.list(lock.packages, [&](auto& p) { package(c, p); });
    c.optional(lock.tool, [&](auto& t) { tool(c, t); });
    others(c, lock.other);
    others(c, lock.other_tools);
    texts(c, lock.warnings);
}

std::string fresh_key(std::string_view lock_text, std::string_view manifest_text) {
    return "fresh " + std::string(kFormat) + " " + std::to_string(kInputsFormat) + " " + base::sha256_hex(lock_text) + " " +
           base::sha256_hex(manifest_text);
}

}  // namespace

std::string encode_lock(const Lock& lock) {
    Encoder encoder;
    whole(encoder, lock);
    std::string body = encoder.out.take();
    return std::string(kFormat) + base::sha256_hex(body) + body;
}

std::optional<Lock> decode_lock(std::string_view bytes) {
    constexpr size_t kDigest = 64;
    if (!bytes.starts_with(kFormat) || bytes.size() < kFormat.size() + kDigest) return std::nullopt;
    bytes.remove_prefix(kFormat.size());
    std::string_view digest = bytes.substr(0, kDigest), body = bytes.substr(kDigest);
    if (base::sha256_hex(body) != digest) return std::nullopt;
    Decoder decoder(body);
    std::optional<Lock> lock(std::in_place);
    whole(decoder, *lock);
    if (!decoder.ok() || decoder.in.left() != 0) return std::nullopt;
    return lock;
}

base::Result<Lock> read_lock_text(const std::string& text, const std::string& file, Cache& cache) {
    std::string key = "lock " + base::sha256_hex(text);
    if (std::optional<std::string> kept = cache.read(Bucket::Locks, key))
        if (std::optional<Lock> lock = decode_lock(*kept)) return std::move(*lock);
    Lock lock = TRY(parse_lock(text, file));
    cache.write(Bucket::Locks, key, encode_lock(lock));
    return lock;
}

bool known_fresh(std::string_view lock_text, std::string_view manifest_text, const Cache& cache) {
    return !cache.find(Bucket::Locks, fresh_key(lock_text, manifest_text)).empty();
}

void remember_fresh(std::string_view lock_text, std::string_view manifest_text, Cache& cache) {
    cache.write(Bucket::Locks, fresh_key(lock_text, manifest_text), "fresh\n");
}

}  // namespace pkg
