// Reading marshal data, from memory or from a file object. The data is hostile until proven otherwise: sizes are
// checked before anything is allocated, depth is limited, and containers that contain themselves are kept away from
// code that would walk them for ever.
#include <algorithm>
#include <cstring>

#include "interp/modules/marshal.h"
#include "interp/modules/marshal_format.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/parser/arena.h"

namespace py {
namespace {

using marshal_format::kFlagRef;
using marshal_format::kMaxDepth;

Raised bad_data(const char* what) {
    return raise(exc::ValueError, "bad marshal data (%s)", what);
}

// Where bytes come from: memory, or readinto() of a file object.
class Source {
  public:
    explicit Source(std::string_view memory) : next_(memory.data()), limit_(memory.data() + memory.size()) {}
    explicit Source(Object* file) : file_(file) {}
    ~Source() { __builtin_free(block_); }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    // `size` bytes, valid until the next call.
    Fallible<const char*> take(size_t size) {
        if (file_ != nullptr) return read_file(size);
        if (size > size_t(limit_ - next_)) return raise(exc::EOFError, "marshal data too short");
        const char* result = next_;
        next_ += size;
        return result;
    }
    // The next byte, or -1 at the end.
    Fallible<int> byte() {
        if (file_ == nullptr) return next_ < limit_ ? int(uint8_t(*next_++)) : -1;
        auto got = read_file(1);
        if (got.ok()) return int(uint8_t(*got.take()));
        if (clear_error_if(exc::EOFError)) return -1;
        return raised;
    }
    // Can `count` more things of at least a byte each follow? A file can always hold more.
    bool may_hold(size_t count) const { return file_ != nullptr || count <= size_t(limit_ - next_); }
    // What is left of the memory.
    std::string_view rest() const { return {next_, size_t(limit_ - next_)}; }

  private:
    Fallible<const char*> read_file(size_t size) {
        if (size > capacity_) {
            char* block = static_cast<char*>(__builtin_realloc(block_, size));
            if (block == nullptr) return raise_memory_error();
            block_ = block;
            capacity_ = size;
        }
        if (size == 0) return static_cast<const char*>(block_ ? block_ : "");
        Ref<> view = TRY(memoryview_from_memory(block_, ssize_t(size), true));
        Ref<> count = TRY(call_method(file_, "readinto"_name, view.get()));
        ssize_t got = TRY(index_as_ssize(count.get(), exc::ValueError));
        if (got > ssize_t(size))
            return raise(exc::ValueError, "read() returned too much data: %zd bytes requested, %zd returned",
                         ssize_t(size), got);
        if (got < ssize_t(size)) return raise(exc::EOFError, "EOF read where not expected");
        return static_cast<const char*>(block_);
    }

    const char* next_ = nullptr;
    const char* limit_ = nullptr;
    Object* file_ = nullptr;
    char* block_ = nullptr;
    size_t capacity_ = 0;
};

class Reader {
  public:
    explicit Reader(Source& source) : source_(source) {}
    ~Reader() {
        for (Reference& reference : references_)
            xdecref(reference.object);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    // An object; absent for the null marker.
    Lookup<> read();
    Fallible<Ref<>> read_whole(const char* where);

  private:
    struct Reference {
        Object* object;  // null: its place is taken, it is not there yet
        bool complete;
    };
    Fallible<int32_t> number();
    Fallible<ssize_t> size(const char* what);
    Fallible<double> binary_float();
    Fallible<double> text_float();
    Lookup<> read_value(int code, int reference);
    Fallible<Ref<>> read_long();
    Fallible<Ref<>> read_text(int code);
    Fallible<Ref<>> read_tuple(ssize_t count, int reference);
    Fallible<Ref<>> read_list(int reference);
    Fallible<Ref<>> read_dict(int reference);
    Fallible<Ref<>> read_set(bool frozen, int reference);
    Raised read_in_vain(const char* where, int reference);
    Lookup<> read_code();
    Lookup<> read_reference();
    void note(int reference, Object* object, bool complete) {
        if (reference < 0) return;
        Reference& slot = references_[size_t(reference)];
        if (slot.object == nullptr) slot.object = new_reference(object);
        slot.complete = complete;
    }
    // ValueError when the object contains itself; only looked for after data has referred to an unfinished tuple.
    Fallible<void> check_acyclic(Object* object);
    Fallible<void> walk(Object* object, int depth, int* steps);

    Source& source_;
    ast::Buffer<Reference> references_;
    int depth_ = 0;
    bool may_be_cyclic_ = false;
};

Fallible<int32_t> Reader::number() {
    const char* raw = TRY(source_.take(4));
    int32_t value;
    memcpy(&value, raw, sizeof value);
    return value;
}

Fallible<ssize_t> Reader::size(const char* what) {
    int32_t value = TRY(number());
    if (value < 0) return raise(exc::ValueError, "bad marshal data (%s size out of range)", what);
    return ssize_t(value);
}

Fallible<double> Reader::binary_float() {
    double value;
    memcpy(&value, TRY(source_.take(sizeof value)), sizeof value);
    return value;
}

Fallible<double> Reader::text_float() {
    int length = TRY(source_.byte());
    if (length < 0) return raise(exc::EOFError, "EOF read where object expected");
    const char* text = TRY(source_.take(size_t(length)));
    std::string_view digits(text, strnlen(text, size_t(length)));
    double value;
    if (!parse_double(digits, &value))
        return raise(exc::ValueError, "could not convert string to float: '%.*s'",
                     int(std::min<size_t>(digits.size(), 200)), text);
    return value;
}

Fallible<Ref<>> Reader::read_long() {
    int32_t count = TRY(number());
    if (count == INT32_MIN) return bad_data("long size out of range");
    bool is_negative = count < 0;
    size_t groups = size_t(is_negative ? -int64_t(count) : count);
    if (groups == 0) return TRY(int_from(0));
    auto is_sound = [](const char* group) { return !(group[1] & 0x80); };
    if (!source_.may_hold(groups * 2)) {
        std::string_view rest = source_.rest();
        for (size_t i = 0; i + 1 < rest.size(); i += 2)
            if (!is_sound(rest.data() + i)) return bad_data("digit out of range in long");
        return raise(exc::EOFError, "marshal data too short");
    }
    auto* raw = reinterpret_cast<const uint8_t*>(TRY(source_.take(groups * 2)));
    // Groups of 15 bits into little-endian bytes.
    size_t byte_count = (groups * 15 + 7) / 8 + 1;
    auto* bytes = static_cast<uint8_t*>(__builtin_calloc(byte_count + 2, 1));
    if (bytes == nullptr) return raise_memory_error();
    uint32_t group = 0;
    bool sound = true;
    for (size_t i = 0; i < groups && sound; i++) {
        group = uint32_t(raw[i * 2] | raw[i * 2 + 1] << 8);
        sound = group <= 0x7FFF;
        size_t bit = i * 15;
        uint32_t shifted = group << (bit % 8);
        for (size_t k = 0; k < 3; k++)
            bytes[bit / 8 + k] |= uint8_t(shifted >> (8 * k));
    }
    auto value = sound ? int_from_bytes(bytes, byte_count, true, true) : Fallible<Ref<Int>>(raised);
    __builtin_free(bytes);
    if (!sound) return bad_data("digit out of range in long");
    Ref<Int> magnitude = TRY(std::move(value));
    if (group == 0) return bad_data("unnormalized long data");
    if (is_negative) return negative(magnitude.get());
    return magnitude;
}

Fallible<Ref<>> Reader::read_text(int code) {
    ssize_t length;
    bool is_short = code == 'z' || code == 'Z';
    if (is_short) {
        length = TRY(source_.byte());
        if (length < 0) return raise(exc::EOFError, "EOF read where object expected");
    } else {
        length = TRY(size(code == 's' ? "bytes object" : "string"));
    }
    std::string_view view {
        TRY(source_.take(size_t(length)))
        , size_t(length)
    };
    switch (code) {
        case 's': return TRY(bytes_from(view));
        case 'u': return TRY(str_from_utf8_surrogatepass(view));
        case 't': return intern(TRY(str_from_utf8_surrogatepass(view)));
        case 'A':
        case 'Z': return TRY(intern_latin1(view));
        default: return TRY(str_from_latin1(view));
    }
}

Fallible<Ref<>> Reader::read_whole(const char* where) {
    Ref<> object = TRY(read());
    if (!object) return raise(exc::TypeError, "NULL object in marshal data for %s", where);
    return object;
}

// More items were announced than can follow: the error is the first bad one's, at the latest that of the end.
Raised Reader::read_in_vain(const char* where, int reference) {
    Fallible<Ref<Tuple>> stand_in = tuple_new(0);
    if (!stand_in.ok()) return raised;
    note(reference, stand_in.take().get(), false);
    while (read_whole(where).ok()) {}
    return raised;
}

Fallible<Ref<>> Reader::read_tuple(ssize_t count, int reference) {
    if (!source_.may_hold(size_t(count))) return read_in_vain("tuple", reference);
    Ref<Tuple> tuple = TRY(tuple_new(count));
    // Whoever refers to the tuple while it is filled must not find holes.
    for (ssize_t i = 0; i < count; i++)
        tuple->items[i] = new_reference(none());
    note(reference, tuple.get(), count == 0);
    for (ssize_t i = 0; i < count; i++)
        replace_slot(tuple->items[i], TRY(read_whole("tuple")).release());
    note(reference, tuple.get(), true);
    return tuple;
}

Fallible<Ref<>> Reader::read_list(int reference) {
    ssize_t count = TRY(size("list"));
    Ref<List> list = TRY(list_new(0));
    note(reference, list.get(), true);
    for (ssize_t i = 0; i < count; i++)
        TRY(list_append_steal(list.get(), TRY(read_whole("list"))));
    return list;
}

Fallible<Ref<>> Reader::read_dict(int reference) {
    Ref<Dict> dict = TRY(dict_new());
    note(reference, dict.get(), true);
    for (;;) {
        Ref<> key = TRY(read());
        if (!key) return dict;
        Ref<> value = TRY(read());
        if (!value) return dict;
        TRY(check_acyclic(key.get()));
        TRY(dict_set(dict.get(), key.get(), value.get()));
    }
}

Fallible<Ref<>> Reader::read_set(bool frozen, int reference) {
    ssize_t count = TRY(size("set"));
    Ref<Set> set = frozen ? TRY(frozenset_new(nullptr)) : TRY(set_new(nullptr));
    if (!frozen) note(reference, set.get(), true);
    if (frozen && count > 0) {
        // A frozenset becomes visible when it is complete.
        Ref<List> members = TRY(list_new(0));
        for (ssize_t i = 0; i < count; i++) {
            Ref<> member = TRY(read_whole("set"));
            TRY(check_acyclic(member.get()));
            TRY(hash(member.get()));
            TRY(list_append_steal(members.get(), std::move(member)));
        }
        set = TRY(frozenset_new(members.get()));
    } else {
        for (ssize_t i = 0; i < count; i++) {
            Ref<> member = TRY(read_whole("set"));
            TRY(check_acyclic(member.get()));
            TRY(set_add(set.get(), member.get()));
        }
    }
    if (frozen) note(reference, set.get(), true);
    return set;
}

// A null marker among the parts makes all of it one.
Lookup<> Reader::read_code() {
    int32_t argcount = TRY(number())
    , positional_only = TRY(number())
    , keyword_only = TRY(number());
    int32_t stack_size = TRY(number())
    , flags = TRY(number());
    Ref<> parts[8];
    for (Ref<>& part : parts)
        if (!(part = TRY(read()))) return nullptr;
    int32_t first_line = TRY(number());
    Ref<> line_table = TRY(read());
    if (!line_table) return nullptr;
    Ref<> exception_table = TRY(read());
    if (!exception_table) return nullptr;
    TRY(check_acyclic(parts[1].get()));
    CodeSpec spec{
        .filename = parts[5].get(),
        .name = parts[6].get(),
        .qualname = parts[7].get(),
        .flags = flags,
        .first_line = first_line,
        .code = parts[0].get(),
        .line_table = line_table.get(),
        .consts = parts[1].get(),
        .names = parts[2].get(),
        .local_names = parts[3].get(),
        .local_kinds = parts[4].get(),
        .argcount = argcount,
        .positional_only_argcount = positional_only,
        .keyword_only_argcount = keyword_only,
        .stack_size = stack_size,
        .exception_table = exception_table.get(),
    };
    return Ref<>(TRY(code_new(spec)));
}

Lookup<> Reader::read_reference() {
    int32_t index = TRY(number());
    if (index < 0 || uint32_t(index) >= references_.size() || references_[size_t(index)].object == nullptr)
        return bad_data("invalid reference");
    const Reference& reference = references_[size_t(index)];
    if (!reference.complete) may_be_cyclic_ = true;
    return share(reference.object);
}

Fallible<void> Reader::walk(Object* object, int depth, int* steps) {
    constexpr int kMaxSteps = 1000000;
    if (!is_tuple(object) && !is_frozenset(object)) return {};
    if (depth > kMaxDepth || stack_is_low() || ++*steps > kMaxSteps) return bad_data("object contains itself");
    if (is_tuple(object)) {
        for (ssize_t i = 0; i < as_tuple(object)->size; i++)
            TRY(walk(as_tuple(object)->items[i], depth + 1, steps));
        return {};
    }
    ssize_t position = 0;
    Object* key;
    while (set_next(as_set(object), &position, &key, nullptr))
        TRY(walk(key, depth + 1, steps));
    return {};
}

Fallible<void> Reader::check_acyclic(Object* object) {
    int steps = 0;
    return may_be_cyclic_ ? walk(object, 0, &steps) : Fallible<void>();
}

// The singletons, the null marker and references themselves take no number.
bool is_referable(int type) {
    switch (type) {
        case '0': case 'N': case 'S': case 'F': case 'T': case '.': case 'r': return false;
        default: return true;
    }
}

Lookup<> Reader::read() {
    int code = TRY(source_.byte());
    if (code < 0) return raise(exc::EOFError, "EOF read where object expected");
    if (++depth_ > kMaxDepth || stack_is_low()) return raise(exc::ValueError, "recursion limit exceeded");
    int reference = -1;
    int type = code & ~int(kFlagRef);
    if ((code & kFlagRef) && is_referable(type)) {
        reference = int(references_.size());
        Reference empty{nullptr, false};
        if (!references_.try_append(&empty, 1)) return raise_memory_error();
    }
    Lookup<> result = read_value(type, reference);
    depth_--;
    if (!result.ok()) return raised;
    Ref<> object = result.take();
    if (object) note(reference, object.get(), true);
    return object ? Lookup<>(std::move(object)) : Lookup<>(nullptr);
}

Lookup<> Reader::read_value(int code, int reference) {
    switch (code) {
        case '0': return nullptr;
        case 'N': return share(none());
        case 'S': return share<Object>(exc::StopIteration);
        case '.': return share(ellipsis());
        case 'F': return share(py_false());
        case 'T': return share(py_true());
        case 'i': return Ref<>(TRY(int_from(TRY(number()))));
        case 'I': {
            int64_t value;
            memcpy(&value, TRY(source_.take(sizeof value)), sizeof value);
            return Ref<>(TRY(int_from(value)));
        }
        case 'l': return TRY(read_long());
        case 'f': return TRY(float_from(TRY(text_float())));
        case 'g': return TRY(float_from(TRY(binary_float())));
        case 'x':
        case 'y': {
            double real = code == 'x'      ? TRY(text_float()) : TRY(binary_float());
            double imaginary = code == 'x' ? TRY(text_float()) : TRY(binary_float());
            return TRY(complex_from(real, imaginary));
        }
        case 's':
        case 'u':
        case 't':
        case 'a':
        case 'A':
        case 'z':
        case 'Z': return TRY(read_text(code));
        case ')': {
            int count = TRY(source_.byte());
            if (count < 0) return raise(exc::EOFError, "EOF read where object expected");
            return TRY(read_tuple(count, reference));
        }
        case '(': return TRY(read_tuple(TRY(size("tuple")), reference));
        case '[': return TRY(read_list(reference));
        case '{': return TRY(read_dict(reference));
        case '<': return TRY(read_set(false, reference));
        case '>': return TRY(read_set(true, reference));
        case 'c': return read_code();
        case 'r': return read_reference();
        default: return bad_data("unknown type code");
    }
}

Fallible<Ref<>> read_from(Source& source) {
    Reader reader(source);
    Ref<> object = TRY(reader.read());
    if (!object) return raise(exc::TypeError, "NULL object in marshal data for object");
    return object;
}

}  // namespace

Fallible<Ref<>> marshal_read(std::string_view data) {
    Source source(data);
    return read_from(source);
}

Fallible<Ref<>> marshal_read_file(Object* file) {
    Source source(file);
    return read_from(source);
}

}  // namespace py
