// Projects in memory.
#include "pkg/index/memory_index.h"

#include <algorithm>

#include "base/hash.h"
#include "pkg/name.h"

namespace pkg {

base::Result<void> MemoryIndex::add(std::string_view name, std::string_view version,
                                    const std::vector<std::string>& requires_dist) {
    DistFile file;
    file.version = TRY(parse_version(version));
    file.file_name = make_wheel_name(name, file.version, "py3-none-any");
    file.url = "memory:" + file.file_name;
    file.tags = MUST(parse_tags("py3-none-any"));
    file.has_metadata = true;
    file.hashes.push_back({"sha256", base::sha256_hex(file.file_name)});
    Metadata metadata;
    metadata.metadata_version = "2.1";
    metadata.name = name;
    metadata.version = file.version;
    for (const std::string& text : requires_dist) metadata.requires_dist.push_back(TRY(parse_requirement(text)));
    add_file(name, std::move(file), std::move(metadata));
    return {};
}

void MemoryIndex::add_file(std::string_view name, DistFile file, Metadata metadata) {
    std::string key = normalize_name(name);
    Project& project = projects_[key];
    project.name = key;
    project.found = true;
    metadata_[file.url] = std::move(metadata);
    auto at = std::lower_bound(project.releases.begin(), project.releases.end(), file.version,
                               [](const Release& release, const Version& version) { return release.version < version; });
    if (at == project.releases.end() || at->version != file.version) at = project.releases.insert(at, Release(file.version));
    at->add(std::move(file));
}

base::Result<const Project*> MemoryIndex::project(std::string_view name) {
    auto found = projects_.find(name);
    return found == projects_.end() ? &none_ : &found->second;
}

base::Result<const Metadata*> MemoryIndex::metadata(const DistFile& file) {
    auto found = metadata_.find(file.url);
    if (found == metadata_.end()) return base::Error(base::ErrorKind::Network, "no metadata for `" + file.file_name + "`");
    metadata_reads_++;
    return &found->second;
}

}  // namespace pkg
