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

// The requirement as written, with the extra's condition added to its own.
std::string with_extra(const Dependency508& dependency, const std::string& extra) {
    std::string_view written = base::strip(dependency.written);
    const std::string& url = dependency.requirement.url;
    // A semicolon within the URL of a direct reference is part of it (PEP 508).
    size_t head = url.empty() ? 0 : written.find(url, written.find('@') + 1) + url.size();
    size_t at = written.find(';', head);
    std::string out(base::strip_right(written.substr(0, at)));
    out += url.empty() ? "; " : " ; ";
    if (at != std::string_view::npos) out += "(" + std::string(base::strip(written.substr(at + 1))) + ") and ";
    return out + "extra == \"" + extra + "\"";
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
    bool imported = project.has_import_names || !project.import_namespaces.empty();
    std::string out = std::string("Metadata-Version: ") + (imported ? "2.5" : licensed ? "2.4" : "2.2") + "\n";
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
            put(out, "Requires-Dist", with_extra(dependency, extra));
    }
    for (const std::string& name : project.import_names) put(out, "Import-Name", base::strip(name));
    for (const std::string& name : project.import_namespaces) put(out, "Import-Namespace", base::strip(name));
    // PEP 794: an empty one says that nothing is imported, none says nothing.
    if (imported && project.import_names.empty() && project.import_namespaces.empty()) out += "Import-Name:\n";
    std::string readme = TRY(readme_text(directory, project));
    if (!readme.empty()) out += "\n" + readme;
    return out;
}

}  // namespace pkg
