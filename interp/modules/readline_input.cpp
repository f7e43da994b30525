// Reading a line through libedit's callbacks, so that signals are handled while it waits, and completion.
#include <editline/readline.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "interp/modules/readline.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py::readline {

Hooks hooks{};

namespace {

char* finished_line;
bool is_finished;
volatile sig_atomic_t window_changed;
struct sigaction previous_window_action;

void take_line(char* line) {
    finished_line = line;
    is_finished = true;
    rl_callback_handler_remove();
}

void on_window_change(int number) {
    window_changed = 1;
    if (previous_window_action.sa_handler != SIG_DFL && previous_window_action.sa_handler != SIG_IGN)
        previous_window_action.sa_handler(number);
}
// SIGWINCH is ours while a line is being edited.
class WindowChanges {
  public:
    WindowChanges() {
        struct sigaction action = {};
        action.sa_handler = on_window_change;
        sigaction(SIGWINCH, &action, &previous_window_action);
    }
    ~WindowChanges() { sigaction(SIGWINCH, &previous_window_action, nullptr); }
    WindowChanges(const WindowChanges&) = delete;
    WindowChanges& operator=(const WindowChanges&) = delete;
};

enum class Waited { Key, Interrupted, HungUp, Failed };

// A signal that arrives before the wait begins ends it as well: signals are let in by ppoll() alone.
Waited wait_for_key() {
    pollfd wanted{fileno(rl_instream), POLLIN, 0};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int ready = -1, error = EINTR;
    if (!signals_arrived() && !window_changed) {
        GilReleased released;
        ready = ppoll(&wanted, 1, nullptr, &before);
        error = errno;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    if (ready < 0) return error == EINTR ? Waited::Interrupted : Waited::Failed;
    return wanted.revents & (POLLHUP | POLLERR) ? Waited::HungUp : Waited::Key;
}

int call_hook(Object* function) {
    if (!function) return 0;
    Ref<> kept = share(function);
    Fallible<Ref<>> result = call(function);
    int status = 0;
    if (result.ok()) {
        Ref<> value = result.take();
        Fallible<int> number = value.get() == none() ? Fallible<int>(0) : as_c_int(value.get());
        if (number.ok()) status = number.take();
    }
    clear_error();
    return status;
}
int on_startup() { return call_hook(hooks.startup); }
int on_pre_input() { return call_hook(hooks.pre_input); }

// One candidate after another: completer(text, state) until it gives no str.
char* next_candidate(const char* text, int state) {
    if (!hooks.completer) return nullptr;
    rl_attempted_completion_over = 1;
    Ref<> kept = share(hooks.completer);
    Fallible<Ref<Str>> word = str_from_fs(text);
    Fallible<Ref<Int>> number = int_from(state);
    char* candidate = nullptr;
    if (word.ok() && number.ok()) {
        Fallible<Ref<>> result = call(kept.get(), static_cast<Object*>(word.take().get()), static_cast<Object*>(number.take().get()));
        Ref<> value = result.ok() ? result.take() : Ref<>();
        if (value && is_str(value.get())) {
            Fallible<Ref<Bytes>> bytes = fs_encode(as_str(value.get()));
            if (bytes.ok()) candidate = strdup(bytes.take()->data);
        }
    }
    clear_error();
    return candidate;
}

// libedit counts the range in characters.
char** complete_word(const char* text, int start, int end) {
    rl_completion_append_character = '\0';
    rl_completion_suppress_append = 0;
    hooks.begin = start;
    hooks.end = end;
    return rl_completion_matches(text, next_candidate);
}

Fallible<void> show_matches(char** matches, int count, int longest) {
    Ref<List> list = TRY(list_new(0));
    for (int i = 1; i <= count; ++i) TRY(list_append(list.get(), TRY(str_from_fs(matches[i])).get()));
    Ref<Str> common = TRY(str_from_fs(matches[0]));
    Ref<Int> length = TRY(int_from(longest));
    Ref<> kept = share(hooks.display_matches);
    TRY(call(kept.get(), static_cast<Object*>(common.get()), static_cast<Object*>(list.get()), static_cast<Object*>(length.get())));
    return {};
}
void on_display_matches(char** matches, int count, int longest) {
    if (!hooks.display_matches) return rl_display_match_list(matches, count, longest);
    if (!show_matches(matches, count, longest).ok()) clear_error();
}

void stop_editing() {
    rl_free_line_state();
    rl_callback_handler_remove();
    rl_cleanup_after_signal();
}

void add_to_history(const char* line) {
    if (!auto_history() || !*line) return;
    const char* last = history_line(history_length() - 1);
    if (!last || std::strcmp(last, line)) add_line(line);
}

}  // namespace

void set_up_completion() {
    rl_startup_hook = on_startup;
    rl_pre_input_hook = on_pre_input;
    rl_attempted_completion_function = complete_word;
    rl_completion_display_matches_hook = reinterpret_cast<VFunction*>(reinterpret_cast<void*>(on_display_matches));
}

Fallible<bool> read_edited_line(const char* prompt, std::string* line) {
    WindowChanges window_changes;
    is_finished = false;
    finished_line = nullptr;
    rl_callback_handler_install(prompt, take_line);
    while (!is_finished) {
        Waited waited = wait_for_key();
        if (waited == Waited::Failed) {
            int error = errno;
            stop_editing();
            return raise_os_error(error, nullptr);
        }
        if (window_changed) {
            window_changed = 0;
            rl_resize_terminal();
        }
        if (waited == Waited::Key) {
            rl_callback_read_char();
            continue;
        }
        if (waited == Waited::HungUp) {  // libedit would try again for ever
            stop_editing();
            return false;
        }
        if (!check_signals().ok()) {
            stop_editing();
            return raised;
        }
    }
    if (!finished_line) return false;
    add_to_history(finished_line);
    *line = finished_line;
    std::free(finished_line);
    line->push_back('\n');
    return true;
}

}  // namespace py::readline
