// termios: attributes, queues and window sizes of terminals.
#include <linux/tty.h>
#include <sys/ioctl.h>
#include <sys/ttydefaults.h>
#include <termios.h>

#include <climits>
#include <cstring>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {

namespace {

Object* termios_error = nullptr;  // termios.error; the module keeps it

Raised raise_errno() {
    int error = errno;
    Ref<Int> number = TRY(int_from(error));
    Ref<Str> text = TRY(str_from_utf8(std::strerror(error)));
    Ref<Tuple> arguments = TRY(tuple_pack(number.get(), text.get()));
    return raise_object(static_cast<Type*>(static_cast<VarObject*>(termios_error)), arguments.get());
}
Fallible<Ref<>> none_or_error(int status) {
    if (status != 0) return raise_errno();
    return share(none());
}

Fallible<long> long_argument(Object* value) {
    Ref<Int> number = TRY(index(value));
    int overflow;
    int64_t result = as_int64_clamped(number.get(), &overflow);
    if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
    return result;
}

// In a terminal that reads byte by byte two of the characters are numbers.
bool is_number(const termios& attributes, int character) {
    return !(attributes.c_lflag & ICANON) && (character == VMIN || character == VTIME);
}

// termios.tcgetattr(fd, /)
Fallible<Ref<>> termios_tcgetattr(Object*, Object* fd) {
    termios attributes;
    int descriptor = TRY(descriptor_argument(fd));
    if (without_gil([&] { return ::tcgetattr(descriptor, &attributes); }) != 0) return raise_errno();
    Ref<List> characters = TRY(list_new(0));
    for (int i = 0; i < NCCS; ++i) {
        cc_t c = attributes.c_cc[i];
        Ref<> each = is_number(attributes, i) ? Ref<>(TRY(int_from(c))) : Ref<>(TRY(bytes_from({reinterpret_cast<char*>(&c), 1})));
        TRY(list_append(characters.get(), each.get()));
    }
    Ref<List> result = TRY(list_new(0));
    for (uint64_t value : {attributes.c_iflag, attributes.c_oflag, attributes.c_cflag, attributes.c_lflag,
                           cfgetispeed(&attributes), cfgetospeed(&attributes)})
        TRY(list_append(result.get(), TRY(int_from_unsigned(value)).get()));
    TRY(list_append(result.get(), characters.get()));
    return result;
}

Fallible<void> read_characters(Object* list, termios& attributes) {
    if (!is_list(list) || as_list(list)->size != NCCS)
        return raise(exc::TypeError, "tcsetattr: attributes[6] must be %d element list", NCCS);
    for (int i = 0; i < NCCS; ++i) {
        Object* each = as_list(list)->items[i];
        if (is_bytes(each) && as_bytes(each)->size == 1)
            attributes.c_cc[i] = cc_t(as_bytes(each)->data[0]);
        else if (is_int(each))
            attributes.c_cc[i] = cc_t(TRY(long_argument(each)));
        else
            return raise(exc::TypeError, "tcsetattr: elements of attributes must be characters or integers");
    }
    return {};
}

// termios.tcsetattr(fd, when, attributes, /)
Fallible<Ref<>> termios_tcsetattr(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]));
    int when = TRY(as_c_int(a[1]));
    if (!is_list(a[2]) || as_list(a[2])->size != 7) return raise(exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    // What the list does not say stays as it is.
    termios attributes;
    if (without_gil([&] { return ::tcgetattr(descriptor, &attributes); }) != 0) return raise_errno();
    long numbers[6];
    for (int i = 0; i < 6; ++i) {
        Ref<> each = share(as_list(a[2])->items[i]);
        numbers[i] = TRY(long_argument(each.get()));
        if (as_list(a[2])->size != 7) return raise(exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    }
    attributes.c_iflag = tcflag_t(numbers[0]), attributes.c_oflag = tcflag_t(numbers[1]);
    attributes.c_cflag = tcflag_t(numbers[2]), attributes.c_lflag = tcflag_t(numbers[3]);
    TRY(read_characters(as_list(a[2])->items[6], attributes));
    if (cfsetispeed(&attributes, speed_t(numbers[4])) != 0 || cfsetospeed(&attributes, speed_t(numbers[5])) != 0)
        return raise_errno();
    return none_or_error(without_gil([&] { return ::tcsetattr(descriptor, when, &attributes); }));
}

// termios.tcsendbreak(fd, duration, /)
Fallible<Ref<>> termios_tcsendbreak(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0])), duration = TRY(as_c_int(a[1]));
    return none_or_error(without_gil([&] { return ::tcsendbreak(descriptor, duration); }));
}
// termios.tcdrain(fd, /)
Fallible<Ref<>> termios_tcdrain(Object*, Object* fd) {
    int descriptor = TRY(descriptor_argument(fd));
    return none_or_error(without_gil([&] { return ::tcdrain(descriptor); }));
}
// termios.tcflush(fd, queue, /)
Fallible<Ref<>> termios_tcflush(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0])), queue = TRY(as_c_int(a[1]));
    return none_or_error(without_gil([&] { return ::tcflush(descriptor, queue); }));
}
// termios.tcflow(fd, action, /)
Fallible<Ref<>> termios_tcflow(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0])), action = TRY(as_c_int(a[1]));
    return none_or_error(without_gil([&] { return ::tcflow(descriptor, action); }));
}

// termios.tcgetwinsize(fd, /)
Fallible<Ref<>> termios_tcgetwinsize(Object*, Object* fd) {
    winsize size;
    int descriptor = TRY(descriptor_argument(fd));
    if (without_gil([&] { return ::ioctl(descriptor, TIOCGWINSZ, &size); }) != 0) return raise_errno();
    Ref<Int> rows = TRY(int_from(size.ws_row)), columns = TRY(int_from(size.ws_col));
    return TRY(tuple_pack(rows.get(), columns.get()));
}
// termios.tcsetwinsize(fd, winsize, /)
Fallible<Ref<>> termios_tcsetwinsize(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]));
    if (!is_sequence(a[1]) || TRY(length(a[1])) != 2)
        return raise(exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    long numbers[2];
    for (int i = 0; i < 2; ++i) numbers[i] = TRY(long_argument(TRY(sequence_item(a[1], i)).get()));
    for (long number : numbers)
        if (number < 0 || number > USHRT_MAX) return raise(exc::OverflowError, "winsize value(s) out of range.");
    // The size in pixels, which nobody gives, stays.
    winsize size;
    if (without_gil([&] { return ::ioctl(descriptor, TIOCGWINSZ, &size); }) != 0) return raise_errno();
    size.ws_row = uint16_t(numbers[0]), size.ws_col = uint16_t(numbers[1]);
    return none_or_error(without_gil([&] { return ::ioctl(descriptor, TIOCSWINSZ, &size); }));
}

MethodDef termios_functions[] = {
    METHOD_O("tcdrain", termios_tcdrain, "($module, fd, /)", "Wait until all output has been sent."),
    METHOD("tcflow", termios_tcflow, "($module, fd, action, /)", "Stop or restart input or output."),
    METHOD("tcflush", termios_tcflush, "($module, fd, queue, /)", "Drop what stands in a queue."),
    METHOD_O("tcgetattr", termios_tcgetattr, "($module, fd, /)",
             "The attributes: [iflag, oflag, cflag, lflag, ispeed, ospeed, characters]."),
    METHOD_O("tcgetwinsize", termios_tcgetwinsize, "($module, fd, /)", "The window's (rows, columns)."),
    METHOD("tcsendbreak", termios_tcsendbreak, "($module, fd, duration, /)", "Send a break."),
    METHOD("tcsetattr", termios_tcsetattr, "($module, fd, when, attributes, /)", "Set the attributes, at once or later."),
    METHOD("tcsetwinsize", termios_tcsetwinsize, "($module, fd, winsize, /)", "Set the window's (rows, columns)."),
    END_ROW,
};

const struct {
    const char* name;
    int64_t value;
} termios_constants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#include "interp/modules/termios_constants.def"
#undef CONSTANT
    {"VSWTCH", VSWTC},
};

Fallible<void> termios_execute(Module* module) {
    Ref<> error = TRY(exception_type_new("termios.error", exc::Exception, nullptr));
    termios_error = error.get();
    TRY(module_add(module, "error", std::move(error)));
    for (auto& each : termios_constants) TRY(module_add_int(module, each.name, each.value));
    return {};
}

}  // namespace

extern const NativeModule termios_module;
const NativeModule termios_module = {
    "termios", "Control of terminals. The functions take a descriptor, or an object that has one, first.", termios_functions,
    termios_execute};

}  // namespace py
