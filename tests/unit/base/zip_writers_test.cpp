// base/zip: what other writers of archives put into their headers, as CPython's zipfile does.
#include <gtest/gtest.h>

#include "base/zip.h"

using namespace base;

namespace {

constexpr uint32_t kOnes = 0xffffffff, kCrc = 0x8d3d51e3;  // of kText
const std::string kText = "hello hello hello hello";

std::string little(uint64_t value, size_t width) {
    std::string out;
    for (; width-- > 0; value >>= 8)
        out += (char)(value & 255);
    return out;
}
std::string wide_field(uint64_t size, uint64_t packed) {
    return little(1, 2) + little(16, 2) + little(size, 8) + little(packed, 8);
}

// An archive of one stored member.
struct Made {
    std::string name = "a.txt", text = kText;
    uint32_t crc = kCrc;
    uint32_t local_crc = kCrc, local_packed = 23, local_size = 23;
    std::string local_extra, descriptor;
    uint16_t system = 3;
    uint32_t mode = 0600;

    std::string bytes() const {
        uint16_t flags = descriptor.empty() ? 0 : 8;
        std::string fixed = little(20, 2) + little(flags, 2) + little(0, 2) + little(0x210000, 4);
        std::string local = little(0x04034b50, 4) + fixed + little(local_crc, 4) + little(local_packed, 4) + little(local_size, 4) +
                            little(name.size(), 2) + little(local_extra.size(), 2) + name + local_extra + text + descriptor;
        std::string central = little(0x02014b50, 4) + little(system << 8 | 20, 2) + fixed + little(crc, 4) + little(text.size(), 4) +
                              little(text.size(), 4) + little(name.size(), 2) + little(0, 8) + little(uint64_t(mode) << 16, 4) +
                              little(0, 4) + name;
        return local + central + little(0x06054b50, 4) + little(0, 4) + little(1, 2) + little(1, 2) + little(central.size(), 4) +
               little(local.size(), 4) + little(0, 2);
    }
};

// "" where the archive is read to the end.
std::string why(const Made& made) {
    Result<ZipArchive> archive = ZipArchive::from_bytes(made.bytes(), "t.zip");
    if (!archive.ok()) {
        EXPECT_EQ(archive.error().kind, ErrorKind::Integrity);
        return archive.error().message;
    }
    EXPECT_EQ(MUST(archive->read(archive->entries().at(0))), made.text);
    // The member alone, as it is read out of a remote archive.
    std::string all = made.bytes();
    EXPECT_EQ(MUST(read_zip_member(all, archive->entries()[0], "t.zip")), made.text);
    return "";
}

ZipEntry entry_of(const Made& made) {
    ZipEntry out = MUST(ZipArchive::from_bytes(made.bytes(), "t.zip")).entries().at(0);
    out.name = made.name;
    return out;
}

std::string descriptor(uint64_t packed, uint64_t size, size_t width, uint32_t crc = kCrc) {
    return "PK\7\10" + little(crc, 4) + little(packed, width) + little(size, width);
}

}  // namespace

// zipfile.open(name, "w", force_zip64=True) knows no size when it writes the header, and leaves room for a long one.
TEST(ZipWriters, LeaveAZip64FieldThatWasNotNeeded) {
    EXPECT_EQ(why({}), "");
    EXPECT_EQ(why({.local_extra = wide_field(23, 23)}), "");  // before 3.11.4
    EXPECT_EQ(why({.local_packed = kOnes, .local_size = kOnes, .local_extra = wide_field(23, 23)}), "");
    // APPNOTE 4.5.3: both sizes stand in the field of a local header, whichever was too long.
    EXPECT_EQ(why({.local_packed = kOnes, .local_extra = wide_field(23, 23)}), "");
    // To what cannot seek it gives zeros, and the sizes behind the data.
    Made streamed{.local_crc = 0, .local_packed = 0, .local_size = 0, .local_extra = wide_field(0, 0), .descriptor = descriptor(23, 23, 8)};
    EXPECT_EQ(why(streamed), "");
    streamed.local_packed = streamed.local_size = kOnes;
    EXPECT_EQ(why(streamed), "");
    streamed.local_extra = wide_field(23, 23);
    EXPECT_EQ(why(streamed), "");
}

TEST(ZipWriters, MustNotTellTwoSizes) {
    const char* field = "`a.txt`: the ZIP64 field of its local header does not hold what is needed";
    for (const std::string& extra : {wide_field(23, 24), wide_field(24, 23), wide_field(0, 0), wide_field(kOnes, kOnes)}) {
        EXPECT_NE(why({.local_extra = extra}).find(field), std::string::npos);
        EXPECT_NE(why({.local_packed = kOnes, .local_size = kOnes, .local_extra = extra}).find("`a.txt`: "), std::string::npos);
    }
    for (size_t width : {4, 8, 12, 20, 24}) {
        std::string extra = little(1, 2) + little(width, 2) + little(23, width);
        EXPECT_NE(why({.local_extra = extra}).find(field), std::string::npos) << width;
    }
    EXPECT_NE(why({.local_packed = 24, .local_extra = wide_field(23, 23)}).find("another size"), std::string::npos);
    EXPECT_NE(why({.local_size = 0, .local_extra = wide_field(23, 23)}).find("another size"), std::string::npos);
    Made streamed{.local_crc = 0, .local_packed = 0, .local_size = 0, .local_extra = wide_field(23, 0), .descriptor = descriptor(23, 23, 8)};
    EXPECT_NE(why(streamed).find(field), std::string::npos);
    streamed.local_extra = wide_field(0, 0);
    streamed.descriptor = descriptor(24, 23, 8);
    EXPECT_NE(why(streamed).find("its data descriptor differs"), std::string::npos);
}

// An empty member's long descriptor begins like a short one.
TEST(ZipWriters, DescribeAnEmptyMemberAtLength) {
    Made empty{.text = "", .crc = 0, .local_crc = 0, .local_packed = 0, .local_size = 0, .descriptor = descriptor(0, 0, 4, 0)};
    EXPECT_EQ(why(empty), "");
    empty.local_extra = wide_field(0, 0);
    EXPECT_EQ(why(empty), "");
    empty.descriptor = descriptor(0, 0, 8, 0);
    EXPECT_EQ(why(empty), "");
    empty.local_packed = empty.local_size = kOnes;
    EXPECT_EQ(why(empty), "");
    empty.descriptor += std::string(8, '\0');
    EXPECT_NE(why(empty).find("bytes that belong to no member"), std::string::npos);
}

// Also writers that call themselves something else than Unix leave its mode, and pip takes it.
TEST(ZipWriters, OfEverySystemTellWhatCanBeRun) {
    for (uint16_t system : {0, 3, 10, 19}) {
        EXPECT_TRUE(entry_of({.system = system, .mode = 0100755}).is_executable()) << system;
        EXPECT_TRUE(entry_of({.system = system, .mode = 0100010}).is_executable()) << system;
        EXPECT_FALSE(entry_of({.system = system, .mode = 0100644}).is_executable()) << system;
        EXPECT_FALSE(entry_of({.system = system, .mode = 0}).is_executable()) << system;
        EXPECT_TRUE(entry_of({.system = system, .mode = 0120777}).is_symlink()) << system;
        EXPECT_FALSE(entry_of({.system = system, .mode = 0100777}).is_symlink()) << system;
    }
    // What is no file or link there is no mode: only Unix has to keep to its own types.
    EXPECT_EQ(entry_of({.system = 0, .mode = 0040755}).mode, 0);
    EXPECT_EQ(entry_of({.system = 0, .mode = 0010755}).mode, 0);
    EXPECT_NE(why({.system = 3, .mode = 0010755}).find("a device or pipe"), std::string::npos);
    EXPECT_NE(why({.system = 3, .mode = 0040755}).find("its mode says directory"), std::string::npos);
}
