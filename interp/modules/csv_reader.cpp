// _csv.reader: rows out of lines, one state machine step a character.
#include <climits>
#include <cstdlib>

#include "interp/modules/csv.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"

namespace py::csv {

namespace {

enum class State : uint8_t {
    RecordStart,
    FieldStart,
    Field,
    QuotedField,
    QuoteInQuotedField,
    Escaped,
    EscapedInQuotedField,
    AfterEscapedNewline,
    Newline,  // behind the \r or \n that ended the record
};
constexpr int64_t kLineEnd = -2;  // what is read behind a line's last character

struct Reader : Object {
    Object* lines;  // iterator
    Dialect* dialect;
    List* fields;     // of the record being read
    uint32_t* field;  // characters of the field being read
    ssize_t field_length, field_capacity;
    State state;
    bool numeric;  // the field is to become a float
    unsigned long line_number;
};
Reader* as_reader(Object* object) {
    return static_cast<Reader*>(object);
}

Fallible<void> grow_field(Reader* self) {
    ssize_t capacity = self->field_capacity ? self->field_capacity * 2 : 256;
    if (capacity > SSIZE_MAX / ssize_t(sizeof(uint32_t))) return raise_memory_error();
    auto grown = static_cast<uint32_t*>(std::realloc(self->field, size_t(capacity) * sizeof(uint32_t)));
    if (!grown) return raise_memory_error();
    self->field = grown;
    self->field_capacity = capacity;
    return {};
}
Fallible<void> add_character(Reader* self, int64_t c) {
    if (self->field_length >= field_limit) return raise(error(), "field larger than field limit (%ld)", field_limit);
    if (self->field_length == self->field_capacity) TRY(grow_field(self));
    self->field[self->field_length++] = uint32_t(c);
    return {};
}
Fallible<void> save_field(Reader* self) {
    Ref<> field = TRY(str_from_code_points(self->field, self->field_length));
    self->field_length = 0;
    if (self->numeric) {
        self->numeric = false;
        field = TRY(number_float(field.get()));
    }
    return list_append_steal(self->fields, std::move(field));
}

bool ends_line(int64_t c) {
    return c == '\n' || c == '\r' || c == kLineEnd;
}
// A field ended here, and the record with it if `c` ends the line.
Fallible<void> end_field(Reader* self, int64_t c) {
    TRY(save_field(self));
    self->state = c == kLineEnd ? State::RecordStart : ends_line(c) ? State::Newline : State::FieldStart;
    return {};
}
Fallible<void> add_and_go(Reader* self, int64_t c, State next) {
    TRY(add_character(self, c));
    self->state = next;
    return {};
}

Fallible<void> step_field_start(Reader* self, int64_t c) {
    const Dialect& d = *self->dialect;
    if (ends_line(c) || c == d.delimiter) {
        // An empty field; what ends lines goes before the delimiter, as it does within fields.
        return end_field(self, c);
    }
    if (c == d.quote && d.quoting != kQuoteNone) {
        self->state = State::QuotedField;
    } else if (c == d.escape) {
        self->state = State::Escaped;
    } else if (c != ' ' || !d.skip_initial_space) {
        if (d.quoting == kQuoteNonNumeric) self->numeric = true;
        return add_and_go(self, c, State::Field);
    }
    return {};
}
Fallible<void> step_field(Reader* self, int64_t c) {
    if (ends_line(c)) return end_field(self, c);
    if (c == self->dialect->escape) {
        self->state = State::Escaped;
        return {};
    }
    if (c == self->dialect->delimiter) return end_field(self, c);
    return add_character(self, c);
}
Fallible<void> step_quoted_field(Reader* self, int64_t c) {
    const Dialect& d = *self->dialect;
    if (c == kLineEnd) return {};
    if (c == d.escape) {
        self->state = State::EscapedInQuotedField;
        return {};
    }
    if (c == d.quote && d.quoting != kQuoteNone) {
        self->state = d.doublequote ? State::QuoteInQuotedField : State::Field;
        return {};
    }
    return add_character(self, c);
}
Fallible<void> step_quote_in_quoted_field(Reader* self, int64_t c) {
    const Dialect& d = *self->dialect;
    if (d.quoting != kQuoteNone && c == d.quote) return add_and_go(self, c, State::QuotedField);
    if (c == d.delimiter || ends_line(c)) return end_field(self, c == d.delimiter ? d.delimiter : c);
    if (d.strict) {
        Ref<Str> delimiter = TRY(str_from_char(uint32_t(d.delimiter))), quote = TRY(str_from_char(uint32_t(d.quote)));
        return raise(error(), "'%U' expected after '%U'", delimiter.get(), quote.get());
    }
    return add_and_go(self, c, State::Field);
}
Fallible<void> step_escaped(Reader* self, int64_t c) {
    if (c == '\n' || c == '\r') return add_and_go(self, c, State::AfterEscapedNewline);
    return add_and_go(self, c == kLineEnd ? '\n' : c, State::Field);
}

Fallible<void> step(Reader* self, int64_t c) {
    switch (self->state) {
        case State::RecordStart:
            if (c == kLineEnd) return {};  // an empty line is an empty record
            if (ends_line(c)) {
                self->state = State::Newline;
                return {};
            }
            self->state = State::FieldStart;
            return step_field_start(self, c);
        case State::FieldStart: return step_field_start(self, c);
        case State::Field: return step_field(self, c);
        case State::QuotedField: return step_quoted_field(self, c);
        case State::QuoteInQuotedField: return step_quote_in_quoted_field(self, c);
        case State::Escaped: return step_escaped(self, c);
        case State::EscapedInQuotedField: return add_and_go(self, c == kLineEnd ? '\n' : c, State::QuotedField);
        case State::AfterEscapedNewline: return c == kLineEnd ? Fallible<void>() : step_field(self, c);
        case State::Newline:
            if (c == kLineEnd)
                self->state = State::RecordStart;
            else if (!ends_line(c))
                return raise(error(),
                             "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?");
            return {};
    }
    return {};
}

Fallible<void> read_line(Reader* self, Str* line) {
    for (ssize_t i = 0; i < line->length; ++i) TRY(step(self, line->at(i)));
    return step(self, kLineEnd);
}

// The next record; null at the end of the lines.
Lookup<> read_record(Reader* self) {
    replace_slot(self->fields, TRY(list_new(0)).release());
    self->state = State::RecordStart;
    self->field_length = 0;
    self->numeric = false;
    do {
        Ref<> line = TRY(next(self->lines));
        if (!self->fields) return raise(error(), "iterator has already advanced the reader");
        if (!line) {
            if (self->field_length == 0 && self->state != State::QuotedField) return nullptr;
            if (self->dialect->strict) return raise(error(), "unexpected end of data");
            TRY(save_field(self));
            break;
        }
        if (!is_str(line.get()))
            return raise(error(), "iterator should return strings, not %T (the file should be opened in text mode)", line.get());
        ++self->line_number;
        TRY(read_line(self, as_str(line.get())));
    } while (self->state != State::RecordStart);
    return steal(static_cast<Object*>(std::exchange(self->fields, nullptr)));
}
Object* reader_next(Object* self) {
    Lookup<> record = read_record(as_reader(self));
    if (!record.ok()) return nullptr;
    return record.take().release();
}

void reader_dealloc(Object* object) {
    Reader* self = as_reader(object);
    gc_untrack(self);
    clear_slot(self->lines);
    clear_slot(self->dialect);
    clear_slot(self->fields);
    std::free(self->field);
    object_memory_free(self);
}

MemberDef reader_members[] = {
    {"dialect", kObjectOrNone, offsetof(Reader, dialect), kReadOnly, nullptr},
    {"line_num", kULong, offsetof(Reader, line_number), kReadOnly, nullptr},
    END_ROW,
};

Fallible<Ref<>> reader_from(Tuple* args, Object* keywords) {
    TRY(check_positional("", args->size, 1, 2));
    Ref<> lines = TRY(iter(args->items[0]));
    Ref<Dialect> dialect = TRY(dialect_from(args->size > 1 ? args->items[1] : nullptr, keywords));
    Ref<Reader> self = TRY(instance_new<Reader>(&reader_type));
    self->lines = lines.release();
    self->dialect = dialect.release();
    return self;
}

}  // namespace

Object* make_reader(Object*, Object* args, Object* keywords) {
    return reader_from(as_tuple(args), keywords).release();
}

constinit Type reader_type = static_type({
    .name = "_csv.reader",
    .basic_size = sizeof(Reader),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "An iterator over the rows of a CSV file, as lists of str.",
    .dealloc = reader_dealloc,
    .traverse = traverse_members<&Reader::lines, &Reader::dialect, &Reader::fields>,
    .clear = clear_members<&Reader::lines, &Reader::dialect, &Reader::fields>,
    .iter = self_iter,
    .iternext = reader_next,
    .members = reader_members,
});

}  // namespace py::csv
