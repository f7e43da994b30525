// _io: the module, its functions and constants.
#include "interp/modules/io.h"
#include "interp/objects/function.h"
#include "interp/runtime/state.h"

namespace py::io {

namespace {

// _io.text_encoding(encoding, stacklevel=2, /)
Fallible<Ref<>> io_text_encoding(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("text_encoding", nargs, 1, 2));
    int stack_level = nargs > 1 ? TRY(as_c_int(args[1])) : 2;
    if (!is_none(args[0])) return share(args[0]);
    if (runtime().config.warn_default_encoding) TRY(warn(exc::EncodingWarning, stack_level, "'encoding' argument not specified"));
    return str_from_ascii(runtime().config.utf8_mode ? "utf-8" : "locale");
}
// _io.open_code(path)
Fallible<Ref<>> io_open_code(Object* module, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "open_code() argument 'path' must be str, not %N", a[0]);
    Ref<Str> mode = TRY(str_from_ascii("rb"));
    Object* arguments[8] = {a[0], mode.get()};
    return io_open(module, arguments);
}

MethodDef io_functions[] = {
    {"open",
     BOUND_ENTRY_(io_open, "open",
                  "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"),
     kFastcall | kKeywords,
     METHOD_DOC("open",
                "($module, /, file, mode='r', buffering=-1, encoding=None,\n"
                "     errors=None, newline=None, closefd=True, opener=None)",
                "Open a file; raise OSError where that fails.\n\n"
                "file is a name or a descriptor. mode is 'r', 'w', 'x' or 'a', with '+' for both directions and 'b' for bytes in\n"
                "place of text. buffering is 0 (none, binary only), 1 (by lines, text only) or a buffer's size.")},
    METHOD_FAST("text_encoding", io_text_encoding, "($module, encoding, stacklevel=2, /)",
                "The encoding to hand on to open(): 'locale' for None, or 'utf-8' in UTF-8 mode."),
    METHOD("open_code", io_open_code, "($module, /, path)", "Open a file whose contents are going to be run, as open(path, 'rb') does."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    for (MethodDef* row = io_functions; row->name; ++row)  // they call themselves io's
        TRY(module_add(module, row->name, builtin_function_new(row, module, "io"_name)));
    TRY(module_add_int(module, "DEFAULT_BUFFER_SIZE", kDefaultBufferSize));
    TRY(make_unsupported_operation(module));
    TRY(module_add(module, "BlockingIOError", share(static_cast<Object*>(exc::BlockingIOError))));
    TRY(type_ready(&bytesio_buffer_type));
    for (Type* type : {&iobase_type, &newline_decoder_type, &bufferediobase_type, &rawiobase_type, &textiobase_type, &bytesio_type,
                       &buffered_reader_type, &buffered_writer_type, &buffered_rwpair_type, &buffered_random_type, &fileio_type,
                       &stringio_type, &textiowrapper_type})
        TRY(module_add_type(module, type));
    return {};
}

}  // namespace

}  // namespace py::io

namespace py {

extern const NativeModule io_module;
const NativeModule io_module = {
    "_io",
    "Streams: raw files, buffers, text. The module io makes them into its classes.",
    nullptr,
    io::execute,
};

}  // namespace py
