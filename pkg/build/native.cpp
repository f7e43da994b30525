// What belongs to a project, and the archives made of it.
#include "pkg/build/native.h"

#include <algorithm>
#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/tar.h"
#include "base/text.h"
#include "base/toml.h"
#include "base/zip.h"
#include "pkg/build/project_check.h"
#include "pkg/build/project_metadata.h"
#include "pkg/name.h"
#include "pkg/wheel/record.h"

namespace pkg {

namespace {

constexpr std::string_view kWheelFile =
    "Wheel-Version: 1.0\nGenerator: adder_build 0.1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

int64_t build_time() {
    const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
    int64_t time = epoch ? atoll(epoch) : 0;
    return std::max<int64_t>(time, 315532800);
}

// Caches, bytecode, hidden files and other tools' leavings belong to nobody's archive.
bool is_source(std::string_view path) {
    if (path.ends_with(".pyc") || path.ends_with(".pyo")) return false;
    for (std::string_view part : base::split(path, '/')) {
        if (part == "__pycache__" || part.starts_with('.') || part.ends_with(".egg-info")) return false;
    }
    return true;
}

base::Result<void> add_tree(const std::string& directory, const std::string& folder, std::vector<std::string>& out) {
    std::vector<std::string> files = TRY(base::list_tree(base::join_path(directory, folder), {"__pycache__", ".git"}));
    for (const std::string& file : files) {
        std::string path = base::join_path(folder, file);
        if (is_source(path)) out.push_back(std::move(path));
    }
    return {};
}

// [tool.adder_build] packages: names of directories or modules below src/ or the project, for projects that are not
// called like their package.
base::Result<std::vector<std::string>> named_packages(base::TomlValue list) {
    std::vector<std::string> out;
    for (size_t i = 0; i < list.size(); i++) {
        if (!list.at(i).is_string() || base::unsafe_member_name(list.at(i).string()))
            return list.at(i).error("a relative path of a package is expected");
        out.emplace_back(list.at(i).string());
    }
    return out;
}

base::Result<void> find_modules(BuildTree& tree, base::TomlValue packages) {
    bool has_src = base::is_directory(base::join_path(tree.directory, "src"));
    tree.module_root = has_src ? "src" : "";
    std::vector<std::string> names = TRY(named_packages(packages));
    if (names.empty() && has_src) {
        TRY(add_tree(tree.directory, "src", tree.modules));
    } else {
        if (names.empty()) names.push_back(base::replace_all(file_name_form(tree.name), ".", "_"));
        for (const std::string& name : names) {
            std::string path = base::join_path(tree.module_root, name), whole = base::join_path(tree.directory, path);
            if (base::is_directory(whole)) {
                TRY(add_tree(tree.directory, path, tree.modules));
            } else if (base::is_regular_file(whole + ".py")) {
                tree.modules.push_back(path + ".py");
            } else {
                return base::Error(base::ErrorKind::Usage, "there is no package to build: neither `" + path +
                                                               "/` nor `" + path + ".py` is in `" + tree.directory +
                                                               "`")
                    .with_hint("put it there or below src/, or name it in [tool.adder_build] packages");
            }
        }
    }
    std::sort(tree.modules.begin(), tree.modules.end());
    if (tree.modules.empty())
        return base::Error(base::ErrorKind::Usage, "`" + tree.directory + "/src` holds no package to build");
    return {};
}

base::Result<void> find_licenses(BuildTree& tree) {
    std::vector<std::string> patterns = tree.manifest.project.license_files;
    bool own = tree.manifest.project.has_license_files;
    if (!own) patterns = {"LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"};
    std::vector<std::string> files;
    for (const base::DirectoryEntry& entry : TRY(base::list_directory(tree.directory))) {
        if (entry.type == base::FileType::Regular) files.push_back(entry.name);
        bool deep = std::any_of(patterns.begin(), patterns.end(),
                                [](const std::string& pattern) { return pattern.find('/') != std::string::npos; });
        if (entry.type == base::FileType::Directory && own && deep && entry.name[0] != '.')
            TRY(add_tree(tree.directory, entry.name, files));
    }
    for (const std::string& pattern : patterns) {
        bool found = false;
        for (const std::string& file : files) {
            if (!glob_matches(pattern, file)) continue;
            found = true;
            tree.licenses.push_back(file);
        }
        if (!found && own)
            return base::Error(base::ErrorKind::Usage,
                               "no file matches the pattern `" + pattern + "` of license-files");
    }
    std::sort(tree.licenses.begin(), tree.licenses.end());
    tree.licenses.erase(std::unique(tree.licenses.begin(), tree.licenses.end()), tree.licenses.end());
    return {};
}

uint16_t permissions_of(const std::string& path) {
    return base::file_status(path).mode & 0100 ? 0755 : 0644;
}

// A wheel under construction: members and their RECORD lines.
class WheelFile {
  public:
    explicit WheelFile(const BuildTree& tree) : zip_(build_time()), info_(tree.file_stem + ".dist-info/") {}
    void add(const std::string& path, std::string_view bytes, uint16_t permissions = 0644) {
        zip_.add(path, bytes, permissions);
        record_.push_back(record_entry(path, bytes));
    }
    base::Result<BuiltFile> finish(const BuildTree& tree) {
        add(info_ + "METADATA", tree.metadata);
        add(info_ + "WHEEL", kWheelFile);
        if (!tree.entry_points.empty()) add(info_ + "entry_points.txt", tree.entry_points);
        for (const std::string& license : tree.licenses) {
            std::string text = TRY(base::read_file(base::join_path(tree.directory, license)));
            add(info_ + "licenses/" + license, text);
        }
        record_.push_back({info_ + "RECORD", "", "", {}});
        zip_.add(info_ + "RECORD", write_record(record_));
        return BuiltFile{tree.file_stem + "-py3-none-any.whl", zip_.finish()};
    }

  private:
    base::ZipWriter zip_;
    std::string info_;
    std::vector<RecordEntry> record_;
};

bool class_matches(std::string_view pattern, size_t& at, char c) {
    bool found = false;
    for (at++; at < pattern.size() && pattern[at] != ']'; at++) {
        if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
            found |= pattern[at] <= c && c <= pattern[at + 2];
            at += 2;
        } else {
            found |= pattern[at] == c;
        }
    }
    at++;
    return found;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
    size_t at = 0;
    for (size_t i = 0; at < pattern.size(); i++) {
        if (pattern[at] == '*') {
            bool deep = pattern.substr(at).starts_with("**");
            std::string_view rest = pattern.substr(at + (deep ? 2 : 1));
            if (deep && rest.starts_with('/') && glob_matches(rest.substr(1), path.substr(i))) return true;
            for (size_t end = i; end <= path.size(); end++) {
                if (glob_matches(rest, path.substr(end))) return true;
                if (end < path.size() && path[end] == '/' && !deep) return false;
            }
            return false;
        }
        if (i >= path.size()) return false;
        if (pattern[at] == '[') {
            if (path[i] == '/' || !class_matches(pattern, at, path[i])) return false;
        } else {
            if (pattern[at] != path[i] && (pattern[at] != '?' || path[i] == '/')) return false;
            at++;
        }
        if (at >= pattern.size()) return i + 1 == path.size();
    }
    return path.empty();
}

bool is_native_backend(const Manifest& manifest) {
    // The back end builds itself from its own directory.
    bool itself = manifest.key() == "adder-build";
    return manifest.build_system.backend == "adder_build" && (itself || manifest.build_system.backend_path.empty());
}

base::Result<BuildTree> read_build_tree(const std::string& directory) {
    BuildTree tree;
    tree.directory = directory;
    std::string path = base::join_path(directory, "pyproject.toml");
    std::string text = TRY(base::read_file(path));
    base::TomlDocument document = TRY(base::parse_toml(text, path));
    tree.manifest = TRY(parse_manifest(std::move(text), path));
    const ProjectTable& project = tree.manifest.project;
    if (!tree.manifest.has_project)
        return base::Error(base::ErrorKind::Usage, "`" + path + "` has no [project] table to build from");
    if (!project.dynamic.empty())
        return base::Error(base::ErrorKind::Usage, "adder_build builds static projects only, and `" +
                                                       project.dynamic.front() + "` is dynamic in `" + path + "`");
    if (!project.version) return base::Error(base::ErrorKind::Usage, "`" + path + "` names no version");
    TRY(check_project(document.root()["project"]));
    tree.name = project.name;
    tree.file_stem = file_name_form(project.name) + "-" + project.version->text();
    TRY(find_modules(tree, document.root()["tool"]["adder_build"]["packages"]));
    TRY(find_licenses(tree));
    tree.metadata = TRY(project_metadata(directory, tree.manifest, tree.licenses));
    tree.entry_points = write_entry_points(project.entry_points);
    return tree;
}

base::Result<BuiltFile> build_sdist(const BuildTree& tree) {
    std::vector<std::string> files = tree.modules;
    files.push_back("pyproject.toml");
    if (!tree.manifest.project.readme_file.empty()) files.push_back(tree.manifest.project.readme_file);
    files.insert(files.end(), tree.licenses.begin(), tree.licenses.end());
    if (base::is_directory(base::join_path(tree.directory, "tests"))) TRY(add_tree(tree.directory, "tests", files));
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    base::TarWriter tar(build_time());
    tar.add(tree.file_stem + "/PKG-INFO", tree.metadata);
    for (const std::string& file : files) {
        std::string path = base::join_path(tree.directory, file), bytes = TRY(base::read_file(path));
        tar.add(tree.file_stem + "/" + file, bytes, permissions_of(path));
    }
    return BuiltFile{tree.file_stem + ".tar.gz", tar.finish_gz()};
}

base::Result<BuiltFile> build_wheel(const BuildTree& tree) {
    WheelFile wheel(tree);
    for (const std::string& file : tree.modules) {
        std::string path = base::join_path(tree.directory, file), bytes = TRY(base::read_file(path));
        wheel.add(tree.module_root.empty() ? file : file.substr(tree.module_root.size() + 1), bytes,
                  permissions_of(path));
    }
    return wheel.finish(tree);
}

base::Result<BuiltFile> build_editable(const BuildTree& tree) {
    WheelFile wheel(tree);
    std::string root = base::absolute_path(base::join_path(tree.directory, tree.module_root));
    wheel.add("_editable_" + file_name_form(tree.name) + ".pth", root + "\n");
    return wheel.finish(tree);
}

}  // namespace pkg
