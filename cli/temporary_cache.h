// A cache for one command (--no-cache): a temporary directory that goes with the process, however that ends.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/fs.h"
#include "base/result.h"

namespace cli {

class TemporaryCache {
  public:
    static base::Result<std::unique_ptr<TemporaryCache>> create();
    ~TemporaryCache();  // waits until the directory is gone
    const std::string& path() const { return path_; }
    // A program that takes this process's place keeps the directory for as long as it runs.
    void hand_on();

  private:
    TemporaryCache(std::string path, base::Fd line) : path_(std::move(path)), line_(std::move(line)) {}
    std::string path_;
    base::Fd line_;  // to the process that removes the directory: it does so when nobody holds this end any more
};

}  // namespace cli
