// _pickle.Unpickler: the loop over opcodes, and the opcodes for plain values. Those that make objects are in unpickle_objects.cpp.
#include <strings.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "interp/modules/pickle.h"
#include "interp/objects/number_text.h"

namespace py::pickle {

namespace {

uint64_t little_endian(std::string_view bytes) {
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}
// A size of 1, 4 or 8 bytes; what does not fit is refused as the opcode's name.
Fallible<ssize_t> read_size(Unpickler* self, int bytes, const char* name) {
    uint64_t size = little_endian(TRY(read_bytes(self, bytes)));
    if (size > uint64_t(PTRDIFF_MAX)) return raise(exc::OverflowError, "%s exceeds system's maximum size of %zd bytes", name, ssize_t(PTRDIFF_MAX));
    return ssize_t(size);
}
Fallible<void> push_signed(Unpickler* self, int bytes) {
    uint64_t value = little_endian(TRY(read_bytes(self, bytes)));
    return self->stack.push(TRY(int_from(bytes == 4 ? int64_t(int32_t(value)) : int64_t(value))));
}
Fallible<void> load_int(Unpickler* self) {
    std::string_view line = TRY(read_filled_line(self)), text = c_string_of(line);
    // As strtol reads it, and as int() does where that does not do; two characters that are 0 or 1 are a bool.
    if (text.empty() || !strip_ascii_blanks(text).empty()) {
        char* end;
        errno = 0;
        long value = text.empty() ? 0 : std::strtol(text.data(), &end, 0);
        if (text.empty() || (errno == 0 && (*end == '\n' || *end == '\0'))) {
            if (line.size() == 2 && (value == 0 || value == 1)) return self->stack.push(share(value ? py_true() : py_false()));
            return self->stack.push(TRY(int_from(value)));
        }
    }
    Lookup<Int> value = parse_int(text, 0);
    if (!value.ok()) clear_error();
    Ref<Int> number = value.ok() ? value.take() : nullptr;
    if (!number) return raise(exc::ValueError, "could not convert string to int");
    return self->stack.push(std::move(number));
}
Fallible<void> load_long(Unpickler* self) {
    std::string_view line = TRY(read_filled_line(self)), text = c_string_of(line);
    if (line.back() == 'L') text = text.substr(0, line.size() - 1);
    return self->stack.push(TRY(line_int(text, 0)));
}
Fallible<void> load_counted_long(Unpickler* self, int size_bytes) {
    uint64_t size = little_endian(TRY(read_bytes(self, size_bytes)));
    if (size_bytes == 4 && int32_t(size) < 0) return raise(unpickling_error(), "LONG pickle has negative byte count");
    std::string_view bytes = TRY(read_bytes(self, ssize_t(size)));
    if (bytes.empty()) return self->stack.push(TRY(int_from(0)));
    return self->stack.push(TRY(int_from_bytes(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), true, true)));
}
bool begins_with_number(std::string_view text) {
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    auto is_digit = [&](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    if (is_digit(0) || (!text.empty() && text[0] == '.' && is_digit(1))) return true;
    return text.size() >= 3 && (strncasecmp(text.data(), "inf", 3) == 0 || strncasecmp(text.data(), "nan", 3) == 0);
}
Fallible<void> load_float(Unpickler* self) {
    std::string_view line = TRY(read_filled_line(self)), text = c_string_of(line);
    std::string_view digits = text.substr(0, text.find('\n'));
    int shown = int(std::min<size_t>(text.size(), 200));
    double value;
    if (parse_double(digits, &value)) {
        if (std::isinf(value) && digits.find_first_of("0123456789") != digits.npos)
            return raise(exc::OverflowError, "value too large to convert to float: '%.*s'", shown, text.data());
        return self->stack.push(TRY(float_from(value)));
    }
    if (begins_with_number(digits)) return raise(exc::ValueError, "could not convert string to float");
    return raise(exc::ValueError, "could not convert string to float: '%.*s'", shown, text.data());
}
Fallible<void> load_binfloat(Unpickler* self) {
    std::string_view bytes = TRY(read_bytes(self, 8));
    uint64_t bits;
    std::memcpy(&bits, bytes.data(), 8);
    bits = __builtin_bswap64(bits);
    double value;
    std::memcpy(&value, &bits, 8);
    return self->stack.push(TRY(float_from(value)));
}

// Strings of Python 2: bytes, or text in the encoding that was asked for.
Fallible<void> push_old_string(Unpickler* self, std::string_view content) {
    if (std::strcmp(self->encoding, "bytes") == 0) return self->stack.push(TRY(bytes_from(content)));
    return self->stack.push(TRY(bytes_decode(content, self->encoding, self->errors)));
}
Fallible<void> load_string(Unpickler* self) {
    std::string_view line = TRY(read_line(self));
    if (line.size() < 2 || line[0] != line.back() || (line[0] != '\'' && line[0] != '"'))
        return raise(unpickling_error(), "the STRING opcode argument must be quoted");
    const char* bad_escape = nullptr;
    Ref<Bytes> content = TRY(bytes_decode_escape(line.substr(1, line.size() - 2), nullptr, &bad_escape));
    return push_old_string(self, content->view());
}
Fallible<void> load_binstring(Unpickler* self, int size_bytes) {
    uint64_t size = little_endian(TRY(read_bytes(self, size_bytes)));
    return push_old_string(self, TRY(read_bytes(self, ssize_t(size))));
}
Fallible<void> load_unicode(Unpickler* self) {
    return self->stack.push(TRY(bytes_decode(TRY(read_line(self)), "raw-unicode-escape", nullptr)));
}
Fallible<void> load_binunicode(Unpickler* self, int size_bytes) {
    ssize_t size = TRY(read_size(self, size_bytes, "BINUNICODE"));
    return self->stack.push(TRY(str_from_utf8_surrogatepass(TRY(read_bytes(self, size)))));
}
Fallible<void> load_binbytes(Unpickler* self, int size_bytes) {
    ssize_t size = TRY(read_size(self, size_bytes, "BINBYTES"));
    if (size <= self->input.length - self->position) return self->stack.push(TRY(bytes_from(TRY(read_bytes(self, size)))));
    if (!self->read) return raise_truncated();
    Ref<Bytes> bytes = TRY(bytes_new(size + 2));
    TRY(read_into(self, bytes->data, size));
    return self->stack.push(TRY(bytes_resize(std::move(bytes), size)));
}
Fallible<void> load_bytearray(Unpickler* self) {
    ssize_t size = TRY(read_size(self, 8, "BYTEARRAY8"));
    if (!self->read && size > self->input.length - self->position) return raise_truncated();
    Ref<ByteArray> array = TRY(bytearray_from({}));
    TRY(bytearray_resize(array.get(), size));
    TRY(read_into(self, array->start, size));
    return self->stack.push(std::move(array));
}
Fallible<void> load_next_buffer(Unpickler* self) {
    if (!self->buffers)
        return raise(unpickling_error(), "pickle stream refers to out-of-band data but no *buffers* argument was given");
    Ref<> buffer = TRY(next(self->buffers));
    if (!buffer) return raise(unpickling_error(), "not enough out-of-band buffers");
    return self->stack.push(std::move(buffer));
}
Fallible<void> load_readonly_buffer(Unpickler* self) {
    Object* buffer = TRY(self->stack.top());
    Ref<> view = TRY(memoryview_from(buffer));
    Ref<> read_only = TRY(get_attr(view.get(), "readonly"_name));
    if (TRY(is_true(read_only.get()))) return {};
    Ref<> frozen = TRY(call_method(view.get(), "toreadonly"_name));
    TRY(self->stack.pop());
    return self->stack.push(std::move(frozen));
}

Fallible<void> load_get(Unpickler* self, ssize_t index) {
    return self->stack.push(share(TRY(memo_at(self, index))));
}
Fallible<void> load_put(Unpickler* self, ssize_t index) {
    Object* object = TRY(self->stack.top());
    if (index < 0) return raise(exc::ValueError, "negative PUT argument");
    return memo_store(self, index, object);
}
Fallible<void> load_proto(Unpickler* self) {
    int protocol = int(little_endian(TRY(read_bytes(self, 1))));
    if (protocol > kHighestProtocol) return raise(exc::ValueError, "unsupported pickle protocol: %d", protocol);
    self->protocol = protocol;
    return {};
}
// A frame: its bytes are all at hand from here on.
Fallible<void> load_frame(Unpickler* self) {
    uint64_t size = little_endian(TRY(read_bytes(self, 8)));
    if (size > uint64_t(PTRDIFF_MAX))
        return raise(exc::OverflowError, "FRAME length exceeds system's maximum of %zd bytes", ssize_t(PTRDIFF_MAX));
    TRY(read_bytes(self, ssize_t(size)));
    self->position -= ssize_t(size);
    return {};
}
Fallible<void> load_pop(Unpickler* self) {
    // A mark on top is what is dropped.
    if (self->stack.has_marks() && self->stack.fence() == self->stack.size()) {
        TRY(self->stack.pop_mark());
        return {};
    }
    TRY(self->stack.pop());
    return {};
}
Fallible<void> load_pop_mark(Unpickler* self) {
    self->stack.truncate(TRY(self->stack.pop_mark()));
    return {};
}
Fallible<void> load_short_tuple(Unpickler* self, int count) {
    if (self->stack.size() - count < self->stack.fence()) return self->stack.underflow();
    return self->stack.push(TRY(self->stack.take_tuple(self->stack.size() - count)));
}

Raised raise_unknown(unsigned char opcode) {
    if (opcode >= 0x20 && opcode <= 0x7e && opcode != '\'' && opcode != '\\')
        return raise(unpickling_error(), "invalid load key, '%c'.", opcode);
    return raise(unpickling_error(), "invalid load key, '\\x%02x'.", opcode);
}

Fallible<void> load_opcode(Unpickler* self, unsigned char opcode) {
    Stack& stack = self->stack;
    switch (opcode) {
        case kNone: return stack.push(share(none()));
        case kNewTrue: return stack.push(share(py_true()));
        case kNewFalse: return stack.push(share(py_false()));
        case kInt: return load_int(self);
        case kBinInt: return push_signed(self, 4);
        case kBinInt1: return push_signed(self, 1);
        case kBinInt2: return push_signed(self, 2);
        case kLong: return load_long(self);
        case kLong1: return load_counted_long(self, 1);
        case kLong4: return load_counted_long(self, 4);
        case kFloat: return load_float(self);
        case kBinFloat: return load_binfloat(self);
        case kString: return load_string(self);
        case kBinString: return load_binstring(self, 4);
        case kShortBinString: return load_binstring(self, 1);
        case kUnicode: return load_unicode(self);
        case kShortBinUnicode: return load_binunicode(self, 1);
        case kBinUnicode: return load_binunicode(self, 4);
        case kBinUnicode8: return load_binunicode(self, 8);
        case kShortBinBytes: return load_binbytes(self, 1);
        case kBinBytes: return load_binbytes(self, 4);
        case kBinBytes8: return load_binbytes(self, 8);
        case kByteArray8: return load_bytearray(self);
        case kNextBuffer: return load_next_buffer(self);
        case kReadOnlyBuffer: return load_readonly_buffer(self);
        case kMark: return stack.mark();
        case kPop: return load_pop(self);
        case kPopMark: return load_pop_mark(self);
        case kDup: return stack.push(share(TRY(stack.top())));
        case kEmptyTuple: return stack.push(tuple_empty());
        case kTuple1: return load_short_tuple(self, 1);
        case kTuple2: return load_short_tuple(self, 2);
        case kTuple3: return load_short_tuple(self, 3);
        case kTuple: return stack.push(TRY(stack.take_tuple(TRY(stack.pop_mark()))));
        case kEmptyList: return stack.push(TRY(list_new(0)));
        case kList: return stack.push(TRY(stack.take_list(TRY(stack.pop_mark()))));
        case kEmptyDict: return stack.push(TRY(dict_new()));
        case kEmptySet: return stack.push(TRY(set_new(nullptr)));
        case kGet: return load_get(self, TRY(line_number(TRY(read_filled_line(self)))));
        case kBinGet: return load_get(self, ssize_t(little_endian(TRY(read_bytes(self, 1)))));
        case kLongBinGet: return load_get(self, ssize_t(little_endian(TRY(read_bytes(self, 4)))));
        case kPut: {
            std::string_view line = TRY(read_filled_line(self));
            TRY(self->stack.top());
            return load_put(self, TRY(line_number(line)));
        }
        case kBinPut: return load_put(self, ssize_t(little_endian(TRY(read_bytes(self, 1)))));
        case kLongBinPut: return load_put(self, ssize_t(little_endian(TRY(read_bytes(self, 4)))));
        case kMemoize: return load_put(self, self->memo_used);
        case kProto: return load_proto(self);
        case kFrame: return load_frame(self);
        default: break;
    }
    bool known = false;
    TRY(load_object_opcode(self, opcode, &known));
    if (!known) return raise_unknown(opcode);
    return {};
}
Fallible<Ref<>> load_all(Unpickler* self) {
    for (;;) {
        auto read = read_bytes(self, 1);
        if (!read.ok()) {
            if (!error_matches(unpickling_error())) return raised;
            clear_error();
            return raise(exc::EOFError, "Ran out of input");
        }
        auto opcode = static_cast<unsigned char>(read.take()[0]);
        if (opcode == kStop) break;
        TRY(load_opcode(self, opcode));
    }
    TRY(skip_consumed(self));
    return self->stack.pop();
}

}  // namespace

Fallible<Ref<>> unpickler_load(Unpickler* self) {
    self->stack.clear();
    self->protocol = 0;
    replace_slot(self->persistent, TRY(lookup_attr(self, "persistent_load"_name)).release());
    auto result = load_all(self);
    clear_slot(self->persistent);
    self->stack.clear();
    return result;
}

}  // namespace py::pickle
