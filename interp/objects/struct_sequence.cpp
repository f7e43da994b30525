// Struct sequences: tuples whose items have names, with more named fields behind the visible items (os.stat_result).
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/type.h"

namespace py {
namespace {

// What a type's spec says, reached from any instance. Hangs at the type's tp_cache, which nothing else uses: extension
// modules hand over type objects of their own, so there is no room behind them.
struct SequenceInfo {
    const char* name;
    int visible, fields, unnamed;
    const StructSequenceField* names;
    MemberDef* members;  // the named fields in order
};
// Subclasses made in Python have a type object of another shape: the native one is up the base chain.
Object* struct_sequence_construct(Type* type, Object* args, Object* kwargs);
SequenceInfo* spec_of(Type* type) {
    while (type->has(type_flag::kHeap)) type = type->base;
    return reinterpret_cast<SequenceInfo*>(type->cache);
}
Object** items_of(Object* object) { return static_cast<Tuple*>(object)->items; }

void struct_sequence_dealloc(Object* object) {
    gc_untrack(object);
    SequenceInfo* spec = spec_of(object->type);
    for (int i = 0; i < spec->fields; ++i) xdecref(items_of(object)[i]);
    object_memory_free(object);
}
int struct_sequence_traverse(Object* object, Visit visit, void* arg) {
    SequenceInfo* spec = spec_of(object->type);
    for (int i = 0; i < spec->fields; ++i) VISIT(items_of(object)[i]);
    return 0;
}

Fallible<Ref<Tuple>> new_instance(Type* type) {
    SequenceInfo* spec = spec_of(type);
    Object* memory = gc_object_new(type, offsetof(Tuple, items) + size_t(spec->fields) * sizeof(Object*));
    if (!memory) return raised;
    Tuple* self = static_cast<Tuple*>(memory);
    self->size = spec->visible;
    for (int i = 0; i < spec->fields; ++i) self->items[i] = nullptr;
    return steal(self);
}

Fallible<void> check_length(SequenceInfo* spec, ssize_t length) {
    const char* how = spec->visible == spec->fields ? "" : length < spec->visible ? "at least " : "at most ";
    int bound = length < spec->visible ? spec->visible : spec->fields;
    if (length >= spec->visible && length <= spec->fields) return {};
    return raise(exc::TypeError, "%.500s() takes %s%s %d-sequence (%zd-sequence given)", spec->name, *how ? "an " : "a",
                 *how ? how : "", bound, length);
}
// os.stat_result(sequence, dict={})
Fallible<Ref<>> construct(Type* type, Object* const* bound) {
    SequenceInfo* spec = spec_of(type);
    Ref<> sequence = TRY(fast_sequence(bound[0], "constructor requires a sequence"));
    Object* dict = unless_none(bound[1]);
    if (bound[1] && !is_dict(bound[1])) return raise(exc::TypeError, "%.500s() takes a dict as second arg, if any", spec->name);
    ssize_t length = fast_sequence_size(sequence.get());
    TRY(check_length(spec, length));
    Ref<Tuple> self = TRY(new_instance(type));
    for (ssize_t i = 0; i < spec->fields; ++i) {
        Ref<> value;
        if (i < length)
            value = share(fast_sequence_items(sequence.get())[i]);
        else if (dict && spec->names[i].name)
            value = TRY(dict_get(as_dict(dict), TRY(str_from_utf8(spec->names[i].name)).get()));
        self->items[i] = value ? value.release() : new_reference(none());
    }
    gc_track(self.get());
    return self;
}
Object* struct_sequence_construct(Type* type, Object* args, Object* kwargs) {
    return Bound<construct, "structseq", "(sequence, dict=None)">::new_(type, args, kwargs);
}

Fallible<Ref<>> struct_sequence_repr(Object* self) {
    SequenceInfo* spec = spec_of(self->type);
    Ref<Str> text = TRY(format_str("%s(", spec->name));
    for (int i = 0; i < spec->visible; ++i) {
        // The names of the named fields in order: an unnamed item is shown under the next field's name.
        const char* name = i < spec->fields - spec->unnamed ? spec->members[i].name : nullptr;
        if (!name) return raise(exc::SystemError, "In structseq_repr(), member %d name is NULL for type %.500s", i, spec->name);
        text = TRY(format_str(i ? "%U, %s=%R" : "%U%s=%R", text.get(), name, items_of(self)[i]));
    }
    return format_str("%U)", text.get());
}

// structseq.__reduce__()
Fallible<Ref<>> struct_sequence_reduce(Object* self) {
    SequenceInfo* spec = spec_of(self->type);
    Ref<Tuple> visible = TRY(tuple_from_array(items_of(self), spec->visible));
    Ref<Dict> hidden = TRY(dict_new());
    for (int i = spec->visible; i < spec->fields; ++i)
        if (spec->names[i].name) TRY(dict_set(hidden.get(), spec->names[i].name, items_of(self)[i]));
    Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(visible.get()), static_cast<Object*>(hidden.get())));
    return tuple_pack(static_cast<Object*>(self->type), static_cast<Object*>(arguments.get()));
}
MethodDef struct_sequence_methods[] = {
    {"__reduce__", reinterpret_cast<CFunction>(wrap_no_args<struct_sequence_reduce>), kNoArgs, nullptr},
    END_ROW,
};

Fallible<MemberDef*> member_table(const StructSequenceField* fields, int count) {
    auto* rows = static_cast<MemberDef*>(allocate(size_t(count + 1) * sizeof(MemberDef)));
    if (!rows) return raise_memory_error();
    MemberDef* row = rows;
    for (int i = 0; i < count; ++i)
        if (fields[i].name)
            *row++ = {fields[i].name, kObject, ssize_t(offsetof(Tuple, items)) + i * ssize_t(sizeof(Object*)), kReadOnly, fields[i].doc};
    *row = {};
    return rows;
}
// The field counts, and the names that class patterns match positionally.
Fallible<void> fill_dict(Type* type) {
    SequenceInfo* spec = spec_of(type);
    TRY(dict_set(type->dict, "n_sequence_fields", TRY(int_from(spec->visible)).get()));
    TRY(dict_set(type->dict, "n_fields", TRY(int_from(spec->fields)).get()));
    TRY(dict_set(type->dict, "n_unnamed_fields", TRY(int_from(spec->unnamed)).get()));
    Ref<List> names = TRY(list_new(0));
    for (int i = 0; i < spec->visible; ++i)
        if (spec->names[i].name) TRY(list_append_steal(names.get(), TRY(str_from_utf8(spec->names[i].name))));
    return dict_set(type->dict, "__match_args__", TRY(list_as_tuple(names.get())).get());
}

}  // namespace

Fallible<void> struct_sequence_type_init(Type* type, const StructSequenceSpec& spec) {
    int fields = 0, unnamed = 0;
    // The table ends with a row that has neither name nor documentation; unnamed fields have the latter.
    for (; spec.fields[fields].name || spec.fields[fields].doc; ++fields)
        if (!spec.fields[fields].name) ++unnamed;
    auto* info = static_cast<SequenceInfo*>(allocate(sizeof(SequenceInfo)));
    if (!info) return raise_memory_error();
    *info = {spec.name, spec.sequence_length, fields, unnamed, spec.fields, TRY(member_table(spec.fields, fields))};
    *type = static_type({
        .name = spec.name,
        .basic_size = offsetof(Tuple, items),
        .item_size = sizeof(Object*),
        .base = &tuple_type,
        .flags = type_flag::kHaveGc,
        .doc = spec.doc,
        .dealloc = struct_sequence_dealloc,
        .traverse = struct_sequence_traverse,
        .repr = slot1<struct_sequence_repr>,
        .methods = struct_sequence_methods,
        .members = info->members,
        .new_ = struct_sequence_construct,
    });
    type->cache = reinterpret_cast<Object*>(info);
    TRY(type_ready(type));
    return fill_dict(type);
}
Fallible<Ref<Type>> struct_sequence_type_new(const StructSequenceSpec& spec) {
    auto* type = static_cast<Type*>(allocate(sizeof(Type)));
    if (!type) return raise_memory_error();
    TRY(struct_sequence_type_init(type, spec));
    return share(type);
}

Fallible<Ref<Tuple>> struct_sequence_new(Type* type) {
    return new_instance(type);  // untracked: a native's results hold atoms
}

void struct_sequence_set(Tuple* sequence, ssize_t index, Ref<> value) { replace_slot(sequence->items[index], value.release()); }

}  // namespace py
