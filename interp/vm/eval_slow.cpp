// The long ways of instructions: names, unpacking, calls with unpacking, exceptions, functions, context managers.
#include "interp/vm/eval_slow.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/generator.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"
#include "interp/vm/trace.h"

namespace py {

// A NameError that carries the name, for suggestions.
Raised raise_name_error(Str* name) {
    (void)raise(exc::NameError, "name '%U' is not defined", name);
    Ref<BaseException> exception = fetch_exception();
    if (is_exact(exception.get(), *exc::NameError)) {
        auto* error = static_cast<NameErrorException*>(exception.get());
        if (!error->name) error->name = new_reference(static_cast<Object*>(name));
    }
    restore_exception(std::move(exception));
    return raised;
}

Raised raise_unbound_local(Code* code, int slot) {
    return raise(exc::UnboundLocalError, "cannot access local variable '%U' where it is not associated with a value",
                 code->local_names->items[slot]);
}

Raised raise_unbound_deref(Code* code, int slot) {
    if (slot < code->local_count + code->plain_cell_count) return raise_unbound_local(code, slot);
    (void)raise(exc::NameError, "cannot access free variable '%U' where it is not associated with a value in enclosing scope",
                code->local_names->items[slot]);
    return raised;
}

// A name in a namespace that may be any mapping; absent for KeyError.
static Lookup<> mapping_lookup(Object* mapping, Str* name) {
    if (is_dict_exact(mapping)) return dict_get(as_dict(mapping), name);
    Fallible<Ref<>> found = get_item(mapping, name);
    if (found.ok()) return found.take();
    if (clear_error_if(exc::KeyError)) return nullptr;
    return raised;
}

Object* load_global(InterpreterFrame* frame, Str* name) {
    Ref<> value = TRY(mapping_lookup(frame->globals, name));
    if (!value) value = TRY(mapping_lookup(frame->builtins, name));
    if (!value) return raise_name_error(name);
    return value.release();
}

Object* load_name(InterpreterFrame* frame, Str* name) {
    if (!frame->locals) return raise(exc::SystemError, "no locals when loading %R", static_cast<Object*>(name));
    Ref<> value = TRY(mapping_lookup(frame->locals, name));
    if (value) return value.release();
    return load_global(frame, name);
}

Object* load_class_deref(InterpreterFrame* frame, int slot) {
    Code* code = frame->code;
    auto* name = as_str(code->local_names->items[slot]);
    Ref<> value = TRY(mapping_lookup(frame->locals, name));
    if (value) return value.release();
    Object* cell_value = static_cast<Cell*>(frame->slots[slot])->value;
    if (!cell_value) return raise_unbound_deref(code, slot);
    return new_reference(cell_value);
}

int store_name(InterpreterFrame* frame, Str* name, Object* value) {
    Object* locals = frame->locals;
    if (!locals) return raise(exc::SystemError, value ? "no locals found when storing %R" : "no locals when deleting %R",
                              static_cast<Object*>(name));
    if (value) {
        if (is_dict_exact(locals)) return dict_set(as_dict(locals), name, value).release();
        return set_item(locals, name, value).release();
    }
    if (is_dict_exact(locals)) {
        bool deleted = TRY(dict_delete(as_dict(locals), name));
        if (!deleted) return raise_name_error(name);
        return 0;
    }
    if (delete_item(locals, name).ok()) return 0;
    if (clear_error_if(exc::KeyError)) return raise_name_error(name);
    return -1;
}

int delete_global(InterpreterFrame* frame, Str* name) {
    bool deleted = TRY(dict_delete(as_dict(frame->globals), name));
    if (!deleted) return raise_name_error(name);
    return 0;
}

int setup_annotations(InterpreterFrame* frame) {
    Object* locals = frame->locals;
    if (!locals) return raise(exc::SystemError, "no locals found when setting up annotations");
    Ref<> existing = TRY(mapping_lookup(locals, "__annotations__"_name));
    if (existing) return 0;
    Ref<Dict> dict = TRY(dict_new());
    return store_name(frame, "__annotations__"_name, dict.get());
}

Object* build_class_function(InterpreterFrame* frame) {
    Ref<> function = TRY(mapping_lookup(frame->builtins, "__build_class__"_name));
    if (!function) return raise(exc::NameError, "__build_class__ not found");
    return function.release();
}

namespace {

Raised raise_not_enough(int expected, ssize_t got) {
    return raise(exc::ValueError, "not enough values to unpack (expected %d, got %zd)", expected, got);
}

// Takes `before` items off the iterator, pushing downwards from *top. False: raised; the items taken are dropped.
bool take_leading(Object* iterator, int before, int after, Object**& top) {
    for (int i = 0; i < before; ++i) {
        Lookup<> item = next(iterator);
        Object* value = item.ok() ? item.take().release() : nullptr;
        if (!value) {
            if (!error_occurred()) {
                if (after < 0)
                    (void)raise_not_enough(before, i);
                else
                    (void)raise(exc::ValueError, "not enough values to unpack (expected at least %d, got %d)", before + after, i);
            }
            for (; i > 0; --i) decref(*top++);
            return false;
        }
        *--top = value;
    }
    return true;
}

}  // namespace

int unpack_iterable(Object* iterable, int before, int after, Object** top) {
    Fallible<Ref<>> made = iter(iterable);
    if (!made.ok()) {
        if (!iterable->type->iter && !is_sequence(iterable) && error_matches(exc::TypeError)) {
            clear_error();
            (void)raise(exc::TypeError, "cannot unpack non-iterable %T object", iterable);
        }
        return 0;
    }
    Ref<> iterator = made.take();
    Object** start = top;
    if (!take_leading(iterator.get(), before, after, top)) return 0;
    if (after < 0) {
        Lookup<> extra = next(iterator.get());
        if (!extra.ok() || extra.take()) {
            if (!error_occurred()) (void)raise(exc::ValueError, "too many values to unpack (expected %d)", before);
            while (top < start) decref(*top++);
            return 0;
        }
        return 1;
    }
    Fallible<Ref<List>> rest = list_of(iterator.get());
    if (!rest.ok()) {
        while (top < start) decref(*top++);
        return 0;
    }
    Ref<List> list = rest.take();
    if (list->size < after) {
        (void)raise(exc::ValueError, "not enough values to unpack (expected at least %d, got %zd)", before + after,
                    before + list->size);
        while (top < start) decref(*top++);
        return 0;
    }
    List* items = list.get();
    *--top = list.release();
    for (int i = after; i > 0; --i) *--top = items->items[items->size - i];  // the list's references move over
    items->size -= after;
    return 1;
}

// "function_name()" as call errors name a callable.
static Fallible<Ref<Str>> callable_text(Object* callable) {
    Lookup<> found = lookup_attr(callable, "__qualname__"_name);
    Ref<> qualname = found.ok() ? found.take() : Ref<>();
    if (!qualname) {
        clear_error();
        return str(callable);
    }
    Lookup<> found_module = lookup_attr(callable, "__module__"_name);
    Ref<> module = found_module.ok() ? found_module.take() : Ref<>();
    clear_error();
    if (module && module.get() != none() && !(is_str(module.get()) && str_equals(as_str(module.get()), "builtins")))
        return format_str("%S.%S()", module.get(), qualname.get());
    return format_str("%S()", qualname.get());
}

int extend_call_arguments(Object*, List* list, Object* iterable) {
    Fallible<void> done = list_extend(list, iterable);
    if (done.ok()) return 0;
    if (!iterable->type->iter && !is_sequence(iterable) && error_matches(exc::TypeError)) {
        clear_error();
        return raise(exc::TypeError, "Value after * must be an iterable, not %T", iterable);
    }
    return -1;
}

int merge_call_keywords(Object* callable, Dict* keywords, Object* update) {
    if (dict_merge(keywords, update, OnDuplicate::Raise).ok()) return 0;
    if (error_matches(exc::AttributeError)) {
        clear_error();
        Ref<Str> text = TRY(callable_text(callable));
        return raise(exc::TypeError, "%U argument after ** must be a mapping, not %.200s", text.get(), update->type->name);
    }
    if (!error_matches(exc::KeyError)) return -1;
    PendingError error = fetch_error();
    Object* key = error.value.get();
    if (key && is_exception(key)) key = as_exception(key)->args;
    if (key && is_tuple(key) && as_tuple(key)->size == 1) key = as_tuple(key)->items[0];
    if (!key) {
        restore_error(std::move(error));
        return -1;
    }
    Ref<Str> text = TRY(callable_text(callable));
    return raise(exc::TypeError, "%U got multiple values for keyword argument '%S'", text.get(), key);
}

Object* call_function_ex(Object* callable, Object* arguments, Object* keywords) {
    Ref<Dict> owned_keywords;
    if (keywords && !is_dict_exact(keywords)) {
        owned_keywords = TRY(dict_new());
        if (merge_call_keywords(callable, owned_keywords.get(), keywords) < 0) return nullptr;
        keywords = owned_keywords.get();
    }
    Ref<> owned_arguments;
    if (!is_tuple_exact(arguments)) {
        if (!arguments->type->iter && !is_sequence(arguments)) {
            Ref<Str> text = TRY(callable_text(callable));
            return raise(exc::TypeError, "%U argument after * must be an iterable, not %T", text.get(), arguments);
        }
        owned_arguments = TRY(tuple_of(arguments));
        arguments = owned_arguments.get();
    }
    Thread* thread = Thread::current();
    if (thread->cframe->use_tracing) [[unlikely]]
        return trace_call_tuple(thread, callable, arguments, keywords);
    return call_tuple(callable, arguments, keywords).release();
}

int print_expression(Object* value) {
    Object* hook = sys_get("displayhook");
    if (!hook) return raise(exc::RuntimeError, "lost sys.displayhook");
    Ref<> kept = share(hook);
    TRY(call(kept.get(), value));
    return 0;
}

Object* format_value(Object* value, Object* spec, int conversion) {
    Ref<> converted;
    if (conversion == 1) converted = TRY(str(value));
    if (conversion == 2) converted = TRY(repr(value));
    if (conversion == 3) converted = TRY(ascii(value));
    if (converted) value = converted.get();
    if (is_str_exact(value) && !spec) return new_reference(value);
    return format(value, spec ? as_str(spec) : nullptr).release();
}

Object* make_function(InterpreterFrame* frame, Object** arguments, int flags) {
    Ref<> defaults, keyword_defaults, annotations, closure;
    if (flags & 1) defaults = steal(*arguments++);
    if (flags & 2) keyword_defaults = steal(*arguments++);
    if (flags & 4) annotations = steal(*arguments++);
    if (flags & 8) closure = steal(*arguments++);
    Ref<> code = steal(*arguments);
    Ref<Function> function = TRY(function_new(static_cast<Code*>(code.get()), frame->globals, nullptr));
    function->defaults = as_tuple(defaults.release());
    function->keyword_defaults = as_dict(keyword_defaults.release());
    function->annotations = annotations.release();
    function->closure = as_tuple(closure.release());
    return function.release();
}

Object* get_yield_from_iterator(Object* object, Code* code) {
    if (is_coroutine_exact(object)) {
        if (!(code->flags & (kCoCoroutine | kCoIterableCoroutine)))
            return raise(exc::TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
        return new_reference(object);
    }
    if (is_generator_exact(object)) return new_reference(object);
    return iter(object).release();
}

Object* get_async_iterator(Object* object) {
    Ref<> owned = steal(object);
    AsyncMethods* methods = object->type->as_async;
    if (!methods || !methods->aiter)
        return raise(exc::TypeError, "'async for' requires an object with __aiter__ method, got %T", object);
    Object* iterator = methods->aiter(object);
    if (!iterator) return nullptr;
    if (!iterator->type->as_async || !iterator->type->as_async->anext) {
        (void)raise(exc::TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %T", iterator);
        decref(iterator);
        return nullptr;
    }
    return iterator;
}

Object* get_async_next(Object* iterator) {
    if (is_async_generator_exact(iterator)) return iterator->type->as_async->anext(iterator);
    AsyncMethods* methods = iterator->type->as_async;
    if (!methods || !methods->anext)
        return raise(exc::TypeError, "'async for' requires an iterator with __anext__ method, got %T", iterator);
    Ref<> next_item = steal(methods->anext(iterator));
    if (!next_item) return nullptr;
    Fallible<Ref<>> awaitable = get_awaitable_iterator(next_item.get());
    if (awaitable.ok()) return awaitable.release();
    return raise_from_pending(exc::TypeError, "'async for' received an invalid object from __anext__: %T", next_item.get());
}

Object* get_awaitable(Object* object, int where) {
    Fallible<Ref<>> found = get_awaitable_iterator(object);
    if (!found.ok()) {
        if (where && !(object->type->as_async && object->type->as_async->await)) {
            clear_error();
            const char* method = where == 1 ? "__aenter__" : "__aexit__";
            return raise(exc::TypeError, "'async with' received an object from %s that does not implement __await__: %T", method,
                         object);
        }
        return nullptr;
    }
    Ref<> iterator = found.take();
    if (is_coroutine_exact(iterator.get())) {
        Ref<> delegate = TRY(get_attr(iterator.get(), "cr_await"_name));
        if (delegate.get() != none()) return raise(exc::RuntimeError, "coroutine is being awaited already");
    }
    return iterator.release();
}

int load_context_manager(Object* manager, bool is_async, Object** enter, Object** exit) {
    Str* enter_name = is_async ? "__aenter__"_name : "__enter__"_name;
    Str* exit_name = is_async ? "__aexit__"_name : "__exit__"_name;
    const char* protocol = is_async ? "asynchronous context manager" : "context manager";
    Ref<> enter_method = TRY(lookup_special(manager, enter_name));
    if (!enter_method) return raise(exc::TypeError, "'%T' object does not support the %s protocol", manager, protocol);
    Ref<> exit_method = TRY(lookup_special(manager, exit_name));
    if (!exit_method)
        return raise(exc::TypeError, "'%T' object does not support the %s protocol (missed %U method)", manager, protocol, exit_name);
    *enter = enter_method.release();
    *exit = exit_method.release();
    return 0;
}

int exit_with(Object* exit_function, Object* value, Object** result) {
    Object* traceback = as_exception(value)->traceback;
    *result = call(exit_function, static_cast<Object*>(value->type), value, traceback ? traceback : none()).release();
    return *result ? 0 : -1;
}

}  // namespace py
