// Network access of the package layer: credentials bound to their origin, --offline, and pages kept in the cache with
// their HTTP freshness (RFC 9111).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/result.h"
#include "pkg/cache.h"
#include "pkg/index/credentials.h"

namespace pkg {

struct FetchedPage {
    bool found = false;  // false: 404 or 410
    std::string url;     // after redirects
    std::string content_type;
    std::string body;
    int64_t fresh_until = 0;  // Unix seconds; 0 for what must not be kept
};

// May an answer in the cache be used while it is fresh?
enum class PageUse : uint8_t { Cached, Revalidate };

class Fetcher {
  public:
    Fetcher(base::HttpSettings settings, Cache& cache, bool offline, KeyringProvider keyring);

    Credentials& credentials() { return credentials_; }

    // A page out of the cache while it is fresh, else from the network (asking whether it changed). Begin early with
    // `start_page`; `page` waits. Any other status than 200, 304, 404 and 410 is an error, unless what is in the cache
    // allows to stand in for it (stale-if-error).
    void start_page(const std::string& url, std::string_view accept, PageUse use = PageUse::Cached);
    base::Result<FetchedPage> page(const std::string& url, std::string_view accept, PageUse use = PageUse::Cached);

    // Would `page` not wait? False for what was not started.
    bool has_page(std::string_view url) const;

    // May an answer kept until `fresh_until` be used without asking?
    bool usable(int64_t fresh_until, PageUse use) const;

    // How long an answer may be used again: with `before` that of what a 304 confirms.
    base::HttpFreshness freshness(const base::HttpResponse& response, const base::HttpFreshness* before = nullptr) const;

    // A request with this origin's credentials; nothing is cached.
    base::Result<base::HttpResponse> perform(base::HttpRequest request);
    base::HttpClient::Ticket start(base::HttpRequest request);
    base::Result<base::HttpResponse> wait(base::HttpClient::Ticket ticket);
    uint64_t answers() const { return http_.answers(); }
    bool wait_for_answer(uint64_t known) { return http_.wait_for_answer(known); }
    bool has_answer(base::HttpClient::Ticket ticket) const { return http_.done(ticket); }
    base::HttpClient::Ticket next_done(bool wait) { return http_.next_done(wait); }
    void hurry() { http_.hurry(); }
    void forget(base::HttpClient::Ticket ticket) { http_.forget(ticket); }
    uint64_t requests_made() const { return http_.requests_made(); }
    bool offline() const { return offline_; }
    base::Error offline_error(std::string_view url) const;

  private:
    struct StoredPage {
        FetchedPage page;
        base::HttpFreshness freshness;
    };
    struct Pending {
        base::HttpClient::Ticket ticket = 0;
        bool cached = false;  // answered by the cache alone
        bool known = false;   // `stored` holds what was there before
        StoredPage stored;
    };
    static std::string write_stored(const StoredPage& stored);
    static bool read_stored(std::string text, StoredPage& out);
    bool stands_in(const Pending& pending) const;

    Credentials credentials_;
    base::Clock& clock_;
    Cache& cache_;
    bool offline_;
    base::HttpClient http_;  // asks `credentials_`
    std::map<std::string, Pending, std::less<>> pending_;
};

}  // namespace pkg
