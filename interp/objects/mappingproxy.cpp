// mappingproxy: a read-only view of a mapping; what `type.__dict__` gives.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

struct MappingProxy : Object {
    Object* mapping;
};
inline Object* mapping_of(Object* object) { return static_cast<MappingProxy*>(object)->mapping; }
Object* unwrapped(Object* object) { return object->type == &mappingproxy_type ? mapping_of(object) : object; }

void mappingproxy_dealloc(Object* object) {
    gc_untrack(object);
    decref(mapping_of(object));
    gc_object_free(object);
}
int mappingproxy_traverse(Object* object, Visit visit, void* arg) {
    VISIT(mapping_of(object));
    return 0;
}
ssize_t mappingproxy_length(Object* self) { return TRY(length(mapping_of(self))); }
Fallible<Ref<>> mappingproxy_subscript(Object* self, Object* key) { return get_item(mapping_of(self), key); }
int mappingproxy_contains(Object* self, Object* key) {
    if (is_dict_exact(mapping_of(self))) return TRY(dict_contains(as_dict(mapping_of(self)), key));
    return TRY(contains(mapping_of(self), key));
}
Fallible<Ref<>> mappingproxy_iter(Object* self) { return iter(mapping_of(self)); }
Fallible<Ref<>> mappingproxy_repr(Object* self) { return format_str("mappingproxy(%R)", mapping_of(self)); }
Fallible<Ref<>> mappingproxy_str(Object* self) { return str(mapping_of(self)); }
Object* mappingproxy_richcompare(Object* self, Object* other, int op) {
    return rich_compare(mapping_of(self), other, CompareOp(op)).release();
}
Object* mappingproxy_or(Object* a, Object* b) { return binary_op(BinaryOp::Or, unwrapped(a), unwrapped(b)).release(); }
Object* mappingproxy_inplace_or(Object* self, Object*) {
    return raise(exc::TypeError, "'|=' is not supported by %s; use '|' instead", self->type->name);
}

// mappingproxy.get(key, default=None, /)
Fallible<Ref<>> mappingproxy_get(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("get", nargs, 1, 2));
    return call_method(mapping_of(self), "get"_name, args[0], nargs > 1 ? args[1] : none());
}
// mappingproxy.keys()
Fallible<Ref<>> mappingproxy_keys(Object* self) { return call_method(mapping_of(self), "keys"_name); }
// mappingproxy.values()
Fallible<Ref<>> mappingproxy_values(Object* self) { return call_method(mapping_of(self), "values"_name); }
// mappingproxy.items()
Fallible<Ref<>> mappingproxy_items(Object* self) { return call_method(mapping_of(self), "items"_name); }
// mappingproxy.copy()
Fallible<Ref<>> mappingproxy_copy(Object* self) { return call_method(mapping_of(self), "copy"_name); }
// mappingproxy.__reversed__()
Fallible<Ref<>> mappingproxy_reversed(Object* self) { return call_method(mapping_of(self), "__reversed__"_name); }

// mappingproxy(mapping)
Fallible<Ref<>> mappingproxy_construct(Type*, Object* const* bound) {
    Object* mapping = bound[0];
    if (!is_mapping(mapping) || is_list(mapping) || is_tuple(mapping))
        return raise(exc::TypeError, "mappingproxy() argument must be a mapping, not %T", mapping);
    return mappingproxy_new(mapping);
}

MappingMethods mappingproxy_mapping{.length = mappingproxy_length, .subscript = slot2<mappingproxy_subscript>};
SequenceMethods mappingproxy_sequence{.contains = mappingproxy_contains};
NumberMethods mappingproxy_number{.bit_or = mappingproxy_or, .inplace_or = mappingproxy_inplace_or};

#define PROXY_METHOD(name, doc) \
    {#name, reinterpret_cast<CFunction>(wrap_no_args<mappingproxy_##name>), kNoArgs, doc}
MethodDef mappingproxy_methods[] = {
    {"get", reinterpret_cast<CFunction>(reinterpret_cast<void*>(wrap_fast<mappingproxy_get>)), kFastcall,
     "The value of the key, or the default."},
    PROXY_METHOD(keys, "A view of the mapping's keys."),
    PROXY_METHOD(values, "A view of the mapping's values."),
    PROXY_METHOD(items, "A view of the mapping's items."),
    PROXY_METHOD(copy, "A shallow copy of the mapping."),
    CLASS_GETITEM_ROW,
    {"__reversed__", reinterpret_cast<CFunction>(wrap_no_args<mappingproxy_reversed>), kNoArgs, "A reverse iterator over the keys."},
    END_ROW,
};

}  // namespace

Fallible<Ref<>> mappingproxy_new(Object* mapping) {
    Ref<MappingProxy> proxy = TRY(Fallible<Ref<MappingProxy>>(make_gc<MappingProxy>(mappingproxy_type)));
    proxy->mapping = new_reference(mapping);
    gc_track(proxy.get());
    return proxy;
}

constinit Type mappingproxy_type = static_type({
    .name = "mappingproxy",
    .basic_size = sizeof(MappingProxy),
    .flags = type_flag::kHaveGc | type_flag::kMapping,
    .dealloc = mappingproxy_dealloc,
    .traverse = mappingproxy_traverse,
    .repr = slot1<mappingproxy_repr>,
    .str = slot1<mappingproxy_str>,
    .richcompare = mappingproxy_richcompare,
    .getattro = generic_getattro_slot,
    .iter = slot1<mappingproxy_iter>,
    .number = &mappingproxy_number,
    .sequence = &mappingproxy_sequence,
    .mapping = &mappingproxy_mapping,
    .methods = mappingproxy_methods,
    .new_ = Bound<mappingproxy_construct, "mappingproxy", "(mapping)">::new_,
});

}  // namespace py
