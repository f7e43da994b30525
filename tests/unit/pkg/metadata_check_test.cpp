// Strict metadata rules and licence expressions against packaging's suite (test_metadata, test_licenses).
// Left out: cases that set attributes of Python objects without text.
#include "pkg/metadata_check.h"

#include "tests/unit/pkg/vectors.h"

#include "pkg/licenses.h"

using namespace pkg;

namespace {

std::string with(const std::string& line, const char* version = "2.6") {
    return "Metadata-Version: " + std::string(version) + "\nName: packaging\nVersion: 2023.0.0\n" + line;
}
bool valid(const std::string& text) { return check_metadata(text).empty(); }

void values(const std::string& test, const std::string& argument, const std::string& field, bool expected) {
    vectors::each("test_metadata.json", "TestMetadata." + test, argument, [&](base::JsonValue c) {
        EXPECT_EQ(valid(with(field + ": " + std::string(c.at(0).string()) + "\n")), expected) << c.text();
    });
}

}  // namespace

TEST(MetadataCheck, Versions) {
    vectors::each("test_metadata.json", "TestMetadata.test_valid_metadata_version", "version",
                  [](base::JsonValue c) { EXPECT_TRUE(valid(with("", std::string(c.at(0).string()).c_str()))) << c.text(); });
    vectors::each("test_metadata.json", "TestMetadata.test_invalid_metadata_version", "version",
                  [](base::JsonValue c) { EXPECT_FALSE(valid(with("", std::string(c.at(0).string()).c_str()))) << c.text(); });
    vectors::each("test_metadata.json", "TestMetadata.test_metadata_version_field_introduction", "meta_version",
                  [](base::JsonValue c) { EXPECT_TRUE(valid(with("Dynamic: Summary\n", std::string(c.at(0).string()).c_str()))) << c.text(); });
    vectors::each("test_metadata.json", "TestMetadata.test_metadata_version_field_introduction_mismatch", "meta_version",
                  [](base::JsonValue c) { EXPECT_FALSE(valid(with("Dynamic: Summary\n", std::string(c.at(0).string()).c_str()))) << c.text(); });
}

TEST(MetadataCheck, Fields) {
    values("test_invalid_summary", "summary", "Summary", false);
    values("test_valid_description_content_type", "content_type", "Description-Content-Type", true);
    values("test_invalid_description_content_type", "content_type", "Description-Content-Type", false);
    values("test_valid_requires_python", "specifier", "Requires-Python", true);
    values("test_disallowed_dynamic", "field_name", "Dynamic", false);
    values("test_valid_license_expression", "license_expression,expected", "License-Expression", true);
    values("test_invalid_license_expression", "license_expression", "License-Expression", false);
    for (const char* field : {"Import-Name", "Import-Namespace"}) values("test_invalid_import_names_identifier", "name", field, false);
    for (bool expected : {true, false})
        vectors::each("test_metadata.json", std::string("TestMetadata.test_") + (expected ? "valid" : "invalid") + "_license_files",
                      "license_files", [&](base::JsonValue c) {
                          std::string lines;
                          for (size_t i = 0; i < c.at(0).size(); i++) lines += "License-File: " + std::string(c.at(0).at(i).string()) + "\n";
                          EXPECT_EQ(valid(with(lines)), expected) << c.text();
                      });
    EXPECT_FALSE(valid(with("Import-Name: package.class\n")));
    EXPECT_FALSE(valid(with("Name: twice\n")));
    EXPECT_FALSE(valid(with("Requires-Dist: a (\n")));
    EXPECT_FALSE(valid(with("Unknown: a\n")));
    EXPECT_FALSE(valid("Metadata-Version: 2.1\nName: a\n"));
}

TEST(Licenses, Normalise) {
    vectors::each("test_metadata.json", "TestMetadata.test_valid_license_expression", "license_expression,expected",
                  [](base::JsonValue c) { EXPECT_EQ(MUST(normalize_license_expression(c.at(0).string())), c.at(1).string()); });
    vectors::each("test_metadata.json", "TestMetadata.test_invalid_license_expression", "license_expression",
                  [](base::JsonValue c) { EXPECT_FALSE(normalize_license_expression(c.at(0).string()).ok()) << c.text(); });
    vectors::each("test_licenses.json", "test_invalid_spdx_with_or_licenseref_forms", "license_expression",
                  [](base::JsonValue c) { EXPECT_FALSE(normalize_license_expression(c.at(0).string()).ok()) << c.text(); });
}
