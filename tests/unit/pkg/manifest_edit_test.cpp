// Edits keep every byte they do not mean.
#include "pkg/manifest_edit.h"

#include <gtest/gtest.h>

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

TEST(ManifestEdit, SetsTheVersion) {
    Version version = MUST(parse_version("2.0rc1"));
    EXPECT_EQ(MUST(set_version(kHead, version)), "[project]\nname = \"p\" # the name\nversion = \"2.0rc1\"\n");
}
