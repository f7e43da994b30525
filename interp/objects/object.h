// The head of every object, reference counts, and the owning pointer Ref. Layout: C ABI of CPython 3.11 (c-abi facts).
#pragma once

#include <type_traits>
#include <utility>

#include "interp/objects/forward.h"

namespace py {

// PyObject: 16 bytes.
struct Object {
    ssize_t refcount;
    Type* type;
};
// PyVarObject: 24 bytes. `size` is the item count; of an int, sign times digit count.
struct VarObject : Object {
    ssize_t size;
};

// Start count of objects that live as long as the process; far enough from 0 that plain ++/-- never reaches it.
inline constexpr ssize_t kImmortalRefcount = ssize_t(1) << 60;

// Frees an object whose count fell to 0 (calls type->dealloc). May run Python code (`__del__`, weakref callbacks).
void dealloc(Object* object);

// The refcheck build keeps the sum of all references that there are (sys.gettotalrefcount); nothing else changes a count than
// the functions below, so that the sum is exact. What compiled extensions count inline goes past it, as it does past
// CPython's: the sum holds for programs that load none.
#ifdef ADDER_REFCHECK
inline constexpr bool kSumsReferences = true;
#else
inline constexpr bool kSumsReferences = false;
#endif
extern ssize_t reference_sum;
inline void sum_references(ssize_t added) {
    if constexpr (kSumsReferences) reference_sum += added;
}

inline void incref(Object* object) {
    sum_references(1);
    ++object->refcount;
}
// Always inline: with the whole program before it, the optimiser finds the loop too large to take this in.
[[gnu::always_inline]] inline void decref(Object* object) {
    sum_references(-1);
    if (--object->refcount == 0) [[unlikely]]
        dealloc(object);
}
inline void incref_times(Object* object, ssize_t times) {
    sum_references(times);
    object->refcount += times;
}
// The first reference to a new object, or to a dead one that is used again.
inline void start_refcount(Object* object) {
    sum_references(1);
    object->refcount = 1;
}
// Takes back start_refcount for a finalizer's time: is the object still dead?
inline bool end_refcount(Object* object) {
    sum_references(-1);
    return --object->refcount == 0;
}
inline void xincref(Object* object) {
    if (object) incref(object);
}
inline void xdecref(Object* object) {
    if (object) decref(object);
}
// Empties the slot before the old value dies, so that code run by its death sees the slot empty.
template <class T>
inline void clear_slot(T*& slot) {
    T* old = std::exchange(slot, nullptr);
    xdecref(old);
}
// Puts an owned reference into a slot; the old value dies afterwards.
template <class T, class U>
inline void replace_slot(T*& slot, U* owned) {
    T* old = std::exchange(slot, owned);
    xdecref(old);
}
template <class T>
inline T* new_reference(T* object) {
    incref(object);
    return object;
}

// Owns one reference or is null. Move-only by habit: copying counts up and is spelled share().
template <class T = Object>
class [[nodiscard]] Ref {
  public:
    Ref() = default;
    Ref(std::nullptr_t) {}
    Ref(Ref&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Ref(Ref<U>&& other) noexcept : pointer_(other.release()) {}
    Ref(const Ref& other) : pointer_(other.pointer_) { xincref(pointer_); }
    Ref& operator=(Ref other) noexcept {
        std::swap(pointer_, other.pointer_);
        return *this;
    }
    ~Ref() { xdecref(pointer_); }

    // Takes over a reference the caller owns.
    static Ref steal(T* owned) {
        Ref result;
        result.pointer_ = owned;
        return result;
    }
    // Counts up: the caller's pointer stays what it was.
    static Ref share(T* borrowed) {
        xincref(borrowed);
        return steal(borrowed);
    }
    T* get() const { return pointer_; }
    T* operator->() const { return pointer_; }
    T& operator*() const { return *pointer_; }
    explicit operator bool() const { return pointer_ != nullptr; }
    // Hands the reference to the caller.
    [[nodiscard]] T* release() { return std::exchange(pointer_, nullptr); }
    void reset() { clear_slot(pointer_); }
    template <class U>
    Ref<U> cast() && {
        return Ref<U>::steal(static_cast<U*>(release()));
    }

  private:
    T* pointer_ = nullptr;
};

template <class T>
inline Ref<T> steal(T* owned) {
    return Ref<T>::steal(owned);
}
template <class T>
inline Ref<T> share(T* borrowed) {
    return Ref<T>::share(borrowed);
}

// The singletons. Immortal; exported as _Py_NoneStruct and so on.
extern Object none_object asm("_Py_NoneStruct");
extern Object not_implemented_object asm("_Py_NotImplementedStruct");
extern Object ellipsis_object asm("_Py_EllipsisObject");
inline Object* none() { return &none_object; }
inline Object* not_implemented() { return &not_implemented_object; }
inline Object* ellipsis() { return &ellipsis_object; }
inline bool is_none(const Object* object) { return object == &none_object; }

}  // namespace py
