// syslog: messages to the system's logger.
#include <syslog.h>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

bool is_open = false;
Bytes* identity = nullptr;  // the C library keeps a pointer to it

// The last part of sys.argv[0]; null when there is none.
Fallible<Ref<Str>> program_name() {
    Object* arguments = sys_get("argv");
    if (!arguments || !is_list(arguments) || !as_list(arguments)->size) return TRY(str_from_ascii(""));
    Object* first = as_list(arguments)->items[0];
    if (!is_str(first)) return TRY(str_from_ascii(""));
    Str* path = as_str(first);
    ssize_t slash = str_find_char(path, '/', 0, path->length, -1);
    return str_substring(path, slash + 1, path->length);
}

Fallible<void> open_log(Object* given_identity, int options, int facility) {
    Ref<Str> name = given_identity ? share(as_str(given_identity)) : TRY(program_name());
    Ref<Bytes> text;
    if (name->length) text = TRY(str_as_utf8_bytes(name.get()));
    TRY(audit("syslog.openlog", "Oii", text ? static_cast<Object*>(name.get()) : none(), options, facility));
    replace_slot(identity, text.release());
    ::openlog(identity ? identity->data : nullptr, options, facility);
    is_open = true;
    return {};
}
// syslog.openlog(ident=…, logoption=0, facility=LOG_USER)
Fallible<Ref<>> syslog_openlog(Object*, Object* const* a) {
    if (a[0] && !is_str(a[0])) return raise(exc::TypeError, "openlog() argument 1 must be str, not %N", a[0]);
    int options = a[1] ? TRY(as_c_int(a[1])) : 0;
    int facility = a[2] ? TRY(as_c_int(a[2])) : LOG_USER;
    TRY(open_log(a[0], options, facility));
    return share(none());
}
// syslog.syslog([priority,] message, /)
Fallible<Ref<>> syslog_syslog(Object*, Object* const* args, ssize_t nargs) {
    if (nargs < 1 || nargs > 2 || !is_str(args[nargs - 1])) return raise(exc::TypeError, "[priority,] message string");
    int priority = nargs == 2 ? TRY(as_c_int(args[0])) : LOG_INFO;
    Ref<Bytes> message = TRY(str_as_utf8_bytes(as_str(args[nargs - 1])));
    TRY(audit("syslog.syslog", "is", priority, static_cast<const char*>(message->data)));
    if (!is_open) TRY(open_log(nullptr, 0, LOG_USER));
    Ref<Bytes> kept = share(identity);  // others may open the log anew meanwhile
    GilReleased released;
    ::syslog(priority, "%s", message->data);
    return share(none());
}
// syslog.closelog()
Fallible<Ref<>> syslog_closelog(Object*) {
    TRY(audit("syslog.closelog", ""));
    if (is_open) {
        ::closelog();
        clear_slot(identity);
        is_open = false;
    }
    return share(none());
}
// syslog.setlogmask(maskpri, /)
Fallible<Ref<>> syslog_setlogmask(Object*, Object* const* args, ssize_t nargs) {
    if (nargs != 1) return raise(exc::TypeError, "mask for priority");
    int wanted = TRY(as_c_int(args[0]));
    TRY(audit("syslog.setlogmask", "i", wanted));
    return TRY(int_from(::setlogmask(wanted)));
}
// syslog.LOG_MASK(pri, /)
Fallible<Ref<>> syslog_LOG_MASK(Object*, Object* priority) { return TRY(int_from(LOG_MASK(TRY(as_c_int(priority))))); }
// syslog.LOG_UPTO(pri, /)
Fallible<Ref<>> syslog_LOG_UPTO(Object*, Object* priority) { return TRY(int_from(LOG_UPTO(TRY(as_c_int(priority))))); }

MethodDef syslog_functions[] = {
    METHOD_PARSED_ONE("LOG_MASK", syslog_LOG_MASK, "The mask for one priority."),
    METHOD_PARSED_ONE("LOG_UPTO", syslog_LOG_UPTO, "The mask for a priority and all that are more urgent."),
    METHOD_NOARGS_UNSIGNED("closelog", syslog_closelog, "Forget what openlog() set."),
    METHOD("openlog", syslog_openlog, "($module, /, ident='', logoption=0, facility=LOG_USER)", "Set how messages are marked and where they go."),
    METHOD_FAST_UNSIGNED("setlogmask", syslog_setlogmask, "Set which priorities are logged; the old mask."),
    METHOD_FAST_UNSIGNED("syslog", syslog_syslog, "syslog([priority,] message)\n\nLog a message."),
    END_ROW,
};

#define CONSTANT(name) {#name, name}
const struct {
    const char* name;
    int value;
} syslog_constants[] = {
    CONSTANT(LOG_EMERG), CONSTANT(LOG_ALERT), CONSTANT(LOG_CRIT), CONSTANT(LOG_ERR), CONSTANT(LOG_WARNING), CONSTANT(LOG_NOTICE),
    CONSTANT(LOG_INFO), CONSTANT(LOG_DEBUG), CONSTANT(LOG_PID), CONSTANT(LOG_CONS), CONSTANT(LOG_NDELAY), CONSTANT(LOG_ODELAY),
    CONSTANT(LOG_NOWAIT), CONSTANT(LOG_PERROR), CONSTANT(LOG_KERN), CONSTANT(LOG_USER), CONSTANT(LOG_MAIL), CONSTANT(LOG_DAEMON),
    CONSTANT(LOG_AUTH), CONSTANT(LOG_LPR), CONSTANT(LOG_LOCAL0), CONSTANT(LOG_LOCAL1), CONSTANT(LOG_LOCAL2), CONSTANT(LOG_LOCAL3),
    CONSTANT(LOG_LOCAL4), CONSTANT(LOG_LOCAL5), CONSTANT(LOG_LOCAL6), CONSTANT(LOG_LOCAL7), CONSTANT(LOG_SYSLOG), CONSTANT(LOG_CRON),
    CONSTANT(LOG_UUCP), CONSTANT(LOG_NEWS), CONSTANT(LOG_AUTHPRIV),
};
#undef CONSTANT

Fallible<void> syslog_execute(Module* module) {
    for (auto& each : syslog_constants) TRY(module_add_int(module, each.name, each.value));
    return {};
}

}  // namespace

extern const NativeModule syslog_module;
const NativeModule syslog_module = {"syslog", "The system's logger.", syslog_functions, syslog_execute};

}  // namespace py
