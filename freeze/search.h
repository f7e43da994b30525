// Where modules and data come from: the folder of a script, the standard library in adder, the files of locked
// packages.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "freeze/interpreter.h"
#include "pkg/install/installed.h"
#include "pkg/wheel/store.h"

namespace freeze {

// In the order of sys.path.
enum class Place : uint8_t { App, Library, Site };
inline constexpr Place kPlaces[] = {Place::App, Place::Library, Place::Site};
// "app/", "lib/python3.11/", "lib/python3.11/site-packages/": where a place's paths are in an executable.
std::string_view image_folder(Place place);

struct Distribution {
    std::string name, version, dist_info;
};
struct SiteFile {
    std::string real;    // on disk
    std::string digest;  // sha256 as RECORD writes it; empty: not known
    uint64_t size = 0;
    int distribution = -1;
};

class Search {
  public:
    // Modules beside a script are found as Python finds them; "" for none.
    void set_app_folder(std::string folder) { app_folder_ = std::move(folder); }
    void add_wheel(const pkg::StoredWheel& wheel);
    // What an environment has: the files of RECORD, and of an editable one the tree that its .pth file names.
    base::Result<void> add_installed(const pkg::InstalledDist& dist);
    const std::vector<Distribution>& distributions() const { return distributions_; }

    bool has_file(Place place, const std::string& path) const;
    bool has_folder(Place place, const std::string& path) const;
    // Not for Library. What a package's file holds is compared with its digest.
    base::Result<std::string> read(Place place, const std::string& path) const;
    // Of Site and App: paths of all files below folder + "/".
    base::Result<std::vector<std::string>> files_below(Place place, const std::string& folder) const;
    // Which distribution a file of Site belongs to.
    int distribution_of(const std::string& path) const;
    const std::map<std::string, SiteFile>& site() const { return site_; }

  private:
    base::Result<void> add_tree(const std::string& folder, int distribution);
    std::string app_folder_;
    std::map<std::string, SiteFile> site_;
    std::vector<Distribution> distributions_;
};

}  // namespace freeze
