// str.format and format_map (PEP 3101; library reference, "Format String Syntax").
#include "interp/objects/str_format.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/unicode_properties.h"

namespace py {

Fallible<FormatPiece> FormatParser::next() {
    FormatPiece piece;
    ssize_t start = at_;
    uint32_t ch = 0;
    while (at_ < end_) {
        ch = text_->at(at_++);
        if (ch == '{' || ch == '}') break;
        ch = 0;
    }
    bool at_end = at_ >= end_;
    piece.literal = {start, at_};
    if (!ch) return piece;
    bool doubled = !at_end && text_->at(at_) == ch;
    if (ch == '}' && !doubled) return raise(exc::ValueError, "Single '}' encountered in format string");
    if (at_end) return raise(exc::ValueError, "Single '{' encountered in format string");
    if (doubled) {
        ++at_;
        return piece;
    }
    --piece.literal.end;
    piece.has_field = true;
    TRY(parse_field(piece));
    return piece;
}
Fallible<void> FormatParser::parse_field(FormatPiece& piece) {
    piece.name.start = at_;
    uint32_t ch = 0;
    while (at_ < end_) {
        ch = text_->at(at_++);
        if (ch == '{') return raise(exc::ValueError, "unexpected '{' in field name");
        if (ch == '[') {
            while (at_ < end_ && text_->at(at_) != ']')
                ++at_;
        } else if (ch == '}' || ch == ':' || ch == '!') {
            break;
        }
    }
    piece.name.end = at_ - 1;
    if (ch == '}') return {};
    if (ch != '!' && ch != ':') return raise(exc::ValueError, "expected '}' before end of string");
    if (ch == '!') {
        bool closed = false;
        TRY(parse_conversion(piece, &closed));
        if (closed) return {};
    }
    return parse_spec(piece);
}
Fallible<void> FormatParser::parse_conversion(FormatPiece& piece, bool* closed) {
    if (at_ >= end_) return raise(exc::ValueError, "end of string while looking for conversion specifier");
    piece.conversion = text_->at(at_++);
    if (at_ >= end_) return {};
    uint32_t ch = text_->at(at_++);
    *closed = ch == '}';
    if (!*closed && ch != ':') return raise(exc::ValueError, "expected ':' after conversion specifier");
    return {};
}
Fallible<void> FormatParser::parse_spec(FormatPiece& piece) {
    piece.spec.start = at_;
    for (ssize_t depth = 1; at_ < end_;) {
        uint32_t ch = text_->at(at_++);
        if (ch == '{') {
            piece.spec_has_fields = true;
            ++depth;
        } else if (ch == '}' && --depth == 0) {
            piece.spec.end = at_ - 1;
            return {};
        }
    }
    return raise(exc::ValueError, "unmatched '{' in format spec");
}

namespace {

// The number a part consists of, or -1.
Fallible<ssize_t> part_index(Str* text, TextRange range) {
    if (range.empty()) return ssize_t(-1);
    ssize_t value = 0;
    for (ssize_t i = range.start; i < range.end; ++i) {
        int digit = unicode_decimal(text->at(i));
        if (digit < 0) return ssize_t(-1);
        if (value > (PTRDIFF_MAX - digit) / 10)
            return raise(exc::ValueError, "Too many decimal digits in format string");
        value = value * 10 + digit;
    }
    return value;
}

}  // namespace

Fallible<TextRange> FieldNameParser::first(ssize_t* index) {
    TextRange name{at_, at_};
    while (at_ < end_ && text_->at(at_) != '.' && text_->at(at_) != '[')
        ++at_;
    name.end = at_;
    *index = TRY(part_index(text_, name));
    return name;
}
Fallible<FieldAccessor> FieldNameParser::next() {
    FieldAccessor accessor;
    uint32_t ch = text_->at(at_++);
    accessor.name.start = at_;
    if (ch == '.') {
        accessor.is_attribute = true;
        while (at_ < end_ && text_->at(at_) != '.' && text_->at(at_) != '[')
            ++at_;
        accessor.name.end = at_;
    } else if (ch == '[') {
        while (at_ < end_ && text_->at(at_) != ']')
            ++at_;
        if (at_ >= end_) return raise(exc::ValueError, "Missing ']' in format string");
        accessor.name.end = at_++;
        accessor.index = TRY(part_index(text_, accessor.name));
    } else {
        return raise(exc::ValueError, "Only '.' or '[' may follow ']' in format field specifier");
    }
    if (accessor.name.empty()) return raise(exc::ValueError, "Empty attribute in format string");
    return accessor;
}

namespace {

enum class Numbering { Undecided, Automatic, Manual };

// One formatting run; nested specs continue its numbering.
struct Formatting {
    Str* text;
    Object* arguments;  // tuple or null
    Object* mapping;    // or null
    Numbering numbering = Numbering::Undecided;
    ssize_t next_index = 0;

    Fallible<void> choose_numbering(Numbering wanted) {
        if (numbering == Numbering::Undecided) numbering = wanted;
        if (numbering == wanted) return {};
        return wanted == Numbering::Manual
                   ? raise(exc::ValueError,
                           "cannot switch from automatic field numbering to manual field specification")
                   : raise(exc::ValueError,
                           "cannot switch from manual field specification to automatic field numbering");
    }
    Fallible<Ref<>> first_object(TextRange name, ssize_t index) {
        if (name.empty()) {
            TRY(choose_numbering(Numbering::Automatic));
            index = next_index++;
        } else if (index >= 0) {
            TRY(choose_numbering(Numbering::Manual));
        }
        if (index < 0) {
            Ref<Str> key = TRY(str_substring(text, name.start, name.end));
            if (!mapping) return raise_key_error(key.get());
            return get_item(mapping, key.get());
        }
        if (!arguments) return raise(exc::ValueError, "Format string contains positional fields");
        if (index >= as_tuple(arguments)->size)
            return raise(exc::IndexError, "Replacement index %zd out of range for positional args tuple", index);
        return share(as_tuple(arguments)->items[index]);
    }
    Fallible<Ref<>> field_object(TextRange name) {
        FieldNameParser parser(text, name);
        ssize_t index;
        TextRange first = TRY(parser.first(&index));
        Ref<> object = TRY(first_object(first, index));
        while (!parser.done()) {
            FieldAccessor accessor = TRY(parser.next());
            if (!accessor.is_attribute && accessor.index >= 0) {
                if (is_sequence(object.get())) {
                    object = TRY(sequence_item(object.get(), accessor.index));
                    continue;
                }
                Ref<> key = TRY(int_from(accessor.index));
                object = TRY(get_item(object.get(), key.get()));
                continue;
            }
            Ref<Str> key = TRY(str_substring(text, accessor.name.start, accessor.name.end));
            object = accessor.is_attribute ? TRY(get_attr(object.get(), key.get())) : TRY(get_item(object.get(), key.get()));
        }
        return object;
    }
    Fallible<Ref<>> converted(Ref<> object, uint32_t conversion) {
        switch (conversion) {
            case 0: return object;
            case 'r': return repr(object.get());
            case 's': return str(object.get());
            case 'a': return ascii(object.get());
            default:
                if (conversion > 32 && conversion < 127)
                    return raise(exc::ValueError, "Unknown conversion specifier %c", int(conversion));
                return raise(exc::ValueError, "Unknown conversion specifier \\x%x", unsigned(conversion));
        }
    }
    Fallible<void> run(StrBuilder& out, TextRange range, int depth) {
        if (depth < 0) return raise(exc::ValueError, "Max string recursion exceeded");
        FormatParser parser(text, range);
        while (!parser.done()) {
            FormatPiece piece = TRY(parser.next());
            TRY(out.append_range(text, piece.literal.start, piece.literal.end));
            if (!piece.has_field) continue;
            Ref<> field = TRY(field_object(piece.name));
            Ref<> object = TRY(converted(std::move(field), piece.conversion));
            Ref<Str> spec;
            if (piece.spec_has_fields) {
                StrBuilder expanded;
                TRY(run(expanded, piece.spec, depth - 1));
                spec = TRY(expanded.finish());
            } else if (!piece.spec.empty()) {
                spec = TRY(str_substring(text, piece.spec.start, piece.spec.end));
            }
            Ref<Str> formatted = TRY(format(object.get(), spec.get()));
            if (parser.done())
                TRY(out.append_last(std::move(formatted)));
            else
                TRY(out.append(formatted.get()));
        }
        return {};
    }
};
constexpr int kMaxDepth = 1;  // a spec may hold fields, theirs may not

}  // namespace

Fallible<Ref<Str>> str_format_with(Str* text, Object* arguments, Object* mapping) {
    Formatting formatting{text, arguments, mapping};
    // A text without fields and doubled braces is its own result, of a subclass too.
    auto has = [&](char brace) { return str_find_char(text, uint32_t(brace), 0, text->length, 1) >= 0; };
    if (text->length && !has('{') && !has('}')) return share(text);
    StrBuilder out;
    TRY(formatting.run(out, {0, text->length}, kMaxDepth));
    return out.finish();
}
// str.format(*args, **kwargs)
Object* str_format_method(Object* self, Object* arguments, Object* kwargs) {
    return str_format_with(as_str(self), arguments, kwargs).release();
}
// str.format_map(mapping, /)
Fallible<Ref<>> str_format_map(Object* self, Object* mapping) {
    return str_format_with(as_str(self), nullptr, mapping);
}

}  // namespace py
