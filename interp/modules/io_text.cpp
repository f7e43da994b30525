// _io.TextIOWrapper: the type, its life cycle, attributes and what it forwards to the buffer.
#include "interp/modules/io_text.h"

#include <cstdlib>

namespace py::io {

Fallible<void> check_attached(const TextWrapper* self) {
    if (self->ok) [[likely]]
        return {};
    return raise(exc::ValueError, self->detached ? "underlying buffer has been detached" : "I/O operation on uninitialized object");
}
Fallible<void> check_text_open(TextWrapper* self) {
    TRY(check_attached(self));
    if (self->type != &textiowrapper_type) return check_closed(self);
    // FAST: FileIO's own flag is what the chain of `closed` attributes ends in.
    bool closed = self->raw ? file_is_closed(self->raw) : TRY(ask(self->buffer, "closed"_name));
    if (closed) return raise(exc::ValueError, "I/O operation on closed file.");
    return {};
}

namespace {

void drop_references(TextWrapper* self) {
    self->ok = false;
    clear_slot(self->buffer);
    clear_slot(self->raw);
    clear_slot(self->encoding);
    clear_slot(self->errors);
    clear_slot(self->encoder);
    clear_slot(self->decoder);
    clear_slot(self->read_newline);
    clear_slot(self->write_newline);
    drop_decoded(self);
    drop_snapshot(self);
}
void text_dealloc(Object* object) {
    TextWrapper* self = as_text(object);
    self->finalizing = true;
    if (!begin_dealloc(object)) return;
    drop_references(self);
    std::free(self->pending);
    end_dealloc(object);
}
int text_traverse(Object* object, Visit visit, void* arg) {
    TextWrapper* self = as_text(object);
    VISIT(self->buffer);
    VISIT(self->raw);
    VISIT(self->encoder);
    VISIT(self->decoder);
    VISIT(self->snapshot_flags);
    return traverse_stream(object, visit, arg);
}
int text_clear(Object* object) {
    drop_references(as_text(object));
    return clear_stream(object);
}

Fallible<Ref<>> repr_with(TextWrapper* self) {
    StrBuilder out;
    TRY(out.append_ascii("<_io.TextIOWrapper"));
    Ref<> name = TRY(stream_name(self));
    if (name) {
        Ref<Str> piece = TRY(format_str(" name=%R", name.get()));
        TRY(out.append(piece.get()));
    }
    Ref<> mode = TRY(lookup_attr(self, "mode"_name));
    if (mode) {
        Ref<Str> piece = TRY(format_str(" mode=%R", mode.get()));
        TRY(out.append(piece.get()));
    }
    Ref<Str> piece = TRY(format_str(" encoding=%R>", self->encoding));
    TRY(out.append(piece.get()));
    return out.finish();
}
Fallible<Ref<>> text_repr(Object* object) {
    TextWrapper* self = as_text(object);
    if (!self->ok && !self->detached) TRY(check_attached(self));
    ReprGuard guard(object);
    TRY(guard.check());
    return repr_with(self);
}

Object* text_next(Object* object) {
    TextWrapper* self = as_text(object);
    TRY(check_attached(self));
    // tell() would be slow to follow; it is refused until the end or a flush.
    self->telling = false;
    Ref<> line;
    if (object->type == &textiowrapper_type) {
        line = TRY(text_readline(self, -1));
    } else {
        line = TRY(call_method(object, "readline"_name));
        if (!is_str(line.get()))
            return raise(exc::OSError, "readline() should have returned a str object, not '%.200s'", line->type->name);
    }
    if (as_str(line.get())->length) return line.release();
    drop_snapshot(self);
    self->telling = self->seekable;
    return nullptr;
}

template <FixedString Name>
Fallible<Ref<>> to_buffer(Object* self) {
    TRY(check_attached(as_text(self)));
    return call_method(as_text(self)->buffer, interned_literal<Name>());
}
// TextIOWrapper.fileno()
constexpr auto text_fileno = to_buffer<"fileno">;
// TextIOWrapper.seekable()
constexpr auto text_seekable = to_buffer<"seekable">;
// TextIOWrapper.readable()
constexpr auto text_readable = to_buffer<"readable">;
// TextIOWrapper.writable()
constexpr auto text_writable = to_buffer<"writable">;
// TextIOWrapper.isatty()
constexpr auto text_isatty = to_buffer<"isatty">;

// TextIOWrapper.detach()
Fallible<Ref<>> text_detach(Object* object) {
    TextWrapper* self = as_text(object);
    TRY(check_attached(self));
    TRY(call_method(object, "flush"_name));
    self->detached = true;
    self->ok = false;
    return Fallible<Ref<>>::from_slot(std::exchange(self->buffer, nullptr));
}
// TextIOWrapper.truncate(pos=None, /)
Fallible<Ref<>> text_truncate(Object* object, Object* const* a) {
    TRY(check_attached(as_text(object)));
    TRY(call_method(object, "flush"_name));
    return call_method(as_text(object)->buffer, "truncate"_name, a[0] ? a[0] : none());
}
// TextIOWrapper.close()
Fallible<Ref<>> text_close(Object* object) {
    TextWrapper* self = as_text(object);
    TRY(check_attached(self));
    if (TRY(ask(object, "closed"_name))) return share(none());
    if (self->finalizing && !call_method(self->buffer, "_dealloc_warn"_name, object).ok()) clear_error();
    (void)call_method(object, "flush"_name).ok();
    FirstError flushing;
    Fallible<Ref<>> result = call_method(self->buffer, "close"_name);
    TRY(flushing.finish());
    return result;
}
// TextIOWrapper.reconfigure(…) of a stream that is still attached
Fallible<Ref<>> text_reconfigure_method(Object* object, Object* const* a) {
    TRY(check_attached(as_text(object)));
    return text_reconfigure(object, a);
}
// TextIOWrapper.read(size=-1, /) and the others check what they need themselves.

Fallible<Ref<>> get_name(Object* self) {
    TRY(check_attached(as_text(self)));
    return get_attr(as_text(self)->buffer, "name"_name);
}
Fallible<Ref<>> get_closed(Object* self) {
    TRY(check_attached(as_text(self)));
    return get_attr(as_text(self)->buffer, "closed"_name);
}
Fallible<Ref<>> get_newlines(Object* self) {
    TRY(check_attached(as_text(self)));
    if (!as_text(self)->decoder) return share(none());
    Ref<> newlines = TRY(lookup_attr(as_text(self)->decoder, "newlines"_name));
    return newlines ? newlines : share(none());
}
Fallible<Ref<>> get_errors(Object* object) {
    TextWrapper* self = as_text(object);
    if (!self->ok && !self->detached) TRY(check_attached(self));
    return share(self->errors);
}
Fallible<Ref<>> get_chunk_size(Object* self) {
    TRY(check_attached(as_text(self)));
    return int_from(as_text(self)->chunk_size);
}
Fallible<void> set_chunk_size(Object* self, Object* value) {
    TRY(check_attached(as_text(self)));
    TRY(refuse_deletion(value));
    ssize_t size = TRY(index_as_ssize(value, exc::ValueError));
    if (size <= 0) return raise(exc::ValueError, "a strictly positive integer is required");
    as_text(self)->chunk_size = size;
    return {};
}

MethodDef text_methods[] = {
    METHOD_NOARGS("detach", text_detach, "($self, /)", "Flush, part from the buffer and return it."),
    {"reconfigure",
     BOUND_ENTRY_(text_reconfigure_method, "reconfigure",
                  "($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)"),
     kFastcall | kKeywords,
     METHOD_DOC("reconfigure",
                "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)",
                "Change settings of the open stream; encoding and newline only before anything was read.")},
    METHOD_O("write", text_write, "($self, text, /)", "Write the string; return its length."),
    METHOD("read", text_read, "($self, size=-1, /)", "Read up to `size` characters; until the end without a size."),
    METHOD("readline", text_readline_method, "($self, size=-1, /)", "Read one line, at most `size` characters of it."),
    METHOD_NOARGS("flush", text_flush, "($self, /)", "Write out what is buffered."),
    METHOD_NOARGS("close", text_close, "($self, /)", "Flush and close the buffer."),
    METHOD_NOARGS("fileno", text_fileno, "($self, /)", "The buffer's file descriptor."),
    METHOD_NOARGS("seekable", text_seekable, "($self, /)", "Can the position be changed?"),
    METHOD_NOARGS("readable", text_readable, "($self, /)", "Is the buffer readable?"),
    METHOD_NOARGS("writable", text_writable, "($self, /)", "Is the buffer writable?"),
    METHOD_NOARGS("isatty", text_isatty, "($self, /)", "Is the buffer a terminal?"),
    METHOD("seek", text_seek, "($self, cookie, whence=0, /)", "Go to a position that tell() gave, to the start or to the end."),
    METHOD_NOARGS("tell", text_tell, "($self, /)", "The position, as an opaque number for seek()."),
    METHOD("truncate", text_truncate, "($self, pos=None, /)", "Flush, and cut the buffer at pos, or at its position."),
    END_ROW,
};
MemberDef text_members[] = {
    {"encoding", kObjectOrNone, offsetof(TextWrapper, encoding), kReadOnly, nullptr},
    {"buffer", kObjectOrNone, offsetof(TextWrapper, buffer), kReadOnly, nullptr},
    {"line_buffering", kBool, offsetof(TextWrapper, line_buffering), kReadOnly, nullptr},
    {"write_through", kBool, offsetof(TextWrapper, write_through), kReadOnly, nullptr},
    {"_finalizing", kBool, offsetof(TextWrapper, finalizing), 0, nullptr},
    END_ROW,
};
GetSetDef text_getset[] = {
    GETTER("name", get_name, nullptr),
    GETTER("closed", get_closed, nullptr),
    GETTER("newlines", get_newlines, nullptr),
    GETTER("errors", get_errors, nullptr),
    GETTER_SETTER("_CHUNK_SIZE", get_chunk_size, set_chunk_size, nullptr),
    END_ROW,
};

}  // namespace

constinit Type textiowrapper_type = static_type({
    .name = "_io.TextIOWrapper",
    .basic_size = sizeof(TextWrapper),
    .base = &textiobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)\n--\n\n"
           "Text over a buffered binary stream.\n\n"
           "newline None: \"\\n\", \"\\r\" and \"\\r\\n\" are read as \"\\n\", and \"\\n\" is written as the system's line ending; '': they\n"
           "are recognised but kept; '\\n', '\\r' or '\\r\\n': only this ends lines, and \"\\n\" is written so.\n"
           "line_buffering flushes whenever a line was ended; write_through hands everything to the buffer at once.",
    .dealloc = text_dealloc,
    .traverse = text_traverse,
    .clear = text_clear,
    .repr = slot1<text_repr>,
    .iternext = text_next,
    .methods = text_methods,
    .members = text_members,
    .getset = text_getset,
    .init = Bound<text_init, "TextIOWrapper",
                  "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)">::init,
    .new_ = generic_new,
});

}  // namespace py::io
