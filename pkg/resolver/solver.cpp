// The loop around PubGrub: which package next, which version, what it needs, and when to solve environments apart.
#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <unordered_set>

#include "base/text.h"
#include "base/url.h"
#include "pkg/resolver/explain.h"
#include "pkg/resolver/graph.h"
#include "pkg/resolver/hints.h"
#include "pkg/resolver/provider.h"
#include "pkg/resolver/resolver.h"

namespace pkg {

namespace {

// A package in conflict this often is decided early, the one in its way late (heuristic, as uv has it).
constexpr uint32_t kConflictThreshold = 5;

// Conditions that are independent of each other divide an environment into more parts than anyone could solve for.
constexpr size_t kMostParts = 500, kMostForks = 2000;

// So many projects whose pages are on their way are asked after at a time.
constexpr size_t kLookAhead = 100;

// Late is above Plain: packages in conflict are settled before unrelated ones are looked at.
enum class Urgency : uint8_t { Plain, Late, Early, Pinned, Direct };

struct Fork {
    PubGrub core;
    Scope scope;
    PackageId next = kRootPackage;
    std::unordered_map<PackageId, uint32_t> seen;  // order in which requirements named the packages
    std::unordered_map<PackageId, uint32_t> affected, culprit;
    std::set<PackageId> early, late;
    std::unordered_map<PackageId, std::vector<Version>> expanded;  // dependencies are in `core` already
    std::unordered_map<PackageId, MarkerTree> wanted;              // where requirements ask for a project; may be too wide
    std::set<PackageId> bounded;                                   // constraints are in `core` already
    std::set<PackageId> looked_up;                                 // taken from an index: too late for another source
};

// A direct reference or one index that only a dependency names, met where the project had been looked up in any index already.
struct LateSource {
    std::string name;
    ProjectSource source;
    MarkerTree marker;  // of the fork
};

// What one attempt finds out that the next has to know from its start.
struct Lessons {
    std::vector<LateSource> late;
    // Projects for which environments where a source does not hold are to be solved apart from those where it does.
    std::set<std::string> apart;
};

class Solver {
  public:
    Solver(const ResolveRequest& request, Index& index, const Lessons& lessons)
        : request_(request), index_(index), lessons_(lessons), provider_(request, index, packages_) {}

    const std::vector<LateSource>& late() const { return late_; }
    // Projects of which a source that holds in some environments only is used in others as well, or may be in the way there.
    std::set<std::string> overreaching(base::Result<Resolution>& result) const {
        std::set<std::string> out;
        if (!result.ok()) return result.error().kind == base::ErrorKind::NoSolution ? undivided_ : out;
        MarkerTree everywhere = MarkerTree::never();
        for (const MarkerTree& fork : result->forks) everywhere = everywhere | fork;
        for (const ResolvedPackage& package : result->packages) {
            bool stated = undivided_.count(package.name) && ProjectSource{package.url, package.index} != ProjectSource();
            if (stated && !(package.marker & everywhere).implies(partial_.at(package.name))) out.insert(package.name);
        }
        return out;
    }

    base::Result<Resolution> run() {
        TRY(check_roots());
        TRY(start());
        ResolutionGraph graph(request_, packages_, provider_);
        while (!open_.empty()) {
            Fork fork = std::move(open_.back());
            open_.pop_back();
            bool finished = TRY(solve(fork));
            if (!finished) continue;
            std::vector<std::pair<PackageId, Version>> solution = fork.core.solution();
            for (const auto& [package, version] : solution) {
                const PackageNode& node = packages_[package];
                bool of_index = node.extra.empty() && fork.scope.source(node.name).url.empty();
                if (package != kRootPackage && of_index) provider_.prefer(node.name, version);
            }
            TRY(graph.add_fork(fork.scope, solution));
        }
        Resolution out = TRY(graph.finish());
        out.decisions = decisions_;
        out.conflicts = conflicts_;
        for (const std::string& warning : provider_.warnings()) out.warnings.push_back(warning);
        return out;
    }

  private:
    base::Result<void> check_roots() {
        for (const RootRequirement& root : request_.roots) {
            if (!root.requirement.specifier.to_set().is_empty()) continue;
            bool text_only = std::any_of(root.requirement.specifier.clauses().begin(), root.requirement.specifier.clauses().end(),
                                         [](const Specifier& s) { return s.op == SpecifierOp::Arbitrary; });
            return base::Error(base::ErrorKind::NoSolution,
                               subject() + (subject() == "you" ? " require `" : " requires `") + root.requirement.text() +
                                   (text_only ? "`, which is no version we can compare" : "`, which does not allow any version"));
        }
        return {};
    }

    base::Result<void> start() {
        std::vector<MarkerTree> environments = request_.environments;
        if (environments.empty()) environments.push_back(MarkerTree());
        for (size_t i = 0; i < request_.conflicts.size() && !request_.target; i++) {
            environments = divided(environments, request_.conflicts[i]);
            if (environments.size() > kMostForks) return too_many_parts("each set of [tool.adder] conflicts multiplies them");
        }
        stated_ = stated_sources();
        if (!request_.target) {
            environments = TRY(divided_by_source(std::move(environments), stated_));
            for (MarkerTree& environment : environments) environment = environment & MarkerTree::python(request_.requires_python);
            environments = divided_as_before(environments);
        }
        for (size_t i = environments.size(); i-- > 0;) TRY(open(environments[i]));
        return {};
    }

    static base::Error too_many_parts(const char* hint = "say in [tool.adder] environments which of them are wanted") {
        return base::Error(base::ErrorKind::NoSolution, "the requirements divide the environments in too many ways").with_hint(hint);
    }

    // Solves an environment from the beginning.
    base::Result<void> open(const MarkerTree& environment) {
        Fork fork{.core = PubGrub(store_), .scope = {}};
        if (!request_.target) {
            if (environment.is_never()) return {};
            narrow(fork, environment);
        }
        TRY(settle_sources(fork, stated_));
        open_.push_back(std::move(fork));
        return {};
    }

    // Environments that were solved apart for the old lock are so again: its versions are only known to fit each of them.
    std::vector<MarkerTree> divided_as_before(const std::vector<MarkerTree>& environments) const {
        std::vector<MarkerTree> out;
        for (const MarkerTree& environment : environments) {
            std::vector<MarkerTree> parts;
            MarkerTree rest = environment;
            for (const MarkerTree& fork : request_.forks) {
                MarkerTree part = rest & fork;
                if (part.is_never()) continue;
                parts.push_back(part);
                rest = rest & !fork;
            }
            if (!rest.is_never()) parts = {environment};
            out.insert(out.end(), parts.begin(), parts.end());
        }
        return out;
    }

    // A source as something says it.
    struct Stated {
        std::string name;
        ProjectSource source;
        MarkerTree marker, condition;
        bool holds;  // for request_.target
    };

    // By precedence. An override that names a project stands for every requirement of it, its reference too.
    std::vector<Stated> stated_sources() const {
        std::vector<Stated> out;
        if (!request_.own_name.empty()) out.push_back({request_.own_name, {request_.own_url, ""}, MarkerTree(), MarkerTree(), true});
        auto add = [&](const Requirement& requirement, const std::string& index, const MarkerTree& condition) {
            ProjectSource source{requirement.url, index};
            if (source == ProjectSource()) return;
            bool holds = request_.target && requirement.marker.evaluate(request_.target->markers);
            out.push_back({requirement.key, std::move(source), MarkerTree::of(requirement.marker).without_extras(), condition, holds});
        };
        for (const Requirement& requirement : request_.overrides) add(requirement, "", MarkerTree());
        for (const RootRequirement& root : request_.roots) {
            auto override_ = std::find_if(request_.overrides.begin(), request_.overrides.end(),
                                          [&](const Requirement& other) { return other.key == root.requirement.key; });
            bool overridden = override_ != request_.overrides.end();
            if (!overridden || (override_->url.empty() && !root.index.empty())) add(root.requirement, root.index, root.condition);
        }
        for (const Requirement& requirement : request_.constraints) add(requirement, "", MarkerTree());
        for (const LateSource& late : lessons_.late) out.push_back({late.name, late.source, late.marker, MarkerTree(), true});
        return out;
    }

    // Environments in which a project comes from one place apart from those in which it comes from another. Where the
    // other place would be any index and nothing the user wrote leads there, that is not done before it is needed.
    base::Result<std::vector<MarkerTree>> divided_by_source(std::vector<MarkerTree> environments, const std::vector<Stated>& stated) {
        for (const Stated& one : stated) {
            if (one.marker.is_always()) continue;
            auto [where, fresh] = partial_.try_emplace(one.name, one.marker);
            if (!fresh) where->second = where->second | one.marker;
            if (!lessons_.apart.count(one.name) && !asked_for_elsewhere(one)) {
                undivided_.insert(one.name);
                continue;
            }
            std::vector<MarkerTree> parts;
            for (const MarkerTree& environment : environments)
                for (const MarkerTree& part : {environment & one.marker, environment & !one.marker})
                    if (!part.is_never()) parts.push_back(part);
            environments = std::move(parts);
            if (environments.size() > kMostForks) return too_many_parts();
        }
        return environments;
    }

    bool asked_for_elsewhere(const Stated& one) const {
        return std::any_of(request_.roots.begin(), request_.roots.end(), [&](const RootRequirement& root) {
            return root.requirement.key == one.name && ProjectSource{root.requirement.url, root.index} != one.source &&
                   !MarkerTree::of(root.requirement.marker).without_extras().implies(one.marker);
        });
    }

    // The first reference of several is taken, and those who require another fail with an explanation; who wants an index
    // requires nothing else that would be in the way.
    base::Result<void> settle_sources(Fork& fork, const std::vector<Stated>& stated) const {
        for (const Stated& one : stated) {
            bool holds = request_.target ? one.holds : !(one.marker & one.condition).disjoint(fork.scope.marker);
            if (!holds) continue;
            const ProjectSource& taken = fork.scope.sources.try_emplace(one.name, one.source).first->second;
            if (taken.index == one.source.index) continue;
            auto text = [](const ProjectSource& source) {
                return source.index.empty() ? base::redact_url(source.url) : "the index `" + source.index + "`";
            };
            return base::Error(base::ErrorKind::Usage, "`" + one.name + "` is wanted from " + text(taken) + " and from " +
                                                           text(one.source) + " in the same environments")
                .with_hint("where extras or groups want it from different places, declare them in [tool.adder] conflicts");
        }
        return {};
    }

    // Each environment once for every item of a set of conflicting extras and groups, and once for none of them.
    static std::vector<MarkerTree> divided(const std::vector<MarkerTree>& environments, const std::vector<MarkerTree>& set) {
        std::vector<MarkerTree> out;
        for (const MarkerTree& environment : environments)
            for (size_t chosen = 0; chosen <= set.size(); chosen++) {
                MarkerTree part = environment;
                for (size_t i = 0; i < set.size(); i++) part = part & (i == chosen ? set[i] : !set[i]);
                if (!part.is_never()) out.push_back(part);
            }
        return out;
    }

    // True: `fork` is solved. False: it was split, and its parts are in open_.
    base::Result<bool> solve(Fork& fork) {
        for (;;) {
            IncompatibilityId failure = 0;
            std::vector<std::pair<PackageId, IncompatibilityId>> conflicts;
            if (!fork.core.propagate(fork.next, failure, conflicts)) return no_solution(fork, failure);
            for (const auto& [package, fact] : conflicts) record_conflict(fork, package, fact);
            reprioritize(fork);
            std::optional<PackageId> package = pick(fork);
            if (!package) return true;
            fork.next = *package;
            if (*package == kRootPackage) {
                bool split = TRY(expand(fork, *package, Version()));
                if (split) return false;
                continue;
            }
            bool split = TRY(advance(fork, *package));
            if (split) return false;
        }
    }

    Urgency urgency(const Fork& fork, PackageId package, const VersionSet& set) {
        if (set.as_single()) return Urgency::Pinned;
        if (fork.early.count(package)) return Urgency::Early;
        return fork.late.count(package) ? Urgency::Late : Urgency::Plain;
    }

    std::optional<PackageId> pick(Fork& fork) {
        std::optional<PackageId> best;
        Urgency best_urgency{};
        uint32_t best_seen = 0;
        fork.core.each_undecided([&](PackageId package, const VersionSet& set) {
            Urgency u = package == kRootPackage ? Urgency::Direct : urgency(fork, package, set);
            uint32_t seen = fork.seen.try_emplace(package, static_cast<uint32_t>(fork.seen.size())).first->second;
            if (best && (u < best_urgency || (u == best_urgency && seen > best_seen))) return;
            best = package;
            best_urgency = u;
            best_seen = seen;
        });
        if (!best || packages_[*best].extra.empty()) return best;
        // An extra follows its project.
        PackageId project = packages_.intern(packages_[*best].name);
        const Term* known = fork.core.known(project);
        bool undecided = known && known->positive && !fork.core.decision(project);
        return undecided ? project : *best;
    }

    // Chooses a version of `package` and goes there; true where the environments were split.
    base::Result<bool> advance(Fork& fork, PackageId package) {
        const PackageNode node = packages_[package];
        VersionSet allowed = fork.core.known(package)->set;
        if (fork.scope.source(node.name) == ProjectSource()) fork.looked_up.insert(packages_.intern(node.name));
        await_project(fork, package, node.name);
        const ProjectView* view = TRY(provider_.view(node.name, fork.scope));
        if (!view->found) return add_unavailable(fork, package, VersionSet::full(), std::string(kNotFound)), false;
        if (bound(fork, package, node)) return false;
        if (!node.extra.empty())
            if (const Version* own = fork.core.decision(packages_.intern(node.name)))
                allowed = allowed.intersection(VersionSet::single(*own));
        Choice choice = TRY(provider_.choose(node.name, allowed, fork.scope, fork.wanted[packages_.intern(node.name)]));
        if (!choice.candidate) {
            bool python = std::any_of(choice.blocked.begin(), choice.blocked.end(), [](const BlockedRange& range) { return range.kind == Blocked::Python; });
            if (python && TRY(split_where_wanted(fork, package))) return true;
            give_up(fork, package, choice);
            return false;
        }
        if (!choice.python_split.is_empty() && request_.fork_on_python && split_on_python(fork, choice.python_split)) return true;
        const Version& version = choice.candidate->version;
        await_metadata(fork, package, version);
        bool split = TRY(expand(fork, package, version));
        if (request_.decided && !conflicts_ && !view->direct && fork.core.decision(package))
            request_.decided(node.name, version, *choice.candidate->release);
        return split;
    }

    // FAST: while the answers about one project are on their way, others are asked about.
    void await_project(Fork& fork, PackageId package, const std::string& name) {
        if (!index_.online() || fork.scope.source(name) != ProjectSource() || index_.at_hand(name)) return;
        index_.prefetch_project(name);
        while (!index_.at_hand(name))
            if (!look_ahead_and_wait(fork, package)) return;
    }
    void await_metadata(Fork& fork, PackageId package, const Version& version) {
        if (!index_.online() || request_.no_dependencies) return;
        while (provider_.begin_metadata(packages_[package].name, version, fork.scope))
            if (!look_ahead_and_wait(fork, package)) return;
    }
    bool look_ahead_and_wait(Fork& fork, PackageId next) {
        uint64_t answers = index_.answers();
        look_ahead(fork, next);
        return index_.wait_for_answer(answers);
    }

    // Begins to fetch what the projects will need that have no version yet, as it looks now, each once.
    void look_ahead(Fork& fork, PackageId next) {
        size_t unknown = 0;
        fork.core.each_undecided([&](PackageId package, const VersionSet& set) {
            // FAST: answers come about in the order of the questions, which is the order here.
            if (unknown >= kLookAhead || package == kRootPackage || package == next || guessed_.count(package)) return;
            const PackageNode& node = packages_[package];
            if (!node.extra.empty()) return;
            auto wanted = fork.wanted.find(package);
            bool known = provider_.guess(node.name, set, fork.scope, wanted == fork.wanted.end() ? MarkerTree() : wanted->second);
            if (known) guessed_.insert(package);
            unknown += !known;
        });
    }

    // Puts the user's constraints on a project into the solver when it first comes up; true where they say something.
    bool bound(Fork& fork, PackageId package, const PackageNode& node) {
        if (request_.constraints.empty() || !fork.bounded.insert(package).second) return false;
        std::string written;
        VersionSet set = provider_.constrained(node.name, fork.scope, written);
        if (set.is_full()) return false;
        add_unavailable(fork, package, set.complement(), "is excluded by the constraint " + written);
        return true;
    }

    void add_unavailable(Fork& fork, PackageId package, const VersionSet& set, std::string reason, Blocked kind = Blocked::No) {
        Incompatibility fact;
        fact.blocked = static_cast<uint8_t>(kind);
        fact.kind = Incompatibility::Kind::Unavailable;
        fact.terms.push_back({package, true, set});
        fact.reason = std::move(reason);
        fork.core.add(std::move(fact));
    }

    void give_up(Fork& fork, PackageId package, const Choice& choice) {
        VersionSet rest = fork.core.known(package)->set;
        for (const BlockedRange& range : choice.blocked) {
            add_unavailable(fork, package, range.set, range.why, range.kind);
            rest = rest.difference(range.set);
        }
        if (rest.is_empty()) return;
        Incompatibility fact;
        fact.kind = Incompatibility::Kind::NoVersions;
        fact.terms.push_back({package, true, rest});
        fork.core.add(std::move(fact));
    }

    // Solves the Pythons that a newer version needs apart from the others.
    bool split_on_python(Fork& fork, const VersionSet& pythons) {
        MarkerTree condition = MarkerTree::python(pythons);
        MarkerTree newer = fork.scope.marker & condition, older = fork.scope.marker & !condition;
        if (newer.is_never() || older.is_never()) return false;
        // The newer ones are solved first: the older version would be preferred there else.
        for (const MarkerTree& part : {older, newer}) {
            Fork copy = fork;
            narrow(copy, part);
            open_.push_back(std::move(copy));
        }
        return true;
    }

    // A project that no version of fits all Pythons of a fork may be required on newer ones only: these are solved apart then, both
    // parts from the beginning, as what is known of the fork need not hold where the project is not required.
    base::Result<bool> split_where_wanted(const Fork& fork, PackageId package) {
        if (request_.target || forks_ + 2 > kMostForks) return false;
        MarkerTree wanted = TRY(wanted_where(fork, packages_[package].name));
        MarkerTree condition = MarkerTree::python(wanted.python_versions());
        MarkerTree newer = fork.scope.marker & condition, older = fork.scope.marker & !condition;
        if (newer.is_never() || older.is_never()) return false;
        forks_ += 2;
        TRY(open(older));
        TRY(open(newer));
        return true;
    }

    // The environments of a fork in which what is decided leads to a project.
    base::Result<MarkerTree> wanted_where(const Fork& fork, const std::string& name) {
        std::unordered_map<PackageId, MarkerTree> reached = {{kRootPackage, fork.scope.marker}};
        MarkerTree wanted = MarkerTree::never();
        std::deque<PackageId> changed = {kRootPackage};
        while (!changed.empty()) {
            PackageId from = changed.front();
            changed.pop_front();
            const Version* version = fork.core.decision(from);
            if (!version) continue;
            DependencyList list = TRY(provider_.dependencies(from, *version, fork.scope));
            for (const Dependency& dependency : list.dependencies) {
                MarkerTree reach = reached.at(from) & dependency.marker;
                if (reach.is_never()) continue;
                if (packages_[dependency.package].name == name) wanted = wanted | reach;
                auto [known, fresh] = reached.try_emplace(dependency.package, reach);
                if (!fresh && reach.implies(known->second)) continue;
                if (!fresh) known->second = known->second | reach;
                changed.push_back(dependency.package);
            }
        }
        return wanted;
    }

    static void narrow(Fork& fork, const MarkerTree& marker) {
        fork.scope.marker = marker;
        fork.scope.python = marker.python_versions();
    }

    // Adds what `version` needs and decides for it; true where its requirements differ by environment.
    base::Result<bool> expand(Fork& fork, PackageId package, const Version& version) {
        decisions_++;
        std::vector<Version>& done = fork.expanded[package];
        if (std::find(done.begin(), done.end(), version) != done.end()) {
            decide(fork, package, version, static_cast<IncompatibilityId>(store_.size()));
            return false;
        }
        DependencyList list = TRY(provider_.dependencies(package, version, fork.scope));
        if (list.wrong_python && TRY(split_where_wanted(fork, package))) return true;
        if (!list.unavailable.empty()) {
            add_unavailable(fork, package, VersionSet::single(version), list.unavailable);
            return false;
        }
        Parts parts;
        if (!request_.target) parts = split(fork.scope.marker, list.dependencies);
        if (parts.size() > kMostParts && package != kRootPackage) {
            add_unavailable(fork, package, VersionSet::single(version), "divides the environments in too many ways by what it requires where");
            return false;
        }
        if (parts.size() <= 1) {
            enter(fork, package, version, list.dependencies);
            return false;
        }
        forks_ += parts.size();
        if (parts.size() > kMostParts || forks_ > kMostForks)
            return too_many_parts();
        std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return python_floor(b.first, a.first); });
        for (size_t i = parts.size(); i-- > 0;) {
            Fork copy = fork;
            narrow(copy, parts[i].first);
            enter(copy, package, version, parts[i].second);
            open_.push_back(std::move(copy));
        }
        return true;
    }

    // Does `a` reach to lower Pythons than `b`? Newer Pythons are solved first, as when a new version divides them.
    static bool python_floor(const MarkerTree& a, const MarkerTree& b) {
        VersionSet x = a.python_versions(), y = b.python_versions();
        if (x.starts_inside() || y.starts_inside() || x.is_empty() || y.is_empty()) return x.starts_inside() && !y.starts_inside();
        return x.cuts().front() < y.cuts().front();
    }

    // Divides an environment so that in each part a project's requirements either hold or do not. Only projects named
    // more than once under different markers divide it. Parts with lower versions come first: what they choose for
    // other projects tends to fit the rest (and it is uv's order). More than kMostParts are not looked for.
    using Parts = std::vector<std::pair<MarkerTree, std::vector<Dependency>>>;
    static Parts split(const MarkerTree& environment, const std::vector<Dependency>& dependencies) {
        std::vector<size_t> order(dependencies.size());
        for (size_t i = 0; i < order.size(); i++) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
            const VersionSet &x = dependencies[a].set, &y = dependencies[b].set;
            if (x.starts_inside() || y.starts_inside() || x.is_empty() || y.is_empty()) return x.starts_inside() && !y.starts_inside();
            return x.cuts().front() < y.cuts().front();
        });
        auto divides = [&](const Dependency& d) {
            return std::any_of(dependencies.begin(), dependencies.end(), [&](const Dependency& other) {
                return other.package == d.package && !(other.marker == d.marker);
            });
        };
        std::vector<std::pair<MarkerTree, std::vector<size_t>>> parts = {{environment, {}}};
        for (size_t i : order) {
            const Dependency& d = dependencies[i];
            bool dividing = divides(d);
            std::vector<std::pair<MarkerTree, std::vector<size_t>>> next;
            for (auto& [marker, inside] : parts) {
                MarkerTree with = marker & d.marker;
                MarkerTree without = dividing ? marker & !d.marker : MarkerTree::never();
                if (with.is_never()) {
                    next.emplace_back(marker, std::move(inside));
                    continue;
                }
                next.emplace_back(without.is_never() ? marker : with, inside);
                next.back().second.push_back(i);
                if (!without.is_never()) next.emplace_back(without, std::move(inside));
            }
            parts = std::move(next);
            if (parts.size() > kMostParts) break;
        }
        Parts out;
        for (auto& [marker, inside] : parts) {
            std::sort(inside.begin(), inside.end());
            out.emplace_back(marker, std::vector<Dependency>());
            for (size_t i : inside) out.back().second.push_back(dependencies[i]);
        }
        return out;
    }

    void enter(Fork& fork, PackageId package, const Version& version, const std::vector<Dependency>& dependencies) {
        IncompatibilityId first = static_cast<IncompatibilityId>(store_.size());
        for (const Dependency& d : dependencies) {
            fork.seen.try_emplace(d.package, static_cast<uint32_t>(fork.seen.size()));
            if (!request_.required_environments.empty()) {
                auto [wanted, fresh] = fork.wanted.try_emplace(packages_.intern(packages_[d.package].name), d.marker);
                if (!fresh) wanted->second = wanted->second | d.marker;
            }
            Incompatibility fact;
            fact.kind = Incompatibility::Kind::Dependency;
            fact.terms.push_back({package, true, VersionSet::single(version)});
            fact.reason = d.origin;
            fact.place = d.place;
            fact.condition = d.condition;
            if (d.set.is_empty()) {
                fact.reason = "depends on " + packages_[d.package].name + " at no version at all";
            } else if (d.source != ProjectSource() && !take_from(fork, packages_[d.package].name, d.source)) {
                source_conflict(fork, fact, packages_[d.package].name, d.source);
            } else {
                fact.terms.push_back({d.package, false, d.set});
            }
            fork.core.add(std::move(fact));
        }
        fork.expanded[package].push_back(version);
        decide(fork, package, version, first);
    }

    // False where a fork takes the project from somewhere else, or has looked it up in any index. Who wants an index is
    // content with a direct reference.
    bool take_from(Fork& fork, const std::string& name, const ProjectSource& source) {
        if (fork.looked_up.count(packages_.intern(name))) return false;
        const ProjectSource& taken = fork.scope.sources.try_emplace(name, source).first->second;
        return taken == source || (source.url.empty() && !taken.url.empty());
    }

    // A fork has a project from one place. Where an index was asked before its source was met, resolve() starts again with it.
    void source_conflict(const Fork& fork, Incompatibility& fact, const std::string& name, const ProjectSource& source) {
        auto place = [](const ProjectSource& one) {
            if (one == ProjectSource()) return std::string("the index");
            return one.url.empty() ? "the index `" + one.index + "`" : base::redact_url(one.url);
        };
        fact.kind = Incompatibility::Kind::Unavailable;
        const ProjectSource& known = fork.scope.source(name);
        fact.reason = "depends on " + name + (source.url.empty() ? " from " : " @ ") + place(source) + ", but " + name + " is taken from " + place(known);
        if (known == ProjectSource()) late_.push_back({name, source, fork.scope.marker});
    }

    void decide(Fork& fork, PackageId package, const Version& version, IncompatibilityId first) {
        auto conflict = fork.core.decide(package, version, first);
        if (conflict) record_conflict(fork, package, *conflict);
    }

    void record_conflict(Fork& fork, PackageId package, IncompatibilityId fact) {
        conflicts_++;
        bool other = false;
        for (const Term& term : store_[fact].terms) {
            if (term.package == package || term.package == kRootPackage) continue;
            if (packages_[term.package].name == packages_[package].name) continue;
            other = true;
            fork.culprit[term.package]++;
        }
        if (other) fork.affected[package]++;
    }

    void reprioritize(Fork& fork) {
        for (auto& [package, count] : fork.affected) {
            if (count < kConflictThreshold) continue;
            if (!fork.late.count(package)) fork.early.insert(package);
            count = 0;
        }
        std::vector<PackageId> slow;
        for (auto& [package, count] : fork.culprit) {
            if (count < kConflictThreshold) continue;
            count = 0;
            if (!fork.early.count(package) && fork.late.insert(package).second) slow.push_back(package);
        }
        std::sort(slow.begin(), slow.end());
        for (PackageId package : slow) fork.core.undo(package);
    }

    const std::string& subject() const { return request_.subject; }

    base::Error no_solution(const Fork& fork, IncompatibilityId failure) {
        ExplainContext context{store_, packages_, {}, {}, subject()};
        for (const std::string& name : named_in(context, failure)) {
            auto view = provider_.view(name, fork.scope);
            if (!view.ok() || !view.value()->found) continue;
            context.versions[name] = view.value()->versions;
            context.usable[name] = provider_.usable(name, *view.value());
        }
        base::Error error(base::ErrorKind::NoSolution, "no solution found for the requirements");
        std::string environments;
        bool all = request_.target || fork.scope.marker == MarkerTree::python(request_.requires_python);
        if (!all) environments = fork.scope.marker.assuming(MarkerTree::python(request_.requires_python)).text();
        if (!all) error.message += " in environments with " + environments;
        std::string text = explain(context, failure);
        error.hint = hints_for(context, failure, request_, index_, environments);
        for (std::string_view line : base::split(text, '\n')) error.contexts.emplace_back(line);
        return error;
    }

    const ResolveRequest& request_;
    Index& index_;
    const Lessons& lessons_;
    PackageTable packages_;
    IncompatibilityStore store_;
    Provider provider_;
    std::vector<Fork> open_;
    std::vector<Stated> stated_;
    std::vector<LateSource> late_;
    std::map<std::string, MarkerTree> partial_;  // where sources that do not hold everywhere do, by project
    std::set<std::string> undivided_;            // projects that environments were not divided for, though in partial_
    std::unordered_set<PackageId> guessed_;      // by look_ahead()
    size_t decisions_ = 0, conflicts_ = 0, forks_ = 0;
};

}  // namespace

std::string place_of(const base::SourceSpan& span) {
    return span.file.empty() || !span.line ? span.file : span.file + ":" + std::to_string(span.line);
}

std::optional<PrereleasePolicy> prerelease_policy(std::string_view name) {
    if (name == "if-necessary" || name == "if-necessary-or-explicit") return PrereleasePolicy::IfNecessary;
    if (name == "allow") return PrereleasePolicy::Allow;
    if (name == "disallow") return PrereleasePolicy::Disallow;
    if (name == "explicit") return PrereleasePolicy::Explicit;
    return std::nullopt;
}

// Adds what is new: one reference a project and environment.
static bool learn(Lessons& lessons, const std::vector<LateSource>& late) {
    size_t before = lessons.late.size();
    for (const LateSource& one : late) {
        bool known = std::any_of(lessons.late.begin(), lessons.late.end(), [&](const LateSource& other) {
            return other.name == one.name && !other.marker.disjoint(one.marker);
        });
        if (!known) lessons.late.push_back(one);
    }
    return lessons.late.size() > before;
}

base::Result<Resolution> resolve(const ResolveRequest& request, Index& index) {
    Lessons lessons;
    std::optional<base::Result<Resolution>> result;
    // A version was passed over because something it requires by URL had been looked up in the index before. With the URL
    // known from the start it may do; if not, what was found stands.
    for (bool again = true, stands = false; again;) {
        Solver solver(request, index, lessons);
        base::Result<Resolution> found = solver.run();
        std::set<std::string> overreaching = solver.overreaching(found);
        Lessons next = lessons;
        again = learn(next, solver.late()) || !overreaching.empty();
        next.apart.insert(overreaching.begin(), overreaching.end());
        if (!stands || found.ok()) {
            stands = found.ok() && overreaching.empty();
            result.emplace(std::move(found));
        }
        lessons = std::move(next);
    }
    return std::move(*result);
}

}  // namespace pkg
