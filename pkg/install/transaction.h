// A change of an environment that happens whole or not at all. Under the environment's lock a journal is written first:
// which files will be new, and which old ones were moved aside. Until `commit` everything can be undone, by this object
// or, after a kill, by the next command that looks (`repair`).
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/directory.h"
#include "base/fs.h"
#include "base/result.h"
#include "pkg/install/site.h"

namespace pkg {

// Whether a change must survive a power failure as well as a kill.
enum class Durability : uint8_t { Kill, PowerLoss };

class Transaction {
  public:
    // Waits for the environment's lock and undoes what an earlier command left unfinished.
    static base::Result<std::unique_ptr<Transaction>> begin(const Site& site, Durability durability = Durability::Kill);
    ~Transaction();  // undoes unless committed

    // Paths are relative to the prefix; fastest when those of one directory come together. To be called before start().
    void will_remove(std::string path);
    void will_create(std::string path);
    // The same for many: `folder` and `name` are not copied and have to stay until commit().
    void will_create(std::string_view folder, std::string_view name) {
        if (folders_.empty() || folders_.back().path != folder) folders_.push_back({folder, names_.size()});
        names_.push_back(name);
    }
    // So many are to be told of: spares growing step by step.
    void expect(size_t more) { names_.reserve(names_.size() + more); }
    // What start() meets.
    struct Findings {
        std::vector<std::string> replaced;     // new paths where there was something that nobody had announced
        std::vector<std::string> behind_link;  // announced as leaving, but a link is on the way: they stay
    };
    // Writes the journal and moves the old files aside. New paths that exist already are moved aside too, a directory where all
    // that is in it leaves. From now on the
    // announced paths are free to be made beneath `root`.
    base::Result<void> start(Findings* findings = nullptr);
    const base::Directory& root() const { return root_; }
    // From here on the change stands; what was moved aside and directories left empty are removed.
    base::Result<void> commit();

  private:
    explicit Transaction(const Site& site, base::Directory root, base::FileLock lock, Durability durability)
        : site_(site), root_(std::move(root)), lock_(std::move(lock)), durability_(durability) {}
    base::Result<void> find_present(Findings* findings);
    base::Result<bool> goes_whole(const std::string& path, std::unordered_set<std::string>& moving, std::vector<std::string>& present);
    void remove_cleared();
    base::Result<void> write_journal();
    base::Result<void> to_disk();
    void remove_empty_folders();

    Site site_;
    base::Directory root_;
    base::FileLock lock_;
    Durability durability_;
    struct Folder {
        std::string_view path;
        size_t first;  // of names_
    };
    std::span<const std::string_view> names_in(size_t folder) const {
        size_t first = folders_[folder].first, end = folder + 1 < folders_.size() ? folders_[folder + 1].first : names_.size();
        return std::span(names_).subspan(first, end - first);
    }
    std::vector<std::string> removed_;
    // Files to be made: those of one directory after the other.
    std::vector<Folder> folders_;
    std::vector<std::string_view> names_;
    std::deque<std::string> kept_;      // what these point to where the caller does not keep it
    std::vector<size_t> there_already_;  // of folders_
    std::vector<std::string> cleared_;   // directories that go for files
    bool started_ = false;
};

// The prefix, with the links on the way to the site's own directories followed: they are the environment's layout. No
// other link is.
base::Result<base::Directory> open_site(const Site& site);
// Undoes an unfinished change in `site`; true when there was one. Cheap (one look-up) when there is none.
base::Result<bool> repair(const Site& site);

}  // namespace pkg
