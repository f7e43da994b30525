// See early_stderr.h.
#include "interp/runtime/early_stderr.h"

#include <unistd.h>

#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

// stderrprinter.write(text, /)
Fallible<Ref<>> printer_write(Object*, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "write() argument must be str, not %N", text);
    Ref<Bytes> bytes = TRY(str_encode(as_str(text), "utf-8", "backslashreplace"));
    for (std::string_view rest = bytes->view(); !rest.empty();) {
        ssize_t written = write(STDERR_FILENO, rest.data(), rest.size());
        if (written <= 0) break;  // nowhere to report it to
        rest.remove_prefix(size_t(written));
    }
    return int_from(as_str(text)->length);
}
// stderrprinter.fileno()
Fallible<Ref<>> printer_fileno(Object*) { return int_from(STDERR_FILENO); }
// stderrprinter.isatty()
Fallible<Ref<>> printer_isatty(Object*) { return bool_from(isatty(STDERR_FILENO)); }
// stderrprinter.flush() and close(): there is nothing to do
Fallible<Ref<>> printer_nothing(Object*) { return share(none()); }

MethodDef printer_methods[] = {
    METHOD_NOARGS("close", printer_nothing, "($self, /)", "Does nothing."),
    METHOD_NOARGS("fileno", printer_fileno, "($self, /)", "The descriptor."),
    METHOD_NOARGS("flush", printer_nothing, "($self, /)", "Does nothing: nothing is buffered."),
    METHOD_NOARGS("isatty", printer_isatty, "($self, /)", "Is the descriptor a terminal?"),
    METHOD_O("write", printer_write, "($self, text, /)", "Writes the text at once."),
    END_ROW,
};

constinit Type printer_type = static_type({
    .name = "stderrprinter",
    .basic_size = sizeof(Object),
    .doc = "Writes to the standard error descriptor.",
    .methods = printer_methods,
});

}  // namespace

Fallible<Ref<>> early_stderr_new() {
    TRY(type_ready(&printer_type));
    return instance_new<Object>(&printer_type);
}

}  // namespace py
