// Exceptions with attributes of their own: SystemExit, StopIteration, ImportError, AttributeError, NameError, SyntaxError.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception_layouts.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

namespace {

void set_field(Object*& field, Object* value_or_null) {
    xincref(value_or_null);
    replace_slot(field, value_or_null);
}

// Only these keywords, each at most once: values (borrowed) or null. TypeError names `function`.
struct KeywordField {
    const char* name;
    Object** field;
};
Fallible<void> take_keywords(Object* kwargs, const char* function, std::initializer_list<KeywordField> fields) {
    for (const KeywordField& row : fields) set_field(*row.field, nullptr);
    if (!kwargs) return {};
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(as_dict(kwargs), &position, &key, &value)) {
        bool known = false;
        for (const KeywordField& row : fields) {
            if (!str_equals(as_str(key), row.name)) continue;
            set_field(*row.field, value);
            known = true;
        }
        if (!known) return raise(exc::TypeError, "'%U' is an invalid keyword argument for %s()", key, function);
    }
    return {};
}

Fallible<void> init_without_keywords(Object* self, Object* args) {
    return Fallible<void>::from_slot(base_exception_init(self, args, nullptr));
}

}  // namespace

// SystemExit.code: nothing, the argument, or all of them.
int system_exit_init(Object* self, Object* args, Object* kwargs) {
    if (base_exception_init(self, args, kwargs) < 0) return -1;
    Tuple* tuple = as_tuple(args);
    if (tuple->size == 0) return 0;
    set_field(static_cast<SystemExitException*>(self)->code, tuple->size == 1 ? tuple->items[0] : tuple);
    return 0;
}

int stop_iteration_init(Object* self, Object* args, Object* kwargs) {
    if (base_exception_init(self, args, kwargs) < 0) return -1;
    Tuple* tuple = as_tuple(args);
    set_field(static_cast<StopIterationException*>(self)->value, tuple->size ? tuple->items[0] : none());
    return 0;
}

// ImportError(*args, name=None, path=None)
int import_error_init(Object* self, Object* args, Object* kwargs) {
    TRY(init_without_keywords(self, args));
    auto* error = static_cast<ImportErrorException*>(self);
    TRY(take_keywords(kwargs, "ImportError", {{"name", &error->name}, {"path", &error->path}}));
    Tuple* tuple = as_tuple(args);
    set_field(error->message, tuple->size == 1 ? tuple->items[0] : nullptr);
    return 0;
}

Object* import_error_str(Object* self) {
    Object* message = static_cast<ImportErrorException*>(self)->message;
    if (message && is_str_exact(message)) return new_reference(message);
    return base_exception_str(self);
}

namespace {

// ImportError.__reduce__()
Fallible<Ref<>> import_error_reduce(Object* self) {
    auto* error = static_cast<ImportErrorException*>(self);
    if (!error->name && !error->path) return exception_reduce_with(self, error->args, error->dict);
    Ref<Dict> state = error->dict ? TRY(dict_copy(error->dict)) : TRY(dict_new());
    if (error->name) TRY(dict_set(state.get(), "name"_name, error->name));
    if (error->path) TRY(dict_set(state.get(), "path"_name, error->path));
    return exception_reduce_with(self, error->args, state.get());
}

}  // namespace

// AttributeError(*args, name=None, obj=None)
int attribute_error_init(Object* self, Object* args, Object* kwargs) {
    TRY(init_without_keywords(self, args));
    auto* error = static_cast<AttributeErrorException*>(self);
    return take_keywords(kwargs, "AttributeError", {{"name", &error->name}, {"obj", &error->object}}).release();
}

// NameError(*args, name=None)
int name_error_init(Object* self, Object* args, Object* kwargs) {
    TRY(init_without_keywords(self, args));
    return take_keywords(kwargs, "NameError", {{"name", &static_cast<NameErrorException*>(self)->name}}).release();
}

// SyntaxError(message, (filename, lineno, offset, text[, end_lineno, end_offset]))
int syntax_error_init(Object* self, Object* args, Object* kwargs) {
    if (base_exception_init(self, args, kwargs) < 0) return -1;
    auto* error = static_cast<SyntaxErrorException*>(self);
    Tuple* tuple = as_tuple(args);
    if (tuple->size >= 1) set_field(error->message, tuple->items[0]);
    if (tuple->size != 2) return 0;
    Ref<Tuple> place = TRY(tuple_of(tuple->items[1]));
    if (place->size < 4 || place->size > 6) {
        const char* bound = place->size < 4 ? "least 4" : "most 6";
        return raise(exc::TypeError, "function takes at %s arguments (%zd given)", bound, place->size);
    }
    set_field(error->filename, place->items[0]);
    set_field(error->lineno, place->items[1]);
    set_field(error->offset, place->items[2]);
    set_field(error->text, place->items[3]);
    set_field(error->end_lineno, place->size > 4 ? place->items[4] : nullptr);
    set_field(error->end_offset, place->size > 5 ? place->items[5] : nullptr);
    if (place->size == 5) return raise(exc::TypeError, "end_offset must be provided when end_lineno is provided");
    return 0;
}

Object* syntax_error_str(Object* self) {
    auto* error = static_cast<SyntaxErrorException*>(self);
    Object* message = error->message ? error->message : none();
    Ref<Str> file;
    if (error->filename && is_str(error->filename)) {
        Str* path = as_str(error->filename);
        ssize_t slash = str_find_char(path, '/', 0, path->length, -1);
        file = TRY(str_substring(path, slash + 1, path->length));
    }
    long line = 0;
    bool has_line = error->lineno && is_int_exact(error->lineno);
    if (has_line) {
        int overflow;
        line = as_int64_clamped(as_int(error->lineno), &overflow);
        if (overflow) line = -1;
    }
    if (file && has_line) return format_str("%S (%U, line %ld)", message, file.get(), line).release();
    if (file) return format_str("%S (%U)", message, file.get()).release();
    if (has_line) return format_str("%S (line %ld)", message, line).release();
    return str(message).release();
}

#define OBJECT_FIELD(name, structure, field, doc) {name, kObjectOrNone, offsetof(structure, field), 0, doc}

MemberDef system_exit_members[] = {
    OBJECT_FIELD("code", SystemExitException, code, "exception code"),
    END_ROW,
};
MemberDef stop_iteration_members[] = {
    OBJECT_FIELD("value", StopIterationException, value, "generator return value"),
    END_ROW,
};
MethodDef import_error_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<import_error_reduce>, kNoArgs, nullptr},
    END_ROW,
};
MemberDef import_error_members[] = {
    OBJECT_FIELD("msg", ImportErrorException, message, "exception message"),
    OBJECT_FIELD("name", ImportErrorException, name, "module name"),
    OBJECT_FIELD("path", ImportErrorException, path, "module path"),
    END_ROW,
};
MemberDef attribute_error_members[] = {
    OBJECT_FIELD("name", AttributeErrorException, name, "attribute name"),
    OBJECT_FIELD("obj", AttributeErrorException, object, "object"),
    END_ROW,
};
MemberDef name_error_members[] = {
    OBJECT_FIELD("name", NameErrorException, name, "name"),
    END_ROW,
};
MemberDef syntax_error_members[] = {
    OBJECT_FIELD("msg", SyntaxErrorException, message, "exception msg"),
    OBJECT_FIELD("filename", SyntaxErrorException, filename, "exception filename"),
    OBJECT_FIELD("lineno", SyntaxErrorException, lineno, "exception lineno"),
    OBJECT_FIELD("offset", SyntaxErrorException, offset, "exception offset"),
    OBJECT_FIELD("text", SyntaxErrorException, text, "exception text"),
    OBJECT_FIELD("end_lineno", SyntaxErrorException, end_lineno, "exception end lineno"),
    OBJECT_FIELD("end_offset", SyntaxErrorException, end_offset, "exception end offset"),
    OBJECT_FIELD("print_file_and_line", SyntaxErrorException, print_file_and_line, "exception print_file_and_line"),
    END_ROW,
};

}  // namespace py
