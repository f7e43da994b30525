// See standard_streams.h. Encoding and error handler follow PYTHONIOENCODING, the locale and UTF-8 mode.
#include "interp/runtime/standard_streams.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstring>
#include <string>

#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/codec.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/environment.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

struct StreamEncoding {
    std::string encoding = "utf-8";
    std::string errors = "strict";
};

// In the C locale and in those that it is coerced to (PEP 538), as in UTF-8 mode, every byte comes through.
bool is_lenient_locale(std::string_view name) {
    for (const char* each : {"C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"})
        if (name == each) return true;
    return false;
}

// The name by which the codec calls itself.
Fallible<std::string> codec_name(const char* encoding) {
    Ref<> codec = TRY(codec_lookup(encoding));
    Ref<> name = TRY(get_attr(codec.get(), "name"_name));
    if (!is_str(name.get())) return raise(exc::TypeError, "the codec's name is not a string");
    return std::string(TRY(str_utf8(as_str(name.get()))));
}

Fallible<StreamEncoding> stream_encoding() {
    const Config& config = runtime().config;
    StreamEncoding result{config.fs_encoding, "strict"};
    if (config.utf8_mode || is_lenient_locale(std::setlocale(LC_CTYPE, nullptr))) result.errors = "surrogateescape";
    const char* given = environment_variable("PYTHONIOENCODING");
    if (!given) return result;
    std::string text = given;
    size_t colon = text.find(':');
    if (colon != 0) {
        result.encoding = TRY(codec_name(text.substr(0, colon).c_str()));
        result.errors = "strict";
    }
    if (colon != std::string::npos && colon + 1 < text.size()) result.errors = text.substr(colon + 1);
    return result;
}

// One stream over a descriptor: FileIO, a buffer unless -u, and a text wrapper.
Fallible<Ref<>> make_stream(Object* io, int descriptor, bool writing, const char* name, const StreamEncoding& encoding) {
    if (fcntl(descriptor, F_GETFD) < 0) return share(none());
    bool raw_wanted = writing && runtime().config.unbuffered;
    Ref<Int> number = TRY(int_from(descriptor));
    Ref<Int> buffering = TRY(int_from(raw_wanted ? 0 : -1));
    Ref<Str> mode = TRY(str_from_ascii(writing ? "wb" : "rb"));
    Ref<> open = TRY(get_attr(io, "open"_name));
    Ref<> buffer = TRY(call(open.get(), static_cast<Object*>(number.get()), static_cast<Object*>(mode.get()),
                            static_cast<Object*>(buffering.get()), none(), none(), none(), py_false()));
    Ref<> raw = raw_wanted ? buffer : TRY(get_attr(buffer.get(), "raw"_name));
    Ref<Str> shown = TRY(str_from_ascii(name));
    TRY(set_attr(raw.get(), "name"_name, shown.get()));
    bool interactive = isatty(descriptor) || (runtime().config.interactive && !writing);
    bool line_buffering = !raw_wanted && (interactive || descriptor == 2);
    Ref<Str> encoding_text = TRY(str_from_ascii(encoding.encoding));
    Ref<Str> errors_text = TRY(str_from_ascii(descriptor == 2 ? "backslashreplace" : encoding.errors.c_str()));
    Ref<Str> newline = TRY(str_from_ascii("\n"));
    Ref<> wrapper = TRY(get_attr(io, "TextIOWrapper"_name));
    Object* newline_argument = writing ? static_cast<Object*>(newline.get()) : none();
    if (!writing) newline_argument = newline.get();
    Ref<> stream = TRY(call(wrapper.get(), buffer.get(), static_cast<Object*>(encoding_text.get()),
                            static_cast<Object*>(errors_text.get()), newline_argument, line_buffering ? py_true() : py_false(),
                            raw_wanted ? py_true() : py_false()));
    Ref<Str> text_mode = TRY(str_from_ascii(writing ? "w" : "r"));
    TRY(set_attr(stream.get(), "mode"_name, text_mode.get()));
    return stream;
}

Fallible<void> install(Object* io, int descriptor, const char* name, const char* saved, const StreamEncoding& encoding) {
    std::string shown = std::string("<") + name + ">";
    Ref<> stream = TRY(make_stream(io, descriptor, descriptor != 0, shown.c_str(), encoding));
    TRY(sys_set(saved, stream.get()));
    return sys_set(name, stream.get());
}

}  // namespace

Fallible<void> settle_fs_encoding() {
    static std::string name;  // runtime().config points to it
    if (!std::strcmp(runtime().config.fs_encoding, "utf-8")) return {};
    name = TRY(codec_name(runtime().config.fs_encoding));
    runtime().config.fs_encoding = name.c_str();
    return {};
}

Fallible<void> make_standard_streams() {
    Fallible<StreamEncoding> chosen = stream_encoding();
    if (!chosen.ok()) return fatal_start("init_stdio_encoding: failed to get the Python codec name of the stdio encoding");
    StreamEncoding encoding = chosen.take();
    struct stat info;
    if (fstat(STDIN_FILENO, &info) == 0 && S_ISDIR(info.st_mode))
        return fatal_start("init_sys_streams: <stdin> is a directory, cannot continue");
    Ref<> io = TRY(import_module("io"));
    Ref<> open = TRY(get_attr(io.get(), "open"_name));
    TRY(dict_set(runtime().builtins, "open", open.get()));
    TRY(install(io.get(), 0, "stdin", "__stdin__", encoding));
    TRY(install(io.get(), 1, "stdout", "__stdout__", encoding));
    return install(io.get(), 2, "stderr", "__stderr__", encoding);
}

static bool is_closed(Object* stream) {
    Lookup<> found = lookup_attr(stream, "closed"_name);
    Ref<> closed = found.ok() ? found.take() : Ref<>();
    Fallible<bool> truth = closed ? is_true(closed.get()) : Fallible<bool>(false);
    bool result = truth.ok() && truth.take();
    clear_error();
    return result;
}

// False: pending exception.
static bool flush_stream(const char* name) {
    Object* stream = sys_get(name);
    if (!stream || stream == none() || is_closed(stream)) return true;
    Ref<> kept = share(stream);
    return call_method(stream, "flush"_name).ok();
}

bool flush_standard_streams() {
    bool fine = true;
    if (!flush_stream("stdout")) {
        write_unraisable(sys_get("stdout"));
        fine = false;
    }
    if (!flush_stream("stderr")) {
        clear_error();
        fine = false;
    }
    return fine;
}

void flush_streams_quietly() {
    SavedError saved;
    for (const char* name : {"stderr", "stdout"})
        if (!flush_stream(name)) clear_error();
}

}  // namespace py
