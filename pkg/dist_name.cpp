// File names of wheels and sdists.
#include "pkg/dist_name.h"

#include <algorithm>

#include "base/text.h"
#include "pkg/name.h"

namespace pkg {

static base::Error bad_name(std::string_view what, std::string_view file_name, std::string why) {
    return base::Error(base::ErrorKind::Usage,
                       "`" + std::string(file_name) + "` is not a valid " + std::string(what) + " file name: " + why);
}

// Letters and digits of any script, "_", ".", not "__" (binary-distribution-format §Escaping and Unicode).
static bool is_escaped_name(std::string_view name) {
    if (name.empty() || name.find("__") != std::string_view::npos) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return base::is_alnum(c) || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    });
}

base::Result<WheelName> parse_wheel_name(std::string_view file_name) {
    if (!file_name.ends_with(".whl")) return bad_name("wheel", file_name, "it does not end in `.whl`");
    std::string_view stem = file_name.substr(0, file_name.size() - 4);
    auto parts = base::split(stem, '-');
    if (parts.size() != 5 && parts.size() != 6)
        return bad_name("wheel", file_name, "name-version[-build]-python-abi-platform is expected");
    WheelName out;
    out.file_name = file_name;
    if (!is_escaped_name(parts[0])) return bad_name("wheel", file_name, "the project name is wrong");
    out.name = normalize_name(parts[0]);
    auto version = parse_version(parts[1]);
    if (!version.ok()) return bad_name("wheel", file_name, version.error().message);
    out.version = std::move(version).value();
    if (parts.size() == 6) {
        std::string_view build = parts[2];
        size_t digits = 0;
        while (digits < build.size() && base::is_digit(build[digits])) digits++;
        if (!base::parse_u64(build.substr(0, digits), out.build_number))
            return bad_name("wheel", file_name, "the build tag must begin with a number");
        out.build_suffix = build.substr(digits);
        out.has_build = true;
    }
    size_t tag_length = parts[parts.size() - 3].size() + parts[parts.size() - 2].size() + parts.back().size() + 2;
    auto tags = parse_tags(stem.substr(stem.size() - tag_length));
    if (!tags.ok()) return bad_name("wheel", file_name, tags.error().message);
    out.tags = std::move(tags).value();
    return out;
}

base::Result<SdistName> parse_sdist_name(std::string_view file_name, std::string_view project) {
    std::string_view stem = file_name;
    for (std::string_view ending : {".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"})
        if (stem.ends_with(ending)) {
            stem.remove_suffix(ending.size());
            break;
        }
    if (stem.size() == file_name.size()) return bad_name("sdist", file_name, "it does not end in `.tar.gz` or `.zip`");
    size_t dash = stem.rfind('-');
    if (!project.empty()) {
        // Old names keep dashes, and versions may have them too: the project's name says where it ends.
        for (size_t at = stem.find('-'); at != std::string_view::npos; at = stem.find('-', at + 1))
            if (normalize_name(stem.substr(0, at)) == project && parse_version(stem.substr(at + 1)).ok()) {
                dash = at;
                break;
            }
    }
    if (dash == std::string_view::npos || dash == 0) return bad_name("sdist", file_name, "name-version is expected");
    SdistName out;
    out.file_name = file_name;
    out.name = normalize_name(stem.substr(0, dash));
    auto version = parse_version(stem.substr(dash + 1));
    if (!version.ok()) return bad_name("sdist", file_name, version.error().message);
    out.version = std::move(version).value();
    return out;
}

std::string make_wheel_name(std::string_view name, const Version& version, std::string_view tag) {
    return file_name_form(name) + "-" + base::replace_all(version.text(), "-", "_") + "-" + std::string(tag) + ".whl";
}

std::string make_sdist_name(std::string_view name, const Version& version) {
    return file_name_form(name) + "-" + version.text() + ".tar.gz";
}

}  // namespace pkg
