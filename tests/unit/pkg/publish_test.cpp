// pkg/publish: .pypirc.
#include "pkg/publish/publish.h"

#include <gtest/gtest.h>

using namespace pkg;

TEST(Pypirc, IsReadAsConfigparserDoes) {
    const char* text =
        "[distutils]\nindex-servers =\n    mine\n    repository: other\n\n"
        "; repository = no\n[mine]\nRepository = https://example.org/legacy/\nUSERNAME: joe\n"
        "password =\n    pass:word\n    # not this\n  and=more\n[later]\nrepository = x\n";
    PublishTarget target = MUST(read_pypirc(text, "mine"));
    EXPECT_EQ(target.url, "https://example.org/legacy/");
    EXPECT_EQ(target.user, "joe");
    EXPECT_EQ(target.password, "pass:word\nand=more");
    EXPECT_EQ(MUST(read_pypirc("", "testpypi")).url, "https://test.pypi.org/legacy/");
    EXPECT_EQ(MUST(read_pypirc("[pypi]\nusername=a\n", "pypi")).user, "a");
}

TEST(Pypirc, SectionsMustNameARepository) {
    EXPECT_NE(read_pypirc("[mine]\nusername = joe\n", "mine").error().message.find("names no `repository`"), std::string::npos);
    EXPECT_NE(read_pypirc("[mine]\nrepository =\n", "mine").error().message.find("names no `repository`"), std::string::npos);
    EXPECT_NE(read_pypirc("[mine]\nrepository = x\n", "other").error().message.find("no section [other]"), std::string::npos);
}
