// Py_BuildValue's formats.
#pragma once

#include <cstdarg>

#include "interp/objects/fallible.h"

namespace py {

// No unit: None; one: its value; several: a tuple. Takes the values it uses off `values`. `#` lengths are ssize_t.
Fallible<Ref<>> build_value(const char* format, va_list& values);

}  // namespace py
