// A lock as requirements.txt, in the form that pip-compile made common: pins, hashes, and who asked for what.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/lock/lock.h"
#include "pkg/marker_tree.h"

namespace pkg {

// Somebody who asks for a package and is no package: "-r requirements.in", "-c constraints.txt", the project.
struct Asker {
    std::string name;  // of the package, normalised
    VersionSet versions = VersionSet::full();
    MarkerTree marker;
    std::string label;
};

enum class Annotation : uint8_t {
    None,
    Split,  // "    # via a", or one name a line where there are several
    Line,   // behind the pin
};

struct RequirementsTextOptions {
    std::vector<std::string> extras, groups;  // normalised: only what is installed for these
    bool hashes = true, markers = true;
    bool extras_in_names = false;  // "name[extra]==1.0"
    bool index_annotation = false;  // "    # from URL"
    Annotation annotation = Annotation::None;
    std::vector<std::string> header;     // comment lines, with their "#"
    std::vector<std::string> emitted;    // option lines: "--index-url URL"
    std::vector<std::string> leave_out;  // normalised names that are named in a comment only
    std::vector<Asker> askers;
    std::map<std::string, std::string> written;  // direct references as the user wrote them, by normalised name
};

// One entry a package: "name==1.0 ; marker \\\n    --hash=sha256:…\n    # via asker".
std::string requirements_text(const Lock& lock, const RequirementsTextOptions& options);

}  // namespace pkg
