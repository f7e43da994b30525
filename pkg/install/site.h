// Where the files of an environment are: sysconfig's paths as data. Found by venv/, used by everything that installs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/wheel/wheel.h"

namespace pkg {

struct Site {
    // Absolute; nothing outside of it is ever written or removed, but where one of the directories below is a link.
    std::string prefix;
    std::string purelib, platlib, scripts, headers, data;  // absolute, within prefix
    std::string interpreter;                               // what scripts are started with
    bool relocatable = false;                              // scripts look for the interpreter beside themselves
    std::vector<std::string> also;  // further directories where packages are found, never changed
    std::string state() const { return prefix + "/.adder"; }  // lock, journal, what is being replaced, the note of the last sync
    const std::string& directory(Scheme scheme) const;
    // A normalised path as seen from the prefix: "" for the prefix itself, "../…" outside of it.
    std::string relative(const std::string& absolute) const;
};

// The layout of a virtual environment or prefix for Python `version` ("3.11").
Site site_for_prefix(const std::string& prefix, std::string_view version, const std::string& interpreter);
// `pip install --target`: packages in the directory itself, scripts in its bin.
Site site_for_target(const std::string& target, const std::string& interpreter);

}  // namespace pkg
