// Structural pattern matching (PEP 634): mapping keys and class patterns.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"
#include "interp/vm/eval_slow.h"

namespace py {

Object* match_keys(Object* mapping, Object* keys_tuple) {
    Tuple* keys = as_tuple(keys_tuple);
    if (!keys->size) return tuple_empty().release();
    Ref<> get = TRY(lookup_attr(mapping, "get"_name));
    if (!get) return raise(exc::AttributeError, "'%T' object has no attribute 'get'", mapping);
    Ref<Set> seen = TRY(set_new(nullptr));
    Ref<> missing = TRY(call(&object_type));
    Ref<Tuple> values = TRY(tuple_new(keys->size));
    for (ssize_t i = 0; i < keys->size; ++i) {
        Object* key = keys->items[i];
        bool duplicate = TRY(set_contains(seen.get(), key));
        if (duplicate) {
            for (; i < keys->size; ++i) values->items[i] = new_reference(none());
            return raise(exc::ValueError, "mapping pattern checks duplicate key (%R)", key);
        }
        Fallible<void> added = set_add(seen.get(), key);
        Fallible<Ref<>> found = added.ok() ? call(get.get(), key, missing.get()) : Fallible<Ref<>>(raised);
        Ref<> value = found.ok() ? found.take() : Ref<>();
        if (!value || value.get() == missing.get()) {
            for (ssize_t k = i; k < keys->size; ++k) values->items[k] = new_reference(none());
            return nullptr;  // no match, or raised
        }
        values->items[i] = value.release();
    }
    return values.release();
}

// One attribute of a class pattern; absent means no match.
static Lookup<> match_attribute(Object* subject, Object* type, Object* name, Set* seen) {
    bool duplicate = TRY(set_contains(seen, name));
    if (duplicate)
        return raise(exc::TypeError, "%s() got multiple sub-patterns for attribute %R",
                     static_cast<Type*>(static_cast<VarObject*>(type))->name, name);
    TRY(set_add(seen, name));
    return lookup_attr(subject, as_str(name));
}

Object* match_class(Object* subject, Object* type, ssize_t positional, Object* keyword_names) {
    if (!type->type->has(type_flag::kTypeSubclass)) return raise(exc::TypeError, "called match pattern must be a type");
    bool instance = TRY(is_instance(subject, type));
    if (!instance) return nullptr;
    auto* class_ = static_cast<Type*>(static_cast<VarObject*>(type));
    Ref<Set> seen = TRY(set_new(nullptr));
    Ref<List> attributes = TRY(list_new(0));
    if (positional) {
        bool match_self = false;
        Ref<> match_args = TRY(lookup_attr(type, "__match_args__"_name));
        if (match_args) {
            if (!is_tuple_exact(match_args.get()))
                return raise(exc::TypeError, "%s.__match_args__ must be a tuple (got %T)", class_->name, match_args.get());
        } else {
            match_args = tuple_empty();
            match_self = class_->has(type_flag::kMatchSelf);
        }
        ssize_t allowed = match_self ? 1 : as_tuple(match_args.get())->size;
        if (allowed < positional)
            return raise(exc::TypeError, "%s() accepts %zd positional sub-pattern%s (%zd given)", class_->name, allowed,
                         allowed == 1 ? "" : "s", positional);
        if (match_self) {
            TRY(list_append(attributes.get(), subject));
        } else {
            for (ssize_t i = 0; i < positional; ++i) {
                Object* name = as_tuple(match_args.get())->items[i];
                if (!is_str_exact(name)) return raise(exc::TypeError, "__match_args__ elements must be strings (got %T)", name);
                Ref<> value = TRY(match_attribute(subject, type, name, seen.get()));
                if (!value) return nullptr;
                TRY(list_append(attributes.get(), value.get()));
            }
        }
    }
    for (ssize_t i = 0; i < as_tuple(keyword_names)->size; ++i) {
        Ref<> value = TRY(match_attribute(subject, type, as_tuple(keyword_names)->items[i], seen.get()));
        if (!value) return nullptr;
        TRY(list_append(attributes.get(), value.get()));
    }
    return list_as_tuple(attributes.get()).release();
}

}  // namespace py
