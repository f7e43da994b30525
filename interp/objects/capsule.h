// The layout of capsules, for the C API functions that read and change them.
#pragma once

#include "interp/objects/object.h"

namespace py {

struct Capsule : Object {
    void* pointer;
    const char* name;  // borrowed from whoever made the capsule
    void* context;
    void (*destructor)(Object*);
};

}  // namespace py
