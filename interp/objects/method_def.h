// Rows of the tables that give types and modules their methods, members and computed attributes (C ABI layouts), and the
// binding of call arguments to a signature. A row's signature text is what inspect.signature shows *and* what binds.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

using CFunction = Object* (*)(Object*, Object*);
struct MethodDef {  // PyMethodDef
    const char* name;
    CFunction function;
    int flags;
    const char* doc;  // "name(signature)\n--\n\ntext"
};
static_assert(sizeof(MethodDef) == 32);
enum MethodFlag : int {
    kVarargs = 1, kKeywords = 2, kNoArgs = 4, kO = 8, kClass = 0x10, kStatic = 0x20, kCoexist = 0x40, kFastcall = 0x80,
    kMethod = 0x200,
    // Not CPython's: calls have no specialised form there, so that each is a level of recursion.
    kBareName = 0x10000,  // METH_VARARGS there; a bound one refuses keywords by its bare name
    kCounted = 0x20000,   // METH_METHOD there, or METH_VARARGS with keywords
};
struct MemberDef {  // PyMemberDef
    const char* name;
    int type;  // MemberType
    ssize_t offset;
    int flags;  // kReadOnly, kAuditRead
    const char* doc;
};
static_assert(sizeof(MemberDef) == 40);
enum MemberType : int {
    kShort, kInt, kLong, kFloat, kDouble, kString, kObjectOrNone, kChar, kByte, kUByte, kUShort, kUInt, kULong, kStringInplace,
    kBool, kObject = 16, kLongLong, kULongLong, kSsize, kMemberNone,
};
inline constexpr int kReadOnly = 1, kAuditRead = 2;
struct GetSetDef {  // PyGetSetDef
    const char* name;
    Object* (*get)(Object*, void*);
    int (*set)(Object*, Object* value, void*);  // value null: delete
    const char* doc;
    void* closure;
};
static_assert(sizeof(GetSetDef) == 40);

// A text usable as a template argument.
template <size_t N>
struct FixedString {
    char text[N]{};
    constexpr FixedString(const char (&source)[N]) {
        for (size_t i = 0; i < N; ++i) text[i] = source[i];
    }
    constexpr std::string_view view() const { return {text, N - 1}; }
};

// One signature, taken apart at compile time: "($self, a, /, b, *, c=None, **kwargs)".
struct Signature {
    static constexpr int kMaxParameters = 24;
    std::string_view function_name;
    std::string_view names[kMaxParameters];
    short count = 0;            // parameters without *args and **kwargs
    short positional_only = 0;  // how many of them cannot be given by keyword
    short positional = 0;       // positional-only + positional-or-keyword
    short required = 0;         // leading positional parameters without default
    unsigned required_mask = 0;  // bit i: parameter i has no default
    bool has_varargs = false;   // *args: a tuple in out[count]
    bool has_kwargs = false;    // **kwargs: a new dict in out[count + has_varargs]
    bool unpacks = false;       // keywords are looked at even where no parameter takes one
    constexpr int slots() const { return count + has_varargs + has_kwargs; }
};
constexpr Signature parse_signature(std::string_view name, std::string_view text) {
    Signature s;
    s.function_name = name;
    bool keyword_only = false;
    size_t i = 1;  // behind "("
    while (i < text.size() && text[i] != ')') {
        while (text[i] == ' ' || text[i] == '\n' || text[i] == ',') ++i;
        size_t start = i;
        int depth = 0;
        char quote = 0;
        while (i < text.size()) {
            char c = text[i];
            if (quote) {
                if (c == quote) quote = 0;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '(' || c == '[' || c == '{') {
                ++depth;
            } else if (depth && (c == ')' || c == ']' || c == '}')) {
                --depth;
            } else if (!depth && (c == ',' || c == ')')) {
                break;
            }
            ++i;
        }
        std::string_view p = text.substr(start, i - start);
        while (!p.empty() && (p.back() == ' ' || p.back() == '\n')) p.remove_suffix(1);
        if (p.empty() || p[0] == '$') continue;
        if (p == "/") {
            s.positional_only = s.count;
        } else if (p == "*") {
            keyword_only = true;
        } else if (p[0] == '*' && p[1] == '*') {
            s.has_kwargs = true;
        } else if (p[0] == '*') {
            s.has_varargs = true;
            keyword_only = true;
        } else {
            size_t equals = 0;  // counted by hand: gcc's checked find() is no constant expression with sanitizers
            while (equals < p.size() && p[equals] != '=') ++equals;
            bool has_default = equals < p.size();
            s.names[s.count] = p.substr(0, equals);
            if (!has_default) s.required_mask |= 1u << s.count;
            ++s.count;
            if (!keyword_only) {
                s.positional = s.count;
                if (!has_default && s.required == s.count - 1) s.required = s.count;
            }
        }
    }
    return s;
}

// Binds a vectorcall's arguments: out[i] is parameter i, borrowed, null where it was left out. Extra slots (*args, **kwargs)
// hold new references that the caller of bind_arguments releases (the wrappers below do). TypeError as CPython words it.
Fallible<void> bind_arguments(const Signature& signature, Object* const* args, ssize_t nargs, Object* kwnames, Object** out);
// The same from an argument tuple and a keyword dict (may be null): tp_new, tp_init, tp_call.
Fallible<void> bind_arguments(const Signature& signature, Object* args_tuple, Object* kwargs_dict, Object** out);
// Positional arguments only, min..max; TypeError "name expected at least 1 argument, got 0" as CPython.
Fallible<void> check_positional(const char* name, ssize_t nargs, ssize_t min, ssize_t max);
// The same for functions whose errors say "name() takes at most 1 argument (2 given)".
Fallible<void> check_parsed_count(const char* name, ssize_t nargs, ssize_t min, ssize_t max);
Fallible<void> check_no_keywords(const char* name, Object* kwargs_dict_or_names);
Fallible<void> check_keywords_are_str(Object* kwargs_dict);  // TypeError "keywords must be strings"
// For setters: AttributeError "cannot delete attribute" without a value.
Fallible<void> refuse_deletion(Object* value_or_null);
Fallible<void> check_no_arguments(const char* name, ssize_t nargs);

// Frees the *args / **kwargs slots that bind_arguments made.
struct BoundSlots {
    const Signature& signature;
    Object** out;
    ~BoundSlots() {
        for (int i = signature.count; i < signature.slots(); ++i) xdecref(out[i]);
    }
};

template <auto F, FixedString Name, FixedString Text>
struct Bound {
    static constexpr Signature kSignature = parse_signature(Name.view(), Text.view());
    static constexpr int kSlots = kSignature.slots() ? kSignature.slots() : 1;

    // Without parameters that keywords could name the function is METH_FASTCALL, and its callers refuse keywords.
    static constexpr bool kTakesKeywords = kSignature.positional_only < kSignature.count || kSignature.has_kwargs;
    static constexpr int kFlags = kTakesKeywords ? kFastcall | kKeywords : kFastcall;
    static Object* fastcall_positional(Object* self, Object* const* args, ssize_t nargs) {
        return fastcall(self, args, nargs, nullptr);
    }
    static Object* fastcall(Object* self, Object* const* args, ssize_t nargs, Object* kwnames) {
        if (!kwnames && nargs == kSignature.count && nargs == kSignature.positional && !kSignature.has_varargs &&
            !kSignature.has_kwargs)
            return F(self, args).release();
        Object* out[kSlots] = {};
        BoundSlots slots{kSignature, out};
        TRY(bind_arguments(kSignature, args, nargs, kwnames, out));
        return F(self, static_cast<Object* const*>(out)).release();
    }
    // tp_new: F(Type*, Object* const* bound)
    static Object* new_(Type* type, Object* args, Object* kwargs) {
        Object* out[kSlots] = {};
        BoundSlots slots{kSignature, out};
        TRY(bind_arguments(kSignature, args, kwargs, out));
        return F(type, static_cast<Object* const*>(out)).release();
    }
    // tp_init: F(Object* self, Object* const* bound) -> Fallible<void>
    static int init(Object* self, Object* args, Object* kwargs) {
        Object* out[kSlots] = {};
        BoundSlots slots{kSignature, out};
        TRY(bind_arguments(kSignature, args, kwargs, out));
        return F(self, static_cast<Object* const*>(out)).release();
    }
    // tp_call: F(Object* self, Object* const* bound)
    static Object* call(Object* self, Object* args, Object* kwargs) {
        Object* out[kSlots] = {};
        BoundSlots slots{kSignature, out};
        TRY(bind_arguments(kSignature, args, kwargs, out));
        return F(self, static_cast<Object* const*>(out)).release();
    }
};
template <auto F>
Object* wrap_no_args(Object* self, Object*) {
    return F(self).release();
}
template <auto F>
Object* wrap_o(Object* self, Object* arg) {
    return F(self, arg).release();
}
template <auto F>
Object* wrap_fast(Object* self, Object* const* args, ssize_t nargs) {
    return F(self, args, nargs).release();
}
// Getters and setters: Fallible<Ref<>> F(Object*), Fallible<void> F(Object*, Object* value_or_null).
template <auto F>
Object* wrap_get(Object* self, void*) {
    return F(self).release();
}
template <auto F>
int wrap_set(Object* self, Object* value, void*) {
    return F(self, value).release();
}
// Slots with C signatures from functions with Fallible results, e.g. .repr = slot1<list_repr>.
template <auto F>
Object* slot1(Object* a) {
    return F(a).release();
}
template <auto F>
Object* slot2(Object* a, Object* b) {
    return F(a, b).release();
}

// The table rows. `function` returns Fallible<Ref<…>>.
//   METHOD_NOARGS  f(self)                     METHOD_O  f(self, arg)
//   METHOD_FAST    f(self, args, nargs), positional only, checks its own count (check_positional)
//   METHOD         f(self, bound): bound[i] per parameter of the signature, null where left out; then *args, **kwargs
//   METHOD_COUNTED  the same for a function that runs Python and has no specialised calls in CPython (kCounted)
// The _CLASS and _STATIC forms make class and static methods. END_ROW ends each table.
#define BOUND_ENTRY_(function, name, signature)                                                        \
    (::py::CFunction)(::py::Bound<function, name, signature>::kTakesKeywords                            \
                          ? (void*)::py::Bound<function, name, signature>::fastcall                     \
                          : (void*)::py::Bound<function, name, signature>::fastcall_positional)
#define METHOD_DOC(name, signature, doc) name signature "\n--\n\n" doc
#define METHOD_NOARGS(name, function, signature, doc) \
    {name, (::py::CFunction)::py::wrap_no_args<function>, ::py::kNoArgs, METHOD_DOC(name, signature, doc)}
#define METHOD_O(name, function, signature, doc) \
    {name, (::py::CFunction)::py::wrap_o<function>, ::py::kO, METHOD_DOC(name, signature, doc)}
#define METHOD_FAST(name, function, signature, doc) \
    {name, (::py::CFunction)(void*)::py::wrap_fast<function>, ::py::kFastcall, METHOD_DOC(name, signature, doc)}
#define METHOD(name, function, signature, doc)                                                          \
    {name, BOUND_ENTRY_(function, name, signature), ::py::Bound<function, name, signature>::kFlags, \
     METHOD_DOC(name, signature, doc)}
#define METHOD_COUNTED(name, function, signature, doc)                                                  \
    {name, BOUND_ENTRY_(function, name, signature),                                                     \
     ::py::Bound<function, name, signature>::kFlags | ::py::kCounted, METHOD_DOC(name, signature, doc)}
#define METHOD_CLASS(name, function, signature, doc)                                         \
    {name, BOUND_ENTRY_(function, name, signature),                    \
     ::py::Bound<function, name, signature>::kFlags | ::py::kClass, METHOD_DOC(name, signature, doc)}
#define METHOD_STATIC(name, function, signature, doc)                                        \
    {name, BOUND_ENTRY_(function, name, signature),                    \
     ::py::Bound<function, name, signature>::kFlags | ::py::kStatic, METHOD_DOC(name, signature, doc)}
// Without a signature: inspect shows none, and the doc is a text alone (find, index, …).
#define METHOD_NOARGS_UNSIGNED(name, function, doc) \
    {name, (::py::CFunction)::py::wrap_no_args<function>, ::py::kNoArgs, doc}
#define METHOD_O_UNSIGNED(name, function, doc) {name, (::py::CFunction)::py::wrap_o<function>, ::py::kO, doc}
#define METHOD_FAST_UNSIGNED(name, function, doc) \
    {name, (::py::CFunction)(void*)::py::wrap_fast<function>, ::py::kFastcall | ::py::kBareName, doc}
#define GETTER(name, getter, doc) {name, ::py::wrap_get<getter>, nullptr, doc, nullptr}
#define GETTER_SETTER(name, getter, setter, doc) {name, ::py::wrap_get<getter>, ::py::wrap_set<setter>, doc, nullptr}
#define END_ROW {}

}  // namespace py
