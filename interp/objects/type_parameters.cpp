// Collecting and substituting type variables in the arguments of generic aliases and unions.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/generic_alias.h"
#include "interp/objects/str.h"

namespace py {
namespace {

ssize_t index_of(Tuple* tuple, ssize_t count, Object* item) {
    for (ssize_t i = 0; i < count; ++i)
        if (tuple->items[i] == item) return i;
    return -1;
}
Fallible<void> add_once(List* list, Object* item) {
    for (ssize_t i = 0; i < list->size; ++i)
        if (list->items[i] == item) return {};
    return list_append(list, item);
}
Fallible<void> extend_with_tuple(List* list, Tuple* tuple) {
    for (ssize_t i = 0; i < tuple->size; ++i) TRY(list_append(list, tuple->items[i]));
    return {};
}

// *tuple[int, str] among the items counts as its arguments, unless it is of unknown length.
Fallible<Ref<Tuple>> unpack_items(Object* item) {
    Ref<List> result = TRY(list_new(0));
    Object* const* items = is_tuple(item) ? as_tuple(item)->items : &item;
    ssize_t count = is_tuple(item) ? as_tuple(item)->size : 1;
    for (ssize_t i = 0; i < count; ++i) {
        Ref<> inner;
        if (!is_type(items[i])) inner = TRY(lookup_attr(items[i], "__typing_unpacked_tuple_args__"_name));
        bool fixed = inner && is_tuple(inner.get()) &&
                     !(as_tuple(inner.get())->size && as_tuple(inner.get())->items[as_tuple(inner.get())->size - 1] == ellipsis());
        if (fixed)
            TRY(extend_with_tuple(result.get(), as_tuple(inner.get())));
        else
            TRY(list_append(result.get(), items[i]));
    }
    return list_as_tuple(result.get());
}

// Each parameter may rearrange the items before the count is checked (ParamSpec, TypeVarTuple).
Fallible<Ref<Tuple>> prepare_items(Object* self, Tuple* parameters, Object* item) {
    Ref<Tuple> items = TRY(unpack_items(item));
    for (ssize_t i = 0; i < parameters->size; ++i) {
        Ref<> prepare = TRY(lookup_attr(parameters->items[i], "__typing_prepare_subst__"_name));
        if (!prepare || is_none(prepare.get())) continue;
        Ref<> prepared = TRY(call(prepare.get(), self, static_cast<Object*>(items.get())));
        items = is_tuple(prepared.get()) ? std::move(prepared).cast<Tuple>() : TRY(tuple_pack(prepared.get()));
    }
    return items;
}

// An argument that is generic itself: subscripted with what its own parameters become.
Fallible<Ref<>> substitute_inside(Object* argument, Tuple* parameters, Tuple* items) {
    Ref<> own = TRY(lookup_attr(argument, "__parameters__"_name));
    if (!own || !is_tuple(own.get()) || as_tuple(own.get())->size == 0) return share(argument);
    Ref<List> values = TRY(list_new(0));
    for (ssize_t i = 0; i < as_tuple(own.get())->size; ++i) {
        Object* parameter = as_tuple(own.get())->items[i];
        ssize_t at = index_of(parameters, parameters->size, parameter);
        Object* value = at < 0 ? parameter : items->items[at];
        // A TypeVarTuple stands for several.
        if (at >= 0 && parameter->type->iter && is_tuple(value))
            TRY(extend_with_tuple(values.get(), as_tuple(value)));
        else
            TRY(list_append(values.get(), value));
    }
    Ref<Tuple> subscript = TRY(list_as_tuple(values.get()));
    return get_item(argument, subscript.get());
}

Fallible<bool> is_unpacked_variadic(Object* argument) {
    if (is_type(argument)) return false;
    Ref<> mark = TRY(lookup_attr(argument, "__typing_is_unpacked_typevartuple__"_name));
    return mark ? is_true(mark.get()) : Fallible<bool>(false);
}
Fallible<void> add_substituted(List* result, Object* argument, Tuple* parameters, Tuple* items) {
    if (is_type(argument)) return list_append(result, argument);
    bool variadic = TRY(is_unpacked_variadic(argument));
    Ref<> substitute = TRY(lookup_attr(argument, "__typing_subst__"_name));
    Ref<> value;
    if (substitute) {
        ssize_t at = index_of(parameters, parameters->size, argument);
        CHECK(at >= 0);
        value = TRY(call(substitute.get(), items->items[at]));
    } else {
        value = TRY(substitute_inside(argument, parameters, items));
    }
    if (variadic && is_tuple(value.get())) return extend_with_tuple(result, as_tuple(value.get()));
    return list_append(result, value.get());
}

}  // namespace

Fallible<Ref<Tuple>> type_parameters(Tuple* args) {
    Ref<List> result = TRY(list_new(0));
    for (ssize_t i = 0; i < args->size; ++i) {
        Object* argument = args->items[i];
        // A bare class's __parameters__ are those of its definition, not of this use.
        if (is_type(argument)) continue;
        Ref<> substitute = TRY(lookup_attr(argument, "__typing_subst__"_name));
        if (substitute) {
            TRY(add_once(result.get(), argument));
            continue;
        }
        Ref<> inner = TRY(lookup_attr(argument, "__parameters__"_name));
        if (!inner || !is_tuple(inner.get())) continue;
        for (ssize_t j = 0; j < as_tuple(inner.get())->size; ++j) TRY(add_once(result.get(), as_tuple(inner.get())->items[j]));
    }
    return list_as_tuple(result.get());
}

Fallible<Ref<Tuple>> substitute_parameters(Object* self, Tuple* args, Tuple* parameters, Object* item) {
    if (parameters->size == 0) return raise(exc::TypeError, "%R is not a generic class", self);
    Ref<Tuple> items = TRY(prepare_items(self, parameters, item));
    if (items->size != parameters->size)
        return raise(exc::TypeError, "Too %s arguments for %R; actual %zd, expected %zd",
                     items->size > parameters->size ? "many" : "few", self, items->size, parameters->size);
    Ref<List> result = TRY(list_new(0));
    for (ssize_t i = 0; i < args->size; ++i) TRY(add_substituted(result.get(), args->items[i], parameters, items.get()));
    return list_as_tuple(result.get());
}

Fallible<Ref<Str>> type_argument_repr(Object* argument) {
    if (argument == ellipsis()) return share("..."_name);
    Ref<> origin = TRY(lookup_attr(argument, "__origin__"_name));
    if (origin) {
        Ref<> args = TRY(lookup_attr(argument, "__args__"_name));
        if (args) return repr(argument);
    }
    Ref<> qualname = TRY(lookup_attr(argument, "__qualname__"_name));
    if (!qualname) return repr(argument);
    Ref<> module = TRY(lookup_attr(argument, "__module__"_name));
    if (!module || is_none(module.get())) return repr(argument);
    if (is_str(module.get()) && str_equals(as_str(module.get()), "builtins")) return str(qualname.get());
    return format_str("%S.%S", module.get(), qualname.get());
}

}  // namespace py
