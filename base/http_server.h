// A small HTTP/1.1 server for loopback and local networks: a thread a connection, keep-alive, bodies in memory or out of a
// file, byte ranges and If-None-Match answered for any 200 response. It speaks plain HTTP; TLS belongs to a proxy before it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace base {

struct HttpIncoming {
    std::string method, target;                                // as sent
    std::string path;                                          // of the target, decoded once
    std::string query;                                         // not decoded
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
    std::string_view header(std::string_view name) const;
};
struct HttpOutgoing {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string file = {};  // a path: its bytes are the body, and 404 where it cannot be read
    // A plain-text answer with a line of text.
    static HttpOutgoing text(int status, std::string line);
};

// Answers requests; called from several threads at once.
class HttpHandler {
  public:
    virtual ~HttpHandler() = default;
    virtual HttpOutgoing handle(const HttpIncoming& request) = 0;
};

class HttpServer {
  public:
    // Binds and listens; port 0 takes a free one. Nothing is accepted before run().
    static Result<std::unique_ptr<HttpServer>> listen(const std::string& host, int port, HttpHandler& handler);
    ~HttpServer();
    int port() const { return port_; }
    void run();   // until stop(); all connections are closed on return
    void stop();  // from any thread or a signal handler
    uint64_t body_limit = uint64_t(2) << 30;

  private:
    struct Connection;
    HttpServer(int socket, int wake, int port, HttpHandler& handler)
        : socket_(socket), wake_(wake), port_(port), handler_(handler) {}
    int socket_, wake_, port_;
    HttpHandler& handler_;
    std::atomic<bool> stopping_ = false;
};

// One part of a multipart/form-data body.
struct HttpFormPart {
    std::string name, file_name, content_type, value;
    bool has_file_name = false;
};
// The parts of `body`, whose Content-Type header is given; a Usage error for anything malformed.
Result<std::vector<HttpFormPart>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace base
