// See home.h. Order: PYTHONHOME, a lib/python3.11 beside the binary, the embedded image.
#include "interp/runtime/home.h"

#include <limits.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interp/import/image.h"

namespace py {

namespace {

Home the_home;

bool is_file(const std::string& path) {
    struct stat info;
    return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}
bool is_executable(const std::string& path) { return is_file(path) && access(path.c_str(), X_OK) == 0; }

std::string absolute(const std::string& path) {
    if (!path.empty() && path[0] == '/') return path;
    char cwd[PATH_MAX];
    if (!getcwd(cwd, sizeof cwd)) return path;
    std::string relative = path;
    while (relative.rfind("./", 0) == 0) relative.erase(0, 2);
    return std::string(cwd) + "/" + relative;
}

// The program as it was called: links are kept, PATH is searched for a bare name.
std::string called_executable(const char* argv0) {
    std::string name = argv0 ? argv0 : "";
    if (name.empty()) return "";
    if (name.find('/') != std::string::npos) return absolute(name);
    const char* path = std::getenv("PATH");
    std::string list = path ? path : "/usr/local/bin:/usr/bin:/bin";
    for (size_t start = 0; start <= list.size();) {
        size_t end = list.find(':', start);
        if (end == std::string::npos) end = list.size();
        std::string candidate = list.substr(start, end - start);
        candidate = (candidate.empty() ? std::string(".") : candidate) + "/" + name;
        if (is_executable(candidate)) return absolute(candidate);
        start = end + 1;
    }
    return "";
}

std::string real_binary() {
    char buffer[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", buffer, sizeof buffer - 1);
    if (length > 0) return std::string(buffer, size_t(length));
    // Without /proc: the path that was executed.
    const char* executed = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
    return executed && realpath(executed, buffer) ? std::string(buffer) : std::string();
}

std::string_view trim(std::string_view text) {
    size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string directory_of(const std::string& path) {
    size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// `home` of the pyvenv.cfg beside the executable's directory or in it (PEP 405); "" when there is none.
std::string environment_home() {
    std::string directory = directory_of(the_home.executable);
    for (const std::string& place : {directory, directory_of(directory)}) {
        std::FILE* file = std::fopen((place + "/pyvenv.cfg").c_str(), "re");
        if (!file) continue;
        std::string home;
        char line[PATH_MAX + 64];
        while (std::fgets(line, sizeof line, file)) {
            std::string_view text(line, std::strcspn(line, "\r\n"));
            size_t equals = text.find('=');
            if (equals == std::string_view::npos) continue;
            std::string_view key = trim(text.substr(0, equals));
            if (key == "home") home = trim(text.substr(equals + 1));
        }
        std::fclose(file);
        return home;
    }
    return "";
}

// The interpreter that an environment was made from: by the same name in its `home`, by another, or the file it links to.
std::string base_executable() {
    std::string home = environment_home();
    if (home.empty()) return the_home.executable;
    std::string name = the_home.executable.substr(the_home.executable.rfind('/') + 1);
    for (const std::string& each : {name, std::string("python3.11"), std::string("python3"), std::string("python")})
        if (is_executable(home + "/" + each)) return home + "/" + each;
    return the_home.binary;
}

bool use_disk(const std::string& prefix) {
    std::string stdlib = prefix + "/lib/python3.11";
    if (!is_file(stdlib + "/os.py")) return false;
    the_home.prefix = prefix;
    the_home.stdlib = stdlib;
    the_home.embedded = false;
    return true;
}

// Lexically: without "." and "..".
std::string normalized(const std::string& path) {
    std::string result;
    for (size_t start = 0; start < path.size();) {
        size_t end = std::min(path.find('/', start), path.size());
        std::string part = path.substr(start, end - start);
        start = end + 1;
        if (part == "..")
            result.erase(std::min(result.rfind('/'), result.size()));
        else if (!part.empty() && part != ".")
            result += "/" + part;
    }
    return result.empty() ? "/" : result;
}

// "Finding modules" in the library's setup documentation (._pth files).
void read_path_file() {
    std::string directory = directory_of(the_home.executable);
    std::string stem = the_home.executable.substr(0, the_home.executable.rfind('.'));
    for (const std::string& path : {the_home.executable + "._pth", stem + "._pth"}) {
        std::FILE* file = std::fopen(path.c_str(), "re");
        if (!file) continue;
        the_home.has_path_file = true;
        char buffer[PATH_MAX + 64];
        while (std::fgets(buffer, sizeof buffer, file)) {
            std::string_view line(buffer, std::strcspn(buffer, "#\r\n"));
            line = trim(line);
            if (line.empty()) continue;
            if (line == "import site")
                the_home.path_file_imports_site = true;
            else if (line.starts_with("import "))
                std::fprintf(stderr, "unsupported 'import' line in ._pth file\n");
            else
                the_home.path_file_entries.push_back(normalized(line[0] == '/' ? std::string(line) : directory + "/" + std::string(line)));
        }
        std::fclose(file);
        return;
    }
}

}  // namespace

const Home& home() { return the_home; }

void find_home(const char* argv0, bool ignore_environment) {
    the_home.binary = real_binary();
    the_home.executable = called_executable(argv0);
    if (the_home.executable.empty()) the_home.executable = the_home.binary;
    // adder itself stands for Python under the name python3.11 where that lies beside it.
    size_t slash = the_home.executable.rfind('/');
    std::string base = the_home.executable.substr(slash == std::string::npos ? 0 : slash + 1);
    if (base.rfind("python", 0) != 0) {
        std::string beside = directory_of(the_home.executable) + "/python3.11";
        if (is_executable(beside)) the_home.executable = beside;
    }
    the_home.base_executable = base_executable();
    read_path_file();
    const char* python_home = ignore_environment ? nullptr : std::getenv("PYTHONHOME");
    if (python_home && *python_home) {
        std::string prefix = python_home;
        prefix = prefix.substr(0, prefix.find(':'));
        if (use_disk(prefix)) return;
    }
    if (use_disk(directory_of(the_home.binary))) return;
    the_home.prefix = the_home.binary;
    the_home.stdlib = the_home.binary + "/lib/python3.11";
    the_home.embedded = true;
    if (!stdlib_image()) {
        the_home.stdlib = ADDER_STDLIB;
        the_home.embedded = false;
    }
}

void find_frozen_home(const char* argv0) {
    the_home.binary = real_binary();
    the_home.executable = called_executable(argv0);
    if (the_home.executable.empty()) the_home.executable = the_home.binary;
    the_home.base_executable = the_home.executable;
    the_home.prefix = the_home.binary;
    the_home.stdlib = the_home.binary + "/lib/python3.11";
    the_home.embedded = true;
}

std::string bootstrap_source_path(const char* path_in_image) {
    if (!std::strcmp(path_in_image, "_adder_importer.py")) return ADDER_SOURCE_DIR "/interp/import/adder_importer.py";
    return std::string(ADDER_STDLIB) + "/" + path_in_image;
}

}  // namespace py
