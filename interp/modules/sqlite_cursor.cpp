// _sqlite3.Cursor and Row.
#include <cstring>

#include "interp/modules/sqlite.h"

namespace py::sqlite {

namespace {

Fallible<void> check_cursor(Cursor* self) {
    if (!self->connection) return raise(type_of(state.programming_error), "Base Cursor.__init__ not called.");
    if (self->closed) return raise(type_of(state.programming_error), "Cannot operate on a closed cursor.");
    if (self->locked) return raise(type_of(state.programming_error), "Recursive use of cursors not allowed.");
    return check_connection(self->connection);
}
void finish(Cursor* self) {
    if (Statement* statement = std::exchange(self->statement, nullptr)) {
        reset(statement);
        decref(statement);
    }
    self->row_ready = false;
}

// Cursor(connection, /)
Fallible<void> cursor_init(Object* object, Object* const* a) {
    Cursor* self = as_cursor(object);
    if (!is_instance_of(a[0], connection_type))
        return raise(exc::TypeError, "Cursor() argument 1 must be sqlite3.Connection, not %N", a[0]);
    finish(self);
    replace_slot(self->connection, new_reference(as_connection(a[0])));
    replace_slot(self->description, new_reference(none()));
    replace_slot(self->row_factory, new_reference(none()));
    replace_slot(self->lastrowid, new_reference(none()));
    clear_slot(self->converters);
    self->arraysize = 1;
    self->rowcount = -1;
    self->closed = false;
    return check_connection(self->connection);
}
int cursor_traverse(Object* object, Visit visit, void* arg) {
    return traverse_members<&Cursor::connection, &Cursor::description, &Cursor::row_factory, &Cursor::lastrowid, &Cursor::converters>(
        object, visit, arg);
}
int cursor_clear(Object* object) {
    finish(as_cursor(object));
    return clear_members<&Cursor::connection, &Cursor::description, &Cursor::row_factory, &Cursor::lastrowid, &Cursor::converters>(object);
}
void cursor_dealloc(Object* object) {
    gc_untrack(object);
    cursor_clear(object);
    object_memory_free(object);
}

// The converter for a column's declared type or the type in its name; None when there is none.
Fallible<Ref<>> converter_named(std::string_view name) {
    Ref<Str> text = TRY(str_from_utf8(name));
    Ref<> key = TRY(call_method(text.get(), "upper"_name));
    Ref<> found = TRY(dict_get(state.converters, key.get()));
    return found ? std::move(found) : share(none());
}
Fallible<Ref<>> converter_of(Connection* connection, sqlite3_stmt* statement, int column) {
    Ref<> found = share(none());
    if (connection->detect_types & kColNames) {
        std::string_view name = sqlite3_column_name(statement, column);
        size_t start = name.find('['), end = name.find(']', start == std::string_view::npos ? 0 : start);
        if (start != std::string_view::npos && end != std::string_view::npos) found = TRY(converter_named(name.substr(start + 1, end - start - 1)));
    }
    const char* declared = sqlite3_column_decltype(statement, column);
    if (is_none(found.get()) && (connection->detect_types & kDeclTypes) && declared) {
        std::string_view type = declared;
        found = TRY(converter_named(type.substr(0, type.find_first_of(" ("))));
    }
    return found;
}
Fallible<void> find_converters(Cursor* self) {
    clear_slot(self->converters);
    if (!self->connection->detect_types) return {};
    int count = sqlite3_column_count(self->statement->statement);
    Ref<Tuple> converters = TRY(tuple_new(count));
    for (int i = 0; i < count; ++i) converters->items[i] = TRY(converter_of(self->connection, self->statement->statement, i)).release();
    self->converters = converters.release();
    return {};
}
// Seven fields a column, of which only the name says something.
Fallible<void> describe(Cursor* self) {
    int count = sqlite3_column_count(self->statement->statement);
    if (count == 0) {
        replace_slot(self->description, new_reference(none()));
        return {};
    }
    Ref<Tuple> description = TRY(tuple_new(count));
    for (int i = 0; i < count; ++i) {
        const char* text = sqlite3_column_name(self->statement->statement, i);
        if (!text) return raise_memory_error();
        std::string_view name = text;
        if (self->connection->detect_types & kColNames) {
            size_t bracket = name.find('[');
            if (bracket != std::string_view::npos && bracket > 0) name = name.substr(0, name[bracket - 1] == ' ' ? bracket - 1 : bracket);
        }
        Ref<Tuple> column = TRY(tuple_new(7));
        column->items[0] = TRY(str_from_utf8(name)).release();
        for (int k = 1; k < 7; ++k) column->items[k] = new_reference(none());
        description->items[i] = column.release();
    }
    replace_slot(self->description, static_cast<Object*>(description.release()));
    return {};
}
Fallible<Ref<>> fetch_row(Cursor* self) {
    sqlite3_stmt* statement = self->statement->statement;
    int count = sqlite3_data_count(statement);
    Ref<Tuple> row = TRY(tuple_new(count));
    for (int i = 0; i < count; ++i)
        row->items[i] = TRY(column_value(self->connection, statement, i, self->converters ? self->converters->items[i] : nullptr)).release();
    return row;
}
// One run of the statement: true when a row is there.
Fallible<bool> step_once(Cursor* self) {
    int code = step(self->statement);
    if (error_occurred() && code != SQLITE_ROW && code != SQLITE_DONE) {
        // What a callback raised is shown only as SQLite words it.
        clear_error();
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE) return raise_last(self->connection->db);
    return code == SQLITE_ROW;
}
Fallible<void> run_once(Cursor* self, Object* parameters, bool many) {
    Statement* statement = self->statement;
    Connection* connection = self->connection;
    TRY(bind_parameters(connection, statement, parameters));
    bool row = TRY(step_once(self));
    if (!many) {
        TRY(find_converters(self));
        TRY(describe(self));
    }
    if (statement->is_dml) self->rowcount += sqlite3_changes(connection->db);
    self->row_ready = row;
    if (row && many) return raise(type_of(state.programming_error), "executemany() can only execute DML statements.");
    return {};
}
Fallible<void> execute_statement(Cursor* self, Str* sql, bool many, Object* parameters) {
    Connection* connection = self->connection;
    finish(self);
    self->rowcount = -1;
    replace_slot(self->description, new_reference(none()));
    Ref<> sets = TRY(many ? iter(parameters) : Fallible<Ref<>>(share(parameters)));
    Ref<Statement> statement = TRY(prepare(connection, sql));
    if (!statement->statement) {
        TRY(bind_parameters(connection, statement.get(), many ? tuple_empty().get() : parameters));
        return {};
    }
    if (many && sqlite3_stmt_readonly(statement->statement)) return raise(type_of(state.programming_error), "executemany() can only execute DML statements.");
    sqlite3_reset(statement->statement);
    sqlite3_clear_bindings(statement->statement);
    statement->in_use = true;
    self->statement = statement.release();
    self->rowcount = self->statement->is_dml ? 0 : -1;
    if (connection->isolation_level && self->statement->is_dml && sqlite3_get_autocommit(connection->db)) TRY(begin_transaction(connection));
    if (!many) {
        TRY(run_once(self, parameters, false));
        Ref<Int> last = TRY(int_from(sqlite3_last_insert_rowid(connection->db)));
        replace_slot(self->lastrowid, static_cast<Object*>(last.release()));
        if (!self->row_ready) finish(self);
        return {};
    }
    while (Ref<> set = TRY(next(sets.get()))) {
        TRY(run_once(self, set.get(), true));
        sqlite3_reset(self->statement->statement);
    }
    finish(self);
    return {};
}
Fallible<Ref<>> execute(Object* object, Object* sql, bool many, Object* parameters) {
    Cursor* self = as_cursor(object);
    TRY(check_cursor(self));
    if (!is_str(sql)) return raise(exc::TypeError, "%s() argument 1 must be str, not %N", many ? "executemany" : "execute", sql);
    self->locked = true;
    Fallible<void> done = execute_statement(self, as_str(sql), many, parameters);
    self->locked = false;
    if (!done.ok()) {
        self->rowcount = -1;
        finish(self);
        return raised;
    }
    return share(object);
}

Lookup<> next_row(Cursor* self) {
    TRY(check_cursor(self));
    if (!self->statement || !self->row_ready) return nullptr;
    self->locked = true;
    auto fetched = fetch_row(self);
    self->locked = false;
    if (!fetched.ok()) {
        finish(self);
        return raised;
    }
    Ref<> row = fetched.take();
    auto stepped = step_once(self);
    if (!stepped.ok()) {
        finish(self);
        return raised;
    }
    self->row_ready = stepped.take();
    if (!self->row_ready) finish(self);
    if (is_none(self->row_factory)) return row;
    return Ref<>(TRY(call(self->row_factory, static_cast<Object*>(self), row.get())));
}
Object* cursor_next(Object* self) {
    Lookup<> row = next_row(as_cursor(self));
    if (!row.ok()) return nullptr;
    return row.take().release();
}
// Cursor.fetchone()
Fallible<Ref<>> cursor_fetchone(Object* self) {
    Ref<> row = TRY(next_row(as_cursor(self)));
    return row ? std::move(row) : share(none());
}
Fallible<Ref<>> fetch(Object* self, int64_t most) {
    TRY(check_cursor(as_cursor(self)));
    Ref<List> rows = TRY(list_new(0));
    while (most-- != 0) {
        Ref<> row = TRY(next_row(as_cursor(self)));
        if (!row) break;
        TRY(list_append_steal(rows.get(), std::move(row)));
    }
    return rows;
}
// Cursor.fetchmany(size=cursor.arraysize)
Fallible<Ref<>> cursor_fetchmany(Object* self, Object* const* a) {
    return fetch(self, a[0] ? TRY(as_c_int(a[0])) : as_cursor(self)->arraysize);
}
// Cursor.fetchall()
Fallible<Ref<>> cursor_fetchall(Object* self) {
    return fetch(self, -1);
}
// Cursor.setinputsizes(sizes, /)
Fallible<Ref<>> cursor_setinputsizes(Object*, Object*) {
    return share(none());
}
// Cursor.setoutputsize(size, column=None, /)
Fallible<Ref<>> cursor_setoutputsize(Object*, Object* const*) {
    return share(none());
}
// Cursor.close()
Fallible<Ref<>> cursor_close(Object* object) {
    Cursor* self = as_cursor(object);
    if (self->locked) return raise(type_of(state.programming_error), "Recursive use of cursors not allowed.");
    if (!self->connection) return raise(type_of(state.programming_error), "Base Cursor.__init__ not called.");
    TRY(check_connection(self->connection));
    finish(self);
    self->closed = true;
    return share(none());
}
Fallible<void> run_script(Connection* connection, const char* sql) {
    if (!sqlite3_get_autocommit(connection->db)) TRY(run_sql(connection, "COMMIT"));
    while (*sql) {
        sqlite3_stmt* statement = nullptr;
        int code;
        {
            GilReleased released;
            code = sqlite3_prepare_v2(connection->db, sql, -1, &statement, &sql);
            if (code == SQLITE_OK) {
                do code = sqlite3_step(statement);
                while (code == SQLITE_ROW);
                code = sqlite3_finalize(statement);
            }
        }
        if (error_occurred()) return raised;
        if (code != SQLITE_OK) return raise_last(connection->db);
    }
    return {};
}

MethodDef cursor_methods[] = {
    METHOD_NOARGS("close", cursor_close, "($self, /)", "Closes the cursor."),
    METHOD_FAST("executemany", cursor_executemany, "($self, sql, seq_of_parameters, /)", "Runs a statement for each set of parameters."),
    METHOD_O("executescript", cursor_executescript, "($self, sql_script, /)", "Runs several statements."),
    METHOD_FAST("execute", cursor_execute, "($self, sql, parameters=(), /)", "Runs a statement."),
    METHOD_NOARGS("fetchall", cursor_fetchall, "($self, /)", "The rows that are left."),
    METHOD("fetchmany", cursor_fetchmany, "($self, /, size=1)", "Some of the rows that are left."),
    METHOD_NOARGS("fetchone", cursor_fetchone, "($self, /)", "The next row, or None."),
    METHOD_O("setinputsizes", cursor_setinputsizes, "($self, sizes, /)", "Of DB-API; does nothing."),
    METHOD("setoutputsize", cursor_setoutputsize, "($self, size, column=None, /)", "Of DB-API; does nothing."),
    END_ROW,
};
MemberDef cursor_members[] = {
    {"connection", kObject, offsetof(Cursor, connection), kReadOnly, nullptr},
    {"description", kObjectOrNone, offsetof(Cursor, description), kReadOnly, nullptr},
    {"arraysize", kInt, offsetof(Cursor, arraysize), 0, nullptr},
    {"lastrowid", kObjectOrNone, offsetof(Cursor, lastrowid), kReadOnly, nullptr},
    {"rowcount", kLongLong, offsetof(Cursor, rowcount), kReadOnly, nullptr},
    {"row_factory", kObjectOrNone, offsetof(Cursor, row_factory), 0, nullptr},
    END_ROW,
};

Row* as_row(Object* object) {
    return static_cast<Row*>(object);
}
// Row(cursor, data, /)
Fallible<Ref<>> row_construct(Type* type, Object* const* a) {
    if (!is_instance_of(a[0], cursor_type)) return raise(exc::TypeError, "Row() argument 1 must be sqlite3.Cursor, not %N", a[0]);
    if (!is_tuple(a[1])) return raise(exc::TypeError, "Row() argument 2 must be tuple, not %N", a[1]);
    Ref<Row> self = TRY(instance_new<Row>(type));
    self->data = new_reference(as_tuple(a[1]));
    self->description = new_reference(as_cursor(a[0])->description);
    return self;
}
Fallible<Ref<>> row_named(Row* self, Object* name) {
    ssize_t count = is_tuple(self->description) ? as_tuple(self->description)->size : 0;
    for (ssize_t i = 0; i < count; ++i) {
        Object* known = as_tuple(as_tuple(self->description)->items[i])->items[0];
        bool same = TRY(equals(name, known));
        if (!same && as_str(name)->ascii && as_str(known)->ascii && as_str(name)->length == as_str(known)->length)
            same = strncasecmp(as_str(name)->ascii_view().data(), as_str(known)->ascii_view().data(), size_t(as_str(name)->length)) == 0;
        if (same) return share(self->data->items[i]);
    }
    return raise(exc::IndexError, "No item with that key");
}
Fallible<Ref<>> row_item(Object* self, Object* key) {
    if (is_int(key)) {
        ssize_t i = TRY(index_as_ssize(key, exc::IndexError));
        if (i < 0) i += as_row(self)->data->size;
        return sequence_item(as_row(self)->data, i < 0 ? PTRDIFF_MAX : i);
    }
    if (is_str(key)) return row_named(as_row(self), key);
    if (key->type == &slice_type) return get_item(as_row(self)->data, key);
    return raise(exc::IndexError, "Index must be int or string");
}
ssize_t row_length(Object* self) {
    return as_row(self)->data->size;
}
Object* row_index(Object* self, ssize_t i) {
    return sequence_item(as_row(self)->data, i).release();
}
Object* row_iter(Object* self) {
    return iter(as_row(self)->data).release();
}
Hash row_hash(Object* self) {
    auto description = hash(as_row(self)->description), data = hash(as_row(self)->data);
    if (!description.ok() || !data.ok()) return -1;
    return description.take() ^ data.take();
}
Object* row_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || !is_instance_of(b, row_type)) return new_reference(not_implemented());
    bool same = TRY(equals(as_row(a)->description, as_row(b)->description));
    if (!same) return compare_result(op == kNotEqual);
    return rich_compare(as_row(a)->data, as_row(b)->data, CompareOp(op)).release();
}
// Row.keys()
Fallible<Ref<>> row_keys(Object* self) {
    Ref<List> names = TRY(list_new(0));
    ssize_t count = is_tuple(as_row(self)->description) ? as_tuple(as_row(self)->description)->size : 0;
    for (ssize_t i = 0; i < count; ++i) TRY(list_append(names.get(), as_tuple(as_tuple(as_row(self)->description)->items[i])->items[0]));
    return names;
}
MethodDef row_methods[] = {METHOD_NOARGS("keys", row_keys, "($self, /)", "The names of the columns."), END_ROW};
SequenceMethods row_sequence = {.length = row_length, .item = row_index};
MappingMethods row_mapping = {.length = row_length, .subscript = slot2<row_item>};

}  // namespace

constinit Type cursor_type = static_type({
    .name = "sqlite3.Cursor",
    .basic_size = sizeof(Cursor),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "SQLite database cursor class.",
    .dealloc = cursor_dealloc,
    .traverse = cursor_traverse,
    .clear = cursor_clear,
    .iter = self_iter,
    .iternext = cursor_next,
    .methods = cursor_methods,
    .members = cursor_members,
    .init = Bound<cursor_init, "Cursor", "(connection, /)">::init,
    .new_ = generic_new,
});
constinit Type row_type = static_type({
    .name = "sqlite3.Row",
    .basic_size = sizeof(Row),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .dealloc = dealloc_members<&Row::data, &Row::description>,
    .traverse = traverse_members<&Row::data, &Row::description>,
    .clear = [](Object*) { return 0; },
    .hash = row_hash,
    .richcompare = row_richcompare,
    .iter = row_iter,
    .sequence = &row_sequence,
    .mapping = &row_mapping,
    .methods = row_methods,
    .new_ = Bound<row_construct, "Row", "(cursor, data, /)">::new_,
});

// Cursor.execute(sql, parameters=(), /)
Fallible<Ref<>> cursor_execute(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("execute", count, 1, 2));
    Ref<> parameters = count > 1 ? share(args[1]) : Ref<>(tuple_empty());
    return execute(self, args[0], false, parameters.get());
}
// Cursor.executemany(sql, seq_of_parameters, /)
Fallible<Ref<>> cursor_executemany(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("executemany", count, 2, 2));
    return execute(self, args[0], true, args[1]);
}
// Cursor.executescript(sql_script, /)
Fallible<Ref<>> cursor_executescript(Object* object, Object* script) {
    Cursor* self = as_cursor(object);
    if (!is_str(script)) return raise(exc::TypeError, "executescript() argument must be str, not %N", script);
    std::string_view sql = TRY(str_c_string(as_str(script)));
    TRY(check_cursor(self));
    if (sql.size() > size_t(sqlite3_limit(self->connection->db, SQLITE_LIMIT_SQL_LENGTH, -1)))
        return raise(type_of(state.data_error), "query string is too large");
    finish(self);
    TRY(run_script(self->connection, sql.data()));
    return share(object);
}

}  // namespace py::sqlite
