// Hints, one for each kind of reason at most.
#include "pkg/resolver/hints.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "pkg/resolver/cutoff.h"
#include "pkg/resolver/provider.h"

namespace pkg {

namespace {

class Hints {
  public:
    Hints(const ExplainContext& context, const ResolveRequest& request, Index& index)
        : context_(context), request_(request), index_(index) {}

    std::string run(IncompatibilityId failure, const std::string& environments) {
        collect(failure);
        for (const Incompatibility* fact : facts_)
            if (fact->kind == Incompatibility::Kind::Unavailable) unavailable(*fact);
        for (const Incompatibility* fact : facts_)
            if (fact->kind == Incompatibility::Kind::NoVersions) missing(*fact);
        for (const std::string& name : absent_) elsewhere(name, VersionSet::full());
        if (!environments.empty())
            add("only environments with " + environments + " have no solution; `environments` of [tool.adder] can leave them out");
        return base::join(lines_, "\n");
    }

  private:
    void collect(IncompatibilityId id) {
        if (!seen_.insert(id).second) return;
        const Incompatibility& x = context_.store[id];
        if (x.kind != Incompatibility::Kind::Derived) {
            facts_.push_back(&x);
            return;
        }
        collect(x.causes[0]);
        collect(x.causes[1]);
    }

    void add(std::string line) {
        if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) lines_.push_back(std::move(line));
    }
    const std::string& name(const Incompatibility& fact) const { return context_.packages[fact.terms[0].package].name; }
    static std::string quoted(const std::string& text) { return "`" + text + "`"; }

    void unavailable(const Incompatibility& fact) {
        std::string project = name(fact);
        switch (static_cast<Blocked>(fact.blocked)) {
            case Blocked::Prerelease:
                add("pre-releases of " + quoted(project) + " exist but are not considered; `--prerelease allow` does");
                break;
            case Blocked::Python: python(fact); break;
            case Blocked::Yanked:
                add("yanked versions are taken only where they are pinned, as with `" + project + "==…`");
                break;
            case Blocked::NoBuild:
                add(quoted(project) + " would have to be built, and builds are off for it (--only-binary, --no-build)");
                break;
            case Blocked::NoBinary: add(quoted(project) + " has only wheels in that range, and they are off for it (--no-binary)"); break;
            case Blocked::Tags: wheels(fact); break;
            case Blocked::No:
                if (fact.reason == kNotFound) absent_.insert(project);
                break;
            case Blocked::Newer:
            case Blocked::Hash:
            case Blocked::Text: break;
        }
    }

    void python(const Incompatibility& fact) {
        if (request_.target) {
            add("the environment's Python is " + request_.target->python.text());
            return;
        }
        std::string range = request_.requires_python.text();
        add("`requires-python` " + (range.empty() ? std::string("is not set") : "is " + quoted(range)) +
            " and so takes in Pythons that " + quoted(name(fact)) + " does not support (it " + fact.reason + "); a higher bound may help");
    }

    // Which platforms the wheels there are for.
    void wheels(const Incompatibility& fact) {
        auto project = index_.project(name(fact));
        if (!project.ok()) return;
        std::set<std::string> tags;
        for (const Release& release : project.value()->releases) {
            if (!fact.terms[0].set.contains(release.version)) continue;
            for (const DistFile& file : release.files())
                for (const Tag& tag : file.tags) tags.insert(tag.text());
        }
        constexpr size_t kShown = 6;
        std::vector<std::string> shown(tags.begin(), tags.end());
        size_t more = shown.size() > kShown ? shown.size() - kShown : 0;
        shown.resize(shown.size() - more);
        for (std::string& tag : shown) tag = quoted(tag);
        if (more) shown.push_back(std::to_string(more) + " more");
        if (!shown.empty()) add("the wheels of " + quoted(name(fact)) + " in that range are for " + base::join_prose(shown));
    }

    // A range without versions: perhaps the cut-off date hides them, or another index has them.
    void missing(const Incompatibility& fact) {
        const std::string& project = name(fact);
        const VersionSet& set = fact.terms[0].set;
        const std::string& cutoff = request_.cutoff_for(project);
        if (auto found = index_.project(project); found.ok() && !cutoff.empty())
            for (const Release& release : found.value()->releases) {
                const std::vector<DistFile>& files = release.files();
                bool hidden = set.contains(release.version) && std::all_of(files.begin(), files.end(), [&](const DistFile& file) {
                                  return uploaded_after(file.upload_time, cutoff);
                              });
                if (!hidden) continue;
                bool dated = std::any_of(files.begin(), files.end(), [](const DistFile& file) { return !file.upload_time.empty(); });
                add(quoted(project + " " + release.version.text()) +
                    (dated ? " was uploaded after " + cutoff + " (--exclude-newer)"
                           : " has no upload time on its index, so --exclude-newer leaves it out"));
                break;
            }
        elsewhere(project, set);
    }

    void elsewhere(const std::string& project, const VersionSet& set) {
        for (const ElsewhereVersions& other : index_.elsewhere(project)) {
            auto fits = std::find_if(other.versions.rbegin(), other.versions.rend(), [&](const Version& v) { return set.contains(v); });
            if (fits == other.versions.rend()) continue;
            add("the index " + other.index + " has " + quoted(project + " " + fits->text()) +
                ", but only the first index that has a project is used for it; pin it with [tool.adder.sources] or --index-strategy");
        }
    }

    const ExplainContext& context_;
    const ResolveRequest& request_;
    Index& index_;
    std::set<IncompatibilityId> seen_;
    std::vector<const Incompatibility*> facts_;
    std::set<std::string> absent_;
    std::vector<std::string> lines_;
};

}  // namespace

std::string hints_for(const ExplainContext& context, IncompatibilityId failure, const ResolveRequest& request, Index& index,
                      const std::string& environments) {
    return Hints(context, request, index).run(failure, environments);
}

}  // namespace pkg
