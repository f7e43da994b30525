// Audit events (PEP 578): raised at the places the documentation lists, delivered to sys.addaudithook's hooks.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// format: one letter per argument: O (borrowed object), s (const char*), i (int), n (ssize_t), C (int, a character). An
// only O that is a tuple is the arguments themselves, but not in (O). Raised when a hook raises.
// Without hooks this is one load.
Fallible<void> audit_event(const char* event, const char* format, ...);
Fallible<void> audit_objects(Str* event, Tuple* arguments);  // to be called when hooks are there
extern bool audit_enabled;
template <class... Args>
inline Fallible<void> audit(const char* event, const char* format, Args... args) {
    if (!audit_enabled) [[likely]]
        return {};
    return audit_event(event, format, args...);
}
// Attributes through which code could be replaced or escape: reading, and setting or (value null) deleting them.
inline Fallible<void> audit_read(Object* object, const char* name) { return audit("object.__getattr__", "Os", object, name); }
inline Fallible<void> audit_write(Object* object, const char* name, Object* value) {
    return value ? audit("object.__setattr__", "OsO", object, name, value) : audit("object.__delattr__", "Os", object, name);
}
Fallible<void> add_audit_hook(Object* hook);
void clear_audit_hooks();

}  // namespace py
