// URLs (RFC 3986): parts, relative references, percent coding, and the form that may be shown to people.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

struct Url {
    std::string scheme;  // lower case
    bool has_authority = false;
    bool has_user = false;
    std::string user, password;         // decoded
    std::string host;                   // lower case, IPv6 in brackets
    std::string port;                   // as written, empty for the default
    std::string path, query, fragment;  // still percent-coded, without ? and #
    bool has_query = false;

    std::string text(bool with_fragment = true) const;  // without user and password
    std::string text_with_user() const;
    std::string origin() const;  // scheme://host:port, the port always spelled out where the scheme has a default
};

// An absolute URL; a Usage error otherwise.
Result<Url> parse_url(std::string_view text);
bool is_http_url(std::string_view text);     // http: or https:
bool looks_like_url(std::string_view text);  // scheme "://" or "file:"
// `reference` as seen from `base_url` (RFC 3986 §5.2), fragment kept. Nothing of the user part is carried over.
std::string resolve_url(std::string_view base_url, std::string_view reference);

std::string percent_encode(std::string_view text,
                           std::string_view keep = "");  // keeps letters, digits, -._~ and `keep`
std::string percent_decode(std::string_view text);       // once; a lone % stays
// `text` with the password replaced by ****; for messages and logs. Works on anything.
std::string redact_url(std::string_view text);
// The last path component, decoded once; "" when it is not a plain file name (has a separator or NUL after decoding).
std::string url_file_name(std::string_view url);

std::string file_url(std::string_view absolute_path);
// The path of a file: URL on this host, decoded; a Usage error for another host.
Result<std::string> file_url_path(std::string_view url);

}  // namespace base
