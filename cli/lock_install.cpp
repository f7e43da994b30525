// From lock files to what is to be installed.
#include "cli/lock_install.h"

#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/project.h"
#include "cli/requirement_files.h"
#include "pkg/lock/lock_cache.h"

namespace cli {

// What a lock names by a path is looked for beside it: there is no such place for one that was downloaded.
static base::Result<void> check_nothing_beside(const std::vector<pkg::Selected>& selected, const std::string& url) {
    for (const pkg::Selected& each : selected) {
        const pkg::LockFile* file = each.archive ? each.archive : each.wheel ? each.wheel : each.sdist;
        auto here = [](const std::string& place) { return place.empty() || base::starts_with_ignoring_case(place, "file:"); };
        bool local = each.package->directory || (each.package->vcs && here(each.package->vcs->url)) || (file && here(file->url));
        if (local)
            return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(url) + "` names `" + each.package->name +
                                                           "` by a path, and a lock from a URL has no files beside it")
                .with_hint("download it to where those files are");
    }
    return {};
}

base::Result<std::vector<pkg::WantedPackage>> wanted_of_lock_file(Context& context, const std::string& path,
                                                                  const pkg::Target& target,
                                                                  const pkg::SelectOptions& options) {
    std::string text = TRY(read_text(context, path));
    pkg::Lock lock = TRY(pkg::read_lock_text(text, path, context.cache()));
    for (const std::string& warning : lock.warnings)
        context.warn(warning);
    std::vector<pkg::Selected> selected = TRY(pkg::select_packages(lock, target, options));
    Project place;
    place.root = base::parent_path(base::absolute_path(path));
    if (base::is_http_url(path)) TRY(check_nothing_beside(selected, path));
    return wanted_of_selected(selected, place);
}

}  // namespace cli
