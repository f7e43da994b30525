// .netrc tokens: words, quoted words, comments, macro definitions up to an empty line.
#include "base/netrc.h"

#include <cstdlib>

namespace base {

namespace {

class Words {
  public:
    explicit Words(std::string_view text) : text_(text) {}

    bool next(std::string& word) {
        word.clear();
        for (;;) {
            while (at_ < text_.size() && (unsigned char)text_[at_] <= 32)
                at_++;
            if (at_ >= text_.size()) return false;
            if (text_[at_] != '#') break;
            skip_to("\n");
        }
        if (text_[at_] == '"') return quoted(word);
        while (at_ < text_.size() && (unsigned char)text_[at_] > 32)
            word += text_[at_++];
        return true;
    }
    void skip_macro() { skip_to("\n\n"); }

  private:
    bool quoted(std::string& word) {
        for (at_++; at_ < text_.size() && text_[at_] != '"'; at_++) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) at_++;
            word += text_[at_];
        }
        at_++;
        return true;
    }
    void skip_to(std::string_view end) {
        size_t found = text_.find(end, at_);
        at_ = found == std::string_view::npos ? text_.size() : found;
    }
    std::string_view text_;
    size_t at_ = 0;
};

}  // namespace

std::vector<NetrcEntry> parse_netrc(std::string_view text) {
    std::vector<NetrcEntry> out;
    Words words(text);
    std::string word, value;
    while (words.next(word)) {
        if (word == "macdef") {
            words.skip_macro();
        } else if (word == "default") {
            out.emplace_back();
        } else if (word == "machine") {
            if (!words.next(value)) break;
            for (char& c : value) {
                if (c >= 'A' && c <= 'Z') c += 32;
            }
            out.push_back({value, "", ""});
        } else if (word == "login" || word == "password" || word == "account") {
            if (!words.next(value)) break;
            if (out.empty() || word == "account") continue;
            (word == "login" ? out.back().login : out.back().password) = value;
        }
    }
    return out;
}

const NetrcEntry* find_netrc(const std::vector<NetrcEntry>& entries, std::string_view host, std::string_view login) {
    const NetrcEntry* otherwise = nullptr;
    for (const NetrcEntry& entry : entries) {
        if (!login.empty() && !entry.login.empty() && entry.login != login) continue;
        if (entry.host == host) return &entry;
        if (entry.host.empty() && !otherwise) otherwise = &entry;
    }
    return otherwise;
}

std::string default_netrc_file() {
    if (const char* named = std::getenv("NETRC"); named && *named) return named;
    const char* home = std::getenv("HOME");
    return home && *home ? std::string(home) + "/.netrc" : "";
}

}  // namespace base
