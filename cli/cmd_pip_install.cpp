// adder pip install
#include <algorithm>
#include <cstdlib>

#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/apply_options.h"
#include "cli/builder.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/report.h"
#include "cli/target.h"
#include "pkg/install/plan.h"
#include "pkg/name.h"
#include "pkg/requirements_txt.h"

namespace cli {

namespace {

struct InstallCommand {
    Context& context;
    PlaceOptions place_options;
    ApplyOptions apply_options;
    std::vector<std::string> requirements, requirement_files, constraint_files, editables, no_binary, only_binary,
        upgrade_packages;
    std::string report_file, resolution, prerelease, exclude_newer;
    bool upgrade = false, no_deps = false, pre = false, dry_run = false, force = false, require_hashes = false;
    pkg::ResolveRequest request;
    std::vector<std::pair<std::string, std::vector<std::string>>> hashes;  // normalised name → "sha256:…" allowed

    explicit InstallCommand(Context& c) : context(c) {}

    void declare(Options& options) {
        options.arguments(requirements, "requirement", "what to install: `name>=1`, a path, a URL", Presence::Optional);
        options.values(requirement_files, "-r,--requirement", "FILE", "install what a requirements file lists");
        options.values(constraint_files, "-c,--constraint", "FILE",
                       "bounds for versions, without asking for the packages");
        options.values(editables, "-e,--editable", "DIR", "install a source tree in place");
        options.flag(upgrade, "-U,--upgrade", "newest versions even where installed ones would do");
        options.values(upgrade_packages, "-P,--upgrade-package", "NAME", "newest version of this package");
        options.flag(no_deps, "--no-deps", "without what the packages require");
        options.flag(pre, "--pre", "consider pre-releases");
        options.values(no_binary, "--no-binary", "NAMES", "build these from source (:all: for all)");
        options.values(only_binary, "--only-binary", "NAMES", "never build these (:all: for all)");
        options.value(resolution, "--resolution", "MODE", "highest, lowest or lowest-direct");
        options.value(prerelease, "--prerelease", "POLICY", "if-necessary, allow, disallow or explicit");
        options.value(exclude_newer, "--exclude-newer", "DATE", "only files uploaded before this date");
        options.flag(require_hashes, "--require-hashes", "every requirement must name hashes");
        options.flag(force, "--force-reinstall", "replace packages even where they are right");
        options.flag(dry_run, "--dry-run", "show what would change");
        options.value(report_file, "--report", "FILE", "write pip's installation report (- for stdout)");
        apply_options.declare(options);
        place_options.declare(options);
        context.add_source_options(options);
        context.add_output_options(options);
    }

    base::Result<int> run();
    base::Result<void> read_files();
    base::Result<void> add_line(const std::string& text, PathBuilder& builder, bool editable,
                                const std::string& origin);
    base::Result<void> add_requirement(const pkg::RequirementLine& line, PathBuilder& builder);
    base::Result<void> settle_request(const std::vector<pkg::InstalledDist>& installed);
    base::Result<void> check_hashes(std::vector<pkg::WantedPackage>& wanted);
    bool satisfied(const std::vector<pkg::InstalledDist>& installed, const pkg::Target& target);
    void leave_pip_alone(const Place& place, const std::vector<pkg::InstalledDist>& installed);
    std::vector<pkg::RequirementsFile> files_;
    bool asked_for_pip_ = false;
};

bool stands_for_path(std::string_view text) {
    return text == "." || text == ".." || text.starts_with("./") || text.starts_with("../") || text.starts_with('/') ||
           text.ends_with(".whl") || text.ends_with(".tar.gz") || text.ends_with(".zip");
}

base::Result<void> InstallCommand::read_files() {
    pkg::ReadFile read = [](const std::string& path) { return base::read_file(path); };
    pkg::ReadVariable variable = [](const std::string& name, std::string& value) {
        const char* found = std::getenv(name.c_str());
        if (found) value = found;
        return found != nullptr;
    };
    for (const std::string& path : requirement_files) {
        std::string text = TRY(base::read_file(path));
        files_.push_back(TRY(pkg::parse_requirements_txt(text, path, read, variable)));
    }
    for (const std::string& path : constraint_files) {
        std::string text = TRY(base::read_file(path));
        pkg::RequirementsFile file = TRY(pkg::parse_requirements_txt(text, path, read, variable));
        for (const pkg::RequirementLine& line : file.requirements)
            request.constraints.push_back(line.requirement);
    }
    SourceOptions& sources = context.sources;
    for (const pkg::RequirementsFile& file : files_) {
        if (!file.index_url.empty() && sources.index_url.empty()) sources.index_url = file.index_url;
        sources.extra_index_urls.insert(sources.extra_index_urls.end(), file.extra_index_urls.begin(),
                                        file.extra_index_urls.end());
        sources.find_links.insert(sources.find_links.end(), file.find_links.begin(), file.find_links.end());
        sources.trusted_hosts.insert(sources.trusted_hosts.end(), file.trusted_hosts.begin(), file.trusted_hosts.end());
        no_binary.insert(no_binary.end(), file.no_binary.begin(), file.no_binary.end());
        only_binary.insert(only_binary.end(), file.only_binary.begin(), file.only_binary.end());
        sources.no_index |= file.no_index;
        pre |= file.pre;
        require_hashes |= file.require_hashes;
        for (const pkg::RequirementLine& line : file.constraints)
            request.constraints.push_back(line.requirement);
    }
    return {};
}

// A requirement as typed: PEP 508, or a path or URL whose name is found by looking.
base::Result<void> InstallCommand::add_line(const std::string& text, PathBuilder& builder, bool editable,
                                            const std::string& origin) {
    pkg::Requirement requirement;
    bool named = text.find(" @ ") != std::string::npos && !base::path_exists(text);
    bool direct = (stands_for_path(text) && !named) || base::looks_like_url(text) || editable;
    if (direct) {
        requirement = TRY(builder.requirement_of_path(text, editable));
    } else {
        requirement = TRY(pkg::parse_requirement(text));
    }
    request.roots.push_back({std::move(requirement), origin, pkg::MarkerTree::always()});
    return {};
}

base::Result<void> InstallCommand::add_requirement(const pkg::RequirementLine& line, PathBuilder& builder) {
    pkg::Requirement requirement = line.requirement;
    if (!line.has_name) requirement = TRY(builder.requirement_of_path(line.requirement.url, line.editable));
    if (!line.hashes.empty()) {
        hashes.emplace_back(requirement.key, line.hashes);
        require_hashes = true;
    }
    request.roots.push_back({std::move(requirement), line.origin, pkg::MarkerTree::always()});
    return {};
}

void split_names(const std::vector<std::string>& values, bool& all, std::vector<std::string>& names) {
    for (const std::string& value : values) {
        for (std::string_view name : base::split(value, ',')) {
            if (name == ":all:") {
                all = true;
            } else if (name == ":none:") {
                all = false;
                names.clear();
            } else if (!base::strip(name).empty()) {
                names.push_back(pkg::normalize_name(base::strip(name)));
            }
        }
    }
}

base::Result<void> InstallCommand::settle_request(const std::vector<pkg::InstalledDist>& installed) {
    split_names(no_binary, request.no_binary, request.no_binary_for);
    split_names(only_binary, request.no_build, request.no_build_for);
    request.no_dependencies = no_deps;
    request.upgrade_all = upgrade || force;
    for (const std::string& name : upgrade_packages)
        request.upgrade.push_back(pkg::normalize_name(name));
    request.mode = TRY(parse_resolution_mode(resolution));
    request.prereleases = pre ? pkg::PrereleasePolicy::Allow : TRY(parse_prerelease_policy(prerelease));
    request.exclude_newer = TRY(parse_exclude_newer(exclude_newer));
    for (const pkg::InstalledDist& dist : installed) {
        if (dist.direct_url.empty()) request.preferences.push_back({dist.key, dist.version, pkg::MarkerTree::always()});
    }
    return {};
}

// Everything asked for, with all it requires, is installed: then nothing has to be resolved (as in pip).
bool InstallCommand::satisfied(const std::vector<pkg::InstalledDist>& installed, const pkg::Target& target) {
    if (upgrade || force || !upgrade_packages.empty() || dry_run || !report_file.empty()) return false;
    std::vector<std::pair<pkg::Requirement, std::vector<std::string>>> open;
    for (const pkg::RootRequirement& root : request.roots)
        open.push_back({root.requirement, {}});
    std::vector<std::string> seen;
    while (!open.empty()) {
        auto [requirement, parent_extras] = std::move(open.back());
        open.pop_back();
        if (!requirement.marker.evaluate(target.markers, parent_extras)) continue;
        const pkg::InstalledDist* dist = pkg::find_installed(installed, requirement.key);
        if (!dist || !requirement.url.empty() || !requirement.specifier.contains(dist->version)) return false;
        for (const pkg::Requirement& bound : request.constraints) {
            if (bound.key == dist->key && !bound.specifier.contains(dist->version)) return false;
        }
        std::vector<std::string> extras = requirement.extra_keys();
        std::string key = dist->key + "[" + base::join(extras, ",") + "]";
        if (no_deps || std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
        seen.push_back(key);
        base::Result<pkg::Metadata> metadata = pkg::installed_metadata(*dist);
        if (!metadata.ok()) return false;
        for (const pkg::Requirement& next : metadata->requires_dist)
            open.push_back({next, extras});
    }
    return true;
}

// --require-hashes: only files whose hash was named are used.
base::Result<void> InstallCommand::check_hashes(std::vector<pkg::WantedPackage>& wanted) {
    if (!require_hashes) return {};
    for (pkg::WantedPackage& package : wanted) {
        const std::vector<std::string>* allowed = nullptr;
        for (const auto& [name, list] : hashes) {
            if (name == package.source.name) allowed = &list;
        }
        if (!allowed)
            return base::Error(base::ErrorKind::Integrity,
                               "`" + package.source.name + "` has no hash in the requirements, and one is required");
        bool known = package.source.file.hashes.empty();
        for (const pkg::Hash& hash : package.source.file.hashes)
            known |= std::find(allowed->begin(), allowed->end(), hash.algorithm + ":" + hash.hex) != allowed->end();
        if (!known)
            return base::Error(base::ErrorKind::Integrity, "the hash of `" + package.source.file.file_name +
                                                               "` is not one that the requirements name");
        if (!package.source.file.hashes.empty() || allowed->size() != 1) continue;
        std::string_view algorithm, hex;
        if (base::partition(allowed->front(), ':', algorithm, hex))
            package.source.file.hashes.push_back({std::string(algorithm), std::string(hex)});
    }
    return {};
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

base::Result<int> InstallCommand::run() {
    TRY(read_files());
    Place place = TRY(find_place(context, place_options));
    pkg::PackageIndex index(index_settings(context, nullptr), context.cache(), nullptr);
    PathBuilder builder(context, index);
    index.set_builder(&builder);
    for (const std::string& text : requirements)
        TRY(add_line(text, builder, false, ""));
    for (const std::string& text : editables)
        TRY(add_line(text, builder, true, ""));
    for (const pkg::RequirementsFile& file : files_) {
        for (const pkg::RequirementLine& line : file.requirements)
            TRY(add_requirement(line, builder));
    }
    std::vector<pkg::InstalledDist> installed = TRY(pkg::list_installed(place.site));
    leave_pip_alone(place, installed);
    if (request.roots.empty() && requirement_files.empty() && !asked_for_pip_)
        return base::Error(base::ErrorKind::Usage, "nothing to install was named")
            .with_hint("give requirements, -r FILE or -e DIR");
    TRY(settle_request(installed));
    if (satisfied(installed, place.target)) {
        context.note("everything is installed already");
        return 0;
    }
    request.target = &place.target;
    pkg::Resolution resolved = TRY(pkg::resolve(request, index));
    for (const std::string& warning : resolved.warnings)
        context.warn(warning);
    std::vector<pkg::WantedPackage> wanted = TRY(pkg::wanted_of(resolved, request, place.target));
    for (pkg::WantedPackage& package : wanted)
        package.source.editable |= builder.is_editable(package.source.direct_url);
    TRY(check_hashes(wanted));
    pkg::Change change = pkg::plan_change(wanted, installed, {.exact = false, .reinstall = force, .keep = {}});
    if (!report_file.empty()) TRY(write_pip_report(context, report_file, change, resolved, place.target));
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

}  // namespace

// adder pip install [OPTIONS] REQUIREMENT…
base::Result<int> cmd_pip_install(Context& context, const Arguments& arguments) {
    InstallCommand command(context);
    Options options("pip install", kPagePipInstall);
    command.declare(options);
    if (!TRY(options.parse(arguments, context.defaults("pip install").get()))) return 0;
    return command.run();
}

}  // namespace cli
