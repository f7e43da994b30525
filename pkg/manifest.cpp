// pyproject.toml: [build-system], [project] and [dependency-groups]. [tool.adder] is manifest_tool.cpp.
#include "pkg/manifest.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "base/toml.h"
#include "pkg/licenses.h"
#include "pkg/manifest_read.h"
#include "pkg/name.h"

namespace pkg {

base::Result<std::string> read_string(base::TomlValue value, std::string_view what) {
    if (!value || value.is_string()) return std::string(value.string());
    return value.error("`" + std::string(what) + "` must be a string, here is " + article(value.type_name()));
}

base::Result<std::vector<std::string>> read_strings(base::TomlValue value, std::string_view what) {
    std::vector<std::string> out;
    if (!value) return out;
    if (!value.is_array()) return value.error("`" + std::string(what) + "` must be an array of strings, here is " + article(value.type_name()));
    for (size_t i = 0; i < value.size(); i++) out.push_back(TRY(read_string(value.at(i), what)));
    return out;
}

base::Result<std::string> read_key(base::TomlValue table, const std::string& key) {
    auto name = parse_name(key);
    if (!name.ok()) return std::move(name).error().with_span(table.key_span(key));
    return std::move(name).value();
}

base::Result<void> expect_table(base::TomlValue value, std::string_view what) {
    if (!value || value.is_table()) return {};
    return value.error("`" + std::string(what) + "` must be a table, here is " + article(value.type_name()));
}

bool is_one_line(std::string_view text) {
    for (std::string_view breaker : {"\u0085", "\u2028", "\u2029"})
        if (text.find(breaker) != std::string_view::npos) return false;
    return std::none_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

std::string article(std::string_view noun) {
    bool vowel = noun.find_first_of("aeiou") == 0;
    return (vowel ? "an " : "a ") + std::string(noun);
}

base::Error at_value(base::TomlValue value, base::Error inner) {
    base::SourceSpan span = value.span();
    // The caret points into the string where the inner error does, when the string is written plainly.
    std::string_view written = value.string();
    size_t quote = span.source_line().find(written, span.column ? span.column - 1 : 0);
    if (inner.span.column && quote != std::string::npos && !written.empty()) {
        span.column = static_cast<uint32_t>(quote + inner.span.column);
        span.length = inner.span.length;
    }
    inner.span = std::move(span);
    return inner;
}

base::Result<Dependency508> read_dependency(base::TomlValue value, std::string_view what) {
    if (!value.is_string()) return value.error("`" + std::string(what) + "` holds requirements as strings, here is " + article(value.type_name()));
    auto requirement = parse_requirement(value.string());
    if (!requirement.ok()) return at_value(value, std::move(requirement).error());
    return Dependency508{std::move(requirement).value(), std::string(value.string()), value.span()};
}

base::Result<std::vector<Dependency508>> read_dependencies(base::TomlValue value, std::string_view what) {
    std::vector<Dependency508> out;
    if (!value) return out;
    if (!value.is_array()) return value.error("`" + std::string(what) + "` must be an array, here is " + article(value.type_name()));
    for (size_t i = 0; i < value.size(); i++) out.push_back(TRY(read_dependency(value.at(i), what)));
    return out;
}

namespace {

base::Result<std::vector<Person>> read_people(base::TomlValue value, std::string_view what) {
    std::vector<Person> out;
    if (value && !value.is_array()) return value.error("`" + std::string(what) + "` must be an array of tables");
    for (size_t i = 0; i < value.size(); i++) {
        base::TomlValue person = value.at(i);
        if (!person.is_table()) return person.error("`" + std::string(what) + "` must be an array of tables with `name` and `email`");
        for (const std::string& key : person.keys())
            if (key != "name" && key != "email")
                return base::Error(base::ErrorKind::Usage, "`" + std::string(what) + "` knows `name` and `email`, not `" + key + "`")
                    .with_span(person.key_span(key));
        out.push_back({TRY(read_string(person["name"], what)), TRY(read_string(person["email"], what))});
    }
    return out;
}

base::Result<void> read_readme(ProjectTable& project, base::TomlValue value) {
    if (!value) return {};
    if (value.is_string()) {
        project.readme_file = value.string();
        std::string lower = base::lower(project.readme_file);
        project.readme_content_type = lower.ends_with(".md")    ? "text/markdown"
                                      : lower.ends_with(".rst") ? "text/x-rst"
                                      : lower.ends_with(".txt") ? "text/plain"
                                                                : "";
        if (project.readme_content_type.empty())
            return value.error("the type of `readme` cannot be told from its name; write a table with `file` and `content-type`");
        return {};
    }
    TRY(expect_table(value, "project.readme"));
    project.readme_file = TRY(read_string(value["file"], "project.readme.file"));
    project.readme_text = TRY(read_string(value["text"], "project.readme.text"));
    project.readme_content_type = TRY(read_string(value["content-type"], "project.readme.content-type"));
    if (bool(value["file"]) == bool(value["text"])) return value.error("`project.readme` needs either `file` or `text`");
    if (project.readme_content_type.empty()) return value.error("`project.readme` needs `content-type`");
    return {};
}

base::Result<void> read_license(ProjectTable& project, base::TomlValue table) {
    base::TomlValue value = table["license"];
    if (value.is_string()) {
        // Of a licence that our list does not have (yet) the project's back end is to judge.
        auto expression = normalize_license_expression(value.string());
        project.license_expression = expression.ok() ? *expression : std::string(value.string());
    } else if (value) {
        TRY(expect_table(value, "project.license"));
        project.license_text = TRY(read_string(value["text"], "project.license.text"));
        project.license_file = TRY(read_string(value["file"], "project.license.file"));
        if (bool(value["file"]) == bool(value["text"])) return value.error("`project.license` needs either `file` or `text`");
    }
    project.has_license_files = bool(table["license-files"]);
    project.license_files = TRY(read_strings(table["license-files"], "project.license-files"));
    if (project.has_license_files && value.is_table())
        return table["license-files"].error("`license-files` cannot stand beside the table form of `license` (PEP 639)");
    return {};
}

// Can entry_points.txt hold it, and give it back (specifications/entry-points §File format)?
bool is_entry_text(std::string_view text) { return !text.empty() && base::strip(text) == text && is_one_line(text); }
bool is_entry_name(std::string_view name) {
    return is_entry_text(name) && std::string_view("#;[").find(name[0]) == std::string_view::npos && name.find('=') == std::string_view::npos;
}
bool is_entry_group(std::string_view group) { return is_entry_text(group) && group.find_first_of("[]") == std::string_view::npos; }

base::Result<void> read_entry_group(ProjectTable& project, base::TomlValue table, std::string_view what, const std::string& group) {
    TRY(expect_table(table, what));
    bool script = is_script_group(group);
    for (const std::string& name : table.keys()) {
        base::TomlValue value = table[name];
        auto entry = parse_object_reference(TRY(read_string(value, what)));
        if (!entry.ok()) return at_value(value, std::move(entry).error());
        if (script && !is_script_name(name))
            return base::Error(base::ErrorKind::Usage, "`" + name + "` cannot be a script's file name").with_span(table.key_span(name));
        if (!is_entry_name(name))
            return base::Error(base::ErrorKind::Usage, "`" + name + "` cannot be the name of an entry point: entry_points.txt has no way to write it")
                .with_span(table.key_span(name));
        entry->group = group;
        entry->name = name;
        project.entry_points.push_back(std::move(entry).value());
    }
    return {};
}

base::Result<void> read_entry_points(ProjectTable& project, base::TomlValue table) {
    TRY(read_entry_group(project, table["scripts"], "project.scripts", "console_scripts"));
    TRY(read_entry_group(project, table["gui-scripts"], "project.gui-scripts", "gui_scripts"));
    base::TomlValue groups = table["entry-points"];
    TRY(expect_table(groups, "project.entry-points"));
    for (const std::string& group : groups.keys()) {
        if (is_script_group(group))
            return base::Error(base::ErrorKind::Usage, "`" + group + "` is written as `[project." +
                                                           (group == "gui_scripts" ? "gui-scripts" : "scripts") + "]`")
                .with_span(groups.key_span(group));
        if (!is_entry_group(group))
            return base::Error(base::ErrorKind::Usage, "`" + group + "` cannot be a group of entry points: entry_points.txt has no way to write it")
                .with_span(groups.key_span(group));
        TRY(read_entry_group(project, groups[group], "project.entry-points", group));
    }
    return {};
}

base::Result<void> read_optional(ProjectTable& project, base::TomlValue table) {
    TRY(expect_table(table, "project.optional-dependencies"));
    for (const std::string& name : table.keys()) {
        std::string key = TRY(read_key(table, name));
        project.optional_dependencies.emplace_back(std::move(key), TRY(read_dependencies(table[name], "project.optional-dependencies." + name)));
    }
    return {};
}

// PEP 794: a name is provided either exclusively or together with others.
base::Result<void> read_import_names(ProjectTable& project, base::TomlValue table) {
    project.has_import_names = bool(table["import-names"]);
    project.import_names = TRY(read_strings(table["import-names"], "project.import-names"));
    project.import_namespaces = TRY(read_strings(table["import-namespaces"], "project.import-namespaces"));
    auto module = [](std::string_view name) { return base::strip(name.substr(0, name.find(';'))); };
    for (size_t i = 0; i < project.import_namespaces.size(); i++)
        for (const std::string& name : project.import_names)
            if (module(name) == module(project.import_namespaces[i]))
                return table["import-namespaces"].at(i).error("`" + std::string(module(name)) + "` is in `import-names` as well (PEP 794)");
    return {};
}

constexpr std::string_view kProjectKeys[] = {
    "name", "version", "description", "readme", "requires-python", "license", "license-files", "authors", "maintainers",
    "keywords", "classifiers", "urls", "scripts", "gui-scripts", "entry-points", "dependencies", "optional-dependencies",
    "dynamic", "import-names", "import-namespaces"};
// Lists and tables that a back end may add to (PEP 808).
constexpr std::string_view kExtensibleKeys[] = {"authors", "classifiers", "dependencies", "entry-points", "gui-scripts", "import-names", "import-namespaces",
                                                "keywords", "license-files", "maintainers", "optional-dependencies", "scripts", "urls"};

base::Result<void> read_identity(ProjectTable& project, base::TomlValue table) {
    base::TomlValue name = table["name"];
    if (!name) return table.error("`[project]` needs `name`");
    project.name = TRY(read_string(name, "project.name"));
    auto key = parse_name(project.name);
    if (!key.ok()) return at_value(name, std::move(key).error());
    project.dynamic = TRY(read_strings(table["dynamic"], "project.dynamic"));
    for (const std::string& field : project.dynamic) {
        bool extensible = std::find(std::begin(kExtensibleKeys), std::end(kExtensibleKeys), field) != std::end(kExtensibleKeys);
        if (field == "name" || (table[field] && !extensible))
            return table["dynamic"].error("`" + field + "` cannot be both given and dynamic");
    }
    if (base::TomlValue value = table["version"]) {
        auto version = parse_version(TRY(read_string(value, "project.version")));
        if (!version.ok()) return at_value(value, std::move(version).error());
        project.version = std::move(version).value();
    } else if (!project.is_dynamic("version")) {
        return table.error("`[project]` needs `version`, or \"version\" in `dynamic`");
    }
    if (base::TomlValue value = table["requires-python"]) {
        auto specifier = parse_specifier_set(TRY(read_string(value, "project.requires-python")));
        if (!specifier.ok()) return at_value(value, std::move(specifier).error());
        if (specifier->is_unsatisfiable()) return value.error("no version of Python fits `" + specifier->text() + "`");
        project.requires_python = std::move(specifier).value();
    }
    return {};
}

base::Result<ProjectTable> read_project(base::TomlValue table) {
    ProjectTable project;
    for (const std::string& key : table.keys())
        if (std::find(std::begin(kProjectKeys), std::end(kProjectKeys), key) == std::end(kProjectKeys))
            return base::Error(base::ErrorKind::Usage, "`[project]` has no key `" + key + "`").with_span(table.key_span(key));
    TRY(read_identity(project, table));
    project.description = TRY(read_string(table["description"], "project.description"));
    TRY(read_readme(project, table["readme"]));
    TRY(read_license(project, table));
    project.authors = TRY(read_people(table["authors"], "project.authors"));
    project.maintainers = TRY(read_people(table["maintainers"], "project.maintainers"));
    project.keywords = TRY(read_strings(table["keywords"], "project.keywords"));
    project.classifiers = TRY(read_strings(table["classifiers"], "project.classifiers"));
    TRY(read_import_names(project, table));
    TRY(expect_table(table["urls"], "project.urls"));
    for (const std::string& label : table["urls"].keys())
        project.urls.emplace_back(label, TRY(read_string(table["urls"][label], "project.urls")));
    TRY(read_entry_points(project, table));
    project.dependencies = TRY(read_dependencies(table["dependencies"], "project.dependencies"));
    TRY(read_optional(project, table["optional-dependencies"]));
    return project;
}

base::Result<BuildSystem> read_build_system(base::TomlValue table) {
    BuildSystem out;
    out.present = bool(table);
    TRY(expect_table(table, "build-system"));
    if (table && !table["requires"]) return table.error("`[build-system]` needs `requires` (PEP 518)");
    out.requires_ = TRY(read_dependencies(table["requires"], "build-system.requires"));
    out.backend = TRY(read_string(table["build-backend"], "build-system.build-backend"));
    out.backend_path = TRY(read_strings(table["backend-path"], "build-system.backend-path"));
    return out;
}

base::Result<GroupItem> read_group_item(base::TomlValue value, const std::string& group) {
    GroupItem item;
    item.span = value.span();
    if (value.is_string()) {
        item.dependency = TRY(read_dependency(value, "dependency-groups." + group));
        return item;
    }
    std::vector<std::string> keys = value.keys();
    if (!value.is_table() || keys.size() != 1 || keys[0] != "include-group" || !value["include-group"].is_string())
        return value.error("a dependency group holds requirements and `{include-group = \"name\"}`");
    item.include = normalize_name(value["include-group"].string());
    return item;
}

// No two keys of the table are one name after normalisation.
base::Result<void> expect_distinct(base::TomlValue table, const char* what) {
    std::map<std::string, std::string> seen;
    for (const std::string& name : table.keys()) {
        auto known = seen.emplace(normalize_name(name), name);
        if (!known.second)
            return base::Error(base::ErrorKind::Usage, "`" + name + "` and `" + known.first->second + "` are the same " + what + " name")
                .with_span(table.key_span(name));
    }
    return {};
}

base::Result<std::vector<DependencyGroup>> read_groups(base::TomlValue table) {
    std::vector<DependencyGroup> out;
    TRY(expect_table(table, "dependency-groups"));
    TRY(expect_distinct(table, "group"));
    for (const std::string& name : table.keys()) {
        std::string key = TRY(read_key(table, name));
        DependencyGroup group{key, name, {}};
        base::TomlValue items = table[name];
        if (!items.is_array()) return items.error("a dependency group must be an array, here is " + article(items.type_name()));
        for (size_t i = 0; i < items.size(); i++) group.items.push_back(TRY(read_group_item(items.at(i), name)));
        out.push_back(std::move(group));
    }
    return out;
}

// `done`: groups whose items are in `out` already; a second time they would say nothing new.
base::Result<void> flatten(const std::vector<DependencyGroup>& groups, const std::string& name, std::vector<std::string>& path,
                           const base::SourceSpan& asked_at, std::set<std::string>& done, std::vector<Dependency508>& out) {
    if (done.count(name)) return {};
    if (std::find(path.begin(), path.end(), name) != path.end())
        return base::Error(base::ErrorKind::Usage, "dependency groups include each other in a circle: " + base::join(path, " → ") + " → " + name)
            .with_span(asked_at);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const DependencyGroup& g) { return g.name == name; });
    if (group == groups.end())
        return base::Error(base::ErrorKind::Usage, "there is no dependency group `" + name + "`").with_span(asked_at);
    path.push_back(name);
    for (const GroupItem& item : group->items) {
        if (item.dependency)
            out.push_back(*item.dependency);
        else
            TRY(flatten(groups, item.include, path, item.span, done, out));
    }
    path.pop_back();
    done.insert(name);
    return {};
}

base::Result<void> check_includes(const std::vector<DependencyGroup>& groups) {
    std::vector<std::string> path;
    std::set<std::string> done;
    std::vector<Dependency508> all;
    for (const DependencyGroup& group : groups) TRY(flatten(groups, group.name, path, {}, done, all));
    return {};
}

}  // namespace

bool ProjectTable::is_dynamic(std::string_view field) const {
    return std::find(dynamic.begin(), dynamic.end(), field) != dynamic.end();
}

std::string Manifest::key() const { return normalize_name(project.name); }

const DependencyGroup* Manifest::group(std::string_view name) const {
    std::string key = normalize_name(name);
    for (const DependencyGroup& group : groups)
        if (group.name == key) return &group;
    return nullptr;
}

base::Result<std::vector<Dependency508>> resolve_group(const std::vector<DependencyGroup>& groups, std::string_view name) {
    std::vector<Dependency508> out;
    std::vector<std::string> path;
    std::set<std::string> done;
    TRY(flatten(groups, normalize_name(name), path, {}, done, out));
    return out;
}

std::vector<std::string> default_groups(const Manifest& manifest) {
    if (manifest.tool.default_groups) return *manifest.tool.default_groups;
    if (manifest.group("dev")) return {"dev"};
    return {};
}

base::Result<Manifest> parse_manifest(std::string text, std::string file) {
    base::TomlDocument document = TRY(base::parse_toml(std::move(text), file));
    base::TomlValue root = document.root();
    Manifest out;
    out.file = std::move(file);
    TRY(expect_table(root["project"], "project"));
    out.has_project = bool(root["project"]);
    if (out.has_project) out.project = TRY(read_project(root["project"]));
    out.build_system = TRY(read_build_system(root["build-system"]));
    out.groups = TRY(read_groups(root["dependency-groups"]));
    base::TomlValue settings = root["tool"]["adder"];
    out.tool = TRY(read_tool_settings(settings));
    // PEP 685. Other back ends join such extras (setuptools does), and their project may be somebody else's.
    bool is_ours = settings || !out.build_system.present || out.build_system.backend == "adder_build";
    if (is_ours) TRY(expect_distinct(root["project"]["optional-dependencies"], "extra"));
    TRY(check_named_lists(out, settings));
    TRY(check_includes(out.groups));
    return out;
}

}  // namespace pkg
