// Calling objects: vectorcall where the type has it, tp_call with tuple and dict elsewhere; the check of native results.
#include "interp/objects/call.h"

#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/type_internal.h"
#include "interp/runtime/thread.h"

namespace py {
namespace {

constexpr ssize_t kSmallStack = 6;

// Room for the arguments of one call: on the C++ stack when there are few.
class ArgumentStack {
  public:
    ~ArgumentStack() {
        if (items_ != small_) deallocate(items_);
    }
    // One word more in front, for kArgumentsOffset.
    Fallible<void> reserve(ssize_t count) {
        if (count <= kSmallStack) return {};
        Object** memory = static_cast<Object**>(allocate(size_t(count + 1) * sizeof(Object*)));
        if (!memory) return raise_memory_error();
        items_ = memory;
        return {};
    }
    Object** items() { return items_ + 1; }

  private:
    Object* small_[kSmallStack + 1];
    Object** items_ = small_;
};

// Result xor exception: a native function that breaks it would confuse everything after it.
[[gnu::cold, gnu::noinline]] Object* broken_result(Object* callable, Object* result) {
    if (!result) return raise(exc::SystemError, "%R returned NULL without setting an exception", callable);
    decref(result);
    return raise_from_pending(exc::SystemError, "%R returned a result with an exception set", callable);
}
inline Object* checked(Object* callable, Object* result) {
    if ((result != nullptr) == (Thread::current()->error_type != nullptr)) [[unlikely]]
        return broken_result(callable, result);
    return result;
}

[[gnu::cold]] Raised not_callable(Object* object) {
    return raise(exc::TypeError, "'%.200s' object is not callable", object->type->name);
}

Fallible<Ref<>> call_slot(Object* callable, Object* args_tuple, Object* kwargs) {
    TernarySlot slot = callable->type->call;
    if (!slot) return not_callable(callable);
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return raised;
    return Fallible<Ref<>>::from_slot(checked(callable, slot(callable, args_tuple, kwargs)));
}

Fallible<Ref<Dict>> keywords_to_dict(Object* const* values, Tuple* names) {
    Ref<Dict> dict = TRY(dict_new_presized(names->size));
    for (ssize_t i = 0; i < names->size; ++i) TRY(dict_set(dict.get(), names->items[i], values[i]));
    return dict;
}

// Positional arguments and a keyword dict laid out for vectorcall; names must be str.
Fallible<Ref<>> vectorcall_with_dict(VectorcallSlot function, Object* callable, Object* const* args, ssize_t nargs, Dict* kwargs) {
    ArgumentStack stack;
    TRY(stack.reserve(nargs + kwargs->used));
    Object** items = stack.items();
    if (nargs) std::memcpy(items, args, size_t(nargs) * sizeof(Object*));
    Ref<Tuple> names = TRY(tuple_new(kwargs->used));
    ssize_t position = 0, count = 0;
    Object *key, *value;
    bool all_str = true;
    while (count < names->size && dict_next(kwargs, &position, &key, &value)) {
        names->items[count] = new_reference(key);
        items[nargs + count++] = new_reference(value);
        all_str = all_str && is_str(key);
    }
    Object* result = all_str ? function(callable, items, size_t(nargs) | kArgumentsOffset, names.get())
                             : static_cast<Object*>(raise(exc::TypeError, "keywords must be strings"));
    result = checked(callable, result);
    for (ssize_t i = 0; i < count; ++i) decref(items[nargs + i]);
    return Fallible<Ref<>>::from_slot(result);
}

}  // namespace

Fallible<Ref<>> make_call(Object* callable, Object* const* args, ssize_t nargs, Object* kwnames) {
    if (!callable->type->call) return not_callable(callable);
    Ref<Tuple> tuple = TRY(tuple_from_array(args, nargs));
    Ref<Dict> kwargs;
    Tuple* names = static_cast<Tuple*>(kwnames);
    if (names && names->size) kwargs = TRY(keywords_to_dict(args + nargs, names));
    return call_slot(callable, tuple.get(), kwargs.get());
}

Fallible<Ref<>> vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    VectorcallSlot function = vectorcall_of(callable);
    if (!function) [[unlikely]]
        return make_call(callable, args, vectorcall_nargs(nargsf), kwnames);
    return Fallible<Ref<>>::from_slot(checked(callable, function(callable, args, nargsf, kwnames)));
}

Fallible<Ref<>> call_dict(Object* callable, Object* const* args, ssize_t nargs, Object* kwargs) {
    Dict* dict = static_cast<Dict*>(kwargs);
    VectorcallSlot function = vectorcall_of(callable);
    if (!function) {
        Ref<Tuple> tuple = TRY(tuple_from_array(args, nargs));
        return call_slot(callable, tuple.get(), kwargs);
    }
    if (!dict || dict->used == 0)
        return Fallible<Ref<>>::from_slot(checked(callable, function(callable, args, size_t(nargs), nullptr)));
    return vectorcall_with_dict(function, callable, args, nargs, dict);
}

Fallible<Ref<>> call_tuple(Object* callable, Object* args_tuple, Object* kwargs) {
    Tuple* tuple = static_cast<Tuple*>(args_tuple);
    if (vectorcall_of(callable)) return call_dict(callable, tuple->items, tuple->size, kwargs);
    return call_slot(callable, args_tuple, kwargs);
}

Fallible<Ref<>> call(Object* callable) { return vectorcall(callable, nullptr, 0, nullptr); }

Object* call_through_vectorcall(Object* callable, Object* args_tuple, Object* kwargs) {
    // Past the type's flag: a subclass with its own __call__ has lost it, and may call this one through super().
    ssize_t offset = callable->type->vectorcall_offset;
    VectorcallSlot function = offset > 0 ? *reinterpret_cast<VectorcallSlot*>(reinterpret_cast<char*>(callable) + offset) : nullptr;
    if (!function) return not_callable(callable);
    Tuple* tuple = static_cast<Tuple*>(args_tuple);
    Dict* dict = static_cast<Dict*>(kwargs);
    if (!dict || dict->used == 0) return checked(callable, function(callable, tuple->items, size_t(tuple->size), nullptr));
    return vectorcall_with_dict(function, callable, tuple->items, tuple->size, dict).release();
}

Fallible<Ref<>> vectorcall_method(Str* name, Object* const* args, size_t nargsf, Object* kwnames) {
    bool unbound = false;
    Ref<> method = TRY(get_method(args[0], name, &unbound));
    if (unbound) {
        // A Python function's frame keeps the object itself; a native method would lose it when what it calls drops the last
        // reference, such as a stream's detach().
        Ref<> kept = is_function(method.get()) ? Ref<>() : share(args[0]);
        return vectorcall(method.get(), args, nargsf & ~kArgumentsOffset, kwnames);
    }
    // args[0] is free to be overwritten by the callee.
    return vectorcall(method.get(), args + 1, size_t(vectorcall_nargs(nargsf) - 1) | kArgumentsOffset, kwnames);
}

}  // namespace py
