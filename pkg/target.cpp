// Marker values of the platforms we know by name.
#include "pkg/target.h"

#include "base/text.h"

namespace pkg {

base::Result<Target> make_target(std::string_view python, const Platform& platform) {
    Target target;
    target.python = TRY(parse_version(python));
    bool short_form = !target.python.is_prerelease() && target.python.release_size() < 3;
    std::string full = target.python.text();
    if (short_form) full = std::to_string(target.python.release(0)) + "." + std::to_string(target.python.release(1)) + ".0";
    MarkerEnvironment& e = target.markers;
    e = MarkerEnvironment::linux_cpython(full);
    e[MarkerVariable::PlatformMachine] = platform.arch;
    if (platform.os == Platform::Os::MacOs) {
        e[MarkerVariable::SysPlatform] = "darwin";
        e[MarkerVariable::PlatformSystem] = "Darwin";
    }
    if (platform.os == Platform::Os::Windows) {
        e[MarkerVariable::OsName] = "nt";
        e[MarkerVariable::SysPlatform] = "win32";
        e[MarkerVariable::PlatformSystem] = "Windows";
        e[MarkerVariable::PlatformMachine] = platform.arch == "amd64" ? "AMD64" : platform.arch == "arm64" ? "ARM64" : "x86";
    }
    target.tags = TagSet(cpython_tags(static_cast<uint32_t>(target.python.release(0)),
                                      static_cast<uint32_t>(target.python.release(1)), platform));
    return target;
}

}  // namespace pkg
