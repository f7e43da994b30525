// termios: control of terminals.
#include <linux/serial.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <climits>
#include <cstring>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {

namespace {

Object* termios_error = nullptr;

// termios.error(errno, text)
Raised raise_terminal_error() {
    Ref<Int> number = TRY(int_from(errno));
    Ref<Str> text = TRY(str_from_fs(::strerror(errno)));
    Ref<> error = TRY(call(termios_error, static_cast<Object*>(number.get()), static_cast<Object*>(text.get())));
    return raise_instance(error.get());
}
Fallible<Ref<>> none_or_error(int status) {
    if (status < 0) return raise_terminal_error();
    return share(none());
}

// termios.tcgetattr(fd, /)
Fallible<Ref<>> termios_tcgetattr(Object*, Object* fd) {
    int descriptor = TRY(descriptor_argument(fd));
    struct termios mode;
    if (without_gil([&] { return ::tcgetattr(descriptor, &mode); }) < 0) return raise_terminal_error();
    Ref<List> characters = TRY(list_new(NCCS));
    for (int i = 0; i < NCCS; ++i) {
        // Without canonical mode these two are a count and a time, in place of characters.
        bool is_number = (mode.c_lflag & ICANON) == 0 && (i == VMIN || i == VTIME);
        char byte = char(mode.c_cc[i]);
        if (is_number) characters->items[i] = TRY(int_from(mode.c_cc[i]))
        .release();
        else characters->items[i] = TRY(bytes_from({&byte, 1}))
        .release();
    }
    Ref<List> result = TRY(list_new(7));
    const unsigned values[] = {mode.c_iflag, mode.c_oflag,         mode.c_cflag,
                               mode.c_lflag, ::cfgetispeed(&mode), ::cfgetospeed(&mode)};
    for (int i = 0; i < 6; ++i)
        result->items[i] = TRY(int_from(values[i]))
    .release();
    result->items[6] = characters.release();
    return result;
}

Fallible<void> read_characters(Object* object, struct termios& mode) {
    if (!is_list(object) || as_list(object)->size != NCCS)
        return raise(exc::TypeError, "tcsetattr: attributes[6] must be %d element list", int(NCCS));
    for (int i = 0; i < NCCS; ++i) {
        Object* item = as_list(object)->items[i];
        if (is_bytes(item) && as_bytes(item)->size == 1)
            mode.c_cc[i] = cc_t(as_bytes(item)->data[0]);
        else if (is_int(item))
            mode.c_cc[i] = cc_t(TRY(as_int64(item)));
        else
            return raise(exc::TypeError, "tcsetattr: elements of attributes must be characters or integers");
    }
    return {};
}
// termios.tcsetattr(fd, when, attributes, /)
Fallible<Ref<>> termios_tcsetattr(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]));
    int when = TRY(as_c_int(a[1]));
    if (!is_list(a[2]) || as_list(a[2])->size != 7)
        return raise(exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    struct termios mode;
    // For what the list does not tell.
    if (::tcgetattr(descriptor, &mode) < 0) return raise_terminal_error();
    unsigned values[6];
    for (int i = 0; i < 6; ++i)
        values[i] = unsigned(TRY(as_int64(as_list(a[2])->items[i])));
    mode.c_iflag = values[0], mode.c_oflag = values[1], mode.c_cflag = values[2], mode.c_lflag = values[3];
    TRY(read_characters(as_list(a[2])->items[6], mode));
    if (::cfsetispeed(&mode, values[4]) < 0 || ::cfsetospeed(&mode, values[5]) < 0) return raise_terminal_error();
    return none_or_error(without_gil([&] { return ::tcsetattr(descriptor, when, &mode); }));
}

// termios.tcsendbreak(fd, duration, /)
Fallible<Ref<>> termios_tcsendbreak(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]))
    , duration = TRY(as_c_int(a[1]));
    return none_or_error(without_gil([&] { return ::tcsendbreak(descriptor, duration); }));
}
// termios.tcdrain(fd, /)
Fallible<Ref<>> termios_tcdrain(Object*, Object* fd) {
    int descriptor = TRY(descriptor_argument(fd));
    return none_or_error(without_gil([&] { return ::tcdrain(descriptor); }));
}
// termios.tcflush(fd, queue, /)
Fallible<Ref<>> termios_tcflush(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]))
    , queue = TRY(as_c_int(a[1]));
    return none_or_error(without_gil([&] { return ::tcflush(descriptor, queue); }));
}
// termios.tcflow(fd, action, /)
Fallible<Ref<>> termios_tcflow(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]))
    , action = TRY(as_c_int(a[1]));
    return none_or_error(without_gil([&] { return ::tcflow(descriptor, action); }));
}

// termios.tcgetwinsize(fd, /)
Fallible<Ref<>> termios_tcgetwinsize(Object*, Object* fd) {
    winsize size;
    if (::ioctl(TRY(descriptor_argument(fd)), TIOCGWINSZ, &size) < 0) return raise_terminal_error();
    Ref<Int> rows = TRY(int_from(size.ws_row));
    Ref<Int> columns = TRY(int_from(size.ws_col));
    return TRY(tuple_pack(rows.get(), columns.get()));
}
// termios.tcsetwinsize(fd, winsize, /)
Fallible<Ref<>> termios_tcsetwinsize(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]));
    bool is_sequence = is_tuple(a[1]) || (a[1]->type->as_sequence && a[1]->type->as_sequence->item);
    if (!is_sequence || TRY(length(a[1])) != 2)
        return raise(exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    int64_t parts[2];
    for (int i = 0; i < 2; ++i) {
        parts[i] = TRY(as_int64(TRY(sequence_item(a[1], i)).get()));
        if (parts[i] < 0 || parts[i] > USHRT_MAX) return raise(exc::OverflowError, "winsize value(s) out of range.");
    }
    winsize size;
    if (::ioctl(descriptor, TIOCGWINSZ, &size) < 0) return raise_terminal_error();
    size.ws_row = static_cast<unsigned short>(parts[0]);
    size.ws_col = static_cast<unsigned short>(parts[1]);
    return none_or_error(::ioctl(descriptor, TIOCSWINSZ, &size));
}

MethodDef termios_functions[] = {
    METHOD_O("tcdrain", termios_tcdrain, "($module, fd, /)", "Wait until all output has gone out."),
    METHOD("tcflow", termios_tcflow, "($module, fd, action, /)", "Suspend or resume input or output."),
    METHOD("tcflush", termios_tcflush, "($module, fd, queue, /)", "Drop what is queued."),
    METHOD_O("tcgetattr", termios_tcgetattr, "($module, fd, /)",
             "The terminal's attributes: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]."),
    METHOD_O("tcgetwinsize", termios_tcgetwinsize, "($module, fd, /)", "The window's (rows, columns)."),
    METHOD("tcsendbreak", termios_tcsendbreak, "($module, fd, duration, /)", "Send a break."),
    METHOD("tcsetattr", termios_tcsetattr, "($module, fd, when, attributes, /)",
           "Set the terminal's attributes from a list like tcgetattr's."),
    METHOD("tcsetwinsize", termios_tcsetwinsize, "($module, fd, winsize, /)", "Set the window's (rows, columns)."),
    END_ROW,
};

const struct {
    const char* name;
    int64_t value;
} termios_constants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#define VALUE(name, value) {#name, int64_t(value)},
#include "interp/modules/termios_constants.def"
#undef VALUE
#undef CONSTANT
};

Fallible<void> termios_execute(Module* module) {
    termios_error = TRY(exception_type_new("termios.error", exc::Exception, nullptr))
    .release();
    TRY(dict_set(module->dict, "error", termios_error));
    for (auto& each : termios_constants)
        TRY(module_add_int(module, each.name, each.value));
    return {};
}

}  // namespace

extern const NativeModule termios_module;
const NativeModule termios_module = {"termios", "Control of terminals (POSIX).", termios_functions, termios_execute};

}  // namespace py
