// _io: what the parts of the module share: the base layout, checks, forwarding, closing in two steps.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::io {

inline constexpr ssize_t kDefaultBufferSize = 8192;

// Every stream: its attributes and weak references stand first, so that all types of the module inherit one place for them.
struct IoBase : Object {
    Object* dict;
    Object* weaklist;
};

extern Type iobase_type, rawiobase_type, bufferediobase_type, textiobase_type, fileio_type, bytesio_type, bytesio_buffer_type,
    buffered_reader_type, buffered_writer_type, buffered_random_type, buffered_rwpair_type, newline_decoder_type,
    textiowrapper_type, stringio_type;

// io.UnsupportedOperation, made when the module starts.
Fallible<void> make_unsupported_operation(Module* module);
[[gnu::cold]] Raised raise_unsupported(const char* message);

// ValueError "I/O operation on closed file.", asking the attribute `closed`.
Fallible<void> check_closed(Object* stream);
// UnsupportedOperation unless seekable() and so on give True.
Fallible<void> check_seekable(Object* stream);
Fallible<void> check_readable(Object* stream);
Fallible<void> check_writable(Object* stream);
Fallible<bool> ask(Object* stream, Str* attribute);         // truth of an attribute
Fallible<bool> ask_method(Object* stream, Str* method);     // truth of a call without arguments

// The pending error is an interrupted system call: it is cleared, and the caller tries again.
bool clear_if_interrupted();
// call_method, again while system calls are interrupted by signals.
template <class... Args>
Fallible<Ref<>> call_retrying(Object* object, Str* name, Args*... args) {
    for (;;) {
        Fallible<Ref<>> result = call_method(object, name, args...);
        if (result.ok() || !clear_if_interrupted()) return result;
    }
}
// Is object.name the native method of `type` itself: no subclass, and no attribute of the instance in front of it?
inline bool is_plain(Object* object, const Type& type, Str* name) {
    if (object->type != &type) return false;
    Dict* dict = static_cast<Dict*>(static_cast<IoBase*>(object)->dict);
    return !dict || dict->used == 0 || (dict->keys->kind != kGeneralKeys && !dict_get_str(dict, name));
}
// The writable buffer of readinto(buffer); TypeError "readinto() argument must be read-write bytes-like object, not str".
Fallible<void> open_target(BufferView& view, Object* target, const char* function);
// Whatever the pending error is, it becomes the context of the error of the step that follows. Use: construct, run the step,
// return finish().
class FirstError {
  public:
    FirstError() : first_(fetch_exception()) {}
    Fallible<void> finish();

  private:
    Ref<BaseException> first_;
};

// Slots and their pieces for streams.
void finalize_stream(Object* stream);             // closes it, unless it is closed
bool begin_dealloc(Object* stream);               // finaliser, weak references; false: the stream lives on
void end_dealloc(Object* stream);                 // attributes and memory
int traverse_stream(Object* stream, Visit visit, void* arg);
int clear_stream(Object* stream);
// "<_io.BufferedReader name='x'>" and the like need the name; absent where there is none or the stream is broken.
Lookup<> stream_name(Object* stream);
Object* next_bytes_line(Object* stream);  // tp_iternext over readline()

Fallible<Ref<>> iobase_close(Object* self);
Fallible<Ref<>> iobase_readline(Object* self, ssize_t limit);

// FileIO, for the buffered objects' shortcut past its methods.
bool file_is_closed(Object* file);
Fallible<ssize_t> file_read_into(Object* file, char* data, ssize_t size);        // -2: would block
Fallible<ssize_t> file_write_from(Object* file, const char* data, ssize_t size);  // -2: would block

// Buffered streams, for TextIOWrapper's shortcut: what write(), flush() and `closed` do.
Fallible<ssize_t> buffered_write_data(Object* self, const char* data, ssize_t size);
bool is_plain_buffered(Object* object);  // exactly a BufferedReader, -Writer or -Random
Object* buffered_raw(Object* buffered);  // borrowed, may be null

// stream.write(text), for print(). Any object with such a method will do.
Fallible<void> write_text(Object* stream, Str* text);

// IncrementalNewlineDecoder.
Fallible<Ref<>> newline_decoder_new(Object* decoder, bool translate);
Fallible<Ref<Str>> newline_decode(Object* self, Object* input, bool final);

// Where the line that starts at `start` ends (behind its line ending), or -1 with *consumed set to the characters that need
// no second look. newline null: "\n". Private to the text streams.
struct LineRules {
    bool translated;  // only "\n" ends lines
    bool universal;   // "\n", "\r" and "\r\n" do
    Str* newline;     // else this
};
ssize_t find_line_end(const LineRules& rules, int kind, const void* data, ssize_t start, ssize_t end, ssize_t* consumed);
// Checks a newline argument: None, '', '\n', '\r' or '\r\n'.
Fallible<void> check_newline(Object* newline, const char* type_error_prefix, bool quote_in_error);

Fallible<Ref<>> io_open(Object* module, Object* const* bound);
// The locale's encoding, as locale.getencoding() gives it.
Fallible<Ref<Str>> locale_encoding();

}  // namespace py::io
