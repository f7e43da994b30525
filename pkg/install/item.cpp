// Spreading one wheel (binary-distribution-format §Installing a wheel, "Spread").
#include "pkg/install/item.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <unordered_set>

#include "base/path.h"
#include "base/text.h"
#include "pkg/wheel/record.h"
#include "pkg/wheel/scripts.h"

namespace pkg {

base::Result<std::string> ItemInstaller::inside(const std::string& absolute) const {
    std::string normal = base::normalize_path(absolute);
    if (!base::is_within(normal, site_.prefix))
        return base::Error(base::ErrorKind::Integrity,
                           "`" + item_.wheel.name + "` would write outside of the environment: `" + absolute + "`");
    return site_.relative(normal);
}

// Whoever changes a file of an environment in place changes the cache's as well, where they are one file. Most of that is
// for `cache verify`, but without METADATA a distribution would be installed that nothing can see.
base::Result<void> ItemInstaller::check_size(const StoredFile& file) const {
    if (base::file_status(item_.wheel.path_of(file)).size == file.size) return {};
    return base::Error(base::ErrorKind::Integrity, "the cache's copy of `" + std::string(file.source) + "` has been changed")
        .with_hint("`adder cache verify --remove` removes what is damaged");
}

base::Result<void> ItemInstaller::find_places() {
    // The .dist-info stands in the root of the archive, whichever scheme that is.
    std::string info = item_.wheel.dist_info + "/";
    for (const StoredFile& file : item_.wheel.files) {
        if (!file.source.starts_with(info)) continue;
        root_ = file.scheme;
        if (file.source.substr(info.size()) == "METADATA") TRY(check_size(file));
    }
    record_folder_ = base::join_path(TRY(inside(site_.directory(root_))), item_.wheel.dist_info);
    lib64_is_lib_ = base::real_path(site_.data + "/lib64") == base::real_path(site_.data) + "/lib";
    std::string root = base::normalize_path(site_.directory(root_));
    for (size_t i = 0; i < std::size(places_); i++) {
        Scheme scheme = static_cast<Scheme>(i);
        std::string directory = site_.directory(scheme);
        // Each distribution's headers have a directory of their own, as distutils gave them.
        if (scheme == Scheme::Headers) directory = base::join_path(directory, item_.wheel.name);
        places_[i] = TRY(inside(directory));
        std::string relative = base::relative_path(base::normalize_path(directory), root);
        from_root_[i] = relative == "." ? "" : relative + "/";
    }
    return {};
}

uint32_t ItemInstaller::folder_of(Scheme scheme, std::string_view target) {
    std::string_view parent = base::parent_path(target);
    std::string through;
    if (lib64_is_lib_ && scheme == Scheme::Data && base::is_within(parent, "lib64")) {
        through = "lib" + std::string(parent.substr(5));
        parent = through;
    }
    // Files of one directory come together; one that is entered twice is only named twice.
    if (folders_.empty() || folders_.back().scheme != scheme || folders_.back().parent != parent)
        folders_.push_back({base::join_path(places_[static_cast<size_t>(scheme)], parent), scheme, std::string(parent)});
    return (uint32_t)folders_.size() - 1;
}

// Files of .dist-info that only an installer may write; a wheel's own copies do not count, whichever scheme they come by.
bool ItemInstaller::is_own_file(const StoredFile& file) const {
    std::string_view name = base::base_name(file.target);
    bool own = name == "INSTALLER" || name == "REQUESTED" || name == "direct_url.json" || name == "RECORD";
    if (!own) return false;
    return base::join_path(places_[static_cast<size_t>(file.scheme)], base::parent_path(file.target)) == record_folder_;
}
// A script that stands in .data as well as among the entry points is made from the entry point.
bool ItemInstaller::is_entry_point(const StoredFile& file) const {
    if (file.scheme != Scheme::Scripts) return false;
    for (const EntryPoint& point : item_.wheel.scripts) {
        if (point.name == file.target) return true;
    }
    return false;
}

void ItemInstaller::add_written(Scheme scheme, std::string target, std::string bytes, mode_t mode) {
    std::string row;
    append_record(row, record_entry(from_root_[static_cast<size_t>(scheme)] + target, bytes));
    uint32_t folder = folder_of(scheme, target);
    written_.push_back({std::string(base::base_name(target)), std::move(bytes), std::move(row), mode});
    files_.push_back({folder, (uint32_t)written_.size() - 1, false, false, written_.back().name});
}

base::Result<void> ItemInstaller::check_length(Scheme scheme, std::string_view target) const {
    size_t length = site_.prefix.size() + 1 + places_[static_cast<size_t>(scheme)].size() + 1 + target.size();
    if (length < PATH_MAX) return {};
    return base::Error(base::ErrorKind::Integrity, "`" + item_.wheel.name + "` has a file whose path is too long: `" +
                                                       base::shortened(target, 80) + "`");
}

base::Result<void> ItemInstaller::add_stored(const StoredFile& file) {
    TRY(check_length(file.scheme, file.target));
    if (file.scheme == Scheme::Scripts) scripts_.emplace_back(file.target);
    bool site = file.scheme == Scheme::Purelib || file.scheme == Scheme::Platlib;
    if (site && file.target.ends_with(".pth") && file.target.find('/') == std::string::npos)
        startup_files_.emplace_back(file.target);
    if (file.rewrite) {
        std::string bytes = TRY(base::read_file(item_.wheel.path_of(file)));
        size_t end = bytes.find('\n');
        std::string text = make_shebang(site_.interpreter, site_.relocatable ? Shebang::Relocatable : Shebang::Fixed);
        add_written(file.scheme, std::string(file.target), text + (end == std::string::npos ? "" : bytes.substr(end + 1)), 0755);
        return {};
    }
    files_.push_back({folder_of(file.scheme, file.target), file.number, false, true, base::base_name(file.target)});
    return {};
}

base::Result<void> ItemInstaller::prepare() {
    TRY(find_places());
    files_.reserve(item_.wheel.files.size() + item_.wheel.scripts.size() + 3);
    for (const StoredFile& file : item_.wheel.files) {
        if (!is_own_file(file) && !is_entry_point(file)) TRY(add_stored(file));
    }
    Shebang form = site_.relocatable ? Shebang::Relocatable : Shebang::Fixed;
    std::unordered_set<std::string_view> made;
    for (size_t i = item_.wheel.scripts.size(); i-- > 0;) {
        const EntryPoint& point = item_.wheel.scripts[i];
        if (!made.insert(point.name).second) continue;  // of two with one name the last is made
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
        std::string stem(file.name.substr(0, file.name.size() - 3));
        job.source = base::join_path(folder, file.name);
        job.target = base::join_path(folder, "__pycache__/" + stem) + ".cpython-311.pyc";
    }
}

std::string ItemInstaller::path_of(const PlannedFile& file) const {
    return base::join_path(folders_[file.folder].target, file.name);
}

std::vector<size_t> ItemInstaller::shares() const {
    constexpr size_t kShare = 500;
    std::vector<size_t> out;
    for (size_t begin = 0; begin < files_.size();) {
        size_t end = std::min(files_.size(), begin + kShare);
        while (end < files_.size() && files_[end].folder == files_[end - 1].folder)
            end++;
        out.push_back(end);
        begin = end;
    }
    return out;
}

base::Result<void> ItemInstaller::make_file(int folder, int source, const PlannedFile& file, base::LinkMode& mode,
                                            const base::Directory& root) const {
    if (!file.linked) {
        const WrittenFile& own = written_[file.number];
        return base::write_new_at(folder, own.name.c_str(), own.bytes, own.mode,
                                  base::join_path(root.path(), folders_[file.folder].target));
    }
    // The manifest goes on after the name, so it has to be copied to end.
    char name[NAME_MAX + 1], number[16];
    if (file.name.size() > NAME_MAX) return root.error("create", path_of(file), ENAMETOOLONG);
    *std::copy(file.name.begin(), file.name.end(), name) = 0;
    *std::to_chars(number, number + sizeof number - 1, file.number).ptr = 0;
    base::Result<base::LinkMode> used = base::link_or_copy_at(source, number, folder, name, mode);
    if (!used.ok())
        return std::move(used).error().with_context("while installing `" + base::join_path(root.path(), path_of(file)) +
                                                    "`");
    mode = *used;
    return {};
}

base::Result<void> ItemInstaller::install(const base::Directory& root, base::LinkMode mode, size_t begin,
                                          size_t end) const {
    base::DirectoryWalk walk(root);
    base::Directory entry = TRY(base::Directory::open(item_.wheel.path));
    base::DirectoryWalk from(entry);
    int target = -1, source = -1;
    uint32_t entered = UINT32_MAX, opened = UINT32_MAX;
    for (size_t i = begin; i < end; i++) {
        const PlannedFile& file = files_[i];
        if (file.skipped) continue;
        if (file.folder != entered) target = TRY(walk.make(folders_[file.folder].target));
        entered = file.folder;
        if (file.linked && file.number / StoredFile::kTogether != opened) {
            opened = file.number / StoredFile::kTogether;
            source = TRY(from.find(std::to_string(opened)));
            if (source < 0) return entry.error("open", std::to_string(opened), ENOENT);
        }
        TRY(make_file(target, source, file, mode, root));
    }
    return {};
}

base::Result<void> ItemInstaller::write_record(const base::Directory& root) const {
    std::string text;
    text.reserve(files_.size() * 110);
    for (const PlannedFile& file : files_) {
        if (file.unlisted) continue;
        if (file.linked) {
            const StoredFile& stored = item_.wheel.files[file.number];
            append_record(text, from_root_[static_cast<size_t>(stored.scheme)], stored.target, stored.digest, stored.size);
        } else {
            text += written_[file.number].record;
        }
    }
    for (const BytecodeJob& job : bytecode_) {
        if (!job.done) continue;
        const std::string& site = places_[static_cast<size_t>(root_)];
        append_record(text, {job.target.substr(site.empty() ? 0 : site.size() + 1), "", "", {}});
    }
    append_record(text, {item_.wheel.dist_info + "/RECORD", "", "", {}});
    base::DirectoryWalk walk(root);
    int folder = TRY(walk.make(record_folder_));
    return base::write_new_at(folder, "RECORD", text, 0644, base::join_path(root.path(), record_folder_));
}

}  // namespace pkg
