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

VersionSet without_upper_bound(const SpecifierSet& requires_python) {
    VersionSet set = requires_python.to_set();
    if (set.ends_inside() || set.is_empty()) return set;
    if (set.cuts().size() == 1) return VersionSet::full();
    return set.unite(VersionSet::from(set.cuts()[set.cuts().size() - 2]));
}

// What a platform tag says of the environment: its system and, where we know the names, its machine.
static MarkerTree platform_condition(const std::string& tag) {
    struct System {
        std::string_view prefix, sys_platform;
    };
    static constexpr System kSystems[] = {{"win", "win32"}, {"macosx_", "darwin"}, {"linux_", "linux"}, {"manylinux", "linux"}, {"musllinux_", "linux"}};
    struct Machine {
        std::string_view ending;
        std::string_view markers;  // platform_machine on the systems
    };
    static constexpr Machine kMachines[] = {{"_x86_64", "x86_64 AMD64"}, {"win_amd64", "x86_64 AMD64"}, {"_aarch64", "aarch64"}, {"_arm64", "arm64 ARM64"},
                                            {"_i686", "i686 x86"},       {"win32", "x86 i686"},         {"_ppc64le", "ppc64le"}, {"_s390x", "s390x"},
                                            {"_armv7l", "armv7l"},       {"_riscv64", "riscv64"}};
    MarkerTree out;
    auto equals = [](const char* variable, std::string_view value) {
        return MarkerTree::of(MUST(parse_marker(std::string(variable) + " == '" + std::string(value) + "'")));
    };
    for (const System& system : kSystems)
        if (tag.starts_with(system.prefix)) out = out & equals("sys_platform", system.sys_platform);
    for (const Machine& machine : kMachines) {
        if (!tag.ends_with(machine.ending)) continue;
        MarkerTree any = MarkerTree::never();
        for (std::string_view name : base::split_words(machine.markers)) any = any | equals("platform_machine", name);
        return out & any;
    }
    return out;
}

static bool reachable(const Tag& tag, const MarkerTree& where, const VersionSet& python) {
    if (where.disjoint(platform_condition(tag.platform))) return false;
    std::string_view name = tag.python;
    bool cpython = name.starts_with("cp"), pure = name.starts_with("py");
    uint64_t digits;
    if ((!cpython && !pure) || !base::parse_u64(name.substr(2), digits)) return true;
    VersionParts from;
    bool has_minor = name.size() > 3;
    from.release = {static_cast<uint64_t>(name[2] - '0')};
    if (has_minor) {
        uint64_t minor = 0;
        base::parse_u64(name.substr(3), minor);
        from.release.push_back(minor);
    }
    from.has_dev = true;
    VersionParts to = from;
    to.release.back()++;
    // A CPython ABI of its own serves one minor version; everything else serves the later ones too.
    bool one_minor = cpython && tag.abi != "abi3" && tag.abi != "none";
    if (!one_minor) to.release = {from.release[0] + 1};
    return !VersionSet::between({Version(from), Place::Before}, {Version(to), Place::Before}).disjoint(python);
}

bool wheel_fits(const std::vector<Tag>& tags, const MarkerTree& where, const VersionSet& python) {
    for (const Tag& tag : tags)
        if (reachable(tag, where, python)) return true;
    return false;
}

}  // namespace pkg
