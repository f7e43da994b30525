// Locks in binary form: the same lock comes back, damaged bytes give nothing; what a new lock takes over from an old one.
#include "pkg/lock/lock_cache.h"

#include "base/fs.h"
#include "base/hash.h"
#include "pkg/lock/freshness.h"
#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

const char* const kLock = R"(lock-version = "1.0"
environments = [
    "sys_platform == 'linux'",
]
requires-python = ">=3.11"
extras = ["x"]
dependency-groups = ["dev"]
default-groups = ["default"]
created-by = "other"
top = 1.50

[[packages]]
name = "a"
version = "1.0"
marker = "'default' in dependency_groups"
requires-python = ">=3.8"
dependencies = [
    { name = "b" },
]
index = "https://i/simple"
sdist = { url = "https://i/a-1.0.tar.gz", size = 5, hashes = { sha256 = "00" } }
wheels = [
    { upload-time = 2024-01-02T03:04:05Z, url = "https://i/a-1.0-py3-none-any.whl", hashes = { md5 = "11", sha256 = "22" }, note = [1, { k = 2024-01-01 }] },
]
tool = { t = { deep = "\"" } }

[[packages.attestation-identities]]
kind = "GitHub"
claims = { n = 1 }

[[packages]]
name = "b"
vcs = { type = "git", url = "https://g/b", requested-revision = "main", commit-id = "abc", subdirectory = "s" }

[[packages]]
name = "c"
directory = { path = "./c", editable = true }

[tool]
other = { x = [true, 1.5e3] }

[tool.adder]
inputs-hash = "sha256:0"
roots = [
    "a==1.0; sys_platform == 'linux'",
]

[tool.adder.dependencies]
"a==1.0" = [
    "b[y]",
]
)";

}  // namespace

TEST(LockCache, WritesWhatItRead) { EXPECT_EQ(write_lock(MUST(parse_lock(kLock))), kLock); }

TEST(LockCache, RoundTrip) {
    Lock lock = MUST(parse_lock(kLock));
    std::optional<Lock> again = decode_lock(encode_lock(lock));
    ASSERT_TRUE(again);
    EXPECT_EQ(write_lock(*again), kLock);
}

TEST(LockCache, RefusesDamagedBytes) {
    std::string bytes = encode_lock(MUST(parse_lock(kLock)));
    for (size_t at = 0; at < bytes.size(); at++) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
        EXPECT_FALSE(decode_lock(damaged)) << at;
        EXPECT_FALSE(decode_lock(bytes.substr(0, at))) << at;
    }
    EXPECT_FALSE(decode_lock(bytes + "x"));
}

// With a right digest the records themselves have to hold: nothing may be read outside of them.
TEST(LockCache, ReadsHostileRecordsWithoutHarm) {
    std::string bytes = encode_lock(MUST(parse_lock(kLock)));
    size_t body_at = bytes.find("adder lock 3") + 12 + 64;
    std::string head = bytes.substr(0, body_at - 64), body = bytes.substr(body_at);
    size_t read = 0;
    for (size_t at = 0; at < body.size(); at++)
        for (unsigned char value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            std::string hostile = body;
            hostile[at] = static_cast<char>(value);
            read += decode_lock(head + base::sha256_hex(hostile) + hostile).has_value();
            std::string cut = body.substr(0, at);
            EXPECT_FALSE(decode_lock(head + base::sha256_hex(cut) + cut));
        }
    EXPECT_GT(read, 0u);
}

TEST(LockCache, KeepsByContent) {
    base::TemporaryDirectory folder = MUST(base::TemporaryDirectory::create("/tmp", "adder-lock-cache-"));
    std::unique_ptr<Cache> cache = Cache::open(folder.path());
    EXPECT_EQ(write_lock(MUST(read_lock_text(kLock, "pylock.toml", *cache))), kLock);
    std::string key = "lock " + base::sha256_hex(kLock);
    EXPECT_FALSE(cache->find(Bucket::Locks, key).empty());
    EXPECT_EQ(write_lock(MUST(read_lock_text(kLock, "pylock.toml", *cache))), kLock);
    // A damaged entry is passed over.
    MUST(base::write_file(cache->find(Bucket::Locks, key), "adder lock 2 nonsense"));
    EXPECT_EQ(write_lock(MUST(read_lock_text(kLock, "pylock.toml", *cache))), kLock);
    EXPECT_FALSE(read_lock_text("lock-version = 1", "pylock.toml", *cache).ok());
    EXPECT_FALSE(known_fresh("a", "b", *cache));
    remember_fresh("a", "b", *cache);
    EXPECT_TRUE(known_fresh("a", "b", *cache));
    EXPECT_FALSE(known_fresh("b", "a", *cache));
}

TEST(LockCarryOver, KeepsWhatTheIndexDoesNotTell) {
    Lock old = MUST(parse_lock(kLock)), fresh = MUST(parse_lock(kLock));
    fresh.other_tools.clear();
    for (LockPackage& package : fresh.packages) {
        package.attestation_identities.clear();
        package.other.clear();
        for (LockFile& wheel : package.wheels) wheel.upload_time.clear(), wheel.other.clear();
    }
    fresh.other = old.other;
    carry_over(fresh, old);
    EXPECT_EQ(write_lock(fresh), kLock);
    // Another version has nothing of the old one.
    fresh.packages[0].version = MUST(parse_version("1.1"));
    fresh.packages[0].attestation_identities.clear();
    carry_over(fresh, old);
    EXPECT_TRUE(fresh.packages[0].attestation_identities.empty());
}

// A lock without our table is judged by what it says.
TEST(LockFreshness, OfOtherTools) {
    auto fresh = [](const std::string& project, const std::string& lock) {
        Manifest manifest = MUST(parse_manifest("[project]\nname = \"p\"\nversion = \"1\"\n" + project));
        return is_fresh(MUST(parse_lock("lock-version = \"1.0\"\ncreated-by = \"t\"\n" + lock)), manifest, "");
    };
    auto package = [](const std::string& name, const std::string& version, const std::string& marker) {
        return "[[packages]]\nname = \"" + name + "\"\nversion = \"" + version + "\"\n" + (marker.empty() ? "" : "marker = \"" + marker + "\"\n") +
               "wheels = [{ url = \"https://x/" + name + "-" + version + "-py3-none-any.whl\", hashes = { sha256 = \"ab\" } }]\n";
    };
    EXPECT_TRUE(fresh("dependencies = [\"a>=1\"]\n", package("a", "1.5", "")));
    EXPECT_FALSE(fresh("dependencies = [\"a>=2\"]\n", package("a", "1.5", "")));
    EXPECT_FALSE(fresh("dependencies = [\"a\", \"b\"]\n", package("a", "1.5", "")));
    EXPECT_FALSE(fresh("dependencies = [\"a\"]\n", package("a", "1.5", "sys_platform == 'linux'")));
    EXPECT_TRUE(fresh("dependencies = [\"a; sys_platform == 'linux'\"]\n", package("a", "1.5", "sys_platform == 'linux'")));
    EXPECT_TRUE(fresh("dependencies = [\"a\"]\n", package("a", "1.5", "sys_platform == 'linux'") + package("a", "1.6", "sys_platform != 'linux'")));
    std::string groups = "[dependency-groups]\ndev = [\"d\"]\n";
    EXPECT_FALSE(fresh("dependencies = [\"a\"]\n" + groups, package("a", "1", "") + package("d", "1", "")));
    EXPECT_TRUE(fresh("dependencies = [\"a\"]\n" + groups,
                      "dependency-groups = [\"dev\"]\n" + package("a", "1", "") + package("d", "1", "'dev' in dependency_groups")));
    EXPECT_TRUE(fresh("dependencies = [\"a\"]\n" + groups, "dependency-groups = [\"dev\"]\ndefault-groups = [\"main\"]\n" +
                                                               package("a", "1", "'main' in dependency_groups") +
                                                               package("d", "1", "'dev' in dependency_groups")));
    EXPECT_FALSE(fresh("dependencies = [\"a\"]\nrequires-python = \">=3.8\"\n", "requires-python = \">=3.9\"\n" + package("a", "1", "")));
}
