// Uploading distributions by the legacy upload API: checked first, then sent one after the other.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http.h"
#include "base/result.h"

namespace pkg {

// A file ready to be sent: its form fields in the order the upload API lists them.
struct Upload {
    std::string path, file_name, name, version;
    std::vector<std::pair<std::string, std::string>> fields;
};
// Reads and checks a wheel or source archive: Integrity for a broken archive, NotHolding for metadata an index refuses.
base::Result<Upload> prepare_upload(const std::string& path);

struct PublishTarget {
    std::string url, user, password;
};
enum class UploadOutcome : uint8_t { Sent, Existed };
// Where `target` has no password, `http` is to know one for its user. Network errors carry what the server said.
base::Result<UploadOutcome> send_upload(base::HttpClient& http, const PublishTarget& target, const Upload& upload);

// A section of .pypirc (specifications/pypirc). NotHolding when `name` is in neither the file nor the well-known ones
// (pypi, testpypi), or names no repository.
base::Result<PublishTarget> read_pypirc(std::string_view text, std::string_view name);

}  // namespace pkg
