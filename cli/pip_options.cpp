// Accepting them.
#include "cli/pip_options.h"

namespace cli {

void PipOptions::declare(Options& options) {
    options.flag(require_environment, "--require-virtualenv,--require-venv", "only in a virtual environment");
    // Conflicts are never installed, builds are by hooks (PEP 517) and leave nothing behind, and nobody is warned of being root.
    for (const char* name : {"--use-pep517", "--no-warn-conflicts", "--no-clean", "--no-python-version-warning"})
        options.accept(name);
    options.accept("--root-user-action", "ACTION");
    options.accept("--exists-action", "ACTION");
    options.accept("--use-feature", "NAME");
    options.accept("--log,--log-file", "FILE");
}

base::Result<void> PipOptions::check(const std::string& root) const {
    if (!require_environment || !root.empty()) return {};
    return base::Error(base::ErrorKind::NotHolding, "no virtual environment is active, and --require-virtualenv asks for one");
}

}  // namespace cli
