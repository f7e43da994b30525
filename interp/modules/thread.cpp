// _thread: starting threads, and the module's functions. Locks: thread_lock.cpp; thread-local data: thread_local.cpp.
#include <pthread.h>

#include <new>

#include "interp/modules/thread_types.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/error_sink.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/state.h"
#include "interp/modules/signal.h"

namespace py {

namespace {

size_t stack_size = 0;  // 0: the system's default
long running_threads = 0;
Type* excepthook_args_type = nullptr;

// What a new thread is to run; owns its references.
struct Start {
    Thread* thread;
    Object* function;
    Object* args;
    Object* kwargs;
};

void run_thread_function(Start& start) {
    Fallible<Ref<>> result = call_tuple(start.function, start.args, start.kwargs);
    if (result.ok()) return;
    if (error_matches(exc::SystemExit))
        clear_error();
    else
        write_unraisable_message("in thread started by", start.function);
}

void* thread_main(void* argument) {
    Start start = *static_cast<Start*>(argument);
    delete static_cast<Start*>(argument);
    thread_bind(start.thread);
    gil_acquire(start.thread);
    ++running_threads;
    run_thread_function(start);
    decref(start.function);
    decref(start.args);
    xdecref(start.kwargs);
    --running_threads;
    Thread* self = start.thread;
    thread_delete(self);
    gil_release(nullptr);
    return nullptr;
}

// _thread.start_new_thread(function, args[, kwargs])
Fallible<Ref<>> thread_start_new_thread(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("start_new_thread", nargs, 2, 3));
    if (!is_callable(args[0])) return raise(exc::TypeError, "first arg must be callable");
    if (!is_tuple(args[1])) return raise(exc::TypeError, "2nd arg must be a tuple");
    if (nargs == 3 && !is_dict(args[2])) return raise(exc::TypeError, "optional 3rd arg must be a dictionary");
    Thread* thread = thread_new();
    if (!thread) return raise_memory_error();
    auto* start = new (std::nothrow) Start{thread, new_reference(args[0]), new_reference(args[1]), nargs == 3 ? new_reference(args[2]) : nullptr};
    if (!start) {
        thread_delete(thread);
        return raise_memory_error();
    }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (stack_size) pthread_attr_setstacksize(&attributes, stack_size);
    pthread_t id;
    int status = pthread_create(&id, &attributes, thread_main, start);
    pthread_attr_destroy(&attributes);
    if (status != 0) {
        decref(start->function);
        decref(start->args);
        xdecref(start->kwargs);
        delete start;
        thread_delete(thread);
        return raise(exc::RuntimeError, "can't start new thread");
    }
    return TRY(int_from_unsigned(id));
}

// _thread.exit()
Fallible<Ref<>> thread_exit(Object*) { return raise_bare(exc::SystemExit); }
// _thread.allocate_lock()
Fallible<Ref<>> thread_allocate_lock(Object*) { return lock_new(); }
// _thread.get_ident()
Fallible<Ref<>> thread_get_ident(Object*) { return TRY(int_from_unsigned(pthread_self())); }
// _thread.get_native_id()
Fallible<Ref<>> thread_get_native_id(Object*) { return TRY(int_from_unsigned(Thread::current()->native_thread_id)); }
// _thread._count()
Fallible<Ref<>> thread_count(Object*) { return TRY(int_from(running_threads)); }

// _thread.stack_size([size])
Fallible<Ref<>> thread_stack_size(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("stack_size", nargs, 0, 1));
    ssize_t wanted = nargs ? TRY(as_ssize(args[0])) : 0;
    if (wanted < 0) return raise(exc::ValueError, "size must be 0 or a positive value");
    size_t old = stack_size;
    if (nargs) {
        if (wanted && wanted < 32768) return raise(exc::ValueError, "size not valid: %zd bytes", wanted);
        stack_size = size_t(wanted);
    }
    return TRY(int_from_unsigned(old));
}

// _thread.interrupt_main(signum=signal.SIGINT, /)
Fallible<Ref<>> thread_interrupt_main(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("interrupt_main", nargs, 0, 1));
    int number = nargs ? TRY(as_parsed_int(args[0])) : 2;
    TRY(simulate_signal(number));
    return share(none());
}

// A weak reference to the thread's sentinel lock, released when the thread's state goes.
void release_sentinel(void* data) {
    auto* weak = static_cast<Object*>(data);
    Ref<> lock = weakref_get(weak);
    if (lock) lock_release_if_locked(lock.get());
    decref(weak);
}
// _thread._set_sentinel()
Fallible<Ref<>> thread_set_sentinel(Object*) {
    Thread* thread = Thread::current();
    if (thread->on_delete) {
        auto* old = static_cast<Object*>(thread->on_delete_data);
        thread->on_delete = nullptr;
        thread->on_delete_data = nullptr;
        decref(old);
    }
    Ref<> lock = TRY(lock_new());
    Ref<> weak = TRY(weakref_new(lock.get(), nullptr));
    thread->on_delete_data = weak.release();
    thread->on_delete = release_sentinel;
    return lock;
}

// The thread's name, or its number where it has none or that has no text.
Fallible<void> write_thread_name(ErrorSink& sink, Object* thread) {
    Ref<> name = thread != none() ? TRY(lookup_attr(thread, "name"_name)) : Ref<>();
    if (name) {
        Fallible<Ref<Str>> text = str(name.get());
        if (text.ok() && sink.text(text.take().get()).ok()) return {};
        clear_error();
    }
    Ref<Str> number = TRY(format_str("%lu", Thread::current()->thread_id));
    return sink.text(number.get());
}
// _thread._excepthook(args, /)
Fallible<Ref<>> thread_excepthook(Object*, Object* args) {
    if (args->type != excepthook_args_type) return raise(exc::TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
    Tuple* values = as_tuple(args);
    if (values->items[0] == exc::SystemExit) return share(none());
    Object* stream = sys_get("stderr");
    Ref<> kept = share(stream);
    if (!stream || stream == none()) {
        // The thread has kept the stream that stood there when it was made.
        if (values->items[3] == none()) return share(none());
        kept = TRY(lookup_attr(values->items[3], "_stderr"_name));
        if (!kept || is_none(kept.get())) return share(none());
        stream = kept.get();
    }
    ErrorSink sink(stream);
    TRY(sink.ascii("Exception in thread "));
    TRY(write_thread_name(sink, values->items[3]));
    TRY(sink.ascii(":\n"));
    print_exception_to(stream, values->items[1], values->items[2]);
    if (!call_method(stream, "flush"_name).ok()) clear_error();
    return share(none());
}

MethodDef thread_functions[] = {
    METHOD_NOARGS("_count", thread_count, "()", "How many threads run, the main one left out."),
    METHOD_O("_excepthook", thread_excepthook, "($module, args, /)", "Show an exception that ended a thread."),
    METHOD_NOARGS("_set_sentinel", thread_set_sentinel, "()", "A lock that is released when the thread's state goes."),
    METHOD_NOARGS("allocate", thread_allocate_lock, "()", "A new lock."),
    METHOD_NOARGS("allocate_lock", thread_allocate_lock, "()", "A new lock."),
    METHOD_NOARGS("exit", thread_exit, "()", "End the thread by raising SystemExit."),
    METHOD_NOARGS("exit_thread", thread_exit, "()", "End the thread by raising SystemExit."),
    METHOD_NOARGS("get_ident", thread_get_ident, "()", "The thread's identifier."),
    METHOD_NOARGS("get_native_id", thread_get_native_id, "()", "The kernel's identifier of the thread."),
    parsed(METHOD_FAST("interrupt_main", thread_interrupt_main, "(signum=signal.SIGINT, /)", "As if the signal had arrived.")),
    parsed(METHOD_FAST("stack_size", thread_stack_size, "([size])", "The stack size of new threads; sets it when given.")),
    parsed(METHOD_FAST("start_new", thread_start_new_thread, "(function, args[, kwargs])", "Start a thread.")),
    parsed(METHOD_FAST("start_new_thread", thread_start_new_thread, "(function, args[, kwargs])", "Start a thread.")),
    END_ROW,
};

StructSequenceField excepthook_fields[] = {
    {"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"},
    {"thread", "Thread"}, {}};

Fallible<void> thread_execute(Module* module) {
    TRY(module_add_type(module, &lock_type));
    TRY(dict_set(module->dict, "LockType", static_cast<Object*>(&lock_type)));
    TRY(module_add_type(module, &rlock_type));
    TRY(module_add_type(module, &local_type));
    TRY(dict_set(module->dict, "error", static_cast<Object*>(exc::RuntimeError)));
    TRY(module_add(module, "TIMEOUT_MAX", float_from(double(INT64_MAX / 1000000000))));
    Ref<Type> args = TRY(struct_sequence_type_new({"_thread._ExceptHookArgs", "What threading.excepthook is given.", excepthook_fields, 4}));
    excepthook_args_type = args.get();
    return module_add(module, "_ExceptHookArgs", Ref<>(std::move(args)));
}

}  // namespace

extern const NativeModule thread_module;
const NativeModule thread_module = {"_thread", "Threads, and locks to keep them apart.", thread_functions, thread_execute};

}  // namespace py
