// From a request to the bytes of an executable: entry → graph → files of the image. See freeze.h.
#include "freeze/freeze.h"

#include <algorithm>
#include <set>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "freeze/executable.h"
#include "freeze/interpreter.h"
#include "freeze_boot_source.h"

namespace freeze {

base::Result<Entry> parse_entry(const std::string& text, const std::vector<pkg::EntryPoint>& scripts) {
    if (text.empty() && scripts.size() != 1) {
        std::vector<std::string> names;
        for (const pkg::EntryPoint& each : scripts)
            names.push_back("`" + each.name + "`");
        if (names.empty())
            return base::Error(base::ErrorKind::Usage, "the project has no script to freeze")
                .with_hint("name a file, `module` or `module:function`, or add [project.scripts] to pyproject.toml");
        return base::Error(base::ErrorKind::Usage, "the project has several scripts: " + base::join_prose(names))
            .with_hint("`adder freeze NAME` says which one");
    }
    Entry entry;
    if (base::is_regular_file(text)) {
        entry.script = text;
        return entry;
    }
    for (const pkg::EntryPoint& each : scripts) {
        if (!text.empty() && each.name != text) continue;
        entry.kind = each.attribute.empty() ? EntryKind::Module : EntryKind::Function;
        entry.module = each.module;
        entry.attribute = each.attribute;
        return entry;
    }
    if (text.ends_with(".py") || text.find('/') != std::string::npos)
        return base::Error(base::ErrorKind::Usage, "there is no file `" + text + "`");
    pkg::EntryPoint reference = TRY(pkg::parse_object_reference(text));
    entry.kind = reference.attribute.empty() ? EntryKind::Module : EntryKind::Function;
    entry.module = reference.module;
    entry.attribute = reference.attribute;
    return entry;
}

std::string entry_name(const std::string& text, const Entry& entry, const std::vector<pkg::EntryPoint>& scripts) {
    if (entry.kind == EntryKind::Script) {
        std::string name(base::base_name(entry.script));
        return name.ends_with(".py") ? name.substr(0, name.size() - 3) : name;
    }
    if (text.empty()) return scripts.front().name;
    return text == entry.module || text.find(':') != std::string::npos ? entry.module.substr(0, entry.module.find('.'))
                                                                       : text;
}

namespace {

constexpr std::string_view kSkippedData[] = {".py", ".pyc", ".pyo", ".pyi", ".so", ".c", ".h", ".pyx", ".pxd", ".cpp"};

class Freezer {
  public:
    explicit Freezer(const Request& request) : request_(request), graph_(search_, request.exclude) {}

    base::Result<Frozen> run() {
        for (const pkg::StoredWheel& wheel : request_.wheels)
            search_.add_wheel(wheel);
        for (const pkg::InstalledDist& dist : request_.installed)
            TRY(search_.add_installed(dist));
        start_compiler();
        TRY(add_roots());
        TRY(add_entry());
        for (const std::string& name : request_.include_packages)
            TRY(graph_.add_package(name));
        for (const std::string& name : request_.include)
            TRY(add_wanted(name));
        for (const std::string& name : request_.traced)
            TRY(graph_.add(name));
        TRY(graph_.finish());
        TRY(add_plugins());
        TRY(check());
        TRY(collect());
        return finish();
    }

  private:
    base::Result<void> add_roots() {
#define FOLLOWED(name) TRY(graph_.add(name));
#define ALONE(name) TRY(graph_.add_alone(name));
#include "freeze/roots.def"
#undef FOLLOWED
#undef ALONE
        // Codecs are looked up by name at run time.
        return graph_.add_package("encodings");
    }

    base::Result<const Module*> add_wanted(const std::string& name) {
        const Module* module = TRY(graph_.add(name));
        bool there = module->included() || module->kind == ModuleKind::Native || module->kind == ModuleKind::Namespace;
        if (!there) {
            std::string why = module->problem.empty() ? "" : ": " + module->problem;
            return base::Error(
                base::ErrorKind::Usage,
                "there is no module `" + name + "` in the program, its locked packages or the library" + why);
        }
        return module;
    }

    base::Result<void> add_entry() {
        const Entry& entry = request_.entry;
        if (entry.kind == EntryKind::Script) return add_script();
        search_.set_app_folder(request_.folder);
        if (entry.kind == EntryKind::Function) {
            TRY(add_wanted(entry.module));
            std::string first = entry.attribute.substr(0, entry.attribute.find('.'));
            std::string source = "import sys\nfrom " + entry.module + " import " + first +
                                 "\nif __name__ == '__main__':\n    sys.exit(" + entry.attribute + "())\n";
            boot_ = "app/__main__.py\n\nfunction\n";
            return graph_.add_main("__main__.py", source);
        }
        const Module* module = TRY(add_wanted(entry.module));
        std::string name = entry.module;
        if (module->is_package) {
            name += ".__main__";
            module = TRY(add_wanted(name));
        }
        std::string package = name.substr(0, std::min(name.rfind('.'), name.size()));
        if (name.find('.') == std::string::npos) package.clear();
        boot_ = std::string(image_folder(module->place)) + module->path + "\n" + name + "\nmodule\n";
        return graph_.add_main_module(Module(*module), package);
    }

    // Entry points other than scripts are looked up by programs that use importlib.metadata: those of groups that some
    // module names come along, and what they need, until nothing is new.
    base::Result<void> add_plugins() {
        bool looked_up = false;
        for (const char* name : {"importlib.metadata", "importlib_metadata", "pkg_resources"}) {
            const Module* module = graph_.find(name);
            looked_up = looked_up || (module && module->included());
        }
        if (!looked_up) return {};
        std::vector<pkg::EntryPoint> points;
        for (const Distribution& each : search_.distributions()) {
            std::string path = each.dist_info + "/entry_points.txt";
            if (!search_.has_file(Place::Site, path)) continue;
            std::string text = TRY(search_.read(Place::Site, path));
            for (pkg::EntryPoint& point : TRY(pkg::parse_entry_points(text, path)))
                if (!pkg::is_script_group(point.group))
                    points.push_back(std::move(point));
        }
        for (size_t before = 0; before != graph_.modules().size();) {
            before = graph_.modules().size();
            for (const pkg::EntryPoint& point : points)
                if (graph_.has_word(point.group)) TRY(graph_.add(point.module));
            TRY(graph_.finish());
        }
        return {};
    }

    base::Result<void> add_script() {
        std::string path = base::absolute_path(request_.entry.script);
        search_.set_app_folder(std::string(base::parent_path(path)));
        std::string name = entry_name("", request_.entry, {});
        bool importable = std::all_of(name.begin(), name.end(), [](char c) { return base::is_alnum(c) || c == '_'; });
        boot_ = "app/" + name + ".py\n" + (importable ? name : "") + "\nscript\n";
        return graph_.add_main(name + ".py", TRY(base::read_file(path)));
    }

    // What the program is certain to miss is an error now, not on somebody else's machine.
    base::Result<void> check() const {
        for (const Module& module : graph_.modules()) {
            bool absent = module.kind == ModuleKind::Missing || !module.problem.empty();
            if (!absent || !module.certain) continue;
            const Use& use = *std::find_if(module.uses.begin(), module.uses.end(), [&](const Use& each) {
                return each.certain && graph_.modules()[size_t(each.importer)].certain;
            });
            bool by_library = graph_.modules()[size_t(use.importer)].place == Place::Library;
            return absence(module, graph_.describe(use), by_library);
        }
        return {};
    }
    static base::Error absence(const Module& module, const std::string& importers, bool by_library) {
        std::string subject = "`" + module.name + "`, " + importers + ", ";
        std::string top = module.name.substr(0, module.name.find('.'));
        if (module.kind == ModuleKind::Extension)
            return base::Error(base::ErrorKind::NotHolding,
                               subject + "is a compiled extension that cannot be frozen: " + module.problem)
                .with_context("the file is " + module.path)
                .with_hint("a pure-Python version of the package, or `--exclude " + module.name +
                           "` where the program works without it");
        if (!module.problem.empty())
            return base::Error(base::ErrorKind::NotHolding, subject + "does not compile: " + module.problem);
        if (by_library)
            return base::Error(base::ErrorKind::NotHolding,
                               subject + "is a part of the library that this adder does not have")
                .with_hint("`--exclude " + module.name + "` where the program works without it");
        return base::Error(base::ErrorKind::NotHolding, subject + "is neither in the library nor in a locked package")
            .with_hint("`adder add " + top + "`, or `--exclude " + module.name +
                       "` where the program works without it");
    }

    void put(ImageContent content) {
        if (paths_.insert(content.path).second) files_.push_back(std::move(content));
    }

    base::Result<void> collect() {
        put({.path = "entry", .code = {}, .contents = boot_, .stored = {}});
        CompiledModule boot = compile_module(kBootSource, "<frozen _adder_boot>", ModuleRole::Library);
        put({.path = "lib/python3.11/_adder_boot.py",
             .code = boot.code,
             .contents = std::string(kBootSource),
             .stored = {}});
        std::set<int> used;
        std::set<std::string> app_packages;
        for (const Module& module : graph_.modules()) {
            if (module.kind == ModuleKind::Namespace || !module.included()) continue;
            put_module(module);
            for (const std::string& library : module.libraries)
                TRY(put_data(module.place, library, true));
            if (module.place == Place::Site) used.insert(search_.distribution_of(module.path));
            size_t slash = module.path.find('/');
            if (module.place == Place::App && slash != std::string::npos)
                app_packages.insert(module.path.substr(0, slash));
        }
        for (const auto& [path, file] : search_.site()) {
            bool metadata = path.find(".dist-info/") != std::string::npos;
            if (!metadata && (!used.count(file.distribution) || is_skipped(path))) continue;
            TRY(put_data(Place::Site, path, !metadata));
        }
        for (const std::string& package : app_packages) {
            for (const std::string& path : TRY(search_.files_below(Place::App, package)))
                if (!is_skipped(path)) TRY(put_data(Place::App, path, true));
        }
        for (int number : used) {
            const Distribution& each = search_.distributions()[size_t(number)];
            report_.distributions.push_back(each.name + " " + each.version);
        }
        return {};
    }

    void put_module(const Module& module) {
        ImageContent content;
        content.path = std::string(image_folder(module.place)) + module.path;
        if (module.kind == ModuleKind::Extension) {
            report_.code_size += module.source.size();
            content.contents = module.source;
            return put(std::move(content));
        }
        content.code = module.code;
        content.has_contents = request_.sources;
        report_.code_size += module.code.size();
        if (module.place == Place::Library && request_.sources) {
            LibraryFile file = library_file(module.path);
            content.stored = std::move(file.stored);
            content.stored_size = file.size;
        } else if (request_.sources) {
            content.contents = module.source;
        }
        put(std::move(content));
    }

    static bool is_skipped(std::string_view path) {
        return std::any_of(std::begin(kSkippedData), std::end(kSkippedData),
                           [&](std::string_view suffix) { return path.ends_with(suffix); });
    }
    base::Result<void> put_data(Place place, const std::string& path, bool reported) {
        ImageContent content;
        content.path = std::string(image_folder(place)) + path;
        content.contents = TRY(search_.read(place, path));
        if (reported) report_.data.push_back({content.path, content.contents.size()});
        put(std::move(content));
        return {};
    }

    base::Result<Frozen> finish() {
        Frozen out;
        std::string_view program = stub();
        if (program.empty()) return base::Error(base::ErrorKind::Internal, "this program carries no adder-rt");
        out.bytes = executable_bytes(program, make_image(std::move(files_)));
        report_.size = out.bytes.size();
        report_.interpreter_size = program.size();
        report_graph(report_, graph_, search_);
        out.report = std::move(report_);
        return out;
    }

    const Request& request_;
    Search search_;
    Graph graph_;
    Report report_;
    std::string boot_;  // of the image's file `entry`: path of the code, module name, kind
    std::vector<ImageContent> files_;
    std::set<std::string> paths_;
};

}  // namespace

base::Result<Frozen> freeze_program(const Request& request) {
    return Freezer(request).run();
}

}  // namespace freeze
