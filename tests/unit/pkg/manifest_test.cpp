// pyproject.toml and requirements.txt. The dependency-group cases are packaging's test_dependency_groups.
#include "pkg/manifest.h"

#include "tests/unit/pkg/vectors.h"

#include "pkg/requirements_txt.h"

using namespace pkg;

TEST(Manifest, ReadsEverything) {
    Manifest m = MUST(parse_manifest(R"(
[build-system]
requires = ["adder_build>=1"]
build-backend = "adder_build"
[project]
name = "My.Project"
version = "1.2rc1"
description = "d"
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
license-files = ["LICENSE*"]
authors = [{name = "A", email = "a@b"}, {email = "c@d"}]
keywords = ["k"]
dependencies = ["requests[socks]>=2 ; python_version < '4'", "click"]
dynamic = []
[project.urls]
Home = "https://x"
[project.scripts]
mine = "my.cli:main"
[project.entry-points."my.plugins"]
p = "my.p"
[project.optional-dependencies]
Extra_One = ["rich"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff>=0.1"]
[[tool.adder.index]]
name = "local"
url = "http://127.0.0.1/simple"
explicit = true
[tool.adder]
environments = ["sys_platform == 'linux'"]
default-groups = ["lint"]
[tool.adder.sources]
click = {index = "local"}
rich = {git = "https://x/rich", tag = "v1"}
)"));
    EXPECT_EQ(m.key(), "my-project");
    EXPECT_EQ(m.project.version->text(), "1.2rc1");
    EXPECT_EQ(m.project.readme_content_type, "text/markdown");
    EXPECT_EQ(m.project.authors.size(), 2u);
    EXPECT_EQ(m.project.dependencies[0].requirement.key, "requests");
    EXPECT_EQ(m.project.dependencies[0].span.line, 15u);
    EXPECT_EQ(m.project.entry_points.size(), 2u);
    EXPECT_EQ(m.project.entry_points[0].group, "console_scripts");
    EXPECT_EQ(m.project.optional_dependencies[0].first, "extra-one");
    EXPECT_EQ(MUST(resolve_group(m.groups, "dev")).size(), 2u);
    EXPECT_EQ(m.tool.indexes[0].name, "local");
    EXPECT_EQ(m.tool.sources.size(), 2u);
    EXPECT_EQ(default_groups(m), (std::vector<std::string>{"lint"}));
}

TEST(Manifest, ErrorsPointAtTheSpot) {
    auto bad = parse_manifest("[project]\nname = \"p\"\nversion = \"1\"\ndependencies = [\n    \"click\",\n    \"rich >= x\",\n]\n");
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().span.line, 6u);
    EXPECT_EQ(bad.error().span.column, 14u);
    EXPECT_EQ(bad.error().span.source_line(), "    \"rich >= x\",");
    EXPECT_EQ(bad.error().span.file, "pyproject.toml");
}

TEST(Manifest, Refuses) {
    const std::string head = "[project]\nname = \"p\"\nversion = \"1\"\n";
    for (const std::string& text : std::vector<std::string>{
             "[project]\nversion = \"1\"\n", "[project]\nname = \"p\"\n", "[project]\nname = \"-p\"\nversion = \"1\"\n",
             "[project]\nname = \"p\"\nversion = \"one\"\n", head + "dynamic = [\"version\"]\n", head + "unknown = 1\n",
             head + "dependencies = \"click\"\n", head + "dependencies = [1]\n", head + "requires-python = \"3.x\"\n",
             head + "readme = \"README\"\n", head + "readme = {file = \"a\", text = \"b\", content-type = \"c\"}\n",
             head + "license = {text = \"a\", file = \"b\"}\n", head + "[project.scripts]\n\"../x\" = \"a:b\"\n",
             head + "[project.scripts]\nx = \"a b\"\n", head + "[project.entry-points.console_scripts]\nx = \"a:b\"\n",
             head + "[project.optional-dependencies]\n\"a b\" = []\n", "[build-system]\nbuild-backend = \"x\"\n",
             "[dependency-groups]\na = [{include-group = \"b\"}]\n", "[dependency-groups]\na = [{include-group = \"a\"}]\n",
             "[dependency-groups]\na-b = []\na_b = []\n", "[tool.adder]\nnonsense = 1\n", "[tool.adder]\nresolution = \"best\"\n",
             "[tool.adder.sources]\na = {index = \"none\"}\n", "[tool.adder.sources]\na = {path = \".\", url = \"x\"}\n", "project = 1\n"})
        EXPECT_FALSE(parse_manifest(text).ok()) << text;
}

TEST(Manifest, RefusesWhatContradictsItself) {
    const std::string head = "[project]\nname = \"p\"\nversion = \"1\"\noptional-dependencies = { x = [] }\n"
                             "[dependency-groups]\ng = []\n[tool.adder]\n";
    auto error = [&](const std::string& settings) {
        base::Result<Manifest> manifest = parse_manifest(head + settings + "\n");
        if (manifest.ok()) return std::string();
        EXPECT_EQ(manifest.error().span.line, 8u) << settings;
        return manifest.error().message;
    };
    const std::pair<const char*, const char*> cases[] = {
        {"sources.a = { url = \"https://h/a.zip\", editable = true }", "`editable` goes with `path`"},
        {"sources.a = { git = \"https://h/a\", editable = true }", "`editable` goes with `path`"},
        {"sources.a = { git = \"https://h/a\", tag = \"1\", rev = \"2\" }", "`tag` and `rev` exclude each other"},
        {"sources.a = { git = \"https://h/a\", rev = \"1\", branch = \"2\" }", "`branch` and `rev` exclude each other"},
        {"sources.a = { path = \"a\", tag = \"1\" }", "`branch`, `tag` and `rev` go with `git`"},
        {"sources.a = { path = \"a\", extra = \"y\" }", "there is no extra `y`"},
        {"sources.a = [{ path = \"a\", group = \"y\" }]", "there is no dependency group `y`"},
        {"default-groups = [\"g\", \"dev\"]", "there is no dependency group `dev`"},
        {"conflicts = [[{ extra = \"x\" }, { extra = \"z\" }]]", "there is no extra `z`"},
        {"conflicts = [[{ group = \"x\" }, { group = \"g\" }]]", "there is no dependency group `x`"},
    };
    for (const auto& [settings, message] : cases)
        EXPECT_EQ(error(settings), message) << settings;
    for (const char* fine : {"sources.a = { path = \"a\", editable = true, subdirectory = \"s\", extra = \"X\" }",
                             "sources.a = { git = \"https://h/a\", tag = \"1\", subdirectory = \"s\", editable = false, group = \"G\" }",
                             "sources.a = { url = \"https://h/a.zip\", subdirectory = \"s\" }", "default-groups = [\"G\"]",
                             "conflicts = [[{ extra = \"x\" }, { group = \"g\" }]]"})
        EXPECT_EQ(error(fine), "") << fine;
    EXPECT_FALSE(parse_manifest("[[tool.adder.index]]\nname = \"i\"\nurl = \"i\"\n"
                                "[tool.adder.sources]\na = { index = \"i\", subdirectory = \"s\" }\n").ok());
    // Extras that a back end makes up may be any.
    EXPECT_TRUE(parse_manifest("[project]\nname = \"p\"\nversion = \"1\"\ndynamic = [\"optional-dependencies\"]\n[tool.adder.sources]\n"
                               "a = { path = \"a\", extra = \"y\" }\n").ok());
}

// PEP 808: a back end may add to lists and tables, which are then both given and dynamic.
TEST(Manifest, ListsMayBeGivenAndDynamic) {
    const std::string head = "[project]\nname = \"p\"\n";
    auto given = [&](const std::string& field, const std::string& value) {
        std::string version = field == "version" ? "" : "version = \"1\"\n";
        return parse_manifest(head + version + "dynamic = [\"" + field + "\"]\n" + field + " = " + value + "\n");
    };
    for (const char* list : {"authors", "classifiers", "dependencies", "keywords", "license-files", "maintainers", "import-names"})
        EXPECT_TRUE(given(list, "[]").ok()) << list;
    EXPECT_TRUE(given("import-namespaces", "[\"a\"]").ok());
    for (const char* table : {"entry-points", "scripts", "gui-scripts", "optional-dependencies", "urls"})
        EXPECT_TRUE(given(table, "{}").ok()) << table;
    for (const char* text : {"version", "description", "readme", "requires-python", "license"}) {
        auto bad = given(text, "\"1.txt\"");
        ASSERT_FALSE(bad.ok()) << text;
        EXPECT_EQ(bad.error().message, "`" + std::string(text) + "` cannot be both given and dynamic");
    }
    EXPECT_FALSE(given("name", "\"q\"").ok());
}

// What no entry_points.txt can hold no back end can write; a name in both keys is what PEP 794 has every tool refuse.
TEST(Manifest, RefusesWhatCannotBeWritten) {
    const std::string head = "[project]\nname = \"p\"\nversion = \"1\"\n";
    auto refused_at = [&](const std::string& text, uint32_t column) {
        auto bad = parse_manifest(head + text);
        ASSERT_FALSE(bad.ok()) << text;
        EXPECT_EQ(bad.error().span.column, column) << text;
    };
    for (const char* name : {"#x", ";x", "[x", "a=b", " x", "x ", "a\\nb", ""})
        for (const char* table : {"scripts", "gui-scripts", "entry-points.group"})
            refused_at("[project." + std::string(table) + "]\n\"" + name + "\" = \"a:b\"\n", 1);
    for (const char* group : {"bad group]", "[x", " x", "a\\nb", ""})
        refused_at("[project.entry-points]\n\"" + std::string(group) + "\" = { x = \"a:b\" }\n", 1);
    EXPECT_TRUE(parse_manifest(head + "[project.entry-points.\"a-b:c d\"]\n\"x#y;[z]:w v\" = \"a:b\"\n").ok());
    refused_at("import-names = [\"a.b\", \"c\"]\nimport-namespaces = [\"a\", \"a.b;private\"]\n", 27);
    EXPECT_TRUE(parse_manifest(head + "import-names = [\"a.b\"]\nimport-namespaces = [\"a\"]\n").ok());
}

// What only another back end writes is its to judge: other lists of licences, other types of readme.
TEST(Manifest, LeavesTextsToTheBackEnd) {
    Manifest m = MUST(parse_manifest("[project]\nname = \"p\"\nversion = \"1\"\nlicense = \"New-1.0 OR mit\"\ndescription = \"a\\nb\"\n"
                                     "readme = { text = \"x\", content-type = \"text/asciidoc\" }\nauthors = [{ name = \"A, B\" }, {}]\n"
                                     "import-names = [\"a-b\"]\n[project.scripts]\nx = \"a\"\n[project.gui-scripts]\nx = \"a\"\n"));
    EXPECT_EQ(m.project.license_expression, "New-1.0 OR mit");
    m = MUST(parse_manifest("[project]\nname = \"p\"\nversion = \"1\"\nlicense = \"(mit  or apache-2.0)\"\n"));
    EXPECT_EQ(m.project.license_expression, "(MIT OR Apache-2.0)");
}

TEST(Manifest, RefusesEmptyRangesOfPython) {
    auto bad = parse_manifest("[project]\nname = \"p\"\nversion = \"1\"\nrequires-python = \">=3.13,<3.12\"\n");
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().message, "no version of Python fits `>=3.13,<3.12`");
    EXPECT_EQ(bad.error().span.line, 4u);
}

TEST(Manifest, KnowsExtrasInEverySpelling) {
    const std::string twice = "[project]\nname = \"p\"\nversion = \"1\"\n[project.optional-dependencies]\na-b = []\nA_B = []\n";
    const std::string theirs = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n";
    auto bad = parse_manifest(twice);
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().message, "`A_B` and `a-b` are the same extra name");
    EXPECT_EQ(bad.error().span.line, 6u);
    EXPECT_FALSE(parse_manifest(twice + "[build-system]\nrequires = [\"adder_build\"]\nbuild-backend = \"adder_build\"\n").ok());
    EXPECT_FALSE(parse_manifest(twice + theirs + "[tool.adder]\n").ok());
    EXPECT_TRUE(parse_manifest(twice + theirs).ok());
}

TEST(DependencyGroups, NamesAreNormalised) {
    vectors::each("test_dependency_groups.json", "test_normalized_name_is_used_for_include_group_lookups", "group_name_declared",
                  [](base::JsonValue declared) {
                      for (const char* used : {"foo-bar", "foo_bar", "foo..bar"}) {
                          Manifest m = MUST(parse_manifest("[dependency-groups]\n\"" + std::string(declared.at(0).string()) +
                                                           "\" = [\"spam\"]\nb = [{include-group = \"" + used + "\"}]\n"));
                          EXPECT_EQ(MUST(resolve_group(m.groups, "b")).size(), 1u);
                      }
                  });
    for (const char* item : {"{}", "{foo = 'bar'}", "{include-group = 'testing', foo = 'bar'}", "{include-group = 5}"})
        EXPECT_FALSE(parse_manifest("[dependency-groups]\ntesting = []\na = [" + std::string(item) + "]\n").ok()) << item;
}

TEST(RequirementsTxt, PipsGrammar) {
    auto read = [](const std::string& path) -> base::Result<std::string> {
        if (path == "sub/more.txt") return std::string("-c limits.txt\nmore\n");
        if (path == "sub/limits.txt") return std::string("more<2\n");
        return base::Error(base::ErrorKind::Io, "no " + path);
    };
    auto variable = [](const std::string& name, std::string& value) {
        value = "secret";
        return name == "TOKEN";
    };
    RequirementsFile f = MUST(parse_requirements_txt(
        "# comment\n--index-url https://${TOKEN}@x/simple\n--extra-index-url=https://z/${token}\n"
        "requests[socks] >= 2, \\\n    < 3 ; python_version < '4'  # trailing\n-r sub/more.txt\n-e ./here[a,b] ; python_version >= \"3\"\n"
        "./wheels/a-1.0-py3-none-any.whl --hash=sha256:aa \\\n   --hash sha256:bb\nname @ https://h/x.zip#sha256=cc ; os_name == 'nt'\n"
        "--no-binary a,b\n--pre\n-fhttps://links\n",
        "r.txt", read, variable));
    EXPECT_EQ(f.index_url, "https://secret@x/simple");
    EXPECT_EQ(f.extra_index_urls, (std::vector<std::string>{"https://z/${token}"}));
    ASSERT_EQ(f.requirements.size(), 5u);
    EXPECT_EQ(f.requirements[0].requirement.text(), "requests[socks]<3,>=2; python_version < \"4\"");
    EXPECT_EQ(f.requirements[1].requirement.key, "more");
    EXPECT_EQ(f.requirements[1].origin, "sub/more.txt");
    EXPECT_TRUE(f.requirements[2].editable);
    EXPECT_EQ(f.requirements[2].requirement.url, "./here");
    EXPECT_EQ(f.requirements[2].requirement.marker.text(), "python_version >= \"3\"");
    EXPECT_EQ(f.requirements[2].requirement.extras, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(f.requirements[3].hashes, (std::vector<std::string>{"sha256:aa", "sha256:bb"}));
    EXPECT_FALSE(f.requirements[3].has_name);
    EXPECT_EQ(f.requirements[4].requirement.url, "https://h/x.zip#sha256=cc");
    ASSERT_EQ(f.constraints.size(), 1u);
    EXPECT_EQ(f.constraints[0].requirement.text(), "more<2");
    EXPECT_TRUE(f.pre);
    EXPECT_EQ(f.no_binary, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(f.find_links, (std::vector<std::string>{"https://links"}));
}

TEST(RequirementsTxt, ErrorsNameTheLine) {
    auto read = [](const std::string&) -> base::Result<std::string> { return std::string("-r r.txt\n"); };
    auto check = [&](const char* text, uint32_t line) {
        auto bad = parse_requirements_txt(text, "r.txt", read, nullptr);
        ASSERT_FALSE(bad.ok()) << text;
        EXPECT_EQ(bad.error().span.line, line) << text;
    };
    check("a\n\nb >= x\n", 3);
    check("--nonsense\n", 1);
    check("a --hash=abc\n", 1);
    check("-r\n", 1);
    check("a\n-r other.txt\n", 1);  // other.txt includes r.txt again: its own first line
}
