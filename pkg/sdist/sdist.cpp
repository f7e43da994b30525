// Checking and unpacking source archives.
#include "pkg/sdist/sdist.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/directory.h"
#include "base/path.h"
#include "base/text.h"
#include "base/zip.h"
#include "pkg/name.h"
#include "pkg/sdist/member_tree.h"

namespace pkg {

base::Error Sdist::refuse(std::string text) const {
    return base::Error(base::ErrorKind::Integrity,
                       "`" + name_.file_name + "` is not a valid source archive: " + std::move(text));
}

// `name` without `.` components and slashes behind it, as tarfile understands it.
static std::string bare(std::string_view name) {
    while (name.size() > 1 && name.ends_with('/'))
        name.remove_suffix(1);
    std::string out;
    bool first = true;
    for (size_t at = 0; at <= name.size();) {
        size_t end = std::min(name.find('/', at), name.size());
        std::string_view part = name.substr(at, end - at);
        at = end + 1;
        if (part == ".") continue;
        if (!first) out += '/';
        first = false;
        out += part;
    }
    return out;
}

// Why no member of a tar archive may have this name, or nullptr. What Windows forbids can be unpacked here.
static const char* unsafe_name(std::string_view name) {
    if (name.empty()) return "an empty name";
    if (name.front() == '/') return "an absolute path";
    if (name.size() > 4095) return "a path over 4095 bytes";
    for (char c : name) {
        if ((unsigned char)c < 32 || c == 127) return "a control character";
    }
    for (size_t at = 0; at <= name.size();) {
        size_t end = std::min(name.find('/', at), name.size());
        std::string_view part = name.substr(at, end - at);
        if (part.empty()) return "an empty path component";
        if (part == "..") return "a parent directory component";
        if (part.size() > 255) return "a component over 255 bytes";
        at = end + 1;
    }
    return nullptr;
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
        // Names with a backslash are refused in zip archives, where it may stand for a slash.
        if (member.is_symlink() && bytes.find('\\') != std::string::npos)
            return base::Error(base::ErrorKind::Integrity, "`" + std::string(base::base_name(path)) + "` is not a valid source archive: link `" +
                                                               entry.name + "` has a backslash in its target");
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
    MemberTree tree(entries_);
    for (base::TarEntry& entry : entries_) {
        std::string name = bare(entry.name);
        // The directory that everything is unpacked in.
        bool here = name.empty() && !entry.name.empty() && entry.type == base::TarType::Directory;
        if (const char* why = here ? nullptr : unsafe_name(name)) return refuse("member `" + entry.name + "` has " + why);
        entry.name = std::move(name);
        if (here) continue;
        std::string top = entry.name.substr(0, entry.name.find('/'));
        if (top_.empty()) top_ = top;
        if (top != top_) return refuse("it has two top directories, `" + top_ + "` and `" + top + "`");
        if (entry.type == base::TarType::Other) return refuse("member `" + entry.name + "` is a device or pipe");
        if (entry.name == top_ && entry.type != base::TarType::Directory) return refuse("`" + top_ + "` is not a directory");
        if (std::string why = tree.add((uint32_t)(&entry - entries_.data())); !why.empty()) return refuse(why);
    }
    if (top_.empty()) return refuse("it is empty");
    if (std::string why = tree.check_links(); !why.empty()) return refuse(why);
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
        if (entry.type == base::TarType::File && entry.name == top_ + "/PKG-INFO") found = &entry.bytes;
    }
    return found;
}

// NOTE: each member is written through a handle of its directory, to which no link leads; that none stands above a member
// is checked, and the handle would refuse it. What a link leads to is not looked at here.
base::Result<std::string> Sdist::unpack(const std::string& directory) const {
    base::Directory root = TRY(base::Directory::open(directory));
    for (const base::TarEntry& entry : entries_) {
        const std::string& name = entry.name;
        if (name.empty()) continue;
        if (entry.type == base::TarType::Directory) {
            TRY(root.make_directories(name));
            continue;
        }
        // Of a member that stands there twice the last one counts, as in tarfile.
        TRY(root.remove(name));
        if (entry.type == base::TarType::Symlink) {
            base::Fd folder = TRY(root.open_directory(base::parent_path(name)));
            std::string last(base::base_name(name));
            if (symlinkat(entry.link.c_str(), folder.get(), last.c_str()))
                return base::io_error("create link", name, errno);
            continue;
        }
        mode_t mode = entry.mode & 0111 ? 0755 : 0644;
        if (entry.type == base::TarType::File) {
            TRY(root.write_new(name, entry.bytes, mode));
        } else {
            std::string bytes = TRY(root.read(entry.link));
            TRY(root.write_new(name, bytes, mode));
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
