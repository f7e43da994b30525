// The .netrc file: user and password by host name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace base {

struct NetrcEntry {
    std::string host;  // lower case; empty for `default`
    std::string login, password;
};

// Every entry, in order; what cannot be understood is passed over.
std::vector<NetrcEntry> parse_netrc(std::string_view text);
// The entry of `host`, else the default one; null when there is neither. With a `login` no entry that names another one.
const NetrcEntry* find_netrc(const std::vector<NetrcEntry>& entries, std::string_view host, std::string_view login = {});
// $NETRC, else ~/.netrc; "" where there is no home.
std::string default_netrc_file();

}  // namespace base
