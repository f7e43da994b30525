// How changes of environments are shown, and small option values that several commands read.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/install/plan.h"

namespace cli {

// `+ name==1.0`, `- name==1.0`, `~ name==1.0 → 2.0` to stderr, or the whole as JSON to stdout.
// The JSON also names the programs and .pth files that came, out of `report`.
void print_change(const Context& context, const pkg::Change& change, std::string_view nothing_to_do,
                  const pkg::InstallReport* report = nullptr);
// pip's installation report (version 1) to a file, or stdout for "-".
base::Result<void> write_pip_report(const Context& context, const std::string& path, const pkg::Change& change,
                                    const pkg::Resolution& resolution, const pkg::Target& target);

base::Result<pkg::ResolutionMode> parse_resolution_mode(std::string_view text);
base::Result<pkg::PrereleasePolicy> parse_prerelease_policy(std::string_view text);
base::Result<base::LinkMode> parse_link_mode(std::string_view text);
// A date or date-time as RFC 3339 UTC; "" for none.
base::Result<std::string> parse_exclude_newer(std::string_view text);

}  // namespace cli
