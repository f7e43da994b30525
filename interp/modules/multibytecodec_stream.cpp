// _multibytecodec.MultibyteStreamReader and MultibyteStreamWriter: codecs over a byte stream.
#include "interp/modules/multibytecodec.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"

namespace py::cjk {
namespace {

template <class Part>
struct Stream : Object {
    MultibyteCodec* codec;
    Object* errors;
    Object* stream;
    Part part;
};
using StreamReader = Stream<Decoder>;
using StreamWriter = Stream<Encoder>;
StreamReader* as_reader(Object* object) { return static_cast<StreamReader*>(object); }
StreamWriter* as_writer(Object* object) { return static_cast<StreamWriter*>(object); }
template <class Self>
Fallible<const char*> errors_of(Self* self) {
    return TRY(str_utf8(as_str(self->errors))).data();
}

template <class Part>
Fallible<Ref<>> stream_new(Type* type, Object* const* bound) {
    if (bound[1] && !is_str(bound[1])) return raise(exc::TypeError, "argument 'errors' must be str, not %T", bound[1]);
    Ref<MultibyteCodec> codec = TRY(codec_of_class(type));
    Ref<Str> errors = TRY(errors_text(bound[1]));
    Ref<Stream<Part>> self = steal(static_cast<Stream<Part>*>(type->alloc(type, 0)));
    if (!self) return raised;
    self->part.state = start_state(codec.get(), std::is_same_v<Part, Decoder>);
    self->codec = codec.release();
    self->errors = errors.release();
    self->stream = new_reference(bound[0]);
    return self;
}
// __init__ takes what __new__ has taken.
int accept_arguments(Object*, Object*, Object*) { return 0; }

template <class Part>
Fallible<Ref<>> stream_errors(Object* self) { return share(static_cast<Stream<Part>*>(self)->errors); }
template <class Part>
Fallible<void> stream_set_errors(Object* self, Object* value) {
    return set_errors(static_cast<Stream<Part>*>(self)->errors, value);
}
template <class Part>
int stream_traverse(Object* self, Visit visit, void* arg) {
    VISIT(static_cast<Stream<Part>*>(self)->stream);
    return 0;
}
template <class Part>
int stream_clear(Object* self) {
    clear_slot(static_cast<Stream<Part>*>(self)->stream);
    return 0;
}
template <class Part>
void drop_fields(Object* object) {
    gc_untrack(object);
    auto* self = static_cast<Stream<Part>*>(object);
    clear_slot(self->codec);
    clear_slot(self->errors);
    clear_slot(self->stream);
}
void reader_dealloc(Object* self) {
    drop_fields<Decoder>(self);
    object_memory_free(self);
}
void writer_dealloc(Object* self) {
    drop_fields<Encoder>(self);
    clear_slot(as_writer(self)->part.pending);
    object_memory_free(self);
}

// Bytes from the stream's `method`, decoded; `size` negative: all of them. A sequence that is cut off is completed.
Fallible<Ref<Str>> read_with(StreamReader* self, Str* method, ssize_t size) {
    if (size == 0) return str_from_ascii("");
    for (ssize_t wanted = size;;) {
        Ref<> piece;
        if (wanted < 0) {
            piece = TRY(call_method(self->stream, method));
        } else {
            Ref<Int> count = TRY(int_from(wanted));
            piece = TRY(call_method(self->stream, method, count.get()));
        }
        if (!is_bytes(piece.get()))
            return raise(exc::TypeError, "stream function returned a non-bytes object (%.100s)", piece->type->name);
        std::string_view bytes = static_cast<Bytes*>(piece.get())->view();
        bool at_end = bytes.empty() || size < 0;
        const char* errors = TRY(errors_of(self));
        Ref<Str> text = TRY(self->part.decode(self->codec, bytes, errors, at_end));
        if (at_end || text->length) return text;
        wanted = 1;
    }
}

// The size argument: None or nothing is everything.
Fallible<ssize_t> size_of(Object* argument) {
    if (!argument || is_none(argument)) return -1;
    if (!is_int(argument)) return raise(exc::TypeError, "arg 1 must be an integer");
    return as_ssize(argument);
}

// MultibyteStreamReader.read(sizeobj=None, /)
Fallible<Ref<>> reader_read(Object* self, Object* const* bound) {
    return TRY(read_with(as_reader(self), "read"_name, TRY(size_of(bound[0]))));
}
// MultibyteStreamReader.readline(sizeobj=None, /)
Fallible<Ref<>> reader_readline(Object* self, Object* const* bound) {
    return TRY(read_with(as_reader(self), "readline"_name, TRY(size_of(bound[0]))));
}
// MultibyteStreamReader.readlines(sizehintobj=None, /)
Fallible<Ref<>> reader_readlines(Object* self, Object* const* bound) {
    Ref<Str> text = TRY(read_with(as_reader(self), "read"_name, TRY(size_of(bound[0]))));
    return call_method(text.get(), "splitlines"_name, py_true());
}
// MultibyteStreamReader.reset()
Fallible<Ref<>> reader_reset(Object* self) {
    as_reader(self)->part.reset(as_reader(self)->codec);
    return share(none());
}

Fallible<void> write_text(StreamWriter* self, Object* text) {
    const char* errors = TRY(errors_of(self));
    Ref<Bytes> bytes = TRY(self->part.encode(self->codec, text, errors, false));
    TRY(call_method(self->stream, "write"_name, static_cast<Object*>(bytes.get())));
    return {};
}

// MultibyteStreamWriter.write(strobj, /)
Fallible<Ref<>> writer_write(Object* self, Object* text) {
    TRY(write_text(as_writer(self), text));
    return share(none());
}
// MultibyteStreamWriter.writelines(lines, /)
Fallible<Ref<>> writer_writelines(Object* self, Object* lines) {
    if (!is_sequence(lines)) return raise(exc::TypeError, "arg must be a sequence object");
    for (ssize_t i = 0; i < TRY(length(lines)); ++i) {
        Ref<Int> index = TRY(int_from(i));
        Ref<> line = TRY(get_item(lines, index.get()));
        TRY(write_text(as_writer(self), line.get()));
    }
    return share(none());
}
// MultibyteStreamWriter.reset()
Fallible<Ref<>> writer_reset(Object* object) {
    StreamWriter* self = as_writer(object);
    if (!self->part.pending) return share(none());
    const char* errors = TRY(errors_of(self));
    Ref<Str> nothing = TRY(str_from_ascii(""));
    Ref<Bytes> bytes = TRY(self->part.encode(self->codec, nothing.get(), errors, true));
    if (bytes->view().size()) TRY(call_method(self->stream, "write"_name, static_cast<Object*>(bytes.get())));
    return share(none());
}

MethodDef reader_methods[] = {
    METHOD("read", reader_read, "($self, sizeobj=None, /)", "Text of so many bytes, or of all."),
    METHOD("readline", reader_readline, "($self, sizeobj=None, /)", "The text of a line."),
    METHOD("readlines", reader_readlines, "($self, sizehintobj=None, /)", "The lines of the rest."),
    METHOD_NOARGS("reset", reader_reset, "($self, /)", "Forgets what is pending."),
    END_ROW,
};
MethodDef writer_methods[] = {
    METHOD_O("write", writer_write, "($self, strobj, /)", "Writes the text's bytes."),
    METHOD_O("writelines", writer_writelines, "($self, lines, /)", "Writes each of the texts."),
    METHOD_NOARGS("reset", writer_reset, "($self, /)", "Writes what is pending and goes back to the first state."),
    END_ROW,
};
GetSetDef reader_getsets[] = {
    GETTER_SETTER("errors", stream_errors<Decoder>, stream_set_errors<Decoder>, "how to treat errors"), END_ROW};
GetSetDef writer_getsets[] = {
    GETTER_SETTER("errors", stream_errors<Encoder>, stream_set_errors<Encoder>, "how to treat errors"), END_ROW};
MemberDef reader_members[] = {{"stream", kObjectOrNone, offsetof(StreamReader, stream), kReadOnly, nullptr}, END_ROW};
MemberDef writer_members[] = {{"stream", kObjectOrNone, offsetof(StreamWriter, stream), kReadOnly, nullptr}, END_ROW};

constinit Type reader_type = static_type({
    .name = "_multibytecodec.MultibyteStreamReader",
    .basic_size = sizeof(StreamReader),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .dealloc = reader_dealloc,
    .traverse = stream_traverse<Decoder>,
    .clear = stream_clear<Decoder>,
    .getattro = generic_getattro_slot,
    .methods = reader_methods,
    .members = reader_members,
    .getset = reader_getsets,
    .init = accept_arguments,
    .new_ = Bound<stream_new<Decoder>, "StreamReader", "(stream, errors='strict')">::new_,
});
constinit Type writer_type = static_type({
    .name = "_multibytecodec.MultibyteStreamWriter",
    .basic_size = sizeof(StreamWriter),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .dealloc = writer_dealloc,
    .traverse = stream_traverse<Encoder>,
    .clear = stream_clear<Encoder>,
    .getattro = generic_getattro_slot,
    .methods = writer_methods,
    .members = writer_members,
    .getset = writer_getsets,
    .init = accept_arguments,
    .new_ = Bound<stream_new<Encoder>, "StreamWriter", "(stream, errors='strict')">::new_,
});

}  // namespace

Fallible<void> add_stream_types(Module* module) {
    TRY(module_add_type(module, &reader_type));
    return module_add_type(module, &writer_type);
}

}  // namespace py::cjk
