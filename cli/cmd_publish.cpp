// adder publish
#include <cstdlib>

#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/target.h"
#include "pkg/index/credentials.h"
#include "pkg/publish/publish.h"

namespace cli {

namespace {

struct PublishCommand {
    std::vector<std::string> files;
    std::string url, repository = "pypi", token, user, password, config_file;
    bool skip_existing = false, dry_run = false;
};

base::Result<pkg::PublishTarget> find_target(const PublishCommand& command) {
    const char* home = std::getenv("HOME");
    std::string path =
        command.config_file.empty() ? base::join_path(home ? home : "/", ".pypirc") : command.config_file;
    base::Result<std::string> text = base::read_file(path);
    if (!text.ok() && !command.config_file.empty()) return std::move(text).error();
    pkg::PublishTarget target;
    if (command.url.empty()) {
        target = TRY(pkg::read_pypirc(text.ok() ? *text : "", command.repository));
    } else {
        target.url = command.url;
    }
    base::Url parts = TRY(base::parse_url(target.url));
    target.url = parts.text();
    if (target.user.empty()) target.user = parts.user;
    if (target.password.empty() && target.user == parts.user) target.password = parts.password;
    if (!command.token.empty()) {
        target.user = "__token__";
        target.password = command.token;
    }
    if (!command.user.empty()) target.user = command.user;
    if (!command.password.empty()) target.password = command.password;
    return target;
}

// dist/* of the directory, source archives first: an index shows a release from its first file on.
base::Result<std::vector<std::string>> default_files() {
    std::vector<std::string> sdists, wheels;
    if (base::is_directory("dist")) {
        for (const base::DirectoryEntry& entry : TRY(base::list_directory("dist"))) {
            if (entry.name.ends_with(".tar.gz")) sdists.push_back("dist/" + entry.name);
            if (entry.name.ends_with(".whl")) wheels.push_back("dist/" + entry.name);
        }
    }
    sdists.insert(sdists.end(), wheels.begin(), wheels.end());
    if (sdists.empty())
        return base::Error(base::ErrorKind::Usage, "there is nothing in dist/ to publish")
            .with_hint("make it with `adder build`");
    return sdists;
}

// One after the other; `outcomes` gets what became of each, up to the first that failed.
base::Result<void> send(Context& context, const PublishCommand& command, const pkg::PublishTarget& target,
                        const std::vector<pkg::Upload>& uploads, std::vector<std::string>& outcomes) {
    pkg::IndexSettings settings = index_settings(context, nullptr);
    pkg::Credentials credentials(settings.keyring);
    credentials.add_index("", target.url);
    if (!target.user.empty()) credentials.set(target.url, target.user, target.password);
    settings.http.identities = &credentials;
    base::HttpClient http(settings.http);
    for (const pkg::Upload& upload : uploads) {
        if (command.dry_run) {
            context.note("would upload " + upload.file_name + " to " + base::redact_url(target.url));
            outcomes.push_back("checked");
            continue;
        }
        base::Result<pkg::UploadOutcome> outcome = pkg::send_upload(http, target, upload);
        if (!outcome.ok()) return std::move(outcome).error().with_context("while uploading `" + upload.file_name + "`");
        bool existed = *outcome == pkg::UploadOutcome::Existed;
        if (existed && !command.skip_existing)
            return base::Error(base::ErrorKind::Network,
                               "`" + upload.file_name + "` is there already; a released file is never replaced")
                .with_hint("raise the version, or give --skip-existing");
        outcomes.push_back(existed ? "skipped" : "uploaded");
        context.note(outcomes.back() + " " + upload.file_name);
    }
    return {};
}

void print_json(const Context& context, const pkg::PublishTarget& target, const std::vector<pkg::Upload>& uploads,
                const std::vector<std::string>& outcomes) {
    base::JsonWriter json(2);
    json.begin_object().member("url", base::redact_url(target.url)).key("files").begin_array();
    for (size_t i = 0; i < outcomes.size(); i++) {
        json.begin_object().member("file", uploads[i].path).member("name", uploads[i].name).member("version", uploads[i].version);
        json.member("outcome", outcomes[i]).end_object();
    }
    context.out(json.end_array().end_object().text() + "\n");
}

}  // namespace

// adder publish [FILE…] [--publish-url URL | -r NAME] [--token TOKEN]
base::Result<int> cmd_publish(Context& context, const Arguments& arguments) {
    PublishCommand command;
    Options options("publish", kPagePublish);
    options.arguments(command.files, "file", "what to upload (default: all of dist/)", Presence::Optional);
    options.value(command.url, "--publish-url", "URL", "where uploads go");
    options.value(command.repository, "-r,--repository", "NAME", "a section of .pypirc (default: pypi)");
    options.value(command.token, "--token", "TOKEN", "an upload token (ADDER_TOKEN)");
    options.value(command.user, "-u,--username", "USER", "user name");
    options.value(command.password, "--password", "PASSWORD", "password (ADDER_PASSWORD)");
    options.value(command.config_file, "--config-file", "FILE", "in place of ~/.pypirc");
    options.flag(command.skip_existing, "--skip-existing", "files that are there already are no error");
    options.flag(command.dry_run, "--dry-run", "check everything, send nothing");
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("publish").get()))) return 0;
    if (command.files.empty()) command.files = TRY(default_files());
    // All files are checked before the first is sent.
    std::vector<pkg::Upload> uploads;
    for (const std::string& file : command.files)
        uploads.push_back(TRY(pkg::prepare_upload(file)));
    pkg::PublishTarget target = TRY(find_target(command));
    if (context.sources.offline) return base::Error(base::ErrorKind::Network, "--offline forbids to upload");
    std::vector<std::string> outcomes;
    base::Result<void> sent = send(context, command, target, uploads, outcomes);
    if (context.json) print_json(context, target, uploads, outcomes);
    TRY(std::move(sent));
    return 0;
}

}  // namespace cli
