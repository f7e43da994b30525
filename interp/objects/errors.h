// The pending exception of the running thread: raising, testing, saving. Exception types come from exceptions.def.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

namespace exc {
#define EXCEPTION(name, base, layout, doc) extern Type* const name asm("PyExc_" #name);
#include "interp/objects/exceptions.def"
#undef EXCEPTION
extern Type* const EnvironmentError asm("PyExc_EnvironmentError");  // = OSError
extern Type* const IOError asm("PyExc_IOError");                    // = OSError
}  // namespace exc

// Sets the pending exception: type called lazily with the formatted text. Directives of format_str (str.h): %s %d %zd %R %S %U %V %A %T …
[[gnu::cold]] Raised raise(Type* type, const char* format, ...);
[[gnu::cold]] Raised raise_bare(Type* type);                    // no argument
[[gnu::cold]] Raised raise_object(Type* type, Object* value);   // value: the argument, a tuple of arguments, or an instance
[[gnu::cold]] Raised raise_instance(Object* exception);         // `raise exception`, without context chaining
[[gnu::cold]] Raised raise_key_error(Object* key);
[[gnu::cold]] Raised raise_memory_error();
[[gnu::cold]] Raised raise_stop_iteration(Object* value);
// OSError (or the subclass for the errno) from `error` with optional file names (borrowed, may be null).
[[gnu::cold]] Raised raise_os_error(int error, Object* filename = nullptr, Object* filename2 = nullptr);
[[gnu::cold]] Raised raise_os_error_path(int error, const char* path);
// ImportError(message, name=name, path=path); name and path may be null: None.
[[gnu::cold]] Raised raise_import_error(Str* message, Object* name, Object* path);
// Raises `type` with __cause__ and __context__ set to the exception that was pending.
[[gnu::cold]] Raised raise_from_pending(Type* type, const char* format, ...);
// TypeError("bad argument…") for a broken C-level call, SystemError as in CPython.
[[gnu::cold]] Raised raise_bad_internal_call(const char* where);

bool error_occurred();
// Does the pending exception match type (or a tuple of types)? False when none is pending. Never runs Python for plain types.
bool error_matches(Object* type_or_tuple);
bool error_matches(const Type* type);
bool given_exception_matches(Object* exception_or_type, Object* type_or_tuple);
void clear_error();
// Clears and says true when the pending exception is of `type`.
bool clear_error_if(const Type* type);

// The pending triple, taken out of the thread; value may be un-normalised.
struct PendingError {
    Ref<> type, value, traceback;
    explicit operator bool() const { return bool(type); }
};
PendingError fetch_error();
void restore_error(PendingError error);
// After it, error.value is an instance of error.type. Runs Python.
void normalize_error(PendingError& error);
// Fetch + normalise + attach traceback: the exception instance, or null when none is pending.
Ref<BaseException> fetch_exception();
void restore_exception(Ref<BaseException> exception);

// Holds the pending exception aside while code that may raise runs; puts it back at scope end (a new error is dropped).
class SavedError {
  public:
    SavedError() : error_(fetch_error()) {}
    ~SavedError() {
        clear_error();
        restore_error(std::move(error_));
    }
    SavedError(const SavedError&) = delete;
    SavedError& operator=(const SavedError&) = delete;

  private:
    PendingError error_;
};

// sys.excepthook's smaller kin: what sys.unraisablehook is unless replaced. `arguments` is an UnraisableHookArgs. Runs Python.
Fallible<void> default_unraisable_hook(Object* arguments);
Fallible<Type*> unraisable_hook_args_type();  // made at the first use
// sys.unraisablehook with the pending exception, which is cleared. `where` may be null. Runs Python.
void write_unraisable(Object* where);
void write_unraisable_message(const char* message, Object* where);
// Makes the pending exception's __context__ chain end in `context` (borrowed).
void chain_exception_context(Object* context);
// Gives the pending exception the one being handled as __context__, as raising it here would.
void chain_to_handled();

// warnings: category is a warning type. Raised when the filters turn it into an error. Runs Python.
Fallible<void> warn(Type* category, ssize_t stack_level, const char* format, ...);
// A ResourceWarning about `source`, with where that was made if tracemalloc knows.
Fallible<void> warn_resource(Object* source, ssize_t stack_level, const char* format, ...);
// ResourceWarning about an object that dies open; `format` has one %R for it. Never raises: an error is shown as unraisable in `where`.
void warn_unclosed(const char* format, Object* source, Object* where);
Fallible<void> warn_explicit(Type* category, Object* message, Object* filename, int line, Object* module, Object* registry);

}  // namespace py
