// Spreading one wheel (binary-distribution-format §Installing a wheel, "Spread").
#include "pkg/install/item.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/path.h"
#include "pkg/wheel/record.h"
#include "pkg/wheel/scripts.h"

namespace pkg {

base::Result<std::string> ItemInstaller::inside(const std::string& absolute) const {
    std::string normal = base::normalize_path(absolute);
    if (!base::is_within(normal, site_.prefix))
        return base::Error(base::ErrorKind::Integrity,
                           "`" + item_.wheel.name + "` would write outside of the environment: `" + absolute + "`");
    if (normal == site_.prefix) return std::string();
    return normal.substr(site_.prefix.size() + (site_.prefix == "/" ? 0 : 1));
}

base::Result<void> ItemInstaller::find_places() {
    // The .dist-info stands in the root of the archive, whichever scheme that is.
    for (const StoredFile& file : item_.wheel.files) {
        if (file.source.starts_with(item_.wheel.dist_info + "/")) root_ = file.scheme;
    }
    std::string root = base::normalize_path(site_.directory(root_));
    for (size_t i = 0; i < std::size(places_); i++) {
        const std::string& directory = site_.directory(static_cast<Scheme>(i));
        places_[i] = TRY(inside(directory));
        std::string relative = base::relative_path(base::normalize_path(directory), root);
        from_root_[i] = relative == "." ? "" : relative + "/";
    }
    return {};
}

uint32_t ItemInstaller::folder_of(Scheme scheme, std::string_view target, std::string_view source) {
    std::string folder = base::join_path(places_[static_cast<size_t>(scheme)], base::parent_path(target));
    std::string_view from = base::parent_path(source);
    // FAST: files of one directory come together.
    if (!folders_.empty() && folders_.back().target == folder && folders_.back().source == from)
        return (uint32_t)folders_.size() - 1;
    auto [found, fresh] = folder_index_.emplace(folder + "\n" + std::string(from), (uint32_t)folders_.size());
    if (fresh) folders_.push_back({std::move(folder), std::string(from)});
    return found->second;
}

std::string ItemInstaller::record_path(Scheme scheme, std::string_view target) const {
    return from_root_[static_cast<size_t>(scheme)] + std::string(target);
}

// Files of .dist-info that only an installer may write; a wheel's own copies do not count.
bool ItemInstaller::is_own_file(const StoredFile& file) const {
    const std::string& info = item_.wheel.dist_info;
    return file.source == info + "/INSTALLER" || file.source == info + "/REQUESTED" ||
           file.source == info + "/direct_url.json";
}
// A script that stands in .data as well as among the entry points is made from the entry point.
bool ItemInstaller::is_entry_point(const StoredFile& file) const {
    if (file.scheme != Scheme::Scripts) return false;
    for (const EntryPoint& point : item_.wheel.scripts) {
        if (point.name == file.target) return true;
    }
    return false;
}

void ItemInstaller::add_written(Scheme scheme, std::string_view target, std::string bytes, mode_t mode) {
    append_record(record_, record_entry(record_path(scheme, target), bytes));
    uint32_t folder = folder_of(scheme, target, "");
    files_.push_back({folder, false, false, mode, std::string(base::base_name(target)), std::move(bytes)});
}

base::Result<void> ItemInstaller::add_stored(const StoredFile& file) {
    if (file.scheme == Scheme::Scripts) scripts_.push_back(file.target);
    bool site = file.scheme == Scheme::Purelib || file.scheme == Scheme::Platlib;
    if (site && file.target.ends_with(".pth") && file.target.find('/') == std::string::npos)
        startup_files_.push_back(file.target);
    if (file.rewrite) {
        std::string bytes = TRY(base::read_file(item_.wheel.path + "/files/" + file.source));
        size_t end = bytes.find('\n');
        std::string text = make_shebang(site_.interpreter, site_.relocatable ? Shebang::Relocatable : Shebang::Fixed);
        add_written(file.scheme, file.target, text + (end == std::string::npos ? "" : bytes.substr(end + 1)), 0755);
        return {};
    }
    append_record(record_, record_path(file.scheme, file.target), file.digest, file.size);
    uint32_t folder = folder_of(file.scheme, file.target, file.source);
    files_.push_back({folder, false, true, 0, std::string(base::base_name(file.target)), {}});
    return {};
}

base::Result<void> ItemInstaller::prepare() {
    TRY(find_places());
    files_.reserve(item_.wheel.files.size() + item_.wheel.scripts.size() + 3);
    record_.reserve(item_.wheel.files.size() * 110);
    for (const StoredFile& file : item_.wheel.files) {
        if (!is_own_file(file) && !is_entry_point(file)) TRY(add_stored(file));
    }
    Shebang form = site_.relocatable ? Shebang::Relocatable : Shebang::Fixed;
    for (const EntryPoint& point : item_.wheel.scripts) {
        scripts_.push_back(point.name);
        add_written(Scheme::Scripts, point.name, make_script(point, site_.interpreter, form), 0755);
    }
    std::string info = item_.wheel.dist_info + "/";
    add_written(root_, info + "INSTALLER", "adder\n", 0644);
    if (item_.requested) add_written(root_, info + "REQUESTED", "", 0644);
    if (!item_.direct_url.empty()) add_written(root_, info + "direct_url.json", item_.direct_url, 0644);
    return {};
}

void ItemInstaller::plan_bytecode() {
    for (const PlannedFile& file : files_) {
        const std::string& folder = folders_[file.folder].target;
        const std::string& site = places_[static_cast<size_t>(root_)];
        bool module = file.name.ends_with(".py") && !file.skipped &&
                      (site.empty() || (base::is_within(folder, site) && folder != places_[(size_t)Scheme::Scripts]));
        if (!module) continue;
        BytecodeJob& job = bytecode_.emplace_back();
        job.source = base::join_path(folder, file.name);
        job.target =
            base::join_path(folder, "__pycache__/" + file.name.substr(0, file.name.size() - 3)) + ".cpython-311.pyc";
    }
}

std::string ItemInstaller::path_of(const PlannedFile& file) const {
    return base::join_path(folders_[file.folder].target, file.name);
}
std::string ItemInstaller::record_file() const {
    return base::join_path(places_[static_cast<size_t>(root_)], item_.wheel.dist_info + "/RECORD");
}

base::Result<void> ItemInstaller::install(const base::Directory& root, base::LinkMode mode) const {
    base::DirectoryWalk walk(root);
    base::Fd source;
    int target = -1;
    uint32_t entered = UINT32_MAX;
    const std::string* opened = nullptr;
    for (const PlannedFile& file : files_) {
        if (file.skipped) continue;
        const PlannedFolder& folder = folders_[file.folder];
        if (file.folder != entered) target = TRY(walk.make(folder.target));
        entered = file.folder;
        if (!file.linked) {
            TRY(base::write_new_at(target, file.name, file.bytes, file.mode,
                                   base::join_path(root.path(), path_of(file))));
            continue;
        }
        if (!opened || *opened != folder.source) {
            std::string path = base::join_path(item_.wheel.path + "/files", folder.source);
            source = base::Fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
            if (!source.valid()) return base::io_error("open the cache entry", path, errno);
            opened = &folder.source;
        }
        // Inside a scheme the last component is the same on both sides.
        base::Result<base::LinkMode> used =
            base::link_or_copy_at(source.get(), file.name.c_str(), target, file.name.c_str(), mode);
        if (!used.ok())
            return std::move(used).error().with_context("while installing `" +
                                                        base::join_path(root.path(), path_of(file)) + "`");
        mode = *used;
    }
    return {};
}

base::Result<void> ItemInstaller::write_record(const base::Directory& root) const {
    std::string text = record_;
    for (const BytecodeJob& job : bytecode_) {
        if (!job.done) continue;
        const std::string& site = places_[static_cast<size_t>(root_)];
        append_record(text, {job.target.substr(site.empty() ? 0 : site.size() + 1), "", "", {}});
    }
    append_record(text, {item_.wheel.dist_info + "/RECORD", "", "", {}});
    base::DirectoryWalk walk(root);
    std::string path = record_file();
    int folder = TRY(walk.make(base::parent_path(path)));
    return base::write_new_at(folder, "RECORD", text, 0644, base::join_path(root.path(), path));
}

}  // namespace pkg
