// Looking credentials up, and calling the keyring program.
#include "pkg/index/credentials.h"

#include <cstdlib>

#include "base/process.h"
#include "base/text.h"

namespace pkg {

std::string index_variable(std::string_view index_name) {
    std::string out;
    for (char c : index_name)
        out += !base::is_alnum(c) ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    return out;
}

void Credentials::add_for(const std::string& origin, const std::string& path, std::string user, std::string password) {
    for (Entry& entry : entries_) {
        if (entry.origin != origin || entry.path != path) continue;
        entry.user = std::move(user);
        entry.password = std::move(password);
        return;
    }
    entries_.push_back({origin, path, std::move(user), std::move(password)});
}
void Credentials::add(const base::Url& url, std::string user, std::string password) {
    add_for(url.origin(), url.path, std::move(user), std::move(password));
}

std::string Credentials::learn(std::string_view url) {
    base::Result<base::Url> parts = base::parse_url(url);
    if (!parts.ok() || !parts->has_user) return std::string(url);
    add(*parts, parts->user, parts->password);
    return parts->text();
}

void Credentials::set(std::string_view url, std::string user, std::string password) {
    base::Result<base::Url> parts = base::parse_url(url);
    if (parts.ok()) add(*parts, std::move(user), std::move(password));
}

void Credentials::add_index(std::string_view name, std::string_view url) {
    base::Result<base::Url> parts = base::parse_url(url);
    if (!parts.ok()) return;
    indexes_.push_back(*parts);
    if (name.empty()) return;
    std::string stem = "ADDER_INDEX_" + index_variable(name);
    const char* user = std::getenv((stem + "_USERNAME").c_str());
    const char* password = std::getenv((stem + "_PASSWORD").c_str());
    if (!user && !password) return;
    // What the variables do not say is as the URL had it.
    Entry said{parts->origin(), parts->path, "", ""};
    for (const Entry& entry : entries_) {
        if (entry.origin == said.origin && entry.path == said.path) said = entry;
    }
    if (user && said.user != user) said.password.clear();
    if (user) said.user = user;
    if (password) said.password = password;
    add(*parts, said.user, said.password);
}

// Of the entries of this origin the one whose path is the longest beginning of the URL's; the first where none is.
Credentials::Entry* Credentials::best(const base::Url& url) {
    std::string origin = url.origin();
    Entry *first = nullptr, *found = nullptr;
    for (Entry& entry : entries_) {
        if (entry.origin != origin) continue;
        if (!first) first = &entry;
        if (url.path.starts_with(entry.path) && (!found || entry.path.size() > found->path.size())) found = &entry;
    }
    return found ? found : first;
}

bool Credentials::find(const base::Url& url, std::string& user, std::string& password) {
    Entry* entry = best(url);
    if (!entry) return false;
    user = entry->user;
    if (entry->password.empty() && !user.empty()) {
        // What it does not know may stand in the .netrc file, which is asked where there is no password.
        (void)ask_keyring(url, user, entry->password);
    }
    password = entry->password;
    return true;
}

bool Credentials::refused(const base::Url& url, std::string& user, std::string& password) {
    // The other credentials of this host, of an index that shares it; what helps is for this folder from now on.
    std::string origin = url.origin(), folder = url.path.substr(0, url.path.rfind('/') + 1);
    for (size_t i = 0, count = entries_.size(); i < count; i++) {
        Entry other = entries_[i];
        std::string key = origin + "\n" + folder + "\n" + std::to_string(i);
        if (other.origin != origin || (other.user == user && other.password == password) || !tried_.insert(key).second) continue;
        user = other.user;
        password = other.password;
        add_for(origin, folder, user, password);
        return true;
    }
    std::string sent_user = user, sent_password = password;
    if (!ask_keyring(url, user, password) || (user == sent_user && password == sent_password)) return false;
    add(url, user, password);
    return true;
}

// The keyring knows passwords by service: an index's URL, else its host. Without a user it is asked for both.
bool Credentials::ask_keyring(const base::Url& url, std::string& user, std::string& password) {
    if (keyring_ == KeyringProvider::Disabled) return false;
    std::vector<std::string> services;
    for (const base::Url& index : indexes_) {
        if (index.origin() == url.origin()) services.push_back(index.text(false));
    }
    services.push_back(url.host + (url.port.empty() ? "" : ":" + url.port));
    for (const std::string& service : services) {
        std::string key = service + "\n" + user;
        if (!answers_.count(key)) {
            base::ProcessOptions options;
            options.arguments = {"keyring", "--mode", "creds", "get", service};
            if (!user.empty()) options.arguments = {"keyring", "get", service, user};
            options.give_input = true;
            options.output = base::Stream::Capture;
            base::Result<base::ProcessResult> result = base::run_process(options);
            answers_[key] = result.ok() && result->status == 0 ? result->output : "";
        }
        std::string_view answer = answers_[key], first, second;
        while (answer.ends_with('\n') || answer.ends_with('\r'))
            answer.remove_suffix(1);
        if (answer.empty()) continue;
        if (!user.empty()) return password = answer, true;
        if (!base::partition(answer, '\n', first, second)) continue;
        user = base::strip(first);
        password = second;
        return true;
    }
    return false;
}

}  // namespace pkg
