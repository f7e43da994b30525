// What the solver asks about the world: which versions of a project can be used, which one to try, and what it needs.
// Answers are cached; one Provider serves all forks of a resolution.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "pkg/resolver/packages.h"
#include "pkg/resolver/resolver.h"

namespace pkg {

// Why a version that the index lists cannot be taken.
enum class Blocked : uint8_t { No, Python, Tags, NoBuild, NoBinary, Newer, Yanked, Prerelease, Hash, Text };

// The reason of a project that no index has.
inline constexpr std::string_view kNotFound = "was not found in any index";

struct Candidate {
    Version version;
    const Release* release = nullptr;
    // What the files say, known once Provider::judge has been here: most releases of a project are never looked at.
    mutable bool judged = false;
    mutable Blocked blocked = Blocked::No;
    mutable const DistFile* metadata_file = nullptr;  // the best one to read the metadata of
    mutable bool capped = false;  // the target's Python is above the upper bound of requires-python: taken where nothing else is
    mutable std::string why;                          // "requires Python >=3.10", for messages
    mutable const SpecifierSet* python = nullptr;     // requires-python of the release's files
};

struct ProjectView {
    bool found = false;
    const Project* project = nullptr;  // of an index
    bool direct = false;               // a URL requirement fixes it
    std::string url;
    std::string error;                 // a direct reference whose metadata cannot be had
    std::vector<Version> versions;     // all, ascending: for messages
    std::vector<Candidate> candidates;  // ascending
};

// Where a project is taken from: a direct reference, an index by name, or (both empty) whichever index has it.
struct ProjectSource {
    std::string url, index;
    bool operator==(const ProjectSource&) const = default;
};

// The environment of one fork.
struct Scope {
    MarkerTree marker;                            // of all environments it stands for
    VersionSet python = VersionSet::full();       // their Python versions
    std::map<std::string, ProjectSource> sources = {};  // of the projects that are not taken from any index
    const ProjectSource& source(const std::string& name) const;
};

struct BlockedRange {
    VersionSet set;
    std::string why;
    Blocked kind = Blocked::No;
};

struct Choice {
    const Candidate* candidate = nullptr;
    // Where nothing fits: the versions of the range that exist, by the reason they are blocked.
    std::vector<BlockedRange> blocked;
    // Universal: a newer version fits only these Pythons; solving apart for them is possible.
    VersionSet python_split;
};

// One edge out of a version.
struct Dependency {
    PackageId package = 0;
    VersionSet set;
    MarkerTree marker;
    ProjectSource source;
    std::string origin, place;  // of a root requirement
    std::string condition;  // the marker as written, where it is not always true
};

struct DependencyList {
    std::string unavailable;    // not empty: the version cannot be used, for this reason
    bool wrong_python = false;  // which is that it requires other Pythons
    std::vector<Dependency> dependencies;
};

class Provider {
  public:
    Provider(const ResolveRequest& request, Index& index, PackageTable& packages);

    // A project as seen in `scope`: forks may take it from different sources.
    base::Result<const ProjectView*> view(const std::string& name, const Scope& scope);
    // `wanted`: where the project is asked for, for request.required_environments.
    base::Result<Choice> choose(const std::string& name, const VersionSet& allowed, const Scope& scope, const MarkerTree& wanted);
    // Hints, which wait for nothing: fetches the metadata of the version that choose() would take now. False where what the
    // index has is not known yet.
    bool guess(const std::string& name, const VersionSet& allowed, const Scope& scope, const MarkerTree& wanted);
    // The metadata of a version is fetched; true where dependencies() will have to wait for it.
    bool begin_metadata(const std::string& name, const Version& version, const Scope& scope);
    // Dependencies of a version of a project or of one of its extras in `scope`; for the root those of the request.
    base::Result<DependencyList> dependencies(PackageId package, const Version& version, const Scope& scope);
    // The versions that nothing but requirements stands against, ascending.
    std::vector<Version> usable(const std::string& name, const ProjectView& view) const;
    base::Result<const Metadata*> metadata(const std::string& name, const Version& version, const Scope& scope);
    base::Result<DirectInfo> direct_info(const std::string& name, const std::string& url) { return index_.direct_info(name, url); }
    // The user's patch of a version's metadata as metadata, or null.
    const Metadata* patched(const std::string& name, const Version* version);
    const Candidate* candidate(const std::string& name, const Version& version, const Scope& scope);
    // Versions solved for in one fork are preferred in the next.
    void prefer(const std::string& name, const Version& version) { fork_preferences_[name].push_back(version); }
    // The range `constraints` leave for a project, and the constraint as written.
    VersionSet constrained(const std::string& name, const Scope& scope, std::string& written) const;
    void note(std::string warning) {
        if (!warning.empty()) warnings_.insert(std::move(warning));
    }
    const std::set<std::string>& warnings() const { return warnings_; }

  private:
    base::Result<void> fill_view(ProjectView& view, const std::string& name, const ProjectSource& source);
    // What choose() takes where something fits.
    void select(Choice& choice, const std::string& name, const ProjectView& view, const VersionSet& allowed, const Scope& scope,
                const MarkerTree& wanted) const;
    void build_view(ProjectView& view, const std::string& name, const Project& project);
    void judge(const Candidate& candidate, const std::string& name) const;
    Blocked judge_file(const DistFile& file, const std::string& name, std::string& why) const;
    // The same but for its hashes.
    Blocked judge_use(const DistFile& file, const std::string& name, std::string& why) const;
    // Does any file that could be used have, as far as is known, one of the allowed hashes? Where none has, the verdict is
    // that of whoever compares them, and not that there is no such version.
    bool any_allowed(const std::string& name, const std::vector<Hash>& allowed) const;
    // What `===` says of the candidate, as text; "" where nothing stands against it.
    std::string differs_as_text(const Candidate& candidate, const std::string& name) const;
    // A source archive may be built: before that its bytes are held against the allowed hashes.
    base::Result<const DistFile*> checked_before_building(const DistFile& file, const std::string& name);
    void explain_gap(const std::string& name, const ProjectView& view, const VersionSet& allowed, const Scope& scope, const MarkerTree& wanted, Choice& choice) const;
    // The required environment that the release has no file for, or null.
    const MarkerTree* missing_environment(const Release& release, const Scope& scope, const MarkerTree& wanted) const;
    bool python_fits(const SpecifierSet& specifier, const Scope& scope) const;
    bool wants_lowest(const std::string& name) const;
    bool prerelease_allowed(const std::string& name, bool& as_fallback) const;
    const Candidate* preferred(const std::string& name, const ProjectView& view, const VersionSet& allowed, const Scope& scope) const;
    void add_requirement(DependencyList& list, const Requirement& requirement, const std::string& index, const MarkerTree& marker,
                         const std::string& self, const Version& self_version);
    const MarkerTree& condition(const Requirement& requirement) const;
    bool applies(const Requirement& requirement, const std::vector<std::string>& extras, const Scope& scope, MarkerTree& marker) const;
    std::vector<const Requirement*> effective(const Requirement& requirement) const;
    base::Result<DependencyList> root_dependencies(const Scope& scope);
    void prefetch(const std::string& name, const ProjectView& view, const VersionSet& allowed);

    const ResolveRequest& request_;
    Index& index_;
    PackageTable& packages_;
    // By name, with the source where one is stated.
    std::unordered_map<std::string, base::Result<std::unique_ptr<ProjectView>>> views_;
    std::unordered_map<std::string, std::vector<Version>> pinned_;  // by the user with ==: yanked versions may be taken
    std::unordered_map<std::string, std::vector<std::pair<Version, std::string>>> exact_texts_;  // the same with ===
    mutable std::unordered_map<std::string, bool> any_allowed_;
    std::map<const DistFile*, DistFile> checked_files_;  // with the hash that was found
    std::unordered_map<std::string, std::vector<Version>> fork_preferences_;
    std::set<std::string> direct_names_, prerelease_names_;
    std::unordered_map<std::string, size_t> tried_;
    // Conditions of requirements already seen; requirements live as long as the index and the request.
    mutable std::unordered_map<const Requirement*, MarkerTree> conditions_;
    std::vector<std::unique_ptr<Metadata>> patches_;  // as request_.metadata_patches
    std::set<std::string> warnings_;
};

}  // namespace pkg
