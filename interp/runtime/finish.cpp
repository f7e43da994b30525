// The end of the interpreter: threads, exit handlers, streams, modules.
#include <cstdio>

#include "interp/import/import.h"
#include "interp/modules/atexit.h"
#include "interp/modules/signal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/start.h"
#include "interp/runtime/standard_streams.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

// sys.modules[name] if it is loaded, borrowed.
Object* loaded(const char* name) { return dict_get_str(runtime().modules, interned(name)); }

// Waits for the threads that are no daemons.
void join_threads() {
    Object* threading = loaded("threading");
    if (!threading) return;
    Ref<> kept = share(threading);
    if (!call_method(threading, "_shutdown"_name).ok()) write_unraisable(threading);
}

// Sets every module's names to None, the ones with one leading underscore first, so that __del__ methods run while most
// things are still there.
void clear_module_dict(Dict* dict) {
    for (int pass = 0; pass < 2; ++pass) {
        ssize_t position = 0;
        Object *key, *value;
        while (dict_next(dict, &position, &key, &value)) {
            if (value == none() || !is_str(key)) continue;
            Str* name = as_str(key);
            bool single_underscore = name->length && name->at(0) == '_' && (name->length < 2 || name->at(1) != '_');
            if (pass == 0 ? !single_underscore : str_equals(name, "__builtins__")) continue;
            if (!dict_set(dict, key, none()).ok()) clear_error();
        }
    }
}

// What -v shows, in CPython's words.
void trace(const char* format, const char* name) {
    if (runtime().config.verbose) std::fprintf(stderr, format, name);
}
void trace(const char* format, Object* name) {
    if (!runtime().config.verbose || !is_str(name)) return;
    Fallible<std::string_view> text = str_utf8(as_str(name));
    if (text.ok())
        std::fprintf(stderr, format, text.take().data());
    else
        clear_error();
}

// Names that hold on to much, and the streams as they were at the start.
void clear_special_names() {
    trace("# clear builtins.%s\n", "_");
    if (!dict_set(runtime().builtins, "_", none()).ok()) clear_error();
    for (const char* name : {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks",
                             "path_importer_cache", "meta_path", "__interactivehook__"}) {
        trace("# clear sys.%s\n", name);
        if (!sys_set(name, none()).ok()) clear_error();
    }
    for (const char* name : {"stdin", "stdout", "stderr"}) {
        trace("# restore sys.%s\n", name);
        Ref<Str> saved = MUST(format_str("__%s__", name));
        Object* original = dict_get_str(runtime().sys_dict, saved.get());
        if (!sys_set(name, original ? original : none()).ok()) clear_error();
    }
}

// What a program, site or the start put into builtins goes.
void restore_builtins() {
    Fallible<Ref<Dict>> copied = dict_copy(runtime().builtins);  // what dies finds builtins in order
    Ref<Dict> kept = copied.ok() ? copied.take() : Ref<Dict>();
    if (!kept) write_unraisable(nullptr);
    dict_clear(runtime().builtins);
    if (!dict_update(runtime().builtins, runtime().builtins_at_start).ok()) clear_error();
}

// The modules die when sys.modules forgets them, unless something else holds them: those are returned, as (name, weak reference).
Ref<List> forget_modules() {
    Ref<List> survivors = MUST(list_new(0));
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(runtime().modules, &position, &key, &value)) {
        if (!is_module(value)) continue;
        trace("# cleanup[2] removing %s\n", key);
        Ref<> name = share(key);
        if (value != runtime().sys_module && value != runtime().builtins_module) {  // these are wiped last
            Fallible<Ref<>> weak = weakref_new(value, nullptr);
            if (weak.ok()) {
                Fallible<Ref<Tuple>> pair = tuple_pack(name.get(), weak.take().get());
                if (pair.ok()) (void)list_append(survivors.get(), pair.take().get()).ok();
            }
            clear_error();
        }
        if (!dict_set(runtime().modules, name.get(), none()).ok()) clear_error();
    }
    dict_clear(runtime().modules);
    return survivors;
}

void tear_modules_down() {
    clear_special_names();
    Ref<List> survivors = forget_modules();
    restore_builtins();
    gc_collect(2);
    for (ssize_t i = survivors->size - 1; i >= 0; --i) {
        auto* pair = static_cast<Tuple*>(survivors->items[i]);
        Ref<> module = weakref_get(pair->items[1]);
        if (!module || !is_module(module.get())) continue;
        trace("# cleanup[3] wiping %s\n", pair->items[0]);
        clear_module_dict(static_cast<Module*>(module.get())->dict);
    }
    trace("# cleanup[3] wiping %s\n", "sys");
    clear_module_dict(runtime().sys_dict);
    trace("# cleanup[3] wiping %s\n", "builtins");
    clear_module_dict(runtime().builtins);
    gc_collect(2);
}

}  // namespace

int end_interpreter(int status) {
    join_threads();
    run_exit_functions();
    runtime().finalizing = true;
    forget_other_threads();
    if (!flush_standard_streams()) status = 120;
    signals_at_end();
    gc_collect(2);
    tear_modules_down();
    if (status == 120) {
        flush_streams_quietly();  // a failure is told once
    } else if (!flush_standard_streams()) {
        status = 120;
    }
    if (runtime().config.verbose) std::fputs("# clear sys.audit hooks\n", stderr);
    clear_audit_hooks();
    if (runtime().config.malloc_stats) print_allocator_statistics();
    if (kSumsReferences && runtime().config.show_ref_count)
        std::fprintf(stderr, "[%zd refs, %zd blocks]\n", reference_sum, allocated_blocks());
    return status;
}

}  // namespace py
