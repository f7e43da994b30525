// bool: int's subclass with the two shared instances.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"

namespace py {

namespace {

constexpr Int make_bool(bool value) {
    Int result{};
    result.refcount = kImmortalRefcount;
    result.type = &bool_type;
    result.size = value;
    result.digits[0] = value;
    return result;
}

Fallible<Ref<>> bool_repr(Object* self) { return share<Object>(self == py_true() ? "True"_name : "False"_name); }

Fallible<Ref<>> truth_of(Object* argument_or_null) {
    return share(bool_object(argument_or_null && TRY(is_true(argument_or_null))));
}

// bool(x)
Object* bool_new(Type*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("bool", kwargs));
    Tuple* tuple = as_tuple(args);
    TRY(check_positional("bool", tuple->size, 0, 1));
    return truth_of(tuple->size ? tuple->items[0] : nullptr).release();
}

Object* bool_vectorcall(Object*, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_no_keywords("bool", kwnames));
    TRY(check_positional("bool", nargs, 0, 1));
    return truth_of(nargs ? args[0] : nullptr).release();
}

// & | ^ of two bools stay bools; with other ints they are int's.
template <BinarySlot NumberMethods::*slot, class Operation>
Object* bool_binary(Object* a, Object* b, Operation operation) {
    if (!is_bool(a) || !is_bool(b)) return (int_type.as_number->*slot)(a, b);
    return compare_result(operation(a == py_true(), b == py_true()));
}
Object* bool_and(Object* a, Object* b) {
    return bool_binary<&NumberMethods::bit_and>(a, b, [](bool x, bool y) { return x && y; });
}
Object* bool_or(Object* a, Object* b) {
    return bool_binary<&NumberMethods::bit_or>(a, b, [](bool x, bool y) { return x || y; });
}
Object* bool_xor(Object* a, Object* b) {
    return bool_binary<&NumberMethods::bit_xor>(a, b, [](bool x, bool y) { return x != y; });
}

NumberMethods bool_number = {.bit_and = bool_and, .bit_xor = bool_xor, .bit_or = bool_or};

// A count that reached 0 through an extension's mistake is put back.
void bool_dealloc(Object* self) { self->refcount = kImmortalRefcount; }

}  // namespace

constinit Int true_object = make_bool(true);
constinit Int false_object = make_bool(false);

constinit Type bool_type = static_type({
    .name = "bool",
    .basic_size = sizeof(Int),
    .item_size = sizeof(Digit),
    .base = &int_type,
    .flags = type_flag::kIntSubclass,
    .doc = "bool(x) -> bool\n\nTrue when x counts as true, else False. True and False are the only instances, and the class\n"
           "cannot be subclassed.",
    .dealloc = bool_dealloc,
    .repr = slot1<bool_repr>,
    .vectorcall = bool_vectorcall,
    .number = &bool_number,
    .new_ = bool_new,
});

}  // namespace py
