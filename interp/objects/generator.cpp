// generator objects, and what generators, coroutines and async generators share (PEP 255, 342, 380, 479).
#include "interp/objects/generator.h"

#include <cstring>

#include "interp/compiler/opcode.h"
#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/thread.h"
#include "interp/vm/eval.h"
#include "interp/vm/frame_stack.h"
#include "interp/vm/generators.h"

namespace py {

namespace {

Generator* as_generator(Object* object) { return static_cast<Generator*>(object); }

const char* kind_name(const Generator* generator) {
    if (is_coroutine_exact(generator)) return "coroutine";
    if (is_async_generator_exact(generator)) return "async generator";
    return "generator";
}

Type& type_for(const Code* code) {
    if (code->flags & kCoAsyncGenerator) return async_generator_type;
    if (code->flags & kCoCoroutine) return coroutine_type;
    return generator_type;
}

// ((filename, line, name), …) of the callers, for sys.set_coroutine_origin_tracking_depth.
Object* compute_origin(int depth, InterpreterFrame* frame) {
    Ref<List> entries = TRY(list_new(0));
    for (; frame && depth > 0; --depth) {
        Ref<Int> line = TRY(int_from(frame_line(frame)));
        Ref<Tuple> entry = TRY(tuple_pack(frame->code->filename, line.get(), frame->code->name));
        TRY(list_append(entries.get(), entry.get()));
        frame = first_complete_frame(frame->previous);
    }
    return list_as_tuple(entries.get()).release();
}

}  // namespace

Generator* generator_from_frame(InterpreterFrame* frame) {
    Code* code = frame->code;
    Type& type = type_for(code);
    size_t bytes = offsetof(Generator, frame) + size_t(frame_words(code)) * sizeof(Object*);
    auto* generator = static_cast<Generator*>(gc_object_new(&type, bytes));
    if (!generator) return nullptr;
    generator->code = new_reference(code);
    generator->weaklist = nullptr;
    generator->name = new_reference(frame->function->name);
    generator->qualname = new_reference(frame->function->qualname);
    generator->exception_state = {nullptr, nullptr};
    generator->origin_or_finalizer = nullptr;
    generator->hooks_inited = generator->closed = generator->running_async = 0;
    InterpreterFrame* to = generator_frame(generator);
    std::memcpy(static_cast<void*>(to), frame, offsetof(InterpreterFrame, slots) + size_t(frame->stack_top) * sizeof(Object*));
    to->previous = nullptr;
    to->owner = kOwnedByGenerator;
    to->is_entry = false;
    if (to->frame_object) to->frame_object->frame = to;
    generator->frame_state = kFrameCreated;
    if (&type == &coroutine_type && Thread::current()->coroutine_origin_tracking_depth > 0) {
        generator->origin_or_finalizer =
            compute_origin(Thread::current()->coroutine_origin_tracking_depth, first_complete_frame(frame->previous));
        if (!generator->origin_or_finalizer) clear_error();
    }
    gc_track(generator);
    return generator;
}

void finish_generator_frame(InterpreterFrame* frame) {
    Generator* generator = frame_generator(frame);
    generator->frame_state = kFrameCleared;
    frame->previous = nullptr;
    Object* handled = std::exchange(generator->exception_state.value, nullptr);
    frame_clear(frame);
    xdecref(handled);
}

// Resumes; *result is the yielded or returned value. The work all of send, throw, next and close build on.
static SendResult resume(Generator* generator, Object* value, bool throwing, Object** result) {
    *result = nullptr;
    if (generator->frame_state == kFrameCreated && value && value != none() && !throwing) {
        (void)raise(exc::TypeError, "can't send non-None value to a just-started %s", kind_name(generator));
        return kSendError;
    }
    if (generator->frame_state == kFrameExecuting) {
        const char* text = is_coroutine_exact(generator)        ? "coroutine already executing"
                           : is_async_generator_exact(generator) ? "async generator already executing"
                                                                 : "generator already executing";
        (void)raise(exc::ValueError, text);
        return kSendError;
    }
    if (generator->frame_state >= kFrameCompleted) {
        if (is_coroutine_exact(generator) && !generator->closed) {
            if (throwing) clear_error();
            (void)raise(exc::RuntimeError, "cannot reuse already awaited coroutine");
            return kSendError;
        }
        if (throwing) return kSendError;  // the exception stays pending
        *result = new_reference(none());
        return kSendReturn;
    }
    Ref<Generator> kept = share(generator);
    Object* produced = eval_generator_frame(generator, throwing ? nullptr : value ? value : none());
    if (produced) {
        *result = produced;
        return generator->frame_state == kFrameSuspended ? kSendNext : kSendReturn;
    }
    if (error_matches(exc::StopIteration)) {
        (void)raise_from_pending(exc::RuntimeError, "%s raised StopIteration", kind_name(generator));
    } else if (is_async_generator_exact(generator) && error_matches(exc::StopAsyncIteration)) {
        (void)raise_from_pending(exc::RuntimeError, "async generator raised StopAsyncIteration");
    }
    return kSendError;
}

SendResult generator_send(Generator* generator, Object* value, Object** result) {
    return resume(generator, value, false, result);
}
int generator_am_send(Object* object, Object* value, Object** result) {
    return resume(as_generator(object), value, false, result);
}

Object* generator_resume(Generator* generator, Object* value, bool throwing) {
    Object* result;
    SendResult status = resume(generator, value, throwing, &result);
    if (status == kSendNext) return result;
    if (status == kSendError) return nullptr;
    Ref<> returned = steal(result);
    if (is_async_generator_exact(generator)) return raise_bare(exc::StopAsyncIteration);
    if (returned.get() == none()) return raise_bare(exc::StopIteration);
    return raise_stop_iteration(returned.get());
}

Object* generator_iternext(Object* object) {
    Object* result;
    SendResult status = resume(as_generator(object), nullptr, false, &result);
    if (status == kSendNext) return result;
    if (status == kSendReturn) {
        Ref<> returned = steal(result);
        if (returned.get() != none()) return raise_stop_iteration(returned.get());
    }
    return nullptr;
}

int send_to_iterator(Object* receiver, Object* value, Object** result) {
    Type* type = receiver->type;
    if (type->as_async && type->as_async->send) return type->as_async->send(receiver, value, result);
    if (value == none() && type->iternext) {
        *result = type->iternext(receiver);
    } else {
        *result = call_method(receiver, "send"_name, value).release();
    }
    if (*result) return kSendNext;
    Lookup<> returned = take_stop_iteration_value();
    if (!returned.ok()) return kSendError;
    *result = returned.take().release();
    return kSendReturn;
}

Lookup<> take_stop_iteration_value() {
    if (!error_occurred()) return share(none());
    if (!error_matches(exc::StopIteration)) return raised;
    Ref<BaseException> exception = fetch_exception();
    if (!is_instance_of(exception.get(), *exc::StopIteration)) {  // making the instance raised
        restore_exception(std::move(exception));
        return raised;
    }
    Object* value = static_cast<StopIterationException*>(exception.get())->value;
    return share(value ? value : none());
}

// The code unit that will run next tells whether the generator waits in a SEND loop: its delegate is then on top.
Ref<> generator_delegate(Generator* generator) {
    if (generator->frame_state != kFrameSuspended) return {};
    InterpreterFrame* frame = generator_frame(generator);
    const CodeUnit* resume_unit = frame->previous_instruction + 1;
    if (opcode_info[resume_unit->opcode].generic != RESUME || resume_unit->oparg < 2) return {};
    return share(frame->slots[frame->stack_top - 1]);
}

namespace {

// Closes what a generator delegates to. Raised: its close() raised.
Fallible<void> close_delegate(Object* delegate) {
    if (is_generator_exact(delegate) || is_coroutine_exact(delegate)) {
        TRY(generator_close(as_generator(delegate)));
        return {};
    }
    Lookup<> found = lookup_attr(delegate, "close"_name);
    if (!found.ok()) {
        write_unraisable(delegate);
        return {};
    }
    Ref<> method = found.take();
    if (method) TRY(call(method.get()));
    return {};
}

}  // namespace

Fallible<Ref<>> generator_close(Generator* generator) {
    if (generator->frame_state == kFrameCreated && !Thread::current()->cframe->use_tracing) {
        // FAST: never started, so nothing of it can react, but a tracer sees it begin and end.
        generator->frame_state = kFrameCleared;
        InterpreterFrame* frame = generator_frame(generator);
        frame_clear(frame);
        return share(none());
    }
    if (generator->frame_state >= kFrameCompleted) return share(none());
    bool ok = true;
    if (Ref<> delegate = generator_delegate(generator)) {
        generator->frame_state = kFrameExecuting;
        ok = close_delegate(delegate.get()).ok();
        generator->frame_state = kFrameSuspended;
    }
    if (ok) (void)raise_bare(exc::GeneratorExit);
    Object* result;
    SendResult status = resume(generator, none(), true, &result);
    if (status == kSendNext) {
        decref(result);
        const char* text = is_coroutine_exact(generator)         ? "coroutine ignored GeneratorExit"
                           : is_async_generator_exact(generator) ? "async generator ignored GeneratorExit"
                                                                 : "generator ignored GeneratorExit";
        return raise(exc::RuntimeError, text);
    }
    if (status == kSendReturn) {
        decref(result);
        if (is_async_generator_exact(generator)) return raise_bare(exc::StopAsyncIteration);  // shown when it is finalized
        return share(none());
    }
    if (error_matches(exc::StopIteration) || error_matches(exc::GeneratorExit)) {
        clear_error();
        return share(none());
    }
    return raised;
}

namespace {

// Makes the arguments of throw() the pending exception; false when they are none.
Fallible<void> set_thrown(Object* type, Object* value, Object* traceback) {
    if (traceback == none()) traceback = nullptr;
    if (traceback && !is_exact(traceback, traceback_type))
        return raise(exc::TypeError, "throw() third argument must be a traceback object");
    PendingError error;
    if (is_exception_class(type)) {
        error.type = share(type);
        if (value) error.value = share(value);
        if (traceback) error.traceback = share(traceback);
        normalize_error(error);
    } else if (is_exception(type)) {
        if (value && value != none()) return raise(exc::TypeError, "instance exception may not have a separate value");
        error.type = share(static_cast<Object*>(type->type));
        error.value = share(type);
        Object* own = as_exception(type)->traceback;
        if (traceback)
            error.traceback = share(traceback);
        else if (own)
            error.traceback = share(own);
    } else {
        return raise(exc::TypeError, "exceptions must be classes or instances deriving from BaseException, not %T", type);
    }
    restore_error(std::move(error));
    return {};
}

// throw() while delegating: hands it down. Absent: the delegate is finished, with its outcome pending or sent on.
Object* throw_into_delegate(Generator* generator, Ref<> kept, Object* type, Object* value, Object* traceback, bool* handled) {
    *handled = true;
    Object* delegate = kept.get();
    Object* result = nullptr;
    Thread* thread = Thread::current();
    if (is_generator_exact(delegate) || is_coroutine_exact(delegate)) {
        // The delegate's frames must see the delegating one below them.
        InterpreterFrame* frame = generator_frame(generator);
        InterpreterFrame* running = thread->cframe->current_frame;
        frame->previous = running;
        thread->cframe->current_frame = frame;
        generator->frame_state = kFrameExecuting;
        result = generator_throw(as_generator(delegate), type, value, traceback).release();
        thread->cframe->current_frame = running;
        frame->previous = nullptr;
        generator->frame_state = kFrameSuspended;
    } else {
        Lookup<> found = lookup_attr(delegate, "throw"_name);
        if (!found.ok()) return nullptr;
        Ref<> method = found.take();
        if (!method) {
            *handled = false;
            return nullptr;
        }
        InterpreterFrame* frame = generator_frame(generator);
        InterpreterFrame* running = thread->cframe->current_frame;
        frame->previous = running;
        thread->cframe->current_frame = frame;
        generator->frame_state = kFrameExecuting;
        Object* stack[] = {type, value, traceback};
        ssize_t count = traceback ? 3 : value ? 2 : 1;
        if (count == 3 && !value) stack[1] = none();
        result = vectorcall(method.get(), stack, size_t(count), nullptr).release();
        thread->cframe->current_frame = running;
        frame->previous = nullptr;
        generator->frame_state = kFrameSuspended;
    }
    if (result) return result;
    // The delegate ended: drop it, then its place on the stack, before anything runs here; go on behind the SEND loop with its
    // value, or raise.
    kept = {};
    InterpreterFrame* frame = generator_frame(generator);
    decref(frame->slots[--frame->stack_top]);
    // previous_instruction is the YIELD_VALUE of `SEND; YIELD_VALUE; RESUME; JUMP_BACKWARD`: SEND's jump is taken by hand.
    frame->previous_instruction += frame->previous_instruction[-1].oparg - 1;
    Lookup<> returned = take_stop_iteration_value();
    if (returned.ok()) {
        Ref<> sent = returned.take();
        return generator_resume(generator, sent.get(), false);
    }
    return generator_resume(generator, none(), true);
}

}  // namespace

Fallible<Ref<>> generator_throw(Generator* generator, Object* type, Object* value, Object* traceback) {
    if (Ref<> delegate = generator_delegate(generator)) {
        if (given_exception_matches(type, exc::GeneratorExit)) {
            generator->frame_state = kFrameExecuting;
            bool ok = close_delegate(delegate.get()).ok();
            generator->frame_state = kFrameSuspended;
            delegate = {};
            if (!ok) return Fallible<Ref<>>::from_slot(generator_resume(generator, none(), true));
        } else {
            bool handled;
            Object* result = throw_into_delegate(generator, std::move(delegate), type, value, traceback, &handled);
            if (handled) return Fallible<Ref<>>::from_slot(result);
        }
    }
    TRY(set_thrown(type, value, traceback));
    return Fallible<Ref<>>::from_slot(generator_resume(generator, none(), true));
}

Fallible<Ref<>> generator_throw_args(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("throw", nargs, 1, 3));
    return generator_throw(as_generator(self), args[0], nargs > 1 ? args[1] : nullptr, nargs > 2 ? args[2] : nullptr);
}

Fallible<Ref<>> generator_send_method(Generator* generator, Object* value) {
    return Fallible<Ref<>>::from_slot(generator_resume(generator, value, false));
}

// Through warnings._warn_unawaited_coroutine, which knows where the coroutine was made; plainly where that cannot be had.
static void warn_unawaited(Generator* coroutine) {
    bool warned = false;
    Fallible<Ref<>> done = [&]() -> Fallible<Ref<>> {
        Fallible<Ref<>> imported = import_module("warnings");
        if (!imported.ok()) {
            if (!clear_error_if(exc::ImportError)) return raised;
            return share(none());
        }
        Ref<> warnings = imported.take();
        Ref<> function = TRY(lookup_attr(warnings.get(), "_warn_unawaited_coroutine"_name));
        if (!function) return share(none());
        Fallible<Ref<>> result = call(function.get(), coroutine);
        warned = result.ok() || error_matches(exc::RuntimeWarning);
        return result;
    }();
    if (!done.ok()) write_unraisable(coroutine);
    if (!warned &&
        !warn(exc::RuntimeWarning, 1, "coroutine '%S' was never awaited", static_cast<Object*>(coroutine->qualname)).ok())
        write_unraisable(coroutine);
}

void generator_finalize(Object* object) {
    Generator* generator = as_generator(object);
    if (generator->frame_state >= kFrameCompleted) return;
    SavedError saved;
    if (is_async_generator_exact(object) && generator->origin_or_finalizer && !generator->closed) {
        Ref<> finalizer = share(generator->origin_or_finalizer);
        if (!call(finalizer.get(), object).ok()) write_unraisable(object);
        return;
    }
    if (is_coroutine_exact(object) && generator->frame_state == kFrameCreated) warn_unawaited(generator);
    if (!generator_close(generator).ok()) {
        if (error_occurred()) write_unraisable(object);
    }
}

void generator_dealloc(Object* object) {
    Generator* generator = as_generator(object);
    gc_untrack(object);
    DeallocGuard guard(object);
    if (!guard.entered()) return;
    if (generator->weaklist) clear_weakrefs(object);
    gc_track(object);
    if (!finalize_before_dealloc(object)) return;
    gc_untrack(object);
    if (generator->frame_state < kFrameCompleted) {
        InterpreterFrame* frame = generator_frame(generator);
        generator->frame_state = kFrameCleared;
        frame->previous = nullptr;
        frame_clear(frame);
    }
    xdecref(generator->origin_or_finalizer);
    decref(generator->code);
    xdecref(generator->name);
    xdecref(generator->qualname);
    xdecref(generator->exception_state.value);
    gc_object_free(object);
}

int generator_traverse(Object* object, Visit visit, void* arg) {
    Generator* generator = as_generator(object);
    VISIT(generator->code);
    VISIT(generator->name);
    VISIT(generator->qualname);
    VISIT(generator->origin_or_finalizer);
    if (generator->frame_state < kFrameCompleted) {
        InterpreterFrame* frame = generator_frame(generator);
        VISIT(frame->function);
        VISIT(frame->code);
        VISIT(frame->locals);
        VISIT(frame->frame_object);
        if (generator->frame_state != kFrameExecuting)
            for (int i = 0; i < frame->stack_top; ++i) VISIT(frame->slots[i]);
        else
            for (int i = 0; i < frame->code->local_count_plus; ++i) VISIT(frame->slots[i]);
    }
    VISIT(generator->exception_state.value);
    return 0;
}

Fallible<Ref<>> generator_get_name(Object* self) { return share<Object>(as_generator(self)->name); }
Fallible<void> generator_set_name(Object* self, Object* value) {
    if (!value || !is_str(value)) return raise(exc::TypeError, "__name__ must be set to a string object");
    replace_slot(as_generator(self)->name, new_reference(as_str(value)));
    return {};
}
Fallible<Ref<>> generator_get_qualname(Object* self) { return share<Object>(as_generator(self)->qualname); }
Fallible<void> generator_set_qualname(Object* self, Object* value) {
    if (!value || !is_str(value)) return raise(exc::TypeError, "__qualname__ must be set to a string object");
    replace_slot(as_generator(self)->qualname, new_reference(as_str(value)));
    return {};
}
Fallible<Ref<>> generator_get_yield_from(Object* self) {
    Ref<> delegate = generator_delegate(as_generator(self));
    if (!delegate) return share(none());
    return delegate;
}
// The name of an attribute that each of the three types has with a prefix of its own.
static Fallible<void> audit_own(Object* self, const char* of_generator, const char* of_coroutine, const char* of_async_generator) {
    return audit_read(self, is_coroutine_exact(self)          ? of_coroutine
                            : is_async_generator_exact(self) ? of_async_generator
                                                             : of_generator);
}
Fallible<Ref<>> generator_get_frame(Object* self) {
    TRY(audit_own(self, "gi_frame", "cr_frame", "ag_frame"));
    Generator* generator = as_generator(self);
    if (generator->frame_state >= kFrameCompleted) return share(none());
    Frame* frame = frame_object_of(generator_frame(generator));
    if (!frame) return raised;
    return share<Object>(frame);
}
Fallible<Ref<>> generator_get_code(Object* self) {
    TRY(audit_own(self, "gi_code", "cr_code", "ag_code"));
    return share<Object>(as_generator(self)->code);
}
Fallible<Ref<>> generator_get_running(Object* self) { return bool_from(as_generator(self)->frame_state == kFrameExecuting); }
Fallible<Ref<>> generator_get_suspended(Object* self) { return bool_from(as_generator(self)->frame_state == kFrameSuspended); }
Fallible<Ref<>> generator_sizeof(Object* self) {
    Code* code = as_generator(self)->code;
    return TRY(int_from(ssize_t(offsetof(Generator, frame)) + ssize_t(frame_words(code)) * 8));
}

namespace {

Object* generator_repr(Object* self) {
    return format_str("<generator object %U at %p>", as_generator(self)->qualname, self).release();
}

// generator.send(arg)
Fallible<Ref<>> generator_send_row(Object* self, Object* value) { return generator_send_method(as_generator(self), value); }
// generator.close()
Fallible<Ref<>> generator_close_row(Object* self) { return generator_close(as_generator(self)); }

AsyncMethods generator_async = {.send = generator_am_send};
MethodDef generator_methods[] = {
    METHOD_O("send", generator_send_row, "(arg)", "Resume with a value that the yield expression gives."),
    METHOD_FAST("throw", generator_throw_args, "(value)\nthrow(type[,value[,tb]])", "Raise an exception inside the generator."),
    METHOD_NOARGS("close", generator_close_row, "()", "Raise GeneratorExit inside the generator."),
    METHOD_NOARGS("__sizeof__", generator_sizeof, "($self, /)", "Size in memory, in bytes."),
    END_ROW,
};
GetSetDef generator_getset[] = {
    GETTER_SETTER("__name__", generator_get_name, generator_set_name, "name of the generator"),
    GETTER_SETTER("__qualname__", generator_get_qualname, generator_set_qualname, "qualified name of the generator"),
    GETTER("gi_yieldfrom", generator_get_yield_from, "object being iterated by yield from, or None"),
    GETTER("gi_running", generator_get_running, nullptr),
    GETTER("gi_frame", generator_get_frame, nullptr),
    GETTER("gi_suspended", generator_get_suspended, nullptr),
    GETTER("gi_code", generator_get_code, nullptr),
    END_ROW,
};

}  // namespace

constinit Type generator_type = static_type({
    .name = "generator",
    .basic_size = offsetof(Generator, frame) + offsetof(InterpreterFrame, slots),
    .item_size = sizeof(Object*),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = generator_dealloc,
    .traverse = generator_traverse,
    .finalize = generator_finalize,
    .repr = generator_repr,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = generator_iternext,
    .async = &generator_async,
    .methods = generator_methods,
    .getset = generator_getset,
    .weaklist_offset = offsetof(Generator, weaklist),
});

}  // namespace py
