// Showing changes.
#include "cli/report.h"

#include <algorithm>

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"

namespace cli {

static std::string version_of(const pkg::WantedPackage& package) {
    return package.any_version ? "" : "==" + package.version.text();
}
static const pkg::InstalledDist* removed(const pkg::Change& change, const std::string& name) {
    for (const pkg::InstalledDist& dist : change.remove) {
        if (dist.key == name) return &dist;
    }
    return nullptr;
}
static bool added(const pkg::Change& change, const std::string& name) {
    return std::any_of(change.add.begin(), change.add.end(),
                       [&](const auto& package) { return package.source.name == name; });
}

static void print_json(const Context& context, const pkg::Change& change, const pkg::InstallReport* report) {
    base::JsonWriter json(2);
    json.begin_object().key("installed").begin_array();
    for (const pkg::WantedPackage& package : change.add) {
        json.begin_object().member("name", package.source.name);
        if (!package.any_version) json.member("version", package.version.text());
        if (const pkg::InstalledDist* before = removed(change, package.source.name))
            json.member("before", before->version_text);
        json.end_object();
    }
    json.end_array().key("removed").begin_array();
    for (const pkg::InstalledDist& dist : change.remove) {
        if (!added(change, dist.key))
            json.begin_object().member("name", dist.key).member("version", dist.version_text).end_object();
    }
    json.end_array().key("kept").integer((int64_t)change.kept);
    auto names = [&](const char* key, const std::vector<std::string>& values) {
        json.key(key).begin_array();
        for (const std::string& value : values)
            json.string(value);
        json.end_array();
    };
    if (report) {
        names("scripts", report->scripts);
        names("startup_files", report->startup_files);
        names("remarks", report->remarks);
    }
    context.out(json.end_object().text() + "\n");
}

void print_change(const Context& context, const pkg::Change& change, std::string_view nothing_to_do,
                  const pkg::InstallReport* report) {
    if (context.json) return print_json(context, change, report);
    if (change.empty() && !nothing_to_do.empty()) context.note(nothing_to_do);
    for (const pkg::WantedPackage& package : change.add) {
        const pkg::InstalledDist* before = removed(change, package.source.name);
        if (!before) {
            context.note(" + " + package.source.name + version_of(package));
        } else {
            context.note(" ~ " + package.source.name + "==" + before->version_text +
                         (package.any_version ? "" : " → " + package.version.text()));
        }
    }
    for (const pkg::InstalledDist& dist : change.remove) {
        if (!added(change, dist.key)) context.note(" - " + dist.key + "==" + dist.version_text);
    }
}

base::Result<void> write_pip_report(const Context& context, const std::string& path, const pkg::Change& change,
                                    const pkg::Resolution& resolution, const pkg::Target& target) {
    base::JsonWriter json(2);
    json.begin_object().member("version", "1").member("pip_version", "23.0.1").key("install").begin_array();
    for (const pkg::WantedPackage& package : change.add) {
        const pkg::Metadata* metadata = nullptr;
        for (const pkg::ResolvedPackage& resolved : resolution.packages) {
            if (resolved.name == package.source.name) metadata = resolved.metadata;
        }
        json.begin_object()
            .key("download_info")
            .begin_object()
            .member("url", package.source.file.url)
            .key("archive_info")
            .begin_object();
        json.key("hashes").begin_object();
        for (const pkg::Hash& hash : package.source.file.hashes)
            json.member(hash.algorithm, hash.hex);
        json.end_object().end_object().end_object();
        json.key("is_direct").boolean(!package.source.direct_url.empty());
        json.key("is_yanked").boolean(package.source.file.yanked);
        json.key("requested").boolean(package.requested);
        json.key("metadata").begin_object();
        json.member("name", metadata ? metadata->name : package.source.name).member("version", package.version.text());
        if (metadata && metadata->requires_python) json.member("requires_python", metadata->requires_python->text());
        if (metadata && !metadata->requires_dist.empty()) {
            json.key("requires_dist").begin_array();
            for (const pkg::Requirement& requirement : metadata->requires_dist)
                json.string(requirement.text());
            json.end_array();
        }
        json.end_object().end_object();
    }
    json.end_array().key("environment").begin_object();
    for (size_t i = 0; i < pkg::kMarkerVariableCount; i++) {
        auto variable = static_cast<pkg::MarkerVariable>(i);
        if (pkg::marker_variable_kind(variable) == pkg::MarkerKind::Text ||
            pkg::marker_variable_kind(variable) == pkg::MarkerKind::Version)
            json.member(pkg::marker_variable_name(variable), target.markers[variable]);
    }
    json.end_object().end_object();
    if (path == "-") {
        context.out(json.text() + "\n");
        return {};
    }
    return base::write_file_atomic(path, json.text() + "\n");
}

static base::Error unknown(std::string_view what, std::string_view text, std::string_view choices) {
    return base::Error(base::ErrorKind::Usage, "`" + std::string(text) + "` is no " + std::string(what) +
                                                   "; choose from " + std::string(choices));
}
base::Result<pkg::ResolutionMode> parse_resolution_mode(std::string_view text) {
    if (text.empty() || text == "highest") return pkg::ResolutionMode::Highest;
    if (text == "lowest") return pkg::ResolutionMode::Lowest;
    if (text == "lowest-direct") return pkg::ResolutionMode::LowestDirect;
    return unknown("resolution mode", text, "highest, lowest and lowest-direct");
}
base::Result<pkg::PrereleasePolicy> parse_prerelease_policy(std::string_view text) {
    if (text.empty() || text == "if-necessary" || text == "if-necessary-or-explicit")
        return pkg::PrereleasePolicy::IfNecessary;
    if (text == "allow") return pkg::PrereleasePolicy::Allow;
    if (text == "disallow") return pkg::PrereleasePolicy::Disallow;
    if (text == "explicit") return pkg::PrereleasePolicy::Explicit;
    return unknown("pre-release policy", text, "if-necessary, allow, disallow and explicit");
}
base::Result<base::LinkMode> parse_link_mode(std::string_view text) {
    if (text.empty() || text == "hardlink") return base::LinkMode::Hardlink;
    if (text == "clone" || text == "reflink") return base::LinkMode::Reflink;
    if (text == "copy") return base::LinkMode::Copy;
    return unknown("link mode", text, "hardlink, clone and copy");
}
base::Result<std::string> parse_exclude_newer(std::string_view text) {
    if (text.empty()) return std::string();
    std::optional<int64_t> moment = base::parse_rfc3339(text);
    if (!moment) return unknown("date", text, "forms such as 2026-01-31 and 2026-01-31T12:00:00Z");
    return base::format_rfc3339(*moment);
}

}  // namespace cli
