// Binding call arguments to a Python function's parameters (language reference §6.3.4 Calls), with CPython's error texts.
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"
#include "interp/vm/frame_stack.h"

namespace py {

namespace {

// The call being bound. Argument references belong to it until they are moved into slots.
struct Binding {
    Function* function;
    Code* code;
    Object** slots;
    Object* const* args;
    ssize_t nargs;
    Object* kwnames;

    Object* parameter(int i) const { return code->local_names->items[i]; }
    ssize_t keyword_count() const { return kwnames ? as_tuple(kwnames)->size : 0; }
};

// "'a', 'b', and 'c'" of a list of reprs.
Fallible<Ref<Str>> join_names(List* names) {
    ssize_t n = names->size;
    if (n == 1) return share(as_str(names->items[0]));
    if (n == 2) return format_str("%U and %U", names->items[0], names->items[1]);
    StrBuilder out;
    for (ssize_t i = 0; i < n; ++i) {
        if (i) TRY(out.append_ascii(i == n - 1 ? ", and " : ", "));
        TRY(out.append(as_str(names->items[i])));
    }
    return out.finish();
}

Fallible<void> raise_missing(const Binding& call, const char* kind, int first, int end) {
    Ref<List> names = TRY(list_new(0));
    for (int i = first; i < end; ++i)
        if (!call.slots[i]) TRY(list_append(names.get(), TRY(repr(call.parameter(i))).get()));
    Ref<Str> text = TRY(join_names(names.get()));
    return raise(exc::TypeError, "%U() missing %zd required %s argument%s: %U", call.function->qualname, names->size, kind,
                 names->size == 1 ? "" : "s", text.get());
}

Fallible<void> raise_too_many(const Binding& call) {
    Code* code = call.code;
    int keyword_given = 0;
    for (int i = code->argcount; i < code->argcount + code->keyword_only_argcount; ++i)
        if (call.slots[i]) ++keyword_given;
    ssize_t defaults = call.function->defaults ? call.function->defaults->size : 0;
    bool plural = defaults ? true : code->argcount != 1;
    Ref<Str> takes = defaults ? TRY(format_str("from %zd to %d", code->argcount - defaults, code->argcount))
                              : TRY(format_str("%d", code->argcount));
    Ref<Str> extra = keyword_given ? TRY(format_str(" positional argument%s (and %d keyword-only argument%s)",
                                                    call.nargs == 1 ? "" : "s", keyword_given, keyword_given == 1 ? "" : "s"))
                                   : str_empty();
    return raise(exc::TypeError, "%U() takes %U positional argument%s but %zd%U %s given", call.function->qualname, takes.get(),
                 plural ? "s" : "", call.nargs, extra.get(), call.nargs == 1 && !keyword_given ? "was" : "were");
}

// A keyword that names a positional-only parameter: TypeError that lists them all; otherwise nothing.
Fallible<void> check_positional_only_keywords(const Binding& call) {
    Ref<List> names = TRY(list_new(0));
    for (int i = 0; i < call.code->positional_only_argcount; ++i)
        for (ssize_t k = 0; k < call.keyword_count(); ++k)
            if (TRY(equals(call.parameter(i), as_tuple(call.kwnames)->items[k])))
                TRY(list_append(names.get(), as_tuple(call.kwnames)->items[k]));
    if (!names->size) return {};
    Ref<Str> comma = TRY(str_from_ascii(", "));
    Ref<Str> text = TRY(str_join(comma.get(), names.get()));
    return raise(exc::TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%U'",
                 call.function->qualname, text.get());
}

// Slot of the parameter called `keyword`, -1 none.
Fallible<int> find_parameter(const Binding& call, Object* keyword) {
    int first = call.code->positional_only_argcount;
    int end = call.code->argcount + call.code->keyword_only_argcount;
    for (int i = first; i < end; ++i)
        if (call.parameter(i) == keyword) return i;
    bool interned = is_str_exact(keyword) && as_str(keyword)->interned;
    for (int i = first; i < end; ++i) {
        if (interned && as_str(call.parameter(i))->interned) continue;  // FAST: two interned strings differ
        if (TRY(equals(keyword, call.parameter(i)))) return i;
    }
    return -1;
}

Fallible<void> bind_keywords(const Binding& call, Dict* extra) {
    for (ssize_t k = 0; k < call.keyword_count(); ++k) {
        Object* keyword = as_tuple(call.kwnames)->items[k];
        Object* value = call.args[call.nargs + k];
        if (!is_str(keyword)) return raise(exc::TypeError, "%U() keywords must be strings", call.function->qualname);
        int slot = TRY(find_parameter(call, keyword));
        if (slot >= 0) {
            if (call.slots[slot])
                return raise(exc::TypeError, "%U() got multiple values for argument '%S'", call.function->qualname, keyword);
            call.slots[slot] = new_reference(value);
            continue;
        }
        if (!extra) {
            if (call.code->positional_only_argcount) TRY(check_positional_only_keywords(call));
            return raise(exc::TypeError, "%U() got an unexpected keyword argument '%S'", call.function->qualname, keyword);
        }
        TRY(dict_set(extra, keyword, value));
    }
    return {};
}

Fallible<void> fill_defaults(const Binding& call) {
    Code* code = call.code;
    if (call.nargs < code->argcount) {
        Tuple* defaults = call.function->defaults;
        int count = defaults ? int(defaults->size) : 0;
        int required = code->argcount - count;
        for (int i = int(call.nargs); i < required; ++i)
            if (!call.slots[i]) return raise_missing(call, "positional", 0, required);
        for (int i = call.nargs > required ? int(call.nargs) : required; i < code->argcount; ++i)
            if (!call.slots[i]) call.slots[i] = new_reference(defaults->items[i - required]);
    }
    int end = code->argcount + code->keyword_only_argcount;
    bool missing = false;
    for (int i = code->argcount; i < end; ++i) {
        if (call.slots[i]) continue;
        if (Dict* defaults = call.function->keyword_defaults) {
            Ref<> value = TRY(dict_get(defaults, call.parameter(i)));
            if (value) {
                call.slots[i] = value.release();
                continue;
            }
        }
        missing = true;
    }
    if (missing) return raise_missing(call, "keyword-only", code->argcount, end);
    return {};
}

Fallible<void> bind_all(const Binding& call) {
    Code* code = call.code;
    int total = code->argcount + code->keyword_only_argcount;
    bool varargs = code->flags & kCoVarargs;
    Dict* extra = nullptr;
    if (code->flags & kCoVarkeywords) {
        Ref<Dict> dict = TRY(dict_new());
        extra = dict.get();
        call.slots[total + varargs] = dict.release();
    }
    ssize_t direct = call.nargs < code->argcount ? call.nargs : code->argcount;
    for (ssize_t i = 0; i < direct; ++i) call.slots[i] = new_reference(call.args[i]);
    if (varargs) {
        Ref<Tuple> rest = TRY(tuple_from_array(call.args + direct, call.nargs - direct));
        call.slots[total] = rest.release();
    }
    if (call.kwnames) TRY(bind_keywords(call, extra));
    if (call.nargs > code->argcount && !varargs) return raise_too_many(call);
    return fill_defaults(call);
}

}  // namespace

Fallible<void> bind_parameters(Function* function, Object** slots, Object* const* args, ssize_t nargs, Object* kwnames) {
    Code* code = function->code;
    // FAST: exactly the positional parameters and nothing else: the references move over. Equal to bind_all.
    if (!kwnames && nargs == code->argcount && !code->keyword_only_argcount && !(code->flags & (kCoVarargs | kCoVarkeywords))) {
        if (nargs) std::memcpy(slots, args, size_t(nargs) * sizeof(Object*));
        return {};
    }
    Binding call{function, code, slots, args, nargs, kwnames};
    Fallible<void> result = bind_all(call);
    ssize_t given = nargs + call.keyword_count();
    for (ssize_t i = 0; i < given; ++i) decref(args[i]);
    return result;
}

}  // namespace py
