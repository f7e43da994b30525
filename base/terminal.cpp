// Terminal facts.
#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace base {

bool is_terminal(int fd) {
    return isatty(fd) == 1;
}

int terminal_width(int fd) {
    struct winsize size = {};
    if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col) return size.ws_col;
    const char* columns = getenv("COLUMNS");
    int value = columns ? atoi(columns) : 0;
    return value > 0 ? value : 80;
}

static std::string_view variable(const char* name) {
    const char* value = getenv(name);
    return value ? value : "";
}

bool use_color(ColorChoice choice, int fd) {
    if (choice != ColorChoice::Auto) return choice == ColorChoice::Always;
    if (!variable("NO_COLOR").empty()) return false;
    for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE"}) {
        std::string_view value = variable(name);
        if (!value.empty() && value != "0") return true;
    }
    return is_terminal(fd) && variable("TERM") != "dumb";
}

}  // namespace base
