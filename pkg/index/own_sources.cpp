// The requirements of METADATA, line by line, through the sources of pyproject.toml beside it.
#include "pkg/index/own_sources.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/direct_url.h"
#include "pkg/manifest.h"
#include "pkg/project_sources.h"

namespace pkg {

// Rows "number kind URL", an empty line, METADATA.
std::string SourceText::cached() const {
    std::string out;
    for (const FromIndex& one : indexes)
        out += std::to_string(one.requirement) + (one.flat ? " flat " : " simple ") + one.url + "\n";
    return out + "\n" + metadata;
}

std::optional<SourceText> SourceText::of_cached(std::string_view text) {
    SourceText out;
    while (!text.starts_with('\n')) {
        std::string_view row, rest, number, kind, url;
        uint64_t requirement = 0;
        bool whole = base::partition(text, '\n', row, rest) && base::partition(row, ' ', number, url) &&
                     base::partition(url, ' ', kind, url) && base::parse_u64(number, requirement);
        if (!whole) return std::nullopt;
        out.indexes.push_back({requirement, kind == "flat", std::string(url)});
        text = rest;
    }
    out.metadata = text.substr(1);
    return out;
}

namespace {

// A path that a checked out tree names is a part of its repository.
base::Result<std::string> reference_within(const std::string& path, const Repository& repository) {
    const auto& [url, commit, top] = repository;
    if (path != top && !base::is_within(path, top))
        return base::Error(base::ErrorKind::Integrity, "a source of `" + url.repository + "` leads out of the repository");
    std::string part = path == top ? "" : "#subdirectory=" + base::relative_path(path, top);
    return url.vcs + "+" + url.repository + "@" + commit + part;
}

class OwnSources {
  public:
    OwnSources(const std::string& tree, const Repository* repository, const ToolSettings& settings)
        : tree_(tree), repository_(repository), settings_(settings) {}

    // A line of METADATA that is a requirement, from each of its sources.
    base::Result<void> add(SourceText& out, const Requirement& requirement) {
        for (SourcedRequirement& one : apply_sources(requirement, settings_.sources)) {
            TRY(place(one.requirement.url));
            if (one.editable && !repository_) out.editable.push_back(one.requirement.url);
            if (!one.index.empty()) out.indexes.push_back(TRY(index_called(one.index)));
            pass(out, "Requires-Dist: " + one.requirement.text(), true);
        }
        return {};
    }
    void pass(SourceText& out, std::string_view line, bool is_requirement) {
        out.metadata += std::string(line) + "\n";
        count_ += is_requirement;
    }

  private:
    // A path as seen from the tree becomes a whole one.
    base::Result<void> place(std::string& url) const {
        if (!url.starts_with("file:") || url.starts_with("file:/")) return {};
        std::string_view path, fragment;
        bool more = base::partition(std::string_view(url).substr(5), '#', path, fragment);
        std::string place = base::normalize_path(base::join_path(tree_, path));
        url = repository_ ? TRY(reference_within(place, *repository_)) : base::file_url(place) + (more ? "#" + std::string(fragment) : "");
        return {};
    }

    base::Result<SourceText::FromIndex> index_called(const std::string& name) const {
        // The manifest was refused if it had none of that name.
        auto index = std::find_if(settings_.indexes.begin(), settings_.indexes.end(), [&](const IndexSetting& one) { return one.name == name; });
        bool path = !base::looks_like_url(index->url);
        if (path && repository_)
            return base::Error(base::ErrorKind::Usage, "the index `" + name + "` of `" + repository_->url.repository +
                                                           "` is the path `" + index->url + "`, which is nowhere once it is installed");
        std::string url = path ? base::file_url(base::normalize_path(base::join_path(tree_, index->url))) : index->url;
        // What is in a repository for all to read is nobody's secret, and the cache keeps none.
        return SourceText::FromIndex{count_, index->flat, repository_ ? strip_credentials(url) : url};
    }

    const std::string& tree_;
    const Repository* repository_;
    const ToolSettings& settings_;
    size_t count_ = 0;  // requirements so far
};

}  // namespace

base::Result<SourceText> with_own_sources(const std::string& metadata, const std::string& tree, const Repository* repository) {
    std::string file = base::join_path(tree, "pyproject.toml");
    ToolSettings settings;
    if (base::is_regular_file(file)) {
        std::string text = TRY(base::read_file(file));
        settings = TRY(parse_manifest(std::move(text), file)).tool;
    }
    std::erase_if(settings.sources, [](const SourceSetting& source) { return !source.group.empty(); });
    SourceText out;
    if (settings.sources.empty()) {
        out.metadata = metadata;
        return out;
    }
    OwnSources sources(tree, repository, settings);
    bool header = true;
    for (std::string_view line : base::split_lines(metadata)) {
        header = header && !line.empty();
        std::string_view key, value;
        bool requires_ = header && base::partition(line, ':', key, value) && base::equal_ignoring_case(key, "Requires-Dist");
        auto requirement = requires_ ? parse_requirement(base::strip(value)) : base::Result<Requirement>(base::Error(base::ErrorKind::Usage, ""));
        if (requirement.ok()) {
            TRY(sources.add(out, *requirement));
        } else {
            sources.pass(out, line, requires_);
        }
    }
    return out;
}

}  // namespace pkg
