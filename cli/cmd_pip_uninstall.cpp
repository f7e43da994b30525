// adder pip uninstall
#include <cstdio>

#include "base/terminal.h"
#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/report.h"
#include "cli/requirement_files.h"
#include "cli/target.h"
#include "pkg/name.h"

namespace cli {

static bool confirmed(const pkg::Change& change) {
    for (const pkg::InstalledDist& dist : change.remove)
        std::fprintf(stderr, " - %s\n", base::for_terminal(dist.key + "==" + dist.version_text).c_str());
    std::fprintf(stderr, "Remove them (y/n)? ");
    int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

// adder pip uninstall [-y] [-r FILE] NAME…
base::Result<int> cmd_pip_uninstall(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    std::vector<std::string> names, files;
    bool yes = false, sync_disk = false;
    Options options("pip uninstall", kPagePipUninstall);
    options.arguments(names, "name", "packages to remove", Presence::Optional);
    options.values(files, "-r,--requirement", "FILE", "remove what a requirements file lists");
    options.flag(yes, "-y,--yes", "do not ask");
    options.flag(sync_disk, "--fsync", "make the change hold even if the power fails");
    place_options.declare(options);
    context.add_output_options(options);
    context.add_pip_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip uninstall").get()))) return 0;
    for (const std::string& file : files) {
        pkg::RequirementsFile listed = TRY(read_requirements(context, file));
        for (const pkg::RequirementLine& line : listed.requirements)
            names.push_back(line.requirement.name);
    }
    if (names.empty()) return base::Error(base::ErrorKind::Usage, "nothing to remove was named");
    Place place = TRY(find_place(context, place_options));
    std::vector<pkg::InstalledDist> installed = TRY(pkg::list_installed(place.site));
    pkg::Change change;
    for (const std::string& name : names) {
        std::span<const pkg::InstalledDist> copies = pkg::copies_of(installed, pkg::normalize_name(name));
        change.remove.insert(change.remove.end(), copies.begin(), copies.end());
        if (copies.empty()) context.warn("`" + name + "` is not installed");
    }
    if (change.empty()) return 0;
    if (!yes && base::is_terminal(0) && !confirmed(change)) return 0;
    pkg::InstallPlan plan;
    plan.remove = change.remove;
    pkg::InstallReport report = TRY(pkg::apply_plan(place.site, plan, {.sync = sync_disk}));
    print_report(context, report);
    print_change(context, change, "");
    return 0;
}

}  // namespace cli
