// _pickle.Unpickler: opcodes that look names up, call, and fill containers and instances.
#include <cstdlib>
#include <cstring>

#include "interp/modules/pickle.h"
#include "interp/objects/number_text.h"
#include "interp/runtime/audit.h"

namespace py::pickle {

namespace {

// find_class as a subclass may have defined it.
Fallible<Ref<>> class_of(Unpickler* self, Object* module, Object* name) {
    if (self->type == &unpickler_type) return find_class(self, as_str(module), as_str(name));
    return call_method(self, "find_class"_name, module, name);
}
// Names of Python 2 in its protocols.
Fallible<void> new_names(Ref<>& module, Ref<>& name) {
    Ref<Tuple> key = TRY(tuple_pack(module.get(), name.get()));
    Ref<> found = TRY(dict_get(as_dict(state.name_mapping), key.get()));
    if (found) {
        if (!is_tuple(found.get()) || as_tuple(found.get())->size != 2)
            return raise(exc::RuntimeError, "_compat_pickle.NAME_MAPPING values should be 2-tuples, not %T", found.get());
        Object** items = as_tuple(found.get())->items;
        if (!is_str(items[0]) || !is_str(items[1]))
            return raise(exc::RuntimeError, "_compat_pickle.NAME_MAPPING values should be pairs of str, not (%T, %T)", items[0], items[1]);
        module = share(items[0]);
        name = share(items[1]);
        return {};
    }
    found = TRY(dict_get(as_dict(state.import_mapping), module.get()));
    if (!found) return {};
    if (!is_str(found.get())) return raise(exc::RuntimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not %T", found.get());
    module = std::move(found);
    return {};
}
Fallible<Ref<>> line_text(Unpickler* self, const char* encoding) {
    return bytes_decode(TRY(read_filled_line(self)), encoding, nullptr);
}
Fallible<void> load_global(Unpickler* self) {
    Ref<> module = TRY(line_text(self, "utf-8"));
    Ref<> name = TRY(line_text(self, "utf-8"));
    return self->stack.push(TRY(class_of(self, module.get(), name.get())));
}
Fallible<void> load_stack_global(Unpickler* self) {
    Ref<> name = TRY(self->stack.pop()), module = TRY(self->stack.pop());
    if (!is_str_exact(name.get()) || !is_str_exact(module.get())) return raise(unpickling_error(), "STACK_GLOBAL requires str");
    return self->stack.push(TRY(class_of(self, module.get(), name.get())));
}
// A class by the number that copyreg has for it.
Fallible<void> load_extension(Unpickler* self, int bytes) {
    std::string_view digits = TRY(read_bytes(self, bytes));
    uint32_t raw = 0;
    std::memcpy(&raw, digits.data(), size_t(bytes));
    auto code = int32_t(raw);
    if (code <= 0) return raise(unpickling_error(), "EXT specifies code <= 0");
    Ref<Int> key = TRY(int_from(code));
    Ref<> cached = TRY(dict_get(as_dict(state.extension_cache), key.get()));
    if (cached) return self->stack.push(std::move(cached));
    Ref<> pair = TRY(dict_get(as_dict(state.inverted_registry), key.get()));
    if (!pair) return raise(exc::ValueError, "unregistered extension code %d", code);
    if (!is_tuple(pair.get()) || as_tuple(pair.get())->size != 2 || !is_str(as_tuple(pair.get())->items[0]) ||
        !is_str(as_tuple(pair.get())->items[1]))
        return raise(exc::ValueError, "_inverted_registry[%d] isn't a 2-tuple of strings", code);
    Ref<> found = TRY(class_of(self, as_tuple(pair.get())->items[0], as_tuple(pair.get())->items[1]));
    TRY(dict_set(as_dict(state.extension_cache), key.get(), found.get()));
    return self->stack.push(std::move(found));
}
Fallible<void> push_persistent(Unpickler* self, Ref<> id) {
    return self->stack.push(TRY(call(self->persistent, id.get())));
}
Fallible<void> load_persistent(Unpickler* self, bool binary) {
    if (!self->persistent)
        return raise(unpickling_error(), "A load persistent id instruction was encountered,\nbut no persistent_load function was specified.");
    if (binary) return push_persistent(self, TRY(self->stack.pop()));
    auto text = bytes_decode(TRY(read_line(self)), "ascii", "strict");
    if (!text.ok()) {
        if (!clear_error_if(exc::UnicodeDecodeError)) return raised;
        return raise(unpickling_error(), "persistent IDs in protocol 0 must be ASCII strings");
    }
    return push_persistent(self, text.take());
}

// Instances of Python 2's old classes: made without __init__ when nothing is to be given to it.
Fallible<Ref<>> instantiate(Object* type, Tuple* arguments) {
    if (arguments->size == 0 && is_type(type)) {
        Ref<> special = TRY(lookup_attr(type, "__getinitargs__"_name));
        if (!special) return call_method(type, "__new__"_name, type);
    }
    return call_tuple(type, arguments, nullptr);
}
Fallible<void> load_inst(Unpickler* self) {
    ssize_t start = TRY(self->stack.pop_mark());
    Ref<> module = TRY(line_text(self, "ascii"));
    Ref<> name = TRY(line_text(self, "ascii"));
    Ref<> type = TRY(class_of(self, module.get(), name.get()));
    Ref<Tuple> arguments = TRY(self->stack.take_tuple(start));
    return self->stack.push(TRY(instantiate(type.get(), arguments.get())));
}
Fallible<void> load_obj(Unpickler* self) {
    ssize_t start = TRY(self->stack.pop_mark());
    if (self->stack.size() - start < 1) return self->stack.underflow();
    Ref<Tuple> arguments = TRY(self->stack.take_tuple(start + 1));
    Ref<> type = TRY(self->stack.pop());
    return self->stack.push(TRY(instantiate(type.get(), arguments.get())));
}
Fallible<void> load_newobj(Unpickler* self, bool with_keywords) {
    const char* name = with_keywords ? "NEWOBJ_EX" : "NEWOBJ";
    Ref<> keywords;
    if (with_keywords) keywords = TRY(self->stack.pop());
    Ref<> arguments = TRY(self->stack.pop()), type = TRY(self->stack.pop());
    if (!is_type(type.get())) return raise(unpickling_error(), "%s class argument must be a type, not %.200s", name, type->type->name);
    if (!static_cast<Type*>(type.get())->new_)
        return raise(unpickling_error(), "%s class argument '%.200s' doesn't have __new__", name, static_cast<Type*>(type.get())->name);
    if (!is_tuple(arguments.get()))
        return raise(unpickling_error(), "%s args argument must be a tuple, not %.200s", name, arguments->type->name);
    if (keywords && !is_dict(keywords.get()))
        return raise(unpickling_error(), "%s kwargs argument must be a dict, not %.200s", name, keywords->type->name);
    auto made = static_cast<Type*>(type.get());
    return self->stack.push(TRY(Fallible<Ref<>>::from_slot(made->new_(made, arguments.get(), keywords.get()))));
}
Fallible<void> load_reduce(Unpickler* self) {
    Ref<> arguments = TRY(self->stack.pop()), callable = TRY(self->stack.pop());
    if (!is_tuple(arguments.get())) return raise(exc::TypeError, "argument list must be a tuple");
    return self->stack.push(TRY(call_tuple(callable.get(), arguments.get(), nullptr)));
}

// The object below the items that start at `start`.
Fallible<Object*> container_below(Unpickler* self, ssize_t start) {
    if (start > self->stack.size() || start <= self->stack.fence()) return self->stack.underflow();
    return self->stack.items()[start - 1];
}
// Items for a list, or for what has extend or append.
Fallible<void> append_items(Unpickler* self, ssize_t start) {
    Ref<> container = share(TRY(container_below(self, start)));
    if (self->stack.size() == start) return {};
    Ref<List> items = TRY(self->stack.take_list(start));
    if (is_list_exact(container.get())) return list_extend(as_list(container.get()), items.get());
    Ref<> extend = TRY(lookup_attr(container.get(), "extend"_name));
    if (extend) {
        TRY(call(extend.get(), items.get()));
        return {};
    }
    Ref<> append = TRY(get_attr(container.get(), "append"_name));
    for (ssize_t i = 0; i < items->size; ++i) TRY(call(append.get(), items->items[i]));
    return {};
}
Fallible<void> set_items(Unpickler* self, ssize_t start) {
    Ref<> container = share(TRY(container_below(self, start)));
    ssize_t count = self->stack.size() - start;
    if (count == 0) return {};
    if (count % 2) return raise(unpickling_error(), "odd number of items for SETITEMS");
    Ref<List> items = TRY(self->stack.take_list(start));
    for (ssize_t i = 0; i < count; i += 2) {
        if (is_dict_exact(container.get()))
            TRY(dict_set(as_dict(container.get()), items->items[i], items->items[i + 1]));
        else
            TRY(set_item(container.get(), items->items[i], items->items[i + 1]));
    }
    return {};
}
Fallible<void> load_dict(Unpickler* self) {
    ssize_t start = TRY(self->stack.pop_mark());
    if ((self->stack.size() - start) % 2) return raise(unpickling_error(), "odd number of items for DICT");
    Ref<List> items = TRY(self->stack.take_list(start));
    Ref<Dict> dict = TRY(dict_new());
    for (ssize_t i = 0; i < items->size; i += 2) TRY(dict_set(dict.get(), items->items[i], items->items[i + 1]));
    return self->stack.push(std::move(dict));
}
Fallible<void> add_items(Unpickler* self) {
    ssize_t start = TRY(self->stack.pop_mark());
    Ref<> container = share(TRY(container_below(self, start)));
    if (self->stack.size() == start) return {};
    Ref<List> items = TRY(self->stack.take_list(start));
    if (is_set(container.get())) return set_update(as_set(container.get()), items.get());
    Ref<> add = TRY(get_attr(container.get(), "add"_name));
    for (ssize_t i = 0; i < items->size; ++i) TRY(call(add.get(), items->items[i]));
    return {};
}
Fallible<void> load_frozenset(Unpickler* self) {
    Ref<List> items = TRY(self->stack.take_list(TRY(self->stack.pop_mark())));
    return self->stack.push(TRY(frozenset_new(items.get())));
}

// State as instances without __setstate__ take it: a dict, or a pair of that and of a dict for slots.
Fallible<void> take_dict_state(Object* object, Object* dict) {
    if (!is_dict(dict)) return raise(unpickling_error(), "state is not a dictionary");
    Ref<> attributes = TRY(get_attr(object, "__dict__"_name));
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(as_dict(dict), &position, &key, &value)) {
        Ref<> name = share(key), held = share(value);
        // Attribute names are interned, as they are when attributes are set.
        if (is_str_exact(key)) name = intern(share(as_str(key)));
        TRY(set_item(attributes.get(), name.get(), held.get()));
    }
    return {};
}
Fallible<void> take_slot_state(Object* object, Object* dict) {
    if (!is_dict(dict)) return raise(unpickling_error(), "slot state is not a dictionary");
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(as_dict(dict), &position, &key, &value)) {
        Ref<> name = share(key), held = share(value);
        if (!is_str(name.get())) return name_not_str(name.get());
        TRY(set_attr(object, as_str(name.get()), held.get()));
    }
    return {};
}
Fallible<void> load_build(Unpickler* self) {
    if (self->stack.size() - 2 < self->stack.fence()) return self->stack.underflow();
    Ref<> instance_state = TRY(self->stack.pop());
    Ref<> object = share(TRY(self->stack.top()));
    Ref<> setter = TRY(lookup_attr(object.get(), "__setstate__"_name));
    if (setter) {
        TRY(call(setter.get(), instance_state.get()));
        return {};
    }
    Ref<> slots;
    if (is_tuple(instance_state.get()) && as_tuple(instance_state.get())->size == 2) {
        Ref<> pair = std::move(instance_state);
        instance_state = share(as_tuple(pair.get())->items[0]);
        slots = share(as_tuple(pair.get())->items[1]);
    }
    if (!is_none(instance_state.get())) TRY(take_dict_state(object.get(), instance_state.get()));
    return slots && !is_none(slots.get()) ? take_slot_state(object.get(), slots.get()) : Fallible<void>();
}

}  // namespace

Fallible<Ref<>> find_class(Unpickler* self, Str* given_module, Str* given_name) {
    TRY(audit("pickle.find_class", "OO", static_cast<Object*>(given_module), static_cast<Object*>(given_name)));
    Ref<> module_name = share(static_cast<Object*>(given_module)), name = share(static_cast<Object*>(given_name));
    if (self->protocol < 3 && self->fix_imports) TRY(new_names(module_name, name));
    Ref<> module = TRY(import_leaf(as_str(module_name.get())));
    if (self->protocol >= 4) return deep_attribute(module.get(), as_str(name.get()), nullptr);
    Ref<> found = TRY(lookup_attr(module.get(), as_str(name.get())));
    if (!found) return raise(exc::AttributeError, "Can't get attribute %R on %R", name.get(), module.get());
    return found;
}
Fallible<void> load_object_opcode(Unpickler* self, unsigned char opcode, bool* known) {
    *known = true;
    switch (opcode) {
        case kGlobal: return load_global(self);
        case kStackGlobal: return load_stack_global(self);
        case kExt1: return load_extension(self, 1);
        case kExt2: return load_extension(self, 2);
        case kExt4: return load_extension(self, 4);
        case kPersId: return load_persistent(self, false);
        case kBinPersId: return load_persistent(self, true);
        case kInst: return load_inst(self);
        case kObj: return load_obj(self);
        case kNewObj: return load_newobj(self, false);
        case kNewObjEx: return load_newobj(self, true);
        case kReduce: return load_reduce(self);
        case kBuild: return load_build(self);
        case kAppend: return append_items(self, self->stack.size() - 1);
        case kAppends: return append_items(self, TRY(self->stack.pop_mark()));
        case kSetItem: return set_items(self, self->stack.size() - 2);
        case kSetItems: return set_items(self, TRY(self->stack.pop_mark()));
        case kAddItems: return add_items(self);
        case kFrozenset: return load_frozenset(self);
        case kDict: return load_dict(self);
        default: *known = false; return {};
    }
}

// The base that errors name: of the prefix, 0 where a number of base 0 begins with a zero.
int shown_base(std::string_view text, int base) {
    text = strip_ascii_blanks(text);
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    if (base != 0 || text.empty() || text[0] != '0') return 10;
    switch (text.size() > 1 ? text[1] | 0x20 : 0) {
        case 'x': return 16;
        case 'o': return 8;
        case 'b': return 2;
        default: return 0;
    }
}
Fallible<Ref<Int>> line_int(std::string_view text, int base) {
    Ref<Int> value = TRY(parse_int(text, base));
    if (value) return value;
    Ref<Str> shown = TRY(str_from_utf8(text.substr(0, 200)));
    return raise(exc::ValueError, "invalid literal for int() with base %d: %.200R", shown_base(text, base), shown.get());
}
Fallible<ssize_t> line_number(std::string_view line) {
    return as_ssize(TRY(line_int(c_string_of(line), 10)).get());
}
Fallible<Object*> memo_at(Unpickler* self, ssize_t index) {
    Object* object = index >= 0 && index < self->memo_size ? self->memo[index] : nullptr;
    if (!object) return raise(unpickling_error(), "Memo value not found at index %zd", index);
    return object;
}
Fallible<void> memo_store(Unpickler* self, ssize_t index, Object* object) {
    if (index >= self->memo_size) {
        if (index > PTRDIFF_MAX / 32) return raise_memory_error();
        ssize_t size = self->memo_size ? index * 2 : 32;
        if (size <= index) size = index + 1;
        auto memo = static_cast<Object**>(std::realloc(self->memo, size_t(size) * sizeof(Object*)));
        if (!memo) return raise_memory_error();
        std::memset(memo + self->memo_size, 0, size_t(size - self->memo_size) * sizeof(Object*));
        self->memo = memo;
        self->memo_size = size;
    }
    if (!self->memo[index]) ++self->memo_used;
    replace_slot(self->memo[index], new_reference(object));
    return {};
}
void memo_clear(Unpickler* self) {
    Object** memo = std::exchange(self->memo, nullptr);
    ssize_t size = std::exchange(self->memo_size, 0);
    self->memo_used = 0;
    for (ssize_t i = 0; i < size; ++i) xdecref(memo[i]);
    std::free(memo);
}

}  // namespace py::pickle
