// The one runtime state (PyInterpreterState's place; opaque outside).
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// What the command line and the environment decided before the interpreter starts (PyConfig's role).
struct Config {
    int optimize = 0, verbose = 0, bytes_warning = 0, inspect = 0, interactive = 0, quiet = 0, debug = 0;
    bool isolated = false, no_site = false, no_user_site = false, ignore_environment = false, dont_write_bytecode = false;
    bool unbuffered = false, dev_mode = false, safe_path = false, skip_first_line = false, utf8_mode = false, warn_default_encoding = false;
    bool install_signal_handlers = true;
    bool import_time = false, code_debug_ranges = true;
    bool fault_handler = false, show_ref_count = false, malloc_stats = false, use_frozen_modules = true, warn_of_c_locale = false;
    bool random_hashes = false;  // -R
    const char* check_hash_pycs = "default";
    const char* platlibdir = "lib";
    const char* pycache_prefix = nullptr;
    const char* fs_encoding = "utf-8";  // of file names and, but for PYTHONIOENCODING, of the standard streams
    int tracemalloc = 0, int_max_str_digits = 4300, int_max_str_digits_given = -1;
    int hash_seed_set = 0;  // PYTHONHASHSEED given
    unsigned long hash_seed = 0;
};
struct Runtime {
    Config config;
    Dict* modules = nullptr;        // sys.modules
    Module* sys_module = nullptr;
    Module* builtins_module = nullptr;
    Dict* sys_dict = nullptr;
    Dict* builtins = nullptr;       // builtins.__dict__
    Dict* builtins_at_start = nullptr;  // its copy, before anything was added
    Object* import_func = nullptr;  // builtins.__import__ as it was made
    Object* importlib = nullptr;    // _frozen_importlib
    Thread* main_thread = nullptr;
    Object* codec_search_path = nullptr;  // list; codec caches and handlers: owned by objects/codec_registry.cpp
    Object* codec_search_cache = nullptr;
    Object* codec_error_registry = nullptr;
    bool initialized = false, finalizing = false;
    bool unhandled_interrupt = false;  // what eval_source() ran last ended by KeyboardInterrupt: so does the process, in the end
    uint64_t siphash_key[2] = {};
};
extern Runtime runtime_state;
inline Runtime& runtime() { return runtime_state; }
// sys.<name>, borrowed, null when absent.
Object* sys_get(const char* name);
Fallible<void> sys_set(const char* name, Object* value);

}  // namespace py
