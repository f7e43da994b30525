// The computed attributes of classes: __name__, __qualname__, __module__, __bases__, __doc__, __annotations__ and kin.
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/type_internal.h"
#include "interp/runtime/audit.h"

namespace py {

const char* doc_without_signature(const char* name, const char* doc);

const char* type_name_tail(const Type* type) {
    const char* dot = std::strrchr(type->name, '.');
    return dot ? dot + 1 : type->name;
}
const char* type_short_name(const Type* type) { return type->has(type_flag::kHeap) ? type->name : type_name_tail(type); }

Fallible<Ref<Str>> type_qualname(Type* type) {
    if (type->has(type_flag::kHeap)) return share(as_heap_type(type)->ht_qualname);
    return str_from_utf8(type_short_name(type));
}

Fallible<Ref<Str>> type_module_name(Type* type) {
    Ref<> module = TRY(get_attr(type, "__module__"_name));
    if (is_str(module.get())) return std::move(module).cast<Str>();
    return str(module.get());
}

namespace {

inline Dict* dict_of(Object* self) { return as_type(self)->dict; }

// Deletion is refused for every class, assignment for immutable ones.
Fallible<void> check_settable(Type* type, Object* value, const char* name) {
    if (type->has(type_flag::kImmutable))
        return raise(exc::TypeError, "cannot set '%s' attribute of immutable type '%s'", name, type->name);
    if (!value) return raise(exc::TypeError, "cannot delete '%s' attribute of immutable type '%s'", name, type->name);
    return {};
}

Fallible<Ref<>> get_name(Object* self) {
    Type* type = as_type(self);
    if (type->has(type_flag::kHeap)) return share(as_heap_type(type)->ht_name);
    return str_from_utf8(type_short_name(type));
}
Fallible<void> set_name(Object* self, Object* value) {
    Type* type = as_type(self);
    TRY(check_settable(type, value, "__name__"));
    TRY(audit_write(type, "__name__", value));
    if (!is_str(value))
        return raise(exc::TypeError, "can only assign string to %s.__name__, not '%s'", type->name, value->type->name);
    std::string_view text = TRY(str_utf8(as_str(value)));
    if (std::strlen(text.data()) != text.size()) return raise(exc::ValueError, "type name must not contain null characters");
    type->name = text.data();
    replace_slot(as_heap_type(type)->ht_name, new_reference(as_str(value)));
    return {};
}
Fallible<Ref<>> get_qualname(Object* self) { return type_qualname(as_type(self)); }
Fallible<void> set_qualname(Object* self, Object* value) {
    Type* type = as_type(self);
    TRY(check_settable(type, value, "__qualname__"));
    TRY(audit_write(type, "__qualname__", value));
    if (!is_str(value))
        return raise(exc::TypeError, "can only assign string to %s.__qualname__, not '%s'", type->name, value->type->name);
    replace_slot(as_heap_type(type)->ht_qualname, new_reference(as_str(value)));
    return {};
}
Fallible<Ref<>> get_module(Object* self) {
    Type* type = as_type(self);
    if (type->has(type_flag::kHeap)) {
        Ref<> module = TRY(dict_get(type->dict, "__module__"_name));
        if (!module) return raise_object(exc::AttributeError, "__module__"_name);
        return module;
    }
    const char* dot = std::strrchr(type->name, '.');
    if (dot) return intern(TRY(str_from_utf8({type->name, size_t(dot - type->name)})));
    return share("builtins"_name);
}
Fallible<void> set_module(Object* self, Object* value) {
    Type* type = as_type(self);
    TRY(check_settable(type, value, "__module__"));
    TRY(audit_write(type, "__module__", value));
    type_modified(type);
    return dict_set(type->dict, "__module__"_name, value);
}

Fallible<Ref<>> get_abstract_methods(Object* self) {
    // `type` itself has the descriptor in its dict under this name, not a set.
    Ref<> methods;
    if (self != static_cast<Object*>(&type_type)) methods = TRY(dict_get(dict_of(self), "__abstractmethods__"_name));
    if (!methods) return raise_object(exc::AttributeError, "__abstractmethods__"_name);
    return methods;
}
Fallible<void> set_abstract_methods(Object* self, Object* value) {
    Type* type = as_type(self);
    bool is_abstract = false;
    if (value) {
        is_abstract = TRY(is_true(value));
        TRY(dict_set(type->dict, "__abstractmethods__"_name, value));
    } else if (!TRY(dict_delete(type->dict, "__abstractmethods__"_name))) {
        return raise_object(exc::AttributeError, "__abstractmethods__"_name);
    }
    type_modified(type);
    if (is_abstract)
        type->flags |= type_flag::kAbstract;
    else
        type->flags &= ~type_flag::kAbstract;
    return {};
}

Fallible<Ref<>> get_dict(Object* self) {
    if (!dict_of(self)) return share(none());
    return mappingproxy_new(dict_of(self));
}
Fallible<Ref<>> get_doc(Object* self) {
    Type* type = as_type(self);
    if (!type->has(type_flag::kHeap) && type->doc) return doc_text(type->name, type->doc);
    Ref<> doc = TRY(dict_get(type->dict, "__doc__"_name));
    if (!doc) return share(none());
    if (TernarySlot get = doc->type->descr_get) return Fallible<Ref<>>::from_slot(get(doc.get(), nullptr, self));
    return doc;
}
Fallible<void> set_doc(Object* self, Object* value) {
    Type* type = as_type(self);
    TRY(check_settable(type, value, "__doc__"));
    TRY(audit_write(type, "__doc__", value));
    type_modified(type);
    return dict_set(type->dict, "__doc__"_name, value);
}
Fallible<Ref<>> get_text_signature(Object* self) { return doc_signature(as_type(self)->name, as_type(self)->doc); }

Fallible<Ref<>> get_annotations(Object* self) {
    Type* type = as_type(self);
    if (!type->has(type_flag::kHeap))
        return raise(exc::AttributeError, "type object '%s' has no attribute '__annotations__'", type->name);
    Ref<> annotations = TRY(dict_get(type->dict, "__annotations__"_name));
    if (!annotations) {
        annotations = TRY(dict_new());
        TRY(dict_set(type->dict, "__annotations__"_name, annotations.get()));
        type_modified(type);
        return annotations;
    }
    if (TernarySlot get = annotations->type->descr_get)
        return Fallible<Ref<>>::from_slot(get(annotations.get(), nullptr, self));
    return annotations;
}
Fallible<void> set_annotations(Object* self, Object* value) {
    Type* type = as_type(self);
    if (type->has(type_flag::kImmutable))
        return raise(exc::TypeError, "cannot set '__annotations__' attribute of immutable type '%s'", type->name);
    if (value)
        TRY(dict_set(type->dict, "__annotations__"_name, value));
    else if (!TRY(dict_delete(type->dict, "__annotations__"_name)))
        return raise(exc::AttributeError, "__annotations__");
    type_modified(type);
    return {};
}

Fallible<Ref<>> get_bases(Object* self) {
    Tuple* bases = as_type(self)->bases;
    return share(bases ? static_cast<Object*>(bases) : none());
}
Fallible<void> set_bases_attribute(Object* self, Object* value) {
    Type* type = as_type(self);
    TRY(check_settable(type, value, "__bases__"));
    TRY(audit_write(type, "__bases__", value));
    if (!is_tuple(value))
        return raise(exc::TypeError, "can only assign tuple to %s.__bases__, not %s", type->name, value->type->name);
    return set_bases(type, as_tuple(value));
}

}  // namespace

GetSetDef type_getset[] = {
    GETTER_SETTER("__name__", get_name, set_name, nullptr),
    GETTER_SETTER("__qualname__", get_qualname, set_qualname, nullptr),
    GETTER_SETTER("__bases__", get_bases, set_bases_attribute, nullptr),
    GETTER_SETTER("__module__", get_module, set_module, nullptr),
    GETTER_SETTER("__abstractmethods__", get_abstract_methods, set_abstract_methods, nullptr),
    GETTER("__dict__", get_dict, nullptr),
    GETTER_SETTER("__doc__", get_doc, set_doc, nullptr),
    GETTER("__text_signature__", get_text_signature, nullptr),
    GETTER_SETTER("__annotations__", get_annotations, set_annotations, nullptr),
    END_ROW,
};

}  // namespace py
