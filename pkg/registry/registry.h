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

#include "base/fs.h"
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
        int64_t mtime_ns = 0;  // -1 where the next change may not show
    };
    base::Result<Entry> read_entry(const std::string& path) const;
    void add_own_backend();
    void notice_changes();
    // Reads those of these files again that were written over in place, which their folders' times do not tell.
    void notice_rewritten(const std::vector<std::string>& names);
    // The file of another name that an upload would double: one project, version, build tag and set of tags.
    const Entry* double_of(const std::string& project, const DistFile& file) const;
    void note_time(const std::string& folder);
    void group_by_project();
    base::HttpOutgoing page(std::string body, const char* type) const;
    base::HttpOutgoing root_page(bool json) const;
    base::HttpOutgoing project_page(const std::string& name, bool json);
    base::HttpOutgoing file(const std::string& path);
    base::HttpOutgoing upload(const base::HttpIncoming& request);
    // 0 when the request may upload, else the status to refuse with.
    int refused(const base::HttpIncoming& request) const;

    std::string directory_, token_;
    int max_age_;
    std::mutex mutex_;
    std::map<std::string, Entry> files_;      // by file name
    std::map<std::string, std::vector<const Entry*>, std::less<>> projects_;  // of `files_`, by version
    std::map<std::string, int64_t> folders_;  // with the times they were read at, -1 where the next change may not show
    std::map<std::string, base::FileStatus> unreadable_;  // archives that may not have been written to their end
};

}  // namespace pkg
