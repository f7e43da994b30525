// The journal and what is done by it.
//
// <prefix>/.adder/lock      held while anything changes
// <prefix>/.adder/journal   "new\t<path>" and "old\t<number>\t<path>" lines; its removal is the moment of commit
// <prefix>/.adder/old/<n>   files moved aside
//
// Undoing: a new path is removed unless it is also an old one that was not moved yet (then it is still the old file);
// then every file moved aside goes back. Both steps can be repeated, so a kill while undoing does no harm.
#include "pkg/install/transaction.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <unordered_set>

#include "base/path.h"
#include "base/text.h"

namespace pkg {

static base::Result<void> undo(const Site& site, const base::Directory& root) {
    std::string journal = TRY(base::read_file(site.state() + "/journal"));
    std::vector<std::string> created;
    std::unordered_map<std::string, std::string> old;  // path → number
    for (std::string_view line : base::split_lines(journal)) {
        std::vector<std::string_view> row = base::split(line, '\t');
        if (row[0] == "new" && row.size() == 2) created.emplace_back(row[1]);
        if (row[0] == "old" && row.size() == 3) old.emplace(row[2], row[1]);
    }
    for (const std::string& path : created) {
        auto found = old.find(path);
        if (found == old.end() || root.status(".adder/old/" + found->second).type != base::FileType::Missing)
            TRY(root.remove(path));
    }
    for (const auto& [path, number] : old) {
        std::string aside = ".adder/old/" + number;
        if (root.status(aside).type != base::FileType::Missing) TRY(root.rename_to(aside, root, path));
    }
    for (const std::string& path : created) {
        std::string folder(base::parent_path(path));
        while (!folder.empty() && root.remove_empty_directory(folder))
            folder = std::string(base::parent_path(folder));
    }
    TRY(base::remove_file(site.state() + "/journal"));
    return base::remove_tree(site.state() + "/old");
}

base::Result<bool> repair(const Site& site) {
    if (access((site.state() + "/journal").c_str(), F_OK)) return false;
    base::FileLock lock = TRY(base::FileLock::exclusive(site.state() + "/lock"));
    // Whoever held the lock may have finished meanwhile.
    if (access((site.state() + "/journal").c_str(), F_OK)) return false;
    base::Directory root = TRY(base::Directory::open(site.prefix));
    base::Result<void> undone = undo(site, root);
    if (!undone.ok()) return std::move(undone).error().with_context("while undoing a change that was interrupted");
    return true;
}

base::Result<std::unique_ptr<Transaction>> Transaction::begin(const Site& site) {
    TRY(base::make_directories(site.state()));
    base::FileLock lock = TRY(base::FileLock::exclusive(site.state() + "/lock"));
    base::Directory root = TRY(base::Directory::open(site.prefix));
    if (!access((site.state() + "/journal").c_str(), F_OK)) TRY(undo(site, root));
    TRY(base::remove_tree(site.state() + "/old"));
    return std::unique_ptr<Transaction>(new Transaction(site, std::move(root), std::move(lock)));
}

Transaction::~Transaction() {
    folders_.clear();
    // A failure here leaves the journal, so that the next command undoes the rest.
    if (started_) (void)undo(site_, root_).ok();
}

void Transaction::will_remove(std::string path) {
    removed_.push_back(std::move(path));
}
void Transaction::will_create(std::string path) {
    created_.push_back(std::move(path));
}

base::Result<void> Transaction::start(bool sync, std::vector<std::string>* replaced) {
    std::unordered_set<std::string> moving;
    std::vector<std::string> present;
    for (std::string& path : removed_) {
        if (moving.count(path) || root_.status(path).type == base::FileType::Missing) continue;
        if (root_.status(path).type == base::FileType::Directory) continue;
        moving.insert(path);
        present.push_back(std::move(path));
    }
    std::unordered_map<std::string, bool> folder_exists;
    for (const std::string& path : created_) {
        std::string folder(base::parent_path(path));
        auto [known, fresh] = folder_exists.emplace(folder, true);
        if (fresh && !folder.empty()) known->second = root_.status(folder).type != base::FileType::Missing;
        if (!known->second || moving.count(path)) continue;
        base::FileType type = root_.status(path).type;
        if (type == base::FileType::Missing) continue;
        if (type == base::FileType::Directory)
            return base::Error(base::ErrorKind::Io,
                               "cannot create `" + base::join_path(site_.prefix, path) + "`: a directory is there");
        if (replaced) replaced->push_back(path);
        moving.insert(path);
        present.push_back(path);
    }
    removed_ = std::move(present);
    std::string journal;
    for (const std::string& path : created_)
        journal += "new\t" + path + "\n";
    for (size_t i = 0; i < removed_.size(); i++)
        journal += "old\t" + std::to_string(i) + "\t" + removed_[i] + "\n";
    TRY(root_.make_directories(".adder/old"));
    TRY(base::write_file_atomic(site_.state() + "/journal", journal));
    if (sync) {
        ::sync();
    }
    started_ = true;
    for (size_t i = 0; i < removed_.size(); i++)
        TRY(root_.rename_to(removed_[i], root_, ".adder/old/" + std::to_string(i)));
    forget_bytecode();
    return {};
}

base::Result<int> Transaction::folder_of(const std::string& path) {
    std::string folder(base::parent_path(path));
    auto found = folders_.find(folder);
    if (found != folders_.end()) return found->second.get();
    if (folders_.size() > 200) folders_.clear();
    base::Fd fd = TRY(root_.open_directory(folder));
    return folders_.emplace(std::move(folder), std::move(fd)).first->second.get();
}

base::Result<void> Transaction::link(int source_directory, const char* source, const std::string& path,
                                     base::LinkMode& mode) {
    int folder = TRY(folder_of(path));
    std::string name(base::base_name(path));
    base::Result<base::LinkMode> used = base::link_or_copy_at(source_directory, source, folder, name.c_str(), mode);
    if (!used.ok())
        return std::move(used).error().with_context("while installing `" + base::join_path(site_.prefix, path) + "`");
    mode = *used;
    return {};
}

base::Result<void> Transaction::write(const std::string& path, std::string_view bytes, mode_t mode) {
    return root_.write_new(path, bytes, mode);
}

// Cached bytecode of every module that changes: its check by time and size could take the new file for the old one.
void Transaction::forget_bytecode() {
    std::unordered_map<std::string, std::unordered_set<std::string>> stems;
    for (const std::vector<std::string>* paths : {&created_, &removed_}) {
        for (const std::string& path : *paths) {
            if (!path.ends_with(".py")) continue;
            std::string_view name = base::base_name(path);
            stems[std::string(base::parent_path(path))].insert(std::string(name.substr(0, name.size() - 3)));
        }
    }
    for (const auto& [folder, names] : stems) {
        std::string cache = base::join_path(folder, "__pycache__");
        if (root_.status(cache).type != base::FileType::Directory) continue;
        base::Result<std::vector<base::DirectoryEntry>> entries =
            base::list_directory(base::join_path(site_.prefix, cache));
        if (!entries.ok()) continue;  // what cannot be listed cannot be read by the interpreter either
        for (const base::DirectoryEntry& entry : *entries) {
            std::string stem = entry.name.substr(0, entry.name.find(".cpython-"));
            // A cache that stays is only slower to be found out of date.
            if (entry.name.ends_with(".pyc") && names.count(stem)) (void)root_.remove(cache + "/" + entry.name).ok();
        }
    }
}

void Transaction::remove_empty_folders() {
    std::set<std::string, std::greater<>> folders;  // deeper ones come first among those with a common start
    for (const std::string& path : removed_) {
        folders.insert(base::join_path(base::parent_path(path), "__pycache__"));
        folders.emplace(base::parent_path(path));
    }
    std::unordered_set<std::string> keep;
    for (Scheme scheme : {Scheme::Purelib, Scheme::Platlib, Scheme::Scripts, Scheme::Headers, Scheme::Data}) {
        const std::string& directory = site_.directory(scheme);
        if (directory.size() > site_.prefix.size()) keep.insert(directory.substr(site_.prefix.size() + 1));
    }
    for (std::string folder : folders) {
        while (!folder.empty() && !keep.count(folder) && root_.remove_empty_directory(folder))
            folder = std::string(base::parent_path(folder));
    }
}

base::Result<void> Transaction::commit() {
    folders_.clear();
    TRY(base::remove_file(site_.state() + "/journal"));
    started_ = false;
    remove_empty_folders();
    return base::remove_tree(site_.state() + "/old");
}

}  // namespace pkg
