// Plan → apply: which distributions leave and which wheels come, as data; then one transaction that does it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "pkg/install/bytecode.h"
#include "pkg/install/installed.h"
#include "pkg/install/site.h"
#include "pkg/wheel/store.h"

namespace pkg {

struct InstallItem {
    StoredWheel wheel;
    bool requested = false;  // the user named it (REQUESTED)
    std::string direct_url;  // text of direct_url.json, for a direct reference (PEP 610)
    bool editable = false;   // the user's own tree, whose .pth file is no news
};

struct InstallPlan {
    std::vector<InstalledDist> remove;
    std::vector<InstallItem> install;
    // Of what is installed anew the old files need not be known: where their list is lost the new ones go over them, and what
    // only the old one had stays.
    bool replace_damaged = false;
    bool empty() const { return remove.empty() && install.empty(); }
};

struct InstallOptions {
    base::LinkMode link_mode = base::LinkMode::Hardlink;
    bool sync = false;                     // hold even when the power fails: journal and files are forced to disk
    BytecodeCompiler* compiler = nullptr;  // compile modules as well
};

struct InstallReport {
    uint64_t files = 0;  // made
    std::vector<std::string> remarks;
    std::vector<std::string> scripts;        // names of programs that came
    std::vector<std::string> startup_files;  // .pth files that came: each Python of the environment reads them first
};

// Either all of the plan is done or nothing is changed.
base::Result<InstallReport> apply_plan(const Site& site, const InstallPlan& plan, const InstallOptions& options = {});

// Checks that a file with these bytes (hexadecimal digests computed by the caller) is the one that was asked for.
base::Error hash_mismatch(std::string_view file_name, std::string_view algorithm, std::string_view expected,
                          std::string_view found);

}  // namespace pkg
