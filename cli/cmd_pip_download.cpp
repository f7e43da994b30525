// adder pip download and adder pip wheel: what pip install would fetch, as files in a directory.
#include <algorithm>

#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/pip_options.h"
#include "cli/requirement_input.h"
#include "cli/resolve_options.h"
#include "cli/target.h"
#include "pkg/direct_url.h"
#include "pkg/install/plan.h"

namespace cli {

namespace {

enum class Wanted : uint8_t { Files, Wheels };

struct FilesCommand {
    Context& context;
    Wanted kind;
    RequirementInput input;
    ResolveOptions resolve_options;
    MachineOptions machine_options;
    PipOptions pip_options;
    bool ignore_requires_python = false;
    std::string directory = ".";

    FilesCommand(Context& c, Wanted k) : context(c), kind(k) {}
    void declare(Options& options);
    base::Result<int> run();
    base::Result<std::vector<pkg::WantedPackage>> resolve(PackageSupply& supply);
    base::Result<std::string> make(const pkg::WantedPackage& package, const std::string& folder, PackageSupply& supply) const;
    void report(const std::vector<pkg::WantedPackage>& packages, const std::vector<std::string>& names) const;
};

void FilesCommand::declare(Options& options) {
    options.arguments(input.arguments, "requirement", "`name>=1`, a path, a URL", Presence::Optional);
    input.declare_files(options);
    input.declare(options);
    resolve_options.declare_for_pip(options);
    options.value(machine_options.python, "-p,--python", "PYTHON", "the interpreter that the files are for");
    options.flag(ignore_requires_python, "--ignore-requires-python", "take what says that it does not run on this Python too");
    pip_options.declare(options);
    context.add_source_options(options);
    context.add_output_options(options);
    context.add_pip_options(options);
}

base::Result<std::vector<pkg::WantedPackage>> FilesCommand::resolve(PackageSupply& supply) {
    pkg::Target machine = TRY(find_machine(context, machine_options));
    pkg::ResolveRequest request;
    request.target = &machine;
    request.ignore_requires_python = ignore_requires_python;
    TRY(input.fill(request, supply.builder));
    TRY(resolve_options.apply(request));
    pkg::Resolution resolved = TRY(pkg::resolve(request, supply.index));
    for (const std::string& warning : resolved.warnings)
        context.warn(warning);
    std::vector<pkg::WantedPackage> wanted = TRY(pkg::wanted_of(resolved, request, machine));
    TRY(RequirementInput::check_hashes(wanted, request, supply.index));
    return wanted;
}

// Is it a file that can be had as it is.
bool is_file(const pkg::WheelSource& source) {
    return !pkg::is_vcs_url(source.direct_url) && !base::is_directory(pkg::local_directory(source.file.url));
}

// The file of that name in `directory` is the one that the index means; pip trusts the name where no hash is known.
bool is_there(const pkg::DistFile& file, const std::string& directory) {
    std::string path = base::join_path(directory, file.file_name);
    if (!base::is_regular_file(path)) return false;
    return std::all_of(file.hashes.begin(), file.hashes.end(), [&](const pkg::Hash& hash) {
        base::Result<std::string> found = base::hash_file_hex(hash.algorithm, path);
        return found.ok() && *found == hash.hex;
    });
}

// A wheel, or of a tree or repository a source archive, in a folder of its own; its path.
base::Result<std::string> FilesCommand::make(const pkg::WantedPackage& package, const std::string& folder, PackageSupply& supply) const {
    TRY(base::make_directories(folder + "/out"));
    if (kind == Wanted::Wheels) return supply.index.build_wheel_file(package.source, folder + "/out");
    return supply.builder.sdist(TRY(supply.index.source_of(package.source, folder)), folder + "/out", package.source.name);
}

base::Result<int> FilesCommand::run() {
    TRY(input.read(context));
    resolve_options.add_formats(input.formats);
    resolve_options.prefer_binary |= input.prefer_binary;
    TRY(pip_options.check(context.environment_override.empty() ? venv::find_environment(".") : context.environment_override));
    if (input.empty())
        return base::Error(base::ErrorKind::Usage, "no requirement was named").with_hint("give requirements, -r FILE or -e DIR");
    PackageSupply supply(context, input.manifest());
    std::vector<pkg::WantedPackage> packages = TRY(resolve(supply));
    directory = base::absolute_path(directory);
    TRY(base::make_directories(directory));
    // Nothing is seen of files that are not whole and checked.
    base::TemporaryDirectory staging = TRY(base::TemporaryDirectory::create(directory, ".adder-"));
    std::vector<std::string> names, ready;
    std::vector<pkg::DistFile> downloads;
    for (const pkg::WantedPackage& package : packages) {
        const pkg::DistFile& file = package.source.file;
        bool as_it_is = is_file(package.source) && (kind == Wanted::Files || file.kind == pkg::FileKind::Wheel);
        std::string made = as_it_is ? "" : TRY(make(package, staging.path() + "/" + package.source.name, supply));
        names.push_back(as_it_is ? file.file_name : std::string(base::base_name(made)));
        if (std::count(names.begin(), names.end(), names.back()) > 1)
            return base::Error(base::ErrorKind::Usage, "two packages come as a file called `" + names.back() + "`");
        if (!as_it_is)
            ready.push_back(std::move(made));
        else if (is_there(file, directory))
            context.note(file.file_name + " is there already");
        else
            downloads.push_back(file);
    }
    TRY(supply.index.download_all(downloads, staging.path()));
    for (const pkg::DistFile& file : downloads)
        ready.push_back(base::join_path(staging.path(), file.file_name));
    for (const std::string& path : ready) {
        TRY(base::rename_path(path, base::join_path(directory, base::base_name(path))));
        context.note("saved " + std::string(base::base_name(path)));
    }
    if (context.json) report(packages, names);
    return 0;
}

void FilesCommand::report(const std::vector<pkg::WantedPackage>& packages, const std::vector<std::string>& names) const {
    base::JsonWriter json(2);
    json.begin_array();
    for (size_t i = 0; i < packages.size(); i++) {
        base::Result<std::string> sha256 = base::hash_file_hex("sha256", base::join_path(directory, names[i]));
        json.begin_object().member("name", packages[i].source.name).member("version", packages[i].version.text()).member("file", names[i]);
        if (sha256.ok()) json.member("sha256", *sha256);
        json.end_object();
    }
    context.out(json.end_array().text() + "\n");
}

}  // namespace

// adder pip download [OPTIONS] REQUIREMENT…
base::Result<int> cmd_pip_download(Context& context, const Arguments& arguments) {
    FilesCommand command(context, Wanted::Files);
    Options options("pip download", kPagePipDownload);
    command.declare(options);
    options.value(command.directory, "-d,--dest", "DIR", "where the files go (default: here)");
    options.value(command.machine_options.python_version, "--python-version", "VERSION", "the Python that the files are for");
    options.values(command.machine_options.platforms, "--platform,--python-platform", "PLATFORM",
                   "the platform that the files are for; several: what fits any of them");
    options.value(command.machine_options.implementation, "--implementation", "NAME", "cp, or py for wheels of pure Python");
    options.values(command.machine_options.abis, "--abi", "TAG", "wheels of this ABI, besides abi3 and none");
    if (!TRY(options.parse(arguments, context.defaults("pip download").get()))) return 0;
    return command.run();
}

// adder pip wheel [OPTIONS] REQUIREMENT…
base::Result<int> cmd_pip_wheel(Context& context, const Arguments& arguments) {
    FilesCommand command(context, Wanted::Wheels);
    Options options("pip wheel", kPagePipWheel);
    command.declare(options);
    options.value(command.directory, "-w,--wheel-dir", "DIR", "where the wheels go (default: here)");
    if (!TRY(options.parse(arguments, context.defaults("pip wheel").get()))) return 0;
    return command.run();
}

}  // namespace cli
