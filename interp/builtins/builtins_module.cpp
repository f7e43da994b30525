// The builtins module: its table of functions, the types and the constants.
#include "interp/builtins/functions.h"
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"
#include "interp/vm/specialize.h"

namespace py {

namespace {

// A row for functions with the raw vectorcall-like C signature.
#define RAW_FUNCTION(name, function, signature, doc) \
    {name, (CFunction)(void*)function, kFastcall | kKeywords, METHOD_DOC(name, signature, doc)}
#define NO_SIGNATURE(name, function, doc) {name, (CFunction)(void*)wrap_fast<function>, kFastcall, doc}

MethodDef builtin_functions[] = {
    {"__build_class__", (CFunction)(void*)builtin_build_class, kFastcall | kKeywords,
     "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nWhat the class statement calls."},
    METHOD("__import__", builtin_import, "($module, /, name, globals=None, locals=None, fromlist=(), level=0)",
           "Import a module; what the import statement calls."),
    METHOD_O("abs", builtin_abs, "($module, x, /)", "The absolute value of the argument."),
    METHOD_O("all", builtin_all, "($module, iterable, /)", "Whether every item is true; True for an empty iterable."),
    METHOD_O("any", builtin_any, "($module, iterable, /)", "Whether some item is true; False for an empty iterable."),
    METHOD_O("ascii", builtin_ascii, "($module, obj, /)", "repr() with everything outside ASCII escaped."),
    METHOD_O("bin", builtin_bin, "($module, number, /)", "Binary text of an integer, with prefix 0b.\n\n>>> bin(-5)\n'-0b101'"),
    {"breakpoint", (CFunction)(void*)builtin_breakpoint, kFastcall | kKeywords,
     "breakpoint(*args, **kws)\n\nCall sys.breakpointhook with the arguments; by default that enters pdb."},
    METHOD_O("callable", builtin_callable, "($module, obj, /)", "Whether the object can be called."),
    METHOD_O("chr", builtin_chr, "($module, i, /)", "The character with that code point, 0 to 0x10ffff."),
    METHOD("compile", builtin_compile,
           "($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
           "Compile text or a syntax tree into a code object."),
    METHOD("delattr", builtin_delattr, "($module, obj, name, /)", "Delete an attribute; del obj.name."),
    METHOD_FAST_UNSIGNED("dir", builtin_dir, "dir([object]) -> list of strings\n\nNames in the scope, or attributes of the object."),
    METHOD("divmod", builtin_divmod, "($module, x, y, /)", "The pair (x // y, x % y)."),
    METHOD("eval", builtin_eval, "($module, source, globals=None, locals=None, /)", "Value of an expression in the namespaces."),
    METHOD("exec", builtin_exec, "($module, source, globals=None, locals=None, /, *, closure=None)",
           "Run statements in the namespaces."),
    METHOD("format", builtin_format, "($module, value, format_spec=\'\', /)", "value.__format__(format_spec)."),
    NO_SIGNATURE("getattr", builtin_getattr, "getattr(object, name[, default]) -> value\n\nAn attribute by name."),
    METHOD_NOARGS("globals", builtin_globals, "($module, /)", "The namespace of the running module."),
    METHOD("hasattr", builtin_hasattr, "($module, obj, name, /)", "Whether getattr() finds the attribute."),
    METHOD_O("hash", builtin_hash, "($module, obj, /)", "The hash value; equal objects have equal ones."),
    METHOD_O("hex", builtin_hex, "($module, number, /)", "Hexadecimal text of an integer, with prefix 0x.\n\n>>> hex(51966)\n'0xcafe'"),
    METHOD_O("id", builtin_id, "($module, obj, /)", "A number unique among the objects that exist now."),
    METHOD("input", builtin_input, "($module, prompt=\'\', /)", "A line from standard input, without its newline."),
    METHOD("isinstance", builtin_isinstance, "($module, obj, class_or_tuple, /)", "Whether obj is an instance of one of the classes."),
    METHOD("issubclass", builtin_issubclass, "($module, cls, class_or_tuple, /)", "Whether cls derives from one of the classes."),
    NO_SIGNATURE("iter", builtin_iter, "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nAn iterator."),
    METHOD_O("aiter", builtin_aiter, "($module, async_iterable, /)", "An asynchronous iterator."),
    METHOD_O("len", builtin_len, "($module, obj, /)", "The number of items."),
    METHOD_NOARGS("locals", builtin_locals, "($module, /)", "The local names and their values."),
    {"max", (CFunction)(void*)builtin_max, kFastcall | kKeywords | kCounted,
     "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nThe largest."},
    {"min", (CFunction)(void*)builtin_min, kFastcall | kKeywords | kCounted,
     "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nThe smallest."},
    NO_SIGNATURE("next", builtin_next, "next(iterator[, default])\n\nThe next item, or the default when there is none."),
    NO_SIGNATURE("anext", builtin_anext, "anext(aiterator[, default])\n\nAwaitable of the next item."),
    METHOD_O("oct", builtin_oct, "($module, number, /)", "Octal text of an integer, with prefix 0o.\n\n>>> oct(493)\n'0o755'"),
    METHOD_O("ord", builtin_ord, "($module, c, /)", "The code point of a one-character string."),
    METHOD("pow", builtin_pow, "($module, /, base, exp, mod=None)", "base ** exp, modulo mod when that is given."),
    RAW_FUNCTION("print", builtin_print, "($module, /, *args, sep=\' \', end=\'\\n\', file=None, flush=False)",
                 "Write the values' text to a stream, sys.stdout by default."),
    METHOD_O("repr", builtin_repr, "($module, obj, /)", "The canonical text of the object."),
    METHOD("round", builtin_round, "($module, /, number, ndigits=None)", "The number rounded to that many decimal digits."),
    METHOD("setattr", builtin_setattr, "($module, obj, name, value, /)", "Set an attribute; obj.name = value."),
    RAW_FUNCTION("sorted", builtin_sorted, "($module, iterable, /, *, key=None, reverse=False)", "A new sorted list."),
    METHOD("sum", builtin_sum, "($module, iterable, /, start=0)", "The start value plus all items."),
    METHOD_FAST_UNSIGNED("vars", builtin_vars, "vars([object]) -> dictionary\n\nThe object's __dict__, or locals()."),
    END_ROW,
};

struct NamedType {
    const char* name;
    Type* type;
};
const NamedType builtin_type_names[] = {
    {"bool", &bool_type},           {"memoryview", &memoryview_type}, {"bytearray", &bytearray_type},
    {"bytes", &bytes_type},         {"classmethod", &classmethod_type}, {"complex", &complex_type},
    {"dict", &dict_type},           {"enumerate", &enumerate_type},   {"filter", &filter_type},
    {"float", &float_type},         {"frozenset", &frozenset_type},   {"property", &property_type},
    {"int", &int_type},             {"list", &list_type},             {"map", &map_type},
    {"object", &object_type},       {"range", &range_type},           {"reversed", &reversed_type},
    {"set", &set_type},             {"slice", &slice_type},           {"staticmethod", &staticmethod_type},
    {"str", &str_type},             {"super", &super_type},           {"tuple", &tuple_type},
    {"type", &type_type},           {"zip", &zip_type},
};

Fallible<void> fill(Module* module) {
    const struct {
        const char* name;
        Object* value;
    } constants[] = {
        {"None", none()}, {"Ellipsis", ellipsis()}, {"NotImplemented", not_implemented()}, {"False", py_false()}, {"True", py_true()},
    };
    for (auto& each : constants) TRY(dict_set(module->dict, each.name, each.value));
    for (auto& each : builtin_type_names) TRY(dict_set(module->dict, each.name, static_cast<Object*>(each.type)));
    Object* debug = runtime().config.optimize == 0 ? py_true() : py_false();
    TRY(dict_set(module->dict, "__debug__", debug));
    return add_exceptions(module->dict);
}

const NativeModule builtins_definition = {
    "builtins", "Built-in functions, types, exceptions and other objects.", builtin_functions, fill};

}  // namespace

Fallible<Ref<Module>> builtins_module_new() {
    Ref<Module> module = TRY(native_module_new(builtins_definition));
    len_builtin = dict_get_str(module->dict, "len"_name);
    isinstance_builtin = dict_get_str(module->dict, "isinstance"_name);
    list_append_descriptor = type_lookup(&list_type, "append"_name);
    return module;
}

}  // namespace py
