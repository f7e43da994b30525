// complex: the type, construction from numbers and text, methods. Arithmetic: complex_arithmetic.cpp.
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/complex_internal.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float_internal.h"
#include "interp/objects/format_spec.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/number_text.h"
#include "interp/objects/str.h"

namespace py {

Fallible<Ref<>> complex_from(double real, double imaginary) {
    Ref<Complex> result = steal(static_cast<Complex*>(object_new(&complex_type, sizeof(Complex))));
    if (!result) return raised;
    result->real = real;
    result->imaginary = imaginary;
    return result;
}

namespace {

Complex* as_complex(Object* object) { return static_cast<Complex*>(object); }

Fallible<Ref<>> complex_of_type(Type* type, double real, double imaginary) {
    if (type == &complex_type) return complex_from(real, imaginary);
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    as_complex(result.get())->real = real;
    as_complex(result.get())->imaginary = imaginary;
    return result;
}

// Text: [blanks] [(] real [sign imag j] | imag j | … [)] [blanks].

// Length of the longest number at the start of text: sign, digits, point, exponent, or inf / nan; 0 when there is none.
size_t number_length(std::string_view text) {
    size_t i = 0;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    double ignored;
    for (size_t size : {size_t(8), size_t(3)})
        if (text.size() >= i + size && parse_double(text.substr(i, size), &ignored) && (text[i] | 0x20) >= 'a')
            return i + size;
    auto digits = [&] {
        size_t start = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
        return i - start;
    };
    size_t count = digits();
    if (i < text.size() && text[i] == '.') {
        ++i;
        count += digits();
    }
    if (!count) return 0;
    if (i < text.size() && (text[i] | 0x20) == 'e') {
        size_t mark = i++;
        if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
        if (!digits()) i = mark;
    }
    return i;
}

bool take_number(std::string_view& text, double* value) {
    size_t size = number_length(text);
    if (!size || !parse_double(text.substr(0, size), value)) return false;
    text.remove_prefix(size);
    return true;
}

bool take_unit(std::string_view& text) {
    if (text.empty() || (text[0] | 0x20) != 'j') return false;
    text.remove_prefix(1);
    return true;
}

// A sign alone in front of j means one.
bool take_imaginary(std::string_view& text, double* value) {
    if (take_number(text, value)) return take_unit(text);
    double sign = 1.0;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        sign = text[0] == '-' ? -1.0 : 1.0;
        text.remove_prefix(1);
    }
    *value = sign;
    return take_unit(text);
}

bool parse_complex(std::string_view text, double* real, double* imaginary) {
    text = strip_ascii_blanks(text);
    if (!text.empty() && text.front() == '(') {
        if (text.back() != ')') return false;
        text = strip_ascii_blanks(text.substr(1, text.size() - 2));
    }
    *real = *imaginary = 0.0;
    if (!take_number(text, real)) return take_imaginary(text, imaginary) && text.empty();
    if (text.empty()) return true;
    if (take_unit(text)) {
        *imaginary = *real;
        *real = 0.0;
        return text.empty();
    }
    if (text[0] != '+' && text[0] != '-') return false;
    return take_imaginary(text, imaginary) && text.empty();
}

Fallible<Ref<>> complex_from_text(Type* type, Str* text) {
    Ref<Str> ascii_text = TRY(ascii_number_text(text));
    std::string_view content = ascii_text->ascii_view();
    double real, imaginary;
    bool good;
    size_t zero = content.find('\0');
    if (content.substr(0, zero).find('_') == content.npos) {
        good = parse_complex(content, &real, &imaginary);
    } else {
        auto* copy = static_cast<char*>(std::malloc(content.size()));
        if (!copy) return raise_memory_error();
        ssize_t size = zero == content.npos ? drop_underscores(content, copy) : -1;
        good = size >= 0 && parse_complex({copy, size_t(size)}, &real, &imaginary);
        std::free(copy);
        if (size < 0) return raise(exc::ValueError, "could not convert string to complex: %R", text);
    }
    if (!good) return raise(exc::ValueError, "complex() arg is a malformed string");
    return complex_of_type(type, real, imaginary);
}

}  // namespace

// object.__complex__(), or absent.
Lookup<> try_complex_method(Object* object) {
    if (object->type == &complex_type) return share(object);
    Ref<> method = TRY(lookup_special(object, "__complex__"_name));
    if (!method) return nullptr;
    Ref<> result = TRY(call(method.get()));
    if (is_exact(result.get(), complex_type)) return result;
    if (!is_complex(result.get()))
        return raise(exc::TypeError, "__complex__ returned non-complex (type %.200s)", result->type->name);
    TRY(warn(exc::DeprecationWarning, 1,
             "__complex__ returned non-complex (type %.200s).  The ability to return an instance of a strict subclass of "
             "complex is deprecated, and may not be supported in a future version of Python.",
             result->type->name));
    return result;
}

namespace {

bool has_number_slot(Object* object) {
    NumberMethods* methods = object->type->as_number;
    return methods && (methods->floating || methods->index);
}

// complex(real=0, imag=0)
Fallible<Ref<>> complex_new(Type* type, Object* const* bound) {
    Object *first = bound[0], *second = bound[1];
    if (first && !second && is_exact(first, complex_type) && type == &complex_type) return share(first);
    if (first && is_str(first)) {
        if (second) return raise(exc::TypeError, "complex() can't take second arg if first is a string");
        return complex_from_text(type, as_str(first));
    }
    if (second && is_str(second)) return raise(exc::TypeError, "complex() second arg can't be a string");
    Ref<> kept;
    if (first) {
        kept = TRY(try_complex_method(first));
        if (kept) first = kept.get();
    }
    if (first && !is_complex(first) && !has_number_slot(first))
        return raise(exc::TypeError, "complex() first argument must be a string or a number, not '%.200s'",
                     first->type->name);
    if (second && !is_complex(second) && !has_number_slot(second))
        return raise(exc::TypeError, "complex() second argument must be a number, not '%.200s'", second->type->name);
    // (a + bj) + (c + dj)·j, with the signs of zeros kept where a part was not given.
    double real = 0, imaginary = 0;
    bool first_is_complex = first && is_complex(first);
    if (first_is_complex) {
        real = as_complex(first)->real;
        imaginary = as_complex(first)->imaginary;
    } else if (first) {
        Ref<> number = TRY(number_float(first));
        real = float_value(number.get());
    }
    if (second && is_complex(second)) {
        real -= as_complex(second)->imaginary;
        double part = as_complex(second)->real;
        imaginary = first_is_complex ? imaginary + part : part;
    } else if (second) {
        Ref<> number = TRY(number_float(second));
        imaginary = first_is_complex ? imaginary + float_value(number.get()) : float_value(number.get());
    }
    return complex_of_type(type, real, imaginary);
}

Fallible<Ref<>> complex_repr(Object* self) {
    double real = as_complex(self)->real, imaginary = as_complex(self)->imaginary;
    char text[120];
    char* p = text;
    bool both = real != 0 || std::signbit(real);
    if (both) {
        *p++ = '(';
        p += format_double(real, 'r', 0, 0, p);
    }
    p += format_double(imaginary, 'r', 0, both ? kDoubleSign : 0, p);
    *p++ = 'j';
    if (both) *p++ = ')';
    return TRY(str_from_ascii({text, size_t(p - text)}));
}

Hash complex_hash(Object* self) {
    constexpr size_t kImaginaryFactor = 1000003;
    auto real = size_t(double_hash(as_complex(self)->real, self));
    auto imaginary = size_t(double_hash(as_complex(self)->imaginary, self));
    auto result = Hash(real + kImaginaryFactor * imaginary);
    return result == -1 ? -2 : result;
}

// complex.conjugate()
Fallible<Ref<>> complex_conjugate(Object* self) {
    return complex_from(as_complex(self)->real, -as_complex(self)->imaginary);
}

// complex.__complex__()
Fallible<Ref<>> complex_complex(Object* self) {
    if (is_exact(self, complex_type)) return share(self);
    return complex_from(as_complex(self)->real, as_complex(self)->imaginary);
}

// complex.__getnewargs__()
Fallible<Ref<>> complex_getnewargs(Object* self) {
    Ref<> real = TRY(float_from(as_complex(self)->real));
    Ref<> imaginary = TRY(float_from(as_complex(self)->imaginary));
    return TRY(tuple_pack(real.get(), imaginary.get()));
}

// complex.__format__(format_spec, /)
Fallible<Ref<>> complex_format(Object* self, Object* spec) {
    return TRY(format_complex(self, TRY(format_spec_argument(spec))));
}

MethodDef complex_methods[] = {
    METHOD_NOARGS("conjugate", complex_conjugate, "($self, /)",
                  "The number with the imaginary part negated. (3-4j).conjugate() == 3+4j."),
    METHOD_NOARGS("__complex__", complex_complex, "($self, /)", "The value as an exact complex."),
    METHOD_NOARGS("__getnewargs__", complex_getnewargs, "($self, /)", ""),
    METHOD_O("__format__", complex_format, "($self, format_spec, /)", "Convert to a string according to format_spec."),
    END_ROW,
};

MemberDef complex_members[] = {
    {"real", kDouble, offsetof(Complex, real), kReadOnly, "the real part of a complex number"},
    {"imag", kDouble, offsetof(Complex, imaginary), kReadOnly, "the imaginary part of a complex number"},
    END_ROW,
};

}  // namespace

constinit Type complex_type = static_type({
    .name = "complex",
    .basic_size = sizeof(Complex),
    .flags = type_flag::kBase,
    .doc = "complex(real=0, imag=0)\n--\n\nA complex number from a real part and an optional imaginary part, or from text.\n\n"
           "The text has no blanks around the + or - between the parts: '1+2j'.",
    .repr = slot1<complex_repr>,
    .hash = complex_hash,
    .richcompare = complex_richcompare,
    .getattro = generic_getattro_slot,
    .number = &complex_number_methods,
    .methods = complex_methods,
    .members = complex_members,
    .new_ = Bound<complex_new, "complex", "(real=0, imag=0)">::new_,
});

}  // namespace py
