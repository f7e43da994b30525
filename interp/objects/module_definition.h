// PyModuleDef with the C ABI's layout.
#pragma once

#include "interp/objects/module.h"

namespace py {

struct ModuleSlot {
    int slot;
    void* value;
};
struct ModuleDef : Object {
    Object* (*init)();
    ssize_t index;
    Object* copy;
    const char* name;
    const char* doc;
    ssize_t size;
    MethodDef* methods;
    ModuleSlot* slots;
    TraverseSlot traverse;
    InquirySlot clear;
    void (*free)(void*);
};
static_assert(sizeof(ModuleDef) == 104);
extern Type module_definition_type asm("PyModuleDef_Type");

}  // namespace py
