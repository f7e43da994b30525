// See exception_text.h. The layout is that of CPython 3.11's C code: inside a group, lines of messages after the first
// and a syntax error's source have no margin there.
#include "interp/runtime/exception_text.h"

#include <cstdio>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str_methods.h"
#include "interp/runtime/traceback_text.h"

namespace py {

namespace {

constexpr ssize_t kMaxGroupWidth = 15;
constexpr int kMaxGroupDepth = 10;

// What one run of write_exception() keeps in mind.
struct Walk {
    ErrorSink& sink;
    Ref<Set> seen;            // addresses of exceptions shown or being shown
    bool need_close = false;  // the innermost group's box is still open
};

Fallible<void> write_chain(Walk& walk, BaseException* exception);

// One note may hold several lines.
Fallible<void> write_note(ErrorSink& sink, Object* note) {
    Ref<Str> text;
    if (is_str(note)) {
        text = share(as_str(note));
    } else {
        auto made = str(note);
        if (made.ok()) {
            text = made.take();
        } else {
            clear_error();
            text = TRY(str_from_ascii("<note str() failed>"));
        }
    }
    Ref<List> lines = TRY(str_split_lines(text.get(), true));
    for (ssize_t i = 0; i < lines->size; ++i) {
        TRY(sink.margin());
        TRY(sink.text(as_str(lines->items[i])));
    }
    return sink.ascii("\n");
}

Fallible<void> write_notes(ErrorSink& sink, Object* notes) {
    if (!is_sequence(notes)) {
        // NOTE: no newline follows, as in the reference.
        TRY(sink.margin());
        auto shown = repr(notes);
        if (shown.ok()) return sink.text(shown.take().get());
        clear_error();
        return sink.ascii("<__notes__ repr() failed>");
    }
    Fallible<Ref<>> listed = fast_sequence(notes, "__notes__ must be a sequence");
    if (!listed.ok()) {
        clear_error();
        return {};
    }
    Ref<> items = listed.take();
    for (ssize_t i = 0; i < fast_sequence_size(items.get()); ++i) {
        Ref<> note = share(fast_sequence_items(items.get())[i]);
        TRY(write_note(sink, note.get()));
    }
    return {};
}

// ": text", or nothing for an exception without text.
Fallible<void> write_message(ErrorSink& sink, Object* value) {
    if (is_none(value)) return {};
    auto made = str(value);
    if (!made.ok()) {
        clear_error();
        return sink.ascii(": <exception str() failed>");
    }
    Ref<Str> text = made.take();
    if (text->length) TRY(sink.ascii(": "));
    return sink.text(text.get());
}

// The traceback, the line with type and message, and the notes.
Fallible<void> write_one(Walk& walk, BaseException* exception) {
    ErrorSink& sink = walk.sink;
    std::fflush(stdout);
    if (Ref<> traceback = share(exception->traceback); traceback && is_exact(traceback.get(), traceback_type)) {
        bool is_group = is_instance_of(exception, *exc::BaseExceptionGroup);
        std::string_view sign = is_group && sink.group_depth == 1 ? "+ " : sink.group_depth ? "| " : "";
        TRY(write_traceback(sink, traceback.get(), is_group ? kGroupTracebackHeader : kTracebackHeader, sign));
    }
    Ref<> value = share<Object>(exception);
    TRY(write_syntax_place(sink, value));
    TRY(sink.margin());
    TRY(write_type_name(sink, exception->type, "."));
    TRY(write_message(sink, value.get()));
    if (Ref<Str> suggestion = suggestion_for(value.get())) {
        TRY(sink.ascii(". Did you mean: '"));
        TRY(sink.text(suggestion.get()));
        TRY(sink.ascii("'?"));
    }
    TRY(sink.ascii("\n"));
    // A syntax error's value has become its message by now, which has no notes.
    if (!is_exception(value.get())) return {};
    Lookup<> found = lookup_attr(value.get(), "__notes__"_name);
    Ref<> notes = found.ok() ? found.take() : Ref<>();
    clear_error();
    return notes ? write_notes(sink, notes.get()) : Fallible<void>();
}

Fallible<void> write_linked(Walk& walk, BaseException* exception, std::string_view message) {
    bool need_close = walk.need_close;
    TRY(write_chain(walk, exception));
    walk.need_close = need_close;
    TRY(walk.sink.margin());
    TRY(walk.sink.ascii("\n"));
    TRY(walk.sink.margin());
    TRY(walk.sink.ascii(message));
    TRY(walk.sink.margin());
    return walk.sink.ascii("\n");
}

Fallible<void> write_cause_or_context(Walk& walk, BaseException* exception) {
    Ref<Int> own = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(exception)));
    TRY(set_add(walk.seen.get(), own.get()));
    auto was_seen = [&](BaseException* other) -> Fallible<bool> {
        Ref<Int> address = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(other)));
        return set_contains(walk.seen.get(), address.get());
    };
    if (Ref<BaseException> cause = share(exception->cause)) {
        if (TRY(was_seen(cause.get()))) return {};
        return write_linked(walk, cause.get(),
                            "The above exception was the direct cause of the following exception:\n");
    }
    Ref<BaseException> context = share(exception->context);
    if (!context || exception->suppress_context || TRY(was_seen(context.get()))) return {};
    return write_linked(walk, context.get(), "During handling of the above exception, another exception occurred:\n");
}

// Member i's box, or, where `rest` is not 0, the one that stands for so many members left out.
Fallible<void> write_member(Walk& walk, ssize_t i, BaseException* member, ssize_t rest, bool is_last) {
    ErrorSink& sink = walk.sink;
    if (is_last) walk.need_close = true;
    TRY(sink.indent());
    Ref<Str> title = rest ? TRY(str_from_ascii("...")) : TRY(format_str("%zd", i + 1));
    Ref<Str> edge = TRY(format_str("%s+---------------- %U ----------------\n", i == 0 ? "+-" : "  ", title.get()));
    TRY(sink.text(edge.get()));
    ++sink.group_depth;
    if (rest) {
        TRY(sink.margin());
        Ref<Str> text = TRY(format_str("and %zd more exception%s\n", rest, rest > 1 ? "s" : ""));
        TRY(sink.text(text.get()));
    } else {
        TRY(write_chain(walk, member));
    }
    if (is_last && walk.need_close) {
        TRY(sink.indent());
        TRY(sink.ascii("+------------------------------------\n"));
        walk.need_close = false;
    }
    --sink.group_depth;
    return {};
}

Fallible<void> write_group(Walk& walk, ExceptionGroup* group) {
    ErrorSink& sink = walk.sink;
    if (sink.group_depth > kMaxGroupDepth) {
        TRY(sink.margin());
        Ref<Str> text = TRY(format_str("... (max_group_depth is %d)\n", kMaxGroupDepth));
        return sink.text(text.get());
    }
    bool is_outermost = sink.group_depth == 0;
    if (is_outermost) ++sink.group_depth;
    TRY(write_one(walk, group));
    Ref<Tuple> members = share(as_tuple(group->exceptions));
    ssize_t shown = members->size <= kMaxGroupWidth ? members->size : kMaxGroupWidth + 1;
    walk.need_close = false;
    for (ssize_t i = 0; i < shown; ++i) {
        ssize_t rest = i >= kMaxGroupWidth ? members->size - kMaxGroupWidth : 0;
        TRY(write_member(walk, i, as_exception(members->items[i]), rest, i == shown - 1));
    }
    if (is_outermost) --sink.group_depth;
    return {};
}

Fallible<void> write_chain(Walk& walk, BaseException* exception) {
    RecursionGuard guard(" in print_exception_recursive");
    if (!guard.ok()) return raised;
    TRY(write_cause_or_context(walk, exception));
    if (is_instance_of(exception, *exc::BaseExceptionGroup))
        return write_group(walk, static_cast<ExceptionGroup*>(exception));
    return write_one(walk, exception);
}

}  // namespace

Fallible<void> write_type_name(ErrorSink& sink, Type* type, std::string_view after_unknown) {
    auto module = get_attr(type, "__module__"_name);
    Ref<> module_name = module.ok() ? module.take() : Ref<>();
    if (!module_name) clear_error();
    if (!module_name || !is_str(module_name.get())) {
        TRY(sink.ascii("<unknown>"));
        TRY(sink.ascii(after_unknown));
    } else if (!str_equals(as_str(module_name.get()), "builtins") &&
               !str_equals(as_str(module_name.get()), "__main__")) {
        TRY(sink.text(as_str(module_name.get())));
        TRY(sink.ascii("."));
    }
    auto qualname = type_qualname(type);
    if (qualname.ok()) return sink.text(qualname.take().get());
    clear_error();
    return sink.ascii("<unknown>");
}

Fallible<void> write_text_of(ErrorSink& sink, Object* value) {
    auto text = str(value);
    if (text.ok()) return sink.text(text.take().get());
    clear_error();
    return sink.ascii("<exception str() failed>");
}

Fallible<void> write_exception(ErrorSink& sink, Object* exception) {
    if (!is_exception(exception)) {
        Ref<Str> text =
            TRY(format_str("TypeError: print_exception(): Exception expected for value, %T found\n", exception));
        return sink.text(text.get());
    }
    sink.writes_margins = true;
    Walk walk {
        sink, TRY(set_new(nullptr))
    };
    return write_chain(walk, as_exception(exception));
}

}  // namespace py
