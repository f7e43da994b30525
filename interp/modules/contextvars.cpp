// _contextvars: Context, ContextVar and Token (PEP 567). A context shares its mapping with its copies until one of them
// writes: copying is one reference, the first write after it copies the mapping.
#include "interp/modules/contextvars.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/thread.h"

namespace py {

extern Type context_type;
extern Type context_var_type;
extern Type token_type;

namespace {

struct Context : Object {
    Dict* values;       // ContextVar → value; shared while its count is above 1
    Context* previous;  // what was current before run() entered this one
    bool entered;
    Object* weaklist;
};
struct ContextVar : Object {
    Str* name;
    Object* default_value;  // or null
    Hash hash;
};
struct Token : Object {
    Context* context;
    ContextVar* variable;
    Object* old_value;  // or null: was not set
    bool used;
};
Context* as_context(Object* object) { return static_cast<Context*>(object); }
ContextVar* as_variable(Object* object) { return static_cast<ContextVar*>(object); }
Token* as_token(Object* object) { return static_cast<Token*>(object); }
Object* missing = nullptr;  // Token.MISSING

Fallible<Ref<Context>> context_new(Dict* values) {
    Ref<Context> context = make_gc<Context>(context_type);
    if (!context) return raised;
    context->values = values ? new_reference(values) : nullptr;
    context->previous = nullptr;
    context->entered = false;
    context->weaklist = nullptr;
    if (!values) {
        Fallible<Ref<Dict>> made = dict_new();
        if (!made.ok()) return raised;
        context->values = made.take().release();
    }
    gc_track(context.get());
    return context;
}

Fallible<Context*> current_context() {
    Thread* thread = Thread::current();
    if (!thread->context) {
        thread->context = TRY(context_new(nullptr)).release();
        ++thread->context_version;
    }
    return as_context(thread->context);
}

// The mapping, made the context's own first.
Fallible<Dict*> writable(Context* context) {
    if (context->values->refcount > 1) {
        Ref<Dict> own = TRY(dict_copy(context->values));
        replace_slot(context->values, own.release());
    }
    return context->values;
}

// contextvars.copy_context()
Fallible<Ref<>> contextvars_copy_context(Object*) { return copy_current_context(); }

// Context()
Object* context_construct(Type*, Object* args, Object* kwargs) {
    bool has_arguments = as_tuple(args)->size || (kwargs && as_dict(kwargs)->used);
    if (has_arguments) return raise(exc::TypeError, "Context() does not accept any arguments");
    return context_new(nullptr).release();
}
// Context.run(callable, *args, **kwargs)
Object* context_run(Object* self, Object* const* args, ssize_t nargs, Object* kwnames) {
    Context* context = as_context(self);
    if (nargs < 1) return raise(exc::TypeError, "run() missing 1 required positional argument");
    if (context->entered) return raise(exc::RuntimeError, "cannot enter context: %R is already entered", self);
    Thread* thread = Thread::current();
    context->previous = as_context(thread->context);  // its reference moves over
    context->entered = true;
    thread->context = new_reference(self);
    ++thread->context_version;
    Object* result = vectorcall(args[0], args + 1, size_t(nargs - 1), kwnames).release();
    Object* leaving = std::exchange(thread->context, static_cast<Object*>(std::exchange(context->previous, nullptr)));
    ++thread->context_version;
    context->entered = false;
    xdecref(leaving);
    return result;
}
// Context.copy()
Fallible<Ref<>> context_copy(Object* self) { return TRY(context_new(as_context(self)->values)); }

Fallible<void> check_key(Object* key) {
    if (is_exact(key, context_var_type)) return {};
    return raise(exc::TypeError, "a ContextVar key was expected, got %R", key);
}
Object* context_subscript(Object* self, Object* key) {
    TRY(check_key(key));
    Ref<> value = TRY(dict_get(as_context(self)->values, key));
    if (!value) return raise_key_error(key);
    return value.release();
}
int context_contains(Object* self, Object* key) {
    TRY(check_key(key));
    return TRY(dict_contains(as_context(self)->values, key));
}
// Context.get(key, default=None, /)
Fallible<Ref<>> context_get(Object* self, Object* const* a) {
    TRY(check_key(a[0]));
    Ref<> value = TRY(dict_get(as_context(self)->values, a[0]));
    if (value) return value;
    return share(a[1] ? a[1] : none());
}
// Context.keys()
Fallible<Ref<>> context_keys(Object* self) { return call_method(as_context(self)->values, "keys"_name); }
// Context.values()
Fallible<Ref<>> context_values(Object* self) { return call_method(as_context(self)->values, "values"_name); }
// Context.items()
Fallible<Ref<>> context_items(Object* self) { return call_method(as_context(self)->values, "items"_name); }
ssize_t context_length(Object* self) { return as_context(self)->values->used; }
Object* context_iter(Object* self) { return iter(as_context(self)->values).release(); }
Object* context_richcompare(Object* a, Object* b, int op) {
    if (!is_exact(a, context_type) || !is_exact(b, context_type) || (op != kEqual && op != kNotEqual))
        return new_reference(not_implemented());
    bool same = TRY(equals(as_context(a)->values, as_context(b)->values));
    return compare_result(same == (op == kEqual));
}
void context_dealloc(Object* self) {
    gc_untrack(self);
    if (as_context(self)->weaklist) clear_weakrefs(self);
    clear_slot(as_context(self)->previous);
    clear_slot(as_context(self)->values);
    gc_object_free(self);
}

// ContextVar(name, *, default=<unrepresentable>)
Fallible<Ref<>> variable_new(Type*, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "context variable name must be a str");
    Ref<ContextVar> variable = make_gc<ContextVar>(context_var_type);
    if (!variable) return raised;
    variable->name = new_reference(as_str(a[0]));
    variable->default_value = a[1];
    xincref(a[1]);
    variable->hash = hash_pointer(variable.get()) ^ str_hash(as_str(a[0]));
    if (variable->hash == -1) variable->hash = -2;
    gc_track(variable.get());
    return variable;
}
Object* variable_construct(Type* type, Object* args, Object* kwargs) {
    TRY(check_only_positional("ContextVar", as_tuple(args)->size, kwargs && as_dict(kwargs)->used));
    return Bound<variable_new, "ContextVar", "(name, /, *, default=None)">::new_(type, args, kwargs);
}
// ContextVar.get([default])
Fallible<Ref<>> variable_get(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("get", nargs, 0, 1));
    Thread* thread = Thread::current();
    if (thread->context) {
        Ref<> value = TRY(dict_get(as_context(thread->context)->values, self));
        if (value) return value;
    }
    if (nargs) return share(args[0]);
    if (Object* value = as_variable(self)->default_value) return share(value);
    return raise_object(exc::LookupError, self);
}
// ContextVar.set(value, /)
Fallible<Ref<>> variable_set(Object* self, Object* value) {
    Context* context = TRY(current_context());
    Ref<> old = TRY(dict_get(context->values, self));
    Ref<Token> token = make_gc<Token>(token_type);
    if (!token) return raised;
    token->context = new_reference(context);
    token->variable = new_reference(as_variable(self));
    token->old_value = old.release();
    token->used = false;
    gc_track(token.get());
    TRY(dict_set(TRY(writable(context)), self, value));
    return token;
}
// ContextVar.reset(token, /)
Fallible<Ref<>> variable_reset(Object* self, Object* object) {
    if (!is_exact(object, token_type)) return raise(exc::TypeError, "expected an instance of Token, got %R", object);
    Token* token = as_token(object);
    if (token->used) return raise(exc::RuntimeError, "%R has already been used once", object);
    if (token->variable != self) return raise(exc::ValueError, "%R was created by a different ContextVar", object);
    Context* context = TRY(current_context());
    if (token->context != context) return raise(exc::ValueError, "%R was created in a different Context", object);
    token->used = true;
    Dict* values = TRY(writable(context));
    if (token->old_value)
        TRY(dict_set(values, self, token->old_value));
    else
        TRY(dict_delete(values, self));
    return share(none());
}
Object* variable_repr(Object* self) {
    ContextVar* variable = as_variable(self);
    if (!variable->default_value) return format_str("<ContextVar name=%R at %p>", static_cast<Object*>(variable->name), self).release();
    return format_str("<ContextVar name=%R default=%R at %p>", static_cast<Object*>(variable->name), variable->default_value, self).release();
}
Hash variable_hash(Object* self) { return as_variable(self)->hash; }

Object* token_construct(Type*, Object*, Object*) { return raise(exc::RuntimeError, "Tokens can only be created by ContextVars"); }
Fallible<Ref<>> token_get_variable(Object* self) { return share<Object>(as_token(self)->variable); }
Fallible<Ref<>> token_get_old_value(Object* self) {
    Object* value = as_token(self)->old_value;
    return share(value ? value : missing);
}
Object* token_repr(Object* self) {
    return format_str("<Token%s var=%R at %p>", as_token(self)->used ? " used" : "", static_cast<Object*>(as_token(self)->variable), self).release();
}

MethodDef context_methods[] = {
    {"run", (CFunction)(void*)context_run, kFastcall | kKeywords, "run(callable, *args, **kwargs)\n\nCall inside the context."},
    METHOD("get", context_get, "($self, key, default=None, /)", "The variable's value, or the default."),
    METHOD_NOARGS("items", context_items, "($self, /)", "Variables with their values."),
    METHOD_NOARGS("keys", context_keys, "($self, /)", "The variables."),
    METHOD_NOARGS("values", context_values, "($self, /)", "The values."),
    METHOD_NOARGS("copy", context_copy, "($self, /)", "A copy of the context."),
    END_ROW,
};
SequenceMethods context_sequence = {.contains = context_contains};
MappingMethods context_mapping = {.length = context_length, .subscript = context_subscript};
MemberDef variable_members[] = {{"name", kObject, offsetof(ContextVar, name), kReadOnly, nullptr}, END_ROW};
MethodDef variable_methods[] = {
    METHOD_FAST("get", variable_get, "($self, default=<unrepresentable>, /)", "The value in the current context."),
    METHOD_O("set", variable_set, "($self, value, /)", "Set the value; a token to undo it."),
    METHOD_O("reset", variable_reset, "($self, token, /)", "Undo the set() that gave the token."),
    CLASS_GETITEM_ROW,
    END_ROW,
};
MethodDef token_methods[] = {CLASS_GETITEM_ROW, END_ROW};
GetSetDef token_getset[] = {GETTER("var", token_get_variable, nullptr), GETTER("old_value", token_get_old_value, nullptr), END_ROW};
MethodDef contextvars_functions[] = {
    METHOD_NOARGS("copy_context", contextvars_copy_context, "($module, /)", "A copy of the current context."),
    END_ROW,
};

Object* missing_repr(Object*) { return str_from_ascii("<Token.MISSING>").release(); }
constinit Type missing_type = static_type({
    .name = "Token.MISSING",
    .flags = type_flag::kDisallowInstantiation,
    .repr = missing_repr,
});
Object missing_object = {kImmortalRefcount, &missing_type};

Fallible<void> contextvars_execute(Module* module) {
    TRY(type_ready(&missing_type));
    missing = &missing_object;
    TRY(module_add_type(module, &context_type));
    TRY(module_add_type(module, &context_var_type));
    TRY(module_add_type(module, &token_type));
    return dict_set(token_type.dict, "MISSING", missing);
}

}  // namespace

constinit Type context_type = static_type({
    .name = "_contextvars.Context",
    .basic_size = sizeof(Context),
    .flags = type_flag::kHaveGc,
    .dealloc = context_dealloc,
    .traverse = traverse_members<&Context::previous, &Context::values>,
    .hash = hash_not_implemented,
    .richcompare = context_richcompare,
    .iter = context_iter,
    .sequence = &context_sequence,
    .mapping = &context_mapping,
    .methods = context_methods,
    .weaklist_offset = offsetof(Context, weaklist),
    .new_ = context_construct,
});
constinit Type context_var_type = static_type({
    .name = "_contextvars.ContextVar",
    .basic_size = sizeof(ContextVar),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&ContextVar::name, &ContextVar::default_value>,
    .traverse = traverse_members<&ContextVar::default_value>,
    .repr = variable_repr,
    .hash = variable_hash,
    .methods = variable_methods,
    .members = variable_members,
    .new_ = variable_construct,
});
constinit Type token_type = static_type({
    .name = "_contextvars.Token",
    .basic_size = sizeof(Token),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&Token::context, &Token::variable, &Token::old_value>,
    .traverse = traverse_members<&Token::context, &Token::variable, &Token::old_value>,
    .repr = token_repr,
    .hash = hash_not_implemented,
    .methods = token_methods,
    .getset = token_getset,
    .new_ = token_construct,
});

Fallible<Ref<>> copy_current_context() {
    Context* context = TRY(current_context());
    return TRY(context_new(context->values));
}

extern const NativeModule contextvars_module;
const NativeModule contextvars_module = {"_contextvars", "Context variables.", contextvars_functions, contextvars_execute};

}  // namespace py
