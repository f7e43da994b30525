// requirements.txt in pip's grammar (pip documentation, "Requirements File Format"): lines to data, no I/O.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pkg/requirement.h"

namespace pkg {

// A line that asks for something to be installed.
struct RequirementLine {
    Requirement requirement;  // of a bare URL or path: name empty, `url` set
    bool editable = false;
    bool has_name = true;
    std::vector<std::string> hashes;  // "sha256:…"
    std::vector<std::pair<std::string, std::string>> config_settings;
    base::SourceSpan span;
    std::string origin;  // "-r dev.txt" chain: the file the line stands in
};

struct RequirementsFile {
    std::vector<RequirementLine> requirements, constraints;
    std::string index_url;
    std::vector<std::string> extra_index_urls, find_links, trusted_hosts, no_binary, only_binary;
    bool no_index = false, pre = false, prefer_binary = false, require_hashes = false;
};

// Reads a file named by -r or -c, relative to the one that names it.
using ReadFile = std::function<base::Result<std::string>(const std::string& path)>;
// Value of an environment variable; false where it is not set.
using ReadVariable = std::function<bool(const std::string& name, std::string& value)>;

// `text` with everything it includes. `${NAME}` is expanded as pip does.
base::Result<RequirementsFile> parse_requirements_txt(std::string_view text, const std::string& file, const ReadFile& read,
                                                      const ReadVariable& variable);

// Values of --no-binary and --only-binary: names with commas between, normalised, `:all:`, and `:none:` which forgets what
// came before.
void split_names(const std::vector<std::string>& values, bool& all, std::vector<std::string>& names);

}  // namespace pkg
