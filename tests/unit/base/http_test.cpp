// base/http against a server in this process.
#include "base/http.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <atomic>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include "base/fs.h"
#include "base/http_server.h"

using namespace base;

namespace {
// A clock that does not sleep: retries are immediate, and tell how long they would have waited.
class FastClock final : public Clock {
  public:
    int64_t unix_seconds() override { return 1000000000; }
    int64_t monotonic_ms() override { return now; }
    void sleep_ms(int64_t duration) override {
        slept += duration;
        now += duration;
    }
    int64_t now = 0, slept = 0;
};

struct Http : testing::Test, HttpHandler {
    std::unique_ptr<HttpServer> server = HttpServer::listen("127.0.0.1", 0, *this).value();
    std::thread thread = std::thread([this] { server->run(); });
    int port = server->port();
    FastClock clock;
    std::atomic<int> hits = 0;
    std::function<HttpOutgoing(const HttpIncoming&)> answer;

    HttpOutgoing handle(const HttpIncoming& request) override { return answer(request); }
    void stop() {
        if (!thread.joinable()) return;
        server->stop();
        thread.join();
    }
    ~Http() override { stop(); }
    HttpClient client() {
        HttpSettings settings;
        settings.clock = &clock;
        settings.netrc_file = "/dev/null";
        return HttpClient(settings);
    }
    std::string url(const char* path) { return "http://127.0.0.1:" + std::to_string(port) + path; }
};
}  // namespace

TEST_F(Http, FetchesManyAtOnce) {
    answer = [](const HttpIncoming& in) -> HttpOutgoing {
        if (!in.path.starts_with("/n/")) return HttpOutgoing::text(404, "no such page");
        return {200, {{"X-Case", " Value "}}, in.path.substr(3)};
    };
    HttpClient http = client();
    std::vector<HttpClient::Ticket> tickets;
    for (int i = 0; i < 40; i++)
        tickets.push_back(http.start({.url = url(("/n/" + std::to_string(i)).c_str())}));
    for (int i = 39; i >= 0; i--) {
        HttpResponse response = MUST(http.wait(tickets[i]));
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, std::to_string(i));
        EXPECT_EQ(response.header("x-case"), "Value");
    }
    HttpResponse missing = MUST(http.perform({.url = url("/none")}));
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(http_status_error(missing).contexts.at(0), "the server says: no such page");
    HttpResponse head = MUST(http.perform({.method = "HEAD", .url = url("/n/12345")}));
    EXPECT_EQ(head.header("content-length"), "5");
    EXPECT_EQ(head.body, "");
}

TEST_F(Http, ServesFiles) {
    TemporaryDirectory folder = MUST(TemporaryDirectory::create());
    std::string bytes;
    for (int i = 0; i < 300000; i++)
        bytes += (char)(i * i >> 7);
    MUST(write_file(folder.path() + "/long", bytes));
    MUST(write_file(folder.path() + "/empty", ""));
    answer = [&](const HttpIncoming& in) -> HttpOutgoing { return {200, {{"ETag", "\"x\""}}, "", folder.path() + in.path}; };
    HttpClient http = client();
    auto get = [&](const char* path, std::string range, const char* method = "GET") {
        HttpRequest request{.method = method, .url = url(path)};
        if (!range.empty()) request.headers = {{"Range", range}};
        return MUST(http.perform(request));
    };
    EXPECT_EQ(get("/long", "").body, bytes);
    EXPECT_EQ(get("/long", "", "HEAD").header("content-length"), "300000");
    EXPECT_EQ(get("/long", "bytes=-5").body, bytes.substr(299995));
    HttpResponse part = get("/long", "bytes=1000-200000");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, bytes.substr(1000, 199001));
    EXPECT_EQ(part.header("content-range"), "bytes 1000-200000/300000");
    EXPECT_EQ(get("/long", "bytes=300000-").status, 416);
    EXPECT_EQ(get("/empty", "").body, "");
    EXPECT_EQ(get("/empty", "").status, 200);
    EXPECT_EQ(get("/none", "").status, 404);
    EXPECT_EQ(get("/", "").status, 404);
    EXPECT_EQ(MUST(http.perform({.url = url("/long"), .headers = {{"If-None-Match", "\"x\""}}})).status, 304);
    // A client that leaves in the middle harms nobody.
    EXPECT_FALSE(http.perform({.url = url("/long"), .limit = 1000}).ok());
    EXPECT_EQ(get("/long", "").body, bytes);
}

TEST_F(Http, BackgroundRequestsLeaveRoom) {
    std::promise<void> asked;
    std::shared_future<void> urgent;
    std::atomic<int> late = 0;
    answer = [&](const HttpIncoming& in) -> HttpOutgoing {
        if (in.path == "/urgent") {
            asked.set_value();
        } else if (urgent.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
            late++;
        }
        return {200, {}, in.path};
    };
    HttpClient http = client();
    // Having hurried once is no reason to go on so.
    for (uint64_t round = 1; round <= 2; round++) {
        asked = {};
        urgent = asked.get_future().share();
        std::set<HttpClient::Ticket> background;
        for (int i = 0; i < 30; i++)
            background.insert(http.start({.url = url("/background"), .background = true}));
        HttpClient::Ticket forgotten = http.start({.url = url("/forgotten"), .background = true});
        EXPECT_EQ(http.perform({.url = url("/urgent")}).value().body, "/urgent");
        http.forget(forgotten);
        http.hurry();
        while (HttpClient::Ticket ticket = http.next_done(true)) {
            EXPECT_EQ(background.erase(ticket), 1u);
            EXPECT_EQ(http.wait(ticket).value().body, "/background");
        }
        EXPECT_TRUE(background.empty());
        EXPECT_EQ(late, 0);
        EXPECT_EQ(http.answers(), 32 * round);
        EXPECT_FALSE(http.wait_for_answer(http.answers()));
    }
}

TEST_F(Http, BackgroundRequestThatIsWaitedFor) {
    answer = [](const HttpIncoming& in) -> HttpOutgoing { return {200, {}, in.path}; };
    HttpClient http = client();
    HttpClient::Ticket ticket = 0;
    for (int i = 0; i < 20; i++)
        ticket = http.start({.url = url("/n"), .background = true});
    EXPECT_EQ(http.wait(ticket).value().body, "/n");
    int others = 0;
    while (HttpClient::Ticket other = http.next_done(true)) {
        EXPECT_NE(other, ticket);
        EXPECT_TRUE(http.wait(other).ok());
        others++;
    }
    EXPECT_EQ(others, 19);
}

TEST_F(Http, RetriesAndHonoursRetryAfter) {
    answer = [&](const HttpIncoming&) -> HttpOutgoing {
        if (++hits < 3) return {hits == 1 ? 503 : 429, {{"Retry-After", "7"}}, ""};
        return HttpOutgoing::text(200, "good");
    };
    HttpClient http = client();
    EXPECT_EQ(MUST(http.perform({.url = url("/flaky")})).body, "good\n");
    EXPECT_EQ(hits, 3);
    EXPECT_GE(clock.slept, 14000);
    hits = -1000;
    HttpResponse given_up = MUST(http.perform({.url = url("/flaky")}));
    EXPECT_EQ(given_up.status, 429);
    EXPECT_NE(http_status_error(given_up).message.find("429 Too Many Requests"), std::string::npos);
}

TEST_F(Http, RetriesWhatMayPass) {
    for (auto [status, sent] : {std::pair{408, 2}, {500, 2}, {520, 2}, {524, 2}, {501, 1}, {505, 1}, {404, 1}}) {
        hits = 0;
        answer = [&hits = hits, status = status](const HttpIncoming&) { return HttpOutgoing::text(++hits == 1 ? status : 200, "x"); };
        HttpClient http = client();
        EXPECT_EQ(MUST(http.perform({.url = url("/")})).status, sent == 2 ? 200 : status);
        EXPECT_EQ(hits, sent) << status;
    }
}

TEST_F(Http, AnswersBehindRedirectsAreKeptAsTheRedirectsAllow) {
    std::pair<int, std::string> redirect;
    answer = [&](const HttpIncoming& in) -> HttpOutgoing {
        if (in.path == "/there") return {200, {{"Cache-Control", "max-age=600"}}, "x"};
        HttpOutgoing out = {redirect.first, {{"Location", "/there"}}, ""};
        if (!redirect.second.empty()) out.headers.emplace_back("Cache-Control", redirect.second);
        return out;
    };
    auto fresh = [&](int status, const char* control) {
        redirect = {status, control};
        HttpClient http = client();
        return http_freshness(MUST(http.perform({.url = url("/here")})), 1000000000);
    };
    EXPECT_FALSE(fresh(302, "no-store").storable);
    EXPECT_EQ(fresh(302, "").lifetime, 0);
    EXPECT_EQ(fresh(302, "max-age=60").lifetime, 60);
    EXPECT_EQ(fresh(301, "").lifetime, 600);
    EXPECT_EQ(fresh(301, "no-cache").lifetime, 0);
    EXPECT_TRUE(fresh(301, "").storable);
}

TEST_F(Http, ErrorsDoNotShowTheProxysPassword) {
    for (const char* proxy : {"foo://bob:S3CRET@127.0.0.1:1", "http://bob:S3CRET@127.0.0.1:99999", "bob:S3CRET@127.0.0.1:x"}) {
        HttpSettings settings;
        settings.clock = &clock;
        settings.proxy = proxy;
        Result<HttpResponse> response = HttpClient(settings).perform({.url = url("/")});
        ASSERT_FALSE(response.ok());
        EXPECT_EQ(response.error().message.find("S3CRET"), std::string::npos) << response.error().message;
    }
}

TEST_F(Http, OldClientsAreLeftAfterTheAnswer) {
    answer = [](const HttpIncoming&) { return HttpOutgoing::text(200, "x"); };
    auto stays = [&](const std::string& head) {
        int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons((uint16_t)port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_GT(write(socket, head.data(), head.size()), 0);
        char block[4096];
        std::string got;
        pollfd set = {socket, POLLIN, 0};
        bool open = true;
        while (open && poll(&set, 1, got.ends_with("x\n") ? 200 : 5000) > 0) {
            ssize_t size = read(socket, block, sizeof block);
            if (size > 0) got.append(block, (size_t)size);
            open = size > 0;
        }
        close(socket);
        EXPECT_TRUE(got.ends_with("x\n"));
        return open;
    };
    EXPECT_FALSE(stays("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(stays("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
    EXPECT_TRUE(stays("GET / HTTP/1.1\r\n\r\n"));
    EXPECT_FALSE(stays("GET / HTTP/1.1\r\nConnection: x, close\r\n\r\n"));
}

TEST_F(Http, OneClearErrorWhenNobodyAnswers) {
    stop();
    server.reset();
    HttpClient http = client();
    Result<HttpResponse> response =
        http.perform({.url = "http://user:secret@127.0.0.1:" + std::to_string(port) + "/x"});
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().kind, ErrorKind::Network);
    EXPECT_EQ(response.error().message.find("secret"), std::string::npos);
    EXPECT_NE(response.error().message.find("tried 4 times"), std::string::npos);
}

TEST_F(Http, CredentialsDoNotFollowToAnotherHost) {
    std::string seen_here, seen_there;
    answer = [&](const HttpIncoming& in) -> HttpOutgoing {
        if (in.path == "/loop") return {302, {{"Location", "/loop"}}, ""};
        (in.path == "/start" ? seen_here : seen_there) = in.header("authorization");
        if (in.path == "/there") return HttpOutgoing::text(200, "ok");
        return {302, {{"Location", "http://localhost:" + std::to_string(port) + "/there"}}, ""};
    };
    HttpClient http = client();
    HttpResponse response = MUST(http.perform({.url = "http://me:pw@127.0.0.1:" + std::to_string(port) + "/start"}));
    EXPECT_EQ(response.body, "ok\n");
    EXPECT_EQ(seen_here, "Basic bWU6cHc=");
    EXPECT_EQ(seen_there, "");
    EXPECT_NE(response.url.find("localhost"), std::string::npos);
    EXPECT_FALSE(http.perform({.url = url("/loop")}).ok());
}

TEST_F(Http, SavesBodiesAndLimitsThem) {
    std::string big(300000, 'b');
    answer = [&](const HttpIncoming&) -> HttpOutgoing { return {200, {{"ETag", "\"v1\""}}, big}; };
    HttpClient http = client();
    TemporaryDirectory folder = MUST(TemporaryDirectory::create());
    std::string path = folder.path() + "/f";
    EXPECT_EQ(MUST(http.perform({.url = url("/big"), .save_to = path})).body, "");
    EXPECT_EQ(read_file(path).value(), big);
    EXPECT_EQ(http.perform({.url = url("/big"), .save_to = path}).error().kind, ErrorKind::Io);
    EXPECT_EQ(read_file(path).value(), big);
    EXPECT_FALSE(http.perform({.url = url("/big"), .limit = 1000}).ok());
    HttpResponse part = MUST(http.perform({.url = url("/big"), .headers = {{"Range", "bytes=-10"}}}));
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body.size(), 10u);
    EXPECT_EQ(part.header("content-range"), "bytes 299990-299999/300000");
    EXPECT_EQ(MUST(http.perform({.url = url("/big"), .headers = {{"Range", "bytes=5-6"}}})).body, "bb");
    EXPECT_EQ(MUST(http.perform({.url = url("/big"), .headers = {{"Range", "bytes=300000-"}}})).status, 416);
    EXPECT_EQ(MUST(http.perform({.url = url("/big"), .headers = {{"If-None-Match", "\"v1\""}}})).status, 304);
}

TEST_F(Http, PostsForms) {
    answer = [&](const HttpIncoming& in) -> HttpOutgoing {
        std::vector<HttpFormPart> parts = MUST(parse_multipart(in.header("content-type"), in.body));
        return {200, {}, parts.at(0).value + "|" + parts.at(1).file_name + "|" + parts.at(1).value};
    };
    HttpClient http = client();
    HttpRequest request{.method = "POST", .url = url("/up")};
    request.form = {{"name", "v a l", "", ""},
                    {"content", std::string("x\0y", 3), "f.whl", "application/octet-stream"}};
    EXPECT_EQ(MUST(http.perform(request)).body, std::string("v a l|f.whl|x\0y", 15));
    EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=x", "--x\r\n\r\n").ok());
    EXPECT_FALSE(parse_multipart("text/plain", "").ok());
}

TEST(HttpFreshness, ReadsCacheControl) {
    HttpResponse response;
    response.headers = {{"cache-control", "public, max-age=600"}, {"age", "100"}, {"etag", "\"x\""}};
    HttpFreshness fresh = http_freshness(response, 1000);
    EXPECT_EQ(fresh.fresh_until, 1500);
    EXPECT_EQ(fresh.etag, "\"x\"");
    EXPECT_TRUE(fresh.storable);
    response.headers = {{"cache-control", "no-store"}};
    EXPECT_FALSE(http_freshness(response, 1000).storable);
    response.headers = {{"expires", "Sun, 09 Sep 2001 01:46:40 GMT"}};
    EXPECT_EQ(http_freshness(response, 1000).fresh_until, 1000000000);
    response.headers = {{"cache-control", "no-cache, max-age=5"}};
    EXPECT_EQ(http_freshness(response, 1000).fresh_until, 0);
}
