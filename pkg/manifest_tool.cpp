// [tool.adder] of pyproject.toml.
#include <algorithm>

#include "base/text.h"
#include "pkg/manifest_read.h"
#include "pkg/marker_tree.h"
#include "pkg/name.h"

namespace pkg {

namespace {

constexpr std::string_view kToolKeys[] = {
    "index", "sources", "constraint-dependencies", "override-dependencies", "exclude-dependencies",
    "build-constraint-dependencies", "environments", "required-environments", "default-groups", "resolution", "prerelease",
    "exclude-newer", "python", "link-mode", "package", "no-build", "no-binary", "conflicts", "freeze", "run",
    "dependency-metadata", "extra-build-dependencies", "exclude-newer-package", "prerelease-package"};

base::Result<bool> read_bool(base::TomlValue value, std::string_view what) {
    if (!value || value.is_bool()) return value.boolean(false);
    return value.error("`" + std::string(what) + "` must be true or false");
}

base::Result<std::vector<std::string>> read_names(base::TomlValue value, std::string_view what) {
    std::vector<std::string> out = TRY(read_strings(value, what));
    for (size_t i = 0; i < out.size(); i++) {
        if (out[i] == ":all:") continue;
        auto key = parse_name(out[i]);
        if (!key.ok()) return at_value(value.at(i), std::move(key).error());
        out[i] = *key;
    }
    return out;
}

base::Result<std::vector<Marker>> read_markers(base::TomlValue value, std::string_view what) {
    std::vector<Marker> out;
    std::vector<std::string> texts = TRY(read_strings(value, what));
    for (size_t i = 0; i < texts.size(); i++) {
        auto marker = parse_marker(texts[i]);
        if (!marker.ok()) return at_value(value.at(i), std::move(marker).error());
        out.push_back(std::move(marker).value());
    }
    return out;
}

base::Result<void> read_indexes(std::vector<IndexSetting>& out, base::TomlValue list, const std::string& header) {
    if (list && !list.is_array()) return list.error("indexes are written as `[[" + header + "]]`");
    for (size_t i = 0; i < list.size(); i++) {
        base::TomlValue table = list.at(i);
        TRY(expect_table(table, header));
        IndexSetting index;
        index.name = TRY(read_string(table["name"], header + ".name"));
        index.url = TRY(read_string(table["url"], header + ".url"));
        index.is_default = TRY(read_bool(table["default"], header + ".default"));
        index.is_explicit = TRY(read_bool(table["explicit"], header + ".explicit"));
        std::string format = TRY(read_string(table["format"], header + ".format"));
        if (!format.empty() && format != "simple" && format != "flat")
            return table["format"].error("`format` is \"simple\" or \"flat\", not `" + format + "`");
        index.flat = format == "flat";
        if (index.url.empty()) return table.error("an index needs `url`");
        if (table["priority"] && !table["priority"].is_integer()) return table["priority"].error("`priority` must be an integer");
        index.priority = table["priority"].integer();
        for (const IndexSetting& other : out)
            if (!index.name.empty() && other.name == index.name)
                return table["name"].error("two indexes are named `" + index.name + "`");
        out.push_back(std::move(index));
    }
    return {};
}

// What says more about a place must fit its kind.
base::Result<void> check_place(const SourceSetting& source, base::TomlValue table) {
    std::string revision;
    for (const char* key : {"branch", "tag", "rev"}) {
        if (!table[key]) continue;
        if (source.git.empty()) return table[key].error("`branch`, `tag` and `rev` go with `git`");
        if (!revision.empty()) return table[key].error("`" + revision + "` and `" + key + "` exclude each other");
        revision = key;
    }
    if (source.editable && source.path.empty()) return table["editable"].error("`editable` goes with `path`");
    if (table["subdirectory"] && !source.index.empty())
        return table["subdirectory"].error("`subdirectory` goes with `git`, `url` and `path`");
    return {};
}

base::Result<SourceSetting> read_source(base::TomlValue table, const std::string& package) {
    TRY(expect_table(table, "tool.adder.sources"));
    SourceSetting source;
    source.package = package;
    struct Field {
        std::string_view key;
        std::string SourceSetting::* member;
    };
    static constexpr Field kFields[] = {{"index", &SourceSetting::index},   {"path", &SourceSetting::path},
                                        {"url", &SourceSetting::url},       {"git", &SourceSetting::git},
                                        {"branch", &SourceSetting::branch}, {"tag", &SourceSetting::tag},
                                        {"rev", &SourceSetting::rev},       {"subdirectory", &SourceSetting::subdirectory}};
    for (const std::string& key : table.keys()) {
        auto field = std::find_if(std::begin(kFields), std::end(kFields), [&](const Field& f) { return f.key == key; });
        if (field != std::end(kFields))
            source.*(field->member) = TRY(read_string(table[key], "tool.adder.sources." + package + "." + key));
        else if (key != "editable" && key != "marker" && key != "extra" && key != "group")
            return base::Error(base::ErrorKind::Usage, "a source has no key `" + key + "`").with_span(table.key_span(key));
    }
    source.editable = TRY(read_bool(table["editable"], "tool.adder.sources.editable"));
    if (base::TomlValue marker = table["marker"]) {
        auto parsed = parse_marker(marker.string());
        if (!parsed.ok()) return at_value(marker, std::move(parsed).error());
        source.marker = std::move(parsed).value();
    }
    source.extra = normalize_name(TRY(read_string(table["extra"], "tool.adder.sources." + package + ".extra")));
    source.group = normalize_name(TRY(read_string(table["group"], "tool.adder.sources." + package + ".group")));
    if (!source.extra.empty() && !source.group.empty()) return table.error("a source is for an `extra` or a `group`, not both");
    int kinds = !source.index.empty() + !source.path.empty() + !source.url.empty() + !source.git.empty();
    if (kinds != 1) return table.error("a source needs exactly one of `index`, `path`, `url` and `git`");
    TRY(check_place(source, table));
    return source;
}

// Of several sources of a project one holds at a time.
base::Result<void> check_apart(const std::vector<SourceSetting>& sources, const SourceSetting& source, base::TomlValue where) {
    for (const SourceSetting& other : sources) {
        bool together = other.package == source.package && other.extra == source.extra && other.group == source.group &&
                        !MarkerTree::of(other.marker).disjoint(MarkerTree::of(source.marker));
        if (!together) continue;
        auto text = [](const SourceSetting& s) { return s.marker.always() ? "one has no `marker`" : "`" + s.marker.text() + "`"; };
        return where.error("two sources of `" + source.package + "` hold in the same environments: " + text(other) + " and " + text(source))
            .with_hint("give each a `marker` that excludes the others");
    }
    return {};
}

base::Result<void> read_sources(ToolSettings& tool, base::TomlValue table) {
    TRY(expect_table(table, "tool.adder.sources"));
    for (const std::string& name : table.keys()) {
        std::string key = TRY(read_key(table, name));
        base::TomlValue value = table[name];
        size_t count = value.is_array() ? value.size() : 1;
        for (size_t i = 0; i < count; i++) {
            SourceSetting source = TRY(read_source(value.is_array() ? value.at(i) : value, key));
            bool known = source.index.empty() || std::any_of(tool.indexes.begin(), tool.indexes.end(), [&](const IndexSetting& index) {
                             return index.name == source.index;
                         });
            if (!known)
                return value.error("there is no index named `" + source.index + "`").with_hint("name one with [[tool.adder.index]]");
            TRY(check_apart(tool.sources, source, value));
            tool.sources.push_back(std::move(source));
        }
    }
    return {};
}

base::Result<std::string> one_of(base::TomlValue value, std::string_view what, std::initializer_list<std::string_view> allowed) {
    std::string text = TRY(read_string(value, what));
    if (text.empty() || std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return text;
    std::vector<std::string> quoted;
    for (std::string_view one : allowed) quoted.push_back("\"" + std::string(one) + "\"");
    return value.error("`" + std::string(what) + "` is " + base::join_prose(quoted, "or") + ", not `" + text + "`");
}

base::Result<std::string> read_policy(base::TomlValue value, const std::string& what) {
    return one_of(value, what, {"if-necessary", "allow", "disallow", "explicit", "if-necessary-or-explicit"});
}

base::Result<void> read_conflicts(ToolSettings& tool, base::TomlValue list) {
    if (list && !list.is_array()) return list.error("`conflicts` is an array of arrays of `{extra = …}` and `{group = …}`");
    for (size_t i = 0; i < list.size(); i++) {
        std::vector<std::string> set;
        for (size_t k = 0; k < list.at(i).size(); k++) {
            base::TomlValue item = list.at(i).at(k);
            if (!item.is_table() || bool(item["extra"]) == bool(item["group"]))
                return item.error("a conflict names `{extra = \"…\"}` or `{group = \"…\"}`");
            const char* kind = item["extra"] ? "extra" : "group";
            set.push_back(std::string(kind) + ":" + normalize_name(item[kind].string()));
        }
        if (set.size() < 2) return list.at(i).error("a set of conflicts needs two entries or more");
        tool.conflicts.push_back(std::move(set));
    }
    return {};
}

base::Result<MetadataPatch> read_patch(base::TomlValue table) {
    TRY(expect_table(table, "tool.adder.dependency-metadata"));
    for (const std::string& key : table.keys())
        if (key != "name" && key != "version" && key != "requires-dist" && key != "requires-python" && key != "provides-extra")
            return base::Error(base::ErrorKind::Usage, "a metadata patch has no key `" + key + "`").with_span(table.key_span(key));
    MetadataPatch patch;
    auto name = parse_name(TRY(read_string(table["name"], "tool.adder.dependency-metadata.name")));
    if (!name.ok()) return at_value(table["name"] ? table["name"] : table, std::move(name).error());
    patch.package = *name;
    if (base::TomlValue value = table["version"]) {
        auto version = parse_version(TRY(read_string(value, "tool.adder.dependency-metadata.version")));
        if (!version.ok()) return at_value(value, std::move(version).error());
        patch.version = *version;
    }
    for (Dependency508& dependency : TRY(read_dependencies(table["requires-dist"], "tool.adder.dependency-metadata.requires-dist")))
        patch.requires_dist.push_back(std::move(dependency.requirement));
    if (base::TomlValue value = table["requires-python"]) {
        auto python = parse_specifier_set(TRY(read_string(value, "tool.adder.dependency-metadata.requires-python")));
        if (!python.ok()) return at_value(value, std::move(python).error());
        patch.requires_python = std::move(python).value();
    }
    patch.provides_extra = TRY(read_names(table["provides-extra"], "tool.adder.dependency-metadata.provides-extra"));
    return patch;
}

base::Result<void> read_patches(ToolSettings& tool, base::TomlValue list) {
    if (list && !list.is_array()) return list.error("metadata patches are written as `[[tool.adder.dependency-metadata]]`");
    for (size_t i = 0; i < list.size(); i++) tool.metadata_patches.push_back(TRY(read_patch(list.at(i))));
    return {};
}

// Tables from package names to something: `read(value, what)` for each.
template <class T, class Read>
base::Result<void> read_by_package(std::vector<std::pair<std::string, T>>& out, base::TomlValue table, const std::string& what, Read read) {
    TRY(expect_table(table, what));
    for (const std::string& name : table.keys()) {
        std::string key = TRY(read_key(table, name));
        out.emplace_back(std::move(key), TRY(read(table[name], what + "." + name)));
    }
    return {};
}

// A date or duration; `false` lifts the limit.
base::Result<std::string> read_cutoff(base::TomlValue value, const std::string& what) {
    if (value.is_bool() && !value.boolean(true)) return std::string();
    if (value.is_date_time()) return value.date_time();
    return read_string(value, what);
}

}  // namespace

base::Result<ToolSettings> read_tool_settings(base::TomlValue table) {
    ToolSettings tool;
    TRY(expect_table(table, "tool.adder"));
    for (const std::string& key : table.keys())
        if (std::find(std::begin(kToolKeys), std::end(kToolKeys), key) == std::end(kToolKeys))
            return base::Error(base::ErrorKind::Usage, "`[tool.adder]` has no key `" + key + "`").with_span(table.key_span(key));
    TRY(read_indexes(tool.indexes, table["index"], "tool.adder.index"));
    TRY(read_sources(tool, table["sources"]));
    tool.constraints = TRY(read_dependencies(table["constraint-dependencies"], "tool.adder.constraint-dependencies"));
    tool.overrides = TRY(read_dependencies(table["override-dependencies"], "tool.adder.override-dependencies"));
    tool.build_constraints = TRY(read_dependencies(table["build-constraint-dependencies"], "tool.adder.build-constraint-dependencies"));
    tool.exclusions = TRY(read_names(table["exclude-dependencies"], "tool.adder.exclude-dependencies"));
    tool.environments = TRY(read_markers(table["environments"], "tool.adder.environments"));
    tool.required_environments = TRY(read_markers(table["required-environments"], "tool.adder.required-environments"));
    if (table["default-groups"]) tool.default_groups = TRY(read_names(table["default-groups"], "tool.adder.default-groups"));
    tool.resolution = TRY(one_of(table["resolution"], "tool.adder.resolution", {"highest", "lowest", "lowest-direct"}));
    tool.prerelease = TRY(read_policy(table["prerelease"], "tool.adder.prerelease"));
    tool.exclude_newer = TRY(read_cutoff(table["exclude-newer"], "tool.adder.exclude-newer"));
    TRY(read_by_package(tool.exclude_newer_for, table["exclude-newer-package"], "tool.adder.exclude-newer-package", read_cutoff));
    TRY(read_by_package(tool.prerelease_for, table["prerelease-package"], "tool.adder.prerelease-package", read_policy));
    TRY(read_patches(tool, table["dependency-metadata"]));
    TRY(read_by_package(tool.extra_build_dependencies, table["extra-build-dependencies"], "tool.adder.extra-build-dependencies",
                        [](base::TomlValue value, const std::string& what) { return read_dependencies(value, what); }));
    tool.python = TRY(read_string(table["python"], "tool.adder.python"));
    tool.link_mode = TRY(one_of(table["link-mode"], "tool.adder.link-mode", {"hardlink", "reflink", "copy"}));
    if (table["package"]) tool.package = TRY(read_bool(table["package"], "tool.adder.package"));
    tool.no_build = TRY(read_names(table["no-build"], "tool.adder.no-build"));
    tool.no_binary = TRY(read_names(table["no-binary"], "tool.adder.no-binary"));
    TRY(read_conflicts(tool, table["conflicts"]));
    return tool;
}

base::Result<void> check_named_lists(const Manifest& manifest, base::TomlValue table) {
    std::vector<std::string> extras, groups;
    for (const auto& extra : manifest.project.optional_dependencies) extras.push_back(extra.first);
    for (const DependencyGroup& group : manifest.groups) groups.push_back(group.name);
    // Extras that a back end makes up are not known here.
    bool any_extra = !manifest.has_project || manifest.project.is_dynamic("optional-dependencies");
    auto check = [](base::TomlValue value, const std::vector<std::string>& known, const std::string& what) -> base::Result<void> {
        if (!value || std::find(known.begin(), known.end(), normalize_name(value.string())) != known.end()) return {};
        std::vector<std::string> quoted;
        for (const std::string& name : known) quoted.push_back("`" + name + "`");
        base::Error error = value.error("there is no " + what + " `" + std::string(value.string()) + "`");
        if (known.empty()) return error;
        return std::move(error).with_hint("there " + std::string(known.size() == 1 ? "is " : "are ") + base::join_prose(quoted));
    };
    auto check_member = [&](base::TomlValue entry) -> base::Result<void> {
        if (!any_extra) TRY(check(entry["extra"], extras, "extra"));
        return check(entry["group"], groups, "dependency group");
    };
    base::TomlValue defaults = table["default-groups"], sources = table["sources"], conflicts = table["conflicts"];
    for (size_t i = 0; i < defaults.size(); i++) TRY(check(defaults.at(i), groups, "dependency group"));
    for (const std::string& name : sources.keys()) {
        base::TomlValue source = sources[name];
        if (source.is_table()) TRY(check_member(source));
        for (size_t i = 0; source.is_array() && i < source.size(); i++) TRY(check_member(source.at(i)));
    }
    for (size_t i = 0; i < conflicts.size(); i++)
        for (size_t k = 0; k < conflicts.at(i).size(); k++) TRY(check_member(conflicts.at(i).at(k)));
    return {};
}

base::Result<std::vector<IndexSetting>> parse_user_indexes(std::string text, std::string file) {
    base::TomlDocument document = TRY(base::parse_toml(std::move(text), std::move(file)));
    std::vector<IndexSetting> out;
    TRY(read_indexes(out, document.root()["index"], "index"));
    return out;
}

}  // namespace pkg
