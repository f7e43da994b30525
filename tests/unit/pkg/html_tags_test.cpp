// pkg/index: the tags of HTML pages, and what links lead to.
#include "pkg/index/html_tags.h"

#include <gtest/gtest.h>

#include "pkg/index/simple_page.h"

using namespace pkg;

// Names and attributes of all start tags, as "a href=x;".
static std::string tags_of(std::string_view html, bool* cut = nullptr) {
    HtmlTags tags(html);
    std::string out;
    for (HtmlTag tag; tags.next(tag);) {
        out += tag.name;
        for (const auto& attribute : tag.attributes)
            out += " " + attribute.first + "=" + attribute.second;
        out += ";";
    }
    if (cut) *cut = tags.cut();
    return out;
}

TEST(HtmlTags, ReadsAttributesAsBrowsersDo) {
    EXPECT_EQ(tags_of("<A HREF='x y' Title=don't data-yanked>t</A>"), "a href=x y title=don't data-yanked=;");
    EXPECT_EQ(tags_of("<a/href=x/y.whl/>"), "a href=x/y.whl/;");
    EXPECT_EQ(tags_of("<a href = \"x>y\" b=><c =d=e>"), "a href=x>y b=;c =d=e;");
    EXPECT_EQ(tags_of("< a>1<2<b>"), "b;");
    EXPECT_EQ(tags_of("<a href=\"x\"b>"), "a href=x b=;");
}

TEST(HtmlTags, PassesOverWhatIsNoTag) {
    EXPECT_EQ(tags_of("<!DOCTYPE html><!-- <a> --><!--><b><!---><c><!-- --!><d></e title='>'><?f <g>"), "b;c;d;");
    EXPECT_EQ(tags_of("<script>if (a<b) '<c>'</scripty></SCRIPT ><d><style><e></style>"), "script;d;style;");
}

TEST(HtmlTags, SaysWhereThePageIsCut) {
    for (const char* text : {"<a href='x", "<a href", "<a ", "<", "a<!-- b", "<script>", "</a"}) {
        bool cut = false;
        tags_of(text, &cut);
        EXPECT_TRUE(cut) << text;
    }
    for (const char* text : {"", "a > b", "<a>", "<a>don't", "<!---->"}) {
        bool cut = true;
        tags_of(text, &cut);
        EXPECT_FALSE(cut) << text;
    }
}

TEST(HtmlTags, ResolvesReferences) {
    EXPECT_EQ(html_text("&lt;&gt=3&amp;amp;&quot&sol;&equals;&period;&#46;&#x2F;&#X2f&#46"), "<>=3&amp;\"/=../" "/.");
    EXPECT_EQ(html_text("&&;&#;&#x;&nothing;&sol &"), "&&;&#;&#x;&nothing;&sol &");
    EXPECT_EQ(html_text("&#xe9;&#8364;&#x1F600;&#0;&#99999999999;"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(html_attribute_text("?a=1&lt=2&gtx&gt;&amp"), "?a=1&lt=2&gtx>&");
}

// The URLs of the files of a page at https://host/simple/demo/.
static std::vector<std::string> files_of(const std::string& html) {
    std::vector<std::string> out;
    for (const DistFile& file : MUST(parse_simple_html(html, "https://host/simple/demo/", "demo", "https://host/simple")).files)
        out.push_back(file.url);
    return out;
}

TEST(SimplePage, FollowsLinksAsBrowsersDo) {
    const std::string name = "demo-1.0.tar.gz";
    using Urls = std::vector<std::string>;
    EXPECT_EQ(files_of("<a href='" + name + "'>"), Urls{"https://host/simple/demo/" + name});
    EXPECT_EQ(files_of("<a href=' /f x/\n" + name + " '>"), Urls{"https://host/f%20x/" + name});
    EXPECT_EQ(files_of("<a href='&sol;f&sol;" + name + "&num;sha256&equals;ab'>"), Urls{"https://host/f/" + name});
    EXPECT_EQ(files_of("<a href='" + name + "'><base target=x><base href='/f/'><base href='/g/'>"), Urls{"https://host/f/" + name});
    EXPECT_EQ(files_of("<base href='javascript:x'><a href='" + name + "'>"), Urls{"https://host/simple/demo/" + name});
    for (const std::string scheme : {"javascript:", "mailto:", "file:///tmp/", "data:,", "ftp://host/"})
        EXPECT_EQ(files_of("<a href='" + scheme + name + "'>"), Urls{}) << scheme;
    EXPECT_EQ(files_of("<script>'<a href=" + name + ">'</script><!-- <a href=" + name + "> -->"), Urls{});
}

TEST(SimplePage, TakesUsersOffUrls) {
    auto page = MUST(parse_simple_json(
        R"({"meta": {"api-version": "1.1"}, "name": "demo", "files": [
            {"filename": "demo-1.0.tar.gz", "url": "https://bob:pw@host/demo-1.0.tar.gz", "hashes": {}},
            {"filename": "demo-2.0.tar.gz", "url": "//eve:pw@elsewhere/demo-2.0.tar.gz", "hashes": {}}]})",
        "https://host/simple/demo/", "demo", "https://host/simple"));
    EXPECT_EQ(page.files[0].url, "https://host/demo-1.0.tar.gz");
    EXPECT_EQ(page.files[1].url, "https://elsewhere/demo-2.0.tar.gz");
    EXPECT_EQ(page.logins, std::vector<std::string>{"https://bob:pw@host/demo-1.0.tar.gz"});
    EXPECT_TRUE(page.has_secrets);
}

TEST(SimplePage, KeepsHashesThatCannotBeRead) {
    auto page = MUST(parse_simple_json(
        R"({"meta": {"api-version": "1.1"}, "name": "demo", "files": [
            {"filename": "demo-1.0.tar.gz", "url": "a", "hashes": {"sha256": 5}, "size": -5},
            {"filename": "demo-2.0.tar.gz", "url": "b", "hashes": {"sha256": "ZZ", "whirlpool": "ab"}}]})",
        "https://host/simple/demo/", "demo", "https://host/simple"));
    EXPECT_EQ(page.files[0].hashes, (std::vector<Hash>{{"sha256", "?"}}));
    EXPECT_FALSE(page.files[0].size);
    EXPECT_EQ(page.files[1].hashes, (std::vector<Hash>{{"sha256", "zz"}}));
}
