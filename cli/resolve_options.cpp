// Reading them.
#include "cli/resolve_options.h"

#include "base/clock.h"
#include "base/text.h"
#include "pkg/name.h"
#include "pkg/requirements_txt.h"
#include "pkg/resolver/cutoff.h"

namespace cli {

void ResolveOptions::declare_upgrade(Options& options) {
    options.flag(upgrade, "-U,--upgrade", "newest versions even where installed or locked ones would do");
    options.values(upgrade_packages, "-P,--upgrade-package", "NAME", "newest version of this package (NAME<2: below 2)");
}

void ResolveOptions::declare_for_pip(Options& options) {
    declare_upgrade(options);
    options.flag(no_deps, "--no-deps", "without what the packages require");
    declare(options);
}

void ResolveOptions::declare(Options& options) {
    options.flag(pre, "--pre", "consider pre-releases");
    options.value(prerelease, "--prerelease", "POLICY", "disallow, allow, if-necessary, explicit or if-necessary-or-explicit");
    options.values(all_releases, "--all-releases", "NAMES", "consider pre-releases of these");
    options.values(only_final, "--only-final", "NAMES", "no pre-releases of these");
    using Format = pkg::FormatOption;
    auto add_format = [this](Format::Kind kind) { return [this, kind](const std::string& names) { formats.push_back({kind, names}); }; };
    options.each(add_format(Format::NoBinary), "--no-binary", "NAMES", "build these from source (:all: for all)");
    options.each(add_format(Format::OnlyBinary), "--only-binary", "NAMES", "never build these (:all: for all)");
    options.flag(prefer_binary, "--prefer-binary", "a version that has a wheel to a newer one that has to be built");
    options.flag(no_build, "--no-build", "never build anything");
    options.values(no_build_packages, "--no-build-package", "NAME", "never build this package");
    options.values(no_binary_packages, "--no-binary-package", "NAME", "build this package from source");
    options.values(exclusions, "--exclude", "NAME", "never install this package, whoever requires it");
    options.value(resolution, "--resolution", "MODE", "highest, lowest or lowest-direct");
    options.value(exclude_newer, "--exclude-newer", "DATE", "only files uploaded before this date, or before `30 days` ago");
    options.values(exclude_newer_packages, "--exclude-newer-package", "NAME=DATE", "the same for one package");
}

// --upgrade-package NAME or a requirement, which then bounds the package as well.
static base::Result<void> add_upgrade(pkg::ResolveRequest& request, const std::string& text) {
    pkg::Requirement requirement = TRY(pkg::parse_requirement(text));
    request.upgrade.push_back(requirement.key);
    if (!requirement.specifier.clauses().empty()) request.constraints.push_back(requirement);
    return {};
}

static void allow_prereleases(const std::vector<std::string>& values, pkg::PrereleasePolicy policy, pkg::ResolveRequest& request) {
    bool all = false;
    std::vector<std::string> names;
    pkg::split_names(values, all, names);
    if (all) request.prereleases = policy;
    for (const std::string& name : names) request.prereleases_for[name] = policy;
}

// --no-binary and its kin; `to` is a request or a selection.
template <class Choice>
static void choose_files(const ResolveOptions& given, Choice& to) {
    pkg::FormatControl control;
    for (const pkg::FormatOption& option : given.formats) control.add(option);
    auto append = [](std::vector<std::string>& names, const std::vector<std::string>& more) { names.insert(names.end(), more.begin(), more.end()); };
    // A name in one list is left alone by `:all:` in the other one. What a project's settings or --no-build say has no exceptions.
    if (!to.no_binary) append(to.binary_for, control.only_binary_names);
    if (!to.no_build && !given.no_build) append(to.build_for, control.no_binary_names);
    to.no_binary |= control.no_binary;
    to.no_build |= control.only_binary;
    append(to.no_binary_for, control.no_binary_names);
    append(to.no_build_for, control.only_binary_names);
    pkg::split_names(given.no_binary_packages, to.no_binary, to.no_binary_for);
    pkg::split_names(given.no_build_packages, to.no_build, to.no_build_for);
    to.no_build |= given.no_build;
}

void ResolveOptions::apply(pkg::SelectOptions& options) const { choose_files(*this, options); }

ResolveOptions ResolveOptions::without_upgrade() const {
    ResolveOptions out = *this;
    out.upgrade = false;
    out.upgrade_packages.clear();
    return out;
}

base::Result<void> ResolveOptions::apply(pkg::ResolveRequest& request) const {
    choose_files(*this, request);
    request.prefer_binary |= prefer_binary;
    request.no_dependencies |= no_deps;
    request.upgrade_all |= upgrade;
    for (const std::string& text : upgrade_packages) TRY(add_upgrade(request, text));
    for (const std::string& name : exclusions) request.exclusions.push_back(pkg::normalize_name(name));
    if (!resolution.empty()) request.mode = TRY(parse_resolution_mode(resolution));
    if (!prerelease.empty()) request.prereleases = TRY(parse_prerelease_policy(prerelease));
    if (pre) request.prereleases = pkg::PrereleasePolicy::Allow;
    allow_prereleases(all_releases, pkg::PrereleasePolicy::Allow, request);
    allow_prereleases(only_final, pkg::PrereleasePolicy::Disallow, request);
    if (!exclude_newer.empty()) request.exclude_newer = TRY(parse_exclude_newer(exclude_newer));
    for (const std::string& entry : exclude_newer_packages) {
        std::string_view name, date;
        if (!base::partition(entry, '=', name, date))
            return base::Error(base::ErrorKind::Usage, "`--exclude-newer-package " + entry + "`: NAME=DATE is expected");
        request.exclude_newer_for[pkg::normalize_name(name)] = TRY(parse_exclude_newer(date));
    }
    return {};
}

static base::Error unknown(std::string_view what, std::string_view text, std::string_view choices) {
    return base::Error(base::ErrorKind::Usage, "`" + std::string(text) + "` is no " + std::string(what) + "; choose from " +
                                                   std::string(choices));
}

base::Result<pkg::ResolutionMode> parse_resolution_mode(std::string_view text) {
    if (text.empty() || text == "highest") return pkg::ResolutionMode::Highest;
    if (text == "lowest") return pkg::ResolutionMode::Lowest;
    if (text == "lowest-direct") return pkg::ResolutionMode::LowestDirect;
    return unknown("resolution mode", text, "highest, lowest and lowest-direct");
}

base::Result<pkg::PrereleasePolicy> parse_prerelease_policy(std::string_view text) {
    if (text.empty()) return pkg::PrereleasePolicy::IfNecessary;
    if (auto policy = pkg::prerelease_policy(text)) return *policy;
    return unknown("pre-release policy", text, "disallow, allow, if-necessary, explicit and if-necessary-or-explicit");
}

base::Result<std::string> parse_exclude_newer(std::string_view text) { return pkg::parse_cutoff(text, base::system_clock()); }

}  // namespace cli
