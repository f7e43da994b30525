// Freezing: a program, its packages and the modules it needs become one executable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "freeze/report.h"
#include "pkg/entry_points.h"
#include "pkg/install/installed.h"
#include "pkg/wheel/store.h"

namespace freeze {

// Where the program begins.
enum class EntryKind : uint8_t { Script, Module, Function };
struct Entry {
    EntryKind kind = EntryKind::Script;
    std::string script;             // path of a file
    std::string module, attribute;  // "app.main"; Function: "cli.run" in it
};
// What the user wrote, in this order: a file, "module:function", the name of one of `scripts`, a module. Empty: the
// only script there is. Usage errors where that is none or several.
base::Result<Entry> parse_entry(const std::string& text, const std::vector<pkg::EntryPoint>& scripts);
// The name a program with this entry goes by: "tool" for tool.py and for the script tool.
std::string entry_name(const std::string& text, const Entry& entry, const std::vector<pkg::EntryPoint>& scripts);

struct Request {
    Entry entry;
    std::string folder;  // of modules that are in no wheel, for an entry that is no script; may be empty
    std::vector<pkg::StoredWheel> wheels;
    std::vector<pkg::InstalledDist> installed;  // further packages, as an environment has them
    std::vector<std::string> include;           // modules no code shows
    std::vector<std::string> include_packages;  // with all modules below
    std::vector<std::string> traced;            // modules that a run imported: those that are found come along
    std::vector<std::string> exclude;
    bool sources = true;  // kept for tracebacks and inspect
};
struct Frozen {
    std::string bytes;  // of the executable
    Report report;
};
// NotHolding errors: a module that the program is certain to import is not there, or is a compiled extension.
base::Result<Frozen> freeze_program(const Request& request);

}  // namespace freeze
