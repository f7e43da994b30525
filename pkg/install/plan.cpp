// Comparing what is wanted with what is there.
#include "pkg/install/plan.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/url.h"
#include "pkg/direct_url.h"
#include "pkg/resolver/cutoff.h"

namespace pkg {

// The direct_url.json of a wanted package; empty for one of an index.
std::string direct_url_text(const WantedPackage& wanted) {
    if (wanted.source.direct_url.empty()) return "";
    DirectInfo info = direct_info_of_url(wanted.source.direct_url);
    DirectUrl out;
    out.url = strip_credentials(info.url);
    out.subdirectory = info.subdirectory;
    if (std::string directory = local_directory(info.url);
        info.vcs.empty() && !directory.empty() && base::is_directory(directory)) {
        out.kind = DirectUrl::Kind::Directory;
        out.has_editable = out.editable = wanted.source.editable;
    } else if (!info.vcs.empty()) {
        out.kind = DirectUrl::Kind::Vcs;
        out.vcs = info.vcs;
        out.commit_id = wanted.source.direct.commit_id.empty() ? info.commit_id : wanted.source.direct.commit_id;
        out.requested_revision = wanted.source.direct.url.empty() ? info.requested_revision : wanted.source.direct.requested_revision;
    }
    for (const Hash& hash : wanted.source.file.hashes) {
        if (out.kind == DirectUrl::Kind::Archive) out.hashes.emplace_back(hash.algorithm, hash.hex);
    }
    return write_direct_url(out);
}

// A source tree installed before counts while its pyproject.toml is older than that.
static bool tree_unchanged(const WantedPackage& wanted, const InstalledDist& dist) {
    std::string directory = local_directory(wanted.source.file.url);
    if (directory.empty() || !base::is_directory(directory)) return true;
    if (!wanted.source.editable) return false;
    int64_t installed = base::file_status(dist.path + "/RECORD").mtime_ns;
    return base::file_status(directory + "/pyproject.toml").mtime_ns < installed;
}

static bool is_right(const WantedPackage& wanted, const InstalledDist& dist) {
    if (!wanted.any_version && (!dist.version_is_valid || dist.version != wanted.version)) return false;
    bool direct = !wanted.source.direct_url.empty();
    if (direct != !dist.direct_url.empty()) return false;
    if (!direct) return true;
    base::Result<DirectUrl> before = parse_direct_url(dist.direct_url), now = parse_direct_url(direct_url_text(wanted));
    if (!before.ok() || !now.ok() || before->url != now->url || before->editable != now->editable) return false;
    return before->commit_id == now->commit_id && before->hashes == now->hashes && tree_unchanged(wanted, dist);
}

Change plan_change(const std::vector<WantedPackage>& wanted, const std::vector<InstalledDist>& installed,
                   const ChangeOptions& options) {
    Change out;
    out.replace_damaged = options.reinstall;
    std::vector<bool> settled(installed.size(), false);
    for (const WantedPackage& package : wanted) {
        bool right = false;
        std::span<const InstalledDist> copies = copies_of(installed, package.source.name);
        for (const InstalledDist& dist : copies) {
            settled[&dist - installed.data()] = true;
            // Of two copies one stays at most.
            if (!right && !options.reinstall && !has_twin(copies, dist) && is_right(package, dist)) {
                right = true;
            } else {
                out.remove.push_back(dist);
            }
        }
        if (!right) out.add.push_back(package);
        out.kept += right;
    }
    for (size_t i = 0; i < installed.size() && options.exact; i++) {
        bool keep = std::find(options.keep.begin(), options.keep.end(), installed[i].key) != options.keep.end();
        if (!settled[i] && !keep) out.remove.push_back(installed[i]);
    }
    return out;
}

base::Result<InstallReport> apply_change(const Site& site, const Change& change, PackageIndex& index,
                                         const InstallOptions& options, std::vector<StoredWheel>* added) {
    std::vector<WheelSource> sources;
    for (const WantedPackage& package : change.add)
        sources.push_back(package.source);
    std::vector<StoredWheel> wheels = TRY(index.fetch_wheels(sources));
    InstallPlan plan;
    plan.remove = change.remove;
    plan.replace_damaged = change.replace_damaged;
    for (size_t i = 0; i < wheels.size(); i++) {
        const WantedPackage& wanted = change.add[i];
        if (!wanted.any_version && TRY(parse_version(wheels[i].version)) != wanted.version)
            return base::Error(base::ErrorKind::Integrity, "`" + wanted.source.name + "` should be version " + wanted.version.text() +
                                                               ", but what came is " + wheels[i].version);
        plan.install.push_back(
            {std::move(wheels[i]), wanted.requested, direct_url_text(wanted), wanted.source.editable});
    }
    InstallReport report = TRY(apply_plan(site, plan, options));
    for (size_t i = 0; i < plan.install.size() && added; i++)
        added->push_back(std::move(plan.install[i].wheel));
    return report;
}

static const DistFile* choose_of(const Release& release, const Target& target, const FileChoice& choice, HashVerdict verdict) {
    const DistFile *best = nullptr, *sdist = nullptr;
    int best_rank = 0;
    bool all_yanked = release.yanked();
    for (const DistFile& file : release.files()) {
        if ((file.yanked && !all_yanked) || uploaded_after(file.upload_time, choice.uploaded_until)) continue;
        if (choice.hashes && compare_hashes(file.hashes, *choice.hashes) != verdict) continue;
        if (!choice.ignore_requires_python && file.requires_python && !without_upper_bound(*file.requires_python).contains(target.python)) continue;
        if (file.kind == FileKind::Sdist) {
            if (!sdist || file.file_name.ends_with(".tar.gz")) sdist = &file;
            continue;
        }
        int rank = choice.no_binary ? -1 : target.tags.rank(file.tags);
        if (rank < 0) continue;
        bool later =
            best && rank == best_rank &&
            std::pair(file.build_number, file.build_suffix) > std::pair(best->build_number, best->build_suffix);
        if (!best || rank < best_rank || later) {
            best = &file;
            best_rank = rank;
        }
    }
    return best ? best : choice.no_build ? nullptr : sdist;
}

const DistFile* choose_file(const Release& release, const Target& target, const FileChoice& choice) {
    if (!choice.hashes) return choose_of(release, target, choice, HashVerdict::Unknown);
    for (HashVerdict verdict : {HashVerdict::Right, HashVerdict::Unknown, HashVerdict::Wrong}) {
        if (const DistFile* file = choose_of(release, target, choice, verdict)) return file;
    }
    return nullptr;
}

const DistFile* choose_file(const Release& release, const std::string& name, const ResolveRequest& request, const Target& target) {
    FileChoice choice{.no_binary = !request.may_take_wheels(name),
                      .no_build = !request.may_build(name),
                      .ignore_requires_python = request.ignore_requires_python,
                      .uploaded_until = request.cutoff_for(name),
                      .hashes = request.hashes_for(name)};
    return choose_file(release, target, choice);
}

base::Result<std::vector<WantedPackage>> wanted_of(const Resolution& resolution, const ResolveRequest& request,
                                                   const Target& target) {
    std::vector<WantedPackage> out;
    for (const ResolvedPackage& package : resolution.packages) {
        WantedPackage wanted;
        wanted.source.name = package.name;
        wanted.version = package.version;
        for (const RootRequirement& root : request.roots)
            wanted.requested |= root.requirement.key == package.name;
        if (package.release) {
            const DistFile* file = choose_file(*package.release, package.name, request, target);
            if (!file)
                return base::Error(base::ErrorKind::NoSolution, "`" + package.name + " " + package.version.text() +
                                                                    "` has no file that this environment can use");
            wanted.source.file = *file;
        } else {
            wanted.source.direct_url = package.url;
            wanted.source.direct = package.direct;
            wanted.source.file.url = package.url.substr(0, package.url.find('#'));
            wanted.source.file.file_name = base::url_file_name(wanted.source.file.url);
            wanted.source.file.kind =
                wanted.source.file.file_name.ends_with(".whl") ? FileKind::Wheel : FileKind::Sdist;
            wanted.source.file.any_name = wanted.source.file.kind == FileKind::Sdist;
            wanted.source.file.subdirectory = package.direct.subdirectory;
            wanted.source.file.hashes = package.direct.hashes;
            wanted.source.editable = package.direct.editable;
        }
        out.push_back(std::move(wanted));
    }
    return out;
}

}  // namespace pkg
