// PyUnicode_*: strings. Their data is read by extensions' inline functions; here is what makes and changes them.
#include <cstdarg>
#include <cstring>
#include <cwchar>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/unicode_properties.h"

namespace py {

static bool not_str(Object* object) {
    if (is_str(object)) return false;
    (void)raise(exc::TypeError, "must be str, not %T", object);
    return true;
}

API int _PyUnicode_Ready(Object*) {
    return 0;
}  // every string here is ready
API Object* PyUnicode_New(ssize_t length, uint32_t max_char) {
    return str_new(length, max_char).release();
}
API Object* PyUnicode_FromString(const char* utf8) {
    return str_from_utf8(utf8).release();
}
API Object* PyUnicode_FromStringAndSize(const char* utf8, ssize_t size) {
    if (size < 0) return raise(exc::SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
    if (!utf8 && size > 0)
        return raise(exc::SystemError,
                     "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize");
    return str_from_utf8({utf8, size_t(size)}).release();
}
API Object* PyUnicode_FromKindAndData(int kind, const void* data, ssize_t length) {
    if (length < 0) return raise(exc::ValueError, "size must be positive");
    if (kind != 1 && kind != 2 && kind != 4) return raise(exc::SystemError, "invalid kind");
    return str_from_kind(kind, data, length).release();
}
API Object* PyUnicode_FromOrdinal(int code) {
    if (code < 0 || code > 0x10ffff) return raise(exc::ValueError, "chr() arg not in range(0x110000)");
    return str_from_char(uint32_t(code)).release();
}
API Object* PyUnicode_FromObject(Object* object) {
    if (is_str_exact(object)) return new_reference(object);
    if (!is_str(object)) return raise(exc::TypeError, "Can't convert '%T' object to str implicitly", object);
    return str_from_kind(int(as_str(object)->kind), as_str(object)->data(), as_str(object)->length).release();
}
API Object* PyUnicode_FromEncodedObject(Object* object, const char* encoding, const char* errors) {
    if (is_str(object)) return raise(exc::TypeError, "decoding str is not supported");
    BufferView view;
    if (!has_buffer(object))
        return raise(exc::TypeError, "decoding to str: need a bytes-like object, %T found", object);
    TRY(view.open(object));
    return bytes_decode(view.view(), encoding, errors).release();
}
API Object* PyUnicode_FromWideChar(const wchar_t* text, ssize_t length) {
    if (!text && length) return raise_bad_internal_call("PyUnicode_FromWideChar");
    return str_from_kind(4, text, length < 0 ? ssize_t(wcslen(text)) : length).release();
}
API ssize_t PyUnicode_AsWideChar(Object* object, wchar_t* out, ssize_t size) {
    if (not_str(object)) return raised;
    ssize_t count = as_str(object)->length;
    if (!out) return count + 1;
    if (size > count) size = count + 1;
    for (ssize_t i = 0; i < size; ++i)
        out[i] = i < count ? wchar_t(as_str(object)->at(i)) : 0;
    return size > count ? count : size;
}
API Object* PyUnicode_FromFormatV(const char* format, va_list arguments) {
    return format_str_v(format, arguments).release();
}
API Object* PyUnicode_FromFormat(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<Ref<Str>> text = format_str_v(format, arguments);
    va_end(arguments);
    return text.release();
}

// The deprecated representation as wide characters, kept in the string.
API wchar_t* PyUnicode_AsUnicode(Object* object) {
    if (not_str(object)) return nullptr;
    Str* text = as_str(object);
    if (!text->wstr) {
        auto* wide = static_cast<wchar_t*>(allocate(size_t(text->length + 1) * sizeof(wchar_t)));
        if (!wide) return raise_memory_error();
        PyUnicode_AsWideChar(object, wide, text->length + 1);
        text->wstr = wide;
    }
    return text->wstr;
}
API ssize_t PyUnicode_GetLength(Object* object) {
    return not_str(object) ? -1 : as_str(object)->length;
}
API uint32_t PyUnicode_ReadChar(Object* object, ssize_t index) {
    if (not_str(object)) return uint32_t(-1);
    if (index < 0 || index >= as_str(object)->length) {
        (void)raise(exc::IndexError, "string index out of range");
        return uint32_t(-1);
    }
    return as_str(object)->at(index);
}
API int PyUnicode_WriteChar(Object* object, ssize_t index, uint32_t code) {
    Str* text = as_str(object);
    if (not_str(object)) return raised;
    if (index < 0 || index >= text->length) return raise(exc::IndexError, "string index out of range");
    if (text->refcount != 1 || text->interned || text->hash_value != -1)
        return raise(exc::SystemError, "Cannot modify a string currently used");
    if (code > (text->ascii ? 0x7fu : text->kind == 1 ? 0xffu : text->kind == 2 ? 0xffffu : 0x10ffffu))
        return raise(exc::ValueError, "character out of range");
    if (text->kind == 1)
        static_cast<uint8_t*>(text->data())[index] = uint8_t(code);
    else if (text->kind == 2)
        static_cast<uint16_t*>(text->data())[index] = uint16_t(code);
    else
        static_cast<uint32_t*>(text->data())[index] = code;
    return 0;
}
API ssize_t PyUnicode_CopyCharacters(Object* to, ssize_t to_start, Object* from, ssize_t from_start, ssize_t count) {
    if (not_str(to) || not_str(from)) return raised;
    if (size_t(from_start) > size_t(as_str(from)->length) || size_t(to_start) > size_t(as_str(to)->length))
        return raise(exc::IndexError, "string index out of range");
    count = std::min(count, as_str(from)->length - from_start);
    if (count < 0) return raise(exc::SystemError, "how_many cannot be negative");
    if (to_start + count > as_str(to)->length)
        return raise(exc::SystemError, "Cannot write %zd characters at %zd in a string of %zd characters", count,
                     to_start, as_str(to)->length);
    str_copy_chars(as_str(to), to_start, as_str(from), from_start, count);
    return count;
}
API void _PyUnicode_FastCopyCharacters(Object* to, ssize_t to_start, Object* from, ssize_t from_start, ssize_t count) {
    str_copy_chars(as_str(to), to_start, as_str(from), from_start, count);
}
API uint32_t* PyUnicode_AsUCS4(Object* object, uint32_t* out, ssize_t size, int copy_null) {
    Str* text = as_str(object);
    if (size < text->length + (copy_null != 0)) return raise(exc::SystemError, "string is longer than the buffer");
    for (ssize_t i = 0; i < text->length; ++i)
        out[i] = text->at(i);
    if (copy_null) out[text->length] = 0;
    return out;
}
API uint32_t* PyUnicode_AsUCS4Copy(Object* object) {
    ssize_t size = as_str(object)->length + 1;
    auto* out = static_cast<uint32_t*>(allocate(size_t(size) * sizeof(uint32_t)));
    if (!out) return raise_memory_error();
    return PyUnicode_AsUCS4(object, out, size, 1);
}

API const char* PyUnicode_AsUTF8AndSize(Object* object, ssize_t* size) {
    if (!is_str(object)) return raise(exc::TypeError, "bad argument type for built-in operation");
    std::string_view view = TRY(str_utf8(as_str(object)));
    if (size) *size = ssize_t(view.size());
    return view.data();
}
API const char* PyUnicode_AsUTF8(Object* object) {
    return PyUnicode_AsUTF8AndSize(object, nullptr);
}
API Object* PyUnicode_AsEncodedString(Object* object, const char* encoding, const char* errors) {
    if (!is_str(object)) return raise(exc::TypeError, "bad argument type for built-in operation");
    return str_encode(as_str(object), encoding ? encoding : "utf-8", errors).release();
}
API Object* PyUnicode_AsUTF8String(Object* object) {
    return PyUnicode_AsEncodedString(object, "utf-8", nullptr);
}
API Object* PyUnicode_AsASCIIString(Object* object) {
    return PyUnicode_AsEncodedString(object, "ascii", nullptr);
}
API Object* PyUnicode_AsLatin1String(Object* object) {
    return PyUnicode_AsEncodedString(object, "latin-1", nullptr);
}
API Object* PyUnicode_AsUTF16String(Object* object) {
    return PyUnicode_AsEncodedString(object, "utf-16", nullptr);
}
API Object* PyUnicode_AsUTF32String(Object* object) {
    return PyUnicode_AsEncodedString(object, "utf-32", nullptr);
}
API Object* PyUnicode_EncodeFSDefault(Object* object) {
    if (not_str(object)) return raised;
    return fs_encode(as_str(object)).release();
}
API Object* PyUnicode_Decode(const char* bytes, ssize_t size, const char* encoding, const char* errors) {
    return bytes_decode({bytes, size_t(size)}, encoding ? encoding : "utf-8", errors).release();
}
API Object* PyUnicode_DecodeUTF8(const char* bytes, ssize_t size, const char* errors) {
    return bytes_decode({bytes, size_t(size)}, "utf-8", errors).release();
}
API Object* PyUnicode_DecodeASCII(const char* bytes, ssize_t size, const char* errors) {
    return bytes_decode({bytes, size_t(size)}, "ascii", errors).release();
}
API Object* PyUnicode_DecodeLatin1(const char* bytes, ssize_t size, const char*) {
    return str_from_latin1({bytes, size_t(size)}).release();
}
API Object* PyUnicode_DecodeFSDefaultAndSize(const char* bytes, ssize_t size) {
    return str_from_fs({bytes, size_t(size)}).release();
}
API Object* PyUnicode_DecodeFSDefault(const char* bytes) {
    return str_from_fs(bytes).release();
}
API Object* PyUnicode_DecodeLocale(const char* bytes, const char* errors) {
    return bytes_decode(bytes, "utf-8", errors ? errors : "strict").release();
}
API int PyUnicode_FSConverter(Object* path, void* out) {
    auto** slot = static_cast<Object**>(out);
    if (!path) {
        clear_slot(*slot);
        return 1;
    }
    *slot = path_to_bytes(path).release();
    return *slot ? 0x20000 : 0;  // Py_CLEANUP_SUPPORTED
}
API int PyUnicode_FSDecoder(Object* path, void* out) {
    auto** slot = static_cast<Object**>(out);
    if (!path) {
        clear_slot(*slot);
        return 1;
    }
    Fallible<Ref<>> plain = path_fspath(path);
    if (!plain.ok()) return 0;
    Ref<> value = plain.take();
    if (!is_str(value.get())) value = steal<Object>(str_from_fs(as_bytes(value.get())->view()).release());
    *slot = value.release();
    return *slot ? 0x20000 : 0;
}

API Object* PyUnicode_InternFromString(const char* utf8) {
    Ref<Str> text = TRY(str_from_utf8(utf8));
    return intern(std::move(text)).release();
}
API void PyUnicode_InternInPlace(Object** slot) {
    if (*slot && is_str_exact(*slot)) *slot = intern(steal(as_str(*slot))).release();
}
API int PyUnicode_Compare(Object* a, Object* b) {
    if (is_str(a) && is_str(b)) return str_compare(as_str(a), as_str(b));
    return raise(exc::TypeError, "Can't compare %T and %T", a, b);
}
API int PyUnicode_CompareWithASCIIString(Object* object, const char* ascii) {
    Str* text = as_str(object);
    ssize_t length = ssize_t(strlen(ascii));
    for (ssize_t i = 0; i < text->length && i < length; ++i)
        if (uint32_t other = static_cast<unsigned char>(ascii[i]); text->at(i) != other)
            return text->at(i) < other ? -1 : 1;
    return text->length < length ? -1 : text->length > length;
}
API int _PyUnicode_EqualToASCIIString(Object* object, const char* ascii) {
    return str_equals(as_str(object), ascii);
}
API int _PyUnicode_EQ(Object* a, Object* b) {
    return str_equals(as_str(a), as_str(b));
}
API Object* PyUnicode_RichCompare(Object* a, Object* b, int op) {
    return str_type.richcompare(a, b, op);
}
API int PyUnicode_Contains(Object* text, Object* part) {
    if (!is_str(part)) return raise(exc::TypeError, "'in <string>' requires string as left operand, not %T", part);
    return as_status(contains(text, part));
}
API Object* PyUnicode_Concat(Object* a, Object* b) {
    if (not_str(a) || not_str(b)) return raised;
    return str_concat(as_str(a), as_str(b)).release();
}
API void PyUnicode_Append(Object** slot, Object* right) {
    if (!*slot || !right) return clear_slot(*slot);
    *slot = str_append(steal(as_str(*slot)), as_str(right)).release();
}
API void PyUnicode_AppendAndDel(Object** slot, Object* right) {
    PyUnicode_Append(slot, right);
    xdecref(right);
}
API Object* PyUnicode_Join(Object* separator, Object* items) {
    Ref<Str> between = separator ? share(as_str(separator)) : TRY(str_from_ascii(" "));
    return str_join(between.get(), items).release();
}
API Object* PyUnicode_Split(Object* text, Object* separator, ssize_t max_split) {
    if (not_str(text) || (separator && not_str(separator))) return raised;
    return str_split(as_str(text), static_cast<Str*>(separator), max_split).release();
}
API Object* PyUnicode_Replace(Object* text, Object* old, Object* replacement, ssize_t max_count) {
    if (not_str(text) || not_str(old) || not_str(replacement)) return raised;
    return str_replace(as_str(text), as_str(old), as_str(replacement), max_count).release();
}
API Object* PyUnicode_Substring(Object* text, ssize_t start, ssize_t end) {
    if (start < 0 || end < 0) return raise(exc::IndexError, "string index out of range");
    end = std::min(end, as_str(text)->length);
    if (start >= end) return str_empty().release();
    return str_substring(as_str(text), start, end).release();
}
API ssize_t PyUnicode_Find(Object* text, Object* part, ssize_t start, ssize_t end, int direction) {
    if (not_str(text) || not_str(part)) return -2;
    slice_adjust(as_str(text)->length, &start, &end, 1);
    return str_find(as_str(text), as_str(part), start, end, direction);
}
API ssize_t PyUnicode_FindChar(Object* text, uint32_t code, ssize_t start, ssize_t end, int direction) {
    slice_adjust(as_str(text)->length, &start, &end, 1);
    return str_find_char(as_str(text), code, start, end, direction);
}
API ssize_t PyUnicode_Tailmatch(Object* text, Object* part, ssize_t start, ssize_t end, int direction) {
    if (not_str(text) || not_str(part)) return raised;
    slice_adjust(as_str(text)->length, &start, &end, 1);
    ssize_t size = as_str(part)->length;
    if (end - start < size) return 0;
    ssize_t at = direction > 0 ? end - size : start;
    return str_find(as_str(text), as_str(part), at, at + size, 1) == at;
}
API Object* PyUnicode_Format(Object* format, Object* arguments) {
    if (not_str(format)) return raised;
    return str_percent_format(as_str(format), arguments).release();
}
API int PyUnicode_IsIdentifier(Object* text) {
    return str_is_identifier(as_str(text));
}
API int _PyUnicode_IsDigit(uint32_t code) {
    return unicode_digit(code) >= 0;
}
API int _PyUnicode_IsWhitespace(uint32_t code) {
    return unicode_is_space(code);
}
API int _PyUnicode_IsAlpha(uint32_t code) {
    return unicode_has(code, kUniAlpha);
}

extern "C" {
// Which ASCII characters str.split() splits at.
[[gnu::visibility("default")]] extern const unsigned char _Py_ascii_whitespace[128];
[[gnu::used]] const unsigned char _Py_ascii_whitespace[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
}

}  // namespace py
