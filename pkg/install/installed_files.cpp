// Which files belong to an installed distribution, and whether they are as they were installed.
#include <algorithm>
#include <unordered_set>

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/install/installed.h"
#include "pkg/install/site_paths.h"
#include "pkg/wheel/record.h"
#include "pkg/wheel/scripts.h"

namespace pkg {

namespace {

// Why an installed path may not be touched, or nullptr.
const char* protected_path(const Site& site, const std::string& absolute) {
    if (!base::is_within(absolute, site.prefix) || absolute == site.prefix) return "is outside of the environment";
    if (base::is_within(absolute, site.state())) return "is adder's own";
    if (absolute == site.prefix + "/pyvenv.cfg") return "is the environment's configuration";
    if (std::string(base::parent_path(absolute)) == site.scripts && forbidden_script_name(base::base_name(absolute)))
        return "is the environment's own";
    bool control = std::any_of(absolute.begin(), absolute.end(), [](unsigned char c) { return c < 32 || c == 127; });
    return control ? "has control characters in its name" : nullptr;
}

// The programs of what setuptools installed, whose list, where there is one, need not name them.
base::Result<void> add_scripts(const Site& site, const InstalledDist& dist, std::vector<std::string>& out) {
    std::optional<std::string> text = TRY(base::read_file_if_there(dist.path + "/entry_points.txt"));
    base::Result<std::vector<EntryPoint>> points = parse_entry_points(text.value_or(""));
    // From what cannot be read no script was made.
    for (const EntryPoint& point : points.ok() ? *points : std::vector<EntryPoint>{}) {
        if (is_script_group(point.group)) out.push_back(base::join_path(site.scripts, point.name));
    }
    std::string folder = dist.path + "/scripts";
    if (!base::is_directory(folder)) return {};
    for (const base::DirectoryEntry& entry : TRY(base::list_directory(folder)))
        out.push_back(base::join_path(site.scripts, entry.name));
    return {};
}

base::Error cannot(const InstalledDist& dist, std::string why) {
    return base::Error(base::ErrorKind::NotHolding,
                       "cannot uninstall `" + dist.name + " " + dist.version_text + "`: " + std::move(why));
}

base::Result<void> add_tree(const std::string& directory, std::vector<std::string>& out) {
    if (!base::is_directory(directory)) return {};
    for (const std::string& path : TRY(base::list_tree(directory)))
        out.push_back(directory + "/" + path);
    return {};
}

base::Result<void> add_record(const InstalledDist& dist, std::vector<std::string>& out, std::vector<std::string>& remarks) {
    std::optional<std::string> text = TRY(base::read_file_if_there(dist.path + "/RECORD"));
    std::string_view rows = text ? std::string_view(*text) : std::string_view();
    std::vector<std::string> paths, unreadable;
    if (base::Result<RecordRows> record = read_record(rows, "RECORD"); record.ok()) {
        for (const RecordRow& row : record->rows)
            paths.emplace_back(row.path);
    } else {
        // A damaged row must not keep the distribution in place for ever.
        paths = paths_of_damaged_record(rows, &unreadable);
    }
    for (const std::string& row : unreadable)
        remarks.push_back("`" + dist.path + "/RECORD` has a row that cannot be read, `" + row + "`: what it lists is left alone");
    // It lists itself at least.
    if (paths.empty())
        return cannot(dist, std::string("its RECORD is ") + (text ? "empty" : "missing") + ", so its files are not known")
            .with_hint("`adder pip install --force-reinstall --no-deps " + dist.name + "==" + dist.version_text + "` brings one");
    for (const std::string& path : paths)
        out.push_back(base::join_path(dist.location, path));
    // Whether listed or not: with its METADATA left, it would be installed still.
    return add_tree(dist.path, out);
}

// What setuptools leaves: a list of files where pip ran it, else the names of the top packages and modules.
base::Result<void> add_egg_info(const InstalledDist& dist, std::vector<std::string>& out) {
    std::optional<std::string> listed = TRY(base::read_file_if_there(dist.path + "/installed-files.txt"));
    std::optional<std::string> tops = TRY(base::read_file_if_there(dist.path + "/top_level.txt"));
    if (!listed && !tops) return cannot(dist, "it has no list of its files (installed-files.txt)");
    if (listed) {
        for (std::string_view line : base::split_lines(*listed)) {
            if (!base::strip(line).empty()) out.push_back(base::join_path(dist.path, base::strip(line)));
        }
        return add_tree(dist.path, out);
    }
    std::optional<std::string> shared = TRY(base::read_file_if_there(dist.path + "/namespace_packages.txt"));
    std::vector<std::string_view> namespaces;
    if (shared) namespaces = base::split_lines(*shared);
    for (std::string_view top : base::split_lines(*tops)) {
        top = base::strip(top);
        if (top.empty() || std::find(namespaces.begin(), namespaces.end(), top) != namespaces.end()) continue;
        std::string path = base::join_path(dist.location, top);
        TRY(add_tree(path, out));
        out.push_back(path + ".py");
    }
    return add_tree(dist.path, out);
}

base::Result<void> add_listed(const Site& site, const InstalledDist& dist, std::vector<std::string>& out,
                              std::vector<std::string>& remarks) {
    if (dist.kind != InstalledKind::DistInfo && dist.kind != InstalledKind::EggInfoFile) TRY(add_scripts(site, dist, out));
    switch (dist.kind) {
        case InstalledKind::DistInfo: return add_record(dist, out, remarks);
        case InstalledKind::EggInfoDirectory: return add_egg_info(dist, out);
        case InstalledKind::Egg: return add_tree(dist.entry, out);
        case InstalledKind::EggLink: out.push_back(dist.entry); return {};
        case InstalledKind::EggInfoFile: break;
    }
    return cannot(dist, "it was installed by distutils, without a list of its files");
}

// The line of easy-install.pth beside the entry that puts the egg or project on the path.
base::Result<void> find_easy_install(const Site& site, const InstalledDist& dist, InstalledFiles& out) {
    if (dist.kind != InstalledKind::Egg && dist.kind != InstalledKind::EggLink) return {};
    std::string folder(base::parent_path(dist.entry)), path = folder + "/easy-install.pth";
    std::string place = base::normalize_path(dist.kind == InstalledKind::Egg ? dist.entry : dist.location);
    std::optional<std::string> text = TRY(base::read_file_if_there(path));
    if (!text || protected_path(site, path)) return {};
    for (std::string_view line : base::split_lines(*text)) {
        if (base::strip(line).empty() || base::normalize_path(base::join_path(folder, base::strip(line))) != place)
            continue;
        out.easy_install = site.relative(path);
        out.easy_install_line = line;
    }
    return {};
}

base::Result<void> check_place(const Site& site, const InstalledDist& dist) {
    if (!base::is_within(dist.entry, site.prefix))
        return cannot(dist, "it is outside of the environment, in `" + dist.location + "`");
    bool folder = dist.kind == InstalledKind::DistInfo || dist.kind == InstalledKind::Egg;
    if (folder && base::file_status_link(dist.entry).type == base::FileType::Link)
        return cannot(dist, "`" + dist.entry + "` is a link, so another place has its files");
    return {};
}

}  // namespace

std::vector<std::string> paths_of_damaged_record(std::string_view text, std::vector<std::string>* unreadable) {
    std::vector<std::string> out;
    for (std::string_view line : base::split_lines(text)) {
        base::Result<RecordRows> record = read_record(line, "RECORD");
        if (record.ok()) {
            for (const RecordRow& row : record->rows)
                out.emplace_back(row.path);
            continue;
        }
        // What is wrong is behind the path, unless there are quotation marks.
        std::string_view path = line.substr(0, line.find(','));
        bool told = !path.empty() && path.find('"') == path.npos;
        if (told) out.emplace_back(path);
        if (!told && unreadable) unreadable->emplace_back(line);
    }
    return out;
}

base::Result<InstalledFiles> installed_files(const Site& site, const InstalledDist& dist,
                                             std::vector<std::string>& remarks) {
    TRY(check_place(site, dist));
    std::vector<std::string> listed;
    TRY(add_listed(site, dist, listed, remarks));
    InstalledFiles out;
    SitePaths paths(site);
    std::unordered_set<std::string> seen;
    for (const std::string& path : listed) {
        std::string absolute = paths.spell(base::normalize_path(path));
        if (const char* why = protected_path(site, absolute)) {
            remarks.push_back("`" + dist.name + "` lists `" + absolute + "`, which " + why + ": left alone");
            continue;
        }
        std::string relative = site.relative(absolute);
        if (seen.insert(relative).second) out.paths.push_back(std::move(relative));
    }
    TRY(find_easy_install(site, dist, out));
    return out;
}

base::Result<InstalledFiles> metadata_files(const Site& site, const InstalledDist& dist) {
    TRY(check_place(site, dist));
    std::vector<std::string> all;
    TRY(add_tree(dist.entry, all));
    if (dist.kind == InstalledKind::EggInfoFile) all.push_back(dist.entry);
    InstalledFiles out;
    for (const std::string& path : all)
        out.paths.push_back(site.relative(path));
    return out;
}

base::Result<std::vector<std::string>> verify_installed(const InstalledDist& dist) {
    std::vector<std::string> out;
    if (dist.kind != InstalledKind::DistInfo) return out;
    std::string text = TRY(base::read_file(dist.path + "/RECORD"));
    for (const RecordEntry& entry : TRY(parse_record(text, dist.path + "/RECORD"))) {
        std::string path = base::normalize_path(base::join_path(dist.location, entry.path));
        base::FileStatus status = base::file_status(path);
        // Bytecode is listed without a hash and may come and go.
        bool bytecode = path.ends_with(".pyc") && entry.algorithm.empty();
        if (status.type == base::FileType::Missing) {
            if (!bytecode) out.push_back("`" + path + "` is missing");
        } else if (!entry.algorithm.empty()) {
            // A row can name a device or a pipe, which might have no end.
            bool same = base::is_regular_file(path) && (!entry.size || *entry.size == status.size);
            base::Result<std::string> digest = base::from_base64url_nopad(entry.digest);
            if (same) same = digest.ok() && TRY(base::hash_file_hex(entry.algorithm, path)) == base::to_hex(*digest);
            if (!same) out.push_back("`" + path + "` has been changed");
        }
    }
    return out;
}

}  // namespace pkg
