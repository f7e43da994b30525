// Slots of classes whose special methods are written in Python: each looks its method up on the type and calls it.
#include "interp/objects/slot_functions.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/types.h"

namespace py {
namespace {

template <class... Args>
Fallible<Ref<>> special(Str* name, Object* self, Args*... args) {
    Object* array[] = {self, static_cast<Object*>(args)...};
    return call_special(name, array, 1 + sizeof...(args));
}
template <class... Args>
Fallible<Ref<>> special_or_not_implemented(Str* name, Object* self, Args*... args) {
    Object* array[] = {self, static_cast<Object*>(args)...};
    return call_special_or_not_implemented(name, array, 1 + sizeof...(args));
}
int status_of(Fallible<Ref<>> result) { return result.ok() ? 0 : -1; }

// Absent also when fetching the method raised: for slots that have an answer without it.
Ref<> find_or_forget(Object* self, Str* name, bool* unbound) {
    auto found = lookup_special_method(self, name, unbound);
    if (found.ok()) return found.take();
    clear_error();
    return nullptr;
}

// Calls a method found by lookup_special_method.
template <class... Args>
Fallible<Ref<>> call_found(Object* method, bool unbound, Object* self, Args*... args) {
    Object* array[] = {nullptr, self, static_cast<Object*>(args)...};
    if (unbound) return vectorcall(method, array + 1, (1 + sizeof...(args)), nullptr);
    return vectorcall(method, array + 2, sizeof...(args) | kArgumentsOffset, nullptr);
}
Fallible<Ref<>> call_found_with(Object* method, bool unbound, Object* self, Tuple* args, Object* kwargs) {
    if (!unbound) return call_tuple(method, args, kwargs);
    ssize_t count = args->size + 1;
    Object* small[8];
    Object** stack = count <= 8 ? small : static_cast<Object**>(allocate(size_t(count) * sizeof(Object*)));
    if (!stack) return raise_memory_error();
    stack[0] = self;
    for (ssize_t i = 0; i < args->size; ++i) stack[i + 1] = args->items[i];
    auto result = call_dict(method, stack, count, kwargs);
    if (stack != small) deallocate(stack);
    return result;
}

// Does other's class define `name` differently from self's? Only then is the reflected method tried first.
Fallible<bool> is_overridden(Object* self, Object* other, Str* name) {
    Object* theirs = type_lookup(other->type, name);
    if (!theirs) return false;
    Object* ours = type_lookup(self->type, name);
    if (!ours) return true;
    if (theirs == ours) return false;
    Ref<> a = TRY(get_attr(other->type, name));
    Ref<> b = TRY(get_attr(self->type, name));
    return rich_compare_bool(a.get(), b.get(), kNotEqual);
}

BinarySlot number_slot(Object* object, BinarySlot NumberMethods::*slot) {
    NumberMethods* table = object->type->as_number;
    return table ? table->*slot : nullptr;
}

// Data model, "Emulating numeric types": the reflected method comes first when the right operand's class is a subclass
// that overrides it.
Object* binary_slot(Object* self, Object* other, BinarySlot NumberMethods::*slot, BinarySlot function, Str* name, Str* reflected) {
    bool try_other = self->type != other->type && number_slot(other, slot) == function;
    if (number_slot(self, slot) == function) {
        if (try_other && is_subtype(other->type, self->type) && TRY(is_overridden(self, other, reflected))) {
            Ref<> result = TRY(special_or_not_implemented(reflected, other, self));
            if (result.get() != not_implemented()) return result.release();
            try_other = false;
        }
        Ref<> result = TRY(special_or_not_implemented(name, self, other));
        if (result.get() != not_implemented() || other->type == self->type) return result.release();
    }
    if (try_other) return special_or_not_implemented(reflected, other, self).release();
    return new_reference(not_implemented());
}

Fallible<Ref<Int>> int_of(ssize_t value) { return int_from(value); }

}  // namespace

#define BINARY(member, name, reflected)                                                                      \
    Object* slot_nb_##member(Object* self, Object* other) {                                                  \
        return binary_slot(self, other, &NumberMethods::member, slot_nb_##member, name##_name, reflected##_name); \
    }
BINARY(add, "__add__", "__radd__")
BINARY(subtract, "__sub__", "__rsub__")
BINARY(multiply, "__mul__", "__rmul__")
BINARY(remainder, "__mod__", "__rmod__")
BINARY(divmod, "__divmod__", "__rdivmod__")
BINARY(lshift, "__lshift__", "__rlshift__")
BINARY(rshift, "__rshift__", "__rrshift__")
BINARY(bit_and, "__and__", "__rand__")
BINARY(bit_xor, "__xor__", "__rxor__")
BINARY(bit_or, "__or__", "__ror__")
BINARY(floor_divide, "__floordiv__", "__rfloordiv__")
BINARY(true_divide, "__truediv__", "__rtruediv__")
BINARY(matrix_multiply, "__matmul__", "__rmatmul__")
#undef BINARY

#define INPLACE(member, name) \
    Object* slot_nb_##member(Object* self, Object* other) { return special(name##_name, self, other).release(); }
INPLACE(inplace_add, "__iadd__")
INPLACE(inplace_subtract, "__isub__")
INPLACE(inplace_multiply, "__imul__")
INPLACE(inplace_remainder, "__imod__")
INPLACE(inplace_lshift, "__ilshift__")
INPLACE(inplace_rshift, "__irshift__")
INPLACE(inplace_and, "__iand__")
INPLACE(inplace_xor, "__ixor__")
INPLACE(inplace_or, "__ior__")
INPLACE(inplace_floor_divide, "__ifloordiv__")
INPLACE(inplace_true_divide, "__itruediv__")
INPLACE(inplace_matrix_multiply, "__imatmul__")
#undef INPLACE

#define UNARY(member, name) \
    Object* slot_##member(Object* self) { return special(name##_name, self).release(); }
UNARY(nb_negative, "__neg__")
UNARY(nb_positive, "__pos__")
UNARY(nb_absolute, "__abs__")
UNARY(nb_invert, "__invert__")
UNARY(nb_integer, "__int__")
UNARY(nb_floating, "__float__")
UNARY(nb_index, "__index__")
UNARY(tp_iternext, "__next__")
#undef UNARY

Object* slot_nb_inplace_power(Object* self, Object* other, Object*) { return special("__ipow__"_name, self, other).release(); }

// Two-argument pow with the reflected method.
static Object* power_binary(Object* self, Object* other) {
    auto is_ours = [](Object* object) {
        NumberMethods* table = object->type->as_number;
        return table && table->power == slot_nb_power;
    };
    bool try_other = self->type != other->type && is_ours(other);
    if (is_ours(self)) {
        if (try_other && is_subtype(other->type, self->type) && TRY(is_overridden(self, other, "__rpow__"_name))) {
            Ref<> result = TRY(special_or_not_implemented("__rpow__"_name, other, self));
            if (result.get() != not_implemented()) return result.release();
            try_other = false;
        }
        Ref<> result = TRY(special_or_not_implemented("__pow__"_name, self, other));
        if (result.get() != not_implemented() || other->type == self->type) return result.release();
    }
    if (try_other) return special_or_not_implemented("__rpow__"_name, other, self).release();
    return new_reference(not_implemented());
}
Object* slot_nb_power(Object* self, Object* other, Object* modulus) {
    if (is_none(modulus)) return power_binary(self, other);
    // Three-argument pow has no reflected form; this may be the second argument's slot.
    if (self->type->as_number && self->type->as_number->power == slot_nb_power)
        return special("__pow__"_name, self, other, modulus).release();
    return new_reference(not_implemented());
}

int slot_nb_boolean(Object* self) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__bool__"_name, &unbound));
    bool by_length = !method;
    if (by_length) method = TRY(lookup_special_method(self, "__len__"_name, &unbound));
    if (!method) return 1;
    Ref<> value = TRY(call_found(method.get(), unbound, self));
    if (by_length) return TRY(is_true(value.get()));
    if (is_bool(value.get())) return value.get() == py_true();
    return raise(exc::TypeError, "__bool__ should return bool, returned %s", value->type->name);
}

ssize_t slot_length(Object* self) {
    Ref<> value = TRY(special("__len__"_name, self));
    Ref<Int> size = TRY(index(value.get()));
    if (int_sign(size.get()) < 0) return raise(exc::ValueError, "__len__() should return >= 0");
    return TRY(index_as_ssize(size.get(), exc::OverflowError));
}

Object* slot_mp_subscript(Object* self, Object* key) { return special("__getitem__"_name, self, key).release(); }
int slot_mp_store_subscript(Object* self, Object* key, Object* value) {
    return value ? status_of(special("__setitem__"_name, self, key, value)) : status_of(special("__delitem__"_name, self, key));
}
Object* slot_sq_item(Object* self, ssize_t i) {
    Ref<Int> position = TRY(int_of(i));
    return special("__getitem__"_name, self, position.get()).release();
}
int slot_sq_store_item(Object* self, ssize_t i, Object* value) {
    Ref<Int> position = TRY(int_of(i));
    return slot_mp_store_subscript(self, position.get(), value);
}

static Fallible<bool> search_by_iteration(Object* self, Object* item) {
    Ref<> iterator = TRY(iter(self));
    while (true) {
        Ref<> each = TRY(next(iterator.get()));
        if (!each) return false;
        if (TRY(equals(each.get(), item))) return true;
    }
}
int slot_sq_contains(Object* self, Object* item) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__contains__"_name, &unbound));
    if (method && is_none(method.get())) return raise(exc::TypeError, "'%.200s' object is not a container", self->type->name);
    if (!method) return TRY(search_by_iteration(self, item));
    Ref<> found = TRY(call_found(method.get(), unbound, self, item));
    return TRY(is_true(found.get()));
}

Object* slot_tp_repr(Object* self) {
    bool unbound = false;
    Ref<> method = find_or_forget(self, "__repr__"_name, &unbound);
    if (!method) return format_str("<%s object at %p>", self->type->name, self).release();
    return call_found(method.get(), unbound, self).release();
}
Object* slot_tp_str(Object* self) { return special("__str__"_name, self).release(); }

Hash slot_tp_hash(Object* self) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__hash__"_name, &unbound));
    if (!method || is_none(method.get())) return hash_not_implemented(self);
    Ref<> value = TRY(call_found(method.get(), unbound, self));
    if (!is_int(value.get())) return raise(exc::TypeError, "__hash__ method should return an integer");
    // Any integer will do: one that fits is the hash, others are hashed.
    int overflow = 0;
    Hash result = as_int64_clamped(as_int(value.get()), &overflow);
    if (overflow) result = int_hash(as_int(value.get()));
    return result == -1 ? -2 : result;
}

Object* slot_tp_call(Object* self, Object* args, Object* kwargs) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__call__"_name, &unbound));
    if (!method) return raise_object(exc::AttributeError, "__call__"_name);
    return call_found_with(method.get(), unbound, self, as_tuple(args), kwargs).release();
}

Object* slot_tp_getattro(Object* self, Object* name) { return special("__getattribute__"_name, self, name).release(); }

static Fallible<Ref<>> call_hook(Object* self, Object* hook, Object* name) {
    Ref<> held = share(hook);
    if (hook->type->has(type_flag::kMethodDescriptor)) return call(hook, self, name);
    if (TernarySlot get = hook->type->descr_get) held = TRY(Fallible<Ref<>>::from_slot(get(hook, self, self->type)));
    return call(held.get(), name);
}
// Both hooks may be there: __getattr__ runs when __getattribute__ found nothing.
Object* slot_tp_getattr_hook(Object* self, Object* name) {
    Type* type = self->type;
    Object* getattr = type_lookup(type, "__getattr__"_name);
    if (!getattr) {
        type->getattro = slot_tp_getattro;
        return slot_tp_getattro(self, name);
    }
    Ref<> hook = share(getattr);
    Object* getattribute = type_lookup(type, "__getattribute__"_name);
    if (!getattribute || (getattribute->type == &wrapper_descriptor_type &&
                          static_cast<WrapperDescriptor*>(getattribute)->wrapped == reinterpret_cast<void*>(generic_getattro_slot))) {
        // FAST: the plain look-up without building the AttributeError that the hook would swallow.
        if (!is_str(name)) return generic_getattro_slot(self, name);
        Ref<> found = TRY(generic_lookup_attr(self, as_str(name)));
        if (found) return found.release();
    } else {
        auto result = call_hook(self, getattribute, name);
        if (result.ok()) return result.release();
        if (!clear_error_if(exc::AttributeError)) return nullptr;
    }
    return call_hook(self, hook.get(), name).release();
}

int slot_tp_setattro(Object* self, Object* name, Object* value) {
    return value ? status_of(special("__setattr__"_name, self, name, value)) : status_of(special("__delattr__"_name, self, name));
}

Object* slot_tp_richcompare(Object* self, Object* other, int op) {
    static Str* const names[] = {"__lt__"_name, "__le__"_name, "__eq__"_name, "__ne__"_name, "__gt__"_name, "__ge__"_name};
    bool unbound = false;
    Ref<> method = find_or_forget(self, names[op], &unbound);
    if (!method) return new_reference(not_implemented());
    return call_found(method.get(), unbound, self, other).release();
}

Object* slot_tp_iter(Object* self) {
    bool unbound = false;
    Ref<> method = find_or_forget(self, "__iter__"_name, &unbound);
    if (method && !is_none(method.get())) return call_found(method.get(), unbound, self).release();
    if (!method && type_lookup(self->type, "__getitem__"_name)) return sequence_iterator_new(self).release();
    return raise(exc::TypeError, "'%.200s' object is not iterable", self->type->name);
}

Object* slot_tp_descr_get(Object* self, Object* object, Object* type) {
    Object* get = type_lookup(self->type, "__get__"_name);
    if (!get) {
        if (self->type->descr_get == slot_tp_descr_get) self->type->descr_get = nullptr;
        return new_reference(self);
    }
    Ref<> held = share(get);
    return call(get, self, object ? object : none(), type ? type : none()).release();
}
int slot_tp_descr_set(Object* self, Object* target, Object* value) {
    return value ? status_of(special("__set__"_name, self, target, value)) : status_of(special("__delete__"_name, self, target));
}

int slot_tp_init(Object* self, Object* args, Object* kwargs) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__init__"_name, &unbound));
    if (!method) return (void)raise_object(exc::AttributeError, "__init__"_name), -1;
    Ref<> result = TRY(call_found_with(method.get(), unbound, self, as_tuple(args), kwargs));
    if (!is_none(result.get()))
        return raise(exc::TypeError, "__init__() should return None, not '%.200s'", result->type->name);
    return 0;
}

Object* slot_tp_new(Type* type, Object* args, Object* kwargs) {
    Ref<> method = TRY(get_attr(type, "__new__"_name));
    return call_found_with(method.get(), true, type, as_tuple(args), kwargs).release();
}

void slot_tp_finalize(Object* self) {
    SavedError saved;
    bool unbound = false;
    auto found = lookup_special_method(self, "__del__"_name, &unbound);
    if (!found.ok()) {
        write_unraisable(self);
        return;
    }
    Ref<> method = found.take();
    if (!method) return;
    if (auto result = call_found(method.get(), unbound, self); !result.ok()) write_unraisable(method.get());
}

Object* slot_am_await(Object* self) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__await__"_name, &unbound));
    if (method) return call_found(method.get(), unbound, self).release();
    return raise(exc::AttributeError, "object %.50s does not have __await__ method", self->type->name);
}
Object* slot_am_aiter(Object* self) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__aiter__"_name, &unbound));
    if (method) return call_found(method.get(), unbound, self).release();
    return raise(exc::AttributeError, "object %.50s does not have __aiter__ method", self->type->name);
}
Object* slot_am_anext(Object* self) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(self, "__anext__"_name, &unbound));
    if (method) return call_found(method.get(), unbound, self).release();
    return raise(exc::AttributeError, "object %.50s does not have __anext__ method", self->type->name);
}

Object* next_not_implemented(Object* self) {
    return raise(exc::TypeError, "'%.200s' object is not iterable", self->type->name);
}

}  // namespace py
