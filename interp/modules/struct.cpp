// _struct: Struct objects, and the module functions over a cache of them.
#include <cstring>

#include "interp/modules/struct_format.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

struct StructObject : Object {
    ssize_t size, items;  // -1: __init__ has not run
    ParsedFormat parsed;
    Bytes* format;
    Object* weaklist;
};
StructObject* as_struct(Object* object) { return static_cast<StructObject*>(object); }

extern Type struct_type;
extern Type unpack_iterator_type;

Object* struct_new(Type* type, Object*, Object*) {
    Object* made = type->alloc(type, 0);
    if (!made) return nullptr;
    as_struct(made)->size = as_struct(made)->items = -1;
    return made;
}

// Struct(format)
Fallible<void> struct_init(Object* self, Object* const* bound) {
    Ref<> given = share(bound[0]);
    if (is_str(given.get())) given = TRY(str_encode(as_str(given.get()), "ascii", nullptr));
    if (!is_bytes(given.get()))
        return raise(exc::TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s",
                     type_short_name(given->type));
    std::string_view text = as_bytes(given.get())->view();
    if (text.find('\0') != text.npos) return raise_struct_error("embedded null character");
    ParsedFormat parsed;
    TRY(parse_struct_format(text, &parsed));
    StructObject* object = as_struct(self);
    object->parsed.clear();
    object->parsed = parsed;
    object->size = parsed.size;
    object->items = parsed.items;
    replace_slot(object->format, static_cast<Bytes*>(given.release()));
    return {};
}

void struct_dealloc(Object* self) {
    gc_untrack(self);
    if (as_struct(self)->weaklist) clear_weakrefs(self);
    as_struct(self)->parsed.clear();
    clear_slot(as_struct(self)->format);
    self->type->free(self);
}

int struct_traverse(Object*, Visit, void*) { return 0; }

// Packs args[0 … items) into out, which is `size` bytes.
Fallible<void> pack_into_memory(StructObject* self, Object* const* args, char* out) {
    std::memset(out, 0, size_t(self->size));
    for (ssize_t i = 0; i < self->parsed.count; ++i) {
        const FormatCode& code = self->parsed.codes[i];
        for (ssize_t j = 0; j < code.repeat; ++j) TRY(pack_item(code, *args++, out + code.offset + j * code.size));
    }
    return {};
}

Fallible<Ref<>> unpack_memory(StructObject* self, const char* data) {
    Ref<Tuple> result = TRY(tuple_new(self->items));
    ssize_t next = 0;
    for (ssize_t i = 0; i < self->parsed.count; ++i) {
        const FormatCode& code = self->parsed.codes[i];
        for (ssize_t j = 0; j < code.repeat; ++j)
            result->items[next++] = TRY(unpack_item(code, data + code.offset + j * code.size)).release();
    }
    return result;
}

// Struct.pack(*values)
Fallible<Ref<>> struct_pack(Object* object, Object* const* args, ssize_t nargs) {
    StructObject* self = as_struct(object);
    if (nargs != self->items)
        return raise_struct_error("pack expected %zd items for packing (got %zd)", self->items, nargs);
    constexpr ssize_t kShort = 64;
    if (self->size <= kShort) {
        // Short bytes may be shared objects: made whole.
        char content[kShort];
        TRY(pack_into_memory(self, args, content));
        return TRY(bytes_from({content, size_t(self->size)}));
    }
    Ref<Bytes> result = TRY(bytes_new(self->size));
    TRY(pack_into_memory(self, args, result->data));
    return result;
}

// Struct.pack_into(buffer, offset, *values)
Fallible<Ref<>> struct_pack_into(Object* object, Object* const* args, ssize_t nargs) {
    StructObject* self = as_struct(object);
    if (nargs - 2 != self->items) {
        if (nargs == 0) return raise_struct_error("pack_into expected buffer argument");
        if (nargs == 1) return raise_struct_error("pack_into expected offset argument");
        return raise_struct_error("pack_into expected %zd items for packing (got %zd)", self->items, nargs - 2);
    }
    BufferView view;
    if (!view.open_writable(args[0]).ok()) {
        clear_error();
        return raise(exc::TypeError, "argument must be read-write bytes-like object, not %.50s",
                     is_none(args[0]) ? "None" : args[0]->type->name);
    }
    ssize_t offset = TRY(index_as_ssize(args[1], exc::IndexError));
    if (offset < 0) {
        if (offset + self->size > 0)
            return raise_struct_error("no space to pack %zd bytes at offset %zd", self->size, offset);
        if (offset + view.size() < 0)
            return raise_struct_error("offset %zd out of range for %zd-byte buffer", offset, view.size());
        offset += view.size();
    }
    if (view.size() - offset < self->size)
        return raise_struct_error(
            "pack_into requires a buffer of at least %zu bytes for packing %zd bytes at offset %zd (actual buffer size "
            "is %zd)",
            size_t(self->size) + size_t(offset), self->size, offset, view.size());
    TRY(pack_into_memory(self, args + 2, view.writable_data() + offset));
    return share(none());
}

// Struct.unpack(buffer, /)
Fallible<Ref<>> struct_unpack(Object* object, Object* buffer) {
    StructObject* self = as_struct(object);
    BufferView view;
    TRY(view.open(buffer));
    if (view.size() != self->size) return raise_struct_error("unpack requires a buffer of %zd bytes", self->size);
    return unpack_memory(self, view.data());
}

// Struct.unpack_from(buffer, offset=0)
Fallible<Ref<>> unpack_from(StructObject* self, Object* buffer, Object* offset_or_null) {
    BufferView view;
    TRY(view.open(buffer));
    ssize_t offset = offset_or_null ? TRY(as_ssize(offset_or_null)) : 0;
    if (offset < 0) {
        if (offset + self->size > 0)
            return raise_struct_error("not enough data to unpack %zd bytes at offset %zd", self->size, offset);
        if (offset + view.size() < 0)
            return raise_struct_error("offset %zd out of range for %zd-byte buffer", offset, view.size());
        offset += view.size();
    }
    if (view.size() - offset < self->size)
        return raise_struct_error(
            "unpack_from requires a buffer of at least %zu bytes for unpacking %zd bytes at offset %zd (actual buffer "
            "size is %zd)",
            size_t(self->size) + size_t(offset), self->size, offset, view.size());
    return unpack_memory(self, view.data() + offset);
}
Fallible<Ref<>> struct_unpack_from(Object* self, Object* const* bound) {
    return unpack_from(as_struct(self), bound[0], bound[1]);
}

// Iterated unpacking.

struct UnpackIterator : Object {
    StructObject* format;  // null: exhausted
    Buffer buffer;
    ssize_t index;
};
UnpackIterator* as_unpack_iterator(Object* object) { return static_cast<UnpackIterator*>(object); }

void unpack_iterator_dealloc(Object* self) {
    gc_untrack(self);
    clear_slot(as_unpack_iterator(self)->format);
    buffer_release(&as_unpack_iterator(self)->buffer);
    gc_object_free(self);
}

int unpack_iterator_traverse(Object* self, Visit visit, void* arg) {
    VISIT(as_unpack_iterator(self)->format);
    VISIT(as_unpack_iterator(self)->buffer.owner);
    return 0;
}

Object* unpack_iterator_next(Object* self) {
    UnpackIterator* iterator = as_unpack_iterator(self);
    if (!iterator->format) return nullptr;
    if (iterator->index >= iterator->buffer.length) {
        clear_slot(iterator->format);
        buffer_release(&iterator->buffer);
        return nullptr;
    }
    const char* data = static_cast<const char*>(iterator->buffer.data) + iterator->index;
    Ref<> result = TRY(unpack_memory(iterator->format, data));
    iterator->index += iterator->format->size;
    return result.release();
}

// unpack_iterator.__length_hint__()
Fallible<Ref<>> unpack_iterator_length_hint(Object* self) {
    UnpackIterator* iterator = as_unpack_iterator(self);
    if (!iterator->format) return TRY(int_from(0));
    return TRY(int_from((iterator->buffer.length - iterator->index) / iterator->format->size));
}

// Struct.iter_unpack(buffer, /)
Fallible<Ref<>> struct_iter_unpack(Object* object, Object* source) {
    StructObject* self = as_struct(object);
    if (self->size == 0) return raise_struct_error("cannot iteratively unpack with a struct of length 0");
    Ref<UnpackIterator> iterator = make_gc<UnpackIterator>(unpack_iterator_type);
    if (!iterator) return raised;
    iterator->format = nullptr;
    iterator->buffer = {};
    iterator->index = 0;
    gc_track(iterator.get());
    TRY(buffer_get(source, &iterator->buffer, kBufferSimple));
    if (iterator->buffer.length % self->size != 0)
        return raise_struct_error("iterative unpacking requires a buffer of a multiple of %zd bytes", self->size);
    iterator->format = new_reference(self);
    return iterator;
}

// Struct.format
Fallible<Ref<>> struct_format(Object* self) {
    Bytes* format = as_struct(self)->format;
    if (!format) return str_empty();
    return TRY(str_from_latin1(format->view()));
}
// Struct.size
Fallible<Ref<>> struct_size(Object* self) { return TRY(int_from(as_struct(self)->size)); }

// Struct.__sizeof__()
Fallible<Ref<>> struct_sizeof(Object* self) {
    constexpr ssize_t kBasicSize = 56, kCodeSize = 32;  // as in CPython
    return TRY(int_from(kBasicSize + kCodeSize * (as_struct(self)->parsed.count + 1)));
}

MethodDef struct_methods[] = {
    METHOD_O("iter_unpack", struct_iter_unpack, "($self, buffer, /)",
             "An iterator of the tuples unpacked from consecutive parts of the buffer, each of the struct's size."),
    {"pack", (CFunction)(void*)wrap_fast<struct_pack>, kFastcall,
     "S.pack(v1, v2, ...) -> bytes\n\nThe values packed by the struct's format."},
    {"pack_into", (CFunction)(void*)wrap_fast<struct_pack_into>, kFastcall,
     "S.pack_into(buffer, offset, v1, v2, ...)\n\nPacks the values into the writable buffer, from the offset on."},
    METHOD_O("unpack", struct_unpack, "($self, buffer, /)", "The values that the buffer, of the struct's size, holds."),
    METHOD("unpack_from", struct_unpack_from, "($self, /, buffer, offset=0)",
           "The values that stand in the buffer from the offset on."),
    {"__sizeof__", (CFunction)wrap_no_args<struct_sizeof>, kNoArgs, "S.__sizeof__() -> size of S in memory, in bytes"},
    END_ROW,
};

GetSetDef struct_getset[] = {
    GETTER("format", struct_format, "struct format string"),
    GETTER("size", struct_size, "struct size in bytes"),
    END_ROW,
};

constinit Type struct_type = static_type({
    .name = "_struct.Struct",
    .basic_size = sizeof(StructObject),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Struct(fmt) --> compiled struct object",
    .dealloc = struct_dealloc,
    .traverse = struct_traverse,
    .methods = struct_methods,
    .getset = struct_getset,
    .weaklist_offset = offsetof(StructObject, weaklist),
    .init = Bound<struct_init, "Struct", "(format)">::init,
    .new_ = struct_new,
});

MethodDef unpack_iterator_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<unpack_iterator_length_hint>, kNoArgs, nullptr},
    END_ROW,
};

constinit Type unpack_iterator_type = static_type({
    .name = "_struct.unpack_iterator",
    .basic_size = sizeof(UnpackIterator),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = unpack_iterator_dealloc,
    .traverse = unpack_iterator_traverse,
    .iter = self_iter,
    .iternext = unpack_iterator_next,
    .methods = unpack_iterator_methods,
});

// Module functions.

constexpr ssize_t kMaxCached = 100;
Dict* struct_cache = nullptr;

// The Struct of a format, made once while the cache has room.
Fallible<Ref<>> cached_struct(Object* format) {
    Ref<> found = TRY(dict_get(struct_cache, format));
    if (found) return found;
    Ref<> made = TRY(call(static_cast<Object*>(&struct_type), format));
    if (struct_cache->used >= kMaxCached) dict_clear(struct_cache);
    TRY(dict_set(struct_cache, format, made.get()));
    return made;
}

// _struct._clearcache()
Fallible<Ref<>> clear_cache(Object*) {
    dict_clear(struct_cache);
    return share(none());
}

// _struct.calcsize(format, /)
Fallible<Ref<>> calcsize(Object*, Object* format) { return struct_size(TRY(cached_struct(format)).get()); }

// _struct.pack(format, *values)
Fallible<Ref<>> pack(Object*, Object* const* args, ssize_t nargs) {
    if (nargs == 0) return raise(exc::TypeError, "missing format argument");
    Ref<> format = TRY(cached_struct(args[0]));
    return struct_pack(format.get(), args + 1, nargs - 1);
}

// _struct.pack_into(format, buffer, offset, *values)
Fallible<Ref<>> pack_into(Object*, Object* const* args, ssize_t nargs) {
    if (nargs == 0) return raise(exc::TypeError, "missing format argument");
    Ref<> format = TRY(cached_struct(args[0]));
    return struct_pack_into(format.get(), args + 1, nargs - 1);
}

// _struct.unpack(format, buffer, /)
Fallible<Ref<>> unpack(Object*, Object* const* bound) {
    Ref<> format = TRY(cached_struct(bound[0]));
    return struct_unpack(format.get(), bound[1]);
}

// _struct.unpack_from(format, /, buffer, offset=0)
Fallible<Ref<>> unpack_from_function(Object*, Object* const* bound) {
    Ref<> format = TRY(cached_struct(bound[0]));
    return unpack_from(as_struct(format.get()), bound[1], bound[2]);
}

// _struct.iter_unpack(format, buffer, /)
Fallible<Ref<>> iter_unpack(Object*, Object* const* bound) {
    Ref<> format = TRY(cached_struct(bound[0]));
    return struct_iter_unpack(format.get(), bound[1]);
}

MethodDef struct_functions[] = {
    METHOD_NOARGS("_clearcache", clear_cache, "($module, /)", "Clear the internal cache."),
    METHOD_O("calcsize", calcsize, "($module, format, /)", "The size in bytes of the struct that the format describes."),
    METHOD("iter_unpack", iter_unpack, "($module, format, buffer, /)",
           "An iterator of the tuples unpacked from consecutive parts of the buffer."),
    {"pack", (CFunction)(void*)wrap_fast<pack>, kFastcall,
     "pack(format, v1, v2, ...) -> bytes\n\nThe values packed by the format."},
    {"pack_into", (CFunction)(void*)wrap_fast<pack_into>, kFastcall,
     "pack_into(format, buffer, offset, v1, v2, ...)\n\nPacks the values into the writable buffer, from the offset on."},
    METHOD("unpack", unpack, "($module, format, buffer, /)", "The values that the buffer holds, by the format."),
    METHOD("unpack_from", unpack_from_function, "($module, format, /, buffer, offset=0)",
           "The values that stand in the buffer from the offset on, by the format."),
    END_ROW,
};

Fallible<void> struct_execute(Module* module) {
    if (!struct_cache) struct_cache = TRY(dict_new()).release();
    if (!struct_error) struct_error = TRY(exception_type_new("struct.error", exc::Exception, nullptr)).release();
    TRY(type_ready(&unpack_iterator_type));
    TRY(module_add_type(module, &struct_type));
    return module_add(module, "error", share(struct_error));
}

}  // namespace

extern const NativeModule struct_module;
const NativeModule struct_module = {
    "_struct",
    "Conversion between Python values and C structs, held in bytes.\n\nThe first character of a format tells byte order, "
    "size and alignment:\n  @: native order, size and alignment (without one of these characters as well)\n  =: native "
    "order, standard sizes\n  <: little-endian, standard sizes\n  >: big-endian, standard sizes\n  !: as >\n\nThe others "
    "stand for a value each, after an optional count:\n  x: pad byte (no value); c: char; b, B: signed, unsigned byte; ?: "
    "_Bool;\n  h, H: short; i, I: int; l, L: long; q, Q: long long; n, N: ssize_t, size_t (native only);\n  e, f, d: half, "
    "float, double; P: pointer as an integer (native only);\n  s: string (array of char; the count is its length), p: "
    "Pascal string (with a length byte).\nWhitespace between them is ignored.",
    struct_functions, struct_execute};

}  // namespace py
