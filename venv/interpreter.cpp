// Finding and asking interpreters.
#include "venv/interpreter.h"

#include <gnu/libc-version.h>
#include <sys/utsname.h>

#include <cstdio>

#include "base/fs.h"
#include "base/path.h"
#include "base/process.h"
#include "base/text.h"

namespace venv {

std::string Interpreter::short_version() const {
    size_t dot = version.find('.');
    return version.substr(0, version.find('.', dot + 1));
}

pkg::Platform host_platform() {
    pkg::Platform platform;
    struct utsname system;
    if (!uname(&system)) platform.arch = system.machine;
    unsigned major = 0, minor = 0;
    if (std::sscanf(gnu_get_libc_version(), "%u.%u", &major, &minor) == 2) {
        platform.major = major;
        platform.minor = minor;
    }
    return platform;
}

base::Result<pkg::Target> host_target(std::string_view version) {
    pkg::Target target = TRY(pkg::make_target(version, host_platform()));
    struct utsname system;
    if (!uname(&system)) {
        target.markers.set("platform_release", system.release);
        target.markers.set("platform_version", system.version);
        target.markers.set("platform_machine", system.machine);
    }
    return target;
}

static constexpr const char* kProbe =
    "import sys, sysconfig\n"
    "print('%d.%d.%d' % sys.version_info[:3])\n"
    "print(sys.base_prefix)\n"
    "for name in 'stdlib', 'purelib', 'platlib', 'scripts', 'data': print(sysconfig.get_path(name))\n"
    "for path in sys.path:\n"
    "    if path.endswith(('site-packages', 'dist-packages')): print(path)\n";

base::Result<Interpreter> probe_interpreter(const std::string& path, pkg::Cache& cache) {
    base::FileStatus status = base::file_status(path);
    std::string key = "2|" + path + "|" + std::to_string(status.size) + "|" + std::to_string(status.mtime_ns);
    std::optional<std::string> answer = cache.read(pkg::Bucket::Environments, key);
    if (!answer) {
        base::ProcessOptions options;
        options.arguments = {path, "-I", "-c", kProbe};
        options.output = options.errors = base::Stream::Capture;
        base::ProcessResult result = TRY(base::run_process(options));
        if (result.status != 0)
            return base::Error(
                base::ErrorKind::Usage,
                "`" + path + "` is no Python that works: it answered with status " + std::to_string(result.status));
        answer = result.output;
    }
    std::vector<std::string_view> lines = base::split_lines(*answer);
    base::Result<pkg::Version> version = pkg::parse_version(lines.empty() ? "" : lines[0]);
    if (lines.size() < 7 || !version.ok()) return base::Error(base::ErrorKind::Usage, "`" + path + "` is no Python");
    if (version->release(0) != 3 || version->release(1) < 8)
        return base::Error(base::ErrorKind::Usage,
                           "`" + path + "` is Python " + version->text() + "; 3.8 or later is needed");
    cache.write(pkg::Bucket::Environments, key, *answer);
    Interpreter out;
    out.path = path;
    out.version = lines[0];
    out.base_prefix = lines[1];
    out.stdlib = lines[2];
    out.purelib = lines[3];
    out.platlib = lines[4];
    out.scripts = lines[5];
    out.data = lines[6];
    out.site_directories.assign(lines.begin() + 7, lines.end());
    return out;
}

base::Result<Interpreter> find_interpreter(const std::string& request, const Interpreter& own, pkg::Cache& cache) {
    if (request.empty() || request == "adder" || request == own.short_version() || request == own.version) return own;
    std::string path =
        request.find('/') == std::string::npos ? base::find_program(request) : base::absolute_path(request);
    if (path.empty() && base::is_digit(request[0])) path = base::find_program("python" + request);
    if (path.empty() || !base::is_regular_file(path))
        return base::Error(base::ErrorKind::Usage, "no Python `" + request + "` was found")
            .with_hint("adder itself is Python " + own.short_version() + ": leave --python out");
    return probe_interpreter(path, cache);
}

}  // namespace venv
