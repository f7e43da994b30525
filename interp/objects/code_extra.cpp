// The slots that others request on all code objects.
#include "interp/objects/code_extra.h"

#include "interp/objects/errors.h"
#include "interp/objects/memory.h"

namespace py {

namespace {

constexpr ssize_t kMaxSlots = 255;
FreeCodeExtra free_functions[kMaxSlots];
ssize_t slot_count = 0;

struct Extras {
    ssize_t size;
    void* values[1];
};
Extras* extras_of(Code* code) { return static_cast<Extras*>(code->extra); }

}  // namespace

ssize_t code_extra_request(FreeCodeExtra free) {
    if (slot_count == kMaxSlots) return -1;
    free_functions[slot_count] = free;
    return slot_count++;
}

void* code_extra(Code* code, ssize_t index) {
    Extras* extras = extras_of(code);
    return extras && index >= 0 && index < extras->size ? extras->values[index] : nullptr;
}

Fallible<void> set_code_extra(Code* code, ssize_t index, void* value) {
    if (index < 0 || index >= slot_count) return raise_bad_internal_call("Objects/codeobject.c:1312");
    Extras* extras = extras_of(code);
    ssize_t size = extras ? extras->size : 0;
    if (size <= index) {
        extras = static_cast<Extras*>(reallocate(extras, offsetof(Extras, values) + size_t(slot_count) * sizeof(void*)));
        if (!extras) return raise_memory_error();
        for (ssize_t i = size; i < slot_count; ++i) extras->values[i] = nullptr;
        extras->size = slot_count;
        code->extra = extras;
    }
    void* old = std::exchange(extras->values[index], value);
    if (old && free_functions[index]) free_functions[index](old);
    return {};
}

void free_code_extras(Code* code) {
    Extras* extras = extras_of(code);
    if (!extras) return;
    for (ssize_t i = 0; i < extras->size; ++i)
        if (free_functions[i]) free_functions[i](extras->values[i]);
    deallocate(extras);
}

}  // namespace py
