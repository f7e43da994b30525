// Following imports; see graph.h. Nothing of the program is run.
#include "freeze/graph.h"

#include <algorithm>

#include "base/path.h"
#include "base/text.h"
#include "freeze/extension.h"

namespace freeze {

namespace {

std::string parent_of(const std::string& name) {
    size_t dot = name.rfind('.');
    return dot == std::string::npos ? "" : name.substr(0, dot);
}
std::string path_of(const std::string& name) {
    return base::replace_all(name, ".", "/");
}

struct Pair {
    std::string_view from, to;
};
constexpr Pair kHidden[] = {
#define HIDDEN(importer, imported) {importer, imported},
#include "freeze/hidden_imports.def"
#undef HIDDEN
};
constexpr Pair kMoved[] = {
#define MOVED(name, module) {name, module},
#include "freeze/six_moves.def"
#undef MOVED
};

struct Optional {
    std::string_view importer, imported, names;  // names: FALLBACK has the native module here
    bool fallback;
};
constexpr Optional kOptional[] = {
#define LAZY(importer, imported, names) {importer, imported, names, false},
#define FALLBACK(importer, imported, native) {importer, imported, native, true},
#include "freeze/optional_imports.def"
#undef LAZY
#undef FALLBACK
};

// os.path and the modules that six makes up have no file of their own: what stands behind them, "" for others.
std::string alias_of(const std::string& name) {
    if (name == "os.path") return "posixpath";
    size_t at = name.find("six.moves.");
    if (at == std::string::npos || (at && name[at - 1] != '.')) return "";
    std::string_view moved = std::string_view(name).substr(at + 10);
    for (const Pair& each : kMoved)
        if (each.from == moved) return std::string(each.to);
    return "";
}

constexpr std::string_view kExtensionSuffixes[] = {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"};

}  // namespace

bool Graph::is_excluded(std::string_view name) const {
    for (std::string_view each : exclude_) {
        if (each.ends_with(".*")) each.remove_suffix(2);
        if (name == each || (name.starts_with(each) && name[each.size()] == '.')) return true;
    }
    return false;
}

// Fills the module from what `place` has under `path`; a folder only makes it a namespace package.
bool Graph::locate(Module& module, Place place, const std::string& path) const {
    auto take = [&](ModuleKind kind, const std::string& file, bool is_package) {
        module.kind = kind;
        module.place = place;
        module.path = file;
        module.is_package = is_package;
        module.portions = {place};
        return true;
    };
    if (search_.has_file(place, path + "/__init__.py")) return take(ModuleKind::Code, path + "/__init__.py", true);
    if (search_.has_file(place, path + ".py")) return take(ModuleKind::Code, path + ".py", false);
    for (std::string_view suffix : kExtensionSuffixes) {
        std::string file = path + std::string(suffix);
        if (search_.has_file(place, file)) return take(ModuleKind::Extension, file, false);
    }
    if (search_.has_folder(place, path)) {
        module.kind = ModuleKind::Namespace;
        module.is_package = true;
        module.portions.push_back(place);
    }
    return false;
}

base::Result<void> Graph::load(Module& module, ModuleRole role) {
    if (module.place == Place::Library) {
        LibraryFile file = library_file(module.path);
        if (file.code.empty()) {
            module.problem = "it does not compile";
            return {};
        }
        module.scan = scan_library_module(file, role);
        module.code = std::move(file.code);
        return {};
    }
    module.source = TRY(search_.read(module.place, module.path));
    std::string shown = std::string(image_folder(module.place)) + module.path;
    CompiledModule compiled = compile_module(module.source, shown, role);
    module.code = std::move(compiled.code);
    module.scan = std::move(compiled.scan);
    module.problem = std::move(compiled.problem);
    return {};
}

base::Result<void> Graph::load_extension(Module& module) {
    module.source = TRY(search_.read(module.place, module.path));
    ExtensionScan scan = scan_extension(module.source);
    module.problem = std::move(scan.problem);
    module.scan.words = std::move(scan.words);
    for (size_t i = 0; i < scan.needed.size(); ++i) {
        std::string library = bundled_library(module, scan.needed[i]);
        bool known = std::find(module.libraries.begin(), module.libraries.end(), library) != module.libraries.end();
        if (library.empty() || known) continue;
        module.libraries.push_back(library);
        ExtensionScan more = scan_extension(TRY(search_.read(module.place, library)));
        if (!more.problem.empty()) module.problem = "it needs " + library + ", and " + more.problem;
        scan.needed.insert(scan.needed.end(), more.needed.begin(), more.needed.end());
    }
    return {};
}

std::string Graph::bundled_library(const Module& module, const std::string& name) const {
    std::string beside = base::join_path(base::parent_path(module.path), name);
    if (search_.has_file(module.place, beside)) return beside;
    for (const auto& [path, file] : search_.site())
        if (module.place == Place::Site && base::base_name(path) == name) return path;
    return "";
}

base::Result<int> Graph::require(const std::string& name, const Use& use) {
    std::string alias = alias_of(name);
    if (!alias.empty()) TRY(require(alias, use));
    std::string parent = parent_of(name);
    int parent_index = parent.empty() ? -1 : TRY(require(parent, use));
    auto known = index_.find(name);
    if (known != index_.end()) {
        modules_[size_t(known->second)].uses.push_back(use);
        return known->second;
    }
    Module module;
    module.name = name;
    module.uses.push_back(use);
    const Module* above = parent_index < 0 ? nullptr : &modules_[size_t(parent_index)];
    if (is_excluded(name) || !alias.empty() || (above && above->kind == ModuleKind::Excluded)) {
        module.kind = ModuleKind::Excluded;
    } else if (!above && is_native_module(name)) {
        module.kind = ModuleKind::Native;
    } else if (!above) {
        for (Place place : kPlaces)
            if (locate(module, place, path_of(name))) break;
    } else if (above->is_package) {
        for (Place place : above->portions)
            if (locate(module, place, path_of(name))) break;
    } else if (above->kind == ModuleKind::Code) {
        module.kind = ModuleKind::Excluded;  // a module that its parent makes up when it runs
    }
    module.package = module.is_package ? name : parent;
    if (module.kind == ModuleKind::Code)
        TRY(load(module, module.place == Place::Library ? ModuleRole::Library : ModuleRole::Package));
    if (module.kind == ModuleKind::Extension) TRY(load_extension(module));
    modules_.push_back(std::move(module));
    int index = int(modules_.size()) - 1;
    index_.emplace(name, index);
    return index;
}

base::Result<void> Graph::add_main(const std::string& path, std::string source) {
    Module module;
    module.place = Place::App;
    module.path = path;
    CompiledModule compiled =
        compile_module(source, std::string(image_folder(module.place)) + path, ModuleRole::Program);
    if (!compiled.problem.empty())
        return base::Error(base::ErrorKind::Usage, "`" + path + "` does not compile: " + compiled.problem);
    module.code = std::move(compiled.code);
    module.scan = std::move(compiled.scan);
    module.source = std::move(source);
    keep_main(std::move(module));
    return {};
}

base::Result<void> Graph::add_main_module(const Module& found, const std::string& package) {
    Module module;
    module.place = found.place;
    module.path = found.path;
    module.package = package;
    TRY(load(module, ModuleRole::Program));
    if (!module.problem.empty())
        return base::Error(base::ErrorKind::Usage, "`" + module.path + "` does not compile: " + module.problem);
    keep_main(std::move(module));
    return {};
}

void Graph::keep_main(Module module) {
    module.name = "__main__";
    module.kind = ModuleKind::Code;
    module.certain = true;
    module.uses.push_back({});
    modules_.push_back(std::move(module));
    index_.emplace("__main__", int(modules_.size()) - 1);
}

base::Result<const Module*> Graph::add(const std::string& name) {
    int index = TRY(require(name, {}));
    return static_cast<const Module*>(&modules_[size_t(index)]);
}

base::Result<void> Graph::add_alone(const std::string& name) {
    int index = TRY(require(name, {}));
    modules_[size_t(index)].alone = true;
    return {};
}

base::Result<void> Graph::add_package(const std::string& name) {
    int index = TRY(require(name, {}));
    Module top = modules_[size_t(index)];
    if (!top.is_package) return base::Error(base::ErrorKind::Usage, "there is no package `" + name + "` to include");
    for (Place place : top.portions) {
        std::vector<std::string> paths;
        if (place == Place::Library) {
            paths = library_paths(path_of(name) + "/");
        } else {
            paths = TRY(search_.files_below(place, path_of(name)));
        }
        for (const std::string& path : paths) {
            if (!path.ends_with(".py")) continue;
            std::string module = base::replace_all(path.substr(0, path.size() - 3), "/", ".");
            if (module.ends_with(".__init__")) module.resize(module.size() - 9);
            TRY(require(module, {}));
        }
    }
    return {};
}

const Module* Graph::find(std::string_view name) const {
    auto found = index_.find(name);
    return found == index_.end() ? nullptr : &modules_[size_t(found->second)];
}

bool Graph::has_word(const std::string& word) const {
    return std::any_of(modules_.begin(), modules_.end(), [&](const Module& module) {
        return std::binary_search(module.scan.words.begin(), module.scan.words.end(), word);
    });
}

bool Graph::exists_outside_library(const std::string& name) const {
    std::string path = path_of(name);
    for (Place place : {Place::App, Place::Site}) {
        Module probe;
        if (locate(probe, place, path)) return true;
    }
    return false;
}

base::Result<void> Graph::follow_import(int index, const Import& import) {
    std::string target = import.module;
    if (import.level) {
        std::string base = modules_[size_t(index)].package;
        for (int up = 1; up < import.level; ++up)
            base = parent_of(base);
        if (base.empty()) return {};  // beyond the top: ImportError at run time
        target = target.empty() ? base : base + "." + target;
    }
    if (is_put_off(index, target, import)) return {};
    int found = TRY(require(target, {index, import.line, import.certain}));
    return follow_names(index, found, import);
}

// `from package import name`: the name is a submodule where there is one.
base::Result<void> Graph::follow_names(int index, int target, const Import& import) {
    if (!modules_[size_t(target)].is_package) {
        // Names of six.moves are modules too.
        for (const std::string& name : import.names) {
            std::string full = modules_[size_t(target)].name + "." + name;
            if (!alias_of(full).empty()) TRY(require(full, {index, import.line, import.certain}));
        }
        return {};
    }
    std::vector<std::string> names = import.names;
    bool star = std::find(names.begin(), names.end(), "*") != names.end();
    if (star) names = modules_[size_t(target)].scan.words;
    for (const std::string& name : names) {
        if (name.empty() || name.find('.') != std::string::npos) continue;
        const Module& package = modules_[size_t(target)];
        std::string full = package.name + "." + name;
        Module probe;
        for (Place place : package.portions)
            if (locate(probe, place, path_of(full))) break;
        bool wanted = probe.kind != ModuleKind::Missing || (package.kind == ModuleKind::Namespace && !star);
        if (wanted) TRY(require(full, {index, import.line, import.certain && package.kind == ModuleKind::Namespace}));
    }
    return {};
}

// Constants that are names of modules of the program or its packages: plug-in tables and the like. Where a module
// computes names, also the names of its neighbours.
base::Result<void> Graph::follow_words(int index) {
    const Module module = modules_[size_t(index)];  // a copy: the list grows below
    if (module.place == Place::Library) return {};
    bool computes = !module.scan.computed_lines.empty();
    std::string package = module.package;
    // A package that looks through its own folder for modules finds all of them.
    const std::vector<std::string>& names = module.scan.names;
    bool looks_through = std::binary_search(names.begin(), names.end(), "iter_modules") ||
                         std::binary_search(names.begin(), names.end(), "walk_packages");
    if (looks_through && module.is_package) TRY(add_package(package));
    for (const std::string& word : module.scan.words) {
        bool dotted = word.find('.') != std::string::npos;
        if (dotted && exists_outside_library(word)) TRY(require(word, {index, 0, false}));
        if (computes && !package.empty() && exists_outside_library(package + "." + word))
            TRY(require(package + "." + word, {index, 0, false}));
    }
    return {};
}

// What compiled code imports shows in its texts only: too many words are better than a module that is missing.
base::Result<void> Graph::follow_extension(int index) {
    const Module module = modules_[size_t(index)];  // a copy: the list grows below
    for (const std::string& word : module.scan.words) {
        std::string path = path_of(word), neighbour = module.package.empty() ? word : module.package + "." + word;
        bool in_library =
            search_.has_file(Place::Library, path + ".py") || search_.has_file(Place::Library, path + "/__init__.py");
        if (in_library || exists_outside_library(word)) TRY(require(word, {index, 0, false}));
        if (exists_outside_library(neighbour)) TRY(require(neighbour, {index, 0, false}));
    }
    return {};
}

base::Result<void> Graph::follow_hidden(int index) {
    const std::string name = modules_[size_t(index)].name;
    for (const Pair& each : kHidden)
        if (each.from == name) TRY(require(std::string(each.to), {index, 0, false}));
    const Module& module = modules_[size_t(index)];
    const std::vector<std::string>& names = module.scan.names;
    bool uses_strptime = std::binary_search(names.begin(), names.end(), "strptime");
    if (uses_strptime && module.place != Place::Library) TRY(require("_strptime", {index, 0, false}));
    return {};
}

base::Result<void> Graph::follow(int index) {
    if (modules_[size_t(index)].alone || !modules_[size_t(index)].problem.empty()) return {};
    if (modules_[size_t(index)].kind == ModuleKind::Extension) return follow_extension(index);
    const std::vector<Import> imports = modules_[size_t(index)].scan.imports;
    for (const Import& import : imports)
        TRY(follow_import(index, import));
    TRY(follow_words(index));
    return follow_hidden(index);
}

bool Graph::is_put_off(int index, const std::string& target, const Import& import) {
    const Module& importer = modules_[size_t(index)];
    if (importer.place != Place::Library || importer.name == "__main__") return false;
    for (const Optional& each : kOptional) {
        bool same =
            each.imported == target || (import.names.size() == 1 && each.imported == target + "." + import.names[0]);
        if (each.importer != importer.name || !same) continue;
        if (each.fallback) return is_native_module(each.names);
        PutOff put_off{index, import, {}};
        put_off.import.module = target;
        for (std::string_view name : base::split_words(each.names))
            put_off.names.emplace_back(name);
        put_off_.push_back(std::move(put_off));
        return true;
    }
    return false;
}

base::Result<bool> Graph::follow_put_off() {
    bool any = false;
    for (size_t i = 0; i < put_off_.size(); ++i) {
        PutOff each = put_off_[i];
        if (each.followed) continue;
        bool wanted = false;
        for (size_t k = 0; k < modules_.size() && !wanted; ++k) {
            const std::vector<std::string>& names = modules_[k].scan.names;
            wanted = int(k) != each.importer &&
                     std::any_of(each.names.begin(), each.names.end(), [&](const std::string& name) {
                         return std::binary_search(names.begin(), names.end(), name);
                     });
        }
        if (!wanted) continue;
        put_off_[i].followed = any = true;
        int found = TRY(require(each.import.module, {each.importer, each.import.line, false}));
        TRY(follow_names(each.importer, found, each.import));
    }
    return any;
}

base::Result<void> Graph::finish() {
    do {
        for (; followed_ < modules_.size(); ++followed_)
            TRY(follow(int(followed_)));
    } while (TRY(follow_put_off()));
    mark_certain();
    return {};
}

void Graph::mark_certain() {
    for (bool changed = true; changed;) {
        changed = false;
        for (Module& module : modules_) {
            if (module.certain) continue;
            module.certain = std::any_of(module.uses.begin(), module.uses.end(), [&](const Use& use) {
                return use.certain && use.importer >= 0 && modules_[size_t(use.importer)].certain;
            });
            changed = changed || module.certain;
        }
    }
}

std::string Graph::describe(const Use& use) const {
    std::string out;
    const Use* each = &use;
    for (int depth = 0; each->importer >= 0 && depth < 8; ++depth) {
        const Module& importer = modules_[size_t(each->importer)];
        out += (out.empty() ? "imported by `" : ", that by `") +
               (importer.name == "__main__" ? importer.path : importer.name) + "`";
        if (each->line) out += " (line " + std::to_string(each->line) + ")";
        each = &importer.uses.front();
    }
    return out.empty() ? "asked for" : out;
}

}  // namespace freeze
