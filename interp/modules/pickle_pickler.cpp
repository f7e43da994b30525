// _pickle.Pickler: the type, its memo as Python sees it, and dump().
#include <cstring>

#include "interp/modules/pickle.h"

namespace py::pickle {

namespace {

struct MemoProxy : Object {
    Pickler* pickler;
};

int pickler_traverse(Object* object, Visit visit, void* arg) {
    Pickler* self = as_pickler(object);
    for (ssize_t i = 0; i < self->memo.allocated(); ++i) VISIT(self->memo.entries()[i].key);
    return traverse_members<&Pickler::persistent_function, &Pickler::dispatch_table, &Pickler::reducer_override, &Pickler::write,
                            &Pickler::buffer_callback, &Pickler::persistent, &Pickler::fast_memo>(object, visit, arg);
}
int pickler_clear(Object* object) {
    as_pickler(object)->memo.clear();
    return clear_members<&Pickler::persistent_function, &Pickler::dispatch_table, &Pickler::reducer_override, &Pickler::write,
                         &Pickler::buffer_callback, &Pickler::persistent, &Pickler::fast_memo>(object);
}
void pickler_dealloc(Object* object) {
    gc_untrack(object);
    pickler_clear(object);
    clear_slot(as_pickler(object)->output);
    object_memory_free(object);
}
// Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)
Fallible<void> pickler_init(Object* object, Object* const* a) {
    Pickler* self = as_pickler(object);
    clear_slot(self->write);
    clear_slot(self->buffer_callback);
    TRY(pickler_setup(self, a[1], a[2], a[3]));
    TRY(pickler_set_file(self, a[0]));
    self->memo.clear();
    TRY(self->memo.prepare());
    self->fast = self->fast_nesting = 0;
    clear_slot(self->fast_memo);
    replace_slot(self->output, TRY(bytes_new(4096)).release());
    self->output_size = 0;
    replace_slot(self->dispatch_table, TRY(lookup_attr(object, "dispatch_table"_name)).release());
    return {};
}
// Pickler.dump(obj, /)
Fallible<Ref<>> pickler_dump_method(Object* object, Object* value) {
    Pickler* self = as_pickler(object);
    if (!self->write) return raise(pickling_error(), "Pickler.__init__() was not called by %s.__init__()", object->type->name);
    clear_slot(self->output);
    self->output_size = 0;
    TRY(pickler_dump(self, value));
    TRY(pickler_flush(self));
    clear_slot(self->output);
    return share(none());
}
// Pickler.clear_memo()
Fallible<Ref<>> pickler_clear_memo(Object* self) {
    as_pickler(self)->memo.clear();
    TRY(as_pickler(self)->memo.prepare());
    return share(none());
}
// Pickler.__sizeof__()
Fallible<Ref<>> pickler_sizeof(Object* object) {
    Pickler* self = as_pickler(object);
    ssize_t size = object->type->basic_size + ssize_t(4 * sizeof(void*)) + self->memo.allocated() * ssize_t(sizeof(Memo::Entry));
    if (self->output) size += offsetof(Bytes, data) + 1 + self->output->size;
    return int_from(size);
}

Fallible<Ref<>> get_memo(Object* self) {
    Ref<MemoProxy> proxy = TRY(instance_new<MemoProxy>(&pickler_memo_type));
    proxy->pickler = new_reference(as_pickler(self));
    return proxy;
}
// {id(object): (number, object)}
Fallible<Ref<>> memo_dict(Pickler* pickler) {
    Ref<Dict> dict = TRY(dict_new());
    for (ssize_t i = 0; i < pickler->memo.allocated(); ++i) {
        const Memo::Entry& entry = pickler->memo.entries()[i];
        if (!entry.key) continue;
        Ref<Int> identity = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(entry.key))), number = TRY(int_from(entry.value));
        Ref<Tuple> pair = TRY(tuple_pack(static_cast<Object*>(number.get()), entry.key));
        TRY(dict_set(dict.get(), identity.get(), pair.get()));
    }
    return dict;
}
Fallible<void> copy_entries(Dict* from, Memo* to) {
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(from, &position, &key, &value)) {
        if (!is_tuple(value) || as_tuple(value)->size != 2) return raise(exc::TypeError, "'memo' values must be 2-item tuples");
        ssize_t number = TRY(as_ssize(as_tuple(value)->items[0]));
        TRY(to->add(as_tuple(value)->items[1], number));
    }
    return {};
}
Fallible<void> set_memo(Object* object, Object* value) {
    Pickler* self = as_pickler(object);
    TRY(check_assigned(value));
    Ref<> source = share(value);
    if (value->type == &pickler_memo_type)
        source = TRY(memo_dict(static_cast<MemoProxy*>(value)->pickler));
    else if (!is_dict(value))
        return raise(exc::TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %.200s", value->type->name);
    Memo fresh{};
    auto copied = copy_entries(as_dict(source.get()), &fresh);
    if (!copied.ok() || !fresh.prepare().ok()) {
        fresh.clear();
        return raised;
    }
    Memo old = self->memo;
    self->memo = fresh;
    old.clear();
    return {};
}
Fallible<Ref<>> get_persistent_id(Object* self) {
    if (!as_pickler(self)->persistent_function) return raise(exc::AttributeError, "persistent_id");
    return share(as_pickler(self)->persistent_function);
}
Fallible<void> set_persistent_id(Object* self, Object* value) {
    TRY(check_assigned(value));
    if (!is_callable(value)) return raise(exc::TypeError, "persistent_id must be a callable taking one argument");
    replace_slot(as_pickler(self)->persistent_function, new_reference(value));
    return {};
}

MethodDef pickler_methods[] = {
    METHOD_O("dump", pickler_dump_method, "($self, obj, /)", "Writes an object's pickle to the file."),
    METHOD_NOARGS("clear_memo", pickler_clear_memo, "($self, /)", "Forgets which objects were pickled."),
    METHOD_NOARGS("__sizeof__", pickler_sizeof, "($self, /)", "Size in memory, in bytes."),
    END_ROW,
};
MemberDef pickler_members[] = {
    {"bin", py::kInt, offsetof(Pickler, binary), 0, nullptr},
    {"fast", py::kInt, offsetof(Pickler, fast), 0, nullptr},
    {"dispatch_table", kObject, offsetof(Pickler, dispatch_table), 0, nullptr},
    END_ROW,
};
GetSetDef pickler_getset[] = {
    GETTER_SETTER("memo", get_memo, set_memo, nullptr),
    GETTER_SETTER("persistent_id", get_persistent_id, set_persistent_id, nullptr),
    END_ROW,
};

// PicklerMemoProxy.clear()
Fallible<Ref<>> proxy_clear(Object* self) {
    return pickler_clear_memo(static_cast<MemoProxy*>(self)->pickler);
}
// PicklerMemoProxy.copy()
Fallible<Ref<>> proxy_copy(Object* self) {
    return memo_dict(static_cast<MemoProxy*>(self)->pickler);
}
// PicklerMemoProxy.__reduce__(): a dict
Fallible<Ref<>> proxy_reduce(Object* self) {
    Ref<> copy = TRY(proxy_copy(self));
    Ref<Tuple> arguments = TRY(tuple_pack(copy.get()));
    return tuple_pack(static_cast<Object*>(&dict_type), static_cast<Object*>(arguments.get()));
}
MethodDef proxy_methods[] = {
    METHOD_NOARGS("clear", proxy_clear, "($self, /)", "Forgets everything."),
    METHOD_NOARGS("copy", proxy_copy, "($self, /)", "The memo as a dict."),
    METHOD_NOARGS("__reduce__", proxy_reduce, "($self, /)", "What pickles hold of it."),
    END_ROW,
};

}  // namespace

constinit Type pickler_type = static_type({
    .name = "_pickle.Pickler",
    .basic_size = sizeof(Pickler),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)\n--\n\nWrites pickles to a file.",
    .dealloc = pickler_dealloc,
    .traverse = pickler_traverse,
    .clear = pickler_clear,
    .methods = pickler_methods,
    .members = pickler_members,
    .getset = pickler_getset,
    .init = Bound<pickler_init, "Pickler", "(file, protocol=None, fix_imports=True, buffer_callback=None)">::init,
    .new_ = generic_new,
});
constinit Type pickler_memo_type = static_type({
    .name = "_pickle.PicklerMemoProxy",
    .basic_size = sizeof(MemoProxy),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&MemoProxy::pickler>,
    .traverse = traverse_members<&MemoProxy::pickler>,
    .clear = clear_members<&MemoProxy::pickler>,
    .hash = hash_not_implemented,
    .methods = proxy_methods,
});

Fallible<void> pickler_setup(Pickler* self, Object* protocol, Object* fix_imports, Object* buffer_callback) {
    int number = unless_none(protocol) ? TRY(as_c_int(protocol)) : kDefaultProtocol;
    if (number < 0) number = kHighestProtocol;
    if (number > kHighestProtocol) return raise(exc::ValueError, "pickle protocol must be <= %d", kHighestProtocol);
    self->protocol = number;
    self->binary = number > 0;
    self->fix_imports = (!fix_imports || TRY(is_true(fix_imports))) && number < 3;
    self->frame_start = -1;
    if (!unless_none(buffer_callback)) return {};
    if (number < 5) return raise(exc::ValueError, "buffer_callback needs protocol >= 5");
    self->buffer_callback = new_reference(buffer_callback);
    return {};
}
Fallible<void> pickler_set_file(Pickler* self, Object* file) {
    Ref<> write = TRY(lookup_attr(file, "write"_name));
    if (!write) return raise(exc::TypeError, "file must have a 'write' attribute");
    self->write = write.release();
    return {};
}
Fallible<void> pickler_dump(Pickler* self, Object* object) {
    // What a subclass may define is looked up once for each pickle.
    replace_slot(self->reducer_override, TRY(lookup_attr(self, "reducer_override"_name)).release());
    replace_slot(self->persistent, TRY(lookup_attr(self, "persistent_id"_name)).release());
    self->framing = 0;
    self->frame_start = -1;
    auto write_all = [&]() -> Fallible<void> {
        TRY(emit_header(self));
        TRY(save(self, object));
        TRY(emit(self, kStop));
        return close_frame(self);
    };
    Fallible<void> done = write_all();
    self->framing = 0;
    self->frame_start = -1;
    clear_slot(self->reducer_override);  // they are bound to the pickler: a cycle
    clear_slot(self->persistent);
    return done;
}

}  // namespace py::pickle
