// Building the tree, hard links, following symbolic links.
#include "pkg/sdist/member_tree.h"

#include <algorithm>
#include <functional>

#include "base/path.h"

namespace pkg {

// Directories without a member of their own count as well: each letter of a name could be one.
static constexpr size_t kMostNodes = 2 * base::TarLimits{}.entries;

size_t MemberTree::NameHash::operator()(const Name& name) const {
    return std::hash<std::string_view>()(name.name) * 31 + name.above * size_t(0x9e3779b97f4a7c15);
}

uint32_t MemberTree::find(uint32_t above, std::string_view name) const {
    auto found = names_.find({above, name});
    return found == names_.end() ? kNone : found->second;
}

// Takes the first name off `path`.
static std::string_view take_name(std::string_view& path) {
    size_t end = std::min(path.find('/'), path.size());
    std::string_view name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return name;
}

uint32_t MemberTree::find_path(std::string_view path) const {
    uint32_t at = kRoot;
    while (!path.empty() && at != kNone)
        at = find(at, take_name(path));
    return at;
}

static const char* kind(base::TarType type) {
    return type == base::TarType::Directory ? "directory" : type == base::TarType::Symlink ? "link" : "file";
}

static std::string leaves(const std::string& name) {
    return "link `" + name + "` leads out of the archive";
}

// The target of a hard link is a member's name, and that member comes before it.
std::string MemberTree::link_hard(base::TarEntry& entry, const std::string& top) {
    std::string target = base::normalize_path(entry.link);
    if (entry.link.empty() || !base::is_within(target, top)) return leaves(entry.name);
    if (target == entry.name) return "member `" + entry.name + "` is a hard link to itself";
    uint32_t found = find_path(target);
    if (found == kNone || nodes_[found].type == base::TarType::Directory)
        return "member `" + entry.name + "` is a hard link to `" + target + "`, which is no file before it";
    const base::TarEntry& source = entries_[nodes_[found].entry];
    entry.mode = source.mode;
    entry.link = std::move(target);
    entry.size = source.size;
    copied_ += source.size;
    if (copied_ > base::TarLimits{}.ratio_free_size) return "its hard links make too much of it";
    if (nodes_[found].type != base::TarType::Symlink) return "";
    entry.type = base::TarType::Symlink;
    entry.link = source.link;
    return "";
}

std::string MemberTree::add(uint32_t index) {
    base::TarEntry& entry = entries_[index];
    std::string_view left = entry.name;
    if (entry.type == base::TarType::Hardlink) {
        if (std::string why = link_hard(entry, entry.name.substr(0, entry.name.find('/'))); !why.empty()) return why;
    }
    base::TarType type = entry.type == base::TarType::Hardlink ? base::TarType::File : entry.type;
    uint32_t at = kRoot;
    bool made = false;
    while (!left.empty()) {
        // A member below a link would be written wherever the link leads.
        if (nodes_[at].type != base::TarType::Directory)
            return "member `" + entry.name + "` lies below the " + kind(nodes_[at].type) + " `" + entries_[nodes_[at].entry].name + "`";
        std::string_view name = take_name(left);
        auto [place, fresh] = names_.try_emplace({at, name}, (uint32_t)nodes_.size());
        if (fresh) nodes_.push_back({.above = at});
        at = place->second;
        made = fresh;
        if (nodes_.size() > kMostNodes) return "it has too many directories";
    }
    Node& node = nodes_[at];
    bool was_directory = node.type == base::TarType::Directory;
    if (!made && was_directory != (type == base::TarType::Directory))
        return "member `" + entry.name + "` stands in it as a " + kind(node.type) + " and as a " + kind(type);
    node.type = type;
    node.entry = index;
    return "";
}

// A link that is being followed: what is left of its text, from where.
struct MemberTree::Step {
    uint32_t link;
    std::string_view left;
    Place at;
};

// Goes on as far as it can: to the end, to a circle, or to a link not followed yet, which becomes `next`. False when the
// way leads out of the archive.
bool MemberTree::walk(Step& step, uint32_t& next) {
    while (!step.left.empty()) {
        std::string_view left = step.left, name = take_name(left);
        Place& at = step.at;
        if (name == "..") {
            if (at.missing) {
                at.missing--;
            } else {
                if (at.node == kRoot) return false;
                at.node = nodes_[at.node].above;
            }
        } else if (!name.empty() && name != ".") {
            uint32_t found = at.missing ? kNone : find(at.node, name);
            if (found == kNone) {
                at.missing++;
            } else if (nodes_[found].type != base::TarType::Symlink) {
                at.node = found;
            } else if (nodes_[found].state == State::Unknown) {
                next = found;  // this name comes once more when that is known
                return true;
            } else if (nodes_[found].state == State::Known) {
                at = nodes_[found].place;
            } else {
                nodes_[step.link].state = State::Nowhere;
                return true;
            }
        }
        step.left = left;
    }
    nodes_[step.link].state = State::Known;
    nodes_[step.link].place = step.at;
    // All members lie below the top directory, so what is none of it is beside it.
    return step.at.node != kRoot;
}

// The link that leads out of the archive, when `link` or one on its way does, or kNone.
// NOTE: each text is walked once, however many links lead over it; and along a list, since a stack could be too small.
uint32_t MemberTree::follow(uint32_t link) {
    std::vector<Step> steps;
    for (uint32_t next = link; next != kNone || !steps.empty();) {
        if (next != kNone) {
            nodes_[next].state = State::Open;
            steps.push_back({next, entries_[nodes_[next].entry].link, {nodes_[next].above, 0}});
            next = kNone;
        }
        if (!walk(steps.back(), next)) return steps.back().link;
        if (next == kNone) steps.pop_back();
    }
    return kNone;
}

std::string MemberTree::check_links() {
    for (const Node& node : nodes_) {
        if (node.type != base::TarType::Symlink) continue;
        const base::TarEntry& entry = entries_[node.entry];
        if (entry.link.empty() || entry.link.front() == '/') return leaves(entry.name);
        // The system would see the part before it only.
        if (entry.link.find('\0') != std::string::npos) return "link `" + entry.name + "` has a NUL character in its target";
        if (entry.link.size() > 4095) return "link `" + entry.name + "` has a target over 4095 bytes";
    }
    for (uint32_t i = 0; i < nodes_.size(); i++) {
        if (nodes_[i].type != base::TarType::Symlink || nodes_[i].state != State::Unknown) continue;
        if (uint32_t out = follow(i); out != kNone) return leaves(entries_[nodes_[out].entry].name);
    }
    return "";
}

}  // namespace pkg
