// _io.TextIOWrapper: state shared by its files (configuration, reading, writing, positions).
#pragma once

#include "interp/modules/io.h"

namespace py::io {

// Codecs whose encoding needs no call of the encoder object.
enum class QuickCodec : uint8_t { None, Ascii, Latin1, Utf8 };

struct TextWrapper : IoBase {
    Object* buffer;
    Object* raw;  // the FileIO under an exact buffered object, for a quick look whether it is closed; else null
    Str* encoding;
    Str* errors;
    Object* encoder;  // null: not writable
    Object* decoder;  // null: not readable
    Str* read_newline;   // null: newline=None
    Str* write_newline;  // what "\n" is written as; null: as it is
    ssize_t chunk_size;
    // Decoded and not read yet: text from `used` on.
    Str* decoded;
    ssize_t used;
    // Encoded and not given to the buffer yet.
    char* pending;
    ssize_t pending_size, pending_capacity;
    // What tell() starts from: the decoder's flags before the last chunk, and the bytes that it was given since.
    Object* snapshot_flags;  // null: no snapshot
    Bytes* snapshot_input;
    double bytes_per_char;  // of the last chunk
    QuickCodec quick;
    char line_buffering, write_through, finalizing;
    bool ok, detached, universal, read_translate, write_translate, seekable, has_read1, telling, start_of_stream;
    void* reserved;  // up to the size that sys.getsizeof shows in 3.11
};
inline TextWrapper* as_text(Object* object) { return static_cast<TextWrapper*>(object); }

// ValueError unless __init__ has run, and detach() has not.
Fallible<void> check_attached(const TextWrapper* self);
// check_attached, and ValueError "I/O operation on closed file.".
Fallible<void> check_text_open(TextWrapper* self);

void drop_decoded(TextWrapper* self);
void drop_snapshot(TextWrapper* self);
// Gives the pending bytes to the buffer.
Fallible<void> flush_pending(TextWrapper* self);
// The decoder's state, taken apart: (bytes not decoded yet, flags).
struct DecoderState {
    Ref<Bytes> input;
    Ref<> flags;
};
Fallible<DecoderState> decoder_state(TextWrapper* self);
// decoder.decode(input, final)
Fallible<Ref<Str>> decode(TextWrapper* self, Object* input, bool final);
// After a change of position or encoding: a codec with a byte order mark writes it at the start of the stream only.
Fallible<void> reset_encoder(TextWrapper* self, bool at_start);
Fallible<Ref<>> text_readline(TextWrapper* self, ssize_t limit);

Fallible<void> text_init(Object* self, Object* const* a);
Fallible<Ref<>> text_reconfigure(Object* self, Object* const* a);
Fallible<Ref<>> text_read(Object* self, Object* const* a);
Fallible<Ref<>> text_readline_method(Object* self, Object* const* a);
Fallible<Ref<>> text_write(Object* self, Object* text);
Fallible<Ref<>> text_flush(Object* self);
Fallible<Ref<>> text_seek(Object* self, Object* const* a);
Fallible<Ref<>> text_tell(Object* self);

}  // namespace py::io
