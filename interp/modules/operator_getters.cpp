// operator.itemgetter, operator.attrgetter, operator.methodcaller.
#include "interp/modules/operator.h"

namespace py::operators {

namespace {

// itemgetter and attrgetter: what to fetch. Several items: a tuple of results.
struct Getter : Object {
    Tuple* wanted;     // keys; of attrgetter, each a str or a tuple of str (a dotted name taken apart)
    Tuple* arguments;  // as they were given
    ssize_t index;     // itemgetter with one small non-negative int; else -1
    VectorcallSlot vectorcall;
};
Getter* as_getter(Object* object) {
    return static_cast<Getter*>(object);
}

using Fetch = Fallible<Ref<>> (*)(Object* object, Object* wanted);

Fallible<Ref<>> fetch_all(Getter* self, Object* object, Fetch fetch) {
    if (self->wanted->size == 1) return fetch(object, self->wanted->items[0]);
    Ref<Tuple> result = TRY(tuple_new(self->wanted->size));
    for (ssize_t i = 0; i < result->size; ++i)
        result->items[i] = TRY(fetch(object, self->wanted->items[i]))
    .release();
    return result;
}

template <Fetch fetch, FixedString Name>
Object* getter_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Getter* self = as_getter(callable);
    TRY(check_no_keywords(Name.text, kwnames));
    TRY(check_positional(Name.text, vectorcall_nargs(nargsf), 1, 1));
    // FAST: one position of a tuple.
    if (self->index >= 0 && is_tuple_exact(args[0]) && self->index < as_tuple(args[0])->size)
        return new_reference(as_tuple(args[0])->items[self->index]);
    return fetch_all(self, args[0], fetch).release();
}

Fallible<Ref<>> fetch_attribute(Object* object, Object* wanted) {
    if (is_str(wanted)) return get_attr(object, as_str(wanted));
    Ref<> current = share(object);
    for (ssize_t i = 0; i < as_tuple(wanted)->size; ++i)
        current = TRY(get_attr(current.get(), as_str(as_tuple(wanted)->items[i])));
    return current;
}

Fallible<Ref<Getter>> getter_make(Type* type, Ref<Tuple> wanted, Tuple* arguments, VectorcallSlot vectorcall_slot) {
    Ref<Getter> self = TRY(instance_new<Getter>(type));
    self->wanted = wanted.release();
    self->arguments = new_reference(arguments);
    self->index = -1;
    self->vectorcall = vectorcall_slot;
    return self;
}

// operator.itemgetter(item, /, *items)
Object* itemgetter_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &itemgetter_type || type->init == itemgetter_type.init) TRY(check_no_keywords("itemgetter", kwargs));
    Tuple* items = as_tuple(args);
    if (items->size == 0) TRY(check_positional("itemgetter", 0, 1, 1));
    Ref<Getter> self = TRY(getter_make(type, share(items), items, getter_vectorcall<get_item, "itemgetter">));
    if (items->size == 1 && is_int_exact(items->items[0])) {
        int overflow;
        int64_t index = as_int64_clamped(as_int(items->items[0]), &overflow);
        if (!overflow && index >= 0) self->index = index;
    }
    return self.release();
}

// The name itself, or its parts where it has dots.
Fallible<Ref<>> split_name(Object* name) {
    if (!is_str(name)) return raise(exc::TypeError, "attribute name must be a string");
    Str* text = as_str(name);
    if (str_find_char(text, '.', 0, text->length, 1) < 0) {
        if (!is_str_exact(name)) return share(name);
        return intern(share(text));
    }
    Ref<Str> dot = TRY(str_from_char('.'));
    Ref<List> parts = TRY(str_split(text, dot.get(), -1));
    for (ssize_t i = 0; i < parts->size; ++i)
        parts->items[i] = intern(steal(as_str(parts->items[i]))).release();
    return list_as_tuple(parts.get());
}
// operator.attrgetter(attr, /, *attrs)
Object* attrgetter_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &attrgetter_type || type->init == attrgetter_type.init) TRY(check_no_keywords("attrgetter", kwargs));
    Tuple* names = as_tuple(args);
    if (names->size == 0) TRY(check_positional("attrgetter", 0, 1, 1));
    Ref<Tuple> wanted = TRY(tuple_new(names->size));
    for (ssize_t i = 0; i < names->size; ++i)
        wanted->items[i] = TRY(split_name(names->items[i]))
    .release();
    return getter_make(type, std::move(wanted), names, getter_vectorcall<fetch_attribute, "attrgetter">).release();
}

Fallible<Ref<>> getter_repr(Object* object) {
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    const char* name = object->type->name;
    if (guard.is_shown_already()) return format_str("%s(...)", name);
    Tuple* arguments = as_getter(object)->arguments;
    return arguments->size == 1 ? format_str("%s(%R)", name, arguments->items[0]) : format_str("%s%R", name, arguments);
}
// operator.itemgetter.__reduce__(), operator.attrgetter.__reduce__()
Fallible<Ref<>> getter_reduce(Object* object) {
    return tuple_pack(static_cast<Object*>(object->type), as_getter(object)->arguments);
}
MethodDef getter_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<getter_reduce>, kNoArgs, "Return state information for pickling"}, END_ROW};

constexpr Type getter_type(const char* name, const char* doc, NewSlot new_slot) {
    return static_type({
        .name = name,
        .basic_size = sizeof(Getter),
        .flags = type_flag::kHaveGc | type_flag::kHaveVectorcall,
        .doc = doc,
        .dealloc = dealloc_members<&Getter::wanted, &Getter::arguments>,
        .traverse = traverse_members<&Getter::wanted, &Getter::arguments>,
        .clear = clear_members<&Getter::wanted, &Getter::arguments>,
        .repr = slot1<getter_repr>,
        .call = call_through_vectorcall,
        .vectorcall_offset = offsetof(Getter, vectorcall),
        .methods = getter_methods,
        .new_ = new_slot,
    });
}

struct MethodCaller : Object {
    Str* name;
    Tuple* arguments;
    Dict* keywords;  // or null
};
MethodCaller* as_caller(Object* object) {
    return static_cast<MethodCaller*>(object);
}

// operator.methodcaller(name, /, *args, **kwargs)
Object* methodcaller_tp_new(Type* type, Object* args, Object* kwargs) {
    Tuple* given = as_tuple(args);
    if (given->size < 1) return raise(exc::TypeError, "methodcaller needs at least one argument, the method name");
    if (!is_str(given->items[0])) return raise(exc::TypeError, "method name must be a string");
    Ref<Tuple> arguments = TRY(tuple_slice(given, 1, given->size));
    Ref<Dict> keywords;
    if (kwargs && as_dict(kwargs)->used) keywords = TRY(dict_copy(as_dict(kwargs)));
    Ref<MethodCaller> self = TRY(instance_new<MethodCaller>(type));
    Ref<Str> name = share(as_str(given->items[0]));
    self->name = is_str_exact(name.get()) ? intern(std::move(name)).release() : name.release();
    self->arguments = arguments.release();
    self->keywords = keywords.release();
    return self.release();
}
Object* methodcaller_call(Object* object, Object* args, Object* kwargs) {
    TRY(check_no_keywords("methodcaller", kwargs));
    TRY(check_positional("methodcaller", as_tuple(args)->size, 1, 1));
    MethodCaller* self = as_caller(object);
    Ref<> method = TRY(get_attr(as_tuple(args)->items[0], self->name));
    return call_tuple(method.get(), self->arguments, self->keywords).release();
}
Fallible<Ref<Str>> methodcaller_text(MethodCaller* self) {
    StrBuilder text;
    TRY(text.append(TRY(format_str("%s(%R", self->type->name, self->name)).get()));
    for (ssize_t i = 0; i < self->arguments->size; ++i)
        TRY(text.append(TRY(format_str(", %R", self->arguments->items[i])).get()));
    ssize_t position = 0;
    Object *key, *value;
    while (self->keywords && dict_next(self->keywords, &position, &key, &value))
        TRY(text.append(TRY(format_str(", %U=%R", key, value)).get()));
    TRY(text.append_ascii(")"));
    return text.finish();
}
Fallible<Ref<>> methodcaller_repr(Object* object) {
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return format_str("%s(...)", object->type->name);
    return methodcaller_text(as_caller(object));
}
Fallible<Ref<>> import_attribute(const char* module_name, const char* name) {
    Ref<> import_function = TRY(builtin_attr("__import__"));
    Ref<Str> module_text = TRY(str_from_utf8(module_name));
    Ref<> module = TRY(call(import_function.get(), module_text.get()));
    return get_attr(module.get(), name);
}
// operator.methodcaller.__reduce__(): keywords travel in a functools.partial.
Fallible<Ref<>> methodcaller_reduce(Object* object) {
    MethodCaller* self = as_caller(object);
    if (!self->keywords) {
        Ref<Tuple> arguments = TRY(tuple_new(self->arguments->size + 1));
        arguments->items[0] = new_reference(self->name);
        for (ssize_t i = 0; i < self->arguments->size; ++i)
            arguments->items[i + 1] = new_reference(self->arguments->items[i]);
        return tuple_pack(static_cast<Object*>(object->type), arguments.get());
    }
    Ref<> partial = TRY(import_attribute("functools", "partial"));
    Object* arguments[] = {object->type, self->name};
    Ref<> constructor = TRY(call_dict(partial.get(), arguments, 2, self->keywords));
    return tuple_pack(constructor.get(), self->arguments);
}
MethodDef methodcaller_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<methodcaller_reduce>, kNoArgs, "Return state information for pickling"},
    END_ROW};

}  // namespace

constinit Type itemgetter_type =
    getter_type("operator.itemgetter",
                "itemgetter(item, ...) --> itemgetter object\n\nA callable that fetches the items of its argument.",
                itemgetter_tp_new);
constinit Type attrgetter_type = getter_type(
    "operator.attrgetter",
    "attrgetter(attr, ...) --> attrgetter object\n\nA callable that fetches the (dotted) attributes of its argument.",
    attrgetter_tp_new);
constinit Type methodcaller_type = static_type({
    .name = "operator.methodcaller",
    .basic_size = sizeof(MethodCaller),
    .flags = type_flag::kHaveGc,
    .doc = "methodcaller(name, ...) --> methodcaller object\n\nA callable that calls the method of its argument.",
    .dealloc = dealloc_members<&MethodCaller::name, &MethodCaller::arguments, &MethodCaller::keywords>,
    .traverse = traverse_members<&MethodCaller::name, &MethodCaller::arguments, &MethodCaller::keywords>,
    .clear = clear_members<&MethodCaller::name, &MethodCaller::arguments, &MethodCaller::keywords>,
    .repr = slot1<methodcaller_repr>,
    .call = methodcaller_call,
    .methods = methodcaller_methods,
    .new_ = methodcaller_tp_new,
});

}  // namespace py::operators
