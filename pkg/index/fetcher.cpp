// The page cache, and requests.
#include "pkg/index/fetcher.h"

#include <algorithm>

#include "base/text.h"
#include "base/url.h"
#include "pkg/index/freshness.h"

namespace pkg {

static constexpr std::string_view kHeader = "adder page 2\n";
// The longest pages of PyPI have some 40 MB; what is longer, or inflates to more, is no page.
static constexpr uint64_t kLongestPage = uint64_t(128) << 20;

static base::HttpSettings with(base::HttpSettings settings, base::HttpIdentities* identities) {
    settings.identities = identities;
    return settings;
}

Fetcher::Fetcher(base::HttpSettings settings, Cache& cache, bool offline, KeyringProvider keyring)
    : credentials_(keyring), clock_(*settings.clock), cache_(cache), offline_(offline), http_(with(std::move(settings), &credentials_)) {}

// "key value" lines, an empty line, the body.
std::string Fetcher::write_stored(const StoredPage& stored) {
    std::string out(kHeader);
    auto line = [&](std::string_view key, std::string_view value) {
        out += std::string(key) + " " + std::string(value) + "\n";
    };
    line("found", stored.page.found ? "1" : "0");
    line("url", stored.page.url);
    line("type", stored.page.content_type);
    append_freshness(out, stored.freshness);
    return out + "\n" + stored.page.body;
}

bool Fetcher::read_stored(std::string text, StoredPage& out) {
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
        take_freshness(key, value, out.freshness);
    }
    text.erase(0, at);
    out.page.body = std::move(text);
    return true;
}

base::Error Fetcher::offline_error(std::string_view url) const {
    return base::Error(base::ErrorKind::Network,
                       "`" + base::redact_url(url) + "` is not in the cache, and --offline forbids to fetch it");
}

base::Result<base::HttpResponse> Fetcher::perform(base::HttpRequest request) {
    if (offline_) return offline_error(request.url);
    return http_.perform(std::move(request));
}
base::HttpClient::Ticket Fetcher::start(base::HttpRequest request) {
    return http_.start(std::move(request));
}
base::Result<base::HttpResponse> Fetcher::wait(base::HttpClient::Ticket ticket) {
    return http_.wait(ticket);
}

base::HttpFreshness Fetcher::freshness(const base::HttpResponse& response, const base::HttpFreshness* before) const {
    base::HttpFreshness now = base::http_freshness(response, clock_.unix_seconds());
    return before && response.status == 304 ? renewed(std::move(now), *before, clock_.unix_seconds()) : now;
}

bool Fetcher::usable(int64_t fresh_until, PageUse use) const {
    return offline_ || (use == PageUse::Cached && fresh_until > clock_.unix_seconds());
}

void Fetcher::start_page(const std::string& url, std::string_view accept, PageUse use) {
    if (pending_.count(url)) return;
    Pending& pending = pending_[url];
    std::optional<std::string> text = cache_.read(Bucket::Pages, url);
    pending.known = text && read_stored(std::move(*text), pending.stored);
    const base::HttpFreshness& freshness = pending.stored.freshness;
    pending.cached = pending.known && usable(freshness.fresh_until, use);
    pending.stored.page.fresh_until = freshness.fresh_until;
    if (pending.cached || offline_) return;
    base::HttpRequest request;
    request.url = url;
    request.limit = kLongestPage;
    request.headers = {{"Accept", std::string(accept)}};
    // Caches on the way are to ask, too.
    if (use == PageUse::Revalidate) request.headers.emplace_back("Cache-Control", "max-age=0");
    if (pending.known) add_conditions(request, freshness);
    pending.ticket = start(std::move(request));
}

bool Fetcher::has_page(std::string_view url) const {
    auto pending = pending_.find(url);
    return pending != pending_.end() && (!pending->second.ticket || http_.done(pending->second.ticket));
}

// RFC 5861: a server that fails may be stood in for by what it said before, where it allowed that.
bool Fetcher::stands_in(const Pending& pending) const {
    const base::HttpFreshness& freshness = pending.stored.freshness;
    int64_t stale_since = std::max(freshness.fresh_until, freshness.received);
    return pending.known && clock_.unix_seconds() < stale_since + freshness.stale_if_error;
}

base::Result<FetchedPage> Fetcher::page(const std::string& url, std::string_view accept, PageUse use) {
    start_page(url, accept, use);
    Pending pending = std::move(pending_[url]);
    pending_.erase(url);
    if (pending.cached) return std::move(pending.stored.page);
    if (!pending.ticket) return offline_error(url);
    base::Result<base::HttpResponse> answer = http_.wait(pending.ticket);
    if ((!answer.ok() || answer->status >= 500) && stands_in(pending)) return std::move(pending.stored.page);
    base::HttpResponse response = TRY(std::move(answer));
    base::HttpFreshness freshness = this->freshness(response, pending.known ? &pending.stored.freshness : nullptr);
    StoredPage stored;
    if (response.status == 304 && pending.known) {
        stored.page = std::move(pending.stored.page);
    } else {
        stored.page.url = response.url;
        stored.page.found = response.status == 200;
        if (!stored.page.found && response.status != 404 && response.status != 410)
            return base::http_status_error(response);
        if (stored.page.found) {
            stored.page.content_type = response.header("content-type");
            stored.page.body = std::move(response.body);
        }
    }
    stored.freshness = std::move(freshness);
    if (stored.freshness.storable) cache_.write(Bucket::Pages, url, write_stored(stored));
    stored.page.fresh_until = stored.freshness.storable ? stored.freshness.fresh_until : 0;
    return std::move(stored.page);
}

}  // namespace pkg
