// traceback objects: one entry a frame an exception passed through, outermost first.
#include "interp/objects/abstract.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"
#include "interp/vm/frame_stack.h"

namespace py {

namespace {

Traceback* as_traceback(Object* object) { return static_cast<Traceback*>(object); }

Fallible<Ref<Traceback>> traceback_make(Object* next, Frame* frame, int last_instruction, int line) {
    Ref<Traceback> traceback = make_gc<Traceback>(traceback_type);
    if (!traceback) return raised;
    traceback->next = as_traceback(next);
    xincref(next);
    traceback->frame = new_reference(frame);
    traceback->last_instruction = last_instruction;
    traceback->line = line;
    gc_track(traceback.get());
    return traceback;
}

}  // namespace

Fallible<void> traceback_here(Frame* frame) {
    Thread* thread = Thread::current();
    InterpreterFrame* contents = frame->frame;
    Object* next = thread->error_traceback;
    if (next == none()) next = nullptr;
    PendingError error = fetch_error();
    Fallible<Ref<Traceback>> made = traceback_make(error.traceback.get(), frame, frame_byte_offset(contents), frame->line ? frame->line : kLineOfOffset);
    if (!made.ok()) return raised;
    error.traceback = made.take();
    restore_error(std::move(error));
    return {};
}

void traceback_add(const char* function, const char* filename, int line) {
    PendingError error = fetch_error();
    Fallible<void> done = [&]() -> Fallible<void> {
        Ref<Code> code = TRY(code_empty(filename, function, line));
        Ref<Dict> globals = TRY(dict_new());
        Ref<Frame> frame = TRY(frame_object_detached(code.get(), globals.get(), nullptr));
        frame->line = line;
        error.traceback = TRY(traceback_make(error.traceback.get(), frame.get(), 0, line));
        return {};
    }();
    if (!done.ok()) clear_error();
    restore_error(std::move(error));
}

namespace {

// TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)
Fallible<Ref<>> traceback_new(Type*, Object* const* a) {
    Object* next = a[0] == none() ? nullptr : a[0];
    if (next && !is_exact(next, traceback_type)) return raise(exc::TypeError, "expected traceback object or None, got '%T'", next);
    if (!is_exact(a[1], frame_type)) return raise(exc::TypeError, "TracebackType() argument 'tb_frame' must be frame, not %N", a[1]);
    int last_instruction = TRY(as_c_int(a[2]));
    int line = TRY(as_c_int(a[3]));
    return TRY(traceback_make(next, static_cast<Frame*>(a[1]), last_instruction, line));
}

Fallible<Ref<>> traceback_get_next(Object* self) {
    Object* next = as_traceback(self)->next;
    return share(next ? next : none());
}
Fallible<void> traceback_set_next(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "can't delete tb_next attribute");
    if (value == none()) value = nullptr;
    if (value && !is_exact(value, traceback_type)) return raise(exc::TypeError, "expected traceback object, got '%T'", value);
    for (Traceback* each = as_traceback(value); each; each = each->next)
        if (each == self) return raise(exc::ValueError, "traceback loop detected");
    xincref(value);
    replace_slot(as_traceback(self)->next, as_traceback(value));
    return {};
}
Fallible<Ref<>> traceback_get_lineno(Object* self) {
    Traceback* traceback = as_traceback(self);
    if (traceback->line != kLineOfOffset) return TRY(int_from(traceback->line));
    int line = code_line_at(traceback->frame->frame->code, traceback->last_instruction);
    if (line == -1) return share(none());
    return TRY(int_from(line));
}
// traceback.__dir__()
Fallible<Ref<>> traceback_dir(Object*) {
    Ref<List> names = TRY(list_new(0));
    for (const char* name : {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"}) {
        Ref<Str> text = TRY(str_from_ascii(name));
        TRY(list_append(names.get(), text.get()));
    }
    return names;
}

void traceback_dealloc(Object* self) {
    gc_untrack(self);
    DeallocGuard guard(self);
    if (!guard.entered()) return;
    clear_slot(as_traceback(self)->next);
    clear_slot(as_traceback(self)->frame);
    gc_object_free(self);
}

MethodDef traceback_methods[] = {
    METHOD_NOARGS("__dir__", traceback_dir, "($self, /)", "Names of the attributes."),
    END_ROW,
};
MemberDef traceback_members[] = {
    {"tb_frame", kObjectOrNone, offsetof(Traceback, frame), kReadOnly | kAuditRead, nullptr},
    {"tb_lasti", kInt, offsetof(Traceback, last_instruction), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef traceback_getset[] = {
    GETTER_SETTER("tb_next", traceback_get_next, traceback_set_next, nullptr),
    GETTER("tb_lineno", traceback_get_lineno, nullptr),
    END_ROW,
};

}  // namespace

constinit Type traceback_type = static_type({
    .name = "traceback",
    .basic_size = sizeof(Traceback),
    .flags = type_flag::kHaveGc,
    .doc = "traceback(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\nCreate a new traceback object.",
    .dealloc = traceback_dealloc,
    .traverse = traverse_members<&Traceback::next, &Traceback::frame>,
    .clear = clear_members<&Traceback::next, &Traceback::frame>,
    .getattro = generic_getattro_slot,
    .methods = traceback_methods,
    .members = traceback_members,
    .getset = traceback_getset,
    .new_ = Bound<traceback_new, "TracebackType", "(tb_next, tb_frame, tb_lasti, tb_lineno)">::new_,
});

}  // namespace py
