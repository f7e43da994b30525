// Where things are: the executable, the standard library (embedded or on disk), prefixes.
#pragma once

#include <string>
#include <vector>

namespace py {

struct Home {
    std::string executable;   // sys.executable; "" when it cannot be told
    std::string base_executable;  // outside of the virtual environment, where there is one
    std::string binary;       // the real file, links resolved
    std::string prefix;       // sys.prefix before site looks for pyvenv.cfg
    std::string stdlib;       // the directory of os.py: virtual ("<binary>/lib/python3.11") or on disk
    bool embedded = true;     // served from the image
    // A file `<executable>._pth` says all of sys.path and keeps the environment out; site only where it asks for it.
    bool has_path_file = false, path_file_imports_site = false;
    std::vector<std::string> path_file_entries;
};
// Works it out from argv[0], PATH, PYTHONHOME and the disk; once, before the interpreter starts.
void find_home(const char* argv0, bool ignore_environment);
// The same for a frozen program, which is its own executable and needs nothing beside it.
void find_frozen_home(const char* argv0);
const Home& home();
// Where the sources of frozen modules lie when no image is linked in.
std::string bootstrap_source_path(const char* path_in_image);

}  // namespace py
