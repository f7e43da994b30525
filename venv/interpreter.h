// Python interpreters that environments are made from: adder itself, or a CPython 3.8 or later found on the machine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/cache.h"
#include "pkg/target.h"

namespace venv {

struct Interpreter {
    std::string path;     // what to run or link to
    std::string version;  // "3.11.2"
    bool is_adder = false;
    // Of a foreign one: sysconfig's paths, and the site directories on its sys.path.
    std::string base_prefix, stdlib, purelib, platlib, scripts, data;
    std::vector<std::string> site_directories;
    std::string short_version() const;  // "3.11"
};

// This machine: architecture and C library.
pkg::Platform host_platform();
// Markers and tags of Python `version` on this machine.
base::Result<pkg::Target> host_target(std::string_view version);

// Asks the program at `path` what it is; the answer is kept in the cache by path, size and time. Usage error when it is
// no Python 3.8 or later.
base::Result<Interpreter> probe_interpreter(const std::string& path, pkg::Cache& cache);
// What a user may write for --python: "" or "adder" (`own`), a path, a program's name, "3.12" (python3.12 on PATH).
base::Result<Interpreter> find_interpreter(const std::string& request, const Interpreter& own, pkg::Cache& cache);

}  // namespace venv
