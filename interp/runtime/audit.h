// Audit events (PEP 578): raised at the places the documentation lists, delivered to sys.addaudithook's hooks.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// format: one letter per argument: O (borrowed object), s (const char*), i (int), n (ssize_t). Raised when a hook raises.
// Without hooks this is one load.
Fallible<void> audit_event(const char* event, const char* format, ...);
extern bool audit_enabled;
template <class... Args>
inline Fallible<void> audit(const char* event, const char* format, Args... args) {
    if (!audit_enabled) [[likely]]
        return {};
    return audit_event(event, format, args...);
}
Fallible<void> add_audit_hook(Object* hook);
void clear_audit_hooks();

}  // namespace py
