// adder add and adder remove: edit pyproject.toml, lock, sync; all of it or nothing.
#include <algorithm>

#include "base/path.h"
#include "base/text.h"
#include "base/toml.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/project_edit.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/name.h"
#include "pkg/source/git.h"

namespace cli {

namespace {

struct EditCommand {
    std::vector<std::string> names;
    std::string extra, group;
    bool dev = false, no_sync = false;
    SyncOptions sync;
    void declare(Options& options, const char* what) {
        options.arguments(names, "requirement", what, Presence::Required);
        options.value(extra, "--optional", "EXTRA", "in this extra");
        options.value(group, "--group", "GROUP", "in this dependency group");
        options.flag(dev, "--dev", "in the dependency group `dev`");
        options.flag(no_sync, "--no-sync", "leave the environment alone");
        options.value(sync.python, "-p,--python", "PYTHON", "interpreter for a new environment");
        sync.apply.declare(options);
        sync.resolve.declare(options);
    }
    base::Result<pkg::DependencyList508> list() const {
        using Kind = pkg::DependencyList508::Kind;
        if (!extra.empty() + !group.empty() + dev > 1)
            return base::Error(base::ErrorKind::Usage, "--optional, --group and --dev exclude each other");
        if (!extra.empty()) return pkg::DependencyList508{Kind::Extra, extra};
        if (!group.empty()) return pkg::DependencyList508{Kind::Group, group};
        return dev ? pkg::DependencyList508{Kind::Group, "dev"} : pkg::DependencyList508{};
    }
};

// `name` as `name>=1.2`: the bound that keeps a later lock from going back.
base::Result<pkg::Requirement> with_bound(const pkg::Requirement& requirement, const pkg::Lock& lock) {
    if (!requirement.url.empty() || !requirement.specifier.empty()) return requirement;
    std::optional<pkg::Version> lowest = locked_version(lock, requirement);
    if (!lowest) return requirement;
    pkg::Requirement out = requirement;
    out.specifier = TRY(pkg::parse_specifier_set(">=" + lowest->public_text()));
    return out;
}

// What `add` writes for one argument: the requirement, and for a path its entry in [tool.adder.sources].
struct Addition {
    pkg::Requirement requirement;
    std::string source;  // TOML text, empty for none
};

struct AddCommand : EditCommand {
    bool editable = false;
    std::string branch, tag, rev, subdirectory;
    void declare_sources(Options& options) {
        options.flag(editable, "-e,--editable", "install the source trees in place");
        options.value(branch, "--branch", "NAME", "of the repository");
        options.value(tag, "--tag", "NAME", "of the repository");
        options.value(rev, "--rev", "COMMIT", "of the repository");
        options.value(subdirectory, "--subdirectory", "DIR", "where the project is in the repository or archive");
    }

    bool says_where() const { return !branch.empty() || !tag.empty() || !rev.empty() || !subdirectory.empty(); }

    // A path or URL with what the options say about it.
    base::Result<std::string> reference(const std::string& text) const {
        int revisions = !branch.empty() + !tag.empty() + !rev.empty();
        if (revisions > 1) return base::Error(base::ErrorKind::Usage, "--branch, --tag and --rev exclude each other");
        if (revisions && !pkg::is_vcs_url(text))
            return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(text) + "` is no repository, so it has no revisions")
                .with_hint("repositories are written as `git+https://…`");
        if (revisions && !TRY(pkg::parse_vcs_url(text)).revision.empty())
            return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(text) + "` names a revision already");
        if (!subdirectory.empty() && !pkg::direct_info_of_url(text).subdirectory.empty())
            return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(text) + "` names a subdirectory already");
        std::string place = text, fragment;
        if (size_t hash = place.find('#'); hash != std::string::npos) {
            fragment = place.substr(hash);
            place.resize(hash);
        }
        if (revisions) place += "@" + branch + tag + rev;
        if (!subdirectory.empty()) fragment += (fragment.empty() ? "#subdirectory=" : "&subdirectory=") + subdirectory;
        return place + fragment;
    }

    base::Result<pkg::Requirement> requirement(const std::string& text, PathBuilder& builder) const {
        bool place = names_place(text), options = editable || says_where();
        if (!place && !options) return pkg::parse_requirement(text);
        // `-e project` is the directory of that name.
        place = place || base::path_exists(text);
        if (!place && text.find('@') != std::string::npos) return named_reference(TRY(pkg::parse_requirement(text)), builder);
        if (!place && !subdirectory.empty())
            return base::Error(base::ErrorKind::Usage, "`" + text + "` is no repository, archive or directory, so it has no subdirectory");
        size_t extras = text.ends_with(']') ? text.rfind('[') : std::string::npos;
        std::string reference_text = TRY(reference(text.substr(0, extras)));
        if (extras != std::string::npos) reference_text += text.substr(extras);
        return builder.requirement_of_path(reference_text, editable);
    }

    // `name @ URL` with what the options say about the URL.
    base::Result<pkg::Requirement> named_reference(pkg::Requirement named, PathBuilder& builder) const {
        named.url = TRY(reference(named.url));
        if (!editable) return named;
        pkg::Requirement found = TRY(builder.requirement_of_path(named.url, editable));
        if (found.key != named.key)
            return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(named.url) + "` is `" + found.name + "`, not `" + named.name + "`");
        named.url = found.url;
        return named;
    }

    base::Result<Addition> addition(const std::string& text, const Project& project, PathBuilder& builder,
                                    pkg::PackageIndex& index) const {
        Addition out;
        out.requirement = TRY(requirement(text, builder));
        if (out.requirement.url.empty()) return out;
        // Credentials are for the netrc file or the keyring, not for a file that is handed on.
        out.requirement.url = index.learn_credentials(out.requirement.url);
        std::string_view url = out.requirement.url, fragment;
        base::partition(url, '#', url, fragment);
        if (!url.starts_with("file:")) return out;
        std::string path = base::relative_path(pkg::local_directory(url), project.root);
        out.source = "{ path = " + base::toml_string(path);
        std::string folder = pkg::direct_info_of_url(out.requirement.url).subdirectory;
        if (!folder.empty()) out.source += ", subdirectory = " + base::toml_string(folder);
        out.source += editable ? ", editable = true }" : " }";
        out.requirement.url.clear();
        return out;
    }
};

bool asks_for(const pkg::Manifest& manifest, const std::string& key) {
    std::vector<ListedRequirement> listed = listed_requirements(manifest);
    return std::any_of(listed.begin(), listed.end(), [&](const ListedRequirement& item) { return item.requirement->key == key; });
}

// A project that requires itself is told nothing by that. Its extras may be put together so, in other extras and groups.
base::Result<void> check_others(const std::vector<Addition>& additions, const pkg::Manifest& manifest, const pkg::DependencyList508& where) {
    for (const auto& [requirement, source] : additions) {
        if (!manifest.has_project || requirement.key != manifest.key()) continue;
        bool own_extras = !requirement.extras.empty() && requirement.url.empty() && source.empty();
        if (own_extras && where.kind != pkg::DependencyList508::Kind::Project) continue;
        return base::Error(base::ErrorKind::Usage, "`" + requirement.name + "` is this project, which cannot require itself")
            .with_hint("another project of that name needs this one to be renamed; extras of this one go into another extra or a group, "
                       "as in `adder add --dev '" + requirement.name + "[extra]'`");
    }
    return {};
}

// What is listed already for the same project and marker keeps its extras, and what it says of versions where nothing is said now.
void keep_listed(Addition& addition, const pkg::Manifest& manifest, const pkg::DependencyList508& where) {
    pkg::Requirement& now = addition.requirement;
    for (const auto& [list, before] : listed_requirements(manifest)) {
        if (!(list == where) || before->key != now.key || !(before->marker == now.marker)) continue;
        std::vector<std::string> known = now.extra_keys();
        for (const std::string& extra : before->extras)
            if (std::find(known.begin(), known.end(), pkg::normalize_name(extra)) == known.end()) now.extras.push_back(extra);
        if (!now.specifier.empty() || !now.url.empty() || !addition.source.empty()) return;
        now.specifier = before->specifier;
        now.url = before->url;
        return;
    }
}

base::Result<std::string> written(std::string text, const pkg::DependencyList508& list, const std::vector<Addition>& additions) {
    for (const Addition& addition : additions) {
        text = TRY(pkg::add_dependency(text, list, addition.requirement));
        if (!addition.source.empty()) text = TRY(pkg::set_source(text, addition.requirement.name, addition.source));
    }
    return text;
}

}  // namespace

// adder add [--dev | --group GROUP | --optional EXTRA] REQUIREMENT…
base::Result<int> cmd_add(Context& context, const Arguments& arguments) {
    AddCommand command;
    bool no_bounds = false;
    Options options("add", kPageAdd);
    command.declare(options, "what to add: `name`, `name[extra]>=1`, `name @ URL`, a path, a URL, `git+https://…`");
    command.declare_sources(options);
    options.flag(no_bounds, "--raw", "write requirements as given, without a lower bound");
    command.sync.resolve.declare_upgrade(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("add").get()))) return 0;
    pkg::DependencyList508 list = TRY(command.list());
    std::optional<base::FileLock> alone = lock_for_editing(context, project_folder(context));
    Project project = TRY(find_project(context));
    ProjectEdit edit(context, project);
    PackageSupply supply(context, &project.manifest);
    std::vector<Addition> additions;
    for (const std::string& text : command.names)
        additions.push_back(TRY(command.addition(text, project, supply.builder, supply.index)));
    TRY(check_others(additions, project.manifest, list));
    for (Addition& addition : additions)
        keep_listed(addition, project.manifest, list);
    std::optional<pkg::Lock> old = TRY(read_lock(project));
    std::string original = project.text;
    std::string text = TRY(written(original, list, additions));
    TRY(edit.apply(text));
    pkg::Lock lock = TRY(make_lock(context, project, command.sync.resolve, old, supply.index));
    if (!no_bounds) {
        for (Addition& addition : additions) {
            if (addition.source.empty()) addition.requirement = TRY(with_bound(addition.requirement, lock));
        }
        text = TRY(written(original, list, additions));
        TRY(edit.apply(text));
        lock = TRY(make_lock(context, project, command.sync.resolve.without_upgrade(), lock, supply.index));
    }
    return edit.finish(lock, supply.index, !command.no_sync, command.sync);
}

// adder remove [--dev | --group GROUP | --optional EXTRA] NAME…
base::Result<int> cmd_remove(Context& context, const Arguments& arguments) {
    EditCommand command;
    Options options("remove", kPageRemove);
    command.declare(options, "names of what to remove");
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("remove").get()))) return 0;
    pkg::DependencyList508 list = TRY(command.list());
    std::optional<base::FileLock> alone = lock_for_editing(context, project_folder(context));
    Project project = TRY(find_project(context));
    ProjectEdit edit(context, project);
    PackageSupply supply(context, &project.manifest);
    std::optional<pkg::Lock> old = TRY(read_lock(project));
    std::string text = project.text;
    for (const std::string& name : command.names)
        text = TRY(pkg::remove_dependency(text, list, name));
    TRY(edit.apply(text));
    for (const std::string& name : command.names) {
        if (!asks_for(project.manifest, pkg::normalize_name(name))) text = TRY(pkg::remove_source(text, name));
    }
    TRY(edit.apply(text));
    pkg::Lock lock = TRY(make_lock(context, project, command.sync.resolve, old, supply.index));
    return edit.finish(lock, supply.index, !command.no_sync, command.sync);
}

}  // namespace cli
