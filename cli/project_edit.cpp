// Editing and taking back.
#include "cli/project_edit.h"

#include <algorithm>

#include "cli/report.h"

namespace cli {

std::optional<base::FileLock> lock_for_editing(const Context& context, const std::string& folder) {
    if (folder.empty()) return {};
    base::Result<base::FileLock> lock = base::FileLock::try_of_directory(folder);
    if (lock.ok() && !lock->held()) {
        context.note("waiting for another command that edits " + folder);
        lock = base::FileLock::of_directory(folder);
    }
    // Some network file systems have no locks for directories: there one edits as if alone.
    if (!lock.ok()) return {};
    return std::move(*lock);
}

ProjectEdit::ProjectEdit(Context& context, Project& project) : context_(context), project_(project), before_(project.text) {
    base::Result<std::string> lock = base::read_file(project.lock_path());
    had_lock_ = lock.ok();
    if (lock.ok()) lock_before_ = *lock;
}

ProjectEdit::~ProjectEdit() {
    if (done_ || !written_) return;
    // The first error is the one to tell; a second one here would hide it.
    (void)base::write_file_atomic(project_.manifest_path(), before_).ok();
    (void)(had_lock_ ? base::write_file_atomic(project_.lock_path(), lock_before_) : base::remove_file(project_.lock_path())).ok();
}

base::Result<void> ProjectEdit::apply(std::string text) {
    project_.manifest = TRY(pkg::parse_manifest(text, "pyproject.toml"));
    project_.text = std::move(text);
    return {};
}

base::Result<int> ProjectEdit::finish(const pkg::Lock& lock, pkg::PackageIndex& index, bool sync, const SyncOptions& options) {
    written_ = true;
    TRY(base::write_file_atomic(project_.manifest_path(), project_.text));
    TRY(save_lock(project_, lock));
    if (sync) {
        venv::Environment environment = TRY(project_environment(context_, project_, options.python));
        pkg::Change change = TRY(sync_environment(context_, project_, lock, environment, options, index));
        print_change(context_, change, "");
    }
    done_ = true;
    return 0;
}

std::optional<pkg::Version> locked_version(const pkg::Lock& lock, const pkg::Requirement& requirement) {
    std::optional<pkg::Version> lowest;
    pkg::MarkerTree where = pkg::MarkerTree::of(requirement.marker);
    for (const pkg::LockPackage& package : lock.packages) {
        if (package.name != requirement.key || !package.version) continue;
        if ((pkg::MarkerTree::of(package.marker) & where).is_never()) continue;
        if (!lowest || *package.version < *lowest) lowest = *package.version;
    }
    return lowest;
}

std::vector<ListedRequirement> listed_requirements(const pkg::Manifest& manifest) {
    std::vector<ListedRequirement> out;
    for (const pkg::Dependency508& item : manifest.project.dependencies)
        out.push_back({{}, &item.requirement});
    for (const auto& [extra, list] : manifest.project.optional_dependencies) {
        for (const pkg::Dependency508& item : list)
            out.push_back({{pkg::DependencyList508::Kind::Extra, extra}, &item.requirement});
    }
    for (const pkg::DependencyGroup& group : manifest.groups) {
        for (const pkg::GroupItem& item : group.items)
            if (item.dependency) out.push_back({{pkg::DependencyList508::Kind::Group, group.written}, &item.dependency->requirement});
    }
    return out;
}

BoundsToRaise::BoundsToRaise(const pkg::Manifest& manifest, const std::vector<std::string>& names) {
    for (const auto& [list, requirement] : listed_requirements(manifest)) {
        const std::string& key = requirement->key;
        bool wanted = names.empty() || std::find(names.begin(), names.end(), key) != names.end();
        bool elsewhere = std::any_of(manifest.tool.sources.begin(), manifest.tool.sources.end(),
                                     [&](const pkg::SourceSetting& source) { return source.package == key && source.index.empty(); });
        if (wanted && !elsewhere && requirement->url.empty() && !requirement->specifier.empty()) entries_.push_back({list, *requirement});
    }
}

base::Result<std::string> BoundsToRaise::without(std::string text) const {
    for (const Entry& entry : entries_) {
        pkg::Requirement free = entry.requirement;
        free.specifier = pkg::SpecifierSet();
        text = TRY(pkg::add_dependency(text, entry.list, free));
    }
    return text;
}

// The requirement with the bound that fits the lock; as it was where the lock does not have the project.
static pkg::Requirement raised_requirement(const pkg::Requirement& before, const pkg::Lock& lock) {
    std::optional<pkg::Version> version = locked_version(lock, before);
    if (!version) return before;
    const std::vector<pkg::Specifier>& clauses = before.specifier.clauses();
    std::string sign = ">=", text = version->public_text();
    if (clauses.size() == 1 && clauses[0].op == pkg::SpecifierOp::Equal && !clauses[0].wildcard) sign = "==";
    // `~=` needs a second number to leave the last one open.
    if (clauses.size() == 1 && clauses[0].op == pkg::SpecifierOp::Compatible && text.find('.') != std::string::npos) sign = "~=";
    pkg::Requirement out = before;
    out.specifier = MUST(pkg::parse_specifier_set(sign + text));
    return out;
}

base::Result<std::string> BoundsToRaise::raised(std::string text, const pkg::Lock& lock) const {
    for (const Entry& entry : entries_) {
        pkg::Requirement now = raised_requirement(entry.requirement, lock);
        if (now.text() != entry.requirement.text()) text = TRY(pkg::add_dependency(text, entry.list, now));
    }
    return text;
}

std::vector<std::string> BoundsToRaise::changes(const pkg::Lock& lock) const {
    std::vector<std::string> out;
    for (const Entry& entry : entries_) {
        std::string before = entry.requirement.text(), now = raised_requirement(entry.requirement, lock).text();
        if (before != now) out.push_back(before + " → " + now);
    }
    return out;
}

}  // namespace cli
