// BaseException: construction, text, attributes and methods.
#include "interp/objects/exception.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception_layouts.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"

namespace py {

void exception_set_context(BaseException* exception, Ref<BaseException> context) {
    replace_slot(exception->context, context.release());
}

void exception_set_cause(BaseException* exception, Ref<BaseException> cause) {
    exception->suppress_context = 1;
    replace_slot(exception->cause, cause.release());
}

void exception_set_traceback(BaseException* exception, Object* traceback_or_null) {
    Object* traceback = traceback_or_null && !is_none(traceback_or_null) ? traceback_or_null : nullptr;
    xincref(traceback);
    replace_slot(exception->traceback, traceback);
}

Fallible<void> base_exception_set_args(BaseException* self, Object* args) {
    replace_slot(self->args, new_reference(args));
    return {};
}

// MemoryErrors for when there is no memory to make one: dead ones, chained by their contexts, which are nothing but storage.
// Once they are all in use, the same living one is given out every time.
constexpr int kReserve = 16;
static BaseException* reserve = nullptr;
static int reserve_count = 0;
static Object* last_resort = nullptr;

static Object* take_reserved() {
    if (!last_resort) return nullptr;
    clear_error();  // the MemoryError of the allocation that failed
    BaseException* taken = reserve;
    if (!taken) return new_reference(last_resort);
    reserve = taken->context;
    --reserve_count;
    taken->context = nullptr;
    start_refcount(taken);
    gc_track(taken);
    return taken;
}

Fallible<void> reserve_memory_errors() {
    Ref<BaseException> all[kReserve];
    for (auto& each : all)
        each = TRY(call(exc::MemoryError)).cast<BaseException>();
    last_resort = TRY(call(exc::MemoryError)).release();
    return {};
}

Object* allocate_exception(Type* type) {
    Object* made = type->alloc(type, 0);
    return made || type != exc::MemoryError ? made : take_reserved();
}

Object* base_exception_new(Type* type, Object* args, Object*) {
    Object* made = allocate_exception(type);
    if (!made) return nullptr;
    replace_slot(as_exception(made)->args, args ? new_reference(args) : static_cast<Object*>(tuple_empty().release()));
    return made;
}

int base_exception_init(Object* self, Object* args, Object* kwargs) {
    TRY(check_no_keywords(self->type->name, kwargs));
    return base_exception_set_args(as_exception(self), args).release();
}

int base_exception_clear(Object* self) {
    BaseException* exception = as_exception(self);
    clear_slot(exception->dict);
    clear_slot(exception->args);
    clear_slot(exception->notes);
    clear_slot(exception->traceback);
    clear_slot(exception->cause);
    clear_slot(exception->context);
    return 0;
}

int base_exception_traverse(Object* self, Visit visit, void* arg) {
    BaseException* exception = as_exception(self);
    VISIT(exception->dict);
    VISIT(exception->args);
    VISIT(exception->notes);
    VISIT(exception->traceback);
    VISIT(exception->cause);
    VISIT(exception->context);
    return 0;
}

void dealloc_exception(Object* self, InquirySlot clear) {
    gc_untrack(self);
    // Chains of contexts nest as deep as they are long.
    DeallocGuard guard(self);
    if (!guard.entered()) return;
    (void)clear(self);
    if (self->type == exc::MemoryError && reserve_count < kReserve) {
        auto* kept = as_exception(self);
        kept->suppress_context = 0;
        kept->context = std::exchange(reserve, kept);
        ++reserve_count;
        return;
    }
    self->type->free(self);
}

void base_exception_dealloc(Object* self) { dealloc_exception(self, base_exception_clear); }

namespace {

Tuple* args_of(Object* self) { return as_tuple(as_exception(self)->args); }

Fallible<Ref<Str>> text_of(Object* self) {
    Tuple* args = args_of(self);
    if (args->size == 0) return str_empty();
    return str(args->size == 1 ? args->items[0] : args);
}

}  // namespace

// BaseException.__str__()
Object* base_exception_str(Object* self) { return text_of(self).release(); }

// BaseException.__repr__()
Object* base_exception_repr(Object* self) {
    Tuple* args = args_of(self);
    const char* name = type_short_name(self->type);
    return (args->size == 1 ? format_str("%s(%R)", name, args->items[0]) : format_str("%s%R", name, args)).release();
}

// KeyError.__str__(): the key's repr, so that an empty or blank key can be seen.
Object* key_error_str(Object* self) {
    Tuple* args = args_of(self);
    return (args->size == 1 ? repr(args->items[0]) : text_of(self)).release();
}

Fallible<Ref<>> exception_reduce_with(Object* self, Object* args, Object* state_or_null) {
    Object* type = self->type;
    if (state_or_null && !is_none(state_or_null)) return TRY(tuple_pack(type, args, state_or_null));
    return TRY(tuple_pack(type, args));
}

namespace {

// BaseException.__reduce__()
Fallible<Ref<>> base_exception_reduce(Object* self) {
    return exception_reduce_with(self, as_exception(self)->args, as_exception(self)->dict);
}

// BaseException.__setstate__(state, /)
Fallible<Ref<>> base_exception_setstate(Object* self, Object* state) {
    if (is_none(state)) return share(none());
    if (!is_dict(state)) return raise(exc::TypeError, "state is not a dictionary");
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(as_dict(state), &position, &key, &value)) {
        Ref<> name = share(key), content = share(value);
        TRY(set_attr(self, as_str(name.get()), content.get()));
    }
    return share(none());
}

Fallible<void> set_traceback(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "__traceback__ may not be deleted");
    if (!is_none(value) && value->type != &traceback_type)
        return raise(exc::TypeError, "__traceback__ must be a traceback or None");
    exception_set_traceback(as_exception(self), value);
    return {};
}

// BaseException.with_traceback(tb, /)
Fallible<Ref<>> base_exception_with_traceback(Object* self, Object* traceback) {
    TRY(set_traceback(self, traceback));
    return share(self);
}

// BaseException.add_note(note, /)
Fallible<Ref<>> base_exception_add_note(Object* self, Object* note) {
    if (!is_str(note)) return raise(exc::TypeError, "note must be a str, not '%s'", note->type->name);
    Ref<> notes = TRY(lookup_attr(self, "__notes__"_name));
    if (!notes) {
        notes = TRY(list_new(0));
        TRY(set_attr(self, "__notes__"_name, notes.get()));
    } else if (!is_list(notes.get())) {
        return raise(exc::TypeError, "Cannot add note: __notes__ is not a list");
    }
    TRY(list_append(as_list(notes.get()), note));
    return share(none());
}

// Computed attributes.

Fallible<Ref<>> get_args(Object* self) {
    Object* args = as_exception(self)->args;
    return share(args ? args : none());
}

Fallible<void> set_args(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "args may not be deleted");
    Ref<Tuple> args = TRY(tuple_of(value));
    replace_slot(as_exception(self)->args, static_cast<Object*>(args.release()));
    return {};
}

Fallible<Ref<>> get_traceback(Object* self) {
    Object* traceback = as_exception(self)->traceback;
    return share(traceback ? traceback : none());
}

Fallible<Ref<>> or_none(Object* value) { return share(value ? value : none()); }

Fallible<Ref<>> get_context(Object* self) { return or_none(as_exception(self)->context); }
Fallible<Ref<>> get_cause(Object* self) { return or_none(as_exception(self)->cause); }

// None clears the link.
Fallible<Ref<BaseException>> linked(Object* value, const char* what) {
    if (!is_exception(value)) return raise(exc::TypeError, "exception %s must be None or derive from BaseException", what);
    return share(as_exception(value));
}

Fallible<void> set_context(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "__context__ may not be deleted");
    if (is_none(value))
        exception_set_context(as_exception(self), nullptr);
    else
        exception_set_context(as_exception(self), TRY(linked(value, "context")));
    return {};
}

Fallible<void> set_cause(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "__cause__ may not be deleted");
    if (is_none(value))
        exception_set_cause(as_exception(self), nullptr);
    else
        exception_set_cause(as_exception(self), TRY(linked(value, "cause")));
    return {};
}

}  // namespace

MethodDef base_exception_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<base_exception_reduce>, kNoArgs, nullptr},
    {"__setstate__", (CFunction)wrap_o<base_exception_setstate>, kO, nullptr},
    {"with_traceback", (CFunction)wrap_o<base_exception_with_traceback>, kO,
     "Exception.with_traceback(tb) --\n    sets __traceback__ and gives the exception itself."},
    {"add_note", (CFunction)wrap_o<base_exception_add_note>, kO,
     "Exception.add_note(note) --\n    adds a text that is shown below the traceback."},
    END_ROW,
};

MemberDef base_exception_members[] = {
    {"__suppress_context__", kBool, offsetof(BaseException, suppress_context), 0, nullptr},
    END_ROW,
};

GetSetDef base_exception_getset[] = {
    GETTER_SETTER("__dict__", generic_get_dict, generic_set_dict, nullptr),
    GETTER_SETTER("args", get_args, set_args, nullptr),
    GETTER_SETTER("__traceback__", get_traceback, set_traceback, nullptr),
    GETTER_SETTER("__context__", get_context, set_context, "exception context"),
    GETTER_SETTER("__cause__", get_cause, set_cause, "exception cause"),
    END_ROW,
};

}  // namespace py
