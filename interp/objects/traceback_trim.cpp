// See traceback_trim.h.
#include "interp/objects/traceback_trim.h"

#include "interp/objects/code.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"
#include "interp/vm/frame.h"

namespace py {

void remove_importlib_frames() {
    if (!error_occurred() || runtime().config.verbose) return;
    bool always = error_matches(exc::ImportError);
    PendingError error = fetch_error();
    auto** link = reinterpret_cast<Object**>(&error.traceback);
    static_assert(sizeof(error.traceback) == sizeof(Object*));
    Object** chunk_start = nullptr;
    for (Object* each = *link; each;) {
        auto* entry = static_cast<Traceback*>(each);
        Code* code = entry->frame->frame->code;
        Object** next_link = reinterpret_cast<Object**>(&entry->next);
        bool internal = str_equals(code->filename, "<frozen importlib._bootstrap>") ||
                        str_equals(code->filename, "<frozen importlib._bootstrap_external>");
        if (!internal) {
            chunk_start = nullptr;
            link = next_link;
            each = *link;
            continue;
        }
        if (!chunk_start) chunk_start = link;
        if (always || str_equals(code->name, "_call_with_frames_removed")) {
            // Cut [chunk_start, entry] out.
            Object* rest = entry->next;
            xincref(rest);
            replace_slot(*chunk_start, rest);
            link = chunk_start;
            chunk_start = nullptr;
            each = *link;
            continue;
        }
        link = next_link;
        each = *link;
    }
    restore_error(std::move(error));
}

}  // namespace py
