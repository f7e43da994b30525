// What went into an executable, what did not, and what the user should know of it.
#pragma once

#include <string>
#include <vector>

#include "freeze/graph.h"

namespace freeze {

struct ReportedFile {
    std::string path;  // in the executable
    uint64_t size = 0;
};
struct ReportedModule {
    std::string name, origin;  // "program", "library", or the distribution's name
    uint64_t size = 0;         // of its code
    std::string imported_by;   // the first that was seen to
};
struct AbsentModule {
    std::string name, reason, imported_by;
};

struct Report {
    uint64_t size = 0, interpreter_size = 0, code_size = 0;
    std::vector<ReportedModule> modules;  // by name
    std::vector<ReportedFile> data;
    std::vector<std::string> distributions;  // "click 8.1.3", those with modules in it
    std::vector<AbsentModule> extensions;    // compiled ones, left out
    std::vector<AbsentModule> missing;       // imported by the program or its packages, but nowhere to be found
    std::vector<std::string> computed;       // "app.plugins, line 12": imports a module whose name is computed
    std::vector<std::string> file_users;  // modules of packages that ask for __file__, perhaps to open files beside it
};

// Fills the lists that follow from the graph.
void report_graph(Report& report, const Graph& graph, const Search& search);
// Warnings for the user, a line each; few.
std::vector<std::string> warnings(const Report& report);
// "112 modules (40 of the library), 3 packages, 12 data files, 9.3 MB"
std::string summary(const Report& report);
std::string text(const Report& report);
std::string json(const Report& report, const std::string& output);

}  // namespace freeze
