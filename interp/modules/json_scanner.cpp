// _json.make_scanner and scanstring: reads JSON texts (RFC 8259 with CPython's extensions NaN, Infinity, -Infinity).
#include "interp/modules/json.h"
#include "interp/objects/stack_check.h"

#include <cstring>

namespace py::json {

namespace {

struct Scanner : Object {
    Object *object_hook, *object_pairs_hook, *parse_float, *parse_int, *parse_constant;
    bool strict;
    Dict* memo;  // keys seen in this text, so that equal keys are one object
};
Scanner* as_scanner(Object* object) {
    return static_cast<Scanner*>(object);
}

// Raises json.JSONDecodeError(message, text, position).
Raised raise_decode_error(const char* message, Str* text, ssize_t position) {
    Ref<Str> name = TRY(str_from_ascii("json.decoder"));
    Ref<> import_function = TRY(builtin_attr("__import__"));
    Ref<Tuple> from_list = TRY(tuple_pack("JSONDecodeError"_name));
    Ref<> module = TRY(call(import_function.get(), name.get(), none(), none(), from_list.get()));
    Ref<> error_class = TRY(get_attr(module.get(), "JSONDecodeError"_name));
    Ref<Str> words = TRY(str_from_ascii(message));
    Ref<Int> at = TRY(int_from(position));
    Ref<> error = TRY(call(error_class.get(), words.get(), text, at.get()));
    return raise_object(static_cast<Type*>(error_class.get()), error.get());
}
Raised raise_stop(ssize_t position) {
    Ref<Int> at = TRY(int_from(position));
    return raise_object(exc::StopIteration, at.get());
}

inline bool is_space(uint32_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
inline int hex_value(uint32_t c) {
    if (c >= '0' && c <= '9') return int(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? int(c - 'a' + 10) : -1;
}

// One text being read; Char is its kind.
template <class Char>
struct Reader {
    Str* text;
    const Char* data;
    ssize_t size;
    Scanner* scanner;

    void skip_space(ssize_t& at) const {
        while (at < size && is_space(data[at]))
            ++at;
    }

    // \uXXXX with the backslash at `at`; moves `at` behind it, and behind a low surrogate that completes a pair.
    Fallible<uint32_t> unicode_escape(ssize_t& at) const {
        auto four = [&](ssize_t start) -> int {
            int value = 0;
            if (start + 4 > size) return -1;
            for (ssize_t i = start; i < start + 4; ++i) {
                int digit = hex_value(data[i]);
                if (digit < 0) return -1;
                value = value << 4 | digit;
            }
            return value;
        };
        int first = four(at + 2);
        // A text must go on behind the digits: the closing quote is still to come.
        if (first < 0 || at + 6 >= size) return raise_decode_error("Invalid \\uXXXX escape", text, at + 2 - 1);
        at += 6;
        if (first >= 0xd800 && first < 0xdc00 && at + 6 < size && data[at] == '\\' && data[at + 1] == 'u') {
            int second = four(at + 2);
            if (second >= 0xdc00 && second < 0xe000) {
                at += 6;
                return uint32_t(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
        }
        return uint32_t(first);
    }

    // Finds the end of the plain characters from `at`: a quote, a backslash, or a control character that strict
    // forbids.
    Fallible<ssize_t> plain_end(ssize_t at, ssize_t begin, bool strict) const {
        for (; at < size; ++at) {
            Char c = data[at];
            if (c == '"' || c == '\\') return at;
            if (c <= 0x1f && strict) return raise_decode_error("Invalid control character at", text, at);
        }
        return raise_decode_error("Unterminated string starting at", text, begin);
    }

    // The string whose first character is at `at` (behind the quote); *end is behind the closing quote.
    Fallible<Ref<Str>> string(ssize_t at, bool strict, ssize_t* end) const {
        ssize_t begin = at - 1;
        ssize_t stop = TRY(plain_end(at, begin, strict));
        if (data[stop] == '"') {
            *end = stop + 1;
            return str_substring(text, at, stop);
        }
        StrBuilder builder;
        for (;;) {
            if (stop > at) TRY(builder.append_range(text, at, stop));
            if (data[stop] == '"') break;
            at = stop;
            if (at + 1 >= size) return raise_decode_error("Unterminated string starting at", text, begin);
            uint32_t c = data[at + 1];
            if (c == 'u') {
                TRY(builder.append_char(TRY(unicode_escape(at))));
            } else {
                switch (c) {
                    case '"':
                    case '\\':
                    case '/': break;
                    case 'b': c = '\b'; break;
                    case 'f': c = '\f'; break;
                    case 'n': c = '\n'; break;
                    case 'r': c = '\r'; break;
                    case 't': c = '\t'; break;
                    default: return raise_decode_error("Invalid \\escape", text, at);
                }
                TRY(builder.append_char(c));
                at += 2;
            }
            stop = TRY(plain_end(at, begin, strict));
        }
        *end = stop + 1;
        return builder.finish();
    }

    Fallible<Ref<>> constant(const char* name, ssize_t at, ssize_t* end) const {
        *end = at + ssize_t(std::strlen(name));
        Ref<Str> word = TRY(str_from_ascii(name));
        return call(scanner->parse_constant, word.get());
    }
    bool has_word(const char* word, ssize_t at) const {
        ssize_t length = ssize_t(std::strlen(word));
        if (at + length > size) return false;
        for (ssize_t i = 0; i < length; ++i)
            if (data[at + i] != Char(word[i])) return false;
        return true;
    }
    bool digit(ssize_t at) const { return at < size && data[at] >= '0' && data[at] <= '9'; }

    Fallible<Ref<>> number(ssize_t start, ssize_t* end) const {
        ssize_t at = start;
        bool is_float = false;
        if (data[at] == '-' && ++at >= size) return raise_stop(start);
        if (data[at] >= '1' && data[at] <= '9') {
            while (digit(at))
                ++at;
        } else if (data[at] == '0') {
            ++at;
        } else {
            return raise_stop(start);
        }
        ssize_t integer_end = at;
        if (at < size && data[at] == '.' && digit(at + 1)) {
            is_float = true;
            for (++at; digit(at);)
                ++at;
        }
        if (at < size && (data[at] == 'e' || data[at] == 'E')) {
            ssize_t mantissa_end = at++;
            if (at < size && (data[at] == '-' || data[at] == '+')) ++at;
            if (digit(at)) {
                while (digit(at))
                    ++at;
                is_float = true;
            } else {
                at = mantissa_end;
            }
        }
        *end = at;
        return is_float ? float_value_of(start, at) : int_value_of(start, integer_end);
    }
    Fallible<Ref<>> int_value_of(ssize_t start, ssize_t end) const {
        if (scanner->parse_int != static_cast<Object*>(&int_type)) {
            Ref<Str> digits = TRY(str_substring(text, start, end));
            return call(scanner->parse_int, digits.get());
        }
        // FAST: up to 18 digits fit a word.
        ssize_t first = data[start] == '-' ? start + 1 : start;
        if (end - first <= 18) {
            int64_t value = 0;
            for (ssize_t i = first; i < end; ++i)
                value = value * 10 + (data[i] - '0');
            return int_from(first > start ? -value : value);
        }
        Ref<Str> digits = TRY(str_substring(text, start, end));
        return int_from_text(digits->ascii_view(), 10);
    }
    Fallible<Ref<>> float_value_of(ssize_t start, ssize_t end) const {
        if (scanner->parse_float == static_cast<Object*>(&float_type)) {
            char digits[64];
            double value;
            if (end - start < ssize_t(sizeof digits)) {
                for (ssize_t i = start; i < end; ++i)
                    digits[i - start] = char(data[i]);
                if (parse_double({digits, size_t(end - start)}, &value)) return float_from(value);
            }
        }
        Ref<Str> part = TRY(str_substring(text, start, end));
        if (scanner->parse_float == static_cast<Object*>(&float_type)) return float_from_text(part.get());
        return call(scanner->parse_float, part.get());
    }

    Fallible<Ref<>> memoised(Ref<Str> key) const { return dict_set_default(scanner->memo, key.get(), key.get()); }

    // What stands behind "{": up to and with the "}".
    Fallible<Ref<>> object(ssize_t at, ssize_t* end) const {
        bool pairs = !is_none(scanner->object_pairs_hook);
        Ref<List> list;
        Ref<Dict> dict;
        if (pairs)
            list = TRY(list_new(0));
        else
            dict = TRY(dict_new());
        skip_space(at);
        if (at >= size || data[at] != '}') {
            for (;;) {
                if (at >= size || data[at] != '"')
                    return raise_decode_error("Expecting property name enclosed in double quotes", text, at);
                Ref<> key = TRY(memoised(TRY(string(at + 1, scanner->strict, &at))));
                skip_space(at);
                if (at >= size || data[at] != ':') return raise_decode_error("Expecting ':' delimiter", text, at);
                ++at;
                skip_space(at);
                Ref<> item = TRY(value(at, &at));
                if (pairs) {
                    Ref<Tuple> pair = TRY(tuple_pack(key.get(), item.get()));
                    TRY(list_append(list.get(), pair.get()));
                } else {
                    TRY(dict_set(dict.get(), key.get(), item.get()));
                }
                skip_space(at);
                if (at < size && data[at] == '}') break;
                if (at >= size || data[at] != ',') return raise_decode_error("Expecting ',' delimiter", text, at);
                ++at;
                skip_space(at);
            }
        }
        *end = at + 1;
        if (pairs) return call(scanner->object_pairs_hook, list.get());
        if (is_none(scanner->object_hook)) return dict;
        return call(scanner->object_hook, dict.get());
    }

    // What stands behind "[": up to and with the "]".
    Fallible<Ref<>> array(ssize_t at, ssize_t* end) const {
        Ref<List> list = TRY(list_new(0));
        skip_space(at);
        if (at >= size || data[at] != ']') {
            for (;;) {
                Ref<> item = TRY(value(at, &at));
                TRY(list_append_steal(list.get(), std::move(item)));
                skip_space(at);
                if (at < size && data[at] == ']') break;
                if (at >= size || data[at] != ',') return raise_decode_error("Expecting ',' delimiter", text, at);
                ++at;
                skip_space(at);
            }
        }
        if (at >= size || data[at] != ']') return raise_decode_error("Expecting value", text, size - 1);
        *end = at + 1;
        return list;
    }

    Fallible<Ref<>> value(ssize_t at, ssize_t* end) const {
        if (at < 0) return raise(exc::ValueError, "idx cannot be negative");
        if (at >= size) return raise_stop(at);
        switch (data[at]) {
            case '"': return string(at + 1, scanner->strict, end);
            case '{': {
                RecursionGuard guard(" while decoding a JSON object from a unicode string");
                if (!guard.ok()) return raised;
                return object(at + 1, end);
            }
            case '[': {
                RecursionGuard guard(" while decoding a JSON array from a unicode string");
                if (!guard.ok()) return raised;
                return array(at + 1, end);
            }
            case 'n':
                if (has_word("null", at)) return *end = at + 4, share(none());
                break;
            case 't':
                if (has_word("true", at)) return *end = at + 4, share(py_true());
                break;
            case 'f':
                if (has_word("false", at)) return *end = at + 5, share(py_false());
                break;
            case 'N':
                if (has_word("NaN", at)) return constant("NaN", at, end);
                break;
            case 'I':
                if (has_word("Infinity", at)) return constant("Infinity", at, end);
                break;
            case '-':
                if (has_word("-Infinity", at)) return constant("-Infinity", at, end);
                break;
        }
        return number(at, end);
    }
};

// Calls function(reader) with the reader of the text's kind.
template <class Function>
auto with_reader(Str* text, Scanner* scanner, Function function) {
    if (text->kind == 1) return function(Reader<uint8_t>{text, text->latin1(), text->length, scanner});
    if (text->kind == 2) return function(Reader<uint16_t>{text, text->ucs2(), text->length, scanner});
    return function(Reader<uint32_t>{text, text->ucs4(), text->length, scanner});
}

Fallible<Ref<>> result_pair(Ref<> value, ssize_t end) {
    Ref<Int> position = TRY(int_from(end));
    return tuple_pack(value.get(), position.get());
}

// _json.Scanner.__call__(string, idx)
Fallible<Ref<>> scanner_call(Object* self, Object* const* bound) {
    if (!is_str(bound[0]))
        return raise(exc::TypeError, "first argument must be a string, not %.80s", bound[0]->type->name);
    ssize_t start = TRY(as_ssize(bound[1]))
    , end = 0;
    Scanner* scanner = as_scanner(self);
    Ref<> alive = share(self);
    auto value = with_reader(as_str(bound[0]), scanner, [&](auto reader) { return reader.value(start, &end); });
    dict_clear(scanner->memo);
    return result_pair(TRY(std::move(value)), end);
}

// _json.make_scanner(context)
Fallible<Ref<>> scanner_new(Type* type, Object* const* bound) {
    Ref<Scanner> self = TRY(instance_new<Scanner>(type));
    self->memo = TRY(dict_new())
    .release();
    Ref<> strict = TRY(get_attr(bound[0], "strict"_name));
    self->strict = TRY(is_true(strict.get()));
    self->object_hook = TRY(get_attr(bound[0], "object_hook"_name))
    .release();
    self->object_pairs_hook = TRY(get_attr(bound[0], "object_pairs_hook"_name))
    .release();
    self->parse_float = TRY(get_attr(bound[0], "parse_float"_name))
    .release();
    self->parse_int = TRY(get_attr(bound[0], "parse_int"_name))
    .release();
    self->parse_constant = TRY(get_attr(bound[0], "parse_constant"_name))
    .release();
    return self;
}

MemberDef scanner_members[] = {
    {"strict", kBool, offsetof(Scanner, strict), kReadOnly, "strict"},
    {"object_hook", kObjectOrNone, offsetof(Scanner, object_hook), kReadOnly, "object_hook"},
    {"object_pairs_hook", kObjectOrNone, offsetof(Scanner, object_pairs_hook), kReadOnly, nullptr},
    {"parse_float", kObjectOrNone, offsetof(Scanner, parse_float), kReadOnly, "parse_float"},
    {"parse_int", kObjectOrNone, offsetof(Scanner, parse_int), kReadOnly, "parse_int"},
    {"parse_constant", kObjectOrNone, offsetof(Scanner, parse_constant), kReadOnly, "parse_constant"},
    END_ROW,
};

}  // namespace

// _json.scanstring(string, end, strict=True) -> (string, end)
Fallible<Ref<>> scanstring(Object*, Object* const* args, ssize_t nargs) {
    if (nargs < 2 || nargs > 3)
        return raise(exc::TypeError, "scanstring() takes at %s %d arguments (%zd given)", nargs < 2 ? "least" : "most",
                     nargs < 2 ? 2 : 3, nargs);
    ssize_t start = TRY(as_ssize(args[1]))
    , end = 0;
    bool strict = nargs < 3 || TRY(is_true(args[2]));
    if (!is_str(args[0]))
        return raise(exc::TypeError, "first argument must be a string, not %.80s", args[0]->type->name);
    if (start < 0 || as_str(args[0])->length < start) return raise(exc::ValueError, "end is out of bounds");
    auto text = with_reader(as_str(args[0]), nullptr, [&](auto reader) { return reader.string(start, strict, &end); });
    return result_pair(TRY(std::move(text)), end);
}

constinit Type scanner_type = static_type({
    .name = "_json.Scanner",
    .basic_size = sizeof(Scanner),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "JSON scanner object",
    .dealloc = dealloc_members<&Scanner::object_hook, &Scanner::object_pairs_hook, &Scanner::parse_float,
                               &Scanner::parse_int, &Scanner::parse_constant, &Scanner::memo>,
    .traverse = traverse_members<&Scanner::object_hook, &Scanner::object_pairs_hook, &Scanner::parse_float,
                                 &Scanner::parse_int, &Scanner::parse_constant, &Scanner::memo>,
    .clear = clear_members<&Scanner::object_hook, &Scanner::object_pairs_hook, &Scanner::parse_float,
                           &Scanner::parse_int, &Scanner::parse_constant, &Scanner::memo>,
    .call = Bound<scanner_call, "scan_once", "($self, /, string, idx)">::call,
    .members = scanner_members,
    .new_ = Bound<scanner_new, "make_scanner", "(context)">::new_,
});

}  // namespace py::json
