// open(): the layers of streams that a mode asks for.
#include "interp/modules/io.h"

#include <cstring>

namespace py::io {

namespace {

struct OpenMode {
    bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false, binary = false;
    char raw[8];  // what FileIO gets
};

Fallible<std::string_view> mode_argument(Object* value) {
    if (!value) return std::string_view("r");
    if (!is_str(value)) return raise(exc::TypeError, "open() argument 'mode' must be str, not %N", value);
    return str_c_string(as_str(value));
}

Fallible<OpenMode> parse_open_mode(std::string_view text) {
    OpenMode mode;
    constexpr std::string_view kLetters = "xrwa+tb";
    bool OpenMode::*const flags[] = {&OpenMode::creating, &OpenMode::reading,  &OpenMode::writing, &OpenMode::appending,
                                     &OpenMode::updating, &OpenMode::text, &OpenMode::binary};
    for (char c : text) {
        size_t index = kLetters.find(c);
        if (index == std::string_view::npos || mode.*flags[index]) return raise(exc::ValueError, "invalid mode: '%.200s'", text.data());
        mode.*flags[index] = true;
    }
    size_t length = 0;
    for (size_t i = 0; i < 5; ++i)
        if (mode.*flags[i]) mode.raw[length++] = kLetters[i];
    mode.raw[length] = 0;
    return mode;
}

Fallible<void> check_combination(const OpenMode& mode, Object* encoding, Object* errors, Object* newline, ssize_t buffering) {
    if (mode.text && mode.binary) return raise(exc::ValueError, "can't have text and binary mode at once");
    if (mode.creating + mode.reading + mode.writing + mode.appending > 1)
        return raise(exc::ValueError, "must have exactly one of create/read/write/append mode");
    if (mode.binary && !is_none(encoding)) return raise(exc::ValueError, "binary mode doesn't take an encoding argument");
    if (mode.binary && !is_none(errors)) return raise(exc::ValueError, "binary mode doesn't take an errors argument");
    if (mode.binary && !is_none(newline)) return raise(exc::ValueError, "binary mode doesn't take a newline argument");
    if (mode.binary && buffering == 1)
        TRY(warn(exc::RuntimeWarning, 1, "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"));
    return {};
}

Fallible<void> check_text_argument(Object* value, const char* name) {
    if (is_none(value)) return {};
    if (!is_str(value)) return raise(exc::TypeError, "open() argument '%s' must be str or None, not %N", name, value);
    TRY(str_c_string(as_str(value)));
    return {};
}

Fallible<Ref<>> make_buffer(const OpenMode& mode, Object* raw, ssize_t size) {
    Type* type;
    if (mode.updating)
        type = &buffered_random_type;
    else if (mode.creating || mode.writing || mode.appending)
        type = &buffered_writer_type;
    else if (mode.reading)
        type = &buffered_reader_type;
    else
        return raise(exc::ValueError, "unknown mode: '%s'", mode.raw);
    Ref<Int> size_object = TRY(int_from(size));
    return call(type, raw, static_cast<Object*>(size_object.get()));
}

struct TextSettings {
    Object *encoding, *errors, *newline, *mode;
};
// Buffer and text layer over a raw file; *result is the outermost layer made so far, for the caller to close on failure.
Fallible<void> add_layers(const OpenMode& mode, ssize_t buffering, const TextSettings& settings, Ref<>* result) {
    Object* raw = result->get();
    bool is_terminal = TRY(ask_method(raw, "isatty"_name));
    bool line_buffering = buffering == 1 || (buffering < 0 && is_terminal);
    if (line_buffering) buffering = -1;
    if (buffering < 0) {
        Ref<> block_size = TRY(get_attr(raw, "_blksize"_name));
        buffering = TRY(as_ssize(block_size.get()));
    }
    if (buffering == 0) {
        if (!mode.binary) return raise(exc::ValueError, "can't have unbuffered text I/O");
        return {};
    }
    *result = TRY(make_buffer(mode, raw, buffering));
    if (mode.binary) return {};
    Ref<> wrapper = TRY(call(&textiowrapper_type, result->get(), settings.encoding, settings.errors, settings.newline,
                             line_buffering ? py_true() : py_false()));
    *result = std::move(wrapper);
    return set_attr(result->get(), "mode"_name, settings.mode);
}

}  // namespace

// open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)
Fallible<Ref<>> io_open(Object*, Object* const* a) {
    std::string_view mode_text = TRY(mode_argument(a[1]));
    ssize_t buffering = a[2] ? TRY(as_c_int(a[2])) : -1;
    TextSettings settings{a[3] ? a[3] : none(), a[4] ? a[4] : none(), a[5] ? a[5] : none(), a[1] ? a[1] : static_cast<Object*>("r"_name)};
    TRY(check_text_argument(settings.encoding, "encoding"));
    TRY(check_text_argument(settings.errors, "errors"));
    TRY(check_text_argument(settings.newline, "newline"));
    bool closefd = a[6] ? TRY(is_true(a[6])) : true;
    Object* opener = a[7] ? a[7] : none();
    Ref<> path = is_number(a[0]) ? share(a[0]) : TRY(path_fspath(a[0]));
    OpenMode mode = TRY(parse_open_mode(mode_text));
    TRY(check_combination(mode, settings.encoding, settings.errors, settings.newline, buffering));
    Ref<Str> raw_mode = TRY(str_from_ascii(mode.raw));
    Ref<> stream = TRY(call(&fileio_type, path.get(), static_cast<Object*>(raw_mode.get()), closefd ? py_true() : py_false(), opener));
    if (add_layers(mode, buffering, settings, &stream).ok()) return stream;
    FirstError opening;
    (void)call_method(stream.get(), "close"_name).ok();
    TRY(opening.finish());
    return raised;
}

}  // namespace py::io
