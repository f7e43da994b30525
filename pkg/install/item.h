// One wheel's part in an installation: which paths it takes, which of them are links into the cache and which are
// written, and its RECORD. Used by apply.cpp alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/directory.h"
#include "base/fs.h"
#include "base/result.h"
#include "pkg/install/install.h"
#include "pkg/install/site.h"

namespace pkg {

struct PlannedFolder {
    std::string target;  // relative to the prefix
    std::string source;  // relative to the wheel's files in the cache
};
struct PlannedFile {
    uint32_t folder = 0;
    bool skipped = false;  // a later wheel brings the file of this name
    bool linked = false;
    mode_t mode = 0644;
    std::string name;
    std::string bytes;  // of one that is written
};

class ItemInstaller {
  public:
    ItemInstaller(const Site& site, const InstallItem& item) : site_(site), item_(item) {}

    // Lays out everything but RECORD. Integrity errors for what would leave the environment.
    base::Result<void> prepare();
    // Adds the places of compiled modules, to be called after prepare().
    void plan_bytecode();
    // Makes the files, beneath `root`, in the cheapest way that works from `mode` downwards.
    base::Result<void> install(const base::Directory& root, base::LinkMode mode) const;
    // Writes RECORD, when everything else is there.
    base::Result<void> write_record(const base::Directory& root) const;

    const InstallItem& item() const { return item_; }
    const std::vector<PlannedFolder>& folders() const { return folders_; }
    std::vector<PlannedFile>& files() { return files_; }
    std::string path_of(const PlannedFile& file) const;
    std::string record_file() const;
    std::vector<BytecodeJob>& bytecode() { return bytecode_; }
    const std::vector<std::string>& scripts() const { return scripts_; }
    const std::vector<std::string>& startup_files() const { return startup_files_; }

  private:
    base::Result<std::string> inside(const std::string& absolute) const;
    base::Result<void> find_places();
    base::Result<void> add_stored(const StoredFile& file);
    void add_written(Scheme scheme, std::string_view target, std::string bytes, mode_t mode);
    uint32_t folder_of(Scheme scheme, std::string_view target, std::string_view source);
    std::string record_path(Scheme scheme, std::string_view target) const;
    bool is_own_file(const StoredFile& file) const;
    bool is_entry_point(const StoredFile& file) const;

    const Site& site_;
    const InstallItem& item_;
    Scheme root_ = Scheme::Purelib;  // where the .dist-info is
    std::string places_[5];          // the schemes' directories, relative to the prefix
    std::string from_root_[5];       // the same, relative to the root's, with a slash at the end
    std::vector<PlannedFolder> folders_;
    std::unordered_map<std::string, uint32_t> folder_index_;
    std::vector<PlannedFile> files_;
    std::vector<BytecodeJob> bytecode_;
    std::vector<std::string> scripts_, startup_files_;
    std::string record_;
};

}  // namespace pkg
