// Writing pylock.toml: keys in the specification's order, one line a file, the same bytes for the same data.
#include <algorithm>

#include "base/text.h"
#include "base/toml.h"
#include "base/url.h"
#include "pkg/lock/lock.h"

namespace pkg {

namespace {

std::string strings(const std::vector<std::string>& values) {
    std::string out = "[";
    for (size_t i = 0; i < values.size(); i++) out += (i ? ", " : "") + base::toml_string(values[i]);
    return out + "]";
}

// Fields of an inline table, empty ones left out.
class Inline {
  public:
    Inline& add(std::string_view key, const std::string& value) { return value.empty() ? *this : require(key, value); }
    // A key that the specification wants, empty or not.
    Inline& require(std::string_view key, const std::string& value) { return raw(key, base::toml_string(value)); }
    Inline& raw(std::string_view key, const std::string& value) {
        text_ += (text_.empty() ? "" : ", ") + base::toml_key(key) + " = " + value;
        return *this;
    }
    std::string text() const { return text_.empty() ? "{}" : "{ " + text_ + " }"; }

  private:
    std::string text_;
};

std::string file_text(const LockFile& file) {
    Inline out;
    // The name is left out where the last part of the path or URL says it.
    const std::string& place = file.path.empty() ? file.url : file.path;
    if (!place.ends_with("/" + file.name) && place != file.name) out.add("name", file.name);
    if (!file.upload_time.empty()) out.raw("upload-time", file.upload_time);
    out.add("url", file.url).add("path", file.path);
    if (file.size) out.raw("size", std::to_string(*file.size));
    Inline hashes;
    std::vector<Hash> sorted = file.hashes;
    std::sort(sorted.begin(), sorted.end(), [](const Hash& a, const Hash& b) { return a.algorithm < b.algorithm; });
    for (const Hash& hash : sorted) hashes.add(hash.algorithm, hash.hex);
    out.raw("hashes", hashes.text());
    out.add("subdirectory", file.subdirectory);
    for (const auto& [key, value] : file.other) out.raw(key, value);
    return out.text();
}

std::string dependency_text(const LockDependency& dependency) {
    Inline out;
    out.add("name", dependency.name);
    if (dependency.version) out.add("version", dependency.version->text());
    if (dependency.source == "index") out.add("index", dependency.url);
    if (dependency.source.empty() || dependency.source == "index") return out.text();
    Inline source;
    source.add(base::looks_like_url(dependency.url) ? "url" : "path", dependency.url);
    return out.raw(dependency.source, source.text()).text();
}

// A marker with ' inside, so that it stands in a TOML string without backslashes.
std::string marker_text(const Marker& marker) {
    std::string text = marker.text();
    return text.find('\'') == std::string::npos ? base::replace_all(text, "\"", "'") : text;
}

// A path where a URL is expected.
constexpr std::string_view kPathMark = "file:";

// "name[extras]==version ; marker"
std::string edge_text(const LockDependency& edge) {
    std::string out = edge.name;
    if (!edge.extras.empty()) out += "[" + base::join(edge.extras, ",") + "]";
    if (!edge.url.empty())
        out += " @ " + (base::looks_like_url(edge.url) ? "" : std::string(kPathMark)) + edge.url + " ";
    else if (edge.version)
        out += "==" + edge.version->text();
    if (!edge.marker.always()) out += "; " + marker_text(edge.marker);
    return out;
}

class Writer {
  public:
    std::string write(const Lock& lock) {
        line("lock-version", base::toml_string(lock.lock_version));
        if (!lock.environments.empty()) {
            out_ += "environments = [\n";
            for (const Marker& marker : lock.environments) out_ += "    " + base::toml_string(marker_text(marker)) + ",\n";
            out_ += "]\n";
        }
        if (lock.requires_python) line("requires-python", base::toml_string(lock.requires_python->text()));
        if (lock.has_extras || !lock.extras.empty()) line("extras", strings(lock.extras));
        if (lock.has_dependency_groups || !lock.dependency_groups.empty()) line("dependency-groups", strings(lock.dependency_groups));
        if (!lock.default_groups.empty()) line("default-groups", strings(lock.default_groups));
        line("created-by", base::toml_string(lock.created_by));
        for (const auto& [key, value] : lock.other) line(key, value);
        if (lock.packages.empty()) line("packages", "[]");
        for (const LockPackage& package : lock.packages) this->package(package);
        if (!lock.other_tools.empty()) out_ += "\n[tool]\n";
        for (const auto& [name, value] : lock.other_tools) line(name, value);
        if (lock.tool) tool(*lock.tool);
        return std::move(out_);
    }

  private:
    void line(std::string_view key, const std::string& value) { out_ += base::toml_key(key) + " = " + value + "\n"; }

    void package(const LockPackage& p) {
        out_ += "\n[[packages]]\n";
        line("name", base::toml_string(p.name));
        if (p.version) line("version", base::toml_string(p.version->text()));
        if (!p.marker.always()) line("marker", base::toml_string(marker_text(p.marker)));
        if (p.requires_python) line("requires-python", base::toml_string(p.requires_python->text()));
        list("dependencies", p.dependencies, dependency_text);
        if (p.vcs) {
            Inline vcs;
            vcs.require("type", p.vcs->type).add("url", p.vcs->url).add("path", p.vcs->path);
            vcs.add("requested-revision", p.vcs->requested_revision).require("commit-id", p.vcs->commit_id);
            line("vcs", vcs.add("subdirectory", p.vcs->subdirectory).text());
        }
        if (p.directory) {
            Inline directory;
            directory.require("path", p.directory->path);
            if (p.directory->editable) directory.raw("editable", "true");
            line("directory", directory.add("subdirectory", p.directory->subdirectory).text());
        }
        if (p.archive) line("archive", file_text(*p.archive));
        if (!p.index.empty()) line("index", base::toml_string(p.index));
        if (p.sdist) line("sdist", file_text(*p.sdist));
        list("wheels", p.wheels, file_text);
        for (const auto& [key, value] : p.other) line(key, value);
        identities(p);
    }

    void identities(const LockPackage& p) {
        for (const auto& identity : p.attestation_identities) {
            out_ += "\n[[packages.attestation-identities]]\n";
            for (const auto& [key, value] : identity) line(key, value);
        }
    }

    template <class T>
    void list(std::string_view key, const std::vector<T>& items, std::string (*text)(const T&)) {
        if (items.empty()) return;
        out_ += std::string(key) + " = [\n";
        for (const T& item : items) out_ += "    " + text(item) + ",\n";
        out_ += "]\n";
    }

    void texts(std::string_view key, const std::vector<std::string>& items) {
        if (items.empty()) return;
        out_ += base::toml_key(key) + " = [\n";
        for (const std::string& item : items) out_ += "    " + base::toml_string(item) + ",\n";
        out_ += "]\n";
    }

    void tool(const LockTool& t) {
        out_ += "\n[tool.adder]\n";
        line("inputs-hash", base::toml_string(t.inputs_hash));
        if (!t.policy.empty()) line("policy", base::toml_string(t.policy));
        texts("forks", t.forks);
        std::vector<std::string> roots;
        for (const LockDependency& root : t.roots) roots.push_back(edge_text(root));
        texts("roots", roots);
        if (t.edges.empty()) return;
        out_ += "\n[tool.adder.dependencies]\n";
        for (size_t i = 0; i < t.edges.size();) {
            std::vector<std::string> edges;
            size_t from = i;
            while (i < t.edges.size() && t.edges[i].first == t.edges[from].first) edges.push_back(edge_text(t.edges[i++].second));
            texts(t.edges[from].first, edges);
        }
    }

    std::string out_;
};

}  // namespace

std::string write_lock(const Lock& lock) { return Writer().write(lock); }

static bool same_file(const LockFile& a, const LockFile& b) {
    return a.name == b.name && std::any_of(a.hashes.begin(), a.hashes.end(), [&](const Hash& hash) {
               return std::find(b.hashes.begin(), b.hashes.end(), hash) != b.hashes.end();
           });
}

static void carry_file(LockFile& file, const LockFile& old) {
    if (!same_file(file, old)) return;
    if (!file.size) file.size = old.size;
    if (file.upload_time.empty()) file.upload_time = old.upload_time;
    file.other = old.other;
}

static void carry_package(LockPackage& package, const LockPackage& old) {
    package.attestation_identities = old.attestation_identities;
    package.other = old.other;
    for (LockFile& wheel : package.wheels)
        for (const LockFile& before : old.wheels) carry_file(wheel, before);
    if (package.sdist && old.sdist) carry_file(*package.sdist, *old.sdist);
    if (package.archive && old.archive) carry_file(*package.archive, *old.archive);
}

static bool same_release(const LockPackage& a, const LockPackage& b) {
    bool kind = a.vcs.has_value() == b.vcs.has_value() && a.directory.has_value() == b.directory.has_value() &&
                a.archive.has_value() == b.archive.has_value();
    return kind && a.name == b.name && a.version == b.version && (!a.vcs || a.vcs->commit_id == b.vcs->commit_id);
}

void carry_over(Lock& lock, const Lock& old) {
    lock.other_tools = old.other_tools;
    for (LockPackage& package : lock.packages) {
        const LockPackage* before = nullptr;
        for (const LockPackage& each : old.packages) {
            if (!same_release(package, each) || (before && source_of(package) != source_of(each))) continue;
            before = &each;
        }
        if (before) carry_package(package, *before);
    }
}

const std::string& source_of(const LockPackage& package) {
    if (package.vcs) return package.vcs->url.empty() ? package.vcs->path : package.vcs->url;
    if (package.archive) return package.archive->url.empty() ? package.archive->path : package.archive->url;
    return package.directory ? package.directory->path : package.index;
}

bool is_meant(const LockDependency& dependency, const LockPackage& package) {
    if (dependency.name != package.name || (dependency.version && package.version != dependency.version)) return false;
    return dependency.url.empty() || dependency.url == source_of(package);
}

}  // namespace pkg
