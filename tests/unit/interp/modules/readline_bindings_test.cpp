// Init files in GNU readline's syntax, as libedit is told of them.
#include "interp/modules/readline.h"

#include <gtest/gtest.h>

namespace py::readline {
namespace {

TEST(ReadlineBindings, KeysByName) {
    EXPECT_EQ(translate_binding("tab: complete"), "bind \"^I\" rl_complete");
    EXPECT_EQ(translate_binding("  TAB:complete\n"), "bind \"^I\" rl_complete");
    EXPECT_EQ(translate_binding("Control-a: end-of-line"), "bind \"^A\" ed-move-to-end");
    EXPECT_EQ(translate_binding("Meta-Rubout: backward-kill-word"), "bind \"\\e^?\" ed-delete-prev-word");
    EXPECT_EQ(translate_binding("C-M-x: undo"), "bind \"\\e^X\" vi-undo");
}

TEST(ReadlineBindings, KeySequences) {
    EXPECT_EQ(translate_binding("\"\\C-x\\C-r\": kill-line"), "bind \"^X^R\" ed-kill-line");
    EXPECT_EQ(translate_binding("\"\\e[A\": history-search-backward"), "bind \"\\e[A\" ed-search-prev-history");
    EXPECT_EQ(translate_binding("\"\\C-t\": \"text\""), "bind -s \"^T\" \"text\"");
}

TEST(ReadlineBindings, Settings) {
    EXPECT_EQ(translate_binding("set editing-mode vi"), "bind -v");
    EXPECT_EQ(translate_binding("set editing-mode Emacs"), "bind -e");
    EXPECT_EQ(translate_binding("set bell-style none"), "");
}

TEST(ReadlineBindings, WhatSaysNothing) {
    EXPECT_EQ(translate_binding(""), "");
    EXPECT_EQ(translate_binding("# a comment"), "");
    EXPECT_EQ(translate_binding("$if Python"), "");
    EXPECT_EQ(translate_binding("no-such-key-name: complete"), "");
}

TEST(ReadlineBindings, LibeditsOwnWordsPass) {
    EXPECT_EQ(translate_binding("bind ^I rl_complete"), "bind ^I rl_complete");
    EXPECT_EQ(translate_binding("bind -v"), "bind -v");
}

}  // namespace
}  // namespace py::readline
