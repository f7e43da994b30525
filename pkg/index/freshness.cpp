// Writing, reading and renewing freshness.
#include "pkg/index/freshness.h"

#include <cstdlib>

namespace pkg {

void append_freshness(std::string& out, const base::HttpFreshness& freshness) {
    auto line = [&](std::string_view key, std::string_view value) { out.append(key).append(" ").append(value).append("\n"); };
    line("fresh", std::to_string(freshness.fresh_until));
    line("received", std::to_string(freshness.received));
    line("lifetime", std::to_string(freshness.lifetime));
    line("stale-if-error", std::to_string(freshness.stale_if_error));
    line("etag", freshness.etag);
    line("modified", freshness.last_modified);
}

void take_freshness(std::string_view key, std::string_view value, base::HttpFreshness& out) {
    auto number = [&] { return atoll(std::string(value).c_str()); };
    if (key == "fresh") out.fresh_until = number();
    if (key == "received") out.received = number();
    if (key == "lifetime") out.lifetime = number();
    if (key == "stale-if-error") out.stale_if_error = number();
    if (key == "etag") out.etag = value;
    if (key == "modified") out.last_modified = value;
}

void add_conditions(base::HttpRequest& request, const base::HttpFreshness& before) {
    if (!before.etag.empty()) request.headers.emplace_back("If-None-Match", before.etag);
    if (!before.last_modified.empty()) request.headers.emplace_back("If-Modified-Since", before.last_modified);
}

base::HttpFreshness renewed(base::HttpFreshness now, const base::HttpFreshness& before, int64_t unix_seconds) {
    if (now.etag.empty()) now.etag = before.etag;
    if (now.last_modified.empty()) now.last_modified = before.last_modified;
    if (!now.stated && before.lifetime > 0) {
        now.lifetime = before.lifetime;
        now.fresh_until = unix_seconds + before.lifetime;
    }
    return now;
}

}  // namespace pkg
