// Scripts as projects.
#include "cli/script_project.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/report.h"
#include "cli/sync_stamp.h"

namespace cli {

// The part of the lock's name that PEP 751 leaves to us: no dots.
static std::string lock_name(std::string_view script) {
    std::string name(base::base_name(script));
    if (name.ends_with(".py")) name.resize(name.size() - 3);
    for (char& c : name)
        c = c == '.' ? '-' : c;
    return "pylock." + name + ".toml";
}

pkg::Manifest manifest_of_script(pkg::ScriptMetadata metadata, const std::string& path) {
    pkg::Manifest manifest;
    manifest.file = path;
    manifest.project.dependencies = std::move(metadata.dependencies);
    manifest.project.requires_python = std::move(metadata.requires_python);
    manifest.tool = std::move(metadata.tool);
    return manifest;
}

base::Error no_script_block(const std::string& path) {
    return base::Error(base::ErrorKind::Usage, "`" + path + "` has no `# /// script` block (PEP 723)");
}

// Of a script without a block: PEP 723 has a block that is never closed ignored. Said aloud, since it is seldom meant; and where
// no project stands in for it, it is what is wrong.
static base::Result<void> check_unclosed(Context& context, const std::string& source, const std::string& path) {
    constexpr std::string_view kOpen = "# /// script";
    for (std::string_view line : base::split_lines(source)) {
        if (line != kOpen) continue;
        size_t at = static_cast<size_t>(line.data() - source.data());
        base::SourceSpan span = base::span_at(path, source, at, kOpen.size());
        std::string what = "the block of inline metadata is not closed by a line `# ///`";
        if (!has_project(context)) return base::Error(base::ErrorKind::Usage, std::move(what)).with_span(std::move(span));
        context.warn(path + ":" + std::to_string(span.line) + ": " + what + ", so it is ignored (PEP 723)");
        break;
    }
    return {};
}

base::Result<std::optional<Project>> find_script(Context& context, const std::string& path) {
    std::string source = TRY(base::read_file(path));
    std::optional<pkg::ScriptMetadata> metadata = TRY(pkg::parse_script_metadata(source, path));
    if (!metadata) {
        TRY(check_unclosed(context, source, path));
        return std::optional<Project>();
    }
    std::string absolute = base::absolute_path(path);
    Project project;
    project.root = base::parent_path(absolute);
    std::optional<std::string> block = TRY(pkg::script_block(source));
    project.text = absolute + "\n" + *block;
    project.manifest = manifest_of_script(std::move(*metadata), path);
    project.lock_name = lock_name(path);
    project.environment = context.cache().path_of(pkg::Bucket::Scripts, project.text);
    project.script = true;
    return std::optional<Project>(std::move(project));
}

base::Result<venv::Environment> script_environment(Context& context, const Project& found, const SyncOptions& options) {
    Project script = found;
    // One for each Python that is asked for.
    if (!options.python.empty())
        script.environment = context.cache().path_of(pkg::Bucket::Scripts, found.text + "\n" + options.python);
    std::string lock = TRY(read_lock_bytes(script));
    if (lock.empty() && (options.locked || options.frozen)) return missing_lock(script);
    std::string key = sync_key(script.text, lock.empty() ? "no lock" : lock, options);
    // FAST: the block and the lock are those that the environment was made for.
    std::optional<SyncStamp> stamp = read_sync_stamp(script.environment);
    if (stamp && !key.empty() && stamp->key == key) return venv::open_environment(script.environment);
    TRY(base::make_directories(std::string(base::parent_path(script.environment))));
    pkg::Change change;
    venv::Environment environment = TRY(lock_and_sync(context, script, options, &change));
    print_change_counts(context, change);
    write_sync_stamp(environment, {key, true, 0});
    return environment;
}

}  // namespace cli
