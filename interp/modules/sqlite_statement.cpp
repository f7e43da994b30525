// _sqlite3: prepared statements, parameters in, columns out.
#include <cctype>
#include <cstring>

#include "interp/modules/sqlite.h"

namespace py::sqlite {

namespace {

// The first word behind white space and comments.
std::string_view first_word(std::string_view sql) {
    for (;;) {
        size_t start = sql.find_first_not_of(" \t\r\n\f");
        if (start == std::string_view::npos) return {};
        sql.remove_prefix(start);
        if (sql.starts_with("--")) {
            size_t end = sql.find('\n');
            if (end == std::string_view::npos) return {};
            sql.remove_prefix(end + 1);
        } else if (sql.starts_with("/*")) {
            size_t end = sql.find("*/", 2);
            if (end == std::string_view::npos) return {};
            sql.remove_prefix(end + 2);
        } else {
            return sql;
        }
    }
}
bool starts_with_word(std::string_view sql, const char* word) {
    size_t size = std::strlen(word);
    return sql.size() >= size && strncasecmp(sql.data(), word, size) == 0;
}
void statement_dealloc(Object* object) {
    auto self = static_cast<Statement*>(object);
    if (self->statement) {
        GilReleased released;
        sqlite3_finalize(self->statement);
    }
    object_memory_free(self);
}
Fallible<Ref<Statement>> prepare_new(Connection* connection, std::string_view sql) {
    sqlite3_stmt* prepared = nullptr;
    const char* tail = nullptr;
    int code = without_gil(
        [&] { return sqlite3_prepare_v2(connection->db, sql.data(), int(sql.size()) + 1, &prepared, &tail); });
    if (error_occurred()) {
        sqlite3_finalize(prepared);
        return raised;
    }
    if (code != SQLITE_OK) return raise_last(connection->db);
    Ref<Statement> self = make<Statement>(statement_type);
    if (!self) return raised;
    self->statement = prepared;
    self->in_use = false;
    std::string_view word = first_word(sql);
    self->is_dml = starts_with_word(word, "insert") || starts_with_word(word, "update") || starts_with_word(word, "delete") ||
                   starts_with_word(word, "replace");
    if (!first_word(tail).empty())
        return raise(type_of(state.programming_error), "You can only execute one statement at a time.");
    return self;
}
// Keeps the cache at its size: what was used longest ago goes.
Fallible<void> cache(Connection* connection, Str* sql, Statement* statement) {
    if (connection->cached_statements <= 0) return {};
    TRY(dict_pop(connection->statements, sql));
    TRY(dict_set(connection->statements, sql, statement));
    while (connection->statements->used > connection->cached_statements) {
        ssize_t position = 0;
        Object *oldest, *value;
        dict_next(connection->statements, &position, &oldest, &value);
        Ref<> held = share(oldest);
        TRY(dict_delete(connection->statements, held.get()));
    }
    return {};
}

Fallible<void> bind_text(sqlite3_stmt* statement, int place, std::string_view text, int* code) {
    if (text.size() > INT32_MAX) return raise(exc::OverflowError, "string longer than INT_MAX bytes");
    *code = sqlite3_bind_text(statement, place, text.data(), int(text.size()), SQLITE_TRANSIENT);
    return {};
}
Fallible<void> bind_value(Connection* connection, sqlite3_stmt* statement, int place, Object* value) {
    int code = SQLITE_OK;
    if (is_none(value)) {
        code = sqlite3_bind_null(statement, place);
    } else if (is_int(value)) {
        int overflow = 0;
        int64_t number = as_int64_clamped(as_int(value), &overflow);
        if (overflow) return raise(exc::OverflowError, "Python int too large to convert to SQLite INTEGER");
        code = sqlite3_bind_int64(statement, place, number);
    } else if (is_float(value)) {
        code = sqlite3_bind_double(statement, place, float_value(value));
    } else if (is_str(value)) {
        TRY(bind_text(statement, place, TRY(str_utf8(as_str(value))), &code));
    } else if (has_buffer(value)) {
        BufferView view;
        TRY(view.open(value));
        if (view.size() > INT32_MAX) return raise(exc::OverflowError, "BLOB longer than INT_MAX bytes");
        code = sqlite3_bind_blob(statement, place, view.size() ? view.data() : "", int(view.size()), SQLITE_TRANSIENT);
    } else {
        return raise(type_of(state.programming_error), "Error binding parameter %d: type '%s' is not supported", place, value->type->name);
    }
    return code == SQLITE_OK ? Fallible<void>() : raise_last(connection->db);
}
bool needs_adapting(Object* value) {
    if (state.base_types_adapted) return true;
    return !(value->type == &int_type || value->type == &float_type || value->type == &str_type || value->type == &bytearray_type);
}
Fallible<void> bind_adapted(Connection* connection, sqlite3_stmt* statement, int place, Object* value) {
    Ref<> adapted = needs_adapting(value) && !is_none(value) ? TRY(adapt(value, &protocol_type, value)) : share(value);
    return bind_value(connection, statement, place, adapted.get());
}
Fallible<void> bind_named(Connection* connection, sqlite3_stmt* statement, int count, Object* mapping) {
    for (int place = 1; place <= count; ++place) {
        const char* name = sqlite3_bind_parameter_name(statement, place);
        if (!name)
            return raise(type_of(state.programming_error),
                         "Binding %d has no name, but you supplied a dictionary (which has only names).", place);
        Ref<Str> key = TRY(str_from_utf8(name + 1));  // behind the sigil
        auto found = get_item(mapping, key.get());
        if (!found.ok()) {
            if (!clear_error_if(exc::KeyError)) return raised;
            return raise(type_of(state.programming_error), "You did not supply a value for binding parameter :%s.", name + 1);
        }
        Ref<> value = found.take();
        TRY(bind_adapted(connection, statement, place, value.get()));
    }
    return {};
}

Fallible<Ref<>> text_value(Connection* connection, sqlite3_stmt* statement, int column) {
    auto text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    if (!text && sqlite3_errcode(connection->db) == SQLITE_NOMEM) return raise_memory_error();
    std::string_view content{text, size_t(sqlite3_column_bytes(statement, column))};
    Object* factory = connection->text_factory;
    if (factory == &bytes_type) return bytes_from(content);
    if (factory == &bytearray_type) return bytearray_from(content);
    if (factory != &str_type) {
        Ref<Bytes> bytes = TRY(bytes_from(content));
        return call(factory, bytes.get());
    }
    auto decoded = str_from_utf8(content);
    if (decoded.ok() || !error_matches(exc::UnicodeDecodeError)) return decoded;
    clear_error();
    Ref<Str> shown = TRY(bytes_decode(content, "ascii", "replace"));
    return raise(type_of(state.operational_error), "Could not decode to UTF-8 column '%s' with text '%U'",
                 sqlite3_column_name(statement, column), shown.get());
}

}  // namespace

constinit Type statement_type = static_type({
    .name = "sqlite3.Statement",
    .basic_size = sizeof(Statement),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = statement_dealloc,
});

Fallible<Ref<Statement>> prepare(Connection* connection, Str* sql) {
    Ref<> cached = TRY(dict_get(connection->statements, sql));
    if (cached && !static_cast<Statement*>(cached.get())->in_use) return std::move(cached).cast<Statement>();
    std::string_view text = TRY(str_utf8(sql));
    if (text.size() > size_t(sqlite3_limit(connection->db, SQLITE_LIMIT_SQL_LENGTH, -1)))
        return raise(type_of(state.data_error), "query string is too large");
    if (std::strlen(text.data()) != text.size()) return raise(type_of(state.programming_error), "the query contains a null character");
    Ref<Statement> statement = TRY(prepare_new(connection, text));
    TRY(cache(connection, sql, statement.get()));
    return statement;
}
Fallible<void> bind_parameters(Connection* connection, Statement* self, Object* parameters) {
    int needed = sqlite3_bind_parameter_count(self->statement);
    bool sequence = is_tuple_exact(parameters) || is_list_exact(parameters) || (!is_dict(parameters) && is_sequence(parameters));
    if (!sequence) {
        if (is_mapping(parameters)) return bind_named(connection, self->statement, needed, parameters);
        return raise(type_of(state.programming_error), "parameters are of unsupported type");
    }
    ssize_t given = TRY(length(parameters));
    if (given != needed)
        return raise(type_of(state.programming_error),
                     "Incorrect number of bindings supplied. The current statement uses %d, and there are %zd supplied.", needed, given);
    for (int i = 0; i < needed; ++i) {
        Ref<> value = TRY(sequence_item(parameters, i));
        TRY(bind_adapted(connection, self->statement, i + 1, value.get()));
    }
    return {};
}
int step(Statement* self) {
    if (!self->statement) return SQLITE_DONE;
    GilReleased released;
    return sqlite3_step(self->statement);
}
void reset(Statement* self) {
    if (self->in_use && self->statement) {
        GilReleased released;
        sqlite3_reset(self->statement);
    }
    self->in_use = false;
}
Fallible<Ref<>> column_value(Connection* connection, sqlite3_stmt* statement, int column, Object* converter) {
    if (converter && !is_none(converter)) {
        const void* data = sqlite3_column_blob(statement, column);
        if (!data && sqlite3_column_type(statement, column) == SQLITE_NULL) return share(none());
        Ref<Bytes> bytes = TRY(bytes_from({static_cast<const char*>(data), size_t(sqlite3_column_bytes(statement, column))}));
        return call(converter, bytes.get());
    }
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL: return share(none());
        case SQLITE_INTEGER: return int_from(sqlite3_column_int64(statement, column));
        case SQLITE_FLOAT: return float_from(sqlite3_column_double(statement, column));
        case SQLITE_TEXT: return text_value(connection, statement, column);
        default: {
            const void* data = sqlite3_column_blob(statement, column);
            return bytes_from({static_cast<const char*>(data), size_t(sqlite3_column_bytes(statement, column))});
        }
    }
}
Fallible<void> run_sql(Connection* connection, const char* sql) {
    int code;
    {
        GilReleased released;
        sqlite3_stmt* statement = nullptr;
        code = sqlite3_prepare_v2(connection->db, sql, -1, &statement, nullptr);
        if (code == SQLITE_OK) {
            (void)sqlite3_step(statement);
            code = sqlite3_finalize(statement);
        }
    }
    if (error_occurred()) return raised;
    return code == SQLITE_OK ? Fallible<void>() : raise_last(connection->db);
}
Fallible<void> begin_transaction(Connection* connection) {
    char sql[32];
    std::snprintf(sql, sizeof sql, "BEGIN %s", connection->isolation_level);
    return run_sql(connection, sql);
}

}  // namespace py::sqlite
