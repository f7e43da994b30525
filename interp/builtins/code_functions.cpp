// Builtin functions that compile and run code, and the one behind the class statement.
#include "interp/builtins/functions.h"
#include "interp/compiler/compile.h"
#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/eval.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

// Source as compile() and eval() take it: str, bytes-like. The view lives as long as the holder.
struct SourceText {
    std::string_view text;
    bool is_text = false;
    Ref<> holder;
};
// The event of a compilation shows the source as bytes.
Fallible<void> audit_compile(std::string_view source, Str* filename) {
    if (!audit_enabled) return {};
    Ref<Bytes> bytes = TRY(bytes_from(source));
    return audit("compile", "OO", static_cast<Object*>(bytes.get()), static_cast<Object*>(filename));
}
Fallible<SourceText> source_text(Object* source, const char* function, const char* what) {
    SourceText result;
    if (is_str(source)) {
        result.text = TRY(str_utf8(as_str(source)));
        result.is_text = true;
        result.holder = share(source);
    } else if (is_bytes(source)) {
        result.text = as_bytes(source)->view();
        result.holder = share(source);
    } else if (is_bytearray(source) || has_buffer(source)) {
        BufferView view;
        TRY(view.open(source));
        Ref<Bytes> copy = TRY(bytes_from(view.view()));
        result.text = copy->view();
        result.holder = std::move(copy);
    } else {
        return raise(exc::TypeError, "%s() arg 1 must be a %s object", function, what);
    }
    if (result.text.find('\0') != std::string_view::npos)
        return raise(exc::ValueError, "source code string cannot contain null bytes");
    return result;
}

// The flags the running code's future statements imply for code compiled in it.
int inherited_flags() {
    InterpreterFrame* frame = first_complete_frame(current_frame());
    return frame ? frame->code->flags & kFutureFlags : 0;
}

}  // namespace

// compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)
Fallible<Ref<>> builtin_compile(Object*, Object* const* a) {
    Ref<Str> filename = TRY(source_filename(a[1]));
    if (!is_str(a[2])) return raise(exc::TypeError, "compile() argument 'mode' must be str, not %N", a[2]);
    TRY(str_c_string(as_str(a[2])));
    int flags = a[3] ? TRY(as_c_int(a[3])) : 0;
    bool dont_inherit = a[4] && TRY(as_c_int(a[4])) != 0;
    int optimize = a[5] ? TRY(as_c_int(a[5])) : -1;
    int feature_version = a[6] ? TRY(as_c_int(a[6])) : -1;
    if (flags & ~kCompileFlags) return raise(exc::ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2) return raise(exc::ValueError, "compile(): invalid optimize value");
    if (!dont_inherit) flags |= inherited_flags();
    CompileMode mode;
    Str* mode_name = as_str(a[2]);
    if (str_equals(mode_name, "exec"))
        mode = CompileMode::Exec;
    else if (str_equals(mode_name, "eval"))
        mode = CompileMode::Eval;
    else if (str_equals(mode_name, "single"))
        mode = CompileMode::Single;
    else if (str_equals(mode_name, "func_type") && (flags & kOnlyAst))
        mode = CompileMode::FunctionType;
    else if (str_equals(mode_name, "func_type"))
        return raise(exc::ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
    else
        return raise(exc::ValueError, flags & kOnlyAst ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                                       : "compile() mode must be 'exec', 'eval' or 'single'");
    CompileOptions options{.mode = mode, .flags = flags, .optimize = optimize, .feature_version = feature_version};
    if (TRY(is_ast_node(a[0]))) {
        if (flags & kOnlyAst) return share(a[0]);
        return TRY(compile_ast_object(a[0], filename.get(), options));
    }
    SourceText source = TRY(source_text(a[0], "compile", "string, bytes or AST"));
    options.source_is_text = source.is_text;
    TRY(audit_compile(source.text, filename.get()));
    if (flags & kOnlyAst) return parse_to_ast_object(source.text, filename.get(), options);
    return TRY(compile_source(source.text, filename.get(), options));
}

namespace {

struct Namespaces {
    Ref<> globals, locals;
};
// The namespaces of eval and exec; the caller's where None.
Fallible<Namespaces> namespaces(const char* function, Object* globals, Object* locals) {
    if (globals == none()) globals = nullptr;
    if (locals == none()) locals = nullptr;
    bool is_eval = function[1] == 'v';
    if (is_eval && locals && !is_mapping(locals)) return raise(exc::TypeError, "locals must be a mapping");
    if (globals && !is_dict(globals)) {
        if (is_eval)
            return raise(exc::TypeError, is_mapping(globals) ? "globals must be a real dict; try eval(expr, {}, mapping)"
                                                             : "globals must be a dict");
        return raise(exc::TypeError, "exec() globals must be a dict, not %T", globals);
    }
    if (locals && !is_mapping(locals)) return raise(exc::TypeError, "locals must be a mapping or None, not %T", locals);
    Namespaces result;
    if (globals) {
        result.globals = share(globals);
        result.locals = share(locals ? locals : globals);
    } else {
        InterpreterFrame* frame = first_complete_frame(current_frame());
        if (!frame) return raise(exc::TypeError, "%s must be given globals and locals when called without a frame", function);
        result.globals = share(frame->globals);
        result.locals = locals ? share(locals) : TRY(frame_locals(frame));
    }
    Dict* dict = as_dict(result.globals.get());
    if (!TRY(dict_contains(dict, "__builtins__"_name))) {
        InterpreterFrame* frame = first_complete_frame(current_frame());
        Object* builtins = frame ? frame->builtins : static_cast<Object*>(runtime().builtins);
        TRY(dict_set(dict, "__builtins__"_name, builtins));
    }
    return result;
}

}  // namespace

// eval(source, globals=None, locals=None, /)
Fallible<Ref<>> builtin_eval(Object*, Object* const* a) {
    Namespaces where = TRY(namespaces("eval", a[1] ? a[1] : none(), a[2] ? a[2] : none()));
    if (is_code(a[0])) {
        TRY(audit("exec", "O", a[0]));
        if (static_cast<Code*>(a[0])->free_count)
            return raise(exc::TypeError, "code object passed to eval() may not contain free variables");
        return eval_code(static_cast<Code*>(a[0]), where.globals.get(), where.locals.get());
    }
    SourceText source = TRY(source_text(a[0], "eval", "string, bytes or code"));
    while (!source.text.empty() && (source.text[0] == ' ' || source.text[0] == '\t')) source.text.remove_prefix(1);
    CompileOptions options{.mode = CompileMode::Eval, .flags = inherited_flags(), .source_is_text = source.is_text};
    TRY(audit_compile(source.text, "<string>"_name));
    Ref<Code> code = TRY(compile_source(source.text, "<string>"_name, options));
    TRY(audit("exec", "O", static_cast<Object*>(code.get())));
    return eval_source(code.get(), where.globals.get(), where.locals.get());
}

// exec(source, globals=None, locals=None, /, *, closure=None)
Fallible<Ref<>> builtin_exec(Object*, Object* const* a) {
    Namespaces where = TRY(namespaces("exec", a[1] ? a[1] : none(), a[2] ? a[2] : none()));
    Object* closure = a[3] == none() ? nullptr : a[3];
    if (is_code(a[0])) {
        auto* code = static_cast<Code*>(a[0]);
        if (!code->free_count && closure)
            return raise(exc::TypeError, "cannot use a closure with this code object");
        if (code->free_count) {
            bool fits = closure && is_tuple_exact(closure) && as_tuple(closure)->size == code->free_count;
            for (ssize_t i = 0; fits && i < as_tuple(closure)->size; ++i) fits = is_exact(as_tuple(closure)->items[i], cell_type);
            if (!fits) return raise(exc::TypeError, "code object requires a closure of exactly length %d", code->free_count);
        }
        TRY(audit("exec", "O", a[0]));
        TRY(eval_code_closure(code, where.globals.get(), where.locals.get(), closure ? as_tuple(closure) : nullptr));
        return share(none());
    }
    if (closure) return raise(exc::TypeError, "closure can only be used when source is a code object");
    SourceText source = TRY(source_text(a[0], "exec", "string, bytes or code"));
    CompileOptions options{.mode = CompileMode::Exec, .flags = inherited_flags(), .source_is_text = source.is_text};
    TRY(audit_compile(source.text, "<string>"_name));
    Ref<Code> code = TRY(compile_source(source.text, "<string>"_name, options));
    TRY(audit("exec", "O", static_cast<Object*>(code.get())));
    TRY(eval_source(code.get(), where.globals.get(), where.locals.get()));
    return share(none());
}

// globals()
Fallible<Ref<>> builtin_globals(Object*) {
    InterpreterFrame* frame = first_complete_frame(current_frame());
    return share(frame ? frame->globals : none());
}

// locals()
Fallible<Ref<>> builtin_locals(Object*) {
    InterpreterFrame* frame = first_complete_frame(current_frame());
    if (!frame) return raise(exc::SystemError, "frame does not exist");
    return frame_locals(frame);
}

// __import__(name, globals=None, locals=None, fromlist=(), level=0)
Fallible<Ref<>> builtin_import(Object*, Object* const* a) {
    int level = a[4] ? TRY(as_c_int(a[4])) : 0;
    if (!is_str(a[0])) return raise(exc::TypeError, "module name must be a string");
    return import_module_level(as_str(a[0]), a[1], a[2] ? a[2] : none(), a[3] ? a[3] : none(), level);
}

namespace {

// Replaces bases that have __mro_entries__ (PEP 560). The tuple given when none has.
Fallible<Ref<Tuple>> resolve_bases(Tuple* bases) {
    Ref<List> resolved;
    for (ssize_t i = 0; i < bases->size; ++i) {
        Object* base = bases->items[i];
        Ref<> entries_method;
        if (!base->type->has(type_flag::kTypeSubclass)) entries_method = TRY(lookup_attr(base, "__mro_entries__"_name));
        if (!entries_method) {
            if (resolved) TRY(list_append(resolved.get(), base));
            continue;
        }
        Ref<> entries = TRY(call(entries_method.get(), static_cast<Object*>(bases)));
        if (!is_tuple(entries.get())) return raise(exc::TypeError, "__mro_entries__ must return a tuple");
        if (!resolved) resolved = TRY(list_from_array(bases->items, i));
        TRY(list_extend(resolved.get(), entries.get()));
    }
    if (!resolved) return share(bases);
    return list_as_tuple(resolved.get());
}

struct ClassCall {
    Ref<Tuple> bases;
    Ref<Dict> keywords;  // without metaclass
    Ref<> metaclass;
};

Fallible<void> choose_metaclass(ClassCall& request) {
    if (request.keywords) {
        Ref<> given = TRY(dict_pop(request.keywords.get(), "metaclass"_name));
        if (given) request.metaclass = std::move(given);
    }
    if (!request.metaclass) {
        Object* first = request.bases->size ? static_cast<Object*>(request.bases->items[0]->type) : &type_type;
        request.metaclass = share(first);
    }
    if (request.metaclass->type->has(type_flag::kTypeSubclass)) {
        auto* candidate = static_cast<Type*>(static_cast<VarObject*>(request.metaclass.get()));
        Type* winner = TRY(most_derived_metaclass(candidate, request.bases.get()));
        request.metaclass = share<Object>(winner);
    }
    return {};
}

Fallible<Ref<>> prepare_namespace(const ClassCall& request, Object* name) {
    Ref<> prepare = TRY(lookup_attr(request.metaclass.get(), "__prepare__"_name));
    if (!prepare) return TRY(dict_new());
    Object* args[] = {name, request.bases.get()};
    Ref<> space = TRY(call_dict(prepare.get(), args, 2, request.keywords.get()));
    if (!is_mapping(space.get())) {
        bool is_class = request.metaclass->type->has(type_flag::kTypeSubclass);
        const char* shown = is_class ? static_cast<Type*>(static_cast<VarObject*>(request.metaclass.get()))->name : "<metaclass>";
        return raise(exc::TypeError, "%s.__prepare__() must return a mapping, not %T", shown, space.get());
    }
    return space;
}

// The __class__ cell must have been filled by type.__new__.
Fallible<void> check_class_cell(Object* class_object, Object* name, Object* cell) {
    if (!is_exact(cell, cell_type)) return {};
    Object* value = static_cast<Cell*>(cell)->value;
    if (value == class_object) return {};
    if (!value)
        return raise(exc::RuntimeError, "__class__ not set defining %R as %R. Was __classcell__ propagated to type.__new__?", name,
                     class_object);
    return raise(exc::TypeError, "__class__ set to %R defining %R as %R", value, name, class_object);
}

}  // namespace

// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
Object* builtin_build_class(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    if (nargs < 2) return raise(exc::TypeError, "__build_class__: not enough arguments");
    if (!is_function(args[0])) return raise(exc::TypeError, "__build_class__: func must be a function");
    Object* name = args[1];
    if (!is_str(name)) return raise(exc::TypeError, "__build_class__: name is not a string");
    ClassCall request;
    Ref<Tuple> given = TRY(tuple_from_array(args + 2, nargs - 2));
    request.bases = TRY(resolve_bases(given.get()));
    if (kwnames) {
        request.keywords = TRY(dict_new());
        for (ssize_t i = 0; i < as_tuple(kwnames)->size; ++i)
            TRY(dict_set(request.keywords.get(), as_tuple(kwnames)->items[i], args[nargs + i]));
    }
    TRY(choose_metaclass(request));
    Ref<> space = TRY(prepare_namespace(request, name));
    Ref<> cell = TRY(eval_class_body(static_cast<Function*>(args[0]), space.get()));
    if (request.bases.get() != given.get()) {
        if (is_dict_exact(space.get()))
            TRY(dict_set(as_dict(space.get()), "__orig_bases__"_name, given.get()));
        else
            TRY(set_item(space.get(), "__orig_bases__"_name, given.get()));
    }
    Object* call_args[] = {name, request.bases.get(), space.get()};
    Ref<> class_object = TRY(call_dict(request.metaclass.get(), call_args, 3, request.keywords.get()));
    if (class_object->type->has(type_flag::kTypeSubclass)) TRY(check_class_cell(class_object.get(), name, cell.get()));
    return class_object.release();
}

}  // namespace py
