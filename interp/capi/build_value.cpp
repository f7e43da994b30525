// Py_BuildValue: Python values made of C ones as a format says.
#include "interp/capi/build_value.h"

#include <cstring>
#include <cwchar>

#include "interp/capi/export.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

namespace {

// va_list as a class member can be handed on by reference; as a function's parameter it is a pointer.
struct Values {
    const char* format;
    va_list list;
};

// Units up to `end` at this nesting level; -1 where a bracket is missing.
ssize_t count_units(const char* p, char end) {
    ssize_t count = 0;
    int level = 0;
    for (; level > 0 || *p != end; ++p) {
        switch (*p) {
            case 0: return -1;
            case '(':
            case '[':
            case '{':
                if (level++ == 0) ++count;
                break;
            case ')':
            case ']':
            case '}': --level; break;
            case '#':
            case '&':
            case ',':
            case ':':
            case ' ':
            case '\t': break;
            default:
                if (level == 0) ++count;
        }
    }
    return count;
}

Fallible<Ref<>> build_one(Values& v);

Fallible<void> expect(Values& v, char end) {
    while (*v.format == ',' || *v.format == ' ' || *v.format == '\t')
        ++v.format;
    if (*v.format != end) return raise(exc::SystemError, "Unmatched paren in format");
    if (end) ++v.format;
    return {};
}
Fallible<Ref<>> build_tuple(Values& v, char end, ssize_t count) {
    if (count < 0) return raise(exc::SystemError, "unmatched paren in format");
    Ref<Tuple> tuple = TRY(tuple_new(count));
    for (ssize_t i = 0; i < count; ++i)
        tuple->items[i] = TRY(build_one(v))
    .release();
    TRY(expect(v, end));
    return tuple;
}
Fallible<Ref<>> build_list(Values& v, ssize_t count) {
    if (count < 0) return raise(exc::SystemError, "unmatched paren in format");
    Ref<List> list = TRY(list_new(count));
    for (ssize_t i = 0; i < count; ++i)
        list->items[i] = TRY(build_one(v))
    .release();
    TRY(expect(v, ']'));
    return list;
}
Fallible<Ref<>> build_dict(Values& v, ssize_t count) {
    if (count < 0) return raise(exc::SystemError, "unmatched paren in format");
    if (count % 2) return raise(exc::SystemError, "Bad dict format");
    Ref<Dict> dict = TRY(dict_new());
    for (ssize_t i = 0; i < count; i += 2) {
        Ref<> key = TRY(build_one(v));
        Ref<> value = TRY(build_one(v));
        TRY(dict_set(dict.get(), key.get(), value.get()));
    }
    TRY(expect(v, '}'));
    return dict;
}
// A length given with `#`, or -1.
ssize_t given_length(Values& v) {
    if (*v.format != '#') return -1;
    ++v.format;
    return va_arg(v.list, ssize_t);
}
Fallible<Ref<>> build_text(Values& v, bool as_bytes) {
    const char* text = va_arg(v.list, const char*);
    ssize_t length = given_length(v);
    if (!text) return share(none());
    std::string_view view(text, length < 0 ? strlen(text) : size_t(length));
    if (as_bytes) return bytes_from(view);
    return str_from_utf8(view);
}
Fallible<Ref<>> build_object(Values& v, bool steal_reference) {
    if (*v.format == '&') {
        ++v.format;
        using Converter = Object* (*)(void*);
        Converter convert = va_arg(v.list, Converter);
        return Fallible<Ref<>>::from_slot(convert(va_arg(v.list, void*)));
    }
    Object* object = va_arg(v.list, Object*);
    if (!object) {
        if (!error_occurred()) return raise(exc::SystemError, "NULL object passed to Py_BuildValue");
        return raised;
    }
    if (!steal_reference) incref(object);
    return steal(object);
}

Fallible<Ref<>> build_one(Values& v) {
    while (true) {
        char unit = *v.format++;
        switch (unit) {
            case '(': return build_tuple(v, ')', count_units(v.format, ')'));
            case '[': return build_list(v, count_units(v.format, ']'));
            case '{': return build_dict(v, count_units(v.format, '}'));
            case 'b':
            case 'B':
            case 'h':
            case 'i': return int_from(va_arg(v.list, int));
            case 'H': return int_from(va_arg(v.list, int));
            case 'I': return int_from(va_arg(v.list, unsigned));
            case 'p': return bool_from(va_arg(v.list, int) != 0);
            case 'l': return int_from(va_arg(v.list, long));
            case 'k': return int_from_unsigned(va_arg(v.list, unsigned long));
            case 'n': return int_from(va_arg(v.list, ssize_t));
            case 'L': return int_from(va_arg(v.list, long long));
            case 'K': return int_from_unsigned(va_arg(v.list, unsigned long long));
            case 'f':
            case 'd': return float_from(va_arg(v.list, double));
            case 'D': {
                const double* parts = va_arg(v.list, const double*);
                return complex_from(parts[0], parts[1]);
            }
            case 'c': {
                char byte = char(va_arg(v.list, int));
                return bytes_from({&byte, 1});
            }
            case 'C': return str_from_char(uint32_t(va_arg(v.list, int)));
            case 's':
            case 'z':
            case 'U': return build_text(v, false);
            case 'y': return build_text(v, true);
            case 'u': {
                const wchar_t* text = va_arg(v.list, const wchar_t*);
                ssize_t length = given_length(v);
                if (!text) return share(none());
                return str_from_kind(4, text, length < 0 ? ssize_t(wcslen(text)) : length);
            }
            case 'O':
            case 'S': return build_object(v, false);
            case 'N': return build_object(v, true);
            case ',':
            case ':':
            case ' ':
            case '\t': break;
            default: return raise(exc::SystemError, "bad format char passed to Py_BuildValue");
        }
    }
}

}  // namespace

Fallible<Ref<>> build_value(const char* format, va_list& values) {
    ssize_t count = count_units(format, 0);
    if (count < 0) return raise(exc::SystemError, "unmatched paren in format");
    if (count == 0) return share(none());
    Values v{format, {}};
    va_copy(v.list, values);
    Fallible<Ref<>> result = count == 1 ? build_one(v) : build_tuple(v, 0, count);
    va_end(v.list);
    return result;
}

#define BUILD_VALUE(name)                                     \
    API Object* name(const char* format, ...) {               \
        va_list values;                                       \
        va_start(values, format);                             \
        Fallible<Ref<>> result = build_value(format, values); \
        va_end(values);                                       \
        return result.release();                              \
    }
BUILD_VALUE(Py_BuildValue)
BUILD_VALUE(_Py_BuildValue_SizeT)
#undef BUILD_VALUE
API Object* Py_VaBuildValue(const char* format, va_list values) {
    va_list copy;
    va_copy(copy, values);
    Fallible<Ref<>> result = build_value(format, copy);
    va_end(copy);
    return result.release();
}

}  // namespace py
