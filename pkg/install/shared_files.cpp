// Looking through the RECORDs of what stays.
#include "pkg/install/shared_files.h"

#include <string_view>
#include <unordered_set>

#include "base/fs.h"
#include "base/parallel.h"
#include "base/path.h"
#include "pkg/install/site_paths.h"
#include "pkg/wheel/record.h"

namespace pkg {

namespace {

// The files that leave, as the RECORDs of one directory name them.
class LeavingFiles {
  public:
    LeavingFiles(const Site& site, const std::string& location, const std::vector<InstalledDist>& leaving,
                 const std::vector<InstalledFiles>& files)
        : site_(site), location_(location) {
        std::string folder = site.relative(location);
        for (size_t i = 0; i < files.size(); i++) {
            std::string own = site.relative(leaving[i].path);
            for (const std::string& path : files[i].paths) {
                if (base::is_within(path, own)) continue;
                all_.insert(path);
                if (folder.empty()) beneath_.emplace(path, &path);
                else if (base::is_within(path, folder) && path != folder) beneath_.emplace(std::string_view(path).substr(folder.size() + 1), &path);
            }
        }
    }
    // The file that a row of a RECORD names, relative to the prefix; empty where it does not leave.
    std::string find(std::string_view row, SitePaths& paths) const {
        if (auto found = beneath_.find(row); found != beneath_.end()) return *found->second;
        // FAST: only scripts and the like are not named in the form of beneath_.
        bool plain = row.find("./") == row.npos && row.find("//") == row.npos && !row.starts_with('/');
        if (plain) return "";
        std::string absolute = paths.spell(base::normalize_path(base::join_path(location_, row)));
        if (!base::is_within(absolute, site_.prefix)) return "";
        std::string path = site_.relative(absolute);
        return all_.count(path) ? path : "";
    }
    bool empty() const { return all_.empty(); }

  private:
    const Site& site_;
    const std::string& location_;
    std::unordered_set<std::string_view> all_;
    std::unordered_map<std::string_view, const std::string*> beneath_;  // by the path from the location
};

// The .dist-info directories of a location that stay.
base::Result<std::vector<std::string>> staying(const std::string& location, const std::vector<InstalledDist>& leaving) {
    std::unordered_set<std::string_view> gone;
    for (const InstalledDist& dist : leaving)
        gone.insert(dist.entry);
    std::vector<std::string> out;
    if (!base::is_directory(location)) return out;
    for (const base::DirectoryEntry& entry : TRY(base::list_directory(location))) {
        bool dist = entry.name.ends_with(".dist-info") && names_project(entry.name);
        if (dist && !gone.count(base::join_path(location, entry.name))) out.push_back(entry.name);
    }
    return out;
}

}  // namespace

base::Result<std::unordered_map<std::string, std::string>> files_of_others(const Site& site, const std::vector<InstalledDist>& leaving,
                                                                           const std::vector<InstalledFiles>& files) {
    std::unordered_map<std::string, std::string> out;
    SitePaths paths(site);
    std::vector<std::string> locations = {site.purelib};
    if (site.platlib != site.purelib) locations.push_back(site.platlib);
    for (const std::string& location : locations) {
        LeavingFiles wanted(site, location, leaving, files);
        if (wanted.empty()) break;
        std::vector<std::string> others = TRY(staying(location, leaving));
        std::vector<std::vector<std::string>> found(others.size());
        auto look = [&](size_t i) -> base::Result<void> {
            base::Result<std::string> text = base::read_file(base::join_path(location, others[i]) + "/RECORD");
            if (!text.ok()) return {};
            auto add = [&](std::string_view row) {
                std::string path = wanted.find(row, paths);
                if (!path.empty()) found[i].push_back(std::move(path));
            };
            base::Result<RecordRows> record = read_record(*text, "RECORD");
            if (record.ok()) {
                for (const RecordRow& row : record->rows)
                    add(row.path);
            } else {
                for (const std::string& path : paths_of_damaged_record(*text))
                    add(path);
            }
            return {};
        };
        TRY(base::for_each_parallel(others.size(), look));
        for (size_t i = 0; i < others.size(); i++) {
            for (std::string& path : found[i])
                out.emplace(std::move(path), others[i]);
        }
    }
    return out;
}

}  // namespace pkg
