// A package index over a directory: the simple repository API (PEP 503, 691, 700, 658/714, 592) and uploads as twine
// sends them (the legacy upload API). Files stand anywhere below the directory; uploads go to <directory>/<project>/.
// `<file>.yanked` beside a file, with the reason as content, yanks it. adder_build itself is always offered, so that
// other tools can build what adder builds.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/http_server.h"
#include "base/result.h"
#include "pkg/index/index.h"

namespace pkg {

class Registry final : public base::HttpHandler {
  public:
    // `token` is what uploads must bring as password; empty: no uploads. Pages may be used for `max_age` seconds without
    // asking again.
    Registry(std::string directory, std::string token, int max_age)
        : directory_(std::move(directory)), token_(std::move(token)), max_age_(max_age) {}
    // Reads the directory; files that are no distributions are named in `problems`.
    base::Result<void> load(std::vector<std::string>* problems);
    size_t file_count() const { return files_.size(); }  // adder_build included
    base::HttpOutgoing handle(const base::HttpIncoming& request) override;

  private:
    struct Entry {
        DistFile file;
        std::string project, path, metadata, metadata_sha256;
        std::string bytes;  // of a file that is in the program, not in the directory
        int64_t mtime_ns = 0;
    };
    base::Result<Entry> read_entry(const std::string& path) const;
    void add_own_backend();
    void notice_changes();
    void note_time(const std::string& folder);
    void group_by_project();
    base::HttpOutgoing page(std::string body, const char* type) const;
    base::HttpOutgoing root_page(bool json) const;
    base::HttpOutgoing project_page(const std::string& name, bool json) const;
    base::HttpOutgoing file(const std::string& path) const;
    base::HttpOutgoing upload(const base::HttpIncoming& request);
    // 0 when the request may upload, else the status to refuse with.
    int refused(const base::HttpIncoming& request) const;

    std::string directory_, token_;
    int max_age_;
    std::mutex mutex_;
    std::map<std::string, Entry> files_;      // by file name
    std::map<std::string, std::vector<const Entry*>, std::less<>> projects_;  // of `files_`, by version
    std::map<std::string, int64_t> folders_;  // with the times they were read at, -1 where the next change may not show
};

}  // namespace pkg
