// _sqlite3.Connection: opening, transactions, limits, copies. Callbacks are in sqlite_callbacks.cpp.
#include <strings.h>

#include <climits>
#include <cmath>
#include <cstring>

#include "interp/modules/sqlite.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/audit.h"

namespace py::sqlite {

namespace {

// The isolation level's own text; null with an exception for others. Autocommit (None) is *level = null.
Fallible<void> read_isolation_level(Object* value, const char** level) {
    *level = nullptr;
    if (is_none(value)) return {};
    if (!is_str(value)) return raise(exc::TypeError, "isolation_level must be str or None");
    std::string_view text = TRY(str_c_string(as_str(value)));
    for (const char* known : {"", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"})
        if (strcasecmp(known, text.data()) == 0) *level = known;
    if (!*level) return raise(exc::ValueError, "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'");
    return {};
}
void close_database(Connection* self) {
    sqlite3* db = std::exchange(self->db, nullptr);
    if (!db) return;
    GilReleased released;
    sqlite3_close_v2(db);
}
Fallible<sqlite3*> open_database(const char* path, bool uri, double timeout) {
    sqlite3* db = nullptr;
    int code;
    {
        GilReleased released;
        code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | (uri ? SQLITE_OPEN_URI : 0), nullptr);
        if (code == SQLITE_OK) sqlite3_busy_timeout(db, int(timeout * 1000));
    }
    if (code == SQLITE_OK) return db;
    if (!db) return raise_memory_error();
    (void)raise_last(db);
    sqlite3_close_v2(db);
    return raised;
}
// Connection(database, timeout=5.0, detect_types=0, isolation_level="", check_same_thread=True, factory=…, cached_statements=128, uri=False)
Fallible<void> connection_init(Object* object, Object* const* a) {
    Connection* self = static_cast<Connection*>(object);
    double timeout = a[1] ? TRY(as_double(a[1])) : 5.0;
    int detect_types = a[2] ? TRY(as_c_int(a[2])) : 0;
    const char* isolation_level = "";
    if (a[3]) TRY(read_isolation_level(a[3], &isolation_level));
    bool check_same_thread = !a[4] || TRY(is_true(a[4]));
    int cached_statements = a[6] ? TRY(as_c_int(a[6])) : 128;
    bool uri = a[7] && TRY(is_true(a[7]));
    TRY(audit("sqlite3.connect", "O", a[0]));
    Ref<Bytes> path = TRY(path_to_bytes(a[0]));
    self->initialized = false;
    clear_slot(self->statements);
    close_database(self);
    self->db = TRY(open_database(path->data, uri, timeout));
    self->detect_types = detect_types;
    self->isolation_level = isolation_level;
    self->check_same_thread = check_same_thread;
    self->cached_statements = cached_statements;
    self->thread = Thread::current()->thread_id;
    replace_slot(self->statements, TRY(dict_new()).release());
    replace_slot(self->row_factory, new_reference(none()));
    replace_slot(self->text_factory, new_reference(static_cast<Object*>(&str_type)));
    self->initialized = true;
    return audit("sqlite3.connect/handle", "O", object);
}
int connection_traverse(Object* object, Visit visit, void* arg) {
    return traverse_members<&Connection::statements, &Connection::row_factory, &Connection::text_factory, &Connection::trace,
                            &Connection::progress, &Connection::authorizer>(object, visit, arg);
}
int connection_clear(Object* object) {
    clear_slot(as_connection(object)->statements);
    close_database(as_connection(object));
    return clear_members<&Connection::row_factory, &Connection::text_factory, &Connection::trace, &Connection::progress,
                         &Connection::authorizer>(object);
}
void connection_dealloc(Object* object) {
    gc_untrack(object);
    connection_clear(object);
    object_memory_free(object);
}
Fallible<void> check_thread(Connection* self) {
    if (!self->initialized) return raise(type_of(state.programming_error), "Base Connection.__init__ not called.");
    unsigned long here = Thread::current()->thread_id;
    if (self->check_same_thread && here != self->thread)
        return raise(type_of(state.programming_error),
                     "SQLite objects created in a thread can only be used in that same thread. The object was created in thread id %lu "
                     "and this is thread id %lu.",
                     self->thread, here);
    return {};
}

// Connection.cursor(factory=Cursor)
Fallible<Ref<>> connection_cursor(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    Ref<> cursor = TRY(call(a[0] ? a[0] : static_cast<Object*>(&cursor_type), object));
    if (!is_instance_of(cursor.get(), cursor_type)) return raise(exc::TypeError, "factory must return a cursor, not %T", cursor.get());
    if (!is_none(self->row_factory)) replace_slot(as_cursor(cursor.get())->row_factory, new_reference(self->row_factory));
    return cursor;
}
// Connection.close()
Fallible<Ref<>> connection_close(Object* object) {
    Connection* self = as_connection(object);
    TRY(check_thread(self));
    dict_clear(self->statements);
    close_database(self);
    return share(none());
}
Fallible<Ref<>> end_transaction(Object* object, const char* sql) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    if (!sqlite3_get_autocommit(self->db)) TRY(run_sql(self, sql));
    return share(none());
}
// Connection.commit()
Fallible<Ref<>> connection_commit(Object* self) {
    return end_transaction(self, "COMMIT");
}
// Connection.rollback()
Fallible<Ref<>> connection_rollback(Object* self) {
    return end_transaction(self, "ROLLBACK");
}
// Connection.__enter__()
Fallible<Ref<>> connection_enter(Object* self) {
    TRY(check_connection(as_connection(self)));
    return share(self);
}
// Connection.__exit__(type, value, traceback, /)
Fallible<Ref<>> connection_exit(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("__exit__", count, 3, 3));
    bool commit = is_none(args[0]) && is_none(args[1]) && is_none(args[2]);
    auto done = commit ? connection_commit(self) : connection_rollback(self);
    if (!done.ok()) {
        if (!commit) return raised;
        // What could not be committed is not left hanging.
        PendingError error = fetch_error();
        if (!connection_rollback(self).ok()) clear_error();
        restore_error(std::move(error));
        return raised;
    }
    return bool_from(false);
}
template <auto Method>
Fallible<Ref<>> through_cursor(Object* self, Object* const* args, ssize_t count) {
    Object* none_given[] = {nullptr};
    Ref<> cursor = TRY(connection_cursor(self, none_given));
    TRY(Method(cursor.get(), args, count));
    return cursor;
}
// Connection.executescript(sql_script, /)
Fallible<Ref<>> connection_executescript(Object* self, Object* script) {
    Object* none_given[] = {nullptr};
    Ref<> cursor = TRY(connection_cursor(self, none_given));
    return cursor_executescript(cursor.get(), script);
}
// Connection.interrupt()
Fallible<Ref<>> connection_interrupt(Object* self) {
    TRY(as_connection(self)->db ? Fallible<void>() : check_connection(as_connection(self)));
    sqlite3_interrupt(as_connection(self)->db);
    return share(none());
}
// Connection.iterdump()
Fallible<Ref<>> connection_iterdump(Object* self) {
    TRY(check_connection(as_connection(self)));
    Ref<Tuple> names = TRY(tuple_pack(static_cast<Object*>("_iterdump"_name)));
    Ref<> importer = TRY(builtin_attr("__import__"));
    Ref<Str> module_name = TRY(str_from_ascii("sqlite3.dump"));
    Ref<> module = TRY(call(importer.get(), static_cast<Object*>(module_name.get()), none(), none(), static_cast<Object*>(names.get())));
    return call_method(module.get(), "_iterdump"_name, self);
}
// Connection.getlimit(category, /)
Fallible<Ref<>> limit(Object* self, int category, int value) {
    TRY(check_connection(as_connection(self)));
    int old = sqlite3_limit(as_connection(self)->db, category, value);
    if (old < 0) return raise(type_of(state.programming_error), "'category' is out of bounds");
    return int_from(old);
}
Fallible<Ref<>> connection_getlimit(Object* self, Object* category) {
    return limit(self, TRY(as_c_int(category)), -1);
}
// Connection.setlimit(category, limit, /)
Fallible<Ref<>> connection_setlimit(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("setlimit", count, 2, 2));
    int category = TRY(as_c_int(args[0]));
    return limit(self, category, TRY(as_c_int(args[1])));
}
Fallible<std::string_view> schema_name(Object* given) {
    if (!given) return std::string_view("main");
    if (!is_str(given)) return raise(exc::TypeError, "argument 'name' must be str, not %T", given);
    return str_utf8(as_str(given));
}
// Connection.serialize(*, name='main')
Fallible<Ref<>> connection_serialize(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    std::string_view name = TRY(schema_name(a[0]));
    sqlite3_int64 size = 0;
    unsigned char* data = sqlite3_serialize(self->db, name.data(), &size, 0);
    if (!data) return raise(type_of(state.operational_error), "unable to serialize '%s'", name.data());
    auto bytes = bytes_from({reinterpret_cast<char*>(data), size_t(size)});
    sqlite3_free(data);
    return bytes;
}
// Connection.deserialize(data, /, *, name='main')
Fallible<Ref<>> connection_deserialize(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    BufferView view;
    Ref<Bytes> encoded;
    std::string_view content;
    if (is_str(a[0])) {
        content = TRY(str_utf8(as_str(a[0])));
    } else {
        TRY(view.open(a[0]));
        content = view.view();
    }
    std::string_view name = TRY(schema_name(a[1]));
    auto copy = static_cast<unsigned char*>(sqlite3_malloc64(content.size() + 1));
    if (!copy) return raise_memory_error();
    std::memcpy(copy, content.data(), content.size());
    int code = sqlite3_deserialize(self->db, name.data(), copy, sqlite3_int64(content.size()), sqlite3_int64(content.size()),
                                   SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
    if (code != SQLITE_OK) return raise_last(self->db);
    return share(none());
}
Fallible<void> report_progress(Object* progress, sqlite3_backup* backup, int code) {
    if (!progress) return {};
    Ref<Int> status = TRY(int_from(code)), left = TRY(int_from(sqlite3_backup_remaining(backup))),
             all = TRY(int_from(sqlite3_backup_pagecount(backup)));
    TRY(call(progress, status.get(), left.get(), all.get()));
    return {};
}
// Connection.backup(target, *, pages=-1, progress=None, name='main', sleep=0.25)
Fallible<Ref<>> connection_backup(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    if (!is_instance_of(a[0], connection_type))
        return raise(exc::TypeError, "backup() argument 'target' must be sqlite3.Connection, not %N", a[0]);
    int pages = a[1] ? TRY(as_c_int(a[1])) : -1;
    Object* progress = unless_none(a[2]);
    std::string_view name = TRY(schema_name(a[3]));
    double sleep = a[4] ? TRY(as_double(a[4])) : 0.25;
    if (sleep < 0) return raise(exc::ValueError, "sleep must be greater-than or equal to zero");
    TRY(check_connection(self));
    TRY(check_connection(as_connection(a[0])));
    if (a[0] == object) return raise(exc::ValueError, "target cannot be the same connection instance");
    if (progress && !is_callable(progress)) return raise(exc::TypeError, "progress argument must be a callable");
    sqlite3* target = as_connection(a[0])->db;
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", self->db, name.data());
    if (!backup) return raise_last(target);
    int code;
    bool told = true;
    do {
        {
            GilReleased released;
            code = sqlite3_backup_step(backup, pages ? pages : -1);
            if (code == SQLITE_BUSY || code == SQLITE_LOCKED) sqlite3_sleep(int(sleep * 1000));
        }
        told = report_progress(progress, backup, code).ok();
    } while (told && (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED));
    code = sqlite3_backup_finish(backup);
    if (!told) return raised;
    if (code != SQLITE_OK) return raise_last(target);
    return share(none());
}
// Connection(sql): a prepared statement
Fallible<Ref<>> connection_call(Object* self, Object* const* a) {
    TRY(check_connection(as_connection(self)));
    if (!is_str(a[0])) return raise(exc::TypeError, "argument 1 must be str, not %T", a[0]);
    return prepare(as_connection(self), as_str(a[0]));
}

Fallible<Ref<>> get_isolation_level(Object* object) {
    TRY(check_connection(as_connection(object)));
    const char* level = as_connection(object)->isolation_level;
    return level ? Fallible<Ref<>>(str_from_ascii(level)) : Fallible<Ref<>>(share(none()));
}
Fallible<void> set_isolation_level(Object* object, Object* value) {
    TRY(refuse_deletion(value));
    const char* level;
    TRY(read_isolation_level(value, &level));
    as_connection(object)->isolation_level = level;
    if (!level) TRY(connection_commit(object));
    return {};
}
Fallible<Ref<>> get_total_changes(Object* self) {
    TRY(check_connection(as_connection(self)));
    return int_from(sqlite3_total_changes(as_connection(self)->db));
}
Fallible<Ref<>> get_in_transaction(Object* self) {
    TRY(check_connection(as_connection(self)));
    return bool_from(!sqlite3_get_autocommit(as_connection(self)->db));
}
template <auto Member>
Fallible<Ref<>> get_exception(Object*) {
    return share(state.*Member);
}

MethodDef connection_methods[] = {
    METHOD("backup", connection_backup, "($self, /, target, *, pages=-1, progress=None, name=\'main\',\n       sleep=0.25)",
           "Copies the database to another connection."),
    METHOD_NOARGS("close", connection_close, "($self, /)", "Closes the connection."),
    METHOD_NOARGS("commit", connection_commit, "($self, /)", "Commits the open transaction."),
    METHOD("create_aggregate", create_aggregate, "($self, /, name, n_arg, aggregate_class)", "Makes a class an aggregate of SQL."),
    METHOD_UNPACKED("create_collation", create_collation, "($self, name, callback, /)", "Makes a function an order of SQL."),
    METHOD("create_function", create_function, "($self, /, name, narg, func, *, deterministic=False)", "Makes a function one of SQL."),
    METHOD("cursor", connection_cursor, "($self, /, factory=<unrepresentable>)", "A cursor."),
    METHOD_NOARGS("__enter__", connection_enter, "($self, /)", "The connection."),
    METHOD_FAST("executemany", through_cursor<cursor_executemany>, "($self, sql, parameters, /)", "Runs a statement for each set of parameters."),
    METHOD_O("executescript", connection_executescript, "($self, sql_script, /)", "Runs several statements."),
    METHOD_FAST("execute", through_cursor<cursor_execute>, "($self, sql, parameters=<unrepresentable>, /)", "Runs a statement."),
    METHOD_FAST("__exit__", connection_exit, "($self, type, value, traceback, /)", "Commits, or rolls back after an exception."),
    METHOD_NOARGS("interrupt", connection_interrupt, "($self, /)", "Stops what runs on the connection."),
    METHOD_NOARGS("iterdump", connection_iterdump, "($self, /)", "The database as SQL statements."),
    METHOD_NOARGS("rollback", connection_rollback, "($self, /)", "Undoes the open transaction."),
    METHOD("set_authorizer", set_authorizer, "($self, /, authorizer_callback)", "Sets what is asked before data is touched."),
    METHOD("set_progress_handler", set_progress_handler, "($self, /, progress_handler, n)", "Sets what is called every n instructions."),
    METHOD("set_trace_callback", set_trace_callback, "($self, /, trace_callback)", "Sets what is called with every statement."),
    METHOD_FAST("setlimit", connection_setlimit, "($self, category, limit, /)", "Sets a limit; what it was."),
    METHOD_O("getlimit", connection_getlimit, "($self, category, /)", "A limit."),
    METHOD("serialize", connection_serialize, "($self, /, *, name=\'main\')", "The database as bytes."),
    METHOD("deserialize", connection_deserialize, "($self, data, /, *, name=\'main\')", "Loads a database from bytes."),
    END_ROW,
};
MemberDef connection_members[] = {
    {"row_factory", kObjectOrNone, offsetof(Connection, row_factory), 0, nullptr},
    {"text_factory", kObjectOrNone, offsetof(Connection, text_factory), 0, nullptr},
    END_ROW,
};
GetSetDef connection_getset[] = {
    GETTER_SETTER("isolation_level", get_isolation_level, set_isolation_level, nullptr),
    GETTER("total_changes", get_total_changes, nullptr),
    GETTER("in_transaction", get_in_transaction, nullptr),
    GETTER("Warning", get_exception<&State::warning>, nullptr),
    GETTER("Error", get_exception<&State::error>, nullptr),
    GETTER("InterfaceError", get_exception<&State::interface_error>, nullptr),
    GETTER("DatabaseError", get_exception<&State::database_error>, nullptr),
    GETTER("DataError", get_exception<&State::data_error>, nullptr),
    GETTER("OperationalError", get_exception<&State::operational_error>, nullptr),
    GETTER("IntegrityError", get_exception<&State::integrity_error>, nullptr),
    GETTER("InternalError", get_exception<&State::internal_error>, nullptr),
    GETTER("ProgrammingError", get_exception<&State::programming_error>, nullptr),
    GETTER("NotSupportedError", get_exception<&State::not_supported_error>, nullptr),
    END_ROW,
};

}  // namespace

constinit Type connection_type = static_type({
    .name = "sqlite3.Connection",
    .basic_size = sizeof(Connection),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "SQLite database connection object.",
    .dealloc = connection_dealloc,
    .traverse = connection_traverse,
    .clear = connection_clear,
    .call = Bound<connection_call, "Connection", "(sql, /)">::call,
    .methods = connection_methods,
    .members = connection_members,
    .getset = connection_getset,
    .init = Bound<connection_init, "Connection",
                  "(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, "
                  "cached_statements=128, uri=False)">::init,
    .new_ = generic_new,
});

Fallible<void> check_connection(Connection* self) {
    TRY(check_thread(self));
    if (!self->db) return raise(type_of(state.programming_error), "Cannot operate on a closed database.");
    return {};
}

}  // namespace py::sqlite
