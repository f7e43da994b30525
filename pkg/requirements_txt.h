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

// One --no-binary or --only-binary: names with commas between, `:all:` or `:none:`.
struct FormatOption {
    enum Kind : uint8_t { NoBinary, OnlyBinary } kind;
    std::string names;
    bool operator==(const FormatOption&) const = default;
};

// What pip makes of them, one after the other: a name or `:all:` in one list leaves the other one.
struct FormatControl {
    bool no_binary = false, only_binary = false;                    // :all:
    std::vector<std::string> no_binary_names, only_binary_names;  // normalised
    void add(const FormatOption& option);
};

struct RequirementsFile {
    std::vector<RequirementLine> requirements, constraints;
    std::string index_url;
    std::vector<std::string> extra_index_urls, find_links, trusted_hosts, no_binary, only_binary;
    std::vector<std::string> find_links_folders;  // of each one the folder of the file it stands in, "" for the working directory
    std::vector<FormatOption> formats;            // no_binary and only_binary in the order written
    bool no_index = false, pre = false, prefer_binary = false, require_hashes = false;
};

// Reads a file named by -r or -c, relative to the one that names it.
using ReadFile = std::function<base::Result<std::string>(const std::string& path)>;
// Value of an environment variable; false where it is not set.
using ReadVariable = std::function<bool(const std::string& name, std::string& value)>;

// `text` with everything it includes. `${NAME}` is expanded as pip does.
base::Result<RequirementsFile> parse_requirements_txt(std::string_view text, const std::string& file, const ReadFile& read,
                                                      const ReadVariable& variable);
// The same of a file of constraints: its own lines are that, those of files it names with -r are requirements (as in pip).
base::Result<RequirementsFile> parse_constraints_txt(std::string_view text, const std::string& file, const ReadFile& read,
                                                     const ReadVariable& variable);
// A requirement as it may be given on the command line: PEP 508, or a bare URL or path, extras and a marker behind it.
base::Result<RequirementLine> parse_requirement_argument(std::string_view text);
// KEY=VALUE of --config-settings.
base::Result<std::pair<std::string, std::string>> parse_config_setting(std::string_view text);

// Values of --no-binary and --only-binary: names with commas between, normalised, `:all:`, and `:none:` which forgets what
// came before.
void split_names(const std::vector<std::string>& values, bool& all, std::vector<std::string>& names);

}  // namespace pkg
