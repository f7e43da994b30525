// Making and destroying str objects (PEP 393): allocation, shared small strings, narrowing, substrings, resizing.
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

// Compact ASCII and latin-1 strings of at most one character, in static storage.
struct AsciiChar {
    Str head;
    uint8_t text[8];
};
struct Latin1Char {
    CompactStr head;
    uint8_t text[8];
};
constexpr void fill_head(Str& head, ssize_t length, bool ascii) {
    head.refcount = kImmortalRefcount;
    head.type = &str_type;
    head.length = length;
    head.hash_value = -1;
    head.interned = 0;
    head.kind = 1;
    head.compact = 1;
    head.ascii = ascii;
    head.ready = 1;
    head.wstr = nullptr;
}
struct SmallStrings {
    AsciiChar empty{};
    AsciiChar ascii[128]{};
    Latin1Char latin1[128]{};
    constexpr SmallStrings() {
        fill_head(empty.head, 0, true);
        for (int i = 0; i < 128; ++i) {
            fill_head(ascii[i].head, 1, true);
            ascii[i].text[0] = uint8_t(i);
            fill_head(latin1[i].head, 1, false);
            latin1[i].text[0] = uint8_t(128 + i);
        }
    }
};
constinit SmallStrings small_strings;
static_assert(offsetof(AsciiChar, text) == sizeof(Str) && offsetof(Latin1Char, text) == sizeof(CompactStr));

size_t compact_size(ssize_t length, uint32_t max_char) {
    if (max_char < 0x80) return sizeof(Str) + size_t(length) + 1;
    return sizeof(CompactStr) + (size_t(length) + 1) * size_t(kind_of_char(max_char));
}
template <class To, class From>
void copy_converted(To* to, const From* from, ssize_t count) {
    for (ssize_t i = 0; i < count; ++i)
        to[i] = To(from[i]);
}

}  // namespace

Ref<Str> str_empty() {
    return share<Str>(&small_strings.empty.head);
}
Str* latin1_char(uint8_t ch) {
    return ch < 128 ? &small_strings.ascii[ch].head : static_cast<Str*>(&small_strings.latin1[ch - 128].head);
}

Fallible<Ref<Str>> str_new(ssize_t length, uint32_t max_char) {
    if (length == 0) return str_empty();
    int kind = kind_of_char(max_char);
    if (length < 0 || length > (ssize_t(PTRDIFF_MAX) - ssize_t(sizeof(CompactStr))) / kind - 1)
        return raise_memory_error();
    Str* text = static_cast<Str*>(object_new(&str_type, compact_size(length, max_char)));
    if (!text) return raised;
    text->length = length;
    text->hash_value = -1;
    text->interned = 0;
    text->kind = unsigned(kind);
    text->compact = 1;
    text->ascii = max_char < 0x80;
    text->ready = 1;
    text->wstr = nullptr;
    if (!text->ascii) {
        auto* compact = static_cast<CompactStr*>(text);
        compact->utf8_length = 0;
        compact->utf8 = nullptr;
        compact->wstr_length = 0;
        if (kind == 4) {
            text->wstr = static_cast<wchar_t*>(text->data());
            compact->wstr_length = length;
        }
    }
    write_unit(kind, text->data(), length, 0);
    return steal(text);
}

void copy_units(int to_kind, void* to, ssize_t to_start, int from_kind, const void* from, ssize_t from_start,
                ssize_t count) {
    if (count <= 0) return;
    char* target = static_cast<char*>(to) + to_start * to_kind;
    const char* source = static_cast<const char*>(from) + from_start * from_kind;
    if (to_kind == from_kind) {
        std::memcpy(target, source, size_t(count) * size_t(to_kind));
        return;
    }
    with_kind(to_kind, target, [&](auto* out) {
        with_kind(from_kind, const_cast<char*>(source), [&](auto* in) { copy_converted(out, in, count); });
    });
}
void str_copy_chars(Str* to, ssize_t to_start, const Str* from, ssize_t from_start, ssize_t count) {
    copy_units(int(to->kind), to->data(), to_start, int(from->kind), from->data(), from_start, count);
}

bool is_ascii(const void* data, ssize_t length) {
    const char* p = static_cast<const char*>(data);
    ssize_t i = 0;
    for (; i + 32 <= length; i += 32) {
        uint64_t words[4];
        std::memcpy(words, p + i, 32);
        if ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) return false;
    }
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        std::memcpy(&word, p + i, 8);
        if (word & 0x8080808080808080u) return false;
    }
    for (; i < length; ++i)
        if (p[i] & 0x80) return false;
    return true;
}
uint32_t max_char_of(int kind, const void* data, ssize_t length) {
    if (kind == 1) return is_ascii(data, length) ? 0x7f : 0xff;
    uint32_t bits = 0;
    // The class bounds are powers of two (but 0x10ffff), so the union of all bits falls into the class of the widest
    // one.
    with_kind(kind, const_cast<void*>(data), [&](auto* units) {
        for (ssize_t i = 0; i < length; ++i)
            bits |= units[i];
    });
    return bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : 0x10ffff;
}
uint32_t str_max_char(const Str* text) {
    return text->ascii ? 0x7f : text->kind == 1 ? 0xff : text->kind == 2 ? 0xffff : 0x10ffff;
}

Fallible<Ref<Str>> str_from_kind(int kind, const void* data, ssize_t length) {
    if (length == 0) return str_empty();
    if (length == 1) return str_from_char(read_unit(kind, data, 0));
    Ref<Str> text = TRY(str_new(length, max_char_of(kind, data, length)));
    copy_units(int(text->kind), text->data(), 0, kind, data, 0, length);
    return text;
}
Fallible<Ref<Str>> str_from_code_points(const uint32_t* points, ssize_t length) {
    return str_from_kind(4, points, length);
}
Fallible<Ref<Str>> str_from_latin1(std::string_view bytes) {
    return str_from_kind(1, bytes.data(), ssize_t(bytes.size()));
}
Fallible<Ref<Str>> str_from_ascii(std::string_view ascii) {
    if (ascii.size() <= 1) return ascii.empty() ? str_empty() : share(latin1_char(uint8_t(ascii[0])));
    Ref<Str> text = TRY(str_new(ssize_t(ascii.size()), 0x7f));
    std::memcpy(text->data(), ascii.data(), ascii.size());
    return text;
}
Fallible<Ref<Str>> str_from_char(uint32_t code_point) {
    if (code_point < 0x100) return share(latin1_char(uint8_t(code_point)));
    Ref<Str> text = TRY(str_new(1, code_point));
    write_unit(int(text->kind), text->data(), 0, code_point);
    return text;
}
Fallible<Ref<Str>> str_filled(uint32_t ch, ssize_t count) {
    if (count <= 0) return str_empty();
    if (count == 1) return str_from_char(ch);
    Ref<Str> text = TRY(str_new(count, ch));
    with_kind(int(text->kind), text->data(), [&](auto* units) {
        using Unit = std::remove_reference_t<decltype(*units)>;
        for (ssize_t i = 0; i < count; ++i)
            units[i] = Unit(ch);
    });
    return text;
}

Ref<Str> str_shared_form(Ref<Str> text) {
    if (text->length == 0) return str_empty();
    if (text->length == 1 && text->at(0) < 0x100) return share(latin1_char(uint8_t(text->at(0))));
    return text;
}
Fallible<Ref<Str>> str_exact(Str* text) {
    if (is_str_exact(text)) return share(text);
    return str_from_kind(int(text->kind), text->data(), text->length);
}
Fallible<Ref<Str>> str_substring(Str* text, ssize_t start, ssize_t end) {
    if (start <= 0 && end >= text->length) return str_exact(text);
    if (start >= end) return str_empty();
    if (text->ascii) return str_from_ascii({static_cast<const char*>(text->data()) + start, size_t(end - start)});
    return str_from_kind(int(text->kind), static_cast<const char*>(text->data()) + start * ssize_t(text->kind),
                         end - start);
}

bool str_is_modifiable(const Str* text) {
    return text->refcount == 1 && text->hash_value == -1 && !text->interned && text->type == &str_type && text->compact;
}
Fallible<Ref<Str>> str_resize(Ref<Str> text, ssize_t length) {
    if (length == text->length) return text;
    if (length == 0) return str_empty();
    uint32_t max_char = str_max_char(text.get());
    if (!str_is_modifiable(text.get()) || text->length == 0) {
        Ref<Str> copy = TRY(str_new(length, max_char));
        str_copy_chars(copy.get(), 0, text.get(), 0, std::min(length, text->length));
        return copy;
    }
    if (length > (ssize_t(PTRDIFF_MAX) - ssize_t(sizeof(CompactStr))) / int(text->kind) - 1)
        return raise_memory_error();
    if (!text->ascii) {
        auto* compact = static_cast<CompactStr*>(text.get());
        deallocate(std::exchange(compact->utf8, nullptr));
        compact->utf8_length = 0;
    }
    Str* old = text.release();
    Str* moved = static_cast<Str*>(reallocate(old, compact_size(length, max_char)));
    if (!moved) {
        decref(old);
        return raise_memory_error();
    }
    moved->length = length;
    if (moved->kind == 4) {
        moved->wstr = static_cast<wchar_t*>(moved->data());
        static_cast<CompactStr*>(moved)->wstr_length = length;
    }
    write_unit(int(moved->kind), moved->data(), length, 0);
    return steal(moved);
}

const char* argument_type_name(Object* argument) {
    return is_none(argument) ? "None" : argument->type->name;
}
Raised raise_not_str(const char* what, Object* object) {
    return raise(exc::TypeError, "%s must be str, not %.100s", what, argument_type_name(object));
}

void str_dealloc(Object* self) {
    Str* text = static_cast<Str*>(self);
    if (text->interned) [[unlikely]]
        forget_interned(text);
    if (text->wstr && text->wstr != text->data()) [[unlikely]]
        deallocate(text->wstr);
    if (!text->ascii || !text->compact) {
        auto* compact = static_cast<CompactStr*>(text);
        if (compact->utf8 && (text->compact || compact->utf8 != static_cast<LegacyStr*>(compact)->any_data))
            deallocate(compact->utf8);
        if (!text->compact) deallocate(static_cast<LegacyStr*>(text)->any_data);
    }
    if (self->type == &str_type)
        object_free(self);
    else
        self->type->free(self);
}

// str(…) for a subclass: the characters go to a block of their own, for the instance's size is the class's.
Fallible<Ref<Str>> str_subclass_new(Type* type, Str* value) {
    Ref<LegacyStr> self = steal(static_cast<LegacyStr*>(type->alloc(type, 0)));
    if (!self) return raised;
    self->length = value->length;
    self->hash_value = -1;
    self->interned = 0;
    self->kind = value->kind;
    self->compact = 0;
    self->ascii = value->ascii;
    self->ready = 1;
    self->wstr = nullptr;
    self->utf8_length = 0;
    self->utf8 = nullptr;
    self->wstr_length = 0;
    size_t bytes = (size_t(value->length) + 1) * value->kind;
    self->any_data = allocate(bytes);
    if (!self->any_data) return raise_memory_error();
    std::memcpy(self->any_data, value->data(), bytes);
    if (value->ascii) {
        self->utf8 = static_cast<char*>(self->any_data);
        self->utf8_length = value->length;
    }
    if (value->kind == 4) {
        self->wstr = static_cast<wchar_t*>(self->any_data);
        self->wstr_length = value->length;
    }
    self->hash_value = value->hash_value;
    return self;
}

}  // namespace py
