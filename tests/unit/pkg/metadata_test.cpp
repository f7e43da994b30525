// Core metadata, entry points and direct URLs.
// Of packaging's test_metadata the raw-dictionary tables have no counterpart; values are checked on what we parse.
#include "pkg/metadata.h"

#include "tests/unit/pkg/vectors.h"

#include "pkg/direct_url.h"
#include "pkg/entry_points.h"

using namespace pkg;

static const std::string kHead = "Metadata-Version: 2.1\nName: A.b\nVersion: 1.0\n";

TEST(Metadata, Keywords) {
    vectors::each("test_metadata.json", "TestRawMetadata.test_keywords", "given,expected", [](base::JsonValue c) {
        Metadata m = MUST(parse_metadata(kHead + "Keywords: " + std::string(c.at(0).string()) + "\n"));
        ASSERT_EQ(m.keywords.size(), c.at(1).size()) << c.text();
        for (size_t i = 0; i < m.keywords.size(); i++) EXPECT_EQ(m.keywords[i], c.at(1).at(i).string());
    });
}

TEST(Metadata, ProjectUrls) {
    vectors::each("test_metadata.json", "TestRawMetadata.test_project_urls_parsing", "given,expected", [](base::JsonValue c) {
        Metadata m = MUST(parse_metadata(kHead + "Project-URL: " + std::string(c.at(0).string()) + "\n"));
        ASSERT_EQ(m.project_urls.size(), 1u);
        EXPECT_EQ(m.project_urls[0].first, c.at(1).key_at(0)) << c.text();
        EXPECT_EQ(m.project_urls[0].second, c.at(1).at(0).string());
    });
}

TEST(Metadata, Everything) {
    std::string text;
    if (!vectors::read("packaging-vectors/metadata/everything.metadata", text)) GTEST_SKIP();
    Metadata m = MUST(parse_metadata(text));
    EXPECT_EQ(m.name, "BeagleVote");
    EXPECT_EQ(m.version.text(), "1.0a2");
    EXPECT_FALSE(m.requires_dist.empty());
    EXPECT_FALSE(m.description.empty());
    Metadata again = MUST(parse_metadata(write_metadata(m)));
    EXPECT_EQ(again.requires_dist.size(), m.requires_dist.size());
    EXPECT_EQ(again.license, m.license);
    EXPECT_EQ(again.description, m.description);
    EXPECT_EQ(again.classifiers, m.classifiers);
    EXPECT_EQ(again.project_urls, m.project_urls);
    EXPECT_EQ(write_metadata(again), write_metadata(m));
}

TEST(Metadata, Refuses) {
    for (const char* text : {"", "Name: a\nVersion: 1\n", "Metadata-Version: 2.1\nVersion: 1\n", "Metadata-Version: 2.1\nName: a\n",
                             "Metadata-Version: 3.0\nName: a\nVersion: 1\n", "Metadata-Version: 2.1\nName: a\nVersion: x\n",
                             "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b (\n", "no colon\n",
                             "Metadata-Version: 2.1\nName: a\rb\nVersion: 1\n", "Metadata-Version: 2.1\nName: -\nVersion: 1\n"})
        EXPECT_FALSE(parse_metadata(text).ok()) << text;
    EXPECT_TRUE(parse_metadata("Metadata-Version: 2.9\r\nName: a\r\nVersion: 1\r\n\r\nbody").ok());
}

TEST(Metadata, OneLineValuesCannotForgeFields) {
    Metadata m;
    m.name = "a";
    m.summary = "x\nRequires-Dist: evil";
    EXPECT_TRUE(MUST(parse_metadata(write_metadata(m))).requires_dist.empty());
}

TEST(DirectUrl, RoundTrips) {
    vectors::each("test_direct_url.json", "test_direct_url_round_trips", "direct_url_dict", [](base::JsonValue c) {
        DirectUrl direct = MUST(parse_direct_url(c.at(0).text()));
        std::string text = write_direct_url(direct);
        EXPECT_EQ(MUST(base::parse_json(text)).root()["url"].string(), c.at(0)["url"].string());
        EXPECT_EQ(write_direct_url(MUST(parse_direct_url(text))), text);
    });
    vectors::each("test_direct_url.json", "test_one_info_field", "direct_url_dict",
                  [](base::JsonValue c) { EXPECT_FALSE(parse_direct_url(c.at(0).text()).ok()) << c.text(); });
    auto directory = [](base::JsonValue url) {
        base::JsonWriter json;
        json.begin_object().member("url", url.string()).key("dir_info").begin_object().end_object().end_object();
        return parse_direct_url(json.text()).ok();
    };
    vectors::each("test_direct_url.json", "test_dir_info_url_file_absolute_case_insensitive", "url",
                  [&](base::JsonValue c) { EXPECT_TRUE(directory(c.at(0))) << c.text(); });
    vectors::each("test_direct_url.json", "test_dir_info_url_requires_absolute_file_url", "url",
                  [&](base::JsonValue c) { EXPECT_FALSE(directory(c.at(0))) << c.text(); });
}

TEST(DirectUrl, RefusesValuesOfOtherTypes) {
    auto parses = [](const std::string& more) { return parse_direct_url("{\"url\": \"file:///x\", " + more + "}").ok(); };
    EXPECT_TRUE(parses("\"dir_info\": {\"editable\": true}"));
    EXPECT_TRUE(parses("\"archive_info\": {\"hashes\": {\"sha256\": \"ab\"}}"));
    for (const char* bad : {"\"dir_info\": {\"editable\": \"yes\"}", "\"archive_info\": {\"hashes\": {\"sha256\": 3}}",
                            "\"archive_info\": {\"hashes\": {\"sha256\": \"\"}}", "\"archive_info\": {\"hashes\": [\"a\"]}",
                            "\"archive_info\": {\"hash\": 3}", "\"dir_info\": {}, \"subdirectory\": 1",
                            "\"vcs_info\": {\"vcs\": \"git\", \"commit_id\": \"a\", \"requested_revision\": 1}"})
        EXPECT_FALSE(parses(bad)) << bad;
}

TEST(DirectUrl, StripsCredentials) {
    vectors::each("test_direct_url.json", "test_strip_url", "url,safe_user_passwords,expected_url", [](base::JsonValue c) {
        std::vector<std::string> safe;
        for (size_t i = 0; i < c.at(1).size(); i++) safe.emplace_back(c.at(1).at(i).string());
        EXPECT_EQ(strip_credentials(c.at(0).string(), safe), c.at(2).string()) << c.text();
    });
}

TEST(Metadata, TakesCoreFieldsOnce) {
    const std::string core = "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Python: >=3.8\n";
    EXPECT_TRUE(parse_metadata(core + "Classifier: x\nClassifier: y\nRequires-Dist: b\nRequires-Dist: c\n").ok());
    for (const char* more : {"metadata-version: 2.1\n", "Name: a\n", "Version: 2\n", "Requires-Python: >=3.9\n"}) {
        EXPECT_FALSE(parse_metadata(core + more).ok()) << more;
        EXPECT_FALSE(parse_metadata_for_resolving(core + more).ok()) << more;
    }
    EXPECT_EQ(parse_metadata(core + "Version: 2\n", "a.whl").error().message, "a.whl: the field `Version` may stand once, here it is `1` and `2`");
}

TEST(Metadata, IgnoresAnUnreadableRequiresPython) {
    const std::string text = "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Python: >=3.x\nRequires-Dist: b\n";
    Metadata m = MUST(parse_metadata_for_resolving(text));
    EXPECT_FALSE(m.requires_python.has_value());
    EXPECT_EQ(m.requires_dist.size(), 1u);
}

TEST(EntryPoints, ReadsAndWrites) {
    auto entries = MUST(parse_entry_points("[console_scripts]\nfoo = a.b:main [x]\n# c\n\n[plug.in]\nz=m\n"));
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].module, "a.b");
    EXPECT_EQ(entries[0].attribute, "main");
    EXPECT_EQ(entries[0].extras, (std::vector<std::string>{"x"}));
    EXPECT_EQ(write_entry_points(entries), "[console_scripts]\nfoo = a.b:main [x]\n\n[plug.in]\nz = m\n");
    for (const char* bad : {"foo = a:b\n", "[g\nx=y\n", "[console_scripts]\n../x = a:b\n", "[console_scripts]\nx = a b\n", "[gui_scripts]\nx\n"})
        EXPECT_FALSE(parse_entry_points(bad).ok()) << bad;
    EXPECT_EQ(MUST(parse_entry_points("[g]\nx = a b\ny\nz =\nw = a-b.c:d\nv = a:b\n")).size(), 1u);
}
