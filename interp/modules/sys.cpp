// sys: access to the interpreter's state.
#include "interp/modules/sys.h"

#include <dlfcn.h>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"
#include "interp/vm/frame.h"
#include "interp/vm/trace.h"

namespace py {

namespace {

int dlopen_flags = RTLD_NOW;

// sys.addaudithook(hook)
Fallible<Ref<>> sys_addaudithook(Object*, Object* const* a) {
    TRY(add_audit_hook(a[0]));
    return share(none());
}

// sys.audit(event, *args)
Fallible<Ref<>> sys_audit(Object*, Object* const* args, ssize_t nargs) {
    if (!nargs) return raise(exc::TypeError, "audit() missing 1 required positional argument: 'event'");
    if (!audit_enabled) return share(none());
    if (!is_str(args[0])) return raise(exc::TypeError, "expected str for argument 'event', not %T", args[0]);
    // A NUL ends the name.
    Ref<Str> event = TRY(str_from_utf8(TRY(str_utf8(as_str(args[0]))).data()));
    Ref<Tuple> arguments = TRY(tuple_from_array(args + 1, nargs - 1));
    TRY(audit_objects(event.get(), arguments.get()));
    return share(none());
}

// sys.call_tracing(func, args, /)
Fallible<Ref<>> sys_call_tracing(Object*, Object* const* a) {
    if (!is_tuple(a[1])) return raise(exc::TypeError, "call_tracing() argument 2 must be tuple, not %N", a[1]);
    Thread* thread = Thread::current();
    int saved = thread->tracing;
    uint8_t saved_use = thread->cframe->use_tracing;
    thread->tracing = 0;
    thread->cframe->use_tracing = thread->trace_function || thread->profile_function ? 255 : 0;
    Fallible<Ref<>> result = call_tuple(a[0], a[1], nullptr);
    thread->tracing = saved;
    thread->cframe->use_tracing = saved_use;
    return result;
}

// sys._clear_type_cache()
Fallible<Ref<>> sys_clear_type_cache(Object*) {
    type_modified(&object_type);
    type_cache_clear();
    return share(none());
}

// sys._current_frames()
Fallible<Ref<>> sys_current_frames(Object*) {
    TRY(audit("sys._current_frames", ""));
    Ref<Dict> frames = TRY(dict_new());
    for (Thread* each = first_thread(); each; each = each->next) {
        InterpreterFrame* frame = each->cframe ? first_complete_frame(each->cframe->current_frame) : nullptr;
        if (!frame) continue;
        Frame* object = frame_object_of(frame);
        if (!object) return raised;
        Ref<Int> id = TRY(int_from_unsigned(each->thread_id));
        TRY(dict_set(frames.get(), id.get(), object));
    }
    return frames;
}

// sys._current_exceptions()
Fallible<Ref<>> sys_current_exceptions(Object*) {
    TRY(audit("sys._current_exceptions", ""));
    Ref<Dict> result = TRY(dict_new());
    for (Thread* each = first_thread(); each; each = each->next) {
        Object* handled = nullptr;
        for (ExceptionStackItem* item = each->exception_info; item && !handled; item = item->previous)
            if (item->value && item->value != none()) handled = item->value;
        Ref<> value;
        if (handled) {
            Object* traceback = as_exception(handled)->traceback;
            value = TRY(tuple_pack(static_cast<Object*>(handled->type), handled, traceback ? traceback : none()));
        } else {
            value = TRY(tuple_pack(none(), none(), none()));
        }
        Ref<Int> id = TRY(int_from_unsigned(each->thread_id));
        TRY(dict_set(result.get(), id.get(), value.get()));
    }
    return result;
}

// sys.exc_info()
Fallible<Ref<>> sys_exc_info(Object*) {
    Object* handled = handled_exception();
    if (!handled) return TRY(tuple_pack(none(), none(), none()));
    Object* traceback = as_exception(handled)->traceback;
    return TRY(tuple_pack(static_cast<Object*>(handled->type), handled, traceback ? traceback : none()));
}

// sys.exception()
Fallible<Ref<>> sys_exception(Object*) {
    Object* handled = handled_exception();
    return share(handled ? handled : none());
}

// sys.exit(status=None, /)
Fallible<Ref<>> sys_exit(Object*, Object* const* a) {
    if (!a[0] || a[0] == none()) return raise_bare(exc::SystemExit);
    return raise_object(exc::SystemExit, a[0]);
}

// sys.getallocatedblocks()
Fallible<Ref<>> sys_getallocatedblocks(Object*) { return TRY(int_from(allocated_blocks())); }
// sys.getdefaultencoding()
Fallible<Ref<>> sys_getdefaultencoding(Object*) { return share<Object>("utf-8"_name); }
// sys.getfilesystemencoding()
Fallible<Ref<>> sys_getfilesystemencoding(Object*) { return TRY(str_from_ascii(runtime().config.fs_encoding)); }
// sys.getfilesystemencodeerrors()
Fallible<Ref<>> sys_getfilesystemencodeerrors(Object*) { return share<Object>("surrogateescape"_name); }
// sys.getdlopenflags()
Fallible<Ref<>> sys_getdlopenflags(Object*) { return TRY(int_from(dlopen_flags)); }
// sys.setdlopenflags(flags, /)
Fallible<Ref<>> sys_setdlopenflags(Object*, Object* flags) {
    dlopen_flags = TRY(as_c_int(flags));
    return share(none());
}

// sys._getframe(depth=0, /)
Fallible<Ref<>> sys_getframe(Object*, Object* const* a) {
    int depth = a[0] ? TRY(as_c_int(a[0])) : 0;
    InterpreterFrame* frame = first_complete_frame(current_frame());
    Object* running = frame ? static_cast<Object*>(frame_object_of(frame)) : none();
    if (!running) return raised;
    TRY(audit("sys._getframe", "O", running));
    while (frame && depth > 0) {
        frame = first_complete_frame(frame->previous);
        --depth;
    }
    if (!frame) return raise(exc::ValueError, "call stack is not deep enough");
    Frame* object = frame_object_of(frame);
    if (!object) return raised;
    return share<Object>(object);
}

// sys._getquickenedcount()
Fallible<Ref<>> sys_getquickenedcount(Object*) { return TRY(int_from(0)); }

// sys.getrecursionlimit()
Fallible<Ref<>> sys_getrecursionlimit(Object*) { return TRY(int_from(Thread::current()->recursion_limit)); }

// sys.setrecursionlimit(limit, /)
Fallible<Ref<>> sys_setrecursionlimit(Object*, Object* limit) {
    int value = TRY(as_c_int(limit));
    if (value < 1) return raise(exc::ValueError, "recursion limit must be greater or equal than 1");
    Thread* thread = Thread::current();
    int depth = thread->recursion_limit - thread->recursion_remaining;
    if (depth >= value)
        return raise(exc::RecursionError, "cannot set the recursion limit to %i at the recursion depth %i: the limit is too low",
                     value, depth);
    set_runtime_recursion_limit(value);
    return share(none());
}

// sys.getrefcount(object, /)
Fallible<Ref<>> sys_getrefcount(Object*, Object* object) { return TRY(int_from(object->refcount)); }

#ifdef ADDER_REFCHECK
// sys.gettotalrefcount()
Fallible<Ref<>> sys_gettotalrefcount(Object*) { return TRY(int_from(reference_sum)); }
#endif

// sys.getsizeof(object[, default])
Fallible<Ref<>> sys_getsizeof(Object*, Object* const* a) {
    Fallible<size_t> size = size_of(a[0]);
    if (size.ok()) return TRY(int_from_unsigned(size.take()));
    if (a[1] && clear_error_if(exc::TypeError)) return share(a[1]);
    return raised;
}

// sys.getswitchinterval()
Fallible<Ref<>> sys_getswitchinterval(Object*) { return float_from(gil_switch_interval()); }
// sys.setswitchinterval(interval, /)
Fallible<Ref<>> sys_setswitchinterval(Object*, Object* interval) {
    double value = TRY(as_double(interval));
    if (!(value > 0)) return raise(exc::ValueError, "switch interval must be strictly positive");  // NOTE: CPython takes nan, for some number
    gil_set_switch_interval(value);
    return share(none());
}

// sys.intern(string, /)
Fallible<Ref<>> sys_intern(Object*, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "intern() argument must be str, not %N", text);
    if (!is_str_exact(text)) return raise(exc::TypeError, "can't intern %T", text);
    return intern(share(as_str(text)));
}

// sys.is_finalizing()
Fallible<Ref<>> sys_is_finalizing(Object*) { return bool_from(runtime().finalizing); }

// sys.get_asyncgen_hooks()
Fallible<Ref<>> sys_get_asyncgen_hooks(Object*) {
    Thread* thread = Thread::current();
    Object* type = dict_get_str(as_dict(runtime().sys_module->dict), "_asyncgen_hooks_type"_name);
    Ref<Tuple> hooks = TRY(struct_sequence_new(static_cast<Type*>(static_cast<VarObject*>(type))));
    Object* first = thread->async_generator_firstiter;
    Object* finalizer = thread->async_generator_finalizer;
    struct_sequence_set(hooks.get(), 0, share(first ? first : none()));
    struct_sequence_set(hooks.get(), 1, share(finalizer ? finalizer : none()));
    return hooks;
}

Fallible<void> set_hook(Object*& slot, Object* value, const char* name) {
    if (!value) return {};
    if (value == none()) {
        clear_slot(slot);
        return {};
    }
    if (!is_callable(value)) return raise(exc::TypeError, "callable %s expected, got %T", name, value);
    replace_slot(slot, new_reference(value));
    return {};
}
// sys.set_asyncgen_hooks(* [, firstiter] [, finalizer])
Fallible<Ref<>> sys_set_asyncgen_hooks(Object*, Object* const* a) {
    Thread* thread = Thread::current();
    if (a[1] && a[1] != none() && !is_callable(a[1])) return raise(exc::TypeError, "callable finalizer expected, got %T", a[1]);
    if (a[1]) TRY(audit("sys.set_asyncgen_hook_finalizer", ""));
    TRY(set_hook(thread->async_generator_finalizer, a[1], "finalizer"));
    if (a[0]) TRY(audit("sys.set_asyncgen_hook_firstiter", ""));
    TRY(set_hook(thread->async_generator_firstiter, a[0], "firstiter"));
    return share(none());
}

// sys.get_coroutine_origin_tracking_depth()
Fallible<Ref<>> sys_get_origin_depth(Object*) { return TRY(int_from(Thread::current()->coroutine_origin_tracking_depth)); }
// sys.set_coroutine_origin_tracking_depth(depth)
Fallible<Ref<>> sys_set_origin_depth(Object*, Object* const* a) {
    int depth = TRY(as_c_int(a[0]));
    if (depth < 0) return raise(exc::ValueError, "depth must be >= 0");
    Thread::current()->coroutine_origin_tracking_depth = depth;
    return share(none());
}

// sys.get_int_max_str_digits()
Fallible<Ref<>> sys_get_int_max_str_digits(Object*) { return TRY(int_from(runtime().config.int_max_str_digits)); }
// sys.set_int_max_str_digits(maxdigits)
Fallible<Ref<>> sys_set_int_max_str_digits(Object*, Object* const* a) {
    int digits = TRY(as_c_int(a[0]));
    if (digits && digits < 640) return raise(exc::ValueError, "maxdigits must be 0 or larger than 640");
    runtime().config.int_max_str_digits = digits;
    return share(none());
}

// sys.gettrace()
Fallible<Ref<>> sys_gettrace(Object*) {
    Object* function = Thread::current()->trace_object;
    return share(function ? function : none());
}
// sys.settrace(function)
Fallible<Ref<>> sys_settrace(Object*, Object* function) {
    TRY(audit("sys.settrace", ""));
    if (function == none())
        TRY(set_trace(Thread::current(), nullptr, nullptr));
    else
        TRY(set_trace(Thread::current(), call_trace_callable, function));
    return share(none());
}
// sys.getprofile()
Fallible<Ref<>> sys_getprofile(Object*) {
    Object* function = Thread::current()->profile_object;
    return share(function ? function : none());
}
// sys.setprofile(function)
Fallible<Ref<>> sys_setprofile(Object*, Object* function) {
    TRY(audit("sys.setprofile", ""));
    if (function == none())
        TRY(set_profile(Thread::current(), nullptr, nullptr));
    else
        TRY(set_profile(Thread::current(), call_profile_callable, function));
    return share(none());
}
void print_free_list(const char* what, int count, size_t bytes) {
    char label[80];
    std::snprintf(label, sizeof label, "%d free %s * %zu bytes each", count, what, bytes);
    std::fprintf(stderr, "%48s ", label);
    print_statistics_figure(size_t(count) * bytes);
}
// The dead objects that types keep for their next instances.
void print_free_lists() {
    print_free_list("PyDictObjects", dict_free_list_count(), sizeof(Dict));
    print_free_list("PyFloatObjects", float_free_list_count(), sizeof(Float));
    print_free_list("PyListObjects", list_free_list_count(), sizeof(List));
    for (int size = 1; size <= 20; ++size) {
        char what[40];
        std::snprintf(what, sizeof what, "%d-sized PyTupleObjects", size);
        print_free_list(what, tuple_free_list_count(size), offsetof(Tuple, items) + size_t(size) * sizeof(Object*));
    }
}
// sys._debugmallocstats()
Fallible<Ref<>> sys_debugmallocstats(Object*) {
    print_allocator_statistics();
    print_free_lists();
    return share(none());
}

MethodDef sys_functions[] = {
    METHOD_NOARGS("_clear_type_cache", sys_clear_type_cache, "($module, /)", "Forget cached attribute look-ups."),
    METHOD_NOARGS("_current_exceptions", sys_current_exceptions, "($module, /)", "The exception each thread handles."),
    METHOD_NOARGS("_current_frames", sys_current_frames, "($module, /)", "The running frame of each thread."),
    METHOD_NOARGS("_debugmallocstats", sys_debugmallocstats, "($module, /)", "Print statistics of the allocator to stderr."),
    METHOD("_getframe", sys_getframe, "($module, depth=0, /)", "A frame of the call stack."),
    METHOD_NOARGS("_getquickenedcount", sys_getquickenedcount, "($module, /)", "Count of quickened code objects."),
    METHOD("addaudithook", sys_addaudithook, "($module, /, hook)", "Add a callable that sees every audit event."),
    {"audit", (CFunction)(void*)wrap_fast<sys_audit>, kFastcall, "audit(event, *args)\n\nRaise an audit event."},
    {"breakpointhook", (CFunction)(void*)sys_breakpointhook, kFastcall | kKeywords,
     "breakpointhook(*args, **kws)\n\nWhat breakpoint() calls."},
    METHOD("call_tracing", sys_call_tracing, "($module, func, args, /)", "Call with tracing enabled."),
    METHOD_O("displayhook", sys_displayhook, "($module, object, /)", "Show a value typed at the prompt."),
    METHOD_NOARGS("exc_info", sys_exc_info, "($module, /)", "Type, value and traceback of the exception being handled."),
    METHOD("excepthook", sys_excepthook, "($module, exctype, value, traceback, /)", "Show an uncaught exception."),
    METHOD_NOARGS("exception", sys_exception, "($module, /)", "The exception being handled."),
    METHOD("exit", sys_exit, "($module, status=None, /)", "Raise SystemExit(status)."),
    METHOD_NOARGS("get_asyncgen_hooks", sys_get_asyncgen_hooks, "($module, /)", "The asynchronous generator hooks."),
    METHOD_NOARGS("get_coroutine_origin_tracking_depth", sys_get_origin_depth, "($module, /)", "Depth of origin tracking."),
    METHOD_NOARGS("get_int_max_str_digits", sys_get_int_max_str_digits, "($module, /)", "Limit of int/str conversion."),
    METHOD_NOARGS("getallocatedblocks", sys_getallocatedblocks, "($module, /)", "Memory blocks in use."),
    METHOD_NOARGS("getdefaultencoding", sys_getdefaultencoding, "($module, /)", "The default string encoding."),
    METHOD_NOARGS("getdlopenflags", sys_getdlopenflags, "($module, /)", "Flags of dlopen calls."),
    METHOD_NOARGS("getfilesystemencodeerrors", sys_getfilesystemencodeerrors, "($module, /)", "Error handler for file names."),
    METHOD_NOARGS("getfilesystemencoding", sys_getfilesystemencoding, "($module, /)", "Encoding of file names."),
    METHOD_NOARGS("getprofile", sys_getprofile, "($module, /)", "The profiling function."),
    METHOD_NOARGS("getrecursionlimit", sys_getrecursionlimit, "($module, /)", "The recursion limit."),
    METHOD_O("getrefcount", sys_getrefcount, "($module, object, /)", "The reference count, the argument's own included."),
#ifdef ADDER_REFCHECK
    METHOD_NOARGS("gettotalrefcount", sys_gettotalrefcount, "($module, /)", "The sum of the counts of all references."),
#endif
    {"getsizeof", (CFunction)(void*)Bound<sys_getsizeof, "getsizeof", "($module, /, object, default=None)">::fastcall,
     kFastcall | kKeywords | kCounted, "getsizeof(object [, default]) -> int\n\nThe size of object in bytes."},
    METHOD_NOARGS("getswitchinterval", sys_getswitchinterval, "($module, /)", "Seconds between thread switches."),
    METHOD_NOARGS("gettrace", sys_gettrace, "($module, /)", "The trace function."),
    METHOD_O("intern", sys_intern, "($module, string, /)", "The interned string equal to the argument."),
    METHOD_NOARGS("is_finalizing", sys_is_finalizing, "($module, /)", "Whether the interpreter is shutting down."),
    {"set_asyncgen_hooks",
     (CFunction)(void*)Bound<sys_set_asyncgen_hooks, "set_asyncgen_hooks", "($module, /, firstiter=None, finalizer=None)">::fastcall,
     kFastcall | kKeywords, "set_asyncgen_hooks(* [, firstiter] [, finalizer])\n\nSet asynchronous generator hooks."},
    METHOD("set_coroutine_origin_tracking_depth", sys_set_origin_depth, "($module, /, depth)", "Track origins of coroutines."),
    METHOD("set_int_max_str_digits", sys_set_int_max_str_digits, "($module, /, maxdigits)", "Limit int/str conversion."),
    METHOD_O("setdlopenflags", sys_setdlopenflags, "($module, flags, /)", "Set the flags of dlopen calls."),
    {"setprofile", (CFunction)wrap_o<sys_setprofile>, kO, "setprofile(function)\n\nSet the profiling function."},
    METHOD_O("setrecursionlimit", sys_setrecursionlimit, "($module, limit, /)", "Set the recursion limit."),
    METHOD_O("setswitchinterval", sys_setswitchinterval, "($module, interval, /)", "Set the seconds between thread switches."),
    {"settrace", (CFunction)wrap_o<sys_settrace>, kO, "settrace(function)\n\nSet the trace function."},
    METHOD_O("unraisablehook", sys_unraisablehook, "($module, unraisable, /)", "Show an exception that could not be raised."),
    END_ROW,
};

const NativeModule sys_definition = {"sys", "Access to the interpreter and its state.", sys_functions, sys_add_information};

}  // namespace

Fallible<size_t> size_of(Object* object) {
    Ref<> method = TRY(lookup_special(object, "__sizeof__"_name));
    if (!method) return raise(exc::TypeError, "Type %s doesn't define __sizeof__", object->type->name);
    Ref<> size = TRY(call(method.get()));
    TRY(require_int(size.get()));
    ssize_t own = TRY(as_ssize(size.get()));
    if (own < 0) return raise(exc::ValueError, "__sizeof__() should return >= 0");
    size_t bytes = size_t(own);
    Type* type = object->type;
    if (type->has(type_flag::kHaveGc)) bytes += sizeof(GcHead);
    if (type->has(type_flag::kManagedDict)) bytes += 2 * sizeof(Object*);
    return bytes;
}

Fallible<Ref<Module>> sys_module_new() { return native_module_new(sys_definition); }

}  // namespace py
