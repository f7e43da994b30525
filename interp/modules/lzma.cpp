// _lzma: compressor and decompressor objects over liblzma. Filter specifications are read in lzma_filters.cpp.
#include "interp/modules/lzma.h"

#include "interp/modules/compression.h"
#include "interp/objects/abstract.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::lzma {

Object* error_type = nullptr;

namespace {

enum Format : int { kFormatAuto, kFormatXz, kFormatAlone, kFormatRaw };
constexpr int kCheckUnknown = LZMA_CHECK_ID_MAX + 1;

struct Compressor : Object {
    lzma_stream stream;
    ObjectLock lock;
    bool flushed;
};
struct Decompressor : Object {
    lzma_stream stream;
    ObjectLock lock;
    KeptInput kept;
    Bytes* unused_data;
    int check;
    char eof, needs_input;
};
Compressor* as_compressor(Object* object) {
    return static_cast<Compressor*>(object);
}
Decompressor* as_decompressor(Object* object) {
    return static_cast<Decompressor*>(object);
}

Fallible<void> start_xz(lzma_stream& stream, int check, uint32_t preset, Object* filters) {
    auto kind = lzma_check(check < 0 ? LZMA_CHECK_CRC64 : check);
    if (!filters) return check_status(lzma_easy_encoder(&stream, preset, kind));
    FilterChain chain;
    TRY(chain.read(filters));
    return check_status(lzma_stream_encoder(&stream, chain.filters(), kind));
}
Fallible<void> start_alone(lzma_stream& stream, uint32_t preset, Object* filters) {
    if (!filters) {
        lzma_options_lzma options;
        if (lzma_lzma_preset(&options, preset)) return raise(error(), "Invalid compression preset: %u", preset);
        return check_status(lzma_alone_encoder(&stream, &options));
    }
    FilterChain chain;
    TRY(chain.read(filters));
    if (chain.filters()[0].id != LZMA_FILTER_LZMA1 || chain.filters()[1].id != LZMA_VLI_UNKNOWN)
        return raise(exc::ValueError, "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter");
    return check_status(lzma_alone_encoder(&stream, static_cast<lzma_options_lzma*>(chain.filters()[0].options)));
}
Fallible<void> start_raw(lzma_stream& stream, Object* filters) {
    if (!filters) return raise(exc::ValueError, "Must specify filters for FORMAT_RAW");
    FilterChain chain;
    TRY(chain.read(filters));
    return check_status(lzma_raw_encoder(&stream, chain.filters()));
}

// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
Fallible<Ref<>> compressor_new(Type* type, Object* const* a) {
    int format = a[0] ? TRY(as_c_int(a[0])) : kFormatXz;
    int check = a[1] ? TRY(as_c_int(a[1])) : -1;
    Object *preset_given = unless_none(a[2]), *filters = unless_none(a[3]);
    if (preset_given && filters) return raise(exc::ValueError, "Cannot specify both preset and filter chain");
    uint32_t preset = preset_given ? TRY(unsigned_value_32(preset_given)) : LZMA_PRESET_DEFAULT;
    if (format != kFormatXz && check != -1 && check != LZMA_CHECK_NONE)
        return raise(exc::ValueError, "Integrity checks are only supported by FORMAT_XZ");
    Ref<Compressor> self = TRY(instance_new<Compressor>(type));
    self->stream = LZMA_STREAM_INIT;
    self->lock.make();
    switch (format) {
        case kFormatXz: TRY(start_xz(self->stream, check, preset, filters)); break;
        case kFormatAlone: TRY(start_alone(self->stream, preset, filters)); break;
        case kFormatRaw: TRY(start_raw(self->stream, filters)); break;
        default: return raise(exc::ValueError, "Invalid container format: %d", format);
    }
    return self;
}
void compressor_dealloc(Object* self) {
    lzma_end(&as_compressor(self)->stream);
    as_compressor(self)->lock.destroy();
    object_memory_free(self);
}

Fallible<bool> give_room(lzma_stream& stream, GrowingBytes& out) {
    char* next = nullptr;
    bool any = TRY(out.room(stream.avail_out, SIZE_MAX, &next, &stream.avail_out));
    stream.next_out = reinterpret_cast<uint8_t*>(next);
    return any;
}
void give_input(lzma_stream& stream, std::string_view input) {
    stream.next_in = reinterpret_cast<const uint8_t*>(input.data());
    stream.avail_in = input.size();
}
Fallible<Ref<Bytes>> compress_all(lzma_stream& stream, std::string_view input, lzma_action action) {
    GrowingBytes out;
    give_input(stream, input);
    stream.avail_out = 0;
    for (;;) {
        if (stream.avail_out == 0) TRY(give_room(stream, out));
        lzma_ret status = without_gil([&] { return lzma_code(&stream, action); });
        if (status == LZMA_BUF_ERROR && input.empty() && stream.avail_out > 0) status = LZMA_OK;
        TRY(check_status(status));
        if (action == LZMA_RUN ? stream.avail_in == 0 && stream.avail_out : status == LZMA_STREAM_END) break;
    }
    return out.finish(stream.avail_out);
}
// LZMACompressor.compress(data, /)
Fallible<Ref<>> compressor_compress(Object* self, Object* data) {
    BufferView view;
    TRY(view.open(data));
    Locked locked(as_compressor(self)->lock);
    if (as_compressor(self)->flushed) return raise(exc::ValueError, "Compressor has been flushed");
    return compress_all(as_compressor(self)->stream, view.view(), LZMA_RUN);
}
// LZMACompressor.flush()
Fallible<Ref<>> compressor_flush(Object* self) {
    Locked locked(as_compressor(self)->lock);
    if (as_compressor(self)->flushed) return raise(exc::ValueError, "Repeated call to flush()");
    as_compressor(self)->flushed = true;
    return compress_all(as_compressor(self)->stream, {}, LZMA_FINISH);
}

Fallible<void> start_decoder(Decompressor* self, int format, uint64_t memory_limit, Object* filters) {
    constexpr uint32_t kTellChecks = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
    switch (format) {
        case kFormatAuto: return check_status(lzma_auto_decoder(&self->stream, memory_limit, kTellChecks));
        case kFormatXz: return check_status(lzma_stream_decoder(&self->stream, memory_limit, kTellChecks));
        case kFormatAlone:
            self->check = LZMA_CHECK_NONE;
            return check_status(lzma_alone_decoder(&self->stream, memory_limit));
        case kFormatRaw: {
            self->check = LZMA_CHECK_NONE;
            FilterChain chain;
            TRY(chain.read(filters));
            return check_status(lzma_raw_decoder(&self->stream, chain.filters()));
        }
        default: return raise(exc::ValueError, "Invalid container format: %d", format);
    }
}
// LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)
Fallible<Ref<>> decompressor_new(Type* type, Object* const* a) {
    int format = a[0] ? TRY(as_c_int(a[0])) : kFormatAuto;
    Object *limit_given = unless_none(a[1]), *filters = unless_none(a[2]);
    if (limit_given && format == kFormatRaw) return raise(exc::ValueError, "Cannot specify memory limit with FORMAT_RAW");
    uint64_t memory_limit = limit_given ? TRY(unsigned_value(limit_given)) : UINT64_MAX;
    if (format == kFormatRaw && !filters) return raise(exc::ValueError, "Must specify filters for FORMAT_RAW");
    if (format != kFormatRaw && filters) return raise(exc::ValueError, "Cannot specify filters except with FORMAT_RAW");
    Ref<Decompressor> self = TRY(instance_new<Decompressor>(type));
    self->stream = LZMA_STREAM_INIT;
    self->lock.make();
    self->check = kCheckUnknown;
    self->needs_input = 1;
    self->unused_data = TRY(bytes_from({})).release();
    TRY(start_decoder(self.get(), format, memory_limit, filters));
    return self;
}
void decompressor_dealloc(Object* object) {
    Decompressor* self = as_decompressor(object);
    lzma_end(&self->stream);
    self->kept.drop();
    clear_slot(self->unused_data);
    self->lock.destroy();
    object_memory_free(self);
}
// Decompresses until the input is used up, the stream ends or `limit` bytes came out.
Fallible<Ref<Bytes>> decompress_some(Decompressor* self, ssize_t limit) {
    lzma_stream& stream = self->stream;
    GrowingBytes out(limit);
    stream.avail_out = 0;
    for (bool first = true;; first = false) {
        if (stream.avail_out == 0) {
            bool any = TRY(give_room(stream, out));
            if (!any && !first) break;  // a limit of 0 still lets the library look at the input
        }
        lzma_ret status = without_gil([&] { return lzma_code(&stream, LZMA_RUN); });
        if (status == LZMA_BUF_ERROR && stream.avail_in == 0 && stream.avail_out > 0) status = LZMA_OK;
        TRY(check_status(status));
        if (status == LZMA_GET_CHECK || status == LZMA_NO_CHECK) self->check = int(lzma_get_check(&stream));
        if (status == LZMA_STREAM_END) {
            self->eof = 1;
            break;
        }
        if (stream.avail_in == 0 && stream.avail_out) break;
    }
    return out.finish(stream.avail_out);
}
// LZMADecompressor.decompress(data, max_length=-1)
Fallible<Ref<>> decompressor_decompress(Object* object, Object* const* a) {
    Decompressor* self = as_decompressor(object);
    BufferView view;
    TRY(view.open(a[0]));
    ssize_t limit = a[1] ? TRY(as_ssize(a[1])) : -1;
    Locked locked(self->lock);
    if (self->eof) return raise(exc::EOFError, "Already at end of stream");
    std::string_view input;
    TRY(self->kept.join(view.view(), &input));
    give_input(self->stream, input);
    auto result = decompress_some(self, limit);
    if (!result.ok()) {
        self->kept.size = 0;
        return raised;
    }
    input.remove_prefix(input.size() - self->stream.avail_in);
    // Without input left and with the output full there may still be more to come out.
    self->needs_input = !self->eof && input.empty() && self->stream.avail_out > 0;
    if (self->eof && !input.empty()) replace_slot(self->unused_data, TRY(bytes_from(input)).release());
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
    {"check", kInt, offsetof(Decompressor, check), kReadOnly, "Which integrity check the stream has."},
    {"eof", kBool, offsetof(Decompressor, eof), kReadOnly, "True once the end of the stream was reached."},
    {"needs_input", kBool, offsetof(Decompressor, needs_input), kReadOnly, "Is more input needed before more can come out?"},
    {"unused_data", kObject, offsetof(Decompressor, unused_data), kReadOnly, "Data found behind the end of the stream."},
    END_ROW,
};
constinit Type compressor_type = static_type({
    .name = "_lzma.LZMACompressor",
    .basic_size = sizeof(Compressor),
    .doc = "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCompresses piece by piece.",
    .dealloc = compressor_dealloc,
    .methods = compressor_methods,
    .new_ = Bound<compressor_new, "LZMACompressor", "(format=FORMAT_XZ, check=-1, preset=None, filters=None)">::new_,
});
constinit Type decompressor_type = static_type({
    .name = "_lzma.LZMADecompressor",
    .basic_size = sizeof(Decompressor),
    .doc = "LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)\n--\n\nDecompresses piece by piece.",
    .dealloc = decompressor_dealloc,
    .methods = decompressor_methods,
    .members = decompressor_members,
    .new_ = Bound<decompressor_new, "LZMADecompressor", "(format=FORMAT_AUTO, memlimit=None, filters=None)">::new_,
});

// _lzma.is_check_supported(check_id, /)
Fallible<Ref<>> is_check_supported(Object*, Object* check) {
    return bool_from(lzma_check_is_supported(lzma_check(TRY(as_c_int(check)))));
}
// _lzma._encode_filter_properties(filter, /)
Fallible<Ref<>> encode_filter_properties(Object*, Object* specification) {
    FilterChain chain;
    TRY(chain.read_one(specification));
    uint32_t size = 0;
    TRY(check_status(lzma_properties_size(&size, chain.filters())));
    Ref<Bytes> properties = TRY(bytes_new(ssize_t(size) + 2));  // never a shared object
    TRY(check_status(lzma_properties_encode(chain.filters(), reinterpret_cast<uint8_t*>(properties->data))));
    return bytes_resize(std::move(properties), size);
}
// _lzma._decode_filter_properties(filter_id, encoded_props, /)
Fallible<Ref<>> decode_filter_properties(Object*, Object* const* a, ssize_t count) {
    TRY(check_positional("_decode_filter_properties", count, 2, 2));
    lzma_vli id = TRY(unsigned_value(a[0]));
    BufferView view;
    TRY(view.open(a[1]));
    FilterChain chain;
    TRY(chain.decode(id, view.view()));
    return describe_filter(chain.filters()[0]);
}
MethodDef lzma_functions[] = {
    METHOD_O("is_check_supported", is_check_supported, "($module, check_id, /)", "Can this liblzma compute the check?"),
    METHOD_O("_encode_filter_properties", encode_filter_properties, "($module, filter, /)",
             "The options of a filter as containers store them."),
    METHOD_FAST("_decode_filter_properties", decode_filter_properties, "($module, filter_id, encoded_props, /)",
                "The filter whose options a container stored."),
    END_ROW,
};

constexpr struct {
    const char* name;
    uint64_t value;
} kConstants[] = {
    {"FORMAT_AUTO", kFormatAuto},
    {"FORMAT_XZ", kFormatXz},
    {"FORMAT_ALONE", kFormatAlone},
    {"FORMAT_RAW", kFormatRaw},
    {"CHECK_NONE", LZMA_CHECK_NONE},
    {"CHECK_CRC32", LZMA_CHECK_CRC32},
    {"CHECK_CRC64", LZMA_CHECK_CRC64},
    {"CHECK_SHA256", LZMA_CHECK_SHA256},
    {"CHECK_ID_MAX", LZMA_CHECK_ID_MAX},
    {"CHECK_UNKNOWN", kCheckUnknown},
    {"FILTER_LZMA1", LZMA_FILTER_LZMA1},
    {"FILTER_LZMA2", LZMA_FILTER_LZMA2},
    {"FILTER_DELTA", LZMA_FILTER_DELTA},
    {"FILTER_X86", LZMA_FILTER_X86},
    {"FILTER_POWERPC", LZMA_FILTER_POWERPC},
    {"FILTER_IA64", LZMA_FILTER_IA64},
    {"FILTER_ARM", LZMA_FILTER_ARM},
    {"FILTER_ARMTHUMB", LZMA_FILTER_ARMTHUMB},
    {"FILTER_SPARC", LZMA_FILTER_SPARC},
    {"MF_HC3", LZMA_MF_HC3},
    {"MF_HC4", LZMA_MF_HC4},
    {"MF_BT2", LZMA_MF_BT2},
    {"MF_BT3", LZMA_MF_BT3},
    {"MF_BT4", LZMA_MF_BT4},
    {"MODE_FAST", LZMA_MODE_FAST},
    {"MODE_NORMAL", LZMA_MODE_NORMAL},
    {"PRESET_DEFAULT", LZMA_PRESET_DEFAULT},
    {"PRESET_EXTREME", LZMA_PRESET_EXTREME},
};
Fallible<void> execute(Module* module) {
    if (!error_type)
        error_type = TRY(exception_type_new("_lzma.LZMAError", static_cast<Object*>(exc::Exception), "Call to liblzma failed.")).release();
    TRY(module_add(module, "LZMAError", share(error_type)));
    for (auto& each : kConstants) TRY(module_add_int(module, each.name, int64_t(each.value)));
    TRY(module_add_type(module, &compressor_type));
    return module_add_type(module, &decompressor_type);
}

}  // namespace

Fallible<void> check_status(lzma_ret status) {
    switch (status) {
        case LZMA_OK:
        case LZMA_GET_CHECK:
        case LZMA_NO_CHECK:
        case LZMA_STREAM_END: return {};
        case LZMA_UNSUPPORTED_CHECK: return raise(error(), "Unsupported integrity check");
        case LZMA_MEM_ERROR: return raise_memory_error();
        case LZMA_MEMLIMIT_ERROR: return raise(error(), "Memory usage limit exceeded");
        case LZMA_FORMAT_ERROR: return raise(error(), "Input format not supported by decoder");
        case LZMA_OPTIONS_ERROR: return raise(error(), "Invalid or unsupported options");
        case LZMA_DATA_ERROR: return raise(error(), "Corrupt input data");
        case LZMA_BUF_ERROR: return raise(error(), "Insufficient buffer space");
        case LZMA_PROG_ERROR: return raise(error(), "Internal error");
        default: return raise(error(), "Unrecognized error from liblzma: %d", int(status));
    }
}

}  // namespace py::lzma

namespace py {

extern const NativeModule lzma_module;
const NativeModule lzma_module = {"_lzma", nullptr, lzma::lzma_functions, lzma::execute};

}  // namespace py
