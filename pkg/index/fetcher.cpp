// Credentials, the page cache, and requests.
#include "pkg/index/fetcher.h"

#include "base/text.h"
#include "base/url.h"

namespace pkg {

namespace {

constexpr std::string_view kHeader = "adder page 1\n";

struct StoredPage {
    FetchedPage page;
    int64_t fresh_until = 0;
    std::string etag, last_modified;
};

// "key value" lines, an empty line, the body.
std::string write_stored(const StoredPage& stored) {
    std::string out(kHeader);
    out += "found " + std::string(stored.page.found ? "1" : "0") + "\nurl " + stored.page.url + "\ntype " +
           stored.page.content_type + "\n";
    out += "fresh " + std::to_string(stored.fresh_until) + "\netag " + stored.etag + "\nmodified " +
           stored.last_modified + "\n\n";
    return out + stored.page.body;
}

bool read_stored(std::string text, StoredPage& out) {
    if (!text.starts_with(kHeader)) return false;
    size_t at = kHeader.size();
    for (;;) {
        size_t end = text.find('\n', at);
        if (end == std::string::npos) return false;
        std::string_view line = std::string_view(text).substr(at, end - at), key, value;
        at = end + 1;
        if (line.empty()) break;
        if (!base::partition(line, ' ', key, value)) return false;
        if (key == "found") out.page.found = value == "1";
        if (key == "url") out.page.url = value;
        if (key == "type") out.page.content_type = value;
        if (key == "fresh") out.fresh_until = atoll(std::string(value).c_str());
        if (key == "etag") out.etag = value;
        if (key == "modified") out.last_modified = value;
    }
    out.page.body = text.substr(at);
    return true;
}

}  // namespace

std::string Fetcher::learn_credentials(std::string_view url) {
    base::Result<base::Url> parts = base::parse_url(url);
    if (!parts.ok() || !parts->has_user) return std::string(url);
    credentials_[parts->origin()] = {parts->user, parts->password};
    return parts->text();
}
void Fetcher::set_credentials(std::string_view url, std::string user, std::string password) {
    base::Result<base::Url> parts = base::parse_url(url);
    if (parts.ok()) credentials_[parts->origin()] = {std::move(user), std::move(password)};
}

void Fetcher::add_credentials(base::HttpRequest& request) {
    base::Result<base::Url> parts = base::parse_url(request.url);
    if (!parts.ok() || parts->has_user) return;
    auto found = credentials_.find(parts->origin());
    if (found == credentials_.end()) return;
    request.user = found->second.first;
    request.password = found->second.second;
}

base::Error Fetcher::offline_error(std::string_view url) const {
    return base::Error(base::ErrorKind::Network,
                       "`" + base::redact_url(url) + "` is not in the cache, and --offline forbids to fetch it");
}

base::Result<base::HttpResponse> Fetcher::perform(base::HttpRequest request) {
    if (offline_) return offline_error(request.url);
    add_credentials(request);
    return http_.perform(std::move(request));
}
base::HttpClient::Ticket Fetcher::start(base::HttpRequest request) {
    add_credentials(request);
    return http_.start(std::move(request));
}
base::Result<base::HttpResponse> Fetcher::wait(base::HttpClient::Ticket ticket) {
    return http_.wait(ticket);
}

std::string Fetcher::store(const std::string& url, const FetchedPage& page, const base::HttpFreshness& freshness) {
    StoredPage stored;
    stored.page = page;
    stored.fresh_until = freshness.fresh_until;
    stored.etag = freshness.etag;
    stored.last_modified = freshness.last_modified;
    std::string text = write_stored(stored);
    if (freshness.storable) cache_.write(Bucket::Pages, url, text);
    return text;
}

bool Fetcher::usable(int64_t fresh_until) const {
    return offline_ || (!refresh_ && fresh_until > clock_.unix_seconds());
}

void Fetcher::start_page(const std::string& url, std::string_view accept) {
    if (pending_.count(url)) return;
    Pending& pending = pending_[url];
    StoredPage stored;
    std::optional<std::string> text = cache_.read(Bucket::Pages, url);
    bool known = text && read_stored(std::move(*text), stored);
    if (known) pending.page = std::move(stored.page);
    if (known && usable(stored.fresh_until)) {
        pending.page.fresh_until = stored.fresh_until;
        pending.cached = true;
        return;
    }
    if (offline_) return;
    base::HttpRequest request;
    request.url = url;
    request.headers = {{"Accept", std::string(accept)}};
    if (known && !stored.etag.empty()) request.headers.emplace_back("If-None-Match", stored.etag);
    if (known && !stored.last_modified.empty()) request.headers.emplace_back("If-Modified-Since", stored.last_modified);
    pending.etag = stored.etag;
    pending.last_modified = stored.last_modified;
    pending.ticket = start(std::move(request));
}

base::Result<FetchedPage> Fetcher::page(const std::string& url, std::string_view accept) {
    start_page(url, accept);
    Pending pending = std::move(pending_[url]);
    pending_.erase(url);
    if (pending.cached) return std::move(pending.page);
    if (!pending.ticket) return offline_error(url);
    base::HttpResponse response = TRY(http_.wait(pending.ticket));
    base::HttpFreshness freshness = base::http_freshness(response, clock_.unix_seconds());
    if (response.status == 304) {
        if (freshness.etag.empty()) freshness.etag = pending.etag;
        if (freshness.last_modified.empty()) freshness.last_modified = pending.last_modified;
        store(url, pending.page, freshness);
        pending.page.fresh_until = freshness.storable ? freshness.fresh_until : 0;
        return std::move(pending.page);
    }
    FetchedPage page;
    page.url = response.url;
    page.found = response.status == 200;
    if (!page.found && response.status != 404 && response.status != 410) return base::http_status_error(response);
    if (page.found) {
        page.content_type = response.header("content-type");
        page.body = std::move(response.body);
    }
    store(url, page, freshness);
    page.fresh_until = freshness.storable ? freshness.fresh_until : 0;
    return page;
}

}  // namespace pkg
