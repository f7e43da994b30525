// The seam to the interpreter: compiling and scanning modules, and the standard library in adder. Plain types only, for
// headers of interp and base do not meet in one file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "freeze/scan.h"

namespace freeze {

// Starts the part of the interpreter that compiles; runs no program. To be called first, once is enough.
void start_compiler();

struct CompiledModule {
    std::string code;  // marshalled
    ModuleScan scan;
    std::string problem;  // why it did not compile: "SyntaxError: …"; then nothing else is set
};
CompiledModule compile_module(std::string_view source, const std::string& file_name, ModuleRole role);

// A file of the standard library as the image linked into adder holds it.
struct LibraryFile {
    bool found = false;
    std::string code;    // marshalled; empty for data
    std::string stored;  // contents in the image's stored form
    uint64_t size = 0;   // of the contents
};
LibraryFile library_file(std::string_view path);
bool library_has_file(std::string_view path);
// Paths below `folder` ("encodings/"), sorted; "" for all.
std::vector<std::string> library_paths(std::string_view folder);
bool library_has_folder(std::string_view folder);
// Imports of a library module's code.
ModuleScan scan_library_module(const LibraryFile& file, ModuleRole role);
// A module written in C++, part of every executable.
bool is_native_module(std::string_view name);

struct ImageContent {
    std::string path;  // relative to the executable
    std::string code;
    std::string contents, stored;  // one of them; `stored` as LibraryFile has it
    uint64_t stored_size = 0;
    bool has_contents = true;
};
// The image of these files, whose paths are distinct.
std::string make_image(std::vector<ImageContent> files);

}  // namespace freeze
