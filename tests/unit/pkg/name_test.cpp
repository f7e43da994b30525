// Names against packaging's own suite (test_utils).
#include "pkg/name.h"

#include "tests/unit/pkg/vectors.h"

TEST(Name, Normalizes) {
    vectors::each("test_utils.json", "test_canonicalize_name", "name,expected", [](base::JsonValue c) {
        EXPECT_EQ(pkg::normalize_name(c.at(0).string()), c.at(1).string());
        EXPECT_TRUE(pkg::parse_name(c.at(0).string()).ok());
    });
}

TEST(Name, RefusesInvalid) {
    vectors::each("test_utils.json", "test_canonicalize_name_invalid", "name,expected", [](base::JsonValue c) {
        EXPECT_EQ(pkg::normalize_name(c.at(0).string()), c.at(1).string());
        EXPECT_FALSE(pkg::parse_name(c.at(0).string()).ok()) << c.text();
    });
}

TEST(Name, KnowsWhatCanBeImported) {
    for (const char* name : {"a", "_a1", "a.b", "match", "classes", "none"}) EXPECT_TRUE(pkg::is_import_name(name)) << name;
    for (const char* name : {"", "class", "a.import", "3x", "a-b", "a..b", "a b"}) EXPECT_FALSE(pkg::is_import_name(name)) << name;
}

TEST(Name, RecognisesNormalForm) {
    vectors::each("test_utils.json", "test_is_normalized_name", "name,expected", [](base::JsonValue c) {
        EXPECT_EQ(pkg::is_normalized_name(c.at(0).string()), c.at(1).string() == c.at(0).string()) << c.text();
    });
}
