// Builtin functions about numbers and characters.
#include "interp/builtins/functions.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

// abs(x, /)
Fallible<Ref<>> builtin_abs(Object*, Object* object) { return absolute(object); }

Fallible<Ref<>> prefixed_text(Object* object, int base, const char* prefix) {
    Ref<Int> value = TRY(index(object));
    bool is_negative = int_sign(value.get()) < 0;
    Ref<Str> digits = TRY(int_to_str(value.get(), base));
    Ref<Str> magnitude = is_negative ? TRY(str_substring(digits.get(), 1, digits->length)) : digits;
    return TRY(format_str("%s%s%U", is_negative ? "-" : "", prefix, magnitude.get()));
}

// bin(number, /)
Fallible<Ref<>> builtin_bin(Object*, Object* object) { return prefixed_text(object, 2, "0b"); }
// oct(number, /)
Fallible<Ref<>> builtin_oct(Object*, Object* object) { return prefixed_text(object, 8, "0o"); }
// hex(number, /)
Fallible<Ref<>> builtin_hex(Object*, Object* object) { return prefixed_text(object, 16, "0x"); }

// chr(i, /)
Fallible<Ref<>> builtin_chr(Object*, Object* object) {
    int code = TRY(as_c_int(object));
    if (code < 0 || code > 0x10ffff) return raise(exc::ValueError, "chr() arg not in range(0x110000)");
    return TRY(str_from_char(uint32_t(code)));
}

// ord(c, /)
Fallible<Ref<>> builtin_ord(Object*, Object* object) {
    ssize_t size;
    if (is_str(object)) {
        size = as_str(object)->length;
        if (size == 1) return TRY(int_from(as_str(object)->at(0)));
    } else if (is_bytes(object)) {
        size = as_bytes(object)->size;
        if (size == 1) return TRY(int_from(uint8_t(as_bytes(object)->data[0])));
    } else if (is_bytearray(object)) {
        auto* array = static_cast<ByteArray*>(object);
        size = array->size;
        if (size == 1) return TRY(int_from(uint8_t(array->start[0])));
    } else {
        return raise(exc::TypeError, "ord() expected string of length 1, but %T found", object);
    }
    return raise(exc::TypeError, "ord() expected a character, but string of length %zd found", size);
}

// divmod(x, y, /)
Fallible<Ref<>> builtin_divmod(Object*, Object* const* a) { return divmod(a[0], a[1]); }

// pow(base, exp, mod=None)
Fallible<Ref<>> builtin_pow(Object*, Object* const* a) { return power(a[0], a[1], a[2] ? a[2] : none()); }

// round(number, ndigits=None)
Fallible<Ref<>> builtin_round(Object*, Object* const* a) {
    Ref<> method = TRY(lookup_special(a[0], "__round__"_name));
    if (!method) return raise(exc::TypeError, "type %T doesn't define __round__ method", a[0]);
    if (!a[1] || a[1] == none()) return call(method.get());
    return call(method.get(), a[1]);
}

namespace {

// sum() of exact ints and floats without an object a step; falls back to + from the first other item on.
struct Summation {
    Ref<> total;
    Ref<> iterator;

    // FAST: compact ints in a machine word; equal to repeated +, which it hands over to before it would overflow.
    Fallible<Ref<>> sum_ints() {
        int64_t partial = 0;
        int overflow = 0;
        if (is_int_exact(total.get())) partial = as_int64_clamped(as_int(total.get()), &overflow);
        if (overflow) return Ref<>();
        for (;;) {
            Ref<> item = TRY(next(iterator.get()));
            if (!item) {
                total = TRY(int_from(partial));
                done = true;
                return total;
            }
            if ((is_int_exact(item.get()) || is_bool(item.get())) && as_int(item.get())->is_compact() &&
                !__builtin_add_overflow(partial, int64_t(as_int(item.get())->compact_value()), &partial))
                continue;
            total = TRY(int_from(partial));
            total = TRY(add(total.get(), item.get()));
            return total;
        }
    }
    Fallible<Ref<>> sum_floats() {
        double partial = float_value(total.get());
        for (;;) {
            Ref<> item = TRY(next(iterator.get()));
            if (!item) {
                total = TRY(float_from(partial));
                done = true;
                return total;
            }
            if (is_float_exact(item.get())) {
                partial += float_value(item.get());
                continue;
            }
            if (is_int_exact(item.get()) && as_int(item.get())->is_compact()) {
                partial += double(as_int(item.get())->compact_value());
                continue;
            }
            total = TRY(float_from(partial));
            total = TRY(add(total.get(), item.get()));
            return total;
        }
    }
    bool done = false;
};

}  // namespace

// sum(iterable, /, start=0)
Fallible<Ref<>> builtin_sum(Object*, Object* const* a) {
    Summation sum;
    sum.iterator = TRY(iter(a[0]));
    if (!a[1]) {
        sum.total = TRY(int_from(0));
    } else {
        if (is_str(a[1])) return raise(exc::TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
        if (is_bytes(a[1])) return raise(exc::TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
        if (is_bytearray(a[1])) return raise(exc::TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
        sum.total = share(a[1]);
    }
    if (is_int_exact(sum.total.get()) && as_int(sum.total.get())->is_compact()) TRY(sum.sum_ints());
    if (!sum.done && is_float_exact(sum.total.get())) TRY(sum.sum_floats());
    while (!sum.done) {
        Ref<> item = TRY(next(sum.iterator.get()));
        if (!item) break;
        sum.total = TRY(add(sum.total.get(), item.get()));
    }
    return sum.total;
}

}  // namespace py
