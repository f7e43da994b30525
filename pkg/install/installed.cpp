// Reading the installed-distributions database (PEP 376, specifications/recording-installed-packages).
#include "pkg/install/installed.h"

#include <algorithm>
#include <unordered_set>

#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/name.h"
#include "pkg/wheel/record.h"
#include "pkg/wheel/scripts.h"

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
    site.headers = site.prefix + "/include";
    site.interpreter = interpreter;
    return site;
}

std::string InstalledDist::metadata_path() const {
    if (kind == InstalledKind::DistInfo) return path + "/METADATA";
    return kind == InstalledKind::EggInfoFile ? path : path + "/PKG-INFO";
}

static std::string read_or_empty(const std::string& path) {
    base::Result<std::string> text = base::read_file(path);
    return text.ok() ? std::string(base::strip(*text)) : "";
}

// The project directory in a direct_url.json of an editable install (PEP 610).
static std::string editable_directory(const std::string& direct_url) {
    if (direct_url.empty()) return "";
    base::Result<base::JsonDocument> document = base::parse_json(direct_url);
    if (!document.ok() || !document->root()["dir_info"]["editable"].boolean()) return "";
    base::Result<std::string> path = base::file_url_path(document->root()["url"].string());
    return path.ok() ? *path : "";
}

// Name and version: from the metadata, which alone writes the name as its author does.
static bool read_identity(InstalledDist& dist) {
    base::Result<std::string> text = base::read_file(dist.metadata_path());
    if (!text.ok()) return false;
    // FAST: only the head is looked at; a description may be long.
    std::string_view head = *text;
    head = head.substr(0, std::min(head.find("\n\n"), head.find("\r\n\r\n")));
    for (std::string_view line : base::split_lines(head)) {
        if (base::starts_with_ignoring_case(line, "Name:") && dist.name.empty())
            dist.name = base::strip(line.substr(5));
        if (base::starts_with_ignoring_case(line, "Version:") && dist.version_text.empty())
            dist.version_text = base::strip(line.substr(8));
    }
    dist.key = normalize_name(dist.name);
    base::Result<Version> version = parse_version(dist.version_text);
    if (version.ok()) dist.version = *version;
    return !dist.key.empty() && version.ok();
}

static bool classify(const base::DirectoryEntry& entry, InstalledKind& kind) {
    bool folder = entry.type == base::FileType::Directory || entry.type == base::FileType::Link;
    if (entry.name.ends_with(".dist-info") && folder) {
        kind = InstalledKind::DistInfo;
    } else if (entry.name.ends_with(".egg-info")) {
        kind = entry.type == base::FileType::Directory ? InstalledKind::EggInfoDirectory : InstalledKind::EggInfoFile;
    } else if (entry.name.ends_with(".egg-link")) {
        kind = InstalledKind::EggLink;
    } else {
        return false;
    }
    return true;
}

static base::Result<void> scan(const std::string& location, std::vector<InstalledDist>& out,
                               std::vector<std::string>* problems) {
    if (!base::is_directory(location)) return {};
    std::vector<base::DirectoryEntry> entries = TRY(base::list_directory(location));
    for (const base::DirectoryEntry& entry : entries) {
        InstalledDist dist;
        if (!classify(entry, dist.kind)) continue;
        dist.path = base::join_path(location, entry.name);
        dist.location = location;
        if (dist.kind == InstalledKind::EggLink) {
            std::string link = read_or_empty(dist.path);
            dist.editable_location = link.substr(0, link.find('\n'));
            std::string stem = entry.name.substr(0, entry.name.size() - 9);
            dist.path = base::join_path(dist.editable_location, file_name_form(stem) + ".egg-info");
        }
        if (!read_identity(dist)) {
            if (problems) problems->push_back("`" + dist.path + "` names no distribution");
            continue;
        }
        if (dist.kind == InstalledKind::DistInfo) {
            dist.installer = read_or_empty(dist.path + "/INSTALLER");
            dist.direct_url = read_or_empty(dist.path + "/direct_url.json");
            dist.editable_location = editable_directory(dist.direct_url);
            dist.requested = base::path_exists(dist.path + "/REQUESTED");
        }
        out.push_back(std::move(dist));
    }
    return {};
}

base::Result<std::vector<InstalledDist>> list_installed(const Site& site, std::vector<std::string>* problems) {
    std::vector<InstalledDist> out;
    TRY(scan(site.purelib, out, problems));
    if (site.platlib != site.purelib) TRY(scan(site.platlib, out, problems));
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return out;
}

const InstalledDist* find_installed(const std::vector<InstalledDist>& all, std::string_view key) {
    for (const InstalledDist& dist : all) {
        if (dist.key == key) return &dist;
    }
    return nullptr;
}

base::Result<Metadata> installed_metadata(const InstalledDist& dist) {
    std::string text = TRY(base::read_file(dist.metadata_path()));
    return parse_metadata(text, dist.metadata_path());
}

// Why an installed path may not be touched, or nullptr.
static const char* protected_path(const Site& site, const std::string& absolute) {
    if (!base::is_within(absolute, site.prefix) || absolute == site.prefix) return "is outside of the environment";
    if (base::is_within(absolute, site.state())) return "is adder's own";
    if (absolute == site.prefix + "/pyvenv.cfg") return "is the environment's configuration";
    if (std::string(base::parent_path(absolute)) == site.scripts && forbidden_script_name(base::base_name(absolute)))
        return "is the environment's own";
    return nullptr;
}

static base::Result<std::vector<std::string>> listed_paths(const InstalledDist& dist) {
    std::vector<std::string> out;
    auto cannot = [&](std::string why) {
        return base::Error(base::ErrorKind::NotHolding,
                           "cannot uninstall `" + dist.name + " " + dist.version_text + "`: " + why);
    };
    if (dist.kind == InstalledKind::DistInfo) {
        base::Result<std::string> text = base::read_file(dist.path + "/RECORD");
        if (!text.ok()) return cannot("its RECORD is missing, so its files are not known");
        std::vector<RecordEntry> record = TRY(parse_record(*text, dist.path + "/RECORD"));
        for (RecordEntry& entry : record)
            out.push_back(base::join_path(dist.location, entry.path));
        for (const char* own : {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
            out.push_back(dist.path + "/" + own);
        return out;
    }
    if (dist.kind != InstalledKind::EggInfoDirectory)
        return cannot("it was installed by distutils or in development mode, without a list of its files");
    base::Result<std::string> text = base::read_file(dist.path + "/installed-files.txt");
    if (!text.ok()) return cannot("it has no list of its files (installed-files.txt)");
    for (std::string_view line : base::split_lines(*text)) {
        if (!base::strip(line).empty()) out.push_back(base::join_path(dist.path, base::strip(line)));
    }
    for (const base::DirectoryEntry& entry : TRY(base::list_directory(dist.path)))
        out.push_back(dist.path + "/" + entry.name);
    return out;
}

base::Result<std::vector<std::string>> installed_files(const Site& site, const InstalledDist& dist,
                                                       std::vector<std::string>& remarks) {
    std::vector<std::string> listed = TRY(listed_paths(dist));
    std::vector<std::string> out;
    std::unordered_set<std::string> seen;
    for (const std::string& path : listed) {
        std::string absolute = base::normalize_path(path);
        if (const char* why = protected_path(site, absolute)) {
            remarks.push_back("`" + dist.name + "` lists `" + absolute + "`, which " + why + ": left alone");
            continue;
        }
        std::string relative = absolute.substr(site.prefix.size() + (site.prefix == "/" ? 0 : 1));
        if (seen.insert(relative).second) out.push_back(std::move(relative));
    }
    return out;
}

}  // namespace pkg
