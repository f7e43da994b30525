// The place of a SyntaxError: file, line, the source text and carets below its range.
#include <algorithm>
#include <climits>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/runtime/exception_text.h"

namespace py {

namespace {

struct Place {
    Ref<> message, filename, text;
    ssize_t line, column, end_line, end_column;  // as the attributes; -1 for None
};

Fallible<ssize_t> number_attribute(Object* value, Str* name) {
    Ref<> attribute = TRY(get_attr(value, name));
    return index_as_ssize(attribute.get(), exc::OverflowError);
}

// The same for an attribute that may be None.
Fallible<ssize_t> optional_number(Object* value, Str* name, ssize_t if_none) {
    Ref<> attribute = TRY(get_attr(value, name));
    if (is_none(attribute.get())) return if_none;
    return index_as_ssize(attribute.get(), exc::OverflowError);
}

Fallible<Place> read_place(Object* value) {
    Place place;
    place.message = TRY(get_attr(value, "msg"_name));
    place.filename = TRY(get_attr(value, "filename"_name));
    if (is_none(place.filename.get())) place.filename = share<Object>("<string>"_name);
    place.line = TRY(number_attribute(value, "lineno"_name));
    place.column = TRY(optional_number(value, "offset"_name, -1));
    // Of subclasses the start alone is shown.
    bool has_end = is_exact(value, *exc::SyntaxError);
    place.end_line = has_end   ? TRY(optional_number(value, "end_lineno"_name, place.line)) : place.line;
    place.end_column = has_end ? TRY(optional_number(value, "end_offset"_name, -1)) : -1;
    place.text = TRY(get_attr(value, "text"_name));
    return place;
}

// Columns are 0-based and count bytes once they are clipped to the text, as the reference has it.
Fallible<void> write_text(ErrorSink& sink, std::string_view text, ssize_t column, ssize_t end_column) {
    while (!text.empty() && (text[0] == ' ' || text[0] == '\t' || text[0] == '\f')) {
        text.remove_prefix(1);
        --column;
        --end_column;
    }
    end_column = std::min(end_column, ssize_t(text.size()));
    size_t length = text.size() - (text.ends_with('\n') ? 1 : 0);
    column = std::min(column, ssize_t(length));
    // Lines that end before the place are not shown.
    for (size_t newline; (newline = text.find('\n')) != text.npos && ssize_t(newline) < column;) {
        text.remove_prefix(newline + 1);
        column -= ssize_t(newline + 1);
        end_column -= ssize_t(newline + 1);
    }
    TRY(sink.ascii("    "));
    Ref<Str> shown = TRY(str_from_utf8(text));
    TRY(sink.text(shown.get()));
    if (!text.ends_with('\n')) TRY(sink.ascii("\n"));
    if (column < 0) return {};
    TRY(sink.ascii("    "));
    TRY(sink.repeat(' ', column));
    TRY(sink.repeat('^', std::max<ssize_t>(end_column - column, 1)));
    return sink.ascii("\n");
}

}  // namespace

Fallible<void> write_syntax_place(ErrorSink& sink, Ref<>& value) {
    auto marker = lookup_attr(value.get(), "print_file_and_line"_name);
    if (!marker.ok()) {
        clear_error();
        return {};
    }
    if (!marker.take()) return {};
    auto read = read_place(value.get());
    if (!read.ok()) {
        clear_error();
        return {};
    }
    Place place = read.take();
    value = place.message;
    Ref<Str> head = TRY(format_str("  File \"%S\", line %zd\n", place.filename.get(), place.line));
    TRY(sink.margin());
    TRY(sink.text(head.get()));
    if (is_none(place.text.get())) return {};
    if (!is_str(place.text.get())) return raise(exc::TypeError, "bad argument type for built-in operation");
    std::string_view text = TRY(str_utf8(as_str(place.text.get())));
    // A range over several lines is shown to its first line's end.
    if (place.end_line > place.line) place.end_column = ssize_t(text.size());
    return write_text(sink, text, place.column - 1, place.end_column - 1);
}

}  // namespace py
