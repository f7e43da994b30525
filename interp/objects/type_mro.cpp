// Method resolution order: C3 linearisation (data model §"Resolving MRO"; the merge of "The Python 2.3 MRO"), and metaclasses
// that compute their own.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

// One of the sequences being merged, with how far it is used up.
struct Sequence {
    Tuple* tuple;
    ssize_t at;
    Object* head() const { return at < tuple->size ? tuple->items[at] : nullptr; }
    bool has_in_tail(Object* type) const {
        for (ssize_t i = at + 1; i < tuple->size; ++i)
            if (tuple->items[i] == type) return true;
        return false;
    }
};

Fallible<void> check_duplicates(Tuple* bases) {
    for (ssize_t i = 0; i < bases->size; ++i)
        for (ssize_t j = i + 1; j < bases->size; ++j)
            if (bases->items[i] == bases->items[j])
                return raise(exc::TypeError, "duplicate base class %U", TRY(type_qualname_or_name(as_type(bases->items[i]))).get());
    return {};
}

// Names the classes that are still waiting, each once.
Fallible<void> raise_inconsistent(Sequence* sequences, ssize_t count) {
    Ref<Str> names = str_empty();
    for (ssize_t i = 0; i < count; ++i) {
        Object* head = sequences[i].head();
        if (!head) continue;
        bool seen = false;
        for (ssize_t j = 0; j < i; ++j) seen = seen || sequences[j].head() == head;
        if (seen) continue;
        Ref<Str> name = TRY(type_qualname_or_name(as_type(head)));
        names = names->length ? TRY(format_str("%U, %U", names.get(), name.get())) : std::move(name);
    }
    return raise(exc::TypeError, "Cannot create a consistent method resolution\norder (MRO) for bases %U", names.get());
}

Fallible<Ref<List>> merge(Type* type, Sequence* sequences, ssize_t count) {
    Ref<List> result = TRY(list_new(0));
    TRY(list_append(result.get(), type));
    while (true) {
        Object* chosen = nullptr;
        bool left = false;
        for (ssize_t i = 0; i < count && !chosen; ++i) {
            Object* candidate = sequences[i].head();
            if (!candidate) continue;
            left = true;
            bool waits = false;
            for (ssize_t j = 0; j < count && !waits; ++j) waits = sequences[j].has_in_tail(candidate);
            if (!waits) chosen = candidate;
        }
        if (!left) return result;
        if (!chosen) {
            TRY(raise_inconsistent(sequences, count));
        }
        TRY(list_append(result.get(), chosen));
        for (ssize_t i = 0; i < count; ++i)
            if (sequences[i].head() == chosen) ++sequences[i].at;
    }
}

// FAST: with one base its MRO with the class in front.
Fallible<Ref<Tuple>> single_base_mro(Type* type, Type* base) {
    Ref<Tuple> result = TRY(tuple_new(base->mro->size + 1));
    result->items[0] = new_reference(static_cast<Object*>(type));
    for (ssize_t i = 0; i < base->mro->size; ++i) result->items[i + 1] = new_reference(base->mro->items[i]);
    return result;
}

Fallible<void> check_custom_mro(Type* type, Tuple* mro) {
    Type* solid = solid_base(type);
    for (ssize_t i = 0; i < mro->size; ++i) {
        Object* item = mro->items[i];
        if (!is_type(item)) return raise(exc::TypeError, "mro() returned a non-class ('%.500s')", item->type->name);
        if (!is_subtype(solid, solid_base(as_type(item))))
            return raise(exc::TypeError, "mro() returned base with unsuitable layout ('%.500s')", as_type(item)->name);
    }
    return {};
}
Fallible<Ref<Tuple>> mro_by_method(Type* type) {
    Object* self = type;
    Ref<> result = TRY(call_special("mro"_name, &self, 1));
    Ref<Tuple> mro = TRY(tuple_of(result.get()));
    if (mro->size == 0) return raise(exc::TypeError, "type MRO must not be empty");
    TRY(check_custom_mro(type, mro.get()));
    return mro;
}

}  // namespace

Fallible<Ref<Str>> type_qualname_or_name(Type* type) {
    Ref<> name = TRY(lookup_attr(type, "__name__"_name));
    if (name && is_str(name.get())) return std::move(name).cast<Str>();
    return str_from_utf8(type_short_name(type));
}

Fallible<Ref<Tuple>> c3_mro(Type* type) {
    Tuple* bases = type->bases;
    for (ssize_t i = 0; i < bases->size; ++i) {
        if (!is_type(bases->items[i])) return raise(exc::TypeError, "bases must be types");
        Type* base = as_type(bases->items[i]);
        if (!base->mro) {
            if (base->has(type_flag::kReadying) || base->has(type_flag::kHeap))
                return raise(exc::TypeError, "Cannot extend an incomplete type '%.100s'", base->name);
            TRY(type_ready(base));
        }
    }
    if (bases->size == 1) return single_base_mro(type, as_type(bases->items[0]));
    TRY(check_duplicates(bases));
    ssize_t count = bases->size + 1;
    auto* sequences = static_cast<Sequence*>(allocate(size_t(count) * sizeof(Sequence)));
    if (!sequences) return raise_memory_error();
    for (ssize_t i = 0; i < bases->size; ++i) sequences[i] = {as_type(bases->items[i])->mro, 0};
    sequences[bases->size] = {bases, 0};
    auto merged = merge(type, sequences, count);
    deallocate(sequences);
    return list_as_tuple(TRY(std::move(merged)).get());
}

Fallible<void> compute_mro(Type* type, Ref<Tuple>* previous) {
    Tuple* before = type->mro;
    Ref<Tuple> held = share(before);
    Object* method = type->type == &type_type ? nullptr : type_lookup(type->type, "mro"_name);
    bool custom = method && method != dict_get_str(type_type.dict, "mro"_name);
    Ref<Tuple> mro = custom ? TRY(mro_by_method(type)) : TRY(c3_mro(type));
    // mro() may have set __bases__, and with it the order: that one stays.
    if (type->mro != before) return {};
    Tuple* old = std::exchange(type->mro, mro.release());
    if (previous)
        *previous = steal(old);
    else
        xdecref(old);
    type_modified(type);
    return {};
}

}  // namespace py
