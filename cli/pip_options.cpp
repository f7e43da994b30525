// Accepting them.
#include "cli/pip_options.h"

namespace cli {

void PipOptions::declare(Options& options) {
    options.flag(require_environment, "--require-virtualenv,--require-venv", "only in a virtual environment");
    // Conflicts are never installed, builds are by hooks (PEP 517) and leave nothing behind, and nobody is warned of being root.
    for (const char* name : {"--use-pep517", "--no-warn-conflicts", "--no-clean", "--no-python-version-warning"})
        options.flag(flag_, name, "accepted, without effect");
    options.choice(value_, "--root-user-action", {"warn", "ignore"}, "accepted, without effect");
    options.values(values_, "--exists-action", "ACTION", "accepted, without effect");
    options.values(values_, "--use-feature", "NAME", "accepted, without effect");
    options.value(value_, "--log,--log-file", "FILE", "accepted, without effect: no log is written");
}

base::Result<void> PipOptions::check(const std::string& root) const {
    if (!require_environment || !root.empty()) return {};
    return base::Error(base::ErrorKind::NotHolding, "no virtual environment is active, and --require-virtualenv asks for one");
}

}  // namespace cli
