// HTTP(S) requests over libcurl, which is opened at the first one (design §3): many at once over kept connections, HTTP/2
// where the server has it, retries with growing pauses. Redirects are followed here and not by curl, so that each hop gets
// the credentials of its own origin and no other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace base {

struct Url;

// Who we are to a server. Asked for every origin that a request goes to, redirects included.
class HttpIdentities {
  public:
    virtual ~HttpIdentities() = default;
    // False: nobody. The .netrc file is asked then, and for the password of a user who has none here.
    virtual bool find(const Url& url, std::string& user, std::string& password) = 0;
    // The server refused (401) what was sent, or that nothing was: true when there is something else to try.
    virtual bool refused(const Url& url, std::string& user, std::string& password) = 0;
};

struct HttpSettings {
    std::string user_agent = "adder";
    std::string ca_file;                     // PEM file or directory of such; empty: the system's store
    std::string client_certificate;          // PEM file with key
    std::string proxy;                       // empty: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY (either case); NO_PROXY counts
    std::string netrc_file;                  // empty: $NETRC or ~/.netrc
    std::vector<std::string> trusted_hosts;  // "host" or "host:port": certificates are not checked
    int connect_timeout_s = 10;
    int stall_timeout_s = 30;  // no byte for so long
    int retries = 3;
    int connections = 24;
    int log = -1;  // file descriptor that gets a line for every answer
    HttpIdentities* identities = nullptr;
    Clock* clock = &system_clock();
};

struct HttpPart {  // of a multipart/form-data body
    std::string name, value;
    std::string file_name, content_type;  // set for a file
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;  // user:password@ in it is used for its host and never shown
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::vector<HttpPart> form;
    std::string user, password;          // Basic authentication for this origin; over those in the URL
    std::string save_to;                 // the body of a 200 goes to this file (made with O_EXCL) instead of memory
    uint64_t limit = uint64_t(1) << 32;  // longest body
    bool may_retry = true;
    bool as_sent = false;  // no content coding is asked for or undone, as for `save_to`
    // Nobody waits for it yet: few of these run beside the others, and next_done() tells which has ended.
    bool background = false;
};

struct HttpResponse {
    int status = 0;
    std::string reason;                                        // the phrase behind the status, as the server writes it
    std::string url;                                           // after redirects
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, of the last response only
    std::string body;
    // What the redirects on the way allow: may the answer be kept, and for how many seconds be used.
    bool storable = true;
    int64_t usable_for = INT64_MAX;
    bool ok() const { return status >= 200 && status < 300; }
    std::string_view header(std::string_view name) const;
    // A list that may stand in several lines of one name, with commas between them (RFC 9110 §5.3).
    std::string list(std::string_view name) const;
};

// How long a response may be used again, and what to ask for afterwards (RFC 9111).
struct HttpFreshness {
    bool storable = false;
    bool stated = false;      // the response says how long (a 304 that does not leaves what was known)
    int64_t fresh_until = 0;  // Unix seconds; 0: ask at once
    int64_t lifetime = 0;     // seconds, of which the response's age is not yet taken away
    int64_t received = 0;
    int64_t stale_if_error = 0;  // for so long after it stops to be fresh it may stand in for a failing server (RFC 5861)
    std::string etag, last_modified;
};
HttpFreshness http_freshness(const HttpResponse& response, int64_t now);
// "`URL` answered 404 Not Found", with the body's first line for a text body. Kind Network.
Error http_status_error(const HttpResponse& response);

class HttpClient {
  public:
    explicit HttpClient(HttpSettings settings = {});
    HttpClient(HttpClient&&) noexcept;
    ~HttpClient();

    // Any status is a response; an Error (Network, or Io for `save_to`) means that there was none.
    Result<HttpResponse> perform(HttpRequest request);
    // Begins a request; `wait` gives its result once. Others go on meanwhile.
    using Ticket = uint64_t;
    Ticket start(HttpRequest request);
    bool done(Ticket ticket) const;  // would `wait` not wait?
    Result<HttpResponse> wait(Ticket ticket);
    // How many requests have ended; waits until more than `known` have, false where none is left that could.
    uint64_t answers() const;
    bool wait_for_answer(uint64_t known);
    // A background request that has ended, each of them once; 0 for none: with `wait` that none is left.
    Ticket next_done(bool wait);
    // Until all of them have ended background requests are as urgent as the others.
    void hurry();
    // Ends a request whose result nobody wants.
    void forget(Ticket ticket);
    uint64_t requests_made() const;  // sent to a server, retries included

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace base
