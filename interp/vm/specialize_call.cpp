// Specialised forms of calls.
#include "interp/objects/containers.h"
#include "interp/objects/function.h"
#include "interp/objects/types.h"
#include "interp/vm/eval.h"
#include "interp/vm/specialize.h"

namespace py {

namespace {

uint8_t builtin_form(const MethodDef* definition, int nargs, Object* kwnames) {
    switch (definition->flags) {
        case kO: return !kwnames && nargs == 1 ? PRECALL_NO_KW_BUILTIN_O : 0;
        case kFastcall: return kwnames ? 0 : PRECALL_NO_KW_BUILTIN_FAST;
        case kFastcall | kKeywords: return PRECALL_BUILTIN_FAST_WITH_KEYWORDS;
        default: return 0;
    }
}

uint8_t descriptor_form(const MethodDef* definition, int nargs, Object* kwnames) {
    switch (definition->flags) {
        case kNoArgs: return !kwnames && nargs == 1 ? PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS : 0;
        case kO: return !kwnames && nargs == 2 ? PRECALL_NO_KW_METHOD_DESCRIPTOR_O : 0;
        case kFastcall: return kwnames || nargs < 1 ? 0 : PRECALL_NO_KW_METHOD_DESCRIPTOR_FAST;
        case kFastcall | kKeywords: return nargs < 1 ? 0 : PRECALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS;
        default: return 0;
    }
}

uint8_t class_form(Type* type, int nargs, Object* kwnames) {
    if (nargs == 1 && !kwnames) {
        if (type == &type_type) return PRECALL_NO_KW_TYPE_1;
        if (type == &str_type) return PRECALL_NO_KW_STR_1;
        if (type == &tuple_type) return PRECALL_NO_KW_TUPLE_1;
    }
    // A metaclass with a __call__ of its own does not have the flag.
    return type->vectorcall && type->type->has(type_flag::kHaveVectorcall) ? PRECALL_BUILTIN_CLASS : 0;
}

}  // namespace

void specialize_precall(Object* callable, CodeUnit* instruction, int nargs, Object* kwnames, int oparg) {
    *reinterpret_cast<uint16_t*>(instruction + 1) = kBackoff;
    uint8_t form = 0;
    if (is_function(callable)) {
        form = PRECALL_PYFUNC;
    } else if (is_exact(callable, builtin_function_type)) {
        if (callable == len_builtin && nargs == 1 && oparg == 1 && !kwnames)
            form = PRECALL_NO_KW_LEN;
        else if (callable == isinstance_builtin && nargs == 2 && oparg == 2 && !kwnames)
            form = PRECALL_NO_KW_ISINSTANCE;
        else
            form = builtin_form(static_cast<BuiltinFunction*>(callable)->definition, nargs, kwnames);
    } else if (is_exact(callable, method_descriptor_type)) {
        if (callable == list_append_descriptor && nargs == 2 && oparg == 1 && !kwnames)
            form = PRECALL_NO_KW_LIST_APPEND;
        else
            form = descriptor_form(static_cast<MethodDescriptor*>(callable)->definition, nargs, kwnames);
    } else if (callable->type->has(type_flag::kTypeSubclass)) {
        bool plain = nargs == oparg;
        if (plain) form = class_form(static_cast<Type*>(static_cast<VarObject*>(callable)), nargs, kwnames);
    } else if (is_method(callable) && nargs == oparg) {
        form = PRECALL_BOUND_METHOD;
    }
    if (form) instruction->opcode = form;
}

void specialize_call(Object* callable, CodeUnit* instruction, int nargs, Object* kwnames) {
    auto* cache = reinterpret_cast<CallCache*>(instruction + 1);
    cache->counter = kBackoff;
    if (kwnames || !is_function(callable)) return;
    auto* function = static_cast<Function*>(callable);
    if (function->vectorcall != function_vectorcall) return;
    Code* code = function->code;
    if (code->keyword_only_argcount || (code->flags & (kCoVarargs | kCoVarkeywords)) || !(code->flags & kCoOptimized)) return;
    uint32_t version = function_version(function);
    if (!version) return;
    write32(cache->function_version, version);
    int defaults = function->defaults ? int(function->defaults->size) : 0;
    if (nargs == code->argcount) {
        instruction->opcode = CALL_PY_EXACT_ARGS;
    } else if (nargs < code->argcount && nargs >= code->argcount - defaults) {
        cache->min_args = uint16_t(code->argcount - defaults);
        instruction->opcode = CALL_PY_WITH_DEFAULTS;
    }
}

}  // namespace py
