// adder pip sync
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/path.h"
#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/lock_install.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/report.h"
#include "cli/requirement_input.h"
#include "cli/resolve_options.h"
#include "cli/target.h"
#include "pkg/install/plan.h"
#include "pkg/name.h"

namespace cli {

namespace {

struct SyncCommand {
    Context& context;
    PlaceOptions place_options;
    RequirementInput input;
    std::vector<std::string> files, extras, groups, lock_files;
    ApplyOptions apply_options;
    ResolveOptions resolve_options;
    bool dry_run = false, reinstall = false, allow_empty = false;
    pkg::ResolveRequest request;

    explicit SyncCommand(Context& c) : context(c) {}
    void declare(Options& options);
    pkg::SelectOptions selected() const;
    base::Result<int> run();
    std::vector<pkg::WantedPackage> take_satisfied(const Place& place, const std::vector<pkg::InstalledDist>& installed);
    base::Result<std::vector<pkg::WantedPackage>> wanted(const Place& place, const std::vector<pkg::InstalledDist>& installed,
                                                         pkg::PackageIndex& index, PathBuilder& builder);
};

void SyncCommand::declare(Options& options) {
    options.arguments(files, "FILE", "pylock.toml or requirements files", Presence::Required);
    input.declare_bounds(options);
    options.values(extras, "--extra", "NAME", "with this extra of the lock");
    options.values(groups, "--group", "NAME", "with this dependency group of the lock");
    options.flag(input.require_hashes, "--require-hashes", "every requirement must name hashes");
    input.declare_config(options);
    options.flag(reinstall, "--reinstall", "replace packages even where they are right");
    options.flag(dry_run, "--dry-run", "show what would change");
    options.flag(allow_empty, "--allow-empty-requirements", "remove everything where the files list nothing");
    resolve_options.declare(options);
    apply_options.declare(options);
    place_options.declare(options);
    context.add_source_options(options);
    context.add_output_options(options);
    context.add_pip_options(options);
}

pkg::SelectOptions SyncCommand::selected() const {
    pkg::SelectOptions out;
    for (const std::string& extra : extras)
        out.extras.push_back(pkg::normalize_name(extra));
    resolve_options.apply(out);
    if (groups.empty()) return out;
    out.groups.emplace();
    for (const std::string& group : groups)
        out.groups->push_back(pkg::normalize_name(group));
    return out;
}

// Takes projects out of the request of which the right version is installed: no index has to be asked for them.
std::vector<pkg::WantedPackage> SyncCommand::take_satisfied(const Place& place, const std::vector<pkg::InstalledDist>& installed) {
    std::vector<pkg::WantedPackage> out;
    bool bounded = !request.constraints.empty() || !request.overrides.empty() || !request.exclusions.empty();
    if (reinstall || bounded) return out;
    std::unordered_map<std::string_view, std::vector<const pkg::RootRequirement*>> asked;
    for (const pkg::RootRequirement& root : request.roots)
        asked[root.requirement.key].push_back(&root);
    std::unordered_set<std::string> taken;
    for (const pkg::InstalledDist& dist : installed) {
        auto found = asked.find(dist.key);
        if (found == asked.end() || !dist.direct_url.empty() || pkg::has_twin(installed, dist)) continue;
        const std::vector<const pkg::RootRequirement*>& roots = found->second;
        auto holds = [&](const pkg::RootRequirement* root) { return root->requirement.marker.evaluate(place.target.markers); };
        auto satisfied = [&](const pkg::RootRequirement* root) {
            const pkg::Requirement& requirement = root->requirement;
            return requirement.url.empty() && root->condition.is_always() && requirement.specifier.contains(dist.version);
        };
        if (!std::any_of(roots.begin(), roots.end(), holds) || !std::all_of(roots.begin(), roots.end(), satisfied)) continue;
        if (!taken.insert(dist.key).second) continue;
        pkg::WantedPackage& package = out.emplace_back();
        package.source.name = dist.key;
        package.version = dist.version;
    }
    std::erase_if(request.roots, [&](const pkg::RootRequirement& root) { return taken.count(root.requirement.key) > 0; });
    return out;
}

base::Result<std::vector<pkg::WantedPackage>> SyncCommand::wanted(const Place& place, const std::vector<pkg::InstalledDist>& installed,
                                                                  pkg::PackageIndex& index, PathBuilder& builder) {
    std::vector<pkg::WantedPackage> out;
    if (!input.files.empty()) {
        request.target = &place.target;
        TRY(input.fill(request, builder));
        request.no_dependencies = true;
        TRY(resolve_options.apply(request));
        std::vector<pkg::WantedPackage> satisfied = take_satisfied(place, installed);
        pkg::Resolution resolved = TRY(pkg::resolve(request, index));
        for (const std::string& warning : resolved.warnings)
            context.warn(warning);
        out = TRY(pkg::wanted_of(resolved, request, place.target));
        for (pkg::WantedPackage& package : out)
            package.source.editable |= builder.is_editable(package.source.direct_url);
        TRY(RequirementInput::check_hashes(out, request, index));
        out.insert(out.end(), satisfied.begin(), satisfied.end());
    }
    pkg::SelectOptions options = selected();
    for (const std::string& file : lock_files) {
        for (pkg::WantedPackage& package : TRY(wanted_of_lock_file(context, file, place.target, options)))
            out.push_back(std::move(package));
    }
    return out;
}

base::Result<int> SyncCommand::run() {
    for (const std::string& file : files)
        (pkg::is_lock_file_name(base::base_name(file)) ? lock_files : input.files).push_back(file);
    if (lock_files.empty() && (!extras.empty() || !groups.empty()))
        return base::Error(base::ErrorKind::Usage, "extras and groups are those of a pylock.toml, and none is given");
    TRY(input.read(context));
    resolve_options.add_formats(input.formats);
    resolve_options.prefer_binary |= input.prefer_binary;
    Place place = TRY(find_place(context, place_options));
    PackageSupply supply(context, input.manifest());
    std::vector<pkg::InstalledDist> installed = TRY(pkg::list_installed(place.site));
    std::vector<pkg::WantedPackage> packages = TRY(wanted(place, installed, supply.index, supply.builder));
    if (packages.empty() && !allow_empty)
        return base::Error(base::ErrorKind::Usage, "the files list nothing for this environment")
            .with_hint("to remove everything, give --allow-empty-requirements");
    pkg::Change change = pkg::plan_change(packages, installed, {.exact = true, .reinstall = reinstall, .keep = {"pip"}});
    if (!dry_run && !change.empty()) {
        pkg::InstallOptions install = TRY(apply_options.settle(place.version));
        pkg::InstallReport report = TRY(pkg::apply_change(place.site, change, supply.index, install));
        print_report(context, report);
    }
    print_change(context, change, "the environment is what the files say");
    return 0;
}

}  // namespace

// adder pip sync FILE…
base::Result<int> cmd_pip_sync(Context& context, const Arguments& arguments) {
    SyncCommand command(context);
    Options options("pip sync", kPagePipSync);
    command.declare(options);
    if (!TRY(options.parse(arguments, context.defaults("pip sync").get()))) return 0;
    return command.run();
}

}  // namespace cli
