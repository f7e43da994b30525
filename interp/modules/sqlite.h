// _sqlite3, split by idea: connections, statements, cursors and rows, callbacks.
#pragma once

#include <sqlite3.h>

#include "interp/runtime/thread.h"
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

namespace py::sqlite {

enum Detect : int { kDeclTypes = 1, kColNames = 2 };

// The exceptions, adapters and converters of the module.
struct State {
    Object *warning, *error, *interface_error, *database_error, *data_error, *operational_error, *integrity_error, *internal_error,
        *programming_error, *not_supported_error;
    Dict *adapters, *converters;
    bool base_types_adapted;    // an adapter for int, float, str or bytearray was registered
    bool callback_tracebacks;  // errors in callbacks are shown
};
extern State state;
inline Type* type_of(Object* type) { return static_cast<Type*>(type); }

// _sqlite3.Connection
struct Connection : Object {
    sqlite3* db;  // null: closed, or __init__ was not called
    int detect_types;
    bool initialized, check_same_thread;
    const char* isolation_level;  // null: autocommit
    unsigned long thread;
    Dict* statements;  // sql → Statement, the oldest first
    ssize_t cached_statements;
    Object *row_factory, *text_factory;
    Object *trace, *progress, *authorizer;
};
// A prepared statement.
struct Statement : Object {
    sqlite3_stmt* statement;
    bool in_use, is_dml;
};
// _sqlite3.Cursor
struct Cursor : Object {
    Connection* connection;  // null: __init__ was not called
    Statement* statement;    // running, or null
    Object *description, *row_factory, *lastrowid;
    Tuple* converters;  // of the columns, or null
    int arraysize;
    int64_t rowcount;
    bool closed, locked, row_ready;
};
struct Row : Object {
    Tuple* data;
    Object* description;
};
inline Connection* as_connection(Object* object) { return static_cast<Connection*>(object); }
inline Cursor* as_cursor(Object* object) { return static_cast<Cursor*>(object); }
extern Type connection_type, cursor_type, row_type, statement_type, protocol_type;

// Exceptions from SQLite's result codes (sqlite_module.cpp).
[[gnu::cold]] Raised raise_code(int code, const char* message);
[[gnu::cold]] Raised raise_last(sqlite3* db);

Fallible<void> check_connection(Connection* self);  // open, and used by the thread that may
Fallible<Ref<>> adapt(Object* object, Object* protocol, Object* otherwise);  // otherwise null: ProgrammingError

// Statements (sqlite_statement.cpp).
Fallible<Ref<Statement>> prepare(Connection* connection, Str* sql);  // null statement: the text holds none
Fallible<void> bind_parameters(Connection* connection, Statement* statement, Object* parameters);
int step(Statement* statement);
void reset(Statement* statement);
Fallible<Ref<>> column_value(Connection* connection, sqlite3_stmt* statement, int column, Object* converter_or_null);
Fallible<void> begin_transaction(Connection* connection);
Fallible<void> run_sql(Connection* connection, const char* sql);

// Callbacks (sqlite_callbacks.cpp).
Fallible<Ref<>> create_function(Object* self, Object* const* bound);
Fallible<Ref<>> create_aggregate(Object* self, Object* const* bound);
Fallible<Ref<>> create_collation(Object* self, Object* const* args);
Fallible<Ref<>> set_authorizer(Object* self, Object* const* bound);
Fallible<Ref<>> set_progress_handler(Object* self, Object* const* bound);
Fallible<Ref<>> set_trace_callback(Object* self, Object* const* bound);

Fallible<Ref<>> cursor_execute(Object* self, Object* const* args, ssize_t count);
Fallible<Ref<>> cursor_executemany(Object* self, Object* const* args, ssize_t count);
Fallible<Ref<>> cursor_executescript(Object* self, Object* script);

}  // namespace py::sqlite
