// adder_build without Python: source archives, wheels and editable wheels of static [project] projects in pure Python.
// The Python package beside this file gives the same bytes; a test compares them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/manifest.h"

namespace pkg {

// A project directory ready to be built.
struct BuildTree {
    std::string directory;
    Manifest manifest;
    std::string name;                   // as written in metadata
    std::string file_stem;              // "my_project-1.0"
    std::string module_root;            // relative: "src" or "" for a flat layout
    std::vector<std::string> modules;   // files of the packages, relative to the directory, sorted
    std::vector<std::string> licenses;  // relative, sorted
    std::string metadata;               // METADATA text
    std::string entry_points;           // empty when there are none
};

// Reads and checks the project. Usage errors: no [project], a dynamic field, a text that must not be written
// (project_check.h), no package to be found.
base::Result<BuildTree> read_build_tree(const std::string& directory);
// True when the project's back end is adder_build, so that nothing has to be run.
bool is_native_backend(const Manifest& manifest);

struct BuiltFile {
    std::string name, bytes;
};
// Deterministic: times come from SOURCE_DATE_EPOCH, else 1980.
base::Result<BuiltFile> build_sdist(const BuildTree& tree);
base::Result<BuiltFile> build_wheel(const BuildTree& tree);
base::Result<BuiltFile> build_editable(const BuildTree& tree);

// PEP 639 glob patterns: `*`, `?`, `[…]` within a component, `**` over components.
bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace pkg
