// Compatibility tags: parsing, platform names and the ordered lists of packaging.tags.
#include "pkg/tags.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace pkg {

namespace {

base::Error usage(std::string message) { return base::Error(base::ErrorKind::Usage, std::move(message)); }

bool is_interpreter(std::string_view name) {
    if (name.empty() || base::is_digit(name[0])) return false;
    return std::all_of(name.begin(), name.end(), [](char c) { return base::is_alnum(c) || c == '_'; });
}

// Reads "<major>_<minor>" at the start of `text` and drops it with the "_" behind.
bool read_pair(std::string_view& text, uint32_t& major, uint32_t& minor) {
    size_t first = text.find('_');
    size_t second = first == std::string_view::npos ? first : text.find('_', first + 1);
    uint64_t a, b;
    if (second == std::string_view::npos || !base::parse_u64(text.substr(0, first), a) ||
        !base::parse_u64(text.substr(first + 1, second - first - 1), b) || a > 1000 || b > 1000)
        return false;
    major = static_cast<uint32_t>(a);
    minor = static_cast<uint32_t>(b);
    text.remove_prefix(second + 1);
    return true;
}

struct LegacyManylinux {
    std::string_view prefix;
    uint32_t minor;
};
constexpr LegacyManylinux kLegacy[] = {{"manylinux1", 5}, {"manylinux2010", 12}, {"manylinux2014", 17}};  // PEP 600

// A platform tag: manylinux_2_28_x86_64, macosx_11_0_arm64, win_amd64, …
bool parse_platform_tag(std::string_view text, Platform& p) {
    auto linux_arch = [&](std::string_view arch) {
        p.os = Platform::Os::Linux;
        p.arch = arch;
        return !arch.empty();
    };
    for (const LegacyManylinux& legacy : kLegacy)
        if (text.starts_with(legacy.prefix) && text.substr(legacy.prefix.size()).starts_with("_")) {
            p.minor = legacy.minor;
            return linux_arch(text.substr(legacy.prefix.size() + 1));
        }
    for (auto [prefix, libc] : {std::pair<std::string_view, Libc>("manylinux_", Libc::Glibc), {"musllinux_", Libc::Musl}})
        if (text.starts_with(prefix)) {
            std::string_view rest = text.substr(prefix.size());
            p.libc = libc;
            return read_pair(rest, p.major, p.minor) && linux_arch(rest);
        }
    if (text.starts_with("macosx_")) {
        std::string_view rest = text.substr(7);
        p.os = Platform::Os::MacOs;
        bool known = read_pair(rest, p.major, p.minor);
        p.arch = rest;
        return known;
    }
    if (text.starts_with("linux_")) return linux_arch(text.substr(6));
    if (text != "win32" && !text.starts_with("win_")) return false;
    p.os = Platform::Os::Windows;
    p.arch = text == "win32" ? "x86" : text.substr(4);
    p.major = p.minor = 0;
    return true;
}

struct NamedPlatform {
    std::string_view name;
    Platform platform;
};

// x86_64-manylinux_2_28, aarch64-musllinux_1_2, x86_64-manylinux2014
bool parse_arch_first(std::string_view text, Platform& p) {
    size_t dash = text.find('-');
    if (dash == std::string_view::npos) return false;
    std::string_view rest = text.substr(dash + 1);
    if (!rest.starts_with("manylinux") && !rest.starts_with("musllinux")) return false;
    return parse_platform_tag(std::string(rest) + "_" + std::string(text.substr(0, dash)), p);
}

void linux_tags(const Platform& p, std::vector<std::string>& out) {
    if (p.libc == Libc::Musl) {
        for (uint32_t minor = p.minor + 1; minor-- > 0;) out.push_back(fmt::format("musllinux_{}_{}_{}", p.major, minor, p.arch));
    } else if (p.major == 2) {
        bool old = p.arch == "x86_64" || p.arch == "i686";
        for (uint32_t minor = p.minor; minor >= (old ? 5u : 17u); minor--) {
            out.push_back(fmt::format("manylinux_2_{}_{}", minor, p.arch));
            for (const LegacyManylinux& legacy : kLegacy)
                if (legacy.minor == minor) out.push_back(fmt::format("{}_{}", legacy.prefix, p.arch));
        }
    }
    out.push_back("linux_" + p.arch);
}

// The multi-architecture formats a program of `arch` can load on macOS `major.minor`.
std::vector<std::string_view> mac_formats(uint32_t major, uint32_t minor, std::string_view arch) {
    std::vector<std::string_view> out = {arch};
    bool before_10_4 = major == 10 && minor < 4;
    if (arch == "x86_64") {
        if (before_10_4) return {};
        out.insert(out.end(), {"intel", "fat64", "fat3"});
    } else if (arch == "i386") {
        if (before_10_4) return {};
        out.insert(out.end(), {"intel", "fat3", "fat"});
    } else if (arch == "ppc64") {
        if (major > 10 || minor > 5 || before_10_4) return {};
        out.push_back("fat64");
    } else if (arch == "ppc") {
        if (major > 10 || minor > 6) return {};
        out.insert(out.end(), {"fat3", "fat"});
    }
    if (arch == "arm64" || arch == "x86_64") out.push_back("universal2");
    if (arch != "arm64") out.push_back("universal");
    return out;
}

void mac_tags(const Platform& p, std::vector<std::string>& out) {
    auto add = [&](uint32_t major, uint32_t minor, std::string_view format) {
        out.push_back(fmt::format("macosx_{}_{}_{}", major, minor, format));
    };
    for (uint32_t major = p.major; major >= 11; major--)
        for (std::string_view format : mac_formats(major, 0, p.arch)) add(major, 0, format);
    uint32_t top = p.major >= 11 ? 16 : p.minor;
    for (uint32_t minor = top + 1; minor-- > (p.major >= 11 ? 4u : 0u);) {
        if (p.arch == "arm64") {
            if (p.major >= 11) add(10, minor, "universal2");
            continue;
        }
        for (std::string_view format : mac_formats(10, minor, p.arch)) add(10, minor, format);
    }
}

}  // namespace

base::Result<std::vector<Tag>> parse_tags(std::string_view text) {
    std::string lower = base::lower(text);
    auto parts = base::split(lower, '-');
    if (parts.size() != 3) return usage("`" + std::string(text) + "` is not a compatibility tag: three parts are expected");
    std::vector<std::string_view> sets[3];
    for (size_t i = 0; i < 3; i++) {
        sets[i] = base::split(parts[i], '.');
        for (std::string_view one : sets[i])
            if (one.empty()) return usage("`" + std::string(text) + "` is not a compatibility tag: a part is empty");
    }
    std::vector<Tag> out;
    for (std::string_view python : sets[0]) {
        if (!is_interpreter(python))
            return usage("`" + std::string(text) + "` is not a compatibility tag: `" + std::string(python) +
                         "` is no interpreter");
        for (std::string_view abi : sets[1])
            for (std::string_view platform : sets[2])
                out.push_back({std::string(python), std::string(abi), std::string(platform)});
    }
    return out;
}

base::Result<Platform> parse_platform(std::string_view text) {
    using Os = Platform::Os;
    static const NamedPlatform kNamed[] = {
        {"linux", {Os::Linux, "x86_64", Libc::Glibc, 2, 28}},
        {"macos", {Os::MacOs, "arm64", Libc::Glibc, 13, 0}},
        {"windows", {Os::Windows, "amd64", Libc::Glibc, 0, 0}},
        {"x86_64-unknown-linux-gnu", {Os::Linux, "x86_64", Libc::Glibc, 2, 28}},
        {"aarch64-unknown-linux-gnu", {Os::Linux, "aarch64", Libc::Glibc, 2, 28}},
        {"x86_64-unknown-linux-musl", {Os::Linux, "x86_64", Libc::Musl, 1, 2}},
        {"aarch64-unknown-linux-musl", {Os::Linux, "aarch64", Libc::Musl, 1, 2}},
        {"riscv64-unknown-linux", {Os::Linux, "riscv64", Libc::Glibc, 2, 39}},
        {"aarch64-apple-darwin", {Os::MacOs, "arm64", Libc::Glibc, 13, 0}},
        {"x86_64-apple-darwin", {Os::MacOs, "x86_64", Libc::Glibc, 13, 0}},
        {"x86_64-pc-windows-msvc", {Os::Windows, "amd64", Libc::Glibc, 0, 0}},
        {"aarch64-pc-windows-msvc", {Os::Windows, "arm64", Libc::Glibc, 0, 0}},
        {"i686-pc-windows-msvc", {Os::Windows, "x86", Libc::Glibc, 0, 0}},
    };
    for (const NamedPlatform& named : kNamed)
        if (named.name == text) return named.platform;
    Platform p;
    if (parse_arch_first(text, p) || parse_platform_tag(text, p)) return p;
    return usage("`" + std::string(text) + "` is no platform we know")
        .with_hint("use for example linux, macos, windows, x86_64-unknown-linux-gnu, aarch64-manylinux_2_28 or a platform tag");
}

std::vector<std::string> platform_tags(const Platform& p) {
    std::vector<std::string> out;
    switch (p.os) {
        case Platform::Os::Linux: linux_tags(p, out); break;
        case Platform::Os::MacOs: mac_tags(p, out); break;
        case Platform::Os::Windows: out.push_back(p.arch == "x86" ? "win32" : "win_" + p.arch); break;
    }
    return out;
}

// The ABI's name tells a build's options up to 3.7: pymalloc, and before 3.3 how wide characters are.
static std::string own_abi(uint32_t major, uint32_t minor) {
    auto before = [&](uint32_t m) { return major < 3 || (major == 3 && minor < m); };
    return fmt::format("cp{}{}{}", major, minor, before(3) ? "mu" : before(8) ? "m" : "");
}

// "cp313t": no wheel of the stable ABI fits a Python of free threads.
static bool is_free_threaded(std::string_view abi) {
    if (!abi.starts_with("cp")) return false;
    size_t flags = abi.find_first_not_of("0123456789", 2);
    return flags > 2 && flags != std::string_view::npos && abi.find('t', flags) != std::string_view::npos;
}

std::vector<Tag> cpython_tags(uint32_t major, uint32_t minor, const Platform& platform) {
    return cpython_tags(major, minor, platform, {own_abi(major, minor)});
}

std::vector<Tag> cpython_tags(uint32_t major, uint32_t minor, const Platform& platform, std::vector<std::string> abis) {
    // These have places of their own below.
    std::erase_if(abis, [](const std::string& abi) { return abi == "abi3" || abi == "none"; });
    bool stable = (major > 3 || (major == 3 && minor >= 2)) && (abis.empty() || !is_free_threaded(abis[0]));
    std::vector<Tag> out;
    std::vector<std::string> platforms = platform_tags(platform);
    auto version = [&](uint32_t m) { return std::to_string(major) + std::to_string(m); };
    auto add = [&](const std::string& python, const std::string& abi) {
        for (const std::string& tag : platforms) out.push_back({python, abi, tag});
    };
    std::string own = "cp" + version(minor);
    for (const std::string& abi : abis) add(own, abi);
    if (stable) add(own, "abi3");
    add(own, "none");
    for (uint32_t m = minor; stable && m-- > 2;) add("cp" + version(m), "abi3");
    std::vector<std::string> pythons = {"py" + version(minor), "py" + std::to_string(major)};
    for (uint32_t m = minor; m-- > 0;) pythons.push_back("py" + version(m));
    for (const std::string& python : pythons) add(python, "none");
    out.push_back({own, "none", "any"});
    for (const std::string& python : pythons) out.push_back({python, "none", "any"});
    return out;
}

TagSet::TagSet(std::vector<Tag> ordered) : tags_(std::move(ordered)) {
    rank_.reserve(tags_.size());
    for (size_t i = 0; i < tags_.size(); i++) rank_.emplace(tags_[i].text(), static_cast<int>(i));
}

int TagSet::rank(const std::vector<Tag>& tags) const {
    int best = -1;
    for (const Tag& tag : tags) {
        auto found = rank_.find(tag.text());
        if (found != rank_.end() && (best < 0 || found->second < best)) best = found->second;
    }
    return best;
}

}  // namespace pkg
