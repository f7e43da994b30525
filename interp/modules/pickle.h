// _pickle, split by idea: what its files share. The format is the one that module pickletools describes.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::pickle {

inline constexpr int kHighestProtocol = 5, kDefaultProtocol = 4;
enum Opcode : unsigned char {
    kMark = '(', kStop = '.', kPop = '0', kPopMark = '1', kDup = '2', kFloat = 'F', kInt = 'I', kBinInt = 'J', kBinInt1 = 'K',
    kLong = 'L', kBinInt2 = 'M', kNone = 'N', kPersId = 'P', kBinPersId = 'Q', kReduce = 'R', kString = 'S', kBinString = 'T',
    kShortBinString = 'U', kUnicode = 'V', kBinUnicode = 'X', kAppend = 'a', kBuild = 'b', kGlobal = 'c', kDict = 'd', kEmptyDict = '}',
    kAppends = 'e', kGet = 'g', kBinGet = 'h', kInst = 'i', kLongBinGet = 'j', kList = 'l', kEmptyList = ']', kObj = 'o', kPut = 'p',
    kBinPut = 'q', kLongBinPut = 'r', kSetItem = 's', kTuple = 't', kEmptyTuple = ')', kSetItems = 'u', kBinFloat = 'G',
    kBinBytes = 'B', kShortBinBytes = 'C',                                                                          // protocol 3
    kProto = 0x80, kNewObj = 0x81, kExt1 = 0x82, kExt2 = 0x83, kExt4 = 0x84, kTuple1 = 0x85, kTuple2 = 0x86, kTuple3 = 0x87,  // 2
    kNewTrue = 0x88, kNewFalse = 0x89, kLong1 = 0x8a, kLong4 = 0x8b,
    kShortBinUnicode = 0x8c, kBinUnicode8 = 0x8d, kBinBytes8 = 0x8e, kEmptySet = 0x8f, kAddItems = 0x90, kFrozenset = 0x91,  // 4
    kNewObjEx = 0x92, kStackGlobal = 0x93, kMemoize = 0x94, kFrame = 0x95,
    kByteArray8 = 0x96, kNextBuffer = 0x97, kReadOnlyBuffer = 0x98,                                                 // 5
};

// What the module needs of others; found when it is imported.
struct State {
    Object *pickle_error, *pickling_error, *unpickling_error;
    Object *dispatch_table, *extension_registry, *inverted_registry, *extension_cache;  // of copyreg
    Object *name_mapping, *import_mapping, *reverse_name_mapping, *reverse_import_mapping;  // of _compat_pickle
    Object *encode, *getattr, *partial;  // codecs.encode, builtins.getattr, functools.partial
};
extern State state;
inline Type* pickling_error() { return static_cast<Type*>(state.pickling_error); }
inline Type* unpickling_error() { return static_cast<Type*>(state.unpickling_error); }
// sys.modules[name] after an import of it.
Fallible<Ref<>> import_leaf(Str* name);
// module.a.b.c; *parent is what the last name was looked up in. AttributeError.
Fallible<Ref<>> deep_attribute(Object* module, Str* dotted, Ref<>* parent);

// Objects that were pickled, by identity: object → number. Open addressing; keeps the objects alive.
class Memo {
  public:
    struct Entry {
        Object* key;
        ssize_t value;
    };
    ssize_t find(Object* key) const;  // -1: absent
    Fallible<void> add(Object* key, ssize_t value);
    void clear();
    ssize_t size() const { return used_; }
    ssize_t allocated() const { return allocated_; }
    const Entry* entries() const { return entries_; }
    Fallible<void> prepare();  // memory for the first entries

  private:
    Entry* slot(Object* key) const;
    Fallible<void> grow(ssize_t least);
    ssize_t used_, allocated_;
    Entry* entries_;
};

// _pickle.Pickler
struct Pickler : Object {
    Memo memo;
    Object* persistent_function;  // set as attribute, or null
    Object *dispatch_table, *reducer_override, *write, *buffer_callback;  // or null
    Object* persistent;  // what asks for persistent ids while dump() runs
    Bytes* output;       // what is written so far is its first output_size bytes
    ssize_t output_size, frame_start;  // frame_start -1: no frame is open
    Dict* fast_memo;
    int protocol, binary, fast, fast_nesting;
    char framing, fix_imports;
    char reserved[10];  // the size is that of 3.11
};
static_assert(sizeof(Pickler) == 152);
inline Pickler* as_pickler(Object* object) { return static_cast<Pickler*>(object); }
extern Type pickler_type, pickler_memo_type, unpickler_type, unpickler_memo_type, buffer_type;
Fallible<void> pickler_setup(Pickler* self, Object* protocol, Object* fix_imports, Object* buffer_callback);
Fallible<void> pickler_set_file(Pickler* self, Object* file);
Fallible<void> pickler_dump(Pickler* self, Object* object);
Fallible<void> pickler_flush(Pickler* self);
Fallible<Ref<Bytes>> pickler_take_output(Pickler* self);

// Writing (pickle_output.cpp).
Fallible<void> emit(Pickler* self, std::string_view bytes);
inline Fallible<void> emit(Pickler* self, Opcode opcode) {
    char byte = char(opcode);
    return emit(self, std::string_view(&byte, 1));
}
Fallible<void> emit_sized(Pickler* self, Opcode opcode, size_t size, int size_bytes);  // opcode and little-endian size
Fallible<void> emit_block(Pickler* self, std::string_view header, std::string_view payload);  // large payloads leave the frame
Fallible<void> emit_header(Pickler* self);
Fallible<void> close_frame(Pickler* self);
Fallible<void> end_opcode(Pickler* self);  // closes a frame that is long enough
Fallible<void> memo_put(Pickler* self, Object* object);
Fallible<void> memo_get(Pickler* self, ssize_t index);

// Saving (pickle_save.cpp, pickle_reduce.cpp).
Fallible<void> save(Pickler* self, Object* object);
Fallible<void> save_without_persistent_id(Pickler* self, Object* object);
Fallible<void> save_bytes_content(Pickler* self, Object* object, std::string_view content);
Fallible<void> save_list_items(Pickler* self, Object* iterator);
Fallible<void> save_dict_items(Pickler* self, Object* iterator);
Fallible<void> save_global(Pickler* self, Object* object, Str* name_or_null);
Fallible<void> save_type(Pickler* self, Object* type);
Fallible<void> save_reduce(Pickler* self, Object* reduced, Object* object_or_null);
Fallible<void> save_reduced(Pickler* self, Object* object);  // by its reducer, whichever it has

// PickleBuffer (pickle_buffer.cpp).
Fallible<const Buffer*> pickle_buffer_view(Object* pickle_buffer);  // ValueError when released
Fallible<Ref<>> pickle_buffer_new(Object* exporter);

// Objects that are being unpickled: a stack with marks.
class Stack {
  public:
    Fallible<void> push(Ref<> object);
    Fallible<Ref<>> pop();
    Fallible<Object*> top(ssize_t depth = 0);  // borrowed
    Fallible<void> mark();
    Fallible<ssize_t> pop_mark();  // where its objects begin
    bool has_marks() const { return mark_count_ > 0; }
    ssize_t size() const { return size_; }
    ssize_t fence() const { return mark_count_ ? marks_[mark_count_ - 1] : 0; }  // no object below it is popped
    Object** items() { return items_; }
    void truncate(ssize_t size);
    Fallible<Ref<Tuple>> take_tuple(ssize_t start);
    Fallible<Ref<List>> take_list(ssize_t start);
    Raised underflow();
    void clear();       // keeps the memory of the marks for the next load
    void free_marks();  // at the end
    ssize_t marks_allocated() const { return marks_allocated_; }

  private:
    Object** items_;
    ssize_t size_, allocated_;
    ssize_t *marks_, mark_count_, marks_allocated_;
};
// _pickle.Unpickler
struct Unpickler : Object {
    Stack stack;
    Object** memo;
    ssize_t memo_size, memo_used;
    Object* persistent_function;  // set as attribute, or null
    Object* persistent;           // while load() runs
    Object *read, *readinto, *readline, *peek;  // of the file; null when the data is at hand
    Object* buffers;              // iterator or null
    Buffer input;                 // what is at hand
    ssize_t position, prefetched;  // in the input; prefetched: where the file stands, or -1 when nothing is read ahead
    char *encoding, *errors;
    ssize_t line_capacity;
    int protocol;
    char fix_imports;
    char reserved[3];

    const char* data() const { return static_cast<const char*>(input.data); }
};
static_assert(sizeof(Unpickler) == 272);  // as in 3.11
inline Unpickler* as_unpickler(Object* object) { return static_cast<Unpickler*>(object); }
Fallible<void> unpickler_setup(Unpickler* self, Object* fix_imports, Object* encoding, Object* errors, Object* buffers);
Fallible<void> unpickler_set_file(Unpickler* self, Object* file);
Fallible<void> unpickler_set_data(Unpickler* self, Object* data);
Fallible<Ref<>> unpickler_load(Unpickler* self);

// Reading (unpickle_input.cpp). The view holds until the next call.
Fallible<std::string_view> read_bytes(Unpickler* self, ssize_t count);
Fallible<void> read_into(Unpickler* self, char* to, ssize_t count);
Fallible<std::string_view> read_line(Unpickler* self);         // without the newline, which stands behind it
Fallible<std::string_view> read_filled_line(Unpickler* self);  // an empty one is truncated data
Fallible<void> skip_consumed(Unpickler* self);
void drop_input(Unpickler* self);
[[gnu::cold]] Raised raise_truncated();

// unpickle_objects.cpp
Fallible<Ref<>> find_class(Unpickler* self, Str* module, Str* name);
Fallible<void> load_object_opcode(Unpickler* self, unsigned char opcode, bool* known);
Fallible<Object*> memo_at(Unpickler* self, ssize_t index);  // borrowed
Fallible<void> memo_store(Unpickler* self, ssize_t index, Object* object);
void memo_clear(Unpickler* self);
// A line as a C string: up to a NUL, or with its newline.
inline std::string_view c_string_of(std::string_view line) {
    size_t end = line.find('\0');
    return {line.data(), end == line.npos ? line.size() + 1 : end};
}
Fallible<Ref<Int>> line_int(std::string_view text, int base);
Fallible<ssize_t> line_number(std::string_view line);  // of GET and PUT

// For setters: TypeError where the attribute is deleted.
inline Fallible<void> check_assigned(Object* value) {
    if (!value) return raise(exc::TypeError, "attribute deletion is not supported");
    return {};
}

}  // namespace py::pickle
