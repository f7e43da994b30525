// Candidates and dependencies.
#include "pkg/resolver/provider.h"

#include <algorithm>

#include "base/text.h"
#include "base/url.h"
#include "pkg/dist_name.h"
#include "pkg/name.h"
#include "pkg/resolver/cutoff.h"

namespace pkg {

bool ResolveRequest::may_build(const std::string& name) const {
    auto named = [&](const std::vector<std::string>& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
    return !named(no_build_for) && (!no_build || named(build_for));
}
bool ResolveRequest::may_take_wheels(const std::string& name) const {
    auto named = [&](const std::vector<std::string>& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
    return !named(no_binary_for) && (!no_binary || named(binary_for));
}

static bool lists(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

Provider::Provider(const ResolveRequest& request, Index& index, PackageTable& packages)
    : request_(request), index_(index), packages_(packages) {
    auto learn = [&](const Requirement& requirement) {
        direct_names_.insert(requirement.key);
        if (requirement.specifier.mentions_prerelease()) prerelease_names_.insert(requirement.key);
        for (const Specifier& s : requirement.specifier.clauses()) {
            bool pins = s.op == SpecifierOp::Equal && !s.wildcard;
            if (pins) pinned_[requirement.key].push_back(s.version);
            if (s.op != SpecifierOp::Arbitrary) continue;
            auto version = parse_version(s.arbitrary);
            if (!version.ok()) continue;
            pinned_[requirement.key].push_back(*version);
            bool holds = !request_.target || requirement.marker.evaluate(request_.target->markers);
            if (holds) exact_texts_[requirement.key].emplace_back(*version, s.arbitrary);
        }
    };
    for (const RootRequirement& root : request.roots) learn(root.requirement);
    for (const Requirement& requirement : request.overrides) learn(requirement);
    for (const Requirement& requirement : request.constraints) learn(requirement);
    for (const RootRequirement& root : request.roots)
        if (root.index.empty()) index_.prefetch_project(root.requirement.key);
}

const ProjectSource& Scope::source(const std::string& name) const {
    static const ProjectSource any;
    auto found = sources.find(name);
    return found == sources.end() ? any : found->second;
}

base::Result<const ProjectView*> Provider::view(const std::string& name, const Scope& scope) {
    const ProjectSource& source = scope.source(name);
    bool stated = !source.url.empty() || !source.index.empty();
    std::string key = stated ? name + " @ " + source.url + " " + source.index : name;
    auto known = views_.find(key);
    if (known == views_.end()) {
        auto view = std::make_unique<ProjectView>();
        base::Result<void> filled = fill_view(*view, name, source);
        base::Result<std::unique_ptr<ProjectView>> kept = std::move(view);
        if (!filled.ok()) kept = std::move(filled).error();
        known = views_.emplace(std::move(key), std::move(kept)).first;
    }
    if (!known->second.ok()) return base::Error(known->second.error());
    return known->second->get();
}

base::Result<void> Provider::fill_view(ProjectView& view, const std::string& name, const ProjectSource& source) {
    if (source.url.empty()) {
        view.project = TRY(source.index.empty() ? index_.project(name) : index_.project_of(name, source.index));
        view.found = view.project->found;
        build_view(view, name, *view.project);
        return {};
    }
    view.found = view.direct = true;
    view.url = source.url;
    const Metadata* metadata = patched(name, nullptr);
    if (!metadata) metadata = TRY(index_.direct_metadata(name, source.url));
    if (normalize_name(metadata->name) != name)
        return base::Error(base::ErrorKind::Integrity,
                           "`" + name + " @ " + source.url + "` is the project `" + metadata->name + "`, not `" + name + "`");
    if (base::Result<WheelName> wheel = parse_wheel_name(base::url_file_name(source.url)); wheel.ok() && request_.target &&
                                                                                              request_.target->tags.rank(wheel->tags) < 0)
        return base::Error(base::ErrorKind::NoSolution, "`" + wheel->file_name + "` does not fit this environment, which takes `" +
                                                            request_.target->tags.tags().front().text() + "` and tags below it");
    Candidate candidate;
    candidate.version = metadata->version;
    candidate.python = metadata->requires_python ? &*metadata->requires_python : nullptr;
    candidate.judged = true;
    view.versions.push_back(metadata->version);
    view.candidates.push_back(std::move(candidate));
    return {};
}

void Provider::build_view(ProjectView& view, const std::string& name, const Project& project) {
    view.candidates.reserve(project.releases.size());
    view.versions.reserve(project.releases.size());
    bool cut_off = !request_.exclude_newer.empty() || request_.exclude_newer_for.count(name);
    for (const Release& release : project.releases) {
        Candidate candidate;
        candidate.version = release.version;
        candidate.release = &release;
        if (cut_off) judge(candidate, name);
        // A release made after the cut-off date does not exist for this resolution.
        if (candidate.blocked == Blocked::Newer) continue;
        view.versions.push_back(release.version);
        view.candidates.push_back(std::move(candidate));
    }
}

// The best metadata source first: a wheel whose metadata is a file of its own, any wheel, an sdist.
static int metadata_rank(const DistFile& file) {
    return file.kind == FileKind::Sdist ? 2 : file.has_metadata ? 0 : 1;
}

void Provider::judge(const Candidate& candidate, const std::string& name) const {
    if (candidate.judged) return;
    candidate.judged = true;
    Blocked best = Blocked::No;
    bool usable = false, usable_not_yanked = false, inside_bounds = false;
    for (const DistFile& file : candidate.release->files()) {
        if (!candidate.python && file.requires_python) candidate.python = &*file.requires_python;
        std::string why;
        Blocked blocked = judge_file(file, name, why);
        if (blocked != Blocked::No) {
            // Of several reasons the one that says most: a wrong Python before a wrong platform.
            if (best == Blocked::No || blocked < best) {
                best = blocked;
                candidate.why = why;
            }
            continue;
        }
        usable = true;
        usable_not_yanked |= !file.yanked;
        inside_bounds |= !request_.target || request_.ignore_requires_python || !file.requires_python || file.requires_python->contains(request_.target->python);
        if (file.yanked && candidate.why.empty()) candidate.why = file.yanked_reason;
        if (!candidate.metadata_file || metadata_rank(file) < metadata_rank(*candidate.metadata_file))
            candidate.metadata_file = &file;
    }
    candidate.capped = usable && !inside_bounds;
    if (std::string differs = differs_as_text(candidate, name); !differs.empty()) {
        candidate.blocked = Blocked::Text;
        candidate.why = std::move(differs);
    } else if (!usable) {
        candidate.blocked = best == Blocked::No ? Blocked::Newer : best;
    } else if (!usable_not_yanked) {
        candidate.blocked = Blocked::Yanked;
        candidate.why = "was yanked" + (candidate.why.empty() ? "" : " (reason: " + candidate.why + ")");
    } else {
        candidate.why.clear();
    }
}

// The version is that of the requirement, but the index writes it otherwise (PEP 440 §Arbitrary equality).
std::string Provider::differs_as_text(const Candidate& candidate, const std::string& name) const {
    auto texts = exact_texts_.find(name);
    if (texts == exact_texts_.end()) return "";
    for (const auto& [version, text] : texts->second) {
        if (version == candidate.version && !base::equal_ignoring_case(candidate.version.text(), text))
            return "is `" + candidate.version.text() + "`, which is not `" + text + "` as text";
    }
    return "";
}

Blocked Provider::judge_file(const DistFile& file, const std::string& name, std::string& why) const {
    Blocked blocked = judge_use(file, name, why);
    const std::vector<Hash>* allowed = blocked == Blocked::No ? request_.hashes_for(name) : nullptr;
    if (!allowed || compare_hashes(file.hashes, *allowed) != HashVerdict::Wrong || !any_allowed(name, *allowed)) return blocked;
    why = "has no usable file with a hash that the requirements name";
    return Blocked::Hash;
}

bool Provider::any_allowed(const std::string& name, const std::vector<Hash>& allowed) const {
    auto known = any_allowed_.find(name);
    if (known != any_allowed_.end()) return known->second;
    bool& any = any_allowed_[name] = false;
    auto project = index_.project(name);
    if (!project.ok()) return any;
    std::string why;
    auto usable = [&](const DistFile& file) {
        return compare_hashes(file.hashes, allowed) != HashVerdict::Wrong && judge_use(file, name, why) == Blocked::No;
    };
    // From the newest one on: what is pinned is seldom old.
    const std::vector<Release>& releases = (*project)->releases;
    for (size_t i = releases.size(); i-- > 0 && !any;) any = std::any_of(releases[i].files().begin(), releases[i].files().end(), usable);
    return any;
}

base::Result<const DistFile*> Provider::checked_before_building(const DistFile& file, const std::string& name) {
    const std::vector<Hash>* allowed = request_.hashes_for(name);
    if (file.kind != FileKind::Sdist || (!allowed && !request_.require_hashes)) return &file;
    if (!allowed)
        return base::Error(base::ErrorKind::Integrity, "`" + name + "` has no hash in the requirements, and one is required");
    HashVerdict verdict = compare_hashes(file.hashes, *allowed);
    if (verdict == HashVerdict::Right) return &file;
    auto known = checked_files_.find(&file);
    if (known != checked_files_.end()) return &known->second;
    std::optional<Hash> found;
    if (verdict == HashVerdict::Unknown) found = TRY(index_.hash_among(file, *allowed));
    if (!found)
        return base::Error(base::ErrorKind::Integrity, "the hash of `" + file.file_name + "` is not one that the requirements name");
    DistFile& own = checked_files_.emplace(&file, file).first->second;
    own.hashes.push_back(std::move(*found));
    return &own;
}

Blocked Provider::judge_use(const DistFile& file, const std::string& name, std::string& why) const {
    if (uploaded_after(file.upload_time, request_.cutoff_for(name))) return Blocked::Newer;
    bool wheel = file.kind == FileKind::Wheel;
    if (!wheel && !request_.may_build(name)) {
        why = "has no usable wheels and building from source is disabled";
        return Blocked::NoBuild;
    }
    if (wheel && !request_.may_take_wheels(name)) {
        why = "has no source distribution and wheels are disabled";
        return Blocked::NoBinary;
    }
    if (!request_.target) return Blocked::No;
    if (file.requires_python && !python_fits(*file.requires_python, Scope())) {
        why = "requires Python " + file.requires_python->text();
        return Blocked::Python;
    }
    if (wheel && request_.target->tags.rank(file.tags) < 0) {
        why = "has no wheels with a matching tag (for example `" + request_.target->tags.tags().front().text() + "`)";
        return Blocked::Tags;
    }
    return Blocked::No;
}

bool Provider::python_fits(const SpecifierSet& specifier, const Scope& scope) const {
    if (request_.ignore_requires_python) return true;
    if (request_.target) return without_upper_bound(specifier).contains(request_.target->python);
    VersionSet offered = MarkerTree::python(without_upper_bound(specifier)).python_versions();
    if (offered.starts_inside()) return true;
    if (offered.is_empty() || scope.python.starts_inside()) return false;
    return scope.python.is_empty() || offered.cuts().front() <= scope.python.cuts().front();
}

bool Provider::wants_lowest(const std::string& name) const {
    if (request_.mode == ResolutionMode::Lowest) return true;
    return request_.mode == ResolutionMode::LowestDirect && direct_names_.count(name);
}

bool Provider::prerelease_allowed(const std::string& name, bool& as_fallback) const {
    auto own = request_.prereleases_for.find(name);
    PrereleasePolicy policy = own == request_.prereleases_for.end() ? request_.prereleases : own->second;
    as_fallback = policy == PrereleasePolicy::IfNecessary || (policy == PrereleasePolicy::Explicit && prerelease_names_.count(name));
    return policy == PrereleasePolicy::Allow;
}

const Candidate* Provider::preferred(const std::string& name, const ProjectView& view, const VersionSet& allowed,
                                     const Scope& scope) const {
    auto usable = [&](const Version& version) -> const Candidate* {
        if (!allowed.contains(version)) return nullptr;
        auto at = std::lower_bound(view.candidates.begin(), view.candidates.end(), version,
                                   [](const Candidate& c, const Version& v) { return c.version < v; });
        if (at == view.candidates.end() || at->version != version) return nullptr;
        judge(*at, name);
        if (at->blocked != Blocked::No && at->blocked != Blocked::Yanked) return nullptr;
        if (at->python && !python_fits(*at->python, scope)) return nullptr;
        return &*at;
    };
    std::vector<const Preference*> here, elsewhere;
    if (!request_.upgrade_all && !lists(request_.upgrade, name))
        for (const Preference& p : request_.preferences)
            if (p.name == name) (p.marker.disjoint(scope.marker) ? elsewhere : here).push_back(&p);
    // Several are of environments that were solved apart: which one is meant is not known before they are again.
    bool several = !request_.target && std::any_of(here.begin(), here.end(), [&](const Preference* p) { return p->version != here.front()->version; });
    if (several) here.clear(), elsewhere.clear();
    // The old lock's choice for these environments first, then what other forks took, then the rest of the old lock.
    for (const Preference* p : here)
        if (const Candidate* found = usable(p->version)) return found;
    if (auto forks = fork_preferences_.find(name); forks != fork_preferences_.end())
        for (const Version& version : forks->second)
            if (const Candidate* found = usable(version)) return found;
    for (const Preference* p : elsewhere)
        if (const Candidate* found = usable(p->version)) return found;
    return nullptr;
}

const MarkerTree* Provider::missing_environment(const Release& release, const Scope& scope, const MarkerTree& wanted) const {
    if (request_.target || request_.required_environments.empty()) return nullptr;
    bool sdist = std::any_of(release.files().begin(), release.files().end(), [](const DistFile& f) { return f.kind == FileKind::Sdist; });
    if (sdist) return nullptr;
    for (const MarkerTree& environment : request_.required_environments) {
        MarkerTree where = environment & scope.marker & wanted;
        if (where.is_never()) continue;
        bool covered = std::any_of(release.files().begin(), release.files().end(),
                                   [&](const DistFile& file) { return wheel_fits(file.tags, where, where.python_versions()); });
        if (!covered) return &environment;
    }
    return nullptr;
}

base::Result<Choice> Provider::choose(const std::string& name, const VersionSet& allowed, const Scope& scope, const MarkerTree& wanted) {
    const ProjectView* view = TRY(this->view(name, scope));
    Choice choice;
    if (view->direct) {
        const Candidate& only = view->candidates.front();
        bool fits = !only.python || python_fits(*only.python, scope);
        if (allowed.contains(only.version) && fits) choice.candidate = &only;
        if (!fits) choice.blocked.push_back({VersionSet::full(), "requires Python " + only.python->text(), Blocked::Python});
        return choice;
    }
    if (const Candidate* found = preferred(name, *view, allowed, scope)) {
        choice.candidate = found;
        return choice;
    }
    select(choice, name, *view, allowed, scope, wanted);
    if (choice.candidate) {
        prefetch(name, *view, allowed);
    } else {
        explain_gap(name, *view, allowed, scope, wanted, choice);
    }
    return choice;
}

bool Provider::guess(const std::string& name, const VersionSet& allowed, const Scope& scope, const MarkerTree& wanted) {
    if (scope.source(name) != ProjectSource()) return true;
    if (!index_.at_hand(name)) return false;
    // What is wrong here is told when the project's turn comes.
    auto found = view(name, scope);
    if (!found.ok()) return true;
    Choice choice;
    choice.candidate = preferred(name, **found, allowed, scope);
    if (!choice.candidate) select(choice, name, **found, allowed, scope, wanted);
    if (choice.candidate) begin_metadata(name, choice.candidate->version, scope);
    return true;
}

bool Provider::begin_metadata(const std::string& name, const Version& version, const Scope& scope) {
    auto found = view(name, scope);
    if (!found.ok() || (*found)->direct || patched(name, &version)) return false;
    const Candidate* candidate = this->candidate(name, version, scope);
    return candidate && candidate->metadata_file && index_.prefetch_metadata(*candidate->metadata_file);
}

void Provider::select(Choice& choice, const std::string& name, const ProjectView& view, const VersionSet& allowed, const Scope& scope,
                      const MarkerTree& wanted) const {
    auto pinned = pinned_.find(name);
    auto is_pinned = [&](const Version& version) {
        return pinned != pinned_.end() &&
               std::any_of(pinned->second.begin(), pinned->second.end(),
                           [&](const Version& pin) { return pin == version || pin == version.public_version(); });
    };
    bool fallback = false;
    bool prereleases = prerelease_allowed(name, fallback);
    bool lowest = wants_lowest(name);
    size_t count = view.candidates.size();
    // Four rounds at most: final versions, then pre-releases; for each those inside their requires-python bounds first. Each
    // twice where wheels are preferred: those that have one before the others.
    bool met_capped = false;
    int tries = request_.prefer_binary ? 2 : 1;
    for (int pass = 0; pass < 4 * tries; pass++) {
        bool capped = pass / tries >= 2, second = pass / tries % 2 == 1, wheels_only = pass % tries != tries - 1;
        if ((second && !fallback) || (capped && !met_capped)) continue;
        for (size_t i = 0; i < count; i++) {
            const Candidate& c = view.candidates[lowest ? i : count - 1 - i];
            bool pre = c.version.is_prerelease();
            if (fallback ? pre != second : pre && !prereleases) continue;
            if (!allowed.contains(c.version)) continue;
            judge(c, name);
            met_capped |= c.capped;
            if (c.capped != capped) continue;
            if (wheels_only && !(c.metadata_file && c.metadata_file->kind == FileKind::Wheel)) continue;
            if (c.blocked == Blocked::Yanked ? !is_pinned(c.version) : c.blocked != Blocked::No) continue;
            if (c.python && !request_.target && !python_fits(*c.python, scope)) {
                VersionSet offered = MarkerTree::python(c.python->to_set()).python_versions().intersection(scope.python);
                if (choice.python_split.is_empty()) choice.python_split = offered;
                continue;
            }
            if (missing_environment(*c.release, scope, wanted)) continue;
            choice.candidate = &c;
            return;
        }
    }
}

// Nothing fits: says why, for each run of neighbours with the same reason.
void Provider::explain_gap(const std::string& name, const ProjectView& view, const VersionSet& allowed, const Scope& scope,
                           const MarkerTree& wanted, Choice& choice) const {
    BlockedRange running;
    const Version* from = nullptr;
    const Version* to = nullptr;
    auto finish = [&] {
        running.set = from ? VersionSet::between({*from, Place::Before}, {*to, Place::After}) : VersionSet();
        if (from) choice.blocked.push_back(running);
        from = nullptr;
    };
    for (const Candidate& c : view.candidates) {
        if (!allowed.contains(c.version)) {
            finish();
            continue;
        }
        judge(c, name);
        Blocked kind = c.blocked;
        std::string why = c.why;
        if (why.empty() && c.python && !python_fits(*c.python, scope)) kind = Blocked::Python, why = "requires Python " + c.python->text();
        if (const MarkerTree* missing = why.empty() ? missing_environment(*c.release, scope, wanted) : nullptr)
            kind = Blocked::Tags, why = "has no wheel for the required environment `" + missing->text() + "`";
        if (why.empty()) kind = Blocked::Prerelease, why = "is a pre-release, and pre-releases are not allowed for it";
        if (from && why != running.why) finish();
        if (!from) from = &c.version;
        to = &c.version;
        running.why = why;
        running.kind = kind;
    }
    finish();
}

std::vector<Version> Provider::usable(const std::string& name, const ProjectView& view) const {
    std::vector<Version> out;
    for (const Candidate& candidate : view.candidates) {
        if (!view.direct) judge(candidate, name);
        if (candidate.blocked == Blocked::No) out.push_back(candidate.version);
    }
    return out;
}

// A project that is tried again and again will be tried further: fetch ahead in growing batches.
void Provider::prefetch(const std::string& name, const ProjectView& view, const VersionSet& allowed) {
    size_t tries = ++tried_[name];
    if (tries != 5 && tries != 10 && tries != 20 && tries % 40 != 0) return;
    size_t wanted = 50;
    for (size_t i = view.candidates.size(); i-- > 0 && wanted;) {
        const Candidate& c = view.candidates[i];
        if (!allowed.contains(c.version)) continue;
        judge(c, name);
        if (c.blocked != Blocked::No || !c.metadata_file) continue;
        index_.prefetch_metadata(*c.metadata_file);
        wanted--;
    }
}

const Candidate* Provider::candidate(const std::string& name, const Version& version, const Scope& scope) {
    auto view = this->view(name, scope);
    if (!view.ok()) return nullptr;
    const std::vector<Candidate>& all = view.value()->candidates;
    auto at = std::lower_bound(all.begin(), all.end(), version, [](const Candidate& c, const Version& v) { return c.version < v; });
    if (at == all.end() || at->version != version) return nullptr;
    judge(*at, name);
    return &*at;
}

// `version` is null for a direct reference: then a patch must name the version.
const Metadata* Provider::patched(const std::string& name, const Version* version) {
    const MetadataPatch* best = nullptr;
    for (const MetadataPatch& patch : request_.metadata_patches) {
        if (patch.package != name) continue;
        if (version ? patch.version && *patch.version != *version : !patch.version) continue;
        if (!best || patch.version) best = &patch;
    }
    if (!best) return nullptr;
    patches_.resize(request_.metadata_patches.size());
    std::unique_ptr<Metadata>& slot = patches_[static_cast<size_t>(best - request_.metadata_patches.data())];
    if (slot) return slot.get();
    slot = std::make_unique<Metadata>();
    slot->name = name;
    if (best->version) slot->version = *best->version;
    slot->requires_dist = best->requires_dist;
    slot->requires_python = best->requires_python;
    slot->provides_extra = best->provides_extra;
    return slot.get();
}

base::Result<const Metadata*> Provider::metadata(const std::string& name, const Version& version, const Scope& scope) {
    const ProjectView* view = TRY(this->view(name, scope));
    if (const Metadata* patch = patched(name, view->direct ? nullptr : &version)) return patch;
    if (view->direct) return index_.direct_metadata(name, view->url);
    const Candidate* found = candidate(name, version, scope);
    CHECK(found && found->metadata_file);
    return index_.metadata(*TRY(checked_before_building(*found->metadata_file, name)));
}

VersionSet Provider::constrained(const std::string& name, const Scope& scope, std::string& written) const {
    VersionSet set = VersionSet::full();
    for (const Requirement& constraint : request_.constraints) {
        if (constraint.key != name) continue;
        MarkerTree marker;
        if (!applies(constraint, {}, scope, marker)) continue;
        set = set.intersection(constraint.specifier.to_set());
        Requirement bound = constraint;
        if (!bound.specifier.clauses().empty()) bound.url.clear();  // a source of the project's, which bounds nothing
        written += (written.empty() ? "`" : " and `") + bound.text() + "`";
    }
    return set;
}

const MarkerTree& Provider::condition(const Requirement& requirement) const {
    auto known = conditions_.find(&requirement);
    if (known == conditions_.end()) known = conditions_.emplace(&requirement, MarkerTree::of(requirement.marker)).first;
    return known->second;
}

bool Provider::applies(const Requirement& requirement, const std::vector<std::string>& extras, const Scope& scope,
                       MarkerTree& marker) const {
    if (request_.target) return requirement.marker.evaluate(request_.target->markers, extras);
    if (requirement.marker.always()) return true;
    marker = condition(requirement).with_extras(extras);
    return !marker.is_never() && !marker.disjoint(scope.marker);
}

// The requirement itself, or what the overrides put in its place.
std::vector<const Requirement*> Provider::effective(const Requirement& requirement) const {
    std::vector<const Requirement*> out;
    if (lists(request_.exclusions, requirement.key)) return out;
    for (const Requirement& replacement : request_.overrides)
        if (replacement.key == requirement.key) out.push_back(&replacement);
    if (out.empty()) out.push_back(&requirement);
    return out;
}

void Provider::add_requirement(DependencyList& list, const Requirement& requirement, const std::string& index,
                               const MarkerTree& marker, const std::string& self, const Version& self_version) {
    ProjectSource source{requirement.url, requirement.url.empty() ? index : ""};
    VersionSet set = requirement.specifier.to_set();
    std::string condition = marker.is_always() ? "" : base::replace_all(requirement.marker.text(), "\"", "'");
    if (requirement.key == self) {
        if (!set.contains(self_version)) list.unavailable = "depends on itself at another version (`" + requirement.text() + "`)";
        set = VersionSet::single(self_version);
    } else {
        if (index.empty()) index_.prefetch_project(requirement.key);
        list.dependencies.push_back({packages_.intern(requirement.key), set, marker, source, {}, {}, condition});
    }
    for (const std::string& extra : requirement.extra_keys())
        list.dependencies.push_back({packages_.intern(requirement.key, extra), set, marker, source, {}, {}, condition});
}

base::Result<DependencyList> Provider::root_dependencies(const Scope& scope) {
    DependencyList list;
    for (const RootRequirement& root : request_.roots) {
        for (const Requirement* requirement : effective(root.requirement)) {
            MarkerTree marker;
            if (!request_.target && root.condition.disjoint(scope.marker)) continue;
            if (!applies(root.requirement, {}, scope, marker)) continue;
            if (requirement != &root.requirement && !applies(*requirement, {}, scope, marker)) continue;
            size_t first = list.dependencies.size();
            add_requirement(list, *requirement, "", marker, "", Version());
            for (size_t i = first; i < list.dependencies.size(); i++) {
                list.dependencies[i].origin = root.origin;
                list.dependencies[i].place = root.place;
            }
        }
    }
    return list;
}

base::Result<DependencyList> Provider::dependencies(PackageId package, const Version& version, const Scope& scope) {
    if (package == kRootPackage) return root_dependencies(scope);
    // NOTE: a copy; interning dependencies may move the table.
    const PackageNode node = packages_[package];
    DependencyList list;
    if (!node.extra.empty())
        list.dependencies.push_back({packages_.intern(node.name), VersionSet::single(version), MarkerTree(), {}, {}, {}, {}});
    if (request_.no_dependencies) return list;
    auto loaded = metadata(node.name, version, scope);
    if (!loaded.ok()) {
        // A broken release is no reason to give up: the solver goes on to another one. A dead network is, and so are bytes that are not the promised ones.
        base::ErrorKind kind = loaded.error().kind;
        if (kind == base::ErrorKind::Network || kind == base::ErrorKind::Integrity || kind == base::ErrorKind::Io) return std::move(loaded).error();
        list.unavailable = "has unusable metadata: " + loaded.error().message;
        return list;
    }
    const Metadata& metadata = **loaded;
    if (metadata.requires_python && !python_fits(*metadata.requires_python, scope)) {
        list.unavailable = "requires Python " + metadata.requires_python->text();
        list.wrong_python = true;
        return list;
    }
    std::vector<std::string> extras;
    if (!node.extra.empty()) {
        extras.push_back(node.extra);
        if (!metadata.has_extra(node.extra)) note(no_such_extra(node.name, version, node.extra));
    }
    for (size_t i = 0; i < metadata.requires_dist.size(); i++) {
        const Requirement& requirement = metadata.requires_dist[i];
        // What the project itself needs is its own node's; the extra's node adds what only the extra brings.
        MarkerTree marker;
        if (!applies(requirement, extras, scope, marker)) continue;
        if (!extras.empty()) {
            if (requirement.marker.always()) continue;
            MarkerTree plain;
            if (request_.target && applies(requirement, {}, scope, plain)) continue;
            if (!request_.target && condition(requirement).without_extras() == marker) continue;
        }
        for (const Requirement* one : effective(requirement)) {
            MarkerTree both = marker;
            if (one != &requirement) {
                MarkerTree own;
                if (!applies(*one, extras, scope, own)) continue;
                both = both & own;
            }
            add_requirement(list, *one, metadata.requires_index.empty() ? "" : metadata.requires_index[i], both, node.name, version);
        }
    }
    return list;
}

}  // namespace pkg
