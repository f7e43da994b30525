// The protocols every object answers: truth, comparison, hash, text, instance checks, dir.
#include "interp/objects/abstract.h"

#include "interp/objects/bytes.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/module.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

Fallible<bool> is_true(Object* object) {
    if (object == py_true()) return true;
    if (object == py_false() || is_none(object)) return false;
    Type* type = object->type;
    ssize_t outcome;
    if (type->as_number && type->as_number->boolean)
        outcome = type->as_number->boolean(object);
    else if (type->as_mapping && type->as_mapping->length)
        outcome = type->as_mapping->length(object);
    else if (type->as_sequence && type->as_sequence->length)
        outcome = type->as_sequence->length(object);
    else
        return true;
    if (outcome < 0) return raised;
    return outcome > 0;
}

Object* bool_object(bool value) { return value ? py_true() : py_false(); }
Object* compare_result(bool value) { return new_reference(bool_object(value)); }

Object* compare_outcome(int three_way, int op) {
    switch (op) {
        case kLess: return compare_result(three_way < 0);
        case kLessEqual: return compare_result(three_way <= 0);
        case kEqual: return compare_result(three_way == 0);
        case kNotEqual: return compare_result(three_way != 0);
        case kGreater: return compare_result(three_way > 0);
        default: return compare_result(three_way >= 0);
    }
}

namespace {

constexpr int kSwappedOp[] = {kGreater, kGreaterEqual, kEqual, kNotEqual, kLess, kLessEqual};
constexpr const char* kOpText[] = {"<", "<=", "==", "!=", ">", ">="};

Fallible<Ref<>> compare_slots(Object* a, Object* b, CompareOp op) {
    bool tried_reflected = false;
    if (a->type != b->type && is_subtype(b->type, a->type) && b->type->richcompare) {
        tried_reflected = true;
        Object* result = b->type->richcompare(b, a, kSwappedOp[op]);
        if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
        decref(result);
    }
    if (a->type->richcompare) {
        Object* result = a->type->richcompare(a, b, op);
        if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
        decref(result);
    }
    if (!tried_reflected && b->type->richcompare) {
        Object* result = b->type->richcompare(b, a, kSwappedOp[op]);
        if (result != not_implemented()) return Fallible<Ref<>>::from_slot(result);
        decref(result);
    }
    if (op == kEqual) return bool_from(a == b);
    if (op == kNotEqual) return bool_from(a != b);
    return raise(exc::TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", kOpText[op],
                 a->type->name, b->type->name);
}

}  // namespace

Fallible<Ref<>> rich_compare(Object* a, Object* b, CompareOp op) {
    RecursionGuard guard(" in comparison");
    if (!guard.ok()) return raised;
    return compare_slots(a, b, op);
}

Fallible<bool> rich_compare_bool(Object* a, Object* b, CompareOp op) {
    if (a == b) {
        if (op == kEqual) return true;
        if (op == kNotEqual) return false;
    }
    Ref<> result = TRY(rich_compare(a, b, op));
    if (is_bool(result.get())) return result.get() == py_true();
    return is_true(result.get());
}

Fallible<Hash> hash(Object* object) {
    Type* type = object->type;
    if (!type->hash) {
        if (!type->dict) TRY(type_ready(type));
        if (!type->hash) {
            (void)hash_not_implemented(object);
            return raised;
        }
    }
    Hash value = type->hash(object);
    if (value == -1) return raised;
    return value;
}

Object* not_hashable(Object* object) {
    return raise(exc::TypeError, "unhashable type: '%.200s'", object->type->name);
}

Hash hash_not_implemented(Object* object) {
    (void)not_hashable(object);
    return -1;
}

bool is_callable(Object* object) { return object->type->call != nullptr; }

// Text.

Fallible<Ref<Str>> repr(Object* object) {
    TRY(check_signals());
    if (!object->type->repr) return format_str("<%s object at %p>", object->type->name, object);
    RecursionGuard guard(" while getting the repr of an object");
    if (!guard.ok()) return raised;
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(object->type->repr(object)));
    if (!is_str(result.get()))
        return raise(exc::TypeError, "__repr__ returned non-string (type %.200s)", result->type->name);
    return std::move(result).cast<Str>();
}

Fallible<Ref<Str>> str(Object* object) {
    if (is_str_exact(object)) return share(as_str(object));
    if (!object->type->str) return repr(object);
    TRY(check_signals());
    RecursionGuard guard(" while getting the str of an object");
    if (!guard.ok()) return raised;
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(object->type->str(object)));
    if (!is_str(result.get()))
        return raise(exc::TypeError, "__str__ returned non-string (type %.200s)", result->type->name);
    return std::move(result).cast<Str>();
}

Fallible<Ref<Str>> ascii(Object* object) {
    Ref<Str> text = TRY(repr(object));
    if (text->ascii) return text;
    StrBuilder builder;
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        char escape[16];
        if (c < 0x80) {
            TRY(builder.append_char(c));
            continue;
        }
        const char* form = c <= 0xff ? "\\x%02x" : c <= 0xffff ? "\\u%04x" : "\\U%08x";
        int size = std::snprintf(escape, sizeof escape, form, c);
        TRY(builder.append_ascii({escape, size_t(size)}));
    }
    return builder.finish();
}

Fallible<Ref<Bytes>> bytes_of(Object* object) {
    if (is_bytes_exact(object)) return share(as_bytes(object));
    Ref<> method = TRY(lookup_special(object, "__bytes__"_name));
    if (method) {
        Ref<> result = TRY(call(method.get()));
        if (!is_bytes(result.get()))
            return raise(exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", result->type->name);
        return std::move(result).cast<Bytes>();
    }
    // Unlike in a call of bytes, an index is no size here.
    return bytes_from_object(object);
}

Fallible<Ref<Str>> format(Object* object, Str* spec_or_null) {
    // FAST: these cannot override __format__, and without a spec it means str().
    if (!spec_or_null || spec_or_null->length == 0) {
        if (is_str_exact(object)) return share(as_str(object));
        if (is_int_exact(object)) return int_to_str(as_int(object), 10);
    } else if (is_int_exact(object)) {
        return format_int(object, spec_or_null);
    } else if (is_str_exact(object)) {
        return format_text(as_str(object), spec_or_null);
    } else if (is_float_exact(object)) {
        return format_float(object, spec_or_null);
    }
    Ref<Str> spec = spec_or_null ? share(spec_or_null) : str_empty();
    Ref<> method = TRY(lookup_special(object, "__format__"_name));
    if (!method)
        return raise(exc::TypeError, "Type %.100s doesn't define __format__", object->type->name);
    Ref<> result = TRY(call(method.get(), static_cast<Object*>(spec.get())));
    if (!is_str(result.get()))
        return raise(exc::TypeError, "__format__ must return a str, not %.200s", result->type->name);
    return std::move(result).cast<Str>();
}

// dir.

namespace {

Fallible<Ref<>> dir_of_frame() {
    InterpreterFrame* frame = current_frame();
    if (!frame) return raise(exc::SystemError, "frame does not exist");
    Ref<> locals = TRY(frame_locals(frame));
    Ref<> names = TRY(mapping_keys(locals.get()));
    if (!is_list(names.get()))
        return raise(exc::TypeError, "dir(): expected keys() of locals to be a list, not '%.200s'", names->type->name);
    TRY(list_sort(as_list(names.get()), nullptr, false));
    return names;
}

}  // namespace

Fallible<Ref<>> dir(Object* object_or_null) {
    if (!object_or_null) return dir_of_frame();
    Ref<> method = TRY(lookup_special(object_or_null, "__dir__"_name));
    if (!method) return raise(exc::TypeError, "object does not provide __dir__");
    Ref<> result = TRY(call(method.get()));
    Ref<List> names = TRY(list_of(result.get()));
    TRY(list_sort(names.get(), nullptr, false));
    return names;
}

// isinstance and issubclass (PEP 3119).

namespace {

// object.__bases__ when it is a tuple; absent otherwise.
Lookup<> abstract_bases(Object* class_object) {
    Ref<> bases = TRY(lookup_attr(class_object, "__bases__"_name));
    if (bases && is_tuple(bases.get())) return bases;
    return nullptr;
}

Fallible<bool> abstract_is_subclass(Object* derived, Object* base) {
    Ref<> current = share(derived);
    while (true) {
        if (current.get() == base) return true;
        Ref<> bases = TRY(abstract_bases(current.get()));
        if (!bases) return false;
        Tuple* tuple = as_tuple(bases.get());
        if (tuple->size == 0) return false;
        if (tuple->size == 1) {
            current = share(tuple->items[0]);
            continue;
        }
        RecursionGuard guard(" in __issubclass__");
        if (!guard.ok()) return raised;
        for (ssize_t i = 0; i < tuple->size; ++i)
            if (TRY(abstract_is_subclass(tuple->items[i], base))) return true;
        return false;
    }
}

Fallible<void> check_class(Object* object, const char* message) {
    Ref<> bases = TRY(abstract_bases(object));
    if (!bases) return raise(exc::TypeError, "%s", message);
    return {};
}

Fallible<bool> instance_of_class(Object* object, Object* class_object) {
    if (class_object->type->has(type_flag::kTypeSubclass)) {
        auto* type = static_cast<Type*>(class_object);
        if (is_instance_of(object, *type)) return true;
        Ref<> claimed = TRY(lookup_attr(object, "__class__"_name));
        return claimed && claimed.get() != object->type && claimed->type->has(type_flag::kTypeSubclass) &&
               is_subtype(static_cast<Type*>(claimed.get()), type);
    }
    TRY(check_class(class_object, "isinstance() arg 2 must be a type, a tuple of types, or a union"));
    Ref<> claimed = TRY(lookup_attr(object, "__class__"_name));
    if (!claimed) return false;
    return abstract_is_subclass(claimed.get(), class_object);
}

Fallible<bool> subclass_of_class(Object* derived, Object* class_object) {
    if (derived->type->has(type_flag::kTypeSubclass) && class_object->type->has(type_flag::kTypeSubclass))
        return is_subtype(static_cast<Type*>(derived), static_cast<Type*>(class_object));
    TRY(check_class(derived, "issubclass() arg 1 must be a class"));
    TRY(check_class(class_object, "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    return abstract_is_subclass(derived, class_object);
}

}  // namespace

// type.__instancecheck__ and type.__subclasscheck__.
Fallible<bool> real_is_instance(Object* object, Object* class_object) { return instance_of_class(object, class_object); }
Fallible<bool> real_is_subclass(Object* derived, Object* class_object) {
    return subclass_of_class(derived, class_object);
}

Fallible<bool> is_instance(Object* object, Object* class_or_tuple) {
    if (object->type == class_or_tuple) return true;
    if (Tuple* members = union_args(class_or_tuple)) class_or_tuple = members;
    if (class_or_tuple->type == &type_type) return instance_of_class(object, class_or_tuple);
    if (is_tuple(class_or_tuple)) {
        RecursionGuard guard(" in __instancecheck__");
        if (!guard.ok()) return raised;
        Tuple* tuple = as_tuple(class_or_tuple);
        for (ssize_t i = 0; i < tuple->size; ++i)
            if (TRY(is_instance(object, tuple->items[i]))) return true;
        return false;
    }
    Ref<> check = TRY(lookup_special(class_or_tuple, "__instancecheck__"_name));
    if (!check) return instance_of_class(object, class_or_tuple);
    RecursionGuard guard(" in __instancecheck__");
    if (!guard.ok()) return raised;
    Ref<> verdict = TRY(call(check.get(), object));
    return is_true(verdict.get());
}

Fallible<bool> is_subclass(Object* derived, Object* class_or_tuple) {
    if (Tuple* members = union_args(class_or_tuple)) class_or_tuple = members;
    if (class_or_tuple->type == &type_type) {
        if (derived == class_or_tuple) return true;
        return subclass_of_class(derived, class_or_tuple);
    }
    if (is_tuple(class_or_tuple)) {
        RecursionGuard guard(" in __subclasscheck__");
        if (!guard.ok()) return raised;
        Tuple* tuple = as_tuple(class_or_tuple);
        for (ssize_t i = 0; i < tuple->size; ++i)
            if (TRY(is_subclass(derived, tuple->items[i]))) return true;
        return false;
    }
    Ref<> check = TRY(lookup_special(class_or_tuple, "__subclasscheck__"_name));
    if (!check) return subclass_of_class(derived, class_or_tuple);
    RecursionGuard guard(" in __subclasscheck__");
    if (!guard.ok()) return raised;
    Ref<> verdict = TRY(call(check.get(), derived));
    return is_true(verdict.get());
}

}  // namespace py
