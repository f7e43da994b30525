// Terminal facts.
#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

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

// The length of the code point at the start of `text`, and the code point; 0 where the first byte begins none.
static size_t code_point_at(std::string_view text, uint32_t& code) {
    size_t length = 1;
    while (length <= 4 && !is_utf8(text.substr(0, length)))
        length++;
    if (length > std::min<size_t>(4, text.size())) return 0;
    static constexpr unsigned char kMasks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    code = (unsigned char)text[0] & kMasks[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    return length;
}

static bool harmless(uint32_t code) {
    if (code < 0x20) return code == '\n' || code == '\t';
    bool control = code >= 0x7f && code < 0xa0;
    bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !direction;
}

std::string for_terminal(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        uint32_t code = 0;
        size_t length = code_point_at(text, code);
        char spelled[12] = {};
        if (!length || (!harmless(code) && code < 0x80)) {
            // The line ends of another system are line ends.
            if (!text.starts_with("\r\n")) std::snprintf(spelled, sizeof spelled, "\\x%02x", (unsigned)(unsigned char)text[0]);
        } else if (!harmless(code)) {
            std::snprintf(spelled, sizeof spelled, "\\u%04x", (unsigned)code);
        } else {
            out.append(text.substr(0, length));
        }
        out += spelled;
        text.remove_prefix(std::max<size_t>(1, length));
    }
    return out;
}

}  // namespace base
