#include "tests/fuzz/python_runtime.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "interp/builtins/functions.h"
#include "interp/compiler/compile.h"
#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/types.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/home.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"

namespace py::fuzz {

namespace {

Object* driver;

[[noreturn]] void give_up(const char* what) {
    std::fprintf(stderr, "fuzz: %s\n", what);
    if (error_occurred()) print_pending_exception();
    std::abort();
}

std::string read_file(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) give_up(("cannot read " + path).c_str());
    std::string text;
    char buffer[65536];
    for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
    std::fclose(file);
    return text;
}

// What started stays: collections during an input look at the input's objects only.
Fallible<void> settle() {
    Ref<> gc = TRY(import_module("gc"));
    (void)TRY(call_method(gc.get(), "collect"_name));
    (void)TRY(call_method(gc.get(), "freeze"_name));
    return {};
}

Fallible<Ref<>> import_driver(const std::string& path) {
    std::string source = read_file(path);
    Ref<Str> name = TRY(str_from_fs(path));
    Ref<Code> code = TRY(compile_source(source, name.get(), {}));
    Ref<Module> module = TRY(module_new("driver"_name));
    TRY(dict_set(module->dict, "__builtins__", static_cast<Object*>(runtime().builtins_module)));
    TRY(dict_set(runtime().modules, "driver", module.get()));
    Ref<Str> folder = TRY(str_from_fs(path.substr(0, path.rfind('/'))));
    TRY(list_insert(as_list(sys_get("path")), 0, folder.get()));
    (void)TRY(eval_code(code.get(), module->dict, module->dict));
    return get_attr(module.get(), "fuzz");
}

bool is_finding() { return !error_matches(exc::Exception) || error_matches(exc::SystemError); }

}  // namespace

void start_python(const char* program) {
    Config& config = runtime().config;
    config.isolated = config.ignore_environment = config.safe_path = true;
    config.no_site = config.no_user_site = config.dont_write_bytecode = true;
    config.install_signal_handlers = false;
    config.hash_seed_set = 1;
    find_home(program, true);
    StartOptions options;
    options.argv = {""};
    options.warn_options = {"ignore"};
    if (start_interpreter(options) >= 0) give_up("the interpreter did not start");
    if (!settle().ok()) give_up("the collector is not there");
}

void load_driver(std::string_view name) {
    std::string folder = ADDER_SOURCE_DIR "/tests/fuzz/drivers/";
    Fallible<Ref<>> found = import_driver(folder + std::string(name) + ".py");
    if (!found.ok()) give_up("the driver cannot be loaded");
    driver = found.release();
    if (!settle().ok()) give_up("the collector is not there");
}

Fallible<void> run_driver(std::string_view data) {
    Ref<Bytes> bytes = TRY(bytes_from(data));
    (void)TRY(call(driver, static_cast<Object*>(bytes.get())));
    return {};
}

void run_input(Function target, std::string_view data) {
    bool ok = target(data).ok();
    if (ok != !error_occurred()) give_up(ok ? "an exception is pending after success" : "a failure without an exception");
    if (ok) return;
    if (is_finding()) give_up("an exception that no input may raise");
    clear_error();
}

}  // namespace py::fuzz
