// types.SimpleNamespace.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

struct Namespace : Object {
    Dict* dict;
};
inline Namespace* as_namespace(Object* object) { return static_cast<Namespace*>(object); }

Object* namespace_construct(Type* type, Object*, Object*) {
    Ref<> self = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    as_namespace(self.get())->dict = TRY(dict_new()).release();
    return self.release();
}
// SimpleNamespace(**kwargs)
int namespace_init(Object* self, Object* args, Object* kwargs) {
    if (as_tuple(args)->size) return raise(exc::TypeError, "no positional arguments expected");
    if (!kwargs) return 0;
    TRY(check_keywords_are_str(kwargs));
    return dict_update(as_namespace(self)->dict, kwargs).release();
}

Fallible<Ref<List>> attribute_texts(Dict* dict) {
    Ref<List> texts = TRY(list_new(0));
    Ref<List> keys = TRY(dict_keys_list(dict));
    for (ssize_t i = 0; i < keys->size; ++i) {
        Object* key = keys->items[i];
        if (!is_str(key) || as_str(key)->length == 0) continue;
        Ref<> value = TRY(dict_get(dict, key));
        if (!value) return raise_key_error(key);
        Ref<Str> text = TRY(format_str("%U=%R", key, value.get()));
        TRY(list_append(texts.get(), text.get()));
    }
    return texts;
}
Fallible<Ref<Str>> joined_attributes(Object* self, const char* name) {
    Ref<Dict> dict = share(as_namespace(self)->dict);
    Ref<List> texts = TRY(attribute_texts(dict.get()));
    Ref<Str> joined = TRY(str_join(TRY(str_from_ascii(", ")).get(), texts.get()));
    return format_str("%s(%U)", name, joined.get());
}
Fallible<Ref<>> namespace_repr(Object* self) {
    const char* name = self->type == &namespace_type ? "namespace" : self->type->name;
    ReprGuard guard(self);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return format_str("%s(...)", name);
    return joined_attributes(self, name);
}
Object* namespace_richcompare(Object* a, Object* b, int op) {
    if (!is_instance_of(a, namespace_type) || !is_instance_of(b, namespace_type)) return new_reference(not_implemented());
    return rich_compare(as_namespace(a)->dict, as_namespace(b)->dict, CompareOp(op)).release();
}
// SimpleNamespace.__reduce__()
Fallible<Ref<>> namespace_reduce(Object* self) {
    Ref<Tuple> empty = tuple_empty();
    return tuple_pack(static_cast<Object*>(self->type), static_cast<Object*>(empty.get()), static_cast<Object*>(as_namespace(self)->dict));
}

MemberDef namespace_members[] = {{"__dict__", kObjectOrNone, offsetof(Namespace, dict), kReadOnly, nullptr}, END_ROW};
MethodDef namespace_methods[] = {
    {"__reduce__", reinterpret_cast<CFunction>(wrap_no_args<namespace_reduce>), kNoArgs, "State information for pickling."},
    END_ROW,
};

}  // namespace

Fallible<Ref<>> namespace_new(Dict* attributes) {
    Ref<> self = TRY(Fallible<Ref<>>::from_slot(namespace_construct(&namespace_type, nullptr, nullptr)));
    if (attributes) TRY(dict_update(as_namespace(self.get())->dict, attributes));
    return self;
}

constinit Type namespace_type = static_type({
    .name = "types.SimpleNamespace",
    .basic_size = sizeof(Namespace),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)",
    .dealloc = dealloc_members<&Namespace::dict>,
    .traverse = traverse_members<&Namespace::dict>,
    .clear = clear_members<&Namespace::dict>,
    .repr = slot1<namespace_repr>,
    .richcompare = namespace_richcompare,
    .getattro = generic_getattro_slot,
    .setattro = generic_setattro_slot,
    .methods = namespace_methods,
    .members = namespace_members,
    .dict_offset = offsetof(Namespace, dict),
    .init = namespace_init,
    .new_ = namespace_construct,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});

}  // namespace py
