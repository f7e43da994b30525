// The smaller tables of packaging's and poetry-core's vectors, one test each; what none runs is named with the reason in
// tests/spec/left_out.txt.
#include <algorithm>

#include "base/text.h"
#include "pkg/dist_name.h"
#include "pkg/lock/lock.h"
#include "pkg/manifest.h"
#include "pkg/marker_tree.h"
#include "pkg/metadata.h"
#include "pkg/requirement.h"
#include "pkg/tags.h"
#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

std::vector<std::string> strings(base::JsonValue list) {
    std::vector<std::string> out;
    for (size_t i = 0; i < list.size(); i++) out.emplace_back(list.at(i).string());
    return out;
}

SpecifierSet set_of(std::string_view text) {
    auto parsed = parse_specifier_set(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? *parsed : SpecifierSet();
}

Prereleases policy(base::JsonValue value) {
    return !value.is_bool() ? Prereleases::Default : value.boolean() ? Prereleases::Allow : Prereleases::Forbid;
}

bool takes(std::string_view spec, std::string_view version, Prereleases prereleases) {
    return !set_of(spec).filter({std::string(version)}, prereleases).empty();
}

// One comparison in poetry's words: "a", "!=a", "'a' in", "'a' not in".
MarkerTree comparison(std::string_view one, const std::string& variable) {
    bool differs = one.starts_with("!="), within = one.starts_with("'");
    std::string marker = within ? std::string(one) + " " + variable : variable + " == '" + std::string(one.substr(differs ? 2 : 0)) + "'";
    auto parsed = parse_marker(marker);
    EXPECT_TRUE(parsed.ok()) << marker;
    if (!parsed.ok()) return MarkerTree::never();
    MarkerTree tree = MarkerTree::of(*parsed);
    return differs ? !tree : tree;
}

// The condition that poetry writes as a constraint on one variable: "win32", "!=a, !=b", "a || b", "*", "".
// A list holds several spellings of one condition, which must agree.
MarkerTree condition(base::JsonValue value, const std::string& variable) {
    if (value.is_array()) {
        MarkerTree first = condition(value.at(0), variable);
        for (size_t i = 1; i < value.size(); i++) EXPECT_TRUE(condition(value.at(i), variable) == first) << value.text();
        return first;
    }
    EXPECT_TRUE(value["str"].is_string()) << value.text();
    std::string text(value["str"].string());
    if (text == "*") return MarkerTree();
    if (text.empty()) return MarkerTree::never();
    MarkerTree any = MarkerTree::never();
    std::string alternatives = base::replace_all(text, " || ", "\x1f");
    for (std::string_view part : base::split(alternatives, '\x1f')) {
        MarkerTree all;
        for (std::string_view one : base::split(part, ',')) all = all & comparison(base::strip(one), variable);
        any = any | all;
    }
    return any;
}

}  // namespace

TEST(Vectors, DependencyGroups) {
    for (auto [test, arguments] : {std::pair("test_unknown_object_shape", "item"),
                                   std::pair("test_malformed_group_entries_are_not_cached_on_resolver_instance", "item,exc_type,match")})
        vectors::each("test_dependency_groups.json", test, arguments, [](base::JsonValue c) {
            std::string item;
            for (size_t i = 0; i < c.at(0).size(); i++) {
                base::JsonValue value = c.at(0).at(i);
                item += (i ? ", " : "") + std::string(c.at(0).key_at(i)) + " = " + (value.is_string() ? "\"" + std::string(value.string()) + "\"" : "5");
            }
            EXPECT_FALSE(parse_manifest("[dependency-groups]\ng = [{ " + item + " }]\ntesting = []\n").ok()) << item;
        });
}

TEST(Vectors, Markers) {
    vectors::each("test_markers.json", "TestNode.test_value_serialize_chooses_quote_delimiter", "value,expected", [](base::JsonValue c) {
        std::string expected(c.at(1).string());
        EXPECT_EQ(MUST(parse_marker("os_name == " + expected)).text(), "os_name == " + expected);
    });
    vectors::each("test_markers.json", "test_pickle_marker_roundtrip", "marker_str",
                  [](base::JsonValue c) { EXPECT_EQ(MUST(parse_marker(c.at(0).string())).text(), c.at(0).string()); });
    for (const char* test : {"TestMarker.test_membership_value_str_normalization", "TestMarker.test_membership_value_str_normalization_negated"})
        vectors::each("test_markers.json", test, "variable", [](base::JsonValue c) {
            std::string variable(c.at(0).string());
            MarkerEnvironment environment = MarkerEnvironment::linux_cpython("3.12");
            EXPECT_TRUE(MUST(parse_marker("'Foo_Bar' in " + variable)).evaluate(environment, {"foo-bar"}, {"foo-bar"}));
            EXPECT_FALSE(MUST(parse_marker("'Foo_Bar' not in " + variable)).evaluate(environment, {"foo-bar"}, {"foo-bar"}));
        });
    // A set of names is asked with `in`; nothing else is defined for it.
    vectors::each("test_markers.json", "TestMarker.test_set_valued_marker_on_lhs_raises_undefined_comparison", "variable", [](base::JsonValue c) {
        for (const char* op : {"==", "!=", ">=", "<="}) {
            auto marker = parse_marker(std::string(c.at(0).string()) + " " + op + " 'x'");
            EXPECT_TRUE(!marker.ok() || !marker->try_evaluate(MarkerEnvironment::linux_cpython("3.12")).ok()) << op;
        }
    });
}

TEST(Vectors, PoetrysMarkers) {
    vectors::each_of_poetry("version_test_markers", "test_parse_marker",
                            [](base::JsonValue c) { EXPECT_TRUE(parse_marker(c.at(0).string()).ok()) << c.text(); });
    vectors::each_of_poetry("version_test_markers", "test_parse_version_like_markers",
                            [](base::JsonValue c) { EXPECT_TRUE(parse_marker(c.at(0).string()).ok()) << c.text(); });
    // Normal forms and restrictions are conditions that agree with what they were made from.
    for (const char* test : {"test_cnf", "test_dnf"})
        vectors::each_of_poetry("version_test_markers", test, [](base::JsonValue c) {
            auto tree = [](base::JsonValue value) {
                std::string text(value["str"].string());
                if (text.empty()) return MarkerTree();
                return text == "<empty>" ? MarkerTree::never() : MarkerTree::of(MUST(parse_marker(text)));
            };
            EXPECT_TRUE(tree(c.at(1)) == tree(c.at(2))) << c.text();
        });
}

TEST(Vectors, PoetrysConstraintsOnExtras) {
    auto check = [](const char* file, const char* test, const char* variable, bool unite) {
        vectors::each_of_poetry(file, test, [&](base::JsonValue c) {
            MarkerTree a = condition(c.at(0), variable), b = condition(c.at(1), variable), want = condition(c.at(2), variable);
            EXPECT_TRUE((unite ? a | b : a & b) == want) << c.text() << " " << (unite ? a | b : a & b).text();
        });
    };
    check("constraints_generic_test_constraint", "test_intersect_extra", "extra", false);
    check("constraints_generic_test_constraint", "test_union_extra", "extra", true);
    vectors::each_of_poetry("constraints_generic_test_constraint", "test_invert_extra", [](base::JsonValue c) {
        EXPECT_TRUE((!condition(c.at(0), "extra")) == condition(c.at(1), "extra")) << c.text();
    });
    vectors::each_of_poetry("constraints_generic_test_constraint", "test_allows_any_and_allows_all", [](base::JsonValue c) {
        MarkerTree a = condition(c.at(0), "sys_platform"), b = condition(c.at(1), "sys_platform");
        auto short_part = [&](size_t i) { return c.at(i)["str"].string().starts_with("'teg' "); };
        auto long_part = [&](size_t i) { return c.at(i)["str"].string().starts_with("'tegra' "); };
        if ((short_part(0) && long_part(1)) || (long_part(0) && short_part(1))) {
            // A tree asks for each part of a text by itself: it may miss what follows from the other, never claim too much.
            EXPECT_TRUE(!a.disjoint(b)) << c.text();
            EXPECT_FALSE(b.implies(a)) << c.text();
            return;
        }
        EXPECT_EQ(!a.disjoint(b), c.at(2).boolean()) << c.text();
        EXPECT_EQ(b.implies(a), c.at(3).boolean()) << c.text();
    });
}

TEST(Vectors, PoetrysConstraintsOnTexts) {
    const char* file = "constraints_generic_test_constraint";
    const char* variable = "sys_platform";
    auto holds = [&](const MarkerTree& tree, std::string_view value) {
        MarkerEnvironment environment = MarkerEnvironment::linux_cpython("3.12");
        EXPECT_TRUE(environment.set(variable, value));
        return tree.evaluate(environment);
    };
    // Trees ask for 'teg' and 'tegra' by themselves: what follows from one for the other shows in the answers only.
    auto same = [&](const MarkerTree& got, const MarkerTree& want, base::JsonValue c) {
        std::string text = c.text();
        EXPECT_TRUE(got == want || text.find("'teg'") != std::string::npos) << text << " " << got.text();
        for (const char* value : {"", "win32", "linux", "linux2", "darwin", "cygwin", "foo", "bar", "1.2-teg", "1.2-tegra", "1.2.3-tegra", "tegra-rpi"})
            EXPECT_EQ(holds(got, value), holds(want, value)) << text << " " << value;
    };
    vectors::each_of_poetry(file, "test_allows", [&](base::JsonValue c) {
        EXPECT_EQ(holds(condition(c.at(0), variable), c.at(1)["str"].string()), c.at(2).boolean()) << c.text();
    });
    vectors::each_of_poetry(file, "test_invert", [&](base::JsonValue c) { same(!condition(c.at(0), variable), condition(c.at(1), variable), c); });
    vectors::each_of_poetry(file, "test_intersect", [&](base::JsonValue c) {
        same(condition(c.at(0), variable) & condition(c.at(1), variable), condition(c.at(2), variable), c);
    });
    vectors::each_of_poetry(file, "test_union", [&](base::JsonValue c) {
        same(condition(c.at(0), variable) | condition(c.at(1), variable), condition(c.at(2), variable), c);
    });
}

// Ranges in poetry's syntax: "1.2.3", "1.*", ">=1,<2", alternatives with "||". PEP 440 has neither ordered local versions
// nor ".*" after suffixes.
TEST(Vectors, PoetrysRanges) {
    auto range = [](std::string_view text, VersionSet& out) {
        std::string alternatives = base::replace_all(text, " || ", "\x1f");
        for (std::string_view part : base::split(alternatives, '\x1f')) {
            bool bare = !part.empty() && base::is_digit(part[0]);
            auto parsed = parse_specifier_set(part == "*" ? "" : (bare ? "==" : "") + std::string(part));
            if (!parsed.ok()) return false;
            out = out.unite(parsed->to_set());
        }
        return true;
    };
    auto foreign = [](std::string_view text) { return text.find("post") != std::string_view::npos || text.find('+') != std::string_view::npos; };
    for (auto [file, test] : {std::pair("constraints_version_test_version_range", "test_str"), std::pair("constraints_version_test_version_union", "test_str")})
        vectors::each_of_poetry(file, test, [&](base::JsonValue c) {
            VersionSet set;
            if (!range(c.at(0).string(), set)) {
            EXPECT_TRUE(foreign(c.at(0).string())) << c.text();
            return;
        }
            std::string text = base::replace_all(set.text(VersionSet::Spelling::Exact), " | ", " || ");
            EXPECT_EQ(text.empty() ? "*" : text, c.at(1).string());
        });
    vectors::each_of_poetry("constraints_version_test_version_range", "test_version_ranges", [&](base::JsonValue c) {
        VersionSet set;
        if (!range(c.at(0).string(), set)) {
            EXPECT_TRUE(foreign(c.at(0).string())) << c.text();
            return;
        }
        EXPECT_EQ(set.contains(MUST(parse_version(c.at(1).string()))), c.at(2).boolean()) << c.text();
    });
    vectors::each_of_poetry("constraints_version_test_version", "test_intersect", [&](base::JsonValue c) {
        VersionSet a, b, want;
        std::string expected(c.at(2)["str"].string());
        bool all = range(c.at(0)["str"].string(), a) && range(c.at(1)["str"].string(), b) && (expected == "<empty>" || range(expected, want));
        if (!all) {
            EXPECT_TRUE(foreign(c.text())) << c.text();
            return;
        }
        EXPECT_TRUE(a.intersection(b) == want) << c.text() << " " << a.intersection(b).text();
    });
}

TEST(Vectors, PoetrysVersions) {
    vectors::each_of_poetry("constraints_version_test_version", "test_parse_valid", [](base::JsonValue c) {
        EXPECT_EQ(MUST(parse_version(c.at(0).string())).text(), c.at(2).string());
    });
    vectors::each_of_poetry("constraints_version_test_version", "test_parse_invalid", [](base::JsonValue c) {
        if (!c.at(0).is_string()) return;
        EXPECT_FALSE(parse_version(c.at(0).string()).ok());
    });
    vectors::each_of_poetry("version_test_requirements", "test_invalid_requirement", [](base::JsonValue c) {
        std::string text(c.at(0).string());
        // An empty set of versions is for the resolver to tell, and a URL for whoever opens it.
        bool resolving = text == "foo (>=0.2,<0.1)" || text == "name @ file:/.";
        EXPECT_EQ(parse_requirement(text).ok(), resolving) << text;
    });
    vectors::each_of_poetry("packages_test_dependency", "test_to_pep_508_with_invalid_requirement",
                            [](base::JsonValue c) { EXPECT_FALSE(parse_requirement(c.at(0).string()).ok()); });
}

TEST(Vectors, Specifiers) {
    const char* file = "test_specifiers.json";
    vectors::each(file, "TestSpecifier.test_specifier_prereleases_set", "specifier,initial_prereleases,set_prereleases,version,initial_contains,final_contains",
                  [](base::JsonValue c) {
                      EXPECT_EQ(takes(c.at(0).string(), c.at(3).string(), policy(c.at(1))), c.at(4).boolean()) << c.text();
                      EXPECT_EQ(takes(c.at(0).string(), c.at(3).string(), policy(c.at(2))), c.at(5).boolean()) << c.text();
                  });
    vectors::each(file, "TestSpecifierSet.test_specifier_prereleases_explicit",
                  "initial_prereleases,set_prereleases,version,initial_contains,final_contains,spec_str", [](base::JsonValue c) {
                      EXPECT_EQ(takes(c.at(5).string(), c.at(2).string(), policy(c.at(0))), c.at(3).boolean()) << c.text();
                      EXPECT_EQ(takes(c.at(5).string(), c.at(2).string(), policy(c.at(1))), c.at(4).boolean()) << c.text();
                  });
    vectors::each(file, "TestSpecifier.test_specifier_operator_property", "spec,op",
                  [](base::JsonValue c) { EXPECT_EQ(operator_text(MUST(parse_specifier(c.at(0).string())).op), c.at(1).string()); });
    vectors::each(file, "TestSpecifier.test_specifier_version_property", "spec,version", [](base::JsonValue c) {
        Specifier spec = MUST(parse_specifier(c.at(0).string()));
        EXPECT_EQ(spec.text(), std::string(operator_text(spec.op)) + std::string(c.at(1).string()));
    });
    vectors::each(file, "TestSpecifier.test_length", "spec_str,expected_length", [](base::JsonValue c) {
        std::string canonical = set_of(c.at(0).string()).canonical_text();
        size_t clauses = canonical.empty() ? 0 : base::split(canonical, ',').size();
        EXPECT_EQ(clauses, static_cast<size_t>(c.at(1).integer())) << c.text();
    });
    vectors::each(file, "TestSpecifier.test_iteration", "spec_str,expected_items", [](base::JsonValue c) {
        std::vector<std::string> items, wanted = strings(c.at(1));
        const auto set = set_of(c.at(0).string());
        for (const Specifier& clause : set.clauses()) items.push_back(clause.text());
        std::sort(items.begin(), items.end());
        items.erase(std::unique(items.begin(), items.end()), items.end());
        std::sort(wanted.begin(), wanted.end());
        EXPECT_EQ(items, wanted);
    });
    vectors::each(file, "TestSpecifierSet.test_empty_specifier", "version", [](base::JsonValue c) {
        EXPECT_TRUE(takes("", vectors::text(c.at(0)), Prereleases::Default)) << c.text();
        EXPECT_TRUE(SpecifierSet().contains(MUST(parse_version(vectors::text(c.at(0))))));
    });
    vectors::each(file, "TestSpecifierSet.test_specifiers_str_and_repr", "specifier,expected", [](base::JsonValue c) {
        EXPECT_EQ(set_of(c.at(0).string()).canonical_text(), c.at(1).string());
    });
    vectors::each(file, "TestSpecifierSet.test_specifiers_combine", "left,right,expected", [](base::JsonValue c) {
        EXPECT_TRUE(set_of(c.at(0).string()).intersection(set_of(c.at(1).string())) == set_of(c.at(2).string()));
    });
    vectors::each(file, "TestSpecifierSet.test_contains_rejects_invalid_specifier", "specifier,input", [](base::JsonValue c) {
        EXPECT_FALSE(takes(c.at(0).string(), c.at(1).string(), Prereleases::Default));
    });
    vectors::each(file, "TestSpecifierSet.test_empty_specifier_ordering_with_arbitrary", "versions,expected", [](base::JsonValue c) {
        std::vector<std::string> versions = strings(c.at(0)), got;
        for (size_t i : SpecifierSet().filter(versions, Prereleases::Default)) got.push_back(versions[i]);
        EXPECT_EQ(got, strings(c.at(1))) << c.text();
    });
    vectors::each(file, "TestSpecifierSet.test_arbitrary_equality_is_intersection_preserving", "spec1,spec2,input_versions", [](base::JsonValue c) {
        SpecifierSet a = set_of(c.at(0).string()), b = set_of(c.at(1).string());
        std::vector<std::string> versions = strings(c.at(2));
        std::vector<size_t> first = a.filter(versions, Prereleases::Allow), second = b.filter(versions, Prereleases::Allow), common;
        std::set_intersection(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(common));
        EXPECT_EQ(a.intersection(b).filter(versions, Prereleases::Allow), common) << c.text();
    });
}

// A set answers the same as clauses and as intervals, and its text means the same again.
TEST(Vectors, SpecifiersAsRanges) {
    const char* file = "test_specifiers.json";
    auto same = [](std::string_view spec, const std::vector<std::string>& versions) {
        SpecifierSet set = set_of(spec);
        VersionSet ranges = set.to_set();
        SpecifierSet again = set_of(set.canonical_text());
        for (const std::string& text : versions) {
            auto version = parse_version(text);
            if (!version.ok()) continue;
            EXPECT_EQ(ranges.contains(*version), set.contains(*version)) << spec << " " << text;
            EXPECT_EQ(again.contains(*version), set.contains(*version)) << spec << " " << text;
        }
    };
    const std::vector<std::string> kVersions = {"0.5", "0.9", "1.0.dev1", "1.0a1", "1.0", "1.0+local", "1.0.post1", "1.1", "1.4.2", "1.5", "2.0a1", "2.0", "2!1.0", "3.0"};
    for (const char* test : {"test_contains_equivalent", "test_filter_equivalent", "test_to_specifier_set_roundtrip_matches",
                             "test_contains_equivalent_with_version_objects"})
        vectors::each(file, std::string("TestSpecifierSetToRangeEquivalence.") + test, "spec_str", [&](base::JsonValue c) {
            if (c.at(0).string().find("===") == std::string_view::npos) same(c.at(0).string(), kVersions);
        });
    for (const char* test : {"test_spec_version_cache_consistency", "test_spec_version_cache_with_wildcards"})
        vectors::each(file, std::string("TestSpecifierInternal.") + test, "specifier,test_versions",
                      [&](base::JsonValue c) { same(c.at(0).string(), strings(c.at(1))); });
    vectors::each(file, "TestSpecifierInternal.test_spec_version_cache_compatible_operator", "specifier,versions",
                  [&](base::JsonValue c) { same(c.at(0).string(), strings(c.at(1))); });
    vectors::each(file, "TestIsUnsatisfiable.test_contains_identical_across_canonicalization", "spec,versions",
                  [&](base::JsonValue c) { same(c.at(0).string(), strings(c.at(1))); });
    vectors::each(file, "test_pickle_specifier_roundtrip", "specifier,spec_prereleases", [&](base::JsonValue c) {
        Specifier spec = MUST(parse_specifier(c.at(0).string()));
        EXPECT_EQ(MUST(parse_specifier(spec.text())).text(), c.at(0).string());
    });
    vectors::each(file, "test_pickle_specifierset_roundtrip", "specifiers,ss_prereleases", [&](base::JsonValue c) {
        EXPECT_TRUE(set_of(set_of(c.at(0).string()).canonical_text()) == set_of(c.at(0).string()));
    });
    vectors::each("test_ranges.json", "TestToSpecifierSet.test_roundtrip", "spec", [&](base::JsonValue c) {
        VersionSet set = set_of(c.at(0).string()).to_set(), again;
        std::string text = set.text(VersionSet::Spelling::Exact), alternatives = base::replace_all(text, " | ", "\x1f");
        for (std::string_view part : base::split(alternatives, '\x1f')) again = again.unite(set_of(part).to_set());
        EXPECT_TRUE(again == set) << c.text() << " " << text;
    });
    vectors::each("test_ranges.json", "TestSyntheticEmptyGaps.test_intersection_drops_embedded_empty", "spec,excluded", [&](base::JsonValue c) {
        EXPECT_FALSE(set_of(c.at(0).string()).to_set().contains(MUST(parse_version(c.at(1).string()))));
    });
}

TEST(Vectors, Requirements) {
    const char* file = "test_requirements.json";
    vectors::each(file, "test_pickle_requirement_roundtrip", "req_str", [](base::JsonValue c) {
        Requirement requirement = MUST(parse_requirement(c.at(0).string()));
        EXPECT_TRUE(MUST(parse_requirement(requirement.text())) == requirement) << requirement.text();
    });
    vectors::each(file, "test_pickle_requirement_setstate_rejects_invalid_string", "invalid_requirement",
                  [](base::JsonValue c) { EXPECT_FALSE(parse_requirement(c.at(0).string()).ok()); });
    vectors::each(file, "TestRequirementParsing.test_error_when_suffixed_with_line_break", "requirement", [](base::JsonValue c) {
        for (const char* line_break : {"\n", "\r", "\r\n"}) EXPECT_FALSE(parse_requirement(std::string(c.at(0).string()) + line_break).ok());
    });
    vectors::each(file, "TestRequirementParsing.test_trailing_horizontal_whitespace", "whitespace", [](base::JsonValue c) {
        EXPECT_TRUE(parse_requirement("name>=1" + std::string(c.at(0).string())).ok());
    });
    vectors::each(file, "TestRequirementParsing.test_error_when_prefix_match_uses_post_release", "operator", [](base::JsonValue c) {
        EXPECT_FALSE(parse_requirement("name " + std::string(c.at(0).string()) + " 1.0.post1.*").ok());
    });
    vectors::each(file, "TestRequirementParsing.test_error_when_local_version_label_is_used_incorrectly", "operator", [](base::JsonValue c) {
        EXPECT_FALSE(parse_requirement("name " + std::string(c.at(0).string()) + " 1.0+local.version.label").ok());
    });
    vectors::each(file, "TestRequirementBehaviour.test_str_and_repr", "url_or_specifier", [](base::JsonValue c) {
        for (const char* extras : {"", "[a]", "[a,b]"}) {
            std::string text = std::string("name") + extras + std::string(base::strip_right(c.at(0).string()));
            EXPECT_EQ(MUST(parse_requirement(text)).text(), text);
        }
    });
}

TEST(Vectors, Versions) {
    vectors::each("test_version.json", "test_pickle_roundtrip", "version",
                  [](base::JsonValue c) { EXPECT_EQ(MUST(parse_version(c.at(0).string())).text(), c.at(0).string()); });
    vectors::each("test_version.json", "TestVersion.test_version_hash", "version", [](base::JsonValue c) {
        Version a = MUST(parse_version(c.at(0).string())), b = MUST(parse_version(a.text()));
        EXPECT_EQ(a.hash(), b.hash());
        EXPECT_EQ(Version(a.parts()).hash(), a.hash());
    });
    vectors::each("test_version.json", "test_from_parts", "args,string", [](base::JsonValue c) {
        base::JsonValue args = c.at(0);
        VersionParts parts;
        for (size_t i = 0; i < args["release"].size(); i++) parts.release.push_back(static_cast<uint64_t>(args["release"].at(i).integer()));
        parts.epoch = static_cast<uint64_t>(args["epoch"].integer());
        if (args["pre"].size() == 2) {
            std::string kind = base::lower(args["pre"].at(0).string());
            parts.pre_kind = kind == "a" || kind == "alpha" ? PreKind::Alpha : kind == "b" || kind == "beta" ? PreKind::Beta : PreKind::Candidate;
            parts.pre = static_cast<uint64_t>(args["pre"].at(1).integer());
        }
        parts.has_post = args["post"].is_integer();
        parts.post = static_cast<uint64_t>(args["post"].integer());
        parts.has_dev = args["dev"].is_integer();
        parts.dev = static_cast<uint64_t>(args["dev"].integer());
        // The table writes versions as they may be read, "1.2.3post2" too.
        Version expected = MUST(parse_version(c.at(1).string()));
        if (args["local"].is_string()) parts.local = MUST(parse_version("1+" + std::string(args["local"].string()))).parts().local;
        EXPECT_EQ(Version(parts).text(), expected.text());
    });
    vectors::each("test_utils.json", "test_canonicalize_version_no_strip_trailing_zero", "version",
                  [](base::JsonValue c) { EXPECT_EQ(MUST(parse_version(c.at(0).string())).text(), c.at(0).string()); });
}

TEST(Vectors, LockOfNoEnvironment) {
    vectors::each("test_pylock_select.json", "test_lock_no_matching_env", "environments", [](base::JsonValue c) {
        std::string environments;
        for (size_t i = 0; i < c.at(0).size(); i++)
            environments += "'''" + std::string(c.at(0).at(i)["str"].string()) + "''', ";
        Lock lock = MUST(parse_lock("lock-version = \"1.0\"\ncreated-by = \"t\"\nenvironments = [" + environments + "'''python_version == \"3.14\"''']\npackages = []\n"));
        Platform linux_machine = MUST(parse_platform("linux"));
        Target target = MUST(make_target("3.12", linux_machine));
        EXPECT_FALSE(select_packages(lock, target, {}).ok());
    });
}

TEST(Vectors, Metadata) {
    vectors::each("test_metadata.json", "TestRawMetadata.test_description", "given", [](base::JsonValue c) {
        if (!c.at(0).is_string()) return;
        auto metadata = parse_metadata("Metadata-Version: 2.1\nName: a\nVersion: 1\n\n" + std::string(c.at(0).string()));
        ASSERT_TRUE(metadata.ok());
        EXPECT_EQ(metadata->description, c.at(0).string());
    });
    vectors::each("test_metadata.json", "TestMetadata.test_required_fields_missing", "field", [](base::JsonValue c) {
        std::string field(c.at(0).string()), text;
        for (auto [name, line] : {std::pair("metadata_version", "Metadata-Version: 2.1\n"), std::pair("name", "Name: a\n"), std::pair("version", "Version: 1\n")})
            if (field != name) text += line;
        EXPECT_FALSE(parse_metadata(text).ok()) << field;
    });
    vectors::each("test_metadata.json", "TestMetadata.test_from_email_deduplicates_unparsed_required_fields", "data,field",
                  [](base::JsonValue c) { EXPECT_FALSE(parse_metadata(c.at(0).string()).ok()) << c.text(); });
}
