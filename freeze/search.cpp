// See search.h.
#include "freeze/search.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/wheel/record.h"

namespace freeze {

std::string_view image_folder(Place place) {
    switch (place) {
        case Place::App: return "app/";
        case Place::Library: return "lib/python3.11/";
        default: return "lib/python3.11/site-packages/";
    }
}

void Search::add_wheel(const pkg::StoredWheel& wheel) {
    int number = int(distributions_.size());
    distributions_.push_back({wheel.name, wheel.version, wheel.dist_info});
    for (const pkg::StoredFile& file : wheel.files) {
        if (file.scheme != pkg::Scheme::Purelib && file.scheme != pkg::Scheme::Platlib) continue;
        site_[std::string(file.target)] = {wheel.path_of(file), std::string(file.digest), file.size, number};
    }
}

base::Result<void> Search::add_installed(const pkg::InstalledDist& dist) {
    if (dist.kind != pkg::InstalledKind::DistInfo)
        return base::Error(base::ErrorKind::NotHolding,
                           "`" + dist.name + "` was installed by a tool that kept no list of its files")
            .with_hint("`adder pip install --force-reinstall " + dist.name + "` makes one");
    int number = int(distributions_.size());
    distributions_.push_back({dist.name, dist.version_text, std::string(base::base_name(dist.path))});
    std::string record = TRY(base::read_file(dist.path + "/RECORD"));
    for (const pkg::RecordEntry& entry : TRY(pkg::parse_record(record, dist.path + "/RECORD"))) {
        std::string path = base::normalize_path(entry.path);
        if (path.starts_with("../") || path.starts_with('/')) continue;  // scripts and the like
        std::string real = base::join_path(dist.location, path);
        site_[path] = {real, entry.algorithm == "sha256" ? entry.digest : "", entry.size.value_or(0), number};
        if (!path.ends_with(".pth") || path.find('/') != std::string::npos) continue;
        std::string lines = TRY(base::read_file(real));
        for (std::string_view line : base::split_lines(lines)) {
            std::string folder(base::strip(line));
            if (folder.starts_with('/') && base::is_directory(folder)) TRY(add_tree(folder, number));
        }
    }
    return {};
}

base::Result<void> Search::add_tree(const std::string& folder, int distribution) {
    for (const std::string& path : TRY(base::list_tree(folder, {"__pycache__", ".git", ".venv"})))
        site_[path] = {base::join_path(folder, path), "", 0, distribution};
    return {};
}

bool Search::has_file(Place place, const std::string& path) const {
    switch (place) {
        case Place::App: return !app_folder_.empty() && base::is_regular_file(base::join_path(app_folder_, path));
        case Place::Library: return library_has_file(path);
        default: return site_.count(path) != 0;
    }
}

bool Search::has_folder(Place place, const std::string& path) const {
    switch (place) {
        case Place::App: return !app_folder_.empty() && base::is_directory(base::join_path(app_folder_, path));
        case Place::Library: return library_has_folder(path);
        default: {
            auto next = site_.lower_bound(path + "/");
            return next != site_.end() && next->first.starts_with(path + "/");
        }
    }
}

base::Result<std::string> Search::read(Place place, const std::string& path) const {
    if (place == Place::App) return base::read_file(base::join_path(app_folder_, path));
    const SiteFile& file = site_.at(path);
    std::string bytes = TRY(base::read_file(file.real));
    if (!file.digest.empty() && base::to_base64url_nopad(base::sha256(bytes)) != file.digest)
        return base::Error(base::ErrorKind::Integrity, "`" + path + "` in `" + file.real + "` is not what the wheel of `" +
                                                           distributions_[size_t(file.distribution)].name + "` holds")
            .with_hint("`adder cache clean`, then `adder sync --reinstall`, puts it right");
    return bytes;
}

base::Result<std::vector<std::string>> Search::files_below(Place place, const std::string& folder) const {
    std::vector<std::string> out;
    if (place == Place::App) {
        for (const std::string& each :
             TRY(base::list_tree(base::join_path(app_folder_, folder), {"__pycache__", ".git"})))
            out.push_back(folder + "/" + each);
        return out;
    }
    for (auto each = site_.lower_bound(folder + "/"); each != site_.end() && each->first.starts_with(folder + "/");
         ++each)
        out.push_back(each->first);
    return out;
}

int Search::distribution_of(const std::string& path) const {
    auto found = site_.find(path);
    return found == site_.end() ? -1 : found->second.distribution;
}

}  // namespace freeze
