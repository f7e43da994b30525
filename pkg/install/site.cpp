// The layouts that are known, and what a site's paths may be called otherwise.
#include "pkg/install/site.h"

#include "base/fs.h"
#include "base/path.h"
#include "pkg/install/site_paths.h"

namespace pkg {

const std::string& Site::directory(Scheme scheme) const {
    switch (scheme) {
        case Scheme::Purelib: return purelib;
        case Scheme::Platlib: return platlib;
        case Scheme::Scripts: return scripts;
        case Scheme::Headers: return headers;
        case Scheme::Data: return data;
    }
    return data;
}
std::string Site::relative(const std::string& absolute) const {
    if (absolute == prefix) return "";
    if (!base::is_within(absolute, prefix)) return base::relative_path(absolute, prefix);
    return absolute.substr(prefix.size() + (prefix == "/" ? 0 : 1));
}

Site site_for_prefix(const std::string& prefix, std::string_view version, const std::string& interpreter) {
    Site site;
    site.prefix = base::absolute_path(prefix);
    site.purelib = site.platlib = site.prefix + "/lib/python" + std::string(version) + "/site-packages";
    site.scripts = site.prefix + "/bin";
    site.headers = site.prefix + "/include/site/python" + std::string(version);
    site.data = site.prefix;
    site.interpreter = interpreter;
    return site;
}
Site site_for_target(const std::string& target, const std::string& interpreter) {
    Site site;
    site.prefix = site.purelib = site.platlib = site.data = base::absolute_path(target);
    site.scripts = site.prefix + "/bin";
    site.headers = site.prefix + "/include/python";  // as sysconfig's posix_home has it
    site.interpreter = interpreter;
    return site;
}

SitePaths::SitePaths(const Site& site) : site_(site) {
    for (const std::string* directory : {&site.purelib, &site.platlib, &site.scripts, &site.headers, &site.data, &site.prefix}) {
        if (std::string real = base::real_path(*directory); !real.empty()) places_.push_back({std::move(real), *directory});
    }
}

std::string SitePaths::spell_folder(const std::string& folder) const {
    std::string real = base::real_path(folder);
    if (real.empty()) return folder;
    const Place* best = nullptr;
    for (const Place& place : places_) {
        if (base::is_within(real, place.real) && (!best || place.real.size() > best->real.size())) best = &place;
    }
    if (!best) return real;
    return real == best->real ? best->spelling : base::join_path(best->spelling, base::relative_path(real, best->real));
}

std::string SitePaths::spell(const std::string& path) {
    std::string folder(base::parent_path(path));
    // FAST: all but scripts and the like; a link on the way is seen when the path is walked.
    if (base::is_within(folder, site_.purelib) || base::is_within(folder, site_.platlib)) return path;
    std::lock_guard guard(mutex_);
    auto [found, fresh] = folders_.emplace(folder, "");
    if (fresh) found->second = spell_folder(folder);
    return base::join_path(found->second, base::base_name(path));
}

}  // namespace pkg
