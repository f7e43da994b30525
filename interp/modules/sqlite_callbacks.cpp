// _sqlite3.Connection: Python functions that SQLite calls.
#include <cstring>

#include "interp/modules/sqlite.h"

namespace py::sqlite {

namespace {

// An exception in a callback is shown when that was asked for, else dropped: SQLite has an error of its own for it.
void report_error(Object* callback) {
    if (state.callback_tracebacks)
        write_unraisable(callback);
    else
        clear_error();
}
Fallible<Ref<>> argument_value(sqlite3_value* value) {
    std::string_view content;
    switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER: return int_from(sqlite3_value_int64(value));
        case SQLITE_FLOAT: return float_from(sqlite3_value_double(value));
        case SQLITE_TEXT: {
            auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
            return str_from_utf8({text, size_t(sqlite3_value_bytes(value))});
        }
        case SQLITE_BLOB: {
            auto data = static_cast<const char*>(sqlite3_value_blob(value));
            return bytes_from({data, size_t(sqlite3_value_bytes(value))});
        }
        default: return share(none());
    }
}
Fallible<Ref<Tuple>> argument_tuple(int count, sqlite3_value** values) {
    Ref<Tuple> arguments = TRY(tuple_new(count));
    for (int i = 0; i < count; ++i) arguments->items[i] = TRY(argument_value(values[i])).release();
    return arguments;
}
Fallible<void> give_result(sqlite3_context* context, Object* value) {
    if (is_none(value)) {
        sqlite3_result_null(context);
    } else if (is_int(value)) {
        sqlite3_result_int64(context, TRY(as_int64(value)));
    } else if (is_float(value)) {
        sqlite3_result_double(context, float_value(value));
    } else if (is_str(value)) {
        std::string_view text = TRY(str_utf8(as_str(value)));
        if (text.size() > INT32_MAX) return raise(exc::OverflowError, "string is longer than INT_MAX bytes");
        sqlite3_result_text(context, text.data(), int(text.size()), SQLITE_TRANSIENT);
    } else if (has_buffer(value)) {
        BufferView view;
        TRY(view.open(value));
        if (view.size() > INT32_MAX) return raise(exc::OverflowError, "BLOB longer than INT_MAX bytes");
        sqlite3_result_blob(context, view.data(), int(view.size()), SQLITE_TRANSIENT);
    } else {
        return raise(type_of(state.programming_error), "User-defined functions cannot return type '%T'", value);
    }
    return {};
}
void give_error(sqlite3_context* context, const char* message, Object* callback) {
    if (error_matches(exc::MemoryError))
        sqlite3_result_error_nomem(context);
    else if (error_matches(exc::OverflowError))
        sqlite3_result_error_toobig(context);
    else
        sqlite3_result_error(context, message, -1);
    report_error(callback);
}
void on_function(sqlite3_context* context, int count, sqlite3_value** values) {
    GilEnsured held;
    Ref<> function = share(static_cast<Object*>(sqlite3_user_data(context)));
    auto run = [&]() -> Fallible<void> {
        Ref<Tuple> arguments = TRY(argument_tuple(count, values));
        Ref<> result = TRY(call_tuple(function.get(), arguments.get(), nullptr));
        return give_result(context, result.get());
    };
    if (!run().ok()) give_error(context, "user-defined function raised exception", function.get());
}

// An aggregate's instance lives in the context that SQLite keeps for it.
Object** instance_place(sqlite3_context* context, int size) {
    return static_cast<Object**>(sqlite3_aggregate_context(context, size));
}
void on_step(sqlite3_context* context, int count, sqlite3_value** values) {
    GilEnsured held;
    auto type = static_cast<Object*>(sqlite3_user_data(context));
    Object** instance = instance_place(context, sizeof(Object*));
    if (!instance) return sqlite3_result_error_nomem(context);
    if (!*instance) {
        *instance = call(type).release();
        if (!*instance) return give_error(context, "user-defined aggregate's '__init__' method raised error", type);
    }
    auto method = lookup_attr(*instance, "step"_name);
    Ref<> step_method;
    if (method.ok()) step_method = method.take();
    if (!step_method) return give_error(context, "user-defined aggregate's 'step' method not defined", type);
    auto run = [&]() -> Fallible<void> {
        Ref<Tuple> arguments = TRY(argument_tuple(count, values));
        TRY(call_tuple(step_method.get(), arguments.get(), nullptr));
        return {};
    };
    if (!run().ok()) give_error(context, "user-defined aggregate's 'step' method raised error", step_method.get());
}
void on_finalize(sqlite3_context* context) {
    GilEnsured held;
    Object** place = instance_place(context, 0);
    if (!place || !*place) return;
    Ref<> instance = steal(std::exchange(*place, nullptr));
    auto method = lookup_attr(instance.get(), "finalize"_name);
    Ref<> finalize;
    if (method.ok()) finalize = method.take();
    if (!finalize) return give_error(context, "user-defined aggregate's 'finalize' method not defined", instance.get());
    auto run = [&]() -> Fallible<void> {
        Ref<> result = TRY(call(finalize.get()));
        return give_result(context, result.get());
    };
    if (!run().ok()) give_error(context, "user-defined aggregate's 'finalize' method raised error", finalize.get());
}
void drop_reference(void* object) {
    GilEnsured held;
    decref(static_cast<Object*>(object));
}
Fallible<std::string_view> name_argument(const char* function, Object* name) {
    if (!is_str(name)) return raise(exc::TypeError, "%s() argument 1 must be str, not %N", function, name);
    return str_utf8(as_str(name));
}

int on_compare(void* function, int size_a, const void* a, int size_b, const void* b) {
    GilEnsured held;
    auto callback = static_cast<Object*>(function);
    auto run = [&]() -> Fallible<int> {
        Ref<> left = TRY(str_from_utf8({static_cast<const char*>(a), size_t(size_a)}));
        Ref<> right = TRY(str_from_utf8({static_cast<const char*>(b), size_t(size_b)}));
        Ref<> order = TRY(call(callback, left.get(), right.get()));
        int64_t value = TRY(as_int64(order.get()));
        return value > 0 ? 1 : value < 0 ? -1 : 0;
    };
    if (error_occurred()) return 0;
    auto result = run();
    if (result.ok()) return result.take();
    report_error(callback);
    return 0;
}
int on_authorize(void* connection, int action, const char* first, const char* second, const char* database, const char* trigger) {
    GilEnsured held;
    Ref<> callback = share(static_cast<Connection*>(connection)->authorizer);
    auto run = [&]() -> Fallible<int> {
        Ref<> action_object = TRY(int_from(action)), texts[4];
        const char* const given[] = {first, second, database, trigger};
        for (int i = 0; i < 4; ++i) texts[i] = given[i] ? Ref<>(TRY(str_from_utf8(given[i]))) : share(none());
        Ref<> answer = TRY(call(callback.get(), action_object.get(), texts[0].get(), texts[1].get(), texts[2].get(), texts[3].get()));
        if (!is_int(answer.get())) return int(SQLITE_DENY);
        return TRY(as_c_int(answer.get()));
    };
    auto result = run();
    if (result.ok()) return result.take();
    report_error(callback.get());
    return SQLITE_DENY;
}
int on_progress(void* connection) {
    GilEnsured held;
    Ref<> callback = share(static_cast<Connection*>(connection)->progress);
    auto run = [&]() -> Fallible<int> {
        Ref<> answer = TRY(call(callback.get()));
        return TRY(is_true(answer.get())) ? 1 : 0;
    };
    auto result = run();
    if (result.ok()) return result.take();
    report_error(callback.get());
    return 1;
}
int on_trace(unsigned, void* connection, void* statement, void* sql) {
    GilEnsured held;
    auto self = static_cast<Connection*>(connection);
    Ref<> callback = share(self->trace);
    auto run = [&]() -> Fallible<void> {
        // Comments are given as they are; of statements the text with its parameters filled in, where that fits.
        char* expanded = std::strncmp(static_cast<const char*>(sql), "--", 2) == 0
                             ? nullptr
                             : sqlite3_expanded_sql(static_cast<sqlite3_stmt*>(statement));
        auto made = str_from_utf8(expanded ? expanded : static_cast<const char*>(sql));
        sqlite3_free(expanded);
        Ref<> text = TRY(std::move(made));
        TRY(call(callback.get(), text.get()));
        return {};
    };
    if (!run().ok()) report_error(callback.get());
    return 0;
}

}  // namespace

// Connection.create_function(name, narg, func, *, deterministic=False)
Fallible<Ref<>> create_function(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    std::string_view name = TRY(name_argument("create_function", a[0]));
    int count = TRY(as_c_int(a[1]));
    int flags = SQLITE_UTF8 | (a[3] && TRY(is_true(a[3])) ? SQLITE_DETERMINISTIC : 0);
    Object* function = unless_none(a[2]);
    xincref(function);
    int code = sqlite3_create_function_v2(self->db, name.data(), count, flags, function, function ? on_function : nullptr, nullptr, nullptr,
                                          function ? drop_reference : nullptr);
    if (code != SQLITE_OK) return raise(type_of(state.operational_error), "Error creating function");
    return share(none());
}
// Connection.create_aggregate(name, n_arg, aggregate_class)
Fallible<Ref<>> create_aggregate(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    std::string_view name = TRY(name_argument("create_aggregate", a[0]));
    int count = TRY(as_c_int(a[1]));
    Object* type = unless_none(a[2]);
    xincref(type);
    int code = sqlite3_create_function_v2(self->db, name.data(), count, SQLITE_UTF8, type, nullptr, type ? on_step : nullptr,
                                          type ? on_finalize : nullptr, type ? drop_reference : nullptr);
    if (code != SQLITE_OK) return raise(type_of(state.operational_error), "Error creating aggregate");
    return share(none());
}
// Connection.create_collation(name, callback, /)
Fallible<Ref<>> create_collation(Object* object, Object* const* args) {
    Connection* self = as_connection(object);
    std::string_view name = TRY(name_argument("create_collation", args[0]));
    TRY(check_connection(self));
    Object* callback = unless_none(args[1]);
    if (callback && !is_callable(callback)) return raise(exc::TypeError, "parameter must be callable");
    xincref(callback);
    int code = sqlite3_create_collation_v2(self->db, name.data(), SQLITE_UTF8, callback, callback ? on_compare : nullptr,
                                           callback ? drop_reference : nullptr);
    if (code != SQLITE_OK) {
        xdecref(callback);  // unlike functions, SQLite does not drop it then
        return raise_last(self->db);
    }
    return share(none());
}
// Connection.set_authorizer(authorizer_callback)
Fallible<Ref<>> set_authorizer(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    Object* callback = unless_none(a[0]);
    int code = sqlite3_set_authorizer(self->db, callback ? on_authorize : nullptr, self);
    if (code != SQLITE_OK) return raise(type_of(state.operational_error), "Error setting authorizer callback");
    xincref(callback);
    replace_slot(self->authorizer, callback);
    return share(none());
}
// Connection.set_progress_handler(progress_handler, n)
Fallible<Ref<>> set_progress_handler(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    Object* callback = unless_none(a[0]);
    int every = TRY(as_c_int(a[1]));
    sqlite3_progress_handler(self->db, callback ? every : 0, callback ? on_progress : nullptr, self);
    xincref(callback);
    replace_slot(self->progress, callback);
    return share(none());
}
// Connection.set_trace_callback(trace_callback)
Fallible<Ref<>> set_trace_callback(Object* object, Object* const* a) {
    Connection* self = as_connection(object);
    TRY(check_connection(self));
    Object* callback = unless_none(a[0]);
    sqlite3_trace_v2(self->db, callback ? SQLITE_TRACE_STMT : 0, callback ? on_trace : nullptr, self);
    xincref(callback);
    replace_slot(self->trace, callback);
    return share(none());
}

}  // namespace py::sqlite
