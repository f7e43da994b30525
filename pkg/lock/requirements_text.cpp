// Writing requirements.txt.
#include "pkg/lock/requirements_text.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "base/url.h"

namespace pkg {

namespace {

// The pins are brought to this column before an annotation on the same line.
constexpr size_t kAnnotationColumn = 24;

std::vector<std::string> hash_options(const LockPackage& package) {
    std::vector<std::string> lines;
    auto add = [&](const LockFile& file) {
        for (const Hash& hash : file.hashes) lines.push_back("--hash=" + hash.algorithm + ":" + hash.hex);
    };
    for (const LockFile& wheel : package.wheels) add(wheel);
    if (package.sdist) add(*package.sdist);
    if (package.archive) add(*package.archive);
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    return lines;
}

// A path that pip cannot take for a name.
std::string path_text(const std::string& path) {
    return path.starts_with('/') || path.starts_with('.') || base::looks_like_url(path) ? path : "./" + path;
}

class Writer {
  public:
    Writer(const Lock& lock, const RequirementsTextOptions& options) : options_(options) {
        everywhere_ = MarkerTree::python(lock.requires_python ? lock.requires_python->to_set() : VersionSet::full());
        for (const LockPackage& package : lock.packages) {
            MarkerTree where = (MarkerTree::of(package.marker) & everywhere_).with_sets(options.extras, options.groups);
            if (!where.is_never()) entries_.push_back({&package, where});
        }
        for (const Asker& asker : options.askers) askers_[asker.name].push_back(&asker);
        for (const Entry& entry : entries_)
            for (const LockDependency& dependency : entry.package->dependencies) edges_[dependency.name].push_back({&entry, &dependency});
        if (!options.extras_in_names || !lock.tool) return;
        auto add = [&](const LockDependency& edge) {
            std::vector<std::string>& extras = extras_[edge.name];
            extras.insert(extras.end(), edge.extras.begin(), edge.extras.end());
        };
        for (const LockDependency& root : lock.tool->roots) add(root);
        for (const auto& edge : lock.tool->edges) add(edge.second);
    }

    std::string write() {
        for (const std::string& line : options_.header) out_ += line + "\n";
        for (const std::string& line : options_.emitted) out_ += line + "\n";
        if (!options_.emitted.empty()) out_ += "\n";
        std::vector<std::string> left_out;
        for (const Entry& entry : entries_) {
            const std::string& name = entry.package->name;
            bool leave = std::find(options_.leave_out.begin(), options_.leave_out.end(), name) != options_.leave_out.end();
            if (!leave)
                this->entry(entry);
            else if (left_out.empty() || left_out.back() != name)
                left_out.push_back(name);
        }
        if (!left_out.empty()) out_ += "\n# The following packages were excluded from the output:\n";
        for (const std::string& name : left_out) out_ += "# " + name + "\n";
        return std::move(out_);
    }

  private:
    struct Entry {
        const LockPackage* package;
        MarkerTree where;
    };

    void entry(const Entry& entry) {
        std::string text = pin(*entry.package, entry.where);
        std::string marker = options_.markers ? entry.where.assuming(everywhere_).text() : "";
        if (!marker.empty()) text += " ; " + marker;
        if (options_.hashes)
            for (const std::string& hash : hash_options(*entry.package)) text += " \\\n    " + hash;
        out_ += text;
        std::vector<std::string> via = options_.annotation == Annotation::None ? std::vector<std::string>() : askers(entry);
        bool same_line = options_.annotation == Annotation::Line && text.find('\n') == std::string::npos;
        if (via.empty()) {
            out_ += "\n";
        } else if (options_.annotation == Annotation::Line) {
            if (same_line) out_.append(text.size() < kAnnotationColumn ? kAnnotationColumn - text.size() : 0, ' ');
            out_ += (same_line ? "  # via " : "\n    # via ") + base::join(via, ", ") + "\n";
        } else if (via.size() == 1) {
            out_ += "\n    # via " + via[0] + "\n";
        } else {
            out_ += "\n    # via\n";
            for (const std::string& asker : via) out_ += "    #   " + asker + "\n";
        }
        if (options_.index_annotation && !entry.package->index.empty())
            out_ += "    # from " + base::redact_url(entry.package->index) + "\n";
    }

    std::string pin(const LockPackage& package, const MarkerTree& where) const {
        std::string name = package.name + extras_text(package.name);
        if (package.vcs) {
            const LockVcs& vcs = *package.vcs;
            std::string url = name + " @ " + vcs.type + "+" + (vcs.url.empty() ? "file://" + vcs.path : vcs.url) + "@" + vcs.commit_id;
            return vcs.subdirectory.empty() ? url : url + "#subdirectory=" + vcs.subdirectory;
        }
        for (const WrittenReference& written : options_.written)
            if ((package.directory || package.archive) && written.name == package.name && !written.marker.disjoint(where)) return written.text;
        if (package.directory) return (package.directory->editable ? "-e " : "") + path_text(package.directory->path);
        if (package.archive) return package.archive->url.empty() ? path_text(package.archive->path) : name + " @ " + package.archive->url;
        return name + "==" + (package.version ? package.version->text() : "");
    }

    // "[a,b]": the extras that anything asks for.
    std::string extras_text(const std::string& name) const {
        auto found = extras_.find(name);
        if (found == extras_.end()) return "";
        std::vector<std::string> extras = found->second;
        std::sort(extras.begin(), extras.end());
        extras.erase(std::unique(extras.begin(), extras.end()), extras.end());
        return extras.empty() ? "" : "[" + base::join(extras, ",") + "]";
    }

    std::vector<std::string> askers(const Entry& entry) const {
        const LockPackage& package = *entry.package;
        std::vector<std::string> out;
        if (auto found = askers_.find(package.name); found != askers_.end())
            for (const Asker* asker : found->second) {
                bool fits = !package.version || asker->versions.contains(*package.version);
                if (fits && !asker->marker.disjoint(entry.where)) out.push_back(asker->label);
            }
        if (auto found = edges_.find(package.name); found != edges_.end())
            for (const auto& [other, dependency] : found->second)
                if (is_meant(*dependency, package) && !other->where.disjoint(entry.where)) out.push_back(other->package->name);
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }

    const RequirementsTextOptions& options_;
    MarkerTree everywhere_;
    std::vector<Entry> entries_;
    // By the name of the package that is asked for: who asks for it, and with which extras.
    std::unordered_map<std::string_view, std::vector<const Asker*>> askers_;
    std::unordered_map<std::string_view, std::vector<std::pair<const Entry*, const LockDependency*>>> edges_;
    std::unordered_map<std::string_view, std::vector<std::string>> extras_;
    std::string out_;
};

}  // namespace

std::string requirements_text(const Lock& lock, const RequirementsTextOptions& options) { return Writer(lock, options).write(); }

}  // namespace pkg
