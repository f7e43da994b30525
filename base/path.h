// Path text: joining, splitting and lexical containment. Nothing here touches the file system except `absolute_path`.
#pragma once

#include <string>
#include <string_view>

namespace base {

// `tail` appended to `head` with one slash; an absolute `tail` replaces `head`.
std::string join_path(std::string_view head, std::string_view tail);
std::string_view parent_path(std::string_view path);  // "" for a bare name, "/" for "/x"
std::string_view base_name(std::string_view path);    // after the last slash
std::string_view extension(
    std::string_view path);  // ".whl", or "" when the base name has no dot after its first character

// `path` with `.`, `..` and double slashes resolved as text; links are not looked at.
std::string normalize_path(std::string_view path);
// Absolute and normalised, relative to the working directory.
std::string absolute_path(std::string_view path);
// `target` as seen from the directory `from`; both absolute and normalised.
std::string relative_path(std::string_view target, std::string_view from);
// True when normalised `path` is `root` or below it, component by component.
bool is_within(std::string_view path, std::string_view root);

// Why `name` may not be a member of an archive, or nullptr when it is harmless: relative, no empty, `.` or `..`
// component, no backslash, control character, drive letter, and no component that ends in a dot or blank (Windows drops
// those, so that two names would be one file). A single trailing slash is allowed and means a directory.
const char* unsafe_member_name(std::string_view name);

}  // namespace base
