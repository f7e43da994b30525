// The rules of HTTP that need no connection: header texts, and which proxy a URL is asked through.
#pragma once

#include <string>
#include <string_view>

#include "base/url.h"

namespace base {

std::string http_lower(std::string_view text);
std::string http_trim(std::string_view text);
// The value of `name` in a Cache-Control list, -1 where it is not there or no number.
int64_t cache_directive(std::string_view lowered_control, std::string_view name);
// The proxy for `url`: `given`, else HTTP_PROXY, HTTPS_PROXY or ALL_PROXY in either case; "" for none. Of NO_PROXY the entries
// with a port are looked at here, and the others left to curl, which knows no ports. HTTP_PROXY in capitals is not believed
// where REQUEST_METHOD is set: a CGI client could have sent it.
std::string http_proxy(const Url& url, const std::string& given);

}  // namespace base
