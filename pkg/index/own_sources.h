// What [tool.adder.sources] of a source tree say about the tree's own requirements, worked into its METADATA.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/source/git.h"

namespace pkg {

// METADATA of a source tree, and what that has no form for.
struct SourceText {
    // A requirement, by its number among the Requires-Dist, that is to come from one index.
    struct FromIndex {
        size_t requirement = 0;
        bool flat = false;  // a directory or page of links
        std::string url;
    };
    std::string metadata;
    std::vector<FromIndex> indexes;
    std::vector<std::string> editable;  // references that are wanted in place

    // As the cache keeps it, without `editable`; what cannot be read is nothing.
    std::string cached() const;
    static std::optional<SourceText> of_cached(std::string_view text);
};

// What a checked out tree is part of.
struct Repository {
    const VcsUrl& url;
    std::string commit, tree;
};

// Paths, URLs and repositories become direct references, as if the project had them; an index is the one of that name in the
// tree's own pyproject.toml. `repository` is null for a directory of the user's: only there paths may lead anywhere.
base::Result<SourceText> with_own_sources(const std::string& metadata, const std::string& tree, const Repository* repository);

}  // namespace pkg
