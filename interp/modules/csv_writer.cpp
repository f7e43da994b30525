// _csv.writer: rows to lines of text, quoted and escaped as the dialect says.
#include "interp/modules/csv.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"

namespace py::csv {

namespace {

struct Writer : Object {
    Object* write;  // the file's method
    Dialect* dialect;
};
Writer* as_writer(Object* object) {
    return static_cast<Writer*>(object);
}

// Must this character be escaped or its field be quoted?
bool is_special(const Dialect& d, uint32_t c) {
    return c == d.delimiter || c == d.escape || c == d.quote ||
           str_find_char(d.line_terminator, c, 0, d.line_terminator->length, 1) >= 0;
}
// Does the character get an escape (or, for a quote, a second quote) in front? Else its field gets quotes.
bool is_escaped(const Dialect& d, uint32_t c) {
    return d.quoting == kQuoteNone || c == d.escape || (c == d.quote && !d.doublequote);
}

Fallible<void> append_field(StrBuilder& row, const Dialect& d, Str* field, bool quoted) {
    ssize_t length = field ? field->length : 0;
    for (ssize_t i = 0; i < length && !quoted; ++i) {
        uint32_t c = field->at(i);
        quoted = is_special(d, c) && !is_escaped(d, c);
    }
    if (quoted) TRY(row.append_char(uint32_t(d.quote)));
    for (ssize_t i = 0; i < length; ++i) {
        uint32_t c = field->at(i);
        if (is_special(d, c)) {
            if (is_escaped(d, c)) {
                if (d.escape == kNoCharacter) return raise(error(), "need to escape, but no escapechar set");
                TRY(row.append_char(uint32_t(d.escape)));
            } else if (c == d.quote) {
                TRY(row.append_char(c));
            }
        }
        TRY(row.append_char(c));
    }
    if (quoted) TRY(row.append_char(uint32_t(d.quote)));
    return {};
}
Fallible<void> append_value(StrBuilder& row, const Dialect& d, Object* value) {
    bool quoted = d.quoting == kQuoteAll || (d.quoting == kQuoteNonNumeric && !is_number(value));
    if (is_str(value)) return append_field(row, d, as_str(value), quoted);
    if (is_none(value)) return append_field(row, d, nullptr, quoted);
    Ref<Str> text = TRY(str(value));
    return append_field(row, d, text.get(), quoted);
}

// writer.writerow(row)
Fallible<Ref<>> writer_writerow(Object* object, Object* fields) {
    Ref<Dialect> dialect = share(as_writer(object)->dialect);
    const Dialect& d = *dialect;
    auto started = iter(fields);
    if (!started.ok()) {
        if (!error_matches(exc::TypeError)) return raised;
        return raise(error(), "iterable expected, not %T", fields);
    }
    Ref<> fields_left = started.take();
    StrBuilder row;
    ssize_t count = 0;
    while (Ref<> value = TRY(next(fields_left.get()))) {
        if (count++ > 0) TRY(row.append_char(uint32_t(d.delimiter)));
        TRY(append_value(row, d, value.get()));
    }
    // A line without any character would be read as no field at all.
    if (count == 1 && row.length() == 0) {
        if (d.quoting == kQuoteNone) return raise(error(), "single empty field record must be quoted");
        TRY(append_field(row, d, nullptr, true));
    }
    TRY(row.append(d.line_terminator));
    Ref<Str> line = TRY(row.finish());
    return call(as_writer(object)->write, line.get());
}
// writer.writerows(rows)
Fallible<Ref<>> writer_writerows(Object* self, Object* rows) {
    Ref<> rows_left = TRY(iter(rows));
    while (Ref<> row = TRY(next(rows_left.get()))) TRY(writer_writerow(self, row.get()));
    return share(none());
}

MethodDef writer_methods[] = {
    METHOD_O_UNSIGNED("writerow", writer_writerow, "writerow(iterable)\n\nWrites a row of fields; what the file's write returns."),
    METHOD_O_UNSIGNED("writerows", writer_writerows, "writerows(iterable of iterables)\n\nWrites each of the rows."),
    END_ROW,
};
MemberDef writer_members[] = {
    {"dialect", kObjectOrNone, offsetof(Writer, dialect), kReadOnly, nullptr},
    END_ROW,
};

Fallible<Ref<>> writer_from(Tuple* args, Object* keywords) {
    TRY(check_positional("", args->size, 1, 2));
    Ref<Dialect> dialect = TRY(dialect_from(args->size > 1 ? args->items[1] : nullptr, keywords));
    Ref<> write = TRY(lookup_attr(args->items[0], "write"_name));
    if (!write || !is_callable(write.get())) return raise(exc::TypeError, "argument 1 must have a \"write\" method");
    Ref<Writer> self = TRY(instance_new<Writer>(&writer_type));
    self->write = write.release();
    self->dialect = dialect.release();
    return self;
}

}  // namespace

Object* make_writer(Object*, Object* args, Object* keywords) {
    return writer_from(as_tuple(args), keywords).release();
}

constinit Type writer_type = static_type({
    .name = "_csv.writer",
    .basic_size = sizeof(Writer),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Writes rows to a file as CSV.",
    .dealloc = dealloc_members<&Writer::write, &Writer::dialect>,
    .traverse = traverse_members<&Writer::write, &Writer::dialect>,
    .clear = clear_members<&Writer::write, &Writer::dialect>,
    .methods = writer_methods,
    .members = writer_members,
});

}  // namespace py::csv
