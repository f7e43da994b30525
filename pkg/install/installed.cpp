// Reading the installed-distributions database (PEP 376, specifications/recording-installed-packages).
#include "pkg/install/installed.h"

#include <algorithm>

#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/name.h"

namespace pkg {

std::string InstalledDist::metadata_path() const {
    if (kind == InstalledKind::DistInfo) return path + "/METADATA";
    return kind == InstalledKind::EggInfoFile ? path : path + "/PKG-INFO";
}

static base::Result<std::string> read_or_empty(const std::string& path) {
    std::optional<std::string> text = TRY(base::read_file_if_there(path));
    return text ? std::string(base::strip(*text)) : "";
}

// The project directory in a direct_url.json of an editable install (PEP 610).
static std::string editable_directory(const std::string& direct_url) {
    if (direct_url.empty()) return "";
    base::Result<base::JsonDocument> document = base::parse_json(direct_url);
    if (!document.ok() || !document->root()["dir_info"]["editable"].boolean()) return "";
    base::Result<std::string> path = base::file_url_path(document->root()["url"].string());
    return path.ok() ? *path : "";
}

// Name and version: from the metadata, which alone writes the name as its author does. False where they do not tell.
static base::Result<bool> read_identity(InstalledDist& dist) {
    std::optional<std::string> text = TRY(base::read_file_if_there(dist.metadata_path()));
    if (!text) return false;
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
    dist.version_is_valid = version.ok();
    if (version.ok()) dist.version = *version;
    return !dist.key.empty() && !dist.version_text.empty();
}

bool names_project(std::string_view entry) {
    return is_valid_name(entry.substr(0, std::min(entry.find('-'), entry.rfind('.'))));
}

static bool classify(const base::DirectoryEntry& entry, InstalledKind& kind) {
    bool folder = entry.type == base::FileType::Directory || entry.type == base::FileType::Link;
    if (entry.name.ends_with(".dist-info") && folder) {
        kind = InstalledKind::DistInfo;
    } else if (entry.name.ends_with(".egg-info")) {
        kind = entry.type == base::FileType::Directory ? InstalledKind::EggInfoDirectory : InstalledKind::EggInfoFile;
    } else if (entry.name.ends_with(".egg") && folder) {
        kind = InstalledKind::Egg;
    } else if (entry.name.ends_with(".egg-link")) {
        kind = InstalledKind::EggLink;
    } else {
        return false;
    }
    return true;
}

// Where the metadata of an entry of `location` are, and what else its kind tells.
static base::Result<void> locate(InstalledDist& dist, const std::string& location, const std::string& entry) {
    dist.entry = dist.path = base::join_path(location, entry);
    dist.location = location;
    if (dist.kind == InstalledKind::Egg) dist.path += "/EGG-INFO";
    if (dist.kind == InstalledKind::DistInfo) {
        dist.installer = TRY(read_or_empty(dist.path + "/INSTALLER"));
        dist.direct_url = TRY(read_or_empty(dist.path + "/direct_url.json"));
        dist.editable_location = editable_directory(dist.direct_url);
        dist.requested = base::path_exists(dist.path + "/REQUESTED");
    }
    if (dist.kind != InstalledKind::EggLink) return {};
    // Its first line is where the metadata are, the second leads from there to the project.
    std::string link = TRY(read_or_empty(dist.path));
    dist.location = dist.editable_location = base::strip(link.substr(0, link.find('\n')));
    std::string stem = entry.substr(0, entry.size() - 9);
    dist.path = base::join_path(dist.editable_location, file_name_form(stem) + ".egg-info");
    return {};
}

// Directories that easy-install.pth puts on the path: eggs, and projects in development mode.
static base::Result<void> scan_easy_install(const std::string& location, std::vector<InstalledDist>& out) {
    std::optional<std::string> text = TRY(base::read_file_if_there(location + "/easy-install.pth"));
    if (!text) return {};
    for (std::string_view line : base::split_lines(*text)) {
        line = base::strip(line);
        if (line.empty() || line.front() == '#' || line.starts_with("import ")) continue;
        std::string place = base::normalize_path(base::join_path(location, line));
        if (place == location || !base::is_directory(place)) continue;
        InstalledDist dist;
        if (place.ends_with(".egg")) {
            dist.kind = InstalledKind::Egg;
            TRY(locate(dist, std::string(base::parent_path(place)), std::string(base::base_name(place))));
            if (TRY(read_identity(dist))) out.push_back(std::move(dist));
            continue;
        }
        base::Result<std::vector<base::DirectoryEntry>> entries = base::list_directory(place);
        for (const base::DirectoryEntry& entry : entries.ok() ? *entries : std::vector<base::DirectoryEntry>{}) {
            if (!entry.name.ends_with(".egg-info")) continue;
            dist = {};
            dist.kind = InstalledKind::EggLink;
            dist.entry = location + "/" + entry.name.substr(0, entry.name.size() - 9) + ".egg-link";
            dist.path = place + "/" + entry.name;
            dist.location = dist.editable_location = place;
            if (TRY(read_identity(dist))) out.push_back(std::move(dist));
        }
    }
    return {};
}

static base::Result<void> scan(const std::string& location, std::vector<InstalledDist>& out,
                               std::vector<std::string>* problems) {
    if (!base::is_directory(location)) return {};
    std::vector<base::DirectoryEntry> entries = TRY(base::list_directory(location));
    for (const base::DirectoryEntry& entry : entries) {
        InstalledDist dist;
        if (!classify(entry, dist.kind)) continue;
        if (!names_project(entry.name)) {
            if (problems) problems->push_back("`" + base::join_path(location, entry.name) + "` is ignored: no project has such a name");
            continue;
        }
        TRY(locate(dist, location, entry.name));
        if (TRY(read_identity(dist))) {
            out.push_back(std::move(dist));
        } else if (problems) {
            problems->push_back("`" + dist.path + "` names no distribution");
        }
    }
    std::vector<InstalledDist> more;
    TRY(scan_easy_install(location, more));
    for (InstalledDist& dist : more) {
        bool known = std::any_of(out.begin(), out.end(), [&](const auto& d) { return d.path == dist.path; });
        if (!known) out.push_back(std::move(dist));
    }
    return {};
}

base::Result<std::vector<InstalledDist>> list_installed(const Site& site, std::vector<std::string>* problems) {
    std::vector<InstalledDist> out;
    std::vector<std::string> locations = {site.purelib, site.platlib};
    locations.insert(locations.end(), site.also.begin(), site.also.end());
    // One directory may have several paths, by way of lib64.
    std::vector<std::pair<uint64_t, uint64_t>> seen;
    for (size_t i = 0; i < locations.size(); i++) {
        if (std::find(locations.begin(), locations.begin() + i, locations[i]) != locations.begin() + i) continue;
        base::FileStatus status = base::file_status(locations[i]);
        std::pair<uint64_t, uint64_t> place(status.device, status.inode);
        if (std::find(seen.begin(), seen.end(), place) != seen.end()) continue;
        seen.push_back(place);
        TRY(scan(locations[i], out, problems));
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return out;
}

std::span<const InstalledDist> copies_of(std::span<const InstalledDist> all, std::string_view key) {
    std::span<const InstalledDist>::iterator first =
        std::lower_bound(all.begin(), all.end(), key, [](const InstalledDist& dist, std::string_view wanted) { return dist.key < wanted; });
    size_t count = 0, rest = all.end() - first;
    while (count < rest && first[count].key == key)
        count++;
    return all.subspan(first - all.begin(), count);
}
const InstalledDist* find_installed(std::span<const InstalledDist> all, std::string_view key) {
    std::span<const InstalledDist> copies = copies_of(all, key);
    return copies.empty() ? nullptr : &copies.front();
}
bool has_twin(std::span<const InstalledDist> all, const InstalledDist& dist) {
    std::span<const InstalledDist> copies = copies_of(all, dist.key);
    return std::count_if(copies.begin(), copies.end(), [&](const InstalledDist& copy) { return copy.location == dist.location; }) > 1;
}

base::Result<Metadata> installed_metadata(const InstalledDist& dist) {
    std::string text = TRY(base::read_file(dist.metadata_path()));
    // What PEP 440 has no version for is 0, as in `dist`.
    if (size_t at = text.find("\nVersion:"); !dist.version_is_valid && at != text.npos)
        text.replace(at, text.find('\n', at + 1) - at, "\nVersion: 0");
    return parse_metadata(text, dist.metadata_path());
}

}  // namespace pkg
