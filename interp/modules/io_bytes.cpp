// _io.BytesIO: a binary stream in memory. Its bytes object is shared with what was given or handed out as long as nobody
// writes; getbuffer() gives a view that forbids resizing.
#include <cstring>

#include "interp/modules/io.h"

namespace py::io {

namespace {

constexpr ssize_t kSmallestCapacity = 16;

struct BytesIo : IoBase {
    Bytes* buffer;  // null: closed. Its size is the capacity
    ssize_t position, size;
    ssize_t exports;  // views given out: no resize while > 0
};
struct BytesIoBuffer : Object {
    BytesIo* source;
};
BytesIo* as_bytesio(Object* object) { return static_cast<BytesIo*>(object); }

bool is_shared(const BytesIo* self) { return self->buffer->refcount != 1; }

Fallible<void> check_open(const BytesIo* self) {
    if (!self->buffer) return raise(exc::ValueError, "I/O operation on closed file.");
    return {};
}
Fallible<void> check_exports(const BytesIo* self) {
    if (self->exports > 0) return raise(exc::BufferError, "Existing exports of data: object cannot be re-sized");
    return {};
}

// A buffer of its own with the capacity, which must be enough for the contents.
Fallible<void> unshare(BytesIo* self, ssize_t capacity) {
    Ref<Bytes> copy = TRY(bytes_new(capacity < kSmallestCapacity ? kSmallestCapacity : capacity));
    std::memcpy(copy->data, self->buffer->data, size_t(self->size));
    replace_slot(self->buffer, copy.release());
    return {};
}

// Makes room for `size` bytes; a little more where the buffer grows step by step.
Fallible<void> reserve(BytesIo* self, ssize_t size) {
    ssize_t capacity = self->buffer->size;
    if (size <= capacity) return is_shared(self) ? unshare(self, size > self->size ? size : self->size) : Fallible<void>();
    ssize_t grown = size;
    if (size < capacity + (capacity >> 3)) grown = size + (size >> 3) + (size < 9 ? 3 : 6);
    if (is_shared(self) || grown < kSmallestCapacity) return unshare(self, grown);
    Ref<Bytes> moved = steal(std::exchange(self->buffer, nullptr));
    Fallible<Ref<Bytes>> resized = bytes_resize(std::move(moved), grown);
    if (!resized.ok()) return raised;
    self->buffer = resized.release();
    return {};
}

// Writes at the position; zeros fill a gap behind the end.
Fallible<ssize_t> put(BytesIo* self, std::string_view bytes) {
    ssize_t count = ssize_t(bytes.size());
    if (self->position > PTRDIFF_MAX - count) return raise_memory_error();
    ssize_t end = self->position + count;
    TRY(reserve(self, end));
    if (self->position > self->size) std::memset(self->buffer->data + self->size, 0, size_t(self->position - self->size));
    std::memcpy(self->buffer->data + self->position, bytes.data(), size_t(count));
    self->buffer->hash_value = -1;
    self->position = end;
    if (end > self->size) self->size = end;
    return count;
}
Fallible<ssize_t> write_bytes(BytesIo* self, Object* source) {
    TRY(check_open(self));
    TRY(check_exports(self));
    // FAST: the view of bytes is their memory, and nothing can change them meanwhile.
    if (is_bytes_exact(source)) return as_bytes(source)->size ? put(self, as_bytes(source)->view()) : Fallible<ssize_t>(0);
    BufferView view;
    TRY(view.open(source));
    if (view.size() == 0) return 0;
    // The exporter may have run code.
    TRY(check_open(self));
    TRY(check_exports(self));
    return put(self, view.view());
}

Object* bytesio_new(Type* type, Object*, Object*) {
    auto self = static_cast<BytesIo*>(type->alloc(type, 0));
    if (!self) return nullptr;
    Fallible<Ref<Bytes>> empty = bytes_new(0);
    self->buffer = empty.release();
    if (!self->buffer) {
        decref(self);
        return nullptr;
    }
    return self;
}
// BytesIO.__init__(initial_bytes=b'')
Fallible<void> bytesio_init(Object* object, Object* const* a) {
    BytesIo* self = as_bytesio(object);
    TRY(check_exports(self));
    self->size = self->position = 0;
    if (!self->buffer) self->buffer = TRY(bytes_new(0)).release();
    Object* initial = a[0];
    if (!initial || is_none(initial)) return {};
    if (is_bytes_exact(initial)) {
        // FAST: the bytes are shared until somebody writes.
        replace_slot(self->buffer, new_reference(as_bytes(initial)));
        self->size = self->buffer->size;
        return {};
    }
    TRY(write_bytes(self, initial));
    self->position = 0;
    return {};
}
void bytesio_dealloc(Object* object) {
    BytesIo* self = as_bytesio(object);
    gc_untrack(object);
    if (self->exports > 0) {
        (void)raise(exc::SystemError, "deallocated BytesIO object has exported buffers");
        write_unraisable(nullptr);
    }
    if (self->weaklist) clear_weakrefs(object);
    clear_slot(self->buffer);
    end_dealloc(object);
}

// BytesIO.readable(), writable(), seekable()
Fallible<Ref<>> bytesio_yes(Object* self) {
    TRY(check_open(as_bytesio(self)));
    return bool_from(true);
}
// BytesIO.isatty()
Fallible<Ref<>> bytesio_isatty(Object* self) {
    TRY(check_open(as_bytesio(self)));
    return bool_from(false);
}
// BytesIO.flush()
Fallible<Ref<>> bytesio_flush(Object* self) {
    TRY(check_open(as_bytesio(self)));
    return share(none());
}
// BytesIO.tell()
Fallible<Ref<>> bytesio_tell(Object* self) {
    TRY(check_open(as_bytesio(self)));
    return int_from(as_bytesio(self)->position);
}
// BytesIO.close()
Fallible<Ref<>> bytesio_close(Object* self) {
    TRY(check_exports(as_bytesio(self)));
    clear_slot(as_bytesio(self)->buffer);
    return share(none());
}

// BytesIO.getvalue()
Fallible<Ref<>> bytesio_getvalue(Object* object) {
    BytesIo* self = as_bytesio(object);
    TRY(check_open(self));
    if (self->size == self->buffer->size && self->exports == 0) return share(self->buffer);
    if (self->exports > 0 || is_shared(self) || self->size < 2) return bytes_from({self->buffer->data, size_t(self->size)});
    // The spare capacity is given up, and the buffer shared with the caller.
    Ref<Bytes> moved = steal(std::exchange(self->buffer, nullptr));
    Fallible<Ref<Bytes>> resized = bytes_resize(std::move(moved), self->size);
    if (!resized.ok()) return raised;
    self->buffer = resized.release();
    return share(self->buffer);
}
// BytesIO.getbuffer()
Fallible<Ref<>> bytesio_getbuffer(Object* object) {
    TRY(check_open(as_bytesio(object)));
    Ref<BytesIoBuffer> buffer = make_gc<BytesIoBuffer>(bytesio_buffer_type);
    if (!buffer) return raised;
    buffer->source = new_reference(as_bytesio(object));
    gc_track(buffer.get());
    return memoryview_from(buffer.get());
}

ssize_t available(const BytesIo* self) { return self->size > self->position ? self->size - self->position : 0; }

Fallible<Ref<>> take(BytesIo* self, ssize_t count) {
    // FAST: everything is asked for and the buffer fits: it is shared.
    if (count > 1 && self->position == 0 && count == self->buffer->size && self->exports == 0) {
        self->position += count;
        return share(self->buffer);
    }
    const char* start = self->buffer->data + self->position;
    if (count == 0) start = self->buffer->data;
    self->position += count;
    return bytes_from({start, size_t(count)});
}
// The length of the line at the position, at most `limit` bytes of it.
ssize_t line_length(const BytesIo* self, ssize_t limit) {
    ssize_t count = available(self);
    if (limit >= 0 && limit < count) count = limit;
    if (count == 0) return 0;
    const char* start = self->buffer->data + self->position;
    auto found = static_cast<const char*>(std::memchr(start, '\n', size_t(count)));
    return found ? found - start + 1 : count;
}
// BytesIO.read(size=-1, /), read1(size=-1, /)
Fallible<Ref<>> bytesio_read(Object* object, Object* const* a) {
    BytesIo* self = as_bytesio(object);
    ssize_t size = TRY(optional_size(a[0]));
    TRY(check_open(self));
    ssize_t rest = available(self);
    return take(self, size < 0 || size > rest ? rest : size);
}
// BytesIO.readline(size=-1, /)
Fallible<Ref<>> bytesio_readline(Object* object, Object* const* a) {
    BytesIo* self = as_bytesio(object);
    ssize_t limit = TRY(optional_size(a[0]));
    TRY(check_open(self));
    return take(self, line_length(self, limit));
}
Object* bytesio_next(Object* object) {
    BytesIo* self = as_bytesio(object);
    TRY(check_open(self));
    ssize_t count = line_length(self, -1);
    if (count == 0) return nullptr;
    return take(self, count).release();
}
// BytesIO.readlines(size=None, /)
Fallible<Ref<>> bytesio_readlines(Object* object, Object* const* a) {
    BytesIo* self = as_bytesio(object);
    ssize_t limit = 0;
    TRY(check_open(self));
    if (a[0] && is_int(a[0]))
        limit = TRY(as_ssize(a[0]));
    else if (a[0] && !is_none(a[0]))
        return raise(exc::TypeError, "integer argument expected, got '%s'", a[0]->type->name);
    Ref<List> lines = TRY(list_new(0));
    ssize_t total = 0;
    while (ssize_t count = line_length(self, -1)) {
        TRY(list_append_steal(lines.get(), TRY(take(self, count))));
        total += count;
        if (limit > 0 && total >= limit) break;
    }
    return lines;
}
// BytesIO.readinto(buffer, /)
Fallible<Ref<>> bytesio_readinto(Object* object, Object* target) {
    BytesIo* self = as_bytesio(object);
    BufferView view;
    TRY(open_target(view, target, "readinto"));
    TRY(check_open(self));
    ssize_t count = available(self);
    if (count > view.size()) count = view.size();
    if (count > 0) std::memcpy(view.writable_data(), self->buffer->data + self->position, size_t(count));
    self->position += count;
    return int_from(count);
}

// BytesIO.write(b, /)
Fallible<Ref<>> bytesio_write(Object* self, Object* source) { return int_from(TRY(write_bytes(as_bytesio(self), source))); }
// BytesIO.writelines(lines, /)
Fallible<Ref<>> bytesio_writelines(Object* self, Object* lines) {
    TRY(check_open(as_bytesio(self)));
    Ref<> iterator = TRY(iter(lines));
    while (Ref<> line = TRY(next(iterator.get()))) TRY(write_bytes(as_bytesio(self), line.get()));
    return share(none());
}
// BytesIO.seek(pos, whence=0, /)
Fallible<Ref<>> bytesio_seek(Object* object, Object* const* a) {
    BytesIo* self = as_bytesio(object);
    ssize_t offset = TRY(as_ssize(a[0]));
    int whence = a[1] ? TRY(as_c_int(a[1])) : 0;
    TRY(check_open(self));
    if (offset < 0 && whence == 0) return raise(exc::ValueError, "negative seek value %zd", offset);
    if (whence < 0 || whence > 2) return raise(exc::ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
    ssize_t base = whence == 1 ? self->position : whence == 2 ? self->size : 0;
    if (offset > PTRDIFF_MAX - base) return raise(exc::OverflowError, "new position too large");
    self->position = offset + base < 0 ? 0 : offset + base;
    return int_from(self->position);
}
// BytesIO.truncate(size=None, /)
Fallible<Ref<>> bytesio_truncate(Object* object, Object* const* a) {
    BytesIo* self = as_bytesio(object);
    ssize_t size = TRY(optional_size(a[0], self->position));
    TRY(check_open(self));
    TRY(check_exports(self));
    if (size < 0) return raise(exc::ValueError, "negative size value %zd", size);
    if (size < self->size) {
        self->size = size;
        // Memory is given back when more than half of it is spare.
        if (size < self->buffer->size / 2 || is_shared(self)) TRY(unshare(self, size));
    }
    return int_from(size);
}

// BytesIO.__getstate__()
Fallible<Ref<>> bytesio_getstate(Object* object) {
    Ref<> value = TRY(bytesio_getvalue(object));
    Object* attributes = as_bytesio(object)->dict;
    Ref<> copy = share(none());
    if (attributes) copy = TRY(dict_copy(as_dict(attributes)));
    Ref<Int> position = TRY(int_from(as_bytesio(object)->position));
    return tuple_pack(value.get(), static_cast<Object*>(position.get()), copy.get());
}
// BytesIO.__setstate__(state)
Fallible<Ref<>> bytesio_setstate(Object* object, Object* state) {
    BytesIo* self = as_bytesio(object);
    if (!is_tuple(state) || as_tuple(state)->size < 3)
        return raise(exc::TypeError, "%.200s.__setstate__ argument should be 3-tuple, got %.200s", object->type->name, state->type->name);
    TRY(check_exports(self));
    self->size = self->position = 0;
    Object** items = as_tuple(state)->items;
    TRY(write_bytes(self, items[0]));
    if (!is_int(items[1])) return raise(exc::TypeError, "second item of state must be an integer, not %.200s", items[1]->type->name);
    ssize_t position = TRY(as_ssize(items[1]));
    if (position < 0) return raise(exc::ValueError, "position value cannot be negative");
    self->position = position;
    Object* attributes = items[2];
    if (is_none(attributes)) return share(none());
    if (!is_dict(attributes)) return raise(exc::TypeError, "third item of state should be a dict, got a %.200s", attributes->type->name);
    if (self->dict)
        TRY(dict_update(as_dict(self->dict), attributes));
    else
        self->dict = new_reference(attributes);
    return share(none());
}
// BytesIO.__sizeof__()
Fallible<Ref<>> bytesio_sizeof(Object* object) {
    BytesIo* self = as_bytesio(object);
    ssize_t bytes = object->type->basic_size;
    if (self->buffer && !is_shared(self)) bytes += self->buffer->size + ssize_t(offsetof(Bytes, data)) + 1;
    return int_from(bytes);
}
Fallible<Ref<>> bytesio_get_closed(Object* self) { return bool_from(!as_bytesio(self)->buffer); }

MethodDef bytesio_methods[] = {
    METHOD_NOARGS("readable", bytesio_yes, "($self, /)", "True."),
    METHOD_NOARGS("seekable", bytesio_yes, "($self, /)", "True."),
    METHOD_NOARGS("writable", bytesio_yes, "($self, /)", "True."),
    METHOD_NOARGS("close", bytesio_close, "($self, /)", "Drop the contents. Every other use fails from then on."),
    METHOD_NOARGS("flush", bytesio_flush, "($self, /)", "Do nothing."),
    METHOD_NOARGS("isatty", bytesio_isatty, "($self, /)", "False."),
    METHOD_NOARGS("tell", bytesio_tell, "($self, /)", "The position."),
    METHOD_O("write", bytesio_write, "($self, b, /)", "Write the bytes; return their number."),
    METHOD_O("writelines", bytesio_writelines, "($self, lines, /)", "Write each of the lines; line endings are not added."),
    METHOD("read1", bytesio_read, "($self, size=-1, /)", "Read up to `size` bytes; until the end without a size."),
    METHOD_O("readinto", bytesio_readinto, "($self, buffer, /)", "Read into the buffer; the number of bytes."),
    METHOD("readline", bytesio_readline, "($self, size=-1, /)", "Read one line, at most `size` bytes of it."),
    METHOD("readlines", bytesio_readlines, "($self, size=None, /)", "A list of lines; none is read once `size` bytes have been."),
    METHOD("read", bytesio_read, "($self, size=-1, /)", "Read up to `size` bytes; until the end without a size."),
    METHOD_NOARGS("getbuffer", bytesio_getbuffer, "($self, /)", "A view of the contents, through which they can be changed."),
    METHOD_NOARGS("getvalue", bytesio_getvalue, "($self, /)", "All contents as bytes."),
    METHOD("seek", bytesio_seek, "($self, pos, whence=0, /)", "Move the position; return the new one."),
    METHOD("truncate", bytesio_truncate, "($self, size=None, /)", "Cut the contents to the size given, or at the position."),
    METHOD_NOARGS_UNSIGNED("__getstate__", bytesio_getstate, nullptr),
    METHOD_O_UNSIGNED("__setstate__", bytesio_setstate, nullptr),
    METHOD_NOARGS_UNSIGNED("__sizeof__", bytesio_sizeof, nullptr),
    END_ROW,
};
GetSetDef bytesio_getset[] = {
    GETTER("closed", bytesio_get_closed, "True if the file is closed."),
    END_ROW,
};

int bytesio_buffer_get(Object* object, Buffer* buffer, int flags) {
    BytesIo* source = static_cast<BytesIoBuffer*>(object)->source;
    if (!buffer) return raise(exc::BufferError, "bytesiobuf_getbuffer: view==NULL argument is obsolete");
    if (!source->buffer) return raise(exc::ValueError, "I/O operation on closed file.");
    if (source->exports == 0 && is_shared(source)) TRY(unshare(source, source->size));
    source->buffer->hash_value = -1;
    if (buffer_fill(buffer, object, source->buffer->data, source->size, false, flags) < 0) return -1;
    ++source->exports;
    return 0;
}
void bytesio_buffer_release(Object* object, Buffer*) { --static_cast<BytesIoBuffer*>(object)->source->exports; }
BufferMethods bytesio_buffer_methods = {.get = bytesio_buffer_get, .release = bytesio_buffer_release};

}  // namespace

constinit Type bytesio_type = static_type({
    .name = "_io.BytesIO",
    .basic_size = sizeof(BytesIo),
    .base = &bufferediobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "BytesIO(initial_bytes=b'')\n--\n\nA binary stream in memory.",
    .dealloc = bytesio_dealloc,
    .traverse = traverse_stream,
    .clear = clear_stream,
    .iter = self_iter,
    .iternext = bytesio_next,
    .methods = bytesio_methods,
    .getset = bytesio_getset,
    .init = Bound<bytesio_init, "BytesIO", "(initial_bytes=b'')">::init,
    .new_ = bytesio_new,
});
constinit Type bytesio_buffer_type = static_type({
    .name = "_io._BytesIOBuffer",
    .basic_size = sizeof(BytesIoBuffer),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&BytesIoBuffer::source>,
    .traverse = traverse_members<&BytesIoBuffer::source>,
    .buffer = &bytesio_buffer_methods,
});

}  // namespace py::io
