// Syntax trees as Python objects, for compile(): not there yet, and says so.
#include "interp/compiler/compile.h"
#include "interp/objects/errors.h"

namespace py {

Fallible<bool> is_ast_node(Object*) { return false; }

Fallible<Ref<Code>> compile_ast_object(Object*, Str*, const CompileOptions&) {
    return raise(exc::NotImplementedError, "compiling syntax trees is not supported yet");
}

Fallible<Ref<>> parse_to_ast_object(std::string_view, Str*, const CompileOptions&) {
    return raise(exc::NotImplementedError, "syntax trees as objects are not supported yet");
}

}  // namespace py
