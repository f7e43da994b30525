// adder pip uninstall
#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/pip_options.h"
#include "cli/report.h"
#include "cli/requirement_files.h"
#include "cli/target.h"
#include "pkg/name.h"

namespace cli {

// As in pip: an empty line means yes, what is no answer is asked for again, and the end of the input is an error.
static base::Result<bool> confirmed(const pkg::Change& change) {
    for (const pkg::InstalledDist& dist : change.remove)
        std::fprintf(stderr, " - %s\n", base::for_terminal(dist.key + "==" + dist.version_text).c_str());
    while (true) {
        std::fprintf(stderr, "Remove them (Y/n)? ");
        std::string line;
        int c;
        while ((c = std::getchar()) != EOF && c != '\n') line += (char)c;
        std::string answer = base::lower(base::strip(line));
        if (c == EOF && line.empty())
            return base::Error(base::ErrorKind::Usage, "nobody answered, so nothing is removed").with_hint("--yes removes without asking");
        if (answer.empty() || answer == "y") return true;
        if (answer == "n") return false;
    }
}

// The project of `name==1.0` or `name[extra]`: versions and extras do not count (as in pip).
static base::Result<void> add_name(std::vector<std::string>& names, const std::string& text) {
    std::string name = TRY(pkg::parse_requirement(text)).name;
    if (std::find(names.begin(), names.end(), pkg::normalize_name(name)) == names.end()) names.push_back(pkg::normalize_name(name));
    return {};
}

// adder pip uninstall [-y] [-r FILE] NAME…
base::Result<int> cmd_pip_uninstall(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    PipOptions pip_options;
    std::vector<std::string> arguments_given, names, files;
    bool yes = false, sync_disk = false;
    Options options("pip uninstall", kPagePipUninstall);
    options.arguments(arguments_given, "name", "packages to remove", Presence::Optional);
    options.values(files, "-r,--requirement", "FILE", "remove what a requirements file lists");
    options.flag(yes, "-y,--yes", "do not ask");
    options.flag(sync_disk, "--fsync", "make the change hold even if the power fails");
    pip_options.declare(options);
    place_options.declare(options);
    context.add_output_options(options);
    context.add_pip_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip uninstall").get()))) return 0;
    for (const std::string& text : arguments_given) TRY(add_name(names, text));
    for (const std::string& file : files) {
        pkg::RequirementsFile listed = TRY(read_requirements(context, file));
        for (const pkg::RequirementLine& line : listed.requirements)
            if (line.has_name) TRY(add_name(names, line.requirement.name));
    }
    if (names.empty()) return base::Error(base::ErrorKind::Usage, "nothing to remove was named");
    Place place = TRY(find_place(context, place_options));
    TRY(pip_options.check(place.root));
    std::vector<pkg::InstalledDist> installed = TRY(pkg::list_installed(place.site));
    pkg::Change change;
    for (const std::string& name : names) {
        std::span<const pkg::InstalledDist> copies = pkg::copies_of(installed, name);
        change.remove.insert(change.remove.end(), copies.begin(), copies.end());
        if (copies.empty()) context.warn("`" + name + "` is not installed");
    }
    if (change.empty()) return 0;
    if (!yes && !TRY(confirmed(change))) return 0;
    pkg::InstallPlan plan;
    plan.remove = change.remove;
    pkg::InstallReport report = TRY(pkg::apply_plan(place.site, plan, {.sync = sync_disk}));
    print_report(context, report);
    print_change(context, change, "");
    return 0;
}

}  // namespace cli
