// Binding call arguments to a signature, and the TypeErrors of calls that do not fit.
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"

namespace py {
namespace {

// The keyword arguments of a call in either form: names behind the positional arguments, or a dict.
struct Keywords {
    Object* const* args;  // vectorcall: positional arguments, then keyword values
    ssize_t nargs;
    Tuple* names;
    Dict* dict;

    ssize_t count() const { return names ? names->size : dict ? dict->used : 0; }
    bool next(ssize_t* position, Object** key, Object** value) const {
        if (dict) return dict_next(dict, position, key, value);
        if (!names || *position >= names->size) return false;
        *key = names->items[*position];
        *value = args[nargs + *position];
        ++*position;
        return true;
    }
};

// "name" "()", or what CPython says of functions whose name its binding does not know.
#define NAME_OR(signature, unnamed)                                                                    \
    int((signature).function_name.empty() ? sizeof unnamed - 1 : (signature).function_name.size()), \
        (signature).function_name.empty() ? unnamed : (signature).function_name.data(), (signature).function_name.empty() ? "" : "()"
#define NAME(signature) NAME_OR(signature, "function")
const char* plural(ssize_t count) { return count == 1 ? "" : "s"; }

Fallible<void> bad_positional_count(const Signature& s, ssize_t nargs) {
    if (nargs > s.positional) {
        if (s.positional == 0) return raise(exc::TypeError, "%.*s%s takes no positional arguments", NAME(s));
        return raise(exc::TypeError, "%.*s%s takes %s %d positional argument%s (%zd given)", NAME(s),
                     s.required < s.positional ? "at most" : "exactly", int(s.positional), plural(s.positional), nargs);
    }
    int least = s.required < s.positional_only ? s.required : s.positional_only;
    return raise(exc::TypeError, "%.*s%s takes %s %d positional argument%s (%zd given)", NAME(s),
                 least < s.positional || s.has_varargs ? "at least" : "exactly", least, plural(least), nargs);
}

// 1. Counts; as the messages' order in CPython has it, the sum of all arguments first.
Fallible<void> check_counts(const Signature& s, ssize_t nargs, ssize_t nkeywords) {
    if (!s.has_varargs && !s.has_kwargs && nargs + nkeywords > s.count)
        return raise(exc::TypeError, "%.*s%s takes at most %d %sargument%s (%zd given)", NAME(s), int(s.count),
                     nargs == 0 ? "keyword " : "", plural(s.count), nargs + nkeywords);
    if (!s.has_varargs && nargs > s.positional) return bad_positional_count(s, nargs);
    int least = s.required < s.positional_only ? s.required : s.positional_only;
    if (nargs < least) return bad_positional_count(s, nargs);
    return {};
}

int find_parameter(const Signature& s, Object* key, int from) {
    for (int i = from; i < s.count; ++i)
        if (str_equals(static_cast<Str*>(key), s.names[i])) return i;
    return -1;
}

// 2. Keywords to parameters; the ones no parameter has go to **kwargs, or their first is returned.
Fallible<Object*> place_keywords(const Signature& s, const Keywords& keywords, Object** out) {
    Object* stranger = nullptr;
    Dict* rest = s.has_kwargs ? static_cast<Dict*>(out[s.count + s.has_varargs]) : nullptr;
    ssize_t position = 0;
    Object *key, *value;
    while (keywords.next(&position, &key, &value)) {
        if (!is_str(key)) return raise(exc::TypeError, "keywords must be strings");
        int index = find_parameter(s, key, s.positional_only);
        if (index >= 0 && !out[index]) {
            out[index] = value;
        } else if (index < 0 && rest) {
            TRY(dict_set(rest, key, value));
        } else if (!stranger) {
            stranger = key;
        }
    }
    return stranger;
}

Fallible<void> check_required(const Signature& s, Object** out) {
    for (int i = 0; i < s.count; ++i)
        if (!out[i] && (s.required_mask >> i & 1))
            return raise(exc::TypeError, "%.*s%s missing required argument '%.*s' (pos %d)", NAME(s), int(s.names[i].size()),
                         s.names[i].data(), i + 1);
    return {};
}

Fallible<void> bind(const Signature& s, Object* const* args, ssize_t nargs, const Keywords& keywords, Object** out) {
    ssize_t nkeywords = keywords.count();
    if (s.positional_only == s.count && !s.has_varargs && !s.has_kwargs && !s.unpacks) {
        if (nkeywords) return raise(exc::TypeError, "%.*s%s takes no keyword arguments", NAME(s));
        if (nargs && s.count == 0) return raise(exc::TypeError, "%.*s%s takes no positional arguments", NAME(s));
        if (nargs < s.required || nargs > s.count) return check_positional(s.function_name.data(), nargs, s.required, s.count);
        for (ssize_t i = 0; i < nargs; ++i) out[i] = args[i];
        return {};
    }
    TRY(check_counts(s, nargs, nkeywords));
    ssize_t placed = nargs < s.positional ? nargs : s.positional;
    for (ssize_t i = 0; i < placed; ++i) out[i] = args[i];
    if (s.has_varargs) out[s.count] = TRY(tuple_from_array(args + placed, nargs - placed)).release();
    if (s.has_kwargs) out[s.count + s.has_varargs] = TRY(dict_new()).release();
    Object* stranger = nkeywords ? TRY(place_keywords(s, keywords, out)) : nullptr;
    if (s.required_mask) TRY(check_required(s, out));
    if (!stranger) return {};
    int index = find_parameter(s, stranger, 0);
    if (index >= s.positional_only && index < nargs)
        return raise(exc::TypeError, "argument for %.*s%s given by name ('%U') and position (%d)", NAME(s), stranger, index + 1);
    return raise(exc::TypeError, "'%U' is an invalid keyword argument for %.*s%s", stranger, NAME_OR(s, "this function"));
}

}  // namespace

Fallible<void> bind_arguments(const Signature& signature, Object* const* args, ssize_t nargs, Object* kwnames, Object** out) {
    return bind(signature, args, nargs, {args, nargs, static_cast<Tuple*>(kwnames), nullptr}, out);
}

Fallible<void> bind_arguments(const Signature& signature, Object* args_tuple, Object* kwargs_dict, Object** out) {
    Tuple* args = static_cast<Tuple*>(args_tuple);
    return bind(signature, args->items, args->size, {nullptr, 0, nullptr, static_cast<Dict*>(kwargs_dict)}, out);
}

Fallible<void> check_positional(const char* name, ssize_t nargs, ssize_t min, ssize_t max) {
    if (nargs >= min && nargs <= max) return {};
    ssize_t bound = nargs < min ? min : max;
    const char* how = min == max ? "" : nargs < min ? "at least " : "at most ";
    return raise(exc::TypeError, "%s expected %s%zd argument%s, got %zd", name, how, bound, plural(bound), nargs);
}

Fallible<void> check_parsed_count(const char* name, ssize_t nargs, ssize_t min, ssize_t max) {
    if (nargs >= min && nargs <= max) return {};
    const char* how = min == max ? "exactly" : nargs < min ? "at least" : "at most";
    ssize_t wanted = nargs < min ? min : max;
    return raise(exc::TypeError, "%s%s takes %s %zd argument%s (%zd given)", *name ? name : "function", *name ? "()" : "", how, wanted,
                 plural(wanted), nargs);
}

Fallible<void> check_no_arguments(const char* name, ssize_t nargs) {
    if (!nargs) return {};
    return raise(exc::TypeError, "%s() takes no arguments", name);
}

Fallible<void> check_keywords_are_str(Object* kwargs) {
    ssize_t position = 0;
    Object* name;
    while (dict_next(as_dict(kwargs), &position, &name, nullptr))
        if (!is_str(name)) return raise(exc::TypeError, "keywords must be strings");
    return {};
}

Fallible<void> refuse_deletion(Object* value) {
    if (!value) return raise(exc::AttributeError, "cannot delete attribute");
    return {};
}

Fallible<void> check_no_keywords(const char* name, Object* keywords) {
    if (!keywords) return {};
    ssize_t count = is_tuple(keywords) ? as_tuple(keywords)->size : as_dict(keywords)->used;
    if (count == 0) return {};
    return raise(exc::TypeError, "%s() takes no keyword arguments", name);
}

}  // namespace py
