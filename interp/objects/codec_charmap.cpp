// The charmap codec: single bytes through a mapping (a str of 256 characters, a dict, or an EncodingMap made from such
// a str).
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/codec.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

constexpr uint32_t kUndefined = 0xfffe;
constexpr char kReason[] = "character maps to <undefined>";

// Code points of the basic plane to bytes: the block of the high byte, 0 meaning "not in the map" (U+0000 is byte 0
// always).
struct EncodingMap : Object {
    uint8_t* block_of;  // 256 numbers, 0xff: none; behind them the blocks
    uint8_t* blocks;    // block_count * 256
    int block_count;
};
// What CPython's takes without its blocks.
constexpr ssize_t kBasicSize = 64;
static_assert(sizeof(EncodingMap) <= kBasicSize);

void encoding_map_dealloc(Object* self) {
    std::free(static_cast<EncodingMap*>(self)->block_of);
    object_free(self);
}
// EncodingMap.size()
Fallible<Ref<>> encoding_map_size(Object* self) {
    return int_from(kBasicSize + 256 * (static_cast<EncodingMap*>(self)->block_count + 1));
}
MethodDef encoding_map_methods[] = {
    METHOD_NOARGS_UNSIGNED("size", encoding_map_size, "The size (in bytes) of this object."),
    END_ROW,
};
constinit Type encoding_map_type = static_type({
    .name = "EncodingMap",
    .basic_size = kBasicSize,
    .dealloc = encoding_map_dealloc,
    .methods = encoding_map_methods,
});

int encoding_map_find(const EncodingMap* map, uint32_t ch) {
    if (ch == 0) return 0;
    if (ch > 0xffff) return -1;
    uint8_t block = map->block_of[ch >> 8];
    if (block == 0xff) return -1;
    uint8_t byte = map->blocks[block * 256 + (ch & 255)];
    return byte ? byte : -1;
}

Fallible<Ref<>> charmap_dict(Str* table) {
    Ref<Dict> dict = TRY(dict_new());
    for (ssize_t i = 0; i < table->length; ++i) {
        Ref<> key = TRY(int_from(table->at(i)))
        , value = TRY(int_from(i));
        TRY(dict_set(dict.get(), key.get(), value.get()));
    }
    return dict;
}

}  // namespace

Fallible<Ref<>> charmap_build(Str* table) {
    if (table->length != 256 || table->at(0) != 0) return charmap_dict(table);
    uint8_t block_of[256];
    std::memset(block_of, 0xff, sizeof block_of);
    int count = 0;
    for (ssize_t i = 1; i < 256; ++i) {
        uint32_t ch = table->at(i);
        if (ch == 0 || ch > 0xffff) return charmap_dict(table);
        if (ch != kUndefined && block_of[ch >> 8] == 0xff) block_of[ch >> 8] = uint8_t(count++);
        if (count >= 0xff) return charmap_dict(table);
    }
    TRY(type_ready(&encoding_map_type));
    Ref<EncodingMap> map = steal(static_cast<EncodingMap*>(object_new(&encoding_map_type, kBasicSize)));
    if (!map) return raised;
    map->block_of = nullptr;
    map->block_count = count;
    map->block_of = static_cast<uint8_t*>(std::calloc(size_t(count) + 1, 256));
    if (!map->block_of) return raise_memory_error();
    map->blocks = map->block_of + sizeof block_of;
    std::memcpy(map->block_of, block_of, sizeof block_of);
    for (ssize_t i = 1; i < 256; ++i) {
        uint32_t ch = table->at(i);
        if (ch != kUndefined) map->blocks[block_of[ch >> 8] * 256 + (ch & 255)] = uint8_t(i);
    }
    return map;
}

namespace {

// What a mapping gives for a key: absent for LookupError and None.
Lookup<> mapped_value(Object* mapping, int64_t key) {
    Ref<> index = TRY(int_from(key));
    Fallible<Ref<>> found = get_item(mapping, index.get());
    if (!found.ok()) {
        if (clear_error_if(exc::LookupError)) return nullptr;
        return raised;
    }
    Ref<> value = found.take();
    if (is_none(value.get())) return nullptr;
    return value;
}
// Appends what the mapping gives for a byte; false: undefined.
Fallible<bool> append_mapped(Object* mapping, uint8_t byte, StrBuilder& out) {
    if (is_str(mapping)) {
        Str* table = as_str(mapping);
        uint32_t ch = byte < table->length ? table->at(byte) : kUndefined;
        if (ch != kUndefined) TRY(out.append_char(ch));
        return ch != kUndefined;
    }
    Ref<> value = TRY(mapped_value(mapping, byte));
    if (!value) return false;
    if (is_int(value.get())) {
        int overflow;
        int64_t code = as_int64_clamped(as_int(value.get()), &overflow);
        if (code == kUndefined) return false;
        if (overflow || code < 0 || code > 0x10ffff)
            return raise(exc::TypeError, "character mapping must be in range(0x%lx)", 0x110000l);
        TRY(out.append_char(uint32_t(code)));
        return true;
    }
    if (!is_str(value.get())) return raise(exc::TypeError, "character mapping must return integer, None or str");
    Str* text = as_str(value.get());
    if (text->length == 1 && text->at(0) == kUndefined) return false;
    TRY(out.append(text));
    return true;
}

}  // namespace

Fallible<Ref<Str>> charmap_decode(std::string_view bytes, Object* mapping, const char* errors) {
    if (!mapping) return str_from_latin1(bytes);
    Decoding run("charmap", bytes, errors);
    StrBuilder out;
    TRY(out.reserve(ssize_t(bytes.size()), 0x7f));
    for (ssize_t position = 0; position < run.size();) {
        if (TRY(append_mapped(mapping, run.at(position), out)))
            ++position;
        else
            TRY(run.malformed(position, position + 1, kReason, out, &position));
    }
    return out.finish();
}

namespace {

// What a character is mapped to: an int of one byte or bytes; null when it is not in the mapping.
Lookup<> encoded_value(Object* mapping, uint32_t ch) {
    Ref<> value = TRY(mapped_value(mapping, ch));
    if (!value || is_bytes(value.get())) return value;
    if (!is_int(value.get()))
        return raise(exc::TypeError, "character mapping must return integer, bytes or None, not %.400s",
                     value->type->name);
    int overflow;
    int64_t byte = as_int64_clamped(as_int(value.get()), &overflow);
    if (overflow || byte < 0 || byte > 255) return raise(exc::TypeError, "character mapping must be in range(256)");
    return value;
}
// Appends the bytes of a character; false: not in the mapping.
Fallible<bool> append_encoded(Object* mapping, uint32_t ch, BytesBuilder& out) {
    if (mapping->type == &encoding_map_type) {
        int byte = encoding_map_find(static_cast<EncodingMap*>(mapping), ch);
        if (byte >= 0) TRY(out.append_byte(uint8_t(byte)));
        return byte >= 0;
    }
    Ref<> value = TRY(encoded_value(mapping, ch));
    if (!value) return false;
    if (is_int(value.get()))
        TRY(out.append_byte(uint8_t(TRY(as_int64(value.get())))));
    else
        TRY(out.append(as_bytes(value.get())->view()));
    return true;
}
// Is the character in the mapping? For finding the end of an unencodable run.
Fallible<bool> is_encodable(Object* mapping, uint32_t ch) {
    if (mapping->type == &encoding_map_type) return encoding_map_find(static_cast<EncodingMap*>(mapping), ch) >= 0;
    Ref<> value = TRY(encoded_value(mapping, ch));
    return bool(value);
}

}  // namespace

Fallible<Ref<Bytes>> charmap_encode(Str* text, Object* mapping, const char* errors) {
    if (!mapping) return latin1_encode(text, errors);
    Encoding run("charmap", text, errors);
    BytesBuilder out;
    TRY(out.reserve(text->length));
    for (ssize_t i = 0; i < text->length;) {
        if (TRY(append_encoded(mapping, text->at(i), out))) {
            ++i;
            continue;
        }
        ssize_t end = i + 1;
        while (end < text->length && !TRY(is_encodable(mapping, text->at(end))))
            ++end;
        Replacement r = TRY(run.unencodable(i, end, kReason));
        if (r.bytes) {
            TRY(out.append(r.bytes->view()));
        } else {
            for (ssize_t k = 0; k < r.text->length; ++k)
                if (!TRY(append_encoded(mapping, r.text->at(k), out))) return run.fail(i, end, kReason);
        }
        i = r.position;
    }
    return out.finish();
}

}  // namespace py
