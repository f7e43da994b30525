// Preparing and sending uploads.
#include "pkg/publish/publish.h"

#include <algorithm>

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/metadata.h"
#include "pkg/metadata_check.h"
#include "pkg/sdist/sdist.h"
#include "pkg/wheel/wheel.h"

namespace pkg {

namespace {

// Metadata fields by their names in the form (Warehouse, "Upload API").
void add_metadata(Upload& upload, const Metadata& m) {
    auto one = [&](const char* name, const std::string& value) {
        if (!value.empty()) upload.fields.emplace_back(name, value);
    };
    auto many = [&](const char* name, const std::vector<std::string>& values) {
        for (const std::string& value : values)
            upload.fields.emplace_back(name, value);
    };
    one("metadata_version", m.metadata_version);
    one("name", m.name);
    one("version", m.version.text());
    one("summary", m.summary);
    one("description", m.description);
    one("description_content_type", m.description_content_type);
    one("keywords", base::join(m.keywords, ","));
    one("home_page", m.home_page);
    one("download_url", m.download_url);
    one("author", m.author);
    one("author_email", m.author_email);
    one("maintainer", m.maintainer);
    one("maintainer_email", m.maintainer_email);
    one("license", m.license);
    one("license_expression", m.license_expression);
    many("license_file", m.license_files);
    many("classifiers", m.classifiers);
    many("platform", m.platforms);
    for (const Requirement& requirement : m.requires_dist)
        upload.fields.emplace_back("requires_dist", requirement.text());
    if (m.requires_python) one("requires_python", m.requires_python->text());
    many("requires_external", m.requires_external);
    many("provides_extra", m.provides_extra);
    many("dynamic", m.dynamic);
    for (const auto& [label, url] : m.project_urls)
        upload.fields.emplace_back("project_urls", label + ", " + url);
}

// There is no status for "that file is there": what indexes answer instead, as twine knows them.
bool tells_of_existing(const base::HttpResponse& response) {
    static constexpr std::pair<int, const char*> kAnswers[] = {
        {400, "already exist"},       // Warehouse, Google's Artifact Registry
        {400, "already been taken"},  // GitLab
        {400, "updating asset"},      // Nexus
        {403, "overwrite artifact"},  // Artifactory
    };
    std::string said = base::lower(response.reason + "\n" + response.body);
    return response.status == 409 || std::any_of(std::begin(kAnswers), std::end(kAnswers), [&](const auto& answer) {
               return answer.first == response.status && said.find(answer.second) != std::string::npos;
           });
}

}  // namespace

base::Result<Upload> prepare_upload(const std::string& path) {
    Upload out;
    out.path = path;
    out.file_name = base::base_name(path);
    std::string metadata_text, python = "source", kind = "sdist";
    if (out.file_name.ends_with(".whl")) {
        Wheel wheel = TRY(Wheel::open(path));
        metadata_text = wheel.metadata_text();
        kind = "bdist_wheel";
        // Compressed tag sets are sent as the file's name writes them.
        std::vector<std::string_view> parts =
            base::split(std::string_view(out.file_name).substr(0, out.file_name.size() - 4), '-');
        python = parts[parts.size() - 3];
    } else {
        Sdist sdist = TRY(Sdist::open(path));
        if (!sdist.pkg_info())
            return base::Error(base::ErrorKind::Integrity, "`" + out.file_name + "` has no PKG-INFO");
        metadata_text = *sdist.pkg_info();
    }
    std::vector<base::Error> findings = check_metadata(metadata_text);
    if (!findings.empty()) {
        base::Error error(base::ErrorKind::NotHolding, "the metadata of `" + out.file_name + "` would be refused");
        for (const base::Error& finding : findings)
            error.contexts.push_back(finding.message);
        return error;
    }
    Metadata metadata = TRY(parse_metadata(metadata_text, out.file_name));
    out.name = metadata.name;
    out.version = metadata.version.text();
    std::string bytes = TRY(base::read_file(path))
    , md5 = TRY(base::hash_hex("md5", bytes));
    out.fields = {{":action", "file_upload"}, {"protocol_version", "1"}, {"filetype", kind}, {"pyversion", python}};
    out.fields.emplace_back("sha256_digest", base::sha256_hex(bytes));
    out.fields.emplace_back("md5_digest", md5);
    add_metadata(out, metadata);
    return out;
}

base::Result<UploadOutcome> send_upload(base::HttpClient& http, const PublishTarget& target, const Upload& upload) {
    base::HttpRequest request{.method = "POST", .url = target.url};
    // A user without a password is for the client's identities and the .netrc file to complete.
    if (!target.password.empty()) {
        request.user = target.user;
        request.password = target.password;
    }
    // Sent twice, a file that arrived the first time would be refused as a double.
    request.may_retry = false;
    for (const auto& [name, value] : upload.fields)
        request.form.push_back({name, value, "", ""});
    std::string bytes = TRY(base::read_file(upload.path));
    request.form.push_back({"content", std::move(bytes), upload.file_name, "application/octet-stream"});
    base::HttpResponse response = TRY(http.perform(std::move(request)));
    if (response.ok()) return UploadOutcome::Sent;
    if (tells_of_existing(response)) return UploadOutcome::Existed;
    base::Error error = base::http_status_error(response);
    if (response.status == 401 || response.status == 403)
        error.hint = "give a token with --token or ADDER_TOKEN, or user and password in ~/.pypirc";
    return error;
}

namespace {

// Sections, keys and values as Python's configparser reads them: keys in any case, values that go on in indented lines.
struct PypircEntry {
    std::string section, key, value;
};
std::vector<PypircEntry> parse_pypirc(std::string_view text, std::vector<std::string>& sections) {
    std::vector<PypircEntry> out;
    bool in_value = false;
    for (std::string_view line : base::split_lines(text)) {
        std::string_view body = base::strip(line);
        if (body.empty() || body[0] == '#' || body[0] == ';') continue;
        if (in_value && base::is_space(line[0])) {
            out.back().value += (out.back().value.empty() ? "" : "\n") + std::string(body);
            continue;
        }
        in_value = false;
        if (body[0] == '[' && body.back() == ']') {
            sections.emplace_back(base::strip(body.substr(1, body.size() - 2)));
            continue;
        }
        size_t divider = body.find_first_of("=:");
        if (sections.empty() || divider == std::string_view::npos) continue;
        out.push_back({sections.back(), base::lower(base::strip(body.substr(0, divider))), std::string(base::strip(body.substr(divider + 1)))});
        in_value = true;
    }
    return out;
}

}  // namespace

base::Result<PublishTarget> read_pypirc(std::string_view text, std::string_view name) {
    PublishTarget out;
    if (name == "pypi") out.url = "https://upload.pypi.org/legacy/";
    if (name == "testpypi") out.url = "https://test.pypi.org/legacy/";
    std::vector<std::string> sections;
    for (PypircEntry& entry : parse_pypirc(text, sections)) {
        if (entry.section != name) continue;
        if (entry.key == "repository") out.url = std::move(entry.value);
        else if (entry.key == "username") out.user = std::move(entry.value);
        else if (entry.key == "password") out.password = std::move(entry.value);
    }
    if (!out.url.empty()) return out;
    std::string section = "[" + std::string(name) + "]";
    bool found = std::find(sections.begin(), sections.end(), name) != sections.end();
    return base::Error(base::ErrorKind::NotHolding, found ? "section " + section + " of .pypirc names no `repository`"
                                                          : "there is no section " + section + " in .pypirc");
}

}  // namespace pkg
