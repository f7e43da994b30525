// pkg/build/native: what goes into archives, and that the Python back end gives the same bytes.
#include "pkg/build/native.h"

#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/process.h"
#include "pkg/build/embedded_backend.h"
#include "pkg/metadata.h"
#include "pkg/sdist/sdist.h"
#include "pkg/wheel/wheel.h"

using namespace pkg;

namespace {
struct NativeBuild : testing::Test {
    base::TemporaryDirectory folder = base::TemporaryDirectory::create().value();
    std::string root = folder.path() + "/project";
    void put(const std::string& path, const std::string& text, mode_t mode = 0644) {
        MUST(base::make_directories(std::string(base::parent_path(root + "/" + path))));
        MUST(base::write_file(root + "/" + path, text, mode));
    }
    base::ProcessResult run_hook(const std::string& name) {
        base::ProcessOptions options;
        options.arguments = {"/usr/bin/python3.11",
                             "-B",
                             "-c",
                             "import sys, adder_build\nprint(getattr(adder_build, sys.argv[1])(sys.argv[2]))",
                             name,
                             folder.path()};
        options.directory = root;
        options.set_environment = {{"PYTHONPATH", ADDER_SOURCE_DIR "/pkg/build"}};
        options.output = options.errors = base::Stream::Capture;
        return MUST(base::run_process(options));
    }
    // The Python back end refuses the project by an error of its own.
    bool hook_fails(const std::string& name) {
        base::ProcessResult result = run_hook(name);
        return result.status != 0 && result.errors.find("ProjectError") != std::string::npos;
    }
    // The bytes the Python hooks make, by file name.
    std::string hook(const std::string& name) {
        base::ProcessResult result = run_hook(name);
        EXPECT_EQ(result.status, 0) << result.errors;
        if (result.output.empty()) return "";
        result.output.pop_back();
        return result.output + "|" + MUST(base::read_file(folder.path() + "/" + result.output));
    }
    void compare() {
        if (!base::path_exists("/usr/bin/python3.11")) GTEST_SKIP() << "no CPython to compare with";
        BuildTree tree = MUST(read_build_tree(root));
        for (auto [name, build] : {std::pair{"build_sdist", &build_sdist}, std::pair{"build_wheel", &build_wheel},
                                   std::pair{"build_editable", &build_editable}}) {
            BuiltFile own = MUST(build(tree));
            EXPECT_TRUE(own.name + "|" + own.bytes == hook(name)) << name;
        }
    }
};

constexpr const char* kFull = R"([build-system]
requires = ["adder_build"]
build-backend = "adder_build"
[project]
name = "Full.Project"
version = "v1.0-RC1.post2"
description = "Has everything, é too"
readme = "README.md"
requires-python = ">= 3.8, <4"
license = "MIT"
keywords = ["a", "b"]
classifiers = ["Topic :: Utilities"]
authors = [{name = "A"}, {name = "B", email = "b@x"}, {email = "c@x"}]
maintainers = [{name = "M N"}]
dependencies = ["click >=8 ; python_version > '3'", "x @ https://h/x-1.0.tar.gz"]
[project.optional-dependencies]
"Big.Extra" = ["rich", "y @ https://h/y;z-1.0.tar.gz ; os_name == 'posix'", "tomli>=1; python_version < '3.11' or os_name == 'nt'"]
[project.urls]
Home = "https://h"
[project.scripts]
full = "full_project.cli:main [big]"
[project.gui-scripts]
fullw = "full_project.gui : App.run"
[project.entry-points."z.plugins"]
p = "full_project"
)";
}  // namespace

TEST_F(NativeBuild, SourceLayoutGivesThePythonBytes) {
    put("pyproject.toml", kFull);
    put("README.md", "# Full\r\n\nText é\n");
    put("LICENSE", "MIT");
    put("AUTHORS.txt", "me");
    put("src/full_project/__init__.py", "");
    put("src/full_project/data/t.txt", std::string(5000, 'd'));
    put("src/full_project/run.sh", "#!/bin/sh\n", 0755);
    put("src/full_project/é.txt", "x");
    put("src/full_project/" + std::string(120, 'l') + "/" + std::string(90, 'm') + ".py", "long");
    put("src/full_project/__pycache__/a.pyc", "no");
    put("src/full_project/.hidden", "no");
    put("tests/test_full.py", "pass");
    compare();
    BuildTree tree = MUST(read_build_tree(root));
    BuiltFile wheel = MUST(build_wheel(tree));
    EXPECT_EQ(wheel.name, "full_project-1.0rc1.post2-py3-none-any.whl");
    Wheel checked = MUST(Wheel::from_bytes(wheel.bytes, wheel.name));
    EXPECT_EQ(checked.members().size(), 5u + 5u);
    EXPECT_EQ(checked.metadata().requires_dist.size(), 5u);
    EXPECT_EQ(checked.metadata().requires_dist[3].marker.text(), "os_name == \"posix\" and extra == \"big-extra\"");
    EXPECT_EQ(checked.metadata().license_files.size(), 2u);
    BuiltFile sdist = MUST(build_sdist(tree));
    MUST(base::write_file(folder.path() + "/" + sdist.name, sdist.bytes));
    Sdist opened = MUST(Sdist::open(folder.path() + "/" + sdist.name));
    EXPECT_EQ(*opened.pkg_info(), tree.metadata);
    // A wheel of the unpacked archive is the wheel of the tree.
    std::string unpacked = MUST(opened.unpack(folder.path()));
    BuildTree again = MUST(read_build_tree(unpacked));
    EXPECT_TRUE(MUST(build_wheel(again)).bytes == wheel.bytes);
}

TEST_F(NativeBuild, FlatLayoutsToo) {
    put("pyproject.toml", "[project]\nname = 'my-mod'\nversion = '1'\nlicense-files = ['legal/**/*.txt']\n");
    put("my_mod.py", "x = 1");
    put("other.py", "not in it");
    put("legal/a/b.txt", "l");
    put("legal/c.txt", "l");
    compare();
    EXPECT_EQ(MUST(read_build_tree(root)).licenses.size(), 2u);
    put("pyproject.toml",
        "[project]\nname = 'ns-pkg'\nversion = '1'\n[tool.adder_build]\npackages = ['ns/one', 'single']\n");
    put("ns/one/__init__.py", "");
    put("ns/two/__init__.py", "not in it");
    put("single.py", "");
    compare();
    EXPECT_EQ(MUST(read_build_tree(root)).modules, (std::vector<std::string>{"ns/one/__init__.py", "single.py"}));
}

// PEP 794.
TEST_F(NativeBuild, WritesImportNames) {
    put("demo.py", "");
    auto metadata = [&](const std::string& names) {
        put("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n" + names + "\n");
        compare();
        return MUST(read_build_tree(root)).metadata;
    };
    const std::string head = "Metadata-Version: 2.5\nName: demo\nVersion: 1\n";
    EXPECT_EQ(metadata("import-names = ['demo', '_d ;private']\nimport-namespaces = ['ns', 'ns.é']"),
              head + "Import-Name: demo\nImport-Name: _d ;private\nImport-Namespace: ns\nImport-Namespace: ns.é\n");
    // No names at all, where a missing field would say nothing.
    EXPECT_EQ(metadata("import-names = []"), head + "Import-Name:\n");
    EXPECT_EQ(metadata("import-names = []\nimport-namespaces = ['ns']"), head + "Import-Namespace: ns\n");
    EXPECT_EQ(MUST(parse_metadata(metadata("import-names = []"))).import_names, std::vector<std::string>{""});
}

TEST_F(NativeBuild, WritesLicencesInTheirOwnSpelling) {
    put("demo.py", "");
    put("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\nlicense = 'mit OR  (gpl-2.0+ with classpath-exception-2.0) and licenseref-X.y'\n");
    compare();
    EXPECT_EQ(MUST(read_build_tree(root)).manifest.project.license_expression, "MIT OR (GPL-2.0+ WITH Classpath-exception-2.0) AND LicenseRef-X.y");
}

TEST_F(NativeBuild, JoinsTheMarkersOfExtras) {
    put("demo.py", "");
    put("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n[project.optional-dependencies]\nx = ["
                          "\"a @ https://h/y.whl\\t; os_name=='nt'\", 'b@https://h/y;z.whl', \"c ; os_name == '@ ;'\", "
                          "\"d[e]@https://h/y  ;os_name=='nt' or os_name==';'\"]\n");
    compare();
    BuildTree tree = MUST(read_build_tree(root));
    EXPECT_NE(tree.metadata.find("Requires-Dist: a @ https://h/y.whl ; (os_name=='nt') and extra == \"x\"\n"
                                 "Requires-Dist: b@https://h/y;z.whl ; extra == \"x\"\n"
                                 "Requires-Dist: c; (os_name == '@ ;') and extra == \"x\"\n"
                                 "Requires-Dist: d[e]@https://h/y ; (os_name=='nt' or os_name==';') and extra == \"x\"\n"),
              std::string::npos)
        << tree.metadata;
    auto read = parse_metadata(tree.metadata);
    EXPECT_TRUE(read.ok() && read->requires_dist.size() == 4);
}

// Each text at the place where it stands, by both back ends.
TEST_F(NativeBuild, RefusesTextsThatCannotBeWritten) {
    put("demo.py", "");
    const std::pair<const char*, uint32_t> cases[] = {
        {"license = 'Foo'", 12},
        {"license = 'MIT OR'", 18},
        {"import-names = ['demo', '1a']", 25},
        {"import-names = ['demo; public']", 17},
        {"import-names = ['']", 17},
        {"import-namespaces = []", 21},
        {"import-namespaces = ['a-b']", 22},
        {"readme = {text = 'x', content-type = 'text/html'}", 38},
        {"readme = {text = 'x', content-type = 'text/plain; charset=latin-1'}", 38},
        {"authors = [{name = 'A, B', email = 'a@b.c'}]", 20},
        {"authors = [{name = 'A'}, {}]", 26},
        {"authors = [{name = 'Doe <x@y>'}]", 20},
        {"authors = [{name = ''}]", 20},
        {"authors = [{name = '\"A'}]", 20},
        {"maintainers = [{email = 'nobody'}]", 25},
        {"maintainers = [{name = 'A', email = 'a@b, c@d'}]", 37},
        {"maintainers = [{email = 'A <a@b>'}]", 25},
        {"description = \"one\\ntwo\"", 15},
        {"keywords = ['a', \"b\\rc\"]", 18},
        {"classifiers = [\"a\\nName: b\"]", 16},
        {"urls = {Home = \"https://h\\n\"}", 16},
        {"urls = {\"a\\nb\" = 'https://h'}", 9},
        {"scripts = {a = 'demo:a', b = 'demo:b'}\ngui-scripts = {b = 'demo:c'}", 16},
    };
    for (const auto& [line, column] : cases) {
        put("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n" + std::string(line) + "\n");
        auto tree = read_build_tree(root);
        EXPECT_EQ(tree.ok() ? 0 : tree.error().span.column, column) << line;
        EXPECT_TRUE(!base::path_exists("/usr/bin/python3.11") || hook_fails("build_wheel")) << line;
    }
    put("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\nreadme = {text = 'x', content-type = 'text/Markdown; charset=utf-8; variant=GFM'}\n"
                          "authors = [{name = 'Dr. J. Neé (the second) \"A: <b>\"', email = 'j+x@é.org'}, {name = \"O'Brien\"}]\n");
    compare();
}

TEST_F(NativeBuild, SaysWhatIsMissing) {
    put("pyproject.toml", "[project]\nname = 'x'\nversion = '1'\n");
    EXPECT_NE(read_build_tree(root).error().message.find("`x/`"), std::string::npos);
    put("pyproject.toml", "[project]\nname = 'x'\ndynamic = ['version']\n");
    EXPECT_NE(read_build_tree(root).error().message.find("dynamic"), std::string::npos);
    put("pyproject.toml", "[project\n");
    EXPECT_EQ(read_build_tree(root).error().span.line, 1u);
}

TEST(EmbeddedBackend, IsTheWheelOfItsOwnProject) {
    BuildTree tree = MUST(read_build_tree(ADDER_SOURCE_DIR "/pkg/build"));
    BuiltFile built = MUST(build_wheel(tree))
    , embedded = embedded_backend_wheel();
    EXPECT_EQ(built.name, embedded.name);
    EXPECT_TRUE(built.bytes == embedded.bytes);
    EXPECT_TRUE(is_native_backend(tree.manifest));
}

TEST(Glob, FollowsPep639) {
    EXPECT_TRUE(glob_matches("LICEN[CS]E*", "LICENSE.txt"));
    EXPECT_FALSE(glob_matches("LICEN[CS]E*", "a/LICENSE"));
    EXPECT_TRUE(glob_matches("**/x", "a/b/x"));
    EXPECT_TRUE(glob_matches("**/x", "x"));
    EXPECT_FALSE(glob_matches("*/x", "a/b/x"));
    EXPECT_TRUE(glob_matches("a?c", "abc"));
    EXPECT_FALSE(glob_matches("a?c", "a/c"));
    EXPECT_FALSE(glob_matches("abc", "ab"));
    EXPECT_FALSE(glob_matches("ab", "abc"));
    EXPECT_TRUE(glob_matches("[a-c]*", "banana"));
}
