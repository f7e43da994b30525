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

// The index settings of a command: flags, then the manifest's [tool.adder], then PyPI.
pkg::IndexSettings index_settings(const Context& context, const pkg::Manifest* manifest);

}  // namespace cli
