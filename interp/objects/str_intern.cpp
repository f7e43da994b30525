// The table of interned strings. Mortal ones are not counted by the table and leave it when they die; immortal ones
// stay.
#include <algorithm>
#include <cstring>
#include <utility>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/hash.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

enum InternState : unsigned { kNotInterned, kInternedMortal, kInternedImmortal };

// Open addressing with linear probing; deletion moves the followers up, so there are no tombstones.
struct InternTable {
    Str** slots = nullptr;
    size_t mask = 0;
    size_t used = 0;
};
InternTable table;

size_t home_of(const Str* text) {
    return size_t(text->hash_value) & table.mask;
}

void insert_new(Str* text) {
    size_t i = home_of(text);
    while (table.slots[i])
        i = (i + 1) & table.mask;
    table.slots[i] = text;
}
bool grow() {
    size_t size = table.slots ? (table.mask + 1) * 2 : 4096;
    Str** fresh = static_cast<Str**>(std::calloc(size, sizeof(Str*)));
    if (!fresh) return false;
    Str** old = table.slots;
    size_t old_size = old ? table.mask + 1 : 0;
    table.slots = fresh;
    table.mask = size - 1;
    for (size_t i = 0; i < old_size; ++i)
        if (old[i]) insert_new(old[i]);
    std::free(old);
    return true;
}
bool same_text(const Str* a, const Str* b) {
    return a->hash_value == b->hash_value && a->length == b->length && a->kind == b->kind &&
           std::memcmp(a->data(), b->data(), size_t(a->length) * a->kind) == 0;
}

}  // namespace

Ref<Str> intern(Ref<Str> text) {
    if (!is_str_exact(text.get()) || text->interned) return text;
    str_hash(text.get());
    if (!table.slots || table.used * 3 >= table.mask * 2) {
        if (!grow()) return text;  // Out of memory: an uninterned string is as good.
    }
    for (size_t i = home_of(text.get()); table.slots[i]; i = (i + 1) & table.mask)
        if (same_text(table.slots[i], text.get())) return share(table.slots[i]);
    insert_new(text.get());
    ++table.used;
    text->interned = text->refcount >= kImmortalRefcount / 2 ? kInternedImmortal : kInternedMortal;
    return text;
}

// Borrowed; null when no such string is interned.
static Str* find_latin1(std::string_view text) {
    if (!table.slots) return nullptr;
    Hash hash = hash_bytes(text.data(), ssize_t(text.size()));
    for (size_t i = size_t(hash) & table.mask; Str* each = table.slots[i]; i = (i + 1) & table.mask) {
        bool same = each->hash_value == hash && size_t(each->length) == text.size() && each->kind == 1 &&
                    std::memcmp(each->data(), text.data(), text.size()) == 0;
        if (same) return each;
    }
    return nullptr;
}

Fallible<Ref<Str>> intern_latin1(std::string_view text) {
    if (Str* found = find_latin1(text)) return share(found);
    return intern(TRY(str_from_latin1(text)));
}

void forget_interned(Str* text) {
    if (text->interned != kInternedMortal) return;
    text->interned = kNotInterned;
    size_t i = home_of(text);
    while (table.slots[i] != text) {
        if (!table.slots[i]) return;
        i = (i + 1) & table.mask;
    }
    --table.used;
    for (size_t j = i;;) {
        table.slots[i] = nullptr;
        do {
            j = (j + 1) & table.mask;
            if (!table.slots[j]) return;
            // A follower may move into the hole unless its home lies cyclically in (i, j].
        } while (((j - home_of(table.slots[j])) & table.mask) < ((j - i) & table.mask));
        table.slots[i] = table.slots[j];
        i = j;
    }
}

// Literals that are used for the first time when there is no memory any more are made in here.
alignas(16) static char spare[64 * 1024];
static size_t spare_used = 0;

// Two ASCII characters or more; raises nothing.
static Ref<Str> new_ascii(std::string_view characters) {
    size_t bytes = (sizeof(Str) + characters.size() + 1 + 15) & ~size_t{15};
    void* memory = allocate(bytes);
    bool is_spare = memory == nullptr;
    if (is_spare) {
        CHECK(spare_used + bytes <= sizeof spare);
        memory = spare + std::exchange(spare_used, spare_used + bytes);
    }
    Str* text = static_cast<Str*>(memory);
    start_refcount(text);
    text->type = &str_type;
    text->length = ssize_t(characters.size());
    text->hash_value = -1;
    text->interned = 0;
    text->kind = text->compact = text->ascii = text->ready = 1;
    text->wstr = nullptr;
    char* data = static_cast<char*>(text->data());
    std::memcpy(data, characters.data(), characters.size());
    data[characters.size()] = 0;
    if (is_spare) text->refcount += kImmortalRefcount;
    return steal(text);
}

Str* interned(std::string_view utf8) {
    bool is_plain = utf8.size() > 1 && std::none_of(utf8.begin(), utf8.end(), [](char c) { return c < 0; });
    Str* found = is_plain ? find_latin1(utf8) : nullptr;
    Ref<Str> text = found      ? share(found)
                    : is_plain ? intern(new_ascii(utf8))
                               : intern(MUST(str_from_utf8(utf8)));
    if (text->interned != kInternedImmortal) {
        text->interned = kInternedImmortal;
        text->refcount += kImmortalRefcount;
    }
    return text.get();
}

}  // namespace py
