// The assembler: a finished control-flow graph to bytecode, line table and exception table (formats of CPython 3.11).
#pragma once

#include "interp/compiler/flowgraph.h"
#include "interp/objects/fallible.h"

namespace py::compiler {

struct Assembled {
    Ref<Bytes> code, line_table, exception_table;
};
Fallible<Assembled> assemble_graph(FlowGraph& graph, int first_line);

}  // namespace py::compiler
