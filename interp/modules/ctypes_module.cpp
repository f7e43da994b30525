// _ctypes: the module's functions.
#include <dlfcn.h>

#include <cstring>
#include <cwchar>

#include "interp/modules/ctypes.h"
#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/audit.h"

namespace py::ctypes {

Object* argument_error = nullptr;
Object* pointer_cache = nullptr;

namespace {

// _ctypes.sizeof(object, /)
Fallible<Ref<>> ctypes_sizeof(Object*, Object* object) {
    if (Info* info = info_of_type(object)) return TRY(int_from(info->size));
    if (is_data(object)) return TRY(int_from(as_data(object)->size));
    return raise(exc::TypeError, "this type has no size");
}
// _ctypes.alignment(object, /)
Fallible<Ref<>> ctypes_alignment(Object*, Object* object) {
    Info* info = is_data(object) ? info_of(as_data(object)) : info_of_type(object);
    if (!info) return raise(exc::TypeError, "no alignment info");
    return TRY(int_from(info->align));
}
// _ctypes.addressof(object, /)
Fallible<Ref<>> ctypes_addressof(Object*, Object* object) {
    if (!is_data(object)) return raise(exc::TypeError, "invalid type");
    TRY(audit("ctypes.addressof", "(O)", object));
    return TRY(int_from_unsigned(uintptr_t(as_data(object)->data)));
}
// _ctypes.byref(object, offset=0, /)
Fallible<Ref<>> ctypes_byref(Object*, Object* const* a) {
    ssize_t offset = a[1] ? TRY(index_as_ssize(a[1], exc::OverflowError)) : 0;
    if (!is_data(a[0]))
        return raise(exc::TypeError, "byref() argument must be a ctypes instance, not '%s'", a[0]->type->name);
    Ref<CArgument> argument = TRY(argument_new('P', &ffi_type_pointer));
    argument->value.p = as_data(a[0])->data + offset;
    argument->object = new_reference(a[0]);
    return argument;
}
// _ctypes.resize(object, size, /)
Fallible<Ref<>> ctypes_resize(Object*, Object* const* a) {
    if (!is_data(a[0])) return raise(exc::TypeError, "excepted ctypes instance");
    CData* data = as_data(a[0]);
    ssize_t size = TRY(index_as_ssize(a[1], exc::OverflowError))
    , least = info_of(data)->size;
    if (size < least) return raise(exc::ValueError, "minimum size is %zd", least);
    if (!data->owns_data) return raise(exc::ValueError, "Memory cannot be resized because this object doesn't own it");
    bool inside = data->data == data->value.bytes;
    if (!inside || size > ssize_t(sizeof data->value)) {
        auto memory = static_cast<char*>(allocate(size_t(size)));
        if (!memory) return raise_memory_error();
        std::memset(memory, 0, size_t(size));
        std::memcpy(memory, data->data, size_t(std::min(size, data->size)));
        if (!inside) deallocate(data->data);
        data->data = memory;
    }
    data->size = size;
    return share(none());
}
// _ctypes.POINTER(type, /)
Fallible<Ref<>> ctypes_pointer_type(Object*, Object* type) {
    return pointer_class(type);
}
// _ctypes.pointer(object, /)
Fallible<Ref<>> ctypes_pointer(Object*, Object* object) {
    if (!is_data(object)) return raise(exc::TypeError, "_type_ must have storage info");
    Ref<> type = TRY(pointer_class(object->type));
    return call(type.get(), object);
}
// _ctypes.get_errno()
Fallible<Ref<>> ctypes_get_errno(Object*) {
    TRY(audit("ctypes.get_errno", ""));
    return TRY(int_from(saved_errno()));
}
// _ctypes.set_errno(value, /)
Fallible<Ref<>> ctypes_set_errno(Object*, Object* value) {
    int number = TRY(as_c_int(value));
    TRY(audit("ctypes.set_errno", "O", value));
    int before = saved_errno();
    saved_errno() = number;
    return TRY(int_from(before));
}
// _ctypes.dlopen(name, mode=RTLD_NOW, /)
Fallible<Ref<>> ctypes_dlopen(Object*, Object* const* a) {
    int mode = a[1] ? TRY(as_c_int(a[1])) : RTLD_NOW;
    PathArgument path{.function = "dlopen", .argument = "name"};
    if (!is_none(a[0])) TRY(path.parse(a[0]));
    TRY(audit("ctypes.dlopen", "O", a[0]));
    void* handle = without_gil([&] { return ::dlopen(path.bytes ? path.c_str() : nullptr, mode | RTLD_NOW); });
    if (!handle) return raise(exc::OSError, "%s", ::dlerror());
    return TRY(int_from_unsigned(uintptr_t(handle)));
}
Fallible<void*> address_argument(Object* value) {
    return reinterpret_cast<void*>(as_uint64_masked(TRY(index(value)).get()));
}
// _ctypes.dlclose(handle, /)
Fallible<Ref<>> ctypes_dlclose(Object*, Object* handle) {
    if (::dlclose(TRY(address_argument(handle))) != 0) return raise(exc::OSError, "%s", ::dlerror());
    return share(none());
}
// _ctypes.dlsym(handle, name, /)
Fallible<Ref<>> ctypes_dlsym(Object*, Object* const* a) {
    void* handle = TRY(address_argument(a[0]));
    if (!is_str(a[1])) return raise(exc::TypeError, "dlsym() argument 2 must be str, not %N", a[1]);
    TRY(audit("ctypes.dlsym/handle", "OO", a[0], a[1]));
    ::dlerror();
    void* address = ::dlsym(handle, TRY(str_utf8(as_str(a[1]))).data());
    if (!address) return raise(exc::OSError, "%s", ::dlerror());
    return TRY(int_from_unsigned(uintptr_t(address)));
}
Fallible<Ref<>> call_address(Object* const* a, int flags) {
    if (!is_tuple(a[1])) return raise(exc::TypeError, "argument 2 must be tuple, not %s", a[1]->type->name);
    TRY(audit("ctypes.call_function", "OO", a[0], a[1]));
    return call_function(
        {
            TRY(address_argument(a[0]))
            , flags, nullptr, nullptr, nullptr
        },
        as_tuple(a[1]));
}
// _ctypes.call_function(address, arguments, /)
Fallible<Ref<>> ctypes_call_function(Object*, Object* const* a) {
    return call_address(a, 0);
}
// _ctypes.call_cdeclfunction(address, arguments, /)
Fallible<Ref<>> ctypes_call_cdeclfunction(Object*, Object* const* a) {
    return call_address(a, kCdecl);
}
// _ctypes.PyObj_FromPtr(address, /)
Fallible<Ref<>> ctypes_from_pointer(Object*, Object* address) {
    auto* object = static_cast<Object*>(TRY(address_argument(address)));
    TRY(audit("ctypes.PyObj_FromPtr", "(O)", object));
    return share(object);
}
// _ctypes.Py_INCREF(object, /)
Fallible<Ref<>> ctypes_incref(Object*, Object* object) {
    (void)new_reference(object);
    return share(object);
}
// _ctypes.Py_DECREF(object, /)
Fallible<Ref<>> ctypes_decref(Object*, Object* object) {
    decref(object);
    return share(object);
}
// _ctypes._unpickle(type, state, /)
Fallible<Ref<>> ctypes_unpickle(Object*, Object* const* a) {
    Ref<> made = TRY(call_method(a[0], "__new__"_name, a[0]));
    Ref<> method = TRY(get_attr(made.get(), "__setstate__"));
    TRY(call_tuple(method.get(), a[1], nullptr));
    return made;
}
// _ctypes.buffer_info(object, /)
Fallible<Ref<>> ctypes_buffer_info(Object*, Object* object) {
    Info* info = is_data(object) ? info_of(as_data(object)) : info_of_type(object);
    if (!info) return raise(exc::TypeError, "not a ctypes type or object");
    Ref<Tuple> shape = TRY(tuple_new(info->dimensions));
    for (int i = 0; i < info->dimensions; ++i)
        shape->items[i] = TRY(int_from(info->shape[i]))
    .release();
    Ref<Str> format = TRY(str_from_utf8(info->format ? info->format : "B"));
    Ref<Int> dimensions = TRY(int_from(info->dimensions));
    return TRY(tuple_pack(static_cast<Object*>(format.get()), static_cast<Object*>(dimensions.get()),
                          static_cast<Object*>(shape.get())));
}

// What ctypes.string_at, wstring_at and cast call through function pointers.
Object* string_at(const char* text, int size) {
    if (!audit("ctypes.string_at", "ni", ssize_t(uintptr_t(text)), size).ok()) return nullptr;
    return (size < 0 ? bytes_from(text) : bytes_from({text, size_t(size)})).release();
}
Object* wide_string_at(const wchar_t* text, int size) {
    if (!audit("ctypes.wstring_at", "ni", ssize_t(uintptr_t(text)), size).ok()) return nullptr;
    return str_from_wide(text, size < 0 ? ssize_t(std::wcslen(text)) : size).release();
}
Fallible<Ref<>> cast_to(void* address, Object* source, Object* type) {
    Info* info = info_of_type(type);
    bool is_pointer = info && (info->kind == Kind::Pointer || info->kind == Kind::Function ||
                               (info->code && std::strchr("sPzUZXO", info->code->letter)));
    if (!is_pointer) {
        const char* name = is_type(type) ? static_cast<Type*>(static_cast<VarObject*>(type))->name : type->type->name;
        return raise(exc::TypeError, "cast() argument 2 must be a pointer type, not %s", name);
    }
    Ref<> result = TRY(call(type));
    CData* made = as_data(result.get());
    // Both refer to the same memory, so both know what has to live.
    if (is_data(source)) {
        TRY(kept_objects(as_data(source)));
        CData* container = as_data(source);
        while (container->base)
            container = container->base;
        if (!is_dict_exact(container->objects)) {
            Object* before = container->objects;
            container->objects = TRY(dict_new())
            .release();
            if (before != none()) {
                Ref<Int> own = TRY(int_from_unsigned(uintptr_t(before)));
                TRY(dict_set(as_dict(container->objects), own.get(), before));
            }
            decref(before);
        }
        made->objects = new_reference(container->objects);
        Ref<Int> key = TRY(int_from_unsigned(uintptr_t(source)));
        TRY(dict_set(as_dict(made->objects), key.get(), source));
    }
    std::memcpy(made->data, &address, sizeof address);
    return result;
}
Object* cast(void* address, Object* source, Object* type) {
    return cast_to(address, source, type).release();
}

MethodDef functions[] = {
    METHOD_O_UNSIGNED("sizeof", ctypes_sizeof,
                      "sizeof(C type) -> integer\nsizeof(C instance) -> integer\nThe size in bytes."),
    METHOD_O_UNSIGNED("alignment", ctypes_alignment,
                      "alignment(C type) -> integer\nalignment(C instance) -> integer\nThe alignment."),
    METHOD_O_UNSIGNED("addressof", ctypes_addressof,
                      "addressof(C instance) -> integer\nThe address of the instance's memory."),
    {"byref", BOUND_ENTRY_(ctypes_byref, "byref", "(object, offset=0, /)"), kFastcall | kBareName,
     "byref(C instance[, offset=0]) -> byref-object\nA pointer for a call."},
    METHOD_PARSED_BOUND("resize", ctypes_resize, "(object, size, /)", "Resize the memory buffer of a ctypes instance"),
    METHOD_O_UNSIGNED("POINTER", ctypes_pointer_type, nullptr),
    METHOD_O_UNSIGNED("pointer", ctypes_pointer, nullptr),
    METHOD_NOARGS_UNSIGNED("get_errno", ctypes_get_errno, nullptr),
    METHOD_PARSED_ONE("set_errno", ctypes_set_errno, nullptr),
    METHOD_PARSED_BOUND("dlopen", ctypes_dlopen, "(name, mode=0, /)", "dlopen(name, flag) open a shared library"),
    METHOD_PARSED_ONE("dlclose", ctypes_dlclose, "dlclose a library"),
    METHOD_PARSED_BOUND("dlsym", ctypes_dlsym, "(handle, name, /)", "find symbol in shared library"),
    METHOD_PARSED_UNNAMED("call_function", ctypes_call_function, "(address, arguments, /)", nullptr),
    METHOD_PARSED_UNNAMED("call_cdeclfunction", ctypes_call_cdeclfunction, "(address, arguments, /)", nullptr),
    METHOD_PARSED_ONE("PyObj_FromPtr", ctypes_from_pointer, nullptr),
    METHOD_O_UNSIGNED("Py_INCREF", ctypes_incref, nullptr),
    METHOD_O_UNSIGNED("Py_DECREF", ctypes_decref, nullptr),
    METHOD_PARSED_UNNAMED("_unpickle", ctypes_unpickle, "(type, state, /)", nullptr),
    METHOD_O_UNSIGNED("buffer_info", ctypes_buffer_info, "Return buffer interface information"),
    END_ROW,
};

Fallible<void> add_type(Module* module, Type& type, Type& metatype) {
    type.type = &metatype;
    return module_add_type(module, &type);
}
Fallible<void> add_address(Module* module, const char* name, void* address) {
    return module_add(module, name, Ref<>(TRY(int_from_unsigned(uintptr_t(address)))));
}

Fallible<void> execute(Module* module) {
    pointer_cache = TRY(dict_new())
    .release();
    TRY(module_add(module, "_pointer_type_cache", share(pointer_cache)));
    for (Type* each : {&simple_metatype, &pointer_metatype, &array_metatype, &structure_metatype, &union_metatype,
                       &function_metatype, &data_type, &argument_type, &field_type})
        TRY(type_ready(each));
    TRY(add_type(module, simple_type, simple_metatype));
    TRY(add_type(module, pointer_type, pointer_metatype));
    TRY(add_type(module, array_type, array_metatype));
    TRY(add_type(module, structure_type, structure_metatype));
    TRY(add_type(module, union_type, union_metatype));
    TRY(add_type(module, function_type, function_metatype));
    Ref<> error = TRY(exception_type_new("ctypes.ArgumentError", exc::Exception, nullptr));
    argument_error = error.get();
    TRY(module_add(module, "ArgumentError", std::move(error)));
    TRY(module_add_str(module, "__version__", "1.1.0"));
    TRY(module_add_int(module, "FUNCFLAG_CDECL", kCdecl));
    TRY(module_add_int(module, "FUNCFLAG_PYTHONAPI", kPythonApi));
    TRY(module_add_int(module, "FUNCFLAG_USE_ERRNO", kUseErrno));
    TRY(module_add_int(module, "FUNCFLAG_USE_LASTERROR", kUseLastError));
    TRY(module_add_int(module, "CTYPES_MAX_ARGCOUNT", 1024));
    TRY(module_add_int(module, "RTLD_LOCAL", RTLD_LOCAL));
    TRY(module_add_int(module, "RTLD_GLOBAL", RTLD_GLOBAL));
    TRY(add_address(module, "_memmove_addr", reinterpret_cast<void*>(std::memmove)));
    TRY(add_address(module, "_memset_addr", reinterpret_cast<void*>(std::memset)));
    TRY(add_address(module, "_string_at_addr", reinterpret_cast<void*>(string_at)));
    TRY(add_address(module, "_wstring_at_addr", reinterpret_cast<void*>(wide_string_at)));
    return add_address(module, "_cast_addr", reinterpret_cast<void*>(cast));
}

}  // namespace

}  // namespace py::ctypes

namespace py {

extern const NativeModule ctypes_module;
const NativeModule ctypes_module = {"_ctypes", "Create and manipulate C compatible data types in Python.",
                                    ctypes::functions, ctypes::execute};

}  // namespace py
