// BaseExceptionGroup and ExceptionGroup (PEP 654).
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception_layouts.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"

namespace py {

namespace {

ExceptionGroup* as_group(Object* object) { return static_cast<ExceptionGroup*>(object); }
bool is_group(Object* object) { return is_instance_of(object, *exc::BaseExceptionGroup); }

// The class to make: ExceptionGroup where BaseExceptionGroup would do with less.
Fallible<Type*> class_for(Type* type, bool has_base_exceptions) {
    Type* narrow = exception_group_class();
    if (type == exc::BaseExceptionGroup) return has_base_exceptions ? type : narrow;
    if (!has_base_exceptions) return type;
    if (type == narrow) return raise(exc::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    if (is_subtype(type, exc::Exception))
        return raise(exc::TypeError, "Cannot nest BaseExceptions in '%.200s'", type->name);
    return type;
}

}  // namespace

// BaseExceptionGroup(message, exceptions)
Object* exception_group_new(Type* type, Object* args, Object*) {
    Tuple* tuple = as_tuple(args);
    if (tuple->size != 2)
        return raise(exc::TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%zd given)", tuple->size);
    Object* message = tuple->items[0];
    if (!is_str(message))
        return raise(exc::TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %N",
                     message);
    if (!is_sequence(tuple->items[1]))
        return raise(exc::TypeError, "second argument (exceptions) must be a sequence");
    Ref<Tuple> exceptions = TRY(tuple_of(tuple->items[1]));
    if (exceptions->size == 0)
        return raise(exc::ValueError, "second argument (exceptions) must be a non-empty sequence");
    bool has_base_exceptions = false;
    for (ssize_t i = 0; i < exceptions->size; ++i) {
        Object* each = exceptions->items[i];
        if (!is_exception(each))
            return raise(exc::ValueError, "Item %d of second argument (exceptions) is not an exception", int(i));
        has_base_exceptions = has_base_exceptions || !is_instance_of(each, *exc::Exception);
    }
    type = TRY(class_for(type, has_base_exceptions));
    Object* made = base_exception_new(type, args, nullptr);
    if (!made) return nullptr;
    as_group(made)->message = new_reference(message);
    as_group(made)->exceptions = exceptions.release();
    return made;
}

int exception_group_init(Object* self, Object* args, Object* kwargs) {
    return base_exception_init(self, args, kwargs);
}

Object* exception_group_str(Object* self) {
    ssize_t count = as_tuple(as_group(self)->exceptions)->size;
    return format_str("%S (%zd sub-exception%s)", as_group(self)->message, count, count > 1 ? "s" : "").release();
}

namespace {

// BaseExceptionGroup.derive(excs, /)
Fallible<Ref<>> group_derive(Object* self, Object* const* args, ssize_t nargs) {
    if (nargs != 1) return raise(exc::TypeError, "function takes exactly 1 argument (%zd given)", nargs);
    return call(exc::BaseExceptionGroup, as_group(self)->message, args[0]);
}

// A group of some of `original`'s exceptions with its traceback, links and notes; None for an empty list.
Fallible<Ref<>> subset(Object* original, List* exceptions) {
    if (exceptions->size == 0) return share(none());
    Ref<> made = TRY(call_method(original, "derive"_name, exceptions));
    if (!is_group(made.get())) return raise(exc::TypeError, "derive must return an instance of BaseExceptionGroup");
    BaseException *from = as_exception(original), *to = as_exception(made.get());
    if (from->traceback) exception_set_traceback(to, from->traceback);
    exception_set_context(to, share(from->context));
    exception_set_cause(to, share(from->cause));
    Ref<> notes = TRY(lookup_attr(original, "__notes__"_name));
    if (notes && is_sequence(notes.get())) {
        Ref<List> copy = TRY(list_of(notes.get()));
        TRY(set_attr(made.get(), "__notes__"_name, copy.get()));
    }
    return made;
}

// What split and subgroup select by.
class Matcher {
  public:
    Fallible<void> set(Object* condition) {
        condition_ = condition;
        if (is_function(condition)) {
            is_predicate_ = true;
            return {};
        }
        bool good = is_exception_class(condition);
        if (is_tuple(condition)) {
            good = true;
            for (ssize_t i = 0; i < as_tuple(condition)->size && good; ++i)
                good = is_exception_class(as_tuple(condition)->items[i]);
        }
        if (!good) return raise(exc::TypeError, "expected a function, exception type or tuple of exception types");
        return {};
    }
    Fallible<bool> matches(Object* exception) const {
        if (!is_predicate_) return given_exception_matches(exception, condition_);
        Ref<> verdict = TRY(call(condition_, exception));
        return is_true(verdict.get());
    }

  private:
    Object* condition_ = nullptr;
    bool is_predicate_ = false;
};

enum class Want { Matching, Both };
struct Parts {
    Ref<> matching, rest;  // None where empty
};

Fallible<void> split_into(Object* exception, const Matcher& matcher, Want want, Parts* parts) {
    parts->matching = share(none());
    parts->rest = share(none());
    if (TRY(matcher.matches(exception))) {
        parts->matching = share(exception);
        return {};
    }
    if (!is_group(exception)) {
        if (want == Want::Both) parts->rest = share(exception);
        return {};
    }
    Ref<List> matching = TRY(list_new(0)), rest = TRY(list_new(0));
    Tuple* members = as_tuple(as_group(exception)->exceptions);
    for (ssize_t i = 0; i < members->size; ++i) {
        RecursionGuard guard(" in exceptiongroup_split_recursive");
        if (!guard.ok()) return raised;
        Parts inner;
        TRY(split_into(members->items[i], matcher, want, &inner));
        if (!is_none(inner.matching.get())) TRY(list_append(matching.get(), inner.matching.get()));
        if (!is_none(inner.rest.get())) TRY(list_append(rest.get(), inner.rest.get()));
    }
    parts->matching = TRY(subset(exception, matching.get()));
    if (want == Want::Both) parts->rest = TRY(subset(exception, rest.get()));
    return {};
}

// BaseExceptionGroup.split(condition, /)
Fallible<Ref<>> group_split(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("split", nargs, 1, 1));
    Matcher matcher;
    TRY(matcher.set(args[0]));
    Parts parts;
    TRY(split_into(self, matcher, Want::Both, &parts));
    return TRY(tuple_pack(parts.matching.get(), parts.rest.get()));
}

// BaseExceptionGroup.subgroup(condition, /)
Fallible<Ref<>> group_subgroup(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("subgroup", nargs, 1, 1));
    Matcher matcher;
    TRY(matcher.set(args[0]));
    Parts parts;
    TRY(split_into(self, matcher, Want::Matching, &parts));
    return parts.matching;
}

}  // namespace

MethodDef exception_group_methods[] = {
    CLASS_GETITEM_ROW,
    METHOD_FAST_UNSIGNED("derive", group_derive, nullptr),
    METHOD_FAST_UNSIGNED("split", group_split, nullptr),
    METHOD_FAST_UNSIGNED("subgroup", group_subgroup, nullptr),
    END_ROW,
};
MemberDef exception_group_members[] = {
    {"message", kObject, offsetof(ExceptionGroup, message), kReadOnly, "exception message"},
    {"exceptions", kObject, offsetof(ExceptionGroup, exceptions), kReadOnly, "nested exceptions"},
    END_ROW,
};

}  // namespace py
