// One spelling for what may be called by several paths.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "pkg/install/site.h"

namespace pkg {

// The ways in which RECORDs of other tools spell a path: by way of lib64 where that is a link to lib, or with links
// resolved. Several threads may ask.
class SitePaths {
  public:
    explicit SitePaths(const Site& site);  // which must outlive it
    // `path` (absolute, normalised) in the spelling of the site's directories; where its directory is in none of them, its
    // real place.
    std::string spell(const std::string& path);

  private:
    struct Place {
        std::string real, spelling;
    };
    std::string spell_folder(const std::string& folder) const;
    const Site& site_;
    std::vector<Place> places_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::string> folders_;
};

}  // namespace pkg
