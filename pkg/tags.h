// Compatibility tags (PEP 425, 600, 656, specifications/platform-compatibility-tags): sets in wheel names, and the
// ordered list of tags an environment accepts. Environments are data; detection of the running one is in venv/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace pkg {

struct Tag {
    std::string python, abi, platform;  // lower case
    std::string text() const { return python + "-" + abi + "-" + platform; }
    auto operator<=>(const Tag&) const = default;
};

// "py2.py3-none-any" → both tags, first part varying slowest. Error: empty or wrong number of parts.
base::Result<std::vector<Tag>> parse_tags(std::string_view text);

enum class Libc : uint8_t { Glibc, Musl };

// A machine wheels are chosen for.
struct Platform {
    enum class Os : uint8_t { Linux, MacOs, Windows };
    Os os = Os::Linux;
    std::string arch = "x86_64";  // x86_64 i686 aarch64 armv7l ppc64le s390x riscv64 …; macOS arm64; Windows amd64 arm64 x86
    Libc libc = Libc::Glibc;
    uint32_t major = 2, minor = 17;  // of the libc, or of macOS
    bool operator==(const Platform&) const = default;
};

// A platform's name on the command line: "linux", "x86_64-unknown-linux-gnu", "x86_64-manylinux_2_28", "macos",
// "aarch64-apple-darwin", "windows", a platform tag ("manylinux2014_x86_64"), …
base::Result<Platform> parse_platform(std::string_view text);
// Platform tags from the most specific on: manylinux_2_36_x86_64 … manylinux1_x86_64, linux_x86_64.
std::vector<std::string> platform_tags(const Platform& platform);

// Tags of CPython `major.minor` on `platform` in order of preference, as packaging.tags.sys_tags gives them.
std::vector<Tag> cpython_tags(uint32_t major, uint32_t minor, const Platform& platform);
// The same for a Python with these ABIs in place of its own ("cp37m", "cp313t"), as cpython_tags of packaging takes them.
std::vector<Tag> cpython_tags(uint32_t major, uint32_t minor, const Platform& platform, std::vector<std::string> abis);

// Ordered tags with constant-time look-up.
class TagSet {
  public:
    TagSet() = default;
    explicit TagSet(std::vector<Tag> ordered);
    const std::vector<Tag>& tags() const { return tags_; }
    // The best (lowest) position of any of `tags`, -1 where none is accepted.
    int rank(const std::vector<Tag>& tags) const;

  private:
    std::vector<Tag> tags_;
    std::unordered_map<std::string, int> rank_;
};

}  // namespace pkg
