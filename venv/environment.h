// Virtual environments (PEP 405): making them, finding them, reading what they are.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pkg/install/site.h"
#include "venv/interpreter.h"

namespace venv {

// pyvenv.cfg: `key = value` lines, keys in lower case, order kept.
std::vector<std::pair<std::string, std::string>> parse_pyvenv_cfg(std::string_view text);

struct Environment {
    std::string root;     // absolute
    std::string python;   // <root>/bin/python
    std::string version;  // "3.11.2"
    bool is_adder = false;
    bool system_site = false;
    std::string prompt;
    pkg::Site site;
    std::string short_version() const;
};

struct CreateOptions {
    std::string root;    // absolute
    std::string prompt;  // empty: the directory's name
    bool system_site = false;
    bool clear = false;  // replace an environment that is there
    bool without_pip = false;
    bool relocatable = false;  // scripts find the interpreter beside themselves, so that the directory may be moved
    Interpreter interpreter;  // what bin/python links to
    std::string adder;        // the program that answers `pip`
};

// Made beside and renamed into place. Usage errors: the place is taken by something else, or by an environment and
// `clear` is not set.
base::Result<Environment> create_environment(const CreateOptions& options);
// The environment at `root`; NotHolding when there is none.
base::Result<Environment> open_environment(const std::string& root);
bool is_environment(const std::string& root);
// $VIRTUAL_ENV where it is an environment, else "".
std::string active_environment();
// $VIRTUAL_ENV, else the nearest `.venv` at or above `start`; "" when there is none.
std::string find_environment(const std::string& start);

}  // namespace venv
