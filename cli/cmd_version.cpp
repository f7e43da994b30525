// adder version
#include "base/fs.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project_edit.h"
#include "pkg/manifest_edit.h"

namespace cli {

// `release` with segment `index` one higher and those behind it zero.
static void raise(std::vector<uint64_t>& release, size_t index) {
    if (release.size() < index + 1) release.resize(index + 1);
    release[index]++;
    for (size_t i = index + 1; i < release.size(); i++)
        release[i] = 0;
}

// The next version of a kind (PEP 440). A pre-release of a final version is one of the next patch.
static base::Result<pkg::Version> bumped(const pkg::Version& version, const std::string& kind) {
    pkg::VersionParts parts = version.parts();
    parts.local.clear();
    bool had_pre = parts.pre_kind != pkg::PreKind::None, had_dev = parts.has_dev, had_post = parts.has_post;
    pkg::PreKind old_kind = parts.pre_kind;
    uint64_t old_pre = parts.pre, old_dev = parts.dev, old_post = parts.post;
    parts.pre_kind = pkg::PreKind::None;
    parts.has_post = parts.has_dev = false;
    if (kind == "major" || kind == "minor" || kind == "patch") {
        raise(parts.release, kind == "major" ? 0 : kind == "minor" ? 1 : 2);
    } else if (kind == "post") {
        parts.pre_kind = old_kind;
        parts.has_post = true;
        parts.post = had_post ? old_post + 1 : 1;
    } else if (kind == "dev") {
        if (!had_pre && !had_dev) raise(parts.release, 2);
        parts.pre_kind = old_kind;
        parts.has_dev = true;
        parts.dev = had_dev ? old_dev + 1 : 1;
    } else if (kind == "alpha" || kind == "beta" || kind == "rc") {
        pkg::PreKind wanted = kind == "alpha"  ? pkg::PreKind::Alpha
                              : kind == "beta" ? pkg::PreKind::Beta
                                               : pkg::PreKind::Candidate;
        if (had_pre && old_kind > wanted)
            return base::Error(base::ErrorKind::Usage, "after " + version.text() + " no " + kind + " of the same release can come");
        if (!had_pre && !had_dev) raise(parts.release, 2);
        parts.pre_kind = wanted;
        parts.pre = had_pre && old_kind == wanted ? old_pre + 1 : 1;
    } else if (kind != "stable") {
        return base::Error(base::ErrorKind::Usage, "`" + kind + "` is no kind of version; choose from major, minor, patch, "
                                                   "stable, alpha, beta, rc, post and dev");
    }
    return pkg::Version(parts);
}

// adder version [VERSION | --bump KIND]
base::Result<int> cmd_version(Context& context, const Arguments& arguments) {
    std::string wanted, bump;
    bool brief = false, dry_run = false;
    Options options("version", kPageVersion);
    options.argument(wanted, "VERSION", "the version to write", Presence::Optional);
    options.value(bump, "--bump", "KIND", "write the next version of this kind");
    options.flag(brief, "--short", "the version and not the project's name");
    options.flag(dry_run, "--dry-run", "show the new version, but write nothing");
    context.add_project_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("version").get()))) return 0;
    bool changes = !wanted.empty() || !bump.empty();
    std::optional<base::FileLock> alone = lock_for_editing(context, changes && !dry_run ? project_folder(context) : "");
    Project project = TRY(find_project(context));
    if (!project.manifest.has_project)
        return base::Error(base::ErrorKind::NotHolding, "pyproject.toml has no [project] table");
    const std::optional<pkg::Version>& current = project.manifest.project.version;
    if (!wanted.empty() && !bump.empty()) return base::Error(base::ErrorKind::Usage, "give a version or --bump, not both");
    if (!current && (wanted.empty() || !bump.empty()))
        return base::Error(base::ErrorKind::NotHolding, "the project's version is not written in pyproject.toml: it is dynamic");
    pkg::Version next = current ? *current : pkg::Version();
    if (!wanted.empty()) next = TRY(pkg::parse_version(wanted));
    if (!bump.empty()) next = TRY(bumped(*current, bump));
    if (changes && !dry_run) {
        std::string text = TRY(pkg::set_version(project.text, next));
        TRY(base::write_file_atomic(project.manifest_path(), text));
    }
    std::string before = current ? current->text() : "";
    if (context.json) {
        base::JsonWriter json(2);
        json.begin_object().member("name", project.manifest.project.name).member("version", next.text());
        if (changes) json.member("before", before);
        context.out(json.end_object().text() + "\n");
    } else if (brief) {
        context.out(next.text() + "\n");
    } else {
        context.out(project.manifest.project.name + " " + (changes && current ? before + " → " : "") + next.text() + "\n");
    }
    return 0;
}

}  // namespace cli
