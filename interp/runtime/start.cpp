// Start-up: from nothing to an interpreter that has imported site (order as documented for initialisation of CPython 3.11).
#include "interp/runtime/start.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "interp/builtins/functions.h"
#include "interp/import/frozen.h"
#include "interp/import/image.h"
#include "interp/import/import.h"
#include "interp/import/native_modules.h"
#include "interp/modules/sys.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/gc.h"
#include "interp/objects/hash.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/early_stderr.h"
#include "interp/runtime/environment.h"
#include "interp/runtime/home.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/state.h"
#include "interp/runtime/standard_streams.h"
#include "interp/runtime/thread.h"

namespace py {

void start_core() {
    Config& config = runtime().config;
    if (config.hash_seed_set)
        seed_hash_secret(config.hash_seed);
    else
        CHECK(getentropy(runtime().siphash_key, sizeof runtime().siphash_key) == 0);
    Thread* thread = thread_new();
    CHECK(thread);
    thread_bind(thread);
    gil_acquire(thread);
    runtime().main_thread = thread;
    ready_builtin_types();
    ready_exception_types();
    MUST(gc_start());
    runtime().modules = MUST(dict_new()).release();
    runtime().sys_module = MUST(sys_module_new()).release();
    runtime().sys_dict = runtime().sys_module->dict;
    MUST(dict_set(runtime().modules, "sys", runtime().sys_module));
    MUST(sys_set("modules", runtime().modules));
    runtime().builtins_module = MUST(builtins_module_new()).release();
    runtime().builtins = runtime().builtins_module->dict;
    runtime().builtins_at_start = MUST(dict_copy(runtime().builtins)).release();
    MUST(dict_set(runtime().modules, "builtins", runtime().builtins_module));
    runtime().import_func = dict_get_str(runtime().builtins, "__import__"_name);
    incref(runtime().import_func);
}

namespace {

Fallible<Ref<>> text_list(const std::vector<std::string>& texts) {
    Ref<List> list = TRY(list_new(0));
    for (const std::string& each : texts) {
        Ref<Str> text = TRY(str_from_fs(each));
        TRY(list_append(list.get(), text.get()));
    }
    return list;
}

Fallible<void> set_text(const char* name, const std::string& value) {
    Ref<Str> text = TRY(str_from_fs(value));
    return sys_set(name, text.get());
}

Fallible<void> set_path() {
    std::vector<std::string> entries;
    if (home().has_path_file) return sys_set("path", TRY(text_list(home().path_file_entries)).get());
    if (const char* python_path = environment_variable("PYTHONPATH")) {
        std::string list = python_path;
        for (size_t start = 0; start <= list.size();) {
            size_t end = std::min(list.find(':', start), list.size());
            entries.push_back(list.substr(start, end - start));
            start = end + 1;
        }
    }
    const std::string& stdlib = home().stdlib;
    std::string base = stdlib.substr(0, stdlib.rfind('/'));
    entries.push_back(base + "/python311.zip");
    entries.push_back(stdlib);
    entries.push_back(stdlib + "/lib-dynload");
    Ref<> path = TRY(text_list(entries));
    return sys_set("path", path.get());
}

Fallible<void> set_x_options(const StartOptions& options) {
    Ref<Dict> dict = TRY(dict_new());
    for (const std::string& each : options.x_options) {
        size_t equals = each.find('=');
        Ref<Str> name = TRY(str_from_fs(each.substr(0, equals)));
        Ref<> value = share(py_true());
        if (equals != std::string::npos) value = TRY(str_from_fs(each.substr(equals + 1)));
        TRY(dict_set(dict.get(), name.get(), value.get()));
    }
    return sys_set("_xoptions", dict.get());
}

Fallible<void> set_sys_attributes(const StartOptions& options) {
    TRY(set_text("executable", home().executable));
    TRY(set_text("_base_executable", home().base_executable));
    for (const char* name : {"prefix", "base_prefix", "exec_prefix", "base_exec_prefix"}) TRY(set_text(name, home().prefix));
    TRY(set_text("_stdlib_dir", home().stdlib));
    TRY(sys_set("_home", none()));
    TRY(sys_set("pycache_prefix", none()));
    if (const char* prefix = runtime().config.pycache_prefix) TRY(set_text("pycache_prefix", prefix));
    TRY(sys_set("argv", TRY(text_list(options.argv)).get()));
    TRY(sys_set("orig_argv", TRY(text_list(options.orig_argv)).get()));
    TRY(sys_set("warnoptions", TRY(text_list(options.warn_options)).get()));
    TRY(set_x_options(options));
    TRY(sys_set("builtin_module_names", TRY(native_module_names()).get()));
    TRY(sys_set("meta_path", TRY(list_new(0)).get()));
    TRY(sys_set("path_hooks", TRY(list_new(0)).get()));
    TRY(sys_set("path_importer_cache", TRY(dict_new()).get()));
    return set_path();
}

Fallible<void> start_importlib() {
    const FrozenModule* bootstrap = find_frozen("_frozen_importlib");
    Ref<> importlib = TRY(import_frozen_module(*bootstrap));
    runtime().importlib = importlib.release();
    Ref<> imp = TRY(native_module_import(*find_native_module("_imp")));
    TRY(dict_set(runtime().modules, "_imp", imp.get()));
    TRY(call_method(runtime().importlib, "_install"_name, static_cast<Object*>(runtime().sys_module), imp.get()));
    TRY(call_method(runtime().importlib, "_install_external_importers"_name));
    // Archives before directories, embedded images before both.
    Ref<> zipimport = TRY(import_module("zipimport"));
    Ref<> importer = TRY(get_attr(zipimport.get(), "zipimporter"_name));
    TRY(list_insert(as_list(sys_get("path_hooks")), 0, importer.get()));
    if (!home().embedded) return {};
    mount_image(stdlib_image(), home().binary);
    Ref<> embedded = TRY(import_frozen_module(embedded_importer));
    TRY(call_method(embedded.get(), "install"_name));
    return {};
}

Fallible<void> make_main_module() {
    Ref<Module> main = TRY(module_new("__main__"_name));
    TRY(dict_set(main->dict, "__builtins__", static_cast<Object*>(runtime().builtins_module)));
    Ref<Dict> annotations = TRY(dict_new());
    TRY(dict_set(main->dict, "__annotations__", annotations.get()));
    Ref<> loader = TRY(get_attr(runtime().importlib, "BuiltinImporter"));
    TRY(dict_set(main->dict, "__loader__", loader.get()));
    return dict_set(runtime().modules, "__main__", main.get());
}

// A closed pipe and a file over the size limit are errors to handle, and an interrupt is a KeyboardInterrupt (the module
// _signal sees to that when it is made).
Fallible<void> install_signal_handlers() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    (void)TRY(import_module("_signal"));
    return {};
}

// Native modules that -X options switch on.
Fallible<void> start_diagnostics() {
    if (runtime().config.fault_handler) {
        Ref<> module = TRY(import_module("faulthandler"));
        TRY(call_method(module.get(), "enable"_name));
    }
    if (runtime().config.tracemalloc) {
        Ref<> module = TRY(import_module("_tracemalloc"));
        Ref<Int> frames = TRY(int_from(runtime().config.tracemalloc));
        if (!call_method(module.get(), "start"_name, static_cast<Object*>(frames.get())).ok())
            return fatal_start("init_interp_main: can't initialize tracemalloc");
    }
    return {};
}

Fallible<void> start_everything(const StartOptions& options) {
    TRY(reserve_memory_errors());
    TRY(sys_set("stderr", TRY(early_stderr_new()).get()));
    TRY(set_sys_attributes(options));
    TRY(start_importlib());
    if (runtime().config.install_signal_handlers) TRY(install_signal_handlers());
    if (!import_module("encodings").ok())
        return fatal_start("init_fs_encoding: failed to get the Python codec of the filesystem encoding");
    TRY(settle_fs_encoding());
    TRY(start_diagnostics());
    TRY(make_main_module());
    TRY(make_standard_streams());
    warn_of_legacy_locale();
    if (!options.warn_options.empty() && !import_module("warnings").ok()) {
        std::fprintf(stderr, "'import warnings' failed; traceback:\n");
        print_pending_exception();
    }
    if (!runtime().config.no_site) TRY(import_module("site"));
    return {};
}

}  // namespace

Raised fatal_start(const char* message) {
    std::fprintf(stderr, "Fatal Python error: %s\nPython runtime state: core initialized\n", message);
    if (error_occurred()) print_pending_exception();
    std::fprintf(stderr, "\nCurrent thread 0x%016lx (most recent call first):\n  <no Python frame>\n", Thread::current()->thread_id);
    std::fflush(stderr);
    std::_Exit(image_damage_seen() ? kDamagedImageStatus : 1);
}

int start_interpreter(const StartOptions& options) {
    start_core();
    if (start_everything(options).ok()) {
        runtime().initialized = true;
        return -1;
    }
    if (error_matches(exc::SystemExit)) return handle_system_exit(fetch_exception().get());
    print_pending_exception();
    return 1;
}

}  // namespace py
