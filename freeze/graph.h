// Which modules a program needs: from the entry along the imports that its code objects show, into functions as well.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "freeze/interpreter.h"
#include "freeze/search.h"

namespace freeze {

enum class ModuleKind : uint8_t {
    Code,       // Python code of App, Library or Site
    Native,     // part of the interpreter
    Namespace,  // a package without __init__.py
    Extension,  // a compiled extension module of App or Site
    Missing,
    Excluded,  // left out by request
};

// Who imports a module, and where.
struct Use {
    int importer = -1;  // index of the module; -1: the freezer or the user
    int line = 0;
    bool certain = false;
};

struct Module {
    std::string name;
    ModuleKind kind = ModuleKind::Missing;
    Place place = Place::Site;
    std::string path;     // in the place: "click/core.py"
    std::string package;  // where relative imports begin
    bool is_package = false;
    std::vector<Place> portions;  // where submodules are looked for
    std::string code;
    std::string source;                  // App and Site; of an extension the file itself
    std::vector<std::string> libraries;  // of an extension: paths in its place of what it is linked with
    std::string problem;                 // why it does not compile or cannot be held; the module is left out
    ModuleScan scan;
    bool alone = false;  // imports are not followed
    std::vector<Use> uses;
    bool certain = false;  // imported whenever the program runs
    bool included() const { return (kind == ModuleKind::Code || kind == ModuleKind::Extension) && problem.empty(); }
};

class Graph {
  public:
    // `exclude`: module names, each with what is below it; a final ".*" is allowed.
    Graph(const Search& search, std::vector<std::string> exclude) : search_(search), exclude_(std::move(exclude)) {}

    // The program's first code, `__main__`: text of its own that is to stand at `path`, or a module found before, whose
    // relative imports begin at `package`.
    base::Result<void> add_main(const std::string& path, std::string source);
    base::Result<void> add_main_module(const Module& module, const std::string& package);
    // A module asked for. The module's kind may be Missing.
    base::Result<const Module*> add(const std::string& name);
    // One whose imports are not followed: what it imports is loaded already or never.
    base::Result<void> add_alone(const std::string& name);
    // Every module below a package.
    base::Result<void> add_package(const std::string& name);
    // Follows every import, then tells which modules are certain.
    base::Result<void> finish();

    const std::vector<Module>& modules() const { return modules_; }
    const Module* find(std::string_view name) const;
    // Does a module have this dotted name among its constants?
    bool has_word(const std::string& word) const;
    // "app.main, line 3" and so on back to the program, for messages.
    std::string describe(const Use& use) const;
    // Is there such a module in App or Site?
    bool exists_outside_library(const std::string& name) const;

  private:
    base::Result<int> require(const std::string& name, const Use& use);
    void keep_main(Module module);
    base::Result<void> load(Module& module, ModuleRole role);
    base::Result<void> load_extension(Module& module);
    // Where the packages bring the library an extension is linked with; "" when they do not.
    std::string bundled_library(const Module& module, const std::string& name) const;
    bool locate(Module& module, Place place, const std::string& path) const;
    bool is_excluded(std::string_view name) const;
    base::Result<void> follow(int index);
    base::Result<void> follow_import(int index, const Import& import);
    base::Result<void> follow_names(int index, int target, const Import& import);
    base::Result<void> follow_words(int index);
    base::Result<void> follow_extension(int index);
    base::Result<void> follow_hidden(int index);
    // The row of optional_imports.def for an import, in whose case it waits for names to be used.
    bool is_put_off(int index, const std::string& target, const Import& import);
    base::Result<bool> follow_put_off();
    void mark_certain();

    const Search& search_;
    std::vector<std::string> exclude_;
    std::vector<Module> modules_;
    std::map<std::string, int, std::less<>> index_;
    // Imports that wait until a module other than the importer uses one of the names.
    struct PutOff {
        int importer;
        Import import;
        std::vector<std::string> names;
        bool followed = false;
    };
    std::vector<PutOff> put_off_;
    size_t followed_ = 0;
};

}  // namespace freeze
