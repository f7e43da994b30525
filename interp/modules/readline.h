// readline over libedit, split: what the parts share. Nothing of libedit is touched before the module is imported.
#pragma once

#include <string>
#include <string_view>

#include "interp/objects/fallible.h"
#include "interp/objects/method_def.h"

namespace py::readline {

// Python's functions called from libedit; null: none. Owned.
struct Hooks {
    Object *startup, *pre_input, *completer, *display_matches;
    int begin, end;  // of the text being completed, in characters of the line
};
extern Hooks hooks;

// Text to the locale's encoding; a str is asked for.
Fallible<Ref<Bytes>> encode(Object* text);

// One line, read with editing: the LineReader.
Fallible<bool> read_edited_line(const char* prompt, std::string* line);
void set_up_completion();
// GNU readline's line of an init file in libedit's words; "" when it says nothing to libedit.
std::string translate_binding(std::string_view line);

// History, numbered from 0.
void set_up_history();
int history_length();
const char* history_line(int index);  // null: none
void add_line(const char* line);
bool auto_history();
extern MethodDef history_functions[];
// Reads the lines of an init file, libedit's or GNU readline's. errno, or 0.
int read_init_file(const char* path);

}  // namespace py::readline
