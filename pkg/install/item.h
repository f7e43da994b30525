// One wheel's part in an installation: which paths it takes, which of them are links into the cache and which are
// written, and its RECORD. Used by apply.cpp alone.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/directory.h"
#include "base/fs.h"
#include "base/result.h"
#include "pkg/install/install.h"
#include "pkg/install/site.h"

namespace pkg {

struct PlannedFolder {
    std::string target;  // relative to the prefix
    Scheme scheme = Scheme::Purelib;
    std::string parent;  // of the files' paths in the scheme
};
struct PlannedFile {
    uint32_t folder = 0;
    uint32_t number = 0;   // of a link: the file of the cache entry; of one that is written: which text
    bool skipped = false;  // a later wheel brings the file of this name
    bool linked = false;
    std::string_view name;
    bool unlisted = false;  // skipped for another file of the same wheel
};
struct WrittenFile {
    std::string name, bytes, record;  // its row there
    mode_t mode = 0644;
};

class ItemInstaller {
  public:
    ItemInstaller(const Site& site, const InstallItem& item) : site_(site), item_(item) {}

    // Lays out everything but RECORD. Integrity errors for what would leave the environment.
    base::Result<void> prepare();
    // Adds the places of compiled modules, to be called after prepare().
    void plan_bytecode();
    // Where to divide files() into shares that several threads can make: ends of ranges, none within a directory.
    std::vector<size_t> shares() const;
    // Makes a range of the files, beneath `root`, in the cheapest way that works from `mode` downwards.
    base::Result<void> install(const base::Directory& root, base::LinkMode mode, size_t begin, size_t end) const;
    // Writes RECORD, when everything else is there.
    base::Result<void> write_record(const base::Directory& root) const;

    const InstallItem& item() const { return item_; }
    const std::vector<PlannedFolder>& folders() const { return folders_; }
    std::vector<PlannedFile>& files() { return files_; }
    const std::vector<PlannedFile>& files() const { return files_; }
    std::string path_of(const PlannedFile& file) const;
    const std::string& record_folder() const { return record_folder_; }
    std::vector<BytecodeJob>& bytecode() { return bytecode_; }
    const std::vector<std::string>& scripts() const { return scripts_; }
    const std::vector<std::string>& startup_files() const { return startup_files_; }

  private:
    base::Result<std::string> inside(const std::string& absolute) const;
    base::Result<void> check_size(const StoredFile& file) const;
    base::Result<void> find_places();
    base::Result<void> add_stored(const StoredFile& file);
    void add_written(Scheme scheme, std::string target, std::string bytes, mode_t mode);
    uint32_t folder_of(Scheme scheme, std::string_view target);
    base::Result<void> check_length(Scheme scheme, std::string_view target) const;
    base::Result<void> make_file(int folder, int source, const PlannedFile& file, base::LinkMode& mode,
                                 const base::Directory& root) const;
    bool is_own_file(const StoredFile& file) const;
    bool is_entry_point(const StoredFile& file) const;

    const Site& site_;
    const InstallItem& item_;
    Scheme root_ = Scheme::Purelib;  // where the .dist-info is
    std::string places_[kSchemes];     // the schemes' directories for this wheel, relative to the prefix
    std::string from_root_[kSchemes];  // the same, relative to the root's, with a slash at the end
    std::vector<PlannedFolder> folders_;
    std::vector<PlannedFile> files_;
    std::deque<WrittenFile> written_;  // names in files_ point here or into the manifest
    std::vector<BytecodeJob> bytecode_;
    std::vector<std::string> scripts_, startup_files_;
    std::string record_folder_;
    bool lib64_is_lib_ = false;
};

}  // namespace pkg
