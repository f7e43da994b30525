// A lock as requirements.txt, in the form that pip-compile made common: pins, hashes, and who asked for what.
#pragma once

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

// A direct reference as the user wrote it.
struct WrittenReference {
    std::string name;  // of the package, normalised
    MarkerTree marker;
    std::string text;
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
    std::vector<WrittenReference> written;
};

// One entry a package: "name==1.0 ; marker \\\n    --hash=sha256:…\n    # via asker".
std::string requirements_text(const Lock& lock, const RequirementsTextOptions& options);

}  // namespace pkg
