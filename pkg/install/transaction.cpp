// The journal and what is done by it.
//
// <prefix>/.adder/lock      held while anything changes
// <prefix>/.adder/journal   lines "in\t<folder>", "new\t<name>" for the files to be made in the last folder named, and
//                           "old\t<number>\t<path>"; its removal is the moment of commit
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
#include <unordered_map>
#include <unordered_set>

#include "base/atomic_file.h"
#include "base/path.h"
#include "base/text.h"

namespace pkg {

namespace {

constexpr size_t kJournalPiece = 32 << 10;

struct Journal {
    std::vector<std::string> created;
    std::unordered_map<std::string, std::string> old;  // path → number
};

Journal parse_journal(std::string_view text) {
    Journal out;
    std::string_view folder;
    for (std::string_view line : base::split_lines(text)) {
        std::vector<std::string_view> row = base::split(line, '\t');
        if (row[0] == "in" && row.size() == 2) folder = row[1];
        if (row[0] == "new" && row.size() == 2) out.created.push_back(base::join_path(folder, row[1]));
        if (row[0] == "old" && row.size() == 3) out.old.emplace(row[2], row[1]);
    }
    return out;
}

// "a/b/mod.py" and "mod" of "a/b/__pycache__/mod.cpython-311.opt-1.pyc".
using Stems = std::unordered_map<std::string, std::unordered_set<std::string>>;
void add_stem(Stems& stems, std::string_view path) {
    if (!path.ends_with(".py")) return;
    std::string_view name = base::base_name(path);
    stems[std::string(base::parent_path(path))].insert(std::string(name.substr(0, name.size() - 3)));
}

// Cached bytecode of every module that changes: its check by time and size could take the new file for the old one.
void forget_bytecode(const base::Directory& root, const Stems& stems) {
    base::DirectoryWalk walk(root);
    for (const auto& [folder, names] : stems) {
        std::string cache = base::join_path(folder, "__pycache__");
        base::Result<int> handle = walk.find(cache);
        if (!handle.ok() || *handle < 0) continue;
        base::Result<std::vector<base::DirectoryEntry>> entries =
            base::list_directory("/proc/self/fd/" + std::to_string(*handle));
        if (!entries.ok()) continue;  // what cannot be listed cannot be read by the interpreter either
        for (const base::DirectoryEntry& entry : *entries) {
            // A cache that stays is only slower to be found out of date.
            if (entry.name.ends_with(".pyc") && names.count(entry.name.substr(0, entry.name.find('.'))))
                unlinkat(*handle, entry.name.c_str(), 0);
        }
    }
}

void remove_empty(const base::Directory& root, const std::set<std::string, std::greater<>>& folders,
                  const std::unordered_set<std::string>& keep) {
    for (std::string folder : folders) {  // deeper ones come first among those with a common start
        while (!folder.empty() && !keep.count(folder) && root.remove_empty_directory(folder))
            folder = std::string(base::parent_path(folder));
    }
}

bool missing(int folder, std::string_view name, mode_t* mode = nullptr) {
    struct stat info;
    if (fstatat(folder, std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW)) return true;
    if (mode) *mode = info.st_mode;
    return false;
}

// The highest directory that is missing among `folder`, which is, and those above it.
base::Result<std::string_view> top_of_missing(base::DirectoryWalk& walk, std::string_view folder) {
    for (std::string_view above = base::parent_path(folder); !above.empty(); above = base::parent_path(above)) {
        if (TRY(walk.find(above)) >= 0) break;
        folder = above;
    }
    return folder;
}

base::Result<void> undo(const Site& site, const base::Directory& root) {
    Journal journal = parse_journal(TRY(base::read_file(site.state() + "/journal")));
    base::DirectoryWalk walk(root), back(root), aside(root);
    Stems stems;
    for (const std::string& path : journal.created) {
        add_stem(stems, path);
        int folder = TRY(walk.find(base::parent_path(path)));
        if (folder < 0) continue;
        auto found = journal.old.find(path);
        if (found != journal.old.end()) {
            int old = TRY(aside.find(".adder/old"));
            if (old < 0 || missing(old, found->second)) continue;
        }
        std::string name(base::base_name(path));
        // A directory is what was there before.
        if (unlinkat(folder, name.c_str(), 0) && errno != ENOENT && errno != EISDIR) return root.error("remove", path, errno);
    }
    // Somebody may have imported from the half-changed environment.
    for (const auto& [path, number] : journal.old)
        add_stem(stems, path);
    forget_bytecode(root, stems);
    // Where a directory has come for a file it has to go before that returns.
    std::set<std::string, std::greater<>> folders;
    for (const std::string& path : journal.created) {
        if (path.ends_with(".py")) folders.insert(base::join_path(base::parent_path(path), "__pycache__"));
        folders.emplace(base::parent_path(path));
    }
    std::unordered_set<std::string> keep;
    for (const auto& [path, number] : journal.old) {
        for (std::string_view above = base::parent_path(path); !above.empty(); above = base::parent_path(above))
            if (!keep.emplace(above).second) break;
    }
    remove_empty(root, folders, keep);
    for (const auto& [path, number] : journal.old) {
        int old = TRY(aside.find(".adder/old"));
        if (old < 0 || missing(old, number)) continue;
        int folder = TRY(back.make(base::parent_path(path)));
        std::string name(base::base_name(path));
        if (renameat(old, number.c_str(), folder, name.c_str())) return root.error("move back", path, errno);
    }
    TRY(base::remove_file(site.state() + "/journal"));
    return base::remove_tree(site.state() + "/old");
}

constexpr Scheme kAllSchemes[] = {Scheme::Purelib, Scheme::Platlib, Scheme::Scripts, Scheme::Headers, Scheme::Data};

}  // namespace

base::Result<base::Directory> open_site(const Site& site) {
    base::Directory root = TRY(base::Directory::open(site.prefix));
    for (Scheme scheme : kAllSchemes) {
        // One that is outside of the prefix takes nothing.
        if (base::is_within(site.directory(scheme), site.prefix)) TRY(root.follow_links_to(site.relative(site.directory(scheme))));
    }
    return root;
}

base::Result<bool> repair(const Site& site) {
    if (access((site.state() + "/journal").c_str(), F_OK)) return false;
    base::FileLock lock = TRY(base::FileLock::exclusive(site.state() + "/lock"));
    // Whoever held the lock may have finished meanwhile.
    if (access((site.state() + "/journal").c_str(), F_OK)) return false;
    base::Directory root = TRY(open_site(site));
    base::Result<void> undone = undo(site, root);
    if (!undone.ok()) return std::move(undone).error().with_context("while undoing a change that was interrupted");
    return true;
}

base::Result<std::unique_ptr<Transaction>> Transaction::begin(const Site& site, Durability durability) {
    TRY(base::make_directories(site.state()));
    base::FileLock lock = TRY(base::FileLock::exclusive(site.state() + "/lock"));
    base::Directory root = TRY(open_site(site));
    if (!access((site.state() + "/journal").c_str(), F_OK)) TRY(undo(site, root));
    TRY(base::remove_tree(site.state() + "/old"));
    return std::unique_ptr<Transaction>(new Transaction(site, std::move(root), std::move(lock), durability));
}

Transaction::~Transaction() {
    // A failure here leaves the journal, so that the next command undoes the rest.
    if (started_) (void)undo(site_, root_).ok();
}

void Transaction::will_remove(std::string path) {
    removed_.push_back(std::move(path));
}
void Transaction::will_create(std::string path) {
    const std::string& kept = kept_.emplace_back(std::move(path));
    will_create(base::parent_path(kept), base::base_name(kept));
}

// May the directory `path` make room for a file: all that is in it leaves, or is bytecode, which goes to `present` as well.
base::Result<bool> Transaction::goes_whole(const std::string& path, std::unordered_set<std::string>& moving,
                                           std::vector<std::string>& present) {
    std::vector<std::string> bytecode;
    for (const std::string& inner : TRY(base::list_tree(base::join_path(site_.prefix, path)))) {
        std::string each = base::join_path(path, inner);
        if (moving.count(each)) continue;
        if (!each.ends_with(".pyc") || base::base_name(base::parent_path(each)) != "__pycache__") return false;
        bytecode.push_back(std::move(each));
    }
    moving.insert(bytecode.begin(), bytecode.end());
    present.insert(present.end(), bytecode.begin(), bytecode.end());
    cleared_.push_back(path);
    return true;
}

void Transaction::remove_cleared() {
    if (cleared_.empty()) return;
    std::unordered_set<std::string_view> cleared(cleared_.begin(), cleared_.end());
    std::set<std::string, std::greater<>> folders;
    std::unordered_set<std::string> keep;
    for (const std::string& file : removed_) {
        std::string_view above = base::parent_path(file);
        while (!above.empty() && !cleared.count(above))
            above = base::parent_path(above);
        if (above.empty()) continue;
        folders.emplace(base::parent_path(file));
        keep.emplace(base::parent_path(above));
    }
    remove_empty(root_, folders, keep);
}

// Reduces removed_ to what is there, and adds what stands in the way of new files.
base::Result<void> Transaction::find_present(Findings* findings) {
    base::DirectoryWalk walk(root_);
    std::unordered_set<std::string> moving;
    std::vector<std::string> present;
    for (std::string& path : removed_) {
        int folder = TRY(walk.find(base::parent_path(path)));
        mode_t mode = 0;
        if (folder == base::DirectoryWalk::kLink && findings) findings->behind_link.push_back(path);
        if (folder < 0 || missing(folder, base::base_name(path), &mode) || S_ISDIR(mode)) continue;
        if (moving.insert(path).second) present.push_back(std::move(path));
    }
    std::string_view last_missing = "\n";  // no directory has this name
    for (size_t i = 0; i < folders_.size(); i++) {
        // FAST: of a missing tree only the top is looked for; a parent that is missing as well covers more.
        if (base::is_within(folders_[i].path, last_missing)) continue;
        int folder = TRY(walk.find(folders_[i].path));
        if (folder < 0) {
            last_missing = TRY(top_of_missing(walk, folders_[i].path));
            continue;
        }
        there_already_.push_back(i);
        for (std::string_view name : names_in(i)) {
            mode_t mode = 0;
            if (missing(folder, name, &mode)) continue;
            std::string path = base::join_path(folders_[i].path, name);
            if (moving.count(path)) continue;
            if (S_ISDIR(mode)) {
                if (TRY(goes_whole(path, moving, present))) continue;
                return base::Error(base::ErrorKind::Io,
                                   "cannot create `" + base::join_path(site_.prefix, path) + "`: a directory is there");
            }
            if (findings) findings->replaced.push_back(path);
            moving.insert(path);
            present.push_back(std::move(path));
        }
    }
    removed_ = std::move(present);
    return {};
}

base::Result<void> Transaction::to_disk() {
    if (durability_ != Durability::PowerLoss) return {};
    base::Fd root(openat(root_.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid() || syncfs(root.get())) return base::io_error("write to disk", site_.prefix, errno);
    return {};
}

base::Result<void> Transaction::write_journal() {
    base::AtomicFile file = TRY(base::AtomicFile::create(site_.state() + "/journal"));
    std::string journal;
    for (size_t i = 0; i < folders_.size(); i++) {
        journal.append("in\t").append(folders_[i].path) += '\n';
        for (std::string_view name : names_in(i))
            journal.append("new\t").append(name) += '\n';
        // FAST: pieces that stay in the processor's cache.
        if (journal.size() < kJournalPiece) continue;
        TRY(file.write(journal));
        journal.clear();
    }
    for (size_t i = 0; i < removed_.size(); i++)
        journal += "old\t" + std::to_string(i) + "\t" + removed_[i] + "\n";
    if (!removed_.empty()) TRY(root_.make_directories(".adder/old"));
    TRY(file.write(journal));
    TRY(file.commit());
    return to_disk();
}

base::Result<void> Transaction::start(Findings* findings) {
    TRY(find_present(findings));
    // Times of directories may not tell of this change, if another one has just been.
    TRY(base::remove_file(site_.state() + "/synced"));
    TRY(write_journal());
    started_ = true;
    if (!removed_.empty()) {
        base::DirectoryWalk from(root_), to(root_);
        int old = TRY(to.find(".adder/old"));
        for (size_t i = 0; i < removed_.size(); i++) {
            int folder = TRY(from.find(base::parent_path(removed_[i])));
            std::string name(base::base_name(removed_[i]));
            if (folder < 0 || renameat(folder, name.c_str(), old, std::to_string(i).c_str()))
                return root_.error("move aside", removed_[i], folder < 0 ? ENOENT : errno);
        }
    }
    remove_cleared();
    Stems stems;
    for (const std::string& path : removed_)
        add_stem(stems, path);
    for (size_t i : there_already_) {
        for (std::string_view name : names_in(i))
            add_stem(stems, base::join_path(folders_[i].path, name));
    }
    forget_bytecode(root_, stems);
    return {};
}

void Transaction::remove_empty_folders() {
    std::set<std::string, std::greater<>> folders;
    for (const std::string& path : removed_) {
        folders.insert(base::join_path(base::parent_path(path), "__pycache__"));
        folders.emplace(base::parent_path(path));
    }
    std::unordered_set<std::string> keep;
    for (Scheme scheme : kAllSchemes) {
        std::string folder = site_.relative(site_.directory(scheme));
        if (!folder.empty()) keep.insert(std::move(folder));
    }
    remove_empty(root_, folders, keep);
}

base::Result<void> Transaction::commit() {
    remove_empty_folders();
    TRY(to_disk());
    TRY(base::remove_file(site_.state() + "/journal"));
    started_ = false;
    TRY(to_disk());
    // What cannot be removed is nobody's any more; the next change tries again.
    (void)base::remove_tree(site_.state() + "/old").ok();
    return {};
}

}  // namespace pkg
