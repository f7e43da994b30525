// Traverse, clear and dealloc slots made from a list of an object's reference fields, and helpers for __reduce__.
// `.traverse = traverse_members<&Chain::source, &Chain::active>`
#pragma once

#include "interp/objects/containers.h"
#include "interp/objects/memory.h"

namespace py {

template <class>
struct MemberOwner;
template <class T, class Owner>
struct MemberOwner<T * Owner::*> {
    using type = Owner;
};

template <auto First, auto... Rest>
int traverse_members(Object* object, Visit visit, void* arg) {
    auto self = static_cast<typename MemberOwner<decltype(First)>::type*>(object);
    int result = 0;
    auto one = [&](auto member) {
        if (self->*member) result = visit(self->*member, arg);
        return result != 0;
    };
    (void)(one(First) || ... || one(Rest));
    return result;
}
template <auto First, auto... Rest>
int clear_members(Object* object) {
    auto self = static_cast<typename MemberOwner<decltype(First)>::type*>(object);
    clear_slot(self->*First);
    (clear_slot(self->*Rest), ...);
    return 0;
}
// For types with kHaveGc.
template <auto First, auto... Rest>
void dealloc_members(Object* object) {
    auto self = static_cast<typename MemberOwner<decltype(First)>::type*>(object);
    gc_untrack(object);
    xdecref(self->*First);
    (xdecref(self->*Rest), ...);
    object_memory_free(object);
}

// (type(self), (arguments…)) and the same with a state.
template <class... Args>
Fallible<Ref<>> reduce_to_call(Object* self, Args*... arguments) {
    Ref<Tuple> packed = TRY(tuple_pack(arguments...));
    return tuple_pack(static_cast<Object*>(self->type), packed.get());
}
template <class... Args>
Fallible<Ref<>> reduce_with_state(Object* self, Object* state, Args*... arguments) {
    Ref<Tuple> packed = TRY(tuple_pack(arguments...));
    return tuple_pack(static_cast<Object*>(self->type), packed.get(), state);
}

// A new instance of the type, zeroed, tracked when it is collected.
template <class T>
Fallible<Ref<T>> instance_new(Type* type) {
    return Fallible<Ref<T>>::from_slot(static_cast<T*>(type->alloc(type, 0)));
}

}  // namespace py
