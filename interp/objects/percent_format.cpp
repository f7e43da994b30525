// The parts of printf-style formatting that str and bytes share.
#include "interp/objects/percent_format.h"

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str_kind.h"

namespace py {

PercentArguments::PercentArguments(Object* operand, bool mapping_excluded) : operand_(operand), mapping_(nullptr) {
    count_ = is_tuple(operand) ? as_tuple(operand)->size : -1;
    if (!is_tuple(operand) && !mapping_excluded && is_mapping(operand)) mapping_ = operand;
}
Fallible<Object*> PercentArguments::next() {
    if (count_ < 0) {
        if (!keyed_ && used_++ == 0) return operand_;
        return raise(exc::TypeError, "not enough arguments for format string");
    }
    if (used_ < count_) return as_tuple(operand_)->items[used_++];
    return raise(exc::TypeError, "not enough arguments for format string");
}
Fallible<Object*> PercentArguments::mapping() {
    if (!mapping_) return raise(exc::TypeError, "format requires a mapping");
    return mapping_;
}

Raised raise_incomplete() {
    return raise(exc::ValueError, "incomplete format");
}
Raised raise_incomplete_key() {
    return raise(exc::ValueError, "incomplete format key");
}
Raised raise_too_big(const char* what) {
    return raise(exc::ValueError, "%s too big", what);
}
Fallible<ssize_t> star_value(PercentArguments& arguments, bool is_precision) {
    Object* value = TRY(arguments.next());
    if (!is_int(value)) return raise(exc::TypeError, "* wants int");
    if (is_precision) return ssize_t(TRY(as_c_int(value)));
    return as_ssize(value);
}

namespace {

Raised raise_number_required(const PercentSpec& spec, Object* value) {
    bool whole = spec.conversion == 'o' || spec.conversion == 'x' || spec.conversion == 'X';
    return raise(exc::TypeError,
                 whole ? "%%%c format: an integer is required, not %.200s"
                       : "%%%c format: a real number is required, not %.200s",
                 int(spec.conversion), value->type->name);
}
Fallible<Ref<Int>> integer_of(Object* value, const PercentSpec& spec) {
    if (is_int(value)) return share(as_int(value));
    if (!is_number(value)) return raise_number_required(spec, value);
    bool whole = spec.conversion == 'o' || spec.conversion == 'x' || spec.conversion == 'X';
    Fallible<Ref<>> converted = whole ? Fallible<Ref<>>(index(value)) : number_int(value);
    if (converted.ok()) return converted.take().cast<Int>();
    if (clear_error_if(exc::TypeError)) return raise_number_required(spec, value);
    return raised;
}

}  // namespace

Fallible<Ref<Str>> percent_integer(Object* value, const PercentSpec& spec) {
    Ref<Int> number = TRY(integer_of(value, spec));
    if (spec.precision > INT32_MAX - 3) return raise(exc::OverflowError, "precision too large");
    int base = spec.conversion == 'o' ? 8 : spec.conversion == 'x' || spec.conversion == 'X' ? 16 : 10;
    Ref<Str> text = TRY(int_to_str(number.get(), base));
    std::string_view digits = text->ascii_view();
    bool negative = digits[0] == '-';
    if (negative) digits.remove_prefix(1);
    bool prefix = spec.alternate && base != 10, upper = spec.conversion == 'X';
    ssize_t zeros = spec.precision > ssize_t(digits.size()) ? spec.precision - ssize_t(digits.size()) : 0;
    if (!prefix && !zeros && !upper) return text;
    StrBuilder out;
    TRY(out.reserve(ssize_t(digits.size()) + zeros + 3, 0x7f));
    if (negative) TRY(out.append_char('-'));
    if (prefix) TRY(out.append_ascii(base == 8 ? "0o" : upper ? "0X" : "0x"));
    for (; zeros > 0; --zeros)
        TRY(out.append_char('0'));
    for (char c : digits)
        TRY(out.append_char(uint8_t(upper && c >= 'a' ? c - 32 : c)));
    return out.finish();
}

Fallible<Ref<Str>> percent_float(Object* value, const PercentSpec& spec, bool bytes_message) {
    Fallible<double> converted = as_double(value);
    if (!converted.ok()) {
        if (!bytes_message) return raised;
        clear_error();
        return raise(exc::TypeError, "float argument required, not %.200s", value->type->name);
    }
    int precision = spec.precision < 0 ? 6 : int(spec.precision);
    char code = char(spec.conversion);
    size_t capacity = double_text_capacity(code, precision);
    char* buffer = static_cast<char*>(std::malloc(capacity));
    if (!buffer) return raise_memory_error();
    size_t length = format_double(converted.take(), code, precision, spec.alternate ? kDoubleAlternate : 0, buffer);
    Fallible<Ref<Str>> text = str_from_ascii({buffer, length});
    std::free(buffer);
    return text;
}

NumberLayout layout_number(const Str* text, const PercentSpec& spec) {
    NumberLayout layout;
    uint32_t first = text->length ? text->at(0) : 0;
    if (first == '-' || first == '+') {
        layout.sign = char(first);
        layout.start = 1;
    } else {
        layout.sign = spec.plus ? '+' : spec.blank ? ' ' : 0;
    }
    ssize_t length = text->length - layout.start + (layout.sign != 0);
    if (spec.alternate && (spec.conversion == 'x' || spec.conversion == 'X' || spec.conversion == 'o')) {
        layout.prefix = true;
        layout.start += 2;
    }
    layout.missing = spec.width > length ? spec.width - length : 0;
    return layout;
}

}  // namespace py
