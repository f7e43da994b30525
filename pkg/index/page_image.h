// What one index says about one project, as the cache keeps it beside the page itself: releases in order, the files of each
// read only when somebody asks for them. A page of hundreds of files costs its version keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/index/index.h"

namespace pkg {

class PageImage : public std::enable_shared_from_this<PageImage> {
  public:
    // The image of `project` (the answer of the index at `index` alone), good until `fresh_until` (Unix seconds).
    static std::string write(const Project& project, std::string_view index, int64_t fresh_until);
    // Null for bytes that are no image of this format, or damaged.
    static std::shared_ptr<const PageImage> open(std::string bytes);

    int64_t fresh_until() const { return fresh_until_; }
    // Fills `project`, whose name is set, as the page did. The releases keep the image alive.
    void fill(Project& project) const;
    // The files of a release whose record begins `at` bytes behind the first.
    std::vector<DistFile> files(uint32_t at) const;

  private:
    std::string bytes_;
    int64_t fresh_until_ = 0;
    std::string_view record_, files_;  // parts of the bytes
    std::string project_, index_;
};

}  // namespace pkg
