// Which environment a command works on, and which index it asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/index/package_index.h"
#include "pkg/install/site.h"
#include "pkg/manifest.h"
#include "pkg/target.h"
#include "venv/environment.h"

namespace cli {

// Where `pip` commands install to and what for.
struct Place {
    pkg::Site site;
    pkg::Target target;
    std::string version;  // of Python
    std::string root;     // of the environment, empty for --target and --prefix
};
// What a command does to packages: only one that changes them has to ask who manages the interpreter (PEP 668).
enum class Access : uint8_t { Read, Change };
struct PlaceOptions {
    Access access = Access::Change;
    std::string python, target, prefix, root, python_version, python_platform;
    bool user = false, break_system_packages = false, ignored = false;
    void declare(Options& options);
};
// --target, --prefix, --user, --root, --python (an environment, its interpreter, another interpreter), else the
// environment of the name we were started by, $VIRTUAL_ENV, or the nearest .venv. NotHolding when there is none.
// Repairs it first.
base::Result<Place> find_place(Context& context, const PlaceOptions& options);

// A machine that nothing is installed on: by default of the environment that is active, else of adder's own Python.
// `platforms` beyond the first add their tags. As pip has it, `python_version` may be written without dots, `implementation`
// is cp or py, and `abis` leave out wheels of other ABIs.
struct MachineOptions {
    std::string python, python_version, implementation;
    std::vector<std::string> platforms, abis;
};
base::Result<pkg::Target> find_machine(Context& context, const MachineOptions& options);

// The index settings of a command: flags, then the manifest's [tool.adder], then PyPI.
pkg::IndexSettings index_settings(const Context& context, const pkg::Manifest* manifest);

}  // namespace cli
