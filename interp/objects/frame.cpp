// frame objects: the Python-visible view of an interpreter frame, made on demand, and the frame's locals as a mapping.
#include "interp/vm/frame.h"

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/generator.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"
#include "interp/vm/frame_stack.h"
#include "interp/vm/generators.h"
#include "interp/vm/trace.h"

namespace py {

namespace {

Frame* as_frame(Object* object) { return static_cast<Frame*>(object); }

bool is_incomplete(const InterpreterFrame* frame) {
    return frame->owner != kOwnedByGenerator &&
           frame->previous_instruction < frame->code->units + frame->code->first_traceable;
}

}  // namespace

InterpreterFrame* first_complete_frame(InterpreterFrame* frame) {
    while (frame && is_incomplete(frame)) frame = frame->previous;
    return frame;
}

Frame* frame_object_of(InterpreterFrame* frame) {
    if (frame->frame_object) return frame->frame_object;
    PendingError pending = fetch_error();
    size_t bytes = offsetof(Frame, frame_data) + size_t(frame_words(frame->code)) * sizeof(Object*);
    auto* object = static_cast<Frame*>(gc_object_new(&frame_type, bytes));
    if (!object) return nullptr;
    restore_error(std::move(pending));
    if (frame->frame_object) {
        // The allocation ran a collection, and that somebody who asked for the same object.
        gc_object_free(object);
        return frame->frame_object;
    }
    object->back = nullptr;
    object->frame = frame;
    object->trace = nullptr;
    object->line = 0;
    object->trace_lines = 1;
    object->trace_opcodes = 0;
    object->fast_as_locals = 0;
    frame->frame_object = object;
    if (frame->owner == kOwnedByGenerator) gc_track(object);
    return object;
}

int frame_line(InterpreterFrame* frame) {
    if (frame->frame_object && frame->frame_object->line) return frame->frame_object->line;
    return code_line_at(frame->code, frame_byte_offset(frame));
}

// Free variables are copied into the frame by its first instruction; a frame looked at before that gets them here.
static void ensure_free_variables(InterpreterFrame* frame) {
    Code* code = frame->code;
    if (!code->free_count || frame->previous_instruction >= code->units || !frame->function->closure) return;
    int first = code->local_count_plus - code->free_count;
    for (int i = 0; i < code->free_count; ++i)
        if (!frame->slots[first + i]) frame->slots[first + i] = new_reference(frame->function->closure->items[i]);
    frame->previous_instruction = code->units;  // COPY_FREE_VARS is done
}

// The value of variable slot i as locals() shows it; null: unbound. Borrowed.
static Object* visible_value(InterpreterFrame* frame, int i) {
    Code* code = frame->code;
    auto kind = static_cast<unsigned char>(code->local_kinds->data[i]);
    Object* value = frame->slots[i];
    if (kind & kFastFree) {
        if (value) value = static_cast<Cell*>(value)->value;
    } else if ((kind & kFastCell) && value && is_exact(value, cell_type)) {
        // Before MAKE_CELL ran, the slot holds the argument itself; an argument that is a cell object is told by position.
        if (frame->previous_instruction >= code->units) value = static_cast<Cell*>(value)->value;
    }
    return value;
}

Fallible<Ref<>> frame_locals(InterpreterFrame* frame) {
    Code* code = frame->code;
    if (!frame->locals) frame->locals = TRY(dict_new()).release();
    ensure_free_variables(frame);
    Object* locals = frame->locals;
    for (int i = 0; i < code->local_count_plus; ++i) {
        auto kind = static_cast<unsigned char>(code->local_kinds->data[i]);
        // A class body's free variables are not its locals.
        if ((kind & kFastFree) && !(code->flags & kCoOptimized)) continue;
        Object* name = code->local_names->items[i];
        Object* value = visible_value(frame, i);
        if (value) {
            Ref<> kept = share(value);
            TRY(set_item(locals, name, value));
        } else if (is_dict_exact(locals)) {
            TRY(dict_delete(as_dict(locals), name));
        } else if (!delete_item(locals, name).ok()) {
            if (!clear_error_if(exc::KeyError)) return raised;
        }
    }
    return share(locals);
}

void frame_locals_to_fast(InterpreterFrame* frame, bool clear) {
    Object* locals = frame->locals;
    Code* code = frame->code;
    if (!locals || !is_dict(locals)) return;
    SavedError saved;
    ensure_free_variables(frame);
    for (int i = 0; i < code->local_count_plus; ++i) {
        auto kind = static_cast<unsigned char>(code->local_kinds->data[i]);
        if ((kind & kFastFree) && !(code->flags & kCoOptimized)) continue;
        Lookup<> found = dict_get(as_dict(locals), code->local_names->items[i]);
        if (!found.ok()) {
            clear_error();
            continue;
        }
        Ref<> value = found.take();
        if (!value && !clear) continue;
        Object*& slot = frame->slots[i];
        bool in_cell = (kind & (kFastFree | kFastCell)) && slot && is_exact(slot, cell_type);
        if (in_cell)
            replace_slot(static_cast<Cell*>(slot)->value, value.release());
        else
            replace_slot(slot, value.release());
    }
}

namespace {

Fallible<Ref<>> frame_get_back(Object* self) {
    Frame* frame = as_frame(self);
    if (frame->back) return share<Object>(frame->back);
    InterpreterFrame* caller = first_complete_frame(frame->frame->previous);
    if (!caller) return share(none());
    Frame* object = frame_object_of(caller);
    if (!object) return raised;
    return share<Object>(object);
}
Fallible<Ref<>> frame_get_locals(Object* self) {
    Fallible<Ref<>> locals = frame_locals(as_frame(self)->frame);
    if (locals.ok()) as_frame(self)->fast_as_locals = 1;
    return locals;
}
Fallible<Ref<>> frame_get_lineno(Object* self) {
    int line = frame_line(as_frame(self)->frame);
    if (line < 0) return share(none());
    return TRY(int_from(line));
}
Fallible<void> frame_set_lineno(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    return frame_set_line(as_frame(self), value);
}
Fallible<Ref<>> frame_get_lasti(Object* self) {
    InterpreterFrame* frame = as_frame(self)->frame;
    int offset = frame_byte_offset(frame);
    return TRY(int_from(offset < 0 ? -1 : offset));
}
Fallible<Ref<>> frame_get_globals(Object* self) { return share(as_frame(self)->frame->globals); }
Fallible<Ref<>> frame_get_builtins(Object* self) { return share(as_frame(self)->frame->builtins); }
Fallible<Ref<>> frame_get_code(Object* self) {
    TRY(audit_read(self, "f_code"));
    return share<Object>(as_frame(self)->frame->code);
}
Fallible<Ref<>> frame_get_trace(Object* self) {
    Object* trace = as_frame(self)->trace;
    return share(trace ? trace : none());
}
Fallible<void> frame_set_trace(Object* self, Object* value) {
    if (value == none()) value = nullptr;
    if (value != as_frame(self)->trace) {
        xincref(value);
        replace_slot(as_frame(self)->trace, value);
    }
    return {};
}
Fallible<Ref<>> frame_get_trace_opcodes(Object* self) { return bool_from(as_frame(self)->trace_opcodes); }
Fallible<void> frame_set_trace_opcodes(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "can't delete numeric/char attribute");
    if (!is_bool(value)) return raise(exc::TypeError, "attribute value type must be bool");
    as_frame(self)->trace_opcodes = value == py_true();
    return {};
}

// Drops locals and stack of a frame that owns its contents.
void clear_contents(Frame* frame) {
    InterpreterFrame* contents = frame->frame;
    for (int i = 0; i < contents->stack_top; ++i) clear_slot(contents->slots[i]);
    contents->stack_top = 0;
    clear_slot(contents->locals);
}

// frame.clear()
Fallible<Ref<>> frame_clear_method(Object* self) {
    Frame* frame = as_frame(self);
    InterpreterFrame* contents = frame->frame;
    if (contents->owner == kOwnedByGenerator) {
        Generator* generator = frame_generator(contents);
        if (generator->frame_state == kFrameExecuting) return raise(exc::RuntimeError, "cannot clear an executing frame");
        Ref<> kept = share<Object>(generator);
        generator_finalize(generator);
    } else if (contents->owner == kOwnedByThread) {
        return raise(exc::RuntimeError, "cannot clear an executing frame");
    } else {
        clear_slot(frame->trace);
        clear_contents(frame);
    }
    return share(none());
}
// frame.__sizeof__()
Fallible<Ref<>> frame_sizeof(Object* self) {
    Code* code = as_frame(self)->frame->code;
    return TRY(int_from(ssize_t(offsetof(Frame, frame_data)) + ssize_t(frame_words(code)) * 8));
}

Object* frame_repr(Object* self) {
    Code* code = as_frame(self)->frame->code;
    return format_str("<frame at %p, file %R, line %d, code %S>", self, static_cast<Object*>(code->filename),
                      frame_line(as_frame(self)->frame), static_cast<Object*>(code->name))
        .release();
}

void frame_dealloc(Object* self) {
    Frame* frame = as_frame(self);
    if (gc_is_tracked(self)) gc_untrack(self);
    DeallocGuard guard(self);
    if (!guard.entered()) return;
    clear_slot(frame->trace);
    InterpreterFrame* contents = frame->frame;
    if (contents && contents->owner == kOwnedByFrameObject) {
        clear_contents(frame);
        decref(contents->function);
        decref(contents->code);
    }
    clear_slot(frame->back);
    gc_object_free(self);
}
int frame_traverse(Object* self, Visit visit, void* arg) {
    Frame* frame = as_frame(self);
    VISIT(frame->back);
    VISIT(frame->trace);
    InterpreterFrame* contents = frame->frame;
    if (!contents || contents->owner != kOwnedByFrameObject) return 0;
    VISIT(contents->function);
    VISIT(contents->code);
    VISIT(contents->locals);
    for (int i = 0; i < contents->stack_top; ++i) VISIT(contents->slots[i]);
    return 0;
}
int frame_tp_clear(Object* self) {
    Frame* frame = as_frame(self);
    clear_slot(frame->trace);
    if (frame->frame && frame->frame->owner == kOwnedByFrameObject) clear_contents(frame);
    return 0;
}

MethodDef frame_methods[] = {
    METHOD_NOARGS("clear", frame_clear_method, "()", "Drop all references the frame holds."),
    METHOD_NOARGS("__sizeof__", frame_sizeof, "()", "Size in memory, in bytes."),
    END_ROW,
};
MemberDef frame_members[] = {
    {"f_trace_lines", kBool, offsetof(Frame, trace_lines), 0, nullptr},
    END_ROW,
};
GetSetDef frame_getset[] = {
    GETTER("f_back", frame_get_back, nullptr),
    GETTER("f_locals", frame_get_locals, nullptr),
    GETTER_SETTER("f_lineno", frame_get_lineno, frame_set_lineno, nullptr),
    GETTER_SETTER("f_trace", frame_get_trace, frame_set_trace, nullptr),
    GETTER("f_lasti", frame_get_lasti, nullptr),
    GETTER("f_globals", frame_get_globals, nullptr),
    GETTER("f_builtins", frame_get_builtins, nullptr),
    GETTER("f_code", frame_get_code, nullptr),
    GETTER_SETTER("f_trace_opcodes", frame_get_trace_opcodes, frame_set_trace_opcodes, nullptr),
    END_ROW,
};

}  // namespace

constinit Type frame_type = static_type({
    .name = "frame",
    .basic_size = offsetof(Frame, frame_data) + offsetof(InterpreterFrame, slots),
    .item_size = sizeof(Object*),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = frame_dealloc,
    .traverse = frame_traverse,
    .clear = frame_tp_clear,
    .repr = frame_repr,
    .getattro = generic_getattro_slot,
    .setattro = generic_setattro_slot,
    .methods = frame_methods,
    .members = frame_members,
    .getset = frame_getset,
});

}  // namespace py
