// Freshness (RFC 9111), status texts, proxies.
#include "base/http_rules.h"

#include <algorithm>
#include <cstdlib>

#include "base/http.h"
#include "base/text.h"

namespace base {

std::string http_trim(std::string_view text) {
    while (!text.empty() && (unsigned char)text.front() <= 32)
        text.remove_prefix(1);
    while (!text.empty() && (unsigned char)text.back() <= 32)
        text.remove_suffix(1);
    return std::string(text);
}
std::string http_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c += 32;
    }
    return out;
}

std::string_view HttpResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return {};
}

std::string HttpResponse::list(std::string_view name) const {
    std::string out;
    for (const auto& [key, value] : headers) {
        if (key == name) out += (out.empty() ? "" : ", ") + value;
    }
    return out;
}

// The directive called `name` of a Cache-Control list; `argument` is what stands behind its `=`.
static bool find_directive(std::string_view control, std::string_view name, std::string_view& argument) {
    while (!control.empty()) {
        size_t comma = control.find(',');
        std::string_view part = strip(control.substr(0, comma));
        control = comma == std::string_view::npos ? "" : control.substr(comma + 1);
        size_t equals = part.find('=');
        if (part.substr(0, equals) != name) continue;
        argument = equals == std::string_view::npos ? "" : part.substr(equals + 1);
        return true;
    }
    return false;
}

int64_t cache_directive(std::string_view control, std::string_view name) {
    std::string_view argument;
    if (!find_directive(control, name, argument)) return -1;
    if (argument.starts_with('"')) argument.remove_prefix(1);
    std::string digits(argument.substr(0, argument.find_first_not_of("0123456789")));
    return digits.empty() || digits.size() > 12 ? -1 : atoll(digits.c_str());
}

HttpFreshness http_freshness(const HttpResponse& response, int64_t now) {
    HttpFreshness out;
    out.received = now;
    out.etag = response.header("etag");
    out.last_modified = response.header("last-modified");
    std::string control = http_lower(response.list("cache-control"));
    std::string_view ignored;
    out.storable = response.storable && !find_directive(control, "no-store", ignored);
    out.stale_if_error = std::max<int64_t>(0, cache_directive(control, "stale-if-error"));
    if (find_directive(control, "no-cache", ignored)) {
        out.stated = true;
        return out;
    }
    // §4.2.3: as old as the caches on the way say, or as the server's clock does.
    int64_t age = std::max<int64_t>(0, atoll(std::string(response.header("age")).c_str()));
    auto date = parse_http_date(response.header("date"));
    if (date) age = std::max(age, now - *date);
    if (int64_t lifetime = cache_directive(control, "max-age"); lifetime >= 0) {
        out.stated = true;
        out.lifetime = lifetime;
        if (lifetime > age) out.fresh_until = now + lifetime - age;
    } else if (auto expires = parse_http_date(response.header("expires"))) {
        out.stated = true;
        out.lifetime = *expires - date.value_or(now);
        if (out.lifetime > age) out.fresh_until = now + out.lifetime - age;
    }
    out.lifetime = std::min(out.lifetime, response.usable_for);
    if (out.fresh_until - now > response.usable_for) out.fresh_until = now + response.usable_for;
    return out;
}

Error http_status_error(const HttpResponse& response) {
    static constexpr std::pair<int, const char*> kReasons[] = {
        {400, "Bad Request"}, {401, "Unauthorized"},        {403, "Forbidden"},         {404, "Not Found"},
        {409, "Conflict"},    {413, "Content Too Large"},   {429, "Too Many Requests"}, {500, "Internal Server Error"},
        {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"}};
    std::string text = "`" + redact_url(response.url) + "` answered " + std::to_string(response.status);
    for (auto [status, reason] : kReasons) {
        if (status == response.status) text += std::string(" ") + reason;
    }
    Error error(ErrorKind::Network, std::move(text));
    if (std::string_view wait = response.header("retry-after"); !wait.empty() && wait.size() < 40)
        error.contexts.push_back("the server asks to come back later (Retry-After: " + std::string(wait) + ")");
    if (response.header("content-type").starts_with("text/plain")) {
        std::string line = http_trim(std::string_view(response.body).substr(0, response.body.find('\n')));
        if (!line.empty() && line.size() < 300) error.contexts.push_back("the server says: " + line);
    }
    if (response.status == 401 || response.status == 403)
        error.hint = "give credentials: user:password@ in the URL, ~/.netrc, ADDER_INDEX_<NAME>_PASSWORD, or a keyring";
    return error;
}

static std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// Does an entry of NO_PROXY with a port name the URL's host, or a domain that it is in?
static bool port_is_excluded(const Url& url) {
    std::string text = variable("no_proxy");
    if (text.empty()) text = variable("NO_PROXY");
    std::string port = !url.port.empty() ? url.port : url.scheme == "https" ? "443" : "80";
    for (std::string_view part : split(text, ',')) {
        std::string entry = http_lower(strip(part));
        size_t colon = entry.rfind(':');
        if (colon == std::string::npos || entry.substr(colon + 1) != port) continue;
        std::string host = entry.substr(0, colon);
        if (host.starts_with("*.")) host.erase(0, 2);
        if (host.starts_with('.')) host.erase(0, 1);
        if (!host.empty() && (url.host == host || url.host.ends_with("." + host))) return true;
    }
    return false;
}

std::string http_proxy(const Url& url, const std::string& given) {
    if (port_is_excluded(url)) return "";
    if (!given.empty()) return given;
    bool plain = url.scheme == "http";
    std::string found = variable(plain ? "http_proxy" : "https_proxy");
    if (found.empty() && plain && variable("REQUEST_METHOD").empty()) found = variable("HTTP_PROXY");
    if (found.empty() && !plain) found = variable("HTTPS_PROXY");
    if (found.empty()) found = variable("all_proxy");
    return found.empty() ? variable("ALL_PROXY") : found;
}

}  // namespace base
