// weakref.proxy: stands for its referent in every operation; ReferenceError once that is dead.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/objects/weakref.h"

namespace py {
namespace {

// The referent of a proxy, or the object itself when it is none.
Fallible<Ref<>> real(Object* object) {
    if (!is_weak_proxy(object)) return share(object);
    Ref<> referent = weakref_get(object);
    if (!referent) return raise(exc::ReferenceError, "weakly-referenced object no longer exists");
    return referent;
}

template <auto F>
Object* unary(Object* self) {
    Ref<> object = TRY(real(self));
    return F(object.get()).release();
}
template <BinaryOp op>
Object* binary(Object* a, Object* b) {
    Ref<> left = TRY(real(a)), right = TRY(real(b));
    return binary_op(op, left.get(), right.get()).release();
}
Object* proxy_divmod(Object* a, Object* b) {
    Ref<> left = TRY(real(a)), right = TRY(real(b));
    return divmod(left.get(), right.get()).release();
}
Object* proxy_power(Object* a, Object* b, Object* modulus) {
    Ref<> base = TRY(real(a)), exponent = TRY(real(b)), mod = TRY(real(modulus));
    return power(base.get(), exponent.get(), mod.get()).release();
}
Object* proxy_inplace_power(Object* a, Object* b, Object*) { return binary<BinaryOp::InplacePower>(a, b); }
int proxy_bool(Object* self) {
    Ref<> object = TRY(real(self));
    return TRY(is_true(object.get()));
}
Object* proxy_index(Object* self) {
    Ref<> object = TRY(real(self));
    return index(object.get()).release();
}

Object* proxy_getattro(Object* self, Object* name) {
    Ref<> object = TRY(real(self));
    if (!is_str(name)) return name_not_str(name);
    return get_attr(object.get(), as_str(name)).release();
}
int proxy_setattro(Object* self, Object* name, Object* value) {
    Ref<> object = TRY(real(self));
    if (!is_str(name)) return name_not_str(name);
    return set_attr(object.get(), as_str(name), value).release();
}
Object* proxy_str(Object* self) {
    Ref<> object = TRY(real(self));
    return str(object.get()).release();
}
Fallible<Ref<>> proxy_repr(Object* self) {
    Ref<> referent = weakref_get(self);
    Object* shown = referent ? referent.get() : none();
    return format_str("<weakproxy at %p to %s at %p>", self, shown->type->name, shown);
}
Object* proxy_richcompare(Object* a, Object* b, int op) {
    Ref<> left = TRY(real(a)), right = TRY(real(b));
    return rich_compare(left.get(), right.get(), CompareOp(op)).release();
}
Object* proxy_iternext(Object* self) {
    Ref<> object = TRY(real(self));
    if (!is_iterator(object.get()))
        return raise(exc::TypeError, "Weakref proxy referenced a non-iterator '%.200s' object", object->type->name);
    return TRY(next(object.get())).release();
}
int proxy_contains(Object* self, Object* item) {
    Ref<> object = TRY(real(self));
    return TRY(contains(object.get(), item));
}
ssize_t proxy_length(Object* self) {
    Ref<> object = TRY(real(self));
    return TRY(length(object.get()));
}
Object* proxy_get_item(Object* self, Object* key) {
    Ref<> object = TRY(real(self)), real_key = TRY(real(key));
    return get_item(object.get(), real_key.get()).release();
}
int proxy_store_item(Object* self, Object* key, Object* value) {
    Ref<> object = TRY(real(self));
    return (value ? set_item(object.get(), key, value) : delete_item(object.get(), key)).release();
}
Object* proxy_call(Object* self, Object* args, Object* kwargs) {
    Ref<> object = TRY(real(self));
    return call_tuple(object.get(), args, kwargs).release();
}
// proxy.__bytes__()
Fallible<Ref<>> proxy_bytes(Object* self) {
    Ref<> object = TRY(real(self));
    return call_method(object.get(), "__bytes__"_name);
}
// proxy.__reversed__()
Fallible<Ref<>> proxy_reversed(Object* self) {
    Ref<> object = TRY(real(self));
    return call_method(object.get(), "__reversed__"_name);
}

NumberMethods proxy_number{
    .add = binary<BinaryOp::Add>,
    .subtract = binary<BinaryOp::Subtract>,
    .multiply = binary<BinaryOp::Multiply>,
    .remainder = binary<BinaryOp::Remainder>,
    .divmod = proxy_divmod,
    .power = proxy_power,
    .negative = unary<negative>,
    .positive = unary<positive>,
    .absolute = unary<absolute>,
    .boolean = proxy_bool,
    .invert = unary<invert>,
    .lshift = binary<BinaryOp::LShift>,
    .rshift = binary<BinaryOp::RShift>,
    .bit_and = binary<BinaryOp::And>,
    .bit_xor = binary<BinaryOp::Xor>,
    .bit_or = binary<BinaryOp::Or>,
    .integer = unary<number_int>,
    .floating = unary<number_float>,
    .inplace_add = binary<BinaryOp::InplaceAdd>,
    .inplace_subtract = binary<BinaryOp::InplaceSubtract>,
    .inplace_multiply = binary<BinaryOp::InplaceMultiply>,
    .inplace_remainder = binary<BinaryOp::InplaceRemainder>,
    .inplace_power = proxy_inplace_power,
    .inplace_lshift = binary<BinaryOp::InplaceLShift>,
    .inplace_rshift = binary<BinaryOp::InplaceRShift>,
    .inplace_and = binary<BinaryOp::InplaceAnd>,
    .inplace_xor = binary<BinaryOp::InplaceXor>,
    .inplace_or = binary<BinaryOp::InplaceOr>,
    .floor_divide = binary<BinaryOp::FloorDivide>,
    .true_divide = binary<BinaryOp::TrueDivide>,
    .inplace_floor_divide = binary<BinaryOp::InplaceFloorDivide>,
    .inplace_true_divide = binary<BinaryOp::InplaceTrueDivide>,
    .index = proxy_index,
    .matrix_multiply = binary<BinaryOp::MatrixMultiply>,
    .inplace_matrix_multiply = binary<BinaryOp::InplaceMatrixMultiply>,
};
SequenceMethods proxy_sequence{.length = proxy_length, .contains = proxy_contains};
MappingMethods proxy_mapping{.length = proxy_length, .subscript = proxy_get_item, .store_subscript = proxy_store_item};
MethodDef proxy_methods[] = {
    {"__bytes__", reinterpret_cast<CFunction>(wrap_no_args<proxy_bytes>), kNoArgs, nullptr},
    {"__reversed__", reinterpret_cast<CFunction>(wrap_no_args<proxy_reversed>), kNoArgs, nullptr},
    END_ROW,
};

constexpr TypeSpec proxy_spec(const char* name, TernarySlot call_slot, MethodDef* methods) {
    TypeSpec spec{.name = name};
    spec.basic_size = sizeof(WeakReference);
    spec.flags = type_flag::kHaveGc;
    spec.dealloc = weakref_dealloc;
    spec.traverse = weakref_traverse_slot;
    spec.clear = weakref_clear_slot;
    spec.repr = slot1<proxy_repr>;
    spec.str = proxy_str;
    spec.richcompare = proxy_richcompare;
    spec.call = call_slot;
    spec.getattro = proxy_getattro;
    spec.setattro = proxy_setattro;
    spec.iter = unary<iter>;
    spec.iternext = proxy_iternext;
    spec.number = &proxy_number;
    spec.sequence = &proxy_sequence;
    spec.mapping = &proxy_mapping;
    spec.methods = methods;
    return spec;
}

}  // namespace

constinit Type weakproxy_type = static_type(proxy_spec("weakref.ProxyType", nullptr, proxy_methods));
constinit Type weakcallableproxy_type = static_type(proxy_spec("weakref.CallableProxyType", proxy_call, nullptr));

}  // namespace py
