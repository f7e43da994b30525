// The directives of printf-style formatting, shared by str % and bytes %: parsing and number conversion.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/codec.h"

namespace py {

struct PercentSpec {
    bool left = false, plus = false, blank = false, alternate = false, zero = false;
    ssize_t width = -1, precision = -1;
    uint32_t conversion = 0;
    bool behind_digits = false;  // of a width or precision
    Ref<> key_value;  // the value of a %(key) directive
    // Does the layout leave a decimal number as it is?
    bool is_bare() const { return width < 0 && precision < 0 && !plus && !blank; }
};

// The right operand: a tuple's items one after the other, a single object, or a mapping for %(key) directives.
class PercentArguments {
  public:
    // `mapping_excluded`: the operand may not serve as a mapping (str, and bytes for bytes %).
    PercentArguments(Object* operand, bool mapping_excluded);
    Fallible<Object*> next();     // borrowed; TypeError when there are not enough
    Fallible<Object*> mapping();  // borrowed; TypeError "format requires a mapping"
    bool all_used() const { return keyed_ || mapping_ || used_ >= (count_ < 0 ? 1 : count_); }
    void set_keyed() { keyed_ = true; }

  private:
    Object* operand_;
    Object* mapping_;
    ssize_t count_, used_ = 0;
    bool keyed_ = false;
};

// Text of %d %i %u %o %x %X without layout (sign kept; digits padded to the precision).
Fallible<Ref<Str>> percent_integer(Object* value, const PercentSpec& spec);
// Text of %e %f %g … without layout.
Fallible<Ref<Str>> percent_float(Object* value, const PercentSpec& spec, bool bytes_message);
inline bool is_integer_conversion(uint32_t c) {
    return c == 'd' || c == 'i' || c == 'u' || c == 'o' || c == 'x' || c == 'X';
}
inline bool is_float_conversion(uint32_t c) {
    return c == 'e' || c == 'E' || c == 'f' || c == 'F' || c == 'g' || c == 'G';
}

// Where sign, prefix, fill and digits of a number go.
struct NumberLayout {
    char sign = 0;
    ssize_t start = 0;    // where the digits begin in the text, behind sign and prefix
    bool prefix = false;  // text[start-2, start) is 0x or 0o
    ssize_t missing = 0;  // fill characters
};
NumberLayout layout_number(const Str* text, const PercentSpec& spec);

Fallible<ssize_t> star_value(PercentArguments& arguments, bool is_precision);
Raised raise_incomplete();
Raised raise_incomplete_key();
Raised raise_too_big(const char* what);

// A number behind width or precision position, or '*'; `precision` is the precision's name in messages, null for a width.
template <class At>
Fallible<ssize_t> parse_count(At at, ssize_t length, ssize_t* position, PercentArguments& arguments,
                              const char* precision) {
    ssize_t i = *position;
    if (i < length && at(i) == '*') {
        *position = i + 1;
        return star_value(arguments, precision != nullptr);
    }
    ssize_t value = 0;
    for (; i < length && at(i) >= '0' && at(i) <= '9'; ++i) {
        ssize_t digit = ssize_t(at(i) - '0');
        if (value > ((precision ? ssize_t(INT32_MAX) : ssize_t(PTRDIFF_MAX)) - digit) / 10)
            return raise_too_big(precision ? precision : "width");
        value = value * 10 + digit;
    }
    *position = i;
    return value;
}

// Parses behind the '%'. At: uint32_t(ssize_t). Key: Fallible<Ref<>>(ssize_t start, ssize_t end). `precision`: what messages call it.
template <class At, class Key>
Fallible<PercentSpec> parse_percent(At at, ssize_t length, ssize_t* position, PercentArguments& arguments,
                                    Key make_key, const char* precision) {
    PercentSpec spec;
    ssize_t i = *position;
    if (i == length) return raise_incomplete();
    if (at(i) == 's' || at(i) == 'd') {  // FAST: the most frequent ones, without anything in front
        spec.conversion = at(i);
        *position = i + 1;
        return spec;
    }
    if (at(i) == '(') {
        Object* mapping = TRY(arguments.mapping());
        ssize_t start = ++i, depth = 1;
        for (; depth > 0 && i < length; ++i)
            depth += at(i) == ')' ? -1 : at(i) == '(' ? 1 : 0;
        if (depth > 0) return raise_incomplete_key();
        Ref<> key = TRY(make_key(start, i - 1));
        spec.key_value = TRY(get_item(mapping, key.get()));
        arguments.set_keyed();
    }
    for (; i < length; ++i) {
        uint32_t c = at(i);
        bool* flag = c == '-'   ? &spec.left
                     : c == '+' ? &spec.plus
                     : c == ' ' ? &spec.blank
                     : c == '#' ? &spec.alternate
                     : c == '0' ? &spec.zero
                                : nullptr;
        if (!flag) break;
        *flag = true;
    }
    ssize_t counts = i;
    if (i < length && (at(i) == '*' || (at(i) >= '0' && at(i) <= '9'))) {
        spec.width = TRY(parse_count(at, length, &i, arguments, nullptr));
        if (spec.width < 0) spec.left = true, spec.width = -spec.width;
    }
    if (i < length && at(i) == '.') {
        ++i;
        spec.precision = TRY(parse_count(at, length, &i, arguments, precision));
        if (spec.precision < 0) spec.precision = 0;
    }
    if (i < length && (at(i) == 'h' || at(i) == 'l' || at(i) == 'L')) ++i;
    if (i == length) return raise_incomplete();
    spec.conversion = at(i);
    spec.behind_digits = i > counts && at(i - 1) >= '0' && at(i - 1) <= '9';
    *position = i + 1;
    return spec;
}

}  // namespace py
