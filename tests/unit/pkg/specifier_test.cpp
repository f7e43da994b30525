// Specifiers and sets against packaging's own suite (test_specifiers, test_ranges).
// Of poetry-core's tables test_specifiers is run; its other constraint tables are about poetry's own syntax and rules
// (carets, tildes, "||", local versions after >=).
// Left out: hashing, pickling, repr, laziness and configured `prereleases` attributes (Python objects); conversion of
// ranges back to specifier text (no such function here); equivalence grids are run on the set form below.
#include "pkg/specifier.h"

#include "tests/unit/pkg/vectors.h"

#include "base/text.h"

using namespace pkg;

namespace {

SpecifierSet set_of(std::string_view text) {
    auto parsed = parse_specifier_set(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? *parsed : SpecifierSet();
}

// The policy that packaging's two arguments (the set's own, the call's) amount to.
Prereleases policy(base::JsonValue own, base::JsonValue call) {
    base::JsonValue value = call.is_bool() ? call : own;
    if (!value.is_bool()) return Prereleases::Default;
    return value.boolean() ? Prereleases::Allow : Prereleases::Forbid;
}

// A candidate in the vectors is text, or a Version object, which packaging compares by its normalised text.
std::string candidate(base::JsonValue value) {
    std::string text = vectors::text(value);
    if (value.is_object())
        if (auto parsed = parse_version(text); parsed.ok()) return parsed->text();
    return text;
}

void check_filter(base::JsonValue set, Prereleases how, base::JsonValue input, base::JsonValue expected) {
    std::vector<std::string> candidates, want, got;
    for (size_t i = 0; i < input.size(); i++) candidates.push_back(candidate(input.at(i)));
    for (size_t i = 0; i < expected.size(); i++) want.push_back(candidate(expected.at(i)));
    for (size_t i : set_of(set.string()).filter(candidates, how)) got.push_back(candidates[i]);
    EXPECT_EQ(got, want) << set.string() << " " << input.text();
}

}  // namespace

TEST(Specifier, AcceptsValid) {
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifiers_valid", "specifier", [](base::JsonValue c) {
        auto parsed = parse_specifier(c.at(0).string());
        ASSERT_TRUE(parsed.ok()) << c.text();
    });
}

TEST(Specifier, RefusesInvalid) {
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifiers_invalid", "specifier",
                  [](base::JsonValue c) { EXPECT_FALSE(parse_specifier(c.at(0).string()).ok()) << c.text(); });
}

TEST(Specifier, NormalizesTheVersion) {
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifiers_normalized", "version", [](base::JsonValue c) {
        std::string version(c.at(0).string());
        for (const char* op : {"==", "!=", ">=", "<=", "<", ">", "~="}) {
            bool local = version.find('+') != std::string::npos;
            if (local && op[0] != '=' && op[0] != '!') continue;
            if (op[0] == '~' && MUST(parse_version(version)).release_size() < 2) continue;
            EXPECT_TRUE(parse_specifier(op + version).ok()) << op << version;
        }
    });
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifiers_str_and_repr", "specifier,expected",
                  [](base::JsonValue c) { EXPECT_EQ(MUST(parse_specifier(c.at(0).string())).text(), c.at(1).string()); });
}

TEST(Specifier, Contains) {
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifiers", "version,spec_str,expected",
                  [](base::JsonValue c) {
                      Version version = MUST(parse_version(vectors::text(c.at(0))));
                      Specifier spec = MUST(parse_specifier(c.at(1).string()));
                      EXPECT_EQ(spec.contains(version), c.at(2).boolean()) << c.text();
                      EXPECT_EQ(spec.to_set().contains(version), c.at(2).boolean()) << c.text();
                  });
    auto by_text = [](base::JsonValue c) {
        EXPECT_EQ(MUST(parse_specifier(c.at(0).string())).contains_text(candidate(c.at(1))), c.at(2).boolean()) << c.text();
    };
    vectors::each("test_specifiers.json", "TestSpecifier.test_invalid_version", "spec_str,version,expected", by_text);
    vectors::each("test_specifiers.json", "TestSpecifier.test_arbitrary_equality_normalization",
                  "spec_str,version,expected", by_text);
    vectors::each("test_specifiers.json", "TestSpecifier.test_arbitrary_equality", "version,spec_str,expected",
                  [](base::JsonValue c) {
                      bool got = MUST(parse_specifier(c.at(1).string())).contains_text(candidate(c.at(0)));
                      EXPECT_EQ(got, c.at(2).boolean()) << c.text();
                  });
}

TEST(Specifier, DetectsPrereleases) {
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifier_prereleases_detection", "specifier,expected",
                  [](base::JsonValue c) {
                      bool got = MUST(parse_specifier(c.at(0).string())).mentions_prerelease();
                      EXPECT_EQ(got, c.at(1).boolean()) << c.text();
                  });
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifiers_prereleases",
                  "specifier,version,spec_pre,contains_pre,expected", [](base::JsonValue c) {
                      bool got = set_of(c.at(0).string()).contains_text(candidate(c.at(1)), policy(c.at(2), c.at(3)));
                      EXPECT_EQ(got, c.at(4).boolean()) << c.text();
                  });
}

TEST(Specifier, Equality) {
    auto check = [](bool expected) {
        return [expected](base::JsonValue c) {
            bool equal = set_of(c.at(0).string()) == set_of(c.at(1).string());
            EXPECT_EQ(c.at(2)["name"].string() == "eq" ? equal : !equal, expected) << c.text();
        };
    };
    for (const char* type : {"TestSpecifier", "TestSpecifierSet"}) {
        vectors::each("test_specifiers.json", std::string(type) + ".test_comparison_true", "left,right,op", check(true));
        vectors::each("test_specifiers.json", std::string(type) + ".test_comparison_false", "left,right,op", check(false));
        vectors::each("test_specifiers.json", std::string(type) + ".test_comparison_canonicalizes", "left,right",
                      [](base::JsonValue c) { EXPECT_TRUE(set_of(c.at(0).string()) == set_of(c.at(1).string())); });
    }
}

TEST(SpecifierSet, Filters) {
    for (const char* type : {"TestSpecifier", "TestSpecifierSet"})
        vectors::each("test_specifiers.json", std::string(type) + ".test_specifier_filter",
                      "specifier,specifier_prereleases,prereleases,input,expected", [](base::JsonValue c) {
                          check_filter(c.at(0), policy(c.at(1), c.at(2)), c.at(3), c.at(4));
                      });
    vectors::each("test_specifiers.json", "TestSpecifier.test_specifier_filter_arbitrary_equality_normalization",
                  "specifier,input,expected",
                  [](base::JsonValue c) { check_filter(c.at(0), Prereleases::Default, c.at(1), c.at(2)); });
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_filter_exclusionary_bridges",
                  "specifier,prereleases,input,expected",
                  [](base::JsonValue c) { check_filter(c.at(0), policy(c.at(1), c.at(1)), c.at(2), c.at(3)); });
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_empty_specifier_arbitrary_string",
                  "prereleases,versions,expected", [](base::JsonValue c) {
                      std::vector<std::string> in, want, got;
                      for (size_t i = 0; i < c.at(1).size(); i++) in.emplace_back(c.at(1).at(i).string());
                      for (size_t i = 0; i < c.at(2).size(); i++) want.emplace_back(c.at(2).at(i).string());
                      for (size_t i : SpecifierSet().filter(in, policy(c.at(0), c.at(0)))) got.push_back(in[i]);
                      EXPECT_EQ(got, want) << c.text();
                  });
}

TEST(SpecifierSet, Contains) {
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_contains_exclusionary_bridges",
                  "specifier,prereleases,version,expected", [](base::JsonValue c) {
                      SpecifierSet set = set_of(c.at(0).string());
                      EXPECT_EQ(set.contains_text(c.at(2).string(), policy(c.at(1), c.at(1))), c.at(3).boolean()) << c.text();
                      Version version = MUST(parse_version(c.at(2).string()));
                      EXPECT_EQ(set.to_set().contains(version), set.contains(version)) << c.text();
                  });
    auto three = [](base::JsonValue c) {
        EXPECT_EQ(set_of(c.at(0).string()).contains_text(candidate(c.at(1)), Prereleases::Default), c.at(2).boolean())
            << c.text();
    };
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_contains_post_release_boundary_intersection",
                  "spec_str,version,expected", three);
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_contains_arbitrary_equality_normalization",
                  "spec_str,version,expected", three);
    vectors::each("test_specifiers.json", "test_boundary_closure_short_release", "spec_str,version_str,expected", three);
    auto version_first = [](base::JsonValue c) {
        EXPECT_EQ(set_of(c.at(1).string()).contains_text(candidate(c.at(0)), Prereleases::Default), c.at(2).boolean())
            << c.text();
    };
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_contains_arbitrary_equality_contains",
                  "version,specifier,expected", version_first);
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_comparison_ignores_local", "version,specifier,expected",
                  version_first);
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_specifier_contains_installed_prereleases",
                  "specifier,version,spec_prereleases,contains_prereleases,installed,expected", [](base::JsonValue c) {
                      Version version = MUST(parse_version(c.at(1).string()));
                      bool installed_pre = c.at(4).boolean() && version.is_prerelease();
                      Prereleases how = installed_pre ? Prereleases::Allow : policy(c.at(2), c.at(3));
                      EXPECT_EQ(set_of(c.at(0).string()).contains(version, how), c.at(5).boolean()) << c.text();
                  });
}

TEST(SpecifierSet, Relations) {
    auto sets = [](base::JsonValue c) {
        return std::pair(set_of(c.at(0).string()).to_set(), set_of(c.at(1).string()).to_set());
    };
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_is_subset", "left,right,expected", [&](base::JsonValue c) {
        EXPECT_EQ(sets(c).first.subset_of(sets(c).second), c.at(2).boolean()) << c.text();
    });
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_is_superset", "left,right,expected", [&](base::JsonValue c) {
        EXPECT_EQ(sets(c).second.subset_of(sets(c).first), c.at(2).boolean()) << c.text();
    });
    vectors::each("test_specifiers.json", "TestSpecifierSet.test_is_disjoint", "left,right,expected", [&](base::JsonValue c) {
        EXPECT_EQ(sets(c).first.disjoint(sets(c).second), c.at(2).boolean()) << c.text();
    });
}

TEST(SpecifierSet, Unsatisfiable) {
    auto check = [](Prereleases how, bool expected) {
        return [how, expected](base::JsonValue c) {
            EXPECT_EQ(set_of(c.at(0).string()).is_unsatisfiable(how), expected) << c.text();
        };
    };
    const std::string type = "TestIsUnsatisfiable.";
    const char* file = "test_specifiers.json";
    vectors::each(file, type + "test_unsatisfiable", "spec_str", check(Prereleases::Default, true));
    vectors::each(file, type + "test_satisfiable", "spec_str", check(Prereleases::Default, false));
    vectors::each(file, type + "test_unsatisfiable_prereleases_false", "spec_str", check(Prereleases::Forbid, true));
    vectors::each(file, type + "test_satisfiable_prereleases_false", "spec_str", check(Prereleases::Forbid, false));
    vectors::each(file, type + "test_post_release_boundary_unsatisfiable", "spec_str", check(Prereleases::Default, true));
    vectors::each("test_ranges.json", "TestEmptyMatchesUnsatisfiable.test_prerelease_only_empty_when_policy_excludes",
                  "spec", check(Prereleases::Forbid, true));
    vectors::each("test_ranges.json", "TestEmptyMatchesUnsatisfiable.test_non_prerelease_bounds_survive", "spec",
                  check(Prereleases::Forbid, false));
}

TEST(Specifier, PoetrysTable) {
    vectors::each_of_poetry("constraints_version_test_version_range", "test_specifiers", [](base::JsonValue c) {
        Version version = MUST(parse_version(c.at(0).string()));
        auto spec = parse_specifier(c.at(1).string());
        if (!spec.ok()) {
            // Poetry takes ".*" after suffixes; PEP 440 does not.
            EXPECT_TRUE(c.at(1).string().ends_with(".*")) << c.text();
            return;
        }
        EXPECT_EQ(spec->to_set().contains(version), c.at(2).boolean()) << c.text();
    });
}

TEST(VersionSet, MatchesPackagingsRanges) {
    vectors::each("test_ranges.json", "TestToRange.test_operators", "spec,inside,outside", [](base::JsonValue c) {
        VersionSet set = set_of(c.at(0).string()).to_set();
        EXPECT_TRUE(set.contains(MUST(parse_version(c.at(1).string()))));
        EXPECT_FALSE(set.contains(MUST(parse_version(c.at(2).string()))));
    });
    vectors::each("test_ranges.json", "TestSyntheticEmptyGaps.test_is_empty", "spec",
                  [](base::JsonValue c) { EXPECT_TRUE(set_of(c.at(0).string()).to_set().is_empty()) << c.text(); });
    vectors::each("test_ranges.json", "TestSyntheticEmptyGaps.test_not_empty", "spec",
                  [](base::JsonValue c) { EXPECT_FALSE(set_of(c.at(0).string()).to_set().is_empty()) << c.text(); });
    vectors::each("test_ranges.json", "TestBoundaryCanonicalization.test_equal_and_hash", "dev_form,boundary_form",
                  [](base::JsonValue c) {
                      EXPECT_TRUE(set_of(c.at(0).string()).to_set() == set_of(c.at(1).string()).to_set()) << c.text();
                  });
}

TEST(VersionSet, AlgebraAgreesWithMembership) {
    vectors::with_file("packaging-vectors/test_ranges.json", [](base::JsonValue root) {
        std::vector<VersionSet> sets;
        std::vector<Version> versions;
        base::JsonValue specs = root["constants"]["_GRID_SPECS"], grid = root["constants"]["_GRID_VERSIONS"];
        for (size_t i = 0; i < specs.size(); i++) sets.push_back(set_of(specs.at(i).string()).to_set());
        for (size_t i = 0; i < grid.size(); i++) versions.push_back(MUST(parse_version(grid.at(i).string())));
        for (const VersionSet& a : sets) {
            EXPECT_TRUE(a.complement().complement() == a);
            for (const VersionSet& b : sets) {
                VersionSet both = a.intersection(b), either = a.unite(b);
                EXPECT_EQ(a.disjoint(b), both.is_empty());
                EXPECT_EQ(a.subset_of(b), both == a);
                EXPECT_TRUE(both.complement() == a.complement().unite(b.complement()));
                for (const Version& v : versions) {
                    EXPECT_EQ(both.contains(v), a.contains(v) && b.contains(v)) << a.text() << " & " << b.text() << " " << v.text();
                    EXPECT_EQ(either.contains(v), a.contains(v) || b.contains(v));
                }
            }
        }
    });
}

TEST(VersionSet, Text) {
    auto text = [](const char* spec) { return set_of(spec).to_set().text(); };
    EXPECT_EQ(text(""), "");
    EXPECT_EQ(text(">=1.0,<2.0"), ">=1.0,<2.0");
    EXPECT_EQ(text("==1.2.*"), "==1.2.*");
    EXPECT_EQ(text("!=1.5"), "!=1.5");
    EXPECT_EQ(text("~=1.4.2"), ">=1.4.2,<1.5");
    EXPECT_EQ(text(">=1,!=1.5,!=1.6.*,<2"), ">=1,!=1.5,!=1.6.*,<2");
    EXPECT_EQ(text(">2,<1"), "<none>");
    EXPECT_EQ(set_of("==1.0").to_set().unite(set_of(">3").to_set()).text(), "==1.0 | >3");
}

TEST(VersionSet, ExactText) {
    for (const char* spec : {"<2", ">=2", "<=2", ">2.post1", ">=2.dev0", "!=0.*", ">2.0a1", "<2.0a1"}) {
        VersionSet set = set_of(spec).to_set(), rest = set.complement();
        EXPECT_TRUE(set_of(set.text(VersionSet::Spelling::Exact)).to_set() == set) << spec;
        std::string opposite = rest.text(VersionSet::Spelling::Exact);
        // What ends above the post-releases of a version has no clause.
        bool sayable = std::string_view(spec) != ">2.0a1";
        EXPECT_EQ(set_of(opposite).to_set() == rest, sayable) << spec << " " << opposite;
    }
    VersionSet below = set_of("<2").to_set();
    EXPECT_EQ(below.complement().text(), ">=2");
    EXPECT_EQ(below.complement().text(VersionSet::Spelling::Exact), ">=2.dev0");
    EXPECT_EQ(set_of(">=2").to_set().complement().text(VersionSet::Spelling::Exact), "<=2,!=2");
}

TEST(Specifier, ErrorsCutNoCharacter) {
    for (std::string before : {"", "a"}) {
        for (int i = 0; i < 99; i++) before += "é";
        EXPECT_TRUE(base::is_utf8(parse_specifier_set(before).error().message));
    }
}

TEST(Specifier, WrittenTextIsWhatWasRead) {
    auto written = [](std::string_view text) {
        auto set = parse_specifier_set(text);
        return set.ok() ? set->text() : "<" + set.error().message + ">";
    };
    EXPECT_EQ(written(">=\u20031\x1f,\u00a0<2"), ">=1,<2");
    EXPECT_EQ(written("=== \x0b" "2\u2003"), "===2");
    for (std::string_view bad : {"== 1.0\u00a0.*", "==1.0 .*", "=== 0.\x0b" "2", "===a\u2003b", "===a\x1f" "b"})
        EXPECT_FALSE(parse_specifier_set(bad).ok()) << bad;
}

// The grammar of PEP 508 as packaging reads it.
TEST(Specifier, RequirementsAreNarrower) {
    for (std::string_view good : {"", " \t", ">=1", " >=1 , <2\t", ">=1,", ">=1, ", ">= \u20031", "===x"})
        EXPECT_TRUE(parse_requirement_specifiers(good).ok()) << good;
    for (std::string_view bad : {",", " ,", ",>=1", ">=1,,<2", ">=1,,", "\f", ">=1\f", ">=1\u2003", ">=1\x1f", ">=1\x0b,<2", ">=1,\x1f<2", "== 1.0\u00a0.*", "=== 0.\x0b" "2"})
        EXPECT_FALSE(parse_requirement_specifiers(bad).ok()) << bad;
}
