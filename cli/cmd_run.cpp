// adder run
#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/process.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/report.h"
#include "cli/script_project.h"
#include "cli/sync_stamp.h"

namespace cli {

// What to start for the words after `run`: a Python file, or a program of the environment or PATH.
static std::vector<std::string> program_words(const std::vector<std::string>& words,
                                              const venv::Environment& environment) {
    std::vector<std::string> out = words;
    if (out[0] == "python") {
        out[0] = environment.python;
    } else if (out[0].ends_with(".py") && base::is_regular_file(out[0])) {
        out.insert(out.begin(), environment.python);
    } else if (base::path_exists(environment.site.scripts + "/" + out[0]) && out[0].find('/') == std::string::npos) {
        out[0] = environment.site.scripts + "/" + out[0];
    }
    return out;
}

// The environment of what is to be run: of a script with inline metadata its own, else the project's as the lock has it,
// made or changed where it is not.
static base::Result<venv::Environment> ready_environment(Context& context, SyncOptions& options, bool no_sync,
                                                         const std::string& program) {
    if (program.ends_with(".py") && base::is_regular_file(program)) {
        std::optional<Project> script = TRY(find_script(context, program));
        if (script) return script_environment(context, *script, options);
    }
    options.inexact = true;
    // FAST: the note of the last sync says the same as looking at everything again.
    if (nothing_to_do(context, options)) return venv::open_environment(project_folder(context) + "/.venv");
    Project project = TRY(find_project(context));
    if (no_sync) return project_environment(context, project, options.python);
    pkg::Change change;
    venv::Environment environment = TRY(lock_and_sync(context, project, options, &change));
    print_change_counts(context, change);
    return environment;
}

// adder run [OPTIONS] PROGRAM [ARGUMENT…]
base::Result<int> cmd_run(Context& context, const Arguments& arguments) {
    SyncOptions sync_options;
    std::vector<std::string> words;
    bool no_sync = false;
    Options options("run", kPageRun);
    options.rest(words, "PROGRAM [ARGUMENT…]", "a program of the environment, `python`, or a .py file");
    options.flag(no_sync, "--no-sync", "run in the environment as it is");
    sync_options.declare(options);
    sync_options.resolve.declare_upgrade(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("run").get()))) return 0;
    if (!words.empty() && words[0] == "--") words.erase(words.begin());
    if (words.empty()) return base::Error(base::ErrorKind::Usage, "no program to run was named");
    venv::Environment environment = TRY(ready_environment(context, sync_options, no_sync, words[0]));
    base::ProcessOptions process;
    process.arguments = program_words(words, environment);
    const char* path = std::getenv("PATH");
    process.set_environment = {{"VIRTUAL_ENV", environment.root},
                               {"PATH", environment.site.scripts + (path ? std::string(":") + path : "")}};
    process.unset_environment = {"PYTHONHOME"};
    context.hand_on_cache();
    base::Error failure = base::replace_process(process);
    if (base::find_program(process.arguments[0]).empty())
        return base::Error(base::ErrorKind::Usage,
                           "there is no program `" + words[0] + "` in the environment or on PATH");
    return failure;
}

}  // namespace cli
