// From what an environment should hold to what must change: compares with what is installed and chooses files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "pkg/index/package_index.h"
#include "pkg/install/install.h"
#include "pkg/resolver/resolver.h"
#include "pkg/target.h"

namespace pkg {

// One package an environment should have.
struct WantedPackage {
    WheelSource source;
    Version version;
    bool any_version = false;  // of a directory: whatever it builds to
    bool requested = false;
};

struct ChangeOptions {
    bool exact = false;             // uninstall what is not wanted
    bool reinstall = false;         // replace even what is right
    std::vector<std::string> keep;  // normalised names never removed by `exact`
};

// What is to be fetched and removed; `apply_change` does it.
struct Change {
    std::vector<InstalledDist> remove;
    std::vector<WantedPackage> add;
    size_t kept = 0;
    bool replace_damaged = false;  // as InstallPlan has it
    bool empty() const { return remove.empty() && add.empty(); }
};
// `installed` as list_installed() sorts it. Of a project that is there twice in one directory no copy is taken to be right.
Change plan_change(const std::vector<WantedPackage>& wanted, const std::vector<InstalledDist>& installed,
                   const ChangeOptions& options);
// Fetches the wheels, then changes the site in one transaction. `added` receives what was put in.
base::Result<InstallReport> apply_change(const Site& site, const Change& change, PackageIndex& index,
                                         const InstallOptions& options, std::vector<StoredWheel>* added = nullptr);

// direct_url.json of a package that comes from a direct reference, "" for one of an index.
std::string direct_url_text(const WantedPackage& wanted);
struct FileChoice {
    bool no_binary = false, no_build = false, ignore_requires_python = false;
    std::string_view uploaded_until = {};
    const std::vector<Hash>* hashes = nullptr;  // those allowed; null for any
};
// The file of a release that suits `target`: the best wheel by tags and build number, else the source archive. Those whose
// hash is known to be allowed go first, then those of which it is not known, then the others: what is wrong with them is for
// whoever compares the hashes. Null when there is none.
const DistFile* choose_file(const Release& release, const Target& target, const FileChoice& choice = {});
// The same as `request` wants it for the project `name`.
const DistFile* choose_file(const Release& release, const std::string& name, const ResolveRequest& request, const Target& target);
// The packages of a resolution for one target as wanted packages.
base::Result<std::vector<WantedPackage>> wanted_of(const Resolution& resolution, const ResolveRequest& request,
                                                   const Target& target);

}  // namespace pkg
