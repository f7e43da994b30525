// Making a type usable: base, dict, MRO, inherited slots, and its place in the bases' lists of subclasses.
#include <algorithm>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/type_internal.h"
#include "interp/objects/types.h"

namespace py {

const char* doc_without_signature(const char* name, const char* doc);

namespace {

Fallible<void> set_base(Type* type) {
    Type* base = type->base;
    if (!base && type != &object_type) {
        base = type->base = &object_type;
        if (type->has(type_flag::kHeap)) incref(base);
    }
    if (base && !base->dict) TRY(type_ready(base));
    if (!type->type && base) type->type = base->type;
    if (!type->bases) type->bases = (base ? TRY(tuple_pack(static_cast<Object*>(base))) : tuple_empty()).release();
    if (!type->dict) type->dict = TRY(dict_new()).release();
    return {};
}

Fallible<void> add_unless_present(Type* type, Ref<> descriptor, bool replace) {
    Str* name = static_cast<Descriptor*>(descriptor.get())->name;
    if (!replace && dict_get_str(type->dict, name)) return {};
    return dict_set(type->dict, name, descriptor.get());
}
Fallible<void> add_method(Type* type, MethodDef* method) {
    bool replace = method->flags & kCoexist;
    if (method->flags & kStatic) {
        Ref<> function = TRY(builtin_function_new(method, type, nullptr));
        Ref<> wrapped = TRY(staticmethod_new(function.get()));
        Ref<Str> name = intern(TRY(str_from_utf8(method->name)));
        if (!replace && dict_get_str(type->dict, name.get())) return {};
        return dict_set(type->dict, name.get(), wrapped.get());
    }
    Ref<> descriptor = method->flags & kClass ? TRY(classmethod_descriptor_new(type, method)) : TRY(method_descriptor_new(type, method));
    return add_unless_present(type, std::move(descriptor), replace);
}
Fallible<void> add_doc(Type* type) {
    if (dict_get_str(type->dict, "__doc__"_name)) return {};
    if (!type->doc) return dict_set(type->dict, "__doc__"_name, none());
    Ref<> text = TRY(str_from_utf8(doc_without_signature(type->name, type->doc)));
    return dict_set(type->dict, "__doc__"_name, text.get());
}
// Modules whose types CPython makes when they are imported: `__module__` stands in the class's dict there, and so the instances
// have it too.
constexpr std::string_view kModulesThatMakeTypes[] = {
    "_blake2", "_bz2", "_csv", "_hashlib", "_json", "_lsprof", "_lzma", "_md5", "_multibytecodec", "_queue", "_random", "_sha1",
    "_sha256", "_sha3", "_sha512", "_sre", "_ssl", "_struct", "_thread", "array", "functools", "mmap", "operator", "posix",
    "pyexpat", "re", "select", "sqlite3", "unicodedata", "zlib",
};
Fallible<void> add_module(Type* type) {
    std::string_view name = type->name;
    size_t dot = name.rfind('.');
    if (dot == name.npos || type->has(type_flag::kHeap)) return {};
    std::string_view module = name.substr(0, dot);
    if (std::find(std::begin(kModulesThatMakeTypes), std::end(kModulesThatMakeTypes), module) == std::end(kModulesThatMakeTypes))
        return {};
    return dict_set(type->dict, "__module__"_name, TRY(str_from_ascii(module)).get());
}
Fallible<void> fill_dict(Type* type) {
    TRY(add_module(type));
    TRY(add_slot_wrappers(type));
    for (MethodDef* method = type->methods; method && method->name; ++method) TRY(add_method(type, method));
    for (MemberDef* member = type->members; member && member->name; ++member)
        TRY(add_unless_present(type, TRY(member_descriptor_new(type, member)), false));
    for (GetSetDef* getset = type->getset; getset && getset->name; ++getset)
        TRY(add_unless_present(type, TRY(getset_descriptor_new(type, getset)), false));
    return add_doc(type);
}

// Types that inherit `object`'s constructor without saying so cannot be instantiated from Python.
Fallible<void> set_new(Type* type) {
    Type* base = type->base;
    if (!type->new_ && base == &object_type && !type->has(type_flag::kHeap)) type->flags |= type_flag::kDisallowInstantiation;
    if (type->has(type_flag::kDisallowInstantiation)) {
        type->new_ = nullptr;
        return {};
    }
    if (!type->new_) {
        type->new_ = base->new_;
        return {};
    }
    return type->has(type_flag::kHeap) ? Fallible<void>() : add_new_wrapper(type);
}

// Numbers, sequences and so on: a static type without tables uses its base's.
void inherit_tables(Type* type, Type* base) {
    if (!type->as_async) type->as_async = base->as_async;
    if (!type->as_sequence) type->as_sequence = base->as_sequence;
    if (!type->as_mapping) type->as_mapping = base->as_mapping;
    if (!type->as_number) type->as_number = base->as_number;
    if (!type->as_buffer) type->as_buffer = base->as_buffer;
}
void inherit_pattern_flags(Type* type, Type* base) {
    constexpr unsigned long kCollection = type_flag::kSequence | type_flag::kMapping;
    if (!(type->flags & kCollection)) type->flags |= base->flags & kCollection;
}
void inherit_all(Type* type) {
    if (!type->base) return;
    inherit_special(type, type->base);
    for (ssize_t i = 1; i < type->mro->size; ++i) {
        Type* base = as_type(type->mro->items[i]);
        inherit_slots(type, base);
        inherit_pattern_flags(type, base);
    }
    inherit_tables(type, type->base);
}

// A type with equality of its own and no hash is not hashable.
Fallible<void> set_hash(Type* type) {
    if (type->hash || dict_get_str(type->dict, "__hash__"_name)) return {};
    TRY(dict_set(type->dict, "__hash__"_name, none()));
    type->hash = hash_not_implemented;
    return {};
}

Fallible<void> ready_steps(Type* type) {
    TRY(set_base(type));
    TRY(compute_mro(type, nullptr));
    TRY(set_new(type));
    TRY(fill_dict(type));
    inherit_all(type);
    TRY(set_hash(type));
    return add_all_subclasses(type, type->bases);
}

Fallible<Ref<>> subclass_key(Type* type) { return int_from(reinterpret_cast<intptr_t>(type)); }

}  // namespace

Fallible<void> type_ready(Type* type) {
    if (type->has(type_flag::kReady)) return {};
    CHECK(!type->has(type_flag::kReadying));
    type->flags |= type_flag::kReadying;
    // Static types of extensions have a count of 1; they live as long as the process.
    if (!type->has(type_flag::kHeap)) type->flags |= type_flag::kImmutable;
    auto result = ready_steps(type);
    type->flags &= ~type_flag::kReadying;
    if (!result.ok()) return raised;
    type->flags |= type_flag::kReady;
    return {};
}

void ready_builtin_types() {
#define TYPE(variable, symbol, where) MUST(type_ready(&variable));
#include "interp/objects/types.def"
#undef TYPE
}

// type->subclasses: {address: weak reference}, in the order in which they were made.
Fallible<void> add_subclass(Type* base, Type* type) {
    Ref<> key = TRY(subclass_key(type));
    Ref<> reference = TRY(weakref_new(type, nullptr));
    // NOTE: each allocation may collect the last subclass, which drops the dict: it is fetched last, and held.
    Ref<Dict> fresh = base->subclasses ? Ref<Dict>() : TRY(dict_new());
    if (!base->subclasses) base->subclasses = fresh.release();
    Ref<Dict> subclasses = share(base->subclasses);
    TRY(dict_set(subclasses.get(), key.get(), reference.get()));
    if (!base->subclasses) base->subclasses = subclasses.release();
    return {};
}
Fallible<void> add_all_subclasses(Type* type, Tuple* bases) {
    for (ssize_t i = 0; i < bases->size; ++i) TRY(add_subclass(as_type(bases->items[i]), type));
    return {};
}
void remove_subclass(Type* base, Type* type) {
    if (!base->subclasses) return;
    auto key = subclass_key(type);
    if (!key.ok() || !dict_delete(base->subclasses, key.take().get()).ok()) clear_error();
    if (base->subclasses->used == 0) clear_slot(base->subclasses);
}
void remove_all_subclasses(Type* type, Tuple* bases) {
    for (ssize_t i = 0; bases && i < bases->size; ++i)
        if (is_type(bases->items[i])) remove_subclass(as_type(bases->items[i]), type);
}
Fallible<Ref<List>> type_subclass_list(Type* type) {
    Ref<List> result = TRY(list_new(0));
    if (!type->subclasses) return result;
    Ref<Dict> held = share(type->subclasses);
    ssize_t position = 0;
    Object* reference;
    while (dict_next(held.get(), &position, nullptr, &reference))
        if (Ref<> subclass = weakref_get(reference)) TRY(list_append(result.get(), subclass.get()));
    return result;
}

}  // namespace py
