// PEP 610 data.
#include "pkg/direct_url.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace pkg {

static base::Error bad(std::string_view file, std::string message) {
    return base::Error(base::ErrorKind::Integrity, std::string(file) + ": " + std::move(message));
}

// A directory's URL names an absolute path on this machine.
static bool is_absolute_file_url(std::string_view url) {
    if (!base::starts_with_ignoring_case(url, "file:")) return false;
    std::string_view rest = url.substr(5);
    if (!rest.starts_with("//")) return rest.starts_with("/");
    rest.remove_prefix(2);
    if (rest.starts_with("localhost")) rest.remove_prefix(9);
    return rest.starts_with("/");
}

// The text of the key, "" where it is missing.
static base::Result<std::string> text_of(base::JsonValue table, std::string_view key, std::string_view file) {
    base::JsonValue value = table[key];
    if (!value || value.is_null() || value.is_string()) return std::string(value.string());
    return bad(file, "`" + std::string(key) + "` must be a string");
}

base::Result<DirectUrl> parse_direct_url(std::string_view json, std::string_view file) {
    base::JsonDocument document = TRY(base::parse_json(json, file));
    base::JsonValue root = document.root();
    DirectUrl out;
    if (!root["url"].is_string()) return bad(file, "`url` is missing");
    out.url = root["url"].string();
    out.subdirectory = TRY(text_of(root, "subdirectory", file));
    base::JsonValue archive = root["archive_info"], directory = root["dir_info"], vcs = root["vcs_info"];
    if (archive.is_object() + directory.is_object() + vcs.is_object() != 1)
        return bad(file, "exactly one of `archive_info`, `dir_info` and `vcs_info` is expected");
    if (archive) {
        out.kind = DirectUrl::Kind::Archive;
        base::JsonValue hashes = archive["hashes"];
        if (hashes && !hashes.is_null() && !hashes.is_object()) return bad(file, "`hashes` must be an object");
        for (size_t i = 0; i < hashes.size(); i++) {
            if (!hashes.at(i).is_string() || hashes.at(i).string().empty())
                return bad(file, "the hash `" + std::string(hashes.key_at(i)) + "` must be a string of digits");
            out.hashes.emplace_back(hashes.key_at(i), hashes.at(i).string());
        }
        std::string hash = TRY(text_of(archive, "hash", file));
        std::string_view algorithm, hex;
        if (out.hashes.empty() && base::partition(hash, '=', algorithm, hex)) out.hashes.emplace_back(algorithm, hex);
    } else if (directory) {
        out.kind = DirectUrl::Kind::Directory;
        base::JsonValue editable = directory["editable"];
        out.has_editable = editable.is_bool();
        if (editable && !editable.is_null() && !out.has_editable) return bad(file, "`editable` must be true or false");
        out.editable = editable.boolean();
        if (!is_absolute_file_url(out.url)) return bad(file, "`dir_info` needs a `file:` URL with an absolute path");
    } else {
        out.kind = DirectUrl::Kind::Vcs;
        out.vcs = TRY(text_of(vcs, "vcs", file));
        out.commit_id = TRY(text_of(vcs, "commit_id", file));
        out.requested_revision = TRY(text_of(vcs, "requested_revision", file));
        if (out.vcs.empty() || out.commit_id.empty()) return bad(file, "`vcs_info` needs `vcs` and `commit_id`");
    }
    return out;
}

std::string write_direct_url(const DirectUrl& direct) {
    base::JsonWriter out;
    out.begin_object().member("url", direct.url);
    switch (direct.kind) {
        case DirectUrl::Kind::Archive:
            out.key("archive_info").begin_object();
            if (!direct.hashes.empty()) {
                out.key("hashes").begin_object();
                for (const auto& [algorithm, hex] : direct.hashes) out.member(algorithm, hex);
                out.end_object();
            }
            out.end_object();
            break;
        case DirectUrl::Kind::Directory:
            out.key("dir_info").begin_object();
            if (direct.has_editable) out.key("editable").boolean(direct.editable);
            out.end_object();
            break;
        case DirectUrl::Kind::Vcs:
            out.key("vcs_info").begin_object().member("vcs", direct.vcs).member("commit_id", direct.commit_id);
            if (!direct.requested_revision.empty()) out.member("requested_revision", direct.requested_revision);
            out.end_object();
            break;
    }
    if (!direct.subdirectory.empty()) out.member("subdirectory", direct.subdirectory);
    out.end_object();
    return out.take();
}

static bool is_environment_variable(std::string_view text) {
    return text.starts_with("${") && text.ends_with("}") && text.size() > 3;
}

std::string strip_credentials(std::string_view url, const std::vector<std::string>& safe_users) {
    size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string(url);
    size_t from = scheme + 3;
    size_t slash = std::min(url.find_first_of("/?#", from), url.size());
    size_t at = url.substr(0, slash).rfind('@');
    if (at == std::string_view::npos || at < from) return std::string(url);
    std::string_view user, password;
    bool has_password = base::partition(url.substr(from, at - from), ':', user, password);
    bool variables = is_environment_variable(user) && (!has_password || is_environment_variable(password));
    bool safe = !has_password && std::find(safe_users.begin(), safe_users.end(), user) != safe_users.end();
    if (variables || safe) return std::string(url);
    return std::string(url.substr(0, from)) + std::string(url.substr(at + 1));
}

}  // namespace pkg
