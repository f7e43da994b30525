// What stands for an editable install follows pip: its Git commit and remote, else its directory with the reason why.
#include "cli/frozen_requirement.h"

#include "base/fs.h"
#include "base/path.h"
#include "base/process.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/direct_url.h"

namespace cli {

namespace {

// What git answers in `directory`; false where it fails.
bool ask_git(const std::string& directory, const std::vector<std::string>& arguments, std::string& answer) {
    base::ProcessOptions options;
    options.arguments = {"git"};
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    options.unset_environment = {"GIT_DIR", "GIT_WORK_TREE"};
    options.directory = directory;
    options.output = base::Stream::Capture;
    options.errors = base::Stream::Discard;
    base::Result<base::ProcessResult> result = base::run_process(options);
    if (!result.ok() || result->status != 0) return false;
    answer = base::strip(result->output);
    return true;
}

// Of lines `remote.<name>.url <url>` the URL of `origin`, else the first one's.
std::string remote_url(const std::string& lines) {
    std::string first;
    for (std::string_view line : base::split_lines(lines)) {
        std::string_view key, url;
        if (!base::partition(line, ' ', key, url)) continue;
        if (key == "remote.origin.url") return std::string(base::strip(url));
        if (first.empty()) first = base::strip(url);
    }
    return first;
}

bool is_word(std::string_view text) {
    for (char c : text) {
        if (!base::is_alnum(c) && c != '_') return false;
    }
    return !text.empty();
}

// A remote as a URL: one, a local path, or `user@host:path`; "" for anything else.
std::string url_of_remote(const std::string& remote) {
    if (size_t end = remote.find("://"); end != remote.npos && is_word(remote.substr(0, end))) return remote;
    if (remote.starts_with('/') && base::path_exists(remote)) return base::file_url(remote);
    std::string_view host, path;
    if (!base::partition(remote, ':', host, path) || path.empty() || path.find(':') != path.npos || !is_word(path.substr(0, 1))) return "";
    std::string_view user, server = host;
    if (host.find('@') != host.npos && (!base::partition(host, '@', user, server) || !is_word(user))) return "";
    if (server.empty() || host.find('/') != host.npos) return "";
    return "ssh://" + std::string(host) + "/" + std::string(path);
}

// Where the project that has `location` is beneath the top of its repository; "" for the top itself.
std::string subdirectory(const std::string& location, const std::string& top) {
    std::string project = base::real_path(location);
    while (project != "/" && !project.empty() && !base::path_exists(project + "/pyproject.toml") && !base::path_exists(project + "/setup.py"))
        project = base::parent_path(project);
    std::string relative = base::is_within(project, top) ? base::relative_path(project, top) : ".";
    return relative == "." ? "" : relative;
}

std::string name_and_version(const pkg::InstalledDist& dist) {
    return dist.name + (dist.version_is_valid ? "==" : "===") + dist.version_text;
}

std::string frozen_editable(const Context& context, const pkg::InstalledDist& dist) {
    const std::string& location = dist.editable_location;
    std::string line = "-e " + location, shown = "(" + name_and_version(dist) + ")", top, commit, remotes;
    bool repository = base::path_exists(location + "/.git");
    if (!ask_git(location, {"rev-parse", "--show-toplevel"}, top)) {
        if (!repository) return "# Editable install with no version control " + shown + "\n" + line;
        if (!base::find_program("git").empty()) return "## !! Could not determine repository location\n" + line;
        context.warn("which commit of `" + location + "` is installed cannot be told: `git` was not found");
        return line;
    }
    // Without a remote git answers with status 1.
    ask_git(location, {"config", "--get-regexp", "remote\\..*\\.url"}, remotes);
    std::string remote = remote_url(remotes), url = url_of_remote(remote);
    if (remote.empty()) return "# Editable Git install with no remote " + shown + "\n" + line;
    if (url.empty())
        return "# Editable Git install " + shown + " with either a deleted local remote or invalid URI:\n# '" + remote + "'\n" + line;
    if (!ask_git(location, {"rev-parse", "--verify", "HEAD"}, commit)) return "## !! Could not determine repository location\n" + line;
    std::string folder = subdirectory(location, top);
    return "-e git+" + url + "@" + commit + "#egg=" + base::replace_all(dist.name, "-", "_") +
           (folder.empty() ? "" : "&subdirectory=" + folder);
}

}  // namespace

std::string frozen_requirement(const Context& context, const pkg::InstalledDist& dist) {
    if (!dist.editable_location.empty()) return frozen_editable(context, dist);
    base::Result<pkg::DirectUrl> direct = pkg::parse_direct_url(dist.direct_url.empty() ? "{}" : dist.direct_url);
    if (dist.direct_url.empty() || !direct.ok()) return name_and_version(dist);
    std::string url = direct->vcs.empty() ? direct->url : direct->vcs + "+" + direct->url + "@" + direct->commit_id;
    std::string fragment;
    if (!direct->hashes.empty() && direct->vcs.empty())
        fragment = direct->hashes[0].first + "=" + direct->hashes[0].second;
    if (!direct->subdirectory.empty())
        fragment += (fragment.empty() ? "" : "&") + std::string("subdirectory=") + direct->subdirectory;
    return dist.name + " @ " + url + (fragment.empty() ? "" : "#" + fragment);
}

}  // namespace cli
