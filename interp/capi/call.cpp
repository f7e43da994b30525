// Calling: PyObject_Call*, PyObject_Vectorcall*, PyEval_Call*.
#include "interp/objects/call.h"

#include <cstdarg>

#include "interp/capi/build_value.h"
#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

namespace py {

namespace {

// The objects up to the null that ends a variable argument list, `reserved` slots of room in front.
class ObjectArguments {
  public:
    ObjectArguments(va_list& list, int reserved) : reserved_(reserved) {
        va_list counted;
        va_copy(counted, list);
        while (va_arg(counted, Object*))
            ++count_;
        va_end(counted);
        items_ = size_t(count_ + reserved) > kInline
                     ? static_cast<Object**>(malloc(sizeof(Object*) * size_t(count_ + reserved)))
                     : inline_;
        for (int i = 0; items_ && i < count_; ++i)
            items_[reserved + i] = va_arg(list, Object*);
    }
    ~ObjectArguments() {
        if (items_ != inline_) free(items_);
    }
    ObjectArguments(const ObjectArguments&) = delete;
    ObjectArguments& operator=(const ObjectArguments&) = delete;
    Object** items() { return items_; }  // null: out of memory
    size_t size() const { return size_t(count_ + reserved_); }

  private:
    static constexpr size_t kInline = 8;
    int count_ = 0, reserved_;
    Object** items_;
    Object* inline_[kInline];
};

Fallible<Ref<>> call_with_values(Object* callable, const char* format, va_list& values) {
    if (!callable) return raise_bad_internal_call("call");
    if (!format || !*format) return call(callable);
    Ref<> built = TRY(build_value(format, values));
    if (is_tuple(built.get())) return call_tuple(callable, built.get(), nullptr);
    return call(callable, built.get());
}
Fallible<Ref<>> callable_attribute(Object* object, const char* name) {
    Ref<> callable = TRY(get_attr(object, name));
    if (!is_callable(callable.get()))
        return raise(exc::TypeError, "attribute of type '%T' is not callable", callable.get());
    return callable;
}

}  // namespace

API Object* PyObject_Call(Object* callable, Object* args, Object* kwargs) {
    return call_tuple(callable, args, kwargs).release();
}
API Object* PyObject_CallObject(Object* callable, Object* args) {
    if (!args) return call(callable).release();
    if (!is_tuple(args)) return raise(exc::TypeError, "argument list must be a tuple");
    return call_tuple(callable, args, nullptr).release();
}
API Object* PyObject_CallNoArgs(Object* callable) {
    return call(callable).release();
}
API Object* PyObject_CallOneArg(Object* callable, Object* argument) {
    return call(callable, argument).release();
}
API Object* PyObject_Vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    return vectorcall(callable, args, nargsf, kwnames).release();
}
API Object* _PyObject_Vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    return vectorcall(callable, args, nargsf, kwnames).release();
}
API Object* PyObject_VectorcallDict(Object* callable, Object* const* args, size_t nargsf, Object* kwargs) {
    return call_dict(callable, args, vectorcall_nargs(nargsf), kwargs).release();
}
API Object* PyObject_VectorcallMethod(Object* name, Object* const* args, size_t nargsf, Object* kwnames) {
    return vectorcall_method(static_cast<Str*>(name), args, nargsf, kwnames).release();
}
API Object* PyVectorcall_Call(Object* callable, Object* args, Object* kwargs) {
    return call_through_vectorcall(callable, args, kwargs);
}
API VectorcallSlot PyVectorcall_Function(Object* callable) {
    return vectorcall_of(callable);
}
API Object* _PyObject_MakeTpCall(Object*, Object* callable, Object* const* args, ssize_t nargs, Object* kwnames) {
    return make_call(callable, args, nargs, kwnames).release();
}

API Object* PyObject_CallFunctionObjArgs(Object* callable, ...) {
    va_list list;
    va_start(list, callable);
    ObjectArguments arguments(list, 0);
    va_end(list);
    if (!arguments.items()) return raise_memory_error();
    return vectorcall(callable, arguments.items(), arguments.size(), nullptr).release();
}
API Object* PyObject_CallMethodObjArgs(Object* object, Object* name, ...) {
    if (!object || !name) return raise_bad_internal_call("PyObject_CallMethodObjArgs");
    va_list list;
    va_start(list, name);
    ObjectArguments arguments(list, 1);
    va_end(list);
    if (!arguments.items()) return raise_memory_error();
    arguments.items()[0] = object;
    return vectorcall_method(static_cast<Str*>(name), arguments.items(), arguments.size(), nullptr).release();
}

#define CALL_FUNCTION(name)                                                  \
    API Object* name(Object* callable, const char* format, ...) {            \
        va_list values;                                                      \
        va_start(values, format);                                            \
        Fallible<Ref<>> result = call_with_values(callable, format, values); \
        va_end(values);                                                      \
        return result.release();                                             \
    }
CALL_FUNCTION(PyObject_CallFunction)
CALL_FUNCTION(_PyObject_CallFunction_SizeT)
CALL_FUNCTION(PyEval_CallFunction)
#undef CALL_FUNCTION
#define CALL_METHOD(function)                                                         \
    API Object* function(Object* object, const char* name, const char* format, ...) { \
        if (!object || !name) return raise_bad_internal_call(#function);              \
        Ref<> callable = TRY(callable_attribute(object, name));                       \
        va_list values;                                                               \
        va_start(values, format);                                                     \
        Fallible<Ref<>> result = call_with_values(callable.get(), format, values);    \
        va_end(values);                                                               \
        return result.release();                                                      \
    }
CALL_METHOD(PyObject_CallMethod)
CALL_METHOD(_PyObject_CallMethod_SizeT)
CALL_METHOD(PyEval_CallMethod)
#undef CALL_METHOD
API Object* PyEval_CallObjectWithKeywords(Object* callable, Object* args, Object* kwargs) {
    if (args && !is_tuple(args)) return raise(exc::TypeError, "argument list must be a tuple");
    Ref<> positional = args ? share(args) : Ref<>(tuple_empty());
    return call_tuple(callable, positional.get(), kwargs).release();
}

}  // namespace py
