// Callables and descriptors made by extensions: PyCFunction_*, PyMethod_*, PyDescr_*, PyStaticMethod_New, PyFunction_*.
#include "interp/objects/function.h"

#include "interp/capi/export.h"
#include "interp/objects/builtin_function.h"
#include "interp/objects/code.h"
#include "interp/objects/code_extra.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/generic_alias.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/vm/frame.h"

namespace py {

static BuiltinFunction* as_builtin(Object* function) {
    return static_cast<BuiltinFunction*>(function);
}

API Object* PyCMethod_New(MethodDef* definition, Object* self, Object* module, Type* defining_class) {
    if (defining_class) return builtin_method_new(definition, self, module, defining_class).release();
    return builtin_function_new(definition, self, module).release();
}
API Object* PyCFunction_NewEx(MethodDef* definition, Object* self, Object* module) {
    return builtin_function_new(definition, self, module).release();
}
API Object* PyCFunction_New(MethodDef* definition, Object* self) {
    return builtin_function_new(definition, self, nullptr).release();
}
API CFunction PyCFunction_GetFunction(Object* function) {
    return as_builtin(function)->definition->function;
}
API Object* PyCFunction_GetSelf(Object* function) {
    return as_builtin(function)->definition->flags & kStatic ? nullptr : as_builtin(function)->self;
}
API int PyCFunction_GetFlags(Object* function) {
    return as_builtin(function)->definition->flags;
}

API Object* PyMethod_New(Object* function, Object* self) {
    if (!self) return raise(exc::SystemError, "bad argument to internal function");
    return method_new(function, self).release();
}
API Object* PyMethod_Function(Object* method) {
    return static_cast<Method*>(method)->function;
}
API Object* PyMethod_Self(Object* method) {
    return static_cast<Method*>(method)->self;
}
API Object* PyInstanceMethod_New(Object* function) {
    return instancemethod_new(function).release();
}
API Object* PyStaticMethod_New(Object* callable) {
    return staticmethod_new(callable).release();
}
API Object* PyClassMethod_New(Object* callable) {
    return classmethod_new(callable).release();
}

API Object* PyDescr_NewMethod(Type* type, MethodDef* definition) {
    return method_descriptor_new(type, definition).release();
}
API Object* PyDescr_NewClassMethod(Type* type, MethodDef* definition) {
    return classmethod_descriptor_new(type, definition).release();
}
API Object* PyDescr_NewMember(Type* type, MemberDef* definition) {
    return member_descriptor_new(type, definition).release();
}
API Object* PyDescr_NewGetSet(Type* type, GetSetDef* definition) {
    return getset_descriptor_new(type, definition).release();
}
API int PyDescr_IsData(Object* object) {
    return object->type->descr_set != nullptr;
}
API Object* PyMember_GetOne(const char* object, MemberDef* member) {
    return member_get(object, member).release();
}
API int PyMember_SetOne(char* object, MemberDef* member, Object* value) {
    return member_set(object, member, value).release();
}

API Object* PyFunction_New(Object* code, Object* globals) {
    return function_new(static_cast<Code*>(code), globals, nullptr).release();
}
API Object* PyFunction_GetCode(Object* function) {
    return static_cast<Function*>(function)->code;
}
API Object* PyFunction_GetGlobals(Object* function) {
    return static_cast<Function*>(function)->globals;
}
API Object* PyFunction_GetDefaults(Object* function) {
    return static_cast<Function*>(function)->defaults;
}
API Object* PyFunction_GetModule(Object* function) {
    return static_cast<Function*>(function)->module;
}

API Object* PyCell_New(Object* value) {
    return cell_new(value).release();
}
API Object* PyCell_Get(Object* cell) {
    Object* value = static_cast<Cell*>(cell)->value;
    xincref(value);
    return value;
}
API int PyCell_Set(Object* cell, Object* value) {
    xincref(value);
    replace_slot(static_cast<Cell*>(cell)->value, value);
    return 0;
}
API Object* Py_GenericAlias(Object* origin, Object* arguments) {
    return generic_alias_new(origin, arguments).release();
}

API Object* PyCode_NewEmpty(const char* filename, const char* name, int line) {
    return code_empty(filename, name, line).release();
}
API ssize_t _PyEval_RequestCodeExtraIndex(FreeCodeExtra free) {
    return code_extra_request(free);
}
API int _PyCode_GetExtra(Object* code, ssize_t index, void** extra) {
    if (!is_code(code)) {
        (void)raise_bad_internal_call("Objects/codeobject.c:1283");
        return -1;
    }
    *extra = code_extra(static_cast<Code*>(code), index);
    return 0;
}
API int _PyCode_SetExtra(Object* code, ssize_t index, void* extra) {
    if (!is_code(code)) {
        (void)raise_bad_internal_call("Objects/codeobject.c:1307");
        return -1;
    }
    return set_code_extra(static_cast<Code*>(code), index, extra).release();
}
API int PyCode_Addr2Line(Object* code, int offset) {
    return code_line_at(static_cast<Code*>(code), offset);
}
API Object* PyFrame_New(Object*, Object* code, Object* globals, Object* locals) {
    return frame_object_detached(static_cast<Code*>(code), globals, locals).release();
}
API Object* PyFrame_GetCode(Frame* frame) {
    return new_reference<Object>(frame->frame->code);
}
API int PyFrame_GetLineNumber(Frame* frame) {
    return frame_line(frame->frame);
}

API Object* PyWeakref_NewRef(Object* object, Object* callback) {
    return weakref_new(object, callback && is_none(callback) ? nullptr : callback).release();
}
API Object* PyWeakref_GetObject(Object* reference) {
    if (!reference || !is_weakref(reference)) return raise(exc::SystemError, "bad argument to internal function");
    return static_cast<WeakReference*>(reference)->referent;
}

}  // namespace py
