// Who we are to package indexes: from URLs, from ADDER_INDEX_<NAME>_USERNAME and _PASSWORD, from a keyring program. Each
// is bound to the origin (scheme, host, port) it was given for; where one origin has several, to the path.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/url.h"

namespace pkg {

enum class KeyringProvider : uint8_t { Disabled, Subprocess };

class Credentials final : public base::HttpIdentities {
  public:
    explicit Credentials(KeyringProvider keyring) : keyring_(keyring) {}

    // Takes user and password out of `url` and remembers them; returns the URL without them.
    std::string learn(std::string_view url);
    void set(std::string_view url, std::string user, std::string password);
    // An index: the keyring is asked for it by its URL, and the environment by its name.
    void add_index(std::string_view name, std::string_view url);

    // The password is empty where only the user is known, to the keyring as well.
    bool find(const base::Url& url, std::string& user, std::string& password) override;
    bool refused(const base::Url& url, std::string& user, std::string& password) override;

  private:
    struct Entry {
        std::string origin, path, user, password;
    };
    Entry* best(const base::Url& url);
    void add(const base::Url& url, std::string user, std::string password);
    void add_for(const std::string& origin, const std::string& path, std::string user, std::string password);
    bool ask_keyring(const base::Url& url, std::string& user, std::string& password);

    KeyringProvider keyring_;
    std::vector<Entry> entries_;
    std::vector<base::Url> indexes_;
    std::set<std::string> tried_;  // in vain or not: origin, folder, entry
    std::map<std::string, std::string, std::less<>> answers_;  // of the keyring, by service and user
};

// "my-index" → "MY_INDEX", as it stands in the names of variables.
std::string index_variable(std::string_view index_name);

}  // namespace pkg
