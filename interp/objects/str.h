// str: PEP 393 strings with the C ABI's layout, and everything one does with them from C++.
#pragma once

#include <cstdarg>
#include <string_view>

#include "interp/objects/fallible.h"
#include "interp/objects/method_def.h"
#include "interp/objects/type.h"

namespace py {

// PyASCIIObject / PyCompactUnicodeObject / PyUnicodeObject in one: all fields up to wstr are always there.
struct Str : Object {
    ssize_t length;         // code points
    Hash hash_value;        // -1: not computed
    unsigned interned : 2;  // 0 no, 1 mortal, 2 immortal
    unsigned kind : 3;      // bytes a code point: 1, 2, 4 (0 only in legacy strings not ready)
    unsigned compact : 1;
    unsigned ascii : 1;
    unsigned ready : 1;
    unsigned : 24;
    wchar_t* wstr;

    void* data() const;  // length code points of `kind` bytes, then a zero one
    const uint8_t* latin1() const { return static_cast<const uint8_t*>(data()); }
    const uint16_t* ucs2() const { return static_cast<const uint16_t*>(data()); }
    const uint32_t* ucs4() const { return static_cast<const uint32_t*>(data()); }
    uint32_t at(ssize_t index) const {
        const void* d = data();
        return kind == 1   ? static_cast<const uint8_t*>(d)[index]
               : kind == 2 ? static_cast<const uint16_t*>(d)[index]
                           : static_cast<const uint32_t*>(d)[index];
    }
    // ASCII strings only: their text.
    std::string_view ascii_view() const { return {static_cast<const char*>(data()), size_t(length)}; }
};
static_assert(sizeof(Str) == 48);
struct CompactStr : Str {  // non-ASCII compact: data follows
    ssize_t utf8_length;
    char* utf8;
    ssize_t wstr_length;
};
static_assert(sizeof(CompactStr) == 72);
struct LegacyStr : CompactStr {  // subclass instances: data elsewhere
    void* any_data;
};
static_assert(sizeof(LegacyStr) == 80);
inline void* Str::data() const {
    if (!compact) return static_cast<const LegacyStr*>(this)->any_data;
    return ascii ? (void*)(this + 1) : (void*)(static_cast<const CompactStr*>(this) + 1);
}

extern Type str_type asm("PyUnicode_Type");
inline bool is_str(const Object* object) {
    return object->type->has(type_flag::kStrSubclass);
}
inline bool is_str_exact(const Object* object) {
    return object->type == &str_type;
}
inline Str* as_str(Object* object) {
    return static_cast<Str*>(object);
}

// Making strings. max_char decides kind: ≤0x7f ASCII, ≤0xff, ≤0xffff, else 4 bytes. Contents uninitialised but
// terminated.
Fallible<Ref<Str>> str_new(ssize_t length, uint32_t max_char);
Ref<Str> str_empty();
Fallible<Ref<Str>> str_from_utf8(std::string_view utf8);                // strict: UnicodeDecodeError
Fallible<Ref<Str>> str_from_utf8_surrogatepass(std::string_view utf8);  // WTF-8 as in the parser's constants
Fallible<Ref<Str>> str_from_ascii(std::string_view ascii);              // caller promises ASCII
Fallible<Ref<Str>> str_from_latin1(std::string_view bytes);
Fallible<Ref<Str>> str_from_code_points(const uint32_t* points, ssize_t length);  // narrowed to the smallest kind
Fallible<Ref<Str>> str_from_kind(int kind, const void* data, ssize_t length);     // narrowed
Fallible<Ref<Str>> str_from_char(uint32_t code_point);
// File system encoding (UTF-8 with surrogateescape) and back.
Fallible<Ref<Str>> str_from_fs(std::string_view bytes);
Fallible<Ref<Bytes>> fs_encode(Str* text);
// str, bytes or os.PathLike → bytes for the OS, no embedded null (ValueError). Keeps the bytes alive in the Ref.
Fallible<Ref<Bytes>> path_to_bytes(Object* path);
Fallible<Ref<>> path_fspath(Object* path);  // os.fspath

// Text of formats: %s (const char* UTF-8), %d %i %u %ld %lu %lld %llu %zd %zu %x %X %o %c (code point), %p, %% and
// %R repr, %S str, %A ascii, %U (Str*), %V (Object* or null, const char*), %T (type of an Object*), %N (same, None is "None"); width,
// precision: PyUnicode_FromFormat. Runs Python for %R %S %A.
Fallible<Ref<Str>> format_str(const char* format, ...);
Fallible<Ref<Str>> format_str_v(const char* format, va_list arguments);

// Interned strings. intern replaces the reference by the interned one.
Ref<Str> intern(Ref<Str> text);
// The interned string of these Latin-1 bytes; made only where it is not there yet.
Fallible<Ref<Str>> intern_latin1(std::string_view text);
Str* interned(std::string_view utf8);  // immortal, borrowed; aborts out of memory
template <FixedString S>
Str* interned_literal() {
    static Str* const text = interned(S.view());
    return text;
}
// "append"_name: the interned string, made once. The way to spell attribute names in C++.
template <FixedString S>
Str* operator""_name() {
    return interned_literal<S>();
}

// UTF-8 view, cached in the string: lives as long as it. UnicodeEncodeError for lone surrogates.
Fallible<std::string_view> str_utf8(Str* text);
// The same for C functions: ValueError "embedded null character".
Fallible<std::string_view> str_c_string(Str* text);
// For messages: never raises; lone surrogates as \udcxx.
void str_append_escaped(Str* text, char* buffer, size_t size);
bool str_equals(const Str* a, const Str* b);
bool str_equals(const Str* a, std::string_view ascii);
int str_compare(const Str* a, const Str* b);  // by code points
Hash str_hash(Str* text);
Fallible<Ref<Str>> str_concat(Str* a, Str* b);
// a += b in place where `a` is the only reference; consumes a.
Fallible<Ref<Str>> str_append(Ref<Str> a, Str* b);
Fallible<Ref<Str>> str_substring(Str* text, ssize_t start, ssize_t end);  // clamped by the caller
Fallible<Ref<Str>> str_join(Str* separator, Object* iterable);
Fallible<Ref<Str>> str_join_array(Str* separator, Object* const* items, ssize_t count);
ssize_t str_find_char(const Str* text, uint32_t ch, ssize_t start, ssize_t end, int direction);  // -1: none
ssize_t str_find(const Str* text, const Str* part, ssize_t start, ssize_t end, int direction);   // -1: none
Fallible<Ref<List>> str_split(Str* text, Str* separator_or_null, ssize_t max_split);
Fallible<Ref<Str>> str_replace(Str* text, Str* old, Str* replacement, ssize_t max_count);
bool str_starts_with(const Str* text, std::string_view ascii);
bool str_is_identifier(const Str* text);
uint32_t str_max_char(const Str* text);
void str_copy_chars(Str* to, ssize_t to_start, const Str* from, ssize_t from_start, ssize_t count);
Fallible<Ref<Str>> str_percent_format(Str* format, Object* arguments);  // format % arguments
// Codecs by name (errors null: strict).
Fallible<Ref<Bytes>> str_encode(Str* text, const char* encoding, const char* errors);
Fallible<Ref<Str>> bytes_decode(std::string_view bytes, const char* encoding, const char* errors);
Fallible<Ref<Bytes>> str_as_utf8_bytes(Str* text);
Fallible<Ref<Str>> str_mangle(Str* class_name_or_null, Str* name);  // __private names

// Builds a string piece by piece; grows by doubling, widens when needed, ends exact.
class StrBuilder {
  public:
    StrBuilder() = default;
    ~StrBuilder();
    StrBuilder(const StrBuilder&) = delete;
    StrBuilder& operator=(const StrBuilder&) = delete;
    Fallible<void> append(Str* text);
    Fallible<void> append_last(Ref<Str> text);  // as append(); alone it is the result itself, of a subclass too
    Fallible<void> append_range(Str* text, ssize_t start, ssize_t end);
    Fallible<void> append_char(uint32_t code_point) {
        if (kind_ == 1 && code_point < 0x100 && length_ < capacity_ && !whole_) {
            static_cast<uint8_t*>(data_)[length_++] = uint8_t(code_point);
            if (code_point > max_char_) max_char_ = code_point;
            return {};
        }
        return append_char_general(code_point);
    }
    Fallible<void> append_ascii(std::string_view ascii);
    Fallible<void> append_latin1(const uint8_t* bytes, ssize_t count);
    Fallible<void> reserve(ssize_t extra, uint32_t max_char);
    ssize_t length() const { return length_; }
    Fallible<void> truncate(ssize_t length);
    Fallible<Ref<Str>> finish();  // the object itself when one whole exact str was all

  private:
    Fallible<void> append_char_general(uint32_t code_point);
    Fallible<void> widen(ssize_t extra, uint32_t max_char);
    Ref<Str> whole_;  // the only piece so far, not copied yet; length_ is its length
    static constexpr ssize_t kInlineSize = 128;
    void* data_ = inline_;
    ssize_t length_ = 0, capacity_ = kInlineSize;
    int kind_ = 1;
    uint32_t max_char_ = 0;
    alignas(4) char inline_[kInlineSize];  // used before the first allocation
};

}  // namespace py
