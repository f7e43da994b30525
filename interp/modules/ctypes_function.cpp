// _ctypes: function types and CFuncPtr: addresses, functions of libraries, Python callables, parameter flags.
#include <dlfcn.h>

#include <cstring>

#include "interp/modules/ctypes.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/weakref.h"
#include "interp/runtime/audit.h"

namespace py::ctypes {

namespace {

FunctionData* as_function(Object* object) {
    return static_cast<FunctionData*>(object);
}

Fallible<void> replace(Object** slot, Object* value) {
    Object* before = *slot;
    *slot = value ? new_reference(value) : nullptr;
    xdecref(before);
    return {};
}

// _flags_, _argtypes_ and _restype_ of the class.
Fallible<void> fill_function_info(CType* type, Info* info) {
    info->size = info->align = sizeof(void*);
    info->ffi = &ffi_type_pointer;
    info->has_pointer = true;
    TRY(set_format(info, "X{}"));
    Ref<> flags = TRY(class_attribute(type, "_flags_"));
    if (!flags || !is_int(flags.get()))
        return raise(exc::TypeError, "class must define _flags_ which must be an integer");
    info->flags = TRY(as_c_int(flags.get()));
    if (Ref<> types = TRY(class_attribute(type, "_argtypes_"))) {
        if (!is_tuple(types.get())) return raise(exc::TypeError, "_argtypes_ must be a sequence of types");
        Ref<Tuple> converters = TRY(converters_of(types.get()));
        TRY(replace(&info->argument_types, types.get()));
        TRY(replace(&info->converters, converters.get()));
    }
    Ref<> result = TRY(class_attribute(type, "_restype_"));
    if (!result) return {};
    if (!is_none(result.get()) && !info_of_type(result.get()) && !is_callable(result.get()))
        return raise(exc::TypeError, "_restype_ must be a type, a callable, or None");
    Ref<> checker = TRY(class_attribute(result.get(), "_check_retval_"));
    TRY(replace(&info->checker, checker.get()));
    return replace(&info->result_type, result.get());
}

Info* function_info(Object* self) {
    return info_of(as_data(self));
}
Object* result_type_of(FunctionData* self) {
    return self->result_type ? self->result_type : function_info(self)->result_type;
}

// Where the function of the name is in a library that (name, library) tells.
Fallible<void*> address_in_library(Object* pair) {
    if (!is_tuple(pair) || as_tuple(pair)->size != 2)
        return raise(exc::TypeError, "argument must be a (name, library) pair");
    Object *name = as_tuple(pair)->items[0], *library = as_tuple(pair)->items[1];
    TRY(audit("ctypes.dlsym", "OO", library, name));
    Ref<> handle = TRY(get_attr(library, "_handle"));
    if (!is_int(handle.get()))
        return raise(exc::TypeError, "the _handle attribute of the second argument must be an integer");
    std::string_view text;
    if (is_str(name))
        text = TRY(str_utf8(as_str(name)));
    else if (is_bytes(name))
        text = {as_bytes(name)->data, size_t(as_bytes(name)->size)};
    else
        return raise(exc::TypeError, "function name must be string, bytes object or integer");
    ::dlerror();
    void* address = ::dlsym(reinterpret_cast<void*>(as_uint64_masked(as_int(handle.get()))), text.data());
    if (const char* problem = ::dlerror()) return raise(exc::AttributeError, "%s", problem);
    return address;
}

// Each entry of paramflags is (direction[, name[, default]]).
Fallible<void> check_parameter_flags(Type* type, Object* flags) {
    Info* info = info_of_type(static_cast<Object*>(type));
    if (!flags || is_none(flags) || !info->argument_types) return {};
    if (!is_tuple(flags)) return raise(exc::TypeError, "paramflags must be a tuple or None");
    if (as_tuple(flags)->size != as_tuple(info->argument_types)->size)
        return raise(exc::ValueError, "paramflags must have the same length as argtypes");
    for (ssize_t i = 0; i < as_tuple(flags)->size; ++i) {
        Object* entry = as_tuple(flags)->items[i];
        bool fits = is_tuple(entry) && as_tuple(entry)->size >= 1 && as_tuple(entry)->size <= 3 &&
                    is_int(as_tuple(entry)->items[0]);
        if (!fits) return raise(exc::TypeError, "paramflags must be a sequence of (int [,string [,value]]) tuples");
        int direction = TRY(as_c_int(as_tuple(entry)->items[0]))
        &3;
        Info* item = info_of_type(as_tuple(info->argument_types)->items[i]);
        bool writable = item && (item->kind == Kind::Pointer || item->kind == Kind::Array ||
                                 (item->code && std::strchr("zZP", item->code->letter)));
        if (direction == 2 && !writable)
            return raise(exc::TypeError, "'out' parameter %zd must be a pointer type, not %s", i + 1,
                         as_tuple(info->argument_types)->items[i]->type->name);
    }
    return {};
}

Fallible<Ref<FunctionData>> function_at(Type* type, void* address) {
    Ref<CData> data = TRY(data_new(type));
    std::memcpy(data->data, &address, sizeof address);
    return share(as_function(data.get()));
}

// CFuncPtr(), CFuncPtr(address), CFuncPtr(callable), CFuncPtr((name, library)[, paramflags])
Object* function_tp_new(Type* type, Object* args, Object*) {
    Tuple* given = as_tuple(args);
    if (given->size == 0) return data_new(type).release();
    Object* first = given->items[0];
    if (is_tuple(first)) {
        Object* flags = given->size > 1 ? given->items[1] : nullptr;
        void* address = TRY(address_in_library(first));
        TRY(check_parameter_flags(type, flags));
        Ref<FunctionData> self = TRY(function_at(type, address));
        if (flags && !is_none(flags)) self->parameter_flags = new_reference(flags);
        TRY(keep(self.get(), 0, share(as_tuple(first)->items[1])));
        return self.release();
    }
    if (given->size == 1 && is_int(first))
        return function_at(type, reinterpret_cast<void*>(as_uint64_masked(as_int(first)))).release();
    if (!is_callable(first)) return raise(exc::TypeError, "argument must be callable or integer function address");
    Info* info = info_of_type(static_cast<Object*>(type));
    if (!info || !info->argument_types)
        return raise(exc::TypeError, "cannot construct instance of this class: no argtypes");
    Thunk* thunk = TRY(thunk_new(first, info->argument_types, info->result_type, info->flags));
    auto made = function_at(type, thunk_address(thunk));
    if (!made.ok()) {
        thunk_free(thunk);
        return raised;
    }
    Ref<FunctionData> self = made.take();
    self->thunk = thunk;
    self->callable = new_reference(first);
    return self.release();
}

// The arguments of a call with paramflags: `in` ones from the caller or their default, `out` ones made here.
struct Arguments {
    Ref<Tuple> all;
    Ref<List> out;  // what the call fills in
};
Fallible<Ref<>> given_argument(Object* entry, Tuple* args, Object* kwargs, ssize_t* used) {
    Tuple* flags = as_tuple(entry);
    if (*used < args->size) return share(args->items[(*used)++]);
    if (kwargs && flags->size > 1 && is_str(flags->items[1])) {
        Lookup<> found = dict_get(as_dict(kwargs), flags->items[1]);
        if (!found.ok()) return raised;
        if (Ref<> value = found.take()) return value;
    }
    if (flags->size > 2) return share(flags->items[2]);
    if (flags->size > 1 && is_str(flags->items[1]))
        return raise(exc::TypeError, "required argument '%S' missing", flags->items[1]);
    return raise(exc::TypeError, "not enough arguments");
}
Fallible<Arguments> arguments_of(FunctionData* self, Object* types, Tuple* args, Object* kwargs) {
    Arguments result;
    if (!self->parameter_flags || !types || as_tuple(self->parameter_flags)->size == 0) {
        result.all = share(args);
        return result;
    }
    ssize_t count = as_tuple(types)->size, used = 0;
    result.all = TRY(tuple_new(count));
    result.out = TRY(list_new(0));
    for (ssize_t i = 0; i < count; ++i) {
        Object* entry = as_tuple(self->parameter_flags)->items[i];
        int direction = TRY(as_c_int(as_tuple(entry)->items[0]))
        &~8;
        Object* type = as_tuple(types)->items[i];
        if (direction == 2) {
            // A fresh target; the function gets its address.
            Info* info = info_of_type(type);
            Ref<> made = TRY(call(info && info->kind == Kind::Array ? type : info->proto));
            TRY(list_append(result.out.get(), made.get()));
            if (info->kind != Kind::Array) {
                Ref<CArgument> address = TRY(argument_new('P', &ffi_type_pointer));
                address->value.p = as_data(made.get())->data;
                address->object = new_reference(made.get());
                made = std::move(address);
            }
            result.all->items[i] = made.release();
            continue;
        }
        Ref<> value = TRY(given_argument(entry, args, kwargs, &used));
        if (direction == 3) {
            // A value of the target's type that goes in and comes out.
            Info* info = info_of_type(type);
            if (!is_data(value.get()) && info && info->proto) value = TRY(call(info->proto, value.get()));
            TRY(list_append(result.out.get(), value.get()));
        }
        result.all->items[i] = value.release();
    }
    ssize_t wanted = args->size + (kwargs ? as_dict(kwargs)->used : 0);
    if (used < args->size)
        return raise(exc::TypeError, "this function takes %zd argument%s (%zd given)", used, used == 1 ? "" : "s",
                     wanted);
    return result;
}

// What a call with `out` parameters gives: the one value, or a tuple of them.
Fallible<Ref<>> out_values(List* out) {
    Ref<Tuple> values = TRY(tuple_new(out->size));
    for (ssize_t i = 0; i < out->size; ++i)
        values->items[i] = TRY(call_method(out->items[i], TRY(str_from_ascii("__ctypes_from_outparam__")).get()))
    .release();
    if (values->size == 1) return share(values->items[0]);
    return values;
}

Object* function_call(Object* object, Object* args, Object* kwargs) {
    FunctionData* self = as_function(object);
    Info* info = function_info(self);
    Object* converters = self->converters ? self->converters : info->converters;
    Object* types = self->argument_types ? self->argument_types : info->argument_types;
    Arguments arguments = TRY(arguments_of(self, types, as_tuple(args), kwargs));
    ssize_t required = converters ? as_tuple(converters)->size : 0;
    if (required > arguments.all->size)
        return raise(exc::TypeError, "this function takes at least %zd argument%s (%zd given)", required,
                     required == 1 ? "" : "s", arguments.all->size);
    Call what{};
    std::memcpy(&what.address, self->data, sizeof what.address);
    what.flags = info->flags;
    what.converters = converters;
    what.result_type = result_type_of(self);
    what.checker = self->result_type ? self->checker : info->checker;
    // A call through the function's own type may change it meanwhile.
    Ref<> kept_converters = converters ? share(converters) : Ref<>(),
          kept_type = what.result_type ? share(what.result_type) : Ref<>();
    Ref<> result = TRY(call_function(what, arguments.all.get()));
    if (self->error_check) {
        Ref<> checked = TRY(call(self->error_check, result.get(), object, static_cast<Object*>(arguments.all.get())));
        // A checker that gives the arguments back leaves the result to be made of them.
        if (!arguments.out || checked.get() != static_cast<Object*>(arguments.all.get())) return checked.release();
    }
    if (!arguments.out || arguments.out->size == 0) return result.release();
    return out_values(arguments.out.get()).release();
}

Fallible<Ref<>> function_result_type(Object* self) {
    Object* type = result_type_of(as_function(self));
    return share(type ? type : none());
}
Fallible<void> function_set_result_type(Object* object, Object* value) {
    FunctionData* self = as_function(object);
    if (!value) {
        TRY(replace(&self->result_type, nullptr));
        return replace(&self->checker, nullptr);
    }
    if (!is_none(value) && !info_of_type(value) && !is_callable(value))
        return raise(exc::TypeError, "restype must be a type, a callable, or None");
    Ref<> checker = TRY(class_attribute(value, "_check_retval_"));
    TRY(replace(&self->checker, checker.get()));
    return replace(&self->result_type, value);
}
Fallible<Ref<>> function_argument_types(Object* self) {
    Object* types =
        as_function(self)->argument_types ? as_function(self)->argument_types : function_info(self)->argument_types;
    return share(types ? types : none());
}
Fallible<void> function_set_argument_types(Object* object, Object* value) {
    FunctionData* self = as_function(object);
    if (!value || is_none(value)) {
        TRY(replace(&self->argument_types, nullptr));
        return replace(&self->converters, nullptr);
    }
    Ref<Tuple> types = TRY(tuple_of(value));
    Ref<Tuple> converters = TRY(converters_of(types.get()));
    TRY(replace(&self->converters, converters.get()));
    return replace(&self->argument_types, types.get());
}
Fallible<Ref<>> function_error_check(Object* self) {
    return share(as_function(self)->error_check ? as_function(self)->error_check : none());
}
Fallible<void> function_set_error_check(Object* self, Object* value) {
    if (value && !is_callable(value)) return raise(exc::TypeError, "the errcheck attribute must be callable");
    return replace(&as_function(self)->error_check, value);
}

Fallible<Ref<>> function_repr(Object* self) {
    return TRY(format_str("<%s object at %p>", self->type->name, static_cast<void*>(self)));
}
int function_bool(Object* self) {
    void* address;
    std::memcpy(&address, as_data(self)->data, sizeof address);
    return address != nullptr;
}

constexpr Object* FunctionData::*kReferences[] = {
    &FunctionData::callable, &FunctionData::converters,  &FunctionData::argument_types, &FunctionData::result_type,
    &FunctionData::checker,  &FunctionData::error_check, &FunctionData::parameter_flags};
int function_clear(Object* object) {
    for (auto each : kReferences)
        clear_slot(as_function(object)->*each);
    return data_type.clear(object);
}
int function_traverse(Object* object, Visit visit, void* arg) {
    FunctionData* self = as_function(object);
    for (auto each : kReferences)
        if (self->*each)
            if (int result = visit(self->*each, arg)) return result;
    if (self->thunk)
        if (int result = thunk_traverse(self->thunk, visit, arg)) return result;
    return data_type.traverse(object, visit, arg);
}
void function_dealloc(Object* object) {
    gc_untrack(object);
    for (auto each : kReferences)
        clear_slot(as_function(object)->*each);
    thunk_free(as_function(object)->thunk);
    as_function(object)->thunk = nullptr;
    data_type.dealloc(object);
}

NumberMethods function_number = {.boolean = function_bool};
GetSetDef function_getset[] = {
    GETTER_SETTER("errcheck", function_error_check, function_set_error_check, "a function to check for errors"),
    GETTER_SETTER("restype", function_result_type, function_set_result_type, "specify the result type"),
    GETTER_SETTER("argtypes", function_argument_types, function_set_argument_types, "specify the argument types"),
    END_ROW,
};

}  // namespace

Object* function_class_new(Type* metatype, Object* args, Object* kwargs) {
    Ref<CType> type = TRY(class_new(metatype, args, kwargs));
    Info* info = TRY(info_new(type.get(), Kind::Function));
    TRY(fill_function_info(type.get(), info));
    return type.release();
}

constinit Type function_type = static_type({
    .name = "_ctypes.CFuncPtr",
    .basic_size = sizeof(FunctionData),
    .base = &data_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Function Pointer",
    .dealloc = function_dealloc,
    .traverse = function_traverse,
    .clear = function_clear,
    .repr = slot1<function_repr>,
    .call = function_call,
    .number = &function_number,
    .getset = function_getset,
    .new_ = function_tp_new,
});

}  // namespace py::ctypes
