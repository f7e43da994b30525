// Writing where threads are, with system calls only. The objects read here may be half changed by the code that was interrupted;
// they are read, never counted.
#include "interp/runtime/traceback_dump.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "interp/objects/gc.h"
#include "interp/objects/str.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/state.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

constexpr int kMaxTextLength = 500;
constexpr int kMaxFrames = 100;
constexpr int kMaxThreads = 100;

void write_all(int descriptor, const char* data, size_t size) {
    while (size) {
        ssize_t written = ::write(descriptor, data, size);
        if (written < 0) {
            if (errno == EINTR) continue;
            return;
        }
        data += written;
        size -= size_t(written);
    }
}

// ASCII as it is, everything else escaped.
void dump_str(int descriptor, Str* text) {
    ssize_t length = text->length < kMaxTextLength ? text->length : kMaxTextLength;
    for (ssize_t i = 0; i < length; ++i) {
        uint32_t code = text->at(i);
        if (code >= ' ' && code < 0x7f) {
            char c = char(code);
            write_all(descriptor, &c, 1);
        } else {
            dump_text(descriptor, code <= 0xff ? "\\x" : code <= 0xffff ? "\\u" : "\\U");
            dump_hexadecimal(descriptor, code, code <= 0xff ? 2 : code <= 0xffff ? 4 : 8);
        }
    }
    if (length < text->length) dump_text(descriptor, "...");
}

void dump_name(int descriptor, Str* text) {
    if (text && is_str(text))
        dump_str(descriptor, text);
    else
        dump_text(descriptor, "???");
}

void dump_frame(int descriptor, InterpreterFrame* frame) {
    Code* code = frame->code;
    dump_text(descriptor, "  File ");
    bool named = code->filename && is_str(code->filename);
    if (named) dump_text(descriptor, "\"");
    dump_name(descriptor, code->filename);
    if (named) dump_text(descriptor, "\"");
    dump_text(descriptor, ", line ");
    int line = code_line_at(code, frame_byte_offset(frame));
    if (line >= 0)
        dump_decimal(descriptor, unsigned(line));
    else
        dump_text(descriptor, "???");
    dump_text(descriptor, " in ");
    dump_name(descriptor, code->name);
    dump_text(descriptor, "\n");
}

void dump_frames(int descriptor, Thread* thread) {
    InterpreterFrame* frame = thread->cframe ? thread->cframe->current_frame : nullptr;
    if (!frame) return dump_text(descriptor, "  <no Python frame>\n");
    for (int depth = 0; frame; frame = frame->previous, ++depth) {
        if (depth == kMaxFrames) return dump_text(descriptor, "  ...\n");
        if (!frame->code || frame->code->type != &code_type) return dump_text(descriptor, "  <invalid frame>\n");
        dump_frame(descriptor, frame);
    }
}

}  // namespace

void dump_text(int descriptor, const char* text) { write_all(descriptor, text, std::strlen(text)); }

void dump_hexadecimal(int descriptor, unsigned long value, int width) {
    char digits[16];
    int at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (at > 0 && (value || int(sizeof digits) - at < width));
    write_all(descriptor, digits + at, sizeof digits - size_t(at));
}

void dump_decimal(int descriptor, unsigned long value) {
    char digits[24];
    int at = sizeof digits;
    do {
        digits[--at] = char('0' + value % 10);
        value /= 10;
    } while (value);
    write_all(descriptor, digits + at, sizeof digits - size_t(at));
}

Thread* thread_of_this_os_thread() {
    if (current_thread) return current_thread;
    auto self = static_cast<unsigned long>(pthread_self());
    for (Thread* each = first_thread(); each; each = each->next)
        if (each->initialized && each->thread_id == self) return each;
    return nullptr;
}

void dump_traceback(int descriptor, Thread* thread) {
    dump_text(descriptor, "Stack (most recent call first):\n");
    dump_frames(descriptor, thread);
}

void dump_all_tracebacks(int descriptor, Thread* current) {
    int count = 0;
    for (Thread* thread = first_thread(); thread; thread = thread->next) {
        if (runtime().finalizing && thread != current) continue;  // daemon threads, which are no more
        if (count) dump_text(descriptor, "\n");
        if (count == kMaxThreads) return dump_text(descriptor, "...\n");
        dump_text(descriptor, thread == current ? "Current thread 0x" : "Thread 0x");
        dump_hexadecimal(descriptor, thread->thread_id, sizeof(unsigned long) * 2);
        dump_text(descriptor, " (most recent call first):\n");
        if (thread == current && gc_state().collecting) dump_text(descriptor, "  Garbage-collecting\n");
        dump_frames(descriptor, thread);
        ++count;
    }
}

void fatal_error(const char* function, const char* message) {
    constexpr int kStandardError = 2;
    dump_text(kStandardError, "Fatal Python error: ");
    dump_text(kStandardError, function);
    dump_text(kStandardError, ": ");
    dump_text(kStandardError, message);
    dump_text(kStandardError, "\nPython runtime state: ");
    Thread* current = thread_of_this_os_thread();
    if (runtime().finalizing) {
        dump_text(kStandardError, "finalizing (tstate=0x");
        dump_hexadecimal(kStandardError, reinterpret_cast<unsigned long>(current), sizeof current * 2);
        dump_text(kStandardError, ")\n\n");
    } else {
        dump_text(kStandardError, runtime().initialized ? "initialized\n\n" : "core initialized\n\n");
    }
    dump_all_tracebacks(kStandardError, current);
    std::signal(SIGABRT, SIG_DFL);  // all is told
    std::abort();
}

}  // namespace py
