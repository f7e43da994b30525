// The number protocol: operators with reflected operands (data model §3.3.8), __index__, int() and float() conversions.
#include "interp/objects/abstract.h"

#include <limits>

#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

bool is_number(Object* object) {
    NumberMethods* number = object->type->as_number;
    return (number && (number->index || number->integer || number->floating)) || is_complex(object);
}

namespace {

struct OperatorRow {
    BinarySlot NumberMethods::*slot;
    BinarySlot NumberMethods::*inplace_slot;
    const char* symbol;
    const char* inplace_symbol;
};
using N = NumberMethods;
// In the order of BinaryOp; Power has ternary slots and a path of its own.
constexpr OperatorRow kOperators[] = {
    {&N::add, &N::inplace_add, "+", "+="},
    {&N::bit_and, &N::inplace_and, "&", "&="},
    {&N::floor_divide, &N::inplace_floor_divide, "//", "//="},
    {&N::lshift, &N::inplace_lshift, "<<", "<<="},
    {&N::matrix_multiply, &N::inplace_matrix_multiply, "@", "@="},
    {&N::multiply, &N::inplace_multiply, "*", "*="},
    {&N::remainder, &N::inplace_remainder, "%", "%="},
    {&N::bit_or, &N::inplace_or, "|", "|="},
    {nullptr, nullptr, "** or pow()", "**="},
    {&N::rshift, &N::inplace_rshift, ">>", ">>="},
    {&N::subtract, &N::inplace_subtract, "-", "-="},
    {&N::true_divide, &N::inplace_true_divide, "/", "/="},
    {&N::bit_xor, &N::inplace_xor, "^", "^="},
};
constexpr int kOperatorCount = std::size(kOperators);

BinarySlot slot_of(Object* object, BinarySlot NumberMethods::*slot) {
    NumberMethods* methods = object->type->as_number;
    return methods ? methods->*slot : nullptr;
}

// The result, or a new reference to NotImplemented, or null when raised.
Object* try_binary(Object* a, Object* b, BinarySlot NumberMethods::*slot) {
    BinarySlot left = slot_of(a, slot);
    BinarySlot right = a->type == b->type ? nullptr : slot_of(b, slot);
    if (right == left) right = nullptr;
    if (left) {
        if (right && is_subtype(b->type, a->type)) {
            Object* result = right(a, b);
            if (result != not_implemented()) return result;
            decref(result);
            right = nullptr;
        }
        Object* result = left(a, b);
        if (result != not_implemented()) return result;
        decref(result);
    }
    if (right) return right(a, b);
    return new_reference(not_implemented());
}

Raised raise_operand_types(Object* a, Object* b, const char* symbol) {
    return raise(exc::TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", symbol,
                 a->type->name, b->type->name);
}

bool is_print_function(Object* object) {
    return object->type == &builtin_function_type &&
           std::string_view(static_cast<BuiltinFunction*>(object)->definition->name) == "print";
}

Raised raise_unsupported(BinaryOp op, Object* a, Object* b, const char* symbol) {
    if (op == BinaryOp::RShift && is_print_function(a))
        return raise(exc::TypeError,
                     "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'. Did you mean \"print(<message>, "
                     "file=<output_stream>)\"?",
                     symbol, a->type->name, b->type->name);
    return raise_operand_types(a, b, symbol);
}

Fallible<Ref<>> repeat_by_object(IndexSlot repeat, Object* sequence, Object* count) {
    if (!is_index(count))
        return raise(exc::TypeError, "can't multiply sequence by non-int of type '%.200s'", count->type->name);
    ssize_t times = TRY(index_as_ssize(count, exc::OverflowError));
    return Fallible<Ref<>>::from_slot(repeat(sequence, times));
}

// What + and * mean for sequences; absent when neither operand offers it.
Lookup<> sequence_operator(BinaryOp op, bool inplace, Object* a, Object* b) {
    SequenceMethods* left = a->type->as_sequence;
    SequenceMethods* right = b->type->as_sequence;
    if (op == BinaryOp::Add && left) {
        BinarySlot concat = inplace && left->inplace_concat ? left->inplace_concat : left->concat;
        if (concat) return TRY(Fallible<Ref<>>::from_slot(concat(a, b)));
    }
    if (op == BinaryOp::Multiply) {
        if (left) {
            IndexSlot repeat = inplace && left->inplace_repeat ? left->inplace_repeat : left->repeat;
            if (repeat) return TRY(repeat_by_object(repeat, a, b));
        }
        // The right operand keeps its value: never its in-place form. NOTE: x *= [1] asks it only where x is of no sequence
        // slots at all, as instances of classes are not.
        if (right && right->repeat && !(inplace && left)) return TRY(repeat_by_object(right->repeat, b, a));
    }
    return nullptr;
}

// power(a, b, modulus) over the slots; NotImplemented as try_binary.
Object* try_power(Object* a, Object* b, Object* modulus) {
    auto power_slot = [](Object* object) { return object->type->as_number ? object->type->as_number->power : nullptr; };
    TernarySlot left = power_slot(a);
    TernarySlot right = a->type == b->type ? nullptr : power_slot(b);
    if (right == left) right = nullptr;
    if (left) {
        if (right && is_subtype(b->type, a->type)) {
            Object* result = right(a, b, modulus);
            if (result != not_implemented()) return result;
            decref(result);
            right = nullptr;
        }
        Object* result = left(a, b, modulus);
        if (result != not_implemented()) return result;
        decref(result);
    }
    if (right) {
        Object* result = right(a, b, modulus);
        if (result != not_implemented()) return result;
        decref(result);
    }
    TernarySlot third = power_slot(modulus);
    if (third && third != left && third != right) return third(a, b, modulus);
    return new_reference(not_implemented());
}

Fallible<Ref<>> power_with_text(Object* base, Object* exponent, Object* modulus, const char* symbol) {
    Object* result = try_power(base, exponent, modulus);
    if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
    decref(result);
    if (is_none(modulus)) return raise_operand_types(base, exponent, symbol);
    return raise(exc::TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", symbol,
                 base->type->name, exponent->type->name, modulus->type->name);
}

Fallible<Ref<>> inplace_power(Object* base, Object* exponent) {
    NumberMethods* methods = base->type->as_number;
    if (methods && methods->inplace_power) {
        Object* result = methods->inplace_power(base, exponent, none());
        if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
        decref(result);
    }
    return power_with_text(base, exponent, none(), "**=");
}

Fallible<Ref<>> inplace_operator(BinaryOp op, Object* a, Object* b) {
    const OperatorRow& row = kOperators[int(op)];
    if (BinarySlot slot = slot_of(a, row.inplace_slot)) {
        Object* result = slot(a, b);
        if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
        decref(result);
    }
    Object* result = try_binary(a, b, row.slot);
    if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
    decref(result);
    Ref<> sequence = TRY(sequence_operator(op, true, a, b));
    if (sequence) return sequence;
    return raise_operand_types(a, b, row.inplace_symbol);
}

}  // namespace

Fallible<Ref<>> binary_op(BinaryOp op, Object* a, Object* b) {
    if (int(op) >= kOperatorCount) {
        op = BinaryOp(int(op) - kOperatorCount);
        return op == BinaryOp::Power ? inplace_power(a, b) : inplace_operator(op, a, b);
    }
    if (op == BinaryOp::Power) return power(a, b, none());
    const OperatorRow& row = kOperators[int(op)];
    Object* result = try_binary(a, b, row.slot);
    if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
    decref(result);
    Ref<> sequence = TRY(sequence_operator(op, false, a, b));
    if (sequence) return sequence;
    return raise_unsupported(op, a, b, row.symbol);
}

Fallible<Ref<>> power(Object* base, Object* exponent, Object* modulus) {
    return power_with_text(base, exponent, modulus, "** or pow()");
}

Fallible<Ref<>> divmod(Object* a, Object* b) {
    Object* result = try_binary(a, b, &N::divmod);
    if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
    decref(result);
    return raise_operand_types(a, b, "divmod()");
}

namespace {

Fallible<Ref<>> unary(Object* object, UnarySlot NumberMethods::*slot, const char* what) {
    NumberMethods* methods = object->type->as_number;
    if (methods && methods->*slot) return Fallible<Ref<>>::from_slot((methods->*slot)(object));
    return raise(exc::TypeError, "bad operand type for %s: '%.200s'", what, object->type->name);
}

}  // namespace

Fallible<Ref<>> negative(Object* object) { return unary(object, &N::negative, "unary -"); }
Fallible<Ref<>> positive(Object* object) { return unary(object, &N::positive, "unary +"); }
Fallible<Ref<>> invert(Object* object) { return unary(object, &N::invert, "unary ~"); }
Fallible<Ref<>> absolute(Object* object) { return unary(object, &N::absolute, "abs()"); }

// __index__ and conversions.

namespace {

// The result of object.__index__(): an int, possibly of a subclass (deprecated for results that are not exact).
Fallible<Ref<Int>> raw_index(Object* object) {
    if (is_int(object)) return share(as_int(object));
    if (!is_index(object))
        return raise(exc::TypeError, "'%.200s' object cannot be interpreted as an integer", object->type->name);
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(object->type->as_number->index(object)));
    if (is_int_exact(result.get())) return std::move(result).cast<Int>();
    if (!is_int(result.get()))
        return raise(exc::TypeError, "__index__ returned non-int (type %.200s)", result->type->name);
    TRY(warn(exc::DeprecationWarning, 1,
             "__index__ returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int "
             "is deprecated, and may not be supported in a future version of Python.",
             result->type->name));
    return std::move(result).cast<Int>();
}

// The same value as an exact int.
Fallible<Ref<Int>> exact_int(Ref<Int> value) {
    if (is_int_exact(value.get())) return value;
    return int_copy(value.get());
}

Fallible<Ref<>> int_from_int_slot(Object* object) {
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(object->type->as_number->integer(object)));
    if (is_int_exact(result.get())) return result;
    if (!is_int(result.get()))
        return raise(exc::TypeError, "__int__ returned non-int (type %.200s)", result->type->name);
    TRY(warn(exc::DeprecationWarning, 1,
             "__int__ returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int "
             "is deprecated, and may not be supported in a future version of Python.",
             result->type->name));
    return TRY(int_copy(as_int(result.get())));
}

Fallible<Ref<>> int_from_trunc(Object* trunc) {
    TRY(warn(exc::DeprecationWarning, 1, "The delegation of int() to __trunc__ is deprecated."));
    Ref<> result = TRY(call(trunc));
    if (is_int_exact(result.get())) return result;
    if (is_int(result.get())) return TRY(int_copy(as_int(result.get())));
    if (!is_index(result.get()))
        return raise(exc::TypeError, "__trunc__ returned non-Integral (type %.200s)", result->type->name);
    return TRY(index(result.get()));
}

}  // namespace

Fallible<Ref<Int>> index(Object* object) { return exact_int(TRY(raw_index(object))); }

Fallible<ssize_t> index_as_ssize(Object* object, Type* overflow_error) {
    if (is_int_exact(object) && as_int(object)->is_compact()) return as_int(object)->compact_value();
    Ref<Int> value = TRY(raw_index(object));
    int overflow;
    int64_t result = as_int64_clamped(value.get(), &overflow);
    if (overflow && overflow_error)
        return raise(overflow_error, "cannot fit '%.200s' into an index-sized integer", object->type->name);
    if (overflow) return overflow < 0 ? std::numeric_limits<ssize_t>::min() : std::numeric_limits<ssize_t>::max();
    return ssize_t(result);
}

Fallible<ssize_t> optional_size(Object* value, ssize_t default_value) {
    if (!value || is_none(value)) return default_value;
    if (is_int_exact(value) && as_int(value)->is_compact()) return as_int(value)->compact_value();
    if (!is_index(value)) return raise(exc::TypeError, "argument should be integer or None, not '%.200s'", value->type->name);
    return index_as_ssize(value, exc::OverflowError);
}

Fallible<Ref<>> number_int(Object* object) {
    if (is_int_exact(object)) return share(object);
    NumberMethods* methods = object->type->as_number;
    if (methods && methods->integer) return int_from_int_slot(object);
    if (methods && methods->index) return TRY(index(object));
    Ref<> trunc = TRY(lookup_special(object, "__trunc__"_name));
    if (trunc) return int_from_trunc(trunc.get());
    if (is_str(object)) return TRY(int_from_str(as_str(object), 10));
    if (is_bytes(object)) return TRY(int_from_bytes_text(as_bytes(object)->view(), object, 10));
    if (is_bytearray(object)) return TRY(int_from_bytes_text(static_cast<ByteArray*>(object)->view(), object, 10));
    if (has_buffer(object)) {
        BufferView view;
        if (view.open(object).ok()) return TRY(int_from_bytes_text(view.view(), object, 10));
        clear_error();
    }
    return raise(exc::TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
                 object->type->name);
}

Fallible<Ref<>> number_float(Object* object) {
    if (is_float_exact(object)) return share(object);
    NumberMethods* methods = object->type->as_number;
    if (methods && methods->floating) {
        Ref<> result = TRY(float_from_slot(object));
        if (is_float_exact(result.get())) return result;
        return float_from(float_value(result.get()));
    }
    if (methods && methods->index) {
        Ref<Int> value = TRY(index(object));
        return float_from(TRY(int_as_double(value.get())));
    }
    if (is_float(object)) return float_from(float_value(object));
    return float_from_object_text(object);
}

}  // namespace py
