// pkg/source and pkg/index/credentials: texts to parts, which credentials go where.
#include <gtest/gtest.h>

#include <cstdlib>

#include "pkg/index/credentials.h"
#include "pkg/source/git.h"

using namespace pkg;

TEST(VcsUrl, IsTakenApart) {
    VcsUrl url = MUST(parse_vcs_url("git+https://joe:pw@example.org:8443/team/repo.git@v1.0#egg=demo&subdirectory=python/lib"));
    EXPECT_EQ(url.vcs, "git");
    EXPECT_EQ(url.repository, "https://example.org:8443/team/repo.git");
    EXPECT_EQ(url.user, "joe");
    EXPECT_EQ(url.password, "pw");
    EXPECT_EQ(url.revision, "v1.0");
    EXPECT_EQ(url.subdirectory, "python/lib");
    EXPECT_EQ(url.egg, "demo");
    EXPECT_EQ(MUST(parse_vcs_url("git+ssh://git@example.org/repo@feature/x")).repository, "ssh://git@example.org/repo");
    EXPECT_EQ(MUST(parse_vcs_url("git+ssh://git@example.org/repo@feature/x")).revision, "feature/x");
    EXPECT_EQ(MUST(parse_vcs_url("git+file:///a/b@c")).repository, "file:///a/b");
    EXPECT_EQ(MUST(parse_vcs_url("git+https://example.org/r")).revision, "");
}

TEST(VcsUrl, RefusesWhatGitWouldReadAsSomethingElse) {
    for (const char* text :
         {"https://example.org/x", "hg+https://example.org/x", "git+ext::sh", "git+ext://x/y", "git+https://example.org/x@-u",
          "git+https://example.org/x@--upload-pack=x", "git+https://example.org/x@a..b", "git+https://example.org/x@a:b",
          "git+https://example.org/x@a%20b", "git+https://example.org/x@", "git+https://example.org/x#subdirectory=../y",
          "git+https://example.org/x#subdirectory=/etc", "git+ssh://-oProxyCommand=x@example.org/x"}) {
        base::Result<VcsUrl> url = parse_vcs_url(text);
        ASSERT_FALSE(url.ok()) << text;
        EXPECT_EQ(url.error().kind, base::ErrorKind::Usage);
    }
}

TEST(Credentials, AreBoundToOriginAndPath) {
    Credentials credentials(KeyringProvider::Disabled);
    EXPECT_EQ(credentials.learn("https://a:1@example.org/one/simple"), "https://example.org/one/simple");
    EXPECT_EQ(credentials.learn("https://b:2@example.org/two/simple"), "https://example.org/two/simple");
    auto who = [&](const char* url) {
        std::string user, password;
        return credentials.find(MUST(base::parse_url(url)), user, password) ? user + ":" + password : "";
    };
    EXPECT_EQ(who("https://example.org/one/simple/x/"), "a:1");
    EXPECT_EQ(who("https://example.org:443/two/simple/x/"), "b:2");
    EXPECT_EQ(who("https://example.org/files/x.whl"), "a:1");
    EXPECT_EQ(who("http://example.org/one/simple"), "");
    EXPECT_EQ(who("https://example.org:444/one/simple"), "");
    EXPECT_EQ(who("https://example.org.evil/one/simple"), "");
    EXPECT_EQ(who("https://sub.example.org/one/simple"), "");
}

TEST(Credentials, ComeFromVariablesByName) {
    EXPECT_EQ(index_variable("my-own.index2"), "MY_OWN_INDEX2");
    setenv("ADDER_INDEX_TEAM_X_USERNAME", "joe", 1);
    setenv("ADDER_INDEX_TEAM_X_PASSWORD", "pw", 1);
    Credentials credentials(KeyringProvider::Disabled);
    credentials.add_index("team-x", "https://example.org/simple");
    credentials.add_index("other", "https://other.org/simple");
    std::string user, password;
    EXPECT_TRUE(credentials.find(MUST(base::parse_url("https://example.org/simple/a/")), user, password));
    EXPECT_EQ(user + ":" + password, "joe:pw");
    EXPECT_FALSE(credentials.find(MUST(base::parse_url("https://other.org/simple/a/")), user, password));
    unsetenv("ADDER_INDEX_TEAM_X_USERNAME");
    unsetenv("ADDER_INDEX_TEAM_X_PASSWORD");
}
