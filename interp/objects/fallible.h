// Fallible<T>: the value of an operation that may have raised. When it failed, the exception is pending in the thread
// (interp/objects/errors.h). Slots with C signatures use null or -1 instead; `raised` converts to either.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "interp/objects/object.h"

namespace py {

// "An exception is pending": returned by raise(…), converts to every failure form.
struct [[nodiscard]] Raised {
    template <class T>
    operator T*() const {
        return nullptr;
    }
    operator int() const { return -1; }
    operator ssize_t() const { return -1; }
};
inline constexpr Raised raised{};

template <class T = Ref<Object>>
class [[nodiscard]] Fallible {
  public:
    Fallible(T value) : value_(std::move(value)), ok_(true) {}
    Fallible(Raised) : value_(), ok_(false) {}
    bool ok() const { return ok_; }
    T take() { return std::move(value_); }

  private:
    T value_;
    bool ok_;
};

// One word: null is failure, so a Fallible<Ref<T>> never holds "no object" (Lookup does).
template <class T>
class [[nodiscard]] Fallible<Ref<T>> {
  public:
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Fallible(Ref<U> value) : value_(std::move(value)) {}
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Fallible(Fallible<Ref<U>> other) : value_(other.take()) {}
    Fallible(Raised) {}
    // From a C-signature result: an owned reference, or null when raised.
    static Fallible from_slot(T* owned) {
        Fallible result{raised};
        result.value_ = Ref<T>::steal(owned);
        return result;
    }
    bool ok() const { return bool(value_); }
    Ref<T> take() { return std::move(value_); }
    // To a C-signature result.
    T* release() { return value_.release(); }

  private:
    Ref<T> value_;
};

template <>
class [[nodiscard]] Fallible<void> {
  public:
    Fallible() : ok_(true) {}
    Fallible(Raised) : ok_(false) {}
    // From a C-signature result: 0, or -1 when raised.
    static Fallible from_slot(int status) { return status < 0 ? Fallible(raised) : Fallible(); }
    bool ok() const { return ok_; }
    void take() {}
    int release() const { return ok_ ? 0 : -1; }

  private:
    bool ok_;
};

// A look-up that can find nothing without any exception being made: found (non-null), absent (null), or raised.
template <class T = Object>
class [[nodiscard]] Lookup {
  public:
    Lookup(Ref<T> value) : value_(std::move(value)), ok_(true) {}
    Lookup(std::nullptr_t) : ok_(true) {}
    Lookup(Raised) : ok_(false) {}
    bool ok() const { return ok_; }
    Ref<T> take() { return std::move(value_); }

  private:
    Ref<T> value_;
    bool ok_;
};

[[noreturn]] inline void invariant_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "adder: internal error: %s does not hold (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace py

// TRY(fallible): its value, or leave the function with the pending exception. MUST: its value, or abort.
// The result's name is numbered so that a TRY may stand inside another's expression.
#define TRY(expression) TRY_COUNTED(expression, __COUNTER__)
#define TRY_COUNTED(expression, number) TRY_NUMBERED(expression, number)
#define TRY_NUMBERED(expression, number) TRY_RESULT(expression, try_result_##number)
#define TRY_RESULT(expression, result)   \
    ({                                   \
        auto result = (expression);      \
        if (!result.ok()) [[unlikely]]   \
            return ::py::raised;         \
        result.take();                   \
    })
#define MUST(expression)                                                     \
    ({                                                                       \
        auto must_result_ = (expression);                                    \
        if (!must_result_.ok()) [[unlikely]]                                 \
            ::py::invariant_failed(#expression, __FILE__, __LINE__);         \
        must_result_.take();                                                 \
    })
#define CHECK(condition) ((condition) ? void() : ::py::invariant_failed(#condition, __FILE__, __LINE__))
