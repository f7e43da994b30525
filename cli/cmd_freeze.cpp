// adder freeze
#include <algorithm>
#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/target.h"
#include "freeze/freeze.h"
#include "freeze/trace.h"
#include "pkg/lock/freshness.h"

namespace cli {

namespace {

// The wheels of the lock and of the project itself, in the cache.
base::Result<std::vector<pkg::StoredWheel>> locked_wheels(Context& context, const Project& project,
                                                          SyncOptions& options) {
    std::optional<pkg::Lock> lock = TRY(read_lock(project));
    if (!lock) return missing_lock(project);
    if (!pkg::is_fresh(*lock, project.manifest, project.root)) return stale_lock(project);
    PackageSupply supply(context, &project.manifest);
    // Groups are for working on the project; an executable gets those it is asked to have.
    options.without_groups = pkg::default_groups(project.manifest);
    for (const std::string& wanted : options.groups)
        std::erase(options.without_groups, wanted);
    std::vector<pkg::WheelSource> sources;
    for (pkg::WantedPackage& each : TRY(wanted_packages(project, *lock, context.own().version, options))) {
        each.source.editable = false;
        sources.push_back(std::move(each.source));
    }
    return supply.index.fetch_wheels(sources);
}

// What an environment has in place of what a lock names.
base::Result<std::vector<pkg::InstalledDist>> installed_packages(Context& context, const std::string& python) {
    PlaceOptions options;
    options.python = python;
    Place place = TRY(find_place(context, options));
    if (!place.version.starts_with("3.11."))
        return base::Error(base::ErrorKind::NotHolding,
                           "the environment has Python " + place.version + ", an executable holds packages for 3.11");
    return pkg::list_installed(place.site);
}

base::Result<std::string> output_path(const std::string& given, const std::string& folder, const std::string& name,
                                      const freeze::Entry& entry) {
    std::string path = base::absolute_path(given.empty() ? base::join_path(folder, "dist/" + name) : given);
    if (base::is_directory(path))
        return base::Error(base::ErrorKind::Usage, "`" + path + "` is a directory")
            .with_hint("-o names the executable");
    if (!entry.script.empty() && base::real_path(path) == base::real_path(entry.script))
        return base::Error(base::ErrorKind::Usage, "the executable would replace the program `" + entry.script + "`");
    if (given.empty()) TRY(base::make_directories(std::string(base::parent_path(path))));
    return path;
}

}  // namespace

// adder freeze [ENTRY] [-o FILE]
base::Result<int> cmd_freeze(Context& context, const Arguments& arguments) {
    std::string text, output;
    freeze::Request request;
    SyncOptions selection;
    std::string traced, python;
    bool no_sources = false, report = false;
    Options options("freeze", kPageFreeze);
    options.argument(text, "entry", "a file, a script of the project, a module, or module:function",
                     Presence::Optional);
    options.value(output, "-o,--output", "FILE", "the executable (default: dist/NAME)");
    options.values(request.include, "--include", "MODULE", "a module that is imported by a computed name");
    options.values(request.include_packages, "--include-package", "PACKAGE", "a package with all modules below it");
    options.values(request.exclude, "--exclude", "MODULE", "leave this module out, and what is below it");
    options.value(python, "-p,--python", "ENV", "the packages of this environment in place of the lock's");
    options.value(traced, "--traced", "FILE", "what a run imported, as `python -v` prints it, comes along too");
    options.flag(no_sources, "--no-sources", "leave sources out: smaller, tracebacks without lines");
    options.flag(report, "--report", "list what is in the executable and what is not");
    options.values(selection.extras, "--extra", "NAME", "with this extra of the project");
    options.values(selection.groups, "--group", "NAME", "with this dependency group");
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("freeze").get()))) return 0;
    request.sources = !no_sources;
    if (!traced.empty()) request.traced = freeze::traced_modules(TRY(base::read_file(traced)));
    std::vector<pkg::EntryPoint> scripts;
    std::string folder = ".";
    if (text.empty() || has_project(context)) {
        Project project = TRY(find_project(context));
        scripts = project.manifest.project.entry_points;
        std::erase_if(scripts, [](const pkg::EntryPoint& each) {
            return !pkg::is_script_group(each.group);
        });
        request.entry = TRY(freeze::parse_entry(text, scripts));
        if (python.empty()) request.wheels = TRY(locked_wheels(context, project, selection));
        // A project that is no package has its modules where it stands.
        if (!project.is_package())
            request.folder = base::is_directory(project.root + "/src") ? project.root + "/src" : project.root;
        folder = project.root;
    } else {
        request.entry = TRY(freeze::parse_entry(text, scripts));
        // As `python FILE` would: in an active environment its packages are there.
        const char* active = std::getenv("VIRTUAL_ENV");
        if (python.empty() && active) python = active;
    }
    if (!python.empty()) request.installed = TRY(installed_packages(context, python));
    std::string name = freeze::entry_name(text, request.entry, scripts);
    output = TRY(output_path(output, folder, name, request.entry));
    freeze::Frozen frozen = TRY(freeze::freeze_program(request));
    TRY(base::write_file_atomic(output, frozen.bytes, 0755));
    for (const std::string& warning : freeze::warnings(frozen.report))
        context.warn(warning);
    std::string shown = base::relative_path(output, base::absolute_path("."));
    if (context.json) {
        context.out(freeze::json(frozen.report, output) + "\n");
    } else if (report) {
        context.out(freeze::text(frozen.report));
    }
    context.note("froze " + shown + ": " + freeze::summary(frozen.report));
    return 0;
}

}  // namespace cli
