// How this folder's functions are exported, and how results become C's: null or -1 with an exception pending.
// Names, arguments, ownership and errors are those of CPython 3.11's C API reference; where a function here says
// nothing, that reference holds. Every exported name stands in capi.def.
#pragma once

#include "interp/objects/fallible.h"

#define API extern "C" [[gnu::visibility("default"), gnu::used]]

namespace py {

// -1 where it was raised.
template <class T>
inline T or_minus_one(Fallible<T> result) {
    return result.ok() ? result.take() : T(-1);
}
inline int as_status(Fallible<bool> result) {
    return result.ok() ? int(result.take()) : -1;
}
// An owned reference made borrowed: the caller knows who else owns it.
template <class T>
inline T* borrowed(Ref<T> owned) {
    return owned.get();
}

}  // namespace py
