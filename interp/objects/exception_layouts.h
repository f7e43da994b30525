// What the exception files share: the slots and tables from which exception_types.cpp makes the types.
#pragma once

#include "interp/objects/exception.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"

namespace py {

// An empty exception of `type`; a MemoryError that was set aside when there is no memory for one. Null: MemoryError raised.
Object* allocate_exception(Type* type);

// BaseException's own slots, which the other layouts build on.
Object* base_exception_new(Type* type, Object* args, Object* kwargs);
int base_exception_init(Object* self, Object* args, Object* kwargs);
int base_exception_clear(Object* self);
int base_exception_traverse(Object* self, Visit visit, void* arg);
void base_exception_dealloc(Object* self);
Object* base_exception_str(Object* self);
Object* base_exception_repr(Object* self);
Object* key_error_str(Object* self);
Fallible<void> base_exception_set_args(BaseException* self, Object* args);
// (type, args) or (type, args, state) for state neither null nor None.
Fallible<Ref<>> exception_reduce_with(Object* self, Object* args, Object* state_or_null);

extern MethodDef base_exception_methods[];
extern MemberDef base_exception_members[];
extern GetSetDef base_exception_getset[];

// Untracks, clears and frees, guarded against deep nesting.
void dealloc_exception(Object* self, InquirySlot clear);

// Slots of a layout with object fields: dealloc, traverse and clear visit those named, then BaseException's.
template <class T, Object* T::*... Fields>
struct ExceptionFields {
    static int traverse(Object* self, Visit visit, void* arg) {
        Object* fields[] = {(static_cast<T*>(self)->*Fields)...};
        for (Object* field : fields) VISIT(field);
        return base_exception_traverse(self, visit, arg);
    }
    static int clear(Object* self) {
        (clear_slot(static_cast<T*>(self)->*Fields), ...);
        return base_exception_clear(self);
    }
    static void dealloc(Object* self) { dealloc_exception(self, clear); }
};
// The slots and tables of the other layouts.
int system_exit_init(Object* self, Object* args, Object* kwargs);
int stop_iteration_init(Object* self, Object* args, Object* kwargs);
int import_error_init(Object* self, Object* args, Object* kwargs);
int attribute_error_init(Object* self, Object* args, Object* kwargs);
int name_error_init(Object* self, Object* args, Object* kwargs);
int os_error_init(Object* self, Object* args, Object* kwargs);
int syntax_error_init(Object* self, Object* args, Object* kwargs);
int exception_group_init(Object* self, Object* args, Object* kwargs);
int unicode_decode_error_init(Object* self, Object* args, Object* kwargs);
int unicode_encode_error_init(Object* self, Object* args, Object* kwargs);
int unicode_translate_error_init(Object* self, Object* args, Object* kwargs);
Object* os_error_new(Type* type, Object* args, Object* kwargs);
Object* exception_group_new(Type* type, Object* args, Object* kwargs);
Object* import_error_str(Object* self);
Object* os_error_str(Object* self);
Object* syntax_error_str(Object* self);
Object* exception_group_str(Object* self);
Object* unicode_decode_error_str(Object* self);
Object* unicode_encode_error_str(Object* self);
Object* unicode_translate_error_str(Object* self);
extern MemberDef system_exit_members[], stop_iteration_members[], import_error_members[], attribute_error_members[],
    name_error_members[], os_error_members[], syntax_error_members[], exception_group_members[], unicode_error_members[];
extern MethodDef import_error_methods[], os_error_methods[], exception_group_methods[];
extern GetSetDef os_error_getset[];

// ExceptionGroup: a heap class over BaseExceptionGroup and Exception, made by add_exceptions.
Type* exception_group_class();

}  // namespace py
