// Where adder starts: as Python, as pip, or as adder. The only place that prints errors and makes exit codes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/path.h"
#include "base/process.h"
#include "cli/commands.h"
#include "cli/which_program.h"
#include "interp/runtime/runtime.h"
#include "pkg/install/transaction.h"
#include "venv/environment.h"

namespace {

// The environment whose bin/ holds the name this program was started by; "" when it is none.
std::string started_environment(const std::string& argv0) {
    std::string path = argv0.find('/') == std::string::npos ? base::find_program(argv0) : argv0;
    if (path.empty()) return "";
    std::string folder(base::parent_path(base::parent_path(base::absolute_path(path))));
    return venv::is_environment(folder) ? folder : "";
}

// The environment of a Python: its own, and where adder itself is started as Python the one that is active.
std::string python_environment(const std::string& argv0) {
    std::string own = started_environment(argv0);
    if (!own.empty() || base::base_name(argv0).starts_with("python")) return own;
    const char* active = std::getenv("VIRTUAL_ENV");
    return active && venv::is_environment(active) ? active : "";
}

// An install that was killed is undone before a program of that environment can see half of it.
void repair_environment(const std::string& root) {
    if (root.empty() || !base::path_exists(root + "/.adder/journal")) return;
    base::Result<venv::Environment> environment = venv::open_environment(root);
    if (!environment.ok()) return;
    base::Result<bool> repaired = pkg::repair(environment->site);
    if (!repaired.ok()) std::fputs(base::render(repaired.error(), false).c_str(), stderr);
}

int run_python(int argc, char** argv, const char* argv0) {
    std::vector<char*> arguments(argv, argv + argc);
    arguments[0] = const_cast<char*>(argv0);
    arguments.push_back(nullptr);
    return py::run_main(argc, arguments.data());
}

// pip takes options before its command's name (`pip -q install x`): they are moved behind it.
void reorder_pip(cli::Arguments& arguments) {
    static constexpr std::string_view kWithValue[] = {"--python",       "--timeout", "--default-timeout", "--retries",   "--proxy",
                                                      "--trusted-host", "--cert",    "--client-cert",     "--cache-dir", "--keyring-provider"};
    size_t command = 1;
    while (command < arguments.size() && arguments[command].starts_with('-')) {
        bool with_value = std::find(std::begin(kWithValue), std::end(kWithValue), arguments[command]) != std::end(kWithValue);
        command += with_value ? 2 : 1;
    }
    if (command < arguments.size())
        std::rotate(arguments.begin() + 1, arguments.begin() + (long)command, arguments.begin() + (long)command + 1);
}

int run_command(cli::Context& context, cli::Arguments arguments) {
    size_t used = 0;
    std::string first = arguments.empty() ? "" : arguments[0];
    if (arguments.empty() || first == "--help" || first == "-h" || first == "help") {
        context.out(cli::help_text(""));
        return 0;
    }
    if (first == "pip" && (arguments.back() == "--version" || arguments.back() == "-V")) {
        context.out("pip 23.0 (answered by adder " ADDER_VERSION ", python " + context.own().short_version() + ")\n");
        return 0;
    }
    if (first == "pip" && arguments.size() > 1 && arguments[1] != "--help" && arguments[1] != "-h")
        reorder_pip(arguments);
    if (first == "--version") return cli::cmd_self_version(context, {}).ok() ? 0 : 70;
    const cli::Command* command = cli::find_command(arguments, used);
    if (!command) {
        std::string group = cli::help_text(first);
        bool has_group = group.find("\n  " + first + " ") != std::string::npos;
        if (has_group && (arguments.size() == 1 || arguments[1] == "--help" || arguments[1] == "-h")) {
            context.out(group);
            return arguments.size() == 1 ? 2 : 0;
        }
        base::Error unknown(base::ErrorKind::Usage,
                            "there is no command `" + first + (has_group ? " " + arguments[1] : "") + "`");
        std::fputs(
            base::render(std::move(unknown).with_hint("`adder --help` lists the commands"), context.colored(2)).c_str(),
            stderr);
        return 2;
    }
    base::Result<int> status = command->function(context, {arguments.begin() + (long)used, arguments.end()});
    if (status.ok()) return *status;
    std::fflush(stdout);
    std::fputs(base::render(status.error(), context.colored(2)).c_str(), stderr);
    return base::exit_code(status.error().kind);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> arguments(argv, argv + argc);
    cli::Program program = cli::which_program(arguments);
    if (program == cli::Program::Python) {
        repair_environment(python_environment(arguments[0]));
        return run_python(argc, argv, argv[0]);
    }
    if (program == cli::Program::Adder && argc > 1 && arguments[1] == "python") {
        repair_environment(python_environment(arguments[0]));
        return run_python(argc - 1, argv + 1, argv[0]);
    }
    std::string path = base::executable_path();
    std::string beside = base::join_path(base::parent_path(path), "python3.11");
    venv::Interpreter own{base::path_exists(beside) ? beside : path, "3.11." + std::to_string(ADDER_PYTHON_MICRO), true,
                          ""};
    cli::Context context(path, own);
    arguments.erase(arguments.begin());
    if (program == cli::Program::Pip) {
        context.environment_override = started_environment(argv[0]);
        arguments.insert(arguments.begin(), "pip");
    }
    return run_command(context, arguments);
}
