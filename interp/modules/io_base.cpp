// _io._IOBase and the abstract bases over it (_RawIOBase, _BufferedIOBase), with what all streams share: checks, closing,
// finalisation. _TextIOBase stands in io_text_base.cpp.
#include <cerrno>
#include <cstring>

#include "interp/modules/io.h"
#include "interp/objects/codec.h"
#include "interp/objects/function.h"
#include "interp/runtime/state.h"

namespace py::io {

namespace {

Object* unsupported_operation;

IoBase* as_stream(Object* object) { return static_cast<IoBase*>(object); }

}  // namespace

Fallible<void> make_unsupported_operation(Module* module) {
    Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(exc::OSError), static_cast<Object*>(exc::ValueError)));
    Ref<> type = TRY(exception_type_new("io.UnsupportedOperation", bases.get(), nullptr));
    unsupported_operation = new_reference(type.get());
    return module_add(module, "UnsupportedOperation", std::move(type));
}
Raised raise_unsupported(const char* message) { return raise(static_cast<Type*>(unsupported_operation), "%s", message); }

Fallible<bool> ask(Object* stream, Str* attribute) {
    Ref<> value = TRY(get_attr(stream, attribute));
    return is_true(value.get());
}
Fallible<bool> ask_method(Object* stream, Str* method) {
    Ref<> value = TRY(call_method(stream, method));
    return is_true(value.get());
}

Fallible<void> check_closed(Object* stream) {
    Ref<> closed = TRY(lookup_attr(stream, "closed"_name));
    if (!closed || !TRY(is_true(closed.get()))) return {};
    return raise(exc::ValueError, "I/O operation on closed file.");
}

static Fallible<void> check_ability(Object* stream, Str* method, const char* message) {
    Ref<> able = TRY(call_method(stream, method));
    if (able.get() != py_true()) return raise_unsupported(message);
    return {};
}
Fallible<void> check_seekable(Object* stream) { return check_ability(stream, "seekable"_name, "File or stream is not seekable."); }
Fallible<void> check_readable(Object* stream) { return check_ability(stream, "readable"_name, "File or stream is not readable."); }
Fallible<void> check_writable(Object* stream) { return check_ability(stream, "writable"_name, "File or stream is not writable."); }

bool clear_if_interrupted() {
    if (!error_matches(exc::OSError)) return false;
    PendingError error = fetch_error();
    normalize_error(error);
    Object* value = error.value.get();
    bool interrupted = false;
    if (value && is_instance_of(value, *exc::OSError)) {
        Object* number = static_cast<OsErrorException*>(value)->error_number;
        interrupted = number && is_int(number) && int_equals_small(as_int(number), EINTR);
    }
    if (!interrupted) restore_error(std::move(error));
    return interrupted;
}

Fallible<void> open_target(BufferView& view, Object* target, const char* function) {
    if (view.open_writable(target).ok()) return {};
    clear_error();
    return raise(exc::TypeError, "%s() argument must be read-write bytes-like object, not %N", function,
                 target);
}

Fallible<void> FirstError::finish() {
    bool second = error_occurred();
    if (first_ && second) chain_exception_context(first_.get());
    if (first_ && !second) restore_exception(std::move(first_));
    if (error_occurred()) return raised;
    return {};
}

// Closes a stream that nobody can reach any more. Errors of closing are shown in development mode and, as in CPython's
// debug builds, where references are summed up.
void finalize_stream(Object* stream) {
    SavedError saved;
    auto is_open = [&]() -> Fallible<bool> {
        Ref<> closed = TRY(lookup_attr(stream, "closed"_name));
        return closed && !TRY(is_true(closed.get()));
    };
    Fallible<bool> open = is_open();
    if (!open.ok()) clear_error();
    if (!open.ok() || !open.take()) return;
    // A mark for close(), so that it can warn about files that nobody closed.
    if (!set_attr(stream, "_finalizing"_name, py_true()).ok()) clear_error();
    if (call_method(stream, "close"_name).ok()) return;
    if (runtime().config.dev_mode || kSumsReferences)
        write_unraisable(stream);
    else
        clear_error();
}

bool begin_dealloc(Object* stream) {
    if (!finalize_before_dealloc(stream)) {
        // The caller of a heap subclass's dealloc slot counts the type down, but this instance goes on needing it.
        if (stream->type->has(type_flag::kHeap)) incref(stream->type);
        return false;
    }
    gc_untrack(stream);
    if (as_stream(stream)->weaklist) clear_weakrefs(stream);
    return true;
}
void end_dealloc(Object* stream) {
    clear_slot(as_stream(stream)->dict);
    object_memory_free(stream);
}
int traverse_stream(Object* stream, Visit visit, void* arg) {
    VISIT(as_stream(stream)->dict);
    return 0;
}
int clear_stream(Object* stream) {
    clear_slot(as_stream(stream)->dict);
    return 0;
}

Lookup<> stream_name(Object* stream) {
    Lookup<> name = lookup_attr(stream, "name"_name);
    if (!name.ok() && clear_error_if(exc::ValueError)) return nullptr;
    return name;
}

Object* next_bytes_line(Object* stream) {
    Ref<> line = TRY(call_method(stream, "readline"_name));
    if (TRY(length(line.get())) <= 0) return nullptr;
    return line.release();
}

namespace {

void iobase_dealloc(Object* self) {
    if (begin_dealloc(self)) end_dealloc(self);
}

// _IOBase.seek(offset, whence=0)
Fallible<Ref<>> iobase_seek(Object*, Object* const*, ssize_t) { return raise_unsupported("seek"); }
// _IOBase.tell()
Fallible<Ref<>> iobase_tell(Object* self) {
    Ref<Int> zero = TRY(int_from(0)), one = TRY(int_from(1));
    return call_method(self, "seek"_name, zero.get(), one.get());
}
// _IOBase.truncate(size=None)
Fallible<Ref<>> iobase_truncate(Object*, Object* const*, ssize_t) { return raise_unsupported("truncate"); }

Fallible<bool> marked_closed(Object* self) {
    Ref<> mark = TRY(lookup_attr(self, "__IOBase_closed"_name));
    return bool(mark);
}
// _IOBase.flush()
Fallible<Ref<>> iobase_flush(Object* self) {
    if (TRY(marked_closed(self))) return raise(exc::ValueError, "I/O operation on closed file.");
    return share(none());
}
Fallible<Ref<>> iobase_get_closed(Object* self) { return bool_from(TRY(marked_closed(self))); }

// _IOBase.seekable(), readable(), writable()
Fallible<Ref<>> iobase_no(Object*) { return bool_from(false); }
// _IOBase._checkClosed()
Fallible<Ref<>> iobase_check_closed(Object* self) {
    TRY(check_closed(self));
    return share(none());
}
// _IOBase._checkSeekable()
Fallible<Ref<>> iobase_check_seekable(Object* self) {
    TRY(check_seekable(self));
    return bool_from(true);
}
// _IOBase._checkReadable()
Fallible<Ref<>> iobase_check_readable(Object* self) {
    TRY(check_readable(self));
    return bool_from(true);
}
// _IOBase._checkWritable()
Fallible<Ref<>> iobase_check_writable(Object* self) {
    TRY(check_writable(self));
    return bool_from(true);
}
// _IOBase.fileno()
Fallible<Ref<>> iobase_fileno(Object*) { return raise_unsupported("fileno"); }
// _IOBase.isatty()
Fallible<Ref<>> iobase_isatty(Object* self) {
    TRY(check_closed(self));
    return bool_from(false);
}
// _IOBase.__enter__()
Fallible<Ref<>> iobase_enter(Object* self) {
    TRY(check_closed(self));
    return share(self);
}
// _IOBase.__exit__(*exc_info)
Fallible<Ref<>> iobase_exit(Object* self, Object* const*, ssize_t) { return call_method(self, "close"_name); }
Object* iobase_iter(Object* self) {
    TRY(check_closed(self));
    return new_reference(self);
}

// How many bytes may be read without going over the end of the line or the limit, as peek() shows them.
Fallible<ssize_t> bytes_before_line_end(Object* peek, ssize_t limit) {
    Ref<Int> one = TRY(int_from(1));
    for (;;) {
        Fallible<Ref<>> peeked = call(peek, static_cast<Object*>(one.get()));
        if (!peeked.ok() && clear_if_interrupted()) continue;
        Ref<> ahead = TRY(std::move(peeked));
        if (!is_bytes(ahead.get()))
            return raise(exc::OSError, "peek() should have returned a bytes object, not '%.200s'", ahead->type->name);
        std::string_view view = as_bytes(ahead.get())->view();
        if (view.empty()) return 1;
        if (limit >= 0) view = view.substr(0, size_t(limit));
        size_t found = view.find('\n');
        return found == std::string_view::npos ? ssize_t(view.size()) : ssize_t(found + 1);
    }
}

}  // namespace

Fallible<Ref<>> iobase_close(Object* self) {
    if (TRY(marked_closed(self))) return share(none());
    (void)call_method(self, "flush"_name).ok();
    FirstError flushing;
    (void)set_attr(self, "__IOBase_closed"_name, py_true()).ok();
    TRY(flushing.finish());
    return share(none());
}

Fallible<Ref<>> iobase_readline(Object* self, ssize_t limit) {
    Ref<> peek = TRY(lookup_attr(self, "peek"_name));
    BytesBuilder line;
    while (limit < 0 || line.size() < limit) {
        ssize_t count = 1;
        if (peek) count = TRY(bytes_before_line_end(peek.get(), limit < 0 ? -1 : limit - line.size()));
        Ref<Int> wanted = TRY(int_from(count));
        Ref<> piece = TRY(call_retrying(self, "read"_name, wanted.get()));
        if (!is_bytes(piece.get()))
            return raise(exc::OSError, "read() should have returned a bytes object, not '%.200s'", piece->type->name);
        std::string_view view = as_bytes(piece.get())->view();
        if (view.empty()) break;
        TRY(line.append(view));
        if (view.back() == '\n') break;
    }
    return line.finish();
}

namespace {

// _IOBase.readline(size=-1, /)
Fallible<Ref<>> iobase_readline_method(Object* self, Object* const* a) { return iobase_readline(self, TRY(optional_size(a[0]))); }

// _IOBase.readlines(hint=-1, /)
Fallible<Ref<>> iobase_readlines(Object* self, Object* const* a) {
    ssize_t hint = TRY(optional_size(a[0]));
    Ref<List> lines = TRY(list_new(0));
    if (hint <= 0) {
        TRY(list_extend(lines.get(), self));
        return lines;
    }
    Ref<> iterator = TRY(iter(self));
    ssize_t total = 0;
    while (Ref<> line = TRY(next(iterator.get()))) {
        TRY(list_append(lines.get(), line.get()));
        ssize_t size = TRY(length(line.get()));
        if (size > hint - total) break;
        total += size;
    }
    return lines;
}
// _IOBase.writelines(lines, /)
Fallible<Ref<>> iobase_writelines(Object* self, Object* lines) {
    TRY(check_closed(self));
    Ref<> iterator = TRY(iter(lines));
    while (Ref<> line = TRY(next(iterator.get()))) TRY(call_retrying(self, "write"_name, line.get()));
    return share(none());
}

MethodDef iobase_methods[] = {
    METHOD_FAST_UNSIGNED("seek", iobase_seek, "Change the stream position; whence 0 from the start, 1 from here, 2 from the end."),
    METHOD_NOARGS("tell", iobase_tell, "($self, /)", "Return the stream position."),
    METHOD_FAST_UNSIGNED("truncate", iobase_truncate, "Cut the file to the size given, or at the position."),
    METHOD_NOARGS("flush", iobase_flush, "($self, /)", "Write out what is buffered, if anything is."),
    METHOD_NOARGS("close", iobase_close, "($self, /)", "Flush and close. Closing twice does nothing."),
    METHOD_NOARGS("seekable", iobase_no, "($self, /)", "Can the position be changed?"),
    METHOD_NOARGS("readable", iobase_no, "($self, /)", "Was the stream opened for reading?"),
    METHOD_NOARGS("writable", iobase_no, "($self, /)", "Was the stream opened for writing?"),
    METHOD_NOARGS_UNSIGNED("_checkClosed", iobase_check_closed, nullptr),
    METHOD_NOARGS_UNSIGNED("_checkSeekable", iobase_check_seekable, nullptr),
    METHOD_NOARGS_UNSIGNED("_checkReadable", iobase_check_readable, nullptr),
    METHOD_NOARGS_UNSIGNED("_checkWritable", iobase_check_writable, nullptr),
    METHOD_NOARGS("fileno", iobase_fileno, "($self, /)", "The file descriptor, if there is one."),
    METHOD_NOARGS("isatty", iobase_isatty, "($self, /)", "Is the stream a terminal?"),
    METHOD_NOARGS_UNSIGNED("__enter__", iobase_enter, nullptr),
    METHOD_FAST_UNSIGNED("__exit__", iobase_exit, nullptr),
    METHOD("readline", iobase_readline_method, "($self, size=-1, /)", "Read one line, at most `size` bytes of it."),
    METHOD("readlines", iobase_readlines, "($self, hint=-1, /)", "A list of lines; none is read once `hint` bytes have been."),
    METHOD_O("writelines", iobase_writelines, "($self, lines, /)", "Write each of the lines; line endings are not added."),
    END_ROW,
};
GetSetDef iobase_getset[] = {
    GETTER("__dict__", generic_get_dict, nullptr),
    GETTER("closed", iobase_get_closed, nullptr),
    END_ROW,
};

// _RawIOBase.read(size=-1, /)
Fallible<Ref<>> raw_read(Object* self, Object* const* a) {
    ssize_t size = a[0] ? TRY(as_ssize(a[0])) : -1;
    if (size < 0) return call_method(self, "readall"_name);
    Ref<ByteArray> target = TRY(bytearray_from({}));
    TRY(bytearray_resize(target.get(), size));
    std::memset(target->start, 0, size_t(size));
    Ref<> count = TRY(call_method(self, "readinto"_name, target.get()));
    if (is_none(count.get())) return count;
    ssize_t got = TRY(index_as_ssize(count.get(), exc::ValueError));
    if (got < 0 || got > target->size)
        return raise(exc::ValueError, "readinto returned %zd outside buffer size %zd", got, target->size);
    return bytes_from(target->view().substr(0, size_t(got)));
}
// _RawIOBase.readall()
Fallible<Ref<>> raw_readall(Object* self) {
    BytesBuilder all;
    Ref<Int> size = TRY(int_from(kDefaultBufferSize));
    for (;;) {
        Ref<> piece = TRY(call_retrying(self, "read"_name, size.get()));
        if (is_none(piece.get())) {
            if (all.size() == 0) return piece;
            break;
        }
        if (!is_bytes(piece.get())) return raise(exc::TypeError, "read() should return bytes");
        if (as_bytes(piece.get())->size == 0) break;
        TRY(all.append(as_bytes(piece.get())->view()));
    }
    return all.finish();
}
// _RawIOBase.readinto(buffer), write(data)
Fallible<Ref<>> raw_not_implemented(Object*, Object* const*, ssize_t) { return raise_bare(exc::NotImplementedError); }

MethodDef raw_methods[] = {
    METHOD("read", raw_read, "($self, size=-1, /)", "Read up to `size` bytes by one call of readinto(); all without a size."),
    METHOD_NOARGS("readall", raw_readall, "($self, /)", "Read until the end, by several calls of read()."),
    METHOD_FAST_UNSIGNED("readinto", raw_not_implemented, "Read into the buffer; the number of bytes, None where it would block."),
    METHOD_FAST_UNSIGNED("write", raw_not_implemented, "Write the bytes; how many were, None where it would block."),
    END_ROW,
};

// _BufferedIOBase.detach()
Fallible<Ref<>> buffered_base_detach(Object*) { return raise_unsupported("detach"); }
// _BufferedIOBase.read(size=-1)
Fallible<Ref<>> buffered_base_read(Object*, Object* const*, ssize_t) { return raise_unsupported("read"); }
// _BufferedIOBase.read1(size=-1)
Fallible<Ref<>> buffered_base_read1(Object*, Object* const*, ssize_t) { return raise_unsupported("read1"); }
// _BufferedIOBase.write(data)
Fallible<Ref<>> buffered_base_write(Object*, Object* const*, ssize_t) { return raise_unsupported("write"); }

template <FixedString Read, FixedString Function>
Fallible<Ref<>> buffered_base_fill(Object* self, Object* target) {
    BufferView view;
    TRY(open_target(view, target, Function.text));
    Ref<Int> size = TRY(int_from(view.size()));
    Ref<> data = TRY(call_method(self, interned_literal<Read>(), size.get()));
    if (!is_bytes(data.get())) return raise(exc::TypeError, "read() should return bytes");
    ssize_t got = as_bytes(data.get())->size;
    if (got > view.size())
        return raise(exc::ValueError, "read() returned too much data: %zd bytes requested, %zd returned", view.size(), got);
    std::memcpy(view.writable_data(), as_bytes(data.get())->data, size_t(got));
    return int_from(got);
}
// _BufferedIOBase.readinto(buffer, /)
constexpr auto buffered_base_readinto = buffered_base_fill<"read", "readinto">;
// _BufferedIOBase.readinto1(buffer, /)
constexpr auto buffered_base_readinto1 = buffered_base_fill<"read1", "readinto1">;

MethodDef buffered_base_methods[] = {
    METHOD_NOARGS("detach", buffered_base_detach, "($self, /)", "Part from the raw stream and return it."),
    METHOD_FAST_UNSIGNED("read", buffered_base_read, "Read up to n bytes; until the end without a number."),
    METHOD_FAST_UNSIGNED("read1", buffered_base_read1, "Read up to n bytes by at most one read() of the raw stream."),
    METHOD_O("readinto", buffered_base_readinto, "($self, buffer, /)", "Read into the buffer; the number of bytes."),
    METHOD_O("readinto1", buffered_base_readinto1, "($self, buffer, /)", "Read into the buffer by at most one raw read."),
    METHOD_FAST_UNSIGNED("write", buffered_base_write, "Write the bytes; all of them, unless it would block."),
    END_ROW,
};

}  // namespace

constinit Type iobase_type = static_type({
    .name = "_io._IOBase",
    .basic_size = sizeof(IoBase),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "The base of all streams: byte lines, closing, and refusals of what a subclass does not offer.",
    .dealloc = iobase_dealloc,
    .traverse = traverse_stream,
    .clear = clear_stream,
    .finalize = finalize_stream,
    .iter = iobase_iter,
    .iternext = next_bytes_line,
    .methods = iobase_methods,
    .getset = iobase_getset,
    .dict_offset = offsetof(IoBase, dict),
    .weaklist_offset = offsetof(IoBase, weaklist),
    .new_ = generic_new,
});
constinit Type rawiobase_type = static_type({
    .name = "_io._RawIOBase",
    .basic_size = sizeof(IoBase),
    .base = &iobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Base of unbuffered binary streams.",
    .dealloc = iobase_dealloc,
    .traverse = traverse_stream,
    .clear = clear_stream,
    .methods = raw_methods,
});
constinit Type bufferediobase_type = static_type({
    .name = "_io._BufferedIOBase",
    .basic_size = sizeof(IoBase),
    .base = &iobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Base of buffered binary streams: read() and write() do all that was asked, in several system calls where needed.",
    .dealloc = iobase_dealloc,
    .traverse = traverse_stream,
    .clear = clear_stream,
    .methods = buffered_base_methods,
});

}  // namespace py::io
