// OSError: arguments (errno, strerror[, filename[, winerror[, filename2]]]) and the subclass that goes with an errno.
#include <cerrno>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception_layouts.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

namespace {

OsErrorException* as_os_error(Object* object) { return static_cast<OsErrorException*>(object); }

// PEP 3151.
Type* subclass_for(int64_t error) {
    switch (error) {
        case EAGAIN: case EALREADY: case EINPROGRESS: return exc::BlockingIOError;
        case EPIPE: case ESHUTDOWN: return exc::BrokenPipeError;
        case ECHILD: return exc::ChildProcessError;
        case ECONNABORTED: return exc::ConnectionAbortedError;
        case ECONNREFUSED: return exc::ConnectionRefusedError;
        case ECONNRESET: return exc::ConnectionResetError;
        case EEXIST: return exc::FileExistsError;
        case ENOENT: return exc::FileNotFoundError;
        case EISDIR: return exc::IsADirectoryError;
        case ENOTDIR: return exc::NotADirectoryError;
        case EINTR: return exc::InterruptedError;
        case EACCES: case EPERM: return exc::PermissionError;
        case ESRCH: return exc::ProcessLookupError;
        case ETIMEDOUT: return exc::TimeoutError;
        default: return nullptr;
    }
}

// A subclass with an __init__ of its own but without __new__ gets its arguments in __init__, all others in __new__.
bool uses_init(Type* type) { return type->init != os_error_init && type->new_ == os_error_new; }

bool has_known_size(Tuple* args) { return args->size >= 2 && args->size <= 5; }

Fallible<void> fill(OsErrorException* self, Tuple* args) {
    Ref<Tuple> kept = share(args);
    if (has_known_size(args)) {
        auto item = [&](ssize_t i) { return i < args->size && !is_none(args->items[i]) ? args->items[i] : nullptr; };
        Object *filename = item(2), *filename2 = item(4);
        bool is_count = filename && self->type == exc::BlockingIOError && is_number(filename);
        if (is_count) {
            self->written = TRY(index_as_ssize(filename, exc::ValueError));
        } else if (filename) {
            replace_slot(self->filename, new_reference(filename));
            if (filename2) replace_slot(self->filename2, new_reference(filename2));
            // args shows errno and text only.
            kept = TRY(tuple_slice(args, 0, 2));
        }
        replace_slot(self->error_number, new_reference(args->items[0]));
        replace_slot(self->strerror, new_reference(args->items[1]));
    }
    replace_slot(self->args, static_cast<Object*>(kept.release()));
    return {};
}

}  // namespace

Object* os_error_new(Type* type, Object* args, Object* kwargs) {
    Tuple* tuple = as_tuple(args);
    bool by_init = uses_init(type);
    if (!by_init) {
        TRY(check_no_keywords(type->name, kwargs));
        if (type == exc::OSError && has_known_size(tuple) && is_int(tuple->items[0])) {
            int overflow;
            int64_t error = as_int64_clamped(as_int(tuple->items[0]), &overflow);
            Type* subclass = overflow ? nullptr : subclass_for(error);
            if (subclass) type = subclass;
        }
    }
    Object* made = type->alloc(type, 0);
    if (!made) return nullptr;
    Ref<> error = steal(made);
    as_os_error(made)->written = -1;
    if (by_init)
        as_os_error(made)->args = tuple_empty().release();
    else
        TRY(fill(as_os_error(made), tuple));
    return error.release();
}

int os_error_init(Object* self, Object* args, Object* kwargs) {
    if (!uses_init(self->type)) return 0;
    TRY(check_no_keywords(self->type->name, kwargs));
    return fill(as_os_error(self), as_tuple(args)).release();
}

Object* os_error_str(Object* self) {
    OsErrorException* error = as_os_error(self);
    auto shown = [](Object* value) { return value ? value : none(); };
    Object *number = shown(error->error_number), *text = shown(error->strerror);
    if (error->filename && error->filename2)
        return format_str("[Errno %S] %S: %R -> %R", number, text, error->filename, error->filename2).release();
    if (error->filename) return format_str("[Errno %S] %S: %R", number, text, error->filename).release();
    if (error->error_number && error->strerror) return format_str("[Errno %S] %S", number, text).release();
    return base_exception_str(self);
}

namespace {

// OSError.__reduce__(): args with the file names back in their places.
Fallible<Ref<>> os_error_reduce(Object* self) {
    OsErrorException* error = as_os_error(self);
    Tuple* args = as_tuple(error->args);
    Ref<Tuple> full = share(args);
    if (args->size == 2 && error->filename) {
        if (error->filename2)
            full = TRY(tuple_pack(args->items[0], args->items[1], error->filename, none(), error->filename2));
        else
            full = TRY(tuple_pack(args->items[0], args->items[1], error->filename));
    }
    return exception_reduce_with(self, full.get(), error->dict);
}

Fallible<Ref<>> get_written(Object* self) {
    if (as_os_error(self)->written == -1) return raise(exc::AttributeError, "characters_written");
    return TRY(int_from(as_os_error(self)->written));
}

Fallible<void> set_written(Object* self, Object* value) {
    ssize_t& written = as_os_error(self)->written;
    if (!value) {
        if (written == -1) return raise(exc::AttributeError, "characters_written");
        written = -1;
        return {};
    }
    written = TRY(index_as_ssize(value, exc::ValueError));
    return {};
}

}  // namespace

MethodDef os_error_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<os_error_reduce>, kNoArgs, nullptr},
    END_ROW,
};
MemberDef os_error_members[] = {
    {"errno", kObjectOrNone, offsetof(OsErrorException, error_number), 0, "POSIX exception code"},
    {"strerror", kObjectOrNone, offsetof(OsErrorException, strerror), 0, "exception strerror"},
    {"filename", kObjectOrNone, offsetof(OsErrorException, filename), 0, "exception filename"},
    {"filename2", kObjectOrNone, offsetof(OsErrorException, filename2), 0, "second exception filename"},
    END_ROW,
};
GetSetDef os_error_getset[] = {
    GETTER_SETTER("characters_written", get_written, set_written, nullptr),
    END_ROW,
};

}  // namespace py
