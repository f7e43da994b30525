// A project's page of the simple repository API: JSON (PEP 691, 700, 740, 792, 714) and HTML (PEP 503, 592, 629, 658,
// 714).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/index/index.h"

namespace pkg {

struct SimplePage {
    std::vector<DistFile> files;       // in the page's order
    std::vector<std::string> skipped;  // file names that are no distribution of the project
    std::string status, status_reason;
    // URLs with a user, and perhaps a password, that are for their host; those in the files have none.
    std::vector<std::string> logins;
    bool has_secrets = false;  // there was one in the page, for whichever host
};

// `page_url` resolves relative references; `project` is normalised; `index` goes into the files. Network errors for
// pages that cannot be read or whose major API version is not 1. Without a `project` the page is one of links to any.
base::Result<SimplePage> parse_simple_json(std::string_view text, std::string_view page_url, std::string_view project,
                                           std::string_view index);
base::Result<SimplePage> parse_simple_html(std::string_view text, std::string_view page_url, std::string_view project,
                                           std::string_view index);
// By content type.
base::Result<SimplePage> parse_simple_page(std::string_view content_type, std::string_view text,
                                           std::string_view page_url, std::string_view project, std::string_view index);

// Fills kind, version, tags and build of `file` from its name; false when that is no distribution of `project`.
bool describe_file(DistFile& file, std::string_view project);
// A source archive of a form that is read; names of older ones are understood as well, so that they can be passed over.
bool is_read_archive(std::string_view file_name);
bool is_hexadecimal(std::string_view text);
// Adds hashes to `file` from "sha256=<hex>" text, a fragment or an attribute.
void add_fragment_hash(std::vector<Hash>& hashes, std::string_view text);
// Groups files by version, ascending.
void add_files(Project& project, std::vector<DistFile> files);

inline constexpr std::string_view kSimpleAccept =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";
inline constexpr std::string_view kLinksAccept = "text/html";  // of a page of links

}  // namespace pkg
