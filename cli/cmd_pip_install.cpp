// adder pip install
#include <algorithm>
#include <unordered_set>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/apply_options.h"
#include "cli/builder.h"
#include "cli/commands.h"
#include "cli/lock_install.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/pip_options.h"
#include "cli/pip_report.h"
#include "cli/report.h"
#include "cli/requirement_input.h"
#include "cli/resolve_options.h"
#include "cli/target.h"
#include "pkg/install/plan.h"
#include "pkg/lock/lock.h"
#include "pkg/name.h"

namespace cli {

namespace {

struct InstallCommand {
    Context& context;
    PlaceOptions place_options;
    ApplyOptions apply_options;
    RequirementInput input;
    ResolveOptions resolve_options;
    PipOptions pip_options;
    MachineOptions machine_options;  // of another machine than this one, for --target
    std::string report_file, upgrade_strategy = "only-if-needed", checkout_folder;
    bool dry_run = false, force = false, ignore_installed = false, ignore_requires_python = false, no_build_isolation = false;
    pkg::ResolveRequest request;

    explicit InstallCommand(Context& c) : context(c) {}

    void declare(Options& options) {
        options.arguments(input.arguments, "requirement", "what to install: `name>=1`, a path, a URL", Presence::Optional);
        input.declare_files(options);
        input.declare(options);
        resolve_options.declare_for_pip(options);
        options.choice(upgrade_strategy, "--upgrade-strategy", {"only-if-needed", "eager"},
                       "what --upgrade is for: what is named, and the rest where it has to be; or everything");
        options.flag(ignore_requires_python, "--ignore-requires-python", "take what says that it does not run on this Python too");
        options.flag(no_build_isolation, "--no-build-isolation", "build with what the environment has");
        options.value(checkout_folder, "--src,--source", "DIR", "where `-e git+…` puts repositories (default: src in the environment)");
        options.values(machine_options.platforms, "--platform", "PLATFORM", "choose wheels for this platform (with --target); several: for any");
        options.value(machine_options.implementation, "--implementation", "NAME", "cp, or py for wheels of pure Python (with --target)");
        options.values(machine_options.abis, "--abi", "TAG", "wheels of this ABI, besides abi3 and none (with --target)");
        pip_options.declare(options);
        options.flag(force, "--force-reinstall,--reinstall", "replace packages even where they are right");
        options.flag(ignore_installed, "-I,--ignore-installed", "as if nothing were installed");
        options.flag(dry_run, "--dry-run", "show what would change");
        options.value(report_file, "--report", "FILE", "write pip's installation report (- for stdout)");
        apply_options.declare(options);
        place_options.declare(options);
        context.add_source_options(options);
        context.add_output_options(options);
        context.add_pip_options(options);
    }

    base::Result<int> run();
    // -r pylock.toml: what the lock files say, without resolving.
    bool asks_for_locks() const;
    base::Result<int> run_locks();
    base::Result<int> apply(const Place& place, const pkg::Change& change, pkg::PackageIndex& index);
    base::Result<void> settle_machine(Place& place);
    base::Result<void> settle_request(const std::vector<pkg::InstalledDist>& installed);
    void fetch_ahead(const Place& place, const std::vector<pkg::InstalledDist>& installed, pkg::PackageIndex& index);
    bool satisfied(const std::vector<pkg::InstalledDist>& installed, const pkg::Target& target);
    void leave_pip_alone(const Place& place, const std::vector<pkg::InstalledDist>& installed);
    bool asked_for_pip_ = false;
};

// --platform and its kin choose wheels for another machine: they go into a directory that is for it, and nothing is built.
base::Result<void> InstallCommand::settle_machine(Place& place) {
    if (machine_options.platforms.empty() && machine_options.implementation.empty() && machine_options.abis.empty()) return {};
    if (place_options.target.empty() && !dry_run)
        return base::Error(base::ErrorKind::Usage, "--platform, --implementation and --abi are for --target");
    pkg::ResolveRequest chosen;
    TRY(resolve_options.apply(chosen));
    if (!chosen.no_build && !chosen.no_dependencies)
        return base::Error(base::ErrorKind::Usage, "what is built here is for this machine: --platform, --implementation and --abi need "
                                                   "--only-binary :all: or --no-deps");
    machine_options.python_version = place_options.python_version.empty() ? place.version : place_options.python_version;
    place.target = TRY(find_machine(context, machine_options));
    return {};
}

base::Result<void> InstallCommand::settle_request(const std::vector<pkg::InstalledDist>& installed) {
    TRY(resolve_options.apply(request));
    // pip's --upgrade is for what was named; what that requires changes where it has to.
    if (resolve_options.upgrade && upgrade_strategy != "eager") {
        request.upgrade_all = false;
        for (const pkg::RootRequirement& root : request.roots) request.upgrade.push_back(root.requirement.key);
    }
    request.upgrade_all |= force;
    for (const pkg::InstalledDist& dist : installed)
        if (dist.direct_url.empty() && !ignore_installed) request.preferences.push_back({dist.key, dist.version, pkg::MarkerTree::always()});
    return {};
}

// Everything asked for, with all it requires, is installed: then nothing has to be resolved (as in pip).
bool InstallCommand::satisfied(const std::vector<pkg::InstalledDist>& installed, const pkg::Target& target) {
    const ResolveOptions& given = resolve_options;
    if (given.upgrade || force || !given.upgrade_packages.empty() || dry_run || !report_file.empty()) return false;
    if (!request.overrides.empty() || !request.exclusions.empty()) return false;
    std::vector<std::pair<pkg::Requirement, std::vector<std::string>>> open;
    for (const pkg::RootRequirement& root : request.roots)
        open.push_back({root.requirement, {}});
    std::unordered_set<std::string> seen;
    std::vector<std::string> warnings;
    while (!open.empty()) {
        auto [requirement, parent_extras] = std::move(open.back());
        open.pop_back();
        if (!requirement.marker.evaluate(target.markers, parent_extras)) continue;
        const pkg::InstalledDist* dist = pkg::find_installed(installed, requirement.key);
        if (!dist || !requirement.url.empty() || !requirement.specifier.contains(dist->version)) return false;
        if (pkg::has_twin(installed, *dist)) return false;
        for (const pkg::Requirement& bound : request.constraints) {
            if (bound.key == dist->key && !bound.specifier.contains(dist->version)) return false;
        }
        std::vector<std::string> extras = requirement.extra_keys();
        if (given.no_deps || !seen.insert(dist->key + "[" + base::join(extras, ",") + "]").second) continue;
        base::Result<pkg::Metadata> metadata = pkg::installed_metadata(*dist);
        if (!metadata.ok()) return false;
        for (const std::string& extra : extras) {
            if (!metadata->has_extra(extra)) warnings.push_back(pkg::no_such_extra(dist->key, dist->version, extra));
        }
        for (const pkg::Requirement& next : metadata->requires_dist)
            open.push_back({next, extras});
    }
    for (const std::string& warning : warnings)
        context.warn(warning);
    return true;
}

// `pip install -U pip` stands in many scripts; in an environment of ours pip is adder.
void InstallCommand::leave_pip_alone(const Place& place, const std::vector<pkg::InstalledDist>& installed) {
    if (pkg::find_installed(installed, "pip") || place.root.empty() ||
        !base::path_exists(place.site.purelib + "/pip/__main__.py"))
        return;
    auto is_pip = [](const pkg::RootRequirement& root) {
        return root.requirement.key == "pip" && root.requirement.url.empty();
    };
    size_t before = request.roots.size();
    request.roots.erase(std::remove_if(request.roots.begin(), request.roots.end(), is_pip), request.roots.end());
    asked_for_pip_ = request.roots.size() != before;
    if (asked_for_pip_) context.note("pip is left as it is: adder answers for it here");
}

// Lets wheels be on their way while the resolution goes on; not where their hashes have to be compared first.
void InstallCommand::fetch_ahead(const Place& place, const std::vector<pkg::InstalledDist>& installed, pkg::PackageIndex& index) {
    if (dry_run || input.require_hashes) return;
    request.decided = [&, this](const std::string& name, const pkg::Version& version, const pkg::Release& release) {
        const pkg::InstalledDist* dist = force ? nullptr : pkg::find_installed(installed, name);
        if (dist && dist->version == version) return;
        if (const pkg::DistFile* file = pkg::choose_file(release, name, request, place.target)) index.fetch_ahead(name, *file);
    };
}

base::Result<int> InstallCommand::run() {
    TRY(input.read(context));
    resolve_options.add_formats(input.formats);
    resolve_options.prefer_binary |= input.prefer_binary;
    Place place = TRY(find_place(context, place_options));
    TRY(pip_options.check(place.root));
    TRY(settle_machine(place));
    PackageSupply supply(context, input.manifest());
    if (!checkout_folder.empty()) supply.builder.set_checkout_folder(checkout_folder);
    if (checkout_folder.empty() && !place.root.empty()) supply.builder.set_checkout_folder(place.root + "/src");
    if (no_build_isolation) supply.builder.use_site_packages(place.site.purelib);
    request.target = &place.target;
    request.ignore_requires_python = ignore_requires_python;
    TRY(input.fill(request, supply.builder));
    std::vector<pkg::InstalledDist> installed = TRY(pkg::list_installed(place.site));
    force |= ignore_installed;
    leave_pip_alone(place, installed);
    if (input.empty() && !asked_for_pip_)
        return base::Error(base::ErrorKind::Usage, "nothing to install was named")
            .with_hint("give requirements, -r FILE or -e DIR");
    TRY(settle_request(installed));
    if (satisfied(installed, place.target)) {
        context.note("everything is installed already");
        return 0;
    }
    fetch_ahead(place, installed, supply.index);
    pkg::Resolution resolved = TRY(pkg::resolve(request, supply.index));
    for (const std::string& warning : resolved.warnings)
        context.warn(warning);
    std::vector<pkg::WantedPackage> wanted = TRY(pkg::wanted_of(resolved, request, place.target));
    for (pkg::WantedPackage& package : wanted)
        package.source.editable |= supply.builder.is_editable(package.source.direct_url);
    TRY(RequirementInput::check_hashes(wanted, request, supply.index));
    pkg::Change change = pkg::plan_change(wanted, installed, {.exact = false, .reinstall = force, .keep = {}});
    if (!report_file.empty()) TRY(write_pip_report(context, report_file, change, request, place.target, supply.index));
    return apply(place, change, supply.index);
}

base::Result<int> InstallCommand::apply(const Place& place, const pkg::Change& change, pkg::PackageIndex& index) {
    if (dry_run) {
        print_change(context, change, {});
        return 0;
    }
    pkg::InstallOptions install_options = TRY(apply_options.settle(place.version));
    pkg::InstallReport report = TRY(pkg::apply_change(place.site, change, index, install_options));
    print_report(context, report);
    print_change(context, change, {}, &report);
    return 0;
}

bool InstallCommand::asks_for_locks() const {
    return std::any_of(input.files.begin(), input.files.end(),
                       [](const std::string& file) { return pkg::is_lock_file_name(base::base_name(file)); });
}

base::Result<int> InstallCommand::run_locks() {
    bool alone = input.arguments.empty() && input.editables.empty() && report_file.empty() &&
                 std::all_of(input.files.begin(), input.files.end(),
                             [](const std::string& file) { return pkg::is_lock_file_name(base::base_name(file)); });
    if (!alone)
        return base::Error(base::ErrorKind::Usage, "a lock file is installed alone, without other requirements or a report");
    Place place = TRY(find_place(context, place_options));
    PackageSupply supply(context, nullptr);
    std::vector<pkg::WantedPackage> wanted;
    pkg::SelectOptions selection;
    resolve_options.apply(selection);
    for (const std::string& file : input.files)
        for (pkg::WantedPackage& package : TRY(wanted_of_lock_file(context, file, place.target, selection)))
            wanted.push_back(std::move(package));
    std::vector<pkg::InstalledDist> installed = TRY(pkg::list_installed(place.site));
    pkg::Change change = pkg::plan_change(wanted, installed, {.exact = false, .reinstall = force || ignore_installed, .keep = {}});
    if (change.empty()) {
        context.note("everything is installed already");
        return 0;
    }
    return apply(place, change, supply.index);
}

}  // namespace

// adder pip install [OPTIONS] REQUIREMENT…
base::Result<int> cmd_pip_install(Context& context, const Arguments& arguments) {
    InstallCommand command(context);
    Options options("pip install", kPagePipInstall);
    command.declare(options);
    if (!TRY(options.parse(arguments, context.defaults("pip install").get()))) return 0;
    return command.asks_for_locks() ? command.run_locks() : command.run();
}

}  // namespace cli
