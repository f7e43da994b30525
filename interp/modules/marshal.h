// The marshal format, versions 0 to 4: what `.pyc` files and the stdlib image hold.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

inline constexpr int kMarshalVersion = 4;

// The first object in `data`; bytes behind it are ignored. EOFError, ValueError or TypeError for bad data, which never
// crashes. Runs Python only where keys of sets and dicts are compared.
Fallible<Ref<>> marshal_read(std::string_view data);
// ValueError for objects that the format does not know, or nested too deeply.
Fallible<Ref<Bytes>> marshal_write(Object* object, int version = kMarshalVersion);

// The `marshal` module's load: one object from a file object opened for binary reading; no byte more is taken.
Fallible<Ref<>> marshal_read_file(Object* file);

}  // namespace py
