// PEP 723 blocks, with the specification's own cases.
#include "pkg/script_metadata.h"

#include <gtest/gtest.h>

using namespace pkg;

TEST(ScriptMetadata, Reads) {
    std::string source =
        "#!/usr/bin/env python\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"requests<3\",\n#   \"rich\",\n# ]\n# ///\n"
        "import requests\n";
    auto metadata = MUST(parse_script_metadata(source, "s.py"));
    ASSERT_TRUE(metadata.has_value());
    EXPECT_EQ(metadata->requires_python->text(), ">=3.11");
    ASSERT_EQ(metadata->dependencies.size(), 2u);
    EXPECT_EQ(metadata->dependencies[1].requirement.key, "rich");
    EXPECT_EQ(metadata->dependencies[0].span.line, 5u);
    EXPECT_FALSE(MUST(parse_script_metadata("import x\n", "s.py")).has_value());
    // The block reaches to the last closing line of the comment run.
    EXPECT_EQ(MUST(script_block("# /// some-toml\n# a = \"\"\"\n# ///\n# \"\"\"\n# ///\n", "some-toml")).value(), "\na = \"\"\"\n///\n\"\"\"\n");
    EXPECT_FALSE(MUST(script_block("# /// script\n# a = 1\n")).has_value());
    EXPECT_FALSE(script_block("# /// script\n# ///\n\n# /// script\n# ///\n").ok());
    EXPECT_FALSE(parse_script_metadata("# /// script\n# dependencies = [1]\n# ///\n", "s.py").ok());
}

TEST(ScriptMetadata, Writes) {
    std::string block = "# /// script\n# dependencies = []\n#\n# x = 1\n# ///\n";
    EXPECT_EQ(with_script_block("#!/bin/x\nprint()\n", "dependencies = []\n\nx = 1\n"), "#!/bin/x\n" + block + "print()\n");
    EXPECT_EQ(with_script_block("a\n# /// script\n# old\n# ///\nb\n", "dependencies = []\n\nx = 1\n"), "a\n" + block + "b\n");
}
