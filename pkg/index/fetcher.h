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

namespace pkg {

struct FetchedPage {
    bool found = false;  // false: 404 or 410
    std::string url;     // after redirects
    std::string content_type;
    std::string body;
    int64_t fresh_until = 0;  // Unix seconds; 0 for what must not be kept
};

class Fetcher {
  public:
    Fetcher(base::HttpSettings settings, Cache& cache, bool offline, bool refresh)
        : http_(settings), clock_(*settings.clock), cache_(cache), offline_(offline), refresh_(refresh) {}

    // Takes user and password out of `url` and remembers them for its origin; returns the URL without them.
    std::string learn_credentials(std::string_view url);
    void set_credentials(std::string_view url, std::string user, std::string password);

    // A page out of the cache while it is fresh, else from the network (asking whether it changed). Begin early with
    // `start_page`; `page` waits. Any other status than 200, 304, 404 and 410 is an error.
    void start_page(const std::string& url, std::string_view accept);
    base::Result<FetchedPage> page(const std::string& url, std::string_view accept);

    // May an answer kept until `fresh_until` be used without asking?
    bool usable(int64_t fresh_until) const;

    // A request with this origin's credentials; nothing is cached.
    base::Result<base::HttpResponse> perform(base::HttpRequest request);
    base::HttpClient::Ticket start(base::HttpRequest request);
    base::Result<base::HttpResponse> wait(base::HttpClient::Ticket ticket);
    bool offline() const { return offline_; }
    base::Error offline_error(std::string_view url) const;

  private:
    struct Pending {
        base::HttpClient::Ticket ticket = 0;
        bool cached = false;  // answered by `page` alone
        FetchedPage page;
        std::string etag, last_modified;
    };
    void add_credentials(base::HttpRequest& request);
    std::string store(const std::string& url, const FetchedPage& page, const base::HttpFreshness& freshness);

    base::HttpClient http_;
    base::Clock& clock_;
    Cache& cache_;
    bool offline_, refresh_;
    std::map<std::string, std::pair<std::string, std::string>, std::less<>> credentials_;  // by origin
    std::map<std::string, Pending, std::less<>> pending_;
};

}  // namespace pkg
