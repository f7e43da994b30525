// zlib: compression objects and one-shot functions over the zlib library.
#include <zlib.h>

#include <climits>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

Object* zlib_error = nullptr;
constexpr ssize_t kInitialBuffer = 16 * 1024;

struct Stream : Object {
    z_stream stream;
    bool initialised;
    bool eof;              // decompressors: the end of the stream was reached
    Bytes* unused_data;    // behind the end
    Bytes* unconsumed_tail;  // left over when max_length stopped decompress()
    Bytes* dictionary;
};
Stream* as_stream(Object* object) { return static_cast<Stream*>(object); }

Raised raise_zlib(const z_stream& stream, int error, const char* what) {
    const char* detail = stream.msg;
    if (error == Z_VERSION_ERROR) detail = "library version mismatch";
    if (!detail) {
        if (error == Z_BUF_ERROR) detail = "incomplete or truncated stream";
        if (error == Z_STREAM_ERROR) detail = "inconsistent stream state";
        if (error == Z_DATA_ERROR) detail = "invalid input data";
    }
    auto* type = static_cast<Type*>(static_cast<VarObject*>(zlib_error));
    if (!detail) return raise(type, "Error %d %s", error, what);
    return raise(type, "Error %d %s: %s", error, what, detail);
}

// Output that doubles as it fills, up to a limit.
class Output {
  public:
    explicit Output(ssize_t limit = SSIZE_MAX, ssize_t initial = kInitialBuffer) : limit_(limit), initial_(initial < limit ? initial : limit) {}
    // Gives the stream room; false when the limit is reached.
    Fallible<bool> make_room(z_stream& stream) {
        if (!bytes_) {
            bytes_ = TRY(bytes_new(initial_ ? initial_ : 1));
        } else {
            used_ = bytes_->size - ssize_t(stream.avail_out);
            if (stream.avail_out) return true;
            if (bytes_->size >= limit_) return false;
            ssize_t size = bytes_->size < limit_ / 2 ? bytes_->size * 2 : limit_;
            bytes_ = TRY(bytes_resize(std::move(bytes_), size));
        }
        ssize_t room = bytes_->size - used_;
        if (room > limit_ - used_) room = limit_ - used_;
        stream.next_out = reinterpret_cast<Bytef*>(bytes_->data + used_);
        stream.avail_out = uInt(room > ssize_t(UINT_MAX) ? UINT_MAX : room);
        return true;
    }
    Fallible<Ref<>> finish(const z_stream& stream) {
        if (!bytes_) return TRY(bytes_from({}));
        ssize_t size = reinterpret_cast<const char*>(stream.next_out) - bytes_->data;
        return TRY(bytes_resize(std::move(bytes_), size));
    }

  private:
    Ref<Bytes> bytes_;
    ssize_t used_ = 0;
    ssize_t limit_, initial_;
};

// Feeds input to deflate/inflate in pieces that fit zlib's counters.
struct Input {
    const char* data;
    ssize_t left;
    void give(z_stream& stream) {
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data));
        stream.avail_in = uInt(left > ssize_t(UINT_MAX) ? UINT_MAX : left);
    }
    void take_back(const z_stream& stream) {
        const char* now = reinterpret_cast<const char*>(stream.next_in);
        left -= now - data;
        data = now;
    }
};

// Deflates all input with `flush`; appends to out.
Fallible<void> deflate_all(z_stream& stream, Input& input, int flush, Output& out) {
    do {
        input.give(stream);
        bool last = input.left == ssize_t(stream.avail_in);
        do {
            TRY(out.make_room(stream));
            int status = without_gil([&] { return deflate(&stream, last ? flush : Z_NO_FLUSH); });
            if (status == Z_STREAM_ERROR) return raise_zlib(stream, status, "while compressing data");
            if (status == Z_STREAM_END) break;
        } while (stream.avail_out == 0);
        input.take_back(stream);
    } while (input.left > 0);
    return {};
}

// zlib.compress(data, /, level=-1, wbits=15)
Fallible<Ref<>> zlib_compress(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    int level = a[1] ? TRY(as_c_int(a[1])) : -1;
    int window = a[2] ? TRY(as_c_int(a[2])) : MAX_WBITS;
    z_stream stream{};
    int status = deflateInit2(&stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    if (status == Z_STREAM_ERROR) return raise(static_cast<Type*>(static_cast<VarObject*>(zlib_error)), "Bad compression level");
    if (status != Z_OK) return raise_zlib(stream, status, "while compressing data");
    Input input{view.data(), view.size()};
    Output out;
    Fallible<void> done = deflate_all(stream, input, Z_FINISH, out);
    Fallible<Ref<>> result = done.ok() ? out.finish(stream) : Fallible<Ref<>>(raised);
    deflateEnd(&stream);
    return result;
}

// zlib.decompress(data, /, wbits=15, bufsize=16384)
Fallible<Ref<>> zlib_decompress(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    int window = a[1] ? TRY(as_c_int(a[1])) : MAX_WBITS;
    ssize_t size = a[2] ? TRY(as_ssize(a[2])) : kInitialBuffer;
    if (size < 0) return raise(exc::ValueError, "bufsize must be non-negative");
    z_stream stream{};
    int status = inflateInit2(&stream, window);
    if (status != Z_OK) return raise_zlib(stream, status, "while preparing to decompress data");
    Input input{view.data(), view.size()};
    Output out(SSIZE_MAX, size ? size : 1);
    Fallible<void> done = [&]() -> Fallible<void> {
        do {
            input.give(stream);
            do {
                TRY(out.make_room(stream));
                status = without_gil([&] { return inflate(&stream, Z_SYNC_FLUSH); });
                if (status != Z_OK && status != Z_BUF_ERROR && status != Z_STREAM_END)
                    return raise_zlib(stream, status, status == Z_MEM_ERROR ? "Out of memory while decompressing data" : "while decompressing data");
            } while (stream.avail_out == 0 && status != Z_STREAM_END);
            input.take_back(stream);
        } while (status != Z_STREAM_END && input.left > 0);
        if (status != Z_STREAM_END) return raise_zlib(z_stream{}, Z_BUF_ERROR, "while decompressing data");
        return {};
    }();
    Fallible<Ref<>> result = done.ok() ? out.finish(stream) : Fallible<Ref<>>(raised);
    inflateEnd(&stream);
    return result;
}

template <auto Function>
Fallible<Ref<>> checksum(Object* data, Object* start, unsigned long initial) {
    BufferView view;
    TRY(view.open(data));
    uLong value = initial;
    if (start) value = uLong(as_uint64_masked(TRY(index(start)).get())) & 0xffffffff;
    if (view.size() > 5 * 1024) {
        GilReleased released;
        value = Function(value, reinterpret_cast<const Bytef*>(view.data()), z_size_t(view.size()));
    } else {
        value = Function(value, reinterpret_cast<const Bytef*>(view.data()), z_size_t(view.size()));
    }
    return TRY(int_from_unsigned(value & 0xffffffff));
}
// zlib.adler32(data, value=1, /)
Fallible<Ref<>> zlib_adler32(Object*, Object* const* a) { return checksum<adler32_z>(a[0], a[1], 1); }
// zlib.crc32(data, value=0, /)
Fallible<Ref<>> zlib_crc32(Object*, Object* const* a) { return checksum<crc32_z>(a[0], a[1], 0); }

extern Type compress_type;
extern Type decompress_type;

Fallible<Ref<Stream>> stream_new(Type& type) {
    Ref<Stream> stream = make<Stream>(type);
    if (!stream) return raised;
    stream->stream = z_stream{};
    stream->initialised = stream->eof = false;
    stream->dictionary = nullptr;
    stream->unused_data = stream->unconsumed_tail = nullptr;
    stream->unused_data = TRY(bytes_from({})).release();
    stream->unconsumed_tail = TRY(bytes_from({})).release();
    return stream;
}
Fallible<Ref<Bytes>> dictionary_bytes(Object* value) {
    BufferView view;
    if (!has_buffer(value)) return raise(exc::TypeError, "zdict argument must support the buffer protocol");
    TRY(view.open(value));
    return bytes_from(view.view());
}

// zlib.compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=None)
Fallible<Ref<>> zlib_compressobj(Object*, Object* const* a) {
    int values[5] = {Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS, 8, Z_DEFAULT_STRATEGY};
    for (int i = 0; i < 5; ++i)
        if (a[i]) values[i] = TRY(as_c_int(a[i]));
    Ref<Bytes> dictionary;
    if (a[5] && a[5] != none()) dictionary = TRY(dictionary_bytes(a[5]));
    Ref<Stream> stream = TRY(stream_new(compress_type));
    int status = deflateInit2(&stream->stream, values[0], values[1], values[2], values[3], values[4]);
    if (status == Z_STREAM_ERROR) return raise(exc::ValueError, "Invalid initialization option");
    if (status != Z_OK) return raise_zlib(stream->stream, status, "while creating compression object");
    stream->initialised = true;
    if (dictionary) {
        status = deflateSetDictionary(&stream->stream, reinterpret_cast<const Bytef*>(dictionary->data), uInt(dictionary->size));
        if (status != Z_OK) return raise(exc::ValueError, "Invalid dictionary");
    }
    return stream;
}
// zlib.decompressobj(wbits=15, zdict=b'')
Fallible<Ref<>> zlib_decompressobj(Object*, Object* const* a) {
    int window = a[0] ? TRY(as_c_int(a[0])) : MAX_WBITS;
    Ref<Stream> stream = TRY(stream_new(decompress_type));
    if (a[1]) stream->dictionary = TRY(dictionary_bytes(a[1])).release();
    int status = inflateInit2(&stream->stream, window);
    if (status == Z_STREAM_ERROR) return raise(exc::ValueError, "Invalid initialization option");
    if (status != Z_OK) return raise_zlib(stream->stream, status, "while creating decompression object");
    stream->initialised = true;
    if (stream->dictionary && window < 0) {
        status = inflateSetDictionary(&stream->stream, reinterpret_cast<const Bytef*>(stream->dictionary->data), uInt(stream->dictionary->size));
        if (status != Z_OK) return raise_zlib(stream->stream, status, "while setting zdict");
    }
    return stream;
}

// Compress.compress(data, /)
Fallible<Ref<>> compress_compress(Object* self, Object* data) {
    BufferView view;
    TRY(view.open(data));
    Input input{view.data(), view.size()};
    Output out;
    TRY(deflate_all(as_stream(self)->stream, input, Z_NO_FLUSH, out));
    return out.finish(as_stream(self)->stream);
}
// Compress.flush(mode=zlib.Z_FINISH, /)
Fallible<Ref<>> compress_flush(Object* self, Object* const* a) {
    int mode = a[0] ? TRY(as_c_int(a[0])) : Z_FINISH;
    if (mode == Z_NO_FLUSH) return TRY(bytes_from({}));
    Stream* stream = as_stream(self);
    Input input{nullptr, 0};
    Output out;
    TRY(deflate_all(stream->stream, input, mode, out));
    Ref<> result = TRY(out.finish(stream->stream));
    if (mode == Z_FINISH && stream->initialised) {
        deflateEnd(&stream->stream);
        stream->initialised = false;
    }
    return result;
}
template <auto Copy>
Fallible<Ref<>> stream_copy(Object* self) {
    Stream* source = as_stream(self);
    Ref<Stream> copy = TRY(stream_new(*self->type));
    if (!source->initialised) return raise(exc::ValueError, "Inconsistent stream state");
    int status = Copy(&copy->stream, &source->stream);
    if (status != Z_OK) return raise_zlib(source->stream, status, "while copying object");
    copy->initialised = true;
    copy->eof = source->eof;
    replace_slot(copy->unused_data, new_reference(source->unused_data));
    replace_slot(copy->unconsumed_tail, new_reference(source->unconsumed_tail));
    xincref(source->dictionary);
    copy->dictionary = source->dictionary;
    return copy;
}

// What is left of the input after the end goes to unused_data, before it to unconsumed_tail.
Fallible<void> save_rest(Stream* stream, const Input& input) {
    if (stream->eof && input.left) {
        std::string_view old = stream->unused_data->view();
        Ref<Bytes> joined = TRY(bytes_new(ssize_t(old.size()) + input.left));
        std::memcpy(joined->data, old.data(), old.size());
        std::memcpy(joined->data + old.size(), input.data, size_t(input.left));
        replace_slot(stream->unused_data, joined.release());
    }
    ssize_t tail = stream->eof ? 0 : input.left;
    if (tail || stream->unconsumed_tail->size)
        replace_slot(stream->unconsumed_tail, TRY(bytes_from({input.data, size_t(tail)})).release());
    return {};
}
Fallible<Ref<>> inflate_some(Stream* stream, Input input, ssize_t limit, int flush) {
    z_stream& z = stream->stream;
    Output out(limit);
    int status = Z_OK;
    do {
        input.give(z);
        do {
            bool room = TRY(out.make_room(z));
            if (!room) {
                status = Z_BUF_ERROR;
                break;
            }
            status = without_gil([&] { return inflate(&z, flush); });
            if (status == Z_NEED_DICT && stream->dictionary) {
                status = inflateSetDictionary(&z, reinterpret_cast<const Bytef*>(stream->dictionary->data), uInt(stream->dictionary->size));
                if (status != Z_OK) return raise_zlib(z, status, "while setting zdict");
                continue;
            }
            if (status != Z_OK && status != Z_BUF_ERROR && status != Z_STREAM_END) {
                input.take_back(z);
                return raise_zlib(z, status, "while decompressing data");
            }
        } while (status != Z_STREAM_END && (z.avail_out == 0 || (status == Z_OK && z.avail_in && stream->dictionary)));
        input.take_back(z);
        if (z.avail_out == 0 && status == Z_BUF_ERROR) break;
    } while (status != Z_STREAM_END && input.left > 0 && status != Z_BUF_ERROR);
    if (status == Z_STREAM_END) stream->eof = true;
    TRY(save_rest(stream, input));
    return out.finish(z);
}
// Decompress.decompress(data, /, max_length=0)
Fallible<Ref<>> decompress_decompress(Object* self, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    ssize_t limit = a[1] ? TRY(as_ssize(a[1])) : 0;
    if (limit < 0) return raise(exc::ValueError, "max_length must be non-negative");
    return inflate_some(as_stream(self), {view.data(), view.size()}, limit ? limit : SSIZE_MAX, Z_SYNC_FLUSH);
}
// Decompress.flush(length=zlib.DEF_BUF_SIZE, /)
Fallible<Ref<>> decompress_flush(Object* self, Object* const* a) {
    ssize_t length = a[0] ? TRY(as_ssize(a[0])) : kInitialBuffer;
    if (length <= 0) return raise(exc::ValueError, "length must be greater than zero");
    Stream* stream = as_stream(self);
    Ref<Bytes> tail = share(stream->unconsumed_tail);
    Ref<> result = TRY(inflate_some(stream, {tail->data, tail->size}, SSIZE_MAX, Z_FINISH));
    if (stream->eof && stream->initialised) {
        inflateEnd(&stream->stream);
        stream->initialised = false;
    }
    return result;
}
void compress_dealloc(Object* self) {
    if (as_stream(self)->initialised) deflateEnd(&as_stream(self)->stream);
    xdecref(as_stream(self)->unused_data);
    xdecref(as_stream(self)->unconsumed_tail);
    xdecref(as_stream(self)->dictionary);
    object_free(self);
}
void decompress_dealloc(Object* self) {
    if (as_stream(self)->initialised) inflateEnd(&as_stream(self)->stream);
    xdecref(as_stream(self)->unused_data);
    xdecref(as_stream(self)->unconsumed_tail);
    xdecref(as_stream(self)->dictionary);
    object_free(self);
}
Fallible<Ref<>> decompress_get_eof(Object* self) { return bool_from(as_stream(self)->eof); }
// Compress.__deepcopy__(memo, /)
Fallible<Ref<>> compress_deepcopy(Object* self, Object*) { return stream_copy<deflateCopy>(self); }
Fallible<Ref<>> decompress_deepcopy(Object* self, Object*) { return stream_copy<inflateCopy>(self); }

MethodDef compress_methods[] = {
    METHOD_UNPACKED_O("compress", compress_compress, "($self, data, /)", "Compress some data."),
    METHOD_UNPACKED("flush", compress_flush, "($self, mode=zlib.Z_FINISH, /)", "Compress what is left."),
    METHOD_UNPACKED_NOARGS("copy", stream_copy<deflateCopy>, "($self, /)", "A copy of the object."),
    METHOD_UNPACKED_NOARGS("__copy__", stream_copy<deflateCopy>, "($self, /)", "A copy of the object."),
    METHOD_UNPACKED_O("__deepcopy__", compress_deepcopy, "($self, memo, /)", "A copy of the object."),
    END_ROW,
};
MethodDef decompress_methods[] = {
    METHOD("decompress", decompress_decompress, "($self, data, /, max_length=0)", "Decompress some data."),
    METHOD_UNPACKED("flush", decompress_flush, "($self, length=zlib.DEF_BUF_SIZE, /)", "Decompress what is left."),
    METHOD_UNPACKED_NOARGS("copy", stream_copy<inflateCopy>, "($self, /)", "A copy of the object."),
    METHOD_UNPACKED_NOARGS("__copy__", stream_copy<inflateCopy>, "($self, /)", "A copy of the object."),
    METHOD_UNPACKED_O("__deepcopy__", decompress_deepcopy, "($self, memo, /)", "A copy of the object."),
    END_ROW,
};
MemberDef decompress_members[] = {
    {"unused_data", kObject, offsetof(Stream, unused_data), kReadOnly, nullptr},
    {"unconsumed_tail", kObject, offsetof(Stream, unconsumed_tail), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef decompress_getset[] = {GETTER("eof", decompress_get_eof, nullptr), END_ROW};
constinit Type compress_type = static_type({
    .name = "zlib.Compress",
    .basic_size = sizeof(Stream),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = compress_dealloc,
    .methods = compress_methods,
});
constinit Type decompress_type = static_type({
    .name = "zlib.Decompress",
    .basic_size = sizeof(Stream),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = decompress_dealloc,
    .methods = decompress_methods,
    .members = decompress_members,
    .getset = decompress_getset,
});

MethodDef zlib_functions[] = {
    METHOD("adler32", zlib_adler32, "($module, data, value=1, /)", "Adler-32 checksum."),
    METHOD("compress", zlib_compress, "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", "Compressed bytes."),
    METHOD("compressobj", zlib_compressobj,
           "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n"
           "            strategy=Z_DEFAULT_STRATEGY, zdict=None)",
           "An object that compresses piece by piece."),
    METHOD("crc32", zlib_crc32, "($module, data, value=0, /)", "CRC-32 checksum."),
    METHOD("decompress", zlib_decompress, "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", "Decompressed bytes."),
    METHOD("decompressobj", zlib_decompressobj, "($module, /, wbits=MAX_WBITS, zdict=b\'\')", "An object that decompresses piece by piece."),
    END_ROW,
};

Fallible<void> zlib_execute(Module* module) {
    TRY(type_ready(&compress_type));
    TRY(type_ready(&decompress_type));
    Ref<> error = TRY(exception_type_new("zlib.error", exc::Exception, nullptr));
    zlib_error = error.get();
    TRY(module_add(module, "error", std::move(error)));
    const struct {
        const char* name;
        int value;
    } constants[] = {
        {"MAX_WBITS", MAX_WBITS}, {"DEFLATED", Z_DEFLATED}, {"DEF_MEM_LEVEL", 8}, {"DEF_BUF_SIZE", kInitialBuffer},
        {"Z_NO_COMPRESSION", Z_NO_COMPRESSION}, {"Z_BEST_SPEED", Z_BEST_SPEED}, {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
        {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION}, {"Z_FILTERED", Z_FILTERED}, {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
        {"Z_RLE", Z_RLE}, {"Z_FIXED", Z_FIXED}, {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY}, {"Z_NO_FLUSH", Z_NO_FLUSH},
        {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH}, {"Z_SYNC_FLUSH", Z_SYNC_FLUSH}, {"Z_FULL_FLUSH", Z_FULL_FLUSH}, {"Z_FINISH", Z_FINISH},
        {"Z_BLOCK", Z_BLOCK}, {"Z_TREES", Z_TREES},
    };
    for (auto& each : constants) TRY(module_add_int(module, each.name, each.value));
    TRY(module_add_str(module, "ZLIB_VERSION", ZLIB_VERSION));
    TRY(module_add_str(module, "ZLIB_RUNTIME_VERSION", zlibVersion()));
    return module_add_str(module, "__version__", "1.0");
}

}  // namespace

extern const NativeModule zlib_module;
const NativeModule zlib_module = {"zlib", "Compression compatible with gzip.", zlib_functions, zlib_execute};

}  // namespace py
