// What a module's code object says about other modules: its imports, read off the bytecode without running anything.
// Branches that this platform and version never take are not looked at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace py {
struct Code;
}

namespace freeze {

struct Import {
    std::string module;              // "a.b"; empty in `from . import x`
    int level = 0;                   // leading dots
    std::vector<std::string> names;  // what `from` asks for, "*" included
    int line = 0;
    bool certain = false;  // whoever runs the module to its end has done this import
};

struct ModuleScan {
    std::vector<Import> imports;
    std::vector<std::string>
        words;  // string constants that could name modules or groups of entry points; sorted, no doubles
    std::vector<int> computed_lines;  // lines that import a module whose name is computed
    std::vector<std::string> names;   // variables, attributes and functions that the code refers to; sorted, no doubles
};

// What a module is to the program: it matters where it asks for `__name__`, and a library module's functions for use as
// a command (main, _test) count only where it is the program.
enum class ModuleRole : uint8_t { Program, Package, Library };
ModuleScan scan_code(py::Code* code, ModuleRole role);

}  // namespace freeze
