// The types BufferedReader, BufferedWriter and BufferedRandom, and _io.BufferedRWPair over two of them.
#include "interp/modules/io_buffered.h"

namespace py::io {

namespace {

// BufferedReader.__init__(raw, buffer_size=DEFAULT_BUFFER_SIZE)
Fallible<void> reader_init(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    self->ok = self->detached = false;
    TRY(check_readable(a[0]));
    return buffered_start(self, a[0], a[1], true, false);
}
// BufferedWriter.__init__(raw, buffer_size=DEFAULT_BUFFER_SIZE)
Fallible<void> writer_init(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    self->ok = self->detached = false;
    TRY(check_writable(a[0]));
    return buffered_start(self, a[0], a[1], false, true);
}
// BufferedRandom.__init__(raw, buffer_size=DEFAULT_BUFFER_SIZE)
Fallible<void> random_init(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    self->ok = self->detached = false;
    TRY(check_seekable(a[0]));
    TRY(check_readable(a[0]));
    TRY(check_writable(a[0]));
    return buffered_start(self, a[0], a[1], true, true);
}

void buffered_dealloc(Object* object) {
    Buffered* self = as_buffered(object);
    self->finalizing = true;
    if (!begin_dealloc(object)) return;
    self->ok = false;
    std::free(self->buffer);
    if (self->turnstile) {
        sem_destroy(self->turnstile);
        std::free(self->turnstile);
    }
    clear_slot(self->raw);
    end_dealloc(object);
}
int buffered_traverse(Object* object, Visit visit, void* arg) {
    VISIT(as_buffered(object)->raw);
    return traverse_stream(object, visit, arg);
}
int buffered_clear(Object* object) {
    as_buffered(object)->ok = false;
    clear_slot(as_buffered(object)->raw);
    return clear_stream(object);
}

Fallible<Ref<>> buffered_repr(Object* object) {
    Ref<> name = TRY(stream_name(object));
    if (!name) return format_str("<%s>", object->type->name);
    ReprGuard guard(object);
    TRY(guard.check());
    return format_str("<%s name=%R>", object->type->name, name.get());
}

constexpr const char* kCloseDoc = "Flush and close the raw stream.";

}  // namespace

#define COMMON_ROWS                                                                               \
    METHOD_NOARGS_UNSIGNED("close", buffered_close, kCloseDoc),                                   \
        METHOD_NOARGS_UNSIGNED("detach", buffered_detach, "Flush, part from the raw stream and return it."), \
        METHOD_NOARGS_UNSIGNED("seekable", buffered_seekable, nullptr),                           \
        METHOD_NOARGS_UNSIGNED("fileno", buffered_fileno, nullptr),                               \
        METHOD_NOARGS_UNSIGNED("isatty", buffered_isatty, nullptr),                               \
        METHOD_O_UNSIGNED("_dealloc_warn", buffered_dealloc_warn, nullptr),                       \
        METHOD("seek", buffered_seek, "($self, target, whence=0, /)", "Move the position; return the new one."), \
        METHOD_NOARGS_UNSIGNED("tell", buffered_tell, nullptr),                                   \
        METHOD("truncate", buffered_truncate, "($self, pos=None, /)", "Cut the file at pos, or at the position."), \
        METHOD_NOARGS_UNSIGNED("__sizeof__", buffered_sizeof, nullptr)
#define READ_ROWS                                                                                 \
    METHOD_NOARGS_UNSIGNED("readable", buffered_readable, nullptr),                               \
        METHOD("read", buffered_read, "($self, size=-1, /)", "Read `size` bytes, fewer only at the end; until the end without a size."), \
        METHOD("peek", buffered_peek, "($self, size=0, /)", "Show bytes ahead without taking them."), \
        METHOD("read1", buffered_read1, "($self, size=-1, /)", "Read up to `size` bytes by at most one raw read."), \
        METHOD_O("readinto", buffered_readinto, "($self, buffer, /)", "Fill the buffer."),        \
        METHOD_O("readinto1", buffered_readinto1, "($self, buffer, /)", "Read into the buffer by at most one raw read."), \
        METHOD("readline", buffered_readline, "($self, size=-1, /)", "Read one line, at most `size` bytes of it.")
#define WRITE_ROWS                                                                                \
    METHOD_NOARGS_UNSIGNED("writable", buffered_writable, nullptr),                               \
        METHOD_O("write", buffered_write, "($self, buffer, /)", "Write the bytes; return their number."), \
        METHOD_NOARGS_UNSIGNED("flush", buffered_flush, nullptr)

MethodDef buffered_reader_methods[] = {COMMON_ROWS, READ_ROWS, METHOD_NOARGS_UNSIGNED("flush", buffered_raw_flush, nullptr), END_ROW};
MethodDef buffered_writer_methods[] = {COMMON_ROWS, WRITE_ROWS, END_ROW};
MethodDef buffered_random_methods[] = {COMMON_ROWS, READ_ROWS, WRITE_ROWS, END_ROW};
#undef COMMON_ROWS
#undef READ_ROWS
#undef WRITE_ROWS

constinit Type buffered_reader_type = static_type({
    .name = "_io.BufferedReader",
    .basic_size = sizeof(Buffered),
    .base = &bufferediobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer over a readable raw stream.",
    .dealloc = buffered_dealloc,
    .traverse = buffered_traverse,
    .clear = buffered_clear,
    .repr = slot1<buffered_repr>,
    .iternext = buffered_next,
    .methods = buffered_reader_methods,
    .members = buffered_members,
    .getset = buffered_getset,
    .init = Bound<reader_init, "BufferedReader", "(raw, buffer_size=DEFAULT_BUFFER_SIZE)">::init,
    .new_ = generic_new,
});
constinit Type buffered_writer_type = static_type({
    .name = "_io.BufferedWriter",
    .basic_size = sizeof(Buffered),
    .base = &bufferediobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer over a writable raw stream.",
    .dealloc = buffered_dealloc,
    .traverse = buffered_traverse,
    .clear = buffered_clear,
    .repr = slot1<buffered_repr>,
    .methods = buffered_writer_methods,
    .members = buffered_members,
    .getset = buffered_getset,
    .init = Bound<writer_init, "BufferedWriter", "(raw, buffer_size=DEFAULT_BUFFER_SIZE)">::init,
    .new_ = generic_new,
});
constinit Type buffered_random_type = static_type({
    .name = "_io.BufferedRandom",
    .basic_size = sizeof(Buffered),
    .base = &bufferediobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer over a seekable raw stream, for both directions.",
    .dealloc = buffered_dealloc,
    .traverse = buffered_traverse,
    .clear = buffered_clear,
    .repr = slot1<buffered_repr>,
    .iternext = buffered_next,
    .methods = buffered_random_methods,
    .members = buffered_members,
    .getset = buffered_getset,
    .init = Bound<random_init, "BufferedRandom", "(raw, buffer_size=DEFAULT_BUFFER_SIZE)">::init,
    .new_ = generic_new,
});

namespace {

struct RwPair : IoBase {
    Object *reader, *writer;
};
RwPair* as_pair(Object* object) { return static_cast<RwPair*>(object); }

// BufferedRWPair.__init__(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)
Fallible<void> pair_init(Object* object, Object* const* a) {
    RwPair* self = as_pair(object);
    TRY(check_readable(a[0]));
    TRY(check_writable(a[1]));
    Ref<Int> size = TRY(int_from(a[2] ? TRY(as_ssize(a[2])) : kDefaultBufferSize));
    Ref<> reader = TRY(call(&buffered_reader_type, a[0], static_cast<Object*>(size.get())));
    Ref<> writer = TRY(call(&buffered_writer_type, a[1], static_cast<Object*>(size.get())));
    replace_slot(self->reader, reader.release());
    replace_slot(self->writer, writer.release());
    return {};
}
void pair_dealloc(Object* object) {
    if (!begin_dealloc(object)) return;
    clear_slot(as_pair(object)->reader);
    clear_slot(as_pair(object)->writer);
    end_dealloc(object);
}
int pair_traverse(Object* object, Visit visit, void* arg) {
    VISIT(as_pair(object)->reader);
    VISIT(as_pair(object)->writer);
    return traverse_stream(object, visit, arg);
}
int pair_clear(Object* object) {
    clear_slot(as_pair(object)->reader);
    clear_slot(as_pair(object)->writer);
    return clear_stream(object);
}

Fallible<Ref<>> forward(Object* half, Str* method, Object* const* args, ssize_t nargs) {
    if (!half) return raise(exc::ValueError, "I/O operation on uninitialized object");
    Ref<> bound = TRY(get_attr(half, method));
    return vectorcall(bound.get(), args, size_t(nargs), nullptr);
}
// BufferedRWPair.read(), peek(), read1(), readinto(), readinto1()
template <FixedString Name>
Fallible<Ref<>> to_reader(Object* self, Object* const* args, ssize_t nargs) {
    return forward(as_pair(self)->reader, interned_literal<Name>(), args, nargs);
}
// BufferedRWPair.write()
template <FixedString Name>
Fallible<Ref<>> to_writer(Object* self, Object* const* args, ssize_t nargs) {
    return forward(as_pair(self)->writer, interned_literal<Name>(), args, nargs);
}
// BufferedRWPair.readable()
template <FixedString Name>
Fallible<Ref<>> to_reader_without(Object* self) {
    return to_reader<Name>(self, nullptr, 0);
}
// BufferedRWPair.flush(), writable()
template <FixedString Name>
Fallible<Ref<>> to_writer_without(Object* self) {
    return to_writer<Name>(self, nullptr, 0);
}
// BufferedRWPair.isatty()
Fallible<Ref<>> pair_isatty(Object* self) {
    Ref<> answer = TRY(forward(as_pair(self)->writer, "isatty"_name, nullptr, 0));
    if (answer.get() != py_false()) return answer;
    return forward(as_pair(self)->reader, "isatty"_name, nullptr, 0);
}
// BufferedRWPair.close()
Fallible<Ref<>> pair_close(Object* self) {
    (void)forward(as_pair(self)->writer, "close"_name, nullptr, 0).ok();
    FirstError writer_closing;
    Fallible<Ref<>> result = forward(as_pair(self)->reader, "close"_name, nullptr, 0);
    TRY(writer_closing.finish());
    return result;
}
Fallible<Ref<>> pair_get_closed(Object* self) {
    if (!as_pair(self)->writer) return raise(exc::RuntimeError, "the BufferedRWPair object is being garbage-collected");
    return get_attr(as_pair(self)->writer, "closed"_name);
}

MethodDef pair_methods[] = {
    METHOD_FAST_UNSIGNED("read", to_reader<"read">, nullptr),
    METHOD_FAST_UNSIGNED("peek", to_reader<"peek">, nullptr),
    METHOD_FAST_UNSIGNED("read1", to_reader<"read1">, nullptr),
    METHOD_FAST_UNSIGNED("readinto", to_reader<"readinto">, nullptr),
    METHOD_FAST_UNSIGNED("readinto1", to_reader<"readinto1">, nullptr),
    METHOD_FAST_UNSIGNED("write", to_writer<"write">, nullptr),
    METHOD_NOARGS_UNSIGNED("flush", to_writer_without<"flush">, nullptr),
    METHOD_NOARGS_UNSIGNED("readable", to_reader_without<"readable">, nullptr),
    METHOD_NOARGS_UNSIGNED("writable", to_writer_without<"writable">, nullptr),
    METHOD_NOARGS_UNSIGNED("close", pair_close, nullptr),
    METHOD_NOARGS_UNSIGNED("isatty", pair_isatty, nullptr),
    END_ROW,
};
GetSetDef pair_getset[] = {
    GETTER("closed", pair_get_closed, nullptr),
    END_ROW,
};

}  // namespace

constinit Type buffered_rwpair_type = static_type({
    .name = "_io.BufferedRWPair",
    .basic_size = sizeof(RwPair),
    .base = &bufferediobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\n"
           "A reader and a writer over two raw streams, such as the ends of a connection, as one stream.",
    .dealloc = pair_dealloc,
    .traverse = pair_traverse,
    .clear = pair_clear,
    .methods = pair_methods,
    .getset = pair_getset,
    .init = Bound<pair_init, "BufferedRWPair", "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)">::init,
    .new_ = generic_new,
});

}  // namespace py::io
