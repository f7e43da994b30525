// pkg/sdist: which members and links of a source archive are taken (PEP 706), and what unpacking makes of them.
#include "pkg/sdist/sdist.h"

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/fs.h"
#include "base/zip.h"

using namespace pkg;

namespace {

struct Member {
    std::string name;
    char type = '0';  // as in ustar: file, hard link (1), symbolic link (2), directory (5)
    std::string content = "";
    unsigned mode = 0644;
};
Member file(std::string name, std::string content = "", unsigned mode = 0644) {
    return {"x-1.0/" + name, '0', std::move(content), mode};
}
Member soft(std::string name, std::string target) {
    return {"x-1.0/" + name, '2', std::move(target), 0777};
}
Member hard(std::string name, std::string target) {
    return {"x-1.0/" + name, '1', std::move(target), 0};
}
Member directory(std::string name) {
    return {"x-1.0/" + name, '5', "", 0755};
}
// "<length> key=value\n", the length counting itself: of the member that follows.
Member pax(const std::string& key, const std::string& value) {
    std::string record = " " + key + "=" + value + "\n";
    size_t length = record.size() + 1;
    while (std::to_string(length).size() + record.size() > length)
        length++;
    return {"pax", 'x', std::to_string(length) + record};
}

void add(std::string& tar, const Member& member) {
    char block[512] = {};
    bool data = member.type == '0' || member.type == 'x';
    std::memcpy(block, member.name.data(), member.name.size());
    std::snprintf(block + 100, 8, "%07o", member.mode);
    std::snprintf(block + 124, 12, "%011zo", data ? member.content.size() : 0);
    std::snprintf(block + 136, 12, "%011o", 0);
    std::memset(block + 148, ' ', 8);
    block[156] = member.type;
    if (!data) std::memcpy(block + 157, member.content.data(), member.content.size());
    std::memcpy(block + 257, "ustar\00000", 8);
    unsigned sum = 0;
    for (unsigned char c : block)
        sum += c;
    std::snprintf(block + 148, 8, "%06o", sum);
    tar.append(block, sizeof block);
    if (!data) return;
    tar += member.content;
    tar.append((512 - tar.size() % 512) % 512, '\0');
}

// An archive with these members, and a place to unpack it.
class Made {
  public:
    explicit Made(const std::vector<Member>& members) : folder_(MUST(base::TemporaryDirectory::create())) {
        std::string tar;
        for (const Member& member : members)
            add(tar, member);
        tar.append(1024, '\0');
        EXPECT_TRUE(base::write_file(path(), base::gzip_compress(tar, 1)).ok());
    }
    std::string path() const { return folder_.path() + "/x-1.0.tar.gz"; }
    std::string at(const std::string& name) const { return folder_.path() + "/out/x-1.0/" + name; }
    // "" when it was taken and unpacked.
    std::string why() const {
        base::Result<Sdist> sdist = Sdist::open(path());
        if (!sdist.ok()) {
            EXPECT_EQ(sdist.error().kind, base::ErrorKind::Integrity);
            return sdist.error().message;
        }
        EXPECT_TRUE(base::make_directories(folder_.path() + "/out").ok());
        base::Result<std::string> out = sdist->unpack(folder_.path() + "/out");
        return out.ok() ? "" : "unpacking: " + out.error().message;
    }

  private:
    base::TemporaryDirectory folder_;
};

std::string why(const std::vector<Member>& members) {
    return Made(members).why();
}
// The same members in both orders.
std::pair<std::string, std::string> both(std::vector<Member> members) {
    std::string first = why(members);
    std::swap(members.front(), members.back());
    return {first, why(members)};
}
testing::AssertionResult says(const std::string& message, std::string_view part) {
    if (message.find(part) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "it says: " << message;
}

}  // namespace

TEST(Sdist, LinksAreFollowedThroughLinksThatComeLater) {
    std::string deep = "d/d/d/d/d/d/d/d/s", up = "../../../../../../../..";
    auto [first, second] = both({soft("l", deep + "/" + up + "/etc/hostname"), soft(deep, up)});
    EXPECT_TRUE(says(first, "link `x-1.0/l` leads out of the archive"));
    EXPECT_TRUE(says(second, "link `x-1.0/l` leads out of the archive"));
    // One step less, and it is a place of the archive.
    EXPECT_EQ(why({soft("l", "d/s/../etc"), soft("d/s", "../a/b"), file("a/etc")}), "");
    EXPECT_TRUE(says(why({soft("l", "d/s/../etc"), soft("d/s", "..")}), "link `x-1.0/l` leads out of the archive"));
    // A link's own text leads out, what it stands for does not; and the other way.
    EXPECT_EQ(why({soft("a/l", "s/../../f"), soft("a/s", "b/c/d"), file("f")}), "");
    EXPECT_EQ(why({soft("a/l", "s/../../../f"), soft("a/s", "b/c/d"), file("f")}), "");
    for (const char* out : {"..", "../..", "../y-1.0/f", "/etc/hostname", "a/../../f", "../../../x-1.0/f"})
        EXPECT_TRUE(says(why({soft("l", out), file("f")}), "link `x-1.0/l` leads out of the archive")) << out;
    EXPECT_EQ(why({soft("l", "../x-1.0/f"), file("f")}), "");
    EXPECT_EQ(why({soft("a/top", ".."), soft("a/gone", "not/there")}), "");
}

TEST(Sdist, LinksMayLeadToLinks) {
    std::vector<Member> members = {file("f", "text"), soft("l1", "f"), soft("l2", "l1"), soft("d", "e"), file("e/g", "more"), soft("l3", "d/g")};
    Made made(members);
    ASSERT_EQ(made.why(), "");
    EXPECT_EQ(MUST(base::read_file(made.at("l2"))), "text");
    EXPECT_EQ(MUST(base::read_file(made.at("l3"))), "more");
    EXPECT_EQ(MUST(base::read_symlink(made.at("l2"))), "l1");
    std::reverse(members.begin(), members.end());
    EXPECT_EQ(why(members), "");
    // What leads in a circle leads nowhere.
    EXPECT_EQ(why({soft("a", "b"), soft("b", "a/x"), soft("c", "b/../../.."), soft("d", "d"), file("f")}), "");
}

TEST(Sdist, NothingIsWrittenThroughALink) {
    EXPECT_TRUE(says(why({directory("e"), soft("d", "e"), file("d/f")}), "member `x-1.0/d/f` lies below the link `x-1.0/d`"));
    EXPECT_TRUE(says(why({directory("e"), soft("d", "e"), directory("d/f/g")}), "`x-1.0/d/f/g` lies below the link `x-1.0/d`"));
    EXPECT_TRUE(says(why({soft("d", "e"), hard("h", "x-1.0/d"), file("h/f")}), "`x-1.0/h/f` lies below the link `x-1.0/h`"));
    EXPECT_TRUE(says(why({file("d/f"), soft("d", "e")}), "`x-1.0/d` stands in it as a directory and as a link"));
    // A file in the place of a link is written there, not where the link led.
    Made made({file("f", "old"), soft("l", "f"), file("l", "new")});
    ASSERT_EQ(made.why(), "");
    EXPECT_EQ(MUST(base::read_file(made.at("f"))), "old");
    EXPECT_EQ(MUST(base::read_file(made.at("l"))), "new");
    EXPECT_EQ(base::file_status_link(made.at("l")).type, base::FileType::Regular);
}

TEST(Sdist, HardLinksAreWhatTheyLinkTo) {
    Made made({file("run", "#!x", 0755), file("f", "one"), hard("h", "x-1.0/run"), hard("a/h2", "./x-1.0/h"), soft("l", "f"),
               hard("l2", "x-1.0/l"), hard("f2", "x-1.0/f"), file("f", "two")});
    ASSERT_EQ(made.why(), "");
    EXPECT_EQ(base::file_status_link(made.at("h")).mode, 0755u);
    EXPECT_EQ(base::file_status_link(made.at("a/h2")).mode, 0755u);
    EXPECT_EQ(base::file_status_link(made.at("f2")).mode, 0644u);
    EXPECT_EQ(MUST(base::read_file(made.at("a/h2"))), "#!x");
    EXPECT_EQ(MUST(base::read_symlink(made.at("l2"))), "f");
    EXPECT_EQ(MUST(base::read_file(made.at("f2"))), "one");
    EXPECT_EQ(MUST(base::read_file(made.at("f"))), "two");
    // The same text leads elsewhere from elsewhere.
    EXPECT_TRUE(says(why({soft("a/b/l", "../../f"), file("f"), hard("l2", "x-1.0/a/b/l")}), "link `x-1.0/l2` leads out of the archive"));
    for (const char* out : {"/etc/hostname", "../etc/hostname", "x-1.0/../../f", "y-1.0/f"})
        EXPECT_TRUE(says(why({file("f"), hard("h", out)}), "link `x-1.0/h` leads out of the archive")) << out;
}

TEST(Sdist, MembersThatContradictEachOtherAreRefused) {
    EXPECT_TRUE(says(why({directory("a"), file("a")}), "`x-1.0/a` stands in it as a directory and as a file"));
    EXPECT_TRUE(says(why({file("a/b"), file("a")}), "`x-1.0/a` stands in it as a directory and as a file"));
    EXPECT_TRUE(says(why({file("a"), directory("a")}), "`x-1.0/a` stands in it as a file and as a directory"));
    EXPECT_TRUE(says(why({soft("a", "b"), directory("b"), directory("a")}), "`x-1.0/a` stands in it as a link and as a directory"));
    EXPECT_TRUE(says(why({directory("a"), soft("a", "b")}), "`x-1.0/a` stands in it as a directory and as a link"));
    EXPECT_TRUE(says(why({file("a"), file("a/b")}), "member `x-1.0/a/b` lies below the file `x-1.0/a`"));
    EXPECT_TRUE(says(why({file("f"), hard("a", "x-1.0/f"), file("a/b/c")}), "member `x-1.0/a/b/c` lies below the file `x-1.0/a`"));
    EXPECT_TRUE(says(why({file("f"), hard("h", "x-1.0/g")}), "`x-1.0/h` is a hard link to `x-1.0/g`, which is no file before it"));
    EXPECT_TRUE(says(why({hard("h", "x-1.0/f"), file("f")}), "`x-1.0/h` is a hard link to `x-1.0/f`, which is no file before it"));
    EXPECT_TRUE(says(why({file("a/b"), hard("h", "x-1.0/a")}), "`x-1.0/h` is a hard link to `x-1.0/a`, which is no file before it"));
    EXPECT_TRUE(says(why({file("h"), hard("h", "x-1.0/h")}), "`x-1.0/h` is a hard link to itself"));
    // A few kilobytes that would unpack to a gigabyte.
    std::vector<Member> many = {file("f", std::string(1 << 20, 'x'))};
    for (int i = 0; i < 1000; i++)
        many.push_back(hard("h" + std::to_string(i), i ? "x-1.0/h" + std::to_string(i - 1) : "x-1.0/f"));
    EXPECT_TRUE(says(why(many), "its hard links make too much of it"));
    EXPECT_TRUE(says(why({hard("h", "x-1.0/h")}), "`x-1.0/h` is a hard link to"));
}

TEST(Sdist, OfMembersWithOneNameTheLastCounts) {
    Made made({directory("d"), file("d/f", "one", 0755), directory("d"), file("d/f", "two"), soft("l", "../.."), soft("l", "d"),
               file("g"), soft("g", "d/f")});
    ASSERT_EQ(made.why(), "");
    EXPECT_EQ(MUST(base::read_file(made.at("d/f"))), "two");
    EXPECT_EQ(base::file_status_link(made.at("d/f")).mode, 0644u);
    EXPECT_EQ(MUST(base::read_symlink(made.at("l"))), "d");
    EXPECT_EQ(MUST(base::read_file(made.at("g"))), "two");
}

TEST(Sdist, NamesAreThoseOfThisSystem) {
    Made made({file("a."), file("b /c. "), file("d\\e"), file("..."), file("./f"), file("c:g"), soft("l", "d\\e"), hard("h", "x-1.0/d\\e")});
    ASSERT_EQ(made.why(), "");
    for (const char* name : {"a.", "b /c. ", "d\\e", "...", "f", "c:g", "l", "h"})
        EXPECT_EQ(base::file_status(made.at(name)).type, base::FileType::Regular) << name;
    EXPECT_TRUE(says(why({{"/x-1.0/a"}}), "an absolute path"));
    EXPECT_TRUE(says(why({file("../a")}), "a parent directory component"));
    EXPECT_TRUE(says(why({file("a//b")}), "an empty path component"));
    EXPECT_TRUE(says(why({file("a\nb")}), "a control character"));
    EXPECT_TRUE(says(why({file("a\x7f")}), "a control character"));
    EXPECT_EQ(why({{"./", '5'}, {"./x-1.0/", '5'}, {"././x-1.0/a/"}, file("a/b")}), "");
    EXPECT_TRUE(says(why({{"x-1.0"}}), "`x-1.0` is not a directory"));
    EXPECT_TRUE(says(why({file("a"), {"y-1.0/a"}}), "two top directories, `x-1.0` and `y-1.0`"));
    EXPECT_TRUE(says(why({pax("path", "x-1.0/" + std::string(256, 'n')), file("n")}), "a component over 255 bytes"));
    std::string path = "x-1.0";
    while (path.size() < 4096)
        path += "/" + std::string(90, 'n');
    EXPECT_TRUE(says(why({pax("path", path), file("n")}), "a path over 4095 bytes"));
    EXPECT_TRUE(says(why({pax("linkpath", path), soft("l", "n")}), "a target over 4095 bytes"));
}

// Links of a zip archive are members whose content is the target.
TEST(Sdist, LinksOfZipArchivesAreRead) {
    auto with = [](const std::string& target) -> std::string {
        base::ZipWriter writer;
        writer.add("x-1.0/l", target, 0777);
        std::string bytes = writer.finish();
        size_t central = bytes.find("PK\1\2");
        bytes[central + 41] = (char)(((unsigned char)bytes[central + 41] & 0x0f) | 0xa0);
        Made made({});
        std::string path = made.path().substr(0, made.path().size() - 6) + "zip";
        EXPECT_TRUE(base::write_file(path, bytes).ok());
        base::Result<Sdist> sdist = Sdist::open_any(path);
        if (sdist.ok()) return sdist->entries().at(0).type == base::TarType::Symlink ? "" : "no link";
        EXPECT_EQ(sdist.error().kind, base::ErrorKind::Integrity);
        return sdist.error().message;
    };
    EXPECT_EQ(with("f"), "");
    EXPECT_TRUE(says(with("../f"), "link `x-1.0/l` leads out of the archive"));
    EXPECT_TRUE(says(with("..\\..\\f"), "link `x-1.0/l` has a backslash in its target"));
    // The system would see "../../f" only.
    EXPECT_TRUE(says(with(std::string("../../f\0/../../x-1.0/f", 22)), "link `x-1.0/l` has a NUL character in its target"));
}

// Each link through the one after it: what is known of a link is not looked for again.
TEST(Sdist, ManyLinksTakeTheirTimeOnce) {
    for (bool forward : {true, false}) {
        std::vector<Member> members = {file("f/g")};
        for (size_t i = 0; i < 30000; i++) {
            size_t number = forward ? i : 29999 - i;
            members.push_back(soft("l" + std::to_string(number), "l" + std::to_string(number + 1) + "/../f"));
        }
        members.push_back(soft("l30000", "f"));
        Made made(members);
        clock_t start = clock();
        EXPECT_TRUE(Sdist::open(made.path()).ok());
        EXPECT_LT(double(clock() - start) / CLOCKS_PER_SEC, 5) << forward;
        members.back() = soft("l30000", "../f");
        EXPECT_FALSE(Sdist::open(Made(members).path()).ok());
    }
    // Not one directory for each letter of many names.
    std::vector<Member> members;
    for (size_t i = 0; i < 12000; i++) {
        std::string name = std::to_string(i);
        while (name.size() < 80)
            name += "/a";
        members.push_back(file(name));
    }
    EXPECT_TRUE(says(why(members), "it has too many directories"));
}
