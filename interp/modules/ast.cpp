// The seam between compile() and the `ast` module's node objects.
// FIXME: the node classes do not exist yet, so no object is a node and no tree can be asked for.
#include "interp/compiler/compile.h"
#include "interp/objects/errors.h"

namespace py {

Fallible<bool> is_ast_node(Object*) { return false; }

Fallible<Ref<Code>> compile_ast_object(Object*, Str*, const CompileOptions&) {
    return raise(exc::NotImplementedError, "compiling syntax trees needs the _ast module");
}

Fallible<Ref<>> parse_to_ast_object(std::string_view, Str*, const CompileOptions&) {
    return raise(exc::NotImplementedError, "syntax trees need the _ast module");
}

}  // namespace py
