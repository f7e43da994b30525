// URL text handling.
#include "base/url.h"

#include <algorithm>
#include <vector>

namespace base {

static bool letter(char c) {
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}
static bool digit(char c) {
    return c >= '0' && c <= '9';
}
static std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c += 32;
    }
    return out;
}

// The length of "scheme" when `text` begins with "scheme:", else 0.
static size_t scheme_length(std::string_view text) {
    if (text.empty() || !letter(text[0])) return 0;
    size_t i = 1;
    while (i < text.size() && (letter(text[i]) || digit(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.'))
        i++;
    return i < text.size() && text[i] == ':' ? i : 0;
}

bool is_http_url(std::string_view text) {
    std::string scheme = lowered(text.substr(0, scheme_length(text)));
    return (scheme == "http" || scheme == "https") && text.substr(scheme.size()).starts_with("://");
}

bool looks_like_url(std::string_view text) {
    size_t size = scheme_length(text);
    if (size < 2) return false;
    return text.substr(size).starts_with("://") || lowered(text.substr(0, size)) == "file";
}

static void split_authority(std::string_view authority, Url& out) {
    out.has_authority = true;
    size_t at = authority.rfind('@');
    if (at != std::string_view::npos) {
        std::string_view user = authority.substr(0, at);
        size_t colon = user.find(':');
        out.has_user = true;
        out.user = percent_decode(user.substr(0, colon));
        if (colon != std::string_view::npos) out.password = percent_decode(user.substr(colon + 1));
        authority.remove_prefix(at + 1);
    }
    size_t bracket = authority.rfind(']'), colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        out.port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
    }
    out.host = lowered(authority);
}

// A URL or relative reference into its five parts; always succeeds.
static Url split(std::string_view text) {
    Url out;
    size_t hash = text.find('#');
    if (hash != std::string_view::npos) {
        out.fragment = text.substr(hash + 1);
        text = text.substr(0, hash);
    }
    size_t question = text.find('?');
    if (question != std::string_view::npos) {
        out.has_query = true;
        out.query = text.substr(question + 1);
        text = text.substr(0, question);
    }
    if (size_t size = scheme_length(text)) {
        out.scheme = lowered(text.substr(0, size));
        text.remove_prefix(size + 1);
    }
    if (text.starts_with("//")) {
        size_t end = text.find('/', 2);
        if (end == std::string_view::npos) end = text.size();
        split_authority(text.substr(2, end - 2), out);
        text.remove_prefix(end);
    }
    out.path = text;
    return out;
}

// A name, or an address in brackets; a colon or bracket elsewhere would be read another way by the next reader.
static bool plain_host(std::string_view host) {
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return false;
        host = host.substr(1, host.size() - 2);
        return host.find_first_of("[]@") == std::string_view::npos;
    }
    return host.find_first_of("[]:@\\") == std::string_view::npos;
}

Result<Url> parse_url(std::string_view text) {
    Url out = split(text);
    auto wrong = [&](const char* why) {
        return Error(ErrorKind::Usage, "`" + redact_url(text) + "` is not a URL: " + why);
    };
    if (out.scheme.empty()) return wrong("it has no scheme such as https:");
    if (out.scheme != "file" && out.host.empty()) return wrong("it has no host");
    if (!plain_host(out.host)) return wrong("its host is no name and no address");
    for (char c : text) {
        if ((unsigned char)c <= 32 || c == 127) return wrong("it has a blank or control character");
    }
    for (char c : out.port) {
        if (!digit(c)) return wrong("its port is no number");
    }
    return out;
}

std::string Url::text(bool with_fragment) const {
    std::string out = scheme + ":";
    if (has_authority) out += "//" + host + (port.empty() ? "" : ":" + port);
    out += path;
    if (has_query) out += "?" + query;
    if (with_fragment && !fragment.empty()) out += "#" + fragment;
    return out;
}
std::string Url::text_with_user() const {
    std::string out = text();
    if (!has_user) return out;
    std::string who = percent_encode(user) + (password.empty() ? "" : ":" + percent_encode(password)) + "@";
    return out.insert(scheme.size() + 3, who);
}
std::string Url::origin() const {
    std::string number = !port.empty() ? port : scheme == "https" ? "443" : scheme == "http" ? "80" : "";
    return scheme + "://" + host + (number.empty() ? "" : ":" + number);
}

// RFC 3986 §5.2.4
static std::string remove_dot_segments(std::string_view path) {
    std::vector<std::string_view> kept;
    bool absolute = path.starts_with('/'), ends_in_folder = false;
    for (size_t at = absolute ? 1 : 0; at <= path.size();) {
        size_t end = path.find('/', at);
        if (end == std::string_view::npos) end = path.size();
        std::string_view part = path.substr(at, end - at);
        bool last = end == path.size();
        if (part == "." || part == "..") {
            if (part == ".." && !kept.empty()) kept.pop_back();
            ends_in_folder = last;
        } else {
            kept.push_back(part);
            ends_in_folder = false;
        }
        at = end + 1;
    }
    std::string out = absolute ? "/" : "";
    for (size_t i = 0; i < kept.size(); i++) {
        if (i) out += '/';
        out += kept[i];
    }
    if (ends_in_folder && !kept.empty()) out += '/';
    return out;
}

std::string resolve_url(std::string_view base_url, std::string_view reference) {
    Url base = split(base_url), target = split(reference);
    if (!target.scheme.empty()) {
        // A reference with a host of its own keeps what it says, user included.
        return std::string(reference);
    }
    target.scheme = base.scheme;
    if (!target.has_authority) {
        target.has_authority = base.has_authority;
        target.host = base.host;
        target.port = base.port;
        if (target.path.empty()) {
            target.path = base.path;
            if (!target.has_query) {
                target.query = base.query;
                target.has_query = base.has_query;
            }
        } else if (target.path.front() == '/') {
            target.path = remove_dot_segments(target.path);
        } else {
            std::string folder = base.path.substr(0, base.path.rfind('/') + 1);
            if (base.has_authority && folder.empty()) folder = "/";
            target.path = remove_dot_segments(folder + target.path);
        }
    }
    return target.text();
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (char c : text) {
        if (letter(c) || digit(c) || c == '-' || c == '.' || c == '_' || c == '~' ||
            keep.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += kDigits[(unsigned char)c >> 4];
            out += kDigits[(unsigned char)c & 15];
        }
    }
    return out;
}

static int hex_value(char c) {
    if (digit(c)) return c - '0';
    char low = (char)(c | 32);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}
std::string percent_decode(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] == '%' && i + 2 < text.size() + 0 && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            out += (char)(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// Where the user part of the URL ends whose authority begins at `start`: at its `@`, npos where it has none. Whoever forgot to
// encode a password's `/`, `?` or `#` wrote a host whose port is no number.
static size_t user_part_end(std::string_view text, size_t start) {
    text = text.substr(0, text.find_first_of(" \t\r\n", start));
    size_t end = std::min(text.find_first_of("/?#", start), text.size());
    std::string_view authority = text.substr(start, end - start);
    size_t at = authority.rfind('@'), colon = authority.find(':');
    if (at != std::string_view::npos) return start + at;
    if (authority.starts_with('[') || colon == std::string_view::npos) return std::string_view::npos;
    std::string_view port = authority.substr(colon + 1);
    bool number = !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
    size_t last = text.rfind('@');
    return number || last < end ? std::string_view::npos : last;
}

// The same for a text without `//`: `user:password@host`, but neither a path nor `user@host:path`.
static size_t bare_user_part_end(std::string_view text) {
    size_t colon = text.find(':'), at = text.substr(0, text.find_first_of(" \t\r\n")).rfind('@');
    if (colon == 0 || at == std::string_view::npos || colon > at) return std::string_view::npos;
    std::string_view user = text.substr(0, colon);
    bool plain = user.find_first_of("/@ ") == std::string_view::npos && lowered(user) != "file";
    return plain ? at : std::string_view::npos;
}

std::string redact_url(std::string_view text) {
    size_t start = text.find("://");
    start = start == std::string_view::npos ? 0 : start + 3;
    size_t at = start ? user_part_end(text, start) : bare_user_part_end(text);
    if (at == std::string_view::npos) return std::string(text);
    std::string_view user = text.substr(start, at - start);
    size_t colon = user.find(':');
    // A lone user part is a token more often than a name.
    std::string shown = colon == std::string_view::npos ? "****" : std::string(user.substr(0, colon)) + ":****";
    return std::string(text.substr(0, start)) + shown + std::string(text.substr(at));
}

std::string url_file_name(std::string_view url) {
    Url parts = split(url);
    std::string name = percent_decode(std::string_view(parts.path).substr(parts.path.rfind('/') + 1));
    bool plain = !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                 name.find('\\') == std::string::npos && name.find('\0') == std::string::npos;
    return plain ? name : "";
}

std::string file_url(std::string_view absolute_path) {
    return "file://" + percent_encode(absolute_path, "/+@=,!:");
}

Result<std::string> file_url_path(std::string_view url) {
    Url parts = split(url);
    if (parts.scheme != "file") return Error(ErrorKind::Usage, "`" + redact_url(url) + "` is no file: URL");
    if (!parts.host.empty() && parts.host != "localhost")
        return Error(ErrorKind::Usage, "`" + redact_url(url) + "` names a file on another host");
    return percent_decode(parts.path);
}

}  // namespace base
