// The pending exception of a thread: raising with implicit chaining, matching, taking out and putting back.
#include "interp/objects/errors.h"

#include <cerrno>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

// Puts the triple into the thread; steals all three.
void set_pending(Object* type, Object* value, Object* traceback) {
    Thread* thread = Thread::current();
    Object* old_type = std::exchange(thread->error_type, type);
    Object* old_value = std::exchange(thread->error_value, value);
    Object* old_traceback = std::exchange(thread->error_traceback, traceback);
    xdecref(old_type);
    xdecref(old_value);
    xdecref(old_traceback);
}

// The exception being handled by the innermost frame that handles one; borrowed or null.
Object* topmost_handled() {
    for (ExceptionStackItem* item = Thread::current()->exception_info; item; item = item->previous)
        if (item->value && !is_none(item->value)) return item->value;
    return nullptr;
}

// type(value), type(*value) or type(): the instance that an un-normalised pair stands for.
Fallible<Ref<>> create_exception(Object* type, Object* value) {
    Ref<> instance = !value || is_none(value) ? TRY(call(type))
                     : is_tuple(value)        ? TRY(call_tuple(type, value, nullptr))
                                              : TRY(call(type, value));
    if (!is_exception(instance.get()))
        return raise(exc::TypeError, "calling %R should have returned an instance of BaseException, not %s", type,
                     instance->type->name);
    return instance;
}

// Cuts `value` out of the context chain that starts at `handled`, so that linking them makes no cycle. The chain may be
// cyclic already: a second pointer at half speed notices (Floyd).
void break_context_cycle(BaseException* handled, Object* value) {
    BaseException* fast = handled;
    BaseException* slow = handled;
    bool step_slow = false;
    while (BaseException* context = fast->context) {
        if (context == value) {
            exception_set_context(fast, nullptr);
            return;
        }
        fast = context;
        if (fast == slow) return;
        if (step_slow) slow = slow->context;
        step_slow = !step_slow;
    }
}

// Sets type and value (borrowed, value may be null), chained to the exception being handled.
void set_chained(Object* type, Object* value) {
    Ref<> kept = share(value);
    Object* handled = topmost_handled();
    if (handled) {
        Ref<> handled_kept = share(handled);
        if (!kept || !is_exception(kept.get())) {
            clear_error();
            auto made = create_exception(type, kept.get());
            if (!made.ok()) return;
            kept = made.take();
        }
        if (handled != kept.get()) {
            break_context_cycle(as_exception(handled), kept.get());
            exception_set_context(as_exception(kept.get()), std::move(handled_kept).cast<BaseException>());
        }
    }
    Object* traceback = nullptr;
    if (kept && is_exception(kept.get())) {
        traceback = as_exception(kept.get())->traceback;
        xincref(traceback);
    }
    set_pending(new_reference(type), kept.release(), traceback);
}

void raise_formatted(Type* type, const char* format, va_list arguments) {
    clear_error();
    auto text = format_str_v(format, arguments);
    if (!text.ok()) return;
    Ref<Str> message = text.take();
    set_chained(type, message.get());
}

}  // namespace

Raised raise(Type* type, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    raise_formatted(type, format, arguments);
    va_end(arguments);
    return raised;
}

Raised raise_bare(Type* type) {
    set_chained(type, nullptr);
    return raised;
}

Raised raise_object(Type* type, Object* value) {
    set_chained(type, value);
    return raised;
}

Raised raise_instance(Object* exception) {
    Object* traceback = as_exception(exception)->traceback;
    xincref(traceback);
    set_pending(new_reference(static_cast<Object*>(exception->type)), new_reference(exception), traceback);
    return raised;
}

Raised raise_key_error(Object* key) {
    // A tuple would be taken for the argument list.
    Ref<Tuple> arguments = TRY(tuple_pack(key));
    set_chained(exc::KeyError, arguments.get());
    return raised;
}

Raised raise_memory_error() {
    // No chaining: making an instance needs memory.
    set_pending(new_reference(static_cast<Object*>(exc::MemoryError)), nullptr, nullptr);
    return raised;
}

Raised raise_stop_iteration(Object* value) {
    if (!value || is_none(value)) return raise_bare(exc::StopIteration);
    if (!is_tuple(value) && !is_exception(value)) return raise_object(exc::StopIteration, value);
    Ref<> instance = TRY(call(exc::StopIteration, value));
    return raise_object(exc::StopIteration, instance.get());
}

Raised raise_os_error(int error, Object* filename, Object* filename2) {
    if (error == EINTR && !check_signals().ok()) return raised;
    Ref<Str> text = TRY(str_from_fs(error ? std::strerror(error) : "Error"));
    Ref<Int> number = TRY(int_from(error));
    Ref<> instance;
    if (filename2) {
        Ref<Int> no_winerror = TRY(int_from(0));
        instance = TRY(call(exc::OSError, number.get(), text.get(), filename, no_winerror.get(), filename2));
    } else if (filename) {
        instance = TRY(call(exc::OSError, number.get(), text.get(), filename));
    } else {
        instance = TRY(call(exc::OSError, number.get(), text.get()));
    }
    return raise_object(instance->type, instance.get());
}

Raised raise_os_error_path(int error, const char* path) {
    Ref<Str> name = TRY(str_from_fs(path));
    return raise_os_error(error, name.get());
}

Raised raise_import_error(Str* message, Object* name, Object* path) {
    (void)raise_object(exc::ImportError, message);
    Ref<BaseException> exception = fetch_exception();
    if (is_instance_of(exception.get(), *exc::ImportError)) {  // else making the instance raised
        auto* error = static_cast<ImportErrorException*>(exception.get());
        replace_slot(error->name, new_reference(name ? name : none()));
        replace_slot(error->path, new_reference(path ? path : none()));
    }
    restore_exception(std::move(exception));
    return raised;
}

Raised raise_from_pending(Type* type, const char* format, ...) {
    Ref<BaseException> cause = fetch_exception();
    CHECK(cause);
    va_list arguments;
    va_start(arguments, format);
    raise_formatted(type, format, arguments);
    va_end(arguments);
    Ref<BaseException> made = fetch_exception();
    exception_set_cause(made.get(), cause);
    exception_set_context(made.get(), std::move(cause));
    restore_exception(std::move(made));
    return raised;
}

Raised raise_bad_internal_call(const char* where) {
    return raise(exc::SystemError, "%s: bad argument to internal function", where);
}

bool error_occurred() { return Thread::current()->error_type != nullptr; }

bool given_exception_matches(Object* exception_or_type, Object* type_or_tuple) {
    if (!exception_or_type || !type_or_tuple) return false;
    if (is_tuple(type_or_tuple)) {
        Tuple* tuple = as_tuple(type_or_tuple);
        for (ssize_t i = 0; i < tuple->size; ++i)
            if (given_exception_matches(exception_or_type, tuple->items[i])) return true;
        return false;
    }
    Object* type = is_exception(exception_or_type) ? exception_or_type->type : exception_or_type;
    if (is_exception_class(type) && is_exception_class(type_or_tuple))
        return is_subtype(static_cast<Type*>(type), static_cast<Type*>(type_or_tuple));
    return type == type_or_tuple;
}

bool error_matches(Object* type_or_tuple) {
    return given_exception_matches(Thread::current()->error_type, type_or_tuple);
}

bool error_matches(const Type* type) {
    Object* pending = Thread::current()->error_type;
    return pending == type || (pending && is_exception_class(pending) && is_subtype(static_cast<Type*>(pending), type));
}

void clear_error() {
    if (error_occurred()) set_pending(nullptr, nullptr, nullptr);
}

bool clear_error_if(const Type* type) {
    if (!error_matches(type)) return false;
    clear_error();
    return true;
}

PendingError fetch_error() {
    Thread* thread = Thread::current();
    return {steal(std::exchange(thread->error_type, nullptr)), steal(std::exchange(thread->error_value, nullptr)),
            steal(std::exchange(thread->error_traceback, nullptr))};
}

void restore_error(PendingError error) {
    set_pending(error.type.release(), error.value.release(), error.traceback.release());
}

namespace {

// One attempt: true when `error` is an instance of its type now; false when making the instance raised.
bool try_normalize(PendingError& error) {
    if (!is_exception_class(error.type.get())) return true;
    if (error.value && is_exception(error.value.get())) {
        Type* actual = error.value->type;
        if (actual == error.type.get()) return true;
        auto related = is_subclass(actual, error.type.get());
        if (!related.ok()) return false;
        if (related.take()) {
            error.type = share(static_cast<Object*>(actual));
            return true;
        }
    }
    auto made = create_exception(error.type.get(), error.value.get());
    if (!made.ok()) return false;
    error.value = made.take();
    error.type = share(static_cast<Object*>(error.value->type));
    return true;
}

}  // namespace

void normalize_error(PendingError& error) {
    if (!error.type) return;
    constexpr int kMaxAttempts = 32;
    for (int attempt = 0;; ++attempt) {
        if (!error.value) error.value = share(none());
        if (try_normalize(error)) return;
        CHECK(attempt < kMaxAttempts + 2);
        if (attempt == kMaxAttempts)
            (void)raise(exc::RecursionError, "maximum recursion depth exceeded while normalizing an exception");
        // The new error takes the old one's place; its traceback stays where the new one brings none.
        PendingError failure = fetch_error();
        error.type = std::move(failure.type);
        error.value = std::move(failure.value);
        if (failure.traceback) error.traceback = std::move(failure.traceback);
    }
}

Ref<BaseException> fetch_exception() {
    PendingError error = fetch_error();
    if (!error) return nullptr;
    normalize_error(error);
    if (error.traceback) exception_set_traceback(as_exception(error.value.get()), error.traceback.get());
    return std::move(error.value).cast<BaseException>();
}

void restore_exception(Ref<BaseException> exception) {
    if (exception)
        (void)raise_instance(exception.get());
    else
        clear_error();
}

void chain_to_handled() {
    PendingError error = fetch_error();
    if (error) set_chained(error.type.get(), error.value.get());
}

void chain_exception_context(Object* context) {
    if (!context || is_none(context) || !error_occurred()) return;
    Ref<BaseException> pending = fetch_exception();
    if (pending.get() != context) {
        break_context_cycle(as_exception(context), pending.get());
        // The oldest link that has no context of its own gets it.
        BaseException* last = pending.get();
        BaseException* slow = last;
        bool step_slow = false, known = false;
        while (last->context && !known) {
            last = last->context;
            known = last == context || last == slow;
            if (step_slow) slow = slow->context;
            step_slow = !step_slow;
        }
        if (!known) exception_set_context(last, share(as_exception(context)));
    }
    restore_exception(std::move(pending));
}

}  // namespace py
