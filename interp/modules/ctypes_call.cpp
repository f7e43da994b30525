// _ctypes: calls into C through libffi, and C's calls into Python.
#include "interp/modules/ctypes.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/thread.h"

namespace py::ctypes {

int& saved_errno() {
    static thread_local int value = 0;
    return value;
}

Fallible<Ref<CArgument>> argument_new(char tag, ffi_type* type) {
    Ref<CArgument> argument = make_gc<CArgument>(argument_type);
    if (!argument) return raised;
    std::memset(&argument->value, 0, sizeof argument->value);
    argument->tag = tag, argument->type = type, argument->object = nullptr, argument->size = 0;
    gc_track(argument.get());
    return argument;
}

Fallible<Ref<CArgument>> argument_of(CData* data) {
    Info* info = info_of(data);
    if (!info) return raise(exc::TypeError, "abstract class");
    switch (info->kind) {
        case Kind::Simple: {
            Ref<CArgument> argument = TRY(argument_new(info->code->letter, info->ffi));
            std::memcpy(&argument->value, data->data, size_t(info->size));
            argument->object = new_reference(static_cast<Object*>(data));
            return argument;
        }
        case Kind::Structure:
        case Kind::Union: {
            Ref<CArgument> argument = TRY(argument_new('V', info->ffi));
            argument->value.p = data->data;
            argument->size = data->size;
            argument->object = new_reference(static_cast<Object*>(data));
            return argument;
        }
        case Kind::Array: {
            Ref<CArgument> argument = TRY(argument_new('P', &ffi_type_pointer));
            argument->value.p = data->data;
            argument->object = new_reference(static_cast<Object*>(data));
            return argument;
        }
        case Kind::Pointer:
        case Kind::Function: break;
    }
    Ref<CArgument> argument = TRY(argument_new('P', &ffi_type_pointer));
    std::memcpy(&argument->value.p, data->data, sizeof(void*));
    argument->object = new_reference(static_cast<Object*>(data));
    return argument;
}

namespace {

Fallible<Ref<>> argument_repr(Object* self) {
    auto argument = static_cast<CArgument*>(self);
    char tag[2] = {argument->tag, 0};
    auto& value = argument->value;
    switch (argument->tag) {
        case 'b':
        case 'B': return TRY(format_str("<cparam '%s' (%d)>", tag, int(value.c)));
        case 'h':
        case 'H': return TRY(format_str("<cparam '%s' (%d)>", tag, int(value.h)));
        case 'i':
        case 'I': return TRY(format_str("<cparam '%s' (%d)>", tag, value.i));
        case 'l':
        case 'L': return TRY(format_str("<cparam '%s' (%ld)>", tag, value.l));
        case 'q':
        case 'Q': return TRY(format_str("<cparam '%s' (%lld)>", tag, value.q));
        case 'd':
        case 'f': {
            Ref<> number = TRY(float_from(argument->tag == 'd' ? value.d : double(value.f)));
            return TRY(format_str("<cparam '%s' (%R)>", tag, number.get()));
        }
        case 'c': {
            bool printable = value.c >= ' ' && value.c < 127 && value.c != '\'' && value.c != '\\';
            if (printable) return TRY(format_str("<cparam '%s' ('%c')>", tag, int(value.c)));
            return TRY(format_str("<cparam '%s' ('\\x%02x')>", tag, unsigned(uint8_t(value.c))));
        }
        case 'z':
        case 'Z':
        case 'P': return TRY(format_str("<cparam '%s' (%p)>", tag, value.p));
    }
    return TRY(format_str("<cparam '%s' at %p>", tag, static_cast<void*>(self)));
}
MemberDef argument_members[] = {{"_obj", kObject, offsetof(CArgument, object), kReadOnly, "the wrapped object"}, {}};

// One converted argument of a call: its libffi type and where its value lies.
struct Argument {
    ffi_type* type = nullptr;
    Ref<> kept;
    union {
        int i;
        void* p;
    } value{};
    void* place = nullptr;

    Fallible<void> take(CArgument* argument) {
        type = argument->type;
        kept = share(static_cast<Object*>(argument));
        place = argument->tag == 'V' ? argument->value.p : static_cast<void*>(&argument->value);
        return {};
    }
    void take_pointer(void* pointer) {
        type = &ffi_type_pointer;
        value.p = pointer;
        place = &value;
    }
    Fallible<void> convert(Object* object, ssize_t number);
};

Fallible<void> Argument::convert(Object* object, ssize_t number) {
    if (is_data(object)) {
        Ref<CArgument> argument = TRY(argument_of(as_data(object)));
        return take(argument.get());
    }
    if (is_instance_of(object, argument_type)) return take(static_cast<CArgument*>(object));
    if (is_none(object)) {
        take_pointer(nullptr);
        return {};
    }
    if (is_int(object)) {
        int overflow;
        int64_t whole = as_int64_clamped(as_int(object), &overflow);
        if (overflow || whole < INT32_MIN || whole > int64_t(UINT32_MAX)) {
            if (overflow) return raise(exc::OverflowError, "int too long to convert");
        }
        type = &ffi_type_sint;
        value.i = int(whole);
        place = &value;
        return {};
    }
    if (is_bytes(object)) {
        take_pointer(as_bytes(object)->data);
        kept = share(object);
        return {};
    }
    if (is_str(object)) {
        wchar_t* copy;
        kept = TRY(wide_copy(as_str(object), &copy));
        take_pointer(copy);
        return {};
    }
    Lookup<> found = class_attribute(object, "_as_parameter_");
    if (!found.ok()) return raised;
    if (Ref<> inner = found.take()) return convert(inner.get(), number);
    return raise(exc::TypeError, "Don't know how to convert parameter %zd", number);
}

// The pending exception again as ArgumentError "argument 2: TypeError: …".
Raised argument_failed(ssize_t number) {
    PendingError error = fetch_error();
    normalize_error(error);
    const char* name = static_cast<Type*>(static_cast<VarObject*>(error.type.get()))->name;
    Ref<Str> text = TRY(str(error.value.get()));
    return raise(static_cast<Type*>(static_cast<VarObject*>(argument_error)), "argument %zd: %s: %U", number, name,
                 text.get());
}

ffi_type* result_ffi(Object* result_type) {
    if (!result_type) return &ffi_type_sint;
    Info* info = info_of_type(result_type);
    if (!info) return is_none(result_type) ? &ffi_type_void : &ffi_type_sint;
    return info->kind == Kind::Array ? &ffi_type_pointer : info->ffi;
}

// libffi widens small integers to a register; what was meant stands in its low bytes.
Fallible<Ref<>> result_value(const Call& call, char* memory) {
    Object* type = call.result_type;
    if (!type) return TRY(int_from(*reinterpret_cast<int*>(memory)));
    if (is_none(type)) return share(none());
    Info* info = info_of_type(type);
    if (!info) {
        Ref<Int> number = TRY(int_from(*reinterpret_cast<int*>(memory)));
        return py::call(type, static_cast<Object*>(number.get()));
    }
    Ref<> value;
    if (info->get && !is_simple_subclass(type)) {
        value = TRY(info->get(memory, 0));
        // The callee gave its reference away.
        if (info->code && info->code->letter == 'O') decref(value.get());
    } else {
        Ref<CData> made = TRY(data_new(static_cast<Type*>(static_cast<VarObject*>(type))));
        std::memcpy(made->data, memory, size_t(info->size));
        value = std::move(made);
    }
    if (!call.checker) return value;
    return py::call(call.checker, value.get());
}

void invoke(ffi_cif* cif, const Call& call, void* result, void** places) {
    bool swaps = call.flags & kUseErrno;
    if (swaps) std::swap(errno, saved_errno());
    ffi_call(cif, FFI_FN(call.address), result, places);
    if (swaps) std::swap(errno, saved_errno());
}

// The state of this OS thread while it is in C without the GIL; callbacks go on with it.
thread_local Thread* released_thread = nullptr;

constexpr ssize_t kMostArguments = 1024;

}  // namespace

Fallible<Ref<>> call_function(const Call& call, Tuple* arguments) {
    ssize_t count = arguments->size;
    if (size_t(count) > size_t(kMostArguments))
        return raise(static_cast<Type*>(static_cast<VarObject*>(argument_error)),
                     "too many arguments (%zd), maximum is %zd", count, kMostArguments);
    auto converted = std::unique_ptr<Argument[]>(new (std::nothrow) Argument[size_t(count) + 1]);
    auto types = std::unique_ptr<ffi_type*[]>(new (std::nothrow) ffi_type*[size_t(count) + 1]);
    auto places = std::unique_ptr<void*[]>(new (std::nothrow) void*[size_t(count) + 1]);
    if (!converted || !types || !places) return raise_memory_error();
    ssize_t named = call.converters ? as_tuple(call.converters)->size : 0;
    for (ssize_t i = 0; i < count; ++i) {
        Ref<> value = share(arguments->items[i]);
        if (i < named) {
            auto parameter = py::call(as_tuple(call.converters)->items[i], value.get());
            if (!parameter.ok()) return argument_failed(i + 1);
            value = parameter.take();
        }
        if (!converted[size_t(i)].convert(value.get(), i + 1).ok()) return argument_failed(i + 1);
        if (!converted[size_t(i)].kept) converted[size_t(i)].kept = std::move(value);
        types[size_t(i)] = converted[size_t(i)].type;
        places[size_t(i)] = converted[size_t(i)].place;
    }
    ffi_type* result_type = result_ffi(call.result_type);
    ffi_cif cif;
    // More than were declared: a variadic function.
    ffi_status status =
        call.converters && count > named
            ? ffi_prep_cif_var(&cif, FFI_DEFAULT_ABI, unsigned(named), unsigned(count), result_type, types.get())
            : ffi_prep_cif(&cif, FFI_DEFAULT_ABI, unsigned(count), result_type, types.get());
    if (status != FFI_OK) return raise(exc::RuntimeError, "ffi_prep_cif failed");
    size_t size = std::max(result_type->size, sizeof(ffi_arg));
    auto memory = std::unique_ptr<char[]>(new (std::nothrow) char[size + 16]);
    if (!memory) return raise_memory_error();
    std::memset(memory.get(), 0, size);
    if (call.flags & kPythonApi) {
        invoke(&cif, call, memory.get(), places.get());
        if (error_occurred()) return raised;
    } else {
        Thread* before = released_thread;
        released_thread = Thread::current();
        {
            GilReleased released;
            invoke(&cif, call, memory.get(), places.get());
        }
        released_thread = before;
    }
    return result_value(call, memory.get());
}

Fallible<Ref<Tuple>> converters_of(Object* argument_types) {
    Tuple* types = as_tuple(argument_types);
    if (types->size > kMostArguments)
        return raise(static_cast<Type*>(static_cast<VarObject*>(argument_error)),
                     "_argtypes_ has too many arguments (%zd), maximum is %zd", types->size, kMostArguments);
    Ref<Tuple> converters = TRY(tuple_new(types->size));
    for (ssize_t i = 0; i < types->size; ++i) {
        Info* info = info_of_type(types->items[i]);
        if (info && (info->kind == Kind::Structure || info->kind == Kind::Union || info->kind == Kind::Array)) {
            if (info->has_union && info->kind != Kind::Array)
                return raise(exc::TypeError, "item %zd in _argtypes_ passes a union by value, which is unsupported.",
                             i + 1);
            if (info->has_bit_field && info->kind != Kind::Array)
                return raise(
                    exc::TypeError,
                    "item %zd in _argtypes_ passes a struct/union with a bitfield by value, which is unsupported.",
                    i + 1);
        }
        Lookup<> found = class_attribute(types->items[i], "from_param");
        if (!found.ok()) return raised;
        Ref<> converter = found.take();
        if (!converter) return raise(exc::TypeError, "item %zd in _argtypes_ has no from_param method", i + 1);
        converters->items[i] = converter.release();
    }
    return converters;
}

// A Python callable behind a C function pointer.
struct Thunk {
    ffi_closure* closure;
    void* address;
    ffi_cif cif;
    ffi_type** types;
    Object *callable, *argument_types, *result_type;
    int flags;
};

namespace {

Fallible<Ref<>> callback_argument(Object* type, void* at) {
    Info* info = info_of_type(type);
    if (info && info->get && !is_simple_subclass(type)) return info->get(static_cast<char*>(at), 0);
    if (!info) return raise(exc::TypeError, "cannot build parameter");
    Ref<CData> made = TRY(data_new(static_cast<Type*>(static_cast<VarObject*>(type))));
    std::memcpy(made->data, at, size_t(info->size));
    return made;
}

Fallible<void> callback_result(Thunk* thunk, Object* value, void* memory) {
    if (!thunk->result_type || is_none(thunk->result_type)) return {};
    Info* info = info_of_type(thunk->result_type);
    // A whole register is read.
    std::memset(memory, 0, std::max(info->ffi->size, sizeof(ffi_arg)));
    Ref<> kept = TRY(info->set(static_cast<char*>(memory), value, 0));
    // Small negative numbers fill the register.
    if (info->ffi == &ffi_type_sint || info->ffi == &ffi_type_sshort || info->ffi == &ffi_type_schar) {
        bool negative = static_cast<signed char*>(memory)[info->ffi->size - 1] < 0;
        if (negative)
            std::memset(static_cast<char*>(memory) + info->ffi->size, 0xff, sizeof(ffi_arg) - info->ffi->size);
    }
    if (is_none(kept.get())) return {};
    if (info->code && info->code->letter == 'O') {
        (void)kept.release();  // the reference goes to the caller
        return {};
    }
    // What a returned string points into would be gone with the result, unless it is the callable's own.
    if (kept.get() == value) return {};
    return warn(exc::RuntimeWarning, 1, "memory leak in callback function.");
}

Fallible<void> run_callback(Thunk* thunk, void* result, void** places) {
    Tuple* types = as_tuple(thunk->argument_types);
    Ref<Tuple> arguments = TRY(tuple_new(types->size));
    for (ssize_t i = 0; i < types->size; ++i)
        arguments->items[i] = TRY(callback_argument(types->items[i], places[i]))
    .release();
    if (thunk->flags & kUseErrno) std::swap(errno, saved_errno());
    auto value = call_tuple(thunk->callable, arguments.get(), nullptr);
    if (thunk->flags & kUseErrno) std::swap(errno, saved_errno());
    if (!value.ok()) {
        write_unraisable_message("on calling ctypes callback function", thunk->callable);
        return {};
    }
    Ref<> kept = value.take();
    if (callback_result(thunk, kept.get(), result).ok()) return {};
    write_unraisable_message("on converting result of ctypes callback function", thunk->callable);
    return {};
}

// The GIL for as long as C calls Python, from a thread that may be new to us.
class Entered {
  public:
    Entered() {
        if (current_thread) return;
        static thread_local Thread* known = nullptr;
        if (!released_thread && !known) known = thread_new();
        thread_ = released_thread ? released_thread : known;
        gil_acquire(thread_);
    }
    ~Entered() {
        if (thread_) gil_release(thread_);
    }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

  private:
    Thread* thread_ = nullptr;
};

void callback(ffi_cif*, void* result, void** places, void* data) {
    Entered entered;
    auto thunk = static_cast<Thunk*>(data);
    Ref<> kept = share(thunk->callable);
    if (!run_callback(thunk, result, places).ok())
        write_unraisable_message("on calling ctypes callback function", kept.get());
}

}  // namespace

Fallible<Thunk*> thunk_new(Object* callable, Object* argument_types, Object* result_type, int flags) {
    auto thunk = static_cast<Thunk*>(allocate(sizeof(Thunk)));
    if (!thunk) return raise_memory_error();
    std::memset(thunk, 0, sizeof *thunk);
    std::unique_ptr<Thunk, void (*)(Thunk*)> owner(thunk, thunk_free);
    thunk->callable = new_reference(callable);
    thunk->argument_types = new_reference(argument_types);
    thunk->result_type = result_type ? new_reference(result_type) : nullptr;
    thunk->flags = flags;
    Info* result_info = result_type ? info_of_type(result_type) : nullptr;
    if (result_type && !is_none(result_type) && !(result_info && result_info->set))
        return raise(exc::TypeError, "invalid result type for callback function");
    ssize_t count = as_tuple(argument_types)->size;
    thunk->types = static_cast<ffi_type**>(allocate(size_t(count + 1) * sizeof(ffi_type*)));
    if (!thunk->types) return raise_memory_error();
    for (ssize_t i = 0; i < count; ++i)
        thunk->types[i] = result_ffi(as_tuple(argument_types)->items[i]);
    thunk->closure = static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), &thunk->address));
    if (!thunk->closure) return raise_memory_error();
    ffi_type* result = result_info ? result_info->ffi : &ffi_type_void;
    bool ready = ffi_prep_cif(&thunk->cif, FFI_DEFAULT_ABI, unsigned(count), result, thunk->types) == FFI_OK &&
                 ffi_prep_closure_loc(thunk->closure, &thunk->cif, callback, thunk, thunk->address) == FFI_OK;
    if (!ready) return raise(exc::RuntimeError, "ffi_prep_closure failed");
    return owner.release();
}
void* thunk_address(Thunk* thunk) {
    return thunk->address;
}
void thunk_free(Thunk* thunk) {
    if (!thunk) return;
    if (thunk->closure) ffi_closure_free(thunk->closure);
    for (Object* each : {thunk->callable, thunk->argument_types, thunk->result_type})
        xdecref(each);
    deallocate(thunk->types);
    deallocate(thunk);
}
int thunk_traverse(Thunk* thunk, Visit visit, void* arg) {
    for (Object* each : {thunk->callable, thunk->argument_types, thunk->result_type})
        if (each)
            if (int result = visit(each, arg)) return result;
    return 0;
}

constinit Type argument_type = static_type({
    .name = "_ctypes.CArgObject",
    .basic_size = sizeof(CArgument),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&CArgument::object>,
    .traverse = traverse_members<&CArgument::object>,
    .repr = slot1<argument_repr>,
    .members = argument_members,
});

}  // namespace py::ctypes
