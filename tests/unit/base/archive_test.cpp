// base/zip, base/tar, base/hash.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/process.h"
#include "base/tar.h"
#include "base/zip.h"

#include <vector>

using namespace base;

static std::string sample() {
    ZipWriter writer;
    writer.add("pkg/a.py", std::string(5000, 'a'));
    writer.add("pkg/run", "#!x", 0755);
    writer.add("\xc3\xa9.txt", "");
    return writer.finish();
}
static std::string why(std::string bytes) {
    Result<ZipArchive> archive = ZipArchive::from_bytes(std::move(bytes), "t.zip");
    if (!archive.ok()) {
        EXPECT_EQ(archive.error().kind, ErrorKind::Integrity);
        return archive.error().message;
    }
    for (const ZipEntry& entry : archive->entries()) {
        Result<std::string> member = archive->read(entry);
        if (!member.ok()) return member.error().message;
    }
    return "";
}

TEST(Zip, ReadsWhatItWrites) {
    ZipArchive archive = MUST(ZipArchive::from_bytes(sample(), "t.zip"));
    ASSERT_EQ(archive.entries().size(), 3u);
    EXPECT_EQ(archive.read(*archive.find("pkg/a.py")).value(), std::string(5000, 'a'));
    EXPECT_TRUE(archive.find("pkg/run")->is_executable());
    EXPECT_EQ(archive.read(archive.entries()[2]).value(), "");
    EXPECT_EQ(sample(), sample());
    EXPECT_EQ(why(sample()), "");
}

TEST(Zip, FindsMembersByTheirWholeName) {
    ZipWriter writer;
    for (const char* name : {"a/", "a/b", "a/c/d", "e"})
        writer.add(name, "");
    ZipArchive archive = MUST(ZipArchive::from_bytes(writer.finish(), "t.zip"));
    for (const ZipEntry& entry : archive.entries())
        EXPECT_EQ(archive.find(entry.name), &entry);
    for (const char* other : {"", "/", "a", "a/b/", "a/c", "a/c/", "e/", "E", "d"})
        EXPECT_EQ(archive.find(other), nullptr) << other;
    EXPECT_EQ(MUST(ZipArchive::from_bytes(ZipWriter().finish(), "t.zip")).find("a"), nullptr);
}

TEST(Zip, RefusesNamesThatDoNotGoTogether) {
    auto with = [](const std::vector<const char*>& names) {
        ZipWriter writer;
        for (const char* name : names)
            writer.add(name, "");
        return why(writer.finish());
    };
    EXPECT_EQ(with({"a/b/c", "a/b/d", "a/e", "a/b/f"}), "");
    EXPECT_NE(with({"a", "b", "a"}).find("`a` stands in it twice"), std::string::npos);
    EXPECT_NE(with({"a/", "a"}).find("`a` stands in it twice"), std::string::npos);
    EXPECT_NE(with({"a/b/c", "x", "a"}).find("`a/b/c` lies below the file `a`"), std::string::npos);
    EXPECT_NE(with({"a/b/c", "a/b/d/e", "a/b/d"}).find("`a/b/d/e` lies below the file `a/b/d`"), std::string::npos);
}

// The bytes that follow make the decoder quicker and change no answer.
TEST(Zip, LooksBehindAMemberAndTakesNothingFromThere) {
    std::string text, behind(200, 'P');
    for (int i = 0; i < 300; i++)
        text += std::to_string(i * i % 997) + " ";
    std::string packed = deflate_raw(text, 6), all = packed + behind;
    Inflater inflater;
    auto inflate = [&](size_t used, size_t size) {
        Result<std::string_view> alone = Inflater().inflate(std::string(all, 0, used), size);
        Result<std::string_view> out = inflater.inflate(std::string_view(all).substr(0, used), size, all.size() - used);
        EXPECT_EQ(out.ok(), alone.ok());
        return out.ok() ? std::string(*out) : out.error().message;
    };
    EXPECT_EQ(inflate(packed.size(), text.size()), text);
    for (size_t used = 0; used < all.size(); used++) {
        EXPECT_EQ(inflate(used, text.size()) == text, used == packed.size()) << used;
    }
    EXPECT_EQ(inflate(packed.size() - 1, text.size()), "its compressed data is damaged");
    EXPECT_EQ(inflate(packed.size() + 1, text.size()), "its compressed data ends before its length");
    for (size_t size : {text.size() - 900, text.size() - 300, text.size() - 1, text.size() + 1, text.size() + 300})
        EXPECT_EQ(inflate(packed.size(), size), "its size differs from the one announced") << size;
}

TEST(Zip, EveryChangedByteIsSeenOrHarmless) {
    std::string good = sample();
    for (size_t i = 0; i < good.size(); i++) {
        std::string bad = good;
        bad[i] ^= 0x41;
        Result<ZipArchive> archive = ZipArchive::from_bytes(bad, "t.zip");
        if (!archive.ok()) continue;
        const ZipEntry* entry = archive->find("pkg/a.py");
        if (!entry) continue;
        Result<std::string> member = archive->read(*entry);
        EXPECT_TRUE(!member.ok() || *member == std::string(5000, 'a')) << i;
    }
}

TEST(Zip, EveryCutIsRefused) {
    std::string good = sample();
    for (size_t size = 0; size < good.size(); size++)
        EXPECT_NE(why(good.substr(0, size)), "") << size;
    EXPECT_NE(why("x" + good), "");
    EXPECT_NE(why(good + "x"), "");
}

TEST(Zip, ReadsMembersOutOfATail) {
    std::string good = sample();
    ZipTail none = MUST(read_zip_tail(std::string_view(good).substr(good.size() - 30), good.size(), "t"));
    EXPECT_FALSE(none.complete);
    ZipTail tail = MUST(read_zip_tail(std::string_view(good).substr(none.missing_from), good.size(), "t"));
    ASSERT_TRUE(tail.complete);
    const ZipEntry& entry = tail.entries[0];
    EXPECT_EQ(read_zip_member(std::string_view(good).substr(entry.header_offset), entry, "t").value().size(), 5000u);
    EXPECT_FALSE(read_zip_member(std::string_view(good).substr(entry.header_offset, 40), entry, "t").ok());
    EXPECT_FALSE(read_zip_member(std::string_view(good).substr(1), entry, "t").ok());
}

TEST(Zip, LimitsBombs) {
    ZipWriter writer;
    writer.add("zeros", std::string(3 << 20, 0));
    std::string bytes = writer.finish();
    EXPECT_TRUE(ZipArchive::from_bytes(bytes, "t").ok());
    EXPECT_FALSE(ZipArchive::from_bytes(bytes, "t", {.total_size = 1 << 20}).ok());
    EXPECT_FALSE(ZipArchive::from_bytes(bytes, "t", {.ratio_free_size = 1 << 20}).ok());
    EXPECT_FALSE(ZipArchive::from_bytes(bytes, "t", {.entries = 0}).ok());
}

TEST(Tar, ReadsWhatItWrites) {
    TarWriter writer(1000000000);
    std::string deep = "top/" + std::string(120, 'd') + "/" + std::string(90, 'f');
    std::string longest = "top/" + std::string(230, 'x');
    writer.add("top/a", "hello", 0755);
    writer.add(deep, std::string(1025, 'q'));
    writer.add(longest, "");
    writer.add("top/\xc3\xa9", "z");
    TemporaryDirectory folder = MUST(TemporaryDirectory::create());
    std::string path = folder.path() + "/t.tar.gz";
    ASSERT_TRUE(write_file(path, writer.finish_gz()).ok());
    std::vector<TarEntry> entries = MUST(read_tar_gz(path));
    ASSERT_EQ(entries.size(), 4u);
    EXPECT_EQ(entries[0].bytes, "hello");
    EXPECT_EQ(entries[0].mode, 0755u);
    EXPECT_EQ(entries[1].name, deep);
    EXPECT_EQ(entries[1].bytes.size(), 1025u);
    EXPECT_EQ(entries[2].name, longest);
    EXPECT_EQ(entries[3].name, "top/\xc3\xa9");
    std::string bytes = MUST(read_file(path));
    ASSERT_TRUE(write_file(path, bytes + "junk").ok());
    EXPECT_EQ(read_tar_gz(path).error().kind, ErrorKind::Integrity);
    ASSERT_TRUE(write_file(path, bytes.substr(0, bytes.size() / 2)).ok());
    EXPECT_FALSE(read_tar_gz(path).ok());
    EXPECT_FALSE(read_tar_gz(path, {.entries = 2}).ok());
}

TEST(Hash, KnownDigests) {
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash_hex("md5", "").value(), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(hash_hex("sha1", "abc").value(), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(hash_hex("blake2s", "abc").value(), "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
    EXPECT_EQ(hash_hex("sha3_256", "").value(), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    EXPECT_FALSE(hash_hex("sha257", "").ok());
    EXPECT_TRUE(hash_is_secure("sha512"));
    EXPECT_FALSE(hash_is_secure("md5"));
}

TEST(Hash, Base64) {
    for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
        EXPECT_EQ(from_base64url_nopad(to_base64url_nopad(text)).value(), text);
    EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(to_base64url_nopad("\xff\xfe"), "__4");
    EXPECT_FALSE(from_base64url_nopad("Z").ok());
    EXPECT_FALSE(from_base64url_nopad("Zm=").ok());
    EXPECT_FALSE(from_base64url_nopad("Zh+").ok());
}
