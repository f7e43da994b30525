// What an index needs of a build front end: metadata and wheels of source trees and archives.
#pragma once

#include <string>

#include "base/result.h"

namespace pkg {

class SourceBuilder {
  public:
    virtual ~SourceBuilder() = default;
    // METADATA text of the source tree at `directory`; runs as little as it can. Kind BuildFailed when the back end
    // fails. `name` here and below: the project's where the caller knows it, normalised; its files may not say it.
    virtual base::Result<std::string> metadata(const std::string& directory, const std::string& name) = 0;
    // Builds a wheel into `output`; returns its path.
    virtual base::Result<std::string> wheel(const std::string& directory, const std::string& output, const std::string& name) = 0;
    // What the user's settings say about the builds of the project called `name` (of any where it is ""), as a text of bounded
    // length; "" where they say nothing. What was built is kept under it. For any thread.
    virtual std::string settings_key(const std::string& name) const = 0;
    // The same for an editable install (PEP 660).
    virtual base::Result<std::string> editable(const std::string& directory, const std::string& output, const std::string& name) = 0;
};

}  // namespace pkg
