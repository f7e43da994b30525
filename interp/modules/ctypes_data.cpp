// _ctypes: instances. Their memory, what they keep alive, and the types _CData, _SimpleCData, _Pointer and Array.
#include <cstring>

#include "interp/import/import.h"
#include "interp/modules/ctypes.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/generic_alias.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/weakref.h"
#include "interp/objects/parsed_methods.h"

namespace py::ctypes {

namespace {

CData* container_of(CData* data) {
    while (data->base)
        data = data->base;
    return data;
}
// Where in the container a kept object belongs: the indices on the way there, as text.
Fallible<Ref<Str>> place_of(CData* target, ssize_t index) {
    Ref<Str> text = TRY(format_str("%zx", index));
    for (; target->base; target = target->base)
        text = TRY(format_str("%U:%zx", text.get(), target->index));
    return text;
}

}  // namespace

Fallible<Ref<>> kept_objects(CData* data) {
    CData* container = container_of(data);
    if (!container->objects)
        container->objects =
            container->length ? static_cast<Object*>(TRY(dict_new()).release()) : new_reference(none());
    return share(container->objects);
}

Fallible<void> keep(CData* target, ssize_t index, Ref<> object) {
    if (is_none(object.get())) return {};
    TRY(kept_objects(target));
    CData* container = container_of(target);
    if (!is_dict_exact(container->objects)) {
        xdecref(container->objects);
        container->objects = object.release();
        return {};
    }
    Ref<Str> place = TRY(place_of(target, index));
    return dict_set(as_dict(container->objects), place.get(), object.get());
}

Fallible<Ref<CData>> data_new(Type* type) {
    Info* info = info_of_type(static_cast<Object*>(type));
    if (!info) return raise(exc::TypeError, "abstract class");
    info->is_final = true;
    Ref<CData> data = TRY(instance_new<CData>(type));
    data->length = info->length;
    data->size = info->size;
    data->data = data->value.bytes;
    data->owns_data = 1;
    if (info->size > ssize_t(sizeof data->value)) {
        data->data = static_cast<char*>(allocate(size_t(info->size)));
        if (!data->data) return raise_memory_error();
        std::memset(data->data, 0, size_t(info->size));
    }
    return data;
}

Fallible<Ref<>> data_at(Object* object, CData* base, ssize_t index, char* at) {
    auto type = static_cast<Type*>(static_cast<VarObject*>(object));
    Info* info = info_of_type(object);
    if (!info) return raise(exc::TypeError, "abstract class");
    info->is_final = true;
    Ref<CData> data = TRY(instance_new<CData>(type));
    data->length = info->length;
    data->size = info->size;
    data->data = at;
    data->index = index;
    data->base = base ? share(base).release() : nullptr;
    return data;
}

Fallible<Ref<>> get_value(Object* type, Getter get, CData* base, ssize_t index, ssize_t bits, char* at) {
    if (get) return get(at, bits);
    Info* info = info_of_type(type);
    if (info && info->get && !is_simple_subclass(type)) return info->get(at, bits);
    return data_at(type, base, index, at);
}

namespace {

const char* name_of(Object* type) {
    return static_cast<Type*>(static_cast<VarObject*>(type))->name;
}

// An instance's bytes, or its address where a pointer is wanted.
Fallible<Ref<>> copy_instance(Object* type, CData* source, ssize_t size, char* at) {
    if (TRY(is_instance(source, type))) {
        std::memmove(at, source->data, size_t(size));
        // A function object holds its callback and its library.
        if (has_metatype(type, function_metatype)) return share(static_cast<Object*>(source));
        if (!has_metatype(type, pointer_metatype)) {
            Info* info = info_of_type(type);
            bool refers = !info || info->kind != Kind::Simple || source->objects;
            return refers ? kept_objects(source) : share(none());
        }
        return kept_objects(source);
    }
    if (has_metatype(type, pointer_metatype) && is_instance_of(source, array_type)) {
        Info *theirs = info_of(source), *ours = info_of_type(type);
        if (theirs->proto == ours->proto) {
            std::memcpy(at, &source->data, sizeof(void*));
            Ref<> kept = TRY(kept_objects(source));
            return TRY(tuple_pack(kept.get(), static_cast<Object*>(source)));
        }
    }
    return raise(exc::TypeError, "incompatible types, %s instance instead of %s instance", source->type->name,
                 name_of(type));
}

Fallible<Ref<>> store_value(CData* target, Object* type, Setter set, Object* value, ssize_t bits, ssize_t size,
                            char* at) {
    if (set) return set(at, value, bits);
    Info* info = info_of_type(type);
    if (is_data(value)) return copy_instance(type, as_data(value), size, at);
    if (info && info->set) return info->set(at, value, bits);
    if (is_tuple(value)) {
        auto called = call_tuple(type, value, nullptr);
        if (!called.ok()) {
            PendingError error = fetch_error();
            normalize_error(error);
            Ref<Str> text = TRY(str(error.value.get()));
            return raise(exc::RuntimeError, "(%s) %s: %U", name_of(type), name_of(error.type.get()), text.get());
        }
        Ref<> made = called.take();
        return store_value(target, type, set, made.get(), bits, size, at);
    }
    if (has_metatype(type, pointer_metatype) && is_none(value)) {
        std::memset(at, 0, sizeof(void*));
        return share(none());
    }
    return raise(exc::TypeError, "expected %s instance, got %s", name_of(type), value->type->name);
}

}  // namespace

Fallible<void> set_value(CData* target, Object* type, Setter set, Object* value, ssize_t index, ssize_t bits,
                         char* at) {
    Info* info = info_of_type(type);
    Ref<> kept = TRY(store_value(target, type, set, value, bits, info ? info->size : 0, at));
    return keep(target, index, std::move(kept));
}

namespace {

void data_dealloc(Object* object) {
    CData* data = as_data(object);
    gc_untrack(data);
    if (data->weaklist) clear_weakrefs(data);
    if (data->owns_data && data->data != data->value.bytes) deallocate(data->data);
    xdecref(data->objects);
    xdecref(data->base);
    object_memory_free(data);
}
int data_traverse(Object* object, Visit visit, void* arg) {
    CData* data = as_data(object);
    for (Object* each : {data->objects, static_cast<Object*>(data->base)})
        if (each)
            if (int result = visit(each, arg)) return result;
    return 0;
}
int data_clear(Object* object) {
    // The base stays: the memory is its.
    clear_slot(as_data(object)->objects);
    return 0;
}

int data_get_buffer(Object* object, Buffer* buffer, int) {
    CData* data = as_data(object);
    Info* info = info_of(data);
    Info* item = info;
    while (item && item->kind == Kind::Array)
        item = info_of_type(item->proto);
    *buffer = {};
    buffer->data = data->data;
    buffer->owner = share(object).release();
    buffer->length = data->size;
    buffer->format = info && info->format ? info->format : const_cast<char*>("B");
    buffer->dimensions = info ? info->dimensions : 0;
    buffer->shape = info ? info->shape : nullptr;
    buffer->item_size = item ? item->size : data->size;
    return 0;
}
BufferMethods data_buffer = {.get = data_get_buffer, .release = nullptr};

// _CData.__ctypes_from_outparam__()
Fallible<Ref<>> data_from_out_parameter(Object* self) {
    return share(self);
}
// _CData.__reduce__()
Fallible<Ref<>> data_reduce(Object* self) {
    CData* data = as_data(self);
    Info* info = info_of(data);
    if (!info || info->has_pointer)
        return raise(exc::ValueError, "ctypes objects containing pointers cannot be pickled");
    Ref<> maker = TRY(import_attribute("_ctypes", "_unpickle"));
    Ref<> attributes = TRY(get_attr(self, "__dict__"));
    Ref<Bytes> memory = TRY(bytes_from({data->data, size_t(data->size)}));
    Ref<Tuple> state = TRY(tuple_pack(attributes.get(), static_cast<Object*>(memory.get())));
    Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(self->type), static_cast<Object*>(state.get())));
    return TRY(tuple_pack(maker.get(), static_cast<Object*>(arguments.get())));
}
// _CData.__setstate__(dict, memory, /)
Fallible<Ref<>> data_setstate(Object* self, Object* const* a) {
    if (!is_dict(a[0]) || !is_bytes(a[1])) return raise(exc::TypeError, "__setstate__ expects a dict and bytes");
    CData* data = as_data(self);
    std::memmove(data->data, as_bytes(a[1])->data, size_t(std::min(as_bytes(a[1])->size, data->size)));
    Ref<> attributes = TRY(get_attr(self, "__dict__"));
    if (!is_dict(attributes.get()))
        return raise(exc::TypeError, "%.200s.__dict__ must be a dictionary, not %.200s", self->type->name,
                     attributes->type->name);
    TRY(dict_update(as_dict(attributes.get()), a[0]));
    return share(none());
}
Hash data_hash(Object* self) {
    (void)raise(exc::TypeError, "unhashable type");
    (void)self;
    return -1;
}

MethodDef data_methods[] = {
    METHOD_NOARGS_UNSIGNED("__ctypes_from_outparam__", data_from_out_parameter, nullptr),
    METHOD_NOARGS_UNSIGNED("__reduce__", data_reduce, nullptr),
    {"__setstate__", (CFunction)(void*)parsed_bound<data_setstate, "", "(dict, memory, /)">, kFastcall | kBareName, nullptr},
    END_ROW,
};
MemberDef data_members[] = {
    {"_b_base_", kObjectOrNone, offsetof(CData, base), kReadOnly, "the base object"},
    {"_b_needsfree_", kInt, offsetof(CData, owns_data), kReadOnly, "whether the object owns the memory or not"},
    {"_objects", kObjectOrNone, offsetof(CData, objects), kReadOnly,
     "internal objects tree (NEVER CHANGE THIS OBJECT!)"},
    {},
};

Object* data_tp_new(Type* type, Object*, Object*) {
    return data_new(type).release();
}

// _SimpleCData

Fallible<Ref<>> simple_value(Object* self) {
    Info* info = info_of(as_data(self));
    return info->get(as_data(self)->data, 0);
}
Fallible<void> simple_set_value(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "can't delete attribute");
    Ref<> kept = TRY(info_of(as_data(self))->set(as_data(self)->data, value, 0));
    return keep(as_data(self), 0, std::move(kept));
}
int simple_init(Object* self, Object* args, Object* kwargs) {
    TRY(check_no_keywords("__init__", kwargs));
    TRY(check_positional("__init__", as_tuple(args)->size, 0, 1));
    if (as_tuple(args)->size == 0) return 0;
    return simple_set_value(self, as_tuple(args)->items[0]).release();
}
Fallible<Ref<>> simple_from_out_parameter(Object* self) {
    if (is_simple_subclass(self->type)) return share(self);
    return simple_value(self);
}
Fallible<Ref<>> simple_repr(Object* self) {
    if (self->type->base != &simple_type)
        return TRY(format_str("<%s object at %p>", self->type->name, static_cast<void*>(self)));
    // py_object without an object has no value to show.
    if (info_of(as_data(self))->code->letter == 'O' && !*reinterpret_cast<Object**>(as_data(self)->data))
        return TRY(format_str("%s(<NULL>)", self->type->name));
    Ref<> value = TRY(simple_value(self));
    return TRY(format_str("%s(%R)", self->type->name, value.get()));
}
int simple_bool(Object* self) {
    CData* data = as_data(self);
    for (ssize_t i = 0; i < data->size; ++i)
        if (data->data[i]) return 1;
    return 0;
}
NumberMethods simple_number = {.boolean = simple_bool};
MethodDef simple_methods[] = {METHOD_NOARGS_UNSIGNED("__ctypes_from_outparam__", simple_from_out_parameter, nullptr),
                              END_ROW};
GetSetDef simple_getset[] = {GETTER_SETTER("value", simple_value, simple_set_value, "current value"), END_ROW};

// _Pointer

Fallible<char*> target_of(Object* self) {
    char* target;
    std::memcpy(&target, as_data(self)->data, sizeof target);
    if (!target) return raise(exc::ValueError, "NULL pointer access");
    return target;
}
Fallible<Ref<>> pointer_contents(Object* self) {
    return data_at(info_of(as_data(self))->proto, as_data(self), 0, TRY(target_of(self)));
}
Fallible<void> pointer_set_contents(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "Pointer does not support item deletion");
    Info* info = info_of(as_data(self));
    if (!is_data(value) || !TRY(is_instance(value, info->proto)))
        return raise(exc::TypeError, "expected %s instead of %s", name_of(info->proto), value->type->name);
    std::memcpy(as_data(self)->data, &as_data(value)->data, sizeof(void*));
    TRY(keep(as_data(self), 1, share(value)));
    return keep(as_data(self), 0, TRY(kept_objects(as_data(value))));
}
Object* pointer_tp_new(Type* type, Object*, Object*) {
    Info* info = info_of_type(static_cast<Object*>(type));
    if (!info || !info->proto) return raise(exc::TypeError, "Cannot create instance: has no _type_");
    return data_new(type).release();
}
int pointer_init(Object* self, Object* args, Object* kwargs) {
    TRY(check_no_keywords("POINTER", kwargs));
    TRY(check_positional("POINTER", as_tuple(args)->size, 0, 1));
    if (as_tuple(args)->size == 0) return 0;
    return pointer_set_contents(self, as_tuple(args)->items[0]).release();
}
int pointer_bool(Object* self) {
    return simple_bool(self);
}

Object* pointer_item(Object* self, ssize_t at) {
    char* target = TRY(target_of(self));
    Object* item = info_of(as_data(self))->proto;
    ssize_t size = info_of_type(item)->size;
    return get_value(item, nullptr, as_data(self), at, 0, target + at * size).release();
}
int pointer_store_item(Object* self, ssize_t at, Object* value) {
    if (!value) return raise(exc::TypeError, "Pointer does not support item deletion");
    char* target = TRY(target_of(self));
    Object* item = info_of(as_data(self))->proto;
    return set_value(as_data(self), item, nullptr, value, at, 0, target + at * info_of_type(item)->size).release();
}

// A slice of items: bytes of chars, str of wide ones, a list of anything else.
Fallible<Ref<>> items_of(Object* self, Info* item, const char* data, ssize_t start, ssize_t step, ssize_t count,
                         IndexSlot get) {
    bool direct = item->kind == Kind::Simple && !item->is_swapped;
    if (direct && item->code->letter == 'c') {
        if (count <= 1 || step == 1) return TRY(bytes_from({data + start, size_t(count)}));
        Ref<Bytes> result = TRY(bytes_new(count));
        for (ssize_t i = 0; i < count; ++i)
            result->data[i] = data[start + i * step];
        return result;
    }
    if (direct && item->code->letter == 'u') {
        StrBuilder builder;
        for (ssize_t i = 0; i < count; ++i) {
            wchar_t c;
            std::memcpy(&c, data + (start + i * step) * ssize_t(sizeof c), sizeof c);
            TRY(builder.append_char(uint32_t(c)));
        }
        return TRY(builder.finish());
    }
    Ref<List> list = TRY(list_new(0));
    for (ssize_t i = 0; i < count; ++i)
        TRY(list_append_steal(list.get(), TRY(Fallible<Ref<>>::from_slot(get(self, start + i * step)))));
    return list;
}
Object* pointer_subscript(Object* self, Object* key) {
    if (is_index(key)) return pointer_item(self, TRY(index_as_ssize(key, exc::IndexError)));
    if (key->type != &slice_type) return raise(exc::TypeError, "Pointer indices must be integer");
    // There is no length to clamp to, so the bounds must be said.
    auto slice = static_cast<Slice*>(key);
    ssize_t step = is_none(slice->step) ? 1 : TRY(index_as_ssize(slice->step, exc::ValueError));
    if (step == 0) return raise(exc::ValueError, "slice step cannot be zero");
    if (is_none(slice->start) && step < 0) return raise(exc::ValueError, "slice start is required for step < 0");
    ssize_t start = is_none(slice->start) ? 0 : TRY(index_as_ssize(slice->start, exc::ValueError));
    if (is_none(slice->stop)) return raise(exc::ValueError, "slice stop is required");
    ssize_t stop = TRY(index_as_ssize(slice->stop, exc::ValueError));
    bool empty = step > 0 ? start > stop : start < stop;
    ssize_t count = empty ? 0 : step > 0 ? (stop - start - 1) / step + 1 : (stop - start + 1) / step + 1;
    if (start == stop) count = 0;
    Info* item = info_of_type(info_of(as_data(self))->proto);
    return items_of(self, item, count ? TRY(target_of(self)) : nullptr, start, step, count, pointer_item).release();
}
NumberMethods pointer_number = {.boolean = pointer_bool};
SequenceMethods pointer_sequence = {.item = pointer_item, .store_item = pointer_store_item};
MappingMethods pointer_mapping = {.subscript = pointer_subscript};
GetSetDef pointer_getset[] = {
    GETTER_SETTER("contents", pointer_contents, pointer_set_contents, "the object this pointer points to (read-write)"),
    END_ROW};

// Array

Object* array_item(Object* self, ssize_t at) {
    CData* data = as_data(self);
    if (at < 0 || at >= data->length) return raise(exc::IndexError, "invalid index");
    Object* item = info_of(data)->proto;
    return get_value(item, nullptr, data, at, 0, data->data + at * info_of_type(item)->size).release();
}
int array_store_item(Object* self, ssize_t at, Object* value) {
    CData* data = as_data(self);
    if (!value) return raise(exc::TypeError, "Array does not support item deletion");
    if (at < 0 || at >= data->length) return raise(exc::IndexError, "invalid index");
    Object* item = info_of(data)->proto;
    return set_value(data, item, nullptr, value, at, 0, data->data + at * info_of_type(item)->size).release();
}
int array_init(Object* self, Object* args, Object*) {
    for (ssize_t i = 0; i < as_tuple(args)->size; ++i)
        if (array_store_item(self, i, as_tuple(args)->items[i]) < 0) return -1;
    return 0;
}
ssize_t array_length(Object* self) {
    return as_data(self)->length;
}
Object* array_subscript(Object* self, Object* key) {
    CData* data = as_data(self);
    if (is_index(key)) {
        ssize_t at = TRY(index_as_ssize(key, exc::IndexError));
        return array_item(self, at < 0 ? at + data->length : at);
    }
    if (key->type != &slice_type) return raise(exc::TypeError, "indices must be integers");
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(data->length, &start, &stop, step);
    return items_of(self, info_of_type(info_of(data)->proto), data->data, start, step, count, array_item).release();
}
int array_store_subscript(Object* self, Object* key, Object* value) {
    CData* data = as_data(self);
    if (!value) return raise(exc::TypeError, "Array does not support item deletion");
    if (is_index(key)) {
        ssize_t at = TRY(index_as_ssize(key, exc::IndexError));
        return array_store_item(self, at < 0 ? at + data->length : at, value);
    }
    if (key->type != &slice_type) return raise(exc::TypeError, "indices must be integer");
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(data->length, &start, &stop, step);
    if (TRY(length(value)) != count) return raise(exc::ValueError, "Can only assign sequence of same size");
    for (ssize_t i = 0; i < count; ++i, start += step)
        if (array_store_item(self, start, TRY(sequence_item(value, i)).get()) < 0) return -1;
    return 0;
}
SequenceMethods array_sequence = {.length = array_length, .item = array_item, .store_item = array_store_item};
MappingMethods array_mapping = {
    .length = array_length, .subscript = array_subscript, .store_subscript = array_store_subscript};
MethodDef array_methods[] = {CLASS_GETITEM_ROW, END_ROW};

}  // namespace

#define DATA_SLOTS .dealloc = data_dealloc, .traverse = data_traverse, .clear = data_clear
constinit Type data_type = static_type({
    .name = "_ctypes._CData",
    .basic_size = sizeof(CData),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "What all instances of C types are.",
    DATA_SLOTS,
    .hash = data_hash,
    .buffer = &data_buffer,
    .methods = data_methods,
    .members = data_members,
    .weaklist_offset = offsetof(CData, weaklist),
});
constinit Type simple_type = static_type({
    .name = "_ctypes._SimpleCData",
    .basic_size = sizeof(CData),
    .base = &data_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "An instance of a simple C type.",
    DATA_SLOTS,
    .repr = slot1<simple_repr>,
    .number = &simple_number,
    .buffer = &data_buffer,
    .methods = simple_methods,
    .getset = simple_getset,
    .init = simple_init,
    .new_ = data_tp_new,
});
constinit Type pointer_type = static_type({
    .name = "_ctypes._Pointer",
    .basic_size = sizeof(CData),
    .base = &data_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "A pointer to an instance of a C type.",
    DATA_SLOTS,
    .number = &pointer_number,
    .sequence = &pointer_sequence,
    .mapping = &pointer_mapping,
    .buffer = &data_buffer,
    .getset = pointer_getset,
    .init = pointer_init,
    .new_ = pointer_tp_new,
});
constinit Type array_type = static_type({
    .name = "_ctypes.Array",
    .basic_size = sizeof(CData),
    .base = &data_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Abstract base class for arrays",
    DATA_SLOTS,
    .sequence = &array_sequence,
    .mapping = &array_mapping,
    .buffer = &data_buffer,
    .methods = array_methods,
    .init = array_init,
    .new_ = data_tp_new,
});

}  // namespace py::ctypes
