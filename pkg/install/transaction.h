// A change of an environment that happens whole or not at all. Under the environment's lock a journal is written first:
// which files will be new, and which old ones were moved aside. Until `commit` everything can be undone, by this object
// or, after a kill, by the next command that looks (`repair`).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/directory.h"
#include "base/fs.h"
#include "base/result.h"
#include "pkg/install/site.h"

namespace pkg {

class Transaction {
  public:
    // Waits for the environment's lock and undoes what an earlier command left unfinished.
    static base::Result<std::unique_ptr<Transaction>> begin(const Site& site);
    ~Transaction();  // undoes unless committed

    // Paths are relative to the prefix. To be called before start().
    void will_remove(std::string path);
    void will_create(std::string path);
    // Writes the journal and moves the old files aside. New paths that exist already are moved aside too: `replaced`
    // tells which ones nobody had announced.
    base::Result<void> start(bool sync, std::vector<std::string>* replaced = nullptr);
    // Makes a path announced by will_create.
    base::Result<void> link(int source_directory, const char* source, const std::string& path, base::LinkMode& mode);
    base::Result<void> write(const std::string& path, std::string_view bytes, mode_t mode = 0644);
    // From here on the change stands; what was moved aside and directories left empty are removed.
    base::Result<void> commit();

  private:
    explicit Transaction(const Site& site, base::Directory root, base::FileLock lock)
        : site_(site), root_(std::move(root)), lock_(std::move(lock)) {}
    base::Result<int> folder_of(const std::string& path);
    void forget_bytecode();
    void remove_empty_folders();

    Site site_;
    base::Directory root_;
    base::FileLock lock_;
    std::vector<std::string> removed_, created_;
    std::unordered_map<std::string, base::Fd> folders_;
    bool started_ = false;
};

// Undoes an unfinished change in `site`; true when there was one. Cheap (one look-up) when there is none.
base::Result<bool> repair(const Site& site);

}  // namespace pkg
