// _ctypes: Structure and Union. Laying fields out as gcc does, bit fields and _pack_ included; the fields' descriptors.
#include <algorithm>
#include <cstring>
#include <string>

#include "interp/modules/ctypes.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"

namespace py::ctypes {

namespace {

// CField: a field's place, as a descriptor in the class.
struct Field : Object {
    ssize_t offset, size;  // size of a bit field: width << 16 | first bit
    ssize_t index;
    Object* type;
    Getter get;
    Setter set;
    bool is_anonymous;
};
Field* as_field(Object* object) {
    return static_cast<Field*>(object);
}

Fallible<Ref<Field>> field_new(Object* type, Info* info, ssize_t index) {
    Ref<Field> field = make_gc<Field>(field_type);
    if (!field) return raised;
    field->offset = 0, field->size = info->size, field->index = index, field->is_anonymous = false;
    field->type = new_reference(type);
    field->get = info->is_text ? char_array_get : info->is_wide_text ? wide_array_get : nullptr;
    field->set = info->is_text ? char_array_set : info->is_wide_text ? wide_array_set : nullptr;
    gc_track(field.get());
    return field;
}

Object* field_get(Object* self, Object* instance, Object*) {
    if (!instance || is_none(instance)) return share(self).release();
    if (!is_data(instance)) return raise(exc::TypeError, "not a ctype instance");
    Field* field = as_field(self);
    CData* data = as_data(instance);
    return get_value(field->type, field->get, data, field->index, field->size, data->data + field->offset).release();
}
int field_set(Object* self, Object* instance, Object* value) {
    if (!is_data(instance)) return raise(exc::TypeError, "not a ctype instance");
    if (!value) return raise(exc::TypeError, "can't delete attribute");
    Field* field = as_field(self);
    CData* data = as_data(instance);
    return set_value(data, field->type, field->set, value, field->index, field->size, data->data + field->offset)
        .release();
}
Fallible<Ref<>> field_repr(Object* self) {
    Field* field = as_field(self);
    const char* name = static_cast<Type*>(static_cast<VarObject*>(field->type))->name;
    ssize_t bits = field->size >> 16, place = field->size & 0xffff;
    if (bits) return TRY(format_str("<Field type=%s, ofs=%zd:%zd, bits=%zd>", name, field->offset, place, bits));
    return TRY(format_str("<Field type=%s, ofs=%zd, size=%zd>", name, field->offset, place));
}
MemberDef field_members[] = {
    {"offset", kSsize, offsetof(Field, offset), kReadOnly, "offset in bytes of this field"},
    {"size", kSsize, offsetof(Field, size), kReadOnly, "size in bytes of this field"},
    {},
};

// The state of a layout under way.
struct Layout {
    CType* type;
    Info* info;
    bool is_union;
    bool is_big_endian = false, is_packed = false;
    ssize_t pack = 0;
    ssize_t size = 0, offset = 0, align = 1, total_align = 1;
    ssize_t open_bits = 0, bit_offset = 0;  // of the unit that bit fields are put into
    ssize_t unit_size = 0;
    std::string format;

    Fallible<void> start(ssize_t count);
    Fallible<void> add(Object* pair, ssize_t number);
    void place(Field* field, Info* info, ssize_t bits);
    Fallible<void> finish();
};

struct FieldSpec {
    Ref<Str> name;
    Ref<> type;
    Info* info;
    ssize_t bits;  // 0: no bit field
};
Fallible<FieldSpec> read_field(Object* pair, ssize_t number) {
    if (!is_tuple(pair) || as_tuple(pair)->size < 2 || as_tuple(pair)->size > 3 || !is_str(as_tuple(pair)->items[0]))
        return raise(exc::TypeError, "_fields_ must be a sequence of (name, C type) pairs");
    FieldSpec spec{share(as_str(as_tuple(pair)->items[0])), share(as_tuple(pair)->items[1]), nullptr, 0};
    spec.info = info_of_type(spec.type.get());
    if (!spec.info) return raise(exc::TypeError, "second item in _fields_ tuple (index %zd) must be a C type", number);
    if (as_tuple(pair)->size == 2) return spec;
    spec.bits = TRY(as_c_int(as_tuple(pair)->items[2]));
    bool countable = spec.info->kind == Kind::Simple && std::strchr("bBhHiIlLqQ?", spec.info->code->letter);
    if (!countable) {
        const char* name = static_cast<Type*>(static_cast<VarObject*>(spec.type.get()))->name;
        return raise(exc::TypeError, "bit fields not allowed for type %s", name);
    }
    if (spec.bits <= 0 || spec.bits > spec.info->size * 8)
        return raise(exc::ValueError, "number of bits invalid for bit field");
    return spec;
}

void Layout::place(Field* field, Info* member, ssize_t bits) {
    bool fits_open = bits && open_bits && member->size * 8 <= open_bits && bit_offset + bits <= open_bits;
    bool expands = bits && open_bits && member->size * 8 >= open_bits && bit_offset + bits <= member->size * 8;
    if (fits_open || expands) {
        if (!fits_open) {
            ssize_t more = member->size - open_bits / 8;
            offset += more, size += more;
            open_bits = member->size * 8;
        }
        field->size = (bits << 16) + (is_big_endian ? open_bits - bit_offset - bits : bit_offset);
        field->offset = offset - member->size;
        bit_offset += bits;
        return;
    }
    bit_offset = bits;
    open_bits = bits ? member->size * 8 : 0;
    if (bits) field->size = (bits << 16) + (is_big_endian ? open_bits - bits : 0);
    align = pack ? std::min(pack, member->align) : member->align;
    if (ssize_t rest = align ? offset % align : 0) {
        offset += align - rest;
        size += align - rest;
    }
    field->offset = offset;
    offset += member->size;
    size += member->size;
}

// From the base class's fields on.
Fallible<void> Layout::start(ssize_t count) {
    Lookup<> packed = class_attribute(type, "_pack_");
    if (!packed.ok()) return raised;
    if (Ref<> value = packed.take()) {
        if (!is_int(value.get())) return raise(exc::ValueError, "_pack_ must be an integer");
        pack = TRY(as_ssize(value.get()));
        is_packed = true;
        if (pack < 0) return raise(exc::ValueError, "_pack_ must be a non-negative integer");
    }
    is_big_endian = bool(TRY(class_attribute(type, "_swappedbytes_")));
    ssize_t inherited = 0;
    Info* parent = info_of_type(type->base);
    if (parent) {
        size = offset = parent->size;
        total_align = parent->align;
        inherited = parent->length;
        info->has_union = parent->has_union, info->has_bit_field = parent->has_bit_field,
        info->has_pointer = parent->has_pointer;
    }
    deallocate(info->elements);
    info->elements = static_cast<ffi_type**>(allocate(size_t(inherited + count + 1) * sizeof(ffi_type*)));
    if (!info->elements) return raise_memory_error();
    for (ssize_t i = 0; i < inherited; ++i)
        info->elements[i] = parent->elements[i];
    info->length = inherited + count;
    format = "T{";
    return {};
}

Fallible<void> Layout::add(Object* pair, ssize_t number) {
    FieldSpec spec = TRY(read_field(pair, number));
    spec.info->is_final = true;
    info->has_union |= spec.info->has_union;
    info->has_bit_field |= spec.info->has_bit_field || spec.bits;
    info->has_pointer |= spec.info->has_pointer;
    Ref<Field> field = TRY(field_new(spec.type.get(), spec.info, number));
    if (is_union) {
        ssize_t largest = size;
        size = offset = open_bits = bit_offset = 0;
        place(field.get(), spec.info, spec.bits);
        size = std::max(largest, size);
    } else {
        place(field.get(), spec.info, spec.bits);
        if (spec.info->dimensions) {
            format += "(";
            for (int i = 0; i < spec.info->dimensions; ++i)
                format += (i ? "," : "") + std::to_string(spec.info->shape[i]);
            format += ")";
        }
        format += spec.info->format ? spec.info->format : "B";
        format += ":" + std::string(TRY(str_utf8(spec.name.get()))) + ":";
    }
    total_align = std::max(total_align, align);
    TRY(type_type.setattro(type, spec.name.get(), field.get()) < 0 ? Fallible<void>(raised) : Fallible<void>());
    return {};
}

Fallible<void> Layout::finish() {
    if (ssize_t rest = size % total_align) size += total_align - rest;
    info->size = size;
    info->align = total_align;
    info->has_union |= is_union;
    info->own_ffi = {size_t(size), uint16_t(total_align), FFI_TYPE_STRUCT, info->elements};
    info->ffi = &info->own_ffi;
    return set_format(info, is_union || is_packed ? "B" : (format + "}").c_str());
}

Fallible<Ref<Field>> field_named(Object* type, Object* name, Type* error, const char* problem) {
    Ref<> found = TRY(get_attr(type, as_str(name)));
    if (found->type != &field_type) return raise(error, problem, name);
    return share(as_field(found.get()));
}
// The fields of an anonymous member become the outer type's, those of anonymous members within it as well.
Fallible<void> lift_fields(CType* type, Object* member_type, ssize_t index, ssize_t offset) {
    Ref<> fields = TRY(get_attr(member_type, "_fields_"));
    Ref<> list = TRY(fast_sequence(fields.get(), "_fields_ must be a sequence"));
    for (ssize_t i = 0; i < fast_sequence_size(list.get()); ++i) {
        Ref<> name = TRY(sequence_item(fast_sequence_items(list.get())[i], 0));
        Ref<Field> from = TRY(field_named(member_type, name.get(), exc::TypeError, "unexpected type"));
        if (from->is_anonymous) {
            TRY(lift_fields(type, from->type, index + from->index, offset + from->offset));
            continue;
        }
        Ref<Field> copy = make_gc<Field>(field_type);
        if (!copy) return raised;
        copy->offset = from->offset + offset, copy->size = from->size, copy->index = from->index + index;
        copy->type = new_reference(from->type);
        copy->get = from->get, copy->set = from->set, copy->is_anonymous = false;
        gc_track(copy.get());
        if (type_type.setattro(type, name.get(), copy.get()) < 0) return raised;
    }
    return {};
}
Fallible<void> add_anonymous(CType* type) {
    Lookup<> found = own_attribute(type, "_anonymous_");
    if (!found.ok()) return raised;
    Ref<> names = found.take();
    if (!names) return {};
    Ref<> list = TRY(fast_sequence(names.get(), "_anonymous_ must be a sequence"));
    for (ssize_t i = 0; i < fast_sequence_size(list.get()); ++i) {
        Object* name = fast_sequence_items(list.get())[i];
        Ref<Field> member =
            TRY(field_named(type, name, exc::AttributeError, "'%U' is specified in _anonymous_ but not in _fields_"));
        member->is_anonymous = true;
        TRY(lift_fields(type, member->type, member->index, member->offset));
    }
    return {};
}

}  // namespace

static Fallible<void> lay_out_fields(CType* type, Object* fields) {
    Lookup<> abstract = own_attribute(type, "_abstract_");
    if (!abstract.ok()) return raised;
    if (abstract.take()) return {};
    Info* info = type->info;
    if (!info) return raise(exc::TypeError, "ctypes state is not initialized");
    if (info->is_final) return raise(exc::AttributeError, "_fields_ is final");
    if (!is_sequence(fields)) return raise(exc::TypeError, "_fields_ must be a sequence of pairs");
    ssize_t count = TRY(length(fields));
    Layout layout{type, info, info->kind == Kind::Union};
    TRY(layout.start(count));
    Info* parent = info_of_type(type->base);
    ssize_t inherited = parent ? parent->length : 0;
    ssize_t used = inherited;
    for (ssize_t i = 0; i < count; ++i) {
        Ref<> pair = TRY(sequence_item(fields, i));
        TRY(layout.add(pair.get(), i));
        // Later fields of a bit unit add nothing to what libffi has to know.
        Info* member = info_of_type(as_tuple(pair.get())->items[1]);
        info->elements[used++] = member->kind == Kind::Array ? &member->own_ffi : member->ffi;
    }
    info->elements[used] = nullptr;
    if (info->is_final) return raise(exc::AttributeError, "Structure or union cannot contain itself");
    info->is_final = true;
    TRY(layout.finish());
    return add_anonymous(type);
}

Fallible<void> lay_out(CType* type, Object* fields) {
    return or_memory_error([&] { return lay_out_fields(type, fields); });
}

namespace {

// A class without _fields_ of its own is laid out as its base.
Fallible<void> inherit_layout(Info* info, Info* parent) {
    info->size = parent->size, info->align = parent->align, info->length = parent->length;
    info->has_union = parent->has_union, info->has_bit_field = parent->has_bit_field,
    info->has_pointer = parent->has_pointer;
    info->elements = static_cast<ffi_type**>(allocate(size_t(parent->length + 1) * sizeof(ffi_type*)));
    if (!info->elements) return raise_memory_error();
    ssize_t i = 0;
    for (; parent->elements && i < parent->length; ++i)
        info->elements[i] = parent->elements[i];
    info->elements[i] = nullptr;
    info->own_ffi = {size_t(info->size), uint16_t(info->align), FFI_TYPE_STRUCT, info->elements};
    parent->is_final = true;
    return set_format(info, parent->format ? parent->format : "B");
}

Fallible<Ref<>> layout_class_new(Type* metatype, Object* args, Object* kwargs, Kind kind) {
    Ref<CType> type = TRY(class_new(metatype, args, kwargs));
    Lookup<> abstract = own_attribute(type.get(), "_abstract_");
    if (!abstract.ok()) return raised;
    if (abstract.take()) return type;
    Info* info = TRY(info_new(type.get(), kind));
    info->ffi = &info->own_ffi;
    info->own_ffi = {0, 1, FFI_TYPE_STRUCT, nullptr};
    TRY(set_format(info, "B"));
    Lookup<> found = own_attribute(type.get(), "_fields_");
    if (!found.ok()) return raised;
    if (Ref<> fields = found.take()) {
        Ref<Str> name = TRY(str_from_ascii("_fields_"));
        TRY(set_attr(type.get(), name.get(), fields.get()));
    } else if (Info* parent = info_of_type(type->base)) {
        TRY(inherit_layout(info, parent));
    }
    return type;
}

// Positional values in the order of the fields, the bases' first; the number that was used.
Fallible<ssize_t> init_from_tuple(Object* self, Type* type, Tuple* values, Object* kwargs, ssize_t at) {
    if (info_of_type(static_cast<Object*>(type->base))) at = TRY(init_from_tuple(self, type->base, values, kwargs, at));
    Lookup<> found = own_attribute(type, "_fields_");
    if (!found.ok()) return raised;
    Ref<> fields = found.take();
    if (!fields) return at;
    ssize_t count = TRY(length(fields.get()));
    for (ssize_t i = 0; i < count && at < values->size; ++i, ++at) {
        Ref<> pair = TRY(sequence_item(fields.get(), i));
        Ref<> name = TRY(sequence_item(pair.get(), 0));
        if (kwargs && TRY(dict_contains(as_dict(kwargs), name.get())))
            return raise(exc::TypeError, "duplicate values for field %R", name.get());
        TRY(set_attr(self, as_str(name.get()), values->items[at]));
    }
    return at;
}
int structure_init(Object* self, Object* args, Object* kwargs) {
    if (as_tuple(args)->size) {
        ssize_t used = TRY(init_from_tuple(self, self->type, as_tuple(args), kwargs, 0));
        if (used < as_tuple(args)->size) return raise(exc::TypeError, "too many initializers");
    }
    ssize_t position = 0;
    Object *key, *value;
    while (kwargs && dict_next(as_dict(kwargs), &position, &key, &value))
        TRY(set_attr(self, as_str(key), value));
    return 0;
}
Object* structure_tp_new(Type* type, Object*, Object*) {
    return data_new(type).release();
}

}  // namespace

Object* structure_class_new(Type* metatype, Object* args, Object* kwargs) {
    return layout_class_new(metatype, args, kwargs, Kind::Structure).release();
}
Object* union_class_new(Type* metatype, Object* args, Object* kwargs) {
    return layout_class_new(metatype, args, kwargs, Kind::Union).release();
}

constinit Type field_type = static_type({
    .name = "_ctypes.CField",
    .basic_size = sizeof(Field),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .doc = "Structure/Union member",
    .dealloc = dealloc_members<&Field::type>,
    .traverse = traverse_members<&Field::type>,
    .clear = clear_members<&Field::type>,
    .repr = slot1<field_repr>,
    .members = field_members,
    .descr_get = field_get,
    .descr_set = field_set,
});
constinit Type structure_type = static_type({
    .name = "_ctypes.Structure",
    .basic_size = sizeof(CData),
    .base = &data_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Structure base class",
    .init = structure_init,
    .new_ = structure_tp_new,
});
constinit Type union_type = static_type({
    .name = "_ctypes.Union",
    .basic_size = sizeof(CData),
    .base = &data_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Union base class",
    .init = structure_init,
    .new_ = structure_tp_new,
});

}  // namespace py::ctypes
