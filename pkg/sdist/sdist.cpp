// Checking and unpacking source archives.
#include "pkg/sdist/sdist.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <unordered_map>
#include <unordered_set>

#include "base/directory.h"
#include "base/path.h"
#include "base/text.h"
#include "base/zip.h"
#include "pkg/name.h"

namespace pkg {

base::Error Sdist::refuse(std::string text) const {
    return base::Error(base::ErrorKind::Integrity,
                       "`" + name_.file_name + "` is not a valid source archive: " + std::move(text));
}

static std::string bare(const base::TarEntry& entry) {
    std::string name = entry.name;
    while (name.starts_with("./"))
        name.erase(0, 2);
    while (name.size() > 1 && name.ends_with('/'))
        name.pop_back();
    return name;
}

// Where a link of the archive leads, as a path in the archive; "" when it leaves it.
static std::string link_place(const std::string& name, const base::TarEntry& entry) {
    if (entry.link.empty() || entry.link.front() == '/' || entry.link.find('\\') != std::string::npos) return "";
    std::string folder(base::parent_path(name));
    std::string place =
        base::normalize_path(entry.type == base::TarType::Hardlink ? entry.link : base::join_path(folder, entry.link));
    return place == ".." || place.starts_with("../") ? "" : place;
}

// A zip archive's members as those of a tar.
static base::Result<std::vector<base::TarEntry>> read_zip(const std::string& path) {
    base::ZipArchive archive = TRY(base::ZipArchive::open(path));
    std::vector<base::TarEntry> out;
    for (const base::ZipEntry& member : archive.entries()) {
        base::TarEntry entry;
        entry.name = member.name;
        entry.mode = member.mode & 07777;
        entry.type = member.is_directory() ? base::TarType::Directory
                     : member.is_symlink() ? base::TarType::Symlink
                                           : base::TarType::File;
        std::string bytes = TRY(archive.read(member));
        (member.is_symlink() ? entry.link : entry.bytes) = std::move(bytes);
        out.push_back(std::move(entry));
    }
    return out;
}

base::Result<void> Sdist::read(const std::string& path) {
    bool zip = path.ends_with(".zip");
    if (!zip && !path.ends_with(".tar.gz") && !path.ends_with(".tgz"))
        return refuse("it is of an old form; .tar.gz, .tgz and .zip are read");
    entries_ = TRY(zip ? read_zip(path) : base::read_tar_gz(path));
    return check_members();
}

base::Result<Sdist> Sdist::open(const std::string& path) {
    std::string file(base::base_name(path));
    if (file.ends_with(".tar.gz")) return open_published(path);
    return base::Error(base::ErrorKind::Integrity,
                       "`" + file + "` is not a source archive of a kind that is accepted: only .tar.gz is (PEP 625)");
}

base::Result<Sdist> Sdist::open_published(const std::string& path) {
    base::Result<SdistName> name = parse_sdist_name(base::base_name(path));
    if (!name.ok()) return std::move(name).error();
    Sdist sdist(std::move(name).value());
    TRY(sdist.read(path));
    TRY(sdist.check_top());
    return sdist;
}

base::Result<Sdist> Sdist::open_any(const std::string& path) {
    SdistName name;
    name.file_name = base::base_name(path);
    Sdist sdist(std::move(name));
    TRY(sdist.read(path));
    return sdist;
}

base::Result<void> Sdist::check_members() {
    std::unordered_set<std::string> links;
    for (const base::TarEntry& entry : entries_) {
        std::string name = bare(entry);
        if (name == "." || name.empty()) continue;
        if (const char* why = base::unsafe_member_name(name)) return refuse("member `" + entry.name + "` has " + why);
        std::string top = name.substr(0, name.find('/'));
        if (top_.empty()) top_ = top;
        if (top != top_) return refuse("it has two top directories, `" + top_ + "` and `" + top + "`");
        if (entry.type == base::TarType::Other) return refuse("member `" + name + "` is a device or pipe");
        if (name == top_ && entry.type != base::TarType::Directory) return refuse("`" + top_ + "` is not a directory");
        // A member below a link would be written wherever the link leads.
        for (std::string_view folder = base::parent_path(name); !folder.empty(); folder = base::parent_path(folder)) {
            if (links.count(std::string(folder)))
                return refuse("member `" + name + "` lies below the link `" + std::string(folder) + "`");
        }
        if (entry.type == base::TarType::Symlink || entry.type == base::TarType::Hardlink) {
            std::string place = link_place(name, entry);
            if (place.empty() || (place != top_ && !base::is_within(place, top_)))
                return refuse("link `" + name + "` leads out of the archive");
            // A path through another link could lead elsewhere than its text says.
            for (std::string_view folder = place; !folder.empty(); folder = base::parent_path(folder)) {
                if (links.count(std::string(folder))) return refuse("link `" + name + "` leads through another link");
            }
            if (entry.type == base::TarType::Symlink) links.insert(name);
        } else {
            links.erase(name);
        }
    }
    if (top_.empty()) return refuse("it is empty");
    return {};
}

base::Result<void> Sdist::check_top() {
    base::Result<SdistName> folder = parse_sdist_name(top_ + ".tar.gz", name_.name);
    if (!folder.ok() || folder->name != name_.name || folder->version != name_.version)
        return refuse("its top directory `" + top_ + "` does not fit the file's name");
    return {};
}

const std::string* Sdist::pkg_info() const {
    const std::string* found = nullptr;
    for (const base::TarEntry& entry : entries_) {
        if (entry.type == base::TarType::File && bare(entry) == top_ + "/PKG-INFO") found = &entry.bytes;
    }
    return found;
}

base::Result<std::string> Sdist::unpack(const std::string& directory) const {
    base::Directory root = TRY(base::Directory::open(directory));
    for (const base::TarEntry& entry : entries_) {
        std::string name = bare(entry);
        if (name == "." || name.empty()) continue;
        if (entry.type == base::TarType::Directory) {
            TRY(root.make_directories(name));
            continue;
        }
        // Of a member that stands there twice the last one counts, as in tarfile.
        TRY(root.remove(name));
        if (entry.type == base::TarType::File) {
            TRY(root.write_new(name, entry.bytes, entry.mode & 0111 ? 0755 : 0644));
            continue;
        }
        base::Fd folder = TRY(root.open_directory(base::parent_path(name)));
        std::string last(base::base_name(name));
        if (entry.type == base::TarType::Symlink) {
            if (symlinkat(entry.link.c_str(), folder.get(), last.c_str()))
                return base::io_error("create link", name, errno);
        } else {
            std::string bytes = TRY(root.read(base::normalize_path(entry.link)));
            TRY(root.write_new(name, bytes));
        }
    }
    return base::join_path(directory, top_);
}

bool is_static_enough(const Metadata& metadata) {
    base::Result<Version> version = parse_version(metadata.metadata_version);
    if (!version.ok() || version->release(0) < 2 || (version->release(0) == 2 && version->release(1) < 2)) return false;
    for (const std::string& field : metadata.dynamic) {
        std::string low = base::lower(field);
        if (low == "requires-dist" || low == "requires-python" || low == "provides-extra" || low == "version")
            return false;
    }
    return true;
}

}  // namespace pkg
