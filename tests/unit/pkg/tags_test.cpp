// Tags and file names against packaging's own suite (test_tags, test_utils).
// Left out: what reads the running interpreter (sys_tags, ABI flags, bitness, ELF probing): environments are data here.
#include "pkg/tags.h"

#include "tests/unit/pkg/vectors.h"

#include "pkg/dist_name.h"
#include "pkg/target.h"

using namespace pkg;

TEST(Tags, RefusesMalformed) {
    for (const char* test : {"test_empty_component_raises", "test_invalid_interpreter_raises", "test_invalid_component_count_raises"})
        vectors::each("test_tags.json", std::string("TestParseTag.") + test, "tag",
                      [](base::JsonValue c) { EXPECT_FALSE(parse_tags(c.at(0).string()).ok()) << c.text(); });
    vectors::each("test_tags.json", "TestParseTag.test_identifier_interpreter_is_valid", "interpreter", [](base::JsonValue c) {
        EXPECT_TRUE(parse_tags(std::string(c.at(0).string()) + "-none-any").ok()) << c.text();
    });
}

TEST(Tags, ExpandsSets) {
    auto tags = parse_tags("py2.py3-none-any");
    ASSERT_TRUE(tags.ok());
    EXPECT_EQ(tags->size(), 2u);
    EXPECT_EQ(tags->at(1).text(), "py3-none-any");
}

TEST(Tags, MacFormats) {
    vectors::each("test_tags.json", "TestMacOSPlatforms.test_binary_formats", "version,arch,expected", [](base::JsonValue c) {
        if (c.at(0).at(0).integer() != 10) return;
        Platform p{Platform::Os::MacOs, std::string(c.at(1).string()), Libc::Glibc, 10,
                   static_cast<uint32_t>(c.at(0).at(1).integer())};
        std::string prefix = "macosx_10_" + std::to_string(p.minor) + "_";
        std::vector<std::string> got, want;
        for (const std::string& tag : platform_tags(p))
            if (tag.starts_with(prefix)) got.push_back(tag.substr(prefix.size()));
        for (size_t i = 0; i < c.at(2).size(); i++) want.emplace_back(c.at(2).at(i).string());
        if (p.arch == "arm64") return;  // there is no arm64 macOS 10; packaging's helper answers for it all the same
        EXPECT_EQ(got, want) << c.text();
    });
}

TEST(Tags, OrderOfPreference) {
    Platform machine{Platform::Os::Linux, "x86_64", Libc::Glibc, 2, 17};
    auto tags = cpython_tags(3, 11, machine);
    EXPECT_EQ(tags.front().text(), "cp311-cp311-manylinux_2_17_x86_64");
    EXPECT_EQ(tags[1].text(), "cp311-cp311-manylinux2014_x86_64");
    EXPECT_EQ(tags.back().text(), "py30-none-any");
    TagSet set(tags);
    int own = set.rank(MUST(parse_tags("cp311-cp311-manylinux2014_x86_64")));
    int abi3 = set.rank(MUST(parse_tags("cp38-abi3-manylinux_2_12_x86_64")));
    int pure = set.rank(MUST(parse_tags("py2.py3-none-any")));
    EXPECT_TRUE(own >= 0 && own < abi3 && abi3 < pure);
    EXPECT_EQ(set.rank(MUST(parse_tags("cp311-cp311-manylinux_2_28_x86_64"))), -1);
    EXPECT_EQ(set.rank(MUST(parse_tags("cp312-abi3-manylinux_2_17_x86_64"))), -1);
    EXPECT_EQ(set.rank(MUST(parse_tags("cp311-cp311-win_amd64"))), -1);
}

// packaging.tags._cpython_abis and cpython_tags(version, abis).
TEST(Tags, Abis) {
    Platform machine{Platform::Os::Linux, "x86_64", Libc::Glibc, 2, 17};
    auto has = [](const std::vector<Tag>& tags, const std::string& tag) { return TagSet(tags).rank(MUST(parse_tags(tag + "-linux_x86_64"))) >= 0; };
    EXPECT_TRUE(has(cpython_tags(3, 7, machine), "cp37-cp37m"));
    EXPECT_FALSE(has(cpython_tags(3, 7, machine), "cp37-cp37"));
    EXPECT_TRUE(has(cpython_tags(3, 7, machine), "cp32-abi3"));
    EXPECT_TRUE(has(cpython_tags(3, 8, machine), "cp38-cp38"));
    EXPECT_TRUE(has(cpython_tags(2, 7, machine), "cp27-cp27mu"));
    EXPECT_FALSE(has(cpython_tags(2, 7, machine), "cp27-abi3"));
    EXPECT_FALSE(has(cpython_tags(3, 1, machine), "cp31-abi3"));
    std::vector<Tag> threads = cpython_tags(3, 13, machine, {"cp313t"});
    EXPECT_TRUE(has(threads, "cp313-cp313t") && has(threads, "cp313-none") && has(threads, "py3-none"));
    EXPECT_FALSE(has(threads, "cp313-cp313") || has(threads, "cp313-abi3") || has(threads, "cp312-abi3"));
    std::vector<Tag> both = cpython_tags(3, 7, machine, {"none", "cp37m", "cp37dm", "abi3"});
    EXPECT_EQ(both.front().abi, "cp37m");
    EXPECT_TRUE(has(both, "cp37-cp37dm") && has(both, "cp37-abi3"));
    EXPECT_EQ(cpython_tags(3, 13, machine, {"abi3"}).front().abi, "abi3");
}

TEST(Tags, PlatformNames) {
    EXPECT_EQ(MUST(parse_platform("x86_64-manylinux_2_28")).minor, 28u);
    EXPECT_EQ(MUST(parse_platform("manylinux2014_aarch64")).arch, "aarch64");
    EXPECT_EQ(MUST(parse_platform("musllinux_1_2_x86_64")).libc, Libc::Musl);
    EXPECT_EQ(MUST(parse_platform("windows")).arch, "amd64");
    EXPECT_EQ(MUST(parse_platform("macosx_11_0_arm64")).major, 11u);
    EXPECT_FALSE(parse_platform("amiga").ok());
    Platform windows = MUST(parse_platform("windows"));
    Target target = MUST(make_target("3.12", windows));
    EXPECT_EQ(target.markers[MarkerVariable::SysPlatform], "win32");
    EXPECT_EQ(target.markers[MarkerVariable::PythonFullVersion], "3.12.0");
}

TEST(DistName, Wheels) {
    vectors::each("test_utils.json", "test_parse_wheel_filename", "filename,name,version,build,tags", [](base::JsonValue c) {
        auto wheel = parse_wheel_name(c.at(0).string());
        ASSERT_TRUE(wheel.ok()) << c.text();
        EXPECT_EQ(wheel->name, c.at(1).string());
        EXPECT_EQ(wheel->version.text(), vectors::text(c.at(2)));
        EXPECT_EQ(wheel->has_build, c.at(3).size() > 0);
        EXPECT_EQ(wheel->build_number, static_cast<uint64_t>(c.at(3).at(0).integer()));
        EXPECT_EQ(wheel->build_suffix, c.at(3).at(1).string());
        EXPECT_EQ(wheel->tags.size(), c.at(4)["items"].size());
    });
    vectors::each("test_utils.json", "test_parse_wheel_invalid_filename", "filename",
                  [](base::JsonValue c) { EXPECT_FALSE(parse_wheel_name(c.at(0).string()).ok()) << c.text(); });
    vectors::each("test_utils.json", "test_parse_wheel_unsorted_tags_valid_by_default", "filename",
                  [](base::JsonValue c) { EXPECT_TRUE(parse_wheel_name(c.at(0).string()).ok()) << c.text(); });
    EXPECT_EQ(make_wheel_name("Foo.Bar", MUST(parse_version("1.0+l")), "py3-none-any"), "foo_bar-1.0+l-py3-none-any.whl");
}

TEST(DistName, Sdists) {
    vectors::each("test_utils.json", "test_parse_sdist_filename", "filename,name,version", [](base::JsonValue c) {
        auto sdist = parse_sdist_name(c.at(0).string());
        ASSERT_TRUE(sdist.ok());
        EXPECT_EQ(sdist->name, c.at(1).string());
        EXPECT_EQ(sdist->version.text(), vectors::text(c.at(2)));
    });
    vectors::each("test_utils.json", "test_parse_sdist_invalid_filename", "filename",
                  [](base::JsonValue c) { EXPECT_FALSE(parse_sdist_name(c.at(0).string()).ok()) << c.text(); });
    EXPECT_EQ(MUST(parse_sdist_name("zope-interface-1.0-1.tar.gz", "zope-interface")).version.text(), "1.0.post1");
}
