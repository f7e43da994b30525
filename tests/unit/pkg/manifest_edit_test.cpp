// Edits keep every byte they do not mean.
#include "pkg/manifest_edit.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pkg/manifest.h"

using namespace pkg;

namespace {

const DependencyList508 kProject{};
const DependencyList508 kDev{DependencyList508::Kind::Group, "dev"};
const DependencyList508 kExtra{DependencyList508::Kind::Extra, "Net"};
const std::string kHead = "[project]\nname = \"p\" # the name\nversion = \"1\"\n";

std::string add(const std::string& text, const char* requirement, const DependencyList508& where = kProject) {
    Requirement parsed = MUST(parse_requirement(requirement));
    std::string out = MUST(add_dependency(text, where, parsed));
    EXPECT_TRUE(parse_manifest(out).ok()) << out;
    return out;
}

std::string remove(const std::string& text, const char* name, const DependencyList508& where = kProject) {
    std::string out = MUST(remove_dependency(text, where, name));
    EXPECT_TRUE(parse_manifest(out).ok()) << out;
    return out;
}

}  // namespace

TEST(ManifestEdit, MakesMissingListsAndTables) {
    EXPECT_EQ(add(kHead, "click>=8"), kHead + "dependencies = [\n    \"click>=8\",\n]\n");
    EXPECT_EQ(add(kHead + "[project.scripts]\nx = \"a:b\"\n", "click"), kHead + "dependencies = [\n    \"click\",\n]\n[project.scripts]\nx = \"a:b\"\n");
    EXPECT_EQ(add(kHead, "pytest", kDev), kHead + "\n[dependency-groups]\ndev = [\n    \"pytest\",\n]\n");
    EXPECT_EQ(add(kHead, "httpx", kExtra), kHead + "\n[project.optional-dependencies]\nNet = [\n    \"httpx\",\n]\n");
    EXPECT_EQ(add(kHead + "dependencies = []\n", "a"), kHead + "dependencies = [\n    \"a\",\n]\n");
    EXPECT_EQ(add(kHead + "[dependency-groups]\nlint = ['ruff']\n[tool.x]\n", "pytest", kDev),
              kHead + "[dependency-groups]\nlint = ['ruff']\ndev = [\n    \"pytest\",\n]\n[tool.x]\n");
}

TEST(ManifestEdit, KeepsLayoutAndComments) {
    std::string lines = kHead + "dependencies = [\n  # first\n  'b', # why b\n  \"d\"  # last\n]  # end\n";
    EXPECT_EQ(add(lines, "c"), kHead + "dependencies = [\n  # first\n  'b', # why b\n  \"c\",\n  \"d\"  # last\n]  # end\n");
    EXPECT_EQ(add(lines, "e"), kHead + "dependencies = [\n  # first\n  'b', # why b\n  \"d\",  # last\n  \"e\"\n]  # end\n");
    EXPECT_EQ(add(kHead + "dependencies = [\"b\", \"d\"]\n", "c"), kHead + "dependencies = [\"b\", \"c\", \"d\"]\n");
    EXPECT_EQ(add(kHead + "dependencies = [\"b\", \"d\"]\n", "e"), kHead + "dependencies = [\"b\", \"d\", \"e\"]\n");
    EXPECT_EQ(add(kHead + "dependencies = [\"d\", \"b\", ]\n", "c"), kHead + "dependencies = [\"d\", \"b\", \"c\", ]\n");
    std::string accents = kHead + "dependencies = [\"a; platform_version == 'é'\", \"b\"";
    EXPECT_EQ(add(accents + "]\n", "c"), accents + ", \"c\"]\n");
}

TEST(ManifestEdit, ReplacesTheSameProject) {
    EXPECT_EQ(add(kHead + "dependencies = [\"Click>=7\", \"z\"] # c\n", "click>=8"), kHead + "dependencies = [\"click>=8\", \"z\"] # c\n");
    EXPECT_EQ(add(kHead + "dependencies = [\"a; os_name == 'nt'\"]\n", "a>1"), kHead + "dependencies = [\"a; os_name == 'nt'\", \"a>1\"]\n");
    EXPECT_EQ(add(kHead + "dependencies = [\"a; os_name == 'nt'\"]\n", "a>1; os_name == 'nt'"),
              kHead + "dependencies = [\"a>1; os_name == 'nt'\"]\n");
}

TEST(ManifestEdit, Removes) {
    EXPECT_EQ(remove(kHead + "dependencies = [\n    \"a\", # x\n    # about b\n    \"b\",\n]\n", "A"),
              kHead + "dependencies = [\n    # about b\n    \"b\",\n]\n");
    EXPECT_EQ(remove(kHead + "dependencies = [\"a\", \"b\"]\n", "a"), kHead + "dependencies = [\"b\"]\n");
    EXPECT_EQ(remove(kHead + "dependencies = [\"a\", \"b\"]\n", "b"), kHead + "dependencies = [\"a\"]\n");
    EXPECT_EQ(remove(kHead + "dependencies = [\"a\"]\n", "a"), kHead + "dependencies = []\n");
    EXPECT_EQ(remove(kHead + "dependencies = [\"a<1; os_name=='x'\", \"b\", \"a>1\"]\n", "a"), kHead + "dependencies = [\"b\"]\n");
    EXPECT_EQ(remove(kHead + "[dependency-groups]\nDev = [\"a\"]\n", "a", kDev), kHead + "[dependency-groups]\nDev = []\n");
    EXPECT_FALSE(remove_dependency(kHead, kProject, "none").ok());
}

TEST(ManifestEdit, KeepsCommasInFront) {
    std::string first = kHead + "dependencies = [\n    \"b\" # one\n  , \"d\" # two\n  , \"f\"\n]\n";
    EXPECT_EQ(remove(first, "b"), kHead + "dependencies = [\n  \"d\" # two\n  , \"f\"\n]\n");
    EXPECT_EQ(remove(first, "d"), kHead + "dependencies = [\n    \"b\" # one\n  , \"f\"\n]\n");
    EXPECT_EQ(remove(first, "f"), kHead + "dependencies = [\n    \"b\" # one\n  , \"d\" # two\n]\n");
    EXPECT_EQ(add(first, "c"), kHead + "dependencies = [\n    \"b\" # one\n  , \"c\"\n  , \"d\" # two\n  , \"f\"\n]\n");
    EXPECT_EQ(add(first, "g"), kHead + "dependencies = [\n    \"b\" # one\n  , \"d\" # two\n  , \"f\"\n  , \"g\"\n]\n");
    // Both ways in one list.
    std::string both = kHead + "dependencies = [ \"b\" , # one\n\t\"d\" # two\n\t, \"f\"\n]\n";
    EXPECT_EQ(remove(both, "b"), kHead + "dependencies = [ # one\n\t\"d\" # two\n\t, \"f\"\n]\n");
    EXPECT_EQ(remove(both, "d"), kHead + "dependencies = [ \"b\" , # one\n\t\"f\"\n]\n");
    EXPECT_EQ(remove(both, "f"), kHead + "dependencies = [ \"b\" , # one\n\t\"d\" # two\n]\n");
}

// Every way to set commas, line ends and comments between three items.
TEST(ManifestEdit, EditsArraysOfEveryLayout) {
    const std::string items[] = {"b", "d", "f"};
    const std::vector<std::string> betweens = {", ", " ,", ",\n\t", "\n, ", ", # b, \"x\"\n", " # b\n\t,\t", "\n,\n", " # b\n, # c\n"};
    const std::vector<std::string> ends = {"]", " ]\n", ",]", "\n]\n", ",\n]", " # e\n]", ", # e, ]\n]", "\n,\n]\n", "\n, ]", " # e\n  , # f\n]\n"};
    auto names = [](const std::string& text) {
        base::Result<Manifest> manifest = parse_manifest(text);
        EXPECT_TRUE(manifest.ok()) << text;
        std::string out;
        if (manifest.ok())
            for (const Dependency508& item : manifest->project.dependencies) out += item.requirement.key;
        return out;
    };
    for (const std::string open : {"[", "[\n  ", "[ # o, \n"})
        for (const std::string& one : betweens)
            for (const std::string& two : betweens)
                for (const std::string& end : ends) {
                    std::string text = kHead + "dependencies = " + open + "\"b\"" + one + "\"d\"" + two + "\"f\"" + end;
                    for (const std::string& item : items) {
                        std::string kept = "bdf", edited = MUST(remove_dependency(text, kProject, item));
                        kept.erase(kept.find(item), 1);
                        EXPECT_EQ(names(edited), kept) << item << " from\n" << text << "\ngave\n" << edited;
                        std::string left = MUST(remove_dependency(edited, kProject, kept.substr(0, 1)));
                        EXPECT_EQ(names(left), kept.substr(1)) << kept[0] << " from\n" << edited << "\ngave\n" << left;
                    }
                    for (const char* item : {"a", "c", "e", "g"}) {
                        Requirement requirement = MUST(parse_requirement(item));
                        std::string grown = std::string("bdf") + item, edited = MUST(add_dependency(text, kProject, requirement));
                        std::sort(grown.begin(), grown.end());
                        EXPECT_EQ(names(edited), grown) << item << " into\n" << text << "\ngave\n" << edited;
                    }
                }
}

TEST(ManifestEdit, RemovesSources) {
    std::string head = kHead + "[tool.adder.sources]\n", other = "b = { path = \"../b\" }\n";
    EXPECT_EQ(MUST(remove_source(head + "a = { path = \"../a\" } # here\n" + other, "A")), head + other);
    EXPECT_EQ(MUST(remove_source(head + "a = [\n  { path = \"../a\", marker = \"os_name == 'nt'\" },\n]\n" + other, "a")), head + other);
    // These are left alone.
    for (const std::string& text : {head + other, head + "a.path = \"../a\"\na.editable = true\n" + other,
                                    head + other + "[tool.adder.sources.a]\npath = \"../a\"\n",
                                    head + other + "[[tool.adder.sources.a]]\npath = \"../a\"\n",
                                    kHead + "[tool.adder]\nsources = { a = { path = \"../a\" }, b = { path = \"../b\" } }\n"})
        EXPECT_EQ(MUST(remove_source(text, "a")), text);
}

TEST(ManifestEdit, SetsTheVersion) {
    Version version = MUST(parse_version("2.0rc1"));
    EXPECT_EQ(MUST(set_version(kHead, version)), "[project]\nname = \"p\" # the name\nversion = \"2.0rc1\"\n");
}
