// The texts of [project], each where it stands.
#include "pkg/build/project_check.h"

#include "base/text.h"
#include "pkg/licenses.h"
#include "pkg/manifest_read.h"
#include "pkg/metadata_check.h"

namespace pkg {

namespace {

base::Result<void> expect_line(base::TomlValue value, const std::string& what) {
    if (is_one_line(value.string())) return {};
    return value.error("`" + what + "` must be one line");
}

base::Result<void> expect_lines(base::TomlValue list, const std::string& what) {
    for (size_t i = 0; i < list.size(); i++) TRY(expect_line(list.at(i), what));
    return {};
}

// The value fits the metadata field that it becomes.
base::Result<void> expect_field(base::TomlValue value, const std::string& what, const std::string& field) {
    TRY(expect_line(value, what));
    std::vector<base::Error> found =
        check_metadata("Metadata-Version: 2.5\nName: n\nVersion: 1\n" + field + ": " + std::string(value.string()) + "\n");
    if (found.empty()) return {};
    return value.error(found.front().message);
}

// A phrase (RFC 822 §Address specification) without commas: words, "quoted words", (comments). Initials have their dots, as
// RFC 5322 allows.
bool is_display_name(std::string_view name) {
    bool quoted = false;
    int depth = 0;
    for (char c : name) {
        if (c == ',' || c == '\\') return false;
        if (c == '"' && depth == 0) quoted = !quoted;
        if (quoted) continue;
        if (c == '(') depth++;
        if (c == ')' && --depth < 0) return false;
        if (depth == 0 && std::string_view("<>@:;[]").find(c) != std::string_view::npos) return false;
    }
    return !quoted && depth == 0 && !base::strip(name).empty();
}

bool is_address(std::string_view text) {
    constexpr std::string_view kSpecials = " \t()<>,;:\\\"[]@";
    size_t at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size()) return false;
    return text.find_first_of(kSpecials) == at && text.find_first_of(kSpecials, at + 1) == std::string_view::npos;
}

base::Result<void> check_people(base::TomlValue people, const std::string& what) {
    for (size_t i = 0; i < people.size(); i++) {
        base::TomlValue name = people.at(i)["name"], email = people.at(i)["email"];
        if (!name && !email) return people.at(i).error("`" + what + "` needs `name` or `email`");
        TRY(expect_line(name, what));
        TRY(expect_line(email, what));
        if (name && !is_display_name(name.string()))
            return name.error("`" + std::string(name.string()) + "` is no name that can stand before an address; commas and `<>@:;[]\\` cannot be in one");
        if (email && !is_address(email.string())) return email.error("`" + std::string(email.string()) + "` is no email address");
    }
    return {};
}

base::Result<void> check_import_names(base::TomlValue project) {
    base::TomlValue names = project["import-names"], namespaces = project["import-namespaces"];
    for (size_t i = 0; i < names.size(); i++) {
        // An empty Import-Name says that nothing is imported, which is an empty list here.
        if (base::strip(names.at(i).string()).empty()) return names.at(i).error("an import name is expected, the text is empty");
        TRY(expect_field(names.at(i), "project.import-names", "Import-Name"));
    }
    if (namespaces && namespaces.size() == 0) return namespaces.error("`project.import-namespaces` must not be empty");
    for (size_t i = 0; i < namespaces.size(); i++) TRY(expect_field(namespaces.at(i), "project.import-namespaces", "Import-Namespace"));
    return {};
}

base::Result<void> check_urls(base::TomlValue urls) {
    for (const std::string& label : urls.keys()) {
        if (!is_one_line(label))
            return base::Error(base::ErrorKind::Usage, "a label of `project.urls` must be one line").with_span(urls.key_span(label));
        TRY(expect_line(urls[label], "project.urls"));
    }
    return {};
}

// Both become a file of that name.
base::Result<void> check_scripts(base::TomlValue project) {
    for (const std::string& name : project["gui-scripts"].keys())
        if (project["scripts"][name])
            return base::Error(base::ErrorKind::Usage, "`" + name + "` is in `project.scripts` as well").with_span(project["gui-scripts"].key_span(name));
    return {};
}

base::Result<void> check_dependencies(base::TomlValue project) {
    TRY(expect_lines(project["dependencies"], "project.dependencies"));
    base::TomlValue extras = project["optional-dependencies"];
    for (const std::string& extra : extras.keys()) TRY(expect_lines(extras[extra], "project.optional-dependencies"));
    return {};
}

}  // namespace

base::Result<void> check_project(base::TomlValue project) {
    TRY(expect_line(project["description"], "project.description"));
    if (base::TomlValue type = project["readme"]["content-type"]) TRY(expect_field(type, "project.readme.content-type", "Description-Content-Type"));
    if (base::TomlValue license = project["license"]; license.is_string()) {
        auto expression = normalize_license_expression(license.string());
        if (!expression.ok()) return at_value(license, std::move(expression).error());
    }
    TRY(check_people(project["authors"], "project.authors"));
    TRY(check_people(project["maintainers"], "project.maintainers"));
    TRY(expect_lines(project["keywords"], "project.keywords"));
    TRY(expect_lines(project["classifiers"], "project.classifiers"));
    TRY(check_import_names(project));
    TRY(check_urls(project["urls"]));
    TRY(check_scripts(project));
    return check_dependencies(project);
}

}  // namespace pkg
