// _pickle: the Unpickler type, and the module's functions.
#include <cstdlib>
#include <cstring>

#include "interp/modules/pickle.h"

namespace py::pickle {

State state;

namespace {

struct MemoProxy : Object {
    Unpickler* unpickler;
};

int unpickler_traverse(Object* object, Visit visit, void* arg) {
    Unpickler* self = as_unpickler(object);
    for (ssize_t i = 0; i < self->stack.size(); ++i) VISIT(self->stack.items()[i]);
    for (ssize_t i = 0; i < self->memo_size; ++i) VISIT(self->memo[i]);
    VISIT(self->input.owner);
    return traverse_members<&Unpickler::persistent_function, &Unpickler::persistent, &Unpickler::read, &Unpickler::readinto,
                            &Unpickler::readline, &Unpickler::peek, &Unpickler::buffers>(object, visit, arg);
}
int unpickler_clear(Object* object) {
    Unpickler* self = as_unpickler(object);
    self->stack.clear();
    memo_clear(self);
    drop_input(self);
    return clear_members<&Unpickler::persistent_function, &Unpickler::persistent, &Unpickler::read, &Unpickler::readinto,
                         &Unpickler::readline, &Unpickler::peek, &Unpickler::buffers>(object);
}
void unpickler_dealloc(Object* object) {
    gc_untrack(object);
    unpickler_clear(object);
    as_unpickler(object)->stack.free_marks();
    std::free(as_unpickler(object)->encoding);
    std::free(as_unpickler(object)->errors);
    object_memory_free(object);
}
Fallible<void> prepare_memo(Unpickler* self) {
    memo_clear(self);
    self->memo = static_cast<Object**>(std::calloc(32, sizeof(Object*)));
    if (!self->memo) return raise_memory_error();
    self->memo_size = 32;
    return {};
}
// Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())
Fallible<void> unpickler_init(Object* object, Object* const* a) {
    Unpickler* self = as_unpickler(object);
    drop_input(self);
    TRY(unpickler_set_file(self, a[0]));
    TRY(unpickler_setup(self, a[1], a[2], a[3], a[4]));
    return {};
}
// Unpickler.load()
Fallible<Ref<>> unpickler_load_method(Object* object) {
    if (!as_unpickler(object)->read)
        return raise(unpickling_error(), "Unpickler.__init__() was not called by %s.__init__()", object->type->name);
    return unpickler_load(as_unpickler(object));
}
// Unpickler.find_class(module_name, global_name, /)
Fallible<Ref<>> unpickler_find_class(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("find_class", count, 2, 2));
    for (int i = 0; i < 2; ++i)
        if (!is_str(args[i])) return raise(exc::TypeError, "find_class() argument %d must be str, not %N", i + 1, args[i]);
    return find_class(as_unpickler(self), as_str(args[0]), as_str(args[1]));
}
// Unpickler.__sizeof__()
Fallible<Ref<>> unpickler_sizeof(Object* object) {
    Unpickler* self = as_unpickler(object);
    ssize_t size = object->type->basic_size + (self->memo_size + self->stack.marks_allocated()) * ssize_t(sizeof(void*));
    if (self->encoding) size += ssize_t(std::strlen(self->encoding)) + 1;
    if (self->errors) size += ssize_t(std::strlen(self->errors)) + 1;
    return int_from(size + self->line_capacity);
}

Fallible<Ref<>> get_memo(Object* self) {
    Ref<MemoProxy> proxy = TRY(instance_new<MemoProxy>(&unpickler_memo_type));
    proxy->unpickler = new_reference(as_unpickler(self));
    return proxy;
}
Fallible<Ref<>> memo_dict(Unpickler* self) {
    Ref<Dict> dict = TRY(dict_new());
    for (ssize_t i = 0; i < self->memo_size; ++i) {
        if (!self->memo[i]) continue;
        Ref<Int> key = TRY(int_from(i));
        TRY(dict_set(dict.get(), key.get(), self->memo[i]));
    }
    return dict;
}
Fallible<void> set_memo(Object* object, Object* value) {
    Unpickler* self = as_unpickler(object);
    TRY(check_assigned(value));
    Ref<> source = share(value);
    if (value->type == &unpickler_memo_type)
        source = TRY(memo_dict(static_cast<MemoProxy*>(value)->unpickler));
    else if (!is_dict(value))
        return raise(exc::TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %.200s", value->type->name);
    ssize_t position = 0;
    Object *key, *entry;
    while (dict_next(as_dict(source.get()), &position, &key, &entry)) {
        if (!is_int(key)) return raise(exc::TypeError, "memo key must be integers");
        if (int_sign(as_int(key)) < 0) return raise(exc::ValueError, "memo key must be positive integers.");
    }
    TRY(prepare_memo(self));
    position = 0;
    while (dict_next(as_dict(source.get()), &position, &key, &entry)) TRY(memo_store(self, TRY(as_ssize(key)), entry));
    return {};
}
Fallible<Ref<>> get_persistent_load(Object* self) {
    if (!as_unpickler(self)->persistent_function) return raise(exc::AttributeError, "persistent_load");
    return share(as_unpickler(self)->persistent_function);
}
Fallible<void> set_persistent_load(Object* self, Object* value) {
    TRY(check_assigned(value));
    if (!is_callable(value)) return raise(exc::TypeError, "persistent_load must be a callable taking one argument");
    replace_slot(as_unpickler(self)->persistent_function, new_reference(value));
    return {};
}
MethodDef unpickler_methods[] = {
    METHOD_NOARGS("load", unpickler_load_method, "($self, /)", "Reads a pickle; the object."),
    METHOD_FAST("find_class", unpickler_find_class, "($self, module_name, global_name, /)", "The object that a name of a module stands for."),
    METHOD_NOARGS("__sizeof__", unpickler_sizeof, "($self, /)", "Size in memory, in bytes."),
    END_ROW,
};
GetSetDef unpickler_getset[] = {
    GETTER_SETTER("memo", get_memo, set_memo, nullptr),
    GETTER_SETTER("persistent_load", get_persistent_load, set_persistent_load, nullptr),
    END_ROW,
};

// UnpicklerMemoProxy.clear()
Fallible<Ref<>> proxy_clear(Object* self) {
    TRY(prepare_memo(static_cast<MemoProxy*>(self)->unpickler));
    return share(none());
}
// UnpicklerMemoProxy.copy()
Fallible<Ref<>> proxy_copy(Object* self) {
    return memo_dict(static_cast<MemoProxy*>(self)->unpickler);
}
// UnpicklerMemoProxy.__reduce__(): a dict
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

// _pickle.dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)
Fallible<Ref<>> dump(Object*, Object* const* a) {
    Ref<Pickler> pickler = TRY(instance_new<Pickler>(&pickler_type));
    TRY(pickler_setup(pickler.get(), a[2], a[3], a[4]));
    TRY(pickler_set_file(pickler.get(), a[1]));
    TRY(pickler_dump(pickler.get(), a[0]));
    TRY(pickler_flush(pickler.get()));
    return share(none());
}
// _pickle.dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)
Fallible<Ref<>> dumps(Object*, Object* const* a) {
    Ref<Pickler> pickler = TRY(instance_new<Pickler>(&pickler_type));
    TRY(pickler_setup(pickler.get(), a[1], a[2], a[3]));
    TRY(pickler_dump(pickler.get(), a[0]));
    return pickler_take_output(pickler.get());
}
// _pickle.load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())
Fallible<Ref<>> load(Object*, Object* const* a) {
    Ref<Unpickler> unpickler = TRY(instance_new<Unpickler>(&unpickler_type));
    drop_input(unpickler.get());
    TRY(unpickler_set_file(unpickler.get(), a[0]));
    TRY(unpickler_setup(unpickler.get(), a[1], a[2], a[3], a[4]));
    return unpickler_load(unpickler.get());
}
// _pickle.loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())
Fallible<Ref<>> loads(Object*, Object* const* a) {
    Ref<Unpickler> unpickler = TRY(instance_new<Unpickler>(&unpickler_type));
    drop_input(unpickler.get());
    TRY(unpickler_set_data(unpickler.get(), a[0]));
    TRY(unpickler_setup(unpickler.get(), a[1], a[2], a[3], a[4]));
    return unpickler_load(unpickler.get());
}
MethodDef functions[] = {
    METHOD("dump", dump, "($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)",
           "Writes an object's pickle to a file."),
    METHOD("dumps", dumps, "($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)", "An object's pickle."),
    METHOD("load", load, "($module, /, file, *, fix_imports=True, encoding=\'ASCII\',\n     errors=\'strict\', buffers=())",
           "The object of a pickle in a file."),
    METHOD("loads", loads, "($module, data, /, *, fix_imports=True, encoding=\'ASCII\',\n      errors=\'strict\', buffers=())",
           "The object of a pickle."),
    END_ROW,
};

Fallible<void> find(const char* module_name, const char* attribute, Object** place, Type* type = nullptr) {
    Ref<Str> name = TRY(str_from_ascii(module_name)), key = TRY(str_from_ascii(attribute));
    Ref<> module = TRY(import_leaf(name.get()));
    Ref<> found = TRY(get_attr(module.get(), key.get()));
    if (type && found->type != type)
        return raise(exc::RuntimeError, "%s.%s should be a %s, not %.200s", module_name, attribute, type->name, found->type->name);
    replace_slot(*place, found.release());
    return {};
}
Fallible<void> find_helpers() {
    TRY(find("copyreg", "dispatch_table", &state.dispatch_table, &dict_type));
    TRY(find("copyreg", "_extension_registry", &state.extension_registry, &dict_type));
    TRY(find("copyreg", "_inverted_registry", &state.inverted_registry, &dict_type));
    TRY(find("copyreg", "_extension_cache", &state.extension_cache, &dict_type));
    TRY(find("_compat_pickle", "NAME_MAPPING", &state.name_mapping, &dict_type));
    TRY(find("_compat_pickle", "IMPORT_MAPPING", &state.import_mapping, &dict_type));
    TRY(find("_compat_pickle", "REVERSE_NAME_MAPPING", &state.reverse_name_mapping, &dict_type));
    TRY(find("_compat_pickle", "REVERSE_IMPORT_MAPPING", &state.reverse_import_mapping, &dict_type));
    TRY(find("codecs", "encode", &state.encode));
    TRY(find("functools", "partial", &state.partial));
    replace_slot(state.getattr, TRY(builtin_attr("getattr")).release());
    return {};
}
Fallible<void> execute(Module* module) {
    TRY(find_helpers());
    if (!state.pickle_error) {
        state.pickle_error = TRY(exception_type_new("_pickle.PickleError", static_cast<Object*>(exc::Exception), nullptr)).release();
        state.pickling_error = TRY(exception_type_new("_pickle.PicklingError", state.pickle_error, nullptr)).release();
        state.unpickling_error = TRY(exception_type_new("_pickle.UnpicklingError", state.pickle_error, nullptr)).release();
    }
    TRY(module_add(module, "PickleError", share(state.pickle_error)));
    TRY(module_add(module, "PicklingError", share(state.pickling_error)));
    TRY(module_add(module, "UnpicklingError", share(state.unpickling_error)));
    TRY(type_ready(&pickler_memo_type));
    TRY(type_ready(&unpickler_memo_type));
    TRY(module_add_type(module, &buffer_type));
    TRY(module_add_type(module, &pickler_type));
    return module_add_type(module, &unpickler_type);
}

}  // namespace

constinit Type unpickler_type = static_type({
    .name = "_pickle.Unpickler",
    .basic_size = sizeof(Unpickler),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Unpickler(file, *, fix_imports=True, encoding=\'ASCII\', errors=\'strict\', buffers=())\n--\n\nReads pickles from a file.",
    .dealloc = unpickler_dealloc,
    .traverse = unpickler_traverse,
    .clear = unpickler_clear,
    .methods = unpickler_methods,
    .getset = unpickler_getset,
    .init = Bound<unpickler_init, "Unpickler", "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())">::init,
    .new_ = generic_new,
});
constinit Type unpickler_memo_type = static_type({
    .name = "_pickle.UnpicklerMemoProxy",
    .basic_size = sizeof(MemoProxy),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&MemoProxy::unpickler>,
    .traverse = traverse_members<&MemoProxy::unpickler>,
    .clear = clear_members<&MemoProxy::unpickler>,
    .hash = hash_not_implemented,
    .methods = proxy_methods,
});

Fallible<void> unpickler_setup(Unpickler* self, Object* fix_imports, Object* encoding, Object* errors, Object* buffers) {
    self->fix_imports = !fix_imports || TRY(is_true(fix_imports));
    const struct {
        Object* value;
        const char* otherwise;
        char** place;
        const char* name;
    } texts[] = {{encoding, "ASCII", &self->encoding, "encoding"}, {errors, "strict", &self->errors, "errors"}};
    for (auto& text : texts) {
        if (text.value && !is_str(text.value))
            return raise(exc::TypeError, "argument '%s' must be str, not %T", text.name, text.value);
        const char* value = text.value ? TRY(str_utf8(as_str(text.value))).data() : text.otherwise;
        std::free(std::exchange(*text.place, strdup(value)));
        if (!*text.place) return raise_memory_error();
    }
    clear_slot(self->buffers);
    if (unless_none(buffers)) self->buffers = TRY(iter(buffers)).release();
    self->protocol = 0;
    self->line_capacity = 0;
    return prepare_memo(self);
}
Fallible<void> unpickler_set_file(Unpickler* self, Object* file) {
    replace_slot(self->peek, TRY(lookup_attr(file, "peek"_name)).release());
    replace_slot(self->readinto, TRY(lookup_attr(file, "readinto"_name)).release());
    replace_slot(self->read, TRY(lookup_attr(file, "read"_name)).release());
    replace_slot(self->readline, TRY(lookup_attr(file, "readline"_name)).release());
    if (self->read && self->readline) return {};
    clear_slot(self->read);
    return raise(exc::TypeError, "file must have 'read' and 'readline' attributes");
}
Fallible<void> unpickler_set_data(Unpickler* self, Object* data) {
    TRY(buffer_get(data, &self->input, kBufferSimple));
    return {};
}

}  // namespace py::pickle

namespace py {

extern const NativeModule pickle_module;
const NativeModule pickle_module = {"_pickle", "Optimized C implementation for the Python pickle module.", pickle::functions,
                                    pickle::execute};

}  // namespace py
