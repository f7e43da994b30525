// _io.StringIO: a text stream in memory. The text stands in an array of the width that its widest character needs.
#include <cstring>

#include "interp/modules/io.h"
#include "interp/objects/str_kind.h"

namespace py::io {

namespace {

struct StringIo : IoBase {
    void* data;  // capacity units of `kind` bytes
    ssize_t size, capacity, position;
    uint8_t kind;
    bool initialized, closed, universal, translate;
    Object* decoder;  // an IncrementalNewlineDecoder, or null
    Str* read_newline;   // null: newline=None
    Str* write_newline;  // what "\n" is written as; null: as it is
    void* reserved[3];  // up to the size that sys.getsizeof shows in 3.11
};
StringIo* as_stringio(Object* object) { return static_cast<StringIo*>(object); }

Fallible<void> check_initialized(const StringIo* self) {
    if (!self->initialized) return raise(exc::ValueError, "I/O operation on uninitialized object");
    return {};
}
Fallible<void> check_open(const StringIo* self) {
    TRY(check_initialized(self));
    if (self->closed) return raise(exc::ValueError, "I/O operation on closed file");
    return {};
}

void drop_contents(StringIo* self) {
    deallocate(self->data);
    self->data = nullptr;
    self->size = self->capacity = 0;
    self->kind = 1;
}

// Room for `size` characters up to max_char; contents kept.
Fallible<void> reserve(StringIo* self, ssize_t size, uint32_t max_char) {
    int kind = kind_of_char(max_char);
    if (kind < self->kind) kind = self->kind;
    if (size <= self->capacity && kind == self->kind) return {};
    ssize_t capacity = self->capacity;
    if (size > capacity) capacity = size < capacity + (capacity >> 3) ? size + (size >> 3) + 6 : size;
    if (capacity < 32) capacity = 32;
    if (capacity > PTRDIFF_MAX / 8) return raise_memory_error();
    size_t bytes = size_t(capacity) * size_t(kind);
    if (kind == self->kind) {
        void* moved = reallocate(self->data, bytes);
        if (!moved) return raise_memory_error();
        self->data = moved;
    } else {
        void* wider = allocate(bytes);
        if (!wider) return raise_memory_error();
        copy_units(kind, wider, 0, self->kind, self->data, 0, self->size);
        deallocate(self->data);
        self->data = wider;
        self->kind = uint8_t(kind);
    }
    self->capacity = capacity;
    return {};
}

// Puts the characters at the position; zeros fill the gap behind the end.
Fallible<void> put(StringIo* self, Str* text) {
    if (self->position > PTRDIFF_MAX / 8 - text->length) return raise(exc::OverflowError, "new position too large");
    ssize_t end = self->position + text->length;
    TRY(reserve(self, end, str_max_char(text)));
    if (self->position > self->size)
        std::memset(static_cast<char*>(self->data) + self->size * self->kind, 0, size_t(self->position - self->size) * self->kind);
    copy_units(self->kind, self->data, self->position, int(text->kind), text->data(), 0, text->length);
    self->position = end;
    if (end > self->size) self->size = end;
    return {};
}

Fallible<void> write_text(StringIo* self, Str* given) {
    Ref<Str> text = self->decoder ? TRY(newline_decode(self->decoder, given, true)) : share(given);
    if (self->write_newline) text = TRY(str_replace(text.get(), "\n"_name, self->write_newline, -1));
    return put(self, text.get());
}

Fallible<Ref<Str>> slice(StringIo* self, ssize_t start, ssize_t end) {
    if (start >= end) return str_empty();
    return str_from_kind(self->kind, static_cast<char*>(self->data) + start * self->kind, end - start);
}

Object* stringio_new(Type* type, Object*, Object*) {
    auto self = static_cast<StringIo*>(type->alloc(type, 0));
    if (self) self->kind = 1;
    return self;
}
// StringIO.__init__(initial_value='', newline='\n')
Fallible<void> stringio_init(Object* object, Object* const* a) {
    StringIo* self = as_stringio(object);
    Object* initial = a[0] ? a[0] : none();
    Object* newline = a[1] ? a[1] : static_cast<Object*>("\n"_name);
    TRY(check_newline(newline, "newline", true));
    if (!is_none(initial) && !is_str(initial))
        return raise(exc::TypeError, "initial_value must be str or None, not %.200s", initial->type->name);
    self->initialized = false;
    clear_slot(self->read_newline);
    clear_slot(self->write_newline);
    clear_slot(self->decoder);
    drop_contents(self);
    self->position = 0;
    if (!is_none(newline)) self->read_newline = new_reference(as_str(newline));
    self->universal = is_none(newline) || as_str(newline)->length == 0;
    self->translate = is_none(newline);
    if (!is_none(newline) && as_str(newline)->length && as_str(newline)->at(0) == '\r') self->write_newline = new_reference(as_str(newline));
    if (self->universal) self->decoder = TRY(newline_decoder_new(none(), self->translate)).release();
    if (!is_none(initial) && as_str(initial)->length) TRY(write_text(self, as_str(initial)));
    self->position = 0;
    self->closed = false;
    self->initialized = true;
    return {};
}
int stringio_traverse(Object* object, Visit visit, void* arg) {
    VISIT(as_stringio(object)->decoder);
    return traverse_stream(object, visit, arg);
}
int stringio_clear(Object* object) {
    clear_slot(as_stringio(object)->decoder);
    return clear_stream(object);
}
void stringio_dealloc(Object* object) {
    StringIo* self = as_stringio(object);
    gc_untrack(object);
    self->initialized = false;
    if (self->weaklist) clear_weakrefs(object);
    deallocate(self->data);
    clear_slot(self->read_newline);
    clear_slot(self->write_newline);
    clear_slot(self->decoder);
    end_dealloc(object);
}

// StringIO.getvalue()
Fallible<Ref<>> stringio_getvalue(Object* object) {
    StringIo* self = as_stringio(object);
    TRY(check_open(self));
    return slice(self, 0, self->size);
}
// StringIO.tell()
Fallible<Ref<>> stringio_tell(Object* object) {
    TRY(check_open(as_stringio(object)));
    return int_from(as_stringio(object)->position);
}
// StringIO.read(size=-1, /)
Fallible<Ref<>> stringio_read(Object* object, Object* const* a) {
    StringIo* self = as_stringio(object);
    ssize_t size = TRY(optional_size(a[0]));
    TRY(check_open(self));
    ssize_t rest = self->size > self->position ? self->size - self->position : 0;
    if (size < 0 || size > rest) size = rest;
    ssize_t start = self->position;
    self->position += size;
    return slice(self, start, start + size);
}
Fallible<Ref<Str>> next_line(StringIo* self, ssize_t limit) {
    ssize_t start = self->position, end = self->size;
    if (start >= end) return str_empty();
    if (limit >= 0 && limit < end - start) end = start + limit;
    LineRules rules{self->translate, self->universal, self->read_newline};
    ssize_t consumed;
    ssize_t line_end = find_line_end(rules, self->kind, self->data, start, end, &consumed);
    self->position = line_end < 0 ? end : line_end;
    return slice(self, start, self->position);
}
// StringIO.readline(size=-1, /)
Fallible<Ref<>> stringio_readline(Object* object, Object* const* a) {
    ssize_t limit = TRY(optional_size(a[0]));
    TRY(check_open(as_stringio(object)));
    return next_line(as_stringio(object), limit);
}
Object* stringio_next(Object* object) {
    TRY(check_open(as_stringio(object)));
    Ref<> line;
    if (object->type == &stringio_type) {
        line = TRY(next_line(as_stringio(object), -1));
    } else {
        line = TRY(call_method(object, "readline"_name));
        if (!is_str(line.get()))
            return raise(exc::OSError, "readline() should have returned a str object, not '%.200s'", line->type->name);
    }
    return as_str(line.get())->length ? line.release() : nullptr;
}
// StringIO.truncate(pos=None, /)
Fallible<Ref<>> stringio_truncate(Object* object, Object* const* a) {
    StringIo* self = as_stringio(object);
    ssize_t size = TRY(optional_size(a[0], self->position));
    TRY(check_open(self));
    if (size < 0) return raise(exc::ValueError, "Negative size value %zd", size);
    if (size < self->size) self->size = size;
    return int_from(size);
}
// StringIO.seek(pos, whence=0, /)
Fallible<Ref<>> stringio_seek(Object* object, Object* const* a) {
    StringIo* self = as_stringio(object);
    ssize_t offset = TRY(as_ssize(a[0]));
    int whence = a[1] ? TRY(as_c_int(a[1])) : 0;
    TRY(check_open(self));
    if (whence < 0 || whence > 2) return raise(exc::ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
    if (offset < 0 && whence == 0) return raise(exc::ValueError, "Negative seek position %zd", offset);
    if (whence != 0 && offset != 0) return raise(exc::OSError, "Can't do nonzero cur-relative seeks");
    self->position = whence == 1 ? self->position : whence == 2 ? self->size : offset;
    return int_from(self->position);
}
// StringIO.write(s, /)
Fallible<Ref<>> stringio_write(Object* object, Object* text) {
    StringIo* self = as_stringio(object);
    TRY(check_initialized(self));
    if (!is_str(text)) return raise(exc::TypeError, "string argument expected, got '%s'", text->type->name);
    TRY(check_open(self));
    ssize_t length = as_str(text)->length;
    if (length) TRY(write_text(self, as_str(text)));
    return int_from(length);
}
// StringIO.close()
Fallible<Ref<>> stringio_close(Object* object) {
    as_stringio(object)->closed = true;
    drop_contents(as_stringio(object));
    return share(none());
}
// StringIO.readable(), writable(), seekable()
Fallible<Ref<>> stringio_yes(Object* object) {
    TRY(check_open(as_stringio(object)));
    return bool_from(true);
}

// StringIO.__getstate__()
Fallible<Ref<>> stringio_getstate(Object* object) {
    StringIo* self = as_stringio(object);
    Ref<> value = TRY(stringio_getvalue(object));
    Ref<> attributes = share(none());
    if (self->dict) attributes = TRY(dict_copy(as_dict(self->dict)));
    Ref<Int> position = TRY(int_from(self->position));
    return tuple_pack(value.get(), self->read_newline ? self->read_newline : none(), static_cast<Object*>(position.get()), attributes.get());
}
// StringIO.__setstate__(state)
Fallible<Ref<>> stringio_setstate(Object* object, Object* state) {
    StringIo* self = as_stringio(object);
    // An object that unpickling has just made is not initialised yet.
    if (self->closed) return raise(exc::ValueError, "I/O operation on closed file");
    if (!is_tuple(state) || as_tuple(state)->size < 4)
        return raise(exc::TypeError, "%.200s.__setstate__ argument should be 4-tuple, got %.200s", object->type->name, state->type->name);
    Object** items = as_tuple(state)->items;
    Object* arguments[] = {items[0], items[1]};
    TRY(stringio_init(object, arguments));
    // The value is what getvalue() gave: its line endings are not translated a second time.
    if (is_str(items[0])) {
        drop_contents(self);
        TRY(put(self, as_str(items[0])));
        self->position = 0;
    }
    if (!is_int(items[2])) return raise(exc::TypeError, "third item of state must be an integer, got %.200s", items[2]->type->name);
    ssize_t position = TRY(as_ssize(items[2]));
    if (position < 0) return raise(exc::ValueError, "position value cannot be negative");
    self->position = position;
    Object* attributes = items[3];
    if (is_none(attributes)) return share(none());
    if (!is_dict(attributes)) return raise(exc::TypeError, "fourth item of state should be a dict, got a %.200s", attributes->type->name);
    if (self->dict)
        TRY(dict_update(as_dict(self->dict), attributes));
    else
        self->dict = new_reference(attributes);
    return share(none());
}

Fallible<Ref<>> stringio_get_closed(Object* object) {
    TRY(check_initialized(as_stringio(object)));
    return bool_from(as_stringio(object)->closed);
}
Fallible<Ref<>> stringio_get_line_buffering(Object* object) {
    TRY(check_open(as_stringio(object)));
    return bool_from(false);
}
Fallible<Ref<>> stringio_get_newlines(Object* object) {
    TRY(check_open(as_stringio(object)));
    if (!as_stringio(object)->decoder) return share(none());
    return get_attr(as_stringio(object)->decoder, "newlines"_name);
}

MethodDef stringio_methods[] = {
    METHOD_NOARGS("close", stringio_close, "($self, /)", "Drop the contents. Every other use fails from then on."),
    METHOD_NOARGS("getvalue", stringio_getvalue, "($self, /)", "All contents as a string."),
    METHOD("read", stringio_read, "($self, size=-1, /)", "Read up to `size` characters; until the end without a size."),
    METHOD("readline", stringio_readline, "($self, size=-1, /)", "Read one line, at most `size` characters of it."),
    METHOD_NOARGS("tell", stringio_tell, "($self, /)", "The position."),
    METHOD("truncate", stringio_truncate, "($self, pos=None, /)", "Cut the contents at pos, or at the position."),
    METHOD("seek", stringio_seek, "($self, pos, whence=0, /)", "Move the position; return the new one."),
    METHOD_O("write", stringio_write, "($self, s, /)", "Write the string; return its length."),
    METHOD_NOARGS("seekable", stringio_yes, "($self, /)", "True."),
    METHOD_NOARGS("readable", stringio_yes, "($self, /)", "True."),
    METHOD_NOARGS("writable", stringio_yes, "($self, /)", "True."),
    METHOD_NOARGS_UNSIGNED("__getstate__", stringio_getstate, nullptr),
    METHOD_O_UNSIGNED("__setstate__", stringio_setstate, nullptr),
    END_ROW,
};
GetSetDef stringio_getset[] = {
    GETTER("closed", stringio_get_closed, nullptr),
    GETTER("newlines", stringio_get_newlines, nullptr),
    GETTER("line_buffering", stringio_get_line_buffering, nullptr),
    END_ROW,
};

}  // namespace

constinit Type stringio_type = static_type({
    .name = "_io.StringIO",
    .basic_size = sizeof(StringIo),
    .base = &textiobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "StringIO(initial_value='', newline='\\n')\n--\n\nA text stream in memory; newline as TextIOWrapper's.",
    .dealloc = stringio_dealloc,
    .traverse = stringio_traverse,
    .clear = stringio_clear,
    .iternext = stringio_next,
    .methods = stringio_methods,
    .getset = stringio_getset,
    .init = Bound<stringio_init, "StringIO", "(initial_value='', newline='\\n')">::init,
    .new_ = stringio_new,
});

}  // namespace py::io
