// Audit hooks: a list of callables, each called with the event's name and its argument tuple.
#include "interp/runtime/audit.h"

#include <cstdarg>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

bool audit_enabled = false;
static List* hooks = nullptr;

static Fallible<Ref<Tuple>> event_arguments(const char* format, va_list arguments) {
    Ref<List> list = TRY(list_new(0));
    for (const char* c = format; *c; ++c) {
        if (*c == 'O') {
            Object* object = va_arg(arguments, Object*);
            TRY(list_append(list.get(), object ? object : none()));
        } else if (*c == 's') {
            const char* text = va_arg(arguments, const char*);
            Ref<Str> boxed = TRY(str_from_fs(text));
            TRY(list_append(list.get(), boxed.get()));
        } else {
            int64_t number = *c == 'i' ? va_arg(arguments, int) : va_arg(arguments, ssize_t);
            Ref<Int> boxed = TRY(int_from(number));
            TRY(list_append(list.get(), boxed.get()));
        }
    }
    return list_as_tuple(list.get());
}

Fallible<void> audit_event(const char* event, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<Ref<Tuple>> built = event_arguments(format, arguments);
    va_end(arguments);
    Ref<Tuple> tuple = TRY(std::move(built));
    Ref<Str> name = TRY(str_from_ascii(event));
    for (ssize_t i = 0; hooks && i < hooks->size; ++i) {
        Ref<> hook = share(hooks->items[i]);
        TRY(call(hook.get(), static_cast<Object*>(name.get()), static_cast<Object*>(tuple.get())));
    }
    return {};
}

Fallible<void> add_audit_hook(Object* hook) {
    if (audit_enabled) {
        Fallible<void> allowed = audit_event("sys.addaudithook", "");
        if (!allowed.ok()) {
            // A hook vetoes by raising RuntimeError or Exception: the new hook is silently not added.
            if (error_matches(exc::Exception)) {
                clear_error();
                return {};
            }
            return raised;
        }
    }
    if (!hooks) hooks = TRY(list_new(0)).release();
    TRY(list_append(hooks, hook));
    audit_enabled = true;
    return {};
}

void clear_audit_hooks() {
    audit_enabled = false;
    clear_slot(hooks);
}

}  // namespace py
