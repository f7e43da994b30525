// Exceptions as text: causes and contexts, groups in their boxes (PEP 654), notes (PEP 678), syntax errors,
// suggestions.
#pragma once

#include "interp/objects/exception.h"
#include "interp/runtime/error_sink.h"

namespace py {

// The exception and all that led to it. Raised: the stream failed. Runs Python.
Fallible<void> write_exception(ErrorSink& sink, Object* exception);
// "module.Type"; "<unknown>" parts where the type does not tell: after a module's stands `after_unknown`.
Fallible<void> write_type_name(ErrorSink& sink, Type* type, std::string_view after_unknown);
// str(value), or that it failed.
Fallible<void> write_text_of(ErrorSink& sink, Object* value);
// For errors with a place in a source text: its lines, and *value becomes the bare message. Others are left alone.
Fallible<void> write_syntax_place(ErrorSink& sink, Ref<>& value);
// What a failing name was meant to be, for NameError and AttributeError; null when there is nothing close. Runs Python.
Ref<Str> suggestion_for(Object* exception);

}  // namespace py
