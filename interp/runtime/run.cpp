// Running a program: command, module, file, directory or archive, standard input, prompt.
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "interp/compiler/compile.h"
#include "interp/import/import.h"
#include "interp/modules/marshal.h"
#include "interp/modules/sys.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/command_line.h"
#include "interp/runtime/home.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/repl.h"
#include "interp/runtime/runtime.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"

namespace py {

namespace {

Fallible<Dict*> main_namespace() {
    Ref<> main = TRY(dict_get(runtime().modules, "__main__"_name));
    if (!main || !is_module(main.get())) return raise(exc::RuntimeError, "no __main__ module");
    return static_cast<Module*>(main.get())->dict;
}

Fallible<void> run_code(Code* code) {
    Dict* space = TRY(main_namespace());
    TRY(eval_code(code, space, space));
    return {};
}

Fallible<void> insert_path(const std::string& entry) {
    if (runtime().config.safe_path) return {};
    Object* path = sys_get("path");
    if (!path || !is_list(path)) return {};
    Ref<Str> text = TRY(str_from_fs(entry));
    return list_insert(as_list(path), 0, text.get());
}

Fallible<void> run_command(const std::string& command) {
    TRY(insert_path(""));
    std::string text = command + "\n";
    if (text.find('\0') != std::string::npos) return raise(exc::ValueError, "embedded null byte");
    Ref<Str> source = TRY(str_from_fs(text));
    TRY(audit("cpython.run_command", "O", static_cast<Object*>(source.get())));
    CompileOptions options{.mode = CompileMode::Exec, .source_is_text = true};
    std::string_view utf8 = TRY(str_utf8(source.get()));
    Ref<Code> code = TRY(compile_source(utf8, "<string>"_name, options));
    return run_code(code.get());
}

Fallible<void> run_module(const char* name, bool alter_argv) {
    Ref<> runpy = TRY(import_module("runpy"));
    Ref<> function = TRY(get_attr(runpy.get(), "_run_module_as_main"));
    Ref<Str> text = TRY(str_from_fs(name));
    TRY(call(function.get(), static_cast<Object*>(text.get()), alter_argv ? py_true() : py_false()));
    return {};
}

std::string real_path(const std::string& path) {
    char buffer[PATH_MAX];
    return realpath(path.c_str(), buffer) ? std::string(buffer) : path;
}
std::string directory_of(const std::string& path) {
    size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : slash == 0 ? "/" : path.substr(0, slash);
}
std::string current_directory() {
    char buffer[PATH_MAX];
    return getcwd(buffer, sizeof buffer) ? std::string(buffer) : std::string();
}

// Does an importer on sys.path_hooks take the path (directory, archive)? Then its __main__ is run.
Fallible<bool> is_importable_path(const std::string& path) {
    Ref<> external = TRY(import_module("_frozen_importlib_external"));
    Ref<Str> text = TRY(str_from_fs(path));
    Ref<> finder_class = TRY(get_attr(external.get(), "PathFinder"));
    Ref<> finder = TRY(call_method(finder_class.get(), "_path_importer_cache"_name, static_cast<Object*>(text.get())));
    return finder.get() != none();
}

bool has_pyc_magic(const std::string& content) { return content.size() >= 16 && std::memcmp(content.data(), "\xa7\r\r\n", 4) == 0; }

Fallible<std::string> read_whole(int descriptor, const char* name) {
    std::string content;
    char buffer[65536];
    for (;;) {
        ssize_t n = read(descriptor, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return raise_os_error_path(errno, name);
        if (n == 0) return content;
        content.append(buffer, size_t(n));
    }
}

Fallible<void> run_source(const std::string& content, const char* filename) {
    std::string_view source = content;
    if (runtime().config.skip_first_line) {
        size_t newline = source.find('\n');
        source.remove_prefix(newline == std::string_view::npos ? source.size() : newline);
    }
    Ref<Str> name = TRY(str_from_fs(filename));
    Ref<Code> code = TRY(compile_source(source, name.get(), {}));
    return run_code(code.get());
}

Fallible<void> set_main_file(const char* filename, const char* loader_class) {
    Dict* space = TRY(main_namespace());
    Ref<Str> name = TRY(str_from_fs(filename));
    TRY(dict_set(space, "__file__", name.get()));
    TRY(dict_set(space, "__cached__", none()));
    Ref<> external = TRY(import_module("_frozen_importlib_external"));
    Ref<> loader_type = TRY(get_attr(external.get(), loader_class));
    Ref<> loader = TRY(call(loader_type.get(), static_cast<Object*>("__main__"_name), static_cast<Object*>(name.get())));
    return dict_set(space, "__loader__", loader.get());
}

// A script's file. *status: set when it could not be opened (the message was printed).
Fallible<void> run_file(const std::string& path, int* status) {
    if (TRY(is_importable_path(path))) {
        TRY(insert_path(path));
        return run_module("__main__", false);
    }
    int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (descriptor < 0 || fstat(descriptor, &info) != 0 || S_ISDIR(info.st_mode)) {
        int error = descriptor < 0 ? errno : EISDIR;
        if (descriptor >= 0) {
            close(descriptor);
            std::fprintf(stderr, "%s: '%s' is a directory, cannot continue\n", home().executable.c_str(), path.c_str());
            *status = 1;
            return {};
        }
        Ref<Str> shown = TRY(str_from_fs(path));
        Ref<Str> quoted = TRY(repr(shown.get()));
        std::string_view text = TRY(str_utf8(quoted.get()));
        std::fprintf(stderr, "%s: can't open file %s: [Errno %d] %s\n", home().executable.c_str(), text.data(), error, std::strerror(error));
        *status = 2;
        return {};
    }
    Fallible<std::string> read = read_whole(descriptor, path.c_str());
    close(descriptor);
    std::string content = TRY(std::move(read));
    TRY(insert_path(directory_of(real_path(path))));
    TRY(audit("cpython.run_file", "s", path.c_str()));
    if (!has_pyc_magic(content)) {
        TRY(set_main_file(path.c_str(), "SourceFileLoader"));
        return run_source(content, path.c_str());
    }
    TRY(set_main_file(path.c_str(), "SourcelessFileLoader"));
    Ref<> code = TRY(marshal_read(std::string_view(content).substr(16)));
    if (!is_code(code.get())) return raise(exc::RuntimeError, "Bad code object in .pyc file");
    return run_code(static_cast<Code*>(code.get()));
}

Fallible<void> run_stdin() {
    TRY(insert_path(""));
    TRY(audit("cpython.run_stdin", ""));
    std::string content = TRY(read_whole(STDIN_FILENO, "<stdin>"));
    return run_source(content, "<stdin>");
}

Fallible<void> run_startup_file() {
    const char* path = runtime().config.ignore_environment ? nullptr : std::getenv("PYTHONSTARTUP");
    if (!path || !*path) return {};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        std::fprintf(stderr, "Could not open PYTHONSTARTUP\n");
        return raise_os_error_path(errno, path);
    }
    Fallible<std::string> read = read_whole(descriptor, path);
    close(descriptor);
    std::string content = TRY(std::move(read));
    return run_source(content, path);
}

// At a terminal: the startup file, the interactive hook of site, then the loop.
Fallible<void> run_prompt(const CommandLine& line) {
    TRY(insert_path(""));
    if (!runtime().config.quiet) {
        Object* version = sys_get("version");
        std::string_view text = TRY(str_utf8(as_str(version)));
        std::fprintf(stderr, "Python %s on linux\n", text.data());
        if (!runtime().config.no_site)
            std::fprintf(stderr, "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
    }
    if (!run_startup_file().ok()) print_pending_exception();
    if (!runtime().config.isolated) {
        if (Object* hook = sys_get("__interactivehook__")) {
            Ref<> kept = share(hook);
            if (!call(kept.get()).ok()) {
                std::fprintf(stderr, "Failed calling sys.__interactivehook__\n");
                print_pending_exception();
            }
        }
    }
    (void)line;
    return run_interactive_loop();
}

Fallible<void> run_target(const CommandLine& line, int* status) {
    switch (line.kind) {
        case RunKind::Command: return run_command(line.target);
        case RunKind::Module: {
            TRY(insert_path(current_directory()));
            TRY(audit("cpython.run_module", "s", line.target.c_str()));
            return run_module(line.target.c_str(), true);
        }
        case RunKind::File: return run_file(line.target, status);
        case RunKind::Stdin: return run_stdin();
        case RunKind::Repl: return run_prompt(line);
    }
    return {};
}

int finish_run(Fallible<void> done, int status) {
    if (done.ok()) return status;
    if (error_matches(exc::SystemExit) && !runtime().config.inspect) return handle_system_exit(fetch_exception().get());
    bool interrupted = error_matches(exc::KeyboardInterrupt);
    print_pending_exception();
    return interrupted ? 128 + SIGINT : 1;
}

}  // namespace

int run_main(int argc, char** argv) {
    std::setlocale(LC_CTYPE, "");
    CommandLine line = parse_command_line(argc, argv);
    if (line.early_status >= 0) {
        std::fflush(stdout);
        return line.early_status;
    }
    find_home(argv[0], runtime().config.ignore_environment);
    int status = start_interpreter(line.start);
    if (status < 0) {
        status = 0;
        Fallible<void> done = run_target(line, &status);
        status = finish_run(std::move(done), status);
        const char* late_inspect = runtime().config.ignore_environment ? nullptr : std::getenv("PYTHONINSPECT");
        bool inspect = runtime().config.inspect || (late_inspect && *late_inspect);
        if (inspect && line.kind != RunKind::Repl && isatty(STDIN_FILENO)) status = finish_run(run_interactive_loop(), status);
    }
    bool interrupted = status == 128 + SIGINT;
    status = end_interpreter(status);
    if (interrupted && status == 128 + SIGINT) {
        // A shell must see that the program died of the interrupt.
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
    }
    return status;
}

}  // namespace py
