// _sqlite3: the module: connect(), adapters and converters, exceptions, constants.
#include "interp/modules/sqlite.h"

namespace py::sqlite {

State state;

namespace {

constexpr struct {
    const char* name;
    int code;
} kResults[] = {
#define RESULT(name) {#name, name},
#define CONSTANT(name)
#include "interp/modules/sqlite_constants.def"
#undef RESULT
#undef CONSTANT
};

Object* exception_for(int code) {
    switch (code & 0xff) {
        case SQLITE_INTERNAL:
        case SQLITE_NOTFOUND: return state.internal_error;
        case SQLITE_ERROR:
        case SQLITE_PERM:
        case SQLITE_ABORT:
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_READONLY:
        case SQLITE_INTERRUPT:
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
        case SQLITE_PROTOCOL:
        case SQLITE_EMPTY:
        case SQLITE_SCHEMA: return state.operational_error;
        case SQLITE_TOOBIG: return state.data_error;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH: return state.integrity_error;
        case SQLITE_MISUSE:
        case SQLITE_RANGE: return state.interface_error;
        default: return state.database_error;
    }
}
Fallible<Ref<>> make_exception(int code, const char* message) {
    Ref<Str> text = TRY(bytes_decode(message, "utf-8", "replace"));
    Ref<> exception = TRY(call(exception_for(code), text.get()));
    const char* name = "unknown";
    for (auto& each : kResults)
        if (each.code == code) name = each.name;
    Ref<Str> name_object = TRY(str_from_ascii(name));
    Ref<Int> number = TRY(int_from(code));
    TRY(set_attr(exception.get(), "sqlite_errorcode"_name, number.get()));
    TRY(set_attr(exception.get(), "sqlite_errorname"_name, name_object.get()));
    return exception;
}

// PrepareProtocol()
Fallible<void> protocol_init(Object*, Object* const*) {
    return {};
}
void protocol_dealloc(Object* self) {
    object_memory_free(self);
}
// _sqlite3.connect(database, …): what factory makes of the same arguments
Object* connect(Object*, Object* const* args, ssize_t count, Object* names) {
    Object* factory = count > 5 ? args[5] : &connection_type;
    for (ssize_t i = 0; names && i < as_tuple(names)->size; ++i)
        if (str_equals(as_str(as_tuple(names)->items[i]), "factory")) factory = args[count + i];
    return vectorcall(factory, args, size_t(count), names).release();
}
// _sqlite3.adapt(obj, proto=PrepareProtocol, alt=<unrepresentable>, /)
Fallible<Ref<>> adapt_function(Object*, Object* const* args, ssize_t count) {
    TRY(check_positional("adapt", count, 1, 3));
    return adapt(args[0], count > 1 ? args[1] : static_cast<Object*>(&protocol_type), count > 2 ? args[2] : nullptr);
}
// _sqlite3.register_adapter(type, adapter, /)
Fallible<Ref<>> register_adapter(Object*, Object* const* args, ssize_t count) {
    TRY(check_positional("register_adapter", count, 2, 2));
    if (args[0] == &int_type || args[0] == &float_type || args[0] == &str_type || args[0] == &bytearray_type) state.base_types_adapted = true;
    Ref<Tuple> key = TRY(tuple_pack(args[0], static_cast<Object*>(&protocol_type)));
    TRY(dict_set(state.adapters, key.get(), args[1]));
    return share(none());
}
// _sqlite3.register_converter(typename, converter, /)
Fallible<Ref<>> register_converter(Object*, Object* const* args, ssize_t count) {
    TRY(check_positional("register_converter", count, 2, 2));
    if (!is_str(args[0])) return raise(exc::TypeError, "register_converter() argument 1 must be str, not %N", args[0]);
    Ref<> name = TRY(call_method(args[0], "upper"_name));
    TRY(dict_set(state.converters, name.get(), args[1]));
    return share(none());
}
// _sqlite3.complete_statement(statement)
Fallible<Ref<>> complete_statement(Object*, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "complete_statement() argument 'statement' must be str, not %N", a[0]);
    return bool_from(sqlite3_complete(TRY(str_utf8(as_str(a[0]))).data()));
}
// _sqlite3.enable_callback_tracebacks(enable, /)
Fallible<Ref<>> enable_callback_tracebacks(Object*, Object* enable) {
    state.callback_tracebacks = TRY(as_c_int(enable)) != 0;
    return share(none());
}
// _sqlite3.enable_shared_cache(do_enable)
Fallible<Ref<>> enable_shared_cache(Object*, Object* const* a) {
    if (sqlite3_enable_shared_cache(TRY(as_c_int(a[0]))) != SQLITE_OK)
        return raise(type_of(state.operational_error), "Changing the shared_cache flag failed");
    return share(none());
}
MethodDef functions[] = {
    {"connect", (CFunction)(void*)connect, kFastcall | kKeywords,
     METHOD_DOC("connect",
                "($module, /, database, timeout=5.0, detect_types=0,\n        isolation_level=\'\', check_same_thread=True,\n        "
                "factory=ConnectionType, cached_statements=128, uri=False)",
                "Opens a database.")},
    METHOD_FAST("adapt", adapt_function, "($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)",
                "What SQLite stores of an object."),
    METHOD_FAST("register_adapter", register_adapter, "($module, type, adapter, /)", "Sets what makes values for SQLite of a type."),
    METHOD_FAST("register_converter", register_converter, "($module, typename, converter, /)", "Sets what makes values of a column type."),
    METHOD("complete_statement", complete_statement, "($module, /, statement)", "Does the text end a statement?"),
    METHOD_O("enable_callback_tracebacks", enable_callback_tracebacks, "($module, enable, /)", "Shows errors in callbacks, or not."),
    METHOD("enable_shared_cache", enable_shared_cache, "($module, /, do_enable)", "Shares the cache between connections, or not."),
    END_ROW,
};

Fallible<void> add_exception(Module* module, const char* name, Object* base, Object** place) {
    char qualified[48];
    std::snprintf(qualified, sizeof qualified, "sqlite3.%s", name);
    if (!*place) *place = TRY(exception_type_new(qualified, base, nullptr)).release();
    return module_add(module, name, share(*place));
}
Fallible<void> add_exceptions(Module* module) {
    TRY(add_exception(module, "Warning", exc::Exception, &state.warning));
    TRY(add_exception(module, "Error", exc::Exception, &state.error));
    TRY(add_exception(module, "InterfaceError", state.error, &state.interface_error));
    TRY(add_exception(module, "DatabaseError", state.error, &state.database_error));
    TRY(add_exception(module, "DataError", state.database_error, &state.data_error));
    TRY(add_exception(module, "OperationalError", state.database_error, &state.operational_error));
    TRY(add_exception(module, "IntegrityError", state.database_error, &state.integrity_error));
    TRY(add_exception(module, "InternalError", state.database_error, &state.internal_error));
    TRY(add_exception(module, "ProgrammingError", state.database_error, &state.programming_error));
    return add_exception(module, "NotSupportedError", state.database_error, &state.not_supported_error);
}
Fallible<void> execute(Module* module) {
    if (sqlite3_initialize() != SQLITE_OK) return raise(exc::ImportError, "unable to initialize SQLite");
    TRY(add_exceptions(module));
    if (!state.adapters) {
        state.adapters = TRY(dict_new()).release();
        state.converters = TRY(dict_new()).release();
    }
    TRY(type_ready(&statement_type));
    for (Type* type : {&connection_type, &cursor_type, &row_type, &protocol_type}) TRY(module_add_type(module, type));
    TRY(module_add(module, "adapters", share(static_cast<Object*>(state.adapters))));
    TRY(module_add(module, "converters", share(static_cast<Object*>(state.converters))));
    for (auto& each : kResults) TRY(module_add_int(module, each.name, each.code));
#define RESULT(name)
#define CONSTANT(name) TRY(module_add_int(module, #name, name));
#include "interp/modules/sqlite_constants.def"
#undef RESULT
#undef CONSTANT
    TRY(module_add_int(module, "PARSE_DECLTYPES", kDeclTypes));
    TRY(module_add_int(module, "PARSE_COLNAMES", kColNames));
    TRY(module_add_int(module, "threadsafety", sqlite3_threadsafe() == 0 ? 0 : sqlite3_threadsafe() == 1 ? 3 : 1));
    TRY(module_add_str(module, "version", "2.6.0"));
    return module_add_str(module, "sqlite_version", sqlite3_libversion());
}

}  // namespace

constinit Type protocol_type = static_type({
    .name = "sqlite3.PrepareProtocol",
    .basic_size = sizeof(Object),
    .flags = type_flag::kBase,
    .doc = "What objects are adapted to for SQLite.",
    .dealloc = protocol_dealloc,
    .init = Bound<protocol_init, "PrepareProtocol", "()">::init,
    .new_ = generic_new,
});

Raised raise_code(int code, const char* message) {
    if ((code & 0xff) == SQLITE_NOMEM) return raise_memory_error();
    auto exception = make_exception(code, message);
    if (!exception.ok()) return raised;
    Ref<> instance = exception.take();
    return raise_instance(instance.get());
}
Raised raise_last(sqlite3* db) {
    return raise_code(sqlite3_extended_errcode(db), sqlite3_errmsg(db));
}
Fallible<Ref<>> adapt(Object* object, Object* protocol, Object* otherwise) {
    Ref<Tuple> key = TRY(tuple_pack(static_cast<Object*>(object->type), protocol));
    Ref<> adapter = TRY(dict_get(state.adapters, key.get()));
    if (adapter) return call(adapter.get(), object);
    const struct {
        Object* asked;
        Str* method;
        Object* argument;
    } ways[] = {{protocol, "__adapt__"_name, object}, {object, "__conform__"_name, protocol}};
    for (auto& way : ways) {
        Ref<> method = TRY(lookup_attr(way.asked, way.method));
        if (!method) continue;
        auto adapted = call(method.get(), way.argument);
        if (!adapted.ok()) {
            if (!clear_error_if(exc::TypeError)) return raised;
            continue;
        }
        Ref<> result = adapted.take();
        if (!is_none(result.get())) return result;
    }
    if (otherwise) return share(otherwise);
    return raise(type_of(state.programming_error), "can't adapt");
}

}  // namespace py::sqlite

namespace py {

extern const NativeModule sqlite_module;
const NativeModule sqlite_module = {"_sqlite3", nullptr, sqlite::functions, sqlite::execute};

}  // namespace py
