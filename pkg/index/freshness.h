// The freshness of an answer (RFC 9111) as cache entries keep it, in lines "key value".
#pragma once

#include <string>
#include <string_view>

#include "base/http.h"

namespace pkg {

void append_freshness(std::string& out, const base::HttpFreshness& freshness);
// Takes the line where it is one of these; other lines are let be.
void take_freshness(std::string_view key, std::string_view value, base::HttpFreshness& out);
// The headers with which a request asks whether the answer has changed.
void add_conditions(base::HttpRequest& request, const base::HttpFreshness& before);
// That of an answer 304 to such a request: what it does not say stays as it was (RFC 9111 §4.3.4).
base::HttpFreshness renewed(base::HttpFreshness now, const base::HttpFreshness& before, int64_t unix_seconds);

}  // namespace pkg
