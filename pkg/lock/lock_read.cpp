// Reading pylock.toml: types, required keys, exclusive sources, names that agree.
#include <algorithm>

#include "base/text.h"
#include "base/toml.h"
#include "pkg/dist_name.h"
#include "pkg/lock/lock.h"
#include "pkg/manifest_read.h"
#include "pkg/name.h"

namespace pkg {

bool is_lock_file_name(std::string_view file_name) {
    if (file_name == "pylock.toml") return true;
    if (!file_name.starts_with("pylock.") || !file_name.ends_with(".toml") || file_name.size() <= 12) return false;
    std::string_view name = file_name.substr(7, file_name.size() - 12);
    return !name.empty() && name.find('.') == std::string_view::npos;
}

namespace {

std::string decoded(std::string_view text) {
    auto digit = [](char c) { return base::is_digit(c) ? c - '0' : base::lower(c) >= 'a' && base::lower(c) <= 'f' ? base::lower(c) - 'a' + 10 : -1; };
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        bool escape = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
        out += escape ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
        if (escape) i += 2;
    }
    return out;
}

// The file name: written, else of the path, else of the URL (the specification's precedence).
std::string file_name_of(const std::string& name, const std::string& path, const std::string& url) {
    if (!name.empty()) return name;
    if (!path.empty()) return path.substr(path.find_last_of("/\\") + 1);
    std::string_view rest = url;
    rest = rest.substr(0, rest.find_first_of("?#"));
    return decoded(rest.substr(rest.rfind('/') + 1));
}

base::Result<std::string> required_string(base::TomlValue table, const std::string& key, const std::string& what) {
    if (!table[key]) return table.error("`" + what + "` needs `" + key + "`");
    return read_string(table[key], what + "." + key);
}

base::Result<std::vector<Hash>> read_hashes(base::TomlValue table, const std::string& what) {
    base::TomlValue value = table["hashes"];
    if (!value) return table.error("`" + what + "` needs `hashes`");
    if (!value.is_table()) return value.error("`" + what + ".hashes` must be a table, here is " + article(value.type_name()));
    std::vector<Hash> out;
    for (const std::string& algorithm : value.keys()) {
        if (!value[algorithm].is_string()) return value[algorithm].error("hashes are strings");
        if (value[algorithm].string().empty()) return value[algorithm].error("the hash is empty");
        out.push_back({base::lower(algorithm), base::lower(value[algorithm].string())});
    }
    if (out.empty()) return value.error("`" + what + ".hashes` needs at least one hash");
    return out;
}

// The keys of `table` that are not in `known` (separated by blanks).
OtherKeys read_others(base::TomlValue table, std::string_view known) {
    std::vector<std::string_view> names = base::split_words(known);
    OtherKeys out;
    for (const std::string& key : table.keys())
        if (std::find(names.begin(), names.end(), key) == names.end()) out.emplace_back(key, table[key].text());
    return out;
}

base::Result<LockFile> read_file(base::TomlValue table, const std::string& what) {
    TRY(expect_table(table, what));
    LockFile file;
    file.url = TRY(read_string(table["url"], what + ".url"));
    file.path = TRY(read_string(table["path"], what + ".path"));
    if (file.url.empty() && file.path.empty()) return table.error("`" + what + "` needs `url` or `path`");
    file.name = file_name_of(TRY(read_string(table["name"], what + ".name")), file.path, file.url);
    if (!base::is_utf8(file.name)) return table.error("the file name in `" + what + ".url` is not UTF-8");
    if (base::TomlValue size = table["size"]) {
        if (!size.is_integer() || size.integer() < 0) return size.error("`" + what + ".size` must be a number of bytes");
        file.size = static_cast<uint64_t>(size.integer());
    }
    if (base::TomlValue time = table["upload-time"]) {
        if (!time.is_date_time()) return time.error("`" + what + ".upload-time` must be a date and time");
        file.upload_time = time.date_time();
    }
    file.hashes = TRY(read_hashes(table, what));
    file.subdirectory = TRY(read_string(table["subdirectory"], what + ".subdirectory"));
    file.other = read_others(table, "name url path size upload-time hashes subdirectory");
    return file;
}

base::Result<LockVcs> read_vcs(base::TomlValue table) {
    TRY(expect_table(table, "packages.vcs"));
    LockVcs vcs;
    vcs.type = TRY(required_string(table, "type", "packages.vcs"));
    vcs.url = TRY(read_string(table["url"], "packages.vcs.url"));
    vcs.path = TRY(read_string(table["path"], "packages.vcs.path"));
    if (vcs.url.empty() && vcs.path.empty()) return table.error("`packages.vcs` needs `url` or `path`");
    vcs.requested_revision = TRY(read_string(table["requested-revision"], "packages.vcs.requested-revision"));
    vcs.commit_id = TRY(required_string(table, "commit-id", "packages.vcs"));
    vcs.subdirectory = TRY(read_string(table["subdirectory"], "packages.vcs.subdirectory"));
    return vcs;
}

base::Result<LockDirectory> read_directory(base::TomlValue table) {
    TRY(expect_table(table, "packages.directory"));
    LockDirectory directory;
    directory.path = TRY(required_string(table, "path", "packages.directory"));
    if (table["editable"] && !table["editable"].is_bool()) return table["editable"].error("`packages.directory.editable` must be true or false");
    directory.editable = table["editable"].boolean();
    directory.subdirectory = TRY(read_string(table["subdirectory"], "packages.directory.subdirectory"));
    return directory;
}

// Names of extras, which are written normalised, or of groups, which may stand as in pyproject.toml (PEP 735).
base::Result<std::vector<std::string>> read_names(base::TomlValue value, const std::string& what, bool (*accepts)(std::string_view)) {
    std::vector<std::string> names = TRY(read_strings(value, what));
    for (size_t i = 0; i < names.size(); i++)
        if (!accepts(names[i])) return value.at(i).error("`" + names[i] + "` in `" + what + "` is not a valid name");
    return names;
}

base::Result<Marker> read_marker(base::TomlValue value, const std::string& what) {
    std::string text = TRY(read_string(value, what));
    auto marker = parse_marker(text);
    if (!marker.ok()) return at_value(value, std::move(marker).error());
    return std::move(marker).value();
}

base::Result<std::optional<SpecifierSet>> read_python(base::TomlValue value) {
    std::optional<SpecifierSet> out;
    if (!value) return out;
    auto specifier = parse_specifier_set(TRY(read_string(value, "requires-python")));
    if (!specifier.ok()) return at_value(value, std::move(specifier).error());
    out = std::move(specifier).value();
    return out;
}

// A file of this package: its name must say so, for what is installed is decided by names.
base::Result<void> check_wheel(const LockPackage& package, const LockFile& file, base::TomlValue where) {
    auto name = parse_wheel_name(file.name);
    if (!name.ok()) return where.error(name.error().message);
    if (name->name != package.name) return where.error("the wheel `" + file.name + "` is not one of `" + package.name + "`");
    if (package.version && name->version != *package.version)
        return where.error("the wheel `" + file.name + "` is not of version " + package.version->text());
    return {};
}

base::Result<void> check_sdist(const LockPackage& package, base::TomlValue where) {
    const std::string& file = package.sdist->name;
    auto name = parse_sdist_name(file, package.name);
    if (!name.ok()) return where.error(name.error().message);
    if (name->name != package.name) return where.error("the sdist `" + file + "` is not one of `" + package.name + "`");
    if (package.version && name->version != *package.version)
        return where.error("the sdist `" + file + "` is not of version " + package.version->text());
    return {};
}

base::Result<void> read_sources(LockPackage& package, base::TomlValue table) {
    if (table["vcs"]) package.vcs = TRY(read_vcs(table["vcs"]));
    if (table["directory"]) package.directory = TRY(read_directory(table["directory"]));
    if (table["archive"]) package.archive = TRY(read_file(table["archive"], "packages.archive"));
    if (table["sdist"]) {
        package.sdist = TRY(read_file(table["sdist"], "packages.sdist"));
        TRY(check_sdist(package, table["sdist"]));
    }
    base::TomlValue wheels = table["wheels"];
    if (wheels && !wheels.is_array()) return wheels.error("`packages.wheels` must be an array of tables");
    for (size_t i = 0; i < wheels.size(); i++) {
        package.wheels.push_back(TRY(read_file(wheels.at(i), "packages.wheels")));
        TRY(check_wheel(package, package.wheels.back(), wheels.at(i)));
    }
    bool files = package.sdist.has_value() || !package.wheels.empty();
    int kinds = package.vcs.has_value() + package.directory.has_value() + package.archive.has_value() + files;
    if (kinds == 1) return {};
    return table.error("the package `" + package.name + "` needs exactly one of `vcs`, `directory`, `archive`, and `sdist` with `wheels`");
}

base::Result<LockPackage> read_package(base::TomlValue table) {
    if (!table.is_table()) return table.error("`packages` must be an array of tables");
    LockPackage package;
    package.name = TRY(required_string(table, "name", "packages"));
    if (!is_normalized_name(package.name)) return table["name"].error("`" + package.name + "` is not a normalised project name");
    if (base::TomlValue value = table["version"]) {
        auto version = parse_version(TRY(read_string(value, "packages.version")));
        if (!version.ok()) return at_value(value, std::move(version).error());
        package.version = std::move(version).value();
    }
    if (table["marker"]) package.marker = TRY(read_marker(table["marker"], "packages.marker"));
    package.requires_python = TRY(read_python(table["requires-python"]));
    base::TomlValue dependencies = table["dependencies"];
    if (dependencies && !dependencies.is_array()) return dependencies.error("`packages.dependencies` must be an array of tables");
    for (size_t i = 0; i < dependencies.size(); i++) {
        TRY(expect_table(dependencies.at(i), "packages.dependencies"));
        LockDependency dependency;
        dependency.name = TRY(read_string(dependencies.at(i)["name"], "packages.dependencies.name"));
        if (base::TomlValue name = dependencies.at(i)["name"]; name && !is_normalized_name(dependency.name))
            return name.error("`" + dependency.name + "` is not a normalised project name");
        if (auto version = parse_version(dependencies.at(i)["version"].string()); version.ok()) dependency.version = std::move(version).value();
        for (const char* source : {"vcs", "archive", "directory", "index"}) {
            base::TomlValue value = dependencies.at(i)[source];
            for (std::string_view place : {value.string(), value["url"].string(), value["path"].string()}) {
                if (place.empty()) continue;
                dependency.source = source;
                dependency.url = place;
            }
        }
        if (dependency.name.empty() && !dependency.version && dependency.source.empty())
            return dependencies.at(i).error("a dependency must say which package it is");
        package.dependencies.push_back(std::move(dependency));
    }
    package.index = TRY(read_string(table["index"], "packages.index"));
    TRY(read_sources(package, table));
    base::TomlValue identities = table["attestation-identities"];
    if (identities && !identities.is_array()) return identities.error("`packages.attestation-identities` must be an array of tables");
    for (size_t i = 0; i < identities.size(); i++) {
        if (!identities.at(i)["kind"].is_string()) return identities.at(i).error("an attestation identity needs `kind`");
        package.attestation_identities.push_back(read_others(identities.at(i), ""));
    }
    package.other = read_others(table, "name version marker requires-python dependencies vcs directory archive index sdist wheels attestation-identities");
    return package;
}

// "name[extras]==version ; marker" of [tool.adder].
base::Result<LockDependency> read_edge(base::TomlValue value) {
    auto requirement = parse_locked_requirement(value.string());
    if (!requirement.ok()) return at_value(value, std::move(requirement).error());
    LockDependency out;
    out.name = requirement->key;
    out.extras = requirement->extra_keys();
    out.marker = requirement->marker;
    // A path is written as `file:` and the path itself.
    bool path = requirement->url.starts_with("file:") && !requirement->url.starts_with("file://");
    out.url = path ? requirement->url.substr(5) : requirement->url;
    if (!requirement->specifier.empty()) out.version = requirement->specifier.clauses()[0].version;
    return out;
}

base::Result<LockTool> read_tool(base::TomlValue table) {
    LockTool tool;
    tool.inputs_hash = table["inputs-hash"].string();
    tool.policy = table["policy"].string();
    tool.forks = TRY(read_strings(table["forks"], "tool.adder.forks"));
    for (size_t i = 0; i < table["roots"].size(); i++) tool.roots.push_back(TRY(read_edge(table["roots"].at(i))));
    base::TomlValue edges = table["dependencies"];
    for (const std::string& from : edges.keys())
        for (size_t i = 0; i < edges[from].size(); i++) tool.edges.emplace_back(from, TRY(read_edge(edges[from].at(i))));
    return tool;
}

base::Result<void> read_version(Lock& lock, base::TomlValue root) {
    lock.lock_version = TRY(required_string(root, "lock-version", "pylock.toml"));
    auto version = parse_version(lock.lock_version);
    if (!version.ok()) return at_value(root["lock-version"], std::move(version).error());
    // The specification writes it with two numbers.
    if (version->release_size() == 1)
        return root["lock-version"].error("`" + lock.lock_version + "` is not the version of a lock file: `1.0` is expected, with both numbers");
    bool supported = version->epoch() == 0 && version->release(0) == 1;
    if (!supported) return root["lock-version"].error("lock files of version " + lock.lock_version + " are not supported, only 1.x are");
    return {};
}

// A newer minor version may say what we do not see: installers raise a warning for it (§Installation, step 2), and name the keys
// that they do not know (§lock-version).
void warn_of_version(Lock& lock) {
    std::vector<std::string> keys;
    auto add = [&](const std::string& where, const OtherKeys& other) {
        for (const auto& [key, value] : other)
            if (key != "tool") keys.push_back("`" + where + key + "`");
    };
    add("", lock.other);
    for (const LockPackage& package : lock.packages) {
        add("packages.", package.other);
        for (const LockFile& wheel : package.wheels) add("packages.wheels.", wheel.other);
        if (package.sdist) add("packages.sdist.", package.sdist->other);
        if (package.archive) add("packages.archive.", package.archive->other);
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    lock.warnings.push_back("the lock has version " + lock.lock_version + ", of which only what 1.0 has is understood" +
                            (keys.empty() ? "" : ": unknown " + base::join_prose(keys)));
}

}  // namespace

base::Result<Lock> parse_lock(std::string text, std::string file) {
    base::TomlDocument document = TRY(base::parse_toml(std::move(text), std::move(file)));
    base::TomlValue root = document.root();
    Lock lock;
    TRY(read_version(lock, root));
    base::TomlValue environments = root["environments"];
    if (environments && !environments.is_array()) return environments.error("`environments` must be an array of markers");
    for (size_t i = 0; i < environments.size(); i++) lock.environments.push_back(TRY(read_marker(environments.at(i), "environments")));
    lock.requires_python = TRY(read_python(root["requires-python"]));
    lock.has_extras = bool(root["extras"]);
    lock.has_dependency_groups = bool(root["dependency-groups"]);
    lock.extras = TRY(read_names(root["extras"], "extras", is_normalized_name));
    lock.dependency_groups = TRY(read_names(root["dependency-groups"], "dependency-groups", is_valid_name));
    lock.default_groups = TRY(read_strings(root["default-groups"], "default-groups"));
    lock.created_by = TRY(required_string(root, "created-by", "pylock.toml"));
    base::TomlValue packages = root["packages"];
    if (!packages || !packages.is_array()) return (packages ? packages : root).error("`packages` must be an array of tables");
    lock.packages.reserve(packages.size());
    for (size_t i = 0; i < packages.size(); i++) lock.packages.push_back(TRY(read_package(packages.at(i))));
    if (root["tool"]["adder"]) lock.tool = TRY(read_tool(root["tool"]["adder"]));
    lock.other_tools = read_others(root["tool"], "adder");
    lock.other = read_others(root, "lock-version environments requires-python extras dependency-groups default-groups created-by packages tool");
    if (lock.lock_version != "1.0") warn_of_version(lock);
    return lock;
}

}  // namespace pkg
