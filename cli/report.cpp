// Showing changes.
#include "cli/report.h"

#include <algorithm>

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

void print_change_counts(const Context& context, const pkg::Change& change) {
    auto removals = std::count_if(change.remove.begin(), change.remove.end(),
                                  [&](const pkg::InstalledDist& dist) { return !added(change, dist.key); });
    auto packages = [](size_t count) { return std::to_string(count) + (count == 1 ? " package" : " packages"); };
    if (!change.add.empty()) context.note("installed " + packages(change.add.size()));
    if (removals) context.note("removed " + packages(static_cast<size_t>(removals)));
}

base::Result<base::LinkMode> parse_link_mode(std::string_view text) {
    if (text.empty() || text == "hardlink") return base::LinkMode::Hardlink;
    if (text == "clone" || text == "reflink") return base::LinkMode::Reflink;
    if (text == "copy") return base::LinkMode::Copy;
    return base::Error(base::ErrorKind::Usage, "`" + std::string(text) + "` is no link mode; choose from hardlink, clone and copy");
}

}  // namespace cli
