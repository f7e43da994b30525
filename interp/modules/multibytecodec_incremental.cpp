// _multibytecodec.MultibyteIncrementalEncoder and MultibyteIncrementalDecoder.
#include <cstring>

#include "interp/modules/multibytecodec.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"

namespace py::cjk {
namespace {

template <class Part>
struct Incremental : Object {
    MultibyteCodec* codec;
    Object* errors;
    Part part;
};
using IncrementalEncoder = Incremental<Encoder>;
using IncrementalDecoder = Incremental<Decoder>;
IncrementalEncoder* as_encoder(Object* object) { return static_cast<IncrementalEncoder*>(object); }
IncrementalDecoder* as_decoder(Object* object) { return static_cast<IncrementalDecoder*>(object); }
template <class Self>
Fallible<const char*> errors_of(Self* self) {
    return TRY(str_utf8(as_str(self->errors))).data();
}

template <class Part>
Fallible<Ref<>> incremental_new(Type* type, Object* const* bound) {
    if (bound[0] && !is_str(bound[0])) return raise(exc::TypeError, "argument 'errors' must be str, not %T", bound[0]);
    Ref<MultibyteCodec> codec = TRY(codec_of_class(type));
    Ref<Str> errors = TRY(errors_text(bound[0]));
    Ref<Incremental<Part>> self = steal(static_cast<Incremental<Part>*>(type->alloc(type, 0)));
    if (!self) return raised;
    self->part.state = start_state(codec.get(), std::is_same_v<Part, Decoder>);
    self->codec = codec.release();
    self->errors = errors.release();
    return self;
}
// __init__ takes what __new__ has taken.
int accept_arguments(Object*, Object*, Object*) { return 0; }

template <class Part>
Fallible<Ref<>> incremental_errors(Object* self) { return share(static_cast<Incremental<Part>*>(self)->errors); }
template <class Part>
Fallible<void> incremental_set_errors(Object* self, Object* value) {
    return set_errors(static_cast<Incremental<Part>*>(self)->errors, value);
}

Fallible<bool> truth_or_false(Object* argument) { return argument && TRY(as_c_int(argument)) != 0; }

// MultibyteIncrementalEncoder.encode(input, final=False)
Fallible<Ref<>> encoder_encode(Object* self, Object* const* bound) {
    bool is_last = TRY(truth_or_false(bound[1]));
    const char* errors = TRY(errors_of(as_encoder(self)));
    return TRY(as_encoder(self)->part.encode(as_encoder(self)->codec, bound[0], errors, is_last));
}

// MultibyteIncrementalEncoder.reset()
Fallible<Ref<>> encoder_reset(Object* self) {
    Encoded ignored;
    const Codec* codec = as_encoder(self)->codec->codec;
    if (codec->reset_encoder) codec->reset_encoder(as_encoder(self)->part.state, ignored);
    clear_slot(as_encoder(self)->part.pending);
    return share(none());
}

// The state as a number: the count of pending bytes (UTF-8), these, and the codec's state; little end first.
constexpr size_t kMaxPendingText = kMaxPendingCharacters * 4, kStateBytes = sizeof(State);

// MultibyteIncrementalEncoder.getstate()
Fallible<Ref<>> encoder_getstate(Object* self) {
    uint8_t bytes[1 + kMaxPendingText + kStateBytes] = {};
    size_t count = 0;
    if (Str* pending = as_encoder(self)->part.pending) {
        std::string_view text = TRY(str_utf8(pending));
        if (text.size() > kMaxPendingText) return raise(exc::UnicodeError, "pending buffer too large");
        std::memcpy(bytes + 1, text.data(), count = text.size());
    }
    bytes[0] = uint8_t(count);
    std::memcpy(bytes + 1 + count, as_encoder(self)->part.state.c, kStateBytes);
    return TRY(int_from_bytes(bytes, 1 + count + kStateBytes, true, false));
}

// MultibyteIncrementalEncoder.setstate(state)
Fallible<Ref<>> encoder_setstate(Object* self, Object* number) {
    if (!is_int(number)) return raise(exc::TypeError, "setstate() argument must be int, not %N", number);
    uint8_t bytes[1 + kMaxPendingText + kStateBytes];
    TRY(int_to_bytes(as_int(number), bytes, sizeof bytes, true, false));
    if (bytes[0] > kMaxPendingText) return raise(exc::UnicodeError, "pending buffer too large");
    Ref<Str> pending = TRY(utf8_decode({reinterpret_cast<char*>(bytes) + 1, bytes[0]}, nullptr, nullptr));
    Encoder& part = as_encoder(self)->part;
    replace_slot(part.pending, pending->length ? pending.release() : nullptr);
    std::memcpy(part.state.c, bytes + 1 + bytes[0], kStateBytes);
    return share(none());
}

void encoder_dealloc(Object* self) {
    clear_slot(as_encoder(self)->codec);
    clear_slot(as_encoder(self)->errors);
    clear_slot(as_encoder(self)->part.pending);
    object_memory_free(self);
}
void decoder_dealloc(Object* self) {
    clear_slot(as_decoder(self)->codec);
    clear_slot(as_decoder(self)->errors);
    object_memory_free(self);
}

// MultibyteIncrementalDecoder.decode(input, final=False)
Fallible<Ref<>> decoder_decode(Object* self, Object* const* bound) {
    bool is_last = TRY(truth_or_false(bound[1]));
    BufferView input;
    TRY(input.open(bound[0]));
    const char* errors = TRY(errors_of(as_decoder(self)));
    return TRY(as_decoder(self)->part.decode(as_decoder(self)->codec, input.view(), errors, is_last));
}

// MultibyteIncrementalDecoder.reset()
Fallible<Ref<>> decoder_reset(Object* self) {
    as_decoder(self)->part.reset(as_decoder(self)->codec);
    return share(none());
}

// MultibyteIncrementalDecoder.getstate()
Fallible<Ref<>> decoder_getstate(Object* self) {
    Decoder& part = as_decoder(self)->part;
    Ref<Bytes> pending = TRY(bytes_from({reinterpret_cast<char*>(part.pending), size_t(part.pending_count)}));
    Ref<Int> state = TRY(int_from_bytes(part.state.c, kStateBytes, true, false));
    return TRY(tuple_pack(pending.get(), state.get()));
}

// MultibyteIncrementalDecoder.setstate(state)
Fallible<Ref<>> decoder_setstate(Object* self, Object* state) {
    Tuple* pair = is_tuple(state) && as_tuple(state)->size == 2 ? as_tuple(state) : nullptr;
    if (!pair || !is_bytes(pair->items[0]) || !is_int(pair->items[1]))
        return raise(exc::TypeError, "setstate(): illegal state argument");
    std::string_view pending = static_cast<Bytes*>(pair->items[0])->view();
    uint8_t bytes[kStateBytes];
    TRY(int_to_bytes(as_int(pair->items[1]), bytes, sizeof bytes, true, false));
    if (ssize_t(pending.size()) > kMaxPendingBytes) return raise(exc::UnicodeError, "pending buffer too large");
    Decoder& part = as_decoder(self)->part;
    std::memcpy(part.pending, pending.data(), pending.size());
    part.pending_count = ssize_t(pending.size());
    std::memcpy(part.state.c, bytes, kStateBytes);
    return share(none());
}

MethodDef encoder_methods[] = {
    METHOD("encode", encoder_encode, "($self, /, input, final=False)", "The text's bytes, but for a character that more could follow."),
    METHOD_NOARGS("getstate", encoder_getstate, "($self, /)", "What is remembered, as a number."),
    METHOD_O("setstate", encoder_setstate, "($self, state, /)", "Goes back to a state."),
    METHOD_NOARGS("reset", encoder_reset, "($self, /)", "Forgets what is pending."),
    END_ROW,
};
MethodDef decoder_methods[] = {
    METHOD("decode", decoder_decode, "($self, /, input, final=False)", "The bytes' text, but for a sequence that is cut off."),
    METHOD_NOARGS("getstate", decoder_getstate, "($self, /)", "What is remembered: the pending bytes and a number."),
    METHOD_O("setstate", decoder_setstate, "($self, state, /)", "Goes back to a state."),
    METHOD_NOARGS("reset", decoder_reset, "($self, /)", "Forgets what is pending."),
    END_ROW,
};
GetSetDef encoder_getsets[] = {
    GETTER_SETTER("errors", incremental_errors<Encoder>, incremental_set_errors<Encoder>, "how to treat errors"), END_ROW};
GetSetDef decoder_getsets[] = {
    GETTER_SETTER("errors", incremental_errors<Decoder>, incremental_set_errors<Decoder>, "how to treat errors"), END_ROW};

constinit Type encoder_type = static_type({
    .name = "_multibytecodec.MultibyteIncrementalEncoder",
    .basic_size = sizeof(IncrementalEncoder),
    .flags = type_flag::kBase,
    .dealloc = encoder_dealloc,
    .getattro = generic_getattro_slot,
    .methods = encoder_methods,
    .getset = encoder_getsets,
    .init = accept_arguments,
    .new_ = Bound<incremental_new<Encoder>, "IncrementalEncoder", "(errors='strict')">::new_,
});
constinit Type decoder_type = static_type({
    .name = "_multibytecodec.MultibyteIncrementalDecoder",
    .basic_size = sizeof(IncrementalDecoder),
    .flags = type_flag::kBase,
    .dealloc = decoder_dealloc,
    .getattro = generic_getattro_slot,
    .methods = decoder_methods,
    .getset = decoder_getsets,
    .init = accept_arguments,
    .new_ = Bound<incremental_new<Decoder>, "IncrementalDecoder", "(errors='strict')">::new_,
});

}  // namespace

Fallible<void> add_incremental_types(Module* module) {
    TRY(module_add_type(module, &encoder_type));
    return module_add_type(module, &decoder_type);
}

}  // namespace py::cjk
