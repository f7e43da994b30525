// adder pip check
#include "base/json.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/installed_view.h"
#include "cli/pages.h"

namespace cli {

namespace {

struct Broken {
    const pkg::InstalledDist* dist;
    const pkg::InstalledDist* found = nullptr;  // of another version than required
    std::string requirement;                    // as written; empty for a remark about files
    std::string text;
};

// A line for each requirement that is not met, in pip's words.
void check_requirements(const std::vector<pkg::InstalledDist>& all, const pkg::Target& target,
                        std::vector<Broken>& out) {
    for (const pkg::InstalledDist& dist : all) {
        std::string label = dist.key + " " + dist.version_text;
        base::Result<pkg::Metadata> metadata = pkg::installed_metadata(dist);
        if (!metadata.ok()) {
            out.push_back({&dist, nullptr, "", label + ": " + metadata.error().message + "."});
            continue;
        }
        for (const pkg::Requirement& requirement : metadata->requires_dist) {
            if (!requirement.marker.evaluate(target.markers)) continue;
            const pkg::InstalledDist* found = pkg::find_installed(all, requirement.key);
            if (!found) {
                out.push_back({&dist, nullptr, requirement.text(),
                               label + " requires " + requirement.name + ", which is not installed."});
            } else if (requirement.url.empty() && !requirement.specifier.contains(found->version)) {
                out.push_back({&dist, found, requirement.text(),
                               label + " has requirement " + requirement.text() + ", but you have " + found->key + " " +
                                   found->version_text + "."});
            }
        }
        if (metadata->requires_python && !metadata->requires_python->contains(target.python))
            out.push_back({&dist, nullptr, "",
                           label + " requires Python " + metadata->requires_python->text() + ", this is " +
                               target.python.text() + "."});
    }
}

base::Result<void> check_files(const std::vector<pkg::InstalledDist>& all, std::vector<Broken>& out) {
    std::vector<std::vector<std::string>> found(all.size());
    auto verify = [&](size_t i) -> base::Result<void> {
        base::Result<std::vector<std::string>> lines = pkg::verify_installed(all[i]);
        found[i] = lines.ok() ? *lines : std::vector<std::string>{lines.error().message};
        return {};
    };
    TRY(base::for_each_parallel(all.size(), verify));
    for (size_t i = 0; i < all.size(); i++) {
        for (const std::string& line : found[i])
            out.push_back({&all[i], nullptr, "", all[i].key + " " + all[i].version_text + ": " + line + "."});
    }
    return {};
}

}  // namespace

// adder pip check [--files]
base::Result<int> cmd_pip_check(Context& context, const Arguments& arguments) {
    PlaceOptions place_options;
    place_options.access = Access::Read;
    bool files = false;
    Options options("pip check", kPagePipCheck);
    options.flag(files, "--files", "compare installed files with their RECORD, too");
    place_options.declare(options);
    context.add_output_options(options);
    context.add_pip_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip check").get()))) return 0;
    Place place = TRY(find_place(context, place_options));
    std::vector<pkg::InstalledDist> all = TRY(installed_here(context, place));
    std::vector<Broken> broken;
    check_requirements(all, place.target, broken);
    if (files) TRY(check_files(all, broken));
    if (context.json) {
        base::JsonWriter json(2);
        json.begin_object().key("broken").begin_array();
        for (const Broken& line : broken) {
            json.begin_object().member("name", line.dist->name).member("version", line.dist->version_text);
            if (!line.requirement.empty()) json.member("requirement", line.requirement);
            if (line.found) json.member("found", line.found->version_text);
            json.member("message", line.text).end_object();
        }
        context.out(json.end_array().end_object().text() + "\n");
    } else {
        for (const Broken& line : broken)
            context.out(line.text + "\n");
        if (broken.empty() && !context.quiet) context.out("No broken requirements found.\n");
    }
    return broken.empty() ? 0 : 1;
}

}  // namespace cli
