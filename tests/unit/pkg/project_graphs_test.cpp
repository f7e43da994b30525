// Groups that include groups and extras that ask for extras: each is gone through once, however many ways lead to it.
#include <gtest/gtest.h>

#include "pkg/lock/lock_resolution.h"
#include "pkg/manifest.h"

using namespace pkg;

namespace {

constexpr int kMany = 60;  // 2^30 ways and more

// N lines "PREFIX<i> = [ITEM(i-1), ITEM(i-2)]" behind one that asks for `a`.
template <class Item>
std::string lattice(const std::string& prefix, Item item) {
    std::string out = prefix + "0 = [\"a\"]\n";
    for (int i = 1; i < kMany; i++)
        out += prefix + std::to_string(i) + " = [" + item(i - 1) + ", " + item(i > 1 ? i - 2 : 0) + "]\n";
    return out;
}

const std::string kHead = "[project]\nname = \"p\"\nversion = \"1\"\n";

}  // namespace

TEST(ProjectGraphs, GroupsByManyWays) {
    Manifest manifest = MUST(parse_manifest(
        kHead + "[dependency-groups]\n" + lattice("g", [](int i) { return "{include-group = \"g" + std::to_string(i) + "\"}"; }), "pyproject.toml"));
    EXPECT_EQ(MUST(resolve_group(manifest.groups, "g" + std::to_string(kMany - 1))).size(), 1u);
    EXPECT_EQ(MUST(request_of(manifest)).roots.size(), (size_t)kMany);
}

TEST(ProjectGraphs, CirclesOfGroups) {
    std::string text = "[dependency-groups]\na = [{include-group = \"b\"}]\nb = [{include-group = \"c\"}, \"x\"]\nc = [{include-group = \"b\"}]\n";
    auto circle = parse_manifest(kHead + text, "pyproject.toml");
    ASSERT_FALSE(circle.ok());
    EXPECT_NE(circle.error().message.find("a → b → c → b"), std::string::npos) << circle.error().message;
}

TEST(ProjectGraphs, ExtrasByManyWays) {
    Manifest manifest = MUST(parse_manifest(
        kHead + "[project.optional-dependencies]\n" + lattice("e", [](int i) { return "\"p[e" + std::to_string(i) + "]\""; }), "pyproject.toml"));
    EXPECT_EQ(MUST(request_of(manifest)).roots.size(), (size_t)kMany);
}

TEST(ProjectGraphs, CirclesOfExtras) {
    Manifest manifest = MUST(parse_manifest(kHead +
                                                "[project.optional-dependencies]\none = [\"p[two]; sys_platform == 'linux'\"]\n"
                                                "two = [\"p[one]; os_name == 'posix'\", \"b\"]\n",
                                            "pyproject.toml"));
    std::vector<std::string> roots;
    for (const RootRequirement& root : MUST(request_of(manifest)).roots) roots.push_back(root.requirement.text());
    EXPECT_NE(std::find(roots.begin(), roots.end(), "b; sys_platform == \"linux\""), roots.end());
    EXPECT_NE(std::find(roots.begin(), roots.end(), "b"), roots.end());
}
