// The legacy upload API (Warehouse, "Upload API"): one form per file, answered in plain text.
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/index/simple_page.h"
#include "pkg/name.h"
#include "pkg/registry/registry.h"

namespace pkg {

namespace {

std::string decode_base64(std::string_view text) {
    std::string url = base::replace_all(base::replace_all(text, "+", "-"), "/", "_");
    while (url.ends_with('='))
        url.pop_back();
    base::Result<std::string> bytes = base::from_base64url_nopad(url);
    return bytes.ok() ? *bytes : "";
}

struct Form {
    std::vector<base::HttpFormPart> parts;
    const base::HttpFormPart* find(std::string_view name) const {
        for (const base::HttpFormPart& part : parts) {
            if (part.name == name) return &part;
        }
        return nullptr;
    }
    std::string value(std::string_view name) const { return find(name) ? find(name)->value : ""; }
};

// What is wrong with the form's own claims; empty when nothing is.
std::string complaint(const Form& form, const DistFile& file) {
    if (form.value(":action") != "file_upload") return "the form's :action is not file_upload";
    if (form.value("protocol_version") != "1") return "protocol_version 1 is expected";
    base::Result<Version> version = parse_version(form.value("version"));
    if (!version.ok() || *version != file.version) return "the form's version and the file's name differ";
    if (form.value("filetype") != (file.kind == FileKind::Wheel ? "bdist_wheel" : "sdist"))
        return "the form's filetype does not fit the file's name";
    bool plain = std::all_of(file.build_suffix.begin(), file.build_suffix.end(), [](char c) { return base::is_alnum(c) || c == '_' || c == '.'; });
    if (!plain) return "the wheel's build tag has other characters than letters, digits, `_` and `.`";
    const std::string& content = form.find("content")->value;
    for (auto [field, algorithm] : {std::pair{"sha256_digest", "sha256"}, std::pair{"md5_digest", "md5"}}) {
        std::string expected = base::lower(form.value(field));
        base::Result<std::string> found = base::hash_hex(algorithm, content);
        if (!expected.empty() && (!found.ok() || *found != expected))
            return std::string(field) + " does not fit the content";
    }
    return "";
}

}  // namespace

int Registry::refused(const base::HttpIncoming& request) const {
    std::string_view header = request.header("authorization");
    if (token_.empty()) return 403;
    if (!base::starts_with_ignoring_case(header, "basic ")) return 401;
    std::string pair = decode_base64(base::strip(header.substr(6)));
    size_t colon = pair.find(':');
    if (colon == std::string::npos) return 401;
    // Hashes of equal length are compared, so that the time tells nothing about the token.
    std::string given = base::sha256(std::string_view(pair).substr(colon + 1)), expected = base::sha256(token_);
    return CRYPTO_memcmp(given.data(), expected.data(), given.size()) ? 403 : 0;
}

const Registry::Entry* Registry::double_of(const std::string& project, const DistFile& file) const {
    auto identity = [](const DistFile& each) {
        std::vector<std::string> tags;
        for (const Tag& tag : each.tags)
            tags.push_back(tag.text());
        std::sort(tags.begin(), tags.end());
        base::Result<WheelName> wheel = parse_wheel_name(each.file_name);
        return std::tuple(each.kind, wheel.ok() && wheel->has_build, each.build_number, each.build_suffix, tags);
    };
    auto known = projects_.find(project);
    if (known == projects_.end()) return nullptr;
    for (const Entry* entry : known->second) {
        if (entry->file.version == file.version && identity(entry->file) == identity(file)) return entry;
    }
    return nullptr;
}

base::HttpOutgoing Registry::upload(const base::HttpIncoming& request) {
    if (int status = refused(request)) {
        base::HttpOutgoing out = base::HttpOutgoing::text(
            status, token_.empty() ? "this index takes no uploads"
                                   : "Invalid or missing authentication: the password must be this index's token");
        if (status == 401) out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"index\"");
        return out;
    }
    auto wrong = [](const std::string& text) { return base::HttpOutgoing::text(400, text); };
    base::Result<std::vector<base::HttpFormPart>> parts =
        base::parse_multipart(request.header("content-type"), request.body);
    if (!parts.ok()) return wrong(parts.error().message);
    Form form{std::move(parts).value()};
    const base::HttpFormPart* content = form.find("content");
    if (!content || !content->has_file_name) return wrong("the form has no file called content");
    DistFile file;
    file.file_name = content->file_name;
    if (base::unsafe_member_name(file.file_name) || file.file_name.find('/') != std::string::npos)
        return wrong("the file's name is not allowed");
    std::string project = normalize_name(form.value("name"));
    if (!is_valid_name(form.value("name")) || !describe_file(file, project))
        return wrong("the file is no wheel or .tar.gz source archive of the project that the form names");
    if (file.kind == FileKind::Sdist && !file.file_name.ends_with(".tar.gz"))
        return wrong("source archives must be .tar.gz");
    if (std::string problem = complaint(form, file); !problem.empty()) return wrong(problem);
    notice_changes();
    std::string folder = base::join_path(directory_, project), target = base::join_path(folder, file.file_name);
    if (files_.count(file.file_name) || base::path_exists(target))
        return wrong("File already exists: " + file.file_name);
    if (const Entry* other = double_of(project, file))
        return wrong("File already exists: " + file.file_name + " is another name of " + other->file.file_name);
    auto failed = [](const base::Error& error) {
        return base::HttpOutgoing::text(error.kind == base::ErrorKind::Io ? 503 : 400, error.message);
    };
    if (base::Result<void> made = base::make_directories(folder); !made.ok()) return failed(made.error());
    base::Result<base::TemporaryDirectory> staging = base::TemporaryDirectory::create(folder, ".upload-");
    if (!staging.ok()) return failed(staging.error());
    std::string path = base::join_path(staging->path(), file.file_name);
    if (base::Result<void> written = base::write_file(path, content->value); !written.ok())
        return failed(written.error());
    base::Result<Entry> entry = read_entry(path);
    if (!entry.ok()) return failed(entry.error());
    // link(2) refuses to replace: of two uploads at once one wins.
    if (::link(path.c_str(), target.c_str())) return wrong("File already exists: " + file.file_name);
    entry->path = target;
    entry->mtime_ns = base::file_status(target).mtime_ns;
    files_[file.file_name] = std::move(entry).value();
    group_by_project();
    staging = base::Error(base::ErrorKind::Internal, "");
    note_time(folder);
    note_time(directory_);
    return base::HttpOutgoing::text(200, "OK");
}

}  // namespace pkg
