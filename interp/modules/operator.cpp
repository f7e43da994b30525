// _operator: the operators as functions. itemgetter, attrgetter and methodcaller are in operator_getters.cpp.
#include "interp/modules/operator.h"

#include "interp/objects/bytes.h"

namespace py::operators {

namespace {

template <BinaryOp op>
Fallible<Ref<>> binary(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return binary_op(op, args[0], args[1]);
}
template <CompareOp op>
Fallible<Ref<>> compare(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return rich_compare(args[0], args[1], op);
}
// One function per row of the tables below; the row's name is what errors call it.
template <auto F, FixedString Name>
Object* named(Object* self, Object* const* args, ssize_t nargs) {
    return F(self, args, nargs, Name.text).release();
}

// operator.truth(a, /)
Fallible<Ref<>> truth(Object*, Object* a) {
    return bool_from(TRY(is_true(a)));
}
// operator.not_(a, /)
Fallible<Ref<>> not_(Object*, Object* a) {
    return bool_from(!TRY(is_true(a)));
}
// operator.neg(a, /)
Fallible<Ref<>> neg(Object*, Object* a) {
    return negative(a);
}
// operator.pos(a, /)
Fallible<Ref<>> pos(Object*, Object* a) {
    return positive(a);
}
// operator.abs(a, /)
Fallible<Ref<>> abs(Object*, Object* a) {
    return absolute(a);
}
// operator.invert(a, /), operator.inv(a, /)
Fallible<Ref<>> invert_(Object*, Object* a) {
    return invert(a);
}
// operator.index(a, /)
Fallible<Ref<>> index_(Object*, Object* a) {
    return index(a);
}

// operator.is_(a, b, /)
Fallible<Ref<>> is_(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return bool_from(args[0] == args[1]);
}
// operator.is_not(a, b, /)
Fallible<Ref<>> is_not(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return bool_from(args[0] != args[1]);
}
// operator.pow(a, b, /)
Fallible<Ref<>> pow(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return power(args[0], args[1], none());
}
// operator.concat(a, b, /)
Fallible<Ref<>> concat(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return sequence_concat(args[0], args[1]);
}
// operator.iconcat(a, b, /)
Fallible<Ref<>> iconcat(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    SequenceMethods* sequence = args[0]->type->as_sequence;
    if (sequence && sequence->inplace_concat)
        return Fallible<Ref<>>::from_slot(sequence->inplace_concat(args[0], args[1]));
    if (sequence && sequence->concat) return Fallible<Ref<>>::from_slot(sequence->concat(args[0], args[1]));
    if (is_sequence(args[0]) && is_sequence(args[1])) return binary_op(BinaryOp::InplaceAdd, args[0], args[1]);
    return raise(exc::TypeError, "'%.200s' object can't be concatenated", args[0]->type->name);
}
// operator.contains(a, b, /)
Fallible<Ref<>> contains_(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return bool_from(TRY(contains(args[0], args[1])));
}
// operator.countOf(a, b, /)
Fallible<Ref<>> count_of(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return int_from(TRY(sequence_count(args[0], args[1])));
}
// operator.indexOf(a, b, /)
Fallible<Ref<>> index_of(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return int_from(TRY(sequence_index(args[0], args[1])));
}
// operator.getitem(a, b, /)
Fallible<Ref<>> getitem(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return get_item(args[0], args[1]);
}
// operator.setitem(a, b, c, /)
Fallible<Ref<>> setitem(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 3, 3));
    TRY(set_item(args[0], args[1], args[2]));
    return share(none());
}
// operator.delitem(a, b, /)
Fallible<Ref<>> delitem(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    TRY(delete_item(args[0], args[1]));
    return share(none());
}
// operator.length_hint(obj, default=0, /)
Fallible<Ref<>> length_hint_(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 1, 2));
    ssize_t fallback = 0;
    if (nargs > 1) fallback = TRY(as_ssize(args[1]));
    return int_from(TRY(length_hint(args[0], fallback)));
}
// operator.call(obj, /, *args, **kwargs)
Object* call_(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    if (nargs < 1) return raise(exc::TypeError, "call expected at least 1 argument, got 0");
    return vectorcall(args[0], args + 1, size_t(nargs - 1) | kArgumentsOffset, kwnames).release();
}

// Time depends on the length of b only.
bool same_bytes(const uint8_t* a, ssize_t length_a, const uint8_t* b, ssize_t length_b) {
    const uint8_t* volatile left = length_a == length_b ? a : b;
    volatile uint8_t difference = length_a == length_b ? 0 : 1;
    for (ssize_t i = 0; i < length_b; ++i)
        difference = uint8_t(difference | (left[i] ^ b[i]));
    return difference == 0;
}

}  // namespace

Fallible<bool> same_digest(Object* a, Object* b) {
    if (is_str(a) && is_str(b)) {
        if (!as_str(a)->ascii || !as_str(b)->ascii)
            return raise(exc::TypeError, "comparing strings with non-ASCII characters is not supported");
        return same_bytes(as_str(a)->latin1(), as_str(a)->length, as_str(b)->latin1(), as_str(b)->length);
    }
    if (!has_buffer(a) && !has_buffer(b))
        return raise(exc::TypeError, "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'",
                     a->type->name, b->type->name);
    BufferView left, right;
    TRY(left.open(a));
    TRY(right.open(b));
    return same_bytes(reinterpret_cast<const uint8_t*>(left.data()), left.size(), reinterpret_cast<const uint8_t*>(right.data()),
                      right.size());
}

namespace {

// operator._compare_digest(a, b, /)
Fallible<Ref<>> compare_digest(Object*, Object* const* args, ssize_t nargs, const char* name) {
    TRY(check_positional(name, nargs, 2, 2));
    return bool_from(TRY(same_digest(args[0], args[1])));
}

#define ONE(name, function, doc) METHOD_O(name, function, "($module, a, /)", doc)
#define MANY(name, function, signature, doc) \
    { name, (::py::CFunction)(void*)named<function, name>, kFastcall, METHOD_DOC(name, signature, doc) }
#define TWO(name, function, doc) MANY(name, function, "($module, a, b, /)", doc)

MethodDef methods[] = {
    ONE("truth", truth, "Is a true?"),
    TWO("contains", contains_, "Same as b in a (the operands are the other way round)."),
    TWO("indexOf", index_of, "The first index of b in a."),
    TWO("countOf", count_of, "How often b occurs in a."),
    TWO("is_", is_, "Same as a is b."),
    TWO("is_not", is_not, "Same as a is not b."),
    TWO("add", binary<BinaryOp::Add>, "Same as a + b."),
    TWO("sub", binary<BinaryOp::Subtract>, "Same as a - b."),
    TWO("mul", binary<BinaryOp::Multiply>, "Same as a * b."),
    TWO("matmul", binary<BinaryOp::MatrixMultiply>, "Same as a @ b."),
    TWO("floordiv", binary<BinaryOp::FloorDivide>, "Same as a // b."),
    TWO("truediv", binary<BinaryOp::TrueDivide>, "Same as a / b."),
    TWO("mod", binary<BinaryOp::Remainder>, "Same as a % b."),
    ONE("neg", neg, "Same as -a."),
    ONE("pos", pos, "Same as +a."),
    ONE("abs", abs, "Same as abs(a)."),
    ONE("inv", invert_, "Same as ~a."),
    ONE("invert", invert_, "Same as ~a."),
    TWO("lshift", binary<BinaryOp::LShift>, "Same as a << b."),
    TWO("rshift", binary<BinaryOp::RShift>, "Same as a >> b."),
    ONE("not_", not_, "Same as not a."),
    TWO("and_", binary<BinaryOp::And>, "Same as a & b."),
    TWO("xor", binary<BinaryOp::Xor>, "Same as a ^ b."),
    TWO("or_", binary<BinaryOp::Or>, "Same as a | b."),
    TWO("iadd", binary<BinaryOp::InplaceAdd>, "Same as a += b."),
    TWO("isub", binary<BinaryOp::InplaceSubtract>, "Same as a -= b."),
    TWO("imul", binary<BinaryOp::InplaceMultiply>, "Same as a *= b."),
    TWO("imatmul", binary<BinaryOp::InplaceMatrixMultiply>, "Same as a @= b."),
    TWO("ifloordiv", binary<BinaryOp::InplaceFloorDivide>, "Same as a //= b."),
    TWO("itruediv", binary<BinaryOp::InplaceTrueDivide>, "Same as a /= b."),
    TWO("imod", binary<BinaryOp::InplaceRemainder>, "Same as a %= b."),
    TWO("ilshift", binary<BinaryOp::InplaceLShift>, "Same as a <<= b."),
    TWO("irshift", binary<BinaryOp::InplaceRShift>, "Same as a >>= b."),
    TWO("iand", binary<BinaryOp::InplaceAnd>, "Same as a &= b."),
    TWO("ixor", binary<BinaryOp::InplaceXor>, "Same as a ^= b."),
    TWO("ior", binary<BinaryOp::InplaceOr>, "Same as a |= b."),
    TWO("concat", concat, "Same as a + b, for a and b sequences."),
    TWO("iconcat", iconcat, "Same as a += b, for a and b sequences."),
    TWO("getitem", getitem, "Same as a[b]."),
    MANY("setitem", setitem, "($module, a, b, c, /)", "Same as a[b] = c."),
    TWO("delitem", delitem, "Same as del a[b]."),
    TWO("pow", pow, "Same as a ** b."),
    TWO("ipow", binary<BinaryOp::InplacePower>, "Same as a **= b."),
    TWO("lt", compare<kLess>, "Same as a < b."),
    TWO("le", compare<kLessEqual>, "Same as a <= b."),
    TWO("eq", compare<kEqual>, "Same as a == b."),
    TWO("ne", compare<kNotEqual>, "Same as a != b."),
    TWO("gt", compare<kGreater>, "Same as a > b."),
    TWO("ge", compare<kGreaterEqual>, "Same as a >= b."),
    ONE("index", index_, "Same as a.__index__()"),
    MANY("length_hint", length_hint_, "($module, obj, default=0, /)", "How many items obj is likely to yield."),
    TWO("_compare_digest", compare_digest, "Same as a == b, in a time that does not tell where they differ."),
    {"call", (CFunction)(void*)call_, kFastcall | kKeywords,
     METHOD_DOC("call", "($module, obj, /, *args, **kwargs)", "Same as obj(*args, **kwargs).")},
    END_ROW,
};

#undef ONE
#undef MANY
#undef TWO

Fallible<void> execute(Module* module) {
    for (Type* type : {&itemgetter_type, &attrgetter_type, &methodcaller_type})
        TRY(module_add_type(module, type));
    return {};
}

}  // namespace
}  // namespace py::operators

namespace py {

extern const NativeModule operator_module;
const NativeModule operator_module = {"_operator", "The operators of the language, as functions.", operators::methods,
                                      operators::execute};

}  // namespace py
