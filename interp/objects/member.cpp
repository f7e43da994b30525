// Fields of C structs as Python attributes: the MemberDef kinds.
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {
namespace {

template <class T>
T load(const char* address) {
    T value;
    std::memcpy(&value, address, sizeof(T));
    return value;
}
template <class T>
void store(char* address, T value) {
    std::memcpy(address, &value, sizeof(T));
}

// Integers wider than the field are cut with a RuntimeWarning.
template <class T>
Fallible<void> store_integer(char* address, Object* value, const char* type_name) {
    int64_t wide = TRY(as_int64(value));
    store<T>(address, T(wide));
    if (int64_t(T(wide)) != wide) return warn(exc::RuntimeWarning, 1, "Truncation of value to %s", type_name);
    return {};
}
template <class T>
Fallible<void> store_unsigned(char* address, Object* value) {
    Ref<Int> number = TRY(index(value));
    if (int_sign(number.get()) < 0) {
        store<T>(address, T(TRY(as_int64(number.get()))));
        return warn(exc::RuntimeWarning, 1, "Writing negative value into unsigned field");
    }
    store<T>(address, T(TRY(as_uint64(number.get()))));
    return {};
}

Fallible<void> store_value(char* address, const MemberDef* definition, Object* value) {
    switch (definition->type) {
        case kBool:
            if (!is_bool(value)) return raise(exc::TypeError, "attribute value type must be bool");
            *address = value == py_true();
            return {};
        case kByte: return store_integer<signed char>(address, value, "char");
        case kUByte: return store_integer<unsigned char>(address, value, "unsigned char");
        case kShort: return store_integer<short>(address, value, "short");
        case kUShort: return store_integer<unsigned short>(address, value, "unsigned short");
        case kInt: return store_integer<int>(address, value, "int");
        case kUInt: return store_unsigned<unsigned>(address, value);
        case kLong:
        case kLongLong: store<int64_t>(address, TRY(as_int64(value))); return {};
        case kULong:
        case kULongLong: return store_unsigned<uint64_t>(address, value);
        case kSsize: store<ssize_t>(address, TRY(as_ssize(value))); return {};
        case kFloat: store<float>(address, float(TRY(as_double(value)))); return {};
        case kDouble: store<double>(address, TRY(as_double(value))); return {};
        case kChar:
            if (!is_str(value) || as_str(value)->length != 1 || !as_str(value)->ascii) return raise(exc::TypeError, "bad argument type for built-in operation");
            *address = char(as_str(value)->at(0));
            return {};
        case kString:
        case kStringInplace: return raise(exc::TypeError, "readonly attribute");
        default: return raise(exc::SystemError, "bad memberdescr type for %s", definition->name);
    }
}

}  // namespace

Fallible<Ref<>> member_get(const char* object, const MemberDef* definition) {
    const char* address = object + definition->offset;
    switch (definition->type) {
        case kBool: return bool_from(*address);
        case kByte: return int_from(load<signed char>(address));
        case kUByte: return int_from(load<unsigned char>(address));
        case kShort: return int_from(load<short>(address));
        case kUShort: return int_from(load<unsigned short>(address));
        case kInt: return int_from(load<int>(address));
        case kUInt: return int_from_unsigned(load<unsigned>(address));
        case kLong:
        case kLongLong:
        case kSsize: return int_from(load<int64_t>(address));
        case kULong:
        case kULongLong: return int_from_unsigned(load<uint64_t>(address));
        case kFloat: return float_from(double(load<float>(address)));
        case kDouble: return float_from(load<double>(address));
        case kString: {
            const char* text = load<const char*>(address);
            if (!text) return share(none());
            return str_from_utf8(text);
        }
        case kStringInplace: return str_from_utf8(address);
        case kChar: return str_from_utf8({address, 1});
        case kObjectOrNone: {
            Object* value = load<Object*>(address);
            return share(value ? value : none());
        }
        case kObject: {
            Object* value = load<Object*>(address);
            if (value) return share(value);
            Object* self = reinterpret_cast<Object*>(const_cast<char*>(object));
            return raise(exc::AttributeError, "'%.200s' object has no attribute '%s'", self->type->name, definition->name);
        }
        case kMemberNone: return share(none());
        default: return raise(exc::SystemError, "bad memberdescr type for %s", definition->name);
    }
}

Fallible<void> member_set(char* object, const MemberDef* definition, Object* value) {
    if (definition->flags & kReadOnly) return raise(exc::AttributeError, "readonly attribute");
    char* address = object + definition->offset;
    if (definition->type == kObjectOrNone || definition->type == kObject) {
        Object* old = load<Object*>(address);
        if (!value && !old && definition->type == kObject) return raise(exc::AttributeError, "%s", definition->name);
        xincref(value);
        store<Object*>(address, value);
        xdecref(old);
        return {};
    }
    if (!value) return raise(exc::TypeError, "can't delete numeric/char attribute");
    return store_value(address, definition, value);
}

}  // namespace py
