// See line_input.h. Without the readline module lines come from the C library as they are typed.
#include "interp/runtime/line_input.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"

namespace py {

LineReader line_editor = nullptr;

namespace {

Fallible<bool> read_plain_line(const char* prompt, std::string* line) {
    std::fflush(stdout);
    std::fputs(prompt, stderr);
    std::fflush(stderr);
    for (;;) {
        int c;
        int error;
        {
            GilReleased released;
            errno = 0;
            c = std::getc(stdin);
            error = errno;
        }
        if (c == EOF) {
            std::clearerr(stdin);
            if (error != EINTR) return !line->empty();
            TRY(check_signals());
            continue;
        }
        line->push_back(char(c));
        if (c == '\n') return true;
    }
}

// The encoding of sys.stdin or sys.stdout, what the console's bytes mean.
Fallible<Ref<>> stream_attribute(const char* stream, Str* name) {
    Object* found = sys_get(stream);
    if (!found || found == none()) return raise(exc::RuntimeError, "input(): lost sys.%s", stream);
    Ref<> kept = share(found);
    return get_attr(found, name);
}

Fallible<Ref<Bytes>> encode_prompt(Str* prompt) {
    if (prompt->ascii) return bytes_from(prompt->ascii_view());
    Ref<> encoding = TRY(stream_attribute("stdout", "encoding"_name));
    Ref<> errors = TRY(stream_attribute("stdout", "errors"_name));
    if (!is_str(encoding.get()) || !is_str(errors.get())) return str_encode(prompt, "utf-8", "backslashreplace");
    return str_encode(prompt, TRY(str_utf8(as_str(encoding.get()))).data(), TRY(str_utf8(as_str(errors.get()))).data());
}

Fallible<Ref<Str>> decode_line(std::string_view line) {
    Ref<> encoding = TRY(stream_attribute("stdin", "encoding"_name));
    Ref<> errors = TRY(stream_attribute("stdin", "errors"_name));
    if (!is_str(encoding.get()) || !is_str(errors.get())) return str_from_fs(line);
    return bytes_decode(line, TRY(str_utf8(as_str(encoding.get()))).data(), TRY(str_utf8(as_str(errors.get()))).data());
}

}  // namespace

Fallible<bool> read_terminal_line(std::string_view prompt, std::string* line) {
    std::string text(prompt);
    line->clear();
    if (line_editor && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) return line_editor(text.c_str(), line);
    return read_plain_line(text.c_str(), line);
}

Fallible<Ref<>> read_console_line(Str* prompt) {
    Ref<Bytes> shown = TRY(encode_prompt(prompt));
    if (shown->view().find('\0') != std::string_view::npos) return raise(exc::ValueError, "input: prompt string cannot contain null characters");
    std::string line;
    if (!TRY(read_terminal_line(shown->view(), &line))) return raise_bare(exc::EOFError);
    if (line.ends_with('\n')) line.pop_back();
    return decode_line(line);
}

}  // namespace py
