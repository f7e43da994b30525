// Requirements against packaging's own suite (test_requirements).
// Left out: hashing, pickling, repr (Python objects).
#include "pkg/requirement.h"

#include "tests/unit/pkg/vectors.h"

#include "base/text.h"

using namespace pkg;

namespace {

// Every combination of the tables that packaging's test multiplies.
std::vector<std::vector<base::JsonValue>> table(base::JsonValue root, std::string_view test, std::string_view arguments) {
    std::vector<std::vector<base::JsonValue>> rows;
    for (size_t i = 0; i < root["tables"].size(); i++) {
        base::JsonValue t = root["tables"].at(i);
        std::string names;
        for (size_t n = 0; n < t["argnames"].size(); n++) names += (n ? "," : "") + std::string(t["argnames"].at(n).string());
        if (t["test"].string() != test || names != arguments) continue;
        for (size_t c = 0; c < t["cases"].size(); c++) {
            rows.emplace_back();
            for (size_t v = 0; v < t["cases"].at(c).size(); v++) rows.back().push_back(t["cases"].at(c).at(v));
        }
    }
    return rows;
}

Requirement requirement(std::string_view text) {
    auto parsed = parse_requirement(text);
    EXPECT_TRUE(parsed.ok()) << text << "\n" << (parsed.ok() ? "" : base::render(parsed.error(), false));
    return parsed.ok() ? *parsed : Requirement();
}

}  // namespace

TEST(Requirement, ParsesEveryCombination) {
    vectors::with_file("packaging-vectors/test_requirements.json", [](base::JsonValue root) {
        const char* test = "test_basic_valid_requirement_parsing";
        auto names = table(root, test, "name"), extra_sets = table(root, test, "extras"), markers = table(root, test, "marker");
        size_t count = 0;
        for (auto& name : names)
            for (auto& extras : extra_sets)
                for (auto& target : table(root, test, "url,specifier"))
                    for (auto& marker : markers)
                        for (auto& space : table(root, test, "whitespace")) {
                            std::string ws(space[0].string()), text(name[0].string());
                            std::vector<std::string> wanted;
                            for (size_t i = 0; i < extras[0]["items"].size(); i++)
                                wanted.emplace_back(extras[0]["items"].at(i).string());
                            if (!wanted.empty()) text += ws + "[" + ws + base::join(wanted, ws + "," + ws) + ws + "]";
                            bool has_url = target[0].is_string();
                            if (has_url)
                                text += ws + "@" + ws + std::string(target[0].string());
                            else
                                text += ws + base::replace_all(target[1].string(), "{ws}", ws);
                            if (marker[0].is_string())
                                text += (has_url ? " " : ws) + ";" + ws + base::replace_all(marker[0].string(), "{ws}", ws);
                            Requirement r = requirement(text);
                            EXPECT_EQ(r.name, name[0].string());
                            EXPECT_EQ(r.extras, wanted) << text;
                            EXPECT_EQ(r.url, has_url ? target[0].string() : "");
                            EXPECT_EQ(r.specifier.empty(), has_url || target[1].string().empty()) << text;
                            EXPECT_EQ(r.marker.always(), !marker[0].is_string());
                            count++;
                        }
        EXPECT_GT(count, 5000u);
    });
}

TEST(Requirement, Accepts) {
    vectors::each("test_requirements.json", "TestRequirementParsing.test_valid_marker", "marker",
                  [](base::JsonValue c) { requirement("name; " + std::string(c.at(0).string())); });
    vectors::each("test_requirements.json", "TestRequirementParsing.test_file_url", "url", [](base::JsonValue c) {
        EXPECT_EQ(requirement("name @ " + std::string(c.at(0).string())).url, c.at(0).string());
    });
    vectors::each("test_requirements.json", "test_normalized_requirements", "input_req,norm_req",
                  [](base::JsonValue c) { EXPECT_EQ(requirement(c.at(0).string()).text(), c.at(1).string()); });
}

TEST(Requirement, Refuses) {
    auto refused = [](const std::string& text) { EXPECT_FALSE(parse_requirement(text).ok()) << text; };
    for (const char* line_break : {"\n", "\r", "\r\n"}) {
        refused("name>=1" + std::string(line_break));
        refused("name; python_version >= \"3\"" + std::string(line_break));
    }
    for (const char* op : {"==", "!="}) refused("name " + std::string(op) + " 1.0.post1.*");
    for (const char* op : {">=", "<=", ">", "<", "~="}) refused("name " + std::string(op) + " 1.0+local.version.label");
    for (const char* text : {"", "@ https://x", "name[a", "name[a b]", "name[a,,b]", "name[a] @", "name (==1.0", "name 1.0",
                             "name==1.0.org1", "name; sys_platform", "name;", "-name", "name-", "demo===x,y",
                             "this is not a valid requirement", "name @ https://x ; os_name", "name @ https://x os_name"})
        refused(text);
}

TEST(Requirement, RefusesWhatTheGrammarDoesNot) {
    for (const char* bad : {"a ,", "a ,>=1", "a>=1,,<2", "a(,)", "a\f", "a>=1\u2003", "a>=1\x1f", "a== 1.0\u00a0.*", "a=== 0.\x0b" "2"})
        EXPECT_FALSE(parse_requirement(bad).ok()) << bad;
    EXPECT_FALSE(parse_requirement(std::string_view("a; os_name == 'x\0y'", 20)).ok());
    EXPECT_EQ(requirement("a>=\u20031,").text(), "a>=1");
    EXPECT_EQ(requirement("a ( >=1,\t<2 )").text(), "a<2,>=1");
}

TEST(Requirement, ErrorsPointAtTheSpot) {
    vectors::each("test_requirements.json", "TestRequirementParsing.test_error_invalid_marker_malformed_quoted_string",
                  "to_parse,expected", [](base::JsonValue c) {
                      auto bad = parse_requirement(c.at(0).string());
                      ASSERT_FALSE(bad.ok());
                      EXPECT_EQ(bad.error().span.column, 18u);
                  });
    EXPECT_EQ(parse_requirement("requests >= 2, < abc").error().span.column, 18u);
    EXPECT_EQ(parse_requirement("name[a").error().span.column, 5u);
}

// PEP 751: `extras` and `dependency_groups` are there for lock files alone.
TEST(Requirement, VariablesOfLockFiles) {
    struct Case {
        const char* text;
        unsigned column, length;
    };
    for (auto [text, column, length] : {Case{"a; 'x' in extras", 11, 6}, Case{"a>1 ; 'dev' in dependency_groups", 16, 17},
                                        Case{"a @ https://x/extras ; os_name == 'extras' and ('extras' not in extras)", 65, 6},
                                        Case{"a; extra == 'extras' or extras == 'x'", 25, 6}}) {
        auto refused = parse_requirement(text);
        ASSERT_FALSE(refused.ok()) << text;
        EXPECT_EQ(refused.error().span.column, column) << text;
        EXPECT_EQ(refused.error().span.length, length) << text;
        EXPECT_TRUE(parse_locked_requirement(text).ok()) << text;
    }
    EXPECT_TRUE(parse_requirement("extras[extras]; extra == 'extras' and os_name != 'dependency_groups'").ok());
}

TEST(Requirement, PoetrysTable) {
    vectors::each_of_poetry("version_test_requirements", "test_requirement", [](base::JsonValue c) {
        if (c.at(0).string().find(".*") != std::string_view::npos) return;  // ">=3.*" is poetry's, not PEP 440's
        Requirement r = requirement(c.at(0).string());
        EXPECT_EQ(r.name, c.at(1)["name"].string());
        EXPECT_EQ(r.url, c.at(1)["url"].string());
        EXPECT_EQ(r.extras.size(), c.at(1)["extras"].size());
    });
}

TEST(Requirement, Equality) {
    for (const char* test : {"test_equal_reqs_equal_hashes", "test_equivalent_reqs_equal_hashes_unequal_strings"})
        vectors::each("test_requirements.json", "TestRequirementBehaviour." + std::string(test), "dep1,dep2",
                      [](base::JsonValue c) { EXPECT_TRUE(requirement(c.at(0).string()) == requirement(c.at(1).string())) << c.text(); });
    vectors::each("test_requirements.json", "TestRequirementBehaviour.test_different_reqs_different_hashes", "dep1,dep2",
                  [](base::JsonValue c) { EXPECT_FALSE(requirement(c.at(0).string()) == requirement(c.at(1).string())) << c.text(); });
}
