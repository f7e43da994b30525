// _bz2: compressor and decompressor objects over libbz2.
#include <bzlib.h>

#include <climits>

#include "interp/modules/compression.h"
#include "interp/objects/abstract.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

struct Bz2Compressor : Object {
    bz_stream stream;
    ObjectLock lock;
    bool made, flushed;
};
struct Bz2Decompressor : Object {
    bz_stream stream;
    ObjectLock lock;
    KeptInput kept;
    Bytes* unused_data;
    bool made, failed;
    char eof, needs_input;
};
Bz2Compressor* as_compressor(Object* object) {
    return static_cast<Bz2Compressor*>(object);
}
Bz2Decompressor* as_decompressor(Object* object) {
    return static_cast<Bz2Decompressor*>(object);
}

Fallible<void> check_status(int status) {
    switch (status) {
        case BZ_OK:
        case BZ_RUN_OK:
        case BZ_FLUSH_OK:
        case BZ_FINISH_OK:
        case BZ_STREAM_END: return {};
        case BZ_CONFIG_ERROR: return raise(exc::SystemError, "libbzip2 was not compiled correctly");
        case BZ_PARAM_ERROR: return raise(exc::ValueError, "Internal error - invalid parameters passed to libbzip2");
        case BZ_MEM_ERROR: return raise_memory_error();
        case BZ_DATA_ERROR:
        case BZ_DATA_ERROR_MAGIC: return raise(exc::OSError, "Invalid data stream");
        case BZ_IO_ERROR: return raise(exc::OSError, "Unknown I/O error");
        case BZ_UNEXPECTED_EOF:
            return raise(exc::EOFError, "Compressed file ended before the logical end-of-stream was detected");
        case BZ_SEQUENCE_ERROR: return raise(exc::RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2");
        default: return raise(exc::OSError, "Unrecognized error from libbzip2: %d", status);
    }
}

// Gives the library the next piece of `input`; its counters are 32 bits wide.
void give_input(bz_stream& stream, std::string_view input) {
    stream.next_in = const_cast<char*>(input.data());
    stream.avail_in = unsigned(input.size() < UINT_MAX ? input.size() : UINT_MAX);
}
Fallible<bool> give_room(bz_stream& stream, GrowingBytes& out) {
    size_t available = 0;
    char* next = nullptr;
    bool any = TRY(out.room(stream.avail_out, UINT_MAX, &next, &available));
    stream.next_out = next;
    stream.avail_out = unsigned(available);
    return any;
}

// BZ2Compressor(compresslevel=9, /)
Fallible<Ref<>> compressor_new(Type* type, Object* const* a) {
    int level = a[0] ? TRY(as_c_int(a[0])) : 9;
    if (level < 1 || level > 9) return raise(exc::ValueError, "compresslevel must be between 1 and 9");
    Ref<Bz2Compressor> self = TRY(instance_new<Bz2Compressor>(type));
    self->lock.make();
    TRY(check_status(BZ2_bzCompressInit(&self->stream, level, 0, 0)));
    self->made = true;
    return self;
}
void compressor_dealloc(Object* self) {
    if (as_compressor(self)->made) BZ2_bzCompressEnd(&as_compressor(self)->stream);
    as_compressor(self)->lock.destroy();
    object_memory_free(self);
}
Fallible<Ref<Bytes>> compress_all(bz_stream& stream, std::string_view input, int action) {
    GrowingBytes out;
    stream.avail_out = 0;
    for (;;) {
        if (stream.avail_out == 0) TRY(give_room(stream, out));
        give_input(stream, input);
        int status = without_gil([&] { return BZ2_bzCompress(&stream, action); });
        TRY(check_status(status));
        input.remove_prefix(size_t(stream.next_in - input.data()));
        if (action == BZ_RUN ? input.empty() : status == BZ_STREAM_END) break;
    }
    return out.finish(stream.avail_out);
}
// BZ2Compressor.compress(data, /)
Fallible<Ref<>> compressor_compress(Object* self, Object* data) {
    BufferView view;
    TRY(view.open(data));
    Locked locked(as_compressor(self)->lock);
    if (as_compressor(self)->flushed) return raise(exc::ValueError, "Compressor has been flushed");
    if (view.size() == 0) return bytes_from({});
    return compress_all(as_compressor(self)->stream, view.view(), BZ_RUN);
}
// BZ2Compressor.flush()
Fallible<Ref<>> compressor_flush(Object* self) {
    Locked locked(as_compressor(self)->lock);
    if (as_compressor(self)->flushed) return raise(exc::ValueError, "Repeated call to flush()");
    as_compressor(self)->flushed = true;
    return compress_all(as_compressor(self)->stream, {"", 0}, BZ_FINISH);
}

// BZ2Decompressor()
Fallible<Ref<>> decompressor_new(Type* type, Object* const*) {
    Ref<Bz2Decompressor> self = TRY(instance_new<Bz2Decompressor>(type));
    self->lock.make();
    self->needs_input = 1;
    self->unused_data = TRY(bytes_from({})).release();
    TRY(check_status(BZ2_bzDecompressInit(&self->stream, 0, 0)));
    self->made = true;
    return self;
}
void decompressor_dealloc(Object* object) {
    Bz2Decompressor* self = as_decompressor(object);
    if (self->made) BZ2_bzDecompressEnd(&self->stream);
    self->kept.drop();
    clear_slot(self->unused_data);
    self->lock.destroy();
    object_memory_free(self);
}
// Decompresses `input` until it is used up, the stream ends or `limit` bytes came out; takes what was read off `input`.
Fallible<Ref<Bytes>> decompress_some(Bz2Decompressor* self, std::string_view& input, ssize_t limit) {
    bz_stream& stream = self->stream;
    GrowingBytes out(limit);
    stream.avail_out = 0;
    for (bool first = true;; first = false) {
        if (stream.avail_out == 0) {
            bool any = TRY(give_room(stream, out));
            if (!any && !first) break;  // a limit of 0 still lets the library look at the input
        }
        give_input(stream, input);
        int status = without_gil([&] { return BZ2_bzDecompress(&stream); });
        input.remove_prefix(size_t(stream.next_in - input.data()));
        TRY(check_status(status));
        if (status == BZ_STREAM_END) {
            self->eof = 1;
            break;
        }
        if (input.empty() && stream.avail_out) break;
    }
    return out.finish(stream.avail_out);
}
// BZ2Decompressor.decompress(data, max_length=-1)
Fallible<Ref<>> decompressor_decompress(Object* object, Object* const* a) {
    Bz2Decompressor* self = as_decompressor(object);
    BufferView view;
    TRY(view.open(a[0]));
    ssize_t limit = a[1] ? TRY(as_ssize(a[1])) : -1;
    Locked locked(self->lock);
    if (self->failed) return raise(exc::ValueError, "Decompressor is unusable after a previous error");
    if (self->eof) return raise(exc::EOFError, "End of stream already reached");
    std::string_view input;
    TRY(self->kept.join(view.view(), &input));
    auto result = decompress_some(self, input, limit);
    if (!result.ok()) {
        self->kept.size = 0;
        self->failed = true;
        self->needs_input = 0;
        return raised;
    }
    if (self->eof && !input.empty()) replace_slot(self->unused_data, TRY(bytes_from(input)).release());
    self->needs_input = !self->eof && input.empty();
    TRY(self->kept.keep(self->eof ? std::string_view() : input));
    return result;
}

MethodDef compressor_methods[] = {
    METHOD_O("compress", compressor_compress, "($self, data, /)", "Feeds data; what of the compressed form is ready."),
    METHOD_NOARGS("flush", compressor_flush, "($self, /)", "Ends the stream; the rest of the compressed form."),
    END_ROW,
};
MethodDef decompressor_methods[] = {
    METHOD("decompress", decompressor_decompress, "($self, /, data, max_length=-1)",
           "Feeds compressed data; at most max_length bytes of what it stands for."),
    END_ROW,
};
MemberDef decompressor_members[] = {
    {"eof", kBool, offsetof(Bz2Decompressor, eof), kReadOnly, "True once the end of the stream was reached."},
    {"unused_data", kObject, offsetof(Bz2Decompressor, unused_data), kReadOnly, "Data found behind the end of the stream."},
    {"needs_input", kBool, offsetof(Bz2Decompressor, needs_input), kReadOnly, "Is more input needed before more can come out?"},
    END_ROW,
};
constinit Type compressor_type = static_type({
    .name = "_bz2.BZ2Compressor",
    .basic_size = sizeof(Bz2Compressor),
    .doc = "BZ2Compressor(compresslevel=9, /)\n--\n\nCompresses piece by piece.",
    .dealloc = compressor_dealloc,
    .methods = compressor_methods,
    .new_ = Bound<compressor_new, "BZ2Compressor", "(compresslevel=9, /)">::new_,
});
constinit Type decompressor_type = static_type({
    .name = "_bz2.BZ2Decompressor",
    .basic_size = sizeof(Bz2Decompressor),
    .doc = "BZ2Decompressor()\n--\n\nDecompresses piece by piece.",
    .dealloc = decompressor_dealloc,
    .methods = decompressor_methods,
    .members = decompressor_members,
    .new_ = Bound<decompressor_new, "BZ2Decompressor", "()">::new_,
});

Fallible<void> execute(Module* module) {
    TRY(module_add_type(module, &compressor_type));
    return module_add_type(module, &decompressor_type);
}

}  // namespace

extern const NativeModule bz2_module;
const NativeModule bz2_module = {"_bz2", nullptr, nullptr, execute};

}  // namespace py
