// Source distributions (PEP 625, PEP 643, specifications/source-distribution-format): `.tar.gz` archives, and `.tgz` and `.zip` from
// before PEP 625, held to PEP 706 and to one top directory, and their PKG-INFO; other source archives of these forms under the same
// rules, but for the names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/tar.h"
#include "pkg/dist_name.h"
#include "pkg/metadata.h"

namespace pkg {

class Sdist {
  public:
    // Refusals are Integrity errors that name the file.
    static base::Result<Sdist> open(const std::string& path);
    // The same for what an index has from before PEP 625: `.tgz` and `.zip` as well.
    static base::Result<Sdist> open_published(const std::string& path);
    // An archive of a source tree, whatever it and its top directory are called. `name()` holds the file's name only.
    static base::Result<Sdist> open_any(const std::string& path);
    const SdistName& name() const { return name_; }
    const std::string& top() const { return top_; }  // the one top directory
    const std::vector<base::TarEntry>& entries() const { return entries_; }
    // The text of <top>/PKG-INFO; null when there is none.
    const std::string* pkg_info() const;
    // Makes the tree below `directory` (which gets one new folder, the top directory); returns its path. Links inside
    // the tree become links, set-id bits are dropped.
    base::Result<std::string> unpack(const std::string& directory) const;

  private:
    explicit Sdist(SdistName name) : name_(std::move(name)) {}
    base::Result<void> read(const std::string& path);
    base::Result<void> check_members();
    base::Result<void> check_top();
    base::Error refuse(std::string text) const;
    SdistName name_;
    std::string top_;
    std::vector<base::TarEntry> entries_;
};

// PKG-INFO of version 2.2 or later whose dependencies, extras and Python versions are not Dynamic can be trusted
// without running the build back end (PEP 643).
bool is_static_enough(const Metadata& metadata);

}  // namespace pkg
