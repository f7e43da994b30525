// The text files of packages: requirements.txt, METADATA, RECORD, entry points, direct_url.json, pylock.toml, pyproject.toml.
#include "pkg/direct_url.h"
#include "pkg/entry_points.h"
#include "pkg/index/index.h"
#include "pkg/lock/lock.h"
#include "pkg/manifest_edit.h"
#include "pkg/metadata.h"
#include "pkg/metadata_check.h"
#include "pkg/requirements_txt.h"
#include "pkg/script_metadata.h"
#include "pkg/target.h"
#include "pkg/wheel/record.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pkg_targets.h"

namespace pkg::fuzz {

// Files that it names hold the input again, a few times.
void fuzz_requirements_txt(std::string_view data) {
    int left = 3;
    auto read = [&](const std::string& path) -> base::Result<std::string> {
        if (left-- <= 0) return base::Error(base::ErrorKind::Io, "`" + path + "` is not there");
        return std::string(data);
    };
    auto variable = [](const std::string& name, std::string& value) {
        value = name;
        return name.size() < 3;
    };
    base::Result<RequirementsFile> file = parse_requirements_txt(data, "dir/requirements.txt", read, variable);
    if (accepted(file))
        for (const RequirementLine& line : file->requirements) CHECK(line.has_name || !line.requirement.url.empty());
}

void fuzz_metadata(std::string_view data) {
    base::Result<Metadata> metadata = parse_metadata(data);
    base::Result<Metadata> lean = parse_metadata_for_resolving(data);
    for (const base::Error& each : check_metadata(data)) CHECK(!base::render(each, false).empty());
    (void)accepted(lean);
    if (!accepted(metadata)) return;
    CHECK(lean.ok() && lean->requires_dist == metadata->requires_dist);
    base::Result<Metadata> again = parse_metadata(write_metadata(*metadata));
    CHECK(again.ok() && again->name == metadata->name && again->version == metadata->version &&
          again->requires_dist == metadata->requires_dist);
}

void fuzz_record(std::string_view data) {
    base::Result<std::vector<RecordEntry>> entries = parse_record(data);
    if (!accepted(entries)) return;
    base::Result<std::vector<RecordEntry>> again = parse_record(write_record(*entries));
    CHECK(again.ok() && again->size() == entries->size());
    for (size_t i = 0; i < again->size(); ++i)
        CHECK((*again)[i].path == (*entries)[i].path && (*again)[i].digest == (*entries)[i].digest && (*again)[i].size == (*entries)[i].size);
}

void fuzz_entry_points(std::string_view data) {
    base::Result<std::vector<EntryPoint>> entries = parse_entry_points(data);
    if (!accepted(entries)) return;
    base::Result<std::vector<EntryPoint>> again = parse_entry_points(write_entry_points(*entries));
    CHECK(again.ok() && again->size() == entries->size());
}

void fuzz_direct_url(std::string_view data) {
    CHECK(strip_credentials(data).size() <= data.size());
    (void)direct_info_of_url(data);
    base::Result<DirectUrl> direct = parse_direct_url(data);
    if (!accepted(direct)) return;
    std::string written = write_direct_url(*direct);
    base::Result<DirectUrl> again = parse_direct_url(written);
    CHECK(again.ok() && write_direct_url(*again) == written);
}

void fuzz_pylock(std::string_view data) {
    base::Result<Lock> lock = parse_lock(std::string(data));
    if (!accepted(lock)) return;
    std::string written = write_lock(*lock);
    base::Result<Lock> again = parse_lock(written);
    CHECK(again.ok() && write_lock(*again) == written);
    SelectOptions options;
    options.extras = lock->extras;
    static const Target target = MUST(make_target("3.11", Platform{}));
    (void)accepted(select_packages(*lock, target, options));
}

void fuzz_manifest(std::string_view data) {
    std::string text(data);
    (void)accepted(parse_script_metadata(data, "script.py"));
    base::Result<Manifest> manifest = parse_manifest(text);
    if (!accepted(manifest)) return;
    for (const DependencyGroup& group : manifest->groups) (void)accepted(resolve_group(manifest->groups, group.name));
    (void)default_groups(*manifest);
    Requirement zeta = MUST(parse_requirement("zeta>=1"));
    for (auto kind : {DependencyList508::Kind::Project, DependencyList508::Kind::Group}) {
        if (kind == DependencyList508::Kind::Project && !manifest->has_project) continue;
        base::Result<std::string> added = add_dependency(text, {kind, "dev"}, zeta);
        if (!accepted(added)) continue;
        CHECK(parse_manifest(*added).ok());
        base::Result<std::string> removed = remove_dependency(*added, {kind, "dev"}, "zeta");
        CHECK(removed.ok() && parse_manifest(*removed).ok());
    }
    base::Result<std::string> numbered = set_version(text, MUST(parse_version("7.7")));
    if (accepted(numbered)) CHECK(parse_manifest(*numbered).ok());
}

}  // namespace pkg::fuzz
