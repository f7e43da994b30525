// What is installed in a site: `.dist-info` directories, and the forms of older tools: `.egg-info`, `.egg`, `.egg-link`
// and easy-install.pth.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/install/site.h"
#include "pkg/metadata.h"
#include "pkg/version.h"

namespace pkg {

enum class InstalledKind : uint8_t { DistInfo, EggInfoDirectory, EggInfoFile, Egg, EggLink };

struct InstalledDist {
    std::string name;  // as its metadata writes it
    std::string key;   // normalised
    Version version;           // 0 where what is written is none (PEP 440), as older tools allowed
    std::string version_text;  // as written
    bool version_is_valid = true;
    InstalledKind kind = InstalledKind::DistInfo;
    std::string path;                   // of the .dist-info, .egg-info or EGG-INFO
    std::string entry;                  // what stands for it in the site: the same, or the .egg or .egg-link
    std::string location;               // the directory its modules are in
    std::string installer, direct_url;  // contents of INSTALLER and direct_url.json, empty when missing
    bool requested = false;
    std::string editable_location;  // the project directory of an editable install
    std::string metadata_path() const;
};

// Sorted by key. Broken entries (no name or version to be read, or what an interrupted pip left as `~ame-1.0.dist-info`) are
// left out and named in `problems`.
base::Result<std::vector<InstalledDist>> list_installed(const Site& site, std::vector<std::string>* problems = nullptr);
base::Result<Metadata> installed_metadata(const InstalledDist& dist);
// Of `all` as list_installed() sorts it.
std::span<const InstalledDist> copies_of(std::span<const InstalledDist> all, std::string_view key);
const InstalledDist* find_installed(std::span<const InstalledDist> all, std::string_view key);
// Whether the name of an entry of a site begins with the name of a project.
bool names_project(std::string_view entry);
// Whether another tool left the project twice in one directory: whose files stand there is not known.
bool has_twin(std::span<const InstalledDist> all, const InstalledDist& dist);

// The paths in a RECORD that read_record() refuses, of the rows whose path can be told; the others go to `unreadable`.
std::vector<std::string> paths_of_damaged_record(std::string_view text, std::vector<std::string>* unreadable = nullptr);

// What goes when a distribution is uninstalled.
struct InstalledFiles {
    std::vector<std::string> paths;  // relative to `site.prefix`, without doubles
    std::string easy_install;        // the easy-install.pth that names it, relative to the prefix; empty when none does
    std::string easy_install_line;   // the line there
};
// Paths that its RECORD puts outside of the prefix, or on the interpreter and activate scripts, are left out and told
// in `remarks`, as are rows that cannot be read. An error when there is no list of files to go by.
base::Result<InstalledFiles> installed_files(const Site& site, const InstalledDist& dist,
                                             std::vector<std::string>& remarks);
// Without that list: only what makes the distribution count as installed.
base::Result<InstalledFiles> metadata_files(const Site& site, const InstalledDist& dist);
// What differs from RECORD in a distribution of the .dist-info form: "`path` is missing", "… has been changed".
base::Result<std::vector<std::string>> verify_installed(const InstalledDist& dist);

}  // namespace pkg
