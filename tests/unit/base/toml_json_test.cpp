// TOML and JSON wrappers: values, positions, order, refusals.
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "base/toml.h"

TEST(Toml, ValuesAndSourceOrder) {
    auto doc = base::parse_toml("b = 1\na = 'x'\n[t]\nz = true\ny = 2024-10-15T21:38:12.5Z\n", "f.toml");
    ASSERT_TRUE(doc.ok());
    EXPECT_EQ(doc->root().keys(), (std::vector<std::string>{"b", "a", "t"}));
    EXPECT_EQ(doc->root()["t"].keys(), (std::vector<std::string>{"z", "y"}));
    EXPECT_EQ(doc->root()["a"].string(), "x");
    EXPECT_EQ(doc->root()["b"].integer(), 1);
    EXPECT_EQ(doc->root()["t"]["y"].date_time(), "2024-10-15T21:38:12.5Z");
    EXPECT_FALSE(doc->root()["none"]["deeper"]);
    EXPECT_EQ(doc->root()["a"].span().line, 2u);
    EXPECT_EQ(doc->root()["a"].span().column, 5u);
    EXPECT_EQ(doc->root().key_span("a").column, 1u);
}

TEST(Toml, ErrorHasLineAndCaret) {
    auto doc = base::parse_toml("a = 1\nb = = 2\n", "f.toml");
    ASSERT_FALSE(doc.ok());
    EXPECT_EQ(doc.error().span.line, 2u);
    EXPECT_EQ(doc.error().span.source_line(), "b = = 2");
    EXPECT_EQ(doc.error().kind, base::ErrorKind::Usage);
}

TEST(Toml, SpansOfALineShareIt) {
    auto doc = base::parse_toml("a = 1\nb = [1, 2]\n", "f.toml");
    ASSERT_TRUE(doc.ok());
    base::SourceSpan first = doc->root()["b"].at(0).span(), second = doc->root()["b"].at(1).span();
    EXPECT_EQ(first.source_line(), "b = [1, 2]");
    EXPECT_EQ(first.whole_line, second.whole_line);
    EXPECT_EQ(doc->root()["a"].span().source_line(), "a = 1");
}

TEST(Toml, RefusesWhatItsParserAssumesAway) {
    for (const char* text : {"[=a]\n", "a = [1,}\n", "[\nb = 1, ,x'\n", "[a.]\n", "a = \n", "= 1\n", "a = [\n", "[[a]\n"})
        EXPECT_FALSE(base::parse_toml(text, "f").ok()) << text;
}

TEST(Toml, Quoting) {
    EXPECT_EQ(base::toml_string("a\"b\\c\n"), "\"a\\\"b\\\\c\\n\"");
    EXPECT_EQ(base::toml_key("a-b_1"), "a-b_1");
    EXPECT_EQ(base::toml_key("a b"), "\"a b\"");
}

TEST(Json, ReadsAndWrites) {
    auto doc = base::parse_json(R"({"b":[1,2.5,"x",null,true],"a":{"k":"v"}})");
    ASSERT_TRUE(doc.ok());
    base::JsonValue root = doc->root();
    EXPECT_EQ(root.key_at(0), "b");
    EXPECT_EQ(root["b"].at(0).integer(), 1);
    EXPECT_EQ(root["b"].at(2).string(), "x");
    EXPECT_TRUE(root["b"].at(3).is_null());
    EXPECT_EQ(root["a"]["k"].string(), "v");
    EXPECT_FALSE(root["a"]["no"]);
    EXPECT_EQ(root.text(), R"({"b":[1,2.5,"x",null,true],"a":{"k":"v"}})");
    base::JsonWriter writer(2);
    writer.begin_object().member("a", "q\"").key("b").begin_array().integer(1).null().end_array().key("c").begin_object();
    writer.end_object().end_object();
    EXPECT_EQ(writer.text(), "{\n  \"a\": \"q\\\"\",\n  \"b\": [\n    1,\n    null\n  ],\n  \"c\": {}\n}");
}

TEST(Json, RefusesWithPosition) {
    auto doc = base::parse_json("{\n  \"a\": 01\n}", "f.json");
    ASSERT_FALSE(doc.ok());
    EXPECT_EQ(doc.error().span.line, 2u);
    EXPECT_FALSE(base::parse_json("\"\xff\"").ok());
    EXPECT_FALSE(base::parse_json("1 2").ok());
    EXPECT_FALSE(base::parse_json("32e308").ok());  // no double holds it
    EXPECT_FALSE(base::parse_json("[-99999999999999999999e290]").ok());
    EXPECT_TRUE(base::parse_json("1.5e308").ok());
    std::string deep(200000, '[');
    EXPECT_FALSE(base::parse_json(deep).ok());
}

TEST(Json, RefusesWhatItsParserAssumesAway) {
    for (std::string_view text : {"{\"a\":\"b\"}\xF2", "\"\\udd0e\"", "\"\\ud000\\udc00\"", "\"\\ud800\"", "\"\\ud800\\n\""})
        EXPECT_FALSE(base::parse_json(text).ok()) << text;
    EXPECT_FALSE(base::parse_json(std::string_view("{}\0x", 4)).ok());
    EXPECT_EQ(MUST(base::parse_json("\"\\\\udd0e\\ud834\\udd1e\"")).root().string(), "\\udd0e\xF0\x9D\x84\x9E");
}

TEST(Text, Utf8) {
    EXPECT_TRUE(base::is_utf8("aé\xF0\x9F\x98\x80"));
    EXPECT_FALSE(base::is_utf8("\xC0\x80"));
    EXPECT_FALSE(base::is_utf8("\xED\xA0\x80"));
    EXPECT_EQ(base::code_points("aé"), 2u);
    auto span = base::span_at("f", "x\nhé y\n", 6);
    EXPECT_EQ(span.line, 2u);
    EXPECT_EQ(span.column, 4u);
    EXPECT_EQ(base::join_prose({"a", "b", "c"}), "a, b and c");
}
