// Running a program: command, module, file, directory or archive, standard input, prompt.
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "interp/compiler/compile.h"
#include "interp/import/image.h"
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
#include "interp/runtime/environment.h"
#include "interp/runtime/home.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/repl.h"
#include "interp/runtime/run.h"
#include "interp/runtime/runtime.h"
#include "interp/runtime/standard_streams.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/eval.h"

namespace py {

Fallible<Dict*> main_namespace() {
    Ref<> main = TRY(dict_get(runtime().modules, "__main__"_name));
    if (!main || !is_module(main.get())) return raise(exc::RuntimeError, "no __main__ module");
    return static_cast<Module*>(main.get())->dict;
}

Fallible<void> run_code(Code* code) {
    Dict* space = TRY(main_namespace());
    Fallible<void> done = eval_source(code, space, space).ok() ? Fallible<void>() : raised;
    // What the program printed stands before its traceback.
    SavedError saved;
    for (const char* name : {"stderr", "stdout"}) {
        Ref<> stream = share(sys_get(name));
        if (stream && !call_method(stream.get(), "flush"_name).ok()) clear_error();
    }
    return done;
}

namespace {

Fallible<void> insert_path(const std::string& entry) {
    Object* path = sys_get("path");
    if (!path || !is_list(path)) return raise(exc::RuntimeError, "unable to get sys.path");
    Ref<> kept = share(path);
    Ref<Str> text = TRY(str_from_fs(entry));
    return list_insert(as_list(path), 0, text.get());
}
// What the program's place puts in front of sys.path, unless -P.
Fallible<void> insert_unsafe_path(const std::string& entry) {
    if (runtime().config.safe_path) return {};
    return insert_path(entry);
}

Fallible<void> run_command(const std::string& command) {
    TRY(insert_unsafe_path(""));
    Ref<Str> source = TRY(str_from_fs(command + "\n"));
    TRY(audit("cpython.run_command", "O", static_cast<Object*>(source.get())));
    Fallible<std::string_view> utf8 = str_utf8(source.get());
    if (!utf8.ok()) {
        std::fprintf(stderr, "Unable to decode the command from the command line:\n");
        return raised;
    }
    CompileOptions options{.mode = CompileMode::Exec, .source_is_text = true};
    Ref<Code> code = TRY(compile_source(utf8.take(), "<string>"_name, options));
    Dict* space = TRY(main_namespace());
    TRY(eval_source(code.get(), space, space));  // NOTE: no flush: a command's traceback may stand before its output
    return {};
}

Fallible<void> run_module(const char* name, bool alter_argv) {
    Ref<> runpy = TRY(import_module("runpy"));
    Ref<> function = TRY(get_attr(runpy.get(), "_run_module_as_main"));
    Ref<Str> text = TRY(str_from_fs(name));
    Fallible<Ref<>> done = call(function.get(), static_cast<Object*>(text.get()), alter_argv ? py_true() : py_false());
    if (done.ok()) return {};
    runtime().unhandled_interrupt = Thread::current()->error_type == exc::KeyboardInterrupt;
    return raised;
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

// Not normalised: only the current directory itself stands for the short forms.
std::string absolute_path(const std::string& path) {
    if (path.rfind('/', 0) == 0) return path;
    std::string directory = current_directory();
    return path.empty() || path == "." ? directory : directory + "/" + path;
}

bool stdin_is_interactive() { return isatty(STDIN_FILENO) || runtime().config.interactive; }

// Does an importer on sys.path_hooks take the path (directory, archive)? Then its __main__ is run.
Fallible<bool> is_importable_path(Str* text) {
    Ref<> external = TRY(import_module("_frozen_importlib_external"));
    Ref<> finder_class = TRY(get_attr(external.get(), "PathFinder"));
    Ref<> finder = TRY(call_method(finder_class.get(), "_path_importer_cache"_name, static_cast<Object*>(text)));
    return finder.get() != none();
}

bool ends_with(const std::string& text, std::string_view end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}
bool has_pyc_magic(const std::string& content) { return content.size() >= 4 && std::memcmp(content.data(), "\xa7\r\r\n", 4) == 0; }

// What can be read up to the end, or up to a failure: then `error` is its errno, else 0.
struct ReadText {
    std::string content;
    int error;
};
ReadText read_text(int descriptor) {
    std::string content;
    char buffer[65536];
    for (;;) {
        ssize_t n = read(descriptor, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return {std::move(content), n < 0 ? errno : 0};
        content.append(buffer, size_t(n));
    }
}

Fallible<std::string> read_whole(int descriptor, const char* name) {
    ReadText text = read_text(descriptor);
    if (text.error) return raise_os_error_path(text.error, name);
    return std::move(text.content);
}

Fallible<void> run_source(std::string_view source, Str* filename) {
    CompileOptions options;
    options.is_program_file = true;
    Ref<Code> code = TRY(compile_source(source, filename, options));
    return run_code(code.get());
}

// __file__ and __cached__ of __main__, there while a program file runs.
class MainFile {
  public:
    Fallible<void> set(Str* filename, const char* loader_class) {
        Dict* space = TRY(main_namespace());
        if (!TRY(dict_get(space, "__file__"_name))) {
            TRY(dict_set(space, "__file__", filename));
            TRY(dict_set(space, "__cached__", none()));
            was_set_ = true;
        }
        if (!loader_class) return {};
        Ref<> external = TRY(import_module("_frozen_importlib_external"));
        Ref<> loader_type = TRY(get_attr(external.get(), loader_class));
        Ref<> loader = TRY(call(loader_type.get(), static_cast<Object*>("__main__"_name), static_cast<Object*>(filename)));
        return dict_set(space, "__loader__", loader.get());
    }
    ~MainFile() {
        if (!was_set_) return;
        SavedError saved;
        Fallible<Dict*> space = main_namespace();
        for (Str* name : {"__file__"_name, "__cached__"_name})
            if (!space.ok() || !dict_delete(space.take(), name).ok()) clear_error();
    }

  private:
    bool was_set_ = false;
};

Fallible<void> run_compiled(const std::string& content) {
    if (!has_pyc_magic(content)) return raise(exc::RuntimeError, "Bad magic number in .pyc file");
    if (content.size() < 16) return raise(exc::EOFError, "EOF read where not expected");
    Fallible<Ref<>> read = marshal_read(std::string_view(content).substr(16));
    Ref<> code = read.ok() ? read.take() : Ref<>();
    if (!code) clear_error();
    if (!code || !is_code(code.get())) return raise(exc::RuntimeError, "Bad code object in .pyc file");
    return run_code(static_cast<Code*>(code.get()));
}

std::string_view without_first_line(std::string_view source) {
    size_t newline = source.find('\n');
    source.remove_prefix(newline == std::string_view::npos ? source.size() : newline);
    return source;
}

// A message about a program file that cannot be run; %R-like quoting of its name.
Fallible<void> complain(const CommandLine& line, const char* before, Str* path, const std::string& after) {
    Ref<Str> quoted = TRY(repr(path));
    Ref<Bytes> text = TRY(str_encode(quoted.get(), "utf-8", "backslashreplace"));
    std::fprintf(stderr, "%s: %s%s%s\n", line.start.orig_argv[0].c_str(), before, text->view().data(), after.c_str());
    return {};
}

Fallible<void> run_program_text(Str* name, std::string_view content) {
    MainFile main_file;
    TRY(main_file.set(name, "SourceFileLoader"));
    return run_source(runtime().config.skip_first_line ? without_first_line(content) : content, name);
}

// A module of the embedded library by its __file__, which no other program can open.
Fallible<bool> run_embedded_file(const std::string& path, Str* name) {
    const Image* image = nullptr;
    const ImageEntry* entry = find_embedded(path, &image);
    if (!entry || !image->has_contents(*entry)) return false;
    TRY(audit("cpython.run_file", "O", static_cast<Object*>(name)));
    Ref<Bytes> content = TRY(image->data(*entry));
    TRY(run_program_text(name, content->view()));
    return true;
}

// *status: set when the file could not be opened (the message was printed).
Fallible<void> run_file(const CommandLine& line, int* status) {
    std::string path = absolute_path(line.target);
    Ref<Str> name = TRY(str_from_fs(path));
    if (TRY(is_importable_path(name.get()))) {
        TRY(insert_path(path));
        return run_module("__main__", false);
    }
    TRY(insert_unsafe_path(directory_of(real_path(path))));
    int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        int error = errno;
        if (error == ENOTDIR && TRY(run_embedded_file(path, name.get()))) return {};
        *status = 2;
        return complain(line, "can't open file ", name.get(), ": [Errno " + std::to_string(error) + "] " + std::strerror(error));
    }
    struct stat info;
    if (fstat(descriptor, &info) == 0 && S_ISDIR(info.st_mode)) {
        close(descriptor);
        *status = 1;
        return complain(line, "", name.get(), " is a directory, cannot continue");
    }
    TRY(audit("cpython.run_file", "O", static_cast<Object*>(name.get())));
    Fallible<std::string> read = read_whole(descriptor, path.c_str());
    close(descriptor);
    std::string content = TRY(std::move(read));
    MainFile main_file;
    if (ends_with(path, ".pyc") || has_pyc_magic(content)) {
        TRY(main_file.set(name.get(), "SourcelessFileLoader"));
        return run_compiled(content);
    }
    return run_program_text(name.get(), content);
}

Fallible<void> run_startup_file() {
    const char* path = environment_variable("PYTHONSTARTUP");
    if (!path) return {};
    TRY(audit("cpython.run_startup", "s", path));
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        int error = errno;
        std::fprintf(stderr, "Could not open PYTHONSTARTUP\n");
        return raise_os_error_path(error, path);
    }
    struct stat info;
    bool is_directory = fstat(descriptor, &info) == 0 && S_ISDIR(info.st_mode);
    Fallible<std::string> read = is_directory ? Fallible<std::string>(std::string()) : read_whole(descriptor, path);
    close(descriptor);
    std::string content = TRY(std::move(read));
    Ref<Str> name = TRY(str_from_fs(path));
    MainFile main_file;
    TRY(main_file.set(name.get(), "SourceFileLoader"));
    return run_source(content, name.get());
}

// Shows the pending exception, but for SystemExit, which is left to end the program.
Fallible<void> print_unless_exit() {
    if (error_matches(exc::SystemExit) && !runtime().config.inspect) return raised;
    print_pending_exception();
    return {};
}

// sys.__interactivehook__, which site sets: completion and history.
Fallible<void> run_interactive_hook() {
    Object* hook = sys_get("__interactivehook__");
    if (!hook) return {};
    Ref<> kept = share(hook);
    if (audit("cpython.run_interactivehook", "O", hook).ok() && call(hook).ok()) return {};
    std::fprintf(stderr, "Failed calling sys.__interactivehook__\n");
    return print_unless_exit();
}

Fallible<void> run_stdin() {
    TRY(insert_unsafe_path(""));
    if (stdin_is_interactive()) {
        runtime().config.inspect = 0;  // SystemExit ends the prompt
        if (!run_startup_file().ok()) TRY(print_unless_exit());
        TRY(run_interactive_hook());
        TRY(audit("cpython.run_stdin", ""));
        return run_interactive_loop();
    }
    TRY(audit("cpython.run_stdin", ""));
    std::string content = read_text(STDIN_FILENO).content;  // a closed one is an empty program
    MainFile main_file;
    TRY(main_file.set("<stdin>"_name, nullptr));
    return run_source(content, "<stdin>"_name);
}

void print_banner(const CommandLine& line) {
    const Config& config = runtime().config;
    if (config.quiet) return;
    if (!config.verbose && (line.kind != RunKind::Stdin || !stdin_is_interactive())) return;
    Object* version = sys_get("version");
    Fallible<std::string_view> text = str_utf8(as_str(version));
    std::fprintf(stderr, "Python %s on linux\n", text.ok() ? text.take().data() : "");
    if (!config.no_site)
        std::fprintf(stderr, "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
}

// At a prompt the readline module takes over input(), when it can be imported.
void import_readline(const CommandLine& line) {
    const Config& config = runtime().config;
    bool prompt = line.kind == RunKind::Stdin || config.inspect;
    if (config.isolated || !prompt || !isatty(STDIN_FILENO)) return;
    if (!import_module("readline").ok()) clear_error();
}

Fallible<void> run_target(const CommandLine& line, int* status) {
    switch (line.kind) {
        case RunKind::Command: return run_command(line.target);
        case RunKind::Module: {
            TRY(insert_unsafe_path(current_directory()));
            TRY(audit("cpython.run_module", "s", line.target.c_str()));
            return run_module(line.target.c_str(), true);
        }
        case RunKind::File: return run_file(line, status);
        case RunKind::Stdin: return run_stdin();
    }
    return {};
}

}  // namespace

int finish_run(Fallible<void> done, int status) {
    if (done.ok()) return status;
    if (error_matches(exc::SystemExit) && !runtime().config.inspect) {
        runtime().unhandled_interrupt = false;
        return handle_system_exit(fetch_exception().get());
    }
    print_pending_exception();
    return 1;
}

static int run_started(const CommandLine& line) {
    int status = 0;
    import_readline(line);
    print_banner(line);
    Fallible<void> done = run_target(line, &status);
    status = finish_run(std::move(done), status);
    Config& config = runtime().config;
    if (!config.inspect && environment_variable("PYTHONINSPECT")) config.inspect = 1;
    if (!config.inspect || !stdin_is_interactive()) return status;
    config.inspect = 0;  // SystemExit ends this prompt
    Fallible<void> prompt = run_interactive_hook();
    if (prompt.ok()) prompt = run_interactive_loop();
    return finish_run(std::move(prompt), 0);
}

int leave(int status) {
    status = end_interpreter(status);
    if (runtime().unhandled_interrupt) {
        // A shell must see that the program died of the interrupt.
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        return 128 + SIGINT;
    }
    return status;
}

int run_main(int argc, char** argv) {
    CommandLine line = parse_command_line(argc, argv);
    int status = line.early_status >= 0 ? line.early_status : apply_environment(line);
    if (status >= 0) {
        std::fflush(stdout);
        return status;
    }
    find_home(argv[0], runtime().config.ignore_environment);
    if (home().has_path_file) {
        Config& config = runtime().config;
        config.isolated = config.ignore_environment = config.safe_path = true;
        config.no_site = !home().path_file_imports_site;
    }
    status = start_interpreter(line.start);
    if (status < 0) status = run_started(line);
    return leave(status);
}

}  // namespace py
