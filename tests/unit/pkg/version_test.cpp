// Versions against packaging's own suite (test_version, the version part of test_utils).
// Left out: hashing, pickling, repr, dunder and non-string cases, which are about Python objects.
#include "pkg/version.h"

#include "tests/unit/pkg/vectors.h"

#include "base/text.h"

using pkg::parse_version;
using pkg::Version;

namespace {

Version version(base::JsonValue value) {
    auto parsed = parse_version(vectors::text(value));
    EXPECT_TRUE(parsed.ok()) << vectors::text(value);
    return parsed.ok() ? *parsed : Version();
}

bool compare(const Version& a, const Version& b, std::string_view op) {
    if (op == "lt") return a < b;
    if (op == "le") return a <= b;
    if (op == "eq") return a == b;
    if (op == "ne") return a != b;
    if (op == "ge") return a >= b;
    EXPECT_EQ(op, "gt");
    return a > b;
}

}  // namespace

TEST(Version, AcceptsValid) {
    vectors::each("test_version.json", "TestVersion.test_valid_versions", "version",
                  [](base::JsonValue c) { EXPECT_TRUE(parse_version(c.at(0).string()).ok()) << c.at(0).string(); });
}

TEST(Version, RefusesInvalid) {
    for (const char* table : {"TestVersion.test_invalid_versions", "TestVersion.test_oversized_version_raises_valueerror"})
        vectors::each("test_version.json", table, "version",
                      [](base::JsonValue c) { EXPECT_FALSE(parse_version(c.at(0).string()).ok()) << c.at(0).string(); });
}

TEST(Version, Normalizes) {
    vectors::each("test_version.json", "TestVersion.test_normalized_versions", "version,normalized",
                  [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).text(), c.at(1).string()); });
    vectors::each("test_version.json", "TestVersion.test_version_str_repr", "version,expected",
                  [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).text(), c.at(1).string()); });
    vectors::each("test_utils.json", "test_canonicalize_version", "version,expected", [](base::JsonValue c) {
        auto parsed = parse_version(vectors::text(c.at(0)));
        if (parsed.ok()) {
            EXPECT_EQ(parsed->canonical_text(), c.at(1).string());
        }
    });
}

TEST(Version, ComparesEveryPair) {
    auto holds = [](bool expected) {
        return [expected](base::JsonValue c) {
            bool result = compare(version(c.at(0)), version(c.at(1)), c.at(2)["name"].string());
            EXPECT_EQ(result, expected) << c.text();
        };
    };
    vectors::each("test_version.json", "TestVersion.test_comparison_true", "left,right,op", holds(true));
    vectors::each("test_version.json", "TestVersion.test_comparison_false", "left,right,op", holds(false));
}

TEST(Version, HasParts) {
    vectors::each("test_version.json", "TestVersion.test_version_public", "version,public",
                  [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).public_text(), c.at(1).string()); });
    vectors::each("test_version.json", "TestVersion.test_version_base_version", "version,base_version",
                  [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).base_text(), c.at(1).string()); });
    vectors::each("test_version.json", "TestVersion.test_version_epoch", "version,epoch", [](base::JsonValue c) {
        EXPECT_EQ(version(c.at(0)).epoch(), static_cast<uint64_t>(c.at(1).integer()));
    });
    vectors::each("test_version.json", "TestVersion.test_version_release", "version,release", [](base::JsonValue c) {
        auto release = version(c.at(0)).parts().release;
        ASSERT_EQ(release.size(), c.at(1).size());
        for (size_t i = 0; i < release.size(); i++)
            EXPECT_EQ(release[i], static_cast<uint64_t>(c.at(1).at(i).integer()));
    });
    vectors::each("test_version.json", "TestVersion.test_version_local", "version,local", [](base::JsonValue c) {
        std::string text = version(c.at(0)).text();
        size_t plus = text.find('+');
        EXPECT_EQ(plus == std::string::npos, c.at(1).is_null());
        if (c.at(1).is_string()) {
            EXPECT_EQ(text.substr(plus + 1), c.at(1).string());
        }
    });
    vectors::each("test_version.json", "TestVersion.test_version_pre", "version,pre", [](base::JsonValue c) {
        auto v = version(c.at(0)).parts();
        EXPECT_EQ(v.pre_kind == pkg::PreKind::None, c.at(1).is_null());
        if (c.at(1).is_array()) {
            EXPECT_EQ(v.pre, static_cast<uint64_t>(c.at(1).at(1).integer()));
        }
    });
    vectors::each("test_version.json", "TestVersion.test_version_dev", "version,dev", [](base::JsonValue c) {
        auto v = version(c.at(0)).parts();
        EXPECT_EQ(v.has_dev, !c.at(1).is_null());
        EXPECT_EQ(v.dev, static_cast<uint64_t>(c.at(1).integer(0)));
    });
    vectors::each("test_version.json", "TestVersion.test_version_post", "version,post", [](base::JsonValue c) {
        auto v = version(c.at(0)).parts();
        EXPECT_EQ(v.has_post, !c.at(1).is_null());
        EXPECT_EQ(v.post, static_cast<uint64_t>(c.at(1).integer(0)));
    });
    vectors::each("test_version.json", "TestVersion.test_version_is_prerelease", "version,expected",
                  [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).is_prerelease(), c.at(1).boolean()); });
    vectors::each("test_version.json", "TestVersion.test_version_is_devrelease", "version,expected",
                  [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).is_devrelease(), c.at(1).boolean()); });
    vectors::each("test_version.json", "TestVersion.test_version_is_postrelease", "version,expected",
                  [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).is_postrelease(), c.at(1).boolean()); });
}

TEST(Version, PoetrysTables) {
    vectors::each_of_poetry("constraints_version_test_version", "test_to_string_normalizes",
                            [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)).text(), c.at(1).string()) << c.text(); });
    for (const char* test : {"test_versions_are_sortable", "test_comparison"})
        vectors::each_of_poetry("constraints_version_test_version", test, [](base::JsonValue c) {
            base::JsonValue sorted = c.at(c.size() - 1);
            for (size_t i = 1; i < sorted.size(); i++) EXPECT_LT(version(sorted.at(i - 1)), version(sorted.at(i))) << c.text();
        });
    vectors::each_of_poetry("constraints_version_test_version", "test_allows_zero_padding",
                            [](base::JsonValue c) { EXPECT_EQ(version(c.at(0)), version(c.at(1))) << c.text(); });
}

// The packed form and the block must agree wherever their borders meet.
TEST(Version, PackedAndFullFormsAgree) {
    const char* ascending[] = {"0.dev0", "0", "1.2.3.4", "1.2.3.4.0.1", "1.2.3.5", "1.2.255", "1.2.256", "1.3.dev262143",
                               "1.3.dev262144", "1.3a0", "1.3", "1.3+local", "1.3.post1", "65535", "65536", "1!0"};
    for (size_t i = 0; i < std::size(ascending); i++) {
        for (size_t j = 0; j < std::size(ascending); j++) {
            Version a = MUST(parse_version(ascending[i])), b = MUST(parse_version(ascending[j]));
            EXPECT_EQ(a < b, i < j) << ascending[i] << " " << ascending[j];
            EXPECT_EQ(a == b, i == j);
        }
    }
    EXPECT_EQ(MUST(parse_version("1.0.0.0.0.0")).hash(), MUST(parse_version("1")).hash());
    EXPECT_EQ(MUST(parse_version("1.0.0.0.0.0")), MUST(parse_version("1")));
}

TEST(Version, ErrorPointsAtTheFirstWrongCharacter) {
    auto bad = parse_version("1.0 beta");
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().span.column, 4u);
    std::string accents = "1";
    for (int i = 0; i < 99; i++) accents += "é";
    for (const std::string& text : {accents, "x" + accents})
        EXPECT_TRUE(base::is_utf8(parse_version(text).error().message)) << text;
}
