// readline's history. Files are plain lines as GNU readline writes them, so that ~/.python_history serves both
// implementations; libedit's own files (a heading, blanks and special characters as \ooo) are read as well.
#include <editline/readline.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "interp/modules/posix.h"
#include "interp/modules/readline.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"

namespace py::readline {

namespace {

constexpr std::string_view kLibeditHeading = "_HiStOrY_V2_";
constexpr const char kDefaultFile[] = "~/.history";

int first_number = 1;    // history_get()'s number of the oldest entry
int replace_number = 0;  // replace_history_entry()'s
int file_limit = -1;     // lines kept in a file, -1: all
bool adds_lines = true;  // lines that were read enter the history

int octal(std::string_view text) {
    if (text.size() < 3) return -1;
    int value = 0;
    for (char c : text.substr(0, 3)) {
        if (c < '0' || c > '7') return -1;
        value = value * 8 + (c - '0');
    }
    return value;
}
std::string without_escapes(std::string_view line) {
    std::string text;
    for (size_t i = 0; i < line.size(); ++i) {
        int value = line[i] == '\\' ? octal(line.substr(i + 1)) : -1;
        if (value < 0) {
            text.push_back(line[i]);
            continue;
        }
        text.push_back(char(value));
        i += 3;
    }
    return text;
}

// All lines of a file; errno or 0.
int read_lines(const char* path, std::vector<std::string>* lines) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "re"), std::fclose);
    if (!file) return errno;
    std::string content;
    char buffer[8192];
    for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) content.append(buffer, n);
    int error = std::ferror(file.get()) ? EIO : 0;
    bool escaped = false;
    for (size_t start = 0; start < content.size();) {
        size_t end = std::min(content.find('\n', start), content.size());
        std::string_view line = std::string_view(content).substr(start, end - start);
        start = end + 1;
        if (lines->empty() && !escaped && line == kLibeditHeading) {
            escaped = true;
            continue;
        }
        lines->push_back(escaped ? without_escapes(line) : std::string(line));
    }
    return error;
}

int write_lines(const char* path, const std::vector<std::string>& lines, int flags) {
    std::string content;
    for (const std::string& line : lines) (content += line) += '\n';
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    if (descriptor < 0) return errno;
    int error = 0;
    for (std::string_view rest = content; !rest.empty() && !error;) {
        ssize_t written = write(descriptor, rest.data(), rest.size());
        if (written < 0 && errno != EINTR) error = errno;
        if (written > 0) rest.remove_prefix(size_t(written));
    }
    if (close(descriptor) != 0 && !error) error = errno;
    return error;
}

// Leaves the newest lines in a file.
int truncate_file(const char* path) {
    if (file_limit < 0) return 0;
    std::vector<std::string> lines;
    if (int error = read_lines(path, &lines)) return error;
    if (lines.size() <= size_t(file_limit)) return 0;
    lines.erase(lines.begin(), lines.end() - file_limit);
    return write_lines(path, lines, O_TRUNC);
}

std::vector<std::string> newest_lines(int count) {
    std::vector<std::string> lines;
    int total = history_length();
    for (int i = std::max(0, total - count); i < total; ++i)
        if (const char* line = history_line(i)) lines.emplace_back(line);
    return lines;
}

// A file argument; none: the default file of the user's.
Fallible<std::string> file_argument(Object* value) {
    if (!value || value == none()) {
        char* name = tilde_expand(const_cast<char*>(kDefaultFile));
        std::string path = name ? name : kDefaultFile;
        std::free(name);
        return path;
    }
    PathArgument path;
    TRY(path.parse(value));
    return std::string(path.c_str());
}
Fallible<Ref<>> none_or_error(int error) {
    if (error) return raise_os_error(error, nullptr);
    return share(none());
}

// readline.read_history_file(filename=None, /)
Fallible<Ref<>> read_history_file(Object*, Object* const* a) {
    std::string path = TRY(file_argument(a[0]));
    TRY(audit("open", "OCi", a[0] ? a[0] : none(), 'r', 0));
    std::vector<std::string> lines;
    if (int error = read_lines(path.c_str(), &lines)) return none_or_error(error);
    for (const std::string& line : lines) add_line(line.c_str());
    return share(none());
}
// readline.write_history_file(filename=None, /)
Fallible<Ref<>> write_history_file(Object*, Object* const* a) {
    std::string path = TRY(file_argument(a[0]));
    TRY(audit("open", "OCi", a[0] ? a[0] : none(), 'w', 0));
    int error = write_lines(path.c_str(), newest_lines(history_length()), O_TRUNC);
    return none_or_error(error ? error : truncate_file(path.c_str()));
}
// readline.append_history_file(nelements, filename=None, /)
Fallible<Ref<>> append_history_file(Object*, Object* const* a) {
    int count = TRY(as_c_int(a[0]));
    std::string path = TRY(file_argument(a[1]));
    TRY(audit("open", "OCi", a[1] ? a[1] : none(), 'a', 0));
    int error = write_lines(path.c_str(), newest_lines(std::max(0, count)), O_APPEND);
    return none_or_error(error ? error : truncate_file(path.c_str()));
}
// readline.get_history_length()
Fallible<Ref<>> get_history_length(Object*) { return int_from(file_limit); }
// readline.set_history_length(length, /)
Fallible<Ref<>> set_history_length(Object*, Object* length) {
    file_limit = TRY(as_c_int(length));
    return share(none());
}
// readline.get_current_history_length()
Fallible<Ref<>> get_current_history_length(Object*) { return int_from(history_length()); }
// readline.get_history_item(index, /)
Fallible<Ref<>> get_history_item(Object*, Object* index) {
    const char* line = history_line(TRY(as_c_int(index)) - 1);
    if (!line) return share(none());
    return str_from_fs(line);
}

Fallible<int> position_argument(Object* value) {
    int position = TRY(as_c_int(value));
    if (position < 0) return raise(exc::ValueError, "History index cannot be negative");
    if (position >= history_length()) return raise(exc::ValueError, "No history item at position %d", position);
    return position;
}
void free_entry(HIST_ENTRY* entry) {
    if (!entry) return;
    std::free(const_cast<char*>(entry->line));
    std::free(entry);
}
// readline.remove_history_item(pos, /)
Fallible<Ref<>> remove_history_item(Object*, Object* position) {
    free_entry(remove_history(TRY(position_argument(position))));
    return share(none());
}
// readline.replace_history_item(pos, line, /)
Fallible<Ref<>> replace_history_item(Object*, Object* const* a) {
    Ref<Bytes> line = TRY(encode(a[1]));
    int position = TRY(position_argument(a[0]));
    free_entry(replace_history_entry(position + replace_number, line->data, nullptr));
    return share(none());
}
// readline.add_history(string, /)
Fallible<Ref<>> add_history_line(Object*, Object* line) {
    add_line(TRY(encode(line))->data);
    return share(none());
}
// readline.clear_history()
Fallible<Ref<>> clear_history_lines(Object*) {
    clear_history();
    return share(none());
}
// readline.set_auto_history(enabled, /)
Fallible<Ref<>> set_auto_history(Object*, Object* enabled) {
    adds_lines = TRY(is_true(enabled));
    return share(none());
}

}  // namespace

// libedit's releases number the entries from 0 or from 1, and not the same in all functions: it is tried out.
void set_up_history() {
    using_history();
    ::add_history("1");
    first_number = history_get(1) ? 1 : 0;
    ::add_history("2");
    free_entry(replace_history_entry(1, "X", nullptr));
    const char* first = history_line(0);
    replace_number = first && !std::strcmp(first, "X") ? 1 : 0;
    clear_history();
}

int history_length() { return ::history_length; }

const char* history_line(int index) {
    if (index < 0 || index >= history_length()) return nullptr;
    HIST_ENTRY* entry = history_get(index + first_number);
    return entry ? entry->line : nullptr;
}
void add_line(const char* line) { ::add_history(line); }
bool auto_history() { return adds_lines; }

MethodDef history_functions[] = {
    METHOD_O("add_history", add_history_line, "($module, string, /)", "Append a line to the history."),
    METHOD("append_history_file", or_memory_error_of<append_history_file>, "($module, nelements, filename=None, /)",
           "Append the newest lines of the history to a file."),
    METHOD_NOARGS("clear_history", clear_history_lines, "($module, /)", "Forget the history."),
    METHOD_NOARGS("get_current_history_length", get_current_history_length, "($module, /)", "Lines in the history now."),
    METHOD_O("get_history_item", get_history_item, "($module, index, /)", "A line of the history, the oldest being number 1."),
    METHOD_NOARGS("get_history_length", get_history_length, "($module, /)", "Lines that history files keep; negative: all."),
    METHOD("read_history_file", or_memory_error_of<read_history_file>, "($module, filename=None, /)", "Append a file's lines to the history."),
    METHOD_O("remove_history_item", remove_history_item, "($module, pos, /)", "Remove a line, counted from 0."),
    METHOD("replace_history_item", replace_history_item, "($module, pos, line, /)", "Replace a line, counted from 0."),
    METHOD_O("set_auto_history", set_auto_history, "($module, enabled, /)", "Choose whether lines enter the history when read."),
    METHOD_O("set_history_length", set_history_length, "($module, length, /)", "Set how many lines history files keep."),
    METHOD("write_history_file", or_memory_error_of<write_history_file>, "($module, filename=None, /)", "Write the history to a file."),
    END_ROW,
};

}  // namespace py::readline
