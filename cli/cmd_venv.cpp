// adder venv
#include "base/path.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "venv/environment.h"

namespace cli {

// adder venv [DIR] [--python PYTHON] [--clear]
base::Result<int> cmd_venv(Context& context, const Arguments& arguments) {
    std::string directory = ".venv", python;
    venv::CreateOptions create;
    Options options("venv", kPageVenv);
    options.argument(directory, "directory", "where to make it (default: .venv)", Presence::Optional);
    options.value(python, "-p,--python", "PYTHON", "adder (default), a version, a program or a path");
    options.value(create.prompt, "--prompt", "TEXT", "what the shell shows when it is active");
    options.flag(create.system_site, "--system-site-packages", "see the interpreter's own packages");
    options.flag(create.clear, "--clear", "replace an environment that is there");
    options.flag(create.relocatable, "--relocatable", "scripts go on working when the directory is moved");
    options.flag(create.without_pip, "--without-pip", "no pip in it");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("venv").get()))) return 0;
    create.root = base::absolute_path(directory);
    create.interpreter = TRY(venv::find_interpreter(python, context.own(), context.cache()));
    create.adder = context.program();
    venv::Environment made = TRY(venv::create_environment(create));
    context.note("made an environment with Python " + made.version + " in " + made.root);
    context.note("activate it with: source " + base::join_path(directory, "bin/activate"));
    return 0;
}

}  // namespace cli
