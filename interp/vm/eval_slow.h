// The parts of instructions that are not worth standing in the loop. "Steals" means the reference is consumed in any case.
#pragma once

#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

// Names.
Object* load_name(InterpreterFrame* frame, Str* name);                  // new reference; NameError
Object* load_global(InterpreterFrame* frame, Str* name);               // new reference; NameError
Object* load_class_deref(InterpreterFrame* frame, int slot);           // class namespace first, then the cell
int store_name(InterpreterFrame* frame, Str* name, Object* value);     // value borrowed; null deletes
int delete_global(InterpreterFrame* frame, Str* name);
Raised raise_name_error(Str* name);
Raised raise_unbound_local(Code* code, int slot);   // locals: UnboundLocalError
Raised raise_unbound_deref(Code* code, int slot);   // free variables: NameError
int setup_annotations(InterpreterFrame* frame);
Object* build_class_function(InterpreterFrame* frame);  // __build_class__ of the frame's builtins

// Unpacking: pushes the items downwards from `top` (the first item ends on top). after < 0: no starred target.
int unpack_iterable(Object* iterable, int before, int after, Object** top);

// Calls.
Object* call_function_ex(Object* callable, Object* arguments, Object* keywords_or_null);  // borrowed
int merge_call_keywords(Object* callable, Dict* keywords, Object* update);
int extend_call_arguments(Object* callable, List* list, Object* iterable);  // LIST_EXTEND's error text

// Exceptions.
int do_raise(Object* exception_or_null, Object* cause_or_null);  // steals; 1: bare raise re-raised, 0: raised
int check_exception_match(Object* handled, Object* type);        // 1, 0, -1 raised (catching a class that is no exception)
int match_exception_group(Object* handled, Object* type, Object** match, Object** rest);
Object* prepare_reraise_star(Object* original, Object* raised_list);
int exit_with(Object* exit_function, Object* value, Object** result);

// Imports.
Object* import_from(Object* module, Str* name);
int import_all_from(InterpreterFrame* frame, Object* module);
int print_expression(Object* value);

// Pattern matching (PEP 634). Null without exception: no match.
Object* match_keys(Object* mapping, Object* keys);
Object* match_class(Object* subject, Object* type, ssize_t positional, Object* keyword_names);

// Text and building.
Object* format_value(Object* value, Object* spec_or_null, int conversion);  // borrowed
Object* make_function(InterpreterFrame* frame, Object** arguments_top, int flags);  // consumes; see MAKE_FUNCTION

// Asynchronous iteration and context managers.
Object* get_async_iterator(Object* object);   // steals
Object* get_async_next(Object* iterator);     // borrowed
Object* get_awaitable(Object* object, int previous_opcode);  // borrowed
Object* get_yield_from_iterator(Object* object, Code* code);  // borrowed
int load_context_manager(Object* manager, bool is_async, Object** enter, Object** exit);

}  // namespace py
