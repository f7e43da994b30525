// marshal: the module's functions, and writing. Reading stands in marshal_read.cpp.
#include "interp/modules/marshal.h"

#include <cstring>

#include "interp/modules/marshal_format.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/parser/arena.h"
#include "interp/runtime/audit.h"

namespace py {
namespace {

using marshal_format::kFlagRef;
using marshal_format::kMaxDepth;

class Writer {
  public:
    explicit Writer(int version, int depth = 0) : version_(version), depth_(depth) {}
    ~Writer() { __builtin_free(slots_); }
    Fallible<void> write(Object* object);
    std::string_view bytes() const { return {out_.data(), out_.size()}; }

  private:
    Fallible<void> write_value(Object* object, uint8_t flag);
    Fallible<void> write_int(Int* value, uint8_t flag);
    void write_float(double value);
    Fallible<void> write_str(Str* text, uint8_t flag);
    Fallible<void> write_sequence(Object* const* items, ssize_t count);
    Fallible<void> write_set(Set* set);
    Fallible<void> write_code(Code* code);
    // True when the object was written before and a reference to it stands now; else *flag says whether it was noted.
    bool write_reference(Object* object, uint8_t* flag);

    // Without memory nothing is written any more, and write() raises.
    void append(const char* text, size_t size) { has_memory_ = has_memory_ && out_.try_append(text, size); }
    void byte(int value) {
        char one = char(value);
        append(&one, 1);
    }
    void short_number(int value) {
        char both[] = {char(value), char(value >> 8)};
        append(both, sizeof both);
    }
    void number(int64_t value) {
        char all[] = {char(value), char(value >> 8), char(value >> 16), char(value >> 24)};
        append(all, sizeof all);
    }
    Fallible<void> sized(std::string_view text) {
        if (text.size() > size_t(INT32_MAX)) return raise(exc::ValueError, "unmarshallable object");
        number(int64_t(text.size()));
        append(text.data(), text.size());
        return {};
    }

    struct Slot {
        Object* object;
        int index;
    };
    int version_;
    int depth_;
    ast::Buffer<char> out_;
    Slot* slots_ = nullptr;  // objects written, by address
    size_t slot_count_ = 0;
    int noted_ = 0;
    bool has_memory_ = true;
};

bool Writer::write_reference(Object* object, uint8_t* flag) {
    // A sole reference cannot come again; interned strings are noted all the same, as CPython does.
    bool is_sole = object->refcount == 1 && !(is_str_exact(object) && as_str(object)->interned);
    if (version_ < 3 || is_sole) return false;
    auto slot_of = [this](Object* key) {
        size_t at = (reinterpret_cast<uintptr_t>(key) >> 4) * 0x9E3779B97F4A7C15u >> 20;
        while (slots_[at & (slot_count_ - 1)].object && slots_[at & (slot_count_ - 1)].object != key)
            at++;
        return &slots_[at & (slot_count_ - 1)];
    };
    if (size_t(noted_) * 2 >= slot_count_) {
        Slot* old = slots_;
        size_t old_count = slot_count_, new_count = old_count == 0 ? 256 : old_count * 2;
        auto* grown = static_cast<Slot*>(__builtin_calloc(new_count, sizeof(Slot)));
        has_memory_ = has_memory_ && grown != nullptr;
        if (grown == nullptr) return false;
        slots_ = grown;
        slot_count_ = new_count;
        for (size_t i = 0; i < old_count; i++)
            if (old[i].object) *slot_of(old[i].object) = old[i];
        __builtin_free(old);
    }
    Slot* slot = slot_of(object);
    if (slot->object != nullptr) {
        byte('r');
        number(slot->index);
        return true;
    }
    *slot = {object, noted_++};
    *flag = kFlagRef;
    return false;
}

Fallible<void> Writer::write(Object* object) {
    if (++depth_ > kMaxDepth || stack_is_low()) return raise(exc::ValueError, "object too deeply nested to marshal");
    if (is_none(object)) {
        byte('N');
    } else if (object == static_cast<Object*>(exc::StopIteration)) {
        byte('S');
    } else if (object == ellipsis()) {
        byte('.');
    } else if (object == py_false()) {
        byte('F');
    } else if (object == py_true()) {
        byte('T');
    } else {
        uint8_t flag = 0;
        if (!write_reference(object, &flag)) TRY(write_value(object, flag));
    }
    depth_--;
    if (!has_memory_) return raise_memory_error();
    return {};
}

Fallible<void> Writer::write_int(Int* value, uint8_t flag) {
    int overflow = 0;
    int64_t small = as_int64_clamped(value, &overflow);
    if (overflow == 0 && small >= INT32_MIN && small <= INT32_MAX) {
        byte('i' | flag);
        number(small);
        return {};
    }
    // Sign times count, then groups of 15 bits; a digit of ours holds two.
    ssize_t digits = value->size < 0 ? -value->size : value->size;
    ssize_t groups = digits * 2 - ((value->digits[digits - 1] >> 15) == 0);
    if (groups > INT32_MAX) return raise(exc::ValueError, "unmarshallable object");
    byte('l' | flag);
    number(value->size < 0 ? -groups : groups);
    for (ssize_t i = 0; i < groups; i++)
        short_number(int(value->digits[i / 2] >> (i % 2 * 15)) & 0x7FFF);
    return {};
}

// Binary, or before version 2 as text behind its length.
void Writer::write_float(double value) {
    if (version_ > 1) {
        char raw[8];
        memcpy(raw, &value, sizeof raw);
        append(raw, sizeof raw);
        return;
    }
    constexpr int kDigits = 17;
    char text[64];
    size_t length = format_double(value, 'g', kDigits, 0, text);
    byte(int(length));
    append(text, length);
}

Fallible<void> Writer::write_str(Str* text, uint8_t flag) {
    bool is_interned = text->interned != 0;
    if (version_ >= 4 && text->ascii) {
        std::string_view view = text->ascii_view();
        if (view.size() < 256) {
            byte((is_interned ? 'Z' : 'z') | flag);
            byte(int(view.size()));
            append(view.data(), view.size());
            return {};
        }
        byte((is_interned ? 'A' : 'a') | flag);
        return sized(view);
    }
    byte((version_ >= 3 && is_interned ? 't' : 'u') | flag);
    Ref<Bytes> utf8 = TRY(str_encode(text, "utf-8", "surrogatepass"));
    return sized(utf8->view());
}

Fallible<void> Writer::write_sequence(Object* const* items, ssize_t count) {
    for (ssize_t i = 0; i < count; i++)
        TRY(write(items[i]));
    return {};
}

// In the order of the members' own marshal text: the same bytes whatever the hash seed.
Fallible<void> Writer::write_set(Set* set) {
    if (set->used > INT32_MAX) return raise(exc::ValueError, "unmarshallable object");
    number(set->used);
    Ref<List> pairs = TRY(list_new(0));
    ssize_t position = 0;
    Object* key;
    while (set_next(set, &position, &key, nullptr)) {
        Ref<> member = share(key);
        Writer alone(version_, depth_);
        TRY(alone.write(member.get()));
        Ref<Bytes> text = TRY(bytes_from(alone.bytes()));
        Ref<Tuple> pair = TRY(tuple_pack(text.get(), member.get()));
        TRY(list_append(pairs.get(), pair.get()));
    }
    TRY(list_sort(pairs.get(), nullptr, false));
    for (ssize_t i = 0; i < pairs->size; i++)
        TRY(write(as_tuple(pairs->items[i])->items[1]));
    return {};
}

Fallible<void> Writer::write_code(Code* code) {
    Ref<Bytes> bytes = TRY(code_original(code));
    number(code->argcount);
    number(code->positional_only_argcount);
    number(code->keyword_only_argcount);
    number(code->stack_size);
    number(code->flags);
    for (Object* part :
         {static_cast<Object*>(bytes.get()), static_cast<Object*>(code->consts), static_cast<Object*>(code->names),
          static_cast<Object*>(code->local_names), static_cast<Object*>(code->local_kinds),
          static_cast<Object*>(code->filename), static_cast<Object*>(code->name), static_cast<Object*>(code->qualname)})
        TRY(write(part));
    number(code->first_line);
    TRY(write(code->line_table));
    return write(code->exception_table);
}

// NOTE: one case a type, over 60 lines.
Fallible<void> Writer::write_value(Object* object, uint8_t flag) {
    if (is_int_exact(object)) return write_int(as_int(object), flag);
    if (is_float_exact(object)) {
        byte((version_ > 1 ? 'g' : 'f') | flag);
        write_float(float_value(object));
        return {};
    }
    if (object->type == &complex_type) {
        byte((version_ > 1 ? 'y' : 'x') | flag);
        write_float(static_cast<Complex*>(object)->real);
        write_float(static_cast<Complex*>(object)->imaginary);
        return {};
    }
    if (is_bytes_exact(object)) {
        byte('s' | flag);
        return sized(as_bytes(object)->view());
    }
    if (is_str_exact(object)) return write_str(as_str(object), flag);
    if (is_tuple_exact(object)) {
        Tuple* tuple = as_tuple(object);
        if (version_ >= 4 && tuple->size < 256) {
            byte(')' | flag);
            byte(int(tuple->size));
        } else {
            if (tuple->size > INT32_MAX) return raise(exc::ValueError, "unmarshallable object");
            byte('(' | flag);
            number(tuple->size);
        }
        return write_sequence(tuple->items, tuple->size);
    }
    if (is_list_exact(object)) {
        if (as_list(object)->size > INT32_MAX) return raise(exc::ValueError, "unmarshallable object");
        byte('[' | flag);
        number(as_list(object)->size);
        return write_sequence(as_list(object)->items, as_list(object)->size);
    }
    if (is_dict_exact(object)) {
        byte('{' | flag);
        ssize_t position = 0;
        Object *key, *value;
        while (dict_next(as_dict(object), &position, &key, &value)) {
            TRY(write(key));
            TRY(write(value));
        }
        byte('0');
        return {};
    }
    if (object->type == &set_type || object->type == &frozenset_type) {
        byte((object->type == &set_type ? '<' : '>') | flag);
        return write_set(as_set(object));
    }
    if (is_code(object)) {
        byte('c' | flag);
        return write_code(static_cast<Code*>(object));
    }
    if (!has_buffer(object)) return raise(exc::ValueError, "unmarshallable object");
    BufferView view;
    if (!view.open(object).ok()) {
        clear_error();
        return raise(exc::ValueError, "unmarshallable object");
    }
    byte('s' | flag);
    return sized(view.view());
}

// marshal.dump(value, file, version=4, /)
Fallible<Ref<>> marshal_dump(Object*, Object* const* bound) {
    int version = bound[2] ? TRY(as_c_int(bound[2])) : kMarshalVersion;
    TRY(audit("marshal.dumps", "Oi", bound[0], version));
    Ref<Bytes> bytes = TRY(marshal_write(bound[0], version));
    return call_method(bound[1], "write"_name, bytes.get());
}

// marshal.dumps(value, version=4, /)
Fallible<Ref<>> marshal_dumps(Object*, Object* const* bound) {
    int version = bound[1] ? TRY(as_c_int(bound[1])) : kMarshalVersion;
    TRY(audit("marshal.dumps", "Oi", bound[0], version));
    return TRY(marshal_write(bound[0], version));
}

// marshal.load(file, /)
Fallible<Ref<>> marshal_load(Object*, Object* file) {
    Ref<> nothing = TRY(call_method(file, "read"_name, TRY(int_from(0)).get()));
    if (!is_bytes(nothing.get()))
        return raise(exc::TypeError, "file.read() returned not bytes but %.100s", nothing->type->name);
    TRY(audit("marshal.load", ""));
    return marshal_read_file(file);
}

// marshal.loads(bytes, /)
Fallible<Ref<>> marshal_loads(Object*, Object* source) {
    BufferView view;
    TRY(view.open(source));
    if (audit_enabled) {
        Ref<Bytes> content = TRY(bytes_from(view.view()));
        TRY(audit("marshal.loads", "O", static_cast<Object*>(content.get())));
    }
    return marshal_read(view.view());
}

Fallible<void> marshal_execute(Module* module) {
    return module_add_int(module, "version", kMarshalVersion);
}

MethodDef marshal_methods[] = {
    METHOD("dump", marshal_dump, "($module, value, file, version=version, /)",
           "Writes the value to an open binary file."),
    METHOD_O("load", marshal_load, "($module, file, /)", "Reads one value from an open binary file."),
    METHOD("dumps", marshal_dumps, "($module, value, version=version, /)", "The bytes that dump() would write."),
    METHOD_O("loads", marshal_loads, "($module, bytes, /)", "The value that a bytes-like object begins with."),
    END_ROW,
};

}  // namespace

Fallible<Ref<Bytes>> marshal_write(Object* object, int version) {
    Writer writer(version);
    TRY(writer.write(object));
    return bytes_from(writer.bytes());
}

extern const NativeModule marshal_module;
const NativeModule marshal_module = {"marshal",
                                     "Reading and writing Python values in the binary format of compiled modules.",
                                     marshal_methods, marshal_execute};

}  // namespace py
