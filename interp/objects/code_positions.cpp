// Reading the location table (PEP 626, PEP 657) and the exception table of code objects; the iterators over positions.
// Tables may come from any file: nothing is read behind their end.
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/code.h"
#include "interp/objects/code_attributes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/parser/arena.h"

namespace py {
namespace {

Code* as_code(Object* object) {
    return static_cast<Code*>(object);
}

// Entry codes above the short form's 0…9.
enum EntryCode { kOneLine0 = 10, kOneLine2 = 12, kNoColumns = 13, kLong = 14, kNoLocation = 15 };

struct Reader {
    const uint8_t* next;
    const uint8_t* limit;

    int byte() { return next < limit ? *next++ : 0; }
    unsigned varint() {
        unsigned value = 0;
        int shift = 0;
        for (;;) {
            int part = byte();
            if (shift < 32) value |= unsigned(part & 63) << shift;
            if (!(part & 64)) return value;
            shift += 6;
        }
    }
    int signed_varint() {
        unsigned value = varint();
        return value & 1 ? -int(value >> 1) : int(value >> 1);
    }
};

int line_delta(const uint8_t* entry, const uint8_t* limit) {
    int code = *entry >> 3 & 15;
    if (code == kNoColumns || code == kLong) return Reader{entry + 1, limit}.signed_varint();
    return code >= kOneLine0 && code <= kOneLine2 ? code - kOneLine0 : 0;
}

const uint8_t* skip_entry(const uint8_t* entry, const uint8_t* limit) {
    do
        entry++;
    while (entry < limit && (*entry & 0x80) == 0);
    return entry;
}

// The position an entry holds; `line` is the line computed up to and with it.
CodePosition read_position(const uint8_t* entry, const uint8_t* limit, int line) {
    int code = *entry >> 3 & 15;
    Reader reader{entry + 1, limit};
    switch (code) {
        case kNoLocation: return {-1, -1, -1, -1};
        case kLong: {
            reader.signed_varint();
            int end_line = line + int(reader.varint());
            int column = int(reader.varint()) - 1;
            return {line, end_line, column, int(reader.varint()) - 1};
        }
        case kNoColumns: return {line, line, -1, -1};
        default: break;
    }
    int first = reader.byte();
    if (code >= kOneLine0) return {line, line, first, reader.byte()};
    int column = code << 3 | first >> 4;
    return {line, line, column, column + (first & 15)};
}

struct LineIterator : Object {
    Code* code;
    LineRange range;
};
struct PositionIterator : Object {
    Code* code;
    LineRange range;
    const uint8_t* entry;
    int offset;
};

template <class Iterator>
void iterator_dealloc(Object* object) {
    decref(static_cast<Iterator*>(object)->code);
    object_free(object);
}

Object* iterator_self(Object* object) {
    return new_reference(object);
}

Fallible<Ref<>> number_or_none(int value) {
    if (value < 0) return share(none());
    return TRY(int_from(value));
}

Object* line_iterator_next(Object* object) {
    auto* iterator = static_cast<LineIterator*>(object);
    LineRange& range = iterator->range;
    do {
        if (!code_next_line_range(&range)) return nullptr;
    } while (range.start == range.end);
    int start = range.start, end = range.end, line = range.line;
    Ref<> start_object = TRY(int_from(start))
    , end_object = TRY(int_from(end))
    , line_object = TRY(number_or_none(line));
    return tuple_pack(start_object.get(), end_object.get(), line_object.get()).release();
}

Object* position_iterator_next(Object* object) {
    auto* iterator = static_cast<PositionIterator*>(object);
    while (iterator->offset >= iterator->range.end) {
        iterator->entry = iterator->range.next;
        if (!code_next_line_range(&iterator->range)) return nullptr;
    }
    CodePosition at = read_position(iterator->entry, iterator->range.limit, iterator->range.computed_line);
    iterator->offset += int(sizeof(CodeUnit));
    Ref<> line = TRY(number_or_none(at.line))
    , end_line = TRY(number_or_none(at.end_line));
    Ref<> column = TRY(number_or_none(at.column))
    , end_column = TRY(number_or_none(at.end_column));
    return tuple_pack(line.get(), end_line.get(), column.get(), end_column.get()).release();
}

}  // namespace

LineRange code_line_ranges(Code* code) {
    auto* table = reinterpret_cast<const uint8_t*>(code->line_table->data);
    return {0, 0, -1, table, table + code->line_table->size, code->first_line};
}

bool code_next_line_range(LineRange* range) {
    if (range->next >= range->limit) return false;
    uint8_t head = *range->next;
    range->computed_line += line_delta(range->next, range->limit);
    range->line = (head >> 3 & 15) == kNoLocation ? -1 : range->computed_line;
    range->start = range->end;
    range->end += ((head & 7) + 1) * int(sizeof(CodeUnit));
    range->next = skip_entry(range->next, range->limit);
    return true;
}

int code_line_at(Code* code, int byte_offset) {
    if (byte_offset < 0) return code->first_line;
    LineRange range = code_line_ranges(code);
    while (code_next_line_range(&range))
        if (byte_offset < range.end) return range.line;
    return -1;
}

CodePosition code_position_at(Code* code, int byte_offset) {
    if (byte_offset < 0) return {code->first_line, code->first_line, 0, 0};
    LineRange range = code_line_ranges(code);
    for (const uint8_t* entry = range.next; code_next_line_range(&range); entry = range.next)
        if (byte_offset < range.end) return read_position(entry, range.limit, range.computed_line);
    return {-1, -1, -1, -1};
}

bool code_find_handler(Code* code, int byte_offset, ExceptionHandler* handler) {
    auto* table = reinterpret_cast<const uint8_t*>(code->exception_table->data);
    const uint8_t* limit = table + code->exception_table->size;
    auto number = [&](const uint8_t*& at) {
        unsigned value = 0;
        for (bool more = true; more && at < limit; at++) {
            value = value << 6 | (*at & 63);
            more = *at & 64;
        }
        return value;
    };
    unsigned unit = unsigned(byte_offset) / sizeof(CodeUnit);
    // Entries are sorted by start, and bit 7 marks the first byte of each: narrowed down by halves, then read in order.
    constexpr ptrdiff_t kReadInOrder = 40;
    const uint8_t *low = table, *high = limit;
    while (high - low > kReadInOrder) {
        const uint8_t* middle = low + (high - low) / 2;
        while (middle > low && (*middle & 0x80) == 0)
            middle--;
        if (middle == low) break;
        const uint8_t* at = middle;
        if (number(at) > unit)
            high = middle;
        else
            low = middle;
    }
    while (low < limit) {
        unsigned start = number(low), size = number(low), target = number(low), depth = number(low);
        if (start > unit) return false;
        if (unit >= start + size) continue;
        *handler = {int(target * sizeof(CodeUnit)), int(depth >> 1), (depth & 1) != 0};
        return true;
    }
    return false;
}

// code.co_lines()
Fallible<Ref<>> code_lines(Object* code) {
    Ref<LineIterator> iterator = make<LineIterator>(line_iterator_type);
    if (!iterator) return raised;
    iterator->code = new_reference(as_code(code));
    iterator->range = code_line_ranges(as_code(code));
    return iterator;
}

// code.co_positions()
Fallible<Ref<>> code_positions(Object* code) {
    Ref<PositionIterator> iterator = make<PositionIterator>(position_iterator_type);
    if (!iterator) return raised;
    iterator->code = new_reference(as_code(code));
    iterator->range = code_line_ranges(as_code(code));
    iterator->entry = iterator->range.next;
    iterator->offset = 0;
    return iterator;
}

Fallible<Ref<Bytes>> without_columns(Bytes* line_table) {
    ast::Buffer<char> table;
    bool has_memory = true;
    auto put = [&](unsigned value) {
        char one = char(value);
        has_memory = has_memory && table.try_append(&one, 1);
    };
    auto* entry = reinterpret_cast<const uint8_t*>(line_table->data);
    const uint8_t* limit = entry + line_table->size;
    for (; entry < limit; entry = skip_entry(entry, limit)) {
        int code = *entry >> 3 & 15;
        if (code == kNoLocation) {
            put(*entry);
            continue;
        }
        int delta = line_delta(entry, limit);
        unsigned value = delta < 0 ? (0u - unsigned(delta)) << 1 | 1 : unsigned(delta) << 1;
        put(0x80 | kNoColumns << 3 | (*entry & 7));
        for (; value >= 64; value >>= 6)
            put(0x40 | (value & 63));
        put(value);
    }
    if (!has_memory) return raise_memory_error();
    return bytes_from({table.data(), table.size()});
}

// Calls emit(offset step, line step) for each pair of bytes of co_lnotab.
template <class Emit>
static void each_line_step(Code* code, Emit emit) {
    int line = code->first_line, offset = 0;
    LineRange range = code_line_ranges(code);
    while (code_next_line_range(&range)) {
        if (range.computed_line == line) continue;
        int offset_delta = range.start - offset, delta = range.computed_line - line;
        for (; offset_delta > 255; offset_delta -= 255)
            emit(255, 0);
        for (; delta > 127; delta -= 127, offset_delta = 0)
            emit(offset_delta, 127);
        for (; delta < -128; delta += 128, offset_delta = 0)
            emit(offset_delta, -128);
        emit(offset_delta, delta);
        offset = range.start;
        line = range.computed_line;
    }
}

Fallible<Ref<>> code_lnotab(Object* object) {
    Code* code = as_code(object);
    // Counted first: a line table of a few bytes can name lines so far apart that this is more than there is memory.
    ssize_t size = 0;
    each_line_step(code, [&](int, int) { size += 2; });
    Ref<Bytes> table = TRY(bytes_new(size));
    char* next = table->data;
    each_line_step(code, [&](int offset_step, int line_step) {
        *next++ = char(offset_step);
        *next++ = char(line_step);
    });
    return table;
}

constinit Type line_iterator_type = static_type({
    .name = "line_iterator",
    .basic_size = sizeof(LineIterator),
    .dealloc = iterator_dealloc<LineIterator>,
    .iter = iterator_self,
    .iternext = line_iterator_next,
});
constinit Type position_iterator_type = static_type({
    .name = "positions_iterator",
    .basic_size = sizeof(PositionIterator),
    .dealloc = iterator_dealloc<PositionIterator>,
    .iter = iterator_self,
    .iternext = position_iterator_next,
});

}  // namespace py
