// function: a code object with its globals, defaults and closure.
#include "interp/objects/function.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"
#include "interp/vm/eval.h"

namespace py {
namespace {

uint32_t next_function_version = 1;  // 0 once they have run out

inline Function* as_function(Object* object) { return static_cast<Function*>(object); }
template <class T, class U>
void set_field(T*& field, U* value) {
    xincref(value);
    replace_slot(field, static_cast<T*>(value));
}

void function_dealloc(Object* object) {
    gc_untrack(object);
    Function* function = as_function(object);
    if (function->weaklist) clear_weakrefs(object);
    DeallocGuard guard(object);
    if (!guard.entered()) return;
    xdecref(function->globals);
    xdecref(function->builtins);
    xdecref(function->name);
    xdecref(function->qualname);
    xdecref(function->code);
    xdecref(function->defaults);
    xdecref(function->keyword_defaults);
    xdecref(function->closure);
    xdecref(function->doc);
    xdecref(function->dict);
    xdecref(function->module);
    xdecref(function->annotations);
    gc_object_free(object);
}
int function_traverse(Object* object, Visit visit, void* arg) {
    Function* function = as_function(object);
    VISIT(function->code);
    VISIT(function->globals);
    VISIT(function->builtins);
    VISIT(function->module);
    VISIT(function->defaults);
    VISIT(function->keyword_defaults);
    VISIT(function->doc);
    VISIT(function->name);
    VISIT(function->dict);
    VISIT(function->closure);
    VISIT(function->annotations);
    VISIT(function->qualname);
    return 0;
}
// Name, qualname and code stay: dying objects around it may still ask.
int function_clear(Object* object) {
    Function* function = as_function(object);
    function->version = 0;
    clear_slot(function->globals);
    clear_slot(function->builtins);
    clear_slot(function->module);
    clear_slot(function->defaults);
    clear_slot(function->keyword_defaults);
    clear_slot(function->doc);
    clear_slot(function->dict);
    clear_slot(function->closure);
    clear_slot(function->annotations);
    replace_slot(function->name, str_empty().release());
    replace_slot(function->qualname, str_empty().release());
    return 0;
}
Fallible<Ref<>> function_repr(Object* object) { return format_str("<function %U at %p>", as_function(object)->qualname, object); }

// A plain function found on a class becomes a method of the instance.
Object* function_get(Object* self, Object* object, Object*) {
    if (!object) return new_reference(self);
    return method_new(self, object).release();
}

Fallible<Ref<>> get_code(Object* object) {
    TRY(audit_read(object, "__code__"));
    return share(as_function(object)->code);
}
Fallible<void> set_code(Object* object, Object* value) {
    if (!value || !is_code(value)) return raise(exc::TypeError, "__code__ must be set to a code object");
    TRY(audit_write(object, "__code__", value));
    Function* function = as_function(object);
    int free_count = static_cast<Code*>(value)->free_count;
    ssize_t closure_size = function->closure ? function->closure->size : 0;
    if (free_count != closure_size)
        return raise(exc::ValueError, "%U() requires a code object with %zd free vars, not %zd", function->name, closure_size,
                     ssize_t(free_count));
    function->version = 0;
    set_field(function->code, static_cast<Code*>(value));
    return {};
}
Fallible<Ref<>> or_none(Object* value) { return share(value ? value : none()); }
Fallible<Ref<>> get_defaults(Object* object) {
    TRY(audit_read(object, "__defaults__"));
    return or_none(as_function(object)->defaults);
}
Fallible<void> set_defaults(Object* object, Object* value) {
    if (value && is_none(value)) value = nullptr;
    if (value && !is_tuple(value)) return raise(exc::TypeError, "__defaults__ must be set to a tuple object");
    TRY(audit_write(object, "__defaults__", value));
    as_function(object)->version = 0;
    set_field(as_function(object)->defaults, static_cast<Tuple*>(value));
    return {};
}
Fallible<Ref<>> get_keyword_defaults(Object* object) {
    TRY(audit_read(object, "__kwdefaults__"));
    return or_none(as_function(object)->keyword_defaults);
}
Fallible<void> set_keyword_defaults(Object* object, Object* value) {
    if (value && is_none(value)) value = nullptr;
    if (value && !is_dict(value)) return raise(exc::TypeError, "__kwdefaults__ must be set to a dict object");
    TRY(audit_write(object, "__kwdefaults__", value));
    as_function(object)->version = 0;
    set_field(as_function(object)->keyword_defaults, static_cast<Dict*>(value));
    return {};
}
Fallible<Ref<>> get_annotations(Object* object) {
    return function_annotations(as_function(object));
}
Fallible<void> set_annotations(Object* object, Object* value) {
    if (value && is_none(value)) value = nullptr;
    if (value && !is_dict(value)) return raise(exc::TypeError, "__annotations__ must be set to a dict object");
    set_field(as_function(object)->annotations, value);
    return {};
}
Fallible<Ref<>> get_name(Object* object) { return share(as_function(object)->name); }
Fallible<void> set_name(Object* object, Object* value) {
    if (!value || !is_str(value)) return raise(exc::TypeError, "__name__ must be set to a string object");
    set_field(as_function(object)->name, static_cast<Str*>(value));
    return {};
}
Fallible<Ref<>> get_qualname(Object* object) { return share(as_function(object)->qualname); }
Fallible<void> set_qualname(Object* object, Object* value) {
    if (!value || !is_str(value)) return raise(exc::TypeError, "__qualname__ must be set to a string object");
    set_field(as_function(object)->qualname, static_cast<Str*>(value));
    return {};
}

Fallible<void> check_closure(Code* code, Object* closure) {
    if (!is_tuple(closure)) {
        if (code->free_count && is_none(closure)) return raise(exc::TypeError, "arg 5 (closure) must be tuple");
        if (!is_none(closure)) return raise(exc::TypeError, "arg 5 (closure) must be None or tuple");
    }
    ssize_t count = is_none(closure) ? 0 : as_tuple(closure)->size;
    if (count != code->free_count)
        return raise(exc::ValueError, "%U requires closure of length %zd, not %zd", code->name, ssize_t(code->free_count), count);
    for (ssize_t i = 0; i < count; ++i)
        if (as_tuple(closure)->items[i]->type != &cell_type)
            return raise(exc::TypeError, "arg 5 (closure) expected cell, found %s", as_tuple(closure)->items[i]->type->name);
    return {};
}
Fallible<void> check_argument(Object* value, const Type& type, const char* name) {
    if (is_instance_of(value, type)) return {};
    return raise(exc::TypeError, "function() argument '%s' must be %s, not %N", name, type.name,
                 value);
}
// function(code, globals, name=None, argdefs=None, closure=None)
Fallible<Ref<>> function_construct(Type*, Object* const* bound) {
    TRY(check_argument(bound[0], code_type, "code"));
    TRY(check_argument(bound[1], dict_type, "globals"));
    Code* code = static_cast<Code*>(bound[0]);
    Object* name = bound[2] ? bound[2] : none();
    Object* defaults = bound[3] ? bound[3] : none();
    Object* closure = bound[4] ? bound[4] : none();
    if (!is_none(name) && !is_str(name)) return raise(exc::TypeError, "arg 3 (name) must be None or string");
    if (!is_none(defaults) && !is_tuple(defaults)) return raise(exc::TypeError, "arg 4 (defaults) must be None or tuple");
    TRY(check_closure(code, closure));
    TRY(audit("function.__new__", "O", static_cast<Object*>(code)));
    Ref<Function> function = TRY(function_new(code, bound[1], nullptr));
    if (!is_none(name)) set_field(function->name, as_str(name));
    if (!is_none(defaults)) set_field(function->defaults, as_tuple(defaults));
    if (!is_none(closure)) set_field(function->closure, as_tuple(closure));
    return function;
}

MemberDef function_members[] = {
    {"__closure__", kObjectOrNone, offsetof(Function, closure), kReadOnly, nullptr},
    {"__doc__", kObjectOrNone, offsetof(Function, doc), 0, nullptr},
    {"__globals__", kObjectOrNone, offsetof(Function, globals), kReadOnly, nullptr},
    {"__module__", kObjectOrNone, offsetof(Function, module), 0, nullptr},
    {"__builtins__", kObjectOrNone, offsetof(Function, builtins), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef function_getset[] = {
    GETTER_SETTER("__code__", get_code, set_code, nullptr),
    GETTER_SETTER("__defaults__", get_defaults, set_defaults, nullptr),
    GETTER_SETTER("__kwdefaults__", get_keyword_defaults, set_keyword_defaults, nullptr),
    GETTER_SETTER("__annotations__", get_annotations, set_annotations, nullptr),
    GETTER_SETTER("__dict__", generic_get_dict, generic_set_dict, nullptr),
    GETTER_SETTER("__name__", get_name, set_name, nullptr),
    GETTER_SETTER("__qualname__", get_qualname, set_qualname, nullptr),
    END_ROW,
};

}  // namespace

// MAKE_FUNCTION leaves annotations as a flat tuple of names and values; the dict is made when it is asked for.
Fallible<Ref<Dict>> function_annotations(Function* function) {
    if (!function->annotations) function->annotations = TRY(dict_new()).release();
    if (is_tuple(function->annotations)) {
        Tuple* flat = as_tuple(function->annotations);
        Ref<Dict> dict = TRY(dict_new());
        for (ssize_t i = 0; i + 1 < flat->size; i += 2) TRY(dict_set(dict.get(), flat->items[i], flat->items[i + 1]));
        replace_slot(function->annotations, static_cast<Object*>(dict.release()));
    }
    return share(as_dict(function->annotations));
}

// Getter and setter of `__dict__` for types with dict_offset.
Fallible<Ref<>> generic_get_dict(Object* object) {
    Ref<Dict> dict = TRY(instance_dict(object));
    if (!dict) return raise(exc::AttributeError, "This object has no __dict__");
    return dict;
}
Fallible<void> generic_set_dict(Object* object, Object* value) {
    Object** slot = instance_dict_slot(object);
    if (!slot) return raise(exc::AttributeError, "This object has no __dict__");
    if (!value) return raise(exc::TypeError, "cannot delete __dict__");
    if (!is_dict(value)) return raise(exc::TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", value->type->name);
    replace_slot(*slot, new_reference(value));
    return {};
}

Fallible<Ref<Function>> function_new(Code* code, Object* globals, Str* qualname) {
    Object* doc = code->consts->size && is_str(code->consts->items[0]) ? code->consts->items[0] : none();
    Ref<> module = TRY(dict_get(as_dict(globals), "__name__"_name));
    Object* builtins = TRY(builtins_of_globals(globals));
    Ref<Function> function = TRY(Fallible<Ref<Function>>(make_gc<Function>(function_type)));
    function->globals = new_reference(globals);
    function->builtins = new_reference(builtins);
    function->name = new_reference(code->name);
    function->qualname = new_reference(qualname ? qualname : code->qualname);
    function->code = new_reference(code);
    function->defaults = nullptr;
    function->keyword_defaults = nullptr;
    function->closure = nullptr;
    function->doc = new_reference(doc);
    function->dict = nullptr;
    function->weaklist = nullptr;
    function->module = module.release();
    function->annotations = nullptr;
    function->vectorcall = function_vectorcall;
    function->version = 0;
    gc_track(function.get());
    return function;
}

uint32_t function_version(Function* function) {
    if (function->version) return function->version;
    if (function->vectorcall != function_vectorcall || next_function_version == 0) return 0;
    return function->version = next_function_version++;
}

constinit Type function_type = static_type({
    .name = "function",
    .basic_size = sizeof(Function),
    .flags = type_flag::kHaveGc | type_flag::kHaveVectorcall | type_flag::kMethodDescriptor,
    .doc = "function(code, globals, name=None, argdefs=None, closure=None)\n--\n\n"
           "A function made from a code object and a dict of globals.\n\n"
           "`argdefs` are the defaults of the last parameters, `closure` the cells of the code's free variables.",
    .dealloc = function_dealloc,
    .traverse = function_traverse,
    .clear = function_clear,
    .repr = slot1<function_repr>,
    .call = call_through_vectorcall,
    .vectorcall_offset = offsetof(Function, vectorcall),
    .members = function_members,
    .getset = function_getset,
    .descr_get = function_get,
    .dict_offset = offsetof(Function, dict),
    .weaklist_offset = offsetof(Function, weaklist),
    .new_ = Bound<function_construct, "function", "(code, globals, name=None, argdefs=None, closure=None)">::new_,
});

}  // namespace py
