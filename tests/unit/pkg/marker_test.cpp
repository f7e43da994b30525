// Markers against packaging's own suite (test_markers).
// Left out: repr, hash, pickle and Node classes (Python objects); `Version`-typed environments.
#include "pkg/marker.h"

#include "tests/unit/pkg/vectors.h"

#include "base/text.h"
#include "pkg/name.h"

using namespace pkg;

namespace {

Marker marker(std::string_view text) {
    auto parsed = parse_marker(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? *parsed : Marker();
}

// packaging's environment: a dictionary laid over the running interpreter's; `extra` may be in it.
bool evaluate(std::string_view text, base::JsonValue environment) {
    MarkerEnvironment values = MarkerEnvironment::linux_cpython("3.11.2");
    std::vector<std::string> extras;
    for (size_t i = 0; i < environment.size(); i++) {
        if (environment.key_at(i) == "extra")
            extras.push_back(normalize_name(environment.at(i).string()));
        else
            EXPECT_TRUE(values.set(environment.key_at(i), environment.at(i).string()));
    }
    return MUST(marker(text).try_evaluate(values, extras));
}

}  // namespace

TEST(Marker, Parses) {
    for (const char* table : {"TestMarker.test_parses_valid", "TestMarker.test_parses_pep345_valid",
                              "TestMarker.test_parses_setuptools_legacy_valid"})
        vectors::each("test_markers.json", table, "marker_string",
                      [](base::JsonValue c) { EXPECT_TRUE(parse_marker(c.at(0).string()).ok()) << c.text(); });
    vectors::each("test_markers.json", "TestMarker.test_parses_trailing_horizontal_whitespace", "whitespace",
                  [](base::JsonValue c) {
                      EXPECT_TRUE(parse_marker("os_name == 'posix'" + std::string(c.at(0).string())).ok());
                  });
}

TEST(Marker, Refuses) {
    vectors::each("test_markers.json", "TestMarker.test_parses_invalid", "marker_string",
                  [](base::JsonValue c) { EXPECT_FALSE(parse_marker(c.at(0).string()).ok()) << c.text(); });
    vectors::each("test_markers.json", "TestMarker.test_parses_invalid_trailing_line_break", "line_break",
                  [](base::JsonValue c) {
                      EXPECT_FALSE(parse_marker("os_name == 'posix'" + std::string(c.at(0).string())).ok());
                  });
    vectors::each("test_markers.json", "TestMarker.test_parses_invalid_malformed_quoted_string", "marker_string,expected",
                  [](base::JsonValue c) {
                      auto bad = parse_marker(c.at(0).string());
                      ASSERT_FALSE(bad.ok());
                      EXPECT_EQ(bad.error().span.column, 12u);
                      EXPECT_EQ(bad.error().span.length, c.at(0).string().size() - 11);
                  });
}

TEST(Marker, Text) {
    vectors::each("test_markers.json", "TestMarker.test_str_repr_eq_hash", "marker_string,expected",
                  [](base::JsonValue c) { EXPECT_EQ(marker(c.at(0).string()).text(), c.at(1).string()); });
    vectors::each("test_markers.json", "TestMarker.test_different_markers_different_hashes", "example1,example2",
                  [](base::JsonValue c) { EXPECT_FALSE(marker(c.at(0).string()) == marker(c.at(1).string())); });
}

TEST(Marker, Evaluates) {
    for (const char* table : {"TestMarker.test_evaluates", "TestMarker.test_evaluate_pep345_markers",
                              "TestMarker.test_version_like_equality"})
        vectors::each("test_markers.json", table, "marker_string,environment,expected", [](base::JsonValue c) {
            EXPECT_EQ(evaluate(c.at(0).string(), c.at(1)), c.at(2).boolean()) << c.text();
        });
}

TEST(Marker, ExtrasAndGroupsAreSets) {
    vectors::each("test_markers.json", "TestMarker.test_extras_and_dependency_groups", "expression,result",
                  [](base::JsonValue c) {
                      for (const char* variable : {"extras", "dependency_groups"}) {
                          Marker m = marker(base::replace_all(c.at(0).string(), "{0}", variable));
                          MarkerEnvironment environment = MarkerEnvironment::linux_cpython("3.11.2");
                          EXPECT_EQ(MUST(m.try_evaluate(environment, {"foo", "bar"}, {"foo", "bar"})), c.at(1).boolean())
                              << c.text();
                      }
                  });
    for (const char* op : {"==", "!=", ">=", "<="}) {
        Marker m = marker("extras " + std::string(op) + " 'foo'");
        EXPECT_FALSE(m.try_evaluate(MarkerEnvironment::linux_cpython("3.11.2"), {"foo"}).ok());
    }
}

TEST(Marker, ComparisonsWithoutMeaning) {
    MarkerEnvironment environment = MarkerEnvironment::linux_cpython("3.11.2");
    EXPECT_FALSE(marker("sys_platform ~= 'linux'").try_evaluate(environment).ok());
    EXPECT_FALSE(marker("sys_platform > 'a'").evaluate(environment));
    EXPECT_TRUE(marker("sys_platform >= 'linux'").evaluate(environment));
    EXPECT_FALSE(parse_marker("'3.8' == '3.8'").ok());
    EXPECT_FALSE(parse_marker(std::string(5000, '(')).ok());
}
