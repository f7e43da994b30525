// base/terminal: what messages may show.
#include "base/terminal.h"

#include <gtest/gtest.h>

#include "base/result.h"

using namespace base;

TEST(Terminal, ShowsForeignTextHarmlessly) {
    EXPECT_EQ(for_terminal("plain\ttext\n"), "plain\ttext\n");
    EXPECT_EQ(for_terminal("“ünï” 🐍"), "“ünï” 🐍");
    EXPECT_EQ(for_terminal("\x1b]0;owned\a"), "\\x1b]0;owned\\x07");
    EXPECT_EQ(for_terminal("good\rbad\r\n"), "good\\x0dbad\n");
    EXPECT_EQ(for_terminal("\x7f\u009b\u202e\u2066"), "\\x7f\\u009b\\u202e\\u2066");
    EXPECT_EQ(for_terminal("a\xff\xe2\x82"), "a\\xff\\xe2\\x82");
    EXPECT_EQ(for_terminal(std::string_view("\0", 1)), "\\x00");
}

TEST(Terminal, ErrorsShowForeignTextHarmlessly) {
    Error error = Error(ErrorKind::Network, "m\x1b[1m").with_context("c\a").with_hint("h\r").with_span({"f\x1b", "s\x1b", 1, 1, 1});
    std::string text = render(error, false);
    EXPECT_EQ(text.find_first_of("\x1b\a\r"), std::string::npos) << text;
    EXPECT_NE(text.find("error: m\\x1b[1m\n"), std::string::npos);
    EXPECT_NE(render(error, true).find("\033[1;31merror\033[0m: m\\x1b"), std::string::npos);
}
