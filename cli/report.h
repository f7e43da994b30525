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
// `installed 2 packages` and `removed 1 package` to stderr: for commands whose own output is another program's.
void print_change_counts(const Context& context, const pkg::Change& change);
base::Result<base::LinkMode> parse_link_mode(std::string_view text);

}  // namespace cli
