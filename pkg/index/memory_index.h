// An Index that holds its projects in memory: for tests, and for resolving over recorded data.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "pkg/index/index.h"

namespace pkg {

class MemoryIndex : public Index {
  public:
    // Adds a wheel (py3-none-any unless `file` says otherwise) of `name` with these requirements.
    base::Result<void> add(std::string_view name, std::string_view version, const std::vector<std::string>& requires_dist = {});
    void add_file(std::string_view name, DistFile file, Metadata metadata);

    base::Result<const Project*> project(std::string_view name) override;
    base::Result<const Metadata*> metadata(const DistFile& file) override;
    size_t metadata_reads() const { return metadata_reads_; }

  private:
    std::map<std::string, Project, std::less<>> projects_;
    std::map<std::string, Metadata, std::less<>> metadata_;  // by URL
    Project none_;
    size_t metadata_reads_ = 0;
};

}  // namespace pkg
