// _pickle.Pickler: its output with frames (PEP 3154), and the memo.
#include <cstdlib>
#include <cstring>

#include "interp/modules/pickle.h"

namespace py::pickle {

namespace {

constexpr ssize_t kFirstOutput = 4096;
constexpr ssize_t kFrameMinimum = 4, kFrameTarget = 64 * 1024, kFrameHeader = 9;
constexpr ssize_t kFirstMemo = 8;

void put_little_endian(char* to, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to[i] = char(value >> (8 * i));
}
Fallible<void> reserve(Pickler* self, ssize_t more) {
    ssize_t needed = self->output_size + more;
    if (!self->output) {
        self->output = TRY(bytes_new(needed > kFirstOutput ? needed : kFirstOutput)).release();
        return {};
    }
    if (needed <= self->output->size) return {};
    if (needed > PTRDIFF_MAX / 2) return raise_memory_error();
    Ref<Bytes> old = steal(std::exchange(self->output, nullptr));
    self->output = TRY(bytes_resize(std::move(old), needed / 2 * 3)).release();
    return {};
}
Fallible<void> append(Pickler* self, std::string_view bytes) {
    TRY(reserve(self, ssize_t(bytes.size())));
    if (!bytes.empty()) std::memcpy(self->output->data + self->output_size, bytes.data(), bytes.size());
    self->output_size += ssize_t(bytes.size());
    return {};
}

}  // namespace

Fallible<void> emit(Pickler* self, std::string_view bytes) {
    if (self->framing && self->frame_start < 0) {
        // Room for the frame's header, which is filled in when the frame is closed.
        self->frame_start = self->output_size;
        TRY(append(self, {"\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe", kFrameHeader}));
    }
    return append(self, bytes);
}
Fallible<void> close_frame(Pickler* self) {
    if (!self->framing || self->frame_start < 0) return {};
    ssize_t length = self->output_size - self->frame_start - kFrameHeader;
    char* frame = self->output->data + self->frame_start;
    if (length >= kFrameMinimum) {
        frame[0] = char(kFrame);
        put_little_endian(frame + 1, uint64_t(length), 8);
    } else {
        std::memmove(frame, frame + kFrameHeader, size_t(length));
        self->output_size -= kFrameHeader;
    }
    self->frame_start = -1;
    return {};
}
Fallible<void> end_opcode(Pickler* self) {
    if (!self->framing || self->frame_start < 0) return {};
    if (self->output_size - self->frame_start - kFrameHeader < kFrameTarget) return {};
    TRY(close_frame(self));
    // Whole frames go to the file at once, so that large pickles do not pile up.
    return self->write ? pickler_flush(self) : Fallible<void>();
}
Fallible<void> emit_sized(Pickler* self, Opcode opcode, size_t size, int size_bytes) {
    char bytes[9] = {char(opcode)};
    put_little_endian(bytes + 1, size, size_bytes);
    return emit(self, std::string_view(bytes, size_t(size_bytes) + 1));
}
Fallible<void> emit_block(Pickler* self, std::string_view header, std::string_view payload) {
    bool bypass = payload.size() >= size_t(kFrameTarget);
    bool framing = self->framing;
    if (bypass) {
        TRY(close_frame(self));
        self->framing = 0;
    }
    TRY(emit(self, header));
    if (bypass && self->write) {
        // The payload is written from where it lies.
        TRY(pickler_flush(self));
        Ref<> block = TRY(bytes_from(payload));
        TRY(call(self->write, block.get()));
    } else {
        TRY(emit(self, payload));
    }
    self->framing = framing;
    return {};
}
Fallible<void> emit_header(Pickler* self) {
    if (self->protocol < 2) return {};
    const char header[] = {char(kProto), char(self->protocol)};
    TRY(emit(self, std::string_view(header, 2)));
    if (self->protocol >= 4) self->framing = 1;
    return {};
}
Fallible<Ref<Bytes>> pickler_take_output(Pickler* self) {
    TRY(close_frame(self));
    if (!self->output) return bytes_from({});
    Ref<Bytes> output = steal(std::exchange(self->output, nullptr));
    return bytes_resize(std::move(output), std::exchange(self->output_size, 0));
}
Fallible<void> pickler_flush(Pickler* self) {
    if (self->output_size == 0) return {};
    Ref<Bytes> output = TRY(pickler_take_output(self));
    Ref<> write = share(self->write);
    TRY(call(write.get(), output.get()));
    return {};
}

Memo::Entry* Memo::slot(Object* key) const {
    size_t mask = size_t(allocated_) - 1;
    size_t hash = reinterpret_cast<uintptr_t>(key) >> 3;
    size_t i = hash & mask;
    for (size_t perturb = hash; entries_[i].key && entries_[i].key != key; perturb >>= 5) i = ((i << 2) + i + perturb + 1) & mask;
    return &entries_[i];
}
ssize_t Memo::find(Object* key) const {
    if (!entries_) return -1;
    const Entry* entry = slot(key);
    return entry->key ? entry->value : -1;
}
Fallible<void> Memo::grow(ssize_t least) {
    ssize_t size = kFirstMemo;
    while (size < least) size *= 2;
    auto entries = static_cast<Entry*>(std::calloc(size_t(size), sizeof(Entry)));
    if (!entries) return raise_memory_error();
    Entry* old = std::exchange(entries_, entries);
    ssize_t count = std::exchange(allocated_, size);
    for (ssize_t i = 0; i < count && old; ++i)
        if (old[i].key) *slot(old[i].key) = old[i];
    std::free(old);
    return {};
}
Fallible<void> Memo::prepare() {
    return entries_ ? Fallible<void>() : grow(kFirstMemo);
}
Fallible<void> Memo::add(Object* key, ssize_t value) {
    TRY(prepare());
    Entry* entry = slot(key);
    if (entry->key) {
        entry->value = value;
        return {};
    }
    *entry = {new_reference(key), value};
    ++used_;
    if (used_ * 3 < allocated_ * 2) return {};
    return grow(used_ * (used_ > 50000 ? 2 : 4));
}
void Memo::clear() {
    Entry* entries = std::exchange(entries_, nullptr);
    ssize_t count = std::exchange(allocated_, 0);
    used_ = 0;
    for (ssize_t i = 0; i < count; ++i) xdecref(entries[i].key);
    std::free(entries);
}

Fallible<void> memo_get(Pickler* self, ssize_t index) {
    if (!self->binary) {
        char text[32];
        int size = std::snprintf(text, sizeof text, "g%zd\n", index);
        return emit(self, std::string_view(text, size_t(size)));
    }
    if (index < 256) return emit_sized(self, kBinGet, size_t(index), 1);
    if (index > UINT32_MAX) return raise(pickling_error(), "memo id too large for LONG_BINGET");
    return emit_sized(self, kLongBinGet, size_t(index), 4);
}
Fallible<void> memo_put(Pickler* self, Object* object) {
    if (self->fast) return {};
    ssize_t index = self->memo.size();
    TRY(self->memo.add(object, index));
    if (self->protocol >= 4) return emit(self, kMemoize);
    if (!self->binary) {
        char text[32];
        int size = std::snprintf(text, sizeof text, "p%zd\n", index);
        return emit(self, std::string_view(text, size_t(size)));
    }
    if (index < 256) return emit_sized(self, kBinPut, size_t(index), 1);
    if (index > UINT32_MAX) return raise(pickling_error(), "memo id too large for LONG_BINPUT");
    return emit_sized(self, kLongBinPut, size_t(index), 4);
}

}  // namespace py::pickle
