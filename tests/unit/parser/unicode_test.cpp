// UTF-8, identifier characters, NFKC.
#include "interp/parser/unicode.h"

#include <gtest/gtest.h>

using namespace py::parser;

TEST(Unicode, Utf8ErrorsAreThoseOfTheCodec) {
    Utf8Error error = find_utf8_error("ab\xff");
    EXPECT_EQ(error.first, 2u);
    EXPECT_STREQ(error.reason, "invalid start byte");
    EXPECT_STREQ(find_utf8_error("\xe2\x82").reason, "unexpected end of data");
    EXPECT_STREQ(find_utf8_error("\xe2(").reason, "invalid continuation byte");
    EXPECT_EQ(valid_utf8_prefix("a\xc0\x80"), 1u);
    EXPECT_EQ(count_code_points("a\xe2\x82\xac\xff"), 3);
}

TEST(Unicode, IdentifiersFollowXid) {
    EXPECT_TRUE(is_identifier_start(0xE9));
    EXPECT_FALSE(is_identifier_start(0x20AC));
    EXPECT_FALSE(is_identifier_start(0x301));
    EXPECT_TRUE(is_identifier_part(0x301));
    EXPECT_FALSE(is_printable(0x200B));
    EXPECT_TRUE(is_printable(0x4E00));
    EXPECT_FALSE(is_printable(0x1DF25)) << "assigned in Unicode 15 only";
}

TEST(Unicode, NormalisesToNfkc) {
    py::ast::Arena arena;
    EXPECT_EQ(normalize_nfkc("ﬁ", arena), "fi");
    EXPECT_EQ(normalize_nfkc("e\xcc\x81", arena), "é");
    EXPECT_EQ(normalize_nfkc("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", arena), "각");
    EXPECT_EQ(normalize_nfkc("a\xcc\x81\xcc\xa3", arena), "\xe1\xba\xa1\xcc\x81");
}
