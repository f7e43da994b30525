// What imports are seen in a module's bytecode, and which are certain.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "freeze/interpreter.h"
#include "freeze/trace.h"

namespace {

using freeze::Import;
using freeze::ModuleRole;
using freeze::ModuleScan;

ModuleScan scan(const char* source, ModuleRole role = ModuleRole::Package) {
    freeze::start_compiler();
    freeze::CompiledModule compiled = freeze::compile_module(source, "test.py", role);
    EXPECT_EQ(compiled.problem, "");
    return compiled.scan;
}

// "a b? .c:x,y": modules in order, a question mark where the import is not certain, what `from` asks for.
std::string shown(const ModuleScan& scan) {
    std::string out;
    for (const Import& each : scan.imports) {
        out +=
            (out.empty() ? "" : " ") + std::string(size_t(each.level), '.') + each.module + (each.certain ? "" : "?");
        for (size_t i = 0; i < each.names.size(); ++i)
            out += (i ? "," : ":") + each.names[i];
    }
    return out;
}

TEST(Scan, Statements) {
    EXPECT_EQ(shown(scan("import a\nimport b.c as d\nfrom e import f, g\nfrom . import h\nfrom ..i.j import *\n")),
              "a b.c e:f,g .:h ..i.j:*");
}

TEST(Scan, LinesAreThoseOfTheStatement) {
    ModuleScan found = scan("\n\nimport a\ndef f():\n    import b\n");
    EXPECT_EQ(found.imports[0].line, 3);
    EXPECT_EQ(found.imports[1].line, 5);
}

TEST(Scan, FunctionsAndClassesAreNotCertain) {
    EXPECT_EQ(shown(scan("def f():\n    import a\nclass C:\n    import b\n    def g(self): import c\n")), "a? b? c?");
}

TEST(Scan, WhatCanBePassedByIsNotCertain) {
    EXPECT_EQ(shown(scan("try:\n    import a\nexcept ImportError:\n    import b\nimport c\n")), "a? b? c");
    EXPECT_EQ(shown(scan("if x:\n    import a\nelse:\n    import b\n")), "a? b?");
    EXPECT_EQ(shown(scan("for x in y:\n    import a\n")), "a?");
    EXPECT_EQ(shown(scan("with suppress(ImportError):\n    import a\n")), "a?");
    EXPECT_EQ(shown(scan("try:\n    import a\nfinally:\n    f()\n")), "a");
    EXPECT_EQ(shown(scan("try:\n    import a\nexcept ImportError:\n    raise SystemExit('no a')\n")), "a");
}

TEST(Scan, BranchesForOtherPlatformsAreNotTaken) {
    EXPECT_EQ(shown(scan("import sys\nif sys.platform == 'win32':\n    import a\nelse:\n    import b\n")), "sys b");
    EXPECT_EQ(shown(scan("import sys\nif sys.platform.startswith('linux'):\n    import a\nelse:\n    import b\n")),
              "sys a");
    EXPECT_EQ(shown(scan("import os\nif os.name == 'nt' and f():\n    import a\n")), "os");
    EXPECT_EQ(shown(scan("import sys\nif sys.platform in ('win32', 'cygwin'):\n    import a\n")), "sys");
    EXPECT_EQ(shown(scan("import sys\nif sys.platform not in ('win32', 'cygwin'):\n    import a\n")), "sys a");
}

TEST(Scan, BranchesForOtherVersionsAreNotTaken) {
    EXPECT_EQ(shown(scan("import sys\nif sys.version_info >= (3, 8):\n    import a\nelse:\n    import b\n")), "sys a");
    EXPECT_EQ(shown(scan("import sys\nif sys.version_info < (3, 12):\n    import a\n")), "sys a");
    EXPECT_EQ(shown(scan("import sys\nif sys.version_info >= (3, 11, 99):\n    import a\n")), "sys");
    EXPECT_EQ(shown(scan("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n")),
              "typing:TYPE_CHECKING");
    EXPECT_EQ(shown(scan("import typing as t\nif not t.TYPE_CHECKING:\n    import a\n")), "typing a");
}

TEST(Scan, OtherConditionsOnTheSameNamesStayOpen) {
    EXPECT_EQ(shown(scan("if platform == 'win32':\n    import a\n")), "a?");
    EXPECT_EQ(shown(scan("import sys\nif sys.byteorder == 'big':\n    import a\n")), "sys a?");
    EXPECT_EQ(shown(scan("import sys\nif sys.version_info >= minimum:\n    import a\n")), "sys a?");
}

TEST(Scan, TheMainGuardDependsOnTheRole) {
    const char* source = "if __name__ == '__main__':\n    import a\n";
    EXPECT_EQ(shown(scan(source, ModuleRole::Program)), "a?");
    EXPECT_EQ(shown(scan(source, ModuleRole::Package)), "");
    EXPECT_EQ(shown(scan("def main():\n    import a\n", ModuleRole::Library)), "");
    EXPECT_EQ(shown(scan("def main():\n    import a\n", ModuleRole::Package)), "a?");
}

TEST(Scan, CallsThatImport) {
    ModuleScan found = scan(
        "import importlib\nimportlib.import_module('a.b')\nimportlib.import_module('.c', __package__)\n"
        "__import__('d')\nimportlib.import_module('e.' + f)\n");
    EXPECT_EQ(shown(found), "importlib a.b? .c? d?");
    EXPECT_EQ(found.computed_lines, std::vector<int>{5});
}

TEST(Scan, WordsAreNamesInConstants) {
    ModuleScan found = scan("x = ['a.b', 'c', 'no name', '1.2', 'd..e', '.f']\ny = {'g.h': ('i.j',)}\n");
    for (const char* word : {"a.b", "c", "g.h", "i.j"})
        EXPECT_TRUE(std::binary_search(found.words.begin(), found.words.end(), word)) << word;
    for (const char* word : {"no name", "1.2", "d..e", ".f"})
        EXPECT_FALSE(std::binary_search(found.words.begin(), found.words.end(), word)) << word;
}

TEST(Scan, ManyConstantsNeedPrefixedInstructions) {
    std::string source;
    for (int i = 0; i < 400; ++i)
        source += "x = " + std::to_string(1000 + i) + ".5\n";
    EXPECT_EQ(shown(scan((source + "if y:\n    import a\nimport b\n").c_str())), "a? b");
}

TEST(Compile, ProblemsAreTold) {
    freeze::start_compiler();
    freeze::CompiledModule compiled = freeze::compile_module("def f(:\n", "test.py", ModuleRole::Package);
    EXPECT_NE(compiled.problem.find("SyntaxError"), std::string::npos);
    EXPECT_EQ(compiled.code, "");
}

TEST(Trace, ReadsWhatPythonPrints) {
    std::vector<std::string> expected{"a", "a.b", "c"};
    EXPECT_EQ(freeze::traced_modules("a.b\nc\na\na\n"), expected);
    EXPECT_EQ(freeze::traced_modules("import time: self [us] | cumulative | imported package\n"
                                     "import time:       111 |        111 |   a.b\nimport time:  1 | 2 | a\n"
                                     "import 'c' # <class '_frozen_importlib.BuiltinImporter'>\nother output: 3\n"),
              expected);
}

}  // namespace
