// Compiled extension modules (ELF shared objects) as the freezer sees them: may they go into an executable, and which
// names of modules are in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freeze {

struct ExtensionScan {
    std::string problem;              // why it cannot be frozen; empty: it can
    std::vector<std::string> needed;  // file names of the libraries it is linked with
    std::vector<std::string> words;   // texts in it that could be names of modules; sorted, no doubles
};
// `bytes` may be anything.
ExtensionScan scan_extension(std::string_view bytes);

}  // namespace freeze
