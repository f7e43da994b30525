// Calling git: with a cleaned environment, without prompts, with the credentials of a URL in the environment only.
#include "pkg/source/git.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "base/fs.h"
#include "base/path.h"
#include "base/process.h"
#include "base/text.h"
#include "base/url.h"

namespace pkg {

namespace {

base::Error refused(std::string_view url, std::string why) {
    return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(url) + "`: " + std::move(why));
}

// git check-ref-format's rules for what may be in a reference; a leading dash would be an option.
bool is_revision(std::string_view text) {
    if (text.starts_with('-') || text.ends_with('/') || text.ends_with('.') || text.starts_with('/')) return false;
    if (text.find("..") != std::string_view::npos || text.find("@{") != std::string_view::npos) return false;
    return std::none_of(text.begin(), text.end(), [](unsigned char c) {
        return c <= 32 || c == 127 || std::string_view("~^:?*[\\").find((char)c) != std::string_view::npos;
    });
}

bool is_hex(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What another git process in our environment would have left behind, such as a hook that calls us.
const std::vector<std::string> kForeignVariables = {
    "GIT_DIR",          "GIT_WORK_TREE",  "GIT_INDEX_FILE",       "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",   "GIT_NAMESPACE",  "GIT_PREFIX",           "GIT_QUARANTINE_PATH",  "GIT_TEMPLATE_DIR",
    "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE", "GIT_EXTERNAL_DIFF",    "SSH_ASKPASS"};

// Answers git's questions for credentials on the origin it is configured for.
constexpr const char* kHelper =
    "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$ADDER_GIT_USER\" \"$ADDER_GIT_PASSWORD\"; }; f";

class Git {
  public:
    // `url` is the repository that will be talked to; null for work on local files only.
    explicit Git(const VcsUrl* url) {
        options_.arguments = {"git", "-c", "core.hooksPath=/dev/null", "-c", "core.askPass=", "-c", "gc.auto=0", "-c",
                              "advice.detachedHead=false", "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"};
        options_.set_environment = {{"GIT_TERMINAL_PROMPT", "0"}, {"GIT_ASKPASS", ""}, {"SSH_ASKPASS_REQUIRE", "never"},
                                    {"LC_ALL", "C"}, {"GIT_ALLOW_PROTOCOL", "file"}};
        options_.unset_environment = kForeignVariables;
        options_.give_input = true;
        options_.output = options_.errors = base::Stream::Capture;
        if (url) allow(*url);
    }

    base::Result<std::string> run(const std::vector<std::string>& arguments, const std::string& directory = "") {
        base::ProcessOptions options = options_;
        options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
        options.directory = directory;
        base::Result<base::ProcessResult> result = base::run_process(options);
        if (!result.ok() && base::find_program("git").empty())
            return base::Error(base::ErrorKind::Network, "`git` was not found: it is needed for `git+` requirements")
                .with_hint("install it (Debian and Ubuntu: `apt install git`)");
        base::ProcessResult done = TRY(std::move(result));
        if (done.status == 0) return std::string(base::strip(done.output));
        base::Error error(base::ErrorKind::Network, "`git " + arguments[0] + "` failed with status " + std::to_string(done.status));
        for (std::string_view line : base::split_lines(done.errors)) {
            std::string shown = base::redact_url(line);
            if (!password_.empty()) shown = base::replace_all(shown, password_, "****");
            if (!base::strip(shown).empty() && error.contexts.size() < 10) error.contexts.push_back("| " + shown);
        }
        return error;
    }

  private:
    void allow(const VcsUrl& url) {
        // A repository of another host must not name files of this one (CVE-2022-39253).
        bool local = url.repository.starts_with("file:");
        set("GIT_ALLOW_PROTOCOL", local ? "file:git:http:https:ssh" : "git:http:https:ssh");
        if (url.repository.starts_with("ssh:")) settle_ssh();
        if (url.user.empty() || !url.repository.starts_with("http")) return;
        password_ = url.password;
        std::string origin = MUST(base::parse_url(url.repository)).origin();
        options_.arguments.insert(options_.arguments.end(),
                                  {"-c", "credential." + origin + ".helper=", "-c", "credential." + origin + ".helper=" + kHelper});
        set("ADDER_GIT_USER", url.user);
        set("ADDER_GIT_PASSWORD", url.password);
    }
    // ssh asks on the terminal itself unless it is told not to.
    void settle_ssh() {
        if (std::getenv("GIT_SSH_COMMAND") || std::getenv("GIT_SSH")) return;
        base::Result<std::string> own = run({"config", "--get", "core.sshCommand"});
        if (!own.ok()) set("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    }
    void set(const std::string& name, std::string value) {
        for (auto& [key, old] : options_.set_environment) {
            if (key == name) return void(old = std::move(value));
        }
        options_.set_environment.emplace_back(name, std::move(value));
    }
    base::ProcessOptions options_;
    std::string password_;
};

}  // namespace

bool is_full_commit_id(std::string_view text) {
    return (text.size() == 40 || text.size() == 64) && is_hex(text);
}

bool is_vcs_url(std::string_view url) {
    size_t plus = url.find('+'), colon = url.find(':');
    return plus != std::string_view::npos && colon != std::string_view::npos && plus < colon;
}

base::Result<VcsUrl> parse_vcs_url(std::string_view url) {
    if (!is_vcs_url(url)) return refused(url, "it is no repository: `git+https://…` is expected");
    VcsUrl out;
    std::string_view rest = url, fragment;
    base::partition(rest, '#', rest, fragment);
    for (std::string_view part : base::split(fragment, '&')) {
        std::string_view key, value;
        if (!base::partition(part, '=', key, value)) continue;
        if (key == "subdirectory") out.subdirectory = base::percent_decode(value);
        if (key == "egg") out.egg = value;
    }
    size_t plus = rest.find('+');
    out.vcs = base::lower(rest.substr(0, plus));
    if (out.vcs != "git") return refused(url, "repositories of `" + out.vcs + "` are not supported, only `git+` ones");
    rest.remove_prefix(plus + 1);
    base::Url parts = TRY(base::parse_url(rest));
    static constexpr std::string_view kTransports[] = {"file", "git", "http", "https", "ssh"};
    if (std::find(std::begin(kTransports), std::end(kTransports), parts.scheme) == std::end(kTransports))
        return refused(url, "git cannot fetch by `" + parts.scheme + "`");
    if (size_t at = parts.path.rfind('@'); at != std::string::npos) {
        out.revision = base::percent_decode(std::string_view(parts.path).substr(at + 1));
        parts.path.resize(at);
        if (out.revision.empty() || !is_revision(out.revision)) return refused(url, "`" + out.revision + "` is no revision");
    }
    out.user = parts.user;
    out.password = parts.password;
    // The user of ssh is part of the address, and no secret.
    bool address = parts.scheme == "ssh" && parts.has_user && parts.password.empty();
    out.repository = address ? parts.text_with_user() : parts.text(false);
    if (address && out.user.starts_with('-')) return refused(url, "`" + out.user + "` is no user");
    std::string folder = base::normalize_path(out.subdirectory);
    if (folder == ".") folder.clear();
    if (folder.starts_with('/') || folder == ".." || folder.starts_with("../") || folder.find('\0') != std::string::npos)
        return refused(url, "its subdirectory leads out of the repository");
    out.subdirectory = folder;
    return out;
}

void GitRepositories::learn_credentials(const VcsUrl& url) {
    if (!url.user.empty()) credentials_[MUST(base::parse_url(url.repository)).origin()] = {url.user, url.password};
}
VcsUrl GitRepositories::identified(VcsUrl url) {
    learn_credentials(url);
    auto known = credentials_.find(MUST(base::parse_url(url.repository)).origin());
    if (known != credentials_.end()) std::tie(url.user, url.password) = known->second;
    return url;
}

// The bare repository in the cache, made when it is missing.
base::Result<std::string> GitRepositories::database(const VcsUrl& url) {
    std::string path = cache_.find(Bucket::Repositories, url.repository);
    if (!path.empty()) return path;
    if (offline_)
        return base::Error(base::ErrorKind::Network,
                           "`" + url.repository + "` is not in the cache, and --offline forbids to fetch it");
    base::TemporaryDirectory staged = TRY(cache_.staging());
    TRY(Git(nullptr).run({"init", "--quiet", "--bare", "--", staged.path()}));
    return cache_.adopt(std::move(staged), Bucket::Repositories, url.repository);
}

base::Result<void> GitRepositories::fetch(const VcsUrl& url, const std::string& database, const std::string& revision) {
    base::FileLock lock = TRY(base::FileLock::exclusive(database + "/adder.lock"));
    std::vector<std::string> arguments = {"fetch", "--quiet", "--force", "--prune", "--no-write-fetch-head", "--", url.repository,
                                          "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"};
    if (revision.empty()) arguments.push_back("+HEAD:refs/adder/head");
    if (revision.starts_with("refs/")) arguments.push_back("+" + revision + ":" + revision);
    VcsUrl who = identified(url);
    Git git(&who);
    base::Result<std::string> fetched = git.run(arguments, database);
    if (!fetched.ok()) return std::move(fetched).error().with_context("while fetching `" + url.repository + "`");
    if (!is_full_commit_id(revision) || !resolve(database, revision).empty()) return {};
    // A commit that no branch or tag leads to: some servers give it when it is asked for by name.
    fetched = git.run({"fetch", "--quiet", "--no-write-fetch-head", "--", url.repository, revision + ":refs/adder/" + revision}, database);
    if (!fetched.ok()) return std::move(fetched).error().with_context("while fetching `" + url.repository + "`");
    return {};
}

// Branches before tags before beginnings of commits; "" when there is nothing of that name.
std::string GitRepositories::resolve(const std::string& database, const std::string& revision) {
    std::vector<std::string> names = {"refs/heads/" + revision, "refs/tags/" + revision};
    if (revision.empty()) names = {"refs/adder/head"};
    if (revision.starts_with("refs/")) names = {revision};
    if (is_full_commit_id(revision)) names = {revision};
    if (!is_full_commit_id(revision) && is_hex(revision) && revision.size() >= 4) names.push_back(revision);
    for (const std::string& name : names) {
        base::Result<std::string> id = Git(nullptr).run({"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"}, database);
        if (id.ok() && is_full_commit_id(*id)) return *id;
    }
    return "";
}

base::Result<std::string> GitRepositories::commit(const VcsUrl& url) {
    auto key = std::pair(url.repository, url.revision);
    auto known = commits_.find(key);
    if (known != commits_.end()) return known->second;
    std::string place = TRY(database(url));
    std::string found = is_full_commit_id(url.revision) || offline_ ? resolve(place, url.revision) : "";
    if (found.empty() && !offline_) {
        TRY(fetch(url, place, url.revision));
        found = resolve(place, url.revision);
    }
    if (found.empty())
        return base::Error(base::ErrorKind::Network, "the repository `" + url.repository + "` has no " +
                                                         (url.revision.empty() ? "commit" : "revision `" + url.revision + "`") +
                                                         (offline_ ? " in the cache, and --offline forbids to fetch it" : ""));
    return commits_[key] = found;
}

void GitRepositories::prefer(const VcsUrl& url, std::string commit) {
    commits_[{url.repository, url.revision}] = std::move(commit);
}

base::Result<void> GitRepositories::checkout(const VcsUrl& url, const std::string& commit, const std::string& directory) {
    std::string place = TRY(database(url));
    if (resolve(place, commit).empty()) {
        if (offline_)
            return base::Error(base::ErrorKind::Network, "commit " + commit + " of `" + url.repository +
                                                             "` is not in the cache, and --offline forbids to fetch it");
        TRY(fetch(url, place, commit));
    }
    VcsUrl who = identified(url);
    Git local(nullptr), remote(&who);
    TRY(local.run({"clone", "--quiet", "--local", "--no-checkout", "--", place, directory}));
    TRY(local.run({"checkout", "--quiet", "--detach", commit}, directory));
    TRY(local.run({"remote", "set-url", "origin", url.repository}, directory));
    if (!base::path_exists(directory + "/.gitmodules")) return {};
    if (offline_)
        return base::Error(base::ErrorKind::Network, "`" + url.repository + "` has submodules, and --offline forbids to fetch them");
    base::Result<std::string> modules = remote.run({"submodule", "--quiet", "update", "--init", "--recursive"}, directory);
    if (!modules.ok()) return std::move(modules).error().with_context("while fetching the submodules of `" + url.repository + "`");
    return {};
}

base::Result<void> GitRepositories::place(const VcsUrl& url, const std::string& commit, const std::string& directory) {
    if (base::path_exists(directory)) {
        Git git(nullptr);
        std::string head = base::path_exists(directory + "/.git") ? TRY(git.run({"rev-parse", "HEAD"}, directory)) : "";
        if (head == commit) return {};
        std::string changes = head.empty() ? "x" : TRY(git.run({"status", "--porcelain", "--untracked-files=no"}, directory));
        if (!changes.empty())
            return base::Error(base::ErrorKind::NotHolding, "`" + directory + "` is there and holds something else than " +
                                                                url.repository + " at " + commit)
                .with_hint("move it away");
        TRY(base::remove_tree(directory));
    }
    TRY(base::make_directories(std::string(base::parent_path(directory))));
    return checkout(url, commit, directory);
}

}  // namespace pkg
