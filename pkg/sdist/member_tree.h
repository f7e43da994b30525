// The tree that the members of a source archive make, one after the other, and where its links lead (PEP 706). Nothing here
// touches the file system.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/tar.h"

namespace pkg {

class MemberTree {
  public:
    // The entries' names are in normal form. They live longer than the tree.
    explicit MemberTree(std::vector<base::TarEntry>& entries) : entries_(entries), nodes_(1) {}
    // Puts the entry at its place; a complaint that names it when it contradicts what is there, or "". A hard link takes the
    // mode of its file; one to a symbolic link becomes a symbolic link of the same text, as link(2) has it.
    std::string add(uint32_t entry);
    // Follows every link that is left in the end, through the others where its text leads over them. "" when all of them
    // lead to a place below the top directory, be something there or not, or in a circle and so nowhere.
    std::string check_links();

  private:
    static constexpr uint32_t kRoot = 0, kNone = UINT32_MAX;
    enum class State : uint8_t { Unknown, Open, Known, Nowhere };
    // What a path leads to: a node, and how many more names that no member has.
    struct Place {
        uint32_t node = kRoot;
        uint32_t missing = 0;
    };
    struct Node {
        uint32_t above = kRoot;
        uint32_t entry = kNone;                         // the last one of this name; none for a directory that is implied
        base::TarType type = base::TarType::Directory;  // File for a hard link
        State state = State::Unknown;                   // of a link: what is known of `place`
        Place place;
    };
    struct Name {
        uint32_t above;
        std::string_view name;
        bool operator==(const Name&) const = default;
    };
    struct NameHash {
        size_t operator()(const Name& name) const;
    };
    struct Step;
    uint32_t find(uint32_t above, std::string_view name) const;
    uint32_t find_path(std::string_view path) const;
    std::string link_hard(base::TarEntry& entry, const std::string& top);
    bool walk(Step& step, uint32_t& next);
    uint32_t follow(uint32_t link);
    std::vector<base::TarEntry>& entries_;
    uint64_t copied_ = 0;  // bytes of the files that hard links stand for: unpacking copies them
    std::vector<Node> nodes_;
    std::unordered_map<Name, uint32_t, NameHash> names_;
};

}  // namespace pkg
