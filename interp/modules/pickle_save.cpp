// _pickle.Pickler: the objects that have opcodes of their own.
#include <cstring>

#include "interp/modules/pickle.h"
#include "interp/objects/function.h"
#include "interp/objects/stack_check.h"

namespace py::pickle {

namespace {

constexpr int kBatch = 1000;
constexpr char kWhilePickling[] = " while pickling an object";

// int
Fallible<void> save_int(Pickler* self, Object* object) {
    int overflow = 0;
    int64_t value = as_int64_clamped(as_int(object), &overflow);
    if (!overflow && value >= INT32_MIN && value <= INT32_MAX) {
        if (self->binary && value >= 0 && value <= 0xff) return emit_sized(self, kBinInt1, size_t(value), 1);
        if (self->binary && value >= 0 && value <= 0xffff) return emit_sized(self, kBinInt2, size_t(value), 2);
        if (self->binary) return emit_sized(self, kBinInt, size_t(uint32_t(value)), 4);
        char text[32];
        int size = std::snprintf(text, sizeof text, "I%ld\n", long(value));
        return emit(self, std::string_view(text, size_t(size)));
    }
    if (self->protocol < 2) {
        Ref<Str> digits = TRY(repr(object));
        TRY(emit(self, kLong));
        TRY(emit(self, digits->ascii_view()));
        return emit(self, std::string_view("L\n", 2));
    }
    // Two's complement in as few bytes as it needs.
    size_t count = int_bit_length(as_int(object)) / 8 + 1;
    if (count > INT32_MAX) return raise(exc::OverflowError, "int too large to pickle");
    Ref<Bytes> bytes = TRY(bytes_new(ssize_t(count) + 2));
    auto data = reinterpret_cast<uint8_t*>(bytes->data);
    TRY(int_to_bytes(as_int(object), data, count, true, true));
    if (int_sign(as_int(object)) < 0 && count > 1 && data[count - 1] == 0xff && (data[count - 2] & 0x80)) --count;
    TRY(count < 256 ? emit_sized(self, kLong1, count, 1) : emit_sized(self, kLong4, count, 4));
    return emit(self, std::string_view(bytes->data, count));
}
Fallible<void> save_bool(Pickler* self, Object* object) {
    bool value = object == py_true();
    if (self->protocol >= 2) return emit(self, value ? kNewTrue : kNewFalse);
    return emit(self, std::string_view(value ? "I01\n" : "I00\n", 4));
}
Fallible<void> save_float(Pickler* self, Object* object) {
    if (self->binary) {
        double value = float_value(object);
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        bits = __builtin_bswap64(bits);
        TRY(emit(self, kBinFloat));
        return emit(self, std::string_view(reinterpret_cast<char*>(&bits), sizeof bits));
    }
    Ref<Str> text = TRY(repr(object));
    TRY(emit(self, kFloat));
    TRY(emit(self, text->ascii_view()));
    return emit(self, std::string_view("\n", 1));
}

Fallible<void> emit_content(Pickler* self, Opcode small, Opcode medium, Opcode large, std::string_view content, const char* what) {
    char header[9];
    size_t size = content.size();
    int size_bytes = small && size <= 0xff ? 1 : size <= 0xffffffff ? 4 : 8;
    if (size_bytes == 8 && self->protocol < 4)
        return raise(exc::OverflowError, "serializing a %s object larger than 4 GiB requires pickle protocol 4 or higher", what);
    header[0] = char(size_bytes == 1 ? small : size_bytes == 4 ? medium : large);
    for (int i = 0; i < size_bytes; ++i) header[i + 1] = char(size >> (8 * i));
    return emit_block(self, {header, size_t(size_bytes) + 1}, content);
}
// Bytes for protocols that have none: codecs.encode('…', 'latin1').
Fallible<void> save_old_bytes(Pickler* self, Object* object) {
    if (as_bytes(object)->size == 0) {
        Ref<Tuple> none_given = tuple_empty();
        Ref<Tuple> reduced = TRY(tuple_pack(static_cast<Object*>(&bytes_type), static_cast<Object*>(none_given.get())));
        return save_reduce(self, reduced.get(), object);
    }
    Ref<Str> text = TRY(str_from_latin1(as_bytes(object)->view()));
    Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(text.get()), static_cast<Object*>("latin1"_name)));
    Ref<Tuple> reduced = TRY(tuple_pack(state.encode, static_cast<Object*>(arguments.get())));
    return save_reduce(self, reduced.get(), object);
}
Fallible<void> save_bytearray_content(Pickler* self, Object* object, std::string_view content) {
    char header[9] = {char(kByteArray8)};
    for (int i = 0; i < 8; ++i) header[i + 1] = char(content.size() >> (8 * i));
    TRY(emit_block(self, {header, 9}, content));
    return memo_put(self, object);
}
Fallible<void> save_bytearray(Pickler* self, Object* object) {
    auto array = static_cast<ByteArray*>(object);
    if (self->protocol >= 5) return save_bytearray_content(self, object, array->view());
    Ref<Tuple> arguments = tuple_empty();
    if (array->size) arguments = TRY(tuple_pack(TRY(bytes_from(array->view())).get()));
    Ref<Tuple> reduced = TRY(tuple_pack(static_cast<Object*>(&bytearray_type), static_cast<Object*>(arguments.get())));
    return save_reduce(self, reduced.get(), object);
}
Fallible<void> save_picklebuffer(Pickler* self, Object* object) {
    if (self->protocol < 5) return raise(pickling_error(), "PickleBuffer can only pickled with protocol >= 5");
    const Buffer* view = TRY(pickle_buffer_view(object));
    if (view->suboffsets || !(buffer_is_contiguous(*view, 'C') || buffer_is_contiguous(*view, 'F')))
        return raise(pickling_error(), "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
    bool in_band = true;
    if (self->buffer_callback) {
        Ref<> answer = TRY(call(self->buffer_callback, object));
        in_band = TRY(is_true(answer.get()));
    }
    std::string_view content{static_cast<const char*>(view->data), size_t(view->length)};
    if (in_band) return view->read_only ? save_bytes_content(self, object, content) : save_bytearray_content(self, object, content);
    TRY(emit(self, kNextBuffer));
    return view->read_only ? emit(self, kReadOnlyBuffer) : Fallible<void>();
}

// One line of text: what would break it, or is no Latin-1, is escaped.
Fallible<void> emit_escaped(Pickler* self, Str* text) {
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        char escape[12] = {char(c)};
        int size = 1;
        if (c >= 0x10000)
            size = std::snprintf(escape, sizeof escape, "\\U%08x", c);
        else if (c >= 0x100 || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a)
            size = std::snprintf(escape, sizeof escape, "\\u%04x", c);
        TRY(emit(self, std::string_view(escape, size_t(size))));
    }
    return {};
}
Fallible<void> save_str(Pickler* self, Object* object) {
    Str* text = as_str(object);
    if (!self->binary) {
        TRY(emit(self, kUnicode));
        TRY(emit_escaped(self, text));
        TRY(emit(self, std::string_view("\n", 1)));
        return memo_put(self, object);
    }
    Ref<Bytes> encoded;
    std::string_view utf8;
    auto plain = str_utf8(text);
    if (plain.ok()) {
        utf8 = plain.take();
    } else {
        if (!clear_error_if(exc::UnicodeEncodeError)) return raised;
        encoded = TRY(str_encode(text, "utf-8", "surrogatepass"));
        utf8 = encoded->view();
    }
    Opcode small = self->protocol >= 4 ? kShortBinUnicode : Opcode(0);
    TRY(emit_content(self, small, kBinUnicode, kBinUnicode8, utf8, "string"));
    return memo_put(self, object);
}

// tuple
Fallible<void> save_tuple(Pickler* self, Object* object) {
    Tuple* tuple = as_tuple(object);
    ssize_t size = tuple->size;
    if (size == 0) return self->protocol ? emit(self, kEmptyTuple) : emit(self, std::string_view("(t", 2));
    bool short_form = size <= 3 && self->protocol >= 2;
    if (!short_form) TRY(emit(self, kMark));
    for (ssize_t i = 0; i < size; ++i) TRY(save(self, tuple->items[i]));
    // A tuple that contains itself is there already: forget the items, get it.
    ssize_t known = self->memo.find(object);
    if (known >= 0) {
        if (!short_form && self->binary) {
            TRY(emit(self, kPopMark));
        } else {
            for (ssize_t i = short_form ? 0 : -1; i < size; ++i) TRY(emit(self, kPop));
        }
        return memo_get(self, known);
    }
    constexpr Opcode kShort[] = {kTuple1, kTuple2, kTuple3};
    TRY(emit(self, short_form ? kShort[size - 1] : kTuple));
    return memo_put(self, object);
}

// Items in batches: one alone by its own opcode, more of them behind a mark.
template <class SaveItem>
Fallible<void> save_batches(Pickler* self, Object* iterator, Opcode one, Opcode many, SaveItem save_item) {
    if (self->protocol == 0) {
        while (Ref<> item = TRY(next(iterator))) {
            TRY(save_item(item.get()));
            TRY(emit(self, one));
        }
        return {};
    }
    for (;;) {
        Ref<> first = TRY(next(iterator));
        if (!first) return {};
        Ref<> second = TRY(next(iterator));
        if (!second) {
            TRY(save_item(first.get()));
            return emit(self, one);
        }
        TRY(emit(self, kMark));
        TRY(save_item(first.get()));
        int count = 1;
        while (second) {
            TRY(save_item(second.get()));
            second.reset();
            if (++count == kBatch) break;
            second = TRY(next(iterator));
        }
        TRY(emit(self, many));
        if (count < kBatch) return {};
    }
}
Fallible<void> save_exact_list_items(Pickler* self, List* list) {
    if (list->size == 1) {
        Ref<> item = share(list->items[0]);
        TRY(save(self, item.get()));
        return emit(self, kAppend);
    }
    for (ssize_t done = 0; done < list->size;) {
        TRY(emit(self, kMark));
        for (int i = 0; i < kBatch && done < list->size; ++i) {
            Ref<> item = share(list->items[done++]);
            TRY(save(self, item.get()));
        }
        TRY(emit(self, kAppends));
    }
    return {};
}
Fallible<void> save_exact_dict_items(Pickler* self, Dict* dict) {
    ssize_t position = 0, size = dict->used;
    Object *key, *value;
    auto save_pair = [&]() -> Fallible<void> {
        Ref<> held_key = share(key), held_value = share(value);
        TRY(save(self, held_key.get()));
        TRY(save(self, held_value.get()));
        if (dict->used != size) return raise(exc::RuntimeError, "dictionary changed size during iteration");
        return {};
    };
    if (size == 1) {
        dict_next(dict, &position, &key, &value);
        TRY(save_pair());
        return emit(self, kSetItem);
    }
    ssize_t done = 0;
    while (done < size) {
        TRY(emit(self, kMark));
        for (int i = 0; i < kBatch && done < size && dict_next(dict, &position, &key, &value); ++i, ++done) TRY(save_pair());
        TRY(emit(self, kSetItems));
    }
    return {};
}

// Without memo a cycle would never end: remember what is being saved once it is deep.
class FastMode {
  public:
    FastMode(Pickler* self, Object* object) : self_(self), object_(object) {}
    Fallible<void> enter() {
        if (!self_->fast) return {};
        if (++self_->fast_nesting < kLimit) return {};
        if (!self_->fast_memo) self_->fast_memo = TRY(dict_new()).release();
        Ref<Int> key = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(object_)));
        if (TRY(dict_contains(self_->fast_memo, key.get()))) {
            --self_->fast_nesting;
            return raise(exc::ValueError, "fast mode: can't pickle cyclic objects including object type %.200s at %p",
                         object_->type->name, object_);
        }
        TRY(dict_set(self_->fast_memo, key.get(), none()));
        entered_ = true;
        return {};
    }
    ~FastMode() {
        if (!self_->fast) return;
        if (self_->fast_nesting-- < kLimit || !entered_) return;
        auto key = int_from_unsigned(reinterpret_cast<uintptr_t>(object_));
        SavedError saved;
        if (key.ok()) (void)dict_delete(self_->fast_memo, key.take().get()).ok();
    }

  private:
    static constexpr int kLimit = 50;
    Pickler* self_;
    Object* object_;
    bool entered_ = false;
};
Fallible<void> save_list(Pickler* self, Object* object) {
    FastMode fast(self, object);
    TRY(fast.enter());
    TRY(self->binary ? emit(self, kEmptyList) : emit(self, std::string_view("(l", 2)));
    TRY(memo_put(self, object));
    if (as_list(object)->size == 0) return {};
    RecursionGuard guard(kWhilePickling);
    if (!guard.ok()) return raised;
    if (self->protocol > 0) return save_exact_list_items(self, as_list(object));
    Ref<> iterator = TRY(iter(object));
    return save_list_items(self, iterator.get());
}
Fallible<void> save_dict(Pickler* self, Object* object) {
    FastMode fast(self, object);
    TRY(fast.enter());
    TRY(self->binary ? emit(self, kEmptyDict) : emit(self, std::string_view("(d", 2)));
    TRY(memo_put(self, object));
    if (as_dict(object)->used == 0) return {};
    if (self->protocol > 0) {
        RecursionGuard guard(kWhilePickling);
        return guard.ok() ? save_exact_dict_items(self, as_dict(object)) : raised;
    }
    Ref<> items = TRY(call_method(object, "items"_name));
    Ref<> iterator = TRY(iter(items.get()));
    RecursionGuard guard(kWhilePickling);
    if (!guard.ok()) return raised;
    return save_dict_items(self, iterator.get());
}
// Sets for protocols that have none: set([…]).
Fallible<void> save_old_set(Pickler* self, Object* object) {
    Ref<List> items = TRY(list_of(object));
    Ref<Tuple> arguments = TRY(tuple_pack(items.get()));
    Ref<Tuple> reduced = TRY(tuple_pack(static_cast<Object*>(object->type), static_cast<Object*>(arguments.get())));
    return save_reduce(self, reduced.get(), object);
}
Fallible<void> save_set_items(Pickler* self, Set* set, ssize_t* position, int most) {
    Object* key;
    Hash hash_value;
    ssize_t size = set->used;
    for (int i = 0; i < most && set_next(set, position, &key, &hash_value); ++i) {
        Ref<> held = share(key);
        TRY(save(self, held.get()));
        if (set->used != size) return raise(exc::RuntimeError, "set changed size during iteration");
    }
    return {};
}
Fallible<void> save_set(Pickler* self, Object* object) {
    if (self->protocol < 4) return save_old_set(self, object);
    Set* set = as_set(object);
    TRY(emit(self, kEmptySet));
    TRY(memo_put(self, object));
    ssize_t position = 0;
    for (ssize_t done = 0; done < set->used; done += kBatch) {
        TRY(emit(self, kMark));
        TRY(save_set_items(self, set, &position, kBatch));
        TRY(emit(self, kAddItems));
    }
    return {};
}
Fallible<void> save_frozenset(Pickler* self, Object* object) {
    if (self->fast || self->protocol < 4) return save_old_set(self, object);
    TRY(emit(self, kMark));
    ssize_t position = 0;
    TRY(save_set_items(self, as_set(object), &position, INT32_MAX));
    ssize_t known = self->memo.find(object);
    if (known >= 0) {
        TRY(emit(self, kPopMark));
        return memo_get(self, known);
    }
    TRY(emit(self, kFrozenset));
    return memo_put(self, object);
}

// The object's persistent id if it has one: true when it was saved as such.
Fallible<bool> save_persistent(Pickler* self, Object* object) {
    Ref<> id = TRY(call(self->persistent, object));
    if (is_none(id.get())) return false;
    if (self->binary) {
        TRY(save_without_persistent_id(self, id.get()));
        TRY(emit(self, kBinPersId));
        return true;
    }
    Ref<Str> text = TRY(str(id.get()));
    if (!text->ascii) return raise(pickling_error(), "persistent IDs in protocol 0 must be ASCII strings");
    TRY(emit(self, kPersId));
    TRY(emit(self, text->ascii_view()));
    TRY(emit(self, std::string_view("\n", 1)));
    return true;
}

using SaveFunction = Fallible<void> (*)(Pickler*, Object*);
// Saving of containers and globals by exact type; null for other types.
SaveFunction function_for(Type* type) {
    if (type == &dict_type) return save_dict;
    if (type == &set_type) return save_set;
    if (type == &frozenset_type) return save_frozenset;
    if (type == &list_type) return save_list;
    if (type == &tuple_type) return save_tuple;
    if (type == &bytearray_type) return save_bytearray;
    if (type == &buffer_type) return save_picklebuffer;
    return nullptr;
}
Fallible<void> save_general(Pickler* self, Object* object) {
    RecursionGuard guard(kWhilePickling);
    if (!guard.ok()) return raised;
    if (SaveFunction function = function_for(object->type)) return function(self, object);
    if (self->reducer_override) {
        Ref<> reduced = TRY(call(self->reducer_override, object));
        if (reduced.get() != not_implemented()) {
            FastMode fast(self, object);
            TRY(fast.enter());
            return save_reduce(self, reduced.get(), object);
        }
    }
    if (object->type == &type_type) return save_type(self, object);
    if (object->type == &function_type) return save_global(self, object, nullptr);
    FastMode fast(self, object);
    TRY(fast.enter());
    return save_reduced(self, object);
}

}  // namespace

Fallible<void> save_bytes_content(Pickler* self, Object* object, std::string_view content) {
    TRY(emit_content(self, kShortBinBytes, kBinBytes, kBinBytes8, content, "bytes"));
    return memo_put(self, object);
}
Fallible<void> save_list_items(Pickler* self, Object* iterator) {
    return save_batches(self, iterator, kAppend, kAppends, [self](Object* item) { return save(self, item); });
}
Fallible<void> save_dict_items(Pickler* self, Object* iterator) {
    return save_batches(self, iterator, kSetItem, kSetItems, [self](Object* item) -> Fallible<void> {
        if (!is_tuple(item) || as_tuple(item)->size != 2) return raise(exc::TypeError, "dict items iterator must return 2-tuples");
        TRY(save(self, as_tuple(item)->items[0]));
        return save(self, as_tuple(item)->items[1]);
    });
}
Fallible<void> save_without_persistent_id(Pickler* self, Object* object) {
    TRY(end_opcode(self));
    Type* type = object->type;
    if (is_none(object)) return emit(self, kNone);
    if (is_bool(object)) return save_bool(self, object);
    if (type == &int_type) return save_int(self, object);
    if (type == &float_type) return save_float(self, object);
    ssize_t known = self->memo.find(object);
    if (known >= 0) return memo_get(self, known);
    if (type == &bytes_type)
        return self->protocol < 3 ? save_old_bytes(self, object) : save_bytes_content(self, object, as_bytes(object)->view());
    if (type == &str_type) return save_str(self, object);
    return save_general(self, object);
}
Fallible<void> save(Pickler* self, Object* object) {
    if (self->persistent) {
        TRY(end_opcode(self));
        if (TRY(save_persistent(self, object))) return {};
    }
    return save_without_persistent_id(self, object);
}

}  // namespace py::pickle
