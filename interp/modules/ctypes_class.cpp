// _ctypes: classes. What every metaclass shares, and the metaclasses of simple types, pointers and arrays.
#include <dlfcn.h>

#include <cstring>
#include <string>

#include "interp/modules/ctypes.h"
#include "interp/runtime/audit.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/descriptor.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/memory_limit.h"

namespace py::ctypes {

Info::~Info() {
    deallocate(elements);
    deallocate(shape);
    deallocate(format);
    for (Object* each : {proto, argument_types, converters, result_type, checker})
        xdecref(each);
}

bool is_c_class(Object* object) {
    if (!is_type(object) || !static_cast<Type*>(static_cast<VarObject*>(object))->has(type_flag::kHeap)) return false;
    for (Type* each : {&simple_metatype, &pointer_metatype, &array_metatype, &structure_metatype, &union_metatype,
                       &function_metatype})
        if (is_instance_of(object, *each)) return true;
    return false;
}
Info* info_of_type(Object* type) {
    return is_c_class(type) ? static_cast<CType*>(static_cast<VarObject*>(type))->info : nullptr;
}
bool has_metatype(Object* type, Type& metatype) {
    return is_type(type) && is_instance_of(type, metatype);
}
bool is_simple_subclass(Object* type) {
    return has_metatype(type, simple_metatype) &&
           static_cast<Type*>(static_cast<VarObject*>(type))->base != &simple_type;
}

Fallible<Ref<CType>> class_new(Type* metatype, Object* args, Object* kwargs) {
    return Fallible<Ref<CType>>::from_slot(
        static_cast<CType*>(static_cast<VarObject*>(type_type.new_(metatype, args, kwargs))));
}

Fallible<void> set_format(Info* info, const char* text) {
    deallocate(info->format);
    info->format = static_cast<char*>(allocate(std::strlen(text) + 1));
    if (!info->format) return raise_memory_error();
    std::strcpy(info->format, text);
    return {};
}

namespace {

void class_dealloc(Object* object) {
    auto type = static_cast<CType*>(static_cast<VarObject*>(object));
    delete type->info;
    type->info = nullptr;
    type_type.dealloc(object);
}
int class_traverse(Object* object, Visit visit, void* arg) {
    if (Info* info = static_cast<CType*>(static_cast<VarObject*>(object))->info)
        for (Object* each : {info->proto, info->argument_types, info->converters, info->result_type, info->checker})
            if (each)
                if (int result = visit(each, arg)) return result;
    return type_type.traverse(object, visit, arg);
}
int class_clear(Object* object) {
    if (Info* info = static_cast<CType*>(static_cast<VarObject*>(object))->info)
        for (Object** each :
             {&info->proto, &info->argument_types, &info->converters, &info->result_type, &info->checker})
            clear_slot(*each);
    return type_type.clear(object);
}

Fallible<Info*> storage_info(Object* type) {
    Info* info = info_of_type(type);
    if (!info) return raise(exc::TypeError, "abstract class");
    return info;
}

Fallible<Ref<>> data_at_address(Object* type, char* address) {
    TRY(audit("ctypes.cdata", "n", ssize_t(address)));
    return data_at(type, nullptr, 0, address);
}

// <class>.from_address(address, /)
Fallible<Ref<>> class_from_address(Object* type, Object* value) {
    if (!is_int(value)) return raise(exc::TypeError, "integer expected");
    TRY(storage_info(type));
    auto address = reinterpret_cast<char*>(as_uint64_masked(as_int(value)));
    return data_at_address(type, address);
}

// Where the type's value lies in a buffer of `size` bytes.
Fallible<ssize_t> offset_in_buffer(Info* info, Object* value, ssize_t size) {
    ssize_t offset = value ? TRY(index_as_ssize(value, exc::OverflowError)) : 0;
    if (offset < 0) return raise(exc::ValueError, "offset cannot be negative");
    if (info->size > size - offset)
        return raise(exc::ValueError, "Buffer size too small (%zd instead of at least %zd bytes)", size,
                     info->size + offset);
    return offset;
}
// <class>.from_buffer(object, offset=0, /)
Fallible<Ref<>> class_from_buffer(Object* type, Object* const* a) {
    Info* info = TRY(storage_info(type));
    Ref<> view = TRY(memoryview_from(a[0]));
    Buffer buffer{};
    TRY(buffer_get(view.get(), &buffer, kBufferFullReadOnly));
    const char* problem = buffer.read_only                     ? "underlying buffer is not writable"
                          : !buffer_is_contiguous(buffer, 'C') ? "underlying buffer is not C contiguous"
                                                               : nullptr;
    if (problem) {
        buffer_release(&buffer);
        return raise(exc::TypeError, "%s", problem);
    }
    // The memoryview keeps the memory in place.
    char* start = static_cast<char*>(buffer.data);
    ssize_t size = buffer.length;
    buffer_release(&buffer);
    ssize_t offset = TRY(offset_in_buffer(info, a[1], size));
    TRY(audit("ctypes.cdata/buffer", "nnn", ssize_t(start), size, offset));
    Ref<> result = TRY(data_at_address(type, start + offset));
    TRY(keep(as_data(result.get()), -1, std::move(view)));
    return result;
}
// <class>.from_buffer_copy(object, offset=0, /)
Fallible<Ref<>> class_from_buffer_copy(Object* type, Object* const* a) {
    Info* info = TRY(storage_info(type));
    BufferView view;
    TRY(view.open(a[0]));
    ssize_t offset = TRY(offset_in_buffer(info, a[1], view.size()));
    TRY(audit("ctypes.cdata/buffer", "nnn", ssize_t(view.data()), ssize_t(view.size()), offset));
    Ref<CData> result = TRY(data_new(static_cast<Type*>(static_cast<VarObject*>(type))));
    std::memcpy(result->data, view.data() + offset, size_t(info->size));
    return result;
}
// <class>.in_dll(library, name, /)
Fallible<Ref<>> class_in_dll(Object* type, Object* const* a) {
    TRY(storage_info(type));
    TRY(audit("ctypes.dlsym", "OO", a[0], a[1]));
    Ref<> handle = TRY(get_attr(a[0], "_handle"));
    if (!is_int(handle.get()))
        return raise(exc::TypeError, "the _handle attribute of the second argument must be an integer");
    if (!is_str(a[1])) return raise(exc::TypeError, "in_dll() argument 2 must be str, not %N", a[1]);
    std::string_view name = TRY(str_utf8(as_str(a[1])));
    ::dlerror();
    void* address = ::dlsym(reinterpret_cast<void*>(as_uint64_masked(as_int(handle.get()))), name.data());
    if (const char* problem = ::dlerror()) return raise(exc::ValueError, "%s", problem);
    return data_at_address(type, static_cast<char*>(address));
}

// type.from_param(value._as_parameter_), or the error.
Fallible<Ref<>> through_attribute(Object* type, Object* value, const char* problem) {
    Lookup<> found = class_attribute(value, "_as_parameter_");
    if (!found.ok()) return raised;
    if (Ref<> inner = found.take()) return as_parameter(type, inner.get());
    return raise(exc::TypeError, problem, static_cast<Type*>(static_cast<VarObject*>(type))->name, value->type->name);
}
Fallible<Ref<>> general_from_param(Object* type, Object* value) {
    if (TRY(is_instance(value, type))) return share(value);
    if (is_instance_of(value, argument_type)) {
        // byref() of a fitting instance.
        auto argument = static_cast<CArgument*>(value);
        Info* info = info_of_type(type);
        if (info && info->proto && argument->object && TRY(is_instance(argument->object, info->proto)))
            return share(value);
        return raise(exc::TypeError, "expected %s instance instead of pointer to %s",
                     static_cast<Type*>(static_cast<VarObject*>(type))->name,
                     argument->object ? argument->object->type->name : "unknown");
    }
    return through_attribute(type, value, "expected %s instance instead of %s");
}

// The code letter of what an array or pointer holds; 0 for other values.
char item_letter(Object* value) {
    if (!is_instance_of(value, array_type) && !is_instance_of(value, pointer_type)) return 0;
    Info* info = info_of(as_data(value));
    Info* item = info && info->proto ? info_of_type(info->proto) : nullptr;
    return item && item->code ? item->code->letter : 0;
}
char byref_letter(Object* value) {
    if (!is_instance_of(value, argument_type)) return 0;
    Object* object = static_cast<CArgument*>(value)->object;
    Info* info = object && is_data(object) ? info_of(as_data(object)) : nullptr;
    return info && info->code ? info->code->letter : 0;
}
Fallible<Ref<>> argument_with(const SimpleCode* code, Object* value) {
    Ref<CArgument> argument = TRY(argument_new(code->letter, code->ffi));
    Ref<> kept = TRY(code->set(reinterpret_cast<char*>(&argument->value), value, 0));
    argument->object = kept.release();
    return argument;
}
// c_char_p, c_wchar_p: their own text, arrays of and pointers to characters.
Fallible<Ref<>> text_from_param(Object* type, const SimpleCode* code, Object* value) {
    char item = code->letter == 'z' ? 'c' : 'u';
    bool is_text = code->letter == 'z' ? is_bytes(value) : is_str(value);
    if (is_none(value)) return share(value);
    if (is_text) return argument_with(code, value);
    if (TRY(is_instance(value, type)) || item_letter(value) == item || byref_letter(value) == item) return share(value);
    return through_attribute(type, value, "wrong type");
}
// c_void_p: whatever has an address.
Fallible<Ref<>> address_from_param(Object* type, const SimpleCode* code, Object* value) {
    if (is_none(value)) return share(value);
    if (is_int(value)) return argument_with(code, value);
    if (is_bytes(value)) return argument_with(simple_code('z'), value);
    if (is_str(value)) return argument_with(simple_code('Z'), value);
    bool fits = TRY(is_instance(value, type))
    || is_instance_of(value, array_type) || is_instance_of(value, pointer_type) ||
        (is_instance_of(value, argument_type) && static_cast<CArgument*>(value)->tag == 'P');
    if (fits) return share(value);
    bool is_function = is_instance_of(value, function_type);
    Info* info = is_data(value) ? info_of(as_data(value)) : nullptr;
    bool is_text = info && info->code && (info->code->letter == 'z' || info->code->letter == 'Z');
    if (is_function || is_text) {
        Ref<CArgument> argument = TRY(argument_new(is_function ? 'P' : 'Z', &ffi_type_pointer));
        std::memcpy(&argument->value.p, as_data(value)->data, sizeof(void*));
        argument->object = new_reference(value);
        return argument;
    }
    return through_attribute(type, value, "wrong type");
}
Fallible<Ref<>> simple_from_param(Object* type, Object* value) {
    Info* info = TRY(storage_info(type));
    char letter = info->code->letter;
    if (letter == 'z' || letter == 'Z') return text_from_param(type, info->code, value);
    if (letter == 'P') return address_from_param(type, info->code, value);
    if (TRY(is_instance(value, type))) return share(value);
    auto argument = argument_with(info->code, value);
    if (argument.ok()) return argument;
    clear_error();
    return through_attribute(type, value, "wrong type");
}
Fallible<Ref<>> pointer_from_param(Object* type, Object* value) {
    if (is_none(value)) return share(value);
    Info* info = TRY(storage_info(type));
    if (info->proto && TRY(is_instance(value, info->proto))) {
        Ref<CArgument> argument = TRY(argument_new('P', &ffi_type_pointer));
        argument->value.p = as_data(value)->data;
        argument->object = new_reference(value);
        return argument;
    }
    if (is_instance_of(value, pointer_type) || is_instance_of(value, array_type)) {
        Info* other = info_of(as_data(value));
        if (other && other->proto && info->proto && TRY(is_subclass(other->proto, info->proto))) return share(value);
    }
    return general_from_param(type, value);
}

// <class>.from_param(value, /)
Fallible<Ref<>> class_from_param(Object* type, Object* value) {
    if (has_metatype(type, simple_metatype)) return simple_from_param(type, value);
    if (has_metatype(type, pointer_metatype)) return pointer_from_param(type, value);
    return general_from_param(type, value);
}

// <class> * length
Object* class_repeat(Object* type, ssize_t length) {
    if (length < 0) return raise(exc::ValueError, "Array length must be >= 0, not %zd", length);
    return array_class(type, length).release();
}

// PyCPointerType.set_type(type, /)
Fallible<void> point_to(CType* type, Object* target) {
    if (!is_type(target)) return raise(exc::TypeError, "_type_ must be a type");
    Info* target_info = info_of_type(target);
    if (!target_info) return raise(exc::TypeError, "_type_ must have storage info");
    TRY(or_memory_error([&] {
        std::string format = "&";
        if (target_info->dimensions > 0) {
            format += "(";
            for (int i = 0; i < target_info->dimensions; ++i)
                format += (i ? "," : "") + std::to_string(target_info->shape[i]);
            format += ")";
        }
        return set_format(type->info, (format + (target_info->format ? target_info->format : "B")).c_str());
    }));
    type->info->is_abstract = false;
    Object* before = type->info->proto;
    type->info->proto = new_reference(target);
    xdecref(before);
    return {};
}
Fallible<Ref<>> pointer_set_type(Object* object, Object* target) {
    auto type = static_cast<CType*>(static_cast<VarObject*>(object));
    TRY(storage_info(type));
    TRY(point_to(type, target));
    TRY(dict_set(type->dict, "_type_", target));
    type_modified(type);
    return share(none());
}

}  // namespace

Lookup<> own_attribute(Type* type, const char* name) {
    return dict_get(type->dict, TRY(str_from_ascii(name)).get());
}
Lookup<> class_attribute(Object* type, const char* name) {
    return lookup_attr(type, TRY(str_from_ascii(name)).get());
}
Fallible<Info*> info_new(CType* type, Kind kind) {
    type->info = new (std::nothrow) Info;
    if (!type->info) return raise_memory_error();
    type->info->kind = kind;
    return type->info;
}

namespace {

Object* pointer_class_new(Type* metatype, Object* args, Object* kwargs) {
    Ref<CType> type = TRY(class_new(metatype, args, kwargs));
    Info* info = TRY(info_new(type.get(), Kind::Pointer));
    info->size = info->align = sizeof(void*);
    info->length = 1;
    info->ffi = &ffi_type_pointer;
    info->is_abstract = info->has_pointer = true;
    TRY(set_format(info, "&B"));
    Lookup<> found = own_attribute(type.get(), "_type_");
    if (!found.ok()) return raised;
    if (Ref<> target = found.take()) {
        TRY(point_to(type.get(), target.get()));
    }
    return type.release();
}

// The getters of char arrays' `value` and `raw`.
Fallible<Ref<>> char_array_value(Object* self) {
    return char_array_get(as_data(self)->data, as_data(self)->size);
}
Fallible<void> char_array_set_value(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "can't delete attribute");
    if (!is_bytes(value)) return raise(exc::TypeError, "bytes expected instead of %s instance", value->type->name);
    if (as_bytes(value)->size > as_data(self)->size) return raise(exc::ValueError, "byte string too long");
    ssize_t given = as_bytes(value)->size;
    std::memcpy(as_data(self)->data, as_bytes(value)->data, size_t(given));
    if (given < as_data(self)->size) as_data(self)->data[given] = 0;
    return {};
}
Fallible<Ref<>> char_array_raw(Object* self) {
    return TRY(bytes_from({as_data(self)->data, size_t(as_data(self)->size)}));
}
Fallible<void> char_array_set_raw(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    BufferView view;
    TRY(view.open(value));
    if (view.size() > as_data(self)->size) return raise(exc::ValueError, "byte string too long");
    std::memcpy(as_data(self)->data, view.data(), size_t(view.size()));
    return {};
}
Fallible<Ref<>> wide_array_value(Object* self) {
    return wide_array_get(as_data(self)->data, as_data(self)->size);
}
Fallible<void> wide_array_set_value(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "can't delete attribute");
    TRY(wide_array_set(as_data(self)->data, value, as_data(self)->size));
    return {};
}
GetSetDef char_array_getset[] = {
    GETTER_SETTER("raw", char_array_raw, char_array_set_raw, "all bytes"),
    GETTER_SETTER("value", char_array_value, char_array_set_value, "the bytes before the first NUL"),
    END_ROW,
};
GetSetDef wide_array_getset[] = {
    GETTER_SETTER("value", wide_array_value, wide_array_set_value, "the text before the first NUL"), END_ROW};

Fallible<ssize_t> array_length_of(CType* type) {
    auto found = class_attribute(type, "_length_");
    if (!found.ok()) return raised;
    Ref<> value = found.take();
    if (!value) return raise(exc::AttributeError, "class must define a '_length_' attribute");
    if (!is_int(value.get())) return raise(exc::TypeError, "The '_length_' attribute must be an integer");
    if (int_sign(as_int(value.get())) < 0)
        return raise(exc::ValueError, "The '_length_' attribute must not be negative");
    auto length = as_ssize(value.get());
    if (length.ok()) return length;
    if (!clear_error_if(exc::OverflowError)) return raised;
    return raise(exc::OverflowError, "The '_length_' attribute is too large");
}

Fallible<void> set_shape(Info* info, Info* item) {
    info->dimensions = item->dimensions + 1;
    info->shape = static_cast<ssize_t*>(allocate(size_t(info->dimensions) * sizeof(ssize_t)));
    if (!info->shape) return raise_memory_error();
    info->shape[0] = info->length;
    for (int i = 1; i < info->dimensions; ++i)
        info->shape[i] = item->shape[i - 1];
    return {};
}
// An array within a structure that is passed by value is to libffi a structure of its items.
Fallible<void> set_array_ffi(Info* info, Info* item) {
    constexpr ssize_t kInRegisters = 32;
    ssize_t count = info->size <= kInRegisters ? info->length : 0;
    info->elements = static_cast<ffi_type**>(allocate(size_t(count + 1) * sizeof(ffi_type*)));
    if (!info->elements) return raise_memory_error();
    for (ssize_t i = 0; i < count; ++i)
        info->elements[i] = item->ffi;
    info->elements[count] = nullptr;
    info->own_ffi = {size_t(info->size), uint16_t(info->align), FFI_TYPE_STRUCT, info->elements};
    return {};
}

Object* array_class_new(Type* metatype, Object* args, Object* kwargs) {
    Ref<CType> type = TRY(class_new(metatype, args, kwargs));
    ssize_t length = TRY(array_length_of(type.get()));
    auto found = class_attribute(type.get(), "_type_");
    if (!found.ok()) return raised;
    Ref<> item_type = found.take();
    if (!item_type) return raise(exc::AttributeError, "class must define a '_type_' attribute");
    Info* item = info_of_type(item_type.get());
    if (!item) return raise(exc::TypeError, "_type_ must have storage info");
    if (item->size != 0 && length > SSIZE_MAX / item->size) return raise(exc::OverflowError, "array too large");
    Info* info = TRY(info_new(type.get(), Kind::Array));
    info->size = item->size * length;
    info->align = item->align;
    info->length = length;
    info->proto = item_type.release();
    info->ffi = &ffi_type_pointer;
    info->has_union = item->has_union, info->has_bit_field = item->has_bit_field, info->has_pointer = item->has_pointer;
    TRY(set_format(info, item->format ? item->format : "B"));
    TRY(set_shape(info, item));
    TRY(set_array_ffi(info, item));
    bool direct = item->kind == Kind::Simple && !item->is_swapped;
    GetSetDef* getset = nullptr;
    if (direct && item->code->letter == 'c') info->is_text = true, getset = char_array_getset;
    if (direct && item->code->letter == 'u') info->is_wide_text = true, getset = wide_array_getset;
    for (; getset && getset->name; ++getset) {
        Ref<> descriptor = TRY(getset_descriptor_new(type.get(), getset));
        TRY(dict_set(type->dict, getset->name, descriptor.get()));
    }
    type_modified(type.get());
    return type.release();
}

Fallible<const SimpleCode*> code_of_class(CType* type) {
    auto found = class_attribute(type, "_type_");
    if (!found.ok()) return raised;
    Ref<> letter = found.take();
    if (!letter) return raise(exc::AttributeError, "class must define a '_type_' attribute");
    if (!is_str(letter.get()) || as_str(letter.get())->length != 1)
        return raise(exc::ValueError, "class must define a '_type_' attribute which must be a string of length 1");
    const SimpleCode* code = simple_code(as_str(letter.get())->at(0));
    if (!code)
        return raise(exc::AttributeError,
                     "class must define a '_type_' attribute which must be\n"
                     "a single character string containing one of 'cbBhHiIlLdfuzZqQPXOv?g'.");
    return code;
}
Fallible<void> fill_simple(CType* type, const SimpleCode* code, bool swapped) {
    Info* info = TRY(info_new(type, Kind::Simple));
    const SimpleCode* used = swapped ? swapped_code(code) : code;
    info->code = code;
    info->is_swapped = swapped;
    info->has_pointer = std::strchr("zZP", code->letter) != nullptr;
    info->get = used->get, info->set = used->set;
    info->ffi = code->ffi;
    info->size = ssize_t(code->ffi->size), info->align = code->ffi->alignment;
    char letter[2] = {code->letter, 0};
    info->proto = TRY(str_from_ascii(letter))
    .release();
    char format[3] = {swapped ? '>' : '<', code->native_format, 0};
    return set_format(info, format);
}
Object* simple_class_new(Type* metatype, Object* args, Object* kwargs) {
    Ref<CType> type = TRY(class_new(metatype, args, kwargs));
    const SimpleCode* code = TRY(code_of_class(type.get()));
    TRY(fill_simple(type.get(), code, false));
    // c_int and the like have a twin in the other byte order; classes of theirs do not.
    if (type->base != &simple_type || !swapped_code(code)) return type.release();
    Ref<CType> twin = TRY(class_new(metatype, args, kwargs));
    TRY(fill_simple(twin.get(), code, true));
    struct {
        CType *target, *big, *little;
    } both[] = {{type.get(), twin.get(), type.get()}, {twin.get(), twin.get(), type.get()}};
    for (auto& each : both) {
        TRY(dict_set(each.target->dict, "__ctype_be__", static_cast<Object*>(each.big)));
        TRY(dict_set(each.target->dict, "__ctype_le__", static_cast<Object*>(each.little)));
        type_modified(each.target);
    }
    return type.release();
}

}  // namespace

Fallible<Ref<>> as_parameter(Object* type, Object* value) {
    return call_method(type, TRY(str_from_ascii("from_param")).get(), value);
}

Fallible<Ref<>> array_class(Object* item, ssize_t length) {
    static Dict* cache = nullptr;
    if (!cache) cache = TRY(dict_new())
    .release();
    Ref<Int> count = TRY(int_from(length));
    Ref<Tuple> key = TRY(tuple_pack(item, static_cast<Object*>(count.get())));
    Lookup<> found = dict_get(cache, key.get());
    if (!found.ok()) return raised;
    if (Ref<> known = found.take()) return known;
    if (!is_type(item)) return raise(exc::TypeError, "Expected a type object");
    Ref<Str> name = TRY(format_str("%s_Array_%zd", static_cast<Type*>(static_cast<VarObject*>(item))->name, length));
    Ref<Dict> members = TRY(dict_new());
    TRY(dict_set(members.get(), "_length_", count.get()));
    TRY(dict_set(members.get(), "_type_", item));
    Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(&array_type)));
    Ref<> result = TRY(call(static_cast<Object*>(&array_metatype), static_cast<Object*>(name.get()),
                            static_cast<Object*>(bases.get()), static_cast<Object*>(members.get())));
    TRY(dict_set(cache, key.get(), result.get()));
    return result;
}

Fallible<Ref<>> pointer_class(Object* target) {
    auto cache = as_dict(pointer_cache);
    Lookup<> found = dict_get(cache, target);
    if (!found.ok()) return raised;
    if (Ref<> known = found.take()) return known;
    Ref<Dict> members = TRY(dict_new());
    Ref<Str> name;
    Ref<> key = share(target);
    if (is_str(target)) {
        name = TRY(format_str("LP_%U", target));
    } else if (is_type(target)) {
        name = TRY(format_str("LP_%s", static_cast<Type*>(static_cast<VarObject*>(target))->name));
        TRY(dict_set(members.get(), "_type_", target));
    } else {
        return raise(exc::TypeError, "must have a ctypes type");
    }
    Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(&pointer_type)));
    Ref<> result = TRY(call(static_cast<Object*>(&pointer_metatype), static_cast<Object*>(name.get()),
                            static_cast<Object*>(bases.get()), static_cast<Object*>(members.get())));
    // A class by name alone is found again by its identity, when it learns its type.
    if (is_str(target)) key = TRY(int_from_unsigned(uintptr_t(result.get())));
    TRY(dict_set(cache, key.get(), result.get()));
    return result;
}

namespace {

// Setting _fields_ of a structure or union lays it out.
int set_class_attribute(Object* object, Object* name, Object* value) {
    auto type = static_cast<CType*>(static_cast<VarObject*>(object));
    if (type_type.setattro(object, name, value) < 0) return -1;
    bool laid_out = has_metatype(object, structure_metatype) || has_metatype(object, union_metatype);
    if (!laid_out || !value || !is_str(name) || !str_equals(as_str(name), "_fields_")) return 0;
    return lay_out(type, value).release();
}

#define CLASS_METHODS                                                                                                  \
    METHOD_O("from_address", class_from_address, "($self, address, /)", "An instance over the memory at an address."), \
        METHOD("from_buffer", class_from_buffer, "($self, object, offset=0, /)",                                       \
               "An instance over the memory of a writable buffer."),                                                   \
        METHOD("from_buffer_copy", class_from_buffer_copy, "($self, object, offset=0, /)",                             \
               "An instance with a copy of a buffer's memory."),                                                       \
        METHOD("in_dll", class_in_dll, "($self, dll, name, /)", "An instance over a variable of a library."),          \
        METHOD_O("from_param", class_from_param, "($self, value, /)", "A value as a parameter of this type.")
MethodDef class_methods[] = {CLASS_METHODS, END_ROW};
MethodDef pointer_class_methods[] = {
    CLASS_METHODS,
    METHOD_O("set_type", pointer_set_type, "($self, type, /)", "Make an incomplete pointer type point to a type."),
    END_ROW};
SequenceMethods class_sequence = {.repeat = class_repeat};

}  // namespace

#define METATYPE(variable, name_, new__, methods_)                                         \
    constinit Type variable = static_type({.name = "_ctypes." name_,                       \
                                           .basic_size = sizeof(CType),                    \
                                           .base = &type_type,                             \
                                           .flags = type_flag::kHaveGc | type_flag::kBase, \
                                           .dealloc = class_dealloc,                       \
                                           .traverse = class_traverse,                     \
                                           .clear = class_clear,                           \
                                           .setattro = set_class_attribute,                \
                                           .sequence = &class_sequence,                    \
                                           .methods = methods_,                            \
                                           .new_ = new__})
METATYPE(simple_metatype, "PyCSimpleType", simple_class_new, class_methods);
METATYPE(pointer_metatype, "PyCPointerType", pointer_class_new, pointer_class_methods);
METATYPE(array_metatype, "PyCArrayType", array_class_new, class_methods);
METATYPE(structure_metatype, "PyCStructType", structure_class_new, class_methods);
METATYPE(union_metatype, "UnionType", union_class_new, class_methods);
METATYPE(function_metatype, "PyCFuncPtrType", function_class_new, class_methods);

}  // namespace py::ctypes
