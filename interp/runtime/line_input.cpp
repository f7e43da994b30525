// See line_input.h. Without the readline module lines come from the C library as they are typed.
#include "interp/runtime/line_input.h"

#include <cerrno>
#include <cstdio>
#include <string>

#include "interp/objects/errors.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

Fallible<Ref<>> read_console_line(Str* prompt) {
    std::string_view text = TRY(str_utf8(prompt));
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
    std::string line;
    for (;;) {
        int c;
        {
            GilReleased released;
            errno = 0;
            c = std::getc(stdin);
        }
        if (c == EOF && errno == EINTR) {
            std::clearerr(stdin);
            TRY(check_signals());
            continue;
        }
        if (c == EOF) {
            std::clearerr(stdin);
            if (line.empty()) return raise_bare(exc::EOFError);
            break;
        }
        if (c == '\n') break;
        line.push_back(char(c));
    }
    return TRY(str_from_fs(line));
}

}  // namespace py
