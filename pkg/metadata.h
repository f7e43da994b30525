// Core metadata (specifications/core-metadata): METADATA and PKG-INFO, versions 1.0 to 2.4 (later 2.x read as 2.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pkg/requirement.h"
#include "pkg/specifier.h"
#include "pkg/version.h"

namespace pkg {

// Header fields in the order read, names as written; `body` is the description after the first empty line.
struct RawHeaders {
    std::vector<std::pair<std::string, std::string>> fields;  // values unfolded as the core metadata page says
    std::string body;
    bool has_body = false;
    // First value of `name` (any case), or null.
    const std::string* find(std::string_view name) const;
    std::vector<std::string> all(std::string_view name) const;
};
// RFC 822-like text: METADATA, WHEEL, PKG-INFO. Lines without a colon are errors.
base::Result<RawHeaders> parse_headers(std::string_view text);

struct Metadata {
    std::string metadata_version;
    std::string name;  // as written
    Version version;
    std::vector<std::string> dynamic, platforms, supported_platforms;
    std::string summary, description, description_content_type;
    std::vector<std::string> keywords;
    std::string home_page, download_url;
    std::string author, author_email, maintainer, maintainer_email;
    std::string license, license_expression;
    std::vector<std::string> license_files, classifiers;
    std::vector<Requirement> requires_dist;
    // Of a source tree, beside requires_dist where that is not empty: the index (see Index::project_of) that the tree wants
    // each requirement from, "" for any. No field of METADATA says it.
    std::vector<std::string> requires_index;
    std::optional<SpecifierSet> requires_python;
    std::vector<std::string> requires_external;
    std::vector<std::pair<std::string, std::string>> project_urls;
    std::vector<std::string> provides_extra;  // as written
    std::vector<std::string> provides_dist, obsoletes_dist, requires_legacy, provides, obsoletes;
    std::vector<std::string> import_names, import_namespaces;

    bool has_extra(std::string_view key) const;  // normalised
};
// The warning where somebody asks for an extra that is not there.
std::string no_such_extra(std::string_view name, const Version& version, std::string_view extra);

// Strict about name, version, metadata version (each once) and requirements; lenient about prose and a Requires-Python that cannot be read. `what` names the source in errors.
base::Result<Metadata> parse_metadata(std::string_view text, std::string_view what = "METADATA");
// Only what resolving needs: name, version, requires_dist, requires_python, provides_extra, dynamic.
base::Result<Metadata> parse_metadata_for_resolving(std::string_view text, std::string_view what = "METADATA");
// METADATA text of version 2.4, fields in the specification's order.
std::string write_metadata(const Metadata& metadata);

}  // namespace pkg
