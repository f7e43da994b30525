// Attribute access: the dispatch through tp_getattro / tp_setattro, and object.__getattribute__ / __setattr__ themselves
// (data model §"Implementing Descriptors": data descriptor, instance dict, other class attribute).
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

[[gnu::cold]] Raised no_attribute(Object* object, Str* name) {
    if (is_type(object)) return raise(exc::AttributeError, "type object '%.50s' has no attribute '%U'", as_type(object)->name, name);
    return raise(exc::AttributeError, "'%.50s' object has no attribute '%U'", object->type->name, name);
}

// AttributeError.name and .obj, which suggestions are made from, unless the raiser set them.
[[gnu::cold, gnu::noinline]] void add_context(Object* object, Str* name) {
    if (!error_matches(exc::AttributeError)) return;
    PendingError error = fetch_error();
    normalize_error(error);
    if (error.value && is_instance_of(error.value.get(), *exc::AttributeError)) {
        auto* exception = static_cast<AttributeErrorException*>(error.value.get());
        if (!exception->name && !exception->object) {
            exception->name = new_reference(static_cast<Object*>(name));
            exception->object = new_reference(object);
        }
    }
    restore_error(std::move(error));
}

// The instance's own attribute, past the class. Absent when it has no dict.
Lookup<> find_in_instance(Object* object, Str* name) {
    Type* type = object->type;
    Dict* dict;
    if (type->has(type_flag::kManagedDict)) {
        if (managed_values(object)) {
            if (is_str_exact(name)) {
                Object* value = values_get(object, name);
                if (value) return share(value);
                return nullptr;
            }
            Ref<Dict> made = TRY(instance_dict(object));
            return dict_get(made.get(), name);
        }
        dict = managed_dict(object);
    } else {
        if (!type->dict_offset) return nullptr;
        Object** slot = instance_dict_slot(object);
        dict = slot ? static_cast<Dict*>(*slot) : nullptr;
    }
    if (!dict) return nullptr;
    Ref<Dict> held = share(dict);
    return dict_get(dict, name);
}

// A descriptor's __get__, AttributeError counting as absence when `suppress`.
template <bool suppress>
Lookup<> get_from(TernarySlot get, Object* descriptor, Object* object) {
    Object* result = get(descriptor, object, object->type);
    if (result) [[likely]]
        return steal(result);
    if (suppress && clear_error_if(exc::AttributeError)) return nullptr;
    return raised;
}

template <bool suppress>
Lookup<> find_attribute(Object* object, Str* name) {
    Object* found = type_lookup(object->type, name);
    Ref<> descriptor = share(found);
    TernarySlot get = nullptr;
    if (found) {
        get = found->type->descr_get;
        if (get && found->type->descr_set) return get_from<suppress>(get, found, object);
    }
    Ref<> own = TRY(find_in_instance(object, name));
    if (own) return own;
    if (get) return get_from<suppress>(get, found, object);
    if (found) return descriptor;
    return nullptr;
}

Fallible<void> store_managed(Object* object, Str* name, Object* value) {
    if (managed_values(object) && is_str_exact(name)) {
        if (!value && !values_get(object, name)) return no_attribute(object, name);
        if (TRY(values_store(object, name, value))) return {};
    }
    Ref<Dict> dict = TRY(instance_dict(object));
    if (value) return dict_set(dict.get(), name, value);
    if (!TRY(dict_delete(dict.get(), name))) return no_attribute(object, name);
    return {};
}
// Into the dict that dict_offset points to; made when there is none yet.
Fallible<void> store_in_slot(Object* object, Object** slot, Str* name, Object* value) {
    if (!*slot) {
        if (!value) return no_attribute(object, name);
        *slot = TRY(dict_new()).release();
    }
    Ref<Dict> dict = share(static_cast<Dict*>(*slot));
    if (value) return dict_set(dict.get(), name, value);
    if (!TRY(dict_delete(dict.get(), name))) return no_attribute(object, name);
    return {};
}

// Interned, as all names in dicts of attributes are; equal names then are the same object.
Ref<Str> interned_name(Str* name) {
    if (name->interned || !is_str_exact(name)) return share(name);
    return intern(share(name));
}

}  // namespace

Raised name_not_str(Object* name) {
    return raise(exc::TypeError, "attribute name must be string, not '%.200s'", name->type->name);
}

Lookup<> generic_lookup_attr(Object* object, Str* name) { return find_attribute<true>(object, name); }

Fallible<Ref<>> generic_get_attr(Object* object, Str* name) {
    Ref<> found = TRY(find_attribute<false>(object, name));
    if (found) return found;
    (void)raise(exc::AttributeError, "'%.50s' object has no attribute '%U'", object->type->name, name);  // of a type, too
    add_context(object, name);
    return raised;
}

Fallible<void> generic_set_attr(Object* object, Str* name, Object* value) {
    Type* type = object->type;
    if (!type->dict) TRY(type_ready(type));
    Object* found = type_lookup(type, name);
    Ref<> descriptor = share(found);
    if (found && found->type->descr_set) return Fallible<void>::from_slot(found->type->descr_set(found, object, value));
    if (type->has(type_flag::kManagedDict)) return store_managed(object, name, value);
    Object** slot = type->dict_offset ? instance_dict_slot(object) : nullptr;
    if (slot) return store_in_slot(object, slot, name, value);
    if (!found) return raise(exc::AttributeError, "'%.100s' object has no attribute '%U'", type->name, name);
    return raise(exc::AttributeError, "'%.50s' object attribute '%U' is read-only", type->name, name);
}

Object* generic_getattro_slot(Object* object, Object* name) {
    if (!is_str(name)) [[unlikely]]
        return name_not_str(name);
    return generic_get_attr(object, as_str(name)).release();
}
int generic_setattro_slot(Object* object, Object* name, Object* value) {
    if (!is_str(name)) return name_not_str(name);
    return generic_set_attr(object, as_str(name), value).release();
}

Fallible<Ref<>> get_attr(Object* object, Str* name) {
    Type* type = object->type;
    Object* result = nullptr;
    if (type->getattro)
        result = type->getattro(object, name);
    else if (type->old_getattr)
        result = reinterpret_cast<Object* (*)(Object*, const char*)>(type->old_getattr)(object, TRY(str_utf8(name)).data());
    else
        (void)no_attribute(object, name);
    if (!result) [[unlikely]]
        add_context(object, name);
    return Fallible<Ref<>>::from_slot(result);
}
Fallible<Ref<>> get_attr(Object* object, const char* name) {
    Ref<Str> text = TRY(str_from_utf8(name));
    return get_attr(object, text.get());
}

Lookup<> lookup_attr(Object* object, Str* name) {
    BinarySlot slot = object->type->getattro;
    if (slot == generic_getattro_slot) return find_attribute<true>(object, name);
    if (slot == type_getattro) return type_lookup_attribute(as_type(object), name);
    Object* result = slot ? slot(object, name) : get_attr(object, name).release();
    if (result) return steal(result);
    if (clear_error_if(exc::AttributeError)) return nullptr;
    return raised;
}

Fallible<void> set_attr(Object* object, Str* name, Object* value) {
    Type* type = object->type;
    Ref<Str> key = interned_name(name);
    if (type->setattro) return Fallible<void>::from_slot(type->setattro(object, key.get(), value));
    if (type->old_setattr)
        return Fallible<void>::from_slot(reinterpret_cast<int (*)(Object*, const char*, Object*)>(type->old_setattr)(
            object, TRY(str_utf8(name)).data(), value));
    bool readable = type->getattro || type->old_getattr;
    return raise(exc::TypeError, "'%.100s' object has %s attributes (%s .%U)", type->name, readable ? "only read-only" : "no",
                 value ? "assign to" : "del", name);
}
Fallible<void> delete_attr(Object* object, Str* name) { return set_attr(object, name, nullptr); }

Fallible<bool> has_attr(Object* object, Str* name) {
    Ref<> found = TRY(lookup_attr(object, name));
    return bool(found);
}

Fallible<Ref<>> get_method(Object* object, Str* name, bool* unbound) {
    Type* type = object->type;
    *unbound = false;
    if (type->getattro != generic_getattro_slot || !is_str(name)) return get_attr(object, name);
    Object* found = type_lookup(type, name);
    Ref<> descriptor = share(found);
    TernarySlot get = nullptr;
    bool is_method = false;
    if (found) {
        is_method = found->type->has(type_flag::kMethodDescriptor);
        get = is_method ? nullptr : found->type->descr_get;
        if (get && found->type->descr_set) {
            Object* result = get(found, object, type);
            if (!result) add_context(object, name);
            return Fallible<Ref<>>::from_slot(result);
        }
    }
    Ref<> own = TRY(find_in_instance(object, name));
    if (own) return own;
    if (is_method) {
        *unbound = true;
        return descriptor;
    }
    if (get) {
        Object* result = get(found, object, type);
        if (!result) add_context(object, name);
        return Fallible<Ref<>>::from_slot(result);
    }
    if (found) return descriptor;
    (void)no_attribute(object, name);
    add_context(object, name);
    return raised;
}

}  // namespace py
