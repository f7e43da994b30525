// PyArg_Parse*, PyArg_UnpackTuple: arguments taken apart as a format says.
#include <cctype>
#include <cstdarg>
#include <cstring>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"

namespace py {

namespace {

// What a failure later in the format must undo: memory, buffers, converters that asked for it.
struct Undo {
    enum Kind { kMemory, kBuffer, kConverter } kind;
    void* target;
    int (*converter)(Object*, void*);
};
struct Parser {
    const char* format;
    va_list values;
    const char* function = nullptr;  // behind ":", may end with ";"
    const char* message = nullptr;   // behind ";"
    Undo undo[32];
    int undo_count = 0;

    void remember(Undo::Kind kind, void* target, int (*converter)(Object*, void*) = nullptr) {
        CHECK(undo_count < 32);
        undo[undo_count++] = {kind, target, converter};
    }
    void roll_back() {
        while (undo_count > 0) {
            Undo& each = undo[--undo_count];
            if (each.kind == Undo::kMemory)
                deallocate(*static_cast<void**>(each.target));
            else if (each.kind == Undo::kBuffer)
                buffer_release(static_cast<Buffer*>(each.target));
            else
                each.converter(nullptr, each.target);
        }
    }
};

Fallible<void> type_problem(Parser& p, int position, const char* expected, Object* given) {
    const char* got = is_none(given) ? "None" : given->type->name;
    if (p.message) return raise(exc::TypeError, "%s", p.message);
    if (p.function)
        return raise(exc::TypeError, "%.200s() argument %d must be %s, not %.50s", p.function, position, expected, got);
    return raise(exc::TypeError, "argument %d must be %s, not %.50s", position, expected, got);
}

// The smaller integers are checked against their range; the unsigned ones of the formats B H I k K are not.
Fallible<int64_t> ranged(Object* object, int64_t low, int64_t high, const char* c_type) {
    Ref<Int> value = TRY(index(object));
    int overflow;
    int64_t number = as_int64_clamped(value.get(), &overflow);
    if (overflow > 0 || number > high) return raise(exc::OverflowError, "%s is greater than maximum", c_type);
    if (overflow < 0 || number < low) return raise(exc::OverflowError, "%s is less than minimum", c_type);
    return number;
}
template <class T>
void store(Parser& p, T value) {
    *va_arg(p.values, T*) = value;
}
Fallible<void> parse_integer(Parser& p, char unit, Object* object) {
    switch (unit) {
        case 'b':
            store<unsigned char>(p, static_cast<unsigned char>(TRY(ranged(object, 0, 255, "unsigned byte integer"))));
            break;
        case 'h': store<short>(p, short(TRY(ranged(object, -32768, 32767, "signed short integer")))); break;
        case 'i': store<int>(p, TRY(as_parsed_int(object))); break;
        case 'l':
        case 'L': {
            Ref<Int> value = TRY(index(object));
            int overflow;
            int64_t number = as_int64_clamped(value.get(), &overflow);
            if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
            store<long>(p, number);
            break;
        }
        case 'n': {
            Ref<Int> value = TRY(index(object));
            store<ssize_t>(p, TRY(as_ssize(value.get())));
            break;
        }
        default: {
            Ref<Int> value = TRY(index(object));
            uint64_t bits = as_uint64_masked(value.get());
            if (unit == 'B')
                store<unsigned char>(p, static_cast<unsigned char>(bits));
            else if (unit == 'H')
                store<unsigned short>(p, static_cast<unsigned short>(bits));
            else if (unit == 'I')
                store<unsigned>(p, unsigned(bits));
            else
                store<unsigned long>(p, bits);
        }
    }
    return {};
}
// s z y with * # or nothing behind.
Fallible<void> parse_text(Parser& p, char unit, Object* object, int position) {
    char suffix = *p.format == '*' || *p.format == '#' ? *p.format++ : 0;
    bool none_allowed = unit == 'z', text_allowed = unit != 'y';
    if (suffix == '*') {
        auto* buffer = va_arg(p.values, Buffer*);
        if (none_allowed && is_none(object)) {
            buffer_fill(buffer, nullptr, nullptr, 0, true, 0);
        } else if (text_allowed && is_str(object)) {
            std::string_view view = TRY(str_utf8(as_str(object)));
            TRY(Fallible<void>::from_slot(
                buffer_fill(buffer, object, const_cast<char*>(view.data()), ssize_t(view.size()), true, 0)));
        } else {
            if (!has_buffer(object))
                return type_problem(p, position, text_allowed ? "str or bytes-like object" : "a bytes-like object",
                                    object);
            TRY(buffer_get(object, buffer, kBufferSimple));
            if (!buffer_is_contiguous(*buffer, 'C')) {
                buffer_release(buffer);
                return type_problem(p, position, "contiguous buffer", object);
            }
        }
        p.remember(Undo::kBuffer, buffer);
        return {};
    }
    auto** out = va_arg(p.values, const char**);
    auto* size = suffix ? va_arg(p.values, ssize_t*) : nullptr;
    std::string_view view;
    if (none_allowed && is_none(object)) {
        *out = nullptr;
        if (size) *size = 0;
        return {};
    }
    if (text_allowed && is_str(object))
        view = TRY(str_utf8(as_str(object)));
    else if ((!text_allowed || size) && is_bytes(object))
        view = as_bytes(object)->view();
    else
        return type_problem(p, position, !text_allowed ? "bytes" : none_allowed ? "str or None" : "str", object);
    if (!size && memchr(view.data(), 0, view.size()))
        return raise(exc::ValueError, text_allowed ? "embedded null character" : "embedded null byte");
    *out = view.data();
    if (size) *size = ssize_t(view.size());
    return {};
}
Fallible<void> parse_encoded(Parser& p, Object* object, int position) {
    bool bytes_as_they_are = *p.format++ == 't';
    bool sized = *p.format == '#';
    if (sized) ++p.format;
    const char* encoding = va_arg(p.values, const char*);
    char** out = va_arg(p.values, char**);
    ssize_t* size = sized ? va_arg(p.values, ssize_t*) : nullptr;
    Ref<Bytes> bytes;
    if (bytes_as_they_are && is_bytes(object))
        bytes = share(as_bytes(object));
    else if (is_str(object))
        bytes = TRY(str_encode(as_str(object), encoding ? encoding : "utf-8", nullptr));
    else
        return type_problem(p, position, bytes_as_they_are ? "str, bytes or bytearray" : "str", object);
    if (!size && memchr(bytes->data, 0, size_t(bytes->size))) return raise(exc::ValueError, "embedded null byte");
    if (size && *out) {
        if (*size < bytes->size + 1)
            return raise(exc::ValueError, "encoded string too long (%zd, maximum length %zd)", bytes->size, *size - 1);
        memcpy(*out, bytes->data, size_t(bytes->size) + 1);
        *size = bytes->size;
        return {};
    }
    *out = static_cast<char*>(allocate(size_t(bytes->size) + 1));
    if (!*out) return raise_memory_error();
    memcpy(*out, bytes->data, size_t(bytes->size) + 1);
    if (size) *size = bytes->size;
    p.remember(Undo::kMemory, out);
    return {};
}
Fallible<void> parse_object(Parser& p, Object* object, int position) {
    if (*p.format == '!') {
        ++p.format;
        Type* type = va_arg(p.values, Type*);
        Object** out = va_arg(p.values, Object**);
        if (!is_instance_of(object, *type)) return type_problem(p, position, type->name, object);
        *out = object;
    } else if (*p.format == '&') {
        ++p.format;
        using Converter = int (*)(Object*, void*);
        Converter convert = va_arg(p.values, Converter);
        void* target = va_arg(p.values, void*);
        int status = convert(object, target);
        if (!status)
            return error_occurred() ? Fallible<void>(raised) : type_problem(p, position, "(unspecified)", object);
        if (status == 0x20000) p.remember(Undo::kConverter, target, convert);  // Py_CLEANUP_SUPPORTED
    } else {
        *va_arg(p.values, Object**) = object;
    }
    return {};
}
Fallible<void> parse_exact(Parser& p, Object* object, int position, bool fits, const char* expected) {
    Object** out = va_arg(p.values, Object**);
    if (!fits) return type_problem(p, position, expected, object);
    *out = object;
    return {};
}
Fallible<void> parse_one(Parser& p, Object* object, int position);
Fallible<void> parse_nested(Parser& p, Object* object, int position) {
    if (!is_sequence(object) || is_str(object)) return type_problem(p, position, "sequence", object);
    Ref<> items = TRY(fast_sequence(object, "must be a sequence"));
    ssize_t index = 0, size = fast_sequence_size(items.get());
    for (; *p.format && *p.format != ')'; ++index) {
        if (index >= size) break;
        TRY(parse_one(p, fast_sequence_items(items.get())[index], position));
    }
    if (*p.format != ')' || index != size)
        return raise(exc::TypeError, "%.200s%s argument %d must be a sequence of another length",
                     p.function ? p.function : "", p.function ? "()" : "", position);
    ++p.format;
    return {};
}
// The unit at p.format, with the object given for it.
Fallible<void> parse_one(Parser& p, Object* object, int position) {
    char unit = *p.format++;
    switch (unit) {
        case 'b':
        case 'B':
        case 'h':
        case 'H':
        case 'i':
        case 'I':
        case 'l':
        case 'k':
        case 'L':
        case 'K':
        case 'n': return parse_integer(p, unit, object);
        case 'f': store<float>(p, float(TRY(as_double(object)))); return {};
        case 'd': store<double>(p, TRY(as_double(object))); return {};
        case 'D': {
            double* out = va_arg(p.values, double*);
            Complex value{};
            if (is_complex(object))
                value = *static_cast<Complex*>(object);
            else
                value.real = TRY(as_double(object));
            out[0] = value.real;
            out[1] = value.imaginary;
            return {};
        }
        case 'p': store<int>(p, TRY(is_true(object))); return {};
        case 'c': {
            if (is_bytes(object) && as_bytes(object)->size == 1)
                store<char>(p, as_bytes(object)->data[0]);
            else
                return type_problem(p, position, "a byte string of length 1", object);
            return {};
        }
        case 'C':
            if (!is_str(object) || as_str(object)->length != 1)
                return type_problem(p, position, "a unicode character", object);
            store<int>(p, int(as_str(object)->at(0)));
            return {};
        case 's':
        case 'z':
        case 'y': return parse_text(p, unit, object, position);
        case 'e': return parse_encoded(p, object, position);
        case 'w': {
            ++p.format;  // '*'
            auto* buffer = va_arg(p.values, Buffer*);
            if (!has_buffer(object) || !buffer_get(object, buffer, kBufferWritable).ok()) {
                clear_error();
                return type_problem(p, position, "read-write bytes-like object", object);
            }
            p.remember(Undo::kBuffer, buffer);
            return {};
        }
        case 'O': return parse_object(p, object, position);
        case 'S': return parse_exact(p, object, position, is_bytes(object), "bytes");
        case 'U': return parse_exact(p, object, position, is_str(object), "str");
        case 'Y': return parse_exact(p, object, position, is_bytearray(object), "bytearray");
        case '(': return parse_nested(p, object, position);
        default: return raise(exc::SystemError, "bad format char passed to PyArg_Parse");
    }
}
// Passes over the unit and the pointers given for it: its argument was left out.
void skip_one(Parser& p) {
    char unit = *p.format++;
    int pointers = 1;
    if (unit == '(') {
        while (*p.format && *p.format != ')')
            skip_one(p);
        if (*p.format) ++p.format;
        return;
    }
    if (unit == 'e') {
        ++p.format;
        pointers = 2;
    }
    if (*p.format == '#')
        ++p.format, ++pointers;
    else if (*p.format == '*')
        ++p.format;
    else if (*p.format == '!' || *p.format == '&')
        ++p.format, ++pointers;
    for (int i = 0; i < pointers; ++i)
        (void)va_arg(p.values, void*);
}

struct Shape {
    int minimum = 0, maximum = 0, positional = 0;  // positional: how many may be given without keyword
};
Shape shape_of(Parser& p, const char* format) {
    Shape shape;
    int minimum = -1, positional = -1, level = 0;
    for (const char* f = format; *f; ++f) {
        if (*f == ':') {
            p.function = f + 1;
            break;
        }
        if (*f == ';') {
            p.message = f + 1;
            break;
        }
        if (*f == '(') {
            if (level++ == 0) ++shape.maximum;
            continue;
        }
        if (*f == ')') {
            --level;
            continue;
        }
        if (level) continue;
        if (*f == '|')
            minimum = shape.maximum;
        else if (*f == '$')
            positional = shape.maximum;
        else if (*f == 'e')
            ++shape.maximum, ++f;
        else if (isalpha(static_cast<unsigned char>(*f)))
            ++shape.maximum;
    }
    shape.minimum = minimum < 0 ? shape.maximum : minimum;
    shape.positional = positional < 0 ? shape.maximum : positional;
    return shape;
}
const char* plural(int count) {
    return count == 1 ? "" : "s";
}
Fallible<void> count_problem(const Parser& p, const Shape& shape, ssize_t given) {
    if (p.message) return raise(exc::TypeError, "%s", p.message);
    bool exact = shape.minimum == shape.maximum;
    int wanted = given < shape.minimum ? shape.minimum : shape.maximum;
    return raise(exc::TypeError, "%.150s%s takes %s %d argument%s (%zd given)", p.function ? p.function : "function",
                 p.function ? "()" : "",
                 exact                   ? "exactly"
                 : given < shape.minimum ? "at least"
                                         : "at most",
                 wanted, plural(wanted), given);
}
Fallible<void> parse_positional(Parser& p, const Shape& shape, Object* const* items, ssize_t count) {
    if (count < shape.minimum || count > shape.maximum) return count_problem(p, shape, count);
    for (ssize_t i = 0; i < count; ++i) {
        while (*p.format == '|')
            ++p.format;
        TRY(parse_one(p, items[i], int(i + 1)));
    }
    return {};
}
int run_positional(Object* const* items, ssize_t count, const char* format, va_list values) {
    Parser p;
    p.format = format;
    va_copy(p.values, values);
    Shape shape = shape_of(p, format);
    Fallible<void> done = parse_positional(p, shape, items, count);
    if (!done.ok()) p.roll_back();
    va_end(p.values);
    return done.ok();
}
int run_tuple(Object* args, const char* format, va_list values) {
    if (!args || !is_tuple(args)) {
        (void)raise(exc::SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    return run_positional(as_tuple(args)->items, as_tuple(args)->size, format, values);
}

Fallible<void> parse_keywords(Parser& p, const Shape& shape, Tuple* args, Dict* kwargs, const char* const* names) {
    const char* function = p.function ? p.function : "function";
    const char* brackets = p.function ? "()" : "";
    ssize_t given = args->size + (kwargs ? kwargs->used : 0);
    if (given > shape.maximum)
        return raise(exc::TypeError, "%.200s%s takes %s %d %sargument%s (%zd given)", function, brackets,
                     shape.minimum == shape.maximum ? "exactly" : "at most", shape.maximum,
                     args->size ? "" : "keyword ", plural(shape.maximum), given);
    if (args->size > shape.positional)
        return raise(exc::TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", function, brackets,
                     shape.positional < shape.minimum ? "exactly" : "at most", shape.positional,
                     plural(shape.positional), args->size);
    ssize_t used = 0;
    for (int i = 0; i < shape.maximum; ++i) {
        while (*p.format == '|' || *p.format == '$')
            ++p.format;
        Ref<> found;
        if (i < args->size) found = share(args->items[i]);
        if (kwargs && names[i][0]) {
            Ref<Str> name = TRY(str_from_utf8(names[i]));
            Ref<> keyword = TRY(dict_get(kwargs, name.get()));
            if (keyword && found)
                return raise(exc::TypeError, "argument for %.200s%s given by name ('%s') and position (%d)", function,
                             brackets, names[i], i + 1);
            if (keyword) {
                ++used;
                found = std::move(keyword);
            }
        }
        if (found) {
            TRY(parse_one(p, found.get(), i + 1));
        } else if (i < shape.minimum) {
            if (!names[i][0]) return count_problem(p, shape, args->size);
            return raise(exc::TypeError, "%.200s%s missing required argument '%s' (pos %d)", function, brackets,
                         names[i], i + 1);
        } else {
            skip_one(p);
        }
    }
    if (!kwargs || used == kwargs->used) return {};
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(kwargs, &position, &key, &value)) {
        if (!is_str(key)) return raise(exc::TypeError, "keywords must be strings");
        bool known = false;
        for (int i = 0; i < shape.maximum && !known; ++i)
            known = names[i][0] && str_equals(as_str(key), names[i]);
        if (!known)
            return raise(exc::TypeError, "'%U' is an invalid keyword argument for %.200s%s", key,
                         p.function ? p.function : "this function", brackets);
    }
    return {};
}
int run_keywords(Object* args, Object* kwargs, const char* format, const char* const* names, va_list values) {
    if (!args || !is_tuple(args) || (kwargs && !is_dict(kwargs)) || !format || !names) {
        (void)raise(exc::SystemError, "bad argument to internal function");
        return 0;
    }
    Parser p;
    p.format = format;
    va_copy(p.values, values);
    Shape shape = shape_of(p, format);
    Fallible<void> done = parse_keywords(p, shape, as_tuple(args), static_cast<Dict*>(kwargs), names);
    if (!done.ok()) p.roll_back();
    va_end(p.values);
    return done.ok();
}

}  // namespace

#define PARSE_TUPLE(name)                                 \
    API int name(Object* args, const char* format, ...) { \
        va_list values;                                   \
        va_start(values, format);                         \
        int parsed = run_tuple(args, format, values);     \
        va_end(values);                                   \
        return parsed;                                    \
    }
PARSE_TUPLE(PyArg_ParseTuple)
PARSE_TUPLE(_PyArg_ParseTuple_SizeT)
#undef PARSE_TUPLE
#define PARSE_KEYWORDS(name)                                                                        \
    API int name(Object* args, Object* kwargs, const char* format, const char* const* names, ...) { \
        va_list values;                                                                             \
        va_start(values, names);                                                                    \
        int parsed = run_keywords(args, kwargs, format, names, values);                             \
        va_end(values);                                                                             \
        return parsed;                                                                              \
    }
PARSE_KEYWORDS(PyArg_ParseTupleAndKeywords)
PARSE_KEYWORDS(_PyArg_ParseTupleAndKeywords_SizeT)
#undef PARSE_KEYWORDS
#define PARSE_LIST(name)                                             \
    API int name(Object* args, const char* format, va_list values) { \
        return run_tuple(args, format, values);                      \
    }
PARSE_LIST(PyArg_VaParse)
PARSE_LIST(_PyArg_VaParse_SizeT)
#undef PARSE_LIST
#define PARSE_KEYWORDS_LIST(name)                                                                              \
    API int name(Object* args, Object* kwargs, const char* format, const char* const* names, va_list values) { \
        return run_keywords(args, kwargs, format, names, values);                                              \
    }
PARSE_KEYWORDS_LIST(PyArg_VaParseTupleAndKeywords)
PARSE_KEYWORDS_LIST(_PyArg_VaParseTupleAndKeywords_SizeT)
#undef PARSE_KEYWORDS_LIST
#define PARSE_OBJECT(name)                                                                                            \
    API int name(Object* object, const char* format, ...) {                                                           \
        va_list values;                                                                                               \
        va_start(values, format);                                                                                     \
        int parsed = *format == '(' ? run_tuple(object, format, values) : run_positional(&object, 1, format, values); \
        va_end(values);                                                                                               \
        return parsed;                                                                                                \
    }
PARSE_OBJECT(PyArg_Parse)
PARSE_OBJECT(_PyArg_Parse_SizeT)
#undef PARSE_OBJECT

API int PyArg_UnpackTuple(Object* args, const char* name, ssize_t minimum, ssize_t maximum, ...) {
    if (!args || !is_tuple(args)) {
        (void)raise(exc::SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    Tuple* tuple = as_tuple(args);
    if (!check_positional(name ? name : "unpacked tuple", tuple->size, minimum, maximum).ok()) return 0;
    va_list values;
    va_start(values, maximum);
    for (ssize_t i = 0; i < tuple->size; ++i)
        *va_arg(values, Object**) = tuple->items[i];
    va_end(values);
    return 1;
}
API int PyArg_ValidateKeywordArguments(Object* kwargs) {
    return check_keywords_are_str(kwargs).ok();
}

}  // namespace py
