// The runtime state and sys attributes from C++.
#include "interp/runtime/state.h"

#include "interp/objects/dict.h"
#include "interp/objects/str.h"

namespace py {

Runtime runtime_state;

Object* sys_get(const char* name) {
    if (!runtime().sys_dict) return nullptr;
    return dict_get_str(runtime().sys_dict, interned(name));
}

Fallible<void> sys_set(const char* name, Object* value) { return dict_set(runtime().sys_dict, interned(name), value); }

}  // namespace py
