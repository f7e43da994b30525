// Git repositories as sources of projects: which commit a revision names, and the files of a commit. The `git` program
// does the work, in one bare repository a URL in the cache; nobody is ever asked anything.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "pkg/cache.h"

namespace pkg {

// The parts of `git+https://user@host/path@revision#subdirectory=…&egg=…`.
struct VcsUrl {
    std::string vcs;         // "git"
    std::string repository;  // without user and password
    std::string user, password;
    std::string revision, subdirectory, egg;
};
bool is_vcs_url(std::string_view url);
// A Usage error for another version control system than git, a transport that is not known, or a revision or
// subdirectory that git or the file system would read as something else.
base::Result<VcsUrl> parse_vcs_url(std::string_view url);
bool is_full_commit_id(std::string_view text);

class GitRepositories {
  public:
    GitRepositories(Cache& cache, bool offline) : cache_(cache), offline_(offline) {}

    // User and password of `url` are used for its host from now on, for URLs that name none.
    void learn_credentials(const VcsUrl& url);
    // The full id of the commit that the URL's revision (branch, tag, commit, refs/…; nothing: the default branch)
    // names. Fetches, unless the revision is a commit that is there, or --offline is given. Network errors.
    base::Result<std::string> commit(const VcsUrl& url);
    // `commit` is what `url` means from now on, as a lock says.
    void prefer(const VcsUrl& url, std::string commit);
    // The files of `commit`, submodules included, in `directory`, which must not exist; a repository of its own, so that
    // version numbers can be computed from tags.
    base::Result<void> checkout(const VcsUrl& url, const std::string& commit, const std::string& directory);
    // The same at a place that people work in: a checkout without changes is replaced where it has another commit, one with
    // changes is an error.
    base::Result<void> place(const VcsUrl& url, const std::string& commit, const std::string& directory);

  private:
    base::Result<std::string> database(const VcsUrl& url);
    base::Result<void> fetch(const VcsUrl& url, const std::string& database, const std::string& revision);
    std::string resolve(const std::string& database, const std::string& revision);
    VcsUrl identified(VcsUrl url);
    Cache& cache_;
    bool offline_;
    std::map<std::pair<std::string, std::string>, std::string> commits_;            // repository, revision
    std::map<std::string, std::pair<std::string, std::string>> credentials_;  // by origin
};

}  // namespace pkg
