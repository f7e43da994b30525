// Calling objects: the vectorcall protocol (PEP 590) and comfortable forms over it. All run Python.
#pragma once

#include <initializer_list>

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

// Bit in nargsf: args[-1] may be overwritten by the callee (to prepend self).
inline constexpr size_t kArgumentsOffset = size_t(1) << (8 * sizeof(size_t) - 1);
inline ssize_t vectorcall_nargs(size_t nargsf) { return ssize_t(nargsf & ~kArgumentsOffset); }
// The object's vectorcall function or null.
inline VectorcallSlot vectorcall_of(Object* callable) {
    Type* type = callable->type;
    if (!type->has(type_flag::kHaveVectorcall)) return nullptr;
    return *reinterpret_cast<VectorcallSlot*>(reinterpret_cast<char*>(callable) + type->vectorcall_offset);
}
// kwnames: tuple of str or null; keyword values follow the positional arguments.
Fallible<Ref<>> vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);
Fallible<Ref<>> call_tuple(Object* callable, Object* args_tuple, Object* kwargs_dict_or_null);
Fallible<Ref<>> call_dict(Object* callable, Object* const* args, ssize_t nargs, Object* kwargs_dict_or_null);
Fallible<Ref<>> call(Object* callable);
template <class... Args>
Fallible<Ref<>> call(Object* callable, Args*... args) {
    Object* stack[] = {nullptr, static_cast<Object*>(args)...};
    return vectorcall(callable, stack + 1, sizeof...(args) | kArgumentsOffset, nullptr);
}
// object.name(args…) without a bound method where the type gives a plain function.
Fallible<Ref<>> vectorcall_method(Str* name, Object* const* args, size_t nargsf, Object* kwnames);  // args[0] is the object
template <class... Args>
Fallible<Ref<>> call_method(Object* object, Str* name, Args*... args) {
    Object* stack[] = {nullptr, object, static_cast<Object*>(args)...};
    return vectorcall_method(name, stack + 1, (1 + sizeof...(args)) | kArgumentsOffset, nullptr);
}
// For tp_call of types that implement vectorcall.
Object* call_through_vectorcall(Object* callable, Object* args_tuple, Object* kwargs);
// For vectorcall over tp_call. SystemError checks: result xor exception ("returned a result with an exception set").
Fallible<Ref<>> make_call(Object* callable, Object* const* args, ssize_t nargs, Object* kwnames);
// LOAD_METHOD: the attribute; *unbound says that the result is a function to be called with object as first argument.
Fallible<Ref<>> get_method(Object* object, Str* name, bool* unbound);

}  // namespace py
