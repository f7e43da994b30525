// [project] → METADATA.
#include "pkg/build/project_metadata.h"

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"

namespace pkg {

namespace {

void put(std::string& out, std::string_view name, std::string_view value) {
    // A value over several lines continues with a bar, as the core metadata page folds it.
    if (!value.empty()) out += std::string(name) + ": " + base::replace_all(value, "\n", "\n       |") + "\n";
}

// PEP 621: people without address go to Author, the others to Author-email.
void put_people(std::string& out, std::string_view name, const std::vector<Person>& people) {
    std::vector<std::string> names, addresses;
    for (const Person& person : people) {
        if (person.email.empty()) {
            names.push_back(person.name);
        } else {
            addresses.push_back(person.name.empty() ? person.email : person.name + " <" + person.email + ">");
        }
    }
    put(out, name, base::join(names, ", "));
    put(out, std::string(name) + "-email", base::join(addresses, ", "));
}

// The requirement with the extra's condition added to its own.
std::string with_extra(const std::string& written, const std::string& extra) {
    std::string condition = "extra == \"" + extra + "\"";
    size_t at = written.find(';');
    // In a direct reference only a semicolon after a blank begins the marker (PEP 508).
    if (written.find('@') < at)
        at = written.find(" ;") == std::string::npos ? std::string::npos : written.find(" ;") + 1;
    if (at == std::string::npos)
        return std::string(base::strip(written)) + (written.find('@') == std::string::npos ? "; " : " ; ") + condition;
    return std::string(base::strip_right(written.substr(0, at))) + (written.find('@') < at ? " ; " : "; ") + "(" +
           std::string(base::strip(written.substr(at + 1))) + ") and " + condition;
}

base::Result<std::string> readme_text(const std::string& directory, const ProjectTable& project) {
    if (project.readme_file.empty()) return project.readme_text;
    return base::read_file(base::join_path(directory, project.readme_file));
}

std::string readme_type(const ProjectTable& project) {
    if (!project.readme_content_type.empty()) return project.readme_content_type;
    std::string ending = base::lower(base::extension(project.readme_file));
    if (ending == ".md") return "text/markdown";
    if (ending == ".rst") return "text/x-rst";
    return project.readme_file.empty() ? "" : "text/plain";
}

}  // namespace

base::Result<std::string> project_metadata(const std::string& directory, const Manifest& manifest,
                                           const std::vector<std::string>& licenses) {
    const ProjectTable& project = manifest.project;
    // The lowest version that has the fields used: tools of their time can read the file.
    bool licensed = !project.license_expression.empty() || !licenses.empty();
    std::string out = std::string("Metadata-Version: ") + (licensed ? "2.4" : "2.2") + "\n";
    put(out, "Name", project.name);
    put(out, "Version", project.version->text());
    put(out, "Summary", project.description);
    put_people(out, "Author", project.authors);
    put_people(out, "Maintainer", project.maintainers);
    std::string license = project.license_text;
    if (!project.license_file.empty()) license = TRY(base::read_file(base::join_path(directory, project.license_file)));
    put(out, "License", base::strip(license));
    put(out, "License-Expression", project.license_expression);
    for (const std::string& file : licenses)
        put(out, "License-File", file);
    for (const std::string& classifier : project.classifiers)
        put(out, "Classifier", classifier);
    put(out, "Description-Content-Type", readme_type(project));
    put(out, "Keywords", base::join(project.keywords, ","));
    for (const auto& [label, url] : project.urls)
        put(out, "Project-URL", label + ", " + url);
    if (project.requires_python) put(out, "Requires-Python", project.requires_python->text());
    for (const Dependency508& dependency : project.dependencies)
        put(out, "Requires-Dist", base::strip(dependency.written));
    for (const auto& [extra, dependencies] : project.optional_dependencies) {
        put(out, "Provides-Extra", extra);
        for (const Dependency508& dependency : dependencies)
            put(out, "Requires-Dist", with_extra(dependency.written, extra));
    }
    std::string readme = TRY(readme_text(directory, project));
    if (!readme.empty()) out += "\n" + readme;
    return out;
}

}  // namespace pkg
