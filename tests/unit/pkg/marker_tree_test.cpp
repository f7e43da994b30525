// Marker algebra against poetry-core's tables, compared as conditions (equal trees), not as text.
// Left out: of test_validate, kernel releases that are no PEP 440 versions (poetry compares them as its own versions) and
// environments without `extra` (poetry answers "unknown" with true); tables about poetry's own normal forms and constraint syntax (cnf, dnf, exclude, only, reduce_by_python,
// parse_single_marker), which have no counterpart here.
#include "pkg/marker_tree.h"

#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

MarkerTree tree(std::string_view text) {
    if (text.empty()) return MarkerTree();
    if (text == "<empty>") return MarkerTree::never();
    auto parsed = parse_marker(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? MarkerTree::of(*parsed) : MarkerTree();
}

void poetry(const std::string& test, const std::function<void(base::JsonValue)>& check) {
    vectors::each_of_poetry("version_test_markers", test, check);
}

void expect_same(const MarkerTree& got, const MarkerTree& want, base::JsonValue c) {
    EXPECT_TRUE(got == want) << c.text() << "\n  got  " << got.text() << "\n  want " << want.text();
    // The printed form means the same again.
    if (!got.is_always() && !got.is_never()) {
        EXPECT_TRUE(tree(got.text()) == got) << got.text();
    }
}

}  // namespace

TEST(MarkerTree, Intersections) {
    for (const char* test : {"test_single_marker_intersect_is_single_marker", "test_single_marker_intersect_extras",
                             "test_intersection_no_endless_recursion"})
        poetry(test, [](base::JsonValue c) {
            expect_same(tree(c.at(0).string()) & tree(c.at(1).string()), tree(c.at(2).string()), c);
        });
    for (const char* test : {"test_single_marker_intersect_is_empty", "test_empty_marker_is_found_in_complex_intersection"})
        poetry(test, [](base::JsonValue c) {
            EXPECT_TRUE(tree(c.at(0).string()).disjoint(tree(c.at(1).string()))) << c.text();
        });
}

TEST(MarkerTree, Unions) {
    for (const char* test :
         {"test_single_marker_union_is_single_marker", "test_single_marker_union_with_multi_is_single_marker",
          "test_single_marker_union_extras", "test_multi_marker_union_multi_is_multi", "test_version_ranges_collapse_on_union"})
        poetry(test, [](base::JsonValue c) {
            expect_same(tree(c.at(0).string()) | tree(c.at(1).string()), tree(c.at(2).string()), c);
        });
    poetry("test_union_should_drop_markers_if_their_complement_is_present", [](base::JsonValue c) {
        expect_same(tree(c.at(0).string()), tree(c.at(1).string()), c);
    });
}

TEST(MarkerTree, Inverts) {
    poetry("test_invert", [](base::JsonValue c) {
        expect_same(!tree(c.at(0).string()), tree(c.at(1).string()), c);
        expect_same(!!tree(c.at(0).string()), tree(c.at(0).string()), c);
    });
}

TEST(MarkerTree, MergesPythonVersionWithFullVersion) {
    poetry("test_merging_python_version_and_python_full_version", [](base::JsonValue c) {
        MarkerTree a = tree("python_version " + std::string(c.at(0).string()));
        MarkerTree b = tree("python_full_version " + std::string(c.at(1).string()));
        // The tables give a bare bound, of python_version where it has two numbers and of python_full_version else.
        auto bound = [](std::string text) {
            if (text.empty() || text == "<empty>") return tree(text);
            bool full = std::count(text.begin(), text.end(), '.') > 1;
            return tree((full ? "python_full_version " : "python_version ") + text);
        };
        if (c.at(2).is_string()) expect_same(a & b, bound(std::string(c.at(2).string())), c);
        if (c.at(3).is_string()) expect_same(a | b, bound(std::string(c.at(3).string())), c);
    });
}

TEST(MarkerTree, Validates) {
    poetry("test_validate", [](base::JsonValue c) {
        std::string_view text = c.at(0).string();
        bool local_release = text.find("rpt-rpi") != text.npos || text.find("tegra' and") != text.npos;
        if (local_release || (text.find("extra ==") != text.npos && !c.at(1)["extra"])) return;
        MarkerEnvironment environment = MarkerEnvironment::linux_cpython("3.11.2");
        std::vector<std::string> extras;
        for (size_t i = 0; i < c.at(1).size(); i++) {
            base::JsonValue value = c.at(1).at(i);
            if (c.at(1).key_at(i) != "extra") {
                EXPECT_TRUE(environment.set(c.at(1).key_at(i), value.string()));
                if (c.at(1).key_at(i) == "python_version") environment[MarkerVariable::PythonFullVersion] = value.string();
            }
            if (value.is_string() && c.at(1).key_at(i) == "extra") extras.emplace_back(value.string());
            for (size_t e = 0; e < value.size(); e++) extras.emplace_back(value.at(e).string());
        }
        auto parsed = parse_marker(text);
        ASSERT_TRUE(parsed.ok()) << text;
        EXPECT_EQ(parsed->evaluate(environment, extras), c.at(2).boolean()) << c.text();
        EXPECT_EQ(MarkerTree::of(*parsed).evaluate(environment, extras), c.at(2).boolean()) << "tree: " << c.text();
    });
}

TEST(MarkerTree, ReadsPackagingsMarkersAlike) {
    // The tree must answer as the written marker does wherever both are defined.
    vectors::each("test_markers.json", "TestMarker.test_parses_valid", "marker_string", [](base::JsonValue c) {
        Marker written = MUST(parse_marker(c.at(0).string()));
        MarkerEnvironment environment = MarkerEnvironment::linux_cpython("3.11.2");
        environment[MarkerVariable::PlatformRelease] = "6.1.0";
        auto value = written.try_evaluate(environment);
        if (!value.ok()) return;
        EXPECT_EQ(MarkerTree::of(written).evaluate(environment), *value) << c.text();
    });
}

namespace {

// Every comparison of a version variable with literals of every shape, on either side.
std::vector<std::string> version_comparisons() {
    std::vector<std::string> out;
    for (const char* variable : {"python_version", "python_full_version", "implementation_version", "platform_release"})
        for (const char* op : {"==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in"})
            for (const char* literal : {"3", "3.8", "3.8.0", "3.11.2", "3.*", "3.8.*", "3.11.post1", "3.11.2.post1", "2.7rc1", "3.11.dev0", "3.8+local",
                                        "3.8rc1.post2", "3.8.post1.dev2", "1!3.8", "4", "3.8 3.11", "3.* 3.11.2", "x", ""}) {
                std::string text = "'" + std::string(literal) + "'";
                out.push_back(std::string(variable) + " " + op + " " + text);
                // How many numbers a kernel's release has is not known: the FIXME of marker_build.cpp.
                bool compatible_release = std::string_view(op) == "~=" && std::string_view(variable) == "platform_release";
                if (!compatible_release) out.push_back(text + " " + op + " " + variable);
            }
    return out;
}

std::vector<MarkerEnvironment> python_environments() {
    std::vector<MarkerEnvironment> out;
    for (const char* python : {"2.7.0", "2.7.18", "3.0.0", "3.7.9", "3.8.0", "3.8.1", "3.9.7", "3.10.0", "3.11.0", "3.11.1", "3.11.2", "3.11.3", "4.0.0"}) {
        out.push_back(MarkerEnvironment::linux_cpython(python));
        out.back()[MarkerVariable::PlatformRelease] = python;
    }
    for (const char* release : {"3.8", "3.11", "3", "3.8.post1", "3.11.post0", "2.7rc2", "3.8rc1", "3.8.post1.dev1", "3.11.dev1"}) {
        out.push_back(MarkerEnvironment::linux_cpython("3.8.1"));
        out.back()[MarkerVariable::PlatformRelease] = release;
    }
    return out;
}

}  // namespace

TEST(MarkerTree, ComparesVersionsAsTheEvaluatorDoes) {
    std::vector<MarkerEnvironment> environments = python_environments();
    std::vector<MarkerTree> trees;
    std::vector<std::vector<bool>> values;
    std::vector<std::string> texts = version_comparisons();
    for (const std::string& text : texts) {
        Marker written = MUST(parse_marker(text));
        MarkerTree condition = MarkerTree::of(written);
        Marker printed = condition.is_always() ? Marker() : MUST(parse_marker(condition.text()));
        std::vector<bool> value;
        for (const MarkerEnvironment& e : environments) {
            value.push_back(written.evaluate(e));
            std::string where = text + " as `" + condition.text() + "` at " + e[MarkerVariable::PythonFullVersion] + ", " + e[MarkerVariable::PlatformRelease];
            EXPECT_EQ(condition.evaluate(e), value.back()) << where;
            EXPECT_EQ(printed.evaluate(e), value.back()) << "printed: " << where;
        }
        trees.push_back(std::move(condition));
        values.push_back(std::move(value));
    }
    // Where both hold somewhere, they are not disjoint. Each with one of seven is enough to see.
    for (size_t i = 0; i < trees.size(); i++)
        for (size_t j = i % 7; j < trees.size(); j += 7) {
            bool both = false;
            for (size_t e = 0; e < environments.size(); e++) both = both || (values[i][e] && values[j][e]);
            EXPECT_FALSE(both && trees[i].disjoint(trees[j])) << texts[i] << " and " << texts[j];
        }
}

TEST(MarkerTree, KeepsTheSidesOfAComparison) {
    auto text = [](const char* marker) { return tree(marker).text(); };
    EXPECT_TRUE(tree("'3.*' == python_version").is_never());
    EXPECT_TRUE(tree("'3.8+local' == python_version") == tree("python_version == '3.8'"));
    EXPECT_EQ(text("'2.7rc1' < python_version"), "python_version >= '2.8'");
    EXPECT_EQ(text("'3.11.post1' > python_version"), "python_version < '3.11'");
    EXPECT_EQ(text("'3.10' ~= python_version"), "python_version >= '3.0' and python_version < '3.11'");
    EXPECT_TRUE(tree("'3' === python_version").is_never());
    EXPECT_TRUE(tree("python_full_version === '3.11'").is_never());
    EXPECT_TRUE(tree("python_version === '3.11'") == tree("python_version == '3.11'"));
    // Texts of two variables are two questions.
    EXPECT_FALSE(tree("python_version == 'a'").disjoint(tree("python_full_version == 'b'")));
}

TEST(MarkerTree, Simplifies) {
    auto text = [](const char* marker) { return tree(marker).text(); };
    EXPECT_EQ(text("python_version >= '3.8' or python_version < '3.8'"), "");
    EXPECT_EQ(text("python_version == '3.8'"), "python_version == '3.8'");
    EXPECT_EQ(text("python_full_version >= '3.8.0' and python_version < '3.9'"), "python_version == '3.8'");
    EXPECT_EQ(text("sys_platform == 'win32' or sys_platform != 'win32'"), "");
    EXPECT_EQ(text("(python_version < '3' and os_name == 'a') or os_name == 'a'"), "os_name == 'a'");
    EXPECT_EQ(text("os_name == 'a' and os_name == 'b'"), "python_version < '0'");
    EXPECT_EQ(text("python_version >= '3.8' or sys_platform == 'win32'"), "sys_platform == 'win32' or python_version >= '3.8'");
    EXPECT_EQ(text("platform_machine in 'x86_64 arm64' and platform_machine == 'x86_64'"), "platform_machine == 'x86_64'");
    EXPECT_EQ(tree("python_version >= '3.9' and os_name == 'nt'").assuming(tree("python_version >= '3.10'")).text(),
              "os_name == 'nt'");
    EXPECT_EQ(tree("python_version >= '3.9' and os_name == 'nt'").python_versions().text(), ">=3.9");
    // Pre-releases of an implementation count, unlike Python's own.
    EXPECT_EQ(text("implementation_version >= '3.9.dev0'"), "implementation_version >= '3.9.dev0'");
    EXPECT_TRUE(tree((!tree("implementation_version <= '3.9'")).text()) == !tree("implementation_version <= '3.9'"));
}

TEST(MarkerTree, DecidesExtras) {
    poetry("test_without_extras", [](base::JsonValue c) { tree(c.at(0).string()); });
    MarkerTree m = tree("python_version >= '3.6' and (extra == 'foo' or extra == 'bar')");
    EXPECT_TRUE(m.without_extras().is_never());
    EXPECT_EQ(m.with_extras({"foo"}).text(), "python_version >= '3.6'");
    EXPECT_TRUE(m.mentions_extra());
    EXPECT_FALSE(m.with_extras({"foo"}).mentions_extra());
}

namespace {

std::string repeated(int count, std::string_view between, std::string (*part)(int)) {
    std::string text;
    for (int i = 0; i < count; i++) text += (i ? std::string(between) : "") + part(i);
    return text;
}

}  // namespace

// A diagram with the questions in a fixed order needs 2^40 nodes for this one.
TEST(MarkerTree, RefusesWhatGrowsWithoutBound) {
    std::string text = repeated(40, " or ", [](int i) {
        return "extra == 'a" + std::to_string(i) + "' and extra == 'b" + std::to_string(i) + "'";
    });
    auto marker = parse_marker(text);
    ASSERT_FALSE(marker.ok());
    EXPECT_EQ(marker.error().message, "the marker's conditions combine in too many ways");
}

TEST(MarkerTree, IsNeverDeeperThanAStackBears) {
    auto chain = [](size_t count, size_t different, const char* before, const char* after) {
        std::string out;
        for (size_t i = 0; i < count; i++)
            out += (i ? " or " : "") + (before + std::to_string(i % different)) + after;
        return parse_marker(out);
    };
    for (auto [before, after] : {std::pair("extra == 'm", "'"), std::pair("'m", "' in platform_version"), std::pair("os_name not in 'm", "'"),
                                 std::pair("'m", "' in dependency_groups")}) {
        auto marker = chain(100000, 100000, before, after);
        ASSERT_FALSE(marker.ok());
        EXPECT_EQ(marker.error().message, "the marker's conditions combine in too many ways");
        EXPECT_TRUE(chain(1000, 1000, before, after).ok());
        EXPECT_TRUE(chain(100000, 900, before, after).ok());
    }
}

// Printed path by path it is long, and each path makes nodes when it is read; what we print we read.
TEST(MarkerTree, ReadsWhatItPrints) {
    std::string text = repeated(9, " or ", [](int i) {
        return "extra == 'a" + std::to_string(i) + "' and extra == 'b" + std::to_string(i) + "'";
    });
    MarkerTree any = tree(text + " or extra == 'a10'");
    auto printed = parse_marker(any.text());
    ASSERT_TRUE(printed.ok()) << printed.error().message;
    EXPECT_TRUE(MarkerTree::of(*printed) == any);
}

TEST(MarkerTree, TakesLongListsAsTheyAre) {
    std::string text = repeated(300, " or ", [](int i) { return "extra == 'name" + std::to_string(i) + "'"; });
    MarkerTree any = tree(text);
    EXPECT_TRUE(tree(any.text()) == any);
    EXPECT_LT(any.text().size(), text.size() + 10);
    EXPECT_TRUE(((!any) & MarkerTree::extra("name7")).is_never());
}

// Nine alternatives: 512 ways to hold and nine to fail.
TEST(MarkerTree, PrintsTheShorterOfTwoForms) {
    std::string ordered = repeated(9, " and ", [](int i) {
        return "(extra == 'a" + std::to_string(i) + "' or extra == 'a" + std::to_string(i) + "b')";
    });
    MarkerTree all = tree(ordered);
    EXPECT_LT(all.text().size(), ordered.size() + 10);
    EXPECT_TRUE(tree(all.text()) == all);
}
