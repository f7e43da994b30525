// base/path and base/url.
#include "base/path.h"

#include <gtest/gtest.h>

#include "base/url.h"

using namespace base;

TEST(Path, JoinsAndSplits) {
    EXPECT_EQ(join_path("a", "b"), "a/b");
    EXPECT_EQ(join_path("a/", "b"), "a/b");
    EXPECT_EQ(join_path("a", "/b"), "/b");
    EXPECT_EQ(parent_path("/a/b/"), "/a");
    EXPECT_EQ(parent_path("/a"), "/");
    EXPECT_EQ(parent_path("a"), "");
    EXPECT_EQ(base_name("/a/b.whl"), "b.whl");
    EXPECT_EQ(extension("x/y.tar.gz"), ".gz");
    EXPECT_EQ(extension(".hidden"), "");
}

TEST(Path, NormalizesAsText) {
    EXPECT_EQ(normalize_path("/a/./b//../c/"), "/a/c");
    EXPECT_EQ(normalize_path("../x/.."), "..");
    EXPECT_EQ(normalize_path("/.."), "/");
    EXPECT_EQ(normalize_path(""), ".");
    EXPECT_EQ(relative_path("/a/b/c", "/a/x/y"), "../../b/c");
    EXPECT_EQ(relative_path("/a", "/a"), ".");
}

TEST(Path, ContainmentIsByComponent) {
    EXPECT_TRUE(is_within("/a/b", "/a"));
    EXPECT_TRUE(is_within("/a", "/a/"));
    EXPECT_FALSE(is_within("/ab", "/a"));
    EXPECT_TRUE(is_within("/x", "/"));
}

TEST(Path, RefusesMemberNamesThatLeave) {
    for (const char* name : {"", "/a", "a/../b", "..", "a\\b", "C:/x", "c:x", "a//b", "a/./b", "a./b", "a /b", "a\nb"})
        EXPECT_NE(unsafe_member_name(name), nullptr) << name;
    EXPECT_NE(unsafe_member_name(std::string_view("a\0b", 3)), nullptr);
    for (const char* name : {"a", "a/b.py", "a/", ".hidden/x", "a..b", "con.py", "e\xcc\x81.py"})
        EXPECT_EQ(unsafe_member_name(name), nullptr) << name;
}

TEST(Url, ReadsParts) {
    Url url = parse_url("HTTPS://us%40er:p%3Aw@Host.Example:8080/a/b%20c?q=1#sha256=ab").value();
    EXPECT_EQ(url.scheme, "https");
    EXPECT_EQ(url.user, "us@er");
    EXPECT_EQ(url.password, "p:w");
    EXPECT_EQ(url.host, "host.example");
    EXPECT_EQ(url.port, "8080");
    EXPECT_EQ(url.path, "/a/b%20c");
    EXPECT_EQ(url.fragment, "sha256=ab");
    EXPECT_EQ(url.text(), "https://host.example:8080/a/b%20c?q=1#sha256=ab");
    EXPECT_EQ(url.text_with_user(), "https://us%40er:p%3Aw@host.example:8080/a/b%20c?q=1#sha256=ab");
    EXPECT_EQ(parse_url("http://h/").value().origin(), "http://h:80");
    EXPECT_FALSE(parse_url("/no/scheme").ok());
    EXPECT_FALSE(parse_url("http://h/a b").ok());
    EXPECT_FALSE(parse_url("http:///x").ok());
    EXPECT_FALSE(parse_url("http://[::1]:8x:/").ok());
    EXPECT_FALSE(parse_url("http://a:1:2/").ok());
    EXPECT_FALSE(parse_url("http://a\\b/").ok());
    EXPECT_EQ(parse_url("http://[::1]:80/").value().host, "[::1]");
}

// The samples of RFC 3986 §5.4.1, without those about parameters.
TEST(Url, ResolvesReferences) {
    const char* base_url = "http://a/b/c/d;p?q";
    const std::pair<const char*, const char*> samples[] = {{"g", "http://a/b/c/g"},      {"./g", "http://a/b/c/g"},
                                                           {"g/", "http://a/b/c/g/"},    {"/g", "http://a/g"},
                                                           {"//g", "http://g"},          {"?y", "http://a/b/c/d;p?y"},
                                                           {"g?y", "http://a/b/c/g?y"},  {"#s", "http://a/b/c/d;p?q#s"},
                                                           {"", "http://a/b/c/d;p?q"},   {".", "http://a/b/c/"},
                                                           {"..", "http://a/b/"},        {"../g", "http://a/b/g"},
                                                           {"../..", "http://a/"},       {"../../g", "http://a/g"},
                                                           {"../../../g", "http://a/g"}, {"g:h", "g:h"}};
    for (auto [reference, expected] : samples)
        EXPECT_EQ(resolve_url(base_url, reference), expected) << reference;
    EXPECT_EQ(resolve_url("https://u:p@h/simple/x/", "../../f.whl"), "https://h/f.whl");
}

TEST(Url, NeverShowsAPassword) {
    EXPECT_EQ(redact_url("https://u:secret@h/x"), "https://u:****@h/x");
    EXPECT_EQ(redact_url("https://token@h/x"), "https://****@h/x");
    EXPECT_EQ(redact_url("https://h/@x"), "https://h/@x");
    EXPECT_EQ(redact_url("not a url"), "not a url");
    // What should have been percent-coded, and what has no `//`.
    EXPECT_EQ(redact_url("http://bob:S3/CRET@h/simple"), "http://bob:****@h/simple");
    EXPECT_EQ(redact_url("http://bob:S3?CRET#@h/simple"), "http://bob:****@h/simple");
    EXPECT_EQ(redact_url("http://bob:/CRET@h"), "http://bob:****@h");
    EXPECT_EQ(redact_url("bob:S3CRET@h/simple"), "bob:****@h/simple");
    EXPECT_EQ(redact_url("bob:S3/CRET@h:8080"), "bob:****@h:8080");
    EXPECT_EQ(redact_url("--proxy=bob:S3CRET@h"), "--proxy=bob:****@h");
    for (const char* plain : {"http://h:8080/x@1", "git+https://h/x@v1", "http://[::1]:80/x@1", "git@h:org/x@v1", "file:/tmp/a@b", "a/b:c@d", "C:@", "x:y",
                              "http://h:p/x and a@b"})
        EXPECT_EQ(redact_url(plain), plain[1] == ':' && plain[2] == '@' ? "C:****@" : plain);
}

TEST(Url, FileNamesAreDecodedOnce) {
    EXPECT_EQ(url_file_name("http://h/a/x%2B1.whl?z#y"), "x+1.whl");
    EXPECT_EQ(url_file_name("http://h/a/%252e%252e"), "%2e%2e");
    EXPECT_EQ(url_file_name("http://h/..%2fx"), "");
    EXPECT_EQ(url_file_name("http://h/%2e%2e"), "");
    EXPECT_EQ(file_url_path("file:///a%20b").value(), "/a b");
    EXPECT_FALSE(file_url_path("file://elsewhere/a").ok());
    EXPECT_EQ(file_url("/a b/c"), "file:///a%20b/c");
    EXPECT_EQ(percent_decode("%4"), "%4");
    EXPECT_EQ(percent_decode("a%41"), "aA");
}
