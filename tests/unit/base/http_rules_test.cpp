// base/http_rules and base/netrc: what needs no connection.
#include "base/http_rules.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/http.h"
#include "base/netrc.h"

using namespace base;

static constexpr int64_t kNow = 1'600'000'000;

static HttpFreshness freshness(std::vector<std::pair<std::string, std::string>> headers) {
    HttpResponse response;
    response.status = 200;
    response.headers = std::move(headers);
    return http_freshness(response, kNow);
}

TEST(HttpFreshness, SaysHowLongAnAnswerMayBeUsed) {
    EXPECT_EQ(freshness({{"cache-control", "public, max-age=600"}}).fresh_until, kNow + 600);
    EXPECT_EQ(freshness({{"cache-control", "max-age=\"60\""}}).fresh_until, kNow + 60);
    EXPECT_EQ(freshness({{"cache-control", "max-age=600"}, {"age", "500"}}).fresh_until, kNow + 100);
    EXPECT_EQ(freshness({{"cache-control", "max-age=600"}, {"age", "700"}}).fresh_until, 0);
    EXPECT_EQ(freshness({{"cache-control", "max-age=600"}, {"date", format_http_date(kNow - 200)}}).fresh_until, kNow + 400);
    // A clock that is behind the server's makes nothing fresher.
    EXPECT_EQ(freshness({{"cache-control", "max-age=600"}, {"date", format_http_date(kNow + 200)}}).fresh_until, kNow + 600);
    EXPECT_EQ(freshness({{"cache-control", "s-maxage=600"}}).fresh_until, 0);
    EXPECT_EQ(freshness({{"cache-control", "x-max-age=600"}}).fresh_until, 0);
    EXPECT_EQ(freshness({{"cache-control", "max-age=-1"}}).fresh_until, 0);
    EXPECT_EQ(freshness({{"cache-control", "no-cache, max-age=600"}}).fresh_until, 0);
    EXPECT_FALSE(freshness({{"cache-control", "no-store"}}).storable);
    EXPECT_TRUE(freshness({}).storable);
    EXPECT_FALSE(freshness({}).stated);
    HttpFreshness expires = freshness({{"expires", format_http_date(kNow + 90)}, {"date", format_http_date(kNow)}});
    EXPECT_EQ(expires.fresh_until, kNow + 90);
    EXPECT_EQ(expires.lifetime, 90);
    EXPECT_EQ(freshness({{"cache-control", "max-age=5, stale-if-error=60"}}).stale_if_error, 60);
}

TEST(HttpFreshness, ReadsListsOfSeveralLines) {
    EXPECT_FALSE(freshness({{"cache-control", "max-age=600"}, {"x", "y"}, {"cache-control", "no-store"}}).storable);
    EXPECT_EQ(freshness({{"cache-control", "public"}, {"cache-control", "max-age=600"}}).fresh_until, kNow + 600);
    EXPECT_EQ(freshness({{"cache-control", "public,\tmax-age=600\t, x"}}).fresh_until, kNow + 600);
}

TEST(HttpFreshness, IsBoundByTheRedirectsOnTheWay) {
    HttpResponse response;
    response.headers = {{"cache-control", "max-age=600"}};
    response.usable_for = 60;
    EXPECT_EQ(http_freshness(response, kNow).fresh_until, kNow + 60);
    EXPECT_EQ(http_freshness(response, kNow).lifetime, 60);
    response.storable = false;
    EXPECT_FALSE(http_freshness(response, kNow).storable);
}

TEST(HttpProxy, ComesFromTheEnvironment) {
    for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "REQUEST_METHOD"})
        unsetenv(name);
    Url plain = MUST(parse_url("http://example.org/")), secure = MUST(parse_url("https://example.org/"));
    EXPECT_EQ(http_proxy(plain, ""), "");
    setenv("ALL_PROXY", "http://all", 1);
    setenv("HTTP_PROXY", "http://plain", 1);
    EXPECT_EQ(http_proxy(plain, ""), "http://plain");
    EXPECT_EQ(http_proxy(secure, ""), "http://all");
    EXPECT_EQ(http_proxy(secure, "http://given"), "http://given");
    setenv("REQUEST_METHOD", "GET", 1);
    EXPECT_EQ(http_proxy(plain, ""), "http://all");
    for (const char* name : {"HTTP_PROXY", "ALL_PROXY", "REQUEST_METHOD"})
        unsetenv(name);
}

TEST(HttpProxy, IsNotAskedForAPortThatIsExcluded) {
    Url url = MUST(parse_url("http://a.example.org:8080/")), other = MUST(parse_url("http://a.example.org/"));
    for (const char* list : {"x, a.example.org:8080", "example.org:8080", ".Example.org:8080", "*.example.org:8080"}) {
        setenv("NO_PROXY", list, 1);
        EXPECT_EQ(http_proxy(url, "http://given"), "") << list;
        EXPECT_EQ(http_proxy(other, "http://given"), "http://given") << list;
    }
    for (const char* list : {"ample.org:8080", "a.example.org:80", ":8080", "a.example.org:"}) {
        setenv("NO_PROXY", list, 1);
        EXPECT_EQ(http_proxy(url, "http://given"), "http://given") << list;
    }
    setenv("NO_PROXY", "a.example.org:80", 1);
    EXPECT_EQ(http_proxy(other, "http://given"), "");
    unsetenv("NO_PROXY");
}

TEST(Netrc, FindsEntries) {
    std::vector<NetrcEntry> entries = parse_netrc(
        "# comment machine no login no password no\n"
        "machine Example.org\n  login joe\n  password \"pass \\\"word\\\"\"\n"
        "macdef init\nmachine fake login x password y\n\n"
        "machine other login a account b password c#d\n"
        "default login anonymous password me@home\n");
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_EQ(find_netrc(entries, "example.org")->login, "joe");
    EXPECT_EQ(find_netrc(entries, "example.org")->password, "pass \"word\"");
    EXPECT_EQ(find_netrc(entries, "other")->password, "c#d");
    EXPECT_EQ(find_netrc(entries, "fake")->login, "anonymous");
    EXPECT_EQ(find_netrc(parse_netrc("machine a login b password c"), "x"), nullptr);
    std::vector<NetrcEntry> users = parse_netrc(
        "machine a login x password 1\nmachine a login y password 2\nmachine b password 3\ndefault login x password 4\n");
    EXPECT_EQ(find_netrc(users, "a", "y")->password, "2");
    EXPECT_EQ(find_netrc(users, "a", "z"), nullptr);
    EXPECT_EQ(find_netrc(users, "b", "z")->password, "3");
    EXPECT_EQ(find_netrc(users, "c", "x")->password, "4");
    for (const char* cut : {"machine", "machine a login", "machine a password \"x", "login x", "\"", "macdef x"})
        (void)parse_netrc(cut);
}
