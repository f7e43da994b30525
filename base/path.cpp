// Path text functions.
#include "base/path.h"

#include <unistd.h>

#include <climits>
#include <vector>

namespace base {

std::string join_path(std::string_view head, std::string_view tail) {
    if (head.empty() || (!tail.empty() && tail.front() == '/')) return std::string(tail);
    std::string out(head);
    if (tail.empty()) return out;
    if (out.back() != '/') out += '/';
    out += tail;
    return out;
}

std::string_view parent_path(std::string_view path) {
    while (path.size() > 1 && path.back() == '/')
        path.remove_suffix(1);
    size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {};
    return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
    while (path.size() > 1 && path.back() == '/')
        path.remove_suffix(1);
    size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view extension(std::string_view path) {
    std::string_view name = base_name(path);
    size_t dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string_view{} : name.substr(dot);
}

static std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> parts;
    for (size_t at = 0; at < path.size();) {
        size_t end = path.find('/', at);
        if (end == std::string_view::npos) end = path.size();
        if (end > at) parts.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

std::string normalize_path(std::string_view path) {
    bool absolute = !path.empty() && path.front() == '/';
    std::vector<std::string_view> kept;
    for (std::string_view part : components(path)) {
        if (part == ".") continue;
        if (part != "..") {
            kept.push_back(part);
        } else if (!kept.empty() && kept.back() != "..") {
            kept.pop_back();
        } else if (!absolute) {
            kept.push_back(part);
        }
    }
    std::string out = absolute ? "/" : "";
    for (size_t i = 0; i < kept.size(); i++) {
        if (i) out += '/';
        out += kept[i];
    }
    return out.empty() ? "." : out;
}

std::string absolute_path(std::string_view path) {
    if (!path.empty() && path.front() == '/') return normalize_path(path);
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here)) here[0] = 0;
    return normalize_path(join_path(here, path));
}

std::string relative_path(std::string_view target, std::string_view from) {
    std::vector<std::string_view> to = components(target);
    std::vector<std::string_view> base = components(from);
    size_t same = 0;
    while (same < to.size() && same < base.size() && to[same] == base[same])
        same++;
    std::string out;
    for (size_t i = same; i < base.size(); i++)
        out += out.empty() ? ".." : "/..";
    for (size_t i = same; i < to.size(); i++) {
        if (!out.empty()) out += '/';
        out += to[i];
    }
    return out.empty() ? "." : out;
}

bool is_within(std::string_view path, std::string_view root) {
    while (root.size() > 1 && root.back() == '/')
        root.remove_suffix(1);
    if (root == "/") return !path.empty() && path.front() == '/';
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

const char* unsafe_member_name(std::string_view name) {
    if (name.empty()) return "an empty name";
    if (name.front() == '/') return "an absolute path";
    if (name.size() >= 2 && name[1] == ':' && ((name[0] | 32) >= 'a' && (name[0] | 32) <= 'z')) return "a drive letter";
    for (char c : name) {
        if (c == '\\') return "a backslash";
        if (c == 0) return "a NUL character";
        if ((unsigned char)c < 32 || c == 127) return "a control character";
    }
    if (name.size() > 1 && name.back() == '/') name.remove_suffix(1);
    for (size_t at = 0; at <= name.size();) {
        size_t end = name.find('/', at);
        if (end == std::string_view::npos) end = name.size();
        std::string_view part = name.substr(at, end - at);
        if (part.empty()) return "an empty path component";
        if (part == "..") return "a parent directory component";
        if (part.back() == '.' || part.back() == ' ') return "a component that ends in a dot or blank";
        if (part.size() > 255) return "a component over 255 bytes";
        at = end + 1;
    }
    return nullptr;
}

}  // namespace base
