// raise, except and except* (language reference §8.4, PEP 654).
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/vm/eval.h"
#include "interp/vm/eval_slow.h"

namespace py {

namespace {

// The exception a raise statement's operand stands for: an instance, or a class called without arguments.
Fallible<Ref<>> instantiate(Object* operand, const char* not_exception) {
    if (is_exception_class(operand)) {
        Ref<> value = TRY(call(operand));
        if (!is_exception(value.get()))
            return raise(exc::TypeError, "calling %R should have returned an instance of BaseException, not %R", operand,
                         static_cast<Object*>(value->type));
        return value;
    }
    if (is_exception(operand)) return share(operand);
    return raise(exc::TypeError, not_exception);
}

Fallible<void> raise_with_cause(Object* exception, Object* cause) {
    Ref<> value = TRY(instantiate(exception, "exceptions must derive from BaseException"));
    if (cause) {
        Ref<> fixed;
        if (cause != none()) fixed = TRY(instantiate(cause, "exception causes must derive from BaseException"));
        exception_set_cause(as_exception(value.get()), std::move(fixed).cast<BaseException>());
    }
    return raise_object(static_cast<Type*>(value->type), value.get());
}

}  // namespace

int do_raise(Object* exception, Object* cause) {
    if (!exception) {
        Object* handled = handled_exception();
        if (!handled) {
            (void)raise(exc::RuntimeError, "No active exception to reraise");
            return 0;
        }
        restore_exception(share(as_exception(handled)));
        return 1;
    }
    Ref<> owned = steal(exception);
    Ref<> owned_cause = steal(cause);
    (void)raise_with_cause(exception, cause);
    return 0;
}

static bool all_exception_classes(Object* type) {
    if (!is_tuple(type)) return is_exception_class(type);
    for (ssize_t i = 0; i < as_tuple(type)->size; ++i)
        if (!is_exception_class(as_tuple(type)->items[i])) return false;
    return true;
}

int check_exception_match(Object* handled, Object* type) {
    if (!all_exception_classes(type))
        return raise(exc::TypeError, "catching classes that do not inherit from BaseException is not allowed");
    return given_exception_matches(handled, type);
}

static int check_except_star_types(Object* type) {
    if (!all_exception_classes(type))
        return raise(exc::TypeError, "catching classes that do not inherit from BaseException is not allowed");
    ssize_t count = is_tuple(type) ? as_tuple(type)->size : 1;
    for (ssize_t i = 0; i < count; ++i) {
        Object* each = is_tuple(type) ? as_tuple(type)->items[i] : type;
        bool group = TRY(is_subclass(each, exc::BaseExceptionGroup));
        if (group) return raise(exc::TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
    }
    return 0;
}

int match_exception_group(Object* handled, Object* type, Object** match, Object** rest) {
    if (check_except_star_types(type) < 0) return -1;
    if (handled == none()) {
        *match = new_reference(none());
        *rest = new_reference(none());
        return 0;
    }
    if (given_exception_matches(handled, type)) {
        if (is_instance_of(handled, *exc::BaseExceptionGroup)) {
            *match = new_reference(handled);
        } else {
            // A naked exception is wrapped, so that the handler sees a group.
            Ref<Tuple> members = TRY(tuple_pack(handled));
            Ref<Str> empty = str_empty();
            Ref<> group = TRY(call(exc::BaseExceptionGroup, static_cast<Object*>(empty.get()), static_cast<Object*>(members.get())));
            *match = group.release();
        }
        *rest = new_reference(none());
        return 0;
    }
    if (is_instance_of(handled, *exc::BaseExceptionGroup)) {
        Ref<> pair = TRY(call_method(handled, "split"_name, type));
        if (!is_tuple(pair.get()) || as_tuple(pair.get())->size != 2)
            return raise(exc::TypeError, "%T.split must return a 2-tuple", handled);
        *match = new_reference(as_tuple(pair.get())->items[0]);
        *rest = new_reference(as_tuple(pair.get())->items[1]);
        return 0;
    }
    *match = new_reference(none());
    *rest = new_reference(handled);
    return 0;
}

namespace {

// Do two exceptions carry the same traceback, context, cause and notes? Then one was re-raised from the other's group.
Fallible<bool> same_metadata(BaseException* a, BaseException* b) {
    if (a->traceback != b->traceback || a->context != b->context || a->cause != b->cause) return false;
    Ref<> notes_a = TRY(lookup_attr(a, "__notes__"_name));
    Ref<> notes_b = TRY(lookup_attr(b, "__notes__"_name));
    return notes_a.get() == notes_b.get();
}

Fallible<void> collect_leaf_ids(Object* exception, Set* ids) {
    if (!is_instance_of(exception, *exc::BaseExceptionGroup)) {
        Ref<> id = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(exception)));
        return set_add(ids, id.get());
    }
    auto* group = static_cast<ExceptionGroup*>(as_exception(exception));
    for (ssize_t i = 0; i < as_tuple(group->exceptions)->size; ++i)
        TRY(collect_leaf_ids(as_tuple(group->exceptions)->items[i], ids));
    return {};
}

// The part of `original` whose leaves are in `ids`.
Fallible<Ref<>> project(Object* exception, Set* ids) {
    if (!is_instance_of(exception, *exc::BaseExceptionGroup)) {
        Ref<> id = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(exception)));
        bool kept = TRY(set_contains(ids, id.get()));
        return share(kept ? exception : none());
    }
    auto* group = static_cast<ExceptionGroup*>(as_exception(exception));
    Ref<List> kept = TRY(list_new(0));
    for (ssize_t i = 0; i < as_tuple(group->exceptions)->size; ++i) {
        Ref<> part = TRY(project(as_tuple(group->exceptions)->items[i], ids));
        if (part.get() != none()) TRY(list_append(kept.get(), part.get()));
    }
    if (!kept->size) return share(none());
    Ref<> derived = TRY(call_method(exception, "derive"_name, static_cast<Object*>(kept.get())));
    if (!is_exception(derived.get())) return raise(exc::TypeError, "derive must return an instance of BaseExceptionGroup");
    BaseException* to = as_exception(derived.get());
    exception_set_traceback(to, group->traceback);
    exception_set_context(to, share(group->context));
    exception_set_cause(to, share(group->cause));
    Ref<> notes = TRY(lookup_attr(group, "__notes__"_name));
    if (notes && is_list(notes.get())) TRY(set_attr(to, "__notes__"_name, TRY(list_of(notes.get())).get()));
    return derived;
}

}  // namespace

Object* prepare_reraise_star(Object* original, Object* raised_list) {
    List* exceptions = as_list(raised_list);
    if (!exceptions->size) return new_reference(none());
    if (!is_instance_of(original, *exc::BaseExceptionGroup)) {
        // A naked exception was caught and wrapped: at most one was raised, or it was re-raised itself.
        return new_reference(exceptions->items[0]);
    }
    Ref<List> raised_new = TRY(list_new(0));
    Ref<List> reraised = TRY(list_new(0));
    for (ssize_t i = 0; i < exceptions->size; ++i) {
        Object* each = exceptions->items[i];
        if (each == none()) continue;
        bool same = TRY(same_metadata(as_exception(each), as_exception(original)));
        TRY(list_append(same ? reraised.get() : raised_new.get(), each));
    }
    Ref<Set> ids = TRY(set_new(nullptr));
    for (ssize_t i = 0; i < reraised->size; ++i) TRY(collect_leaf_ids(reraised->items[i], ids.get()));
    Ref<> rest = share(none());
    if (reraised->size) rest = TRY(project(original, ids.get()));
    if (!raised_new->size) return rest.release();
    if (rest.get() != none()) TRY(list_append(raised_new.get(), rest.get()));
    Ref<Str> empty = str_empty();
    return call(exc::BaseExceptionGroup, static_cast<Object*>(empty.get()), static_cast<Object*>(raised_new.get())).release();
}

}  // namespace py
