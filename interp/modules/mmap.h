// mmap.mmap's layout, shared by the type and its file-like methods.
#pragma once

#include <sys/types.h>

#include "interp/objects/bytes.h"
#include "interp/objects/method_def.h"
#include "interp/objects/type.h"

namespace py {

enum class MapAccess : int { Default, Read, Write, Copy };  // mmap.ACCESS_…

struct Map : Object {
    char* data;  // null when closed
    ssize_t size;
    ssize_t position;
    off_t offset;
    ssize_t exports;  // buffers that are out
    int descriptor;   // a duplicate of the file's, -1 for anonymous memory
    Object* weaklist;
    MapAccess access;

    // ValueError when it is closed.
    Fallible<void> require_open() const;
    // The same, and TypeError when it is read-only.
    Fallible<void> require_writable() const;
    void unmap();
};

extern Type mmap_type;
inline Map* as_map(Object* object) {
    return static_cast<Map*>(object);
}

extern MethodDef mmap_methods[];
extern GetSetDef mmap_getset[];

}  // namespace py
