// See version.h.
#include "interp/runtime/version.h"

#include <unistd.h>

#include <cstring>

namespace py {

const char* build_date_text() { return ADDER_BUILD_DATE; }

const char* thread_library_version() {
    static char text[64];
    if (!text[0] && !confstr(_CS_GNU_LIBPTHREAD_VERSION, text, sizeof text)) std::strcpy(text, "pthread");
    return text;
}

}  // namespace py
