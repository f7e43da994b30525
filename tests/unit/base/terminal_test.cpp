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
    Error error = Error(ErrorKind::Network, "m\x1b[1m").with_context("c\a").with_hint("h\r").with_span({"f\x1b", 1, 1, 1, std::make_shared<const std::string>("s\x1b")});
    std::string text = render(error, false);
    EXPECT_EQ(text.find_first_of("\x1b\a\r"), std::string::npos) << text;
    EXPECT_NE(text.find("error: m\\x1b[1m\n"), std::string::npos);
    EXPECT_NE(render(error, true).find("\033[1;31merror\033[0m: m\\x1b"), std::string::npos);
}

TEST(Terminal, LongLinesAreShownAroundThePlace) {
    auto shown = [](const std::string& line, uint32_t column, uint32_t length) {
        auto whole = std::make_shared<const std::string>(line);
        return render(Error(ErrorKind::Usage, "m").with_span({"f", 1, column, length, whole}), false);
    };
    auto repeat = [](size_t count, const char* text) {
        std::string out;
        while (count--) out += text;
        return out;
    };
    std::string head = "error: m\n  --> f:1:";
    EXPECT_EQ(shown(repeat(999, "é") + "x", 1000, 1), head + "1000\n   | " + repeat(999, "é") + "x\n   | " + repeat(999, " ") + "^\n");
    EXPECT_EQ(shown(repeat(1999, "é") + "xy" + repeat(999, "ü"), 2000, 2),
              head + "2000\n   | …" + repeat(100, "é") + "xy" + repeat(98, "ü") + "…\n   | " + repeat(101, " ") + "^^\n");
    EXPECT_EQ(shown(repeat(2000, "a"), 3, 1), head + "3\n   | " + repeat(200, "a") + "…\n   |   ^\n");
    EXPECT_EQ(shown(repeat(2000, "a") + "b", 2001, 1), head + "2001\n   | …" + repeat(100, "a") + "b\n   | " + repeat(101, " ") + "^\n");
    EXPECT_EQ(shown(repeat(2000, "a"), 1, 2000), head + "1\n   | " + repeat(200, "a") + "…\n   | " + repeat(200, "^") + "\n");
}
