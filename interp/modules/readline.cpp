// readline: line editing, completion and history at the prompt, over libedit. Init files and parse_and_bind take GNU
// readline's syntax as well as libedit's.
#include "interp/modules/readline.h"

#include <editline/readline.h>

#include <cerrno>
#include <cstring>

#include "interp/modules/posix.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/line_input.h"

namespace py::readline {

Fallible<Ref<Bytes>> encode(Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "bad argument type for built-in operation");
    Ref<Bytes> bytes = TRY(fs_encode(as_str(text)));
    if (std::strlen(bytes->data) != size_t(bytes->size)) return raise(exc::ValueError, "embedded null byte");
    return bytes;
}

namespace {

Bytes* delimiters;  // libedit keeps a pointer to its text

// readline.parse_and_bind(string, /)
Fallible<Ref<>> parse_and_bind(Object*, Object* line) {
    std::string command = translate_binding(TRY(encode(line))->view());
    if (!command.empty()) rl_parse_and_bind(command.c_str());
    return share(none());
}
// readline.read_init_file(filename=None, /)
Fallible<Ref<>> read_init(Object*, Object* const* a) {
    std::string name;
    if (a[0] && a[0] != none()) {
        PathArgument path;
        TRY(path.parse(a[0]));
        name = path.bytes->view();
    } else {
        char* home = nullptr;
        const char* file = std::getenv("EDITRC");
        if (!file) file = home = tilde_expand(const_cast<char*>("~/.editrc"));
        if (file) name = file;
        std::free(home);
    }
    if (int error = read_init_file(name.c_str())) return raise_os_error(error, nullptr);
    return share(none());
}
// readline.get_line_buffer()
Fallible<Ref<>> get_line_buffer(Object*) { return str_from_fs(rl_line_buffer ? rl_line_buffer : ""); }
// readline.insert_text(string, /)
Fallible<Ref<>> insert_text(Object*, Object* text) {
    rl_insert_text(TRY(encode(text))->data);
    return share(none());
}
// readline.redisplay()
Fallible<Ref<>> redisplay(Object*) {
    rl_redisplay();
    return share(none());
}

Fallible<Ref<>> set_hook(Object*& slot, Object* function, const char* name) {
    if (!function || function == none()) {
        clear_slot(slot);
        return share(none());
    }
    if (!is_callable(function)) return raise(exc::TypeError, "set_%s(func): argument not callable", name);
    replace_slot(slot, new_reference(function));
    return share(none());
}
// readline.set_startup_hook(function=None, /)
Fallible<Ref<>> set_startup_hook(Object*, Object* const* a) { return set_hook(hooks.startup, a[0], "startup_hook"); }
// readline.set_pre_input_hook(function=None, /)
Fallible<Ref<>> set_pre_input_hook(Object*, Object* const* a) { return set_hook(hooks.pre_input, a[0], "pre_input_hook"); }
// readline.set_completer(function=None, /)
Fallible<Ref<>> set_completer(Object*, Object* const* a) { return set_hook(hooks.completer, a[0], "completer"); }
// readline.set_completion_display_matches_hook(function=None, /)
Fallible<Ref<>> set_display_hook(Object*, Object* const* a) {
    return set_hook(hooks.display_matches, a[0], "completion_display_matches_hook");
}
// readline.get_completer()
Fallible<Ref<>> get_completer(Object*) { return share(hooks.completer ? hooks.completer : none()); }
// readline.get_completion_type()
Fallible<Ref<>> get_completion_type(Object*) { return int_from(rl_completion_type); }
// readline.get_begidx()
Fallible<Ref<>> get_begidx(Object*) { return int_from(hooks.begin); }
// readline.get_endidx()
Fallible<Ref<>> get_endidx(Object*) { return int_from(hooks.end); }
// readline.get_completer_delims()
Fallible<Ref<>> get_completer_delims(Object*) { return str_from_fs(delimiters ? delimiters->view() : ""); }

void use_delimiters(Ref<Bytes> bytes) {
    rl_completer_word_break_characters = bytes->data;
    rl_basic_word_break_characters = bytes->data;
    replace_slot(delimiters, bytes.release());
}
// readline.set_completer_delims(string, /)
Fallible<Ref<>> set_completer_delims(Object*, Object* text) {
    use_delimiters(TRY(encode(text)));
    return share(none());
}

MethodDef functions[] = {
    METHOD_NOARGS("get_begidx", get_begidx, "($module, /)", "Where the text being completed begins in the line."),
    METHOD_NOARGS("get_completer", get_completer, "($module, /)", "The completer."),
    METHOD_NOARGS("get_completer_delims", get_completer_delims, "($module, /)", "The characters that end words to complete."),
    METHOD_NOARGS("get_completion_type", get_completion_type, "($module, /)", "The kind of completion that is going on."),
    METHOD_NOARGS("get_endidx", get_endidx, "($module, /)", "Where the text being completed ends in the line."),
    METHOD_NOARGS("get_line_buffer", get_line_buffer, "($module, /)", "The line as far as it is typed."),
    METHOD_O("insert_text", insert_text, "($module, string, /)", "Put text into the line at the cursor."),
    METHOD_O("parse_and_bind", or_memory_error_of<parse_and_bind>, "($module, string, /)", "Do what one line of an init file says."),
    METHOD("read_init_file", or_memory_error_of<read_init>, "($module, filename=None, /)", "Do what an init file says."),
    METHOD_NOARGS("redisplay", redisplay, "($module, /)", "Show the line as it is now."),
    METHOD("set_completer", set_completer, "($module, function=None, /)", "Set or remove the completer, called with (text, state)."),
    METHOD_O("set_completer_delims", set_completer_delims, "($module, string, /)", "Set the characters that end words to complete."),
    METHOD("set_completion_display_matches_hook", set_display_hook, "($module, function=None, /)",
           "Set or remove what shows matches, called with (substitution, matches, longest_match_length)."),
    METHOD("set_pre_input_hook", set_pre_input_hook, "($module, function=None, /)",
           "Set or remove what is called after the prompt and before the first character is read."),
    METHOD("set_startup_hook", set_startup_hook, "($module, function=None, /)", "Set or remove what is called before the prompt."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    rl_readline_name = "python";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_initialize();
    set_up_history();
    set_up_completion();
    rl_bind_key('\t', rl_insert);
    use_delimiters(TRY(bytes_from(" \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?")));
    line_editor = read_edited_line;
    TRY(module_add_methods(module, history_functions));
    TRY(module_add_int(module, "_READLINE_VERSION", rl_readline_version));
    TRY(module_add_int(module, "_READLINE_RUNTIME_VERSION", rl_readline_version));
    return module_add_str(module, "_READLINE_LIBRARY_VERSION", rl_library_version);
}

}  // namespace

}  // namespace py::readline

namespace py {

extern const NativeModule readline_module;
const NativeModule readline_module = {
    "readline", "Importing this module enables command line editing using libedit readline.", readline::functions,
    readline::execute};

}  // namespace py
