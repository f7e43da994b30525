// direct_url.json (PEP 610, specifications/direct-url-data-structure): where an installed package came from.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pkg {

struct DirectUrl {
    enum class Kind : uint8_t { Archive, Directory, Vcs };
    Kind kind = Kind::Archive;
    std::string url;
    std::string subdirectory;
    std::vector<std::pair<std::string, std::string>> hashes;  // Archive: algorithm, hex
    bool has_editable = false, editable = false;              // Directory
    std::string vcs, commit_id, requested_revision;           // Vcs
};

base::Result<DirectUrl> parse_direct_url(std::string_view json, std::string_view file = "direct_url.json");
std::string write_direct_url(const DirectUrl& direct);
// The URL without user and password; `${VAR}` credentials stay, and so do users named in `safe_users` (git, for ssh).
std::string strip_credentials(std::string_view url, const std::vector<std::string>& safe_users = {"git"});

}  // namespace pkg
