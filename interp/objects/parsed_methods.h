// Rows for functions that parse their arguments themselves in CPython (METH_VARARGS with PyArg_ParseTuple): wrong counts are
// told as "name() takes exactly 2 arguments (0 given)", and keywords are refused by the bare name.
#pragma once

#include "interp/objects/method_def.h"

namespace py {

// For a function with one positional parameter and others by keyword only: CPython's format counts even a required one as optional.
inline Fallible<void> check_only_positional(const char* name, ssize_t nargs, bool has_keywords) {
    if (nargs == 2 && !has_keywords) return raise(exc::TypeError, "%s() takes at most 1 positional argument (2 given)", name);
    return {};
}

template <auto F, FixedString Name, int Count>
Object* parsed_arguments(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count(Name.text, nargs, Count, Count));
    return F(self, args).release();
}
template <auto F, FixedString Name>
Object* parsed_one(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count(Name.text, nargs, 1, 1));
    return F(self, args[0]).release();
}
template <auto F, FixedString Name, FixedString Text>
Object* parsed_bound(Object* self, Object* const* args, ssize_t nargs) {
    constexpr Signature signature = parse_signature(Name.view(), Text.view());
    static_assert(signature.positional_only == signature.count && !signature.has_varargs && !signature.has_kwargs);
    TRY(check_parsed_count(Name.text, nargs, signature.required, signature.count));
    return Bound<F, Name, Text>::fastcall_positional(self, args, nargs);
}
// f(self, args), exactly `count` of them
#define METHOD_PARSED(name, function, count, signature, doc)                              \
    {name, (::py::CFunction)(void*)::py::parsed_arguments<function, name, count>,         \
     ::py::kFastcall | ::py::kBareName, METHOD_DOC(name, signature, doc)}
// The same of a METH_FASTCALL function: keywords are refused by the full name.
#define METHOD_PARSED_FAST(name, function, count, signature, doc)                         \
    {name, (::py::CFunction)(void*)::py::parsed_arguments<function, name, count>, ::py::kFastcall, METHOD_DOC(name, signature, doc)}
// f(self, arg)
#define METHOD_PARSED_ONE(name, function, doc)                                 \
    {name, (::py::CFunction)(void*)::py::parsed_one<function, name>, ::py::kFastcall | ::py::kBareName, doc}
// f(self, bound): positional-only parameters, null where left out
#define METHOD_PARSED_BOUND(name, function, signature, doc)                                                            \
    {name, (::py::CFunction)(void*)::py::parsed_bound<function, name, signature>, ::py::kFastcall | ::py::kBareName, doc}
// The same of a function whose name its messages do not know: "function takes exactly 2 arguments (0 given)".
#define METHOD_PARSED_UNNAMED(name, function, signature, doc) \
    {name, (::py::CFunction)(void*)::py::parsed_bound<function, "", signature>, ::py::kFastcall | ::py::kBareName, doc}
// Any other row, of a function that checks its counts itself.
constexpr MethodDef parsed(MethodDef row) {
    row.flags |= kBareName;
    return row;
}

// Methods that CPython tells their defining class (METH_METHOD): keywords are unpacked even where no parameter takes one, and
// overlooked where there are no parameters.
template <auto F, FixedString Name>
Object* unpacked_no_args(Object* self, Object* const*, ssize_t nargs, Object*) {
    TRY(check_no_arguments(Name.text, nargs));
    return F(self).release();
}
template <FixedString Name, FixedString Text>
constexpr Signature unpacked_signature() {
    Signature signature = parse_signature(Name.view(), Text.view());
    signature.unpacks = true;
    return signature;
}
template <auto F, FixedString Name, FixedString Text>
Object* unpacked(Object* self, Object* const* args, ssize_t nargs, Object* kwnames) {
    static constexpr Signature kSignature = unpacked_signature<Name, Text>();
    Object* out[kSignature.count] = {};
    TRY(bind_arguments(kSignature, args, nargs, kwnames, out));
    return F(self, static_cast<Object* const*>(out)).release();
}
template <auto F>
Fallible<Ref<>> with_first(Object* self, Object* const* args) {
    return F(self, args[0]);
}
// f(self)
#define METHOD_UNPACKED_NOARGS(name, function, signature, doc)                          \
    {name, (::py::CFunction)(void*)::py::unpacked_no_args<function, name>, ::py::kFastcall | ::py::kKeywords | ::py::kCounted, \
     METHOD_DOC(name, signature, doc)}
// f(self, bound)
#define METHOD_UNPACKED(name, function, signature, doc)                                 \
    {name, (::py::CFunction)(void*)::py::unpacked<function, name, signature>, ::py::kFastcall | ::py::kKeywords | ::py::kCounted, \
     METHOD_DOC(name, signature, doc)}
// f(self, arg)
#define METHOD_UNPACKED_O(name, function, signature, doc) METHOD_UNPACKED(name, ::py::with_first<function>, signature, doc)

}  // namespace py
